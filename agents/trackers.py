"""Where a run's numbers go besides its own files: TensorBoard and Weights & Biases, each imported when it is chosen."""

from __future__ import annotations

import importlib.util
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from envs.calls import BoundedCalls, GivenUp
from envs.core import ConfigError
from envs.options import unknown_name

_LAST_WAIT_S = 120.0
"""For a service to take what is left at the end of a run."""


class Tracker(Protocol):
    """Takes numbers as they come; whatever `write` and `close` raise ends no run."""

    title: str
    """What people call it."""

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Take the numbers of a step, by name."""
        ...

    def close(self, *, failed: bool) -> None:
        """Write what is left, and whether the run failed."""
        ...


class Dispensable:
    """A tracker that gets no more numbers once it has failed, of which one line tells."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._works = True

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Pass the numbers of a step on."""
        if self._works:
            self._try(lambda: self._tracker.write(step, values))

    def close(self, *, failed: bool) -> None:
        """Close the tracker, also one that has failed: its process should not outlive the run."""
        self._try(lambda: self._tracker.close(failed=failed))

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # a service of others: no run depends on it
            if self._works:
                reason = " ".join(str(error).split()) or type(error).__name__
                print(f"{self._tracker.title}: {reason}; its numbers are no longer sent", file=sys.stderr)
            self._works = False


class TensorBoard:
    """Event files in the run's folder.

    Args:
        run_dir: Folder of the run.
        first_step: What was written of this step and later ones is to be forgotten.
        config: Not needed: it is in the folder.
    """

    title = "TensorBoard"

    def __init__(self, run_dir: Path, first_step: int, config: Mapping[str, Any] | None = None) -> None:
        del config
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(run_dir / "tensorboard"), purge_step=first_step or None)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Take the numbers of a step."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self, *, failed: bool) -> None:
        """Close the files, whatever became of the run."""
        self._writer.close()


class Wandb:
    """A run of Weights & Biases with the name of the folder; a run that is resumed goes on as the same one.

    Everything else is up to its own environment variables: `WANDB_PROJECT`, `WANDB_MODE=offline`, ...

    Args:
        run_dir: Folder of the run.
        first_step: Not needed: a later line of a step wins.
        config: What the run is asked to do; of one that goes on, the values that hold from now on.

    Raises:
        ConfigError: There is no key, or the service cannot be reached.
    """

    title = "W&B"

    def __init__(self, run_dir: Path, first_step: int, config: Mapping[str, Any] | None = None) -> None:
        import wandb

        del first_step
        identity = run_dir / "wandb_id"
        if not identity.is_file():
            identity.write_text(secrets.token_hex(4), encoding="utf-8")
        name = identity.read_text(encoding="utf-8").strip()
        try:
            self._run = wandb.init(
                dir=str(run_dir),
                name=run_dir.name,
                id=name,
                resume="allow",
                config=dict(config or {}),
                allow_val_change=True,
            )
        except wandb.Error as error:
            reason = " ".join(str(error).split())
            raise ConfigError(f"trackers=[wandb]: {reason} (WANDB_MODE=offline needs no account)") from error
        self._run.define_metric("*", step_metric="step")  # several lines may belong to a step

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Take the numbers of a step."""
        self._run.log({**values, "step": step})

    def close(self, *, failed: bool) -> None:
        """Send what is left; a service that does not take it keeps nobody waiting for long."""
        calls = BoundedCalls(1, _LAST_WAIT_S)
        try:
            calls.result(calls.submit(self._run.finish, int(failed)))
        except GivenUp:
            print(f"W&B has not taken everything within {_LAST_WAIT_S:g} s; `wandb sync` sends it", file=sys.stderr)


TRACKERS: dict[str, tuple[str, Callable[[Path, int, Mapping[str, Any] | None], Tracker]]] = {
    "tensorboard": ("tensorboard", TensorBoard),
    "wandb": ("wandb", Wandb),
}
"""Name -> package that it needs, which is also the name of its extra, and what makes it of a folder, a step and a
configuration."""


def chosen_trackers(names: Sequence[str] | None) -> list[str]:
    """Return the trackers that a configuration asks for; without a word of it, TensorBoard where it is installed.

    Raises:
        ConfigError: There is no such tracker, or its package is not installed.
    """
    if names is None:
        return ["tensorboard"] if _installed("tensorboard") else []
    for name in names:
        if name not in TRACKERS:
            raise ConfigError(unknown_name("tracker", name, TRACKERS))
        if not _installed(TRACKERS[name][0]):
            raise ConfigError(f"trackers=[{name}] needs a package: pip install 'assay[{name}]'")
    return list(names)


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
