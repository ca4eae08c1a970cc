"""Sampling with a `transformers` model in this process, sharing the learner's weights.

Rows are decoded side by side; a finished one leaves at once, and the next prompt takes its place. Left out: beam
search, penalties, top-k and top-p (they would make the policy's probabilities differ from the learner's).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import torch

from agents.attention import check_attention
from agents.backends import llama
from agents.backends.drawing import draw, uniforms
from agents.backends.fixed import CudaGraphs, FixedDecoder, check_graphs
from agents.backends.modules import ModuleDecoder
from agents.core import Completion, FinishReason, Sampling
from agents.heap import give_back
from envs.core import ConfigError

_REFILL = 0.25
"""Share of the places that are free before prompts are admitted: reading several at a time costs less."""

_PACKED_FROM = 8
"""Tokens from which laying out the weights for faster decoding pays: it costs about as much as five tokens."""


class Decoder(Protocol):
    """Runs the model over a batch whose rows come and go."""

    def keep(self, kept: Sequence[int]) -> None:
        """Drop all rows but these, which stand in this order from now on."""
        ...

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Add a row for each prompt behind the others, and return the logits of their first tokens."""
        ...

    def step(self, tokens_B: torch.Tensor) -> torch.Tensor:
        """Append a token to every row and return the logits behind it."""
        ...


