"""Honest stand-ins for tests that need no walls; they must only be given trusted programs."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core import AnswerCall, Call, ExecutionResult, ExecutionStatus, Limits, Program, SandboxError
from sandbox.data import DataError, dumps, loads


class FakeSandbox:
    """Runs programs inside this process, without any limit: for trusted test programs only."""

    def __init__(self) -> None:
        self.executions = 0
        self.closed = False

    @property
    def name(self) -> str:
        return "fake"

    def guarantees(self) -> Mapping[str, str]:
        return {}

    def run(
        self, program: Program, inputs: Sequence[Call], limits: Limits = Limits(), *, answer: AnswerCall | None = None
    ) -> list[ExecutionResult]:
        self.executions += len(inputs)
        return [_execute(program, call, answer) for call in inputs]

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> FakeSandbox:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class BrokenSandbox(FakeSandbox):
    """A sandbox whose engine has died."""

    def run(self, *args: Any, **kwargs: Any) -> list[ExecutionResult]:
        raise SandboxError("the engine does not answer")


def _execute(program: Program, call: Call, answer: AnswerCall | None) -> ExecutionResult:
    stdout, stdin = io.StringIO(), sys.stdin
    namespace: dict[str, Any] = {"__name__": "__main__"}
    if program.stub is not None:
        assert answer is not None
        namespace[program.stub] = _stub(answer)
    try:
        sys.stdin = io.StringIO(call.stdin)
        with contextlib.redirect_stdout(stdout):
            exec(compile(program.source, "program", "exec"), namespace)
            value = None
            if program.entry_point is not None:
                arguments = loads(dumps(call.args))
                value = namespace[program.entry_point](*arguments, **call.kwargs)
        return ExecutionResult(status=ExecutionStatus.OK, value=loads(dumps(value)), stdout=stdout.getvalue())
    except DataError as error:
        return ExecutionResult(status=ExecutionStatus.PROTOCOL_ERROR, error=str(error))
    except BaseException as error:
        message = f"{type(error).__name__}: {error}"
        return ExecutionResult(status=ExecutionStatus.RUNTIME_ERROR, error=message, stdout=stdout.getvalue())
    finally:
        sys.stdin = stdin


def _stub(answer: AnswerCall) -> Any:
    def call_outside(*args: Any, **kwargs: Any) -> Any:
        result = answer(Call(args=args, kwargs=kwargs))
        if result.status is not ExecutionStatus.OK:
            raise RuntimeError(result.error)
        return result.value

    return call_outside
