"""The training command from end to end, on toy environments and a model of random weights."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import toys
from omegaconf import OmegaConf

import agents.eval
import agents.train
from agents.metrics import read_lines
from envs.core import VerifierError

TESTS = Path(__file__).parent
PLUGIN = TESTS / "toys_plugin.py"
SMALL = [
    f"plugins=[{PLUGIN}]",
    "model=tiny",
    "algo.groups_per_step=3",
    "algo.group_size=4",
    "algo.max_new_tokens=2",
    "algo.learning_rate=3e-3",
    "eval.samples=2",
]
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"}


def start(*arguments, cwd):
    return subprocess.Popen(
        [sys.executable, "-m", "agents.train", *SMALL, *arguments],
        cwd=cwd,
        env=ONE_THREAD,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def train(*arguments, cwd, code=0):
    """Run the command to its end; return what it said."""
    process = start(*arguments, cwd=cwd)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, out + err
    return out + err


def train_here(*arguments):
    """Run the command in this process, as if typed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train", *arguments])
        agents.train.main()


def wait_for_steps(process, folder, count):
    """Wait until a run has written so many steps."""
    metrics = folder / "metrics.jsonl"
    for _ in range(30_000):
        if metrics.exists() and metrics.read_bytes().count(b"\n") >= count:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    raise AssertionError(f"no {count} steps after five minutes")


