"""Decoding with a model's own modules, whatever its architecture. Legend: B rows, L cached positions, V vocabulary.

All rows write to the same position of the cache: a row's tokens stand at its right end, and a mask hides what is left
of them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer


class ModuleDecoder:
    """Decodes a batch whose rows come and go.

    Args:
        model: A `transformers` causal language model.
        max_new_tokens: Most tokens that a row will decode.
    """

    def __init__(self, model: Any, max_new_tokens: int) -> None:
        self.model = model
        self.max_new_tokens = max_new_tokens
        self.cache = SlotCache(room=0)
        self.mask_BL = torch.ones(0, 0, dtype=torch.bool, device=model.device)
        # transformers 5.24 renamed the argument that takes the cache, model by model
        self.cache_name = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"

    def keep(self, kept: Sequence[int]) -> None:
        """Drop all rows but these, which stand in this order from now on."""
        rows = torch.tensor(kept, dtype=torch.long, device=self.model.device)
        self.mask_BL = self.mask_BL[rows]
        if kept:
            self.cache.take(rows)

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Add a row for each prompt behind the others, and return the logits [rows added, V] of their first tokens."""
        cache, mask, logits = self.read(prompts)
        if len(self.mask_BL):
            self.mask_BL, unused = _stack(self.mask_BL, mask)
            cache.put_before(self.cache, unused, room=self.max_new_tokens)
        else:
            self.mask_BL = mask
        self.cache = cache
        return logits

    def step(self, tokens_B: torch.Tensor) -> torch.Tensor:
        """Append a token to every row and return the logits [B, V] behind it."""
        self.mask_BL = torch.cat([self.mask_BL, self.mask_BL.new_ones(len(tokens_B), 1)], dim=1)
        return self._forward(tokens_B[:, None], self.mask_BL, self.cache)

    def read(self, prompts: Sequence[tuple[int, ...]]) -> tuple[SlotCache, torch.Tensor, torch.Tensor]:
        """Run what all prompts begin with once, the rest of each distinct prompt once, and hand out copies.

        The rests are padded on the left, between the common beginning and their own first token.

        Returns:
            A cache with a row for each prompt and room for `max_new_tokens`, a mask [B, L] of what is real in it, and
            the logits [B, V] of their first tokens.
        """
        device = self.model.device
        distinct = list(dict.fromkeys(prompts))
        shared = common_beginning(distinct)
        width = max(map(len, distinct)) - shared
        ids = torch.zeros(len(distinct), width, dtype=torch.long, device=device)
        mask = torch.zeros(len(distinct), shared + width, dtype=torch.bool, device=device)
        mask[:, :shared] = True
        for row, prompt in enumerate(distinct):
            own = len(prompt) - shared
            ids[row, width - own :] = torch.tensor(prompt[shared:], device=device)
            mask[row, shared + width - own :] = True
        cache = SlotCache(room=0)
        if shared:
            beginning = torch.tensor([distinct[0][:shared]], device=device)
            self._forward(beginning, torch.ones_like(beginning, dtype=torch.bool), cache)
            cache.take(torch.zeros(len(distinct), dtype=torch.long, device=device), room=width)
        logits = self._forward(ids, mask, cache)
        place = {prompt: row for row, prompt in enumerate(distinct)}
        rows = torch.tensor([place[prompt] for prompt in prompts], device=device)
        cache.take(rows, room=self.max_new_tokens)
        return cache, mask[rows], logits[rows]

    def _forward(self, ids_BT: torch.Tensor, mask_BL: torch.Tensor, cache: SlotCache) -> torch.Tensor:
        """Return the logits [B, V] behind the last token; `mask_BL` says which of the L cached positions are real."""
        new = ids_BT.shape[1]
        positions = (mask_BL.long().cumsum(1) - 1).clamp_min(0)[:, -new:]
        visible = mask_BL[:, None, None, :]
        if new > 1:
            square = torch.ones(new, mask_BL.shape[1], dtype=torch.bool, device=ids_BT.device)
            cached = mask_BL.shape[1] - new
            itself = square.tril(cached) & square.triu(cached)  # padding sees itself: a row of no one has no softmax
            visible = (visible & square.tril(cached)) | itself
        output = self.model(
            input_ids=ids_BT,
            position_ids=positions,
            attention_mask=visible,
            use_cache=True,
            logits_to_keep=1,
            **{self.cache_name: cache},
        )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits


