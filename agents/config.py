"""Typed configuration of a run. Every field can be set on the command line: `algo.steps=40 env.difficulty=medium`.

`env=NAME` chooses an environment; its own options stand under `env.` with the defaults of its constructor.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from hydra import compose, initialize
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

import envs
from agents.advantage import ADVANTAGES
from agents.backends import BACKENDS
from agents.losses import LOSSES
from envs.core import SPLITS, ConfigError
from envs.options import parse_overrides, unknown_name
from envs.sandboxes import sandbox_choice, sandbox_option

DEFAULTS = ("_self_", {"env": "code"}, {"sandbox": "auto"}, {"override hydra/job_logging": "stdout"})
"""What a command's configuration is composed of."""

NO_FILES = {"run": {"dir": "."}, "sweep": {"dir": "runs", "subdir": "."}, "output_subdir": None}
"""Hydra writes nothing: a run's folder is ours, and the working folder the user's."""


@dataclass
class BubblewrapConfig:
    """A sandbox that needs no engine; `sandbox=bubblewrap`."""

    name: str = "bubblewrap"
    """Which sandbox."""
    boxes: int | None = None
    """Warm boxes; one per processor when not given."""


@dataclass
class DockerConfig(BubblewrapConfig):
    """A sandbox of Docker containers; `sandbox=docker`."""

    name: str = "docker"
    """Which sandbox."""
    runtime: str | None = None
    """The engine's OCI runtime, such as `runsc` (gVisor); the engine's default when not given."""


@dataclass
class AutoConfig(DockerConfig):
    """Docker where an engine with our image answers, else bubblewrap; with a runtime: Docker; `sandbox=auto`."""

    name: str = "auto"
    """Which sandbox."""


SANDBOX_CONFIGS: dict[str, type[BubblewrapConfig]] = {
    "auto": AutoConfig,
    "docker": DockerConfig,
    "bubblewrap": BubblewrapConfig,
}


@dataclass
class AlgoConfig:
    """The learning algorithm."""

    steps: int = 16
    """Optimizer steps."""
    groups_per_step: int = 8
    """Tasks sampled for one step."""
    group_size: int = 8
    """Completions of each task, compared with one another."""
    max_new_tokens: int = 64
    """Longest completion of one turn."""
    temperature: float = 1.0
    """Of sampling, in training and evaluation; log-probabilities are taken at the same temperature."""
    advantage: str = "group_std"
    """`group`, `group_std` or `leave_one_out`."""
    loss: str = "grpo"
    """`grpo` or `reinforce`; summed over tokens and divided by the number of scored tokens of the whole batch."""
    clip_low: float = 0.2
    """The ratio of new to old probability counts down to 1 - clip_low."""
    clip_high: float = 0.28
    """The ratio counts up to 1 + clip_high."""
    learn_from_truncated: bool = True
    """Whether completions that ran out of tokens are learned from; they count in the baseline either way."""
    learning_rate: float = 2e-5
    """Peak learning rate of AdamW."""
    warmup_steps: int = 2
    """Steps over which the learning rate rises linearly."""
    weight_decay: float = 0.0
    """Of AdamW."""
    beta1: float = 0.9
    """Of AdamW."""
    beta2: float = 0.95
    """Of AdamW."""
    max_grad_norm: float = 1.0
    """The gradient is scaled down to this norm."""
    row_tokens: int = 1024
    """Longest sequence of the learner: a group's prompt and its members, laid one behind the other."""
    sampler_batch: int = 64
    """Completions sampled side by side."""
    error_budget: float = 0.25
    """Share of the last completions that may be without a reward for a fault of ours; beyond it the run stops."""


@dataclass
class EvalConfig:
    """Evaluation during a run."""

    split: str = "heldout"
    """Split that is evaluated; never trained on."""
    samples: int = 4
    """Completions of each task, before and after training."""
    every: int = 8
    """Steps between evaluations during training, with `samples_during` completions; 0: none."""
    samples_during: int = 1
    """Completions of each task in those."""


@dataclass
class TrainConfig:
    """A run."""

    defaults: list[Any] = field(default_factory=lambda: list(DEFAULTS))
    hydra: Any = field(default_factory=lambda: dict(NO_FILES))
    """Hydra's own settings."""
    env: Any = MISSING
    """Environment and its options; `env=NAME` chooses."""
    model: str = "smollm2-135m"
    """`smollm2-135m`, `tiny`, `hf:ID`, or the path of a folder with weights (a run's checkpoint, say)."""
    backend: str = "transformers"
    """What samples."""
    device: str = "auto"
    """Where sampling and learning run: `auto` (a GPU where torch finds one), `cpu`, `cuda`, `cuda:1`, ..."""
    sandbox: Any = "auto"
    """What runs untrusted programs, for environments that have the option: `sandbox=auto`, `docker` or `bubblewrap`,
    and its options, such as `sandbox.runtime=runsc`."""
    seed: int = 0
    """Of tasks, episodes and sampling."""
    run_dir: str | None = None
    """Folder of the run; by default a new one under `runs/`."""
    resume: str | None = None
    """Folder of a run to go on with, from its last checkpoint and with its configuration."""
    plugins: list[str] = field(default_factory=list)
    """Modules or files that register environments and verifiers."""
    job: str | None = None
    """A fine-tuning job: the file of its request body, for `env=rft`; what the command line says wins over it."""
    checkpoint_every: int = 8
    """Steps between checkpoints; the last step always makes one."""
    keep_best: int = 0
    """Evaluated steps whose weights are kept, the best by mean reward, besides the last checkpoint; a job keeps 3."""
    transcripts: int = 4
    """Sampled episodes written down at each step."""
    algo: AlgoConfig = field(default_factory=AlgoConfig)
    eval: EvalConfig = field(default_factory=EvalConfig)


