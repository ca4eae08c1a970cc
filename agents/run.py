"""The folder of a run: what it was asked to do, what it measured, and the checkpoint that it can go on from."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from agents.checkpoint import keep_best, load_checkpoint, save_checkpoint, write_atomic
from agents.compose import given_names, resumed_group, stored_config, with_algorithm
from agents.config import TrainConfig
from agents.core import Group, Learner
from agents.distributed import ALONE, Ranks
from agents.feed import Feed
from agents.metrics import EvalResult, MetricsWriter, evaluation_files, read_evaluation
from agents.models import BASE, LoadedModel, keep_model
from agents.trackers import chosen_trackers
from envs.core import ConfigError
from envs.registry import load_plugins

_NOT_ANEW = ("resume=", "run_dir=", "env=", "plugins=", "sandbox", "backend")
"""What the command line of a resumed run does not change, or not by a mere merge."""

_FIXED = ("model", "job", "algo.lora.rank", "algo.lora.alpha", "algo.lora.targets")
"""What a run began with and goes on with."""

_PACKAGES = ("assay", "torch", "transformers", "gymnasium", "numpy", "hydra-core")


class Run:
    """A run's folder.

    Args:
        folder: Where everything is written.
        checkpoint: Model folder and state to go on from; None: the run is new.
        ranks: The processes of the run.
        named: Whether the folder is the one that was asked for; else another one is as good.
    """

    def __init__(
        self,
        folder: Path,
        checkpoint: tuple[Path, dict[str, Any]] | None = None,
        ranks: Ranks = ALONE,
        named: bool = True,
    ) -> None:
        self.folder = folder
        self.named = named
        self.ranks = ranks
        self._checkpoint = checkpoint
        self.last_step = int(checkpoint[1]["step"]) if checkpoint else 0
        self._metrics: MetricsWriter | None = None

    @property
    def first_step(self) -> int:
        """The first step that is still to do; steps count from 1."""
        return self.last_step + 1

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep all other processes out of the folder; one in which nothing was written is removed at the end.

        Raises:
            ConfigError: Another process is at work in it.
            OSError: It cannot be made.
        """
        first, made = self.folder, [folder for folder in self.folder.parents if not folder.exists()]
        for number in count(2):
            try:
                self.folder.mkdir(parents=True, exist_ok=self.named)
                break
            except FileExistsError:
                if self.named:
                    raise  # it is a file
                self.folder = first.with_name(f"{first.name}-{number}")  # another run began in the same second
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigError(f"another process is at work in {str(self.folder)!r}") from error
            yield
        finally:
            os.close(handle)
            with suppress(OSError):
                for folder in (self.folder, *made):  # of which only empty ones can be
                    folder.rmdir()

    def begin(self, config: TrainConfig) -> None:
        """Write down what a new run is asked to do.

        The last checkpoint of another run, which may go on meanwhile, is kept as it is now.

        Raises:
            OSError: The folder cannot be written.
        """
        if not (self.folder / "config.yaml").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(self.folder / "versions.json", json.dumps(_versions(), indent=2) + "\n")
            keep_model(config.model, self.folder / BASE)
            write_atomic(self.folder / "config.yaml", OmegaConf.to_yaml(config))

    def based(self, config: TrainConfig) -> TrainConfig:
        """Return the configuration with the model that the run began with, wherever that is kept."""
        base = self.folder / BASE
        return _typed(OmegaConf.merge(config, {"model": str(base)})) if base.is_dir() else config

    def model_source(self, model: str) -> str:
        """Return the name of the model to load: the checkpoint's, where there is one."""
        return str(self._checkpoint[0]) if self._checkpoint else model

    def restore(self, learner: Learner, feed: Feed) -> None:
        """Put learner and feed where the checkpoint left them; a new run is left alone."""
        if self._checkpoint:
            learner.load_state_dict(self._checkpoint[1]["learner"])
            start = {"cursor": self.last_step * feed.groups_per_step, "waiting": None}  # of a run that had no feed yet
            feed.load_state_dict(self._checkpoint[1].get("feed", start))
            self._checkpoint = (self._checkpoint[0], {"step": self.last_step})

    @contextmanager
    def metrics(self, config: TrainConfig) -> Iterator[None]:
        """Write down what the run is asked to do from now on, and keep the files of its numbers open.

        Lines after the checkpoint are dropped first; what else takes numbers takes them too.
        """
        asked = OmegaConf.to_yaml(config)
        for step, path in evaluation_files(self.folder).items():
            if step > self.last_step:
                path.unlink()
        told: Any = OmegaConf.to_container(OmegaConf.create(asked))
        with MetricsWriter(self.folder, self.first_step, chosen_trackers(config.trackers), told) as writer:
            write_atomic(self.folder / "config.yaml", asked)
            self._metrics = writer
            yield
        self._metrics = None

    def write_step(self, step: int, metrics: Mapping[str, Any], timing: Mapping[str, Any]) -> None:
        """Write the numbers of a finished step."""
        assert self._metrics is not None  # train() writes inside metrics()
        self._metrics.write("metrics", step, metrics)
        self._metrics.write("timing", step, timing)
        self.last_step = step

    def write_timing(self, step: int, timing: Mapping[str, Any]) -> None:
        """Write what the last evaluation took, after the last step."""
        assert self._metrics is not None  # train() writes inside metrics()
        self._metrics.write("timing", step, timing)

    def write_transcripts(self, step: int, groups: Sequence[Group], count: int) -> None:
        """Write down one episode of each of the first `count` groups."""
        assert self._metrics is not None  # train() writes inside metrics()
        for group in groups[:count]:
            sample = group.trajectories[0]
            reward = None if sample.reward is None else sample.reward.total
            feedback = sample.error if sample.reward is None else sample.reward.feedback
            entry = {
                "task_id": sample.task_id,
                "completions": [turn.text for turn in sample.turns],
                "reward": reward,
                "status": str(sample.status),
                "feedback": feedback,
            }
            self._metrics.write("transcripts", step, entry)

    def write_evaluation(self, step: int, result: EvalResult) -> None:
        """Keep the results of an evaluation, so that a resumed run need not repeat it."""
        write_atomic(self.folder / f"eval_{step:06d}.json", json.dumps(asdict(result), indent=1) + "\n")
        if self._metrics is not None:
            self._metrics.track("heldout", step, result.summary())

    def has_evaluation(self, step: int) -> bool:
        """Tell whether this step was evaluated already."""
        return (self.folder / f"eval_{step:06d}.json").is_file()

    def evaluations(self) -> dict[int, EvalResult]:
        """Return every evaluation by step, in order.

        Raises:
            ConfigError: A file of one is damaged.
        """
        return {step: read_evaluation(path) for step, path in evaluation_files(self.folder).items()}

    def save(self, step: int, model: LoadedModel, learner: Learner, feed: Feed) -> None:
        """Write the checkpoint of a step.

        Raises:
            OSError: It cannot be written; the one before stays in force.
        """
        learned = learner.state_dict()
        state = {"step": step, "learner": learned, "feed": feed.state_dict()}
        weights = None if self.ranks.alone else learned["model"]
        save_checkpoint(self.folder, step, model, state, weights)

    def keep_best(self, step: int, model: LoadedModel, learner: Learner, feed: Feed, count: int) -> None:
        """Keep the weights of an evaluated step if it is among the best `count` by mean reward.

        Raises:
            OSError: They cannot be written.
        """
        if not (count and step and self.has_evaluation(step)):
            return
        result = self.evaluations()[step]
        reward = result.totals.get("mean_reward")
        if reward is not None:
            self.save(step, model, learner, feed)
            entry = {"step": step, "valid_reward_mean": reward, "pass@1": result.summary()["pass@1"]}
            keep_best(self.folder, entry, count=count)


