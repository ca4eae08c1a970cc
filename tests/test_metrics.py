import json
import math
from dataclasses import asdict, replace
from itertools import combinations

import pytest
import torch

from agents import compare
from agents.compare import comparison, read_numbers
from agents.core import Completion, FinishReason, Group, Trajectory, TrajectoryStatus, Turn
from agents.correction import effective_sample_share
from agents.eval import measures_table, results_table
from agents.feed import Sampled
from agents.metrics import (
    EvalResult,
    MetricsWriter,
    pass_at_k,
    read_evaluation,
    read_lines,
    read_whole_lines,
    step_metrics,
    step_numbers,
)
from envs import RewardBreakdown, RewardTerm
from envs.core import ConfigError
from envs.statistics import clustered_interval, paired_difference, wilson_interval


def trajectory(task_id, score, length=2, level="1"):
    """An episode of one turn; a score of None is a verifier that failed."""
    completion = Completion(
        token_ids=(5,) * length, logprobs=(-1.0,) * length, finish_reason=FinishReason.STOP, policy_version=0
    )
    reward = None
    if score is not None:
        reward = RewardBreakdown(terms={"right": RewardTerm(score=score)}, passed=score == 1.0)
    return Trajectory(
        task_id=task_id,
        turns=(Turn(context_ids=(2,), completion=completion, text="x"),),
        status=TrajectoryStatus.ERROR if score is None else TrajectoryStatus.OK,
        reward=reward,
        tags={"level": level},
    )


def group(task_id, *scores, level="1"):
    return Group(task_id=task_id, trajectories=tuple(trajectory(task_id, score, level=level) for score in scores))


def test_wilson_intervals_of_known_proportions():
    # z = 1.96: 5 of 10 has the centre 1/2 and the half width z sqrt(1/40 + z^2/400) / (1 + z^2/10) = 0.263405
    assert wilson_interval(5, 10) == pytest.approx((0.236595, 0.763405), abs=1e-5)
    # 0 of 10: upper bound z^2 / (10 + z^2) = 3.841459 / 13.841459
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.277533), abs=1e-5)
    assert wilson_interval(10, 10) == pytest.approx((0.722467, 1.0), abs=1e-5)


def test_without_trials_a_proportion_may_be_anything():
    assert wilson_interval(0, 0) == (0.0, 1.0)


def interval(*of_tasks):
    """The interval of tasks given as (solved, completions)."""
    solved = {str(index): passes for index, (passes, _) in enumerate(of_tasks)}
    return clustered_interval(solved, {str(index): count for index, (_, count) in enumerate(of_tasks)})


def test_completions_of_a_task_that_are_all_alike_are_one_trial():
    # 48 tasks, half of them solved by all 8: v = 48 * 4^2 / 384^2 * 48/47 gives 47 trials, but there are 48 tasks
    assert (
        interval(*[(8, 8)] * 24, *[(0, 8)] * 24) == wilson_interval(24, 48) == pytest.approx((0.364, 0.636), abs=5e-4)
    )
    # one completion each: as ever
    assert interval(*[(1, 1)] * 3, *[(0, 1)] * 7) == pytest.approx(wilson_interval(3, 10))


def test_tasks_that_do_not_differ_leave_each_completion_a_trial():
    assert interval((2, 4), (2, 4), (2, 4)) == wilson_interval(6, 12)


def test_tasks_that_differ_somewhat_leave_a_number_of_trials_in_between():
    # 12 of 24; residuals 2, -2, 1, -1, 0, 0: v = 10 / 24^2 * 6/5 = 1/48, and 1/4 / v = 12
    assert interval((4, 4), (0, 4), (3, 4), (1, 4), (2, 4), (2, 4)) == pytest.approx(wilson_interval(6, 12))
    # of 1, 2 and 4 completions: 4 of 7, residuals 1 - 4/7, 0 - 8/7 and 3 - 16/7 with squares 9, 64 and 25 in 49ths:
    # v = 2 / 7^2 * 3/2 = 3/49, and 12/49 / v = 4
    assert interval((1, 1), (0, 2), (3, 4)) == pytest.approx(wilson_interval(4 * 4 / 7, 4))