_NESTED = {"algo": fields(AlgoConfig), "eval": fields(EvalConfig)}


def register_configs(arguments: Sequence[str], name: str, schema: type[Any]) -> None:
    """Tell Hydra of the schema and of every environment, plug-ins included, before it reads the command line.

    Args:
        arguments: The command line, of which `plugins=`, `env=` and `sandbox=` are looked at.
        name: Name of the configuration.
        schema: Its dataclass.

    Raises:
        ConfigError: A plug-in cannot be loaded, there is no such environment or sandbox, or an option does not exist.
    """
    given = [argument for argument in arguments if argument.startswith(("plugins=", "env=", "sandbox="))]
    options = parse_overrides(given)
    envs.load_plugins(_listed(options.get("plugins", [])))
    known = envs.registered()
    chosen = str(options.get("env", "code")).split(",")  # a sweep names several
    sandboxes = str(options.get("sandbox", "auto")).split(",")
    for choice in chosen:
        if choice not in known:
            raise envs.UnknownEnvError(unknown_name("environment", choice, known))
    for choice in sandboxes:
        if choice not in SANDBOX_CONFIGS:
            raise ConfigError(unknown_name("sandbox", choice, SANDBOX_CONFIGS))
    store = ConfigStore.instance()
    store.store(name=name, node=schema)
    for sandbox_name, node in SANDBOX_CONFIGS.items():
        store.store(group="sandbox", name=sandbox_name, node=node)
    for env_name in known:
        store.store(group="env", name=env_name, node={"name": env_name, **envs.default_options(env_name)})
    owners = {
        "env": ("environment", {choice: list(envs.default_options(choice)) for choice in chosen}),
        "sandbox": ("sandbox", {choice: _options(SANDBOX_CONFIGS[choice]) for choice in sandboxes}),
    }
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
    ours = [text for text in arguments if "=" in text and not text.startswith(("-", "+", "~", "hydra"))]
    for key in (text.partition("=")[0] for text in ours):
        first, _, rest = key.partition(".")
        names = [part.name for part in fields(schema) if part.name not in ("defaults", "hydra")]
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
        parsed = OverridesParser.create().parse_overrides(ours)
        single = [override.input_line for override in parsed if not override.is_sweep_override()]
        with initialize(version_base="1.3", config_path=None):
            compose(name, overrides=[text for text in single if text])
    except (HydraException, OmegaConfBaseException) as error:
        reasons = [str(error).splitlines()[0], *str(error.__cause__ or "").splitlines()[:1]]
        raise ConfigError(": ".join(reasons)) from error


def check(config: TrainConfig) -> None:
    """Refuse what cannot be, before anything heavy is loaded.

    Raises:
        ConfigError: A field has a value that does not exist or makes no sense.
    """
    names: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("advantage", config.algo.advantage, ADVANTAGES),
        ("loss", config.algo.loss, LOSSES),
        ("split", config.eval.split, SPLITS),
        ("backend", config.backend, BACKENDS),
    )
    for what, value, known in names:
        if value not in known:
            raise ConfigError(unknown_name(what, value, known))
    sandbox_choice(config.sandbox)
    if config.algo.group_size < 2:
        raise ConfigError(
            f"algo.group_size must be at least 2: one member alone has no sibling ({config.algo.group_size})"
        )
    positive = ("steps", "groups_per_step", "max_new_tokens", "temperature", "learning_rate", "max_grad_norm")
    for name in (*positive, "row_tokens", "sampler_batch"):
        if not getattr(config.algo, name) > 0:
            raise ConfigError(f"algo.{name} must be positive, got {getattr(config.algo, name)!r}")
    at_least: tuple[tuple[str, float, float], ...] = (
        ("seed", config.seed, 0),
        ("checkpoint_every", config.checkpoint_every, 1),
        ("keep_best", config.keep_best, 0),
        ("transcripts", config.transcripts, 0),
        ("algo.warmup_steps", config.algo.warmup_steps, 0),
        ("algo.clip_low", config.algo.clip_low, 0),
        ("algo.clip_high", config.algo.clip_high, 0),
        ("eval.samples", config.eval.samples, 1),
        ("eval.samples_during", config.eval.samples_during, 0),
        ("eval.every", config.eval.every, 0),
    )
    for name, number, least in at_least:
        if not number >= least:
            raise ConfigError(f"{name} must be at least {least:g}, got {number!r}")
    if not 0 <= config.algo.error_budget <= 1:
        raise ConfigError(f"algo.error_budget is a share, from 0 to 1, got {config.algo.error_budget!r}")
    if config.eval.split == "train":
        raise ConfigError("eval.split=train would evaluate on what is trained on; choose validation or heldout")


def resumed_sandbox(stored: Any, composed: Any, overrides: Sequence[str]) -> Any:
    """Return the `sandbox` node of a run that is resumed.

    Args:
        stored: That of the run; of an older one, a name.
        composed: That of the command line.
        overrides: What the command line gives.
    """
    if any(override.startswith("sandbox=") for override in overrides):
        return composed
    anew = [text.removeprefix("sandbox.") for text in overrides if text.startswith("sandbox.")]
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


def fail(error: BaseException) -> None:
    """End the process with one line that says what was wrong."""
    print(f"error: {error}", file=sys.stderr)
    raise SystemExit(2)


def _options(schema: type[Any]) -> list[str]:
    return [part.name for part in fields(schema) if part.name != "name"]


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