class TransformersBackend:
    """Samples from a `transformers` causal language model that this process holds.

    Args:
        model: The model; the learner updates the same object, so there are no weights to copy.
        eos_ids: Every id that ends a completion.
        max_batch: Sequences sampled side by side.
        graphs: Whether a step of decoding is recorded on the GPU and repeated as one graph.

    Raises:
        ConfigError: Its attention is not full, or its steps cannot be recorded.
    """

    def __init__(self, model: Any, eos_ids: Sequence[int], *, max_batch: int = 64, graphs: bool = False) -> None:
        check_attention(model)
        if graphs:
            check_graphs(model)
        self.model, self.graphs = model, graphs
        self.eos_ids = torch.tensor(sorted(set(eos_ids)), device=model.device)
        self.max_batch = max_batch
        self.policy_version = 0

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from these weights from now on; an empty mapping means that the shared model was updated in place.

        Raises:
            ValueError: Some are missing, unless they are tied to others, or have names that the model does not know.
        """
        if weights:
            own = self.model.state_dict()
            given = {own[name].data_ptr() for name in weights if name in own}
            wrong = sorted({name for name in own if own[name].data_ptr() not in given} | (weights.keys() - own.keys()))
            if wrong:
                raise ValueError(f"these weights are not those of the model: {', '.join(wrong[:3])}")
            self.model.load_state_dict(dict(weights), strict=False, assign=False)
        self.policy_version = policy_version

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts.

        Raises:
            ConfigError: The model has no such tokens, or not so many positions.
            SamplerError: Its logits are no numbers.
        """
        finished = dict(self.completions(prompts_ids, sampling))
        return [finished[row] for row in range(len(prompts_ids))]

    def completions(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[tuple[int, Completion]]:
        """Yield each completion with its row as soon as it ends: together, what `generate` returns."""
        tokens: list[list[int]] = [[] for _ in prompts_ids]
        logprobs: list[list[float]] = [[] for _ in prompts_ids]
        for drawn in self._draws(prompts_ids, sampling):
            for row, token, logprob, stopped in drawn:
                tokens[row].append(token)
                logprobs[row].append(logprob)
                if stopped or len(tokens[row]) == sampling.max_new_tokens:
                    yield (
                        row,
                        Completion(
                            token_ids=tuple(tokens[row]),
                            logprobs=tuple(logprobs[row]),
                            finish_reason=FinishReason.STOP if stopped else FinishReason.LENGTH,
                            policy_version=self.policy_version,
                        ),
                    )

    def stream(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[list[tuple[int, int]]]:
        """Yield each step's draws as (row, token): together, what `generate` returns."""
        for drawn in self._draws(prompts_ids, sampling):
            yield [(row, token) for row, token, _, _ in drawn]

    def _draws(
        self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling
    ) -> Iterator[list[tuple[int, int, float, bool]]]:
        """Yield, token by token, of each row that runs: row, token, log-probability, whether an end token was drawn."""
        if not prompts_ids:
            return
        was_training = self.model.training
        self.model.eval()
        self._give_back()
        steps = self._steps([tuple(prompt) for prompt in prompts_ids], sampling)
        try:
            while True:
                with torch.inference_mode():  # not around the yield: whoever reads may compute with gradients
                    drawn = next(steps, None)
                if drawn is None:
                    return
                yield drawn
        finally:
            self.model.train(was_training)
            del steps  # and with it the copy of the weights
            self._give_back()

    def _give_back(self) -> None:
        if self.model.device.type == "cpu":
            give_back()

    def _steps(
        self, prompts: list[tuple[int, ...]], sampling: Sampling
    ) -> Iterator[list[tuple[int, int, float, bool]]]:
        self._check(prompts, sampling.max_new_tokens)
        device = self.model.device
        uniforms_BT = uniforms(sampling.seed, map(sampling.row, range(len(prompts))), sampling.max_new_tokens).to(
            device
        )
        decoder = self._decoder(prompts, sampling.max_new_tokens)
        places = min(self.max_batch, len(prompts))
        counts = [0] * len(prompts)
        running = list(range(places))
        waiting = places
        logits_BV = decoder.admit(prompts[:places])
        while running:
            rows = torch.tensor(running, device=device)
            drawn_before = torch.tensor([counts[row] for row in running], device=device)
            tokens_B, logprobs_B = draw(logits_BV, uniforms_BT[rows, drawn_before], sampling.temperature)
            stopped = torch.isin(tokens_B, self.eos_ids).tolist()
            yield list(zip(running, tokens_B.tolist(), logprobs_B.tolist(), stopped, strict=True))
            for row in running:
                counts[row] += 1
            left = [
                place
                for place, row in enumerate(running)
                if not stopped[place] and counts[row] < sampling.max_new_tokens
            ]
            if len(left) < len(running):
                left = _fill_gaps(left)
                decoder.keep(left)
                running = [running[place] for place in left]
            logits = [decoder.step(tokens_B[torch.tensor(left, device=device)])] if left else []
            free = places - len(running)
            if waiting < len(prompts) and (free >= _REFILL * places or not running):
                entering = range(waiting, min(waiting + free, len(prompts)))
                logits.append(decoder.admit([prompts[row] for row in entering]))
                running += entering
                waiting = entering.stop
            logits_BV = torch.cat(logits) if len(logits) > 1 else logits[0] if logits else logits_BV

    def _check(self, prompts: list[tuple[int, ...]], max_new_tokens: int) -> None:
        """Refuse what the model has no embedding for."""
        config = self.model.config.get_text_config()
        known = self.model.get_input_embeddings().num_embeddings
        if (largest := max(map(max, prompts))) >= known:
            raise ConfigError(f"the tokenizer made the token {largest}, and the model knows {known} only")
        places = getattr(config, "max_position_embeddings", None)
        longest = max(map(len, prompts)) + max_new_tokens
        if places and longest > places and not getattr(config, "rope_parameters", None):
            raise ConfigError(
                f"a prompt and {max_new_tokens} new tokens are up to {longest} long: the model has {places} positions"
            )

    def _decoder(self, prompts: list[tuple[int, ...]], max_new_tokens: int) -> Decoder:
        rows = min(self.max_batch, len(prompts))
        if self.graphs:
            return FixedDecoder(self.model, prompts, rows, max_new_tokens, CudaGraphs(self.model.device))
        if max_new_tokens >= _PACKED_FROM and llama.suits(self.model):
            return llama.LlamaDecoder(self.model, prompts, rows, max_new_tokens)
        return ModuleDecoder(self.model, max_new_tokens)


def _fill_gaps(left: list[int]) -> list[int]:
    """Return the places in an order that moves few: each gap is filled by the last."""
    inside = [place for place in left if place < len(left)]
    outside = [place for place in left if place >= len(left)]
    taken = set(inside)
    moved = iter(outside)
    return [place if place in taken else next(moved) for place in range(len(left))]
