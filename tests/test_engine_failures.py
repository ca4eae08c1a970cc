"""What becomes of a batch when a container or its engine dies: right results or a `SandboxError`, and nothing left."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox.core import Call, Limits, Program, Sandbox, SandboxError
from sandbox.pool import PooledSandbox

pytest.importorskip("docker")

from engines import OwnEngine, eventually

from sandbox.build import build
from sandbox.engine import connect, find_image

DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
SLEEPY = Program(source="import time\ndef f(x):\n    time.sleep(0.5)\n    return 2 * x", entry_point="f")
PATIENT = Limits(cpu_time_s=5.0, wall_time_s=20.0)
JOBS = 48
AT_ONCE = 6

NOTICED_S = 3.0
"""Within this time a box that died must be given up; the watchdog alone would take minutes."""
ENDED_S = 60.0
"""Within this time a batch must have ended, whatever happened to its engine."""

pytestmark = [
    pytest.mark.docker,
    # The engine's client leaves the socket of an attempt that is refused to the garbage collector. We knock before, but
    # an engine that is killed closes what we read from a moment before it closes what it listens on.
    pytest.mark.filterwarnings(r"ignore:unclosed <socket\.socket.* family=1,:ResourceWarning"),
]


@pytest.fixture(params=["pipes", "streams"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """How boxes are spoken to: through pipes, or as if the engine were elsewhere."""
    if request.param == "streams":
        monkeypatch.setattr("sandbox.docker.is_here", lambda *_: False)
        monkeypatch.setattr("sandbox.docker.LEASE_S", 2.0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return str(request.param)


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    """An engine that these tests may kill."""
    if os.geteuid() != 0:
        pytest.skip("only root can start an engine of its own")
    if shutil.which("dockerd") is None:
        pytest.skip("dockerd is not installed")
    own = OwnEngine()
    try:
        own.start()
        yield own
    finally:
        own.close()


@pytest.fixture
def built(engine: OwnEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OwnEngine:
    """That engine, up and with our image, and as the one that is taken."""
    monkeypatch.setenv("DOCKER_HOST", engine.address)
    if not engine._answers():
        engine.start()
    client = connect()
    with contextlib.suppress(SandboxError), contextlib.closing(client):
        find_image(client)
        return engine
    build(None)
    return engine


class Batch:
    """Jobs that run in another thread."""

    def __init__(self, box: Sandbox) -> None:
        self.outcomes: list[object] = []
        jobs = [sandbox.Job(program=SLEEPY, inputs=[Call(args=(n,)), Call(args=(-n,))]) for n in range(JOBS)]
        jobs = [sandbox.Job(program=job.program, inputs=job.inputs, limits=PATIENT) for job in jobs]
        self._thread = threading.Thread(
            target=lambda: self.outcomes.extend(sandbox.run_many(box, jobs, at_once=AT_ONCE)), daemon=True
        )
        self._started = time.monotonic()
        self._thread.start()

    def ended(self) -> tuple[int, int]:
        """Wait for the end; return how many jobs have their right results, and how many an error of ours."""
        self._thread.join(ENDED_S)
        assert not self._thread.is_alive(), f"the batch has not ended after {ENDED_S:.0f} s"
        right = errors = 0
        for number, outcome in enumerate(self.outcomes):
            if isinstance(outcome, SandboxError):
                errors += 1
            else:
                assert isinstance(outcome, list)
                assert [result.value for result in outcome] == [2 * number, -2 * number]
                right += 1
        assert right + errors == JOBS
        return right, errors


def closed_without_a_trace(box: PooledSandbox, tmp_path: Path, gone: Callable[[], bool]) -> None:
    started = time.monotonic()
    box.close()
    assert time.monotonic() - started < 30.0
    assert eventually(gone, 20.0)
    assert not list(tmp_path.iterdir())


# ---- one container dies


def killed_by_the_engine(container: str) -> None:
    client = connect()
    client.kill(container)
    client.close()


def init_killed(container: str) -> None:
    os.kill(host_pid(container), signal.SIGKILL)


def fork_server_killed(container: str) -> None:
    init = host_pid(container)
    (child,) = Path(f"/proc/{init}/task/{init}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)


def host_pid(container: str) -> int:
    client = connect()
    pid = int(client.inspect_container(container)["State"]["Pid"])
    client.close()
    return pid


@pytest.mark.parametrize(
    "kill", [killed_by_the_engine, init_killed, fork_server_killed], ids=lambda kill: kill.__name__
)
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_a_container_that_dies_is_noticed_at_once_and_its_work_is_done_again(
    any_sandbox: Sandbox, way: str, kill: Callable[[str], None], tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may kill what runs in a container")
    with sandbox.make("docker", boxes=2) as box:
        assert isinstance(box, PooledSandbox)
        batch = Batch(box)
        time.sleep(1.0)
        victim = next(iter(box._load))
        kill(victim._transport._container._id)  # type: ignore[union-attr]
        started = time.monotonic()
        assert eventually(lambda: bool(victim.broken), NOTICED_S), f"not noticed after {NOTICED_S} s"
        assert time.monotonic() - started < NOTICED_S
        assert batch.ended() == (JOBS, 0)
        assert victim not in box._load
        assert box.run(DOUBLE, [Call(args=(4,))])[0].value == 8
        containers = [each._transport._container._id for each in box._load]  # type: ignore[union-attr]
        closed_without_a_trace(box, tmp_path, lambda: not running_of(containers))


def running_of(containers: list[str]) -> list[str]:
    client = connect()
    found = [each["Id"] for each in client.containers(all=True) if each["Id"] in containers]
    client.close()
    return found


# ---- the engine dies


def test_an_engine_in_which_the_image_was_never_built_says_so(
    engine: OwnEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.address)
    client = connect()
    for image in client.images():
        client.remove_image(image["Id"], force=True)
    client.close()
    with pytest.raises(SandboxError, match=r"it has not been built; run `python -m sandbox\.build`"):
        sandbox.make("docker")


@pytest.mark.slow
def test_an_engine_that_is_killed_in_the_middle_of_a_batch_costs_no_wrong_result(
    built: OwnEngine, way: str, tmp_path: Path
) -> None:
    box = sandbox.make("docker", boxes=2)
    assert isinstance(box, PooledSandbox)
    batch = Batch(box)
    time.sleep(1.5)
    assert built.contained()
    built.kill()
    right, errors = batch.ended()
    if way == "pipes":  # which go past the engine
        assert (right, errors) == (JOBS, 0)
        assert box.run(DOUBLE, [Call(args=(4,))])[0].value == 8
    else:
        assert right > 0 and errors > 0
        with pytest.raises(SandboxError, match="no Docker engine answers"):
            box.run(DOUBLE, [Call(args=(4,))])
    closed_without_a_trace(box, tmp_path, lambda: not built.contained())


@pytest.mark.slow
def test_a_sandbox_goes_on_when_its_engine_is_back(built: OwnEngine, way: str, tmp_path: Path) -> None:
    box = sandbox.make("docker", boxes=2)
    assert isinstance(box, PooledSandbox)
    batch = Batch(box)
    time.sleep(1.0)
    built.kill()
    built.start()  # it ends the containers that it finds, and takes new ones
    batch.ended()
    assert [result.value for result in box.run(DOUBLE, [Call(args=(n,)) for n in range(8)])] == [*range(0, 16, 2)]
    assert way in box.guarantees()["box"]
    closed_without_a_trace(box, tmp_path, lambda: not built.contained())


@pytest.mark.slow
def test_a_sandbox_goes_on_after_a_restart_of_its_engine_between_two_batches(
    built: OwnEngine, way: str, tmp_path: Path
) -> None:
    box = sandbox.make("docker", boxes=2)
    assert isinstance(box, PooledSandbox)
    assert Batch(box).ended() == (JOBS, 0)
    built.stop()
    with pytest.raises(SandboxError, match="no Docker engine answers"):
        box.run(DOUBLE, [Call(args=(4,))])
    built.start()
    assert Batch(box).ended() == (JOBS, 0)
    closed_without_a_trace(box, tmp_path, lambda: not built.contained())


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.1, 0.3, 0.6])
def test_an_engine_that_is_killed_while_a_sandbox_starts_leaves_nothing_of_it(
    built: OwnEngine, way: str, tmp_path: Path, after_s: float
) -> None:
    made: list[Sandbox] = []
    failures: list[SandboxError] = []

    def start() -> None:
        try:
            made.append(sandbox.make("docker", boxes=2))
        except SandboxError as error:
            failures.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    time.sleep(after_s)
    built.kill()
    thread.join(ENDED_S)
    assert not thread.is_alive()
    assert len(made) + len(failures) == 1
    for box in made:  # it was up before, or what it has needs no engine any more
        box.close()
    assert eventually(lambda: not built.contained(), 20.0)
    assert not list(tmp_path.iterdir())


def test_a_runtime_that_starts_nothing_is_an_error_and_leaves_no_container(built: OwnEngine, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot start a container"):
        sandbox.make("docker", boxes=1, runtime="broken")
    client = connect()
    assert client.containers(all=True) == []
    client.close()
