"""The contract of the learning loop: what is sampled, what is learned from, and who does which.

The data flows `Completion -> Turn -> Trajectory -> Group -> Batch -> Learner`. Token ids that were sampled are stored
and never made again from text. In names: B batch, G group, T tokens of a sequence, N scored tokens, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import torch

from envs.core import Message, RewardBreakdown, VerifierError


class FinishReason(StrEnum):
    """Why a completion ended."""

    STOP = "stop"
    """An end-of-sequence token was sampled; it is the last token of the completion."""
    LENGTH = "length"
    """The budget of new tokens ran out: the completion is truncated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How completions are drawn. There is no top-k or top-p: the learner's probabilities are the sampler's."""

    temperature: float = 1.0
    max_new_tokens: int = 128
    seed: int = 0
    """Each row of a call draws from its own stream, (seed, row): the result does not depend on how rows are batched."""
    rows: tuple[int, ...] = ()
    """Number of each row's stream; 0, 1, 2, ... when empty."""

    def row(self, place: int) -> int:
        """Return the number of the stream of the row at this place of a call."""
        return self.rows[place] if self.rows else place


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the policy sampled in one turn."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    """Log-probability of each sampled token at the sampling temperature, over the whole vocabulary; NaN where the
    sampler did not say."""
    finish_reason: FinishReason
    policy_version: int
    """Number of optimizer steps behind the weights that sampled this."""
    unseen_tokens: int | None = 0
    """Tokens of an endpoint that answers with text alone: counted there, ids unknown, nothing to learn from. None: it
    does not tell how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """New context (the prompt, or what the environment said since), then the completion it led to."""

    context_ids: tuple[int, ...]
    completion: Completion
    text: str
    """The completion as the environment received it."""
    unseen_context: int | None = 0
    """Tokens that an endpoint read, where it answers with text alone; the whole conversation counts at each turn. None:
    it does not tell how many."""

    @property
    def context_length(self) -> float:
        """Number of tokens of the context; NaN: it is not known."""
        return math.nan if self.unseen_context is None else len(self.context_ids) + self.unseen_context

    @property
    def completion_length(self) -> float:
        """Number of tokens of the completion; NaN: it is not known."""
        unseen = self.completion.unseen_tokens
        return math.nan if unseen is None else len(self.completion.token_ids) + unseen


class TrajectoryStatus(StrEnum):
    """How an episode ended."""

    OK = "ok"
    TRUNCATED = "truncated"
    """The last completion ran out of tokens. It is judged, stays in the baseline and is learned from."""
    ERROR = "error"
    """The verifier or its sandbox failed: there is no reward, and the trajectory is left out of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One episode. `reward` is None if and only if `status` is ERROR."""

    task_id: str
    turns: tuple[Turn, ...]
    status: TrajectoryStatus
    reward: RewardBreakdown | None
    tags: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    """Why there is no reward."""
    fault: str = ""
    """What failed, in a short word: a grader's flag, or `sandbox_error` or `grader_error`."""

    def __post_init__(self) -> None:
        if (self.reward is None) != (self.status is TrajectoryStatus.ERROR):
            raise ValueError(f"a trajectory with status {self.status} and reward {self.reward}")

    @property
    def completion_length(self) -> float:
        """Number of tokens that the policy sampled, over all turns; NaN: it is not known."""
        return sum(turn.completion_length for turn in self.turns)

    @property
    def sampled_tokens(self) -> int:
        """Number of tokens that can be learned from: sampled by the policy, with their ids known."""
        return sum(len(turn.completion.token_ids) for turn in self.turns)

    @property
    def passed(self) -> bool:
        """Whether the task was solved."""
        return self.reward is not None and self.reward.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Trajectories of one task from one prompt: each is compared with its siblings."""

    task_id: str
    trajectories: tuple[Trajectory, ...]

    @property
    def scored(self) -> tuple[Trajectory, ...]:
        """The members that have a reward."""
        return tuple(trajectory for trajectory in self.trajectories if trajectory.reward is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedRow:
    """Groups laid out as one sequence: of each the shared prompt once, then its members' tokens, one behind the other.

    A token sees its group's prompt and the earlier tokens of its own member. Shapes: T tokens in the row, N of them
    scored.
    """

    token_ids_T: torch.Tensor
    position_ids_T: torch.Tensor
    member_T: torch.Tensor
    """Member that each token belongs to, counted through the row; -1 for a shared prompt."""
    group_T: torch.Tensor
    """Group of the row that each token belongs to, from 0."""
    predictor_N: torch.Tensor
    """Index in the row of the token whose hidden state predicts the scored token."""
    target_N: torch.Tensor
    """Id of the scored token. Only tokens that the policy sampled are scored, the end-of-sequence token among them."""
    behaviour_logprobs_N: torch.Tensor
    """Under the sampler; NaN where it did not say."""
    advantages_N: torch.Tensor
    sequence_N: torch.Tensor
    """Member of the row that each scored token belongs to, from 0."""
    weights_N: torch.Tensor
    """What each scored token weighs in the loss of its optimizer step."""
    old_logprobs_N: torch.Tensor | None = None
    """Under the learner's weights when the batch came, where the first update is not the only one."""
    reference_logprobs_N: torch.Tensor | None = None
    start_logprobs_N: torch.Tensor | None = None
    """Under the weights that the run began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything one optimizer step learns from."""

    rows: tuple[PackedRow, ...]
    scored_tokens: int
    """Tokens that the loss is over, those among them of members that are not run since their gradient is 0."""
    sequences: int
    """Trajectories that the loss is over, counted the same way."""
    tokens_elsewhere: int = 0
    """Scored tokens of rows that other processes run."""

    @property
    def run_tokens(self) -> int:
        """Scored tokens of the members that are run, in any process."""
        return sum(len(row.target_N) for row in self.rows) + self.tokens_elsewhere


class SamplerError(RuntimeError):
    """The sampler failed, or it does not sample from the learner's weights: a run must not go on."""


class PolicyBackend(Protocol):
    """Samples completions. Tokens in, tokens out."""

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts."""
        ...

    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from these weights from now on.

        Raises:
            SamplerError: It would sample from others.
        """
        ...


class ChatBackend(Protocol):
    """Answers conversations with text: good for evaluation, never for learning."""

    def answer(self, conversations: Sequence[Sequence[Message]], sampling: Sampling) -> list[Turn | VerifierError]:
        """Answer each conversation, in their order; one that got no answer has the reason instead."""
        ...


@runtime_checkable
class StreamingBackend(Protocol):
    """A backend that hands out each completion as it ends."""

    def completions(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[tuple[int, Completion]]:
        """Yield each completion with its row as soon as it ends: together, what `generate` returns."""
        ...


class Learner(Protocol):
    """Improves a policy from batches; every algorithm is a loss of this learner."""

    @property
    def policy_version(self) -> int:
        """Number of optimizer steps taken."""
        ...

    def prepare(self, batches: Sequence[Batch]) -> list[Batch]:
        """Return a step's updates in order, with all that must be computed before the weights change."""
        ...

    def accumulate(self, batch: Batch) -> dict[str, float]:
        """Compute the gradient of a batch, and return metrics; this may be interrupted and begun again."""
        ...

    def finish(self, updates: Sequence[Batch], first: Mapping[str, float]) -> dict[str, float]:
        """Apply the gradient of the first update, take the others, and return the metrics of the step."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        ...
