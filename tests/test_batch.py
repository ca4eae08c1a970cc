from dataclasses import replace
from itertools import islice

import pytest
import torch

from agents.advantage import each, group, group_std
from agents.algorithms import ALGORITHMS
from agents.batch import BatchPlan, count, join, make_batches, pack, visibility
from agents.core import Completion, FinishReason, Group, Trajectory, TrajectoryStatus, Turn
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import LossSettings
from agents.models import tiny_model
from envs import RewardBreakdown, RewardTerm

EOS = 1
TEMPERATURE = 0.7


def turn(context, completion, logprob=-1.0, finish=FinishReason.STOP):
    sampled = Completion(
        token_ids=tuple(completion), logprobs=(logprob,) * len(completion), finish_reason=finish, policy_version=0
    )
    return Turn(context_ids=tuple(context), completion=sampled, text="")


def episode(reward, *turns, task_id="t"):
    truncated = turns[-1].completion.finish_reason is FinishReason.LENGTH
    scored = TrajectoryStatus.TRUNCATED if truncated else TrajectoryStatus.OK
    return Trajectory(
        task_id=task_id,
        turns=turns,
        status=TrajectoryStatus.ERROR if reward is None else scored,
        reward=None if reward is None else RewardBreakdown(terms={"right": RewardTerm(score=reward)}),
    )


def simple_group(*rewards):
    """Members that differ in their second token, so that a row shows who is in it."""
    return Group(
        task_id="t",
        trajectories=tuple(episode(reward, turn([2, 9], [20 + n, EOS])) for n, reward in enumerate(rewards)),
    )


def make_batch(groups, advantages, **options):
    """The one batch of a step with a single update, and what became of its groups."""
    plan = BatchPlan(advantages=each(advantages), **options)
    (batch,) = make_batches(groups, plan)
    return batch, count(groups)


def scored(batch):
    """Every scored token with its advantage, in order."""
    return [
        (token, round(advantage, 4))
        for row in batch.rows
        for token, advantage in zip(row.target_N.tolist(), row.advantages_N.tolist(), strict=True)
    ]


def test_two_members_are_laid_out_behind_one_copy_of_their_prompt():
    # prompt 7 8 9; member 0 sampled 20 1; member 1 sampled 21, was told 30 31, and sampled 22 23 1
    first = episode(1.0, turn([7, 8, 9], [20, EOS], -0.5))
    second = episode(0.0, turn([7, 8, 9], [21], -0.25), turn([30, 31], [22, 23, EOS], -2.0))
    row = pack([(first, 0.75), (second, -0.5)])
    #                                    0  1  2   3  4   5   6   7   8   9  10
    assert row.token_ids_T.tolist() == [7, 8, 9, 20, 1, 21, 30, 31, 22, 23, 1]
    assert row.position_ids_T.tolist() == [0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8]
    assert row.member_T.tolist() == [-1, -1, -1, 0, 0, 1, 1, 1, 1, 1, 1]
    # the end-of-sequence tokens are scored; 30 and 31, which the environment said, are not
    assert row.target_N.tolist() == [20, 1, 21, 22, 23, 1]
    # each is predicted by the token before it in its own sequence: the first ones by the prompt's last, at index 2
    assert row.predictor_N.tolist() == [2, 3, 2, 7, 8, 9]
    assert row.behaviour_logprobs_N.tolist() == [-0.5, -0.5, -0.25, -2.0, -2.0, -2.0]
    assert row.advantages_N.tolist() == [0.75, 0.75, -0.5, -0.5, -0.5, -0.5]


def test_a_token_sees_the_prompt_and_the_earlier_tokens_of_its_own_member():
    row = pack([(episode(1.0, turn([7, 8], [20, EOS])), 1.0), (episode(0.0, turn([7, 8], [21, EOS])), -1.0)])
    assert visibility(row).int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 1, 1],
    ]


