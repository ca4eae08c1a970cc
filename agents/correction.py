"""Weights for the gap between what sampled and what learns: other kernels, other precision, older weights.

Legend: N scored tokens. Each function takes the logarithm of the learner's old probability over the sampler's and
returns a weight for every token, without gradient. Where both are the same the weight is 1.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

Correction = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, float], torch.Tensor]
"""(log ratio [N], sequence [N], mask [N], cap) -> weights [N]."""


def none(log_ratio_N: torch.Tensor, sequence_N: torch.Tensor, mask_N: torch.Tensor, cap: float) -> torch.Tensor:
    """No correction: every token weighs 1."""
    del sequence_N, mask_N, cap
    return torch.ones_like(log_ratio_N)


def truncated(log_ratio_N: torch.Tensor, sequence_N: torch.Tensor, mask_N: torch.Tensor, cap: float) -> torch.Tensor:
    """The ratio of each token, at most `cap` (truncated importance sampling)."""
    del sequence_N
    return log_ratio_N.masked_fill(~mask_N, 0.0).exp().clamp_max(cap)


def banded(log_ratio_N: torch.Tensor, sequence_N: torch.Tensor, mask_N: torch.Tensor, cap: float) -> torch.Tensor:
    """The ratio of each token where it lies in [1 / cap, cap], else 0 (IcePop, arXiv 2510.18855)."""
    del sequence_N
    ratio_N = log_ratio_N.masked_fill(~mask_N, 0.0).exp()
    return torch.where((ratio_N >= 1.0 / cap) & (ratio_N <= cap), ratio_N, torch.zeros_like(ratio_N))


def sequence_mask(
    log_ratio_N: torch.Tensor, sequence_N: torch.Tensor, mask_N: torch.Tensor, cap: float
) -> torch.Tensor:
    """1 for the tokens of a sequence whose geometric mean ratio lies in [1 / cap, cap], 0 for all others."""
    sequences = int(sequence_N.max()) + 1 if len(sequence_N) else 0
    kept_N = mask_N.to(log_ratio_N.dtype)
    sums_S = log_ratio_N.new_zeros(sequences).index_add(0, sequence_N, log_ratio_N.masked_fill(~mask_N, 0.0))
    counts_S = log_ratio_N.new_zeros(sequences).index_add(0, sequence_N, kept_N)
    mean_S = (sums_S / counts_S.clamp_min(1.0)).exp()
    return ((mean_S >= 1.0 / cap) & (mean_S <= cap)).to(log_ratio_N.dtype)[sequence_N]


CORRECTIONS: dict[str, Correction] = {
    "none": none,
    "truncated": truncated,
    "banded": banded,
    "sequence_mask": sequence_mask,
}


def effective_sample_share(weight_sum: float, square_sum: float, tokens: float) -> float:
    """Return the effective sample size of importance weights as a share of the tokens: 1 where all weigh the same."""
    return weight_sum**2 / (tokens * square_sum) if square_sum else 0.0