def test_where_nothing_shows_how_tasks_differ_each_is_one_trial():
    assert interval((0, 8), (0, 8)) == wilson_interval(0, 2)
    assert interval((8, 8), (8, 8)) == wilson_interval(2, 2)
    assert interval((3, 8)) == wilson_interval(3 / 8, 1)
    assert interval() == (0.0, 1.0)


def test_an_evaluation_takes_tasks_and_not_completions_for_independent():
    groups = [group(str(task), *[float(task < 24)] * 8) for task in range(48)]
    summary = EvalResult.of(groups, samples=8).summary()
    assert (summary["low"], summary["high"]) == wilson_interval(24, 48)


@pytest.mark.parametrize(
    ("passes", "samples", "k", "expected"),
    [
        # 1 - C(n - c, k) / C(n, k)
        (1, 4, 1, 1 / 4),
        (1, 4, 2, 1 / 2),  # 1 - C(3,2)/C(4,2) = 1 - 3/6
        (2, 4, 2, 5 / 6),  # 1 - C(2,2)/C(4,2) = 1 - 1/6
        (3, 4, 2, 1.0),  # one failure cannot fill two places
        (0, 4, 4, 0.0),
        (4, 4, 1, 1.0),
        (1, 4, 4, 1.0),
        (3, 10, 5, 1 - 21 / 252),
    ],
)
def test_pass_at_k_of_known_counts(passes, samples, k, expected):
    assert pass_at_k(passes, samples, k) == pytest.approx(expected)


def test_pass_at_k_is_the_share_of_all_ways_to_draw_k_samples_that_hold_a_pass():
    for samples in range(1, 7):
        for passes in range(samples + 1):
            for k in range(1, samples + 1):
                draws = list(combinations([True] * passes + [False] * (samples - passes), k))
                assert pass_at_k(passes, samples, k) == pytest.approx(sum(map(any, draws)) / len(draws))


@pytest.mark.parametrize("k", [0, 5])
def test_pass_at_k_needs_k_samples(k):
    with pytest.raises(ValueError, match=f"pass@{k} needs at least"):
        pass_at_k(1, 4, k)


def test_a_difference_that_every_task_shows_has_an_interval_of_no_width():
    # 0.5 better on each task, whatever the tasks that are drawn
    before = {"a": 0.0, "b": 0.25, "c": 0.5}
    assert paired_difference(before, {task: rate + 0.5 for task, rate in before.items()}) == (0.5, 0.5, 0.5)


def test_the_interval_of_a_difference_is_over_tasks_and_not_over_samples():
    # differences 1, 0, 0, 0: mean 1/4; resampling 4 of them is Binomial(4, 1/4) / 4, whose 2.5 % quantile is 0
    # (P(0) = 0.316) and whose 97.5 % quantile is 3/4 (P(<= 2) = 0.949, P(<= 3) = 0.996)
    before = dict.fromkeys("abcd", 0.0)
    assert paired_difference(before, {**before, "a": 1.0}) == (0.25, 0.0, 0.75)


def test_only_tasks_of_both_sides_are_compared():
    # b failed because of us on one side: only a counts
    assert paired_difference({"a": 0.0, "b": 1.0}, {"a": 1.0}) == (1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="no task was evaluated on both sides"):
        paired_difference({"a": 0.0}, {"b": 1.0})


def test_an_evaluation_counts_what_was_scored_and_leaves_out_what_failed_because_of_us():
    result = EvalResult.of([group("a", 1.0, 0.0, None, 1.0), group("b", 0.0, 0.0, 0.0, 1.0, level="2")], samples=4)
    # a: 2 of 3 scored; b: 1 of 4
    assert result.rates == {"a": pytest.approx(2 / 3), "b": 1 / 4}
    assert result.unscored == 1
    summary = result.summary()
    assert (summary["tasks"], summary["completions"]) == (2, 7)
    assert summary["pass@1"] == pytest.approx(3 / 7)
    # pass@4 needs four scored samples, which only b has: one of the four passed
    assert summary["pass@4"] == 1.0
    assert result.summary("2")["pass@1"] == 1 / 4
    assert math.isnan(result.summary("1")["pass@4"])


