"""Every benchmark starts: what it imports is there, although a file beside it is called like a package of ours."""

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