def test_groups_that_are_joined_stand_one_behind_the_other_and_see_nothing_of_each_other():
    first = pack([(episode(1.0, turn([7, 8], [20, EOS])), 1.0), (episode(0.0, turn([7, 8], [21])), -1.0)])
    second = pack([(episode(1.0, turn([9], [22, EOS])), 0.5)])
    row = join([first, second])
    #                                    0  1   2  3   4  5   6  7
    assert row.token_ids_T.tolist() == [7, 8, 20, 1, 21, 9, 22, 1]
    assert row.position_ids_T.tolist() == [0, 1, 2, 3, 2, 0, 1, 2]
    assert row.member_T.tolist() == [-1, -1, 0, 0, 1, -1, 2, 2]
    assert row.group_T.tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert row.predictor_N.tolist() == [1, 2, 1, 5, 6]
    assert row.target_N.tolist() == [20, 1, 21, 22, 1]
    assert row.sequence_N.tolist() == [0, 0, 1, 2, 2]
    assert row.advantages_N.tolist() == [1.0, 1.0, -1.0, 0.5, 0.5]
    expected = torch.zeros(8, 8, dtype=torch.bool)
    expected[:5, :5], expected[5:, 5:] = visibility(first), visibility(second)
    assert torch.equal(visibility(row), expected)
    # joined again, it is what all three make
    assert torch.equal(join([row, first]).predictor_N, torch.tensor([1, 2, 1, 5, 6, 9, 10, 9]))
    assert join([row, first]).group_T.tolist()[-5:] == [2] * 5


def test_small_groups_share_rows_and_a_token_weighs_what_it_does_alone():
    groups = [simple_group(1, 0), simple_group(0, 1, 0), simple_group(1, 0)]  # of 6, 8 and 6 tokens with their prompts
    together, _ = make_batch(groups, group, row_tokens=14, aggregate="sequence")
    assert [len(row.token_ids_T) for row in together.rows] == [14, 6]
    assert [int(row.group_T.max()) for row in together.rows] == [1, 0]
    apart, _ = make_batch(groups, group, row_tokens=8, aggregate="sequence")
    assert sorted(len(row.token_ids_T) for row in apart.rows) == [6, 6, 8]
    assert sorted(torch.cat([row.weights_N for row in together.rows]).tolist()) == sorted(
        torch.cat([row.weights_N for row in apart.rows]).tolist()
    )


def test_groups_share_no_row_where_a_process_would_be_left_without_one():
    groups = [simple_group(1, 0) for _ in range(4)]  # of 6 tokens each
    for processes, sizes in ((1, [24]), (2, [12, 12]), (3, [6] * 4), (4, [6] * 4), (8, [6] * 4)):
        batch, _ = make_batch(groups, group, row_tokens=100, processes=processes)
        assert [len(row.token_ids_T) for row in batch.rows] == sizes


def test_members_that_do_not_share_their_prompt_are_refused():
    with pytest.raises(ValueError, match="do not share their prompt"):
        pack([(episode(1.0, turn([7], [20])), 1.0), (episode(0.0, turn([8], [20])), -1.0)])


def test_groups_without_variance_are_dropped_and_counted():
    batch, counts = make_batch([simple_group(1, 1, 1), simple_group(1, 0), simple_group(0, 0, 0)], group_std)
    assert (counts.groups, counts.groups_without_signal) == (3, 2)
    # what is left is one group of two members with two tokens each, and the denominator is theirs alone
    assert scored(batch) == [(20, 1.0), (EOS, 1.0), (21, -1.0), (EOS, -1.0)]
    assert batch.scored_tokens == 4


def test_two_solved_and_two_whose_judge_failed_give_no_signal():
    batch, counts = make_batch([simple_group(1, 1, None, None)], group_std)
    assert (batch.rows, batch.scored_tokens) == ((), 0)
    assert (counts.groups_without_signal, counts.trajectories_without_reward) == (1, 2)


def test_a_failed_judgement_leaves_the_baseline_of_its_siblings_alone():
    # the two scored members have mean 1/2 and deviation 1/2: +1 and -1, whatever the two unknown ones would have got
    batch, counts = make_batch([simple_group(1, None, 0, None)], group_std)
    assert scored(batch) == [(20, 1.0), (EOS, 1.0), (22, -1.0), (EOS, -1.0)]
    assert (counts.trajectories, counts.trajectories_without_reward) == (4, 2)


@pytest.mark.parametrize("rewards", [(1,), (0,), (1, None), (None, None), (None,)])
def test_fewer_than_two_scored_members_have_no_sibling_to_be_compared_with(rewards):
    batch, counts = make_batch([simple_group(*rewards)], group_std)
    assert (batch.rows, counts.groups_without_signal) == ((), 1)


