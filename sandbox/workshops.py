"""Where other languages than Python run: for each a pool of boxes of its own, started when it is first asked for.

Nothing of it can be seen from the boxes of Python programs. A program that has to be compiled is compiled once, in an
execution like any other, and what came of it is kept on the host for its inputs, and for a while after them.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.box import Launch
from sandbox.checks_limits import START_UP as LIMITS
from sandbox.conformance import expect_output, promise, prove, run_script
from sandbox.core import Call, Cancellation, ExecutionResult, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.languages import Language, Order, compilation, error_line, execution

if TYPE_CHECKING:
    from sandbox.pool import PooledSandbox

Tools = Callable[[Language], tuple[Launch, Sequence[int]]]
"""Returns what starts a box that shows a language's tools, and the users of a pool of them.

Raises `SandboxError`, with what to do, where the tools are missing.
"""

KEPT_BYTES = 64 * 2**20
"""Size of the compiled programs that a sandbox keeps."""

_ECHO = "one\ntwo é\n"


class Workshops:
    """The pools of other languages that belong to one sandbox, and the programs compiled in them."""

    def __init__(self, name: str, make: Callable[..., PooledSandbox], tools: Tools | None) -> None:
        self._name = name
        self._make = make
        self._tools = tools
        self._lock = threading.Lock()
        self._pools: dict[str, tuple[Language, PooledSandbox]] = {}
        self._closed = False
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def run(
        self, language: Language, program: Program, inputs: Sequence[Call], limits: Limits, cancellation: Cancellation
    ) -> list[ExecutionResult]:
        """Run `program` once per input; where it does not compile, each result says why.

        Raises:
            SandboxError: The language's tools are missing or do not work, or the sandbox broke.
            Cancelled: `cancellation` was cancelled.
        """
        with self._lock:
            language, pool = self._pools.get(language.name) or self._open(language)
        if not inputs:
            return []
        if language.preload:
            return pool.complete(program, inputs, limits, cancellation)
        content = program.source.encode("utf-8", "surrogatepass")
        if language.compile:
            built = self._build(language, pool, program.source, cancellation)
            if isinstance(built, ExecutionResult):
                return [_without_program(built, limits)] * len(inputs)
            content = built
        return pool.complete(execution(language, content), inputs, limits, cancellation)

    def close(self) -> None:
        """End every box of every language."""
        with self._lock:
            self._closed = True
            for _language, pool in self._pools.values():
                pool.close()
            self._pools.clear()
            self._kept.clear()

    def _open(self, language: Language) -> tuple[Language, PooledSandbox]:
        """Start the boxes of a language, and try their limits and the language's tools."""
        if self._closed:
            raise SandboxError("this sandbox is closed; make a new one")
        if self._tools is None:
            raise SandboxError(f"a {self._name} sandbox runs nothing but python")
        launch, users = self._tools(language)
        pool = self._make(launch, users=users, executes=not language.preload, preload=language.preload)
        pool.name = f"{self._name} for {language.name}"
        with contextlib.ExitStack() as failing:
            failing.callback(pool.close)
            if not language.preload:  # else it has proved its limits itself
                prove(pool, _START_UP, f"a {self._name} sandbox for {language.name}")
            self._try_tools(language, pool)
            failing.pop_all()
        self._pools[language.name] = language, pool
        return language, pool

    def _try_tools(self, language: Language, pool: PooledSandbox) -> None:
        cancellation = Cancellation()
        order: Program | Order
        if language.preload:
            order = Program(source=language.echo)
        else:
            order = execution(language, self._built_echo(language, pool, cancellation))
        (result,) = pool.complete(order, [Call(stdin=_ECHO)], language.compile_limits, cancellation)
        if result.status is not ExecutionStatus.OK or result.stdout != _ECHO:
            raise SandboxError(_does_not_work(language, result))

    def _built_echo(self, language: Language, pool: PooledSandbox, cancellation: Cancellation) -> bytes:
        built = language.echo.encode()
        if language.compile:
            made = self._build(language, pool, language.echo, cancellation)
            if isinstance(made, ExecutionResult):
                raise SandboxError(_does_not_work(language, made))
            built = made
        return built

    def _build(
        self, language: Language, pool: PooledSandbox, source: str, cancellation: Cancellation
    ) -> bytes | ExecutionResult:
        """Return the compiled program, or what became of the compiler."""
        key = (language.name, source)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        order = compilation(language, source)
        (result,) = pool.complete(order, [Call()], language.compile_limits, cancellation)
        if result.status is not ExecutionStatus.OK:
            return result
        made: bytes = result.value
        self._kept[key] = made
        while sum(map(len, list(self._kept.values()))) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return made


def _without_program(made: ExecutionResult, limits: Limits) -> ExecutionResult:
    """Return the result of an execution whose program was not compiled."""
    failed = made.status is ExecutionStatus.RUNTIME_ERROR
    error = (error_line(made.stderr) or made.error) if failed else f"the compiler {made.error}"
    return ExecutionResult(
        status=made.status,
        stderr=made.stderr[: limits.output_bytes],
        error=error,
        cpu_time_s=made.cpu_time_s,
        wall_time_s=made.wall_time_s,
        peak_memory_bytes=made.peak_memory_bytes,
    )


def _does_not_work(language: Language, result: ExecutionResult) -> str:
    reason = error_line(result.stderr) or result.error or f"it printed {result.stdout[:100]!r}"
    advice = f"; {language.install}" if language.install else ""
    return f"the tools of {language.name} do not work ({reason}){advice}"


@promise("there is no network, not even a socket")
def _sockets(sandbox: Sandbox) -> None:
    source = "import socket\nfor family in (1, 2, 10, 16, 40):\n    try: print(socket.socket(family))\n"
    expect_output(run_script(sandbox, source + "    except OSError: print('refused')"), "refused\n" * 5)


@promise("a program holds exactly three descriptors")
def _descriptors(sandbox: Sandbox) -> None:
    source = "import os\nfor n in range(1024):\n    try: os.fstat(n); print(n)\n    except OSError: pass"
    expect_output(run_script(sandbox, source), "0\n1\n2\n")


_START_UP = (*LIMITS, _sockets, _descriptors)
