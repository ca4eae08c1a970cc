"""Which sandbox is taken, and how: from Python, from the plain commands and from Hydra's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

import agents.eval
import agents.train
import envs
import envs.audit
import envs.grade
import envs.sandboxes
import sandbox
from envs.core import ConfigError
from sandbox.choose import Choice
from sandbox.core import Call, Program, Sandbox, SandboxError

TESTS = Path(__file__).parent
DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
NOWHERE = "tcp://127.0.0.1:1"
TOYS = [f"plugins=[{TESTS / 'toys_plugin.py'}]", "env=kinds", "algo.groups_per_step=1", "algo.steps=1"]
SMALL = ["model=tiny", "algo.group_size=2", "algo.max_new_tokens=2", "eval.samples=1"]

with_docker = pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)


@pytest.fixture
def opened() -> Iterator[dict[str, Sandbox]]:
    """What a command in this process opened, by what was asked for; closed after the test."""
    before = set(envs.sandboxes._open)

    class Opened(dict[str, Sandbox]):
        def __missing__(self, choice: str) -> Sandbox:
            return {str(key[1]): made for key, made in envs.sandboxes._open.items()}[choice]

    yield Opened()
    for key in set(envs.sandboxes._open) - before:
        envs.sandboxes._close(key)


def test_a_choice_is_a_name_or_a_name_with_options() -> None:
    assert Choice.of("docker") == Choice(name="docker")
    chosen = Choice.of({"name": "docker", "runtime": "runsc", "boxes": 2})
    assert chosen == Choice(name="docker", runtime="runsc", boxes=2)
    assert str(chosen) == "docker sandbox.boxes=2 sandbox.runtime=runsc"
    assert str(Choice.of({"boxes": None})) == "auto"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("dokcer", "no sandbox 'dokcer'; did you mean 'docker'"),
        ({"name": "docker", "rutnime": "runsc"}, "no option of a sandbox 'rutnime'; did you mean 'runtime'"),
        ({"name": "bubblewrap", "runtime": "runsc"}, "sandbox.runtime=runsc: bubblewrap has no engine"),
        ({"boxes": 0}, "sandbox.boxes must be a whole number, at least 1, got 0"),
        ({"boxes": True}, "sandbox.boxes must be a whole number, at least 1, got True"),
        ({"boxes": "2"}, "sandbox.boxes must be a whole number, at least 1, got '2'"),
        ({"runtime": ""}, "sandbox.runtime must be the name of one of the engine's runtimes, got ''"),
        ({"runtime": 3}, "sandbox.runtime must be the name of one of the engine's runtimes, got 3"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_anything_starts(
    given: str | dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Choice.of(given)
    with pytest.raises(ConfigError, match=message):
        envs.make("code", sandbox=given)
    options = {"name": given} if isinstance(given, str) else given
    line = [f"sandbox{'' if key == 'name' else f'.{key}'}={json.dumps(value)}" for key, value in options.items()]
    assert envs.audit.main(["env=code", *line]) == 2


def test_a_runtime_is_never_given_up_for_a_sandbox_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docker")
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(SandboxError, match="no Docker engine answers"):
        sandbox.make("auto", runtime="runsc")
    with pytest.raises(ConfigError, match=r"sandbox=auto sandbox\.runtime=runsc: no Docker engine answers"):
        envs.make("code", sandbox={"runtime": "runsc"}).unwrapped.prepare()  # type: ignore[attr-defined]


@pytest.mark.docker
@with_docker
def test_a_runtime_that_the_engine_does_not_know_is_an_error_that_names_those_it_knows(any_sandbox: Sandbox) -> None:
    for name in ("docker", "auto"):
        with pytest.raises(SandboxError, match=r"no runtime 'rnusc'; it knows .*runc"):
            sandbox.make(name, runtime="rnusc")


@pytest.mark.docker
@with_docker
def test_boxes_of_a_named_runtime_run_programs(any_sandbox: Sandbox) -> None:
    with sandbox.make("docker", boxes=1, runtime="runc") as box:
        assert "runtime runc" in box.guarantees()["box"]
        assert box.run(DOUBLE, [Call(args=(21,))])[0].value == 42


@pytest.mark.docker
@with_docker
def test_gvisor_holds_what_is_promised_or_refuses_to_start(any_sandbox: Sandbox) -> None:
    from sandbox.engine import connect

    client = connect()
    known = client.info()["Runtimes"]
    client.close()
    if "runsc" not in known:
        pytest.skip(f"this engine has no runtime runsc; it knows {', '.join(known)}")
    try:
        box = sandbox.make("docker", boxes=1, runtime="runsc")
    except SandboxError as error:
        pytest.skip(f"this release of runsc cannot hold a limit: {error}")
    with box:
        assert "runtime runsc" in box.guarantees()["box"]
        assert box.run(DOUBLE, [Call(args=(21,))])[0].value == 42


def test_the_options_of_a_sandbox_are_not_lost_to_an_environment_with_one_of_its_own() -> None:
    option = envs.sandboxes.sandbox_option
    assert option(Choice(name="docker")) == "docker"
    assert option(Choice(name="docker", boxes=2), "auto") == {"name": "docker", "boxes": 2}
    assert option(Choice(name="docker"), "bubblewrap") == "bubblewrap"
    with pytest.raises(ConfigError, match=r"env\.sandbox=bubblewrap chooses for itself.* sandbox\.runtime=runsc"):
        option(Choice(runtime="runsc"), "bubblewrap")
    assert envs.audit.main(["env=code", "env.sandbox=bubblewrap", "sandbox.runtime=runc"]) == 2


# ---- the plain commands


@pytest.mark.docker
@with_docker
def test_answers_are_graded_in_the_runtime_that_the_command_names(
    any_sandbox: Sandbox, tmp_path: Path, opened: dict[str, Sandbox]
) -> None:
    task = {"task_id": "d", "prompt": "Double.", "entry_point": "f", "tests": [{"args": [2], "expected": 4}]}
    answers = [{"task_id": "d", "completion": f"```python\ndef f(x): return x * {n}\n```"} for n in (2, 3)]
    (tmp_path / "tasks.jsonl").write_text(json.dumps(task))
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, answers)))
    files = [f"env.tasks={tmp_path}/tasks.jsonl", f"answers={tmp_path}/answers.jsonl", f"out={tmp_path}/out.jsonl"]
    assert envs.grade.main(["env=code", *files, "sandbox=docker", "sandbox.runtime=runc", "sandbox.boxes=1"]) == 0
    graded = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["reward"] for line in graded] == [1.0, 0.0]
    assert "runtime runc" in opened["docker sandbox.boxes=1 sandbox.runtime=runc"].guarantees()["box"]


@pytest.mark.docker
@pytest.mark.slow
@with_docker
def test_an_audit_runs_in_the_runtime_that_the_command_names(
    any_sandbox: Sandbox, tmp_path: Path, opened: dict[str, Sandbox]
) -> None:
    assert envs.audit.main(["env=code", "limit=1", f"out={tmp_path}", "sandbox.runtime=runc", "repeats=1"]) == 0
    assert opened["auto sandbox.runtime=runc"].name == "docker"


def check_command(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox.check", *options], cwd=TESTS.parent, capture_output=True, text=True, check=False
    )


def test_the_check_of_a_sandbox_refuses_a_runtime_for_bubblewrap() -> None:
    done = check_command("--sandbox", "bubblewrap", "--runtime", "runsc")
    assert done.returncode == 1
    assert "bubblewrap has no engine" in done.stdout


@pytest.mark.docker
@pytest.mark.slow
@with_docker
def test_every_promise_is_checked_in_the_runtime_that_is_named(any_sandbox: Sandbox) -> None:
    done = check_command("--sandbox", "docker", "--runtime", "runc")
    assert done.returncode == 0, done.stdout
    assert "every promise held" in done.stdout
    assert "runtime runc" in " ".join(done.stdout.split())


# ---- Hydra's commands


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sandbox=nonsense"], "no sandbox 'nonsense'; known: auto, bubblewrap, docker"),
        (["sandbox=bublewrap"], "no sandbox 'bublewrap'; did you mean 'bubblewrap'?"),
        (
            ["sandbox=bubblewrap", "sandbox.runtime=runsc"],
            "no option of the sandbox 'bubblewrap' 'runtime'; known: boxes",
        ),
        (
            ["sandbox=docker", "sandbox.rutnime=runsc"],
            "no option of the sandbox 'docker' 'rutnime'; did you mean 'runtime'?",
        ),
        (["sandbox.boxes=many"], "Value 'many' of type 'str' could not be converted to Integer"),
        (["sandbox.boxes=0"], "sandbox.boxes must be a whole number, at least 1, got 0"),
        (["sandbox.runtime=runsc", "env.sandbox=bubblewrap"], "env.sandbox=bubblewrap chooses for itself"),
        (["sandbox=docker"], "sandbox=docker: no Docker engine answers"),
        (["sandbox.runtime=runsc"], "sandbox=auto sandbox.runtime=runsc: no Docker engine answers"),
    ],
)
@pytest.mark.parametrize("main", [agents.train.main, agents.eval.main], ids=["train", "eval"])
def test_a_sandbox_that_cannot_be_is_one_line_before_any_weights_are_loaded(
    main: Callable[[], None],
    arguments: list[str],
    message: str,
    command: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def no_weights(*_: object, **__: object) -> None:
        raise AssertionError("weights are loaded although the sandbox cannot be")

    pytest.importorskip("docker")
    monkeypatch.setattr("agents.train.load_policy", no_weights)
    monkeypatch.setattr("agents.eval.load_sampler", no_weights)
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    monkeypatch.chdir(tmp_path)
    assert command(main, "env=code", "model=tiny", *arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("error: ") and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.docker
@pytest.mark.slow
@with_docker
def test_training_and_evaluation_judge_in_the_runtime_that_the_command_names(
    any_sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., int],
    opened: dict[str, Sandbox],
) -> None:
    monkeypatch.chdir(tmp_path)
    choice = ["sandbox=docker", "sandbox.runtime=runc", "sandbox.boxes=1"]
    small = [*SMALL, "algo.groups_per_step=1", "algo.steps=1", "run_dir=run"]
    assert command(agents.train.main, "env=code", *small, *choice) == 0
    assert OmegaConf.load("run/config.yaml").sandbox == {"name": "docker", "boxes": 1, "runtime": "runc"}
    taken = opened["docker sandbox.boxes=1 sandbox.runtime=runc"]
    assert "runtime runc" in taken.guarantees()["box"]
    evaluation = ["model=run", "samples=1", "max_new_tokens=2", "out=eval.json"]
    assert command(agents.eval.main, "env=code", *evaluation, *choice) == 0
    assert json.loads(Path("eval.json").read_text())["config"]["sandbox"]["runtime"] == "runc"
    assert opened["docker sandbox.boxes=1 sandbox.runtime=runc"] is taken


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., int]) -> Path:
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, *TOYS, *SMALL, "run_dir=run", "sandbox=auto", "sandbox.boxes=2") == 0
    return tmp_path / "run"


def resumed(run: Path, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Resume a run with one more step, and return the sandbox of the configuration that it goes on with."""
    seen = []
    monkeypatch.setattr("agents.train.check", lambda config, ranks: seen.append(config.sandbox))
    monkeypatch.setattr("agents.train.train", lambda config, run, ranks: None)
    assert command(agents.train.main, f"resume={run}", *arguments) == 0
    return seen[0]


