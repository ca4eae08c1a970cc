"""The summary of a finished run, also where its evaluations have no task in common."""

import json
from types import SimpleNamespace

import pytest

from agents.metrics import EvalResult
from agents.report import finish
from envs.core import ConfigError

CONFIG = SimpleNamespace(env=SimpleNamespace(name="kinds"), model="tiny", seed=0, eval=SimpleNamespace(split="heldout"))


@pytest.fixture
def run(tmp_path):
    """A run of one step, evaluated before and after on the tasks that are given: (before, after)."""

    def make(*sides):
        (tmp_path / "metrics.jsonl").write_text('{"step": 1, "pass_rate": 0.5, "completion_length": 3.0}\n')
        (tmp_path / "timing.jsonl").write_text('{"step": 1, "sample_s": 2.0}\n')
        evaluations = {}
        for step, tasks in enumerate(sides):
            passes, scored, levels = (dict.fromkeys(tasks, value) for value in (step, 1, "-"))
            evaluations[step] = EvalResult(
                samples=1, passes=passes, scored=scored, levels=levels, mean_length=3.0, truncated=0.0
            )
        return SimpleNamespace(folder=tmp_path, last_step=1, evaluations=lambda: evaluations)

    return make


def test_evaluations_without_a_common_task_have_no_difference_and_it_is_said_so(run, monkeypatch, capsys):
    from matplotlib.axes import Axes

    titles, title = [], Axes.set_title
    monkeypatch.setattr(
        Axes, "set_title", lambda axes, text, **style: (titles.append(text), title(axes, text, **style))
    )
    finished = run("ab", "cd")
    said = "no task was evaluated both before and after"
    assert finish(finished, CONFIG)["difference"] is None
    written = json.loads((finished.folder / "summary.json").read_text())
    assert (written["difference"], written["note"]) == (None, said)
    assert (written["before"]["pass@1"], written["after"]["pass@1"]) == (0.0, 1.0)
    assert said in capsys.readouterr().out.splitlines()
    assert titles == [said]


def test_the_difference_is_over_the_tasks_of_both_evaluations(run, capsys):
    finished = run("ab", "bc")
    assert finish(finished, CONFIG)["difference"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert "note" not in json.loads((finished.folder / "summary.json").read_text())
    assert "+1.000 to +1.000" in capsys.readouterr().out


def test_a_damaged_file_of_a_finished_run_is_told_by_name(run):
    finished = run("ab", "ab")
    (finished.folder / "timing.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(ConfigError, match=r"timing.jsonl' is damaged: line 1"):
        finish(finished, CONFIG)
