"""Many submissions at once: bounded, in order, lazily read, and gone without a trace when the caller gives up.

`run_many` is for threads and scripts, `run_many_async` for an event loop. Both read at most twice `at_once` jobs ahead
of what the caller has taken, so that a slow reader holds up the source and no queue grows. A job whose sandbox failed
gives its `SandboxError` in its place: the others are not lost with it, and no result is made up for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sandbox.core import Call, Cancellation, ExecutionResult, Limits, Program, Sandbox, SandboxError
from sandbox.pool import PooledSandbox

AT_ONCE = 32
"""Jobs that are worked on at the same time; the sandbox bounds their executions by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One program and its inputs."""

    program: Program
    inputs: Sequence[Call]
    limits: Limits = field(default_factory=Limits)


Outcome = list[ExecutionResult] | SandboxError
"""The results of one job in the order of its inputs, or why there are none."""


def run_many(sandbox: Sandbox, jobs: Iterable[Job], *, at_once: int = AT_ONCE) -> Iterator[Outcome]:
    """Yield the outcome of each job, in order; closing the iterator kills whatever still runs.

    Args:
        sandbox: Where they run; one of ours gives up at once when it is told to, others finish the jobs that run.
        jobs: Read lazily.
        at_once: Jobs that are worked on at the same time.
    """
    cancellation = Cancellation()
    waiting: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(at_once, thread_name_prefix="run-many") as threads:
        try:
            for job in jobs:
                waiting.append(threads.submit(_run, sandbox, job, cancellation))
                if len(waiting) >= 2 * at_once:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            _give_up(cancellation, waiting)


async def run_many_async(sandbox: Sandbox, jobs: Iterable[Job], *, at_once: int = AT_ONCE) -> AsyncIterator[Outcome]:
    """Yield the outcome of each job, in order, without ever blocking the event loop; see `run_many`.

    Cancelling the task that iterates, or closing the iterator, kills whatever still runs.
    """
    cancellation = Cancellation()
    waiting: deque[Future[Outcome]] = deque()
    threads = ThreadPoolExecutor(at_once, thread_name_prefix="run-many")
    try:
        for job in jobs:
            waiting.append(threads.submit(_run, sandbox, job, cancellation))
            if len(waiting) >= 2 * at_once:
                yield await asyncio.wrap_future(waiting.popleft())
        while waiting:
            yield await asyncio.wrap_future(waiting.popleft())
    finally:
        _give_up(cancellation, waiting)
        await asyncio.to_thread(threads.shutdown)


def _run(sandbox: Sandbox, job: Job, cancellation: Cancellation) -> Outcome:
    try:
        if isinstance(sandbox, PooledSandbox):
            return sandbox.run(job.program, job.inputs, job.limits, cancellation=cancellation)
        return sandbox.run(job.program, job.inputs, job.limits)
    except SandboxError as error:
        return error


def _give_up(cancellation: Cancellation, waiting: Iterable[Future[Outcome]]) -> None:
    for future in waiting:
        future.cancel()
    cancellation.cancel()
