"""Statistics of results, and the files that a run's numbers go to.

`metrics.jsonl` holds one line a step and nothing that differs between two runs of the same seed; times and memory go to
`timing.jsonl`. Both are cut back to the checkpoint's step on resume, so a killed run reads like an uninterrupted one.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from torch.utils.tensorboard import SummaryWriter

from agents.checkpoint import write_atomic
from agents.core import Group, Trajectory
from agents.totals import totals

_Z95 = 1.959963984540054


def wilson_interval(successes: float, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, spread = successes / trials, _Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = _Z95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def pass_at_k(passes: int, samples: int, k: int) -> float:
    """Return the unbiased estimate of pass@k from one task's samples (arXiv 2107.03374, equation 1).

    Raises:
        ValueError: Fewer samples than k.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"pass@{k} needs at least {k} samples, got {samples}")
    return 1.0 - math.prod((samples - passes - index) / (samples - index) for index in range(k))


def paired_difference(
    before: Mapping[str, float], after: Mapping[str, float], *, seed: int = 0, resamples: int = 10_000
) -> tuple[float, float, float]:
    """Return the mean difference over tasks and its 95 % bootstrap interval; tasks are resampled, both sides together.

    Args:
        before: Pass rate by task.
        after: The same tasks' pass rates.
        seed: Of the resampling.
        resamples: Number of bootstrap samples.

    Raises:
        ValueError: The two sides hold no task in common.
    """
    common = sorted(before.keys() & after.keys())
    if not common:
        raise ValueError("no task was evaluated on both sides")
    differences = np.array([after[task] - before[task] for task in common])
    rows = np.random.default_rng(seed).integers(len(common), size=(resamples, len(common)))
    low, high = np.quantile(differences[rows].mean(axis=1), [0.025, 0.975])
    return float(differences.mean()), float(low), float(high)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalResult:
    """What an evaluation found."""

    samples: int
    """Completions asked for per task."""
    passes: Mapping[str, int]
    """Solved completions by task."""
    scored: Mapping[str, int]
    """Completions with a reward by task; the others failed because of us."""
    levels: Mapping[str, str]
    """A task's level (or another tag), for the table."""
    mean_length: float
    truncated: float
    """Share of completions that ran out of tokens."""
    audit: Mapping[str, float] = field(default_factory=dict)
    """What `audit_metrics` says of them all; empty if none was audited."""
    totals: Mapping[str, Any] = field(default_factory=dict)
    """What `totals` says of them all: rewards, tokens, and what was without a reward."""

    @classmethod
    def of(cls, groups: Sequence[Group], samples: int) -> EvalResult:
        """Count the results of groups of `samples` completions."""
        everyone = [trajectory for group in groups for trajectory in group.trajectories]
        return cls(
            samples=samples,
            passes={group.task_id: sum(member.passed for member in group.scored) for group in groups},
            scored={group.task_id: len(group.scored) for group in groups},
            levels={group.task_id: group.trajectories[0].tags.get("level", "-") for group in groups},
            mean_length=float(np.mean([trajectory.completion_length for trajectory in everyone])),
            truncated=float(np.mean([trajectory.status == "truncated" for trajectory in everyone])),
            audit=audit_metrics([member for group in groups for member in group.scored]),
            totals=finite(totals(groups)),
        )

    @property
    def rates(self) -> dict[str, float]:
        """Pass rate of each task that has a scored completion."""
        return {task: self.passes[task] / count for task, count in self.scored.items() if count}

    @property
    def unscored(self) -> int:
        """Completions without a reward."""
        return self.samples * len(self.scored) - sum(self.scored.values())

    def summary(self, level: str | None = None) -> dict[str, Any]:
        """Return pass@1 with its Wilson interval and pass@k, of one level or of all tasks; of all, the audit too."""
        tasks = [task for task in self.rates if level is None or self.levels[task] == level]
        passes, trials = sum(self.passes[task] for task in tasks), sum(self.scored[task] for task in tasks)
        low, high = wilson_interval(passes, trials)
        full = [task for task in tasks if self.scored[task] >= self.samples]
        return {
            "tasks": len(tasks),
            "completions": trials,
            "pass@1": passes / trials if trials else math.nan,
            "low": low,
            "high": high,
            f"pass@{self.samples}": float(
                np.mean([pass_at_k(self.passes[task], self.scored[task], self.samples) for task in full])
            )
            if full
            else math.nan,
            **(self.audit if level is None else {}),
        }


