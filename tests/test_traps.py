"""The known traps of a learner of this kind, each with a test: those below, and those elsewhere that `SHOWN` names."""

import ast
import math
import re
from dataclasses import fields
from pathlib import Path

import bandits
import numpy as np
import pytest
import torch
from test_batch import EOS, TEMPERATURE, episode, gradients, groups_of_all_kinds, plain_logprobs, simple_group, turn

from agents.advantage import ADVANTAGES, batch, each, group, group_std
from agents.algorithms import ALGORITHMS
from agents.backends.transformers import TransformersBackend
from agents.batch import AGGREGATES, BatchPlan, is_truncated, make_batches
from agents.core import FinishReason, Group, Sampling
from agents.feed import Feed, FeedSettings
from agents.learner import OffPolicy, OptimizerSettings, PolicyLearner, merged
from agents.logprob import token_logprobs
from agents.losses import clip
from agents.metrics import step_numbers
from agents.models import load_model, tiny_model

# trap -> tests in other files; all others are in this file and in test_traps_kl.py, marked with their number
SHOWN = {
    1: ["test_packed_gradients_are_those_of_one_sequence_at_a_time_however_rows_are_cut"],  # normaliser by micro-batch
    3: ["test_equal_rewards_give_exactly_nothing_though_their_floating_mean_may_differ_from_them"],  # zero variance
    4: ["test_a_member_alone_gets_nothing_and_no_nan"],  # a group of one
    5: ["test_a_failed_judgement_leaves_the_baseline_of_its_siblings_alone"],  # incomplete groups
    8: [  # temperature
        "test_log_probabilities_are_those_of_the_learner_at_every_temperature",
        "test_a_lower_temperature_divides_the_logits_and_not_the_log_probabilities",
    ],
    11: [  # text that is encoded again
        "test_what_was_sampled_is_kept_although_its_text_would_be_encoded_differently",
        "test_an_episode_is_its_context_what_was_sampled_and_the_reply_token_for_token",
    ],
    12: ["test_feedback_and_prompt_tokens_carry_no_gradient_of_their_own"],  # the environment's tokens
    13: [  # the end token, when it also pads
        "test_two_members_are_laid_out_behind_one_copy_of_their_prompt",
        "test_end_tokens_inside_a_prompt_are_read_like_any_other",
    ],
    14: [  # several end tokens
        "test_any_of_several_end_tokens_ends_a_completion_and_no_other_draw_changes",
        "test_every_end_of_sequence_id_that_a_model_declares_ends_a_completion",
    ],
    15: [  # truncated completions
        "test_truncated_completions_are_learned_from_unless_told_otherwise",
        "test_truncated_completions_that_are_not_learned_from_stay_in_the_baseline",
    ],
    17: ["test_a_masked_token_has_no_loss_and_no_slope_whatever_it_holds"],  # masks before exp
    22: ["test_dropout_does_not_make_the_learner_disagree_with_the_sampler"],  # dropout
    23: ["test_new_weights_are_sampled_from_at_once"],  # partial weights
    25: [  # staleness
        "test_completions_carry_the_version_of_the_weights_that_sampled_them",
        "test_the_cases_are_what_they_say",
    ],
    26: ["test_padding_shorter_prompts_changes_nothing"],  # padding and positions
    27: ["test_on_policy_the_loss_is_zero_and_its_gradient_is_not"],  # a loss of 0
    28: ["test_step_metrics_are_means_over_the_scored_members_of_all_groups"],  # means of means
    30: ["test_step_metrics_are_means_over_the_scored_members_of_all_groups"],  # parts of a reward
    32: ["test_a_batch_without_a_scored_token_changes_no_weight_and_is_no_step"],  # nothing to learn from
    33: [  # judging that blocks
        "test_a_grader_that_loops_or_allocates_is_a_fault",
        "test_a_stub_in_an_endless_loop_meets_the_limits",
        "test_the_contract_holds",
    ],
}


