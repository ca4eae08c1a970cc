"""What samples completions, by name; a backend's module is imported only when it is chosen.

A backend either samples tokens with their log-probabilities, or, a chat, answers with text: good for evaluation only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from agents.config import BACKEND_CONFIGS, OpenAIConfig, VllmConfig
from agents.core import ChatBackend, PolicyBackend
from agents.models import LoadedModel, check_model, find_device, load_model
from envs.core import ConfigError
from envs.options import unknown_name


def _transformers(config: Any, model: LoadedModel, max_batch: int) -> PolicyBackend:
    from agents.backends.transformers import TransformersBackend

    return TransformersBackend(model.model, model.eos_ids, max_batch=max_batch, graphs=config.graphs)


def _vllm(config: VllmConfig, model: LoadedModel, max_batch: int) -> PolicyBackend:
    if config.url is not None:
        from agents.backends.vllm_server import VllmServer

        return VllmServer(config, model, max_batch=max_batch)
    from agents.backends.vllm import VllmBackend

    return VllmBackend(config, model, max_batch=max_batch)


def _openai(config: OpenAIConfig, model: str) -> ChatBackend:
    from agents.backends.openai import OpenAIBackend

    return OpenAIBackend(config, model)


BACKENDS: dict[str, Callable[[Any, LoadedModel, int], PolicyBackend]] = {"transformers": _transformers, "vllm": _vllm}
"""Name -> function of the backend's configuration, the model and the number of sequences sampled side by side."""

CHATS: dict[str, Callable[[Any, str], ChatBackend]] = {"openai": _openai}
"""Name -> function of the backend's configuration and the name of the model that the endpoint has."""

_PACKAGES = {"vllm": "vllm", "openai": "openai"}
_MAY_BE_OMITTED = ("temperature", "seed")


def backend_config(given: Any) -> Any:
    """Return the configuration of a backend, from its name or from a mapping of `name` and options.

    Raises:
        ConfigError: There is no such backend, it has no such option, or the option cannot have this value.
    """
    options = {"name": given} if isinstance(given, str) else {str(key): value for key, value in dict(given).items()}
    name = options.get("name")
    if name not in BACKEND_CONFIGS:
        raise ConfigError(unknown_name("backend", name, BACKEND_CONFIGS))
    schema = BACKEND_CONFIGS[name]
    known = [part.name for part in fields(schema)]
    for option in options:
        if option not in known:
            raise ConfigError(unknown_name(f"option of the backend {name!r}", option, known))
    return schema(**options)


def check_backend(given: Any, *, training: bool) -> Any:
    """Return the configuration of a backend that can be used, without starting it.

    Args:
        given: Its name, or a mapping of `name` and options.
        training: Whether what it samples is to be learned from.

    Raises:
        ConfigError: It cannot be used; the message says what to do.
    """
    config = backend_config(given)
    _check_values(config)
    if training and config.name in CHATS:
        raise ConfigError(
            f"backend={config.name} answers with text, and there is nothing to learn from without tokens and their "
            "log-probabilities: it evaluates (python -m agents.eval); train with backend=transformers or backend=vllm"
        )
    url = getattr(config, "url", None)
    if training and url is not None:
        raise ConfigError(
            "backend.url evaluates: a server does not take the weights of each step; leave it out to train, "
            "then vLLM samples in this process"
        )
    package = "openai" if url is not None else _PACKAGES.get(config.name)
    if package is not None and find_spec(package) is None:
        raise ConfigError(f"backend={config.name} needs the package {package!r}: see README.md for its installation")
    return config


def _check_values(config: Any) -> None:
    """Refuse options that make no sense."""
    url = getattr(config, "url", None)
    if url is not None:
        _check_url(str(url))
    if config.name in CHATS and url is None:
        raise ConfigError(f"backend={config.name} needs backend.url, such as backend.url=http://localhost:8000/v1")
    for name in ("cache_gib", "timeout_s", "concurrency", "tolerance", "context"):
        value = getattr(config, name, None)
        if value is not None and not value > 0:
            raise ConfigError(f"backend.{name} must be positive, got {value!r}")
    if getattr(config, "retries", 0) < 0:
        raise ConfigError(f"backend.retries must be at least 0, got {config.retries!r}")
    dtypes = ("auto", "float32", "bfloat16", "float16")
    if getattr(config, "dtype", "auto") not in dtypes:
        raise ConfigError(unknown_name("backend.dtype", config.dtype, dtypes))
    _check_omit(getattr(config, "omit", []))
    if getattr(config, "key_env", None) is not None:
        _check_key(str(config.key_env))


def _check_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"backend.url must begin with http:// or https://, got {url!r}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"backend.url is no address: {error}, got {url!r}") from error
    if parts.username is not None or parts.password is not None:
        raise ConfigError("backend.url is shown and stored, so it holds no name and no password: see backend.key_env")
    if not host or not url.isprintable():
        raise ConfigError(f"backend.url must name a host, as http://localhost:8000/v1 does, got {url!r}")


def _check_omit(names: Any) -> None:
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise ConfigError(f"backend.omit is a list, such as backend.omit=[seed], got {names!r}")
    for name in names:
        if name not in _MAY_BE_OMITTED:
            raise ConfigError(unknown_name("parameter that backend.omit may name", name, _MAY_BE_OMITTED))


def _check_key(key_env: str) -> None:
    """Refuse a key that cannot be sent; neither it nor what may be it is quoted."""
    if not key_env.isidentifier():
        raise ConfigError("backend.key_env is the NAME of the environment variable that holds the key, not the key")
    key = os.environ.get(key_env, "").strip()
    if not key:
        raise ConfigError("backend.key_env: there is no such environment variable, or it is empty")
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"backend.key_env={key_env}: the key there holds characters that are not printable ASCII")


def load_sampler(
    backend: Mapping[str, Any] | str, model: str, *, device: str, max_batch: int
) -> tuple[PolicyBackend | ChatBackend, LoadedModel | None]:
    """Return what samples in an evaluation, and the model; None where an endpoint holds it.

    Args:
        backend: The backend's name, or a mapping of `name` and options.
        model: Its name, as `model=` takes it; for a chat, as the endpoint calls it.
        device: Torch's name of where it runs, or `auto`.
        max_batch: Completions sampled side by side.

    Raises:
        ConfigError: There is no such backend or model.
    """
    config = check_backend(backend, training=False)
    if config.name in CHATS:
        return CHATS[config.name](config, model), None
    loaded = load_model(model, device=find_device(device))
    return BACKENDS[config.name](config, loaded, max_batch), loaded


def check_sampler(backend: Mapping[str, Any] | str, model: str, device: str, *, training: bool) -> None:
    """Refuse a backend, a model or a device that cannot be, before anything heavy is loaded.

    Raises:
        ConfigError: One of them cannot be.
    """
    if check_backend(backend, training=training).name not in CHATS:
        check_model(model)
        find_device(device)
