"""A run that was stopped anywhere and resumed is the run that nobody stopped, byte for byte, whatever it was asked."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import toys

import agents.checkpoint
import agents.train
from agents.core import Completion, FinishReason, Group, Trajectory, TrajectoryStatus, Turn
from agents.feed import Feed, FeedSettings
from agents.learner import PolicyLearner
from agents.metrics import read_lines
from agents.rollout import Rollout
from envs.core import RewardAlarm, RewardBreakdown, RewardTerm, VerifierError

PLUGIN = Path(__file__).parent / "toys_plugin.py"
SMALL = [
    f"plugins=[{PLUGIN}]", "env=kinds", "model=tiny", "algo.steps=6", "algo.groups_per_step=3", "algo.group_size=4",
    "algo.max_new_tokens=2", "algo.learning_rate=3e-3", "eval.samples=1", "eval.every=0", "checkpoint_every=2",
]  # fmt: skip
CASES = {
    "refill": ["algo.loss=dapo"],
    "a step ahead": ["algo.steps_ahead=1"],
    "several updates": ["algo.epochs=2", "algo.minibatches=2"],
    "divergence in the reward": ["algo.loss=reinforce++", "algo.kl_weight=0.1"],
}
CASES["all of it"] = [
    option.replace("reinforce++", "dapo") for option in sorted({*itertools.chain(*CASES.values())})
] + ["algo.kl_in=reward"]  # fmt: skip
CASES["all of it"] = [*dict.fromkeys(CASES["all of it"])]


class Died(BaseException):
    """The process is gone; nothing catches this."""


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """As the processes that are really killed have it: sums of several threads may round otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def at_call(monkeypatch, owner, name, number, happens):
    """Let something happen before the call of a function that has this number, and count its calls."""
    original, calls = getattr(owner, name), itertools.count(1)
    seen = []

    def called(*arguments, **options):
        seen.append(next(calls))
        if seen[-1] == number:
            happens()
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, called)
    return seen


def die():
    raise Died


PLACES = [
    (Rollout, "groups"),  # while it samples or evaluates
    (PolicyLearner, "step"),  # before an update, the first of a step or a later one
    (agents.checkpoint, "prune_checkpoints"),  # when the new checkpoint is in force and the old one still there
]
_whole = {}


@pytest.fixture
def whole(command, tmp_path_factory):
    """Runs that nothing stopped, each made once: (case) -> folder, how often each of `PLACES` was passed."""

    def get(case):
        if case not in _whole:
            folder = tmp_path_factory.mktemp("whole") / "run"
            with pytest.MonkeyPatch.context() as patch:
                seen = [at_call(patch, *place, 0, die) for place in PLACES]
                assert command(agents.train.main, *SMALL, *CASES[case], f"run_dir={folder}") == 0
            _whole[case] = folder, [len(calls) for calls in seen]
        return _whole[case]

    return get


def assert_same_run(folder, reference):
    assert (folder / "metrics.jsonl").read_bytes() == (reference / "metrics.jsonl").read_bytes()
    assert (folder / "transcripts.jsonl").read_bytes() == (reference / "transcripts.jsonl").read_bytes()
    for path in reference.glob("eval_*.json"):
        assert (folder / path.name).read_bytes() == path.read_bytes()
    ours, theirs = (
        torch.load(one / "checkpoints" / "last" / "state.pt", weights_only=True) for one in (folder, reference)
    )
    assert ours["feed"] == theirs["feed"]
    for name, value in theirs["learner"]["model"].items():
        assert torch.equal(ours["learner"]["model"][name], value), name


@pytest.mark.parametrize("case", CASES)
def test_a_run_that_dies_anywhere_goes_on_as_if_it_had_not(case, whole, tmp_path, command, monkeypatch):
    reference, counts = whole(case)
    place = random.randrange(len(PLACES))
    number = random.randint(1, counts[place])
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        at_call(patch, *PLACES[place], number, die)
        with pytest.raises(Died):
            command(agents.train.main, *SMALL, *CASES[case], f"run_dir={folder}")
    print(f"died before call {number} of {PLACES[place]}")
    assert command(agents.train.main, f"resume={folder}") == 0
    assert_same_run(folder, reference)


