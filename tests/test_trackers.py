import json
import math
import threading
from types import SimpleNamespace

import pytest

from agents.metrics import MetricsWriter, read_lines
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
        finish = lambda exit_code: over.wait()  # noqa: E731
        return SimpleNamespace(finish=finish, log=sent.append, define_metric=lambda *_, **__: None)

    monkeypatch.setattr(wandb, "init", init)
    monkeypatch.setattr("agents.trackers._LAST_WAIT_S", 0.2)
    with MetricsWriter(tmp_path, 1, ["wandb"]) as writer:
        writer.write("metrics", 1, {"reward": 0.5})
    over.set()
    assert sent == [{"metrics/reward": 0.5, "step": 1}]
    assert "W&B has not taken everything within 0.2 s" in capfd.readouterr().err


class Service:
    """Stands in for W&B, and fails where it is told to."""

    def __init__(self, fails=()):
        self.fails, self.began, self.sent, self.ended = fails, {}, [], []

    def init(self, **settings):
        self.began = settings
        return self

    def define_metric(self, *_, **__):
        """Take it for granted."""

    def log(self, values):
        if "log" in self.fails:
            raise BrokenPipeError("the service\nhas died")
        self.sent.append(values)

    def finish(self, exit_code=None):
        self.ended.append(exit_code)
        if "finish" in self.fails:
            raise ValueError


@pytest.fixture
def service(monkeypatch):
    """Have W&B be a service that fails where it is told to: (*methods)."""
    wandb = pytest.importorskip("wandb", reason="the extra `wandb` is not installed")

    def make(*fails):
        service = Service(fails)
        monkeypatch.setattr(wandb, "init", service.init)
        return service

    return make


def test_a_service_that_dies_is_told_of_once_and_the_run_goes_on(tmp_path, service, capfd):
    stub = service("log", "finish")
    with MetricsWriter(tmp_path, 1, ["wandb"]) as writer:
        for step in (1, 2):
            writer.write("metrics", step, {"reward": 0.5})
    assert capfd.readouterr().err == "W&B: the service has died; its numbers are no longer sent\n"
    assert stub.ended == [0]  # its process is ended all the same
    assert [line["step"] for line in read_lines(tmp_path / "metrics.jsonl")] == [1, 2]


def test_a_service_that_fails_at_the_end_is_told_of_too(tmp_path, service, capfd):
    service("finish")
    with MetricsWriter(tmp_path, 1, ["wandb"]) as writer:
        writer.write("metrics", 1, {"reward": 0.5})
    assert capfd.readouterr().err == "W&B: ValueError; its numbers are no longer sent\n"


def test_tensorboard_that_cannot_write_ends_no_run(tmp_path, monkeypatch, capfd):
    from torch.utils.tensorboard import SummaryWriter

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SummaryWriter, "add_scalar", full)
    with MetricsWriter(tmp_path, 1, ["tensorboard"]) as writer:
        writer.write("metrics", 1, {"reward": 0.5})
        writer.write("metrics", 2, {"reward": 0.5})
    said = "TensorBoard: [Errno 28] No space left on device; its numbers are no longer sent\n"
    assert capfd.readouterr().err == said


def test_wandb_is_told_what_the_run_is_asked_to_do_and_how_it_ended(tmp_path, service):
    stub = service()
    with MetricsWriter(tmp_path, 1, ["wandb"], config={"seed": 3, "algo": {"steps": 2}}):
        pass
    assert stub.began["config"] == {"seed": 3, "algo": {"steps": 2}}
    assert stub.ended == [0]
    with pytest.raises(FloatingPointError), MetricsWriter(tmp_path, 1, ["wandb"]):
        raise FloatingPointError("the gradient is not finite")
    assert stub.ended == [0, 1]
