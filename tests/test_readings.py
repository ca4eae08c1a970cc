"""A model in every reading of the same cases, and a run on the gene environment, with a model made on the spot."""

from __future__ import annotations

import json

import pytest

from agents import compare, readings, train

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