def test_a_task_without_any_scored_completion_has_no_rate():
    result = EvalResult.of([group("a", None, None)], samples=2)
    assert result.rates == {}
    assert result.unscored == 2
    assert math.isnan(result.summary()["pass@1"])


def test_step_metrics_are_means_over_the_scored_members_of_all_groups():
    # scored: 1, 0, 0.5 (mean 1/2, one of three passed); the failed judgement counts nowhere
    numbers = step_metrics([group("a", 1.0, None), group("b", 0.0, 0.5)])
    assert numbers["reward"] == pytest.approx(0.5)
    assert numbers["pass_rate"] == pytest.approx(1 / 3)
    assert numbers["completion_length"] == 2
    assert numbers["term/right"] == pytest.approx(0.5)


def test_the_shares_of_a_step_are_of_all_its_groups_and_completions():
    whole = trajectory("b", 0.0)
    cut_short = replace(whole.turns[0].completion, finish_reason=FinishReason.LENGTH)
    cut = replace(whole, turns=(replace(whole.turns[0], completion=cut_short),))
    groups = (
        group("a", 1.0, 0.0, None),
        Group(task_id="b", trajectories=(cut, whole, whole)),
    )
    numbers = step_numbers(Sampled(groups=groups, learned=groups[:1], cursor=2), policy_version=0)
    # all of b earned the same; one of six was cut off, and one could not be judged
    assert numbers["zero_variance_share"] == 1 / 2
    assert numbers["truncated_share"] == pytest.approx(1 / 6)
    assert numbers["unscored_share"] == pytest.approx(1 / 6)
    assert numbers["groups_learned"] == 1


def test_the_effective_sample_share_is_kishs():
    weights = torch.tensor([1.0, 1.0, 2.0])
    # (1 + 1 + 2)^2 / (3 (1 + 1 + 4))
    assert effective_sample_share(4.0, float(weights.square().sum()), 3.0) == pytest.approx(16 / 18)
    assert effective_sample_share(3.0, 3.0, 3.0) == 1.0
    assert effective_sample_share(0.0, 0.0, 3.0) == 0.0


def test_a_step_in_which_every_judgement_failed_has_no_reward_and_not_zero():
    assert math.isnan(step_metrics([group("a", None, None)])["reward"])


def with_audit(task_id, *scores, weight=0.0):
    """A group of pairs (training score, audit score), the latter None where nothing was audited."""
    members = []
    for score, audit in scores:
        terms = {"right": RewardTerm(score=score)}
        if audit is not None:
            terms["audit"] = RewardTerm(score=audit, weight=weight)
        reward = RewardBreakdown(terms=terms, passed=score == 1.0)
        members.append(replace(trajectory(task_id, score), reward=reward))
    return Group(task_id=task_id, trajectories=tuple(members))


def test_the_hacking_gap_is_the_training_score_less_the_audit_score_of_what_was_audited():
    numbers = step_metrics([with_audit("a", (1.0, 1.0), (1.0, 0.0), (0.0, None)), with_audit("b", (0.5, 0.5))])
    # audited: 1, 1 and 0.5 in training (mean 5/6), 1, 0 and 0.5 in the audit (mean 1/2)
    assert numbers["audited"] == 3
    assert numbers["audit"] == pytest.approx(1 / 2)
    assert numbers["hacking_gap"] == pytest.approx(1 / 3)
    assert numbers["reward"] == pytest.approx(2.5 / 4)


def test_without_an_audit_there_is_no_gap_and_a_term_that_is_learned_from_is_no_audit():
    assert not {"audited", "audit", "hacking_gap"} & step_metrics([group("a", 1.0, 0.0)]).keys()
    assert not {"audited", "audit", "hacking_gap"} & step_metrics([with_audit("a", (1.0, 0.0), weight=0.5)]).keys()


def test_an_evaluation_has_the_gap_of_all_its_tasks_and_keeps_it():
    result = EvalResult.of([with_audit("a", (1.0, 1.0), (1.0, 0.0)), with_audit("b", (0.0, None), (1.0, 1.0))], 2)
    assert result.summary()["audited"] == 3
    assert result.summary()["hacking_gap"] == pytest.approx(1 / 3)
    assert "audited" not in result.summary("1")
    assert EvalResult(**json.loads(json.dumps(asdict(result)))) == result
    assert "hacking gap 0.333 of 3 audited" in str(results_table(result, "").caption)
    assert EvalResult.of([group("a", 1.0)], samples=1).audit == {}


