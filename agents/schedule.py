"""Which tasks and random numbers belong to which step: functions of the seed and the step, with no state to save."""

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


def stream_seed(seed: int, stream: Stream, step: int = 0) -> int:
    """Return the seed of one branch at one step, in [0, 2**31)."""
    return int(np.random.SeedSequence(seed, spawn_key=(int(stream), step)).generate_state(1)[0] >> 1)


def step_tasks(task_ids: Sequence[str], seed: int, step: int, count: int) -> list[str]:
    """Return the tasks of a step: the next `count` of an endless sequence of shuffled passes over all tasks."""
    chosen = []
    for place in range(step * count, (step + 1) * count):
        lap, offset = divmod(place, len(task_ids))
        order = np.random.default_rng(stream_seed(seed, Stream.TASKS, lap)).permutation(len(task_ids))
        chosen.append(task_ids[order[offset]])
    return chosen
