"""The warm interpreter inside the box: each program starts as a copy of it.

It has loaded what programs usually import and then only waits for the supervisor to ask for one more copy of itself.
The two share their table of descriptors and nothing else, so that no program, input or result ever passes through the
memory that programs inherit. It is a process apart because memory is what a copy costs: the supervisor writes to
hundreds of pages from one execution to the next, this one to a few, and each would have to be copied after every clone.
Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from os import close, closerange, dup2  # found at once by a new process, without copying a page of its own for each
from types import ModuleType
from typing import Any, NoReturn

from sandbox import data, heap, runner
from sandbox.jail import (
    Baseline,
    Jail,
    Walls,
    clone_sharing_files,
    die_with_parent,
    hide_from_tracers,
    measure_baseline,
)

REQUEST = struct.Struct("=IQ4idqqq")
"""A random number to name it by, which tells a program nothing; bytes of its job; descriptors of job, stdin, stdout and
stderr; limits in the order of `Jail.walls`."""

REPLY = struct.Struct("=i")
"""Pid of the new process, or a negative error number."""

FAILURE = struct.Struct("=I508s")
"""Name of the request whose walls could not be put up, and the reason; written whole by a process that then ends."""

NOT_SHUT_IN = 97
"""Exit code of that process. A program may end with it too: only the record on the pipe counts."""

OPEN_FILES = 1024
"""Descriptors that the supervisor may hold."""

JOB = 3
"""Descriptor under which every new process finds its job."""

_BASELINE = struct.Struct("=3q")

_WARM_UP = "def f(a, b=0):\n    return [a + i for i in range(b)]\n"
_ROUNDS = 64
"""How often what every program goes through is done in advance: then the interpreter has no more to learn about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zygote:
    """A running zygote, as the supervisor sees it."""

    process: int
    """Descriptor of the process."""
    requests: int
    replies: int
    failures: int
    baseline: Baseline
    executes: bool
    """Whether its copies start programs that begin anew, as children of theirs."""


def start(
    user: int, preload: Sequence[tuple[str, str]] = (), serve: Callable[[int, int, int], None] | None = None
) -> Zygote:
    """Start one, whose copies are children of the calling process; return when it is ready.

    Args:
        user: Id that the calling process takes before; 0: it stays what it is.
        preload: Names and sources of modules that its copies find loaded; the last one has a function `prepare`, which
            is called before any program runs.
        serve: What it does with its ends of the three pipes, if it is of another kind (see `sandbox.launcher`).

    Raises:
        OSError: The kernel refused, or it ended before it was ready.
    """
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    requests_out, requests_in = os.pipe()
    replies_out, replies_in = os.pipe()
    failures_out, failures_in = os.pipe()
    os.set_blocking(failures_out, False)
    pid = clone_sharing_files()
    if pid == 0:
        _live(serve or functools.partial(_serve, preload), requests_out, replies_in, failures_in)
    process = os.pidfd_open(pid)
    numbers = os.read(replies_out, _BASELINE.size)
    if len(numbers) < _BASELINE.size:
        with contextlib.suppress(BlockingIOError):
            raise OSError(f"the box's interpreter failed: {os.read(failures_out, 2**12).decode(errors='replace')}")
        raise OSError("the box's interpreter ended before it was ready")
    return Zygote(
        process=process,
        requests=requests_in,
        replies=replies_out,
        failures=failures_out,
        baseline=Baseline(*_BASELINE.unpack(numbers)),
        executes=serve is not None,
    )


def _live(serve: Callable[[int, int, int], None], requests: int, replies: int, failures: int) -> NoReturn:
    """Get warm, then make copies until the supervisor is gone."""
    try:
        die_with_parent()
        serve(requests, replies, failures)
    except BaseException as error:
        os.write(failures, f"{type(error).__name__}: {error}".encode(errors="replace"))
        close(replies)  # in the supervisor too, which shares the table, so that it waits no longer
    finally:
        os._exit(1)


def _warm_up() -> None:
    """Do what every program goes through."""
    for number in range(_ROUNDS):
        scope: dict[str, Any] = {}
        exec(compile(_WARM_UP, runner.FILE_NAME, "exec", dont_inherit=True), scope)
        args, kwargs = data.read(data.dumps(((number,), {"b": 3})))
        data.dumps(scope["f"](*args, **kwargs))


def announce(jail: Jail, replies: int) -> None:
    """Settle, and tell the supervisor what every process begins with from now on."""
    heap.settle()
    jail.baseline = measure_baseline()
    os.write(replies, _BASELINE.pack(*astuple(jail.baseline)))


def _preload(modules: Sequence[tuple[str, str]]) -> None:
    """Load what every program of a language finds, and get it ready."""
    for name, source in modules:
        module = sys.modules[name] = ModuleType(name)
        exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    if modules:
        module.prepare()


def _serve(preload: Sequence[tuple[str, str]], requests: int, replies: int, failures: int) -> None:
    runner.preload()
    jail = Jail()
    hide_from_tracers()
    runner.prepare()
    _preload(preload)
    _warm_up()
    heap.share_page_tables()
    announce(jail, replies)
    size, unpack, pack = REQUEST.size, REQUEST.unpack, REPLY.pack
    while True:
        asked = unpack(os.read(requests, size))
        walls = jail.walls(*asked[6:])
        pid = jail.clone()
        if pid == 0:
            shut_in(jail, walls, asked, failures)
            close(failures)
            job_bytes = asked[1]
            del asked, walls  # not for the program's eyes: what it can see says nothing of other executions
            runner.run_job(JOB, job_bytes)
        os.write(replies, pack(pid))


def shut_in(jail: Jail, walls: Walls, asked: tuple[Any, ...], failures: int) -> None:
    """Leave the new process with its three streams, its job and `failures`, inside its walls."""
    name, _, job, stdin, stdout, stderr, *_ = asked
    try:
        dup2(stdin, 0)
        dup2(stdout, 1)
        dup2(stderr, 2)
        dup2(job, JOB)
        closerange(JOB + 1, failures)
        closerange(failures + 1, OPEN_FILES)
        jail.enter(walls)
    except BaseException as error:
        os.write(failures, FAILURE.pack(name, f"{type(error).__name__}: {error}".encode()))
        os._exit(NOT_SHUT_IN)
