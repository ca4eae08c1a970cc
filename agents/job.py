"""What a fine-tuning job means for the training loop here: its hyperparameters become options, its model a local one.

The command line wins over the job, and the job over the defaults. The table is in `envs/rft/README.md`.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from agents.compose import given_names, with_settings
from agents.config import AlgoConfig, TrainConfig
from agents.models import NAMED_MODELS, check_model
from envs.core import ConfigError
from envs.jsonl import stream_records
from envs.rft.job import Job, read_job
from envs.rft.load import SAMPLE, job_files

KEEP_BEST = 3
"""Checkpoints that a job keeps, the best by mean reward on the validation file."""
DEFAULT_MODEL = "smollm2-135m"

_EFFORT = {"low": 0.5, "medium": 1.0, "high": 2.0}
"""How many tokens a completion may have, as a multiple of what is configured."""

_HOSTED = re.compile(r"(ft:)?(o\d|gpt-|chatgpt-|codex-|computer-use|gemini-|(us\.|eu\.|apac\.)?amazon\.)")
"""Names of models that only a service has."""


def is_hosted(model: str) -> bool:
    """Tell whether a name is that of a model that only a service has, such as `o4-mini-2025-04-16`."""
    return _HOSTED.match(model) is not None


def with_job(config: Any, overrides: Sequence[str]) -> Any:
    """Return the configuration with what its job says; without a job it is returned as it is.

    Args:
        config: The composed configuration of a new run.
        overrides: What the command line gives, such as `algo.steps=4`.

    Raises:
        ConfigError: The job is wrong, or belongs to another environment.
    """
    if config.env.name != "rft":
        if config.job:
            raise ConfigError(f"job={config.job} is for env=rft, got env={config.env.name}")
        return config
    path = config.job or config.env.get("job") or str(SAMPLE)
    job = read_job(path)
    files = OmegaConf.to_container(config.env.files) if OmegaConf.is_config(config.env.files) else config.env.files
    training_file, _ = job_files(job, Path(path), files)  # type: ignore[arg-type]  # a mapping, a path or None
    given = given_names(overrides)
    settings = {
        "env.job": path,
        **job_settings(job, rows=sum(1 for _ in stream_records(training_file)), config=config, given=given),
    }
    for integration in job.integrations:
        print(f"the job's integration {integration['type']!r} is accepted and not contacted", file=sys.stderr)
    return with_settings(config, settings, given, f"the job {path} sets")


def job_settings(job: Job, *, rows: int, config: TrainConfig, given: set[str]) -> dict[str, Any]:
    """Return the options that a job's hyperparameters stand for.

    Args:
        job: The job.
        rows: Rows of its training file.
        config: What is configured without the job.
        given: Options that the command line gives, which stay as they are.
    """
    hyper = job.hyperparameters
    algo = AlgoConfig()
    groups = hyper.batch_size or min(algo.groups_per_step, rows)
    if "algo.groups_per_step" in given:
        groups = config.algo.groups_per_step
    settings: dict[str, Any] = {
        "algo.groups_per_step": groups,
        "keep_best": KEEP_BEST,
        "model": local_model(job, given),
    }
    if hyper.n_epochs is not None:
        settings["algo.steps"] = math.ceil(hyper.n_epochs * rows / groups)
    if hyper.learning_rate_multiplier is not None:
        settings["algo.learning_rate"] = algo.learning_rate * hyper.learning_rate_multiplier
    if hyper.compute_multiplier is not None:
        settings["algo.group_size"] = max(2, round(algo.group_size * hyper.compute_multiplier))
    if hyper.eval_interval is not None:
        settings["eval.every"] = hyper.eval_interval
    if hyper.eval_samples is not None:
        settings |= {"eval.samples": hyper.eval_samples, "eval.samples_during": hyper.eval_samples}
    if hyper.reasoning_effort != "default":
        settings["algo.max_new_tokens"] = max(1, round(algo.max_new_tokens * _EFFORT[hyper.reasoning_effort]))
    if job.seed is not None:
        settings["seed"] = job.seed
    return settings


def local_model(job: Job, given: set[str]) -> str:
    """Return the model to train; a name of a hosted one stands for the default model, which is said.

    Raises:
        ConfigError: The name is neither that of a hosted model nor of one that can be here.
    """
    if "model" in given:
        return job.model  # and the command line's stays
    if is_hosted(job.model):
        print(
            f"the job names the hosted model {job.model!r}: {DEFAULT_MODEL} is trained instead (model=... chooses)",
            file=sys.stderr,
        )
        return DEFAULT_MODEL
    try:
        check_model(job.model)
    except ConfigError as error:
        raise ConfigError(f"/model: {error}; known by name: {', '.join(NAMED_MODELS)}; or give model=...") from error
    return job.model
