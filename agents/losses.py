"""Losses: pure functions of what the policy did and does. Legend: N scored tokens.

Every loss returns the *sum* over the tokens it is given; the learner divides by the one denominator of the whole batch,
so the gradient does not depend on how a batch is split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class LossInputs:
    """Per-token quantities, all of shape [N]; only `logprobs_N` carries a gradient."""

    logprobs_N: torch.Tensor
    """Under the weights that are being optimised."""
    behaviour_logprobs_N: torch.Tensor
    """Under the sampler, when the token was drawn."""
    advantages_N: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRange:
    """The trust region: the ratio of new to old probability counts within [1 - low, 1 + high]."""

    low: float = 0.2
    high: float = 0.28


class Loss(Protocol):
    """A loss over scored tokens."""

    def __call__(self, inputs: LossInputs, clip: ClipRange) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the summed loss and sums to be averaged over the batch's tokens, for the metrics."""
        ...


def grpo(inputs: LossInputs, clip: ClipRange) -> tuple[torch.Tensor, dict[str, float]]:
    """The clipped surrogate of PPO (arXiv 1707.06347) with separate bounds (DAPO, arXiv 2503.14476), summed.

    `-min(r A, clip(r, 1 - low, 1 + high) A)` for the ratio `r = exp(logprob - behaviour_logprob)` of each token.
    """
    log_ratio_N = inputs.logprobs_N - inputs.behaviour_logprobs_N
    ratio_N = log_ratio_N.exp()
    clipped_N = ratio_N.clamp(1.0 - clip.low, 1.0 + clip.high)
    gain_N = torch.minimum(ratio_N * inputs.advantages_N, clipped_N * inputs.advantages_N)
    with torch.no_grad():
        sums = {
            "clip_fraction": float((clipped_N * inputs.advantages_N < ratio_N * inputs.advantages_N).sum()),
            "ratio_deviation": float((ratio_N - 1.0).abs().sum()),
            "kl_to_sampler": float((ratio_N - 1.0 - log_ratio_N).sum()),
        }
    return -gain_N.sum(), sums


def reinforce(inputs: LossInputs, clip: ClipRange) -> tuple[torch.Tensor, dict[str, float]]:
    """The plain policy gradient, `-A logprob`, summed; no ratio and no trust region, so `clip` is not used."""
    del clip
    return -(inputs.logprobs_N * inputs.advantages_N).sum(), {}


LOSSES: dict[str, Loss] = {"grpo": grpo, "reinforce": reinforce}