@pytest.mark.parametrize("aggregate", ["token", "sequence", "constant"])
@pytest.mark.parametrize("keep_silent", [False, True])
def test_a_member_that_said_nothing_is_not_run_but_counts_in_baseline_and_denominator(aggregate, keep_silent):
    empty = episode(0.0, turn([2, 9], []))
    options = {"aggregate": aggregate, "keep_silent": keep_silent, "row_tokens": 1, "max_new_tokens": 4}
    said = episode(1.0, turn([2, 9], [20, EOS]))
    batch, _ = make_batch([Group(task_id="t", trajectories=(empty, said))], group, **options)
    assert scored(batch) == [(20, 0.5), (EOS, 0.5)]
    weight = {"token": 1 / 2, "sequence": 1 / 4, "constant": 1 / 8}[aggregate]
    assert batch.rows[0].weights_N.tolist() == pytest.approx([weight] * 2)
    nothing = Group(task_id="t", trajectories=(empty, episode(1.0, turn([2, 9], []))))
    assert make_batch([nothing], group, **options)[0].rows == ()


def test_a_member_as_good_as_the_average_is_not_run_but_counts_in_the_denominator():
    # rewards 1, 1/2, 0: advantages 1/2, 0, -1/2, of two tokens each: the mean is over six tokens
    batch, _ = make_batch([simple_group(1, 0.5, 0)], group)
    assert (batch.scored_tokens, batch.sequences) == (6, 3)
    assert scored(batch) == [(20, 0.5), (EOS, 0.5), (22, -0.5), (EOS, -0.5)]
    assert batch.rows[0].weights_N.tolist() == pytest.approx([1 / 6] * 4)


def truncated_group():
    return Group(
        task_id="t",
        trajectories=(
            episode(1.0, turn([2], [20, EOS])),
            episode(0.0, turn([2], [21, 22], finish=FinishReason.LENGTH)),
            episode(0.0, turn([2], [23, EOS])),
        ),
    )


def test_truncated_completions_are_learned_from_unless_told_otherwise():
    batch, counts = make_batch([truncated_group()], group)
    assert counts.trajectories_truncated == 1
    assert [token for token, _ in scored(batch)] == [20, EOS, 21, 22, 23, EOS]


def test_truncated_completions_that_are_not_learned_from_stay_in_the_baseline():
    # mean 1/3 over all three: the truncated one lowers it, though its tokens are not scored
    batch, _ = make_batch([truncated_group()], group, learn_from_truncated=False)
    assert scored(batch) == [(20, 0.6667), (EOS, 0.6667), (23, -0.3333), (EOS, -0.3333)]


@pytest.mark.parametrize(("row_tokens", "sizes"), [(100, [10]), (6, [6, 6]), (8, [8, 4]), (4, [4] * 4), (1, [4] * 4)])
def test_a_group_longer_than_a_row_is_split_between_members_with_the_prompt_in_each(row_tokens, sizes):
    # prompt of 2, four members of 2 tokens; a single member is never cut, however short the row
    batch, _ = make_batch([simple_group(1, 0, 1, 0)], group, row_tokens=row_tokens)
    assert [len(row.token_ids_T) for row in batch.rows] == sizes
    assert batch.scored_tokens == 8
    assert all(row.token_ids_T[:2].tolist() == [2, 9] for row in batch.rows)
    assert [token for token, _ in scored(batch)] == [20, EOS, 21, EOS, 22, EOS, 23, EOS]


def test_members_behind_a_prompt_longer_than_a_row_still_share_it():
    # a prompt of 50 and rows of 8: room for 4 tokens, so two members of two tokens in each
    group_of_four = Group(
        task_id="t",
        trajectories=tuple(episode(n % 2, turn([2] * 50, [20 + n, EOS])) for n in range(4)),
    )
    batch, _ = make_batch([group_of_four], group, row_tokens=8)
    assert [len(row.token_ids_T) for row in batch.rows] == [54, 54]


# ---- the packed path against one sequence at a time


def groups_of_all_kinds():
    """Several turns, a truncated end, different lengths and a failed judgement, over the tiny model's vocabulary."""
    generator = torch.Generator().manual_seed(5)

    def ids(count):
        return torch.randint(3, 90, (count,), generator=generator).tolist()

    prompt, other = ids(6), ids(3)
    return [
        Group(
            task_id="a",
            trajectories=(
                episode(1.0, turn(prompt, [*ids(4), EOS], -4.0)),
                episode(0.0, turn(prompt, [*ids(2), EOS], -4.5), turn(ids(3), [*ids(3), EOS], -5.0)),
                episode(None, turn(prompt, ids(3))),
                episode(0.0, turn(prompt, ids(7), -4.2, FinishReason.LENGTH)),
            ),
        ),
        Group(
            task_id="b",
            trajectories=(episode(0.0, turn(other, [EOS], -4.4)), episode(0.5, turn(other, [*ids(9), EOS], -4.6))),
        ),
    ]


