"""Environments by name: a short name for people and the command line, a Gymnasium id underneath.

Everything stands in Gymnasium's own registry; this module adds the short names, the plug-ins and the errors that help.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec, load_env_creator

from envs.builtin import BUILTIN_ENVS, register_with_gymnasium
from envs.core import ConfigError
from envs.options import check_options, unknown_name

EntryPoint = str | Callable[..., gymnasium.Env[Any, Any]]

_ids: dict[str, str] = {name: env_id for name, (env_id, _) in BUILTIN_ENVS.items()}

register_with_gymnasium()  # so that `import envs` is enough for `gymnasium.make("assay/Code-v0")`


class UnknownEnvError(ConfigError):
    """No environment of this name is registered."""


def register(name: str, entry_point: EntryPoint, **defaults: Any) -> None:
    """Register an environment under a short name, and with Gymnasium as `assay/<Name>-v0`.

    Args:
        name: Short name, of lower-case letters, digits and underscores, such as `rhyming_couplets`.
        entry_point: The environment's class, or `module:Class`; it takes keyword options only.
        defaults: Options that differ from the class's own defaults.

    Raises:
        ConfigError: The name is malformed or belongs to another environment.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ConfigError(f"an environment's name is lower-case letters, digits and underscores, got {name!r}")
    env_id = f"assay/{''.join(part.capitalize() for part in name.split('_'))}-v0"
    present = gymnasium.registry.get(env_id)
    if present is not None and _identity(present.entry_point) != _identity(entry_point):
        raise ConfigError(f"the environment {name!r} ({env_id}) is registered already, as {present.entry_point!r}")
    if present is None:
        gymnasium.register(id=env_id, entry_point=entry_point, kwargs=defaults)
    _ids[name] = env_id


def registered() -> Mapping[str, str]:
    """Return every known environment: short name -> Gymnasium id."""
    _register_installed()
    return dict(sorted(_ids.items()))


def make(name: str, **options: Any) -> gymnasium.Env[Any, Any]:
    """Make an environment by its short name or its Gymnasium id.

    Raises:
        UnknownEnvError: No such environment.
        ConfigError: An option that it does not have, or a value that it cannot take.
    """
    known = registered()
    env_id = known.get(name, name)
    if env_id not in known.values():
        raise UnknownEnvError(unknown_name("environment", name, known))
    spec = gymnasium.spec(env_id)
    entry_point = spec.entry_point
    create = load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point
    if create is None:
        raise UnknownEnvError(f"the environment {name!r} has no entry point")
    check_options(create, {**spec.kwargs, **options}, f"the environment {name!r}")
    return gymnasium.make(env_id, **options)


def default_options(name: str) -> dict[str, Any]:
    """Return the options of an environment with their defaults; an option without one is None.

    Raises:
        UnknownEnvError: No such environment.
    """
    spec, create = _creator(name)
    parameters = inspect.signature(create).parameters.values() if create is not None else ()
    keywords = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    defaults = {p.name: None if p.default is p.empty else p.default for p in parameters if p.kind in keywords}
    return {**defaults, **spec.kwargs}


def training_options(name: str) -> dict[str, Any]:
    """Return the options of a run, such as `algo.steps`, that an environment names as the ones that suit it.

    They are what its class says under `training` in `metadata`; most say nothing.

    Raises:
        UnknownEnvError: No such environment.
    """
    _, create = _creator(name)
    return dict(getattr(create, "metadata", {}).get("training", {}))


def _creator(name: str) -> tuple[EnvSpec, Any]:
    known = registered()
    if name not in known:
        raise UnknownEnvError(unknown_name("environment", name, known))
    spec = gymnasium.spec(known[name])
    create = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    return spec, create


def load_plugins(plugins: Sequence[str]) -> None:
    """Import user modules, which call `envs.register` or `envs.register_verifier` when they are imported.

    Args:
        plugins: Names of modules, or paths of `.py` files. One that is loaded already is left alone.

    Raises:
        ConfigError: A module or file does not exist, or fails while it is imported.
    """
    for plugin in plugins:
        try:
            _import_file(Path(plugin)) if plugin.endswith(".py") else _import_module(plugin)
        except ConfigError:
            raise
        except Exception as error:  # a plug-in is user code: whatever it raises is reported with its name
            raise ConfigError(f"the plug-in {plugin!r} failed to load: {type(error).__name__}: {error}") from error


def _import_module(name: str) -> None:
    if importlib.util.find_spec(name.partition(".")[0]) is None:
        raise ConfigError(f"no module {name!r} for plugins; give an importable module or the path of a .py file")
    importlib.import_module(name)


def _import_file(path: Path) -> None:
    if not path.is_file():
        raise ConfigError(f"no file {str(path)!r} for plugins (looked in {Path.cwd()})")
    name = "assay_plugin_" + re.sub(r"\W", "_", str(path.resolve().with_suffix("")))
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{str(path)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


@functools.cache
def _register_installed() -> None:
    for plugin in entry_points(group="assay.envs"):
        register(plugin.name, plugin.value)


def _identity(entry_point: Any) -> str:
    return entry_point if isinstance(entry_point, str) else f"{entry_point.__module__}:{entry_point.__qualname__}"