def test_the_cases_are_what_they_say(whole):
    lines = {case: read_lines(whole(case)[0] / "metrics.jsonl") for case in CASES}
    # refill samples more than the three groups of a step, and what is learned from are three at most
    assert max(line["groups"] for line in lines["refill"]) > 3
    assert max(line["groups_learned"] for line in lines["refill"]) <= 3
    # what is sampled a step ahead is one update old, where there was one; else nothing is
    ahead = lines["a step ahead"]
    assert [line["staleness"] for line in ahead] == [0, *(int(line["grad_norm"] > 0) for line in ahead[:-1])]
    assert [line["staleness"] for line in lines["refill"]] == [0] * 6
    # two passes over two minibatches
    assert max(line["staleness"] for line in lines["all of it"]) == 4
    assert all(line["kl_to_reference"] > 0 for line in lines["divergence in the reward"][1:])
    waiting = torch.load(whole("a step ahead")[0] / "checkpoints" / "last" / "state.pt", weights_only=True)
    assert waiting["feed"] == {"cursor": 18, "waiting": None}


@pytest.mark.parametrize("place", [0, 1])
def test_terminated_while_it_samples_or_updates_it_drops_the_step_or_finishes_it(
    place, whole, tmp_path, command, monkeypatch
):
    number, folder = whole("all of it")[1][place] // 2, tmp_path / "run"
    with monkeypatch.context() as patch:
        at_call(patch, *PLACES[place], number, lambda: os.kill(os.getpid(), signal.SIGTERM))
        assert command(agents.train.main, *SMALL, *CASES["all of it"], f"run_dir={folder}") == 130
    steps = len(read_lines(folder / "metrics.jsonl"))
    assert 0 < steps < 6
    assert (folder / "checkpoints" / "last").resolve().name == f"step_{steps:06d}"
    assert command(agents.train.main, f"resume={folder}") == 0
    assert_same_run(folder, whole("all of it")[0])


def test_a_process_that_is_really_killed_goes_on_as_if_it_had_not(whole, tmp_path, command):
    reference, _ = whole("all of it")
    folder = tmp_path / "run"
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(PLUGIN.parent)!r})
import agents.train
from agents.learner import PolicyLearner
step, calls = PolicyLearner.step, [{random.randint(9, 20)}]
def killed(self):
    calls[0] -= 1
    if not calls[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self)
