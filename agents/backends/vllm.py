"""Sampling with vLLM in this process, on a GPU or with vLLM's build for processors.

The engine starts from random weights and gets the learner's in memory, so that a tensor which is never handed over
shows in the first probe. Its head is a tensor of its own: a tied one would keep its old values when the embeddings
are handed over. Left out: several GPUs for the engine, and top-k, top-p and penalties, as everywhere.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from agents.backends.probe import (
    TOLERANCES,
    check_agreement,
    finite_or_nan,
    largest_difference,
    probe_prompts,
    probe_sampling,
    row_seed,
    tensors_as_given,
)
from agents.config import VllmConfig
from agents.core import Completion, FinishReason, SamplerError, Sampling
from agents.models import LoadedModel, sampler_weights
from envs.core import ConfigError

COLDEST = 0.01
"""vLLM takes a lower temperature for this one, in silence."""
_GIB = 2**30
_BLOCK = 32
"""Tokens of a block of keys and values on a processor: the fewest that its kernels take."""


class VllmBackend:
    """Samples with an engine of its own, which is given the learner's weights after each step.

    Args:
        config: The engine's options.
        model: The model that the learner updates.
        max_batch: Sequences sampled side by side.

    Raises:
        ConfigError: The engine cannot run this model here.
    """

    def __init__(self, config: VllmConfig, model: LoadedModel, *, max_batch: int = 64) -> None:
        self.model = model
        self.policy_version = 0
        self._synced = False
        self._compared: set[str] | None = None
        self._missing = 0
        self._readings: dict[str, float] = {}
        self._engine, dtype = _start(config, model, max_batch)
        self.context = int(self._engine.llm_engine.model_config.max_model_len)
        self.tolerance = TOLERANCES[dtype] if config.tolerance is None else config.tolerance

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from these weights from now on; an empty mapping means that the shared model was updated in place.

        Raises:
            SamplerError: The engine's log-probabilities are not the learner's, or it has kept a tensor.
        """
        began = time.monotonic()
        if weights:
            self.model.model.load_state_dict(dict(weights), strict=False)
        wanted = sampler_weights(self.model)
        self._hand_over(wanted)
        if not self._engine.reset_prefix_cache():
            raise SamplerError("vLLM did not forget the keys and values of the last weights")
        self.policy_version, self._synced = policy_version, True
        difference = self.probe()
        check_agreement(difference, self.tolerance, policy_version)
        self._check_tensors(wanted)
        self._readings = {"sampler/sync_s": time.monotonic() - began, "sampler/probe_difference": difference}

    def probe(self) -> float:
        """Return the largest difference between the engine's log-probabilities of a fixed batch and the learner's."""
        vocabulary = self.model.model.config.get_text_config().vocab_size
        prompts, sampling = probe_prompts(vocabulary, self.context), probe_sampling(self.policy_version)
        return largest_difference(self.model, prompts, self._sample(prompts, sampling), sampling.temperature)

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts.

        Raises:
            ConfigError: A prompt is too long, or the temperature lower than the engine takes.
            SamplerError: The engine failed.
        """
        if not self._synced:
            self.load_weights({}, self.policy_version)
        completions = self._sample(prompts_ids, sampling)
        self._missing += sum(math.isnan(value) for completion in completions for value in completion.logprobs)
        return completions

    def readings(self) -> dict[str, float]:
        """Return what the last hand-over took and how well it agreed, and how many log-probabilities were missing."""
        missing, self._missing = self._missing, 0
        return {**self._readings, "sampler/missing_logprobs": float(missing)}

    def _hand_over(self, weights: Mapping[str, torch.Tensor]) -> None:
        try:
            self._engine.collective_rpc("reload_weights", kwargs={"weights_iterator": iter(weights.items())})
        except (RuntimeError, ValueError, AssertionError, KeyError) as error:
            raise SamplerError(f"vLLM does not take the weights: {_first_line(error)}") from error

    def _check_tensors(self, wanted: Mapping[str, torch.Tensor]) -> None:
        [same] = self._engine.apply_model(lambda engine: tensors_as_given(engine, wanted))
        self._compared = same if self._compared is None else self._compared
        if behind := sorted(self._compared - same):
            raise SamplerError(
                f"the engine does not sample from the weights of version {self.policy_version}: old ones are left in "
                + ", ".join(behind[:3])
            )

    def _sample(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        if sampling.temperature < COLDEST:
            raise ConfigError(f"vLLM takes no temperature below {COLDEST}, got {sampling.temperature:g}")
        longest = max(map(len, prompts_ids), default=0)
        if longest >= self.context:
            raise ConfigError(
                f"a prompt of {longest} tokens leaves no room in the {self.context} that the engine takes: "
                "raise backend.context, or shorten the prompts"
            )
        drawn = [self._sampling_params(sampling, row) for row in range(len(prompts_ids))]
        requests = [{"prompt_token_ids": list(prompt)} for prompt in prompts_ids]
        try:
            outputs = self._engine.generate(requests, drawn, use_tqdm=False)
        except (RuntimeError, ValueError, AssertionError) as error:
            raise SamplerError(f"vLLM failed: {_first_line(error)}") from error
        return [self._completion(output.outputs[0]) for output in outputs]

    def _sampling_params(self, sampling: Sampling, row: int) -> Any:
        """Return the engine's parameters, all of those that change probabilities pinned."""
        from vllm import SamplingParams

        return SamplingParams(
            temperature=sampling.temperature,
            max_tokens=sampling.max_new_tokens,
            seed=row_seed(sampling, row),
            top_p=1.0,
            top_k=-1,
            min_p=0.0,
            presence_penalty=0.0,
            frequency_penalty=0.0,
            repetition_penalty=1.0,
            min_tokens=0,
            stop_token_ids=list(self.model.eos_ids),
            ignore_eos=True,  # every id that ends a completion is among the stop tokens
            logprobs=0,
            detokenize=False,
        )

    def _completion(self, output: Any) -> Completion:
        if output.finish_reason not in ("stop", "length"):
            raise SamplerError(f"vLLM ended a completion for the reason {output.finish_reason!r}")
        tokens = tuple(int(token) for token in output.token_ids)
        found = (position.get(token) for position, token in zip(output.logprobs, tokens, strict=True))
        return Completion(
            token_ids=tokens,
            logprobs=tuple(finite_or_nan(None if each is None else each.logprob) for each in found),
            finish_reason=FinishReason(output.finish_reason),
            policy_version=self.policy_version,
        )


