"""A run's folder: whose it is, what is refused before it is touched, and what is said of a damaged one."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

import agents.eval
import agents.train
from agents.metrics import read_lines
from agents.models import save_model, tiny_model

SMALL = [
    f"plugins=[{Path(__file__).parent / 'toys_plugin.py'}]",
    "env=kinds", "model=tiny", "algo.groups_per_step=2", "algo.group_size=4", "algo.max_new_tokens=2", "algo.steps=1",
    "eval.samples=1", "trackers=[]",
]  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folders of two runs of one step: of all weights, and of an adapter."""
    folders = {name: tmp_path_factory.mktemp("runs") / name for name in ("whole", "adapter")}
    for name, extra in (("whole", []), ("adapter", ["algo.lora.rank=2"])):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["train", *SMALL, *extra, f"run_dir={folders[name]}"])
            agents.train.main()
    return folders


@pytest.fixture
def copied(finished, tmp_path):
    """Makes a copy of one of them: (name)."""

    def copy(name="whole"):
        folder = tmp_path / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(finished[name], folder, symlinks=True)
        return folder

    return copy


@pytest.fixture
def refused(command, capfd):
    """Runs a command that ends with exit code 2 and one line; returns the line."""

    def run(*arguments, main=agents.train.main):
        capfd.readouterr()
        assert command(main, *arguments) == 2
        said = capfd.readouterr().err
        assert said.startswith("error: ") and said.count("\n") == 1, said
        return said

    return run


# ---- one run, one process, one folder


def test_while_a_process_is_at_work_in_a_folder_no_other_one_is(copied, refused, command):
    folder = copied()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert "another process is at work in" in refused(f"resume={folder}", "algo.steps=2")
    finally:
        os.close(handle)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2") == 0


def test_runs_that_begin_in_the_same_second_have_folders_of_their_own(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "strftime", lambda _: "20260101-000000")
    for rate in ("1e-4", "1e-3"):
        assert command(agents.train.main, *SMALL, f"algo.learning_rate={rate}") == 0
    first, second = sorted((tmp_path / "runs").iterdir())
    assert (first.name, second.name) == ("20260101-000000-kinds-seed0", "20260101-000000-kinds-seed0-2")
    rates = [
        yaml.safe_load((folder / "config.yaml").read_text())["algo"]["learning_rate"] for folder in (first, second)
    ]
    assert rates == [1e-4, 1e-3]


@pytest.mark.parametrize("name", ["eval_000777.json", "metrics.jsonl", "checkpoints/best.json"])
def test_what_another_run_left_behind_is_not_adopted_and_not_removed(name, tmp_path, refused):
    left = tmp_path / "run" / name
    left.parent.mkdir(parents=True)
    left.write_text("{}")
    assert "but no config.yaml" in refused(*SMALL, f"run_dir={tmp_path / 'run'}")
    assert left.read_text() == "{}"


def test_a_run_that_could_not_begin_leaves_no_folder(tmp_path, refused):
    assert "no model" in refused(*SMALL, "model=/no/such", f"run_dir={tmp_path / 'run'}")
    assert not (tmp_path / "run").exists()


# ---- what a run cannot change when it goes on


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("whole", ["algo.lora.rank=2"], "began with algo.lora.rank=0"),
        ("adapter", ["algo.lora.rank=0"], "began with algo.lora.rank=2"),
        ("adapter", ["algo.lora.alpha=100"], "began with algo.lora.alpha=None"),
        ("whole", ["model=smollm2-135m"], "began with model=tiny"),
        ("whole", ["env=repair"], "learns from env=kinds"),
        ("whole", ["job=/no/such.json"], "began with job=None"),
        ("whole", ["algo.kl_weight=0.1", "algo.reference=/no/such"], "no model '/no/such'"),
        ("whole", ["algo.reference=tiny"], "algo.reference is compared with nothing"),
    ],
)
def test_what_is_refused_at_resume_is_forgotten(name, changes, reason, copied, refused, command):
    folder = copied(name)
    assert reason in refused(f"resume={folder}", "algo.steps=2", *changes)
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2") == 0
    assert [line["step"] for line in read_lines(folder / "metrics.jsonl")] == [1, 2]


def test_options_of_the_runs_own_environment_are_given_without_its_name(copied, refused, command):
    folder = copied()
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2", "env.delay_s=0.01") == 0
    assert yaml.safe_load((folder / "config.yaml").read_text())["env"]["delay_s"] == 0.01
    assert "'kinds'" in refused(f"resume={folder}", "env.difficulty=easy")


