from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox.box import Execution
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.checks_isolation import processes_named
from sandbox.conformance import Check, Violation, all_checks, run_checks
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.fifos import OPEN_FIRST, Fifos
from sandbox.outcome import Crowded, judge
from sandbox.pool import PooledSandbox

DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
SLEEPY = Program(source="import time\ndef f(x):\n    time.sleep(0.3)\n    return 2 * x", entry_point="f")
PATIENT = Limits(cpu_time_s=5.0, wall_time_s=20.0)


@pytest.fixture
def fresh(any_sandbox: PooledSandbox) -> Iterator[PooledSandbox]:
    """A sandbox of the same kind that a test may break."""
    with sandbox.make(any_sandbox.name, boxes=2) as made:
        assert isinstance(made, PooledSandbox)
        yield made


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_the_contract_holds(any_sandbox: Sandbox, check: Check) -> None:
    (outcome,) = run_checks(any_sandbox, [check])
    assert not outcome.violation
    if outcome.skipped and not os.environ.get("CI"):
        pytest.skip(outcome.skipped)
    assert not outcome.skipped


def test_a_sandbox_that_breaks_a_promise_is_found_out() -> None:
    class Liar:
        name = "liar"

        def run(
            self, program: Program, inputs: list[Call], limits: Limits = PATIENT, **_: object
        ) -> list[ExecutionResult]:
            return [ExecutionResult(status=ExecutionStatus.OK, value=1) for _ in inputs]

    held = {outcome.check.name for outcome in run_checks(Liar(), all_checks()) if not outcome.violation}  # type: ignore[arg-type]
    assert held <= {"nothing", "impossible_limits", "shared_memory_counts_once"}  # all that asks for no words back


def test_threads_that_share_a_sandbox_get_their_own_results(any_sandbox: Sandbox) -> None:
    found: dict[int, list[object]] = {}

    def work(number: int) -> None:
        calls = [Call(args=(number * 100 + n,)) for n in range(10)]
        found[number] = [result.value for result in any_sandbox.run(DOUBLE, calls, PATIENT)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [2 * (number * 100 + n) for n in range(10)] for number in range(6)}


def test_a_hostile_mix_leaves_honest_results_whole(any_sandbox: Sandbox) -> None:
    source = "def f(kind, n):\n    exec(kind)\n    return n"
    kinds = [
        "pass",
        "while True: pass",
        "x = [bytearray(10**6) for _ in range(10**4)]",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "while True: print('x' * 1000)",
    ]
    calls = [Call(args=(kinds[n] if n < len(kinds) else "pass", n)) for n in range(30)]
    limits = Limits(cpu_time_s=0.5, wall_time_s=3.0)
    results = any_sandbox.run(Program(source=source, entry_point="f"), calls, limits)
    for n, result in enumerate(results):
        honest = n == 0 or n >= len(kinds)
        assert (result.status is ExecutionStatus.OK) == honest, result
        assert result.value == (n if honest else None)


def in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_work_lost_with_a_box_is_done_again(fresh: PooledSandbox) -> None:
    results: list[ExecutionResult] = []
    calls = [Call(args=(n,)) for n in range(12)]
    thread = in_background(lambda: results.extend(fresh.run(SLEEPY, calls, PATIENT)))
    time.sleep(0.2)
    next(iter(fresh._load)).kill("a test killed it")
    thread.join()
    assert [result.value for result in results] == [2 * n for n in range(12)]
    assert fresh.run(DOUBLE, [Call(args=(4,))])[0].value == 8


def test_boxes_that_keep_breaking_are_an_error_and_never_a_result(fresh: PooledSandbox) -> None:
    done = threading.Event()

    def keep_killing() -> None:
        while not done.is_set():
            for box in list(fresh._load):
                box.kill("a test killed it")
            time.sleep(0.05)

    thread = in_background(keep_killing)
    try:
        with pytest.raises(SandboxError, match=r"broke|start"):
            fresh.run(Program(source="import time\ntime.sleep(10)"), [Call()], PATIENT)
    finally:
        done.set()
        thread.join()


