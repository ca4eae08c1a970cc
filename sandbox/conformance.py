"""The contract of a sandbox as checks that can be run: on ours, and by users on their own.

    for outcome in run_checks(MySandbox()):
        print(outcome.check.promise, outcome.violation or "held")

Each check provokes one promise and looks at what happened. `START_UP` are the cheap ones that a sandbox of ours passes
before it takes any work: a limit that cannot be enforced on this host is an error there, not a warning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.data import Data


class Violation(AssertionError):
    """A sandbox broke a promise."""


class Skipped(Exception):
    """A promise that this sandbox does not make here, and why: the tools of a language are missing, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise, and the function that provokes it."""

    name: str
    promise: str
    provoke: Callable[[Sandbox], None]
    """Raises `Violation`, or `Skipped`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one check; `violation` is empty when the promise held, or was `skipped` for a reason."""

    check: Check
    violation: str
    wall_time_s: float
    skipped: str = ""


def promise(sentence: str) -> Callable[[Callable[[Sandbox], None]], Check]:
    """Make a `Check` of the decorated function."""

    def make(provoke: Callable[[Sandbox], None]) -> Check:
        return Check(name=provoke.__name__, promise=sentence, provoke=provoke)

    return make


def run_checks(sandbox: Sandbox, checks: Sequence[Check] | None = None) -> Iterator[Outcome]:
    """Run `checks` (all by default) on `sandbox`, one after the other, and yield what came of each."""
    for check in all_checks() if checks is None else checks:
        started = time.monotonic()
        violation = skipped = ""
        try:
            check.provoke(sandbox)
        except Skipped as reason:
            skipped = str(reason)
        except Violation as error:
            violation = str(error)
        except Exception as error:  # results so wrong that the check itself stumbles over them
            violation = f"{type(error).__name__}: {error}"
        elapsed_s = time.monotonic() - started
        yield Outcome(check=check, violation=violation, wall_time_s=elapsed_s, skipped=skipped)


def prove(sandbox: Sandbox, checks: Sequence[Check], what: str) -> None:
    """Provoke the limits that a host may fail to enforce, all at once.

    Raises:
        SandboxError: One did not fire.
    """
    with ThreadPoolExecutor(len(checks)) as threads:
        outcomes = list(threads.map(lambda check: next(run_checks(sandbox, [check])), checks))
    broken = broken_promises(outcomes)
    if broken:
        raise SandboxError(f"this host cannot hold what {what} promises: {broken}")


def broken_promises(outcomes: Iterable[Outcome]) -> str:
    """Return what did not hold, and why, each reason said once; empty when all held."""
    promises: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.violation:
            promises.setdefault(outcome.violation, []).append(outcome.check.promise)
    return "; ".join(f"{', '.join(broken)}: {reason}" for reason, broken in promises.items())


def all_checks() -> tuple[Check, ...]:
    """Return every check of the contract."""
    from sandbox import checks_bash, checks_contract, checks_cpp, checks_isolation, checks_limits

    modules = (checks_contract, checks_limits, checks_isolation, checks_bash, checks_cpp)
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Check))


# What checks are written with

GENEROUS = Limits(cpu_time_s=5.0, wall_time_s=20.0)
"""Limits for checks of anything but limits, so that a busy machine does not spoil them."""


def run_script(sandbox: Sandbox, source: str, stdin: str = "", limits: Limits = GENEROUS) -> ExecutionResult:
    """Run a script once."""
    return sandbox.run(Program(source=source), [Call(stdin=stdin)], limits)[0]


def run_in(sandbox: Sandbox, language: str, source: str, stdin: str = "", limits: Limits = GENEROUS) -> ExecutionResult:
    """Run a script of another language than Python once."""
    return sandbox.run(Program(source=source, language=language), [Call(stdin=stdin)], limits)[0]


def require_language(sandbox: Sandbox, language: str) -> None:
    """Go on only where the sandbox says that it can run the language; none of its promises is about others.

    Raises:
        Skipped: With the reason that the sandbox gives.
    """
    try:
        sandbox.run(Program(source="", language=language), [])
    except (SandboxError, ValueError) as reason:
        raise Skipped(str(reason)) from None


def run_function(sandbox: Sandbox, source: str, *args: Data, limits: Limits = GENEROUS) -> ExecutionResult:
    """Call the function `f` of `source` once."""
    return sandbox.run(Program(source=source, entry_point="f"), [Call(args=args)], limits)[0]


def tightened(**changes: float) -> Limits:
    """Return the generous limits with some replaced."""
    return replace(GENEROUS, **changes)  # type: ignore[arg-type]


def expect_status(result: ExecutionResult, *statuses: ExecutionStatus) -> None:
    """Require one of `statuses`.

    Raises:
        Violation: It has another.
    """
    if result.status not in statuses:
        wanted = " or ".join(statuses)
        detail = result.error or result.stderr[-300:] or result.stdout[-300:]
        raise Violation(f"expected {wanted}, got {result.status}: {detail}")


def expect_equal(what: str, found: object, wanted: object) -> None:
    """Require equality and equal types.

    Raises:
        Violation: They differ.
    """
    if found != wanted or type(found) is not type(wanted):
        raise Violation(f"{what}: expected {wanted!r}, got {str(found)[:300]!r}")


def expect_output(result: ExecutionResult, wanted: str) -> None:
    """Require status OK and this standard output."""
    expect_status(result, ExecutionStatus.OK)
    expect_equal("standard output", result.stdout, wanted)


def expect_refused(sandbox: Sandbox, attempts: Iterable[tuple[str, str]]) -> None:
    """Require that each attempt (a name and an expression or statement) raises inside the program.

    Raises:
        Violation: Naming the attempts that were allowed.
    """
    attempts = list(attempts)
    calls = [Call(args=(source,)) for _name, source in attempts]
    program = Program(source=_ATTEMPT, entry_point="f")
    allowed = []
    for (name, _source), result in zip(attempts, sandbox.run(program, calls, GENEROUS), strict=True):
        expect_status(result, ExecutionStatus.OK)
        if result.value != "refused":
            allowed.append(f"{name} ({result.value})")
    if allowed:
        raise Violation(f"allowed: {', '.join(allowed)}")


_ATTEMPT = """
import ctypes, os, socket, subprocess, sys

libc = ctypes.CDLL(None, use_errno=True)

def call(number, *args):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def f(source):
    try:
        result = eval(source, globals())
    except (OSError, PermissionError) as error:
        return "refused"
    return "gave " + repr(result)[:200]
"""
