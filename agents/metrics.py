"""Statistics of results, and the files that a run's numbers go to.

`metrics.jsonl` holds one line a step and nothing that differs between two runs of the same seed; times and memory go to
`timing.jsonl`. Both are cut back to the checkpoint's step on resume, so a killed run reads like an uninterrupted one.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from agents.batch import count
from agents.checkpoint import write_atomic
from agents.core import Group, Trajectory
from agents.feed import Sampled
from agents.totals import totals
from agents.trackers import TRACKERS, Dispensable
from envs.core import ConfigError
from envs.statistics import clustered_interval, paired_difference


def pass_at_k(passes: int, samples: int, k: int) -> float:
    """Return the unbiased estimate of pass@k from one task's samples (arXiv 2107.03374, equation 1).

    Raises:
        ValueError: Fewer samples than k.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"pass@{k} needs at least {k} samples, got {samples}")
    return 1.0 - math.prod((samples - passes - index) / (samples - index) for index in range(k))


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
    measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """What environments measure besides the reward: measure -> task -> its mean over the completions that have it."""
    shares: Sequence[str] = ()
    """The measures that are 0 or 1 for every completion."""
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Tags of many values, by which results are averaged: tag -> task -> value, such as its gene."""
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
            **_measures(groups),
            tags=_tags_of_many_values(groups),
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
        """Return pass@1 with its interval, pass@k and the measures, of one level or of all tasks.

        Of all tasks also the audit, and under `pass@1 by TAG` the mean over a tag's values of their tasks' pass rates:
        each value counts the same, however many tasks it has.
        """
        tasks = [task for task in self.rates if level is None or self.levels[task] == level]
        passes, trials = sum(self.passes[task] for task in tasks), sum(self.scored[task] for task in tasks)
        low, high = clustered_interval(self.passes, {task: self.scored[task] for task in tasks})
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
            **{f"measure/{name}": self.measure(name, tasks) for name in self.measures},
            **({**self.audit, **self._by_tag()} if level is None else {}),
        }

    def measure(self, name: str, tasks: Sequence[str] | None = None) -> float:
        """Return the mean of a measure over the completions of some tasks, or of all."""
        values = self.measures[name]
        counted = [task for task in (self.scored if tasks is None else tasks) if task in values and self.scored[task]]
        trials = sum(self.scored[task] for task in counted)
        return math.fsum(values[task] * self.scored[task] for task in counted) / trials if trials else math.nan

    def share_interval(self, name: str) -> tuple[float, float]:
        """Return the interval of a measure that is 0 or 1, over all completions."""
        trials = {task: self.scored[task] for task in self.measures[name] if self.scored[task]}
        return clustered_interval({task: self.measures[name][task] * count for task, count in trials.items()}, trials)

    def _by_tag(self) -> dict[str, float]:
        means = {}
        for tag, values in self.tags.items():
            by_value: defaultdict[str, list[float]] = defaultdict(list)
            for task, rate in self.rates.items():
                if task in values:
                    by_value[values[task]].append(rate)
            means[f"pass@1 by {tag}"] = _mean([_mean(rates) for rates in by_value.values()])
        return means


_MANY = 8
"""Values from which a tag's are averaged over; of fewer, a table says more."""


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def _measures(groups: Sequence[Group]) -> dict[str, Any]:
    """Return the fields `measures` and `shares` of an evaluation."""
    found: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    counts: defaultdict[str, int] = defaultdict(int)
    for group in groups:
        for member in group.scored:
            assert member.reward is not None  # scored members have one
            for name, value in member.reward.measures.items():
                found[name][group.task_id].append(value)
                counts[name] += 1
    scored = sum(len(group.scored) for group in groups)
    shares = [
        name
        for name, tasks in found.items()
        if counts[name] == scored and all(value in (0.0, 1.0) for values in tasks.values() for value in values)
    ]
    means = {name: {task: _mean(values) for task, values in tasks.items()} for name, tasks in found.items()}
    return {"measures": means, "shares": shares}


def _tags_of_many_values(groups: Sequence[Group]) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for group in groups:
        for tag, value in group.trajectories[0].tags.items():
            if tag != "level":
                found[tag][group.task_id] = value
    return {tag: values for tag, values in found.items() if len(set(values.values())) >= _MANY}


NO_COMMON_TASK = "no task was evaluated both before and after"


def rate_difference(before: EvalResult, after: EvalResult) -> dict[str, float] | None:
    """Return by how much pass@1 rose: `mean`, and `low` and `high` of its interval; None without a common task."""
    if not before.rates.keys() & after.rates.keys():
        return None
    return dict(zip(("mean", "low", "high"), paired_difference(before.rates, after.rates), strict=True))


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
    """Return means over the scored members of all groups: reward, pass rate, length, terms, measures; and the audit."""
    members = [member for group in groups for member in group.scored]
    if not members:
        return {"reward": math.nan, "pass_rate": math.nan, "completion_length": math.nan}
    terms: defaultdict[str, list[float]] = defaultdict(list)
    for member in members:
        assert member.reward is not None  # scored members have one
        for name, term in member.reward.terms.items():
            terms[f"term/{name}"].append(term.score)
        for name, value in member.reward.measures.items():
            terms[f"measure/{name}"].append(value)
    return {
        "reward": float(np.mean([member.reward.total for member in members if member.reward is not None])),
        "pass_rate": float(np.mean([member.passed for member in members])),
        "completion_length": float(np.mean([member.completion_length for member in members])),
        **{name: float(np.mean(scores)) for name, scores in sorted(terms.items())},
        **audit_metrics(members),
    }