def test_lines_after_the_checkpoint_and_a_half_written_one_are_dropped_on_resume(tmp_path):
    with MetricsWriter(tmp_path) as writer:
        for step in (1, 2, 3):
            writer.write("metrics", step, {"reward": step / 10})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "rew')
    with MetricsWriter(tmp_path, first_step=3) as writer:
        writer.write("metrics", 3, {"reward": 0.9})
    assert read_lines(tmp_path / "metrics.jsonl") == [
        {"step": 1, "reward": 0.1},
        {"step": 2, "reward": 0.2},
        {"step": 3, "reward": 0.9},
    ]


@pytest.mark.parametrize(
    ("content", "line"), [(b'{"step": 1}\n5\n', 2), (b"\xff\xfe\n", 1), (b'{"reward": 1.0}\n', 1), (b'{"step": 1\n', 1)]
)
@pytest.mark.parametrize("name", ["metrics.jsonl", "timing.jsonl"])
def test_a_line_that_no_run_writes_is_told_by_file_and_number(name, content, line, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    for read in (read_lines, read_whole_lines, lambda path: MetricsWriter(path.parent, first_step=9)):
        with pytest.raises(ConfigError, match=f"{path}' is damaged: line {line} is no JSON object with a step"):
            read(path)
    assert path.read_bytes() == content


def test_a_last_line_counts_as_soon_as_it_is_whole(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2')
    assert read_whole_lines(path) == [{"step": 1}]
    path.write_text('{"step": 1}\n{"step": 2}')
    assert read_whole_lines(path) == [{"step": 1}, {"step": 2}]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"samples": 1, "passes": {"a": 2}, "scored": {"a": 1}}'])
def test_an_evaluation_that_is_none_is_told_by_its_file(content, tmp_path):
    path = tmp_path / "eval_000000.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=f"{path}' is not the result of an evaluation"):
        read_evaluation(path)


def test_every_line_is_json_that_strict_readers_take(tmp_path):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    with MetricsWriter(tmp_path) as writer:
        writer.write("metrics", 1, step_metrics([group("a", None, None)]))
    [line] = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line, parse_constant=refuse)["reward"] is None


def test_a_failure_while_lines_are_cut_back_loses_none(tmp_path, monkeypatch):
    with MetricsWriter(tmp_path) as writer:
        writer.write("metrics", 1, {"reward": 0.5})
    before = (tmp_path / "metrics.jsonl").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        MetricsWriter(tmp_path, first_step=2)
    assert (tmp_path / "metrics.jsonl").read_bytes() == before


