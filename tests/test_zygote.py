"""The processes inside a box as an operator meets them: each may die, and nothing is lost, invented or left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.core import Call, Cancellation, Cancelled, ExecutionResult, Limits, Program
from sandbox.pool import PooledSandbox
from sandbox.zygote import NOT_SHUT_IN

SLEEPY = Program(source="import time\ndef f(x):\n    time.sleep(0.5)\n    return 2 * x", entry_point="f")
PATIENT = Limits(cpu_time_s=5.0, wall_time_s=20.0)


@pytest.fixture
def fresh(bubblewrap: PooledSandbox) -> Iterator[PooledSandbox]:
    """A sandbox that a test may break."""
    with BubblewrapSandbox(boxes=1) as made:
        yield made


def children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, path.read_text().split())
    return found


def supervisor_and_zygote(box: PooledSandbox) -> tuple[int, int]:
    """The two processes of a box that runs nothing: bwrap, its own first process, the supervisor, the zygote."""
    (transport,) = [each._transport for each in box._load]
    (first,) = children(transport._process.pid)  # type: ignore[union-attr]
    (supervisor,) = children(first)
    (zygote,) = children(supervisor)
    return supervisor, zygote


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20.0
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("victim", [0, 1], ids=["supervisor", "zygote"])
def test_a_process_of_a_box_that_is_killed_takes_the_box_with_it_and_the_work_is_done_again(
    fresh: PooledSandbox, victim: int
) -> None:
    pair = supervisor_and_zygote(fresh)
    results: list[ExecutionResult] = []
    calls = [Call(args=(n,)) for n in range(4)]
    thread = threading.Thread(target=lambda: results.extend(fresh.run(SLEEPY, calls, PATIENT)))
    thread.start()
    assert eventually(lambda: len(children(pair[0])) == 1 + len(calls))
    os.kill(pair[victim], signal.SIGKILL)
    thread.join()
    assert [result.value for result in results] == [0, 2, 4, 6]
    assert eventually(lambda: not any(map(is_alive, pair)))


def test_every_execution_is_a_child_of_the_supervisor_and_none_is_left(fresh: PooledSandbox) -> None:
    supervisor, zygote = supervisor_and_zygote(fresh)
    fresh.run(Program(source="def f(x): return x", entry_point="f"), [Call(args=(n,)) for n in range(50)], PATIENT)
    assert children(supervisor) == [zygote]
    assert children(zygote) == []


def test_neither_process_of_a_box_keeps_a_descriptor_of_an_execution(fresh: PooledSandbox) -> None:
    def descriptors() -> list[int]:
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in supervisor_and_zygote(fresh)]

    before = descriptors()
    assert before[0] == before[1]  # they share one table
    fresh.run(SLEEPY, [Call(args=(n,)) for n in range(20)], PATIENT)
    assert descriptors() == before


def test_a_wall_that_cannot_be_put_up_is_our_failure_and_says_which(fresh: PooledSandbox) -> None:
    too_much = Limits(memory_bytes=2**63 - 1)  # past what a resource limit can hold
    attempts = fresh._attempt(SLEEPY, [Call(args=(1,))], too_much, Cancellation())
    assert [type(attempt).__name__ for attempt in attempts] == ["Unscorable"]
    assert "could not be isolated: OverflowError" in str(attempts[0])
    assert fresh.run(SLEEPY, [Call(args=(2,))], PATIENT)[0].value == 4


def test_a_program_that_ends_like_a_failed_start_is_only_a_program_that_failed(fresh: PooledSandbox) -> None:
    source = f"import os\ndef f(x):\n    os._exit({NOT_SHUT_IN})"
    result = fresh.run(Program(source=source, entry_point="f"), [Call(args=(1,))], PATIENT)[0]
    assert result.status == "runtime_error"


def test_an_execution_that_is_cancelled_before_it_has_a_process_does_not_run_on(fresh: PooledSandbox) -> None:
    for _ in range(20):
        cancellation = Cancellation()
        thread = threading.Thread(target=cancellation.cancel)
        thread.start()
        with pytest.raises(Cancelled):
            fresh.run(SLEEPY, [Call(args=(n,)) for n in range(8)], PATIENT, cancellation=cancellation)
        thread.join()
    assert sum(box.running for box in fresh._load) == 0


def test_limits_past_all_measure_are_refused(fresh: PooledSandbox) -> None:
    for name in ("memory_bytes", "processes", "output_bytes", "scratch_bytes"):
        with pytest.raises(ValueError, match=rf"limit {name} must be a number below 2\*\*53"):
            fresh.run(SLEEPY, [Call(args=(1,))], Limits(**{name: 2**53}))
    with pytest.raises(ValueError, match="wall_time_s"):
        fresh.run(SLEEPY, [Call(args=(1,))], Limits(wall_time_s=float("inf")))


PEEK = """
import sys

def f(x):
    seen, frame = [], sys._getframe(1)
    while frame:
        values = {name: value for name, value in frame.f_locals.items() if type(value) in (int, str, tuple, list)}
        seen.append([frame.f_code.co_name, repr(values)])
        frame = frame.f_back
    return seen
"""


def test_what_a_program_finds_in_its_callers_frames_is_the_same_in_every_execution(fresh: PooledSandbox) -> None:
    peek = Program(source=PEEK, entry_point="f")
    first = fresh.run(peek, [Call(args=(1,))] * 3, PATIENT)
    fresh.run(SLEEPY, [Call(args=(n,)) for n in range(8)], PATIENT)
    later = fresh.run(peek, [Call(args=(1,))] * 5, PATIENT)
    assert first[0].value
    assert [result.value for result in [*first, *later]] == [first[0].value] * 8
