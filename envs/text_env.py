"""The base of every environment: one task an episode, the conversation as observation, the model's text as action.

A single-turn environment ends with the first answer. With `max_turns > 1` a failed answer is replied to with the
verifier's feedback and the model may try again; the last answer's reward counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import gymnasium
import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded

from envs.attacks import Attack, null_attacks
from envs.core import SPLITS, ConfigError, Message, RewardAlarm, RewardBreakdown, Split, Task, Verifier, VerifierError
from envs.datasets import normalised_prompt, prove_disjoint
from envs.options import unknown_name
from envs.spaces import ConversationSpace, TextSpace

Conversation = tuple[Message, ...]

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class TextEnv(gymnasium.Env[Conversation, str]):
    """An environment made of tasks and a verifier.

    Subclasses hand both to `super().__init__` and override the hooks they need: `begin`, `reply`, `contents`, and for
    the audit `attacks`, `wrong_answers`, `harmless_rewrites` and `harmful_rewrites`.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 (Gymnasium's own declaration)

    def __init__(
        self,
        tasks: Sequence[Task],
        verifier: Verifier,
        *,
        split: Split = "train",
        max_turns: int = 1,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            tasks: All tasks, of every split.
            verifier: Judges an answer.
            split: Where an episode's task is drawn from unless `reset` says otherwise.
            max_turns: Answers the model may give in one episode.
            seed: Seed of the episodes when the first `reset` names none; None: a random one.

        Raises:
            ConfigError: No tasks, a task id twice, splits that share content, or an option out of range.
        """
        if not tasks:
            raise ConfigError("an environment needs at least one task, got none")
        if isinstance(max_turns, bool) or not isinstance(max_turns, int) or max_turns < 1:
            raise ConfigError(f"max_turns must be an integer of at least 1, got {max_turns!r}")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise ConfigError(f"seed must be a non-negative integer, got {seed!r}")
        self.max_turns = max_turns
        self.verifier = verifier
        self.action_space = TextSpace()
        self.observation_space = ConversationSpace()
        self._seed = seed
        prove_disjoint(tasks, self.contents)
        self._keep(tasks)
        self.split = self._checked_split(split)
        self._task: Task | None = None
        self._conversation: Conversation = ()
        self._turn = 0

    # ---- what agents ask

    def tasks(self, split: str | None = None) -> Sequence[Task]:
        """Return the tasks of one split, or of all of them, in a fixed order.

        Raises:
            ConfigError: No such split.
        """
        return tuple(self._by_id.values()) if split is None else self._by_split[_known_split(split)]

    def task(self, task_id: str) -> Task:
        """Return the task of this id.

        Raises:
            ConfigError: No such task.
        """
        if task_id not in self._by_id:
            raise ConfigError(unknown_name("task", task_id, self._by_id))
        return self._by_id[task_id]

    def prepare(self) -> None:
        """Start whatever judging needs, so that what is missing is told before anything heavy is loaded.

        Raises:
            ConfigError: Something the options ask for is not there.
        """

    @property
    def floor(self) -> float:
        """The most that an answer may earn that does not try to solve the task."""
        return 0.0

    # ---- hooks

    def begin(self, task: Task, rng: np.random.Generator) -> Task:
        """Return the episode's own version of a task: here fresh hidden inputs are drawn. Default: the task itself."""
        return task

    def reply(self, task: Task, breakdown: RewardBreakdown) -> str:
        """Return what the model is told between two turns. It must not reveal anything hidden."""
        return breakdown.feedback or "That is not right. Try again."

    def contents(self, task: Task) -> Mapping[str, str]:
        """Return the texts by which two tasks count as the same one, by kind. Default: the prompt."""
        return {"prompt": normalised_prompt(task)}

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return answers that try to be paid without solving the task. Default: empty, echo and constant answers."""
        return null_attacks(task)

    def wrong_answers(self, task: Task) -> Sequence[str]:
        """Return plausible answers that are wrong, where some are known."""
        return ()

    def harmless_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return, by name, the gold answer in other words, each worth as much, where that can be done."""
        return {}

    def harmful_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return, by name, the gold answer spoilt in ways that must cost the full reward, where that can be done."""
        return {}

    # ---- gymnasium

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Conversation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: Decides the task (unless pinned) and all that is drawn for the episode: equal seeds, equal episodes.
            options: `{"task_id": ...}` pins a task of any split; `{"split": ...}` draws from another split.

        Raises:
            ConfigError: An option, a task or a split that does not exist.
            VerifierError: The episode's own version of the task could not be made.
        """
        if seed is None and self._np_random is None:
            seed = self._seed
        super().reset(seed=seed)
        task, rng = self._choose(options or {})
        self._task = guarded("begin", self.begin, task, rng)
        self._conversation = tuple(self._task.prompt)
        self._turn = 0
        return self._conversation, {"task_id": task.task_id, "split": task.split, "tags": dict(task.tags)}

    def step(self, action: str) -> tuple[Conversation, float, bool, bool, dict[str, Any]]:
        """Judge an answer.

        Returns:
            The conversation with the answer (and, if the episode goes on, the reply) appended, the reward (0 until the
            last turn), whether the episode ended, False, and the reasons.

        Raises:
            VerifierError: The verifier failed; there is no reward.
            ResetNeeded: The episode is over or never began.
            InvalidAction: The action is not a text.
        """
        if self._task is None:
            raise ResetNeeded("this episode is over or never began: call reset() before step()")
        if not isinstance(action, str):
            raise InvalidAction(f"an action is a text, got {type(action).__name__}")
        breakdown = judge(self.verifier, self._task, action)
        self._turn += 1
        terminated = breakdown.passed or self._turn >= self.max_turns
        messages = [Message(role="assistant", content=action)]
        if not terminated:
            messages.append(Message(role="user", content=guarded("reply", self.reply, self._task, breakdown)))
        self._conversation = (*self._conversation, *messages)
        task = self._task
        if terminated:
            self._task = None
        info = {
            "task_id": task.task_id,
            "split": task.split,
            "turn": self._turn,
            "passed": breakdown.passed,
            "reward_breakdown": breakdown,
        }
        return self._conversation, breakdown.total if terminated else 0.0, terminated, False, info

    def _keep(self, tasks: Sequence[Task]) -> None:
        self._by_id = {task.task_id: task for task in tasks}
        if len(self._by_id) != len(tasks):
            raise ConfigError(f"task id {_first_repeated(tasks)!r} is given twice")
        self._by_split = {name: tuple(task for task in tasks if task.split == name) for name in SPLITS}

    def _choose(self, options: Mapping[str, Any]) -> tuple[Task, np.random.Generator]:
        for option in options:
            if option not in ("task_id", "split"):
                raise ConfigError(unknown_name("option of reset", option, ("task_id", "split")))
        episode = np.random.SeedSequence(self._seed or 0, spawn_key=(int(self.np_random.integers(2**32)),))
        for_task, for_inputs = (np.random.default_rng(child) for child in episode.spawn(2))
        if "task_id" in options:
            return self.task(options["task_id"]), for_inputs
        tasks = self._by_split[self._checked_split(options.get("split", self.split))]
        return tasks[int(for_task.integers(len(tasks)))], for_inputs

    def _checked_split(self, split: str) -> Split:
        name = _known_split(split)
        if not self._by_split[name]:
            sizes = ", ".join(f"{key}: {len(value)}" for key, value in self._by_split.items())
            raise ConfigError(f"the split {split!r} holds no task ({sizes})")
        return name


def judge(verifier: Verifier, task: Task, completion: str) -> RewardBreakdown:
    """Call a verifier; whatever it raises becomes a `VerifierError`, since a crash of ours is never a score.

    Raises:
        VerifierError: The verifier failed, or what it returned is not a breakdown.
    """
    breakdown = guarded("verifier", verifier, task, completion)
    if not isinstance(breakdown, RewardBreakdown):
        kind = type(breakdown).__name__
        raise VerifierError(f"the verifier of {task.task_id!r} returned {kind}, not a RewardBreakdown")
    return breakdown


def guarded(what: str, call: Callable[[Task, Argument], Result], task: Task, argument: Argument) -> Result:
    """Call something of ours about a task; whatever it raises becomes a `VerifierError`.

    Raises:
        VerifierError: It failed.
        RewardAlarm: It paid for what cannot be right.
    """
    try:
        return call(task, argument)
    except (VerifierError, RewardAlarm):
        raise
    except Exception as error:  # the boundary where any crash of ours becomes the typed error
        raise VerifierError(f"{what} failed on task {task.task_id!r}: {type(error).__name__}: {error}") from error


def _known_split(split: str) -> Split:
    if split not in SPLITS:
        raise ConfigError(unknown_name("split", split, SPLITS))
    return split


def _first_repeated(tasks: Sequence[Task]) -> str:
    counts = Counter(task.task_id for task in tasks)
    return next(task_id for task_id, count in counts.items() if count > 1)
