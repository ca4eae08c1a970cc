"""What a set of episodes came to: rewards, tokens, and what was without a reward."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agents.core import Group
from agents.faults import fault_counts


def totals(groups: Sequence[Group]) -> dict[str, float]:
    """Return numbers over all episodes of some groups.

    Returns:
        `completions`, `prompt_tokens` and `completion_tokens` are sums over all episodes; `mean_reward` is over those
        that have a reward; `fault/<name>` counts those that have none, by what failed.
    """
    everyone = [member for group in groups for member in group.trajectories]
    rewards = [member.reward.total for member in everyone if member.reward is not None]
    return {
        "completions": len(everyone),
        "prompt_tokens": sum(len(turn.context_ids) for member in everyone for turn in member.turns),
        "completion_tokens": sum(member.completion_length for member in everyone),
        "mean_reward": math.fsum(rewards) / len(rewards) if rewards else math.nan,
        **fault_counts(groups),
    }
