from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fakes import BrokenSandbox, FakeSandbox

import sandbox
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.core import Call, Cancellation, Cancelled, ExecutionStatus, Limits, Program, SandboxError
from sandbox.pool import PooledSandbox

DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
SLEEPY = Program(source="import time\ndef f(x):\n    time.sleep(30)", entry_point="f")
SLOW = Limits(cpu_time_s=5.0, wall_time_s=60.0)


def doubles(count: int) -> Iterator[sandbox.Job]:
    return (sandbox.Job(program=DOUBLE, inputs=[Call(args=(n,)), Call(args=(-n,))]) for n in range(count))


def values(outcome: object) -> list[object]:
    assert isinstance(outcome, list)
    return [result.value for result in outcome]


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20.0
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


@pytest.fixture
def one_box(any_sandbox: PooledSandbox) -> Iterator[PooledSandbox]:
    with sandbox.make(any_sandbox.name, boxes=1) as made:
        assert isinstance(made, PooledSandbox)
        yield made


def running(box: PooledSandbox) -> int:
    return sum(each.running for each in box._load)


def test_outcomes_come_in_the_order_of_the_jobs(any_sandbox: PooledSandbox) -> None:
    outcomes = sandbox.run_many(any_sandbox, doubles(50), at_once=8)
    assert [values(outcome) for outcome in outcomes] == [[2 * n, -2 * n] for n in range(50)]


def test_jobs_are_read_no_further_than_twice_at_once_ahead_of_the_reader() -> None:
    read = itertools.count()
    taken = 0

    def jobs() -> Iterator[sandbox.Job]:
        for job in doubles(1000):
            assert next(read) <= taken + 2 * 4
            yield job

    for _outcome in sandbox.run_many(FakeSandbox(), jobs(), at_once=4):
        taken += 1
    assert taken == 1000


def test_a_job_whose_sandbox_failed_gives_the_error_in_its_place() -> None:
    outcomes = list(sandbox.run_many(BrokenSandbox(), doubles(3)))
    assert [type(outcome) for outcome in outcomes] == [SandboxError] * 3


def test_a_reader_that_leaves_leaves_nothing_running(one_box: PooledSandbox) -> None:
    quick = sandbox.Job(program=DOUBLE, inputs=[Call(args=(1,))])
    sleepers = [sandbox.Job(program=SLEEPY, inputs=[Call(args=(1,))] * 3, limits=SLOW)] * 5
    outcomes = sandbox.run_many(one_box, [quick, *sleepers], at_once=3)
    assert values(next(outcomes)) == [2]
    assert eventually(lambda: running(one_box) > 0)
    outcomes.close()  # type: ignore[attr-defined]
    assert running(one_box) == 0
    assert one_box.run(DOUBLE, [Call(args=(3,))])[0].value == 6


def test_an_event_loop_gets_the_same_outcomes_and_goes_on_meanwhile(any_sandbox: PooledSandbox) -> None:
    async def collect() -> tuple[list[list[object]], int]:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count())
        found = [values(outcome) async for outcome in sandbox.run_many_async(any_sandbox, doubles(20), at_once=4)]
        counter.cancel()
        return found, turns

    found, turns = asyncio.run(collect())
    assert found == [[2 * n, -2 * n] for n in range(20)]
    assert turns > 20


def test_a_task_that_is_cancelled_leaves_nothing_running(one_box: PooledSandbox) -> None:
    sleeper = sandbox.Job(program=SLEEPY, inputs=[Call(args=(1,))] * 2, limits=SLOW)

    async def read() -> None:
        async for _outcome in sandbox.run_many_async(one_box, [sleeper] * 3, at_once=3):
            pass

    async def give_up() -> None:
        task = asyncio.create_task(read())
        while running(one_box) == 0:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(give_up())
    assert eventually(lambda: running(one_box) == 0)


def test_a_cancelled_run_ends_with_everything_it_began(one_box: PooledSandbox) -> None:
    marked = Program(source="import time\ndef f(x):\n    time.sleep(30)", entry_point="f")
    cancellation = Cancellation()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            one_box.run(marked, [Call(args=(n,)) for n in range(20)], SLOW, cancellation=cancellation)
        except Cancelled as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert eventually(lambda: running(one_box) > 0)
    cancellation.cancel()
    thread.join()
    assert len(failures) == 1
    assert running(one_box) == 0
    with pytest.raises(Cancelled):
        one_box.run(DOUBLE, [Call(args=(1,))], cancellation=cancellation)


def test_a_cancelled_conversation_ends(one_box: PooledSandbox) -> None:
    program = Program(source="while True: ask(1)", stub="ask")
    cancellation = Cancellation()

    def answer(call: Call) -> sandbox.ExecutionResult:
        cancellation.cancel()
        return sandbox.ExecutionResult(status=ExecutionStatus.OK, value=1)

    with pytest.raises(Cancelled):
        one_box.run(program, [Call()], SLOW, answer=answer, cancellation=cancellation)
    assert running(one_box) == 0


def test_executions_that_sleep_make_room_for_others(one_box: PooledSandbox) -> None:
    # four may compute at a time in a box; twelve that sleep, and one that computes, are in it together
    cancellation = Cancellation()

    def sleep() -> None:
        with pytest.raises(Cancelled):
            one_box.run(SLEEPY, [Call(args=(n,)) for n in range(12)], SLOW, cancellation=cancellation)

    thread = threading.Thread(target=sleep)
    thread.start()
    assert eventually(lambda: running(one_box) == 12)
    assert one_box.run(DOUBLE, [Call(args=(5,))])[0].value == 10
    cancellation.cancel()
    thread.join()


def test_a_sleeper_that_wakes_is_still_held_to_its_limits(any_sandbox: PooledSandbox) -> None:
    source = "import time\ndef f(what):\n    time.sleep(0.4)\n    exec(what)"
    wakes = ["while True: pass", "held = []\nwhile True: held.append(bytearray(2**20))"]
    limits = Limits(cpu_time_s=2.0, wall_time_s=20.0, memory_bytes=64 * 2**20)
    results = any_sandbox.run(Program(source=source, entry_point="f"), [Call(args=(what,)) for what in wakes], limits)
    assert [result.status for result in results] == [ExecutionStatus.CPU_TIMEOUT, ExecutionStatus.MEMORY_LIMIT]


def test_executions_that_a_full_box_ended_are_done_again_where_each_has_its_room(bubblewrap: PooledSandbox) -> None:
    # each of four may hold 64 MiB, all together 100: some are ended for their neighbours, and none pays for it
    source = "import time\ndef f(x):\n    held = bytearray(60 * 2**20)\n    time.sleep(1)\n    return x"
    limits = Limits(memory_bytes=64 * 2**20, wall_time_s=20.0)
    with BubblewrapSandbox(boxes=1, memory_bytes=100 * 2**20) as small:
        results = small.run(Program(source=source, entry_point="f"), [Call(args=(n,)) for n in range(4)], limits)
        assert small._reserving_pool is not None
    assert [result.value for result in results] == [0, 1, 2, 3]
