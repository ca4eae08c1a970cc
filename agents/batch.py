"""From groups of trajectories to the tensors that a loss is computed on.

In a row the shared prompt of a group stands once and each member's tokens follow it, and small groups stand one behind
the other; an attention mask keeps members apart. Nothing is padded, only tokens that the policy sampled are scored, and
members that have no gradient are not run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import torch

from agents.advantage import Advantages, has_signal
from agents.core import Batch, FinishReason, Group, PackedRow, Trajectory

T = TypeVar("T")

Learned = list[tuple[Trajectory, float]]
"""Members of one group with their advantages."""

Divergences = Callable[[Sequence[Trajectory]], list[float]]
"""From members of one group to the divergence of each from the reference, summed over its tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """How groups become the batches of a step's updates."""

    advantages: Advantages
    aggregate: str = "token"
    """Which of `AGGREGATES`: what a token weighs."""
    learn_from_truncated: bool = True
    """Whether the tokens of truncated completions are scored; they stay in the baseline anyway."""
    keep_silent: bool = False
    """Whether members without an advantage are run, since something else in the loss needs them."""
    row_tokens: int = 1024
    """Longest row to make; a larger group is split over rows, each with a copy of the prompt, and small ones share."""
    processes: int = 1
    """That rows are dealt out to: groups share rows only as far as that leaves each a row."""
    minibatches: int = 1
    """Batches that the groups are dealt out to, one optimizer step each."""
    max_new_tokens: int = 64
    """Longest completion of a turn that is sampled."""
    overlong_share: float = 0.0
    """The last share of `max_new_tokens`, over which the penalty rises from 0."""
    overlong_penalty: float = 1.0
    """What a completion of full length loses of its reward, for learning alone (DAPO, arXiv 2503.14476)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCounts:
    """What became of the groups of one step."""

    groups: int
    groups_without_signal: int
    """All scored members earned the same, or fewer than two were scored."""
    trajectories: int
    trajectories_without_reward: int
    trajectories_truncated: int


def make_batches(groups: Sequence[Group], plan: BatchPlan, divergences: Divergences | None = None) -> list[Batch]:
    """Turn groups into the batches of a step's optimizer steps, in order; a single empty one if nothing teaches.

    Trajectories without a reward are left out of their group's baseline and of the loss. A group whose members all have
    an advantage of 0 counts in no denominator; a single such member does, but is not run.

    Args:
        groups: The groups of one step; members of a group share their first context.
        plan: How they become batches.
        divergences: What each member's reward is lowered by, where the divergence is part of the reward.
    """
    rewards_PG = [_learned_rewards(group.scored, plan, divergences) for group in groups]
    chosen: list[Learned] = []
    for group, advantages_G in zip(groups, plan.advantages(rewards_PG), strict=True):
        if not plan.keep_silent and not any(advantages_G):
            continue
        chosen.append(
            [
                (member, float(advantage))
                for member, advantage in zip(group.scored, advantages_G, strict=True)
                if plan.learn_from_truncated or not is_truncated(member)
            ]
        )
    parts = [[group for group in chosen[part :: plan.minibatches] if group] for part in range(plan.minibatches)]
    return [_batch(part, plan) for part in parts if part] or [Batch(rows=(), scored_tokens=0, sequences=0)]


def count(groups: Sequence[Group]) -> BatchCounts:
    """Return what a step's groups hold, whether or not they are learned from."""
    everyone = [trajectory for group in groups for trajectory in group.trajectories]
    return BatchCounts(
        groups=len(groups),
        groups_without_signal=sum(not teaches(group) for group in groups),
        trajectories=len(everyone),
        trajectories_without_reward=sum(trajectory.reward is None for trajectory in everyone),
        trajectories_truncated=sum(is_truncated(trajectory) for trajectory in everyone),
    )


def teaches(group: Group) -> bool:
    """Tell whether a group's members differ in what they earned; lengths and divergences alone teach no task."""
    return has_signal([member.reward.total for member in group.scored if member.reward is not None])