def test_an_adapters_run_goes_on_and_is_evaluated_where_it_was_moved(finished, tmp_path, command):
    on_it = ["algo.lora.rank=2", f"model={finished['whole']}", f"run_dir={tmp_path / 'run'}"]
    assert command(agents.train.main, *SMALL, *on_it) == 0
    shutil.move(tmp_path / "run", tmp_path / "moved")
    assert command(agents.train.main, f"resume={tmp_path / 'moved'}", "algo.steps=2") == 0
    told = [SMALL[0], "env=kinds", "samples=1", "max_new_tokens=2", f"model={tmp_path / 'moved'}"]
    assert command(agents.eval.main, *told) == 0


# ---- damage


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("adapter", "checkpoints/last/model/adapter_model.safetensors", b"\x08"),
        ("adapter", "checkpoints/last/model/adapter_config.json", b"{"),
        ("whole", "checkpoints/last/model/tokenizer.json", b"{}"),
        ("whole", "checkpoints/last/model/model.safetensors", b"\x08"),
        ("whole", "config.yaml", b"{"),
        ("whole", "config.yaml", b""),
        ("whole", "config.yaml", b"env: kinds"),
        ("whole", "metrics.jsonl", b"5\n{}\n"),
        ("whole", "timing.jsonl", b"\xff\n"),
        ("whole", "eval_000000.json", b""),
    ],
)
def test_a_damaged_file_is_one_line_before_anything_is_done(name, file, content, copied, refused):
    folder = copied(name)
    (folder / file).write_bytes(content)
    asked = None if file == "config.yaml" else (folder / "config.yaml").read_bytes()
    said = refused(f"resume={folder}", "algo.steps=2")
    assert str(folder) in said
    if asked:
        assert (folder / "config.yaml").read_bytes() == asked


def test_a_state_that_lacks_a_part_is_damaged(copied, refused):
    import torch

    folder = copied()
    torch.save({"step": 1}, folder / "checkpoints" / "last" / "state.pt")
    assert "is damaged: it has no learner" in refused(f"resume={folder}", "algo.steps=2")


# ---- what cannot be is said in a line


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["algo.learning_rate=inf"], "algo.learning_rate must be finite"),
        (["algo.temperature=nan"], "algo.temperature must be"),
        (["seed=99999999999999999999"], "seed must be below 2**63"),
        (["device=meta"], "device='meta' cannot be used here"),
        (["+algo.foo=1"], "'foo'"),
        (["++foo=1"], "'foo'"),
        (["~algo.steps"], "gives no option a value"),
        (["steps"], "gives no option a value"),
    ],
)
def test_an_option_that_cannot_be_is_one_line(arguments, reason, tmp_path, refused):
    assert reason in refused(*SMALL, f"run_dir={tmp_path / 'run'}", *arguments)


def test_processes_that_nobody_started_are_not_waited_for(tmp_path):
    told = {**os.environ, "WORLD_SIZE": "2", "RANK": "0"}
    command = [sys.executable, "-m", "agents.train", *SMALL, f"run_dir={tmp_path / 'run'}"]
    ended = subprocess.run(command, env=told, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert ended.returncode == 2
    assert "torchrun sets them all" in ended.stderr and ended.stderr.count("\n") == 1


def test_stopped_before_it_began_a_run_names_no_folder_to_go_on_with(tmp_path, command, capfd, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(agents.train, "prepare", stopped)
    assert command(agents.train.main, *SMALL, f"run_dir={tmp_path / 'run'}") == 130
    assert capfd.readouterr().err == "stopped\n"


def test_stopped_in_a_step_a_run_names_its_folder(tmp_path, command, capfd, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(agents.train, "make_batches", stopped)
    assert command(agents.train.main, *SMALL, f"run_dir={tmp_path / 'run'}") == 130
    assert f"stopped; go on with resume={tmp_path / 'run'}" in capfd.readouterr().err


def test_a_model_with_other_words_is_nothing_to_compare_with(finished, tmp_path, refused):
    other = tiny_model()
    other.tokenizer.add_tokens(["<another>"])
    save_model(other, tmp_path / "other")
    told = ["algo.kl_weight=0.1", f"algo.reference={tmp_path / 'other'}", f"run_dir={tmp_path / 'run'}"]
    assert "has another vocabulary" in refused(*SMALL, *told)


def test_a_run_that_is_done_says_so(copied, command, capsys):
    assert command(agents.train.main, f"resume={copied()}") == 0
    assert "all 1 steps are done already" in capsys.readouterr().out


def test_saving_has_a_phase_of_its_own(finished):
    timing = [json.loads(line) for line in (finished["whole"] / "timing.jsonl").read_text().splitlines()]
    assert "save_s" in timing[-1]
