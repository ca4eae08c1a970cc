"""Checkpoints that are either whole or absent, and files that are either old or new.

A checkpoint is written beside its final place, flushed to disk, and renamed; the pointer `last` moves only then. A kill
at any moment leaves the previous one in force.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from agents.models import LoadedModel, save_model
from envs.core import ConfigError
from envs.files import replacing

BEST = "best.json"
"""File in a run's `checkpoints` that lists the steps that are kept for their evaluation, the best first."""


def write_atomic(path: Path, text: str) -> None:
    """Replace a file's contents at once.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old contents stay.
    """
    with replacing(path) as file:
        file.write(text.encode())


def save_checkpoint(
    run_dir: Path,
    step: int,
    model: LoadedModel,
    state: Mapping[str, Any],
    weights: Mapping[str, torch.Tensor] | None = None,
) -> Path:
    """Write the checkpoint of a step and make it the last one; of older ones only the best evaluated are kept.

    A step's checkpoint depends on nothing but the step, so the one in force is not written again.

    Args:
        run_dir: Folder of the run.
        step: Number of steps that are done.
        model: Saved in the standard format, so that `model=RUN` and other tools load it.
        state: Everything else that the next step depends on.
        weights: Of the model, where its own are sharded.

    Raises:
        OSError: It cannot be written; the last checkpoint stays in force.
    """
    folder = run_dir / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    target, scratch = checkpoint_folder(run_dir, step), folder / f".step_{step:06d}.partial"
    if (folder / "last" / "state.pt").is_file() and (folder / "last").resolve() == target.resolve():
        return target
    for abandoned in folder.glob(".step_*.partial"):
        shutil.rmtree(abandoned)
    try:
        save_model(model, scratch / "model", weights)
        torch.save(dict(state), scratch / "state.pt")
        _flush(scratch)
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    except (RuntimeError, SafetensorError) as error:  # how torch and safetensors report a file that cannot be written
        raise OSError(f"the checkpoint of step {step} cannot be written: {error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    pointer = folder / ".last.partial"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(target.name)
    pointer.replace(folder / "last")
    prune_checkpoints(run_dir)
    return target


def keep_best(run_dir: Path, entry: Mapping[str, Any], *, count: int) -> None:
    """Note how a step with a checkpoint did in its evaluation, and keep the weights of the best `count` steps.

    Args:
        run_dir: Folder of the run.
        entry: `{"step", "valid_reward_mean", ...}`; of steps with the same reward the earlier is the better one.
        count: Steps whose weights are kept, besides the last checkpoint.

    Raises:
        OSError: The list cannot be written.
    """
    entries = [other for other in best_checkpoints(run_dir) if other["step"] != entry["step"]]
    entries.append(dict(entry))
    entries.sort(key=lambda other: (-other["valid_reward_mean"], other["step"]))
    write_atomic(run_dir / "checkpoints" / BEST, json.dumps(entries[:count], indent=1) + "\n")
    prune_checkpoints(run_dir)


def best_checkpoints(run_dir: Path) -> list[dict[str, Any]]:
    """Return what is known of the checkpoints that are kept for their evaluation, the best first."""
    path = run_dir / "checkpoints" / BEST
    kept: list[dict[str, Any]] = read_json(path) if path.is_file() else []
    return [entry for entry in kept if (checkpoint_folder(run_dir, entry["step"]) / "model").is_dir()]


def checkpoint_folder(run_dir: Path, step: int) -> Path:
    """Return the folder of a step's checkpoint, whether or not there is one."""
    return run_dir / "checkpoints" / f"step_{step:06d}"


def prune_checkpoints(run_dir: Path) -> None:
    """Remove checkpoints that are neither the last nor among the best; of the best only the weights stay."""
    last = (run_dir / "checkpoints" / "last").resolve()
    best = {checkpoint_folder(run_dir, entry["step"]) for entry in best_checkpoints(run_dir)}
    for old in (run_dir / "checkpoints").glob("step_*"):
        if old.resolve() == last:
            continue
        if old in best:
            (old / "state.pt").unlink(missing_ok=True)
        else:
            shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(run_dir: Path) -> tuple[Path, dict[str, Any]]:
    """Return the model's folder and the state of a run's last checkpoint.

    Raises:
        ConfigError: The run has none, or it is damaged.
    """
    last = run_dir / "checkpoints" / "last"
    if not (last / "state.pt").is_file():
        raise ConfigError(f"{str(run_dir)!r} holds no checkpoint to resume from")
    try:
        state = torch.load(last / "state.pt", map_location="cpu", weights_only=True)
        if missing := [name for name in ("step", "learner") if name not in state]:
            raise EOFError(f"it has no {' and no '.join(missing)}")
    except (RuntimeError, EOFError, TypeError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"the checkpoint {str(last.resolve())!r} is damaged: {reason}") from error
    return last / "model", state


def read_json(path: Path) -> Any:
    """Return the contents of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
