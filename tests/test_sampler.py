import math
import weakref
from itertools import islice

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from agents.backends import transformers
from agents.backends.drawing import draw
from agents.backends.transformers import TransformersBackend
from agents.core import FinishReason, SamplerError, Sampling
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import clip
from agents.models import tiny_model
from envs.core import ConfigError

PROMPTS = [[2, 10, 11, 12], [2, 30], [2, 10, 11, 12], [5, 6, 7, 8, 9, 10, 11, 12, 13]]


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def sample(model, prompts, *, eos_ids=(1,), max_batch=64, **options):
    return TransformersBackend(model.model, eos_ids, max_batch=max_batch).generate(
        prompts, Sampling(**{"max_new_tokens": 12, "seed": 3, **options})
    )


def uniform_grid(count):
    """The middle of each of `count` equal parts of [0, 1): every token comes as often as its probability says."""
    return (torch.arange(count, dtype=torch.float64) + 0.5) / count


# ---- one draw


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("vocabulary", [3, 97, 256, 257, 700])
def test_draws_follow_the_softmax_at_the_temperature(temperature, vocabulary):
    generator = torch.Generator().manual_seed(vocabulary)
    logits = 2 * torch.randn(1, vocabulary, generator=generator)
    count = 20_000
    uniforms = torch.from_numpy(np.random.default_rng(1).random(count))
    tokens, _ = draw(logits.expand(count, -1), uniforms, temperature)
    expected = count * torch.softmax(logits[0].double() / temperature, 0)
    seen = torch.bincount(tokens, minlength=vocabulary).double()
    # Pearson's statistic over the cells that expect 5 or more; its mean is df and its deviation sqrt(2 df)
    big = expected >= 5
    statistic = ((seen - expected)[big] ** 2 / expected[big]).sum().item()
    degrees = int(big.sum()) - 1
    assert statistic < degrees + 4 * math.sqrt(2 * degrees) + 4
    assert len(seen) == vocabulary


def test_inverting_the_distribution_function_by_hand():
    # probabilities 1/8, 1/2, 3/8 end at 0.125, 0.625 and 1
    logits = torch.tensor([[1.0, 4.0, 3.0]]).log()
    uniforms = torch.tensor([0.0, 0.124, 0.126, 0.624, 0.626, 1 - 2**-53], dtype=torch.float64)
    tokens, logprobs = draw(logits.expand(6, -1), uniforms, 1.0)
    assert tokens.tolist() == [0, 0, 1, 1, 2, 2]
    assert logprobs.exp().tolist() == pytest.approx([0.125, 0.125, 0.5, 0.5, 0.375, 0.375])


@pytest.mark.parametrize("vocabulary", [3, 256, 300, 1024])
def test_tokens_without_probability_are_never_drawn_at_either_end(vocabulary):
    impossible = float("-inf")
    for possible in (0, 1, vocabulary // 2, vocabulary - 1):
        logits = torch.full((1, vocabulary), impossible)
        logits[0, possible] = 0.0
        uniforms = torch.tensor([0.0, 0.5, 1 - 2**-53], dtype=torch.float64)
        tokens, logprobs = draw(logits.expand(3, -1), uniforms, 1.0)
        assert tokens.tolist() == [possible] * 3
        assert logprobs.tolist() == [0.0] * 3


def test_rounding_never_leads_past_the_last_possible_token():
    # many different rows, ends of the unit interval, the upper half of each vocabulary impossible
    generator = torch.Generator().manual_seed(0)
    logits = 8 * torch.randn(500, 600, generator=generator)
    logits[:, 300:] = float("-inf")
    for uniform in (0.0, 1 - 2**-53, 0.999999):
        tokens, logprobs = draw(logits, torch.full((500,), uniform, dtype=torch.float64), 1.0)
        assert int(tokens.max()) < 300
        assert torch.isfinite(logprobs).all()


def test_a_cold_temperature_takes_the_likeliest_token():
    logits = torch.randn(1, 97, generator=torch.Generator().manual_seed(0))
    tokens, _ = draw(logits.expand(100, -1), uniform_grid(100), 1e-3)
    assert set(tokens.tolist()) == {int(logits.argmax())}


# ---- whole completions


def test_log_probabilities_are_those_of_the_learner_at_every_temperature(tiny):
    for temperature in (0.6, 1.0, 1.5):
        for prompt, completion in zip(PROMPTS, sample(tiny, PROMPTS, temperature=temperature), strict=True):
            ids = torch.tensor([[*prompt, *completion.token_ids]])
            logits = tiny.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1] / temperature
            expected = torch.log_softmax(logits, 1).gather(1, ids[0, len(prompt) :, None]).squeeze(1)
            assert completion.logprobs == pytest.approx(expected.tolist(), abs=1e-5)


