"""From a command line to a configuration: what Hydra is told of, what wins over what, and errors in one line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

from hydra import compose, initialize
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

import envs
from agents.algorithms import ALGORITHMS
from agents.config import BACKEND_CONFIGS, DEFAULTS, SANDBOX_CONFIGS, AlgoConfig, EvalConfig, TrainConfig
from envs.core import ConfigError
from envs.options import parse_overrides, unknown_name
from envs.sandboxes import sandbox_choice, sandbox_option

_NESTED = {"algo": fields(AlgoConfig), "eval": fields(EvalConfig)}
_GROUPS: dict[str, tuple[str, Mapping[str, type[Any]]]] = {
    "sandbox": ("auto", SANDBOX_CONFIGS),
    "backend": ("transformers", BACKEND_CONFIGS),
}
"""Option -> its default, and what may be chosen."""


def register_configs(arguments: Sequence[str], name: str, schema: type[Any]) -> None:
    """Tell Hydra of the schema and of every environment, plug-ins included, before it reads the command line.

    Args:
        arguments: The command line, of which `plugins=`, `env=`, `sandbox=`, `backend=` and `resume=` are looked at: a
            run that goes on has its own.
        name: Name of the configuration.
        schema: Its dataclass.

    Raises:
        ConfigError: A plug-in cannot be loaded, there is no such environment, sandbox, backend or option.
    """
    looked_at = tuple(f"{option}=" for option in ("plugins", "env", *_GROUPS))
    given = [argument for argument in arguments if argument.startswith(looked_at)]
    own = _own_choices(arguments) if "resume" in _names(schema) else {}
    envs.load_plugins(_listed(own.pop("plugins", [])))
    options = {**own, **parse_overrides(given)}
    envs.load_plugins(_listed(options.get("plugins", [])))
    known = envs.registered()
    chosen = str(options.get("env", "code")).split(",")  # a sweep names several
    for choice in chosen:
        if choice not in known:
            raise envs.UnknownEnvError(unknown_name("environment", choice, known))
    store = ConfigStore.instance()
    store.store(name=name, node=schema(defaults=[_or_own(default, own) for default in DEFAULTS]))
    owners = {"env": ("environment", {choice: list(envs.default_options(choice)) for choice in chosen})}
    for group, (default, members) in _GROUPS.items():
        choices = str(options.get(group, default)).split(",")
        for choice in choices:
            if choice not in members:
                raise ConfigError(unknown_name(group, choice, members))
        owners[group] = (group, {choice: _options(members[choice]) for choice in choices})
        for member, node in members.items():
            store.store(group=group, name=member, node=node)
    for env_name in known:
        store.store(group="env", name=env_name, node={"name": env_name, **envs.default_options(env_name)})
    _check_overrides(arguments, name, schema, owners)


def _check_overrides(
    arguments: Sequence[str], name: str, schema: type[Any], owners: Mapping[str, tuple[str, Mapping[str, list[str]]]]
) -> None:
    """Refuse in one line what Hydra would refuse in many: a key that does not exist, a value of the wrong type.

    Args:
        arguments: The command line.
        name: Name of the configuration.
        schema: Its dataclass.
        owners: Of each group, what its members are called, and the options of those that are chosen.
    """
    ours = [text for text in arguments if not text.lstrip("+~").startswith(("-", "hydra"))]
    for key, equals, _ in (text.partition("=") for text in ours):
        if not equals and arguments[arguments.index(key) - 1].startswith("-"):
            continue  # what a flag takes
        if not equals or key.startswith("~"):
            raise ConfigError(f"{key!r} gives no option a value, such as seed=1")
        first, _, rest = key.lstrip("+").partition(".")
        names = _names(schema)
        if first not in names:
            raise ConfigError(unknown_name("option", first, names))
        owner, known = f"option of {first!r}", [part.name for part in _NESTED.get(first, ())]
        if first in owners:
            kind, options_of = owners[first]
            owner = f"option of the {kind} {', '.join(map(repr, options_of))}"
            known = [option for options in options_of.values() for option in options]
        if rest and rest.partition(".")[0] not in known:
            raise ConfigError(unknown_name(owner, rest, known))
    try:
        parsed = OverridesParser.create().parse_overrides([text for text in ours if "=" in text])
        single = [override.input_line for override in parsed if not override.is_sweep_override()]
        with initialize(version_base="1.3", config_path=None):
            compose(name, overrides=[text for text in single if text])
    except (HydraException, OmegaConfBaseException) as error:
        reasons = [str(error).splitlines()[0], *str(error.__cause__ or "").splitlines()[:1]]
        raise ConfigError(": ".join(reasons)) from error


def stored_config(folder: Path) -> Any:
    """Return what a run was asked to do.

    Raises:
        ConfigError: The folder is not that of a run, or its configuration is damaged.
    """
    path = folder / "config.yaml"
    if not path.is_file():
        raise ConfigError(f"{str(folder)!r} is not the folder of a run (it has no config.yaml)")
    try:
        stored = OmegaConf.merge(OmegaConf.structured(TrainConfig), OmegaConf.load(path))
        if not stored.env.name:
            raise ValueError("it names no environment")
    except (ValueError, YAMLError, OmegaConfBaseException, AttributeError) as error:
        raise ConfigError(f"{str(path)!r} is damaged: {str(error).splitlines()[0]}") from error
    return stored


def resumed_group(group: str, stored: Any, composed: Any, overrides: Sequence[str]) -> Any:
    """Return the node of a group, such as `sandbox`, of a run that is resumed.

    Args:
        group: Which.
        stored: That of the run; of an older one, a name.
        composed: That of the command line.
        overrides: What the command line gives.
    """
    if any(override.startswith(f"{group}=") for override in overrides):
        return composed
    anew = [text.removeprefix(f"{group}.") for text in overrides if text.startswith(f"{group}.")]
    node = {"name": stored} if isinstance(stored, str) else stored
    return OmegaConf.merge(node, OmegaConf.from_dotlist(anew))


def env_options(env: Any, sandbox: Any) -> tuple[str, dict[str, Any]]:
    """Return an environment's name and the options to make it with.

    Args:
        env: The configuration's `env` node.
        sandbox: Its `sandbox` node, for environments that have the option and name none of their own.

    Raises:
        ConfigError: The sandbox cannot be, or its options would be lost.
    """
    options = OmegaConf.to_container(env, resolve=True) if OmegaConf.is_config(env) else dict(env)
    assert isinstance(options, dict)  # a node of the env group is a mapping
    chosen = {str(key): value for key, value in options.items()}
    name = str(chosen.pop("name"))
    if chosen.get("sandbox") is not None:
        chosen["sandbox"] = sandbox_option(sandbox_choice(sandbox), chosen["sandbox"])
    judge = chosen.get("judge")
    if isinstance(judge, str) and not judge.startswith(("http://", "https://")):
        from agents.judge import local_chat

        chosen["judge"] = local_chat(judge)  # a model of this machine judges, in this process
    return name, chosen


def fail(error: BaseException) -> NoReturn:
    """End the process with one line that says what was wrong."""
    print(f"error: {error}", file=sys.stderr)
    raise SystemExit(2)


def _options(schema: type[Any]) -> list[str]:
    return [part.name for part in fields(schema) if part.name != "name"]


def _names(schema: type[Any]) -> list[str]:
    return [part.name for part in fields(schema) if part.name not in ("defaults", "hydra")]


def _own_choices(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what a run that is to go on has chosen: its plug-ins, environment and backend; nothing for a new run."""
    given = [argument for argument in arguments if argument.startswith("resume=")]
    try:
        parsed = OverridesParser.create().parse_overrides(given)
    except HydraException:
        return {}  # `_check_overrides` says so
    if not parsed or parsed[-1].value() is None:
        return {}
    stored = stored_config(Path(str(parsed[-1].value())))
    backend = stored.backend if isinstance(stored.backend, str) else stored.backend.name
    return {"plugins": list(stored.plugins), "env": stored.env.name, "backend": backend}