def _start(config: VllmConfig, model: LoadedModel, max_batch: int) -> tuple[Any, str]:
    """Start an engine of random weights for a model of this shape; return it and its type of numbers."""
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # weights are handed over as tensors of this process
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    set_num_threads = torch.set_num_threads
    import vllm
    from vllm.platforms import current_platform

    on_processor = bool(current_platform.is_cpu())
    if on_processor:  # else it compiles the ranks of log-probabilities, and needs a C++ compiler for that
        current_platform.simple_compile_backend = "eager"
    device = model.model.device
    if device.type == "cuda" and device.index not in (None, 0):
        raise ConfigError(f"vLLM takes the first GPU that it sees: set CUDA_VISIBLE_DEVICES={device.index} device=cuda")
    dtype = config.dtype if config.dtype != "auto" else "float32" if on_processor else "bfloat16"
    with tempfile.TemporaryDirectory() as folder:
        _write_config(model, Path(folder))
        try:
            engine = vllm.LLM(
                model=folder,
                load_format="dummy",
                skip_tokenizer_init=True,
                generation_config="vllm",  # no sampling defaults of the model's
                dtype=dtype,
                logprobs_mode="processed_logprobs",
                max_model_len=config.context,
                max_num_seqs=max_batch,
                kv_cache_memory_bytes=int(config.cache_gib * _GIB),
                enforce_eager=on_processor if config.eager is None else config.eager,
                enable_prefix_caching=True,
                disable_log_stats=True,
                **({"block_size": _BLOCK} if on_processor else {}),
            )
        except (RuntimeError, ValueError, AssertionError) as error:
            raise ConfigError(f"vLLM cannot start with this model: {_first_line(error)}") from error
        finally:
            torch.set_num_threads = set_num_threads  # vLLM forbids it to the whole process
    return engine, dtype


def _write_config(model: LoadedModel, folder: Path) -> None:
    """Write the model's configuration with a head of its own; there are no weights in the folder."""
    config = type(model.model.config).from_dict(model.model.config.to_dict())
    config.tie_word_embeddings = False
    config.architectures = [type(model.model).__name__]
    config.save_pretrained(folder)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