def step_numbers(sampled: Sampled, policy_version: int) -> dict[str, Any]:
    """Return what a step's groups came to, all that were sampled, whether or not they were learned from.

    Args:
        sampled: The groups.
        policy_version: Of the weights that are to learn from them.

    Returns:
        `step_metrics`, `totals` and the counts; shares of groups without variance, of truncated completions and of
        those without a reward; and `staleness`, how many updates old the oldest completion's weights are.
    """
    groups, counts = sampled.groups, count(sampled.groups)
    versions = [
        turn.completion.policy_version for group in groups for member in group.trajectories for turn in member.turns
    ]
    return {
        **step_metrics(groups),
        **totals(groups),
        **asdict(counts),
        "groups_learned": len(sampled.learned),
        "zero_variance_share": counts.groups_without_signal / max(counts.groups, 1),
        "truncated_share": counts.trajectories_truncated / max(counts.trajectories, 1),
        "unscored_share": counts.trajectories_without_reward / max(counts.trajectories, 1),
        "staleness": policy_version - min(versions, default=policy_version),
    }


class MetricsWriter:
    """Appends a line a step to `metrics.jsonl` and `timing.jsonl`, and tells the trackers.

    Args:
        run_dir: Folder of the run.
        first_step: Lines from this step on are dropped: they were written after the checkpoint that is resumed.
        trackers: Names of `trackers.TRACKERS`; one that fails later is told of, and left out from then on.
        config: What the run is asked to do, for the trackers.

    Raises:
        ConfigError: One of the files is damaged, or a tracker cannot begin.
    """

    def __init__(
        self,
        run_dir: Path,
        first_step: int = 0,
        trackers: Sequence[str] = (),
        config: Mapping[str, Any] | None = None,
    ) -> None:
        paths = {name: run_dir / f"{name}.jsonl" for name in ("metrics", "timing", "transcripts")}
        for path in paths.values():
            if path.exists():
                kept = [text for text, line in _parsed(path, unfinished=True) if line["step"] < first_step]
                write_atomic(path, "".join(f"{text}\n" for text in kept))
        made = [TRACKERS[name][1](run_dir, first_step, config) for name in trackers]  # before a file is open
        self._trackers = [Dispensable(tracker) for tracker in made]
        self._files = {name: path.open("a", encoding="utf-8") for name, path in paths.items()}

    def write(self, name: str, step: int, values: Mapping[str, Any]) -> None:
        """Append one line to `metrics`, `timing` or `transcripts`; a number that is not finite becomes null.

        Raises:
            OSError: The disk is full.
        """
        file = self._files[name]
        file.write(json.dumps({"step": step, **finite(values)}) + "\n")
        file.flush()
        if name != "transcripts":
            self.track(name, step, values)

    def track(self, name: str, step: int, values: Mapping[str, Any]) -> None:
        """Tell the trackers alone of some numbers; what is no number is left out."""
        numbers = {f"{name}/{key}": value for key, value in values.items() if isinstance(value, (int, float))}
        for tracker in self._trackers if numbers else ():
            tracker.write(step, numbers)

    def close(self, *, failed: bool = False) -> None:
        """Close the files, and tell the trackers whether the run failed."""
        try:
            for file in self._files.values():
                file.close()
        finally:
            for tracker in self._trackers:
                tracker.close(failed=failed)

    def __enter__(self) -> MetricsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(failed=kind is not None)


def is_seconds(key: str) -> bool:
    """Tell whether a key of `timing.jsonl` is a phase's seconds; one with a name before it is a part of a phase."""
    return key.endswith("_s") and not key.endswith(("_cpu_s", "per_s")) and "/" not in key


def evaluation_files(folder: Path) -> dict[int, Path]:
    """Return the evaluations of a run's folder by step, in order; whatever else is called like them is not a run's."""
    named = ((path, re.fullmatch(r"eval_(\d+)\.json", path.name)) for path in folder.glob("eval_*.json"))
    return dict(sorted((int(match[1]), path) for path, match in named if match))


def finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with None for every number that is not finite, which JSON cannot hold."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in values.items()
    }


def read_evaluation(path: Path) -> EvalResult:
    """Return an evaluation that a run wrote down.

    Raises:
        ConfigError: The file is damaged.
    """
    try:
        result = EvalResult(**json.loads(path.read_text(encoding="utf-8")))
        result.summary()  # fails where a part of it is not what it should be
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(f"{str(path)!r} is not the result of an evaluation: {error!r}") from error
    return result


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file, each with its step.

    Raises:
        ConfigError: The file is damaged.
    """
    return [line for _, line in _parsed(path)]


def read_whole_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file that another process may be writing to, without one that is not whole yet.

    Raises:
        ConfigError: The file is damaged.
    """
    return [line for _, line in _parsed(path, unfinished=True)] if path.is_file() else []


def _parsed(path: Path, *, unfinished: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Return the lines of a JSONL file, each as it is written and as what it says.

    Args:
        path: The file.
        unfinished: Whether the last line may be half written, and is left out then.

    Raises:
        ConfigError: A line is not an object with a step.
    """
    *whole, last = path.read_bytes().split(b"\n")
    found = []
    for number, line in enumerate([*whole, last] if last else whole, start=1):
        try:
            text = line.decode()
            values = json.loads(text)
        except ValueError:
            values = None
        if isinstance(values, dict) and isinstance(values.get("step"), int):
            found.append((text, values))
        elif number <= len(whole) or not unfinished:
            raise ConfigError(f"{str(path)!r} is damaged: line {number} is no JSON object with a step")
    return found
