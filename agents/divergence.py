"""Estimators of the divergence from a reference model, by what their *gradient* is. Legend: N scored tokens.

An estimator whose value has the right mean need not have the right gradient: on-policy the mean gradient of
`log(policy / reference)` is zero, and that of GRPO's estimator is the gradient of the divergence the other way round.
All of them take the logarithm of policy over reference, and of policy over what drew it, for each token. What drew it
are the old weights; the way from them to the sampler is the importance of the whole loss (`correction.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch

Divergence = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def k2(to_reference_N: torch.Tensor, since_drawn_N: torch.Tensor) -> torch.Tensor:
    """Half the square, times the ratio to what drew it: its gradient is that of KL(policy || reference)."""
    return since_drawn_N.detach().exp() * 0.5 * to_reference_N.square()


def k3(to_reference_N: torch.Tensor, since_drawn_N: torch.Tensor) -> torch.Tensor:
    """`reference / policy - 1 - log(reference / policy)` times the ratio to what drew it, gradient included.

    Value and gradient are those of KL(policy || reference) (DeepSeek-V3.2, arXiv 2512.02556).
    """
    return since_drawn_N.exp() * ((-to_reference_N).exp() - 1.0 + to_reference_N)


def k3_plain(to_reference_N: torch.Tensor, since_drawn_N: torch.Tensor) -> torch.Tensor:
    """As GRPO's paper has it (arXiv 2402.03300), on-policy: the gradient is that of KL(reference || policy)."""
    del since_drawn_N
    return (-to_reference_N).exp() - 1.0 + to_reference_N


DIVERGENCES: dict[str, Divergence] = {"k2": k2, "k3": k3, "k3_plain": k3_plain}
