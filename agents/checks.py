"""What a configuration cannot be, told before anything heavy is loaded."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterable

from agents.advantage import ADVANTAGES
from agents.algorithms import ALGORITHMS
from agents.backends import backend_config, check_backend
from agents.batch import AGGREGATES
from agents.config import TrainConfig
from agents.correction import CORRECTIONS
from agents.distributed import ALONE, Ranks
from agents.divergence import DIVERGENCES
from agents.precision import PRECISIONS
from agents.trackers import chosen_trackers
from envs.core import SPLITS, ConfigError
from envs.options import unknown_name
from envs.sandboxes import sandbox_choice


def check(config: TrainConfig, ranks: Ranks = ALONE) -> None:
    """Refuse what cannot be, before anything heavy is loaded.

    Args:
        config: The configuration.
        ranks: The processes of the run.

    Raises:
        ConfigError: A field has a value that does not exist or makes no sense.
    """
    _check_names(config)
    sandbox_choice(config.sandbox)
    chosen_trackers(config.trackers)
    check_backend(config.backend, training=True)
    if config.algo.group_size < 2:
        raise ConfigError(
            f"algo.group_size must be at least 2: one member alone has no sibling ({config.algo.group_size})"
        )
    positive = ("steps", "groups_per_step", "max_new_tokens", "temperature", "learning_rate", "max_grad_norm")
    also = ("row_tokens", "sampler_batch", "epochs", "minibatches", "refill_rounds", "judge_limit_s")
    for name in (*positive, *also):
        if not getattr(config.algo, name) > 0:
            raise ConfigError(f"algo.{name} must be positive, got {getattr(config.algo, name)!r}")
    for name in ("learning_rate", "temperature", "judge_limit_s"):
        if not math.isfinite(getattr(config.algo, name)):
            raise ConfigError(f"algo.{name} must be finite, got {getattr(config.algo, name)!r}")
    at_least: tuple[tuple[str, float, float], ...] = (
        ("seed", config.seed, 0),
        ("checkpoint_every", config.checkpoint_every, 1),
        ("keep_best", config.keep_best, 0),
        ("transcripts", config.transcripts, 0),
        ("algo.warmup_steps", config.algo.warmup_steps, 0),
        ("algo.clip_low", config.algo.clip_low, 0),
        ("algo.clip_high", config.algo.clip_high, 0),
        ("algo.correction_cap", config.algo.correction_cap, 1),
        ("algo.kl_weight", config.algo.kl_weight, 0),
        ("algo.lora.rank", config.algo.lora.rank, 0),
        ("algo.weight_decay", config.algo.weight_decay, 0),
        ("algo.overlong_penalty", config.algo.overlong_penalty, 0),
        ("eval.samples", config.eval.samples, 1),
        ("eval.samples_during", config.eval.samples_during, 0),
        ("eval.every", config.eval.every, 0),
    )
    for name, number, least in at_least:
        if not number >= least:
            raise ConfigError(f"{name} must be at least {least:g}, got {number!r}")
    if not config.seed < 2**63:
        raise ConfigError(f"seed must be below 2**63, got {config.seed!r}")
    for name in ("beta1", "beta2"):
        if not 0 <= getattr(config.algo, name) < 1:
            raise ConfigError(f"algo.{name} must be at least 0 and below 1, got {getattr(config.algo, name)!r}")
    for name in ("error_budget", "overlong_share"):
        if not 0 <= getattr(config.algo, name) <= 1:
            raise ConfigError(f"algo.{name} is a share, from 0 to 1, got {getattr(config.algo, name)!r}")
    if config.algo.reference is not None and not (config.algo.kl_weight or config.algo.watch_kl):
        raise ConfigError("algo.reference is compared with nothing: give algo.kl_weight, or algo.watch_kl=true")
    if config.algo.steps_ahead not in (0, 1):
        raise ConfigError(f"algo.steps_ahead must be 0 or 1, got {config.algo.steps_ahead!r}")
    if not ranks.alone:
        _check_processes(config)
    if config.algo.dual_clip is not None and not config.algo.dual_clip > 1:
        raise ConfigError(f"algo.dual_clip must be above 1, or ratios of 1 would be cut, got {config.algo.dual_clip!r}")
    compiler = os.environ.get("CXX", "g++")  # what torch asks for
    if config.algo.compile and not shutil.which(compiler):
        raise ConfigError(f"algo.compile=true needs a C++ compiler, and there is no {compiler!r} here (CXX names one)")
    if config.eval.split == "train":
        raise ConfigError("eval.split=train would evaluate on what is trained on; choose validation or heldout")


def _check_names(config: TrainConfig) -> None:
    """Refuse a name that nothing has."""
    names: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("advantage", config.algo.advantage, ADVANTAGES),
        ("loss", config.algo.loss, ALGORITHMS),
        ("aggregate", config.algo.aggregate, AGGREGATES),
        ("correction", config.algo.correction, CORRECTIONS),
        ("kl_estimator", config.algo.kl_estimator, DIVERGENCES),
        ("place of the divergence", config.algo.kl_in, ("loss", "reward")),
        ("precision", config.algo.precision, ("auto", *PRECISIONS)),
        ("split", config.eval.split, SPLITS),
    )
    for what, value, known in names:
        if value not in known:
            raise ConfigError(unknown_name(what, value, known))


def _check_processes(config: TrainConfig) -> None:
    """Refuse what only one process can do."""
    backend = backend_config(config.backend).name
    reasons = {
        f"backend={backend}": backend != "transformers",
        "algo.compile=true": config.algo.compile,
        "algo.precision=fp16": config.algo.precision == "fp16",
        "--dry-run": config.dry_run,
    }
    for option, given in reasons.items():
        if given:
            raise ConfigError(f"{option} works in one process only: leave torchrun or the option out")
