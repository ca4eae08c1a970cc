"""The walls around one execution, put up by the new process itself before any of the program's code runs.

`clone` makes a process that is the first one of its own user, pid, ipc and mount namespaces; when it dies the kernel
kills all its descendants and only then reports its death. `enter` gives it a private directory, hides /proc, lowers
its limits, drops every capability and installs the filter of system calls. Imports only the standard library, since
it runs inside the box.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import resource
import signal
from dataclasses import dataclass
from typing import Any

from sandbox.seccomp import program_filter

_CALLS = {  # seccomp, capset
    "x86_64": {"clone": 56, "seccomp": 317, "capset": 126},
    "aarch64": {"clone": 220, "seccomp": 277, "capset": 91},
}

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
_CLONE_CHILD_CLEARTID, _CLONE_CHILD_SETTID = 0x00200000, 0x01000000
_NAMESPACES = _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNS | _CLONE_NEWIPC

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_GET_TID_ADDRESS = 4, 38, 40
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND = 2, 4, 8, 4096
_SECCOMP_SET_MODE_FILTER = 1
_CAPABILITY_VERSION_3 = 0x20080522

_PROGRAM_ID = 1000
"""User and group id that the program sees as its own."""

_SCRATCH_INODES = 1024
_OPEN_FILES = 64
_STACK_BYTES = 64 * 2**20

_OWN_BYTES = 8 * 2**20
"""What our own code may need in the process before the program runs, so that even a tiny limit is the program's."""

SCRATCH = "/tmp"

# PyDLL keeps the interpreter lock during a call, which a call that returns twice needs.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the fork-server itself occupies before any program runs: every execution starts from there."""

    address_bytes: int
    data_bytes: int
    inherited_bytes: int
    """Resident memory of a new process before it does anything."""


def measure_baseline() -> Baseline:
    """Measure the calling process, and a child of it."""
    with open("/proc/self/statm", encoding="ascii") as file:
        size, _resident, _shared, _text, _lib, data, _dirty = (int(field) for field in file.read().split())
    page = resource.getpagesize()
    child = os.fork()
    if child == 0:
        os._exit(0)
    inherited = os.wait4(child, 0)[2].ru_maxrss * 1024
    return Baseline(address_bytes=size * page, data_bytes=data * page, inherited_bytes=inherited)


class Jail:
    """Makes the processes of executions; one for the whole life of a fork-server."""

    def __init__(self) -> None:
        self.baseline = measure_baseline()
        self._calls = _CALLS[platform.machine()]
        self._outer_uid, self._outer_gid = os.getuid(), os.getgid()
        code = program_filter()
        self._filter_code = ctypes.create_string_buffer(code, len(code))
        self._filter = (ctypes.c_ulong * 2)(len(code) // 8, ctypes.addressof(self._filter_code))
        self._tid_address = _tid_address()
        self._outer_limits = {kind: resource.getrlimit(kind)[1] for kind in range(16)}
        self._lower_own_limits()
        # Made here once, since to make them anew costs each child the copying of many pages.
        self._capset = ctypes.c_long(self._calls["capset"])
        self._no_capabilities = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
        self._seccomp = ctypes.c_long(self._calls["seccomp"])
        self._hide_proc = _mount_arguments(SCRATCH, "/proc", None, _MS_BIND, None)  # with the box's empty folder

    def hide_from_tracers(self) -> None:
        """Let nobody of the same user read or trace the calling process."""
        _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "become undumpable")

    def clone(self) -> int:
        """Return the pid of a new process in namespaces of its own, and 0 in that process.

        Python's own hooks around a fork are left out: they put right what other threads may have held, of which there
        are none, at the price of a hundred copied pages. What programs can notice of it, `runner.run_job` does.

        Raises:
            OSError: The kernel refused.
        """
        flags = _NAMESPACES | signal.SIGCHLD
        if self._tid_address:
            flags |= _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
        zero, tid = ctypes.c_long(0), ctypes.c_long(self._tid_address)
        last = (tid, zero) if platform.machine() == "x86_64" else (zero, tid)
        pid: int = _libc.syscall(ctypes.c_long(self._calls["clone"]), ctypes.c_long(flags), zero, zero, *last)
        if pid < 0:
            error = ctypes.get_errno()
            raise OSError(error, f"cannot make a process in new namespaces: {os.strerror(error)}")
        return pid

    def enter(self, *, cpu_time_s: float, memory_bytes: int, processes: int, scratch_bytes: int) -> None:
        """Shut the calling process in, for good.

        Raises:
            OSError: A wall could not be put up; the program must not run.
        """
        _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "become dumpable")  # else /proc/self is not its own
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{_PROGRAM_ID} {self._outer_uid} 1")
        _write("/proc/self/gid_map", f"{_PROGRAM_ID} {self._outer_gid} 1")
        _write("/proc/self/oom_score_adj", "1000")
        _check(_libc.mount(*self._hide_proc), "hide /proc")
        options = f"size={scratch_bytes},nr_inodes={_SCRATCH_INODES},mode=700"
        scratch = _mount_arguments("scratch", SCRATCH, "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
        _check(_libc.mount(*scratch), f"mount a private {SCRATCH}")
        os.chdir(SCRATCH)
        os.setsid()
        self._limit(cpu_time_s, memory_bytes, processes, scratch_bytes)
        _check(_libc.syscall(self._capset, *self._no_capabilities), "drop capabilities")
        _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs")
        filtered = _libc.syscall(self._seccomp, _SECCOMP_SET_MODE_FILTER, 0, self._filter)
        _check(filtered, "install the filter of system calls")

    def _lower_own_limits(self) -> None:
        """Lower, for the fork-server and so for all its children, the limits that are the same for every execution."""
        fixed = {
            resource.RLIMIT_STACK: _STACK_BYTES,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_MEMLOCK: 0,
            resource.RLIMIT_MSGQUEUE: 0,
        }
        for kind, value in fixed.items():
            self._set_limit(kind, value)

    def _limit(self, cpu_time_s: float, memory_bytes: int, processes: int, scratch_bytes: int) -> None:
        memory_bytes += _OWN_BYTES
        # The supervisor is more exact about processor time; this holds should it be slow.
        self._set_limit(resource.RLIMIT_CPU, math.ceil(cpu_time_s) + 1)
        self._set_limit(resource.RLIMIT_DATA, self.baseline.data_bytes + memory_bytes)
        self._set_limit(resource.RLIMIT_AS, self.baseline.address_bytes + memory_bytes + _STACK_BYTES)
        self._set_limit(resource.RLIMIT_NPROC, processes)
        self._set_limit(resource.RLIMIT_FSIZE, scratch_bytes)
        self._set_limit(resource.RLIMIT_NOFILE, _OPEN_FILES)

    def _set_limit(self, kind: int, value: int) -> None:
        hard = self._outer_limits[kind]
        if hard != resource.RLIM_INFINITY and hard < value:
            value = hard  # an outer wall is closer already
        resource.setrlimit(kind, (value, value))


def _tid_address() -> int:
    """Return where the C library keeps its thread's id, so that a clone can correct it; 0 if the kernel won't say."""
    address = ctypes.c_void_p()
    found = _libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0) == 0
    return address.value or 0 if found else 0


def _mount_arguments(source: str, target: str, kind: str | None, flags: int, options: str | None) -> tuple[Any, ...]:
    source_, target_, kind_, options_ = (
        None if text is None else text.encode() for text in (source, target, kind, options)
    )
    return source_, target_, kind_, ctypes.c_ulong(flags), options_


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot {what}: {os.strerror(error)}")