def with_logprobs(member, logprobs):
    """The same episode as another sampler would have reported it."""
    turns, left = [], iter(logprobs.tolist())
    for one in member.turns:
        told = tuple(islice(left, len(one.completion.token_ids)))
        turns.append(replace(one, completion=replace(one.completion, logprobs=told)))
    return replace(member, turns=tuple(turns))


def make_learner(loss="grpo", *, loss_settings=None, reference=None, **changes):
    settings = {
        "learning_rate": 0.0, "warmup_steps": 0, "weight_decay": 0.0, "betas": (0.9, 0.95), "max_grad_norm": 1e9
    }  # fmt: skip
    return PolicyLearner(
        tiny_model().model,
        surrogate=ALGORITHMS[loss].surrogate,
        temperature=TEMPERATURE,
        settings=OptimizerSettings(**{**settings, **changes}),
        loss=loss_settings or LossSettings(),
        reference=reference,
    )


def gradients(learner, batch):
    """Parameter gradients of the batch's loss; caught on their way into the optimizer."""
    caught = {}

    def catch(*_):
        caught.update({name: value.grad.clone() for name, value in learner.model.named_parameters()})

    handle = learner.optimizer.register_step_pre_hook(catch)
    learner.update(batch)
    handle.remove()
    return caught


def plain_logprobs(model, trajectory):
    """Log-probabilities of what was sampled, from the whole conversation in one forward pass without any packing."""
    ids, is_sampled = [], []
    for one in trajectory.turns:
        ids += [*one.context_ids, *one.completion.token_ids]
        is_sampled += [False] * len(one.context_ids) + [True] * len(one.completion.token_ids)
    logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0] / TEMPERATURE
    everything = torch.log_softmax(logits, dim=1)
    return torch.stack([everything[place - 1, ids[place]] for place in range(len(ids)) if is_sampled[place]])


def plain_gradients(groups, advantages_by_group):
    """GRPO as the papers write it, one sequence at a time; the sum over all tokens is divided by their number."""
    model = tiny_model().model
    total, tokens = 0.0, 0
    for one, advantages in zip(groups, advantages_by_group, strict=True):
        for member, advantage in zip(one.scored, advantages, strict=True):
            behaviour = [value for part in member.turns for value in part.completion.logprobs]
            ratio = (plain_logprobs(model, member) - torch.tensor(behaviour)).exp()
            total = total - torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.28) * advantage).sum()
            tokens += len(behaviour)
    (total / tokens).backward()
    return {name: value.grad for name, value in model.named_parameters()}


