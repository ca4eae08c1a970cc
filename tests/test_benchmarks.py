"""Every benchmark starts: what it imports is there, although a file beside it is called like a package of ours."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parent.parent / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=[path.name for path in BENCHMARKS])
def test_a_benchmark_finds_everything_that_it_imports(path, tmp_path):
    script = f"import runpy, sys; sys.path[0] = {str(path.parent)!r}; runpy.run_path({str(path)!r}, run_name='loaded')"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr


def test_learning_is_compared_by_the_processor_seconds_to_the_same_pass_rate():
    learning = runpy.run_path(str(BENCHMARKS[0].parent / "learner_learning.py"), run_name="loaded")
    # TRL has 0.4 at 100 s and ends there at 200 s; ours goes from 0.2 to 0.6 in 40 s, so it has 0.4 after 20 s
    theirs = [(0.0, {"a": 0.0, "b": 0.4}), (100.0, {"a": 0.2, "b": 0.6}), (200.0, {"a": 0.4, "b": 0.4})]
    ours = [(0.0, {"a": 0.0, "b": 0.4}), (40.0, {"a": 0.6, "b": 0.6}), (120.0, {"a": 1.0, "b": 1.0})]
    found = learning["summary"]({"ours": [ours, ours], "trl": [theirs, theirs]})
    assert found["level"] == pytest.approx(0.4)
    assert found["share"] == pytest.approx(0.2)
    assert found["met"] is True
    assert found["difference"]["mean"] == pytest.approx(0.2)  # ours at 40 s, the last within half of 200 s
    assert learning["summary"]({"ours": [ours[:1]], "trl": [theirs]})["met"] is False


def test_the_line_of_the_last_evaluation_is_no_step():
    learning = runpy.run_path(str(BENCHMARKS[0].parent / "learner_learning.py"), run_name="loaded")
    timing = [
        {"step": 1, "sample_cpu_s": 5.0, "learn_cpu_s": 2.0},
        {"step": 2, "sample_cpu_s": 4.0, "learn_cpu_s": 1.0},
        {"step": 2, "evaluate_cpu_s": 9.0, "learn_cpu_s": 0.1},
    ]
    assert learning["spent_by_step"](timing) == {0: 0.0, 1: 7.0, 2: 12.0}


def test_the_goals_of_a_step_are_completions_a_processor_second_and_memory():
    learner = runpy.run_path(str(BENCHMARKS[0].parent / "learner.py"), run_name="loaded")
    shape = learner["SHAPES"][0]  # twice TRL's completions, a third of its memory
    trl = {"tokens_per_cpu_s": 10.0, "peak_gib": 9.0}
    missed = learner["missed_step"]
    assert missed(shape, {"ours": {"tokens_per_cpu_s": 20.0, "peak_gib": 3.0}, "trl": trl}) == []
    [speed] = missed(shape, {"ours": {"tokens_per_cpu_s": 19.9, "peak_gib": 3.0}, "trl": trl})
    assert speed.startswith("8 x 64, prompt 60: 1.990 times TRL's completions a processor second, goal 2.0")
    [memory] = missed(shape, {"ours": {"tokens_per_cpu_s": 20.0, "peak_gib": 3.1}, "trl": trl})
    assert "0.344 of TRL's memory (3.10 of 9.00 GiB), goal 0.333" in memory
    assert missed(shape, {"ours": trl}) == ["8 x 64, prompt 60: not compared, there is no trl"]
    sampling = learner["missed_sampling"]
    shape = learner["SAMPLING"][0]
    assert sampling(shape, {"ours": {"tokens_per_cpu_s": 15.0}, "transformers": trl}) == []
    assert len(sampling(shape, {"ours": {"tokens_per_cpu_s": 14.9}, "transformers": trl})) == 1


@pytest.mark.parametrize(("ours", "code"), [(30.0, 0), (19.0, 1)])
def test_the_exit_code_says_whether_a_goal_was_missed(ours, code, tmp_path, monkeypatch, capsys):
    learner = runpy.run_path(str(BENCHMARKS[0].parent / "learner.py"), run_name="loaded")
    found = {"seconds": 1.0, "cpu_s": 1.0, "tokens_per_s": 1.0, "tokens_per_cpu_s": ours, "peak_gib": 1.0}
    others = {**found, "tokens_per_cpu_s": 10.0, "peak_gib": 9.0}
    main = learner["main"]
    replaced = {
        "load_model": lambda name: None,
        "RESULTS": tmp_path,
        "Contender": lambda *_: None,
        "sampling": lambda *_: {"ours": found, "transformers": others},
        "measure": lambda *_: {"ours": found, "trl": others},
        "_has_trl": lambda python: True,
        "_versions": lambda python: {},
    }
    for name, value in replaced.items():
        monkeypatch.setitem(main.__globals__, name, value)
    monkeypatch.setattr(sys, "argv", ["learner.py", "--quick"])
    assert main() == code
    said = capsys.readouterr().out
    assert ("missed: 8 x 64, prompt 60: 1.900 times" in said) == bool(code)
    assert json.loads((tmp_path / "learner_quick.json").read_text())["missed"] == (
        [] if code == 0 else [line.removeprefix("missed: ") for line in said.splitlines() if line.startswith("missed")]
    )
