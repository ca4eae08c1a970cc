"""What a run samples, step by step: tasks in order, more of them until enough teach, one step ahead of learning.

The place in the order of tasks and the groups that wait to be learned from are all that a step depends on besides its
number and the seed; both go into the checkpoint.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from agents.core import Completion, FinishReason, Group, Sampling, Trajectory, TrajectoryStatus, Turn
from agents.schedule import Stream, stream_seed, tasks_from
from envs.core import RewardBreakdown, RewardTerm

Play = Callable[[Sequence[str], Sampling, int], list[Group]]
"""From tasks, how to draw, and the episodes' seed, to one group a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """How much is sampled for a step."""

    seed: int
    groups: int
    """Tasks of a step; with refill: groups that teach."""
    temperature: float
    max_new_tokens: int
    refill: bool = False
    """Whether groups that teach nothing are replaced by further tasks."""
    rounds: int = 4
    """With refill: at most so many times the tasks of a step are sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The groups of one step."""

    groups: tuple[Group, ...]
    """All that were sampled: what metrics are about."""
    learned: tuple[Group, ...]
    """Those to learn from: all of them, or with refill those that teach."""
    cursor: int
    """Place in the order of tasks behind them."""
    seconds: float | None = None
    """Wall time that playing the episodes took; None: they waited in a checkpoint."""


class Feed:
    """Samples the groups of each step.

    Args:
        task_ids: The tasks to train on.
        play: Plays episodes.
        teaches: Tells whether a group teaches anything.
        settings: How much is sampled.
    """

    def __init__(
        self, task_ids: Sequence[str], play: Play, teaches: Callable[[Group], bool], settings: FeedSettings
    ) -> None:
        self._task_ids = task_ids
        self._play = play
        self._teaches = teaches
        self._settings = settings
        self._cursor = 0
        self._waiting: Sampled | None = None
        self._taken: Sampled | None = None
        self._ahead: Future[Sampled] | None = None
        self._thread = ThreadPoolExecutor(1)

    @property
    def groups_per_step(self) -> int:
        """Tasks of a step."""
        return self._settings.groups

    def take(self, step: int) -> Sampled:
        """Return the groups of a step: those that wait for it, or sampled now."""
        self._taken = self._waiting or self._sample(step, self._cursor)
        return self._taken

    def begin(self, step: int) -> None:
        """Sample the groups of the step after the one that was taken, beside what else happens."""
        assert self._taken is not None  # a step begins with `take`
        self._ahead = self._thread.submit(self._sample, step, self._taken.cursor)

    def settle(self) -> None:
        """Wait until nothing samples, so that the weights may change."""
        if self._ahead is not None:
            self._ahead.result()

    def commit(self) -> None:
        """Say that the step whose groups were taken is done; until then a checkpoint is of the step before."""
        assert self._taken is not None  # a step begins with `take`
        self._cursor = self._taken.cursor
        self._waiting = None if self._ahead is None else self._ahead.result()
        self._ahead = None

    def close(self) -> None:
        """Wait for the thread to end."""
        self._thread.shutdown(cancel_futures=True)

    def _sample(self, step: int, cursor: int) -> Sampled:
        began, settings = time.monotonic(), self._settings
        groups: list[Group] = []
        learned: list[Group] = []
        for part in range(settings.rounds if settings.refill else 1):
            missing = settings.groups - len(learned)
            if not missing:
                break
            sampling = Sampling(
                temperature=settings.temperature,
                max_new_tokens=settings.max_new_tokens,
                seed=stream_seed(settings.seed, Stream.SAMPLING, step, part),
            )
            episodes = stream_seed(settings.seed, Stream.EPISODES, step, part)
            sampled = self._play(tasks_from(self._task_ids, settings.seed, cursor, missing), sampling, episodes)
            cursor += missing
            groups += sampled
            learned += [group for group in sampled if not settings.refill or self._teaches(group)]
        seconds = time.monotonic() - began
        return Sampled(groups=tuple(groups), learned=tuple(learned), cursor=cursor, seconds=seconds)

    def state_dict(self) -> dict[str, Any]:
        """Return the place in the order of tasks, and the groups that wait, as plain data."""
        waiting = self._waiting
        if waiting is None:
            return {"cursor": self._cursor, "waiting": None}
        places = {id(group): place for place, group in enumerate(waiting.groups)}
        groups = [_plain(asdict(group)) for group in waiting.groups]
        learned = [places[id(group)] for group in waiting.learned]
        return {"cursor": self._cursor, "waiting": {"groups": groups, "learned": learned, "cursor": waiting.cursor}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self._cursor = state["cursor"]
        waiting = state["waiting"]
        if waiting is not None:
            groups = tuple(_group(data) for data in waiting["groups"])
            learned = tuple(groups[place] for place in waiting["learned"])
            self._waiting = Sampled(groups=groups, learned=learned, cursor=waiting["cursor"])


def _plain(value: Any) -> Any:
    """Return nested data without types of ours: a checkpoint is read without running any code."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, str) else value


def _group(data: Mapping[str, Any]) -> Group:
    return Group(task_id=data["task_id"], trajectories=tuple(_trajectory(member) for member in data["trajectories"]))


def _trajectory(data: Mapping[str, Any]) -> Trajectory:
    reward = data["reward"]
    if reward is not None:
        reward = RewardBreakdown(
            **{**reward, "terms": {name: RewardTerm(**term) for name, term in reward["terms"].items()}}
        )
    turns = tuple(
        Turn(context_ids=tuple(turn["context_ids"]), completion=_completion(turn["completion"]), text=turn["text"])
        for turn in data["turns"]
    )
    return Trajectory(**{**data, "turns": turns, "status": TrajectoryStatus(data["status"]), "reward": reward})


def _completion(data: Mapping[str, Any]) -> Completion:
    return Completion(
        token_ids=tuple(data["token_ids"]),
        logprobs=tuple(data["logprobs"]),
        finish_reason=FinishReason(data["finish_reason"]),
        policy_version=data["policy_version"],
    )
