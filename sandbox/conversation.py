"""The host's side of a program that calls its stub: waits for calls, has them answered, sends the answers."""

from __future__ import annotations

import queue
import time

from sandbox import data
from sandbox.box import Box, Execution
from sandbox.core import AnswerCall, Call, Cancellation, ExecutionStatus, Limits
from sandbox.outcome import MOST_CALLS
from sandbox.runner import CALL, FAILURE, VALUE

_GRACE_S = 20.0
"""A box that reports nothing for this much longer than the longest possible execution is broken."""

_LONGEST_WALL_FACTOR = 11
"""The supervisor gives back wall time lost to others, up to this many times the limit altogether."""


def wait(execution: Execution, deadline: float) -> None:
    """Wait for news of an execution, or until the deadline."""
    try:
        execution.news.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        return


def answer_calls(box: Box, execution: Execution, answer: AnswerCall, cancellation: Cancellation) -> None:
    """Answer the program's calls until it ends, calls too often, or nobody wants its result any more."""
    deadline = time.monotonic() + patience_s(execution.limits)
    calls = 0
    while execution.ended is None and not execution.lost and not cancellation.cancelled:
        wait(execution, deadline)
        if time.monotonic() > deadline:
            box.kill("it does not report the end of an execution")
            return
        record = execution.take_record(only=CALL) if execution.ended is None else None
        if record is None:
            continue
        calls += 1
        if calls > MOST_CALLS:
            box.cancel(execution, "calls")
            return
        before = time.monotonic()
        kind, body = _answer(record[1], answer)
        box.answer(execution, kind, body)
        deadline += time.monotonic() - before


def patience_s(limits: Limits) -> float:
    """Return for how long an execution may say nothing."""
    return limits.wall_time_s * _LONGEST_WALL_FACTOR + _GRACE_S


def _answer(body: bytes, answer: AnswerCall) -> tuple[bytes, bytes]:
    """Answer one call; what the program got wrong in asking is told to the program."""
    try:
        args, kwargs = data.loads(body)
        call = Call(args=args, kwargs=kwargs)
    except (data.DataError, ValueError, TypeError) as error:
        return FAILURE, f"malformed call: {error}".encode()
    result = answer(call)
    if result.status is not ExecutionStatus.OK:
        return FAILURE, f"{result.status}: {result.error}".encode(errors="replace")
    return VALUE, data.dumps(result.value).encode("ascii")
