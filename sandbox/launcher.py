"""The zygote of a box for another language than Python: its programs are started by exec, not as copies.

An execution's first process stays ours. It is the init of its pid namespace: it puts up the walls, starts the program
as its child, takes in orphans, and reports how the program ended, which a first process could not do by itself (the
kernel shields it from signals, so that even `abort` would end otherwise). When it exits, the kernel kills the rest.

The program is a sealed file that the host sent. Compiled, it is executed from there: statically linked, it needs
nothing of the box, and finds nothing there but devices, its private directory and its own processes. Else it is put
into the private directory for an interpreter, or for a compiler, whose output goes back to the host as a value.
Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import math
import os
import resource
import signal
import stat
import struct
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from sandbox import data, runner, zygote
from sandbox.jail import SCRATCH, Jail, Walls, hide_from_tracers
from sandbox.zygote import FAILURE, JOB, NOT_SHUT_IN, REPLY, REQUEST, Zygote, announce, shut_in

INTERPRETER = "{interpreter}"
"""Stands, in the arguments of a program, for the box's own Python."""

ORDER_SIZE = struct.Struct("!I")
"""What a job ends with: the length of the order before it. The rest, from the start on, is the program itself."""

_LIMITS = slice(6, None)
"""Where a request of the supervisor's holds them."""

_PROGRAM_OPEN_FILES = 64
_OWN_BYTES = 8 * 2**20
_THREAD_STACK_BYTES = 2 * 2**20
"""Stack that the C library gives a thread where the first one's is not limited."""

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MNT_DETACH = 1, 2, 4, 8, 4096, 2
_KEPT_FOLDERS = ("dev", "proc", "sys", SCRATCH.lstrip("/"))
_PIECE_BYTES = 2**20
_ELF_HEADER = struct.Struct("<32xQ14xHH6x")
_ELF_SEGMENT = struct.Struct("<I36xQ8x")
_ELF_LOADED = 1
_SLACK_KIB = 2**10

_libc = ctypes.PyDLL(None, use_errno=True)


def start(user: int, preload: Sequence[tuple[str, str]]) -> Zygote:
    """Start the zygote of such a box; see `sandbox.zygote.start`."""
    _uncover_proc()
    return zygote.start(user, preload, _serve)