def pack(members: Sequence[tuple[Trajectory, float]]) -> PackedRow:
    """Lay out trajectories that share their first context, each with its advantage, as one sequence.

    Every token weighs 1.
    """
    prompt = members[0][0].turns[0].context_ids
    ids, positions, owners = list(prompt), list(range(len(prompt))), [-1] * len(prompt)
    predictors: list[int] = []
    targets: list[int] = []
    logprobs: list[float] = []
    advantages: list[float] = []
    sequences: list[int] = []
    for member, (trajectory, advantage) in enumerate(members):
        if trajectory.turns[0].context_ids != prompt:
            raise ValueError(f"members of group {trajectory.task_id!r} do not share their prompt")
        previous, position = len(prompt) - 1, len(prompt)
        for turn_index, turn in enumerate(trajectory.turns):
            context = () if turn_index == 0 else turn.context_ids
            for token, logprob in [
                *((token, None) for token in context),
                *zip(turn.completion.token_ids, turn.completion.logprobs, strict=True),
            ]:
                if logprob is not None:
                    predictors.append(previous)
                    targets.append(token)
                    logprobs.append(logprob)
                    advantages.append(advantage)
                    sequences.append(member)
                previous = len(ids)
                ids.append(token)
                positions.append(position)
                owners.append(member)
                position += 1
    return PackedRow(
        token_ids_T=torch.tensor(ids, dtype=torch.long),
        position_ids_T=torch.tensor(positions, dtype=torch.long),
        member_T=torch.tensor(owners, dtype=torch.long),
        group_T=torch.zeros(len(ids), dtype=torch.long),
        predictor_N=torch.tensor(predictors, dtype=torch.long),
        target_N=torch.tensor(targets, dtype=torch.long),
        behaviour_logprobs_N=torch.tensor(logprobs),
        advantages_N=torch.tensor(advantages),
        sequence_N=torch.tensor(sequences, dtype=torch.long),
        weights_N=torch.ones(len(targets)),
    )


def join(rows: Sequence[PackedRow]) -> PackedRow:
    """Lay out the groups of several rows one behind the other, as one row."""
    tokens, members, groups = 0, 0, 0
    moved = []
    for row in rows:
        moved.append(
            replace(
                row,
                member_T=torch.where(row.member_T < 0, row.member_T, row.member_T + members),
                group_T=row.group_T + groups,
                predictor_N=row.predictor_N + tokens,
                sequence_N=row.sequence_N + members,
            )
        )
        tokens += len(row.token_ids_T)
        members += int(row.member_T.max()) + 1
        groups += int(row.group_T.max()) + 1
    parts = {part.name: [getattr(row, part.name) for row in moved] for part in fields(PackedRow)}
    joined: Any = {name: None if part[0] is None else torch.cat(part) for name, part in parts.items()}
    return PackedRow(**joined)


def visibility(row: PackedRow) -> torch.Tensor:
    """Return which token may attend to which, [T, T]: earlier ones of its group's prompt and of its own member."""
    owner, group = row.member_T, row.group_T
    same = (group[None, :] == group[:, None]) & ((owner[None, :] == owner[:, None]) | (owner[None, :] == -1))
    return same & torch.ones(len(owner), len(owner), dtype=torch.bool).tril()


