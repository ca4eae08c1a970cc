"""What a grader is: it scores one sample of a model against one item of a data set, or says why it cannot.

The data flows `configuration (JSON) -> build_grader -> Grader -> grade(sample, item) -> Grade`. Names and error flags
are those of the hosted fine-tuning services whose files these graders read.

Two kinds of trouble are never mixed. What the *sample* lacks (a field that its JSON does not have) is the model's
doing: a score of 0 and a flag. What the *grader* or the *item* lacks is ours: a `GraderFault`, and no score at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from envs.core import VerifierError

FLAGS = (
    "formula_parse_error",
    "sample_parse_error",
    "truncated_observation_error",
    "unresponsive_reward_error",
    "invalid_variable_error",
    "other_error",
    "python_grader_server_error",
    "python_grader_runtime_error",
    "model_grader_server_error",
    "model_grader_refusal_error",
    "model_grader_parse_error",
)
"""What can go wrong with a grading, as the services name it."""


class GraderFault(VerifierError):
    """The grader failed, or the item lacks what it asks for: the sample has no reward.

    Args:
        flag: One of `FLAGS`.
        message: What happened, with the grader's name.
        details: Longer text for people, such as a traceback of the user's own grader.
        error_type: The kind of a server's error, such as `timeout`.
    """

    def __init__(self, flag: str, message: str, *, details: str | None = None, error_type: str | None = None) -> None:
        super().__init__(message)
        if flag not in FLAGS:
            raise ValueError(f"no flag {flag!r}; known: {', '.join(FLAGS)}")
        self.flag = flag
        self.details = details
        self.error_type = error_type


def finite(value: Any) -> float | None:
    """Return a number of JSON as a float; None: it is no number, not finite, or larger than a float can be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the model wrote, as templates and graders see it under `sample`."""

    output_text: str
    output_json: Any = None
    """What the text holds as JSON; None where it is not looked at or does not parse (see `has_json`)."""
    has_json: bool = False
    output_tools: Sequence[Mapping[str, Any]] = ()
    """Tool calls, each `{"id", "type": "function", "function": {"name", "arguments"}}`."""
    model: str | None = None
    """Name of the model that was sampled, for the record."""
    truncated: bool = False
    """Whether it ran out of tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens that a model grader took."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: TokenUsage) -> TokenUsage:
        return TokenUsage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A score and what it is made of."""

    score: float
    """Finite; within the grader's `low` and `high`."""
    sub_scores: Mapping[str, float] = field(default_factory=dict)
    """Scores of the graders inside a `multi`, by key; of a nested one under `outer.inner`."""
    flags: frozenset[str] = frozenset()
    """What was wrong with the sample: members of `FLAGS`. The score is then the model's own fault."""
    token_usage: Mapping[str, TokenUsage] = field(default_factory=dict)
    """Tokens by the name of the model grader's model."""
    bounds: tuple[float, float] | None = None
    """Between which the score of a flagged sample could have been, where a part of it is known."""
    feedback: str = ""
    """What the sample lacked, fit to be shown to the policy: never the reference or anything of the item."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Numbers about the sample that are worth a curve and are not the score, such as the rank of the right item."""

    def __post_init__(self) -> None:
        if finite(self.score) is None:
            raise GraderFault("other_error", f"a score must be a finite number, got {self.score!r}")


class Grader(Protocol):
    """Scores samples. Safe to use from several threads; the same sample and item get the same grade."""

    @property
    def type(self) -> str:
        """Its type, as in the configuration: `string_check`, `multi`, ..."""
        ...

    @property
    def name(self) -> str:
        """Its name, as in the configuration."""
        ...

    @property
    def low(self) -> float:
        """The least that it gives."""
        ...

    @property
    def high(self) -> float:
        """The most that it gives."""
        ...

    def grade(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Score one sample.

        Args:
            sample: What the model wrote.
            item: The line of the data set without its messages: what the configuration calls `item`.

        Raises:
            GraderFault: The grader failed, or the item lacks something; there is no score.
        """
        ...
