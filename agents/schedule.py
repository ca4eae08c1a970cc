"""Which tasks and random numbers belong to which step: functions of the seed and of a place, with no state to save."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """Independent branches of the run's seed."""

    TASKS = 0
    EPISODES = 1
    SAMPLING = 2
    EVALUATION = 3


def stream_seed(seed: int, stream: Stream, step: int = 0, part: int = 0) -> int:
    """Return the seed of one branch at one step, or at a later part of it, in [0, 2**31)."""
    key = (int(stream), step, part) if part else (int(stream), step)
    return int(np.random.SeedSequence(seed, spawn_key=key).generate_state(1)[0] >> 1)


def tasks_from(task_ids: Sequence[str], seed: int, start: int, count: int) -> list[str]:
    """Return `count` tasks from the place `start` on, of an endless sequence of shuffled passes over all tasks."""
    chosen = []
    for place in range(start, start + count):
        lap, offset = divmod(place, len(task_ids))
        order = np.random.default_rng(stream_seed(seed, Stream.TASKS, lap)).permutation(len(task_ids))
        chosen.append(task_ids[order[offset]])
    return chosen
