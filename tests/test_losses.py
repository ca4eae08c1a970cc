import math

import pytest
import torch

from agents.losses import LOSSES, ClipRange, LossInputs, grpo, reinforce

CLIP = ClipRange(low=0.2, high=0.28)


def inputs(ratios, advantages):
    """Tokens whose new probability is `ratio` times the sampler's, which was 1/2 each time."""
    behaviour = torch.full((len(ratios),), math.log(0.5), dtype=torch.float64)
    logprobs = (behaviour + torch.tensor(ratios, dtype=torch.float64).log()).requires_grad_()
    return LossInputs(
        logprobs_N=logprobs,
        behaviour_logprobs_N=behaviour,
        advantages_N=torch.tensor(advantages, dtype=torch.float64),
    )


def loss_and_slopes(loss, ratios, advantages):
    given = inputs(ratios, advantages)
    value, sums = loss(given, CLIP)
    value.backward()
    return value.item(), given.logprobs_N.grad.tolist(), sums


@pytest.mark.parametrize(
    ("ratio", "advantage", "value", "slope"),
    [
        # within [0.8, 1.28]: the loss is -r A and its slope in log r is -r A
        (1.0, 2.0, -2.0, -2.0),
        (1.2, 2.0, -2.4, -2.4),
        (0.9, -2.0, 1.8, 1.8),
        # a good token that became 1.5 times as likely: only 1.28 counts, and nothing pushes it further
        (1.5, 2.0, -2.56, 0.0),
        # a bad token that became half as likely: only 0.8 counts, and nothing pushes it further
        (0.5, -2.0, 1.6, 0.0),
        # a good token that became less likely, a bad one that became likelier: no clip, the way back stays open
        (0.5, 2.0, -1.0, -1.0),
        (1.5, -2.0, 3.0, 3.0),
    ],
)
def test_the_clipped_surrogate_of_one_token(ratio, advantage, value, slope):
    loss, slopes, sums = loss_and_slopes(grpo, [ratio], [advantage])
    assert loss == pytest.approx(value)
    assert slopes == pytest.approx([slope])
    assert sums["clip_fraction"] == (1.0 if slope == 0 else 0.0)


def test_the_loss_is_a_sum_over_tokens_and_so_are_its_metrics():
    # -(2 - 2.56 ... ): tokens of the table above, -2 - 2.56 + 1.8 = -2.76
    loss, slopes, sums = loss_and_slopes(grpo, [1.0, 1.5, 0.9], [2.0, 2.0, -2.0])
    assert loss == pytest.approx(-2.76)
    assert slopes == pytest.approx([-2.0, 0.0, 1.8])
    assert sums["clip_fraction"] == 1.0
    assert sums["ratio_deviation"] == pytest.approx(0.5 + 0.1)
    # r - 1 - log r: 0 + (0.5 - log 1.5) + (-0.1 - log 0.9)
    assert sums["kl_to_sampler"] == pytest.approx(0.5 - math.log(1.5) - 0.1 - math.log(0.9))


def test_on_policy_the_loss_is_zero_and_its_gradient_is_not():
    # ratio 1 and centred advantages: -(1 + 1 - 2) = 0, yet each token is pushed by its advantage
    loss, slopes, sums = loss_and_slopes(grpo, [1.0, 1.0, 1.0], [1.0, 1.0, -2.0])
    assert loss == pytest.approx(0.0)
    assert slopes == pytest.approx([-1.0, -1.0, 2.0])
    assert sums["kl_to_sampler"] == pytest.approx(0.0)


def test_on_policy_the_clipped_surrogate_and_plain_reinforce_have_the_same_gradient():
    assert (
        loss_and_slopes(grpo, [1.0] * 3, [0.5, -1.0, 0.0])[1]
        == loss_and_slopes(reinforce, [1.0] * 3, [0.5, -1.0, 0.0])[1]
    )


def test_reinforce_is_the_log_probability_weighted_by_the_advantage():
    # log(1/2) A, negated: two tokens with A = 3 and A = -1 give -log(1/2) (3 - 1)
    loss, slopes, _ = loss_and_slopes(reinforce, [1.0, 1.0], [3.0, -1.0])
    assert loss == pytest.approx(2 * math.log(2))
    assert slopes == [-3.0, 1.0]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("parts", [[8], [1] * 8, [3, 5], [2, 2, 4], [7, 1]])
def test_however_the_tokens_are_split_the_gradient_over_the_whole_batch_is_the_same(name, parts):
    generator = torch.Generator().manual_seed(0)
    behaviour, moved, advantages = torch.randn(3, 8, generator=generator, dtype=torch.float64)

    def slopes(parts):
        logprobs = (behaviour + 0.3 * moved).requires_grad_()
        start = 0
        for size in parts:
            part = slice(start, start + size)
            given = LossInputs(
                logprobs_N=logprobs[part], behaviour_logprobs_N=behaviour[part], advantages_N=advantages[part]
            )
            (LOSSES[name](given, CLIP)[0] / 8).backward()
            start += size
        return logprobs.grad

    torch.testing.assert_close(slopes(parts), slopes([8]), rtol=0, atol=1e-15)
