"""Whether an engine samples from the learner's weights: its log-probabilities against the learner's, token by token.

Log-probabilities that a healthy engine reports agree with the learner's to rounding. Stale or missing tensors, a stale
prefix cache, another temperature or probabilities before the temperature do not, and all of them train in silence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from agents.core import Completion, SamplerError, Sampling
from agents.models import LoadedModel

TEMPERATURE = 0.7
"""Of the probe: not 1, so that probabilities taken before or after the temperature differ."""
TOLERANCES = {"float32": 1e-3, "bfloat16": 0.5, "float16": 0.15}
"""Largest difference of a log-probability that rounding explains, by the engine's type of numbers."""
_LENGTHS = (40, 7, 3)
"""Of the prompts; the first is longer than a block of the prefix cache, so that an entry of old weights would show."""
_NEW_TOKENS = 4


def probe_prompts(vocabulary: int, longest: int) -> list[list[int]]:
    """Return the prompts of a probe, always the same ones: tokens from all over the vocabulary."""
    draws = np.random.default_rng(0)
    lengths = [min(length, max(1, longest - _NEW_TOKENS)) for length in _LENGTHS]
    return [draws.integers(vocabulary, size=length).tolist() for length in lengths]


def probe_sampling(version: int) -> Sampling:
    """Return how a probe draws; other tokens at each version of the weights."""
    return Sampling(temperature=TEMPERATURE, max_new_tokens=_NEW_TOKENS, seed=version)


def row_seed(sampling: Sampling, row: int) -> int:
    """Return the seed of a row's own stream, for engines that draw themselves."""
    return int(
        np.random.SeedSequence((sampling.seed, sampling.row(row))).generate_state(1, np.uint64)[0] >> np.uint64(1)
    )


def finite_or_nan(logprob: float | None) -> float:
    """Return a log-probability, NaN where an engine reports none that is finite: near-certain tokens may have none."""
    return float(logprob) if logprob is not None and math.isfinite(logprob) else math.nan


@torch.inference_mode()
def exact_logprobs(model: LoadedModel, prompt: Sequence[int], tokens: Sequence[int], temperature: float) -> list[float]:
    """Return the log-probabilities of tokens behind a prompt under the learner's weights."""
    was_training = model.model.training
    model.model.eval()
    ids = torch.tensor([[*prompt, *tokens]], device=model.model.device)
    logits_NV = model.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1].float() / temperature
    model.model.train(was_training)
    chosen_N1 = torch.tensor(tokens, device=ids.device)[:, None]
    values: list[float] = logits_NV.log_softmax(dim=1).gather(1, chosen_N1).squeeze(1).tolist()
    return values


def largest_difference(
    model: LoadedModel, prompts: Sequence[Sequence[int]], completions: Sequence[Completion], temperature: float
) -> float:
    """Return the largest difference between reported log-probabilities and the learner's; NaN where one is NaN."""
    differences = [
        abs(reported - exact)
        for prompt, completion in zip(prompts, completions, strict=True)
        for reported, exact in zip(
            completion.logprobs, exact_logprobs(model, prompt, completion.token_ids, temperature), strict=True
        )
    ]
    return math.nan if any(map(math.isnan, differences)) else max(differences, default=math.nan)


@torch.inference_mode()
def tensors_as_given(engine: torch.nn.Module, weights: Mapping[str, torch.Tensor]) -> set[str]:
    """Return the names of an engine's tensors that are what was handed over, to the last bit of its own numbers.

    Rounding hides a small update from the log-probabilities of a probe, in bfloat16 even a larger one; here it hides
    none. Tensors that an engine keeps in a form of its own are not among them: what was the same once has to stay so.

    Args:
        engine: The engine's model, in this process. Where it has one tensor in place of several, its
            `packed_modules_mapping` says of which.
        weights: What it was given, by the names of the model's own.
    """
    packed: Mapping[str, Sequence[str]] = getattr(engine, "packed_modules_mapping", None) or {}
    same = set()
    for name, tensor in engine.named_parameters():
        parts = [name]
        for whole, names in packed.items():
            if f".{whole}." in name:
                parts = [name.replace(f".{whole}.", f".{part}.") for part in names]
        given = [weights[part].flatten().to(tensor.device, tensor.dtype) for part in parts if part in weights]
        count = sum(map(len, given))  # of words an engine may have more, to make their number a round one
        if len(given) == len(parts) and tensor.numel() and torch.equal(tensor.flatten()[:count], torch.cat(given)):
            same.add(name)
    return same


def check_agreement(difference: float, tolerance: float, version: int) -> None:
    """Refuse to go on with an engine that samples from something else than the learner's weights.

    Raises:
        SamplerError: The difference is beyond the tolerance, or no number.
    """
    if not difference <= tolerance:
        raise SamplerError(
            f"the engine does not sample from the weights of version {version}: a log-probability differs from the "
            f"learner's by {difference:.3g}, more than backend.tolerance={tolerance:g}"
        )
