"""How `python -m agents.eval` ends when something stops it: one line that says why, and an exit code that is not 0."""

from pathlib import Path

import pytest
import torch

import agents.eval
import agents.readings
from agents.eval import plain_console, results_table
from agents.metrics import EvalResult
from agents.rollout import Rollout

SMALL = [f"plugins=[{Path(__file__).parent / 'toys_plugin.py'}]", "env=kinds", "model=tiny", "samples=2"]
NO_ROOM = "[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"


@pytest.fixture
def evaluate_into(tmp_path, command, monkeypatch):
    """Run the command, whose sampler raises what is given, and return its exit code: (error)."""

    def call(error):
        def completions(*_):
            raise error

        monkeypatch.setattr("agents.backends.transformers.TransformersBackend.completions", completions)
        code = command(agents.eval.main, *SMALL, f"out={tmp_path / 'rates.json'}")
        assert not (tmp_path / "rates.json").exists()
        return code

    return call


@pytest.mark.parametrize(
    "error",
    [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.\nSee the documentation"), RuntimeError(NO_ROOM)],
)
def test_without_enough_memory_one_line_says_what_helps(error, evaluate_into, capfd):
    assert evaluate_into(error) == 2
    said = capfd.readouterr().err
    assert said.startswith("error: out of memory (") and said.count("\n") == 1
    assert "a smaller sampler_batch" in said and "algo." not in said


def test_a_mistake_of_ours_is_shown_whole(evaluate_into, capfd):
    assert evaluate_into(RuntimeError("the size of tensor a must match")) == 1
    said = capfd.readouterr().err
    assert "Traceback" in said and "RuntimeError: the size of tensor a" in said and "out of memory" not in said


def test_ctrl_c_is_one_line_and_what_judges_is_closed(evaluate_into, capfd, monkeypatch):
    closed, close = [], Rollout.close

    def noted(rollout):
        closed.append(rollout)
        close(rollout)

    monkeypatch.setattr(Rollout, "close", noted)
    assert evaluate_into(KeyboardInterrupt()) == 130
    assert capfd.readouterr().err == "stopped; nothing was written\n" and len(closed) == 1


@pytest.mark.parametrize("main", [agents.eval.main, agents.readings.main])
@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("judge_limit_s=-1", "judge_limit_s must be positive, got -1.0"),
        ("judge_limit_s=inf", "judge_limit_s is a number of seconds that can be waited for, got inf"),
        ("out=.", "out=. is a folder: name a file in it"),
        ("out=taken/rates.json", "out=taken/rates.json cannot be written"),
    ],
)
def test_what_cannot_be_is_refused_before_a_model_is_loaded(main, option, said, tmp_path, command, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("taken").touch()
    monkeypatch.setattr("agents.eval.load_sampler", lambda *_, **__: pytest.fail("a model was loaded"))
    monkeypatch.setattr("agents.readings.load_sampler", lambda *_, **__: pytest.fail("a model was loaded"))
    assert command(main, *SMALL, option) == 2
    error = capfd.readouterr().err
    assert error.startswith(f"error: {said}") and error.count("\n") == 1


def test_the_folder_of_the_results_is_made_where_there_is_none(tmp_path, command):
    out = tmp_path / "new" / "rates.json"
    assert command(agents.eval.main, *SMALL, "max_new_tokens=2", f"out={out}") == 0
    assert '"rates"' in out.read_text()


def test_the_name_of_a_model_is_shown_as_it_is(capsys):
    result = EvalResult(samples=1, passes={"a": 1}, scored={"a": 1}, levels={"a": "[b]"}, mean_length=1, truncated=0)
    plain_console().print(results_table(result, "br[/b] on code"))
    said = capsys.readouterr().out
    assert "br[/b] on code" in said and " [b] " in said
