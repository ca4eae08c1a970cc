"""How sure a number is: intervals of proportions, and of differences between two sides that did the same tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

_Z95 = 1.959963984540054
_NUMBERS_AT_ONCE = 2**22


def wilson_interval(successes: float, trials: float) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, spread = successes / trials, _Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = _Z95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def clustered_interval(successes: Mapping[str, float], trials: Mapping[str, int]) -> tuple[float, float]:
    """Return the 95 % interval of a share of completions, of which those of one task are not independent.

    It is Wilson's of an effective number of trials, p(1 - p) / v (PMC6690503), where v is the cluster-robust variance
    of the share p, a task being a cluster (arXiv 2411.00640; times K / (K - 1) for K tasks). That number is at least
    the tasks', which it also is where nothing shows how much they differ, and at most the completions'.

    Args:
        successes: Completions that count, by task.
        trials: All completions of the same tasks, at least one each.

    Returns:
        Low and high; 0 and 1 without tasks.
    """
    tasks, completions = len(trials), sum(trials.values())
    if not tasks:
        return 0.0, 1.0
    share = math.fsum(successes[task] for task in trials) / completions
    effective: float = tasks
    if tasks > 1 and 0 < share < 1:
        squares = math.fsum((successes[task] - share * count) ** 2 for task, count in trials.items())
        variance = squares / completions**2 * tasks / (tasks - 1)
        effective = min(max(share * (1 - share) / variance, tasks), completions) if variance else completions
    return wilson_interval(share * effective, effective)


def paired_difference(
    before: Mapping[str, float], after: Mapping[str, float], *, seed: int = 0, resamples: int = 10_000
) -> tuple[float, float, float]:
    """Return the mean difference over tasks and its 95 % bootstrap interval; tasks are resampled, both sides together.

    Args:
        before: A number by task, such as the pass rate.
        after: The same tasks' numbers on the other side.
        seed: Of the resampling.
        resamples: Number of bootstrap samples.

    Raises:
        ValueError: The two sides hold no task in common.
    """
    common = sorted(before.keys() & after.keys())
    if not common:
        raise ValueError("no task was evaluated on both sides")
    differences = np.array([after[task] - before[task] for task in common])
    rng = np.random.default_rng(seed)
    at_once = max(1, _NUMBERS_AT_ONCE // len(common))
    means = [
        differences[rng.integers(len(common), size=(min(at_once, resamples - done), len(common)))].mean(axis=1)
        for done in range(0, resamples, at_once)
    ]
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return float(differences.mean()), float(low), float(high)