def test_on_the_first_update_the_learner_finds_ratio_one_and_no_divergence(tiny):
    from agents.advantage import ADVANTAGES
    from agents.batch import BatchPlan, make_batches
    from agents.core import Group, Trajectory, TrajectoryStatus, Turn
    from envs import RewardBreakdown, RewardTerm

    def trajectory(completion, score):
        reward = RewardBreakdown(terms={"right": RewardTerm(score=score)})
        turns = (Turn(context_ids=(2, 10), completion=completion, text=""),)
        return Trajectory(task_id="t", turns=turns, status=TrajectoryStatus.OK, reward=reward)

    model = tiny_model()
    completions = sample(model, [[2, 10]] * 4, temperature=1.3)
    members = tuple(trajectory(completion, float(n % 2)) for n, completion in enumerate(completions))
    plan = BatchPlan(advantages=ADVANTAGES["group_std"])
    (batch,) = make_batches([Group(task_id="t", trajectories=members)], plan)
    settings = OptimizerSettings(
        learning_rate=1e-2, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    learner = PolicyLearner(model.model, surrogate=clip, temperature=1.3, settings=settings)
    first, second = learner.update(batch), learner.update(batch)
    assert first["ratio_deviation"] < 1e-5
    assert abs(first["kl_to_sampler"]) < 1e-6
    assert first["clip_fraction"] == 0.0
    assert second["ratio_deviation"] > 1e-3  # the weights have moved and the completions have not
    assert first["grad_norm"] > 0


def test_a_completion_is_the_same_alone_and_in_a_batch_of_other_prompts(tiny):
    together = sample(tiny, PROMPTS)
    # row 0 of a call draws from the stream of row 0, so each prompt is put there in turn
    for prompt, beside in ((PROMPTS[0], PROMPTS[1:]), (PROMPTS[3], PROMPTS[:3])):
        alone, mixed = sample(tiny, [prompt])[0], sample(tiny, [prompt, *beside])[0]
        assert alone.token_ids == mixed.token_ids
        assert alone.logprobs == pytest.approx(mixed.logprobs, abs=1e-5)
    assert sample(tiny, [PROMPTS[0]])[0].token_ids == together[0].token_ids


@pytest.mark.parametrize("max_batch", [1, 2, 3])
def test_the_batch_size_decides_nothing(tiny, max_batch):
    whole, parts = sample(tiny, PROMPTS), sample(tiny, PROMPTS, max_batch=max_batch)
    assert [completion.token_ids for completion in parts] == [completion.token_ids for completion in whole]
    for one, other in zip(whole, parts, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-5)


def test_padding_shorter_prompts_changes_nothing(tiny):
    # each row of the mixed batch against the same row of a batch of equally long prompts
    mixed = sample(tiny, [PROMPTS[1], PROMPTS[3]])
    assert sample(tiny, [PROMPTS[1], PROMPTS[1]])[0].token_ids == mixed[0].token_ids
    assert sample(tiny, [PROMPTS[3], PROMPTS[3]])[1].token_ids == mixed[1].token_ids


def test_equal_prompts_get_completions_of_their_own(tiny):
    completions = sample(tiny, [PROMPTS[0]] * 6)
    assert len({completion.token_ids for completion in completions}) == 6


def test_equal_seeds_give_equal_completions_and_other_seeds_other_ones(tiny):
    assert sample(tiny, PROMPTS, seed=5) == sample(tiny, PROMPTS, seed=5)
    assert sample(tiny, PROMPTS, seed=5) != sample(tiny, PROMPTS, seed=6)


def test_a_completion_ends_with_its_end_token_or_is_truncated(tiny):
    # fifty characters as end tokens make both endings common
    ends = tuple(range(3, 53))
    completions = sample(tiny, [[2, 10]] * 40, eos_ids=ends, max_new_tokens=2)
    reasons = {completion.finish_reason for completion in completions}
    assert reasons == {FinishReason.STOP, FinishReason.LENGTH}
    for completion in completions:
        *body, last = completion.token_ids
        assert len(completion.logprobs) == len(completion.token_ids) <= 2
        assert not set(body) & set(ends)
        assert (last in ends) == (completion.finish_reason is FinishReason.STOP)
        assert completion.finish_reason is FinishReason.STOP or len(completion.token_ids) == 2


def test_any_of_several_end_tokens_ends_a_completion_and_no_other_draw_changes(tiny):
    without = sample(tiny, PROMPTS, eos_ids=(96,), max_new_tokens=20)
    one, other = without[0].token_ids[4], without[0].token_ids[7]
    both = sample(tiny, PROMPTS, eos_ids=(one, other), max_new_tokens=20)
    for free, ended in zip(without, both, strict=True):
        places = [place for place, token in enumerate(free.token_ids) if token in (one, other)]
        length = places[0] + 1 if places else 20
        assert ended.token_ids == free.token_ids[:length]
        assert ended.finish_reason is (FinishReason.STOP if places else FinishReason.LENGTH)


def test_end_tokens_inside_a_prompt_are_read_like_any_other(tiny):
    # the padding token is the end token, as in many models: nothing may be told by comparing ids with it
    assert tiny.tokenizer.pad_token_id == tiny.tokenizer.eos_token_id == 1
    prompts = [[2, 10, 1, 2, 11, 1, 2], [1, 1, 30]]
    for prompt, completion in zip(prompts, sample(tiny, prompts), strict=True):
        ids = torch.tensor([[*prompt, *completion.token_ids]])
        logits = tiny.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1]
        expected = torch.log_softmax(logits, 1).gather(1, ids[0, len(prompt) :, None]).squeeze(1)
        assert completion.logprobs == pytest.approx(expected.tolist(), abs=1e-5)