class ProgramJail(Jail):
    """The walls around a program that is started by exec, which begins with nothing of the zygote's memory."""

    def __init__(self) -> None:
        super().__init__(starts_programs=True)
        self.order: dict[str, Any] = {}
        """What the process will run, as `sandbox.languages.Order` describes it."""
        self.address_bytes = 0
        self.killings = -1
        """Where the kernel counts what it killed for want of memory."""
        top = [f"/{name}" for name in os.listdir("/") if name not in _KEPT_FOLDERS]
        self._everything = [path for path in top if os.path.isdir(path) and not os.path.islink(path)]
        self._library = os.path.dirname(os.path.realpath(os.__file__))

    def _hide(self) -> None:
        """Show the program its own processes and no others; hide what its language does not need."""
        with contextlib.suppress(OSError):
            self.killings = os.open("/proc/vmstat", os.O_RDONLY | os.O_CLOEXEC)
        flags = ctypes.c_ulong(_MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
        if _libc.mount(b"proc", b"/proc", b"proc", flags, b"subset=pid") != 0:
            super()._hide()  # an old kernel: without /dev/fd, but with the same walls
        for path in self._everything if self.order["hides"] == "everything" else []:
            _cover(path, SCRATCH)
        if self.order["hides"] == "python":
            _cover(self._library, SCRATCH)
            _cover(sys.executable, "/dev/null")
        resource.setrlimit(resource.RLIMIT_AS, self._limit(resource.RLIMIT_AS, self.address_bytes))

    def _lower_own_limits(self) -> None:
        for kind in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
            resource.setrlimit(kind, (0, 0))
        unlimited = self._outer_limits[resource.RLIMIT_STACK]  # what a stack holds is measured like all memory
        resource.setrlimit(resource.RLIMIT_STACK, (unlimited, unlimited))

    def _make_walls(self, cpu_time_s: float, memory_bytes: int, processes: int, scratch_bytes: int) -> Walls:
        wanted = {
            resource.RLIMIT_CPU: math.ceil(2 * cpu_time_s) + 1,
            resource.RLIMIT_DATA: memory_bytes + _OWN_BYTES + processes * _THREAD_STACK_BYTES,
            resource.RLIMIT_NPROC: processes + 1,  # and the first one, which is ours
            resource.RLIMIT_FSIZE: scratch_bytes,
            resource.RLIMIT_NOFILE: _PROGRAM_OPEN_FILES,
        }
        limits = tuple((kind, self._limit(kind, value)) for kind, value in wanted.items())
        return replace(super()._make_walls(cpu_time_s, memory_bytes, processes, scratch_bytes), limits=limits)


def _serve(requests: int, replies: int, failures: int) -> NoReturn:
    """Start the first process of an execution whenever the supervisor asks for one."""
    jail = ProgramJail()
    hide_from_tracers()
    announce(jail, replies)
    while True:
        request = REQUEST.unpack(os.read(requests, REQUEST.size))
        walls = jail.walls(*request[_LIMITS])
        pid = jail.clone()
        if pid == 0:
            _be_first(jail, walls, request, failures)
        os.write(replies, REPLY.pack(pid))


def _be_first(jail: ProgramJail, walls: Walls, request: tuple[Any, ...], failures: int) -> NoReturn:
    """Be the first process of an execution: put up the walls, start the program, and report its end."""
    name, job_bytes, job = request[:3]
    memory_bytes = request[_LIMITS][1]
    try:
        program_bytes, jail.order = _read_order(job, job_bytes)
        jail.address_bytes = memory_bytes + jail.order["address_bytes"]
        shut_in(jail, walls, request, failures)
        os.set_inheritable(JOB, False)  # the program gets its streams and no more
        words = _launch(jail.order, JOB, program_bytes, memory_bytes, jail.killings)
    except BaseException as error:
        words = f"{type(error).__name__}: {error}"
    os.write(failures, FAILURE.pack(name, words.encode(errors="replace")))
    os._exit(NOT_SHUT_IN)


def _read_order(job: int, size: int) -> tuple[int, dict[str, Any]]:
    """Return the length of the program that a job begins with, and the order that it ends with."""
    (length,) = ORDER_SIZE.unpack(os.pread(job, ORDER_SIZE.size, size - ORDER_SIZE.size))
    program_bytes = size - ORDER_SIZE.size - length
    order: dict[str, Any] = json.loads(os.pread(job, length, program_bytes))
    return program_bytes, order


def _launch(order: dict[str, Any], job: int, program_bytes: int, memory_bytes: int, killings: int) -> str:
    """Start the program, wait for its end, and return a report for the host: how it ended, its largest process."""
    killed = _killed_for_memory(killings)
    refusal = _prepare(order, job, program_bytes, memory_bytes)
    if refusal:
        os.write(2, f"{refusal}\n".encode())
        return json.dumps({"exit": 1, "peak_memory_bytes": 0, "out_of_memory": False})
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)  # the interpreter has changed them, and children would inherit that
    hide_from_tracers()  # the program has our user and namespaces, and shall not have more
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed_out, failed_in = os.pipe()
    child = _libc.fork()
    if child == 0:
        _become(order, job, failed_in)
    if child < 0:
        raise OSError(ctypes.get_errno(), "cannot start the program")
    os.close(failed_in)
    if failure := os.read(failed_out, 2**10):
        return failure.decode(errors="replace")
    while True:
        pid, status, spent = os.wait4(-1, 0)
        if pid == child:
            break
    code = os.waitstatus_to_exitcode(status)
    if order["result"] and code == 0:
        _send_result(order["result"])
    peak = spent.ru_maxrss if spent.ru_maxrss > own_peak + _SLACK_KIB else 0  # below, it may have been ours before exec
    out_of_memory = code == -signal.SIGKILL and _killed_for_memory(killings) > killed
    return json.dumps({"exit": code, "peak_memory_bytes": peak * 1024, "out_of_memory": out_of_memory})