class Follower(Run):
    """A run's folder as the processes but the first see it: they take part in what is gathered, and write nothing."""

    def __init__(
        self, folder: Path, checkpoint: tuple[Path, dict[str, Any]] | None, ranks: Ranks, named: bool = True
    ) -> None:
        super().__init__(folder, checkpoint, ranks, named)
        self._evaluated = {step: result for step, result in self.evaluations().items() if step <= self.last_step}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Leave it to the first."""
        yield

    def begin(self, config: TrainConfig) -> None:
        """Leave it to the first."""

    @contextmanager
    def metrics(self, config: TrainConfig) -> Iterator[None]:
        """Leave it to the first."""
        yield

    def write_step(self, step: int, metrics: Mapping[str, Any], timing: Mapping[str, Any]) -> None:
        """Count the step."""
        self.last_step = step

    def write_timing(self, step: int, timing: Mapping[str, Any]) -> None:
        """Leave it to the first."""

    def write_transcripts(self, step: int, groups: Sequence[Group], count: int) -> None:
        """Leave it to the first."""

    def write_evaluation(self, step: int, result: EvalResult) -> None:
        """Remember it."""
        self._evaluated[step] = result

    def has_evaluation(self, step: int) -> bool:
        """Tell whether this step was evaluated already."""
        return step in self._evaluated

    def save(self, step: int, model: LoadedModel, learner: Learner, feed: Feed) -> None:
        """Give this process's part of the weights."""
        learner.state_dict()

    def keep_best(self, step: int, model: LoadedModel, learner: Learner, feed: Feed, count: int) -> None:
        """Give this process's part of the weights where the first keeps them."""
        if count and step and step in self._evaluated and self._evaluated[step].totals.get("mean_reward") is not None:
            self.save(step, model, learner, feed)