def _or_own(default: Any, own: Mapping[str, Any]) -> Any:
    """Return what a configuration is composed of, or what a run has chosen in its place."""
    return (
        {group: own.get(group, choice) for group, choice in default.items()} if isinstance(default, dict) else default
    )


def _listed(plugins: Any) -> list[str]:
    return [str(plugin) for plugin in plugins] if isinstance(plugins, list) else [str(plugins)]


def with_training_options(config: Any, overrides: Sequence[str]) -> Any:
    """Return the configuration with the options that its environment names as suiting it, where none are given.

    Args:
        config: The composed configuration of a new run.
        overrides: What the command line gives, such as `algo.steps=4`.

    Raises:
        ConfigError: The environment names an option that does not exist, or a value that it cannot have.
    """
    source = f"the environment {config.env.name!r} says in metadata['training']"
    return with_settings(config, envs.training_options(config.env.name), given_names(overrides), source)


def with_algorithm(config: Any, overrides: Sequence[str]) -> Any:
    """Return the configuration with the options that belong to its algorithm; environment and command line win.

    Args:
        config: The composed configuration of a new run.
        overrides: What the command line gives, such as `algo.loss=dapo`.
    """
    if config.algo.loss not in ALGORITHMS:
        return config  # `check` says so
    options = {f"algo.{name}": value for name, value in ALGORITHMS[config.algo.loss].options.items()}
    given = given_names(overrides) | set(envs.training_options(config.env.name))
    return with_settings(config, options, given, f"the algorithm {config.algo.loss!r} sets")


def given_names(overrides: Sequence[str]) -> set[str]:
    """Return the names of the options that a command line gives."""
    return {override.lstrip("+").partition("=")[0] for override in overrides}


def with_settings(config: Any, settings: Mapping[str, Any], given: set[str], source: str) -> Any:
    """Return the configuration with settings that win over the defaults and lose to the command line.

    Args:
        config: The composed configuration of a new run.
        settings: Option -> value.
        given: Options that the command line gives.
        source: Who sets them, for an error.

    Raises:
        ConfigError: An option does not exist, or cannot have its value.
    """
    changed = OmegaConf.merge(config)
    for key, value in settings.items():
        if key in given:
            continue
        try:
            OmegaConf.update(changed, key, value)
        except OmegaConfBaseException as error:
            raise ConfigError(f"{source} {key}={value!r}, which cannot be: {str(error).splitlines()[0]}") from error
    return changed
