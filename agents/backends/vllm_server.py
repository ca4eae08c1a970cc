"""Sampling with a vLLM server, for evaluation: tokens in, tokens and their log-probabilities out.

The server holds weights of its own. Before the first completion a probe compares them with those of `model=`, and its
log-probabilities with the learner's: `vllm serve FOLDER --logprobs-mode processed_logprobs --generation-config vllm`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch

from agents.backends.endpoint import Endpoint, EndpointError, quoted, the_choice
from agents.backends.probe import (
    TOLERANCES,
    check_agreement,
    finite_or_nan,
    largest_difference,
    probe_prompts,
    probe_sampling,
    row_seed,
)
from agents.config import VllmConfig
from agents.core import Completion, FinishReason, SamplerError, Sampling
from agents.models import LoadedModel

_RETRIES = 2


class VllmServer:
    """Samples with a vLLM server that holds the same weights as the model.

    Args:
        config: Where the server is.
        model: The model that it serves.
        max_batch: Requests under way at the same time.
    """

    def __init__(self, config: VllmConfig, model: LoadedModel, *, max_batch: int = 64) -> None:
        assert config.url is not None  # without one, VllmBackend samples
        self.model = model
        url = config.url.rstrip("/").removesuffix("/v1") + "/v1"
        self._endpoint = Endpoint(
            url, key_env=None, concurrency=max_batch, timeout_s=config.timeout_s, retries=_RETRIES
        )
        dtype = "bfloat16" if config.dtype == "auto" else config.dtype
        self._tolerance = TOLERANCES[dtype] if config.tolerance is None else config.tolerance
        self._served = ""
        self._probed = False
        self._vocabulary: int = model.model.config.get_text_config().vocab_size

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Refuse: a server does not take weights.

        Raises:
            SamplerError: Always.
        """
        raise SamplerError("a vLLM server keeps the weights that it was started with; leave backend.url out to train")

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts.

        Raises:
            EndpointError: The server did not answer.
            SamplerError: The server's weights or log-probabilities are not the model's.
        """
        return _all_of(completion for _, completion in self.completions(prompts_ids, sampling))

    def completions(
        self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling
    ) -> Iterator[tuple[int, Completion | EndpointError]]:
        """Yield each completion with its row; where the server did not answer, why.

        Raises:
            EndpointError: The server did not answer the probe.
            SamplerError: The server's weights or log-probabilities are not the model's.
        """
        if not self._probed:
            self._served = self._endpoint.first_model()
            self._probe()
            self._probed = True
        yield from enumerate(self._sample(prompts_ids, sampling))

    def _probe(self) -> None:
        prompts = probe_prompts(self._vocabulary, 2**16)
        drawn = probe_sampling(0)
        completions = _all_of(self._sample(prompts, drawn))
        difference = largest_difference(self.model, prompts, completions, drawn.temperature)
        check_agreement(difference, self._tolerance, 0)

    def _sample(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion | EndpointError]:
        bodies = [self._body(prompt, sampling, row) for row, prompt in enumerate(prompts_ids)]
        return self._endpoint.ask("completions", bodies, lambda reply: _completion(the_choice(reply), self._vocabulary))

    def _body(self, prompt: Sequence[int], sampling: Sampling, row: int) -> dict[str, Any]:
        own = {
            "top_k": -1,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
            "min_tokens": 0,
            "stop_token_ids": list(self.model.eos_ids),
            "ignore_eos": True,
            "return_token_ids": True,
        }
        return {
            "model": self._served,
            "prompt": list(prompt),
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_new_tokens,
            "seed": row_seed(sampling, row),
            "top_p": 1.0,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "logprobs": 1,
            "extra_body": own,
        }


def _all_of(completions: Iterable[Completion | EndpointError]) -> list[Completion]:
    """Return the completions, or raise why there is none in the place of one."""
    found = []
    for completion in completions:
        if isinstance(completion, EndpointError):
            raise completion
        found.append(completion)
    return found


def _completion(choice: Mapping[str, Any], vocabulary: int) -> Completion:
    tokens, told = choice.get("token_ids"), choice.get("logprobs")
    logprobs = told.get("token_logprobs") if isinstance(told, dict) else None
    if not isinstance(tokens, list) or not isinstance(logprobs, list) or len(tokens) != len(logprobs):
        raise SamplerError("the server tells no token ids with log-probabilities: it must be vLLM 0.10.2 or newer")
    if not all(type(token) is int for token in tokens):
        raise SamplerError(f"the server's token ids are no numbers: {quoted(tokens)[:100]}")
    if not all(0 <= token < vocabulary for token in tokens):
        raise SamplerError(f"the server's token ids are not of a model with {vocabulary} words: {quoted(tokens)[:100]}")
    if not all(value is None or (type(value) in (int, float) and not math.isnan(value)) for value in logprobs):
        raise SamplerError(f"the server's log-probabilities are no numbers: {quoted(logprobs)[:100]}")
    return Completion(
        token_ids=tuple(tokens),
        logprobs=tuple(finite_or_nan(value) for value in logprobs),
        finish_reason=FinishReason(choice["finish_reason"]),
        policy_version=0,
    )