def open_run(config: Any, ranks: Ranks = ALONE) -> tuple[TrainConfig, Run]:
    """Return the configuration and the folder of a new run, or those of the run to resume, whose plug-ins are loaded.

    Args:
        config: The composed configuration.
        ranks: The processes of the run.

    Raises:
        ConfigError: There is nothing to resume, it is damaged or would become another run, or a new run's folder holds
            a run or parts of one already.
    """
    make = Run if ranks.first else Follower
    if config.resume:
        folder = Path(config.resume)
        stored = stored_config(folder)
        overrides = command_line()
        for group, default in (("sandbox", "auto"), ("backend", "transformers")):
            stored[group] = resumed_group(group, stored.get(group, default), config[group], overrides)
        anew = OmegaConf.from_dotlist([override for override in overrides if not override.startswith(_NOT_ANEW)])
        merged = OmegaConf.merge(OmegaConf.structured(TrainConfig), stored, anew)
        _refuse_changes(stored, merged, overrides)
        load_plugins(merged.plugins)
        if "algo.loss" in given_names(overrides):
            merged = with_algorithm(merged, overrides)
        checkpoint = load_checkpoint(folder) if (folder / "checkpoints" / "last").exists() else None
        run = make(folder, checkpoint, ranks)
        run.evaluations()  # a damaged one is told of now, not at the end
        return _typed(merged), run
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = Path(config.run_dir or f"runs/{stamp}-{config.env.name}-seed{config.seed}")
    if config.run_dir and (folder / "config.yaml").exists():
        raise ConfigError(
            f"{str(folder)!r} holds a run already: go on with it (resume={folder}), or choose another run_dir"
        )
    paths = [folder / "metrics.jsonl", folder / "checkpoints", *evaluation_files(folder).values()]
    if config.run_dir and (strange := [path.name for path in paths if path.exists()]):
        raise ConfigError(
            f"{str(folder)!r} holds {', '.join(strange[:3])} but no config.yaml, so there is no telling what run that "
            "is of: choose another run_dir"
        )
    return _typed(config), make(folder, None, ranks, config.run_dir is not None)


def _refuse_changes(stored: Any, merged: Any, overrides: Sequence[str]) -> None:
    """Refuse what a run cannot change when it goes on.

    Raises:
        ConfigError: The command line gives another one.
    """
    for override in overrides:
        name, _, value = override.partition("=")
        if name == "env" and value != stored.env.name:
            raise ConfigError(f"the run learns from env={stored.env.name}: it cannot go on with env={value}")
    for name in _FIXED:
        was, now = OmegaConf.select(stored, name), OmegaConf.select(merged, name)
        if was != now:
            raise ConfigError(f"the run began with {name}={was}: it cannot go on with {name}={now}")


def command_line() -> list[str]:
    """Return what the command line gives, such as `algo.steps=40`."""
    return list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else []


def _typed(config: Any) -> TrainConfig:
    typed: Any = config
    return typed  # type: ignore[no-any-return]  # a structured OmegaConf node has TrainConfig's fields


def _versions() -> dict[str, Any]:
    versions: dict[str, Any] = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return {**versions, "git": _git_state()}


def _git_state() -> dict[str, Any] | None:
    git = shutil.which("git")
    here = Path(__file__).parent
    if git is None:
        return None
    commit = subprocess.run([git, "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False)
    status = subprocess.run([git, "status", "--porcelain"], cwd=here, capture_output=True, text=True, check=False)
    if commit.returncode != 0:
        return None
    return {"commit": commit.stdout.strip(), "clean": not status.stdout.strip()}
