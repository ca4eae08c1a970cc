import math

import pytest
import torch

from agents.losses import SURROGATES, LossInputs, LossSettings, cispo, clip, gspo, reinforce, token_losses

SETTINGS = LossSettings(clip_low=0.2, clip_high=0.28)


def inputs(ratios, advantages, sequences=None, mask=None, **others):
    """Tokens whose new probability is `ratio` times the old one, which was 1/2 each time, as was the sampler's."""
    old = torch.full((len(ratios),), math.log(0.5), dtype=torch.float64)
    return LossInputs(
        logprobs_N=(old + torch.tensor(ratios, dtype=torch.float64).log()).requires_grad_(),
        old_logprobs_N=old,
        behaviour_logprobs_N=old,
        advantages_N=torch.tensor(advantages, dtype=torch.float64),
        sequence_N=torch.tensor(sequences or [0] * len(ratios)),
        mask_N=torch.tensor(mask or [True] * len(ratios)),
        **others,
    )


def losses_and_slopes(surrogate, ratios, advantages, settings=SETTINGS, **others):
    """The loss of each token, the slope of their sum in each log-probability, and what was seen."""
    given = inputs(ratios, advantages, **others)
    losses, seen = token_losses(surrogate, given, settings)
    losses.sum().backward()
    return losses.tolist(), given.logprobs_N.grad.tolist(), {name: value.tolist() for name, value in seen.items()}


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
    losses, slopes, seen = losses_and_slopes(clip, [ratio], [advantage])
    assert losses == pytest.approx([value])
    assert slopes == pytest.approx([slope])
    assert seen["clip_fraction"] == [1.0 if slope == 0 else 0.0]
    assert seen["clip_fraction_positive"] == [1.0 if slope == 0 and advantage > 0 else 0.0]
    assert seen["clip_fraction_negative"] == [1.0 if slope == 0 and advantage < 0 else 0.0]


@pytest.mark.parametrize("surrogate", [clip, gspo])
def test_a_ratio_beyond_what_a_number_holds_has_the_loss_and_the_slope_of_its_bound(surrogate):
    # e**100 is infinite in float32, and its gradient times the 0 of a bound would be no number
    for advantage, settings, value in (
        (1.0, SETTINGS, -1.28),
        (-1.0, LossSettings(clip_low=0.2, clip_high=0.28, dual_clip=3.0), 3.0),
        (0.0, SETTINGS, 0.0),
    ):
        old = torch.full((1,), -101.0)
        given = LossInputs(
            logprobs_N=(old + 100.0).requires_grad_(), old_logprobs_N=old, behaviour_logprobs_N=old,
            advantages_N=torch.tensor([advantage]), sequence_N=torch.zeros(1, dtype=torch.long),
            mask_N=torch.ones(1, dtype=torch.bool),
        )  # fmt: skip
        losses, _ = token_losses(surrogate, given, settings)
        losses.sum().backward()
        assert losses.item() == pytest.approx(value)
        assert given.logprobs_N.grad.item() == 0.0


def test_each_token_has_its_own_loss_and_its_own_part_of_the_metrics():
    losses, slopes, seen = losses_and_slopes(clip, [1.0, 1.5, 0.9], [2.0, 2.0, -2.0])
    assert losses == pytest.approx([-2.0, -2.56, 1.8])
    assert slopes == pytest.approx([-2.0, 0.0, 1.8])
    assert seen["clip_fraction"] == [0.0, 1.0, 0.0]
    assert seen["ratio_deviation"] == pytest.approx([0.0, 0.5, 0.1])
    # r - 1 - log r
    assert seen["kl_to_sampler"] == pytest.approx([0.0, 0.5 - math.log(1.5), -0.1 - math.log(0.9)])


