"""The contract of every environment: messages, tasks, rewards that explain themselves, and the errors.

The data flows `Task -> env.reset -> prompt -> env.step(completion) -> Verifier -> RewardBreakdown`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

from sandbox.core import SandboxError

Role = Literal["system", "user", "assistant"]
Split = Literal["train", "validation", "heldout"]
SPLITS: tuple[Split, ...] = ("train", "validation", "heldout")


class ConfigError(ValueError):
    """The user asked for something that does not exist or cannot be; raised before anything heavy is loaded."""


class VerifierError(RuntimeError):
    """The verifier failed, not the answer: there is no reward, and the trajectory must be left out."""

    @property
    def verdict(self) -> str:
        """`SANDBOX_ERROR` if it was the sandbox that failed, else `GRADER_ERROR`; neither ever carries a reward."""
        return "SANDBOX_ERROR" if isinstance(self.__cause__, SandboxError) else "GRADER_ERROR"


class RewardAlarm(RuntimeError):
    """A reward was paid for what cannot deserve one, such as a proof of something false: the reward can be faked.

    Nothing that is learned from it counts, so a run stops at once. Neither a bad answer nor a failure to judge one.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do, with what its verifier needs to judge it. Only `prompt` is ever shown to the policy."""

    task_id: str
    prompt: tuple[Message, ...]
    reference: Any
    """What the verifier judges against; its type is the environment's own."""
    gold: str | None = None
    """A completion that deserves the full reward, where one is known."""
    split: Split = "train"
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Attributes that results are tabulated by, such as `{"level": "1"}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTerm:
    """One named part of a reward."""

    score: float
    """In [0, 1]."""
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.score) and 0.0 <= self.score <= 1.0):
            raise VerifierError(f"a score must be a finite number in [0, 1], got {self.score!r}")
        if not math.isfinite(self.weight):
            raise VerifierError(f"a weight must be finite, got {self.weight!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardBreakdown:
    """A reward and the reasons for it."""

    terms: Mapping[str, RewardTerm]
    feedback: str = ""
    """What the answer lacked, fit to be shown to the policy: it never holds a hidden input or an expected value."""
    passed: bool = False
    """Whether the task is solved: what pass rates count, whatever the weights of the terms are."""
    verdict: str = ""
    """The outcome in the short words of the environment's field, for tables; the code environment's are `Verdict`s."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Numbers about the answer that are worth a curve and pay nothing, such as the rank of the right gene. A measure
    that is 0 or 1 (`top@1`) is reported as a share with its interval. No times: equal answers have equal breakdowns."""

    @property
    def total(self) -> float:
        """The reward: the weighted sum of the terms."""
        return math.fsum(term.score * term.weight for term in self.terms.values())


class Verifier(Protocol):
    """Judges one completion of one task. Pure: the same task and completion get the same breakdown."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Return the reward of `completion`.

        Raises:
            VerifierError: The verifier itself failed; there is no reward.
        """
        ...
