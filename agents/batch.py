"""From groups of trajectories to the tensors that a loss is computed on.

A group becomes one sequence in which the shared prompt stands once and each member's tokens follow it; an attention
mask keeps members apart. Nothing is padded, and only tokens that the policy sampled are scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from agents.advantage import Advantages, has_signal
from agents.core import Batch, FinishReason, Group, PackedGroup, Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCounts:
    """What became of the groups of one step."""

    groups: int
    groups_without_signal: int
    """All scored members had the same reward, or fewer than two were scored: no gradient."""
    trajectories: int
    trajectories_without_reward: int
    trajectories_truncated: int


def make_batch(
    groups: Sequence[Group], advantages: Advantages, *, learn_from_truncated: bool = True, row_tokens: int = 1024
) -> tuple[Batch, BatchCounts]:
    """Turn groups into one batch.

    Trajectories without a reward are left out of their group's baseline and of the loss. Groups without variance carry
    no gradient, so they are not run at all and do not count in the denominator.

    Args:
        groups: The groups of one step; members of a group share their first context.
        advantages: Turns the rewards of a group's scored members into advantages.
        learn_from_truncated: Whether the tokens of truncated completions are scored; they stay in the baseline anyway.
        row_tokens: Longest row to make; a larger group is split over rows, each with a copy of the prompt.
    """
    rows: list[PackedGroup] = []
    silent = 0
    for group in groups:
        members = group.scored
        rewards_G = [member.reward.total for member in members if member.reward is not None]
        if not rewards_G or not has_signal(rewards_G):
            silent += 1
            continue
        learned = [
            (member, float(advantage))
            for member, advantage in zip(members, advantages(rewards_G), strict=True)
            if learn_from_truncated or not _is_truncated(member)
        ]
        rows += [pack(part) for part in _split(learned, row_tokens)]
    everyone = [trajectory for group in groups for trajectory in group.trajectories]
    counts = BatchCounts(
        groups=len(groups),
        groups_without_signal=silent,
        trajectories=len(everyone),
        trajectories_without_reward=sum(trajectory.reward is None for trajectory in everyone),
        trajectories_truncated=sum(_is_truncated(trajectory) for trajectory in everyone),
    )
    return Batch(rows=tuple(rows), scored_tokens=sum(len(row.target_N) for row in rows)), counts


def pack(members: Sequence[tuple[Trajectory, float]]) -> PackedGroup:
    """Lay out trajectories that share their first context, each with its advantage, as one sequence."""
    prompt = members[0][0].turns[0].context_ids
    ids, positions, owners = list(prompt), list(range(len(prompt))), [-1] * len(prompt)
    predictors: list[int] = []
    targets: list[int] = []
    logprobs: list[float] = []
    advantages: list[float] = []
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
                previous = len(ids)
                ids.append(token)
                positions.append(position)
                owners.append(member)
                position += 1
    return PackedGroup(
        token_ids_T=torch.tensor(ids),
        position_ids_T=torch.tensor(positions),
        member_T=torch.tensor(owners),
        predictor_N=torch.tensor(predictors),
        target_N=torch.tensor(targets),
        behaviour_logprobs_N=torch.tensor(logprobs),
        advantages_N=torch.tensor(advantages),
    )


def visibility(row: PackedGroup) -> torch.Tensor:
    """Return which token may attend to which, [T, T]: earlier ones of the prompt and of the same member."""
    owner = row.member_T
    same = (owner[None, :] == owner[:, None]) | (owner[None, :] == -1)
    return same & torch.ones(len(owner), len(owner), dtype=torch.bool).tril()


def _is_truncated(trajectory: Trajectory) -> bool:
    return bool(trajectory.turns) and trajectory.turns[-1].completion.finish_reason is FinishReason.LENGTH


def _split(learned: list[tuple[Trajectory, float]], row_tokens: int) -> list[list[tuple[Trajectory, float]]]:
    parts: list[list[tuple[Trajectory, float]]] = []
    room = 0
    for trajectory, advantage in learned:
        prompt = len(trajectory.turns[0].context_ids)
        own = trajectory.completion_length + sum(len(turn.context_ids) for turn in trajectory.turns[1:])
        if not parts or own > room:
            parts.append([])
            room = row_tokens - prompt
        parts[-1].append((trajectory, advantage))
        room -= own
    return parts
