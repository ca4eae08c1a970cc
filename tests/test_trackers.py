import json
import math
import threading
from types import SimpleNamespace

import pytest

from agents import compare
from agents.metrics import MetricsWriter
from agents.trackers import chosen_trackers
from envs.core import ConfigError


def test_without_a_word_numbers_go_to_tensorboard_where_it_is_installed(monkeypatch):
    assert chosen_trackers(None) == ["tensorboard"]
    monkeypatch.setattr("agents.trackers._installed", lambda package: False)
    assert chosen_trackers(None) == []


def test_a_tracker_that_does_not_exist_or_is_not_installed_is_told_before_anything_runs(monkeypatch):
    with pytest.raises(ConfigError, match="no tracker 'wandbb'; did you mean 'wandb'"):
        chosen_trackers(["wandbb"])
    monkeypatch.setattr("agents.trackers._installed", lambda package: False)
    with pytest.raises(ConfigError, match=r"pip install 'assay\[wandb\]'"):
        chosen_trackers(["wandb"])


def test_numbers_reach_wandb_and_a_resumed_run_is_the_same_one(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    for step in (1, 2):
        with MetricsWriter(tmp_path, step, ["wandb"]) as writer:
            writer.write("metrics", step, {"reward": 0.5, "name": "words are left out", "unknown": math.nan})
    identity = (tmp_path / "wandb_id").read_text()
    logs = list(tmp_path.glob(f"wandb/offline-run-*-{identity}"))
    assert len(logs) == 2  # both parts have one identity
    assert all(next(log.glob("*.wandb")).stat().st_size > 0 for log in logs)
    # and the run's own file is as ever
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [(line["step"], line["reward"], line["unknown"]) for line in lines] == [(1, 0.5, None), (2, 0.5, None)]


def test_wandb_without_a_key_ends_in_one_line_that_says_what_to_do(tmp_path, monkeypatch):
    wandb = pytest.importorskip("wandb", reason="the extra `wandb` is not installed")

    def refuse(**_):
        raise wandb.errors.UsageError("No API key configured.\nUse `wandb login`.")

    monkeypatch.setattr(wandb, "init", refuse)
    with pytest.raises(
        ConfigError, match=r"trackers=\[wandb\]: No API key configured. Use `wandb login`. \(WANDB_MODE=off"
    ):
        MetricsWriter(tmp_path, 1, ["wandb"])


def test_a_service_that_takes_nothing_at_the_end_keeps_nobody_waiting(tmp_path, monkeypatch, capfd):
    wandb = pytest.importorskip("wandb", reason="the extra `wandb` is not installed")
    over, sent = threading.Event(), []

    def init(**_):
        return SimpleNamespace(finish=over.wait, log=sent.append, define_metric=lambda *_, **__: None)

    monkeypatch.setattr(wandb, "init", init)
    monkeypatch.setattr("agents.trackers._LAST_WAIT_S", 0.2)
    with MetricsWriter(tmp_path, 1, ["wandb"]) as writer:
        writer.write("metrics", 1, {"reward": 0.5})
    over.set()
    assert sent == [{"metrics/reward": 0.5, "step": 1}]
    assert "W&B has not taken everything within 0.2 s" in capfd.readouterr().err


def a_run(folder, passes, rewards):
    """A run's folder as far as it is compared: two tasks with four completions each."""
    folder.mkdir()
    evaluation = {
        "samples": 4, "passes": dict(zip("ab", passes, strict=True)), "scored": {"a": 4, "b": 4},
        "levels": {"a": "1", "b": "1"}, "mean_length": 3.0, "truncated": 0.0,
    }  # fmt: skip
    (folder / "eval_000002.json").write_text(json.dumps(evaluation))
    lines = [{"step": step, "reward": reward, "entropy": 2.0} for step, reward in enumerate(rewards, start=1)]
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    timing = {"step": 1, "sample_s": 60.0, "sample_cpu_s": 120.0, "tokens_per_s": 9.0, "sampled_tokens": 500,
              "sampler/sync_s": 60.0, "peak_memory_bytes": 2**31}  # fmt: skip
    (folder / "timing.jsonl").write_text(json.dumps(timing) + "\n")
    return str(folder)


def test_several_runs_are_compared_with_the_first_by_task_and_drawn_into_one_picture(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    # tasks a and b: 0/4 and 2/4 before, 2/4 and 4/4 after: both differ by a half
    first = a_run(tmp_path / "first", (0, 2), (0.1, 0.2))
    others = [a_run(tmp_path / "second", (2, 4), (0.3, 0.5)), a_run(tmp_path / "third", (0, 2), (0.1, 0.1))]
    picture = tmp_path / "compare.png"
    assert compare.main([first, *others, f"out={picture}"]) == 0
    said = capsys.readouterr().out
    assert "+0.500" in said
    assert "+0.500 to +0.500" in said
    assert "+0.000 to +0.000" in said
    # a minute, two of processor time, 500 tokens, 2 GiB
    cells = next(line for line in said.splitlines() if "second" in line and "500" in line)
    assert all(cell in cells for cell in ("1.0", "2.0", "500", "2.0"))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_runs_without_a_common_task_or_an_evaluation_are_told_in_one_line(tmp_path, capsys):
    one = a_run(tmp_path / "one", (0, 2), (0.1,))
    (tmp_path / "empty").mkdir()
    assert compare.main([one, str(tmp_path / "empty")]) == 2
    assert compare.main([one]) == 2
    assert [line[:6] for line in capsys.readouterr().err.splitlines()] == ["error:", "error:"]
