"""Sampling with a `transformers` model in this process, sharing the learner's weights.

Equal prompts are run once and their keys and values handed to every sibling; finished sequences leave the batch. Left
out: beam search, penalties, top-k and top-p (they would make the policy's probabilities differ from the learner's).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from transformers.cache_utils import Cache, DynamicLayer

from agents.core import Completion, FinishReason, Sampling

_BLOCK = 256
"""The vocabulary is searched in two steps, blocks first: sums stay exact in float32 and cost little."""

_COMPACT_AT = 0.75
"""Finished sequences leave the batch when the share that still runs is down to this: leaving copies the others."""


class TransformersBackend:
    """Samples from a `transformers` causal language model that this process holds.

    Args:
        model: The model; the learner updates the same object, so there are no weights to copy.
        eos_ids: Every id that ends a completion.
        max_batch: Sequences sampled side by side.
    """

    def __init__(self, model: Any, eos_ids: Sequence[int], *, max_batch: int = 64) -> None:
        self.model = model
        self._cache_name = _cache_name(model)
        self.eos_ids = torch.tensor(sorted(set(eos_ids)), device=model.device)
        self.max_batch = max_batch
        self.policy_version = 0

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from these weights from now on; an empty mapping means that the shared model was updated in place."""
        if weights:
            self.model.load_state_dict(dict(weights), strict=False, assign=False)
        self.policy_version = policy_version

    @torch.inference_mode()
    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts."""
        was_training = self.model.training
        self.model.eval()
        completions: list[Completion] = []
        for start in range(0, len(prompts_ids), self.max_batch):
            rows = range(start, min(start + self.max_batch, len(prompts_ids)))
            completions += self._generate_batch([tuple(prompts_ids[row]) for row in rows], sampling, start)
        self.model.train(was_training)
        return completions

    @torch.inference_mode()
    def stream(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[list[tuple[int, int]]]:
        """Sample side by side and yield each step's draws as (row, token): together, what `generate` returns."""
        self.model.eval()
        for drawn in self._draws([tuple(prompt) for prompt in prompts_ids], sampling, 0):
            yield [(row, token) for row, token, _, _ in drawn]

    def _generate_batch(self, prompts: list[tuple[int, ...]], sampling: Sampling, first_row: int) -> list[Completion]:
        tokens: list[list[int]] = [[] for _ in prompts]
        logprobs: list[list[float]] = [[] for _ in prompts]
        stopped = [False] * len(prompts)
        for drawn in self._draws(prompts, sampling, first_row):
            for row, token, logprob, finished in drawn:
                tokens[row].append(token)
                logprobs[row].append(logprob)
                stopped[row] = finished
        return [
            Completion(
                token_ids=tuple(ids),
                logprobs=tuple(values),
                finish_reason=FinishReason.STOP if stop else FinishReason.LENGTH,
                policy_version=self.policy_version,
            )
            for ids, values, stop in zip(tokens, logprobs, stopped, strict=True)
        ]

    def _draws(
        self, prompts: list[tuple[int, ...]], sampling: Sampling, first_row: int
    ) -> Iterator[list[tuple[int, int, float, bool]]]:
        """Yield, token by token, of each row that still runs: row, token, log-probability, whether it ends there."""
        uniforms_BT = _uniforms(sampling, first_row, len(prompts)).to(self.model.device)
        stopped = [False] * len(prompts)
        rows = torch.arange(len(prompts), device=self.model.device)
        cache, mask_BL, logits_BV = self._prefill(prompts, sampling.max_new_tokens)
        for step in range(sampling.max_new_tokens):
            token_B, logprob_B = draw(logits_BV, uniforms_BT[rows, step], sampling.temperature)
            finished_B = torch.isin(token_B, self.eos_ids)
            drawn = [
                one
                for one in zip(rows.tolist(), token_B.tolist(), logprob_B.tolist(), finished_B.tolist(), strict=True)
                if not stopped[one[0]]
            ]
            for row, _, _, finished in drawn:
                stopped[row] = finished
            yield drawn
            running = [index for index, row in enumerate(rows.tolist()) if not stopped[row]]
            if step + 1 == sampling.max_new_tokens or not running:
                break
            if len(running) <= _COMPACT_AT * len(rows):
                keep = torch.tensor(running, device=rows.device)
                rows, mask_BL, token_B = rows[keep], mask_BL[keep], token_B[keep]
                cache.keep(keep)
            mask_BL = torch.cat([mask_BL, mask_BL.new_ones(len(rows), 1)], dim=1)
            logits_BV = self._forward(token_B[:, None], mask_BL, cache)

    def _prefill(
        self, prompts: list[tuple[int, ...]], max_new_tokens: int
    ) -> tuple[SlotCache, torch.Tensor, torch.Tensor]:
        """Run what all prompts begin with once, the rest of each distinct prompt once, and hand out copies.

        The rests are padded on the left, between the common beginning and their own first token.
        """
        device = self.model.device
        distinct = list(dict.fromkeys(prompts))
        shared = _common_beginning(distinct)
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
            cache.spread(torch.zeros(len(distinct), dtype=torch.long, device=device), room=width)
        logits = self._forward(ids, mask, cache)
        place = {prompt: row for row, prompt in enumerate(distinct)}
        rows = torch.tensor([place[prompt] for prompt in prompts], device=self.model.device)
        cache.spread(rows, room=max_new_tokens)
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
            **{self._cache_name: cache},
        )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits


def _cache_name(model: Any) -> str:
    """Return the name of the argument that takes the cache: transformers 5.24 renamed it, model by model."""
    return "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"


def draw(logits_BV: torch.Tensor, uniforms_B: torch.Tensor, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one token per row by inverting the distribution function at a given uniform number.

    Args:
        logits_BV: Unnormalised log-probabilities.
        uniforms_B: Numbers in [0, 1), float64.
        temperature: Divides the logits.

    Returns:
        Token ids and their log-probabilities at this temperature, both of shape [B].
    """
    scaled_BV = logits_BV / temperature
    log_total_B = scaled_BV.logsumexp(dim=1)
    probabilities = (scaled_BV - log_total_B[:, None]).exp_()
    short = -probabilities.shape[1] % _BLOCK
    if short:
        probabilities = torch.nn.functional.pad(probabilities, (0, short))
    blocks = probabilities.view(len(probabilities), -1, _BLOCK)
    block_ends = blocks.sum(dim=2).double().cumsum(dim=1)
    goal = uniforms_B[:, None] * block_ends[:, -1:]
    block = torch.searchsorted(block_ends, goal, right=True).clamp_max(blocks.shape[1] - 1)
    before = torch.where(block > 0, block_ends.gather(1, (block - 1).clamp_min(0)), 0.0)
    inside = blocks[torch.arange(len(blocks), device=blocks.device), block.squeeze(1)]
    ends = inside.double().cumsum(dim=1)
    offset = torch.searchsorted(ends, goal - before, right=True)
    last_possible = _BLOCK - 1 - (inside > 0).flip(1).int().argmax(dim=1, keepdim=True)
    token_B = (block * _BLOCK + torch.minimum(offset, last_possible)).squeeze(1)
    return token_B, scaled_BV.gather(1, token_B[:, None]).squeeze(1) - log_total_B


def _common_beginning(prompts: Sequence[tuple[int, ...]]) -> int:
    """Return how many tokens all prompts begin with, leaving each at least one of its own; 0 for a single prompt."""
    first, last = min(prompts), max(prompts)  # in lexicographic order these two differ first
    length = 0
    if first != last:
        while length < min(len(first), len(last)) and first[length] == last[length]:
            length += 1
    return min(length, min(map(len, prompts)) - 1)


def _uniforms(sampling: Sampling, first_row: int, rows: int) -> torch.Tensor:
    """Return the numbers [rows, max_new_tokens] that decide each draw; each row has a stream of its own."""
    streams = [np.random.default_rng((sampling.seed, first_row + row)) for row in range(rows)]
    return torch.from_numpy(np.stack([stream.random(sampling.max_new_tokens) for stream in streams]))


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
        self.length = end
        self.keys, self.values = (buffer[:, :, :end] for buffer in self.buffers)
        return self.keys, self.values

    def take(self, rows: torch.Tensor, room: int | None = None) -> None:
        """Keep `rows`, in this order and as often as they are named, with `room` for more tokens."""
        free = self.buffers[0].shape[2] - self.length if room is None else room
        for index, buffer in enumerate(self.buffers):
            fresh = buffer.new_empty(len(rows), buffer.shape[1], self.length + free, buffer.shape[3])
            fresh[:, :, : self.length] = buffer[rows, :, : self.length]
            self.buffers[index] = fresh
        self.keys, self.values = (buffer[:, :, : self.length] for buffer in self.buffers)

    def get_seq_length(self) -> int:
        """Number of tokens stored."""
        return self.length


class SlotCache(Cache):
    """A cache of `SlotLayer`s."""

    def __init__(self, room: int) -> None:
        make_layer: Any = functools.partial(SlotLayer, room)
        super().__init__(layer_class_to_replicate=make_layer)

    def spread(self, rows: torch.Tensor, room: int) -> None:
        """Give each sequence the state of its prompt, with room for its completion."""
        for layer in self._slots():
            layer.take(rows, room)

    def keep(self, rows: torch.Tensor) -> None:
        """Drop all other sequences."""
        for layer in self._slots():
            layer.take(rows)

    def _slots(self) -> list[SlotLayer]:
        layers: list[Any] = self.layers
        return layers