def test_completions_carry_the_version_of_the_weights_that_sampled_them(tiny):
    backend = TransformersBackend(tiny.model, (1,))
    backend.load_weights({}, 7)
    assert backend.generate([[2]], Sampling(max_new_tokens=1))[0].policy_version == 7


def test_new_weights_are_sampled_from_at_once():
    model = tiny_model()
    backend = TransformersBackend(model.model, (1,))
    before = backend.generate([[2, 10]], Sampling(max_new_tokens=6))
    other = tiny_model(seed=1)
    backend.load_weights(other.model.state_dict(), 1)
    after = backend.generate([[2, 10]], Sampling(max_new_tokens=6))
    assert [one.token_ids for one in after] == [
        one.token_ids for one in sample(other, [[2, 10]], seed=0, max_new_tokens=6)
    ]
    assert before[0].logprobs != after[0].logprobs


@pytest.mark.parametrize("read", [None, 1])
def test_memory_is_given_back_before_sampling_and_once_its_decoder_is_gone(tiny, monkeypatch, read):
    decoders, alive = [], []
    make = TransformersBackend._decoder

    def noted(*given):
        decoder = make(*given)
        decoders.append(weakref.ref(decoder))
        return decoder

    monkeypatch.setattr(TransformersBackend, "_decoder", noted)
    monkeypatch.setattr(transformers, "give_back", lambda: alive.append([one() is not None for one in decoders]))
    sampled = TransformersBackend(tiny.model, (1,)).completions(PROMPTS, Sampling(max_new_tokens=12, seed=3))
    assert len(list(islice(sampled, read))) == (read or len(PROMPTS))
    sampled.close()  # by whoever needs no more
    assert alive == [[], [False]]


def test_no_prompt_gives_no_completion(tiny):
    assert sample(tiny, []) == []


@pytest.mark.parametrize("training", [True, False])
def test_sampling_leaves_the_models_mode_as_it_was(tiny, training):
    tiny.model.train(training)
    sample(tiny, [[2]], max_new_tokens=1)
    assert tiny.model.training is training


# ---- what cannot be sampled from


@pytest.mark.parametrize("vocabulary", [256, 300])
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_logits_that_are_no_numbers_are_an_error_and_no_token(vocabulary, wrong):
    logits = torch.zeros(2, vocabulary)
    logits[1] = wrong
    with pytest.raises(SamplerError, match="logits are not finite"):
        draw(logits, torch.tensor([0.5, 0.5], dtype=torch.float64), 1.0)


def test_a_model_with_a_damaged_weight_samples_nothing():
    damaged = tiny_model()
    with torch.no_grad():
        damaged.model.model.norm.weight[3] = math.nan
    with pytest.raises(SamplerError):
        sample(damaged, PROMPTS)


def test_a_token_that_the_model_does_not_know_is_told(tiny):
    with pytest.raises(ConfigError, match="the token 5000"):
        sample(tiny, [[2, 5000]])


def test_a_model_with_so_many_positions_is_asked_for_no_more():
    config = GPT2Config(vocab_size=50, n_positions=16, n_embd=16, n_layer=1, n_head=2, bos_token_id=1, eos_token_id=1)
    backend = TransformersBackend(GPT2LMHeadModel(config).eval(), (1,))
    with pytest.raises(ConfigError, match="up to 17 long: the model has 16 positions"):
        backend.generate([[2, 3, 4]], Sampling(max_new_tokens=14))
    backend.generate([[2, 3, 4]], Sampling(max_new_tokens=13))
