import pytest
import torch
import transformers

from agents import logprob
from agents.logprob import check_head, token_logprobs
from agents.models import tiny_model
from envs import ConfigError

TEMPERATURES = [0.3, 0.7, 1.0, 1.8]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(logprob, "BLOCK_TOKENS", 128)
    monkeypatch.setattr(logprob, "BLOCK_WORDS", 32)


def problem(tokens=300, width=24, vocabulary=77):
    """More tokens and words than one block holds, and last blocks that are not full."""
    generator = torch.Generator().manual_seed(3)
    hidden = torch.randn(tokens, width, generator=generator).requires_grad_()
    head = torch.randn(vocabulary, width, generator=generator).requires_grad_()
    target = torch.randint(vocabulary, (tokens,), generator=generator)
    weights = torch.randn(tokens, generator=generator)
    return hidden, head, target, weights


def plain(hidden, head, target, temperature):
    everything = torch.log_softmax(hidden @ head.T / temperature, dim=1)
    entropies = -(everything.exp() * everything).sum(1)
    return everything[torch.arange(len(target)), target], entropies


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_blockwise_log_probabilities_and_entropies_are_those_of_log_softmax(temperature):
    hidden, head, target, _ = problem()
    for ours, theirs in zip(
        token_logprobs(hidden, head, target, temperature), plain(hidden, head, target, temperature), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_blockwise_gradients_are_those_of_log_softmax(temperature):
    def gradients(function):
        hidden, head, target, weights = problem()
        (function(hidden, head, target, temperature)[0] * weights).sum().backward()
        return hidden.grad, head.grad

    for ours, theirs in zip(gradients(token_logprobs), gradients(plain), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize(("of_chosen", "of_entropy"), [(0.0, 1.0), (1.0, -0.3)])
def test_blockwise_gradients_of_the_entropies_are_those_of_log_softmax(temperature, of_chosen, of_entropy):
    def gradients(function):
        hidden, head, target, weights = problem()
        logprobs, entropies = function(hidden, head, target, temperature)
        total = of_entropy * (entropies * weights.flip(0)).sum()
        if of_chosen:
            total = total + of_chosen * (logprobs * weights).sum()
        total.backward()
        return hidden.grad, head.grad

    for ours, theirs in zip(gradients(token_logprobs), gradients(plain), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("tokens", [1, 127, 128, 129])
def test_a_block_may_be_full_or_hold_a_single_token(tokens):
    hidden, head, target, _ = problem(tokens)
    torch.testing.assert_close(
        token_logprobs(hidden, head, target, 1.0)[0], plain(hidden, head, target, 1.0)[0], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("vocabulary", [1, 31, 32, 33, 64])
def test_a_block_may_hold_all_words_or_a_single_one(vocabulary):
    hidden, head, target, _ = problem(5, vocabulary=vocabulary)
    for ours, theirs in zip(token_logprobs(hidden, head, target, 0.7), plain(hidden, head, target, 0.7), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_no_token_at_all_has_gradients_of_zero():
    hidden, head, target, _ = problem(0)
    logprobs, entropies = token_logprobs(hidden, head, target, 1.0)
    (logprobs.sum() + entropies.sum()).backward()
    assert logprobs.shape == entropies.shape == (0,)
    assert not head.grad.any()


def test_the_gradient_to_the_head_is_added_to_what_is_there():
    def passed(in_place):
        hidden, head, target, weights = problem()
        for _ in range(2):
            (token_logprobs(hidden, head, target, 1.0, in_place=in_place)[0] * weights).sum().backward()
        return head.grad

    torch.testing.assert_close(passed(in_place=True), passed(in_place=False))


def test_two_equally_likely_tokens_have_half_the_probability_and_one_bit_of_entropy():
    # logits (0, 0): log(1/2) each and log 2 nats, at every temperature
    hidden, head = torch.zeros(1, 2), torch.eye(2)
    logprobs, entropies = token_logprobs(hidden, head, torch.tensor([1]), 0.5)
    assert logprobs.item() == pytest.approx(-0.693147, abs=1e-5)
    assert entropies.item() == pytest.approx(0.693147, abs=1e-5)


def test_a_lower_temperature_divides_the_logits_and_not_the_log_probabilities():
    # logits (log 3, 0) at temperature 1/2 are (log 9, 0): probability 9/10, not (3/4)^2 = 9/16
    hidden, head = torch.tensor([[3.0]]).log(), torch.tensor([[1.0], [0.0]])
    assert token_logprobs(hidden, head, torch.tensor([0]), 0.5)[0].exp().item() == pytest.approx(0.9)


def test_extreme_logits_overflow_nowhere():
    hidden, head = torch.tensor([[1e4]]), torch.tensor([[1.0], [0.0], [-1.0]])
    hidden.requires_grad_()
    logprobs, entropies = token_logprobs(hidden, head, torch.tensor([2]), 1.0)
    logprobs.sum().backward()
    assert logprobs.item() == pytest.approx(-2e4)
    assert entropies.item() == pytest.approx(0.0)
    assert torch.isfinite(hidden.grad).all()


def test_the_head_needs_no_gradient_when_it_is_frozen():
    hidden, head, target, _ = problem()
    token_logprobs(hidden, head.detach(), target, 1.0)[0].sum().backward()
    assert hidden.grad is not None


SHAPE = {
    "vocab_size": 50, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "num_key_value_heads": 2, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


def biased(by=1.0):
    model = transformers.PhiForCausalLM(transformers.PhiConfig(**SHAPE))
    torch.nn.init.constant_(model.lm_head.bias, by)
    return model


@pytest.mark.parametrize(
    "make",
    [
        biased,
        lambda: biased(by=1e-4),
        lambda: transformers.GraniteForCausalLM(transformers.GraniteConfig(**SHAPE, logits_scaling=8.0)),
        lambda: transformers.Gemma2ForCausalLM(transformers.Gemma2Config(**SHAPE, final_logit_softcapping=0.01)),
    ],
)
def test_a_model_that_does_more_to_its_logits_than_the_learner_is_refused(make):
    with pytest.raises(ConfigError, match="cannot be trained yet"):
        check_head(make().eval())


def test_a_model_whose_logits_are_hidden_states_times_head_is_accepted():
    check_head(tiny_model().model)
    check_head(transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**SHAPE)).eval())