def audit_metrics(members: Sequence[Trajectory]) -> dict[str, float]:
    """Return what a second verifier says of the trajectories that it judged: those with a term `audit` of weight 0.

    Returns:
        `audited`, their number; `audit`, their mean score in the audit; and `hacking_gap`, how much more their mean
        reward is: what was paid and not deserved. Nothing at all if none was audited.
    """
    judged = [
        (member.reward.total, member.reward.terms["audit"].score)
        for member in members
        if member.reward is not None and "audit" in member.reward.terms and member.reward.terms["audit"].weight == 0.0
    ]
    if not judged:
        return {}
    reward, audit = (math.fsum(scores) / len(judged) for scores in zip(*judged, strict=True))
    return {"audited": len(judged), "audit": audit, "hacking_gap": reward - audit}


def step_metrics(groups: Sequence[Group]) -> dict[str, float]:
    """Return the mean reward, pass rate, lengths, reward terms and the audit, over the scored members of all groups."""
    members = [member for group in groups for member in group.scored]
    if not members:
        return {"reward": math.nan, "pass_rate": math.nan, "completion_length": math.nan}
    terms: defaultdict[str, list[float]] = defaultdict(list)
    for member in members:
        assert member.reward is not None  # scored members have one
        for name, term in member.reward.terms.items():
            terms[f"term/{name}"].append(term.score)
    return {
        "reward": float(np.mean([member.reward.total for member in members if member.reward is not None])),
        "pass_rate": float(np.mean([member.passed for member in members])),
        "completion_length": float(np.mean([member.completion_length for member in members])),
        **{name: float(np.mean(scores)) for name, scores in sorted(terms.items())},
        **audit_metrics(members),
    }


class MetricsWriter:
    """Appends a line a step to `metrics.jsonl` and `timing.jsonl`, and to TensorBoard.

    Args:
        run_dir: Folder of the run.
        first_step: Lines from this step on are dropped: they were written after the checkpoint that is resumed.
    """

    def __init__(self, run_dir: Path, first_step: int = 0) -> None:
        self._files = {}
        for name in ("metrics", "timing", "transcripts"):
            path = run_dir / f"{name}.jsonl"
            if path.exists():
                kept = [line for line in path.read_text(encoding="utf-8").splitlines() if _before(line, first_step)]
                write_atomic(path, "".join(f"{line}\n" for line in kept))
            self._files[name] = path.open("a", encoding="utf-8")
        self._board = SummaryWriter(str(run_dir / "tensorboard"), purge_step=first_step or None)

    def write(self, name: str, step: int, values: Mapping[str, Any]) -> None:
        """Append one line to `metrics`, `timing` or `transcripts`; a number that is not finite becomes null.

        Raises:
            OSError: The disk is full.
        """
        file = self._files[name]
        file.write(json.dumps({"step": step, **finite(values)}) + "\n")
        file.flush()
        for key, value in values.items():
            if isinstance(value, (int, float)):
                self._board.add_scalar(f"{name}/{key}", value, step)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._board.close()

    def __enter__(self) -> MetricsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with None for every number that is not finite, which JSON cannot hold."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in values.items()
    }


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_whole_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file that another process may be writing to, without one that is not whole yet."""
    if not path.is_file():
        return []
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def _before(line: str, first_step: int) -> bool:
    try:
        return int(json.loads(line)["step"]) < first_step
    except (ValueError, KeyError):
        return False  # the process was killed while it wrote this line
