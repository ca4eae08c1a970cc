"""What a training run needs of memory, by what takes it.

Nothing of full size is made to find out: what the backward pass keeps is measured on two short rows, and follows from
them for any length, since it is a linear and a quadratic part. Left out: what Python and torch take themselves.
"""

from __future__ import annotations

from typing import Any

import torch

from agents.core import PackedRow
from agents.learner import PolicyLearner
from agents.logprob import BLOCK_TOKENS, BLOCK_WORDS
from agents.precision import computed_once

_SHORT, _LONG = 64, 128
"""Lengths of the rows that are measured."""


def learner_memory(learner: PolicyLearner, row_tokens: int) -> dict[str, int]:
    """Return the bytes that an optimizer step needs, by name.

    Args:
        learner: The learner, before or after a step.
        row_tokens: Length of the longest row.
    """
    parameters = list(learner.model.parameters())
    trained = sum(_bytes(parameter) for parameter in parameters if parameter.requires_grad)
    compared = [parameter for other in learner.compared() for parameter in other.parameters()]
    own = {id(parameter) for parameter in parameters}
    head = learner.model.get_output_embeddings().weight
    return {
        "weights": sum(map(_bytes, parameters)),
        "gradients": trained,
        "optimizer state": 2 * trained,  # both moments of AdamW
        "models to compare with": sum(_bytes(parameter) for parameter in compared if id(parameter) not in own),
        "activations of the longest row": activation_memory(learner, row_tokens),
        "logits of a block": 3
        * min(BLOCK_TOKENS, row_tokens)
        * min(BLOCK_WORDS, len(head))
        * 4,  # they and two temporaries
    }


def activation_memory(learner: PolicyLearner, tokens: int) -> int:
    """Return the bytes that the backward pass of a row of so many tokens keeps."""
    kept = _extrapolated(learner, tokens)
    with computed_once(learner.model) as blocks:
        if not blocks:
            return kept
        inside = (_extrapolated(learner, tokens) - kept) // blocks
    width: int = learner.model.config.get_text_config().hidden_size
    return kept + blocks * tokens * width * 4 + inside  # what goes into each, and one that is computed again


def _extrapolated(learner: PolicyLearner, tokens: int) -> int:
    if tokens <= _LONG:
        return kept_for_backward(learner, tokens)
    short, long = (kept_for_backward(learner, length) / length for length in (_SHORT, _LONG))
    quadratic = (long - short) / (_LONG - _SHORT)
    return round(tokens * (short + quadratic * (tokens - _SHORT)))


def kept_for_backward(learner: PolicyLearner, tokens: int) -> int:
    """Run a row of so many tokens, and return the bytes that autograd holds on to, weights not counted."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in learner.model.parameters()}
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        outputs = learner.logprobs(blank_row(tokens))
    del outputs  # alive until here, so that no two tensors had the same place
    return sum(kept.values())


def cache_memory(model: Any, rows: int, tokens: int, element_bytes: int = 4) -> int:
    """Return the bytes of the keys and values of sequences that are sampled side by side.

    Args:
        model: The model.
        rows: Sequences.
        tokens: Longest of them.
        element_bytes: Of one number.
    """
    shape = model.config.get_text_config()
    heads = getattr(shape, "num_key_value_heads", None) or shape.num_attention_heads
    size = getattr(shape, "head_dim", None) or shape.hidden_size // shape.num_attention_heads
    return int(2 * shape.num_hidden_layers * heads * size * rows * tokens * element_bytes)


def blank_row(tokens: int) -> PackedRow:
    """Make a row of one member, of which all but the first token are scored."""
    scored = tokens - 1
    zeros_N = torch.zeros(scored)
    return PackedRow(
        token_ids_T=torch.zeros(tokens, dtype=torch.long),
        position_ids_T=torch.arange(tokens),
        member_T=torch.zeros(tokens, dtype=torch.long),
        group_T=torch.zeros(tokens, dtype=torch.long),
        predictor_N=torch.arange(scored),
        target_N=torch.zeros(scored, dtype=torch.long),
        behaviour_logprobs_N=zeros_N,
        advantages_N=zeros_N,
        sequence_N=torch.zeros(scored, dtype=torch.long),
        weights_N=zeros_N,
    )


TRAINING_HELPS = (
    "a smaller algo.sampler_batch or algo.row_tokens, algo.gradient_checkpointing=true or algo.lora.rank=16 may help, "
    "and --dry-run says what a run needs"
)
EVALUATION_HELPS = "a smaller sampler_batch or max_new_tokens may help"


def out_of_memory(error: BaseException, helps: str) -> str | None:
    """Return what could not be had, and what helps, where an error says that there is no memory left; else None."""
    reason = (str(error).splitlines() or [""])[0]
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in reason:
        return f"out of memory ({reason or 'no reason given'}): {helps}"
    return None


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()
