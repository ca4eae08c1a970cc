"""What a configuration cannot be, told before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterable

from agents.advantage import ADVANTAGES
from agents.backends import BACKENDS
from agents.config import TrainConfig
from agents.losses import LOSSES
from envs.core import SPLITS, ConfigError
from envs.options import unknown_name
from envs.sandboxes import sandbox_choice


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
