"""Gradients of weights that are added up in place, row by row.

Autograd makes a whole gradient for every row and adds it to the last ones': for a head of 49,152 x 576 that is 113 MB
written, read and thrown away each time. A function of ours may add to `grad` itself instead, and tell autograd that
there is nothing to add. Only where nobody waits for the gradient on its way: one process, whole weights, `backward()`.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch


def total_of(weight: torch.Tensor) -> torch.Tensor:
    """Return a weight's `grad`, to be added to; of zeros if there was none.

    Args:
        weight: The parameter itself. What autograd hands back as saved may be another tensor on the same numbers
            (where blocks are computed again, or saved tensors are moved), whose `grad` nobody looks at.
    """
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def make_room(weights: Iterable[torch.Tensor]) -> None:
    """Give every weight that is trained its `grad`, of zeros, before anything is computed.

    Made one by one during a backward pass they would end up between what each layer gives back, which then fits nothing
    that comes later: for a row of 2,500 tokens that took half a gigabyte.
    """
    for weight in weights:
        if weight.requires_grad:
            total_of(weight)