def test_a_program_cannot_break_its_box(fresh: PooledSandbox) -> None:
    boxes = set(fresh._load)
    for check in all_checks():
        if check.name in {"signals", "forged_records", "fork_bomb", "memory_of_many", "sources"}:
            assert not next(run_checks(fresh, [check])).violation
    assert set(fresh._load) == boxes


def test_a_stub_in_an_endless_loop_meets_the_limits(any_sandbox: Sandbox) -> None:
    def answer(call: Call) -> ExecutionResult:
        return ExecutionResult(status=ExecutionStatus.OK, value=1)

    limits = Limits(cpu_time_s=0.05, wall_time_s=20.0)
    endless = Program(source="while True: ask()", stub="ask")
    assert any_sandbox.run(endless, [Call()], limits, answer=answer)[0].status is ExecutionStatus.CPU_TIMEOUT
    flood = Program(source="import os\nwhile True: os.write(0, bytes(1000))", stub="ask")
    assert any_sandbox.run(flood, [Call()], limits, answer=answer)[0].status is ExecutionStatus.OUTPUT_LIMIT


def test_an_answer_that_fails_on_the_host_passes_through(any_sandbox: Sandbox) -> None:
    def answer(call: Call) -> ExecutionResult:
        raise SandboxError("the other side broke")

    with pytest.raises(SandboxError, match="the other side broke"):
        any_sandbox.run(Program(source="ask()", stub="ask"), [Call()], answer=answer)


def test_time_spent_on_an_answer_is_not_the_programs(any_sandbox: Sandbox) -> None:
    def answer(call: Call) -> ExecutionResult:
        time.sleep(1.0)
        return ExecutionResult(status=ExecutionStatus.OK, value=1)

    limits = Limits(cpu_time_s=5.0, wall_time_s=0.8)
    (result,) = any_sandbox.run(Program(source="print(ask())", stub="ask"), [Call()], limits, answer=answer)
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "1\n")


def test_a_closed_sandbox_says_so_and_leaves_no_process(fresh: PooledSandbox) -> None:
    lingering = Program(source="import ctypes, time\nctypes.CDLL(None).prctl(15, b'lingerer', 0, 0, 0)\ntime.sleep(60)")

    def run() -> None:
        with pytest.raises(SandboxError):
            fresh.run(lingering, [Call()], PATIENT)

    thread = in_background(run)
    deadline = time.monotonic() + 10
    while not processes_named("lingerer") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_named("lingerer")
    fresh.close()
    thread.join()
    assert not processes_named("lingerer")
    fresh.close()
    with pytest.raises(SandboxError, match="closed"):
        fresh.run(DOUBLE, [Call(args=(1,))])


def test_boxes_die_with_a_host_that_is_killed(any_sandbox: Sandbox) -> None:
    source = f"""
import sandbox
box = sandbox.make({any_sandbox.name!r}, boxes=1)
program = "import ctypes, time; ctypes.CDLL(None).prctl(15, b'orphan', 0, 0, 0); print(1); time.sleep(60)"
box.run(sandbox.Program(source=program), [sandbox.Call()], sandbox.Limits(wall_time_s=60))
"""
    host = subprocess.Popen([sys.executable, "-c", source], cwd=Path(__file__).parent.parent)
    deadline = time.monotonic() + 20
    while not processes_named("orphan") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_named("orphan")
    host.send_signal(signal.SIGKILL)
    host.wait()
    while processes_named("orphan") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes_named("orphan")


def test_nonsense_is_refused_before_anything_runs(any_sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no language 'cobol'; known: python, bash, c\\+\\+"):
        any_sandbox.run(Program(source="", language="cobol"), [Call()])
    with pytest.raises(ValueError, match="stub"):
        any_sandbox.run(Program(source="", stub="ask"), [Call()])
    with pytest.raises(ValueError, match="identifier"):
        any_sandbox.run(
            Program(source="", stub="no name"), [Call()], answer=lambda call: ExecutionResult(status=ExecutionStatus.OK)
        )
    with pytest.raises(ValueError, match="plain data"):
        any_sandbox.run(DOUBLE, [Call(args=(object(),))])
    assert any_sandbox.run(DOUBLE, [Call(args=(1,))])[0].value == 2


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"no sandbox 'bubblewarp'; did you mean 'bubblewrap'\?; known: auto, docker"):
        sandbox.make("bubblewarp")


