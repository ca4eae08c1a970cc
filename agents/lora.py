"""Low-rank adapters (LoRA, arXiv 2106.09685) through `peft`: only the adapter is trained, kept in memory and saved.

The linear layers are replaced within the model, so sampler and learner go on with the same `transformers` object. A
checkpoint holds the adapter alone, in the format of `peft`, with the name of the model below it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from agents.config import LoraConfig
from agents.models import BASE, NAMED_MODELS, LoadedModel, load_model, model_folder
from envs.core import ConfigError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_PREFIX = "base_model.model."
"""What `peft` puts before the names of a saved adapter's weights."""


def is_adapter(name: str) -> bool:
    """Tell whether a model's name is that of a folder with an adapter, or of a run that trained one."""
    return (model_folder(name) / CONFIG).is_file()


def load_adapted(name: str, lora: LoraConfig, *, device: str, seed: int = 0) -> LoadedModel:
    """Load a model with an adapter to train: a new one that changes nothing yet, or the one that it has.

    Args:
        name: Of the model, or of an adapter.
        lora: How large a new one is, and which layers it is in.
        device: Where it is to lie.
        seed: Of a new adapter's weights.

    Raises:
        ConfigError: `peft` is not there, the model has no such layers, or its adapter is damaged or has another rank.
    """
    peft = _peft()
    if is_adapter(name):
        folder = model_folder(name)
        config, weights = _saved(folder)
        if config.r != lora.rank:
            raise ConfigError(
                f"the adapter {name!r} has rank {config.r}: give algo.lora.rank={config.r}, or 0 to train all weights"
            )
        config.inference_mode = False  # as adapters are saved
        return _attach(base_of(folder), config, device, weights)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM",
        r=lora.rank,
        lora_alpha=2 * lora.rank if lora.alpha is None else lora.alpha,
        target_modules="all-linear" if lora.targets is None else list(lora.targets),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return _attach(name, config, device, None)


def load_merged(name: str, *, device: str) -> LoadedModel:
    """Load the model below an adapter with the adapter's changes added to its weights.

    Raises:
        ConfigError: `peft` is not there, or one of the two cannot be loaded.
    """
    folder = model_folder(name)
    config, weights = _saved(folder)
    adapted = _attach(base_of(folder), config, device, weights)
    merged = load_model(base_of(folder), device=device)
    merged.model.load_state_dict(merged_weights(adapted.model))
    return merged


def base_of(folder: Path) -> str:
    """Return the name of the model that a saved adapter is for, as `load_model` takes it.

    Raises:
        ConfigError: The adapter's configuration is damaged.
    """
    try:
        name = str(json.loads((folder / CONFIG).read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{str(folder / CONFIG)!r} is damaged: {error}") from error
    kept = folder.resolve().parents[2] / BASE  # of the run that the adapter is a checkpoint of
    if Path(name).name == BASE and not Path(name).is_dir() and kept.is_dir():
        return str(kept)  # the run's folder was moved
    return name if name in NAMED_MODELS or Path(name).is_absolute() else f"hf:{name}"


def has_adapter(model: Any) -> bool:
    """Tell whether a model in memory has an adapter."""
    return next(_layers(model), None) is not None


def merged_weights(model: Any) -> dict[str, torch.Tensor]:
    """Return the weights of a model in memory under the names that they have without an adapter, which is added."""
    weights = {
        name.replace(".base_layer.", "."): value.detach()
        for name, value in model.state_dict().items()
        if ".lora_" not in name
    }
    for name, layer in _layers(model):
        weights[f"{name}.weight"] = weights[f"{name}.weight"] + layer.get_delta_weight("default").detach()
    return weights


def save_adapter(model: Any, folder: Path, weights: Mapping[str, torch.Tensor] | None = None) -> None:
    """Write the adapter of a model in memory as `peft` does.

    Args:
        model: The model.
        folder: Made if it is not there.
        weights: Of the model, by name; its own when not given.
    """
    config = replace(model.peft_config["default"], inference_mode=True)
    config.save_pretrained(str(folder))
    named = _peft().get_peft_model_state_dict(model, state_dict=weights, save_embedding_layers=False)
    save_file({_PREFIX + name: value.cpu().contiguous() for name, value in named.items()}, folder / WEIGHTS)


class WithoutAdapter:
    """A model as it is without its adapter, for the learner to compare with: no second copy of the weights."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @contextmanager
    def off(self) -> Iterator[None]:
        """Let the adapter count for nothing, without touching what is trained, as `disable_adapters` would."""
        layers = [layer for _, layer in _layers(self.model)]
        scales = [layer.scaling["default"] for layer in layers]
        try:
            for layer in layers:
                layer.scaling["default"] = 0.0
            yield
        finally:
            for layer, scale in zip(layers, scales, strict=True):
                layer.scaling["default"] = scale

    def parameters(self) -> Any:
        """Return the weights, which are those of the model."""
        return self.model.parameters()


def _attach(base: str, config: Any, device: str, weights: Mapping[str, torch.Tensor] | None) -> LoadedModel:
    loaded = load_model(base, device=device)
    try:
        _peft().inject_adapter_in_model(config, loaded.model)  # `add_adapter` of transformers wants a newer peft
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"algo.lora.targets={config.target_modules!r} fits no layer of {base!r}: {reason}") from error
    ends = (loaded.model.get_input_embeddings(), loaded.model.get_output_embeddings())
    if any(hasattr(end, "lora_A") for end in ends):
        raise ConfigError(
            "an adapter in the embeddings or the head cannot be trained here: give other algo.lora.targets, such as "
            "those of the default"
        )
    config.base_model_name_or_path = _recorded(base)
    if weights is not None:
        named = {name.removeprefix(_PREFIX): value for name, value in weights.items()}
        _peft().set_peft_model_state_dict(loaded.model, named)
    return loaded


def _saved(folder: Path) -> tuple[Any, dict[str, torch.Tensor]]:
    """Return the configuration and the weights of a saved adapter."""
    peft = _peft()
    try:
        return peft.PeftConfig.from_pretrained(str(folder)), load_file(folder / WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ConfigError(f"the adapter {str(folder)!r} is damaged: {error}") from error


def _recorded(base: str) -> str:
    """Return the name of a model as an adapter's configuration has it: `hf:` is ours, folders are absolute."""
    if base in NAMED_MODELS:
        return base
    return base[3:] if base.startswith("hf:") else str(model_folder(base).resolve())


def _layers(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the layers that have an adapter, by the names that they have without one."""
    return ((name, layer) for name, layer in model.named_modules() if hasattr(layer, "lora_A"))


def _peft() -> Any:
    try:
        import peft
    except ImportError as error:
        raise ConfigError(f"adapters need the package peft (`pip install 'assay[lora]'`): {error}") from error
    return peft
