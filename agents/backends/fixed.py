"""Decoding in buffers that never move, so that a GPU repeats a step as one graph instead of starting each kernel anew.

A small model's kernels take less time than starting them does. The first step of a size runs by itself and is recorded;
each one after that is one call. A size is so many rows and so many positions, both rounded up, so that there are few.
Legend: B rows, L positions of the buffers, H key heads, D head size, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

from agents.backends.llama import has_the_shape
from agents.backends.modules import ModuleDecoder
from envs.core import ConfigError

Run = Callable[[], torch.Tensor]
Record = Callable[[Run], Run]
"""Takes what runs a step, and returns what repeats it: the same operations on the same memory."""

_STRIDE = 256
"""Positions are attended to in multiples of this."""


class FixedDecoder:
    """Decodes a batch whose rows come and go; a row's tokens stand from its place's first position on.

    Args:
        model: A model of Llama's shape. Its weights must not move while this object is used.
        prompts: Every prompt that will be admitted.
        rows: Most rows at once.
        max_new_tokens: Most tokens that a row will decode.
        record: Records a step; `CudaGraphs` on a GPU.
    """

    def __init__(
        self, model: Any, prompts: Sequence[tuple[int, ...]], rows: int, max_new_tokens: int, record: Record
    ) -> None:
        self.model, self.record = model, record
        self.reader = ModuleDecoder(model, max_new_tokens=0)
        self.rows = rows
        self.length = _rounded(max(map(len, prompts)) + max_new_tokens)
        self.lengths: list[int] = []
        self.tokens_B = torch.zeros(rows, dtype=torch.long, device=model.device)
        self.ends_B = torch.zeros(rows, dtype=torch.long, device=model.device)
        """Where the next token of each row goes; 0 for places without a row, whatever is written there is not read."""
        self.positions_L = torch.arange(self.length, device=model.device)
        self.buffers: list[tuple[torch.Tensor, torch.Tensor]] = []
        """Keys and values [B, H, L, D] of each layer."""
        self.recorded: dict[tuple[int, int], Run] = {}

    def keep(self, kept: Sequence[int]) -> None:
        """Drop all rows but these, which stand in this order from now on."""
        moved = [(new, old) for new, old in enumerate(kept) if new != old]
        if moved:
            new, old = (torch.tensor(side, device=self.model.device) for side in zip(*moved, strict=True))
            for buffer in [self.ends_B, *(side for both in self.buffers for side in both)]:
                buffer[new] = buffer[old]
        self.lengths = [self.lengths[row] for row in kept]
        self.ends_B[len(kept) :] = 0

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Add a row for each prompt behind the others, and return the logits [rows added, V] of their first tokens."""
        cache, mask_BL, logits = self.reader.read(prompts)
        if not self.buffers:
            for layer in cache.slots():
                keys, values = (
                    read.new_zeros(self.rows, read.shape[1], self.length, read.shape[3]) for read in layer.buffers
                )
                self.buffers.append((keys, values))
        first = len(self.lengths)
        for buffers, layer in zip(self.buffers, cache.slots(), strict=True):
            for buffer, read in zip(buffers, layer.buffers, strict=True):
                for row, prompt in enumerate(prompts):
                    buffer[first + row, :, : len(prompt)] = read[row][:, mask_BL[row]]
        self.lengths += map(len, prompts)
        self.ends_B[: len(self.lengths)] = torch.tensor(self.lengths, device=self.model.device)
        return logits

    def step(self, tokens_B: torch.Tensor) -> torch.Tensor:
        """Append a token to every row and return the logits [B, V] behind it; the next step may write over them."""
        count = len(self.lengths)
        self.tokens_B[:count] = tokens_B
        size = min(1 << (count - 1).bit_length(), self.rows), _rounded(max(self.lengths) + 1)
        if size not in self.recorded:
            self.recorded[size] = self.record(lambda: self._run(*size))
        logits = self.recorded[size]()
        self.lengths = [length + 1 for length in self.lengths]
        self.ends_B[:count] += 1
        return logits[:count]

    def _run(self, rows: int, length: int) -> torch.Tensor:
        """Run the last tokens of the first rows; nothing here may depend on what the tensors hold."""
        ends_B1 = self.ends_B[:rows, None]
        stored = [[side[:rows, :, :length] for side in both] for both in self.buffers]
        layers: list[Any] = [FixedLayer(keys, values, ends_B1) for keys, values in stored]
        output = self.model(
            input_ids=self.tokens_B[:rows, None],
            position_ids=ends_B1,
            attention_mask=(self.positions_L[:length] <= ends_B1)[:, None, None],
            use_cache=True,
            logits_to_keep=1,
            **{self.reader.cache_name: Cache(layers=layers)},
        )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits


class FixedLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """Keys and values [B, H, L, D] of one layer, of which each row's next position is written in place."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, ends_B1: torch.Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.stored, self.ends_B1 = (keys, values), ends_B1
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write one token a row, and return all positions, hidden ones included."""
        for buffer, states in zip(self.stored, (key_states, value_states), strict=True):
            buffer.scatter_(2, self.ends_B1[:, None, :, None].expand_as(states), states)
        return self.stored


class CudaGraphs:
    """Records steps as CUDA graphs, which share their memory: what one returned is gone when another is repeated."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.pool = torch.cuda.graph_pool_handle()

    def __call__(self, run: Run) -> Run:
        """Run once, as libraries allocate what they need at their first call; then record."""
        with torch.cuda.device(self.device):
            aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                run()
            torch.cuda.current_stream().wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            # other threads may use the GPU meanwhile: with `algo.steps_ahead=1` one learns
            with torch.cuda.graph(graph, pool=self.pool, capture_error_mode="thread_local"):
                logits = run()

        def repeat() -> torch.Tensor:
            graph.replay()
            return logits

        return repeat


def check_graphs(model: Any) -> None:
    """Refuse a model whose steps cannot be recorded.

    Raises:
        ConfigError: It is not on a GPU, or its modules may decide something by looking at numbers.
    """
    if model.device.type != "cuda" or not has_the_shape(model):
        raise ConfigError(
            "backend.graphs=true records the decoding of models of Llama's shape (Llama, SmolLM2, Qwen2, Qwen3) on a "
            f"GPU; this is {type(model).__name__} on {model.device.type}"
        )


def _rounded(length: int) -> int:
    return -(-length // _STRIDE) * _STRIDE