def split(learned: Learned, row_tokens: int) -> list[Learned]:
    """Deal members out to rows of at most so many tokens, the longest first; a member is never cut.

    Behind a long prompt there is room for half of them at least, or it would be run anew for every member.
    """
    prompt = len(learned[0][0].turns[0].context_ids) if learned else 0
    room = max(row_tokens - prompt, row_tokens // 2)
    return _filled(learned, [_own_tokens(trajectory) for trajectory, _ in learned], room)


def is_truncated(trajectory: Trajectory) -> bool:
    """Tell whether the last completion ran out of tokens, as its sampler said."""
    return bool(trajectory.turns) and trajectory.turns[-1].completion.finish_reason is FinishReason.LENGTH


def _batch(groups: Sequence[Learned], plan: BatchPlan) -> Batch:
    everyone = [one for group in groups for one in group]
    tokens = sum(trajectory.sampled_tokens for trajectory, _ in everyone)
    parts = []
    for group in groups:
        run = [one for one in group if one[0].sampled_tokens and (plan.keep_silent or one[1] != 0.0)]
        for part in split(run, plan.row_tokens):
            row = pack(part)
            weights_N = AGGREGATES[plan.aggregate](row, tokens, len(everyone), plan.max_new_tokens)
            parts.append(replace(row, weights_N=weights_N))
    sizes = [len(part.token_ids_T) for part in parts]
    rows = _filled(parts, sizes, min(plan.row_tokens, -(-sum(sizes) // plan.processes)))
    return Batch(rows=tuple(map(join, rows)), scored_tokens=tokens, sequences=len(everyone))


def _filled(things: Sequence[T], sizes: Sequence[int], room: int) -> list[list[T]]:
    """Deal things out to as few places with so much room as may be, the largest first, each to the first that fits."""
    places: list[list[T]] = []
    left: list[int] = []
    for size, thing in sorted(zip(sizes, things, strict=True), key=lambda one: -one[0]):
        place = next((place for place, free in enumerate(left) if size <= free), len(places))
        if place == len(places):
            places.append([])
            left.append(room)
        places[place].append(thing)
        left[place] -= size
    return places


def _token_mean(row: PackedRow, tokens: int, sequences: int, max_new_tokens: int) -> torch.Tensor:
    """Every token of the step weighs the same (DAPO, arXiv 2503.14476)."""
    del sequences, max_new_tokens
    return torch.full((len(row.target_N),), 1.0 / tokens)


def _sequence_mean(row: PackedRow, tokens: int, sequences: int, max_new_tokens: int) -> torch.Tensor:
    """Every sequence weighs the same, and within it every token (GRPO, arXiv 2402.03300)."""
    del tokens, max_new_tokens
    lengths_S = torch.bincount(row.sequence_N)
    return 1.0 / (sequences * lengths_S[row.sequence_N])


def _constant(row: PackedRow, tokens: int, sequences: int, max_new_tokens: int) -> torch.Tensor:
    """The sum over each sequence, divided by what does not depend on its length (Dr. GRPO, arXiv 2503.20783)."""
    del tokens
    return torch.full((len(row.target_N),), 1.0 / (sequences * max_new_tokens))


AGGREGATES: dict[str, Callable[[PackedRow, int, int, int], torch.Tensor]] = {
    "token": _token_mean,
    "sequence": _sequence_mean,
    "constant": _constant,
}
"""Name -> function of a row, of the step's tokens and sequences, and of the longest completion: weights [N]."""


def _learned_rewards(members: Sequence[Trajectory], plan: BatchPlan, divergences: Divergences | None) -> list[float]:
    """Return what each member is taken to have earned: its reward, less the penalties that are configured."""
    rewards = [member.reward.total - _overlong(member, plan) for member in members if member.reward is not None]
    if divergences is None or not members:
        return rewards
    return [reward - lost for reward, lost in zip(rewards, divergences(members), strict=True)]


def _overlong(trajectory: Trajectory, plan: BatchPlan) -> float:
    buffer = plan.overlong_share * plan.max_new_tokens
    if not buffer:
        return 0.0
    longest = max((len(turn.completion.token_ids) for turn in trajectory.turns), default=0)
    return plan.overlong_penalty * min(1.0, max(0.0, (longest - (plan.max_new_tokens - buffer)) / buffer))


def _own_tokens(trajectory: Trajectory) -> int:
    return trajectory.sampled_tokens + sum(len(turn.context_ids) for turn in trajectory.turns[1:])
