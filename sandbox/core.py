"""The contract of every sandbox: what goes in, what comes out, and which failure is whose.

A sandbox runs a program it does not trust on inputs, one fresh process per input, and hands back plain data.
It knows nothing of tasks, expected answers or rewards, and never decides whether an answer is right.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sandbox.data import Data


class SandboxError(Exception):
    """The sandbox itself failed: the program's behaviour is unknown and must not be scored."""


class ExecutionStatus(StrEnum):
    """How one execution ended. Everything but `OK` is the program's own doing."""

    OK = "ok"
    RUNTIME_ERROR = "runtime_error"
    """It raised, exited with a non-zero code, was killed by a signal of its own, or does not compile."""
    CPU_TIMEOUT = "cpu_timeout"
    WALL_TIMEOUT = "wall_timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"
    """It ended without exactly one well-formed value (a function whose result is not plain data, say)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one execution (the whole process tree of one input) may use; enforced from outside the process."""

    cpu_time_s: float = 2.0
    wall_time_s: float = 6.0
    memory_bytes: int = 256 * 2**20
    processes: int = 16
    """Processes and threads of the execution together, its first one included."""
    output_bytes: int = 64 * 2**10
    """Standard output, standard error and the returned value: each is held to this many bytes."""
    scratch_bytes: int = 16 * 2**20
    """Size of the private temporary directory, the only place that can be written."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise ValueError(f"limit {name} must be positive, got {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Source code and the way it is started."""

    source: str
    entry_point: str | None = None
    """Function called with the input's arguments; None: a script that reads stdin and writes stdout."""
    stub: str | None = None
    """Name under which the program finds a function whose calls are answered by the caller of `Sandbox.run`."""
    language: str = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The input of one execution: arguments for a function, or text for a script."""

    args: tuple[Data, ...] = ()
    kwargs: Mapping[str, Data] = field(default_factory=dict)
    stdin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """What one execution did. `value`, `stdout` and `error` are the program's words: data, never a verdict."""

    status: ExecutionStatus
    value: Data = None
    """The function's return value; None for a script."""
    stdout: str = ""
    stderr: str = ""
    error: str = ""
    """One line that says why the status is not `OK`, fit to be shown to the model."""
    cpu_time_s: float = 0.0
    wall_time_s: float = 0.0
    peak_memory_bytes: int = 0


class Cancelled(Exception):
    """The caller gave up; nothing of what it asked for runs any more."""


class Cancellation:
    """Tells a running `Sandbox.run` to give up. Safe to use from any thread; once cancelled it stays so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Give up everything that was started with this."""
        with self._lock:
            self._cancelled = True
            callbacks = list(self._callbacks.values())
        for callback in callbacks:
            callback()

    @contextlib.contextmanager
    def calls(self, callback: Callable[[], None]) -> Iterator[None]:
        """Within the block, `cancel` calls `callback`, from the thread that cancels.

        Raises:
            Cancelled: It was cancelled already.
        """
        key = object()
        with self._lock:
            if self._cancelled:
                raise Cancelled("cancelled before it began")
            self._callbacks[key] = callback
        try:
            yield
        finally:
            with self._lock:
                del self._callbacks[key]


AnswerCall = Callable[[Call], ExecutionResult]
"""Answers a program's call of its stub; a result that is not `OK` is raised inside the program as `RuntimeError`."""


@runtime_checkable
class Sandbox(Protocol):
    """Runs untrusted programs. Safe to call from several threads; a context manager that leaves nothing behind."""

    @property
    def name(self) -> str:
        """Short name for logs and error messages, such as `docker`."""
        ...

    def guarantees(self) -> Mapping[str, str]:
        """Return what this sandbox enforces on this host, and by which mechanism, for people to read."""
        ...

    def run(
        self, program: Program, inputs: Sequence[Call], limits: Limits = Limits(), *, answer: AnswerCall | None = None
    ) -> list[ExecutionResult]:
        """Run `program` once per input, each in a fresh process, and return the results in the order of the inputs.

        Args:
            program: The code to run.
            inputs: One execution each; executions may overlap in time but share nothing.
            limits: Held for each execution on its own.
            answer: Called on the host, in the calling thread, whenever the program calls its stub.

        Raises:
            SandboxError: The sandbox broke (an execution was redone at most once); no result may be scored.
        """
        ...

    def close(self) -> None:
        """End every process and remove every file of this sandbox. May be called twice."""
        ...

    def __enter__(self) -> Sandbox: ...

    def __exit__(self, *exc_info: object) -> None: ...