def test_without_an_engine_docker_is_an_error_and_auto_says_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("docker")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(SandboxError, match=r"no Docker engine answers.*dockerd"):
        sandbox.make("docker")
    with caplog.at_level(logging.INFO, logger="sandbox"), sandbox.make("auto", boxes=1) as made:
        assert made.name == "bubblewrap"
    assert "no Docker engine answers" in caplog.text
    assert "sandbox bubblewrap (" in caplog.text


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_an_engine_without_the_image_names_the_command_that_builds_it(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any_sandbox.name == "docker"
    monkeypatch.setattr("sandbox.engine.image_tag", lambda language=None: "0" * 12)
    with pytest.raises(SandboxError, match=r"of another version; run `python -m sandbox\.build`"):
        sandbox.make("docker")


def test_a_host_that_cannot_isolate_is_an_error_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = "import sys; sys.exit('bwrap: No permissions to create a new namespace')"
    monkeypatch.setattr("sandbox.bubblewrap._command", lambda: [sys.executable, "-c", launcher])
    with pytest.raises(SandboxError, match="No permissions to create a new namespace"):
        BubblewrapSandbox(boxes=1)


def test_a_limit_that_does_not_fire_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def provoke(box: Sandbox) -> None:
        raise Violation("they do not")

    monkeypatch.setattr("sandbox.pool.START_UP", (Check(name="pigs", promise="pigs fly", provoke=provoke),))
    with pytest.raises(SandboxError, match="pigs fly: they do not"):
        BubblewrapSandbox(boxes=1)


def test_descriptors_and_threads_do_not_pile_up(any_sandbox: Sandbox) -> None:
    any_sandbox.run(DOUBLE, [Call(args=(1,))])
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(10):
        any_sandbox.run(DOUBLE, [Call(args=(n,)) for n in range(10)], PATIENT)
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_an_engine_elsewhere_carries_what_boxes_say_by_itself(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "over pipes" in any_sandbox.guarantees()["box"]
    monkeypatch.setattr("sandbox.fifos._WAIT_S", 0.0)  # as if the box never saw the pipes
    monkeypatch.setattr("sandbox.docker._PIPES", "/elsewhere")
    monkeypatch.setattr("sandbox.docker.OPEN_FIRST", "import time\ntime.sleep(600)\n")
    with sandbox.make("docker", boxes=1) as box:
        assert "over the engine's streams" in box.guarantees()["box"]
        assert box.run(DOUBLE, [Call(args=(21,))])[0].value == 42


def test_pipes_are_gone_from_the_file_system_once_both_sides_have_them(tmp_path: Path) -> None:
    fifos = Fifos()
    folder = str(fifos.folder)
    program = OPEN_FIRST.format(folder=folder) + "while word := os.read(0, 100): os.write(1, word.upper())"
    child = subprocess.Popen([sys.executable, "-c", program])
    fifos.connect(lambda: child.poll() is None)
    assert not os.path.exists(folder)
    fifos.write(b"hello")
    assert fifos.read(5) == b"HELLO"
    fifos.hang_up()
    assert child.wait(20) == 0
    assert fifos.read(1) == b""
    fifos.close()


def test_a_box_that_dies_before_it_opens_its_pipes_is_an_error(tmp_path: Path) -> None:
    fifos = Fifos()
    with pytest.raises(SandboxError, match="did not open its pipes"):
        fifos.connect(lambda: False)
    assert not fifos.folder.exists()
    fifos.close()


def test_what_the_kernel_killed_within_its_limits_is_done_again_where_it_has_its_room() -> None:
    execution = Execution(DOUBLE, Limits())
    execution.ended = {
        "broken": "", "fired": "", "exit": -signal.SIGKILL, "cpu_time_s": 0.1, "wall_time_s": 0.1,
        "peak_memory_bytes": 2**20,
    }  # fmt: skip
    with pytest.raises(Crowded, match="within its limits"):
        judge(execution)
