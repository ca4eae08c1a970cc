"""In which numbers a model computes, and what is computed twice to save memory.

Weights that are trained, their gradients, the optimizer's state, the head, log-probabilities and the loss are float32
always; autocast runs the blocks in half precision. Left out: weights in half precision that are trained (updates of
1e-6 vanish in bfloat16).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from agents.core import Completion, Sampling

PRECISIONS: dict[str, torch.dtype | None] = {
    "fp32": None,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}
"""Name -> what autocast computes in; None: there is no autocast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computing:
    """How the model's blocks are run."""

    half: torch.dtype | None = None
    """What they compute in; None: float32. With float16 the loss is scaled."""
    compiled: bool = False
    """Whether by code that `torch.compile` made."""


def half_type(name: str, device: torch.device) -> torch.dtype | None:
    """Return what a model computes in on a device; None: float32. `auto` is bfloat16 on GPUs that have it."""
    if name == "auto":
        name = "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
    return PRECISIONS[name]


def autocast(device: torch.device, half: torch.dtype | None, *, reuse: bool = False) -> torch.autocast:
    """Return the context in which the blocks of a model run.

    Args:
        device: Of the model.
        half: What to compute in; None: float32.
        reuse: Whether weights are converted once for the whole context. Only where no gradient is wanted: what is
            converted without one would be used, without one, by whatever computes gradients beside it.
    """
    return torch.autocast(device.type, dtype=half, enabled=half is not None, cache_enabled=reuse)


class HalfPolicy:
    """Samples in half precision.

    Args:
        policy: Samples in this process, and streams.
        device: Where it does.
        half: What to compute in.
    """

    def __init__(self, policy: Any, device: torch.device, half: torch.dtype) -> None:
        self.policy = policy
        self._autocast = functools.partial(autocast, device, half, reuse=True)

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts."""
        finished = dict(self.completions(prompts_ids, sampling))
        return [finished[row] for row in range(len(prompts_ids))]

    def completions(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[tuple[int, Completion]]:
        """Yield each completion with its row as soon as it ends; until the last, this thread computes in half."""
        with self._autocast():  # around all, since what leaves it forgets the weights that were converted
            yield from self.policy.completions(prompts_ids, sampling)

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from these weights from now on."""
        self.policy.load_weights(weights, policy_version)


def set_precision(model: Any, half: torch.dtype | None) -> None:
    """Make a model fit to compute in half precision: an exact head, and weights that are not trained in half the room.

    Args:
        model: A `transformers` causal language model.
        half: What its blocks compute in; None: nothing is changed.
    """
    if half is None:
        return
    head = model.get_output_embeddings()
    if head.weight.device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # the head's products; its inputs have fewer digits than TF32

    head.forward = functools.partial(_exact, head)  # a logit of 20 would be off by 0.06 in bfloat16 (arXiv 2506.13585)
    for block in blocks(model):
        for parameter in block.parameters():
            if not parameter.requires_grad and parameter.dim() > 1:
                parameter.data = parameter.data.to(half)


def checkpoint_blocks(model: Any) -> None:
    """Keep only what goes into each block for the backward pass, and compute the rest again there."""
    for block in blocks(model):
        block.forward = functools.partial(_again, block.forward)


@contextmanager
def computed_once(model: Any) -> Iterator[int]:
    """Undo `checkpoint_blocks` for a while; the value is the number of blocks that it was done to."""
    again = computed_again(model)
    try:
        for block in again:
            block.forward = block.forward.args[0]
        yield len(again)
    finally:
        for block in again:
            block.forward = functools.partial(_again, block.forward)


def computed_again(model: Any) -> list[Any]:
    """Return the blocks to which `checkpoint_blocks` was done."""
    return [block for block in blocks(model) if getattr(block.forward, "func", None) is _again]


def blocks(model: Any) -> list[Any]:
    """Return the layers that a model is a pile of."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    return [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]


def _exact(head: Any, hidden: torch.Tensor) -> torch.Tensor:
    with torch.autocast(hidden.device.type, enabled=False):
        return torch.nn.functional.linear(hidden.float(), head.weight, head.bias)


def _again(forward: Any, *args: Any, **kwargs: Any) -> Any:
    if not torch.is_grad_enabled():
        return forward(*args, **kwargs)
    # nothing is dropped out, so there is no random state to keep
    return checkpoint(forward, *args, use_reentrant=False, preserve_rng_state=False, **kwargs)