def test_a_resumed_run_keeps_its_sandbox_but_for_what_is_given_anew(
    run_folder: Path, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_on(*arguments: str) -> object:
        return resumed(run_folder, command, monkeypatch, *arguments)

    assert go_on() == {"name": "auto", "boxes": 2, "runtime": None}
    assert go_on("sandbox.runtime=runc") == {"name": "auto", "boxes": 2, "runtime": "runc"}
    assert go_on("sandbox=docker") == {"name": "docker", "boxes": None, "runtime": None}
    assert go_on("sandbox=bubblewrap", "sandbox.boxes=1") == {"name": "bubblewrap", "boxes": 1}


def test_a_run_of_an_older_version_whose_sandbox_is_a_mere_name_is_resumed(
    run_folder: Path, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = OmegaConf.load(run_folder / "config.yaml")
    for name in ("auto", "bubblewrap"):
        stored["sandbox"] = name
        OmegaConf.save(stored, run_folder / "config.yaml")
        assert "sandbox: " + name in (run_folder / "config.yaml").read_text()
        assert command(agents.train.main, f"resume={run_folder}", "algo.steps=2") == 0  # really goes on
        assert (run_folder / "metrics.jsonl").read_text().count("\n") == 2
    assert command(agents.train.main, f"resume={run_folder}", "sandbox.runtime=runc") == 2
    assert "sandbox.runtime=runc: bubblewrap has no engine" in capsys.readouterr().err
    assert resumed(run_folder, command, monkeypatch, "sandbox.boxes=3") == {"name": "bubblewrap", "boxes": 3}