def test_packed_log_probabilities_are_those_of_one_sequence_at_a_time():
    learner = make_learner()
    batch, _ = make_batch(groups_of_all_kinds(), group)
    packed = torch.cat([learner.logprobs(row)[0] for row in batch.rows])
    # in a row the longest member comes first: 9 tokens with two turns, 7, 5; and 10 before 1
    first, second = (one.scored for one in groups_of_all_kinds())
    members = [first[1], first[2], first[0], second[1], second[0]]
    plain = torch.cat([plain_logprobs(learner.model, member) for member in members])
    torch.testing.assert_close(packed, plain, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("row_tokens", [1000, 18, 1])
def test_packed_gradients_are_those_of_one_sequence_at_a_time_however_rows_are_cut(row_tokens):
    # group a: rewards 1, 0, 0 (mean 1/3); group b: 0 and 1/2 (mean 1/4)
    groups = groups_of_all_kinds()
    batch, _ = make_batch(groups, group, row_tokens=row_tokens)
    expected = plain_gradients(groups, [[2 / 3, -1 / 3, -1 / 3], [-1 / 4, 1 / 4]])
    assert max(float(value.abs().max()) for value in expected.values()) > 1e-2
    for name, value in gradients(make_learner(), batch).items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("loss", ALGORITHMS)
def test_feedback_and_prompt_tokens_carry_no_gradient_of_their_own(loss):
    # the token before the feedback predicts it: its hidden state must not be among the predictors
    row = pack([(episode(1.0, turn([7, 8], [20]), turn([30, 31], [EOS])), 1.0)])
    assert row.target_N.tolist() == [20, EOS]
    assert row.predictor_N.tolist() == [1, 4]
    hidden_gradient = []
    learner = make_learner(loss)
    learner.model.model.norm.register_full_backward_hook(lambda *arguments: hidden_gradient.append(arguments[2][0]))
    batch, _ = make_batch([Group(task_id="t", trajectories=(
        episode(1.0, turn([7, 8], [20]), turn([30, 31], [EOS])), episode(0.0, turn([7, 8], [EOS]))
    ))], group)  # fmt: skip
    learner.update(batch)
    #                 7      8     20     30     31      1      1
    assert hidden_gradient[0][0].abs().sum(1).gt(0).tolist() == [False, True, False, False, True, False, False]


def test_a_batch_without_a_scored_token_changes_no_weight_and_is_no_step():
    learner = make_learner(learning_rate=1.0)
    before = {name: value.clone() for name, value in learner.model.state_dict().items()}
    batch, _ = make_batch([simple_group(1, 1)], group)
    assert learner.update(batch)["grad_norm"] == 0.0
    assert learner.policy_version == 0
    assert all(torch.equal(value, before[name]) for name, value in learner.model.state_dict().items())


def test_a_log_probability_that_was_not_reported_is_the_learners_own_in_what_a_divergence_costs():
    settings = LossSettings(kl_weight=0.5, kl_in="reward")
    learner = make_learner(loss_settings=settings, reference=tiny_model(seed=3).model)
    members = [member for member in groups_of_all_kinds()[0].trajectories if member.reward is not None]
    row = pack([(member, 0.0) for member in members])
    with torch.no_grad():
        own = learner.logprobs(row)[0]
    told = torch.split(own, [member.completion_length for member in members])
    reported, silent = (
        learner.reward_divergences([with_logprobs(*one) for one in zip(members, logprobs, strict=True)])
        for logprobs in (told, [torch.full_like(part, torch.nan) for part in told])
    )
    assert silent == pytest.approx(reported, abs=1e-5)
    assert all(abs(lost) > 1e-3 for lost in silent)


def test_the_learning_rate_rises_linearly_over_the_warm_up():
    # 3 steps to 0.6: 0.2, 0.4, 0.6, 0.6
    learner = make_learner(learning_rate=0.6, warmup_steps=3, max_grad_norm=1e-12)
    batch, _ = make_batch([simple_group(1, 0)], group)
    assert [round(learner.update(batch)["learning_rate"], 6) for _ in range(4)] == [0.2, 0.4, 0.6, 0.6]


def test_a_gradient_that_is_not_finite_is_an_error_and_no_step():
    learner = make_learner(learning_rate=1.0)
    before = {name: value.clone() for name, value in learner.model.state_dict().items()}
    rows = Group(task_id="t", trajectories=(
        episode(1.0, turn([2], [20], -500.0)), episode(0.0, turn([2], [21], -500.0))
    ))  # fmt: skip
    batch, _ = make_batch([rows], group)
    with pytest.raises(FloatingPointError, match="gradient of step 1 is not finite"):
        learner.update(batch)
    assert learner.policy_version == 0
    assert all(torch.equal(value, before[name]) for name, value in learner.model.state_dict().items())


def test_a_learner_goes_on_from_its_state_exactly_where_it_was():
    batch, _ = make_batch(groups_of_all_kinds(), group)
    whole, first = make_learner(learning_rate=1e-2), make_learner(learning_rate=1e-2)
    for _ in range(4):
        whole.update(batch)
    for _ in range(2):
        first.update(batch)
    second = make_learner(learning_rate=1e-2)
    second.load_state_dict(first.state_dict())
    for _ in range(2):
        second.update(batch)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name


def test_dropout_does_not_make_the_learner_disagree_with_the_sampler():
    # a model configured with dropout samples without it, so it must be learned from without it
    learner = make_learner()
    batch, _ = make_batch(groups_of_all_kinds(), group)
    expected = learner.update(batch)["kl_to_sampler"]
    for module in learner.model.modules():
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.5
    assert learner.update(batch)["kl_to_sampler"] == pytest.approx(expected, rel=1e-5)
