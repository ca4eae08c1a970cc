"""Losses: pure functions of what the policy did and does. Legend: N scored tokens, S sequences.

A loss returns one number a token. What each of them weighs is decided once for the whole optimizer step (`batch.py`),
so the gradient does not depend on how a batch is split. No loss sees a model: what is not a function of the quantities
in `LossInputs` (a value function's error, a preference) comes as a further field of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch

from agents.divergence import DIVERGENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class LossInputs:
    """Per-token quantities, all of shape [N]; only `logprobs_N` and `entropies_N` carry a gradient."""

    logprobs_N: torch.Tensor
    """Under the weights that are being optimised."""
    old_logprobs_N: torch.Tensor
    """Under the learner's weights when the batch came: the centre of the trust region."""
    behaviour_logprobs_N: torch.Tensor
    """Under the sampler, when the token was drawn."""
    advantages_N: torch.Tensor
    sequence_N: torch.Tensor
    """Which sequence a token belongs to, counted from 0 within these tokens; a sequence is never split."""
    mask_N: torch.Tensor
    """Whether a token is learned from. Others are cut out before anything is exponentiated; they weigh nothing."""
    reference_logprobs_N: torch.Tensor | None = None
    """Under the reference model; None where nothing is compared with it."""
    start_logprobs_N: torch.Tensor | None = None
    """Under the weights that the run began with; None where nothing is compared with them."""
    entropies_N: torch.Tensor | None = None
    """Of the distribution that each token was drawn from, in nats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSettings:
    """What a loss can be told."""

    clip_low: float = 0.2
    """The ratio of new to old probability counts down to `1 - clip_low`."""
    clip_high: float = 0.28
    """The ratio counts up to `1 + clip_high`."""
    dual_clip: float | None = None
    """The ratio of a token with a negative advantage counts up to this (arXiv 1912.09729); None: without bound."""
    kl_weight: float = 0.0
    """Of the divergence from the reference model."""
    kl_in: str = "loss"
    """Whether it is part of the `loss`, or taken off the `reward` before there are advantages."""
    kl_estimator: str = "k2"
    """Which of `divergence.DIVERGENCES`."""
    entropy_weight: float = 0.0
    """Of the entropy, which is then pushed up."""


class Surrogate(Protocol):
    """What stands for the expected reward, to be made small."""

    def __call__(self, inputs: LossInputs, settings: LossSettings) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return the loss of each token [N], and quantities [N] whose means over all tokens are metrics."""
        ...


def clip(inputs: LossInputs, settings: LossSettings) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """PPO's clipped surrogate (arXiv 1707.06347) with a bound for each side (DAPO, arXiv 2503.14476).

    `-min(r A, clip(r, 1 - low, 1 + high) A)` for the ratio `r = exp(logprob - old_logprob)` of each token.
    """
    log_ratio_N = _log_ratio(inputs)
    return _clipped(log_ratio_N, inputs.advantages_N, settings)


def gspo(inputs: LossInputs, settings: LossSettings) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The clipped surrogate with one ratio a sequence, the geometric mean of its tokens' (GSPO, arXiv 2507.18071).

    Every token of a sequence has its sequence's loss; the mean over sequences of the mean over tokens is the paper's.
    """
    log_ratio_N = sequence_means(_log_ratio(inputs), inputs)
    return _clipped(log_ratio_N, inputs.advantages_N, settings)


def cispo(inputs: LossInputs, settings: LossSettings) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The policy gradient weighted by the clipped ratio, which no gradient passes through (CISPO, arXiv 2506.13585).

    `-stopgrad(clip(r, 1 - low, 1 + high)) A logprob`: a clipped token goes on teaching.
    """
    ratio_N = _log_ratio(inputs).detach().exp()
    weight_N = ratio_N.clamp(1.0 - settings.clip_low, 1.0 + settings.clip_high)
    logprobs_N = inputs.logprobs_N.masked_fill(~inputs.mask_N, 0.0)
    return -weight_N * inputs.advantages_N * logprobs_N, _clip_metrics(weight_N != ratio_N, inputs.advantages_N)


