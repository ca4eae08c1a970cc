"""Prompts that several rows of a batch attend to: each is held once, and short ones are attended to in one call.

Legend: G prompts, P tokens of the longest, M rows of the one that has most, B rows of the batch, K key heads, R query
heads that share one, D head size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import pad

Attend = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None], tuple[torch.Tensor, torch.Tensor]]
"""From queries, keys, values and what is added to the scores to the values' mean under the softmax, and the logarithm
of the softmax's denominator."""

SHORT = 256
"""Longest prompt that stands beside others: behind it a call of its own costs little, and padding much."""


@dataclass(slots=True, eq=False)
class Prompt:
    """What is kept of a prompt while a row of it is running or waiting."""

    length: int
    stored: list[torch.Tensor]
    """Keys and values of each layer, [2, K, T, D]."""
    logits_V: torch.Tensor


class Siblings:
    """The rows that attend to some prompts.

    Args:
        stored: Keys and values of each layer, [2, G, K, P, D], padded on the right.
        lengths: Tokens of each prompt.
        rows: Of each prompt, the rows that attend to it; there may be none.
    """

    def __init__(self, stored: list[torch.Tensor], lengths: list[int], rows: list[list[int]]) -> None:
        self._stored = stored
        longest, most = stored[0].shape[3], max(map(len, rows))
        beyond = torch.arange(longest) >= torch.tensor(lengths)[:, None]
        self._hidden = hide(beyond)[:, None, None] if beyond.any() else None
        self._asked_GM = torch.tensor([[*one, *[0] * (most - len(one))] for one in rows])
        self._answered = torch.tensor([[place < len(one) for place in range(most)] for one in rows]).flatten()
        self._full = bool(self._answered.all())
        self._members = _span([row for one in rows for row in one])

    def mix(
        self, layer: int, queries: torch.Tensor, attended: torch.Tensor, weight: torch.Tensor, attend: Attend
    ) -> None:
        """Mix what rows find in their prompts into what they found in their own tokens.

        Args:
            layer: Whose keys and values.
            queries: Of the whole batch, [B, K, R, D].
            attended: What was found, [B, K, R, D]; it is changed.
            weight: The logarithm of its softmax's denominator, [B, K, R].
            attend: What attends.
        """
        own, (groups, most) = self._members, self._asked_GM.shape
        in_order = self._full and isinstance(own, slice)
        _, kv_heads, share, size = queries.shape
        asked = queries[own].view(groups, most, kv_heads, share, size) if in_order else queries[self._asked_GM]
        keys, values = self._stored[layer]
        found, mass = attend(asked.transpose(1, 2).flatten(2, 3), keys, values, self._hidden)
        found = found.view(groups, kv_heads, most, share, size).transpose(1, 2).flatten(0, 1)
        mass = mass.view(groups, kv_heads, most, share).transpose(1, 2).flatten(0, 1)
        if not self._full:
            found, mass = found[self._answered], mass[self._answered]
        part = torch.sigmoid(mass - weight[own])[..., None]  # of two denominators, the second's share
        if isinstance(own, slice):
            attended[own].lerp_(found, part)
        else:
            attended[own] = torch.lerp(attended[own], found, part)


class SharedPrompts:
    """Holds what rows share, for as long as one of them runs."""

    def __init__(self) -> None:
        self._beside: list[Prompt] = []
        self._stored: list[torch.Tensor] = []

    def of(self, prompts: list[Prompt | None]) -> list[Siblings]:
        """Return who attends to what, from the prompt of each row; rows of None share nothing."""
        rows: dict[Prompt, list[int]] = {}
        for row, prompt in enumerate(prompts):
            if prompt is not None:
                rows.setdefault(prompt, []).append(row)
        short = [prompt for prompt in rows if prompt.length <= SHORT]
        found = [
            Siblings([stored[:, None] for stored in prompt.stored], [prompt.length], [rows[prompt]])
            for prompt in rows
            if prompt.length > SHORT
        ]
        if not short:
            self._beside, self._stored = [], []
            return found
        if not set(short) <= set(self._beside) or 2 * len(short) <= len(self._beside):
            self._stand(short)
        beside = [rows.get(prompt, []) for prompt in self._beside]
        return [*found, Siblings(self._stored, [prompt.length for prompt in self._beside], beside)]

    def _stand(self, prompts: list[Prompt]) -> None:
        """Put prompts beside each other; from now on they are parts of the whole, so nothing is held twice."""
        longest = max(prompt.length for prompt in prompts)
        self._beside, self._stored = prompts, []
        for layer in range(len(prompts[0].stored)):
            padded = [pad(prompt.stored[layer], (0, 0, 0, longest - prompt.length)) for prompt in prompts]
            self._stored.append(torch.stack(padded, dim=1))
            for place, prompt in enumerate(prompts):
                prompt.stored[layer] = self._stored[layer][:, place, :, : prompt.length]


def hide(mask: torch.Tensor) -> torch.Tensor:
    """Return what is added to the scores where `mask` says what is not to be seen."""
    return torch.zeros(mask.shape).masked_fill_(mask, float("-inf"))


def _span(rows: list[int]) -> torch.Tensor | slice:
    """Return an index of these rows; a slice, which copies nothing, where they stand in order."""
    if rows == list(range(rows[0], rows[0] + len(rows))):
        return slice(rows[0], rows[0] + len(rows))
    return torch.tensor(rows)
