"""Two processes on the processor (gloo) against one: the same numbers, checkpoints that either goes on from."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from test_train import ONE_THREAD, PLUGIN, SMALL, train_here

from agents.core import Batch
from agents.distributed import Ranks
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import reinforce
from agents.memory import blank_row
from agents.metrics import read_lines
from agents.models import load_model, tiny_model

RUN = [*SMALL, "hydra/job_logging=none", "env=repair", "checkpoint_every=2", "eval.every=0", "algo.steps_ahead=1"]
RUN += ["algo.kl_weight=0.01", "algo.watch_kl=true", "algo.reference=tiny", "algo.epochs=2", "algo.group_size=3"]


def torchrun(*arguments, cwd):
    """Run the command in two processes; return the exit code and what they said."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*command, "-m", "agents.train", *arguments],
        cwd=cwd,
        env={**ONE_THREAD, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def assert_same_numbers(folder, reference):
    lines, expected = read_lines(folder / "metrics.jsonl"), read_lines(reference / "metrics.jsonl")
    assert len(lines) == len(expected) > 0
    for step, (line, other) in enumerate(zip(lines, expected, strict=True), start=1):
        near = 1e-5 if step == 1 else 1e-3  # AdamW makes a step of any gradient, of one that is rounding too
        assert line == pytest.approx(other, abs=near, rel=near, nan_ok=True)
    assert (folder / "transcripts.jsonl").read_bytes() == (reference / "transcripts.jsonl").read_bytes()
    for path in reference.glob("eval_*.json"):
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of a run of two steps in one process, and that of one in two."""
    cwd = tmp_path_factory.mktemp("runs")
    train_here(*RUN, "algo.steps=2", f"run_dir={cwd / 'one'}")
    code, said = torchrun(*RUN, "algo.steps=2", "run_dir=two", cwd=cwd)
    assert code == 0, said
    return cwd / "one", cwd / "two"


def test_two_processes_measure_what_one_measures(runs):
    one, two = runs
    assert_same_numbers(two, one)
    assert (two / "summary.json").is_file()


def test_a_checkpoint_of_two_processes_is_whole_and_in_the_standard_format(runs):
    one, two = runs
    expected = load_model(str(one)).model.state_dict()
    start = tiny_model().model.state_dict()
    for name, value in load_model(str(two)).model.state_dict().items():
        torch.testing.assert_close(value, expected[name], atol=1e-3, rtol=1e-3)
    assert any(not torch.equal(value, start[name]) for name, value in expected.items())
    states = [torch.load(run / "checkpoints" / "last" / "state.pt", weights_only=True)["learner"] for run in runs]
    shapes = [{place: kept["exp_avg"].shape for place, kept in state["optimizer"]["state"].items()} for state in states]
    assert shapes[0] == shapes[1]


def test_one_process_goes_on_from_a_checkpoint_of_two_and_two_from_one(runs, tmp_path):
    one, two = (shutil.copytree(run, tmp_path / run.name, symlinks=True) for run in runs)
    more = ["algo.steps=4", f"plugins=[{PLUGIN}]"]
    # each goes on from the other's checkpoint
    train_here(f"resume={two}", *more)
    code, said = torchrun(f"resume={one}", *more, cwd=tmp_path)
    assert code == 0, said
    assert_same_numbers(one, two)
    assert len(read_lines(one / "metrics.jsonl")) == 4


def test_one_process_that_fails_ends_all_with_one_line(tmp_path):
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(PLUGIN.parent)!r})\n"
        "import envs, toys\n"
        "from envs.core import RewardAlarm\n"
        "class Half(toys.Kinds):\n"
        "    def _judge(self, task, completion):\n"
        "        if os.environ['RANK'] == '1':\n"
        "            raise RewardAlarm('something false was proved')\n"
        "        return super()._judge(task, completion)\n"
        "envs.register('half', Half)\n"
    )
    code, said = torchrun(f"plugins=[{plugin}]", "model=tiny", "env=half", "algo.max_new_tokens=2", cwd=tmp_path)
    assert code != 0
    assert re.findall(r"^error: .*", said, re.MULTILINE) == ["error: process 1 of 2: something false was proved"]


# ---- how work is dealt out


def row_of(tokens):
    row = blank_row(tokens)
    return replace(row, advantages_N=torch.ones(tokens - 1), weights_N=torch.full((tokens - 1,), 0.1))


def test_shares_are_consecutive_and_together_everything():
    assert [list(Ranks(rank, 3).share(7)) for rank in range(3)] == [[0, 1], [2, 3], [4, 5, 6]]
    assert [list(Ranks(rank, 3).share(1)) for rank in range(3)] == [[], [], [0]]


def test_every_process_has_as_many_rows_and_what_is_missing_scores_nothing():
    batch = Batch(rows=(row_of(5), row_of(9), row_of(7)), scored_tokens=18, sequences=3)
    first, second = (Ranks(rank, 2).deal(batch) for rank in range(2))
    # longest first: 9, 7, 5 go to the processes in turn
    assert [len(row.token_ids_T) for row in first.rows] == [9, 5]
    assert [len(row.token_ids_T) for row in second.rows] == [7, 1]
    assert len(second.rows[1].target_N) == 0
    assert (second.scored_tokens, second.sequences) == (18, 3)
    # 8, 6 and 4 scored tokens, of which the second has 6
    assert first.run_tokens == second.run_tokens == 18


def test_a_row_that_scores_nothing_has_a_gradient_of_zero_and_changes_no_number():
    model = tiny_model().model
    settings = OptimizerSettings(
        learning_rate=1e-3, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    learner = PolicyLearner(model, surrogate=reinforce, temperature=1.0, settings=settings)
    batch = Batch(rows=(row_of(9),), scored_tokens=8, sequences=1)
    anchor = Ranks(1, 2).deal(batch).rows[0]
    learner.accumulate(Batch(rows=(anchor,), scored_tokens=8, sequences=1))
    assert all(torch.count_nonzero(parameter.grad) == 0 for parameter in model.parameters())
    assert learner.accumulate(replace(batch, rows=(batch.rows[0], anchor))) == learner.accumulate(batch)