def test_every_trap_has_a_test_and_every_test_that_is_named_exists():
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")}
    ours = sources["test_traps.py"] + sources["test_traps_kl.py"]
    marks = re.findall(r"^def test_.*  # ([\d, ]+)$|^# trap (\d+): ", ours, re.MULTILINE)
    here = {int(number) for mark in marks for number in "".join(mark).split(", ")}
    assert SHOWN.keys() | here == set(range(1, 35))
    there = {
        node.name for source in sources.values() for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    assert {name for names in SHOWN.values() for name in names} <= there


def plan(advantages=group, **options):
    return BatchPlan(advantages=each(advantages), **options)


def make_learner(model=None, learning_rate=0.0, **options):
    settings = OptimizerSettings(
        learning_rate=learning_rate, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1e9
    )
    return PolicyLearner(
        model or tiny_model().model, surrogate=clip, temperature=TEMPERATURE, settings=settings, **options
    )


# ---- what a token weighs


@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_micro_batches_do_not_change_the_gradient(aggregate):  # 1
    groups = groups_of_all_kinds()
    whole, *cut = (
        gradients(make_learner(), *make_batches(groups, plan(aggregate=aggregate, row_tokens=tokens)))
        for tokens in (1000, 18, 1)
    )
    for name, value in whole.items():
        for other in cut:
            torch.testing.assert_close(other[name], value, rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize(
    ("aggregate", "weights"),
    # three sequences of 2, 4 and 2 tokens, in rows with the longest first; at most 8 tokens a completion
    [
        ("token", [1 / 8] * 8),
        ("sequence", [1 / 12] * 4 + [1 / 6] * 4),
        ("constant", [1 / 24] * 8),
    ],
)
def test_weights_are_decided_for_the_whole_update_before_it_is_split(aggregate, weights):  # 1
    members = [episode(reward, turn([2], ids)) for reward, ids in ((1, [20, EOS]), (0, [3, 4, 5, EOS]), (0, [21, EOS]))]
    for row_tokens in (100, 5, 1):
        options = plan(aggregate=aggregate, row_tokens=row_tokens, max_new_tokens=8)
        (batch,) = make_batches([Group(task_id="t", trajectories=tuple(members))], options)
        assert torch.cat([row.weights_N for row in batch.rows]).tolist() == pytest.approx(weights)


def test_the_updates_of_a_step_each_have_a_denominator_of_their_own():  # 1
    # groups dealt out in turn: 2 + 3 members of two tokens in the first update, 4 in the second
    groups = [simple_group(1, 0), simple_group(1, 0, 1, 0), simple_group(1, 1, 0)]
    first, second = make_batches(groups, plan(minibatches=2))
    assert (first.scored_tokens, second.scored_tokens) == (10, 8)
    [row] = first.rows  # small groups share one
    assert row.weights_N.tolist() == pytest.approx([1 / 10] * 10)


def test_what_a_correction_rejects_stays_in_the_denominator():  # 2
    # two arms of probability 1/2; the sampler gave arm 1 only 1/20, so its ratio of 10 lies beyond the band
    learner = bandits.make_learner("reinforce", np.zeros(2), correction="banded", learning_rate=0.0)
    pulls = bandits.pulls([0, 1], np.array([1.0, 0.0]), np.array([0.5, 0.05]))
    caught = []
    learner.optimizer.register_step_pre_hook(lambda *_: caught.append(learner.model.head.weight.grad[:, 0].tolist()))
    (batch,) = bandits.batches(learner, [pulls], "reinforce", advantage="group")
    learner.finish([batch], learner.accumulate(batch))
    # arm 0 alone: -A (onehot - p) / N with A = 1/2 and N = 2, not 1
    assert caught[0] == pytest.approx([-0.125, 0.125])


def test_groups_without_variance_and_masked_completions_are_not_in_the_denominator_and_average_members_are():  # 2
    cut = Group(
        task_id="t",
        trajectories=(
            episode(1.0, turn([2], [20, EOS])),
            episode(0.5, turn([2], [22, 23, EOS])),
            episode(0.0, turn([2], [21] * 4, finish=FinishReason.LENGTH)),
        ),
    )
    (kept,) = make_batches([cut, simple_group(1, 1)], plan())
    (masked,) = make_batches([cut, simple_group(1, 1)], plan(learn_from_truncated=False))
    # 2 + 3 + 4, then without the 4; the member of 3 tokens has advantage 0, counts and is not run
    assert (kept.scored_tokens, kept.sequences, kept.run_tokens) == (9, 3, 6)
    assert (masked.scored_tokens, masked.sequences, masked.run_tokens) == (5, 2, 2)


# ---- groups


@pytest.mark.parametrize("name", ["group", "group_std", "leave_one_out"])
def test_a_group_is_itself_whoever_stands_beside_it_even_the_same_task_again(name):  # 6
    groups = [simple_group(1, 0), simple_group(0, 0, 0, 1), simple_group(0, 1, None)]
    options = BatchPlan(advantages=ADVANTAGES[name], row_tokens=6)
    alone = [[row.advantages_N.tolist() for row in make_batches([one], options)[0].rows] for one in groups]
    (together,) = make_batches(groups[::-1], options)
    assert [row.advantages_N.tolist() for row in together.rows] == [row for rows in alone[::-1] for row in rows]


def test_refill_keeps_the_batch_full_and_metrics_are_over_all_that_was_sampled():  # 7
    # tasks 0 1 2 3 ... in the order they come; even ones are always solved, odd ones half of the time
    asked = []

    def play(tasks, sampling, episode_seed):
        asked.append((len(tasks), sampling.seed, episode_seed))
        first = sum(count for count, *_ in asked[:-1])
        return [simple_group(1, n % 2 == 0) for n in range(first, first + len(tasks))]

    def teaches(one):
        return len({member.reward.total for member in one.scored}) > 1

    settings = FeedSettings(seed=0, groups=4, temperature=1.0, max_new_tokens=2, refill=True, rounds=3)
    feed = Feed(["a", "b", "c"], play, teaches, settings)
    sampled = feed.take(1)
    feed.close()
    # 4 give 2, 2 more give 1, 1 more gives none since rounds are up to three: tasks 0-3, 4-5 and 6
    assert [count for count, *_ in asked] == [4, 2, 1]
    assert len({seed for _, seed, _ in asked}) == len({seed for *_, seed in asked}) == 3
    assert (len(sampled.groups), len(sampled.learned), sampled.cursor) == (7, 3, 7)
    numbers = step_numbers(sampled, 0)
    # 7 groups of two, 4 of them all solved: 4 * 2 + 3 of 14 pass, where only half of what is learned from does
    assert numbers["reward"] == numbers["pass_rate"] + 11 / 14 == pytest.approx(11 / 14)
    assert (numbers["groups"], numbers["groups_learned"]) == (7, 3)
    assert numbers["zero_variance_share"] == pytest.approx(4 / 7)


# ---- what is sampled


def test_nothing_but_the_temperature_bends_what_is_drawn(monkeypatch):  # 9, 10
    assert {one.name for one in fields(Sampling)} == {"temperature", "max_new_tokens", "seed", "rows"}
    tiny = tiny_model()
    backend, asked = TransformersBackend(tiny.model, (EOS,)), Sampling(max_new_tokens=12)
    plain = backend.generate([[2, 10]] * 3, asked)
    for name, value in {
        "top_k": 1, "top_p": 0.1, "min_p": 0.5, "repetition_penalty": 9.0, "temperature": 0.1, "min_new_tokens": 12,
        "bad_words_ids": [[20]], "do_sample": False,
    }.items():  # fmt: skip
        setattr(tiny.model.generation_config, name, value)
    assert backend.generate([[2, 10]] * 3, asked) == plain


def test_length_and_entropy_are_of_what_was_sampled_and_not_of_what_was_said_to_the_policy():  # 12
    talk = [episode(reward, turn([7, 8], [20, 21]), turn([30] * 40, [22, EOS])) for reward in (1.0, 0.0)]
    assert [member.completion_length for member in talk] == [4, 4]
    learner = make_learner()
    (batch,) = make_batches([Group(task_id="t", trajectories=tuple(talk))], plan())
    ids = torch.tensor([[7, 8, 20, 21, *[30] * 40, 22, EOS]])
    everything = torch.log_softmax(learner.model(input_ids=ids, use_cache=False).logits[0] / TEMPERATURE, 1)
    entropies = -(everything.exp() * everything).sum(1)[[1, 2, 43, 44]]
    assert learner.accumulate(batch)["entropy"] == pytest.approx(entropies.mean().item(), abs=1e-5)


def test_who_sampled_says_whether_a_completion_is_whole_and_no_id_does():  # 14
    # another id may end a completion elsewhere, and the budget may run out on an id that ends others
    assert not is_truncated(episode(1.0, turn([2], [20, 55])))
    assert is_truncated(episode(1.0, turn([2], [20, EOS], finish=FinishReason.LENGTH)))


def test_the_last_part_of_a_long_completion_costs_more_and_more():  # 15
    # of 10 tokens the last 4 are the buffer: 6 tokens cost nothing, 7 a quarter, 8 half, 10 everything
    lengths, options = (6, 7, 8, 10), plan(max_new_tokens=10, overlong_share=0.4, overlong_penalty=0.5)
    members = tuple(episode(1.0, turn([2], [20] * length)) for length in lengths)
    (batch,) = make_batches([Group(task_id="t", trajectories=members)], options)
    # rewards 1, 0.875, 0.75 and 0.5 have the mean 0.78125; rows hold the longest first
    advantages = torch.cat([row.advantages_N for row in batch.rows]).unique(sorted=True).tolist()
    assert advantages == pytest.approx([-0.28125, -0.03125, 0.09375, 0.21875])


# ---- numbers


def test_half_precision_ends_before_the_softmax():  # 20
    generator = torch.Generator().manual_seed(0)
    hidden, head = (torch.randn(*shape, generator=generator).bfloat16() for shape in ((40, 16), (500, 16)))
    target = torch.randint(500, (40,), generator=generator)
    logprobs, entropies = token_logprobs(hidden, head, target, 0.7)
    exact = torch.log_softmax((hidden @ head.T).double() / 0.7, 1)
    assert logprobs.dtype is entropies.dtype is torch.float32
    torch.testing.assert_close(logprobs.double(), exact.gather(1, target[:, None])[:, 0], rtol=0, atol=1e-5)
    torch.testing.assert_close(entropies.double(), -(exact.exp() * exact).sum(1), rtol=0, atol=1e-5)


def test_rounding_that_a_divergence_leaves_on_equal_rewards_is_no_signal():  # 3
    # what the sampler and the reference say of the same tokens differs by rounding, times the weight of the divergence
    noisy = [0.5 - 1e-8, 0.5, 0.5 + 2e-8, 0.5 - 3e-8]
    assert np.abs(group_std(noisy)).max() < 1e-3
    assert np.abs(np.concatenate(batch([noisy, noisy[::-1]]))).max() < 1e-3
    assert group_std([0.0, 1.0]).tolist() == [-1.0, 1.0]


def test_weights_are_kept_in_single_precision_whatever_they_were_saved_in(tmp_path):  # 21
    tiny = tiny_model()
    tiny.model.bfloat16().save_pretrained(tmp_path)
    tiny.tokenizer.save_pretrained(tmp_path)
    model = load_model(str(tmp_path)).model
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    # the step is 1e-6 for every weight; below 1 the next number of half the precision is 0.004 away
    learner = make_learner(model, learning_rate=1e-6)
    learner.update(*make_batches(groups_of_all_kinds(), plan()))
    assert (model.model.norm.weight != 1.0).all()
    assert (model.model.norm.weight.bfloat16() == 1.0).all()


def test_the_passes_of_the_learner_agree_whatever_mode_somebody_left_the_model_in():  # 22
    learner = make_learner(off_policy=OffPolicy(correction="truncated", epochs=2))
    for module in learner.model.modules():
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.5
    learner.model.train()
    updates = learner.prepare(make_batches(groups_of_all_kinds(), plan()))
    learner.model.train()
    assert learner.accumulate(updates[0])["ratio_deviation"] == 0.0


# ---- weights and what was computed with older ones


def test_the_head_of_a_model_that_is_tied_to_its_embeddings_comes_with_them():  # 23
    other = tiny_model(seed=1)
    weights = {name: value for name, value in other.model.state_dict().items() if name != "lm_head.weight"}
    backend = TransformersBackend(tiny_model().model, (EOS,))
    backend.load_weights(weights, 1)
    (completion,) = backend.generate([[2, 10]], Sampling(max_new_tokens=6, temperature=TEMPERATURE))
    sampled = episode(1.0, turn([2, 10], completion.token_ids))
    assert completion.logprobs == pytest.approx(plain_logprobs(other.model, sampled).tolist(), abs=1e-5)


@pytest.mark.parametrize("wrong", ["model.norm.weight", "model.embed_tokens.weight", "lora"])
def test_weights_that_are_not_all_there_or_have_other_names_are_refused(wrong):  # 23
    weights = dict(tiny_model(seed=1).model.state_dict())
    if wrong.endswith("embed_tokens.weight"):
        del weights["lm_head.weight"]
    weights["adapter"] = weights.pop(wrong, torch.zeros(1))
    model = tiny_model().model
    with pytest.raises(ValueError, match="these weights are not those of the model: adapter"):
        TransformersBackend(model, (EOS,)).load_weights(weights, 1)
    expected = tiny_model().model.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in model.state_dict().items())


def test_nothing_that_older_weights_computed_is_used_again():  # 24
    model, prompts, asked = tiny_model().model, [[2, 10, 11]] * 4, Sampling(max_new_tokens=5)
    backend = TransformersBackend(model, (EOS,))
    backend.generate(prompts, asked)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5)
    assert backend.generate(prompts, asked) == TransformersBackend(model, (EOS,)).generate(prompts, asked)


