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
from os import O_WRONLY, chdir, close, setsid, write
from os import open as open_file
from resource import setrlimit
from typing import Any

from sandbox.seccomp import program_filter

_CALLS = {  # seccomp, capset
    "x86_64": {"clone": 56, "seccomp": 317, "capset": 126},
    "aarch64": {"clone": 220, "seccomp": 277, "capset": 91},
}

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
_CLONE_FILES, _CLONE_PARENT = 0x00000400, 0x00008000
_CLONE_CHILD_CLEARTID, _CLONE_CHILD_SETTID = 0x00200000, 0x01000000
_NAMESPACES = _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNS | _CLONE_NEWIPC

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_GET_TID_ADDRESS = 1, 4, 38, 40
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

_MOST_WALLS = 64
"""Sets of limits that a zygote keeps ready."""

# PyDLL keeps the interpreter lock during a call, which a call that returns twice needs.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a zygote occupies before any program runs: every execution starts from there."""

    address_bytes: int
    data_bytes: int
    inherited_bytes: int
    """Resident memory of a new process before it does anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """One set of limits, as the system calls take them."""

    scratch: tuple[Any, ...]
    limits: tuple[tuple[int, tuple[int, int]], ...]


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
    """Makes the processes of executions; one for the whole life of a zygote."""

    baseline: Baseline
    """To be measured when the zygote has become what it will stay."""

    def __init__(self, *, starts_programs: bool = False) -> None:
        calls = _CALLS[platform.machine()]
        outer_uid, outer_gid = os.getuid(), os.getgid()
        code = program_filter(starts_programs=starts_programs)
        self._filter_code = ctypes.create_string_buffer(code, len(code))
        self._filter = (ctypes.c_ulong * 2)(len(code) // 8, ctypes.addressof(self._filter_code))
        self._outer_limits = {kind: resource.getrlimit(kind)[1] for kind in range(16)}
        self._lower_own_limits()
        # Made here once, since to make them anew costs each child the copying of many pages.
        self._walls: dict[tuple[float, int, int, int], Walls] = {}
        self._clone = _clone_arguments(_NAMESPACES | _CLONE_PARENT)
        self._identity = (
            (b"/proc/self/setgroups", b"deny"),
            (b"/proc/self/uid_map", b"%d %d 1" % (_PROGRAM_ID, outer_uid)),
            (b"/proc/self/gid_map", b"%d %d 1" % (_PROGRAM_ID, outer_gid)),
            (b"/proc/self/oom_score_adj", b"1000"),
        )
        self._mount, self._prctl, self._syscall = _libc.mount, _libc.prctl, _libc.syscall
        self._capset = ctypes.c_long(calls["capset"])
        self._no_capabilities = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
        self._seccomp = ctypes.c_long(calls["seccomp"])
        self._hide_proc = _mount_arguments(SCRATCH, "/proc", None, _MS_BIND, None)  # with the box's empty folder

    def clone(self) -> int:
        """Return the pid of a new process in namespaces of its own, and 0 in that process; or a negative error number.

        The new process is a sibling of the calling one: both have the same parent. Python's own hooks around a fork
        are left out: they put right what other threads may have held, of which there are none, at the price of a
        hundred copied pages. What programs can notice of it, `runner.run_job` does.
        """
        pid: int = self._syscall(*self._clone)
        return pid if pid >= 0 else -ctypes.get_errno()

    def walls(self, cpu_time_s: float, memory_bytes: int, processes: int, scratch_bytes: int) -> Walls:
        """Return what `enter` needs for these limits; asked before the clone, so that it is made once."""
        key = (cpu_time_s, memory_bytes, processes, scratch_bytes)
        if key not in self._walls:
            if len(self._walls) >= _MOST_WALLS:
                self._walls.clear()
            self._walls[key] = self._make_walls(*key)
        return self._walls[key]

    def enter(self, walls: Walls) -> None:
        """Shut the calling process in, for good.

        Raises:
            OSError: A wall could not be put up; the program must not run.
        """
        _check(self._prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "become dumpable")  # else /proc/self is not its own
        for path, content in self._identity:
            handle = open_file(path, O_WRONLY)
            write(handle, content)
            close(handle)
        self._hide()
        _check(self._mount(*walls.scratch), "mount a private directory")
        chdir(SCRATCH)
        setsid()
        for kind, value in walls.limits:
            setrlimit(kind, value)
        _check(self._syscall(self._capset, *self._no_capabilities), "drop capabilities")
        _check(self._prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs")
        filtered = self._syscall(self._seccomp, _SECCOMP_SET_MODE_FILTER, 0, self._filter)
        _check(filtered, "install the filter of system calls")

    def _hide(self) -> None:
        """Cover what of the box the program must not see."""
        _check(self._mount(*self._hide_proc), "hide /proc")

    def _lower_own_limits(self) -> None:
        """Lower, for the zygote and so for all its children, the limits that are the same for every execution."""
        fixed = {
            resource.RLIMIT_STACK: _STACK_BYTES,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_MEMLOCK: 0,
            resource.RLIMIT_MSGQUEUE: 0,
        }
        for kind, value in fixed.items():
            resource.setrlimit(kind, self._limit(kind, value))

    def _make_walls(self, cpu_time_s: float, memory_bytes: int, processes: int, scratch_bytes: int) -> Walls:
        memory_bytes += _OWN_BYTES
        options = f"size={scratch_bytes},nr_inodes={_SCRATCH_INODES},mode=700"
        wanted = {
            # The supervisor is more exact about processor time; this holds should it be slow. The kernel counts whole
            # ticks here, those that a virtual machine lost to others too, and must not fire within the limit.
            resource.RLIMIT_CPU: math.ceil(2 * cpu_time_s) + 1,
            resource.RLIMIT_DATA: self.baseline.data_bytes + memory_bytes,
            resource.RLIMIT_AS: self.baseline.address_bytes + memory_bytes + _STACK_BYTES,
            resource.RLIMIT_NPROC: processes,
            resource.RLIMIT_FSIZE: scratch_bytes,
            resource.RLIMIT_NOFILE: _OPEN_FILES,
        }
        return Walls(
            scratch=_mount_arguments("scratch", SCRATCH, "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options),
            limits=tuple((kind, self._limit(kind, value)) for kind, value in wanted.items()),
        )

    def _limit(self, kind: int, value: int) -> tuple[int, int]:
        hard = self._outer_limits[kind]
        if hard != resource.RLIM_INFINITY and hard < value:
            value = hard  # an outer wall is closer already
        return value, value


def clone_sharing_files() -> int:
    """Return the pid of a child that shares this process's descriptors, and 0 in the child.

    Raises:
        OSError: The kernel refused.
    """
    pid: int = _libc.syscall(*_clone_arguments(_CLONE_FILES))
    if pid < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot make a process: {os.strerror(error)}")
    return pid


def hide_from_tracers() -> None:
    """Let nobody of the same user read or trace the calling process."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "become undumpable")


def die_with_parent() -> None:
    """Have the calling process killed as soon as its parent is dead."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "die with the parent")


def _clone_arguments(flags: int) -> tuple[Any, ...]:
    """Return the arguments of `syscall` for a clone whose child's C library knows its new thread id."""
    address = _tid_address()
    if address:
        flags |= _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
    zero, tid = ctypes.c_long(0), ctypes.c_long(address)
    last = (tid, zero) if platform.machine() == "x86_64" else (zero, tid)
    number = ctypes.c_long(_CALLS[platform.machine()]["clone"])
    return number, ctypes.c_long(flags | signal.SIGCHLD), zero, zero, *last


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


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot {what}: {os.strerror(error)}")