def common_beginning(prompts: Sequence[tuple[int, ...]]) -> int:
    """Return how many tokens all prompts begin with, leaving each at least one of its own; 0 for a single prompt."""
    first, last = min(prompts), max(prompts)  # in lexicographic order these two differ first
    length = 0
    if first != last:
        while length < min(len(first), len(last)) and first[length] == last[length]:
            length += 1
    return min(length, min(map(len, prompts)) - 1)


def _stack(above: torch.Tensor, below: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Return both masks as one, ends aligned, and how many columns of `above` no row uses and the result lacks."""
    unused = int((~above.any(dim=0)).int().cumprod(dim=0).sum())
    above = above[:, unused:]
    width = max(above.shape[1], below.shape[1])
    padded = [torch.nn.functional.pad(mask, (width - mask.shape[1], 0)) for mask in (above, below)]
    return torch.cat(padded), unused


class SlotLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """Keys and values of one layer in buffers with room to grow, so that a new token costs no copy."""

    def __init__(self, room: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.room = room
        self.length = 0
        self.buffers: list[torch.Tensor] = []

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Allocate buffers [B, heads, length + room, head size] for both."""
        self.dtype, self.device = key_states.dtype, key_states.device
        for states in (key_states, value_states):
            batch, heads, new, size = states.shape
            self.buffers.append(states.new_empty(batch, heads, self.length + new + self.room, size))
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append, and return views of all that is stored."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[-2]
        for buffer, states in zip(self.buffers, (key_states, value_states), strict=True):
            buffer[:, :, self.length : end] = states
        return self._set_length(end)

    def take(self, rows: torch.Tensor, room: int | None = None) -> None:
        """Keep `rows`, in this order and as often as they are named, with `room` for more tokens."""
        free = self.buffers[0].shape[2] - self.length if room is None else room
        for index, buffer in enumerate(self.buffers):
            fresh = buffer.new_empty(len(rows), buffer.shape[1], self.length + free, buffer.shape[3])
            fresh[:, :, : self.length] = buffer[rows, :, : self.length]
            self.buffers[index] = fresh
        self._set_length(self.length)

    def put_before(self, other: SlotLayer, unused: int, room: int) -> None:
        """Put another layer's rows, less their first `unused` tokens, before these, ends aligned."""
        length = max(self.length, other.length - unused)
        for index, (own, theirs) in enumerate(zip(self.buffers, other.buffers, strict=True)):
            rows = len(theirs)
            both = own.new_zeros(rows + len(own), own.shape[1], length + room, own.shape[3])
            both[:rows, :, length - (other.length - unused) : length] = theirs[:, :, unused : other.length]
            both[rows:, :, length - self.length : length] = own[:, :, : self.length]
            self.buffers[index] = both
        self._set_length(length)

    def get_seq_length(self) -> int:
        """Number of tokens stored."""
        return self.length

    def _set_length(self, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.length = length
        keys, values = (buffer[:, :, :length] for buffer in self.buffers)
        self.keys, self.values = keys, values
        return keys, values


class SlotCache(Cache):
    """A cache of `SlotLayer`s."""

    def __init__(self, room: int) -> None:
        make_layer: Any = functools.partial(SlotLayer, room)
        super().__init__(layer_class_to_replicate=make_layer)

    def take(self, rows: torch.Tensor, room: int | None = None) -> None:
        """Keep `rows`, in this order and as often as they are named, with `room` for more tokens."""
        for layer in self.slots():
            layer.take(rows, room)

    def put_before(self, other: SlotCache, unused: int, room: int) -> None:
        """Put another cache's rows before these."""
        for layer, theirs in zip(self.slots(), other.slots(), strict=True):
            layer.put_before(theirs, unused, room)

    def slots(self) -> list[SlotLayer]:
        """Return the layers."""
        layers: list[Any] = self.layers
        return layers