def test_old_and_sampling_probabilities_are_kept_apart():  # 19
    # the policy gives both arms 1/2, the sampler gave them 1/4 and 3/4: importance 2 and 2/3, in the mean 4/3
    pulls = bandits.pulls([0, 1], np.array([1.0, 0.0]), np.array([0.25, 0.75]))
    seen = {}
    for correction in ("truncated", "none"):
        learner = bandits.make_learner("grpo", np.zeros(2), correction=correction)
        (batch,) = learner.prepare(bandits.batches(learner, [pulls], "grpo"))
        seen[correction] = learner.accumulate(batch)
    assert seen["truncated"]["importance"] == pytest.approx(4 / 3)
    assert seen["truncated"]["ratio_deviation"] == seen["truncated"]["clip_fraction"] == 0.0
    # where the sampler's stand for the old ones, the ratios are 2 and 2/3, and both are beyond their bound
    assert seen["none"]["ratio_deviation"] == pytest.approx((1 + 1 / 3) / 2)
    assert seen["none"]["clip_fraction"] == 1.0
    assert "importance" not in seen["none"]


def test_the_numbers_of_a_step_are_means_over_all_its_tokens_and_not_over_its_updates():  # 28
    # 30 tokens of entropy 1 and 10 of entropy 2: 1.25; an update of no token says nothing
    updates = [
        {"loss": 1.0, "entropy": 1.0, "importance_max": 1.5},
        {"loss": 3.0, "entropy": 2.0, "importance_max": 1.25},
        {"loss": 0.0, "entropy": math.nan},
    ]
    assert merged(updates, [30, 10, 0]) == {"loss": 2.0, "entropy": 1.25, "importance_max": 1.5}
    assert merged(updates[::-1], [0, 10, 30]) == {"loss": 2.0, "entropy": 1.25, "importance_max": 1.5}
    assert merged([{"loss": 0.0}], [0]) == {"loss": 0.0}


