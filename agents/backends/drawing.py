"""One token from logits and a number in [0, 1). Legend: B batch, V vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from agents.core import SamplerError

_BLOCK = 256
"""The vocabulary is searched in two steps, blocks first: sums stay exact in float32 and cost little."""


def draw(logits_BV: torch.Tensor, uniforms_B: torch.Tensor, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one token per row by inverting the distribution function at a given uniform number.

    Args:
        logits_BV: Unnormalised log-probabilities.
        uniforms_B: Numbers in [0, 1), float64.
        temperature: Divides the logits.

    Returns:
        Token ids and their log-probabilities at this temperature, both of shape [B].

    Raises:
        SamplerError: A row's logits are no numbers, or none is finite.
    """
    masses = torch.softmax(logits_BV if temperature == 1.0 else logits_BV / temperature, dim=1)
    short = -masses.shape[1] % _BLOCK
    if short:
        masses = torch.nn.functional.pad(masses, (0, short))
    blocks = masses.view(len(masses), -1, _BLOCK)
    block_ends = blocks.sum(dim=2).double().cumsum(dim=1)
    if not bool(torch.isfinite(block_ends[:, -1]).all()):
        raise SamplerError(
            "the model's logits are not finite: its weights are damaged or have grown beyond all bounds, or its "
            "precision or the temperature is too low"
        )
    goal = uniforms_B[:, None] * block_ends[:, -1:]
    block = torch.searchsorted(block_ends, goal, right=True).clamp_max(blocks.shape[1] - 1)
    before = torch.where(block > 0, block_ends.gather(1, (block - 1).clamp_min(0)), 0.0)
    inside = blocks[torch.arange(len(blocks), device=blocks.device), block.squeeze(1)]
    ends = inside.double().cumsum(dim=1)
    offset = torch.searchsorted(ends, goal - before, right=True)
    last_possible = _BLOCK - 1 - (inside > 0).flip(1).int().argmax(dim=1, keepdim=True)
    token_B1 = block * _BLOCK + torch.minimum(offset, last_possible)
    logprobs_B1 = masses.gather(1, token_B1).log() - block_ends[:, -1:].log().to(masses.dtype)
    return token_B1.squeeze(1), logprobs_B1.squeeze(1)


def uniforms(seed: int, rows: Iterable[int], draws: int) -> torch.Tensor:
    """Return the numbers [rows, draws] that decide each draw; each row has a stream of its own."""
    streams = [np.random.default_rng((seed, row)) for row in rows]
    return torch.from_numpy(np.stack([stream.random(draws) for stream in streams]))