def test_on_policy_the_loss_is_zero_and_its_gradient_is_not():
    # ratio 1 and centred advantages: -(1 + 1 - 2) = 0, yet each token is pushed by its advantage
    losses, slopes, seen = losses_and_slopes(clip, [1.0, 1.0, 1.0], [1.0, 1.0, -2.0])
    assert sum(losses) == pytest.approx(0.0)
    assert slopes == pytest.approx([-1.0, -1.0, 2.0])
    assert seen["kl_to_sampler"] == pytest.approx([0.0] * 3)


@pytest.mark.parametrize("name", SURROGATES)
def test_on_policy_every_surrogate_has_the_gradient_of_plain_reinforce(name):
    # one token a sequence, so that a sequence's ratio is its token's
    ours, plain = (
        losses_and_slopes(surrogate, [1.0] * 3, [0.5, -1.0, 0.0], sequences=[0, 1, 2])[1]
        for surrogate in (SURROGATES[name], reinforce)
    )
    assert ours == pytest.approx(plain)
    assert plain == pytest.approx([-0.5, 1.0, 0.0])


def test_reinforce_is_the_log_probability_weighted_by_the_advantage():
    losses, slopes, _ = losses_and_slopes(reinforce, [1.0, 1.0], [3.0, -1.0])
    assert losses == pytest.approx([3 * math.log(2), -math.log(2)])
    assert slopes == [-3.0, 1.0]


def test_a_sequence_has_one_ratio_and_each_of_its_tokens_an_equal_part_of_its_slope():
    # tokens of ratio 1.21 and 1: geometric mean 1.1 for both; -1.1 A, and a slope of half of 1.1 A each, twice
    losses, slopes, _ = losses_and_slopes(gspo, [1.21, 1.0, 0.9], [2.0, 2.0, -1.0], sequences=[0, 0, 1])
    assert losses == pytest.approx([-2.2, -2.2, 0.9])
    assert slopes == pytest.approx([-2.2, -2.2, 0.9])


def test_a_sequence_is_clipped_as_a_whole():
    # sqrt(2 * 1) = 1.41 is above 1.28, though the second token alone is not
    losses, slopes, seen = losses_and_slopes(gspo, [2.0, 1.0], [1.0, 1.0])
    assert losses == pytest.approx([-1.28, -1.28])
    assert slopes == [0.0, 0.0]
    assert seen["clip_fraction"] == [1.0, 1.0]


def test_a_token_that_is_clipped_by_weight_goes_on_teaching():
    # ratios 3 and 0.5 weigh 1.28 and 0.8; the slope in the log-probability is minus weight times advantage
    losses, slopes, seen = losses_and_slopes(cispo, [3.0, 0.5, 1.0], [1.0, 1.0, -2.0])
    assert slopes == pytest.approx([-1.28, -0.8, 2.0])
    assert losses == pytest.approx([-1.28 * math.log(1.5), -0.8 * math.log(0.25), 2 * math.log(0.5)])
    assert seen["clip_fraction"] == [1.0, 1.0, 0.0]


def test_with_a_dual_clip_a_bad_token_that_became_far_likelier_costs_no_more_than_the_bound():
    # A = -1: without the bound the loss is the ratio itself; with 3 it stays at 3 and nothing pushes
    unbounded = losses_and_slopes(clip, [2.0, 10.0], [-1.0, -1.0])
    bounded = losses_and_slopes(clip, [2.0, 10.0, 10.0], [-1.0, -1.0, 1.0], LossSettings(dual_clip=3.0))
    assert unbounded[:2] == (pytest.approx([2.0, 10.0]), pytest.approx([2.0, 10.0]))
    assert bounded[:2] == (pytest.approx([2.0, 3.0, -1.28]), pytest.approx([2.0, 0.0, 0.0]))
    assert bounded[2]["clip_fraction_negative"] == [0.0, 1.0, 0.0]


