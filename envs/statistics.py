"""How sure a number is: intervals of proportions, and of differences between two sides that did the same tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

_Z95 = 1.959963984540054
_NUMBERS_AT_ONCE = 2**22


def wilson_interval(successes: float, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, spread = successes / trials, _Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = _Z95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


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
