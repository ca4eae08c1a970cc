"""What the gradients of the divergence estimators are, exactly: expectations over a vocabulary of 50 in float64."""

import pytest
import torch

from agents.divergence import DIVERGENCES
from agents.losses import LossInputs, LossSettings, reinforce, token_losses


@pytest.fixture
def tokens():
    """Logits of the policy, and log-probabilities of a reference and of older weights."""
    generator = torch.Generator().manual_seed(0)
    policy, reference, older = torch.randn(3, 50, generator=generator, dtype=torch.float64)
    return policy.requires_grad_(), reference.log_softmax(0), (policy.detach() + 0.7 * older).log_softmax(0)


def slope(logits, loss):
    return torch.autograd.grad(loss, logits)[0]


def error(ours, exact):
    return float((ours - exact).norm() / exact.norm())


def estimated(logits, reference, drawn_from, estimator):
    """The slope of the divergence in the mean over tokens from a distribution, as the loss of one step has it."""
    logprobs = logits.log_softmax(0)
    inputs = LossInputs(
        logprobs_N=logprobs,
        old_logprobs_N=drawn_from,
        behaviour_logprobs_N=drawn_from,
        advantages_N=torch.zeros(50, dtype=torch.float64),
        sequence_N=torch.arange(50),
        mask_N=torch.ones(50, dtype=torch.bool),
        reference_logprobs_N=reference,
    )
    losses, _ = token_losses(reinforce, inputs, LossSettings(kl_weight=1.0, kl_estimator=estimator))
    return slope(logits, (drawn_from.exp() * losses).sum())


def divergences(logits, reference):
    """Slopes of KL(policy || reference) and of KL(reference || policy)."""
    logprobs = logits.log_softmax(0)
    return (
        slope(logits, (logprobs.exp() * (logprobs - reference)).sum()),
        slope(logits, (reference.exp() * (reference - logits.log_softmax(0))).sum()),
    )


# trap 16: an estimator of the divergence is used as a loss


@pytest.mark.parametrize("estimator", ["k2", "k3"])
@pytest.mark.parametrize("on_policy", [True, False])
def test_the_gradient_is_that_of_the_divergence_on_policy_and_off(tokens, estimator, on_policy):
    logits, reference, older = tokens
    drawn_from = logits.detach().log_softmax(0) if on_policy else older
    assert error(estimated(logits, reference, drawn_from, estimator), divergences(logits, reference)[0]) < 1e-12


def test_the_gradient_of_grpos_own_estimator_is_that_of_the_divergence_the_other_way_round_and_off_policy_of_neither(
    tokens,
):
    logits, reference, older = tokens
    wanted, backward = divergences(logits, reference)
    on_policy = estimated(logits, reference, logits.detach().log_softmax(0), "k3_plain")
    off_policy = estimated(logits, reference, older, "k3_plain")
    assert error(on_policy, backward) < 1e-12
    assert error(on_policy, wanted) > 0.3
    assert error(off_policy, wanted) > 0.2
    assert error(off_policy, backward) > 0.2


def test_the_log_ratio_itself_has_no_gradient_in_the_mean_and_is_not_offered(tokens):
    logits, reference, _ = tokens
    logprobs = logits.log_softmax(0)
    assert slope(logits, (logprobs.detach().exp() * (logprobs - reference)).sum()).abs().max() < 1e-15
    assert set(DIVERGENCES) == {"k2", "k3", "k3_plain"}


def test_taken_off_the_reward_the_log_ratio_has_the_gradient_of_the_divergence(tokens):
    # what a token costs is the log-ratio, a number; the policy gradient is that number times the log-probability's
    logits, reference, _ = tokens
    logprobs = logits.log_softmax(0)
    cost = (logprobs - reference).detach()
    ours = slope(logits, (logprobs.detach().exp() * cost * logprobs).sum())
    assert error(ours, divergences(logits, reference)[0]) < 1e-12


# trap 18: a bound on the divergence stops its gradient where it is needed most


@pytest.mark.parametrize("log_ratio", [30.0, 100.0, -30.0])
@pytest.mark.parametrize("estimator", ["k2", "k3"])
def test_far_from_the_reference_it_goes_on_pulling(estimator, log_ratio):
    # on-policy both slope by the log-ratio itself
    logprob = torch.tensor([-1.0], dtype=torch.float64, requires_grad=True)
    reference = logprob.detach() - log_ratio
    DIVERGENCES[estimator](logprob - reference, logprob - logprob.detach()).sum().backward()
    assert logprob.grad.item() == pytest.approx(log_ratio, rel=1e-3)