def test_numbers_reach_tensorboard(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with MetricsWriter(tmp_path, trackers=["tensorboard"]) as writer:
        writer.write("transcripts", 1, {"reward": 1.0, "task_id": "of one episode: no curve"})
        writer.track("heldout", 1, {"pass@1": 0.5})
        writer.write("metrics", 1, {"reward": 0.25, "note": "text is left out"})
        writer.write("metrics", 2, {"reward": 0.75})
    board = EventAccumulator(str(tmp_path / "tensorboard"))
    board.Reload()
    assert [(event.step, event.value) for event in board.Scalars("metrics/reward")] == [(1, 0.25), (2, 0.75)]
    assert [(event.step, event.value) for event in board.Scalars("heldout/pass@1")] == [(1, 0.5)]
    assert sorted(board.Tags()["scalars"]) == ["heldout/pass@1", "metrics/reward"]


def measured(task_id, *numbers, gene="A"):
    """A group of completions that were measured."""
    members = []
    for measures in numbers:
        reward = RewardBreakdown(terms={"rank": RewardTerm(score=1.0)}, passed=bool(measures["top"]), measures=measures)
        member = trajectory(task_id, 1.0)
        members.append(replace(member, reward=reward, tags={"level": "1", "gene": gene}))
    return Group(task_id=task_id, trajectories=tuple(members))


def test_step_metrics_hold_the_mean_of_each_measure_over_the_completions_that_have_it():
    numbers = step_metrics(
        [measured("a", {"top": 1.0, "rank": 1.0}, {"top": 0.0}), measured("b", {"top": 0.0, "rank": 4.0})]
    )
    assert numbers["measure/top"] == pytest.approx(1 / 3)
    assert numbers["measure/rank"] == pytest.approx(5 / 2)


def test_an_evaluation_reports_measures_and_shares_with_their_intervals_and_keeps_them():
    groups = [
        measured("a", {"top": 1.0, "length": 2.0, "rank": 1.0}, {"top": 0.0, "length": 4.0}),
        measured("b", {"top": 0.0, "length": 1.0}, {"top": 0.0, "length": 1.0}, gene="B"),
    ]
    result = EvalResult.of(groups, samples=2)
    assert result.measures == {"top": {"a": 0.5, "b": 0.0}, "length": {"a": 3.0, "b": 1.0}, "rank": {"a": 1.0}}
    # lengths are no shares, and a rank is there for one completion only
    assert result.shares == ["top"]
    assert result.summary()["measure/top"] == 1 / 4
    assert result.summary()["measure/length"] == 2.0
    # 1 of 4, residuals 1 - 2/4 and 0 - 2/4: v = (1/4 + 1/4) / 4^2 * 2 = 1/16, and 3/16 / v = 3 trials
    assert result.share_interval("top") == wilson_interval(3 / 4, 3)
    assert EvalResult(**json.loads(json.dumps(asdict(result)))) == result
    table = measures_table(result)
    assert [next(iter(column.cells)) for column in table.columns] == ["top", "0.250", "0.037 - 0.744"]


def test_a_rate_by_tag_counts_each_value_of_the_tag_once():
    groups = [measured(task, {"top": 1.0}, gene="A") for task in "abc"]
    groups += [measured(f"other {gene}", {"top": 0.0}, gene=gene) for gene in "BCDEFGH"]
    summary = EvalResult.of(groups, samples=1).summary()
    # three tasks of A are solved and one each of seven others is not: 3/10 over tasks, 1/8 over genes
    assert (summary["pass@1"], summary["pass@1 by gene"]) == (3 / 10, 1 / 8)
    # of a tag with few values, such as a style, no mean is taken
    assert "pass@1 by gene" not in EvalResult.of(groups[:5], samples=1).summary()


def test_an_evaluation_that_was_written_before_there_were_measures_is_still_read():
    old = {
        "samples": 1,
        "passes": {"a": 1},
        "scored": {"a": 1},
        "levels": {"a": "1"},
        "mean_length": 2.0,
        "truncated": 0.0,
    }
    assert EvalResult(**old).summary()["pass@1"] == 1.0
    assert measures_table(EvalResult(**old)) is None


def test_two_evaluations_are_compared_task_by_task(tmp_path, capsys):
    paths = []
    for name, tops in (("before", (0.0, 0.0)), ("after", (1.0, 1.0))):
        result = EvalResult.of([measured(task, {"top": top}) for task, top in zip("ab", tops, strict=True)], samples=1)
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(asdict(result)))
    numbers = [read_numbers(path) for path in paths]
    assert numbers[1] == {"pass@1": {"a": 1.0, "b": 1.0}, "top": {"a": 1.0, "b": 1.0}}
    cells = [list(column.cells) for column in comparison(*numbers, "x").columns]
    assert cells == [["pass@1", "top"], ["0.000"] * 2, ["1.000"] * 2, ["+1.000"] * 2, ["+1.000 to +1.000"] * 2]
    assert compare.main([str(path) for path in paths]) == 0
    assert compare.main([str(paths[0]), str(tmp_path)]) == 2
    assert "holds no evaluation" in capsys.readouterr().err


def test_a_bootstrap_over_many_tasks_takes_little_memory():
    many = {str(index): float(index % 2) for index in range(20_000)}
    mean, low, high = paired_difference(dict.fromkeys(many, 0.0), many, resamples=300)
    # the share is 1/2, its standard deviation sqrt(1/4 / 20,000) = 0.0035
    assert mean == 0.5
    assert (low, high) == pytest.approx((0.493, 0.507), abs=0.003)