PolicyLearner.step = killed
agents.train.main()
"""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, *SMALL, *CASES["all of it"], f"run_dir={folder}"],
        env=environment, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert command(agents.train.main, f"resume={folder}") == 0
    assert_same_run(folder, reference)


def test_a_checkpoint_from_before_there_was_a_feed_goes_on_where_its_tasks_were(tmp_path, command, monkeypatch):
    whole, folder = tmp_path / "whole", tmp_path / "run"
    assert command(agents.train.main, *SMALL, f"run_dir={whole}") == 0
    with monkeypatch.context() as patch:
        at_call(patch, PolicyLearner, "step", 4, die)
        with pytest.raises(Died):
            command(agents.train.main, *SMALL, f"run_dir={folder}")
    path = folder / "checkpoints" / "last" / "state.pt"
    state = torch.load(path, weights_only=True)
    assert state.pop("feed") == {"cursor": 6, "waiting": None}
    torch.save(state, path)
    assert command(agents.train.main, f"resume={folder}") == 0
    assert_same_run(folder, whole)


def test_what_samples_a_step_ahead_begins_when_nothing_else_needs_other_weights(tmp_path, command, monkeypatch):
    # the reference of a run with an adapter is the model with its adapter switched off, for the sampler as well
    happened = []
    for owner, name in ((PolicyLearner, "prepare"), (Feed, "begin"), (PolicyLearner, "accumulate"), (Feed, "settle")):
        original = getattr(owner, name)

        def noted(*arguments, original=original, name=name):
            happened.append(name)
            return original(*arguments)

        monkeypatch.setattr(owner, name, noted)
    short = [option for option in SMALL if not option.startswith("algo.steps")]
    assert command(agents.train.main, *short, "algo.steps=2", "algo.steps_ahead=1", f"run_dir={tmp_path / 'run'}") == 0
    assert happened == ["prepare", "begin", "accumulate", "settle", "prepare", "accumulate", "settle"]


def test_tokens_a_second_are_of_the_time_that_sampling_took_wherever_it_was_spent(tmp_path, command, monkeypatch):
    clock = SimpleNamespace(monotonic=itertools.count(0, 5).__next__)  # sampling begins, and ends 5 s later
    monkeypatch.setattr("agents.feed.time", clock)
    short = [option for option in SMALL if not option.startswith("algo.steps")]
    assert command(agents.train.main, *short, "algo.steps=2", "algo.steps_ahead=1", f"run_dir={tmp_path / 'run'}") == 0
    lines = map(json.loads, (tmp_path / "run" / "timing.jsonl").read_text().splitlines())
    steps = [line for line in lines if line.get("sampled_tokens")]
    assert [line["step"] for line in steps] == [1, 2]
    assert all(line["tokens_per_s"] == round(line["sampled_tokens"] / 5, 1) for line in steps)


def test_groups_that_wait_survive_the_checkpoint_whatever_numbers_an_environment_uses(tmp_path):
    # a checkpoint is read without running code, so it can hold no number of NumPy's
    reward = RewardBreakdown(
        terms={"right": RewardTerm(score=np.float64(0.25), weight=np.float32(2.0))},
        passed=np.bool_(True),
        feedback=np.str_("well done"),
        measures={"rank": np.int64(3)},
    )
    drawn = Completion(
        token_ids=(5, 1), logprobs=(np.float64(-0.5), -1.0), finish_reason=FinishReason.STOP, policy_version=7
    )
    member = Trajectory(
        task_id="a",
        turns=(Turn(context_ids=(2, 3), completion=drawn, text="c"),),
        status=TrajectoryStatus.OK,
        reward=reward,
        tags={"level": "easy"},
    )
    lost = Trajectory(task_id="a", turns=(), status=TrajectoryStatus.ERROR, reward=None, error="no", fault="grader")
    groups = [Group(task_id="a", trajectories=(member, lost)), Group(task_id="b", trajectories=(lost,))]
    settings = FeedSettings(seed=0, groups=2, temperature=1.0, max_new_tokens=2, refill=True, rounds=1)

    def make_feed():
        return Feed(["a", "b"], lambda *_: groups, lambda group: group is groups[0], settings)

    feed = make_feed()
    feed.take(1)
    feed.begin(2)
    feed.commit()
    torch.save(feed.state_dict(), tmp_path / "state.pt")
    again = make_feed()
    again.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    sampled = again.take(2)
    assert (sampled.groups, sampled.learned, sampled.cursor) == (tuple(groups), (groups[0],), 4)
    assert sampled.seconds is None
    feed.close()
    again.close()


@pytest.mark.parametrize("error", [VerifierError("the judge is gone"), RewardAlarm("something false was proved")])
def test_what_goes_wrong_a_step_ahead_ends_the_run_with_one_line(error, tmp_path, command, capfd, monkeypatch):
    judged, begins_right = itertools.count(1), toys.begins_right

    def failing(task, completion):
        if next(judged) > 6 + 12:  # the evaluation of six tasks, and the first step's completions
            raise error
        return begins_right(task, completion)

    monkeypatch.setattr(toys, "begins_right", failing)
    run = f"run_dir={tmp_path / 'run'}"
    assert command(agents.train.main, *SMALL, "algo.steps_ahead=1", run) == 2
    said = capfd.readouterr().err
    assert str(error) in said and said.count("\n") == 1
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_an_algorithm_brings_its_options_and_the_command_line_wins_and_a_resumed_run_keeps_them(tmp_path, command):
    from omegaconf import OmegaConf

    folder = tmp_path / "run"
    short = [option for option in SMALL if not option.startswith("algo.steps")]
    given = ["algo.steps=1", "algo.loss=dapo", "algo.overlong_share=0.5", f"run_dir={folder}"]
    assert command(agents.train.main, *short, *given) == 0
    stored = OmegaConf.load(folder / "config.yaml").algo
    assert (stored.loss, stored.refill, stored.overlong_share) == ("dapo", True, 0.5)
    assert (stored.advantage, stored.clip_high) == ("group_std", 0.28)  # what it has no opinion on stays
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2") == 0
    assert len(read_lines(folder / "metrics.jsonl")) == 2


def test_a_resumed_run_keeps_what_it_was_asked_to_do_anew(tmp_path, command):
    from omegaconf import OmegaConf

    folder = tmp_path / "run"
    short = [option for option in SMALL if not option.startswith("algo.steps")]
    assert command(agents.train.main, *short, "algo.steps=1", f"run_dir={folder}") == 0
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2", "algo.weight_decay=0.5") == 0
    assert command(agents.train.main, f"resume={folder}", "algo.steps=3", "algo.loss=gspo") == 0
    stored = OmegaConf.load(folder / "config.yaml").algo
    assert (stored.steps, stored.weight_decay, stored.loss, stored.clip_low) == (3, 0.5, "gspo", 3e-4)
    assert command(agents.train.main, f"resume={folder}") == 0
    assert len(read_lines(folder / "metrics.jsonl")) == 3


def test_a_run_keeps_the_model_of_another_run_though_that_one_goes_on(tmp_path, command, monkeypatch):
    first, whole, folder = (tmp_path / name for name in ("first", "whole", "run"))
    short = [option for option in SMALL if not option.startswith(("algo.steps", "model="))]
    assert command(agents.train.main, *short, "model=tiny", "algo.steps=2", f"run_dir={first}") == 0
    on_top = [*short, "algo.steps=4", "algo.watch_kl=true", f"model={first}"]
    assert command(agents.train.main, *on_top, f"run_dir={whole}") == 0
    with monkeypatch.context() as patch:
        at_call(patch, PolicyLearner, "step", 3, die)
        with pytest.raises(Died):
            command(agents.train.main, *on_top, f"run_dir={folder}")
    assert command(agents.train.main, f"resume={first}", "algo.steps=4") == 0
    assert not (first / "checkpoints" / "step_000002").exists()
    # what it compares with is what it began with, and nothing was copied for that
    assert command(agents.train.main, f"resume={folder}") == 0
    assert_same_run(folder, whole)
    assert json.loads((folder / "summary.json").read_text())["model"] == str(first)
    linked = [path.stat().st_ino for run in (folder, whole) for path in (run / "base").glob("*.safetensors")]
    assert len(linked) == 2 and len(set(linked)) == 1


def test_a_run_does_not_go_on_with_another_environment(tmp_path, command, capfd):
    folder = tmp_path / "run"
    assert command(agents.train.main, *SMALL, "algo.steps=1", f"run_dir={folder}") == 0
    capfd.readouterr()
    assert command(agents.train.main, f"plugins=[{PLUGIN}]", "env=repair", f"resume={folder}") == 2
    assert "error: the run learns from env=kinds: it cannot go on with env=repair" in capfd.readouterr().err


def test_other_files_that_are_called_like_evaluations_do_not_disturb_a_run(tmp_path, command):
    folder = tmp_path / "run"
    assert command(agents.train.main, *SMALL, "algo.steps=1", f"run_dir={folder}") == 0
    (folder / "eval_final.json").write_text("{}")
    assert command(agents.train.main, f"resume={folder}", "algo.steps=2") == 0
    assert sorted(agents.train.Run(folder).evaluations()) == [0, 1, 2]
    assert (folder / "eval_final.json").is_file()


def test_what_the_optimizer_is_told_anew_wins_over_the_checkpoint():
    from test_batch import make_learner

    state = make_learner().state_dict()
    learner = make_learner(weight_decay=0.5, betas=(0.5, 0.6))
    learner.load_state_dict(state)
    (group,) = learner.optimizer.param_groups
    assert (group["weight_decay"], group["betas"]) == (0.5, (0.5, 0.6))


def test_watching_the_divergence_changes_nothing_else(tmp_path, command):
    def metrics(name, *given):
        folder = tmp_path / name
        assert command(agents.train.main, *SMALL, f"run_dir={folder}", *given) == 0
        return read_lines(folder / "metrics.jsonl")

    plain, watched = metrics("plain"), metrics("watched", "algo.watch_kl=true")
    to_start = [line.pop("kl_to_start") for line in watched if "kl_to_start" in line]  # not where nothing taught
    assert [line.pop("kl_to_reference") for line in watched if "kl_to_reference" in line] == to_start  # they are one
    assert watched == plain
    assert to_start[0] == pytest.approx(0.0, abs=1e-6)
    assert len(to_start) > 1 and max(to_start) > 1e-6

    other = metrics("other", "algo.watch_kl=true", f"algo.reference={tmp_path / 'plain'}")
    assert [line["kl_to_start"] for line in other if "kl_to_start" in line] == to_start
    to_reference = [line["kl_to_reference"] for line in other if "kl_to_reference" in line]
    assert len(to_reference) == len(to_start) and to_reference[0] > 1e-6