LONG = ["env=kinds", "algo.steps=12", "checkpoint_every=3", "eval.every=4"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of twelve steps that nothing interrupted."""
    cwd = tmp_path_factory.mktemp("finished")
    said = train(*LONG, "run_dir=run", cwd=cwd)
    return cwd / "run", said


# ---- what a run leaves behind


def test_a_run_leaves_its_configuration_versions_numbers_transcripts_evaluations_summary_and_curves(finished):
    folder, said = finished
    config = OmegaConf.load(folder / "config.yaml")
    assert (config.env.name, config.env.delay_s, config.algo.steps, config.model) == ("kinds", 0.0, 12, "tiny")
    versions = json.loads((folder / "versions.json").read_text())
    assert {"python", "torch", "transformers", "assay", "git"} <= versions.keys()
    metrics = read_lines(folder / "metrics.jsonl")
    assert [line["step"] for line in metrics] == list(range(1, 13))
    for line in metrics:
        assert (line["groups"], line["trajectories"]) == (3, 12)
        assert 0 <= line["reward"] <= 1
        assert line["trajectories_without_reward"] == 0
        steps = [line["step"] for line in read_lines(folder / "timing.jsonl")]
        assert steps == [*range(1, 13), 12]  # the last line is the last evaluation
    # before, every four steps, and after
    assert sorted(path.name for path in folder.glob("eval_*")) == [f"eval_{step:06d}.json" for step in (0, 4, 8, 12)]
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert list((folder / "tensorboard").iterdir())
    assert "held out after step 12" in said


def test_the_summary_compares_before_and_after_on_held_out_tasks(finished):
    folder, _ = finished
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["steps"] == 12
    assert summary["seconds"] > 0
    assert summary["peak_memory_bytes"] > 10**7
    # 18 tasks, every third held out, with two completions each
    assert (summary["before"]["tasks"], summary["before"]["completions"]) == (6, 12)
    difference = summary["difference"]
    assert difference["mean"] == pytest.approx(summary["after"]["pass@1"] - summary["before"]["pass@1"])
    assert difference["low"] <= difference["mean"] <= difference["high"]


def test_transcripts_show_what_was_said_and_what_it_earned(finished):
    folder, _ = finished
    transcripts = read_lines(folder / "transcripts.jsonl")
    assert len(transcripts) == 12 * 3
    for entry in transcripts:
        kind, character = entry["task_id"].partition("-")[0], entry["completions"][0][:1]
        right = character in {"digit": "0123456789"}.get(kind, "") or (
            character.isascii() and {"lower": character.islower(), "upper": character.isupper()}.get(kind, False)
        )
        assert entry["reward"] == float(right)


def test_held_out_tasks_are_never_trained_on(finished):
    folder, _ = finished
    trained = {entry["task_id"] for entry in read_lines(folder / "transcripts.jsonl")}
    evaluated = json.loads((folder / "eval_000000.json").read_text())["passes"].keys()
    assert not trained & evaluated
    assert len(evaluated) == 6


def test_a_finished_run_can_be_evaluated_by_its_folder(finished, command, monkeypatch, capsys):
    folder, _ = finished
    monkeypatch.chdir(folder.parent)
    arguments = [f"plugins=[{PLUGIN}]", "env=kinds", "model=run", "samples=2", "out=eval.json", "max_new_tokens=2"]
    assert command(agents.eval.main, *arguments) == 0
    assert json.loads((folder.parent / "eval.json").read_text())["tasks"] == 6
    assert "pass@2" in capsys.readouterr().out


def test_the_reward_hacking_gap_reaches_metrics_tensorboard_curves_evaluations_and_summary(tmp_path, command, capsys):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = tmp_path / "run"
    assert command(agents.train.main, *SMALL, "env=hackable", "algo.steps=4", f"run_dir={folder}") == 0
    lines = [line for line in read_lines(folder / "metrics.jsonl") if "audited" in line]
    # every pass is audited and paid 1, so the gap is the share of the passes that the audit rejects
    for line in lines:
        assert line["hacking_gap"] == pytest.approx(1 - line["audit"]) == pytest.approx(1 - line["term/audit"])
        assert line["audited"] == round(line["pass_rate"] * 12)
    rejected = sum(line["hacking_gap"] * line["audited"] for line in lines)
    assert rejected > 0
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["audit_in_training"]["audited"] == sum(line["audited"] for line in lines)
    assert summary["audit_in_training"]["hacking_gap"] == pytest.approx(
        rejected / sum(line["audited"] for line in lines)
    )
    assert summary["before"]["audited"] == sum(json.loads((folder / "eval_000000.json").read_text())["passes"].values())
    board = EventAccumulator(str(folder / "tensorboard"))
    board.Reload()
    values = [event.value for event in board.Scalars("metrics/hacking_gap")]
    assert values == pytest.approx([line["hacking_gap"] for line in lines])
    assert "reward-hacking gap in training" in capsys.readouterr().out
    assert width(folder / "curves.png") == 1.5 * width_of_two_panels()


def width(png):
    return int.from_bytes(png.read_bytes()[16:20], "big")


def width_of_two_panels():
    return 10 * 120  # inches, dots an inch


def test_a_run_without_an_audit_shows_no_gap(finished):
    folder, said = finished
    assert "hacking" not in said
    assert "audit_in_training" not in json.loads((folder / "summary.json").read_text())
    assert width(folder / "curves.png") == width_of_two_panels()


# ---- stopping and going on


def same_run(folder, reference):
    assert (folder / "metrics.jsonl").read_bytes() == (reference / "metrics.jsonl").read_bytes()
    assert (folder / "transcripts.jsonl").read_bytes() == (reference / "transcripts.jsonl").read_bytes()
    for path in reference.glob("eval_*.json"):
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_killed_at_a_random_moment_and_resumed_it_is_the_run_that_was_never_killed(finished, tmp_path):
    folder = tmp_path / "run"
    process = start(*LONG, f"run_dir={folder}", cwd=tmp_path)
    wait_for_steps(process, folder, random.randint(1, 10))  # checkpoints are made after 3, 6 and 9 steps
    time.sleep(random.uniform(0, 0.3))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    train(f"resume={folder}", cwd=tmp_path)
    same_run(folder, finished[0])


def test_ctrl_c_leaves_a_checkpoint_and_says_how_to_go_on(finished, tmp_path):
    folder = tmp_path / "run"
    process = start(*LONG, "env.delay_s=0.02", f"run_dir={folder}", cwd=tmp_path)
    wait_for_steps(process, folder, 4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, out + err
    assert "resume=" in err
    assert "Traceback" not in err
    # the last finished step is in the checkpoint, though checkpoints are only due every three steps
    steps = len((folder / "metrics.jsonl").read_text().splitlines())
    assert (folder / "checkpoints" / "last").resolve().name == f"step_{steps:06d}"
    assert not (folder / "summary.json").exists()
    train(f"resume={folder}", cwd=tmp_path)
    same_run(folder, finished[0])


def test_a_finished_run_is_resumed_to_itself(finished, command):
    folder = finished[0]
    before = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    assert command(agents.train.main, f"resume={folder}") == 0
    assert {path.name: path.read_bytes() for path in folder.glob("*.jsonl")} == before


# ---- what cannot be is refused before any weights are loaded


def small_for(arguments):
    """The small settings without those that the arguments give themselves."""
    given = {argument.partition("=")[0] for argument in arguments}
    return [setting for setting in SMALL if setting.partition("=")[0] not in given]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["env=kids"], "no environment 'kids'; did you mean 'kinds'?"),
        (["env=kinds", "env.delay=1"], "no option of the environment 'kinds' 'delay'; did you mean 'delay_s'?"),
        (["env=kinds", "algo.step=3"], "no option of 'algo' 'step'; did you mean 'steps'?"),
        (["env=kinds", "sed=3"], "no option 'sed'; did you mean 'seed'?"),
        (["env=kinds", "algo.steps=many"], "Value 'many' of type 'str' could not be converted to Integer"),
        (["env=kinds", "algo.advantage=grup_std"], "no advantage 'grup_std'; did you mean 'group_std'?"),
        (["env=kinds", "algo.loss=grpoo"], "no loss 'grpoo'; did you mean 'grpo'?"),
        (["env=kinds", "backend=vlm"], "no backend 'vlm'"),
        (["env=kinds", "model=teeny"], "no model 'teeny': expected smollm2-135m, tiny, hf:ID, or a folder"),
        (["env=kinds", "model=."], "holds no weights"),
        (["env=kinds", "algo.group_size=1"], "algo.group_size must be at least 2"),
        (["env=kinds", "algo.temperature=0"], "algo.temperature must be positive"),
        (["env=kinds", "eval.split=train"], "eval.split=train would evaluate on what is trained on"),
        (["env=kinds", "eval.split=validation"], "the split 'validation' of 'kinds' holds no task"),
        (["env=kinds", "eval.samples=0"], "eval.samples must be at least 1"),
        (["env=kinds", "checkpoint_every=0"], "checkpoint_every must be at least 1"),
        (["env=kinds", "seed=-1"], "seed must be at least 0"),
        (["env=kinds", "algo.beta1=1.5"], "algo.beta1 must be at least 0 and below 1"),
        (["env=kinds", "algo.judge_limit_s=0"], "algo.judge_limit_s must be positive"),
        (["env=kinds", "algo.weight_decay=-1"], "algo.weight_decay must be at least 0"),
        (["env=kinds", "env.split=tests"], "no split 'tests'"),
        (["resume=nowhere"], "'nowhere' is not the folder of a run"),
        (["plugins=[nowhere.py]"], "no file 'nowhere.py' for plugins"),
    ],
)
def test_a_mistake_is_one_line_with_the_nearest_name(tmp_path, monkeypatch, capsys, command, arguments, message):
    def no_weights(*_, **__):
        raise AssertionError("weights are loaded although the configuration cannot be")

    monkeypatch.setattr("agents.train.load_policy", no_weights)
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, *small_for(arguments), "run_dir=run", *arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("error: ") and said.count("\n") == 1
    # the folder is not taken: the corrected command can be given with the same run_dir
    assert not (tmp_path / "run").exists()


def test_a_folder_that_holds_a_run_is_not_used_for_another(finished, command, capsys):
    folder = finished[0]
    before = sorted(path.name for path in folder.iterdir())
    assert command(agents.train.main, *SMALL, "env=kinds", f"run_dir={folder}") == 2
    assert "holds a run already: go on with it (resume=" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == before


# ---- failures of ours, and sweeps


def test_a_judgement_that_fails_is_counted_and_not_learned_from_and_the_run_goes_on(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    settings = [
        *small_for(["algo.group_size=8"]),
        "algo.group_size=8",
        "algo.steps=3",
        "run_dir=run",
        "algo.error_budget=1",
    ]
    assert command(agents.train.main, "env=flaky", *settings) == 0
    metrics = read_lines(tmp_path / "run" / "metrics.jsonl")
    assert len(metrics) == 3
    # lower-case letters are 26 of 97 characters: some of 24 completions a step hit the broken judge
    assert sum(line["trajectories_without_reward"] for line in metrics) > 0
    broken = [entry for entry in read_lines(tmp_path / "run" / "transcripts.jsonl") if entry["reward"] is None]
    for entry in broken:
        assert (entry["status"], entry["feedback"]) == ("error", "the judge has fallen asleep")


def test_what_an_environment_says_of_training_is_the_default_and_the_command_line_wins(tmp_path, monkeypatch, command):
    training = {"algo.steps": 1, "algo.temperature": 1.25, "eval.samples": 1}
    monkeypatch.setattr(toys.Kinds, "metadata", {"render_modes": [], "training": training})
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, *SMALL, "env=kinds", "run_dir=run") == 0
    config = OmegaConf.load("run/config.yaml")
    # SMALL gives eval.samples=2
    assert (config.algo.steps, config.algo.temperature, config.eval.samples) == (1, 1.25, 2)
    # a resumed run keeps its own
    monkeypatch.setattr(toys.Kinds, "metadata", {"render_modes": [], "training": {"algo.steps": 5}})
    assert command(agents.train.main, "resume=run") == 0
    assert len(read_lines(Path("run/metrics.jsonl"))) == 1


@pytest.mark.parametrize(("key", "value"), [("algo.stepz", 3), ("algo.steps", "many")])
def test_an_environment_that_says_what_cannot_be_is_named(key, value, monkeypatch, capsys, command):
    monkeypatch.setattr(toys.Kinds, "metadata", {"render_modes": [], "training": {key: value}})
    assert command(agents.train.main, *SMALL, "env=kinds") == 2
    assert (
        f"the environment 'kinds' says in metadata['training'] {key}={value!r}, which cannot be"
        in capsys.readouterr().err
    )


def test_a_sweep_makes_one_run_for_each_value(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, *SMALL, "env=kinds", "seed=1,2", "algo.steps=1", "--multirun") == 0
    runs = sorted((tmp_path / "runs").glob("*-kinds-seed*"))
    assert [folder.name[-5:] for folder in runs] == ["seed1", "seed2"]
    first, second = ((folder / "metrics.jsonl").read_bytes() for folder in runs)
    assert first != second
    assert all((folder / "summary.json").is_file() for folder in runs)


def test_a_run_whose_judge_never_answers_ends_with_one_line(tmp_path, command, capfd, monkeypatch):
    def broken(task, completion):
        raise VerifierError("the judge is gone")

    monkeypatch.setattr(toys, "begins_right", broken)
    assert command(agents.train.main, *SMALL, "env=kinds", f"run_dir={tmp_path / 'run'}") == 2
    assert "could be judged: the judge is gone" in capfd.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nSee the documentation"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"
        ),
    ],
)
def test_a_run_without_enough_memory_ends_with_one_line_that_says_what_helps(
    error, tmp_path, command, capfd, monkeypatch
):
    def update(*_):
        raise error

    monkeypatch.setattr("agents.learner.PolicyLearner.accumulate", update)
    assert command(agents.train.main, *SMALL, "env=kinds", f"run_dir={tmp_path / 'run'}") == 2
    said = capfd.readouterr().err
    assert said.startswith("error: out of memory (") and said.count("\n") == 1
    assert (str(error).splitlines() or ["no reason given"])[0] in said and "algo.gradient_checkpointing=true" in said


def test_a_mistake_of_ours_is_no_lack_of_memory(tmp_path, command, capfd, monkeypatch):
    def update(*_):
        raise RuntimeError("the size of tensor a must match the size of tensor b")

    monkeypatch.setattr("agents.learner.PolicyLearner.accumulate", update)
    assert command(agents.train.main, *SMALL, "env=kinds", f"run_dir={tmp_path / 'run'}") == 1
    said = capfd.readouterr().err
    assert "Traceback" in said and "RuntimeError: the size of tensor a" in said and "out of memory" not in said


def test_compiling_without_a_compiler_is_told_before_anything_is_loaded(tmp_path, command, capfd, monkeypatch):
    monkeypatch.setenv("CXX", str(tmp_path / "no-such-compiler"))
    assert command(agents.train.main, *SMALL, "env=kinds", "algo.compile=true", f"run_dir={tmp_path / 'run'}") == 2
    assert "error: algo.compile=true needs a C++ compiler" in capfd.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_one_line(finished, tmp_path, command, capfd):
    folder = tmp_path / "run"
    shutil.copytree(finished[0], folder, symlinks=True)
    state = folder / "checkpoints" / "last" / "state.pt"
    for damage in (state.read_bytes()[:-200], b"", b"no archive at all"):
        state.write_bytes(damage)
        assert command(agents.train.main, f"resume={folder}") == 2
        said = capfd.readouterr().err
        assert said.startswith("error: the checkpoint ") and "is damaged: " in said and said.count("\n") == 1


def test_a_run_from_when_a_backend_was_a_name_goes_on(tmp_path, command):
    folder = tmp_path / "run"
    assert command(agents.train.main, *SMALL, "env=kinds", "algo.steps=1", f"run_dir={folder}") == 0
    config = OmegaConf.load(folder / "config.yaml")
    assert config.backend.name == "transformers"
    config.backend = "transformers"
    OmegaConf.save(config, folder / "config.yaml")
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2") == 0
    assert [line["step"] for line in read_lines(folder / "metrics.jsonl")] == [1, 2]
