"""From what an execution did to an `ExecutionResult`: which limit fired, or what the program said of its own end."""

from __future__ import annotations

import json
import re
import signal
from typing import Any

from sandbox import data
from sandbox.box import Execution
from sandbox.core import ExecutionResult, ExecutionStatus, SandboxError
from sandbox.forkserver import CHANNEL, STDERR, STDOUT
from sandbox.languages import Order
from sandbox.runner import FAILURE, FILE_NAME, VALUE

MOST_CALLS = 10_000
"""Calls of the stub in one execution: the clock stands still during each, so their number has to end."""

_FIRED = {
    "cpu": (ExecutionStatus.CPU_TIMEOUT, "used more than {limits.cpu_time_s:g} s of processor time"),
    "wall": (ExecutionStatus.WALL_TIMEOUT, "took longer than {limits.wall_time_s:g} s"),
    "memory": (ExecutionStatus.MEMORY_LIMIT, "used more than {mebibytes:g} MiB of memory"),
    "calls": (ExecutionStatus.PROTOCOL_ERROR, f"called its stub more than {MOST_CALLS} times"),
    "output": (ExecutionStatus.OUTPUT_LIMIT, "wrote more than {limits.output_bytes} bytes to one stream"),
}

_ERROR_CHARACTERS = 400
_FRAME_LINE = re.compile(rf'^ +File "{re.escape(FILE_NAME)}", line (\d+)', re.MULTILINE)


class Unscorable(SandboxError):
    """This execution ended by a fault of ours; another attempt may succeed."""


class Crowded(Unscorable):
    """It was ended for what its neighbours occupied: where each has room for all that it may use, it will not be."""


def judge(execution: Execution) -> ExecutionResult:
    """Return the result of an execution that ended.

    Raises:
        Unscorable: It ended by a fault of ours.
    """
    ended = execution.ended
    if ended is None:
        raise Unscorable(f"a sandbox box broke: {execution.lost}")
    if isinstance(execution.program, Order):
        ended = execution.ended = _with_report(ended)
    if ended.get("broken"):
        raise Unscorable(f"a process could not be isolated: {ended['broken']}")
    stdout, stderr = (bytes(execution.streams[kind]).decode("utf-8", "replace") for kind in (STDOUT, STDERR))
    status, error, value = _classify(execution, ended["fired"] or _fired_inside(execution, stderr), stderr)
    return ExecutionResult(
        status=status,
        value=value,
        stdout=stdout,
        stderr=stderr,
        error=error[:_ERROR_CHARACTERS],
        cpu_time_s=ended["cpu_time_s"],
        wall_time_s=ended["wall_time_s"],
        peak_memory_bytes=ended["peak_memory_bytes"],
    )


def _with_report(ended: dict[str, Any]) -> dict[str, Any]:
    """Return how a program ended that was the child of an execution's first process, which reports it."""
    try:
        report = json.loads(ended["broken"])
        own_peak, peak = ended["peak_memory_bytes"], int(report["peak_memory_bytes"])
        known = {"exit": int(report["exit"]), "out_of_memory": bool(report["out_of_memory"])}
        return {**ended, **known, "broken": "", "peak_memory_bytes": max(own_peak, peak)}
    except (KeyError, TypeError, ValueError):
        return ended  # a limit fired before it could report, or it says what went wrong


def _fired_inside(execution: Execution, stderr: str) -> str:
    """Return the limit that the kernel enforced by itself, if the way the execution ended shows one."""
    ended, limits = execution.ended, execution.limits
    assert ended is not None
    if ended["cpu_time_s"] > limits.cpu_time_s:
        return "cpu"
    if ended["peak_memory_bytes"] > limits.memory_bytes:
        return "memory"
    if _was_refused_memory(execution, stderr):
        return "memory"
    if ended["exit"] == -signal.SIGKILL and ended.get("out_of_memory", True):
        # The program cannot send this signal to its own first process, and we did not: the kernel ran out of memory.
        if ended["peak_memory_bytes"] > limits.memory_bytes // 2:
            return "memory"
        raise Crowded("the kernel killed an execution that was within its limits (out of memory on this host?)")
    return ""


def _was_refused_memory(execution: Execution, stderr: str) -> bool:
    """Return whether the program failed because it asked for more memory than it may have, as far as it says so."""
    ended, program = execution.ended, execution.program
    assert ended is not None
    if ended["exit"] == 1 and _exception_line(stderr).startswith("MemoryError"):
        return True
    words = program.language.out_of_memory if isinstance(program, Order) else ()
    return ended["exit"] != 0 and any(word in stderr for word in words)


def _classify(execution: Execution, fired: str, stderr: str) -> tuple[ExecutionStatus, str, data.Data]:
    ended, limits = execution.ended, execution.limits
    assert ended is not None
    if fired == "cancelled":
        raise Unscorable("the execution was cancelled")
    if fired == "pressure":
        raise Crowded("the executions of a box together wanted more memory than it may use")
    if fired:
        status, text = _FIRED[fired]
        return status, text.format(limits=limits, mebibytes=limits.memory_bytes / 2**20), None
    if ended["exit"] < 0:
        return ExecutionStatus.RUNTIME_ERROR, _killed_by(-ended["exit"], stderr), None
    if ended["exit"] > 0:
        line = _exception_line(stderr)
        return ExecutionStatus.RUNTIME_ERROR, line or f"exited with code {ended['exit']}", None
    if execution.program.entry_point is None:
        return ExecutionStatus.OK, "", None
    return _value(execution)


def _value(execution: Execution) -> tuple[ExecutionStatus, str, data.Data]:
    record = execution.take_record()
    if record is None:
        return ExecutionStatus.PROTOCOL_ERROR, "ended without returning a value", None
    kind, body = record
    if execution.streams[CHANNEL]:
        return ExecutionStatus.PROTOCOL_ERROR, "sent more than one value", None
    if kind == FAILURE:
        return ExecutionStatus.PROTOCOL_ERROR, " ".join(body.decode("utf-8", "replace").split()), None
    if kind != VALUE:
        return ExecutionStatus.PROTOCOL_ERROR, "sent something that is not a value", None
    try:
        return ExecutionStatus.OK, "", data.loads(body)
    except data.DataError as error:
        return ExecutionStatus.PROTOCOL_ERROR, f"sent a malformed value: {error}", None


def _killed_by(number: int, stderr: str) -> str:
    """Name the signal, and the last thing that the program said: a failed assertion, say."""
    known = {each.value: each.name for each in signal.Signals}
    hint = " (stack overflow?)" if number == signal.SIGSEGV else ""
    last = stderr.strip().rpartition("\n")[2].strip()
    return f"killed by {known.get(number, f'signal {number}')}{hint}" + (f": {last}" if last else "")


def _exception_line(stderr: str) -> str:
    """Return the last exception of a traceback as one line with the program's line number, such as Python words it."""
    frames = list(_FRAME_LINE.finditer(stderr))
    if not frames:
        return stderr.strip().rpartition("\n")[2].strip()
    rest = stderr[frames[-1].end() :].splitlines()[1:]
    message = next((line for line in rest if line and not line.startswith(" ")), "error")
    return f"{message.strip()} (line {frames[-1][1]})"