def test_ids_beyond_the_tokenizer_are_sampled_scored_and_read_as_nothing():  # 29
    tiny = tiny_model()
    known = len(tiny.tokenizer)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tiny.model.resize_token_embeddings(8 * known, mean_resizing=False)
    (completion,) = TransformersBackend(tiny.model, (EOS,)).generate(
        [[2, 10]], Sampling(max_new_tokens=20, temperature=TEMPERATURE)
    )
    assert max(completion.token_ids) >= known
    assert tiny.decode(completion.token_ids) == tiny.decode([one for one in completion.token_ids if one < known])
    sampled = episode(1.0, turn([2, 10], completion.token_ids))
    assert completion.logprobs == pytest.approx(plain_logprobs(tiny.model, sampled).tolist(), abs=1e-5)


def test_there_is_one_loss_and_one_place_that_computes_log_probabilities_to_learn_from():  # 31
    root = Path(__file__).parent.parent / "agents"
    calls = {
        (path.relative_to(root).as_posix(), getattr(node.func, "attr", getattr(node.func, "id", "")))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert {file for file, name in calls if name == "token_losses"} == {"learner.py"}
    assert {file for file, name in calls if name == "backward"} == {"learner.py"}
    scored = {file for file, name in calls if name in ("log_softmax", "logsumexp", "cross_entropy")}
    assert {file for file in scored if not file.startswith("backends/")} == set()
    assert {file for file, name in calls if name == "token_logprobs"} == {"scorer.py"}
    assert {algorithm.surrogate.__module__ for algorithm in ALGORITHMS.values()} == {"agents.losses"}


@pytest.mark.parametrize("correction", ["none", "truncated", "banded", "sequence_mask"])
@pytest.mark.parametrize("name", ["grpo", "gspo", "cispo"])
def test_a_log_probability_that_the_sampler_does_not_say_is_the_learners_own(name, correction):  # 34
    # told nothing, or told what the learner itself finds when the batch comes: the same weights after three epochs
    start, rewards = np.array([0.3, -0.2, 0.4]), np.array([1.0, 0.0, 0.25])
    own = np.exp(start) / np.exp(start).sum()
    ends, unknown = [], []
    for sampler in (own, own * np.array([1.0, math.nan, math.nan])):
        learner = bandits.make_learner(name, start, correction=correction, epochs=3, learning_rate=0.3)
        updates = learner.prepare(bandits.batches(learner, [bandits.pulls([0, 1, 2, 2], rewards, sampler)], name))
        numbers = learner.finish(updates, learner.accumulate(updates[0]))
        ends.append(learner.model.policy.tolist())
        unknown.append(numbers["unknown_logprobs"])
    assert ends[1] == pytest.approx(ends[0], abs=1e-5)
    assert unknown == [0.0, 0.75]