def test_the_entropy_is_pushed_up_by_its_weight():
    entropies = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    given = inputs([1.0, 1.0], [0.0, 0.0], entropies_N=entropies)
    losses, seen = token_losses(clip, given, LossSettings(entropy_weight=0.1))
    losses.sum().backward()
    assert losses.tolist() == pytest.approx([-0.1, -0.2])
    assert entropies.grad.tolist() == pytest.approx([-0.1, -0.1])
    assert seen["entropy"].tolist() == [1.0, 2.0]


def test_the_divergence_is_measured_without_weight_and_part_of_the_loss_with_one():
    # the reference gives every token 1/4, the policy 1/2: log-ratio log 2; k2 is half its square
    reference = torch.full((1,), math.log(0.25), dtype=torch.float64)
    watched = losses_and_slopes(clip, [1.0], [0.0], reference_logprobs_N=reference)
    weighted = losses_and_slopes(clip, [1.0], [0.0], LossSettings(kl_weight=0.5), reference_logprobs_N=reference)
    assert watched[0] == pytest.approx([0.0])
    assert watched[2]["kl_to_reference"] == pytest.approx([0.5 - 1 + math.log(2)])
    assert weighted[0] == pytest.approx([0.25 * math.log(2) ** 2])
    assert weighted[1] == pytest.approx([0.5 * math.log(2)])


def test_a_divergence_that_is_in_the_reward_is_not_in_the_loss_as_well():
    reference = torch.full((1,), math.log(0.25), dtype=torch.float64)
    settings = LossSettings(kl_weight=0.5, kl_in="reward")
    assert losses_and_slopes(clip, [1.0], [0.0], settings, reference_logprobs_N=reference)[0] == pytest.approx([0.0])


@pytest.mark.parametrize("name", SURROGATES)
def test_a_masked_token_has_no_loss_and_no_slope_whatever_it_holds(name):
    # exp(1000) is infinite, and infinity times nought is not a number: it is cut out before it is exponentiated
    given = inputs([1.0, 1.0], [1.0, 1.0], mask=[True, False], reference_logprobs_N=torch.tensor([-1.0, -1e4]))
    logprobs = torch.tensor([math.log(0.5), 1000.0], dtype=torch.float64, requires_grad=True)
    spoilt = LossInputs(
        **{name: getattr(given, name) for name in LossInputs.__slots__ if name != "logprobs_N"}, logprobs_N=logprobs
    )
    for estimator in ("k2", "k3", "k3_plain"):
        losses, seen = token_losses(SURROGATES[name], spoilt, LossSettings(kl_weight=0.1, kl_estimator=estimator))
        logprobs.grad = None
        losses.sum().backward()
        assert math.isfinite(losses[0].item())
        assert losses[1].item() == 0.0
        assert logprobs.grad.isfinite().all()
        assert logprobs.grad[1].item() == 0.0
        assert all(value.isfinite().all() for value in seen.values())


@pytest.mark.parametrize("name", SURROGATES)
@pytest.mark.parametrize("parts", [[8], [2, 6], [4, 4], [2, 2, 4], [6, 2]])
def test_however_the_sequences_are_split_the_gradient_over_the_whole_batch_is_the_same(name, parts):
    # four sequences of two tokens
    generator = torch.Generator().manual_seed(0)
    old, moved, advantages = torch.randn(3, 8, generator=generator, dtype=torch.float64)

    def slopes(parts):
        logprobs = (old + 0.3 * moved).requires_grad_()
        start = 0
        for size in parts:
            part = slice(start, start + size)
            given = LossInputs(
                logprobs_N=logprobs[part],
                old_logprobs_N=old[part],
                behaviour_logprobs_N=old[part],
                advantages_N=advantages[part],
                sequence_N=torch.arange(size) // 2,
                mask_N=torch.ones(size, dtype=torch.bool),
            )
            (token_losses(SURROGATES[name], given, SETTINGS)[0] / 8).sum().backward()
            start += size
        return logprobs.grad

    torch.testing.assert_close(slopes(parts), slopes([8]), rtol=0, atol=1e-15)