def _prepare(order: dict[str, Any], job: int, program_bytes: int, memory_bytes: int) -> str:
    """Put the program where it is started from, or return why it cannot be started within its limits."""
    if not order["file"]:
        needed = _static_bytes(job)
        return f"MemoryError: its variables alone take {needed} bytes" if needed > memory_bytes else ""
    try:
        _write_file(order["file"], job, program_bytes)
    except OSError as error:
        return f"the program does not fit into the private directory: {error}"
    return ""


def _become(order: dict[str, Any], job: int, failed: int) -> NoReturn:
    """Turn the calling process into the program."""
    try:
        os.setsid()
        if order["result"]:  # standard input is the channel then
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        arguments = [sys.executable if part == INTERPRETER else part for part in order["arguments"]]
        if order["file"]:
            os.execvpe(arguments[0], arguments, order["environment"])
        else:
            os.execve(job, arguments, order["environment"])
    except BaseException as error:
        os.write(failed, f"{type(error).__name__}: {error}".encode(errors="replace"))
    finally:
        os._exit(1)


def _write_file(name: str, job: int, size: int) -> None:
    """Put what the host sent into the private directory."""
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    for place in range(0, size, _PIECE_BYTES):
        rest = memoryview(os.pread(job, min(_PIECE_BYTES, size - place), place))
        while rest:
            rest = rest[os.write(handle, rest) :]
    os.close(handle)


def _send_result(name: str) -> None:
    """Send a file of the private directory to the host as the execution's value."""
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError(f"{name} is not a file")
    with open(handle, "rb") as file:
        body = data.dumps(file.read()).encode("ascii")
    rest = memoryview(runner.FRAME.pack(runner.VALUE, len(body)) + body)
    while rest:
        rest = rest[os.write(0, rest) :]


def _static_bytes(executable: int) -> int:
    """Return how much memory an executable's own variables and code take once it is loaded; 0 if it cannot be told."""
    header = os.pread(executable, _ELF_HEADER.size, 0)
    if len(header) < _ELF_HEADER.size or header[:6] != b"\x7fELF\x02\x01":
        return 0
    table, size, count = _ELF_HEADER.unpack(header)
    needed = 0
    for index in range(count):
        entry = os.pread(executable, _ELF_SEGMENT.size, table + index * size)
        if len(entry) == _ELF_SEGMENT.size:
            kind, memory = _ELF_SEGMENT.unpack(entry)
            needed += memory if kind == _ELF_LOADED else 0
    return needed


def _killed_for_memory(killings: int) -> int:
    """Return how many processes the kernel has killed since it started because memory ran out."""
    if killings >= 0:
        for line in os.pread(killings, 2**16, 0).splitlines():
            if line.startswith(b"oom_kill "):
                return int(line.split()[1])
    return 0


def _cover(path: str, by: str) -> None:
    if _libc.mount(by.encode(), path.encode(), None, ctypes.c_ulong(_MS_BIND), None) != 0:
        error = ctypes.get_errno()
        if error == errno.ENOENT:
            return  # it has been removed where it came from, as the pipes of a container are: nothing is left of it
        raise OSError(error, f"cannot hide {path}: {os.strerror(error)}")


def _uncover_proc() -> None:
    """Take away what was mounted over parts of the box's /proc: beneath, only root could change anything.

    The kernel gives a program a view of its own processes only where nothing of that file system is covered.
    """
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4] for line in file]
    for point in points:
        if point.startswith("/proc/"):
            _libc.umount2(point.encode(), _MNT_DETACH)  # where we may not, nothing is lost but that view
