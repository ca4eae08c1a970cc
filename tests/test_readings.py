"""A model in every reading of the same cases, and a run on the gene environment, with a model made on the spot."""

from __future__ import annotations

import json

import pytest

from agents import compare, readings, train
from agents.metrics import EvalResult
from agents.rollout import Rollout

GENES = ("TSC2", "NF1", "FBN1", "STXBP1", "ANKRD11", "RPGRIP1", "UMOD", "CHD8", "LMNA", "SCN1A", "PTPN11", "ABCA4")


@pytest.fixture
def reports(tmp_path):
    path = tmp_path / "cases.jsonl"
    lines = []
    for index, gene in enumerate(GENES):
        for patient in range(2):
            absent = [["HP:0000365", "Deafness"], [f"HP:00000{index + 10}", "Another"]] if patient or index % 3 else []
            present = [["HP:0001250", "Seizure"], ["HP:0000175", "Cleft"]][: 1 + patient]
            lines.append(json.dumps({"id": f"{gene}-{patient}", "gene": gene, "present": present, "absent": absent}))
    path.write_text("\n".join(lines))
    return path


def test_a_model_is_asked_about_the_same_cases_in_every_reading(reports, tmp_path, command, capsys):
    out = tmp_path / "readings.json"
    options = ("model=tiny", "samples=1", "max_new_tokens=4", "split=heldout", f"out={out}")
    assert command(readings.main, "env=genes", f"env.cases={reports}", "env.shots=false", *options) == 0
    written = json.loads(out.read_text())
    asked = {tuple(sorted(written[reading]["scored"])) for reading in readings.READINGS}
    # the same cases in all readings: those of held-out genes that have an absent list
    assert len(asked) == 1
    assert 0 < len(asked.pop()) < 24
    # random weights find nothing in any reading
    assert written["leak_index"] == [0.0, 0.0, 0.0]
    assert written["counterfactual"] == {"asked": 0, "overtook": 0}
    printed = capsys.readouterr().out
    assert "leak index: +0.000" in printed
    assert "counterfactual: 0 of 0" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("env=text",), "the environment 'text' has no readings; env=genes has"),
        (("env=genes",), "give env.cases=PATH"),
    ],
)
def test_readings_that_cannot_be_are_refused(arguments, message, command, capsys):
    assert command(readings.main, "model=tiny", *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"), [(KeyboardInterrupt(), 130, "stopped; "), (MemoryError(), 2, "error: out of")]
)
def test_what_stops_readings_is_one_line_and_what_judges_is_closed(
    error, code, said, reports, command, monkeypatch, capfd
):
    closed, close = [], Rollout.close

    def completions(*_):
        raise error

    monkeypatch.setattr("agents.backends.transformers.TransformersBackend.completions", completions)
    monkeypatch.setattr(Rollout, "close", lambda rollout: (closed.append(rollout), close(rollout)))
    options = ("model=tiny", "samples=1", "max_new_tokens=4")
    assert command(readings.main, "env=genes", f"env.cases={reports}", "env.shots=false", *options) == code
    told = capfd.readouterr().err
    assert told.startswith(said) and told.count("\n") == 1 and len(closed) == 1


def test_readings_are_judged_within_the_limits_that_are_given(reports, command, monkeypatch):
    begun, begin = [], Rollout.__init__

    def noted(rollout, *arguments, **options):
        begun.append((options["error_budget"], options["judge_limit_s"]))
        begin(rollout, *arguments, **options)

    monkeypatch.setattr(Rollout, "__init__", noted)
    options = ("model=tiny", "samples=1", "max_new_tokens=4", "error_budget=0.25", "judge_limit_s=7")
    assert command(readings.main, "env=genes", f"env.cases={reports}", "env.shots=false", *options) == 0
    assert set(begun) == {(0.25, 7.0)} and len(begun) == len(readings.READINGS)


def test_a_leak_of_which_no_case_tells_is_unknown():
    one, other = (
        EvalResult(samples=1, passes={task: 1}, scored={task: 1}, levels={task: "-"}, mean_length=1, truncated=0)
        for task in "ab"
    )
    assert readings.leak_index({"shuffled": one, "absent": other}) is None


def test_a_run_on_genes_reports_its_measures_and_can_be_compared_with_itself(tmp_path, command, capsys):
    folder = tmp_path / "run"
    algo = ("algo.steps=1", "algo.groups_per_step=1", "algo.group_size=2", "algo.max_new_tokens=4")
    options = ("model=tiny", "env.eval_tasks=3", "eval.samples=1", f"run_dir={folder}", *algo)
    assert command(train.main, "env=genes", *options) == 0
    [line] = [json.loads(text) for text in (folder / "metrics.jsonl").read_text().splitlines()]
    assert line["measure/answered"] == line["measure/top@1"] == 0.0
    assert "measure/top@1" in json.loads((folder / "summary.json").read_text())["after"]
    capsys.readouterr()
    assert compare.main([str(folder / "eval_000000.json"), str(folder), f"out={folder / 'compare.png'}"]) == 0
    assert "top@1 " in capsys.readouterr().out