def reinforce(inputs: LossInputs, settings: LossSettings) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The plain policy gradient, `-A logprob`: no ratio and no trust region, so `settings` is not used."""
    del settings
    return -inputs.advantages_N * inputs.logprobs_N.masked_fill(~inputs.mask_N, 0.0), {}


SURROGATES: dict[str, Surrogate] = {"clip": clip, "gspo": gspo, "cispo": cispo, "reinforce": reinforce}


def token_losses(
    surrogate: Surrogate, inputs: LossInputs, settings: LossSettings
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the whole loss of each token [N]: the surrogate, the divergence and the entropy; 0 where masked.

    Returns:
        The losses, with gradients; and quantities [N] without, whose means over all tokens are metrics.
    """
    losses_N, seen = surrogate(inputs, settings)
    if inputs.reference_logprobs_N is not None:
        to_reference_N = (inputs.logprobs_N - inputs.reference_logprobs_N).masked_fill(~inputs.mask_N, 0.0)
        seen["kl_to_reference"] = _k3(to_reference_N.detach())
        if settings.kl_weight and settings.kl_in == "loss":
            # only from the old weights on: the rest of the way to the sampler is the importance of the whole loss
            losses_N = losses_N + settings.kl_weight * DIVERGENCES[settings.kl_estimator](
                to_reference_N, _log_ratio(inputs)
            )
    if inputs.start_logprobs_N is not None:
        to_start_N = (inputs.logprobs_N - inputs.start_logprobs_N).masked_fill(~inputs.mask_N, 0.0)
        seen["kl_to_start"] = _k3(to_start_N.detach())
    if inputs.entropies_N is not None:
        seen["entropy"] = inputs.entropies_N.detach()
        if settings.entropy_weight:
            losses_N = losses_N - settings.entropy_weight * inputs.entropies_N
    log_ratio_N = _log_ratio(inputs).detach()
    to_sampler_N = (inputs.logprobs_N - inputs.behaviour_logprobs_N).masked_fill(~inputs.mask_N, 0.0).detach()
    seen["ratio_deviation"] = (log_ratio_N.exp() - 1.0).abs()
    seen["kl_to_sampler"] = _k3(to_sampler_N, sign=-1.0)
    return losses_N.masked_fill(~inputs.mask_N, 0.0), {name: value.detach() for name, value in seen.items()}


def sequence_means(values_N: torch.Tensor, inputs: LossInputs) -> torch.Tensor:
    """Return, for every token, the mean over the unmasked tokens of its sequence, [N]; gradients pass through."""
    sequences = int(inputs.sequence_N.max()) + 1 if len(values_N) else 0
    kept_N = inputs.mask_N.to(values_N.dtype)
    sums_S = values_N.new_zeros(sequences).index_add(0, inputs.sequence_N, values_N * kept_N)
    counts_S = values_N.new_zeros(sequences).index_add(0, inputs.sequence_N, kept_N)
    return (sums_S / counts_S.clamp_min(1.0))[inputs.sequence_N]


def _log_ratio(inputs: LossInputs) -> torch.Tensor:
    return (inputs.logprobs_N - inputs.old_logprobs_N).masked_fill(~inputs.mask_N, 0.0)


def _clipped(
    log_ratio_N: torch.Tensor, advantages_N: torch.Tensor, settings: LossSettings
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    with torch.no_grad():
        gain_N = log_ratio_N.exp() * advantages_N
        bound_N = log_ratio_N.exp().clamp(1.0 - settings.clip_low, 1.0 + settings.clip_high) * advantages_N
        stopped_N = bound_N < gain_N
        if settings.dual_clip is not None:
            floor_N = torch.where(advantages_N < 0, settings.dual_clip * advantages_N, -math.inf)
            below_N = torch.minimum(gain_N, bound_N) < floor_N
            stopped_N, bound_N = stopped_N | below_N, torch.where(below_N, floor_N, bound_N)
        still_N = stopped_N | (advantages_N == 0)
    # what a bound holds is never exponentiated with a gradient: an infinite ratio times its slope of 0 is no number
    ratio_N = log_ratio_N.masked_fill(still_N, 0.0).exp()
    return -torch.where(still_N, bound_N, ratio_N * advantages_N), _clip_metrics(stopped_N, advantages_N)


def _clip_metrics(stopped_N: torch.Tensor, advantages_N: torch.Tensor) -> dict[str, torch.Tensor]:
    return {
        "clip_fraction": stopped_N.double(),
        "clip_fraction_positive": (stopped_N & (advantages_N > 0)).double(),
        "clip_fraction_negative": (stopped_N & (advantages_N < 0)).double(),
    }


def _k3(log_ratio_N: torch.Tensor, sign: float = 1.0) -> torch.Tensor:
    """Return an estimate without bias of a divergence whose draws are the policy's (1) or the old one's (-1)."""
    return (-sign * log_ratio_N).exp() - 1.0 + sign * log_ratio_N
