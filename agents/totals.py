"""What a set of episodes came to: rewards, tokens, and what was without a reward."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from agents.core import Group
from agents.faults import fault_counts


def totals(groups: Sequence[Group]) -> dict[str, float]:
    """Return numbers over all episodes of some groups.

    Returns:
        `completions`, `prompt_tokens` and `completion_tokens` are sums over all episodes, NaN where an endpoint does
        not tell how many tokens one of them had; `mean_reward` is over those that have a reward, and so is
        `grader/<key>`, the mean score of a grader within a grader; `flag/<name>` counts what was wrong with samples;
        `fault/<name>` counts episodes without a reward, by what failed.
    """
    everyone = [member for group in groups for member in group.trajectories]
    rewards = [member.reward for member in everyone if member.reward is not None]
    scores: defaultdict[str, list[float]] = defaultdict(list)
    flags: defaultdict[str, float] = defaultdict(float)
    for reward in rewards:
        for name, term in reward.terms.items():
            if name.startswith("grader/"):
                scores[name].append(term.score)
        for name, value in reward.measures.items():
            if name.startswith("flag/"):
                flags[name] += value
    return {
        "completions": len(everyone),
        "prompt_tokens": sum(turn.context_length for member in everyone for turn in member.turns),
        "completion_tokens": sum(member.completion_length for member in everyone),
        "mean_reward": math.fsum(reward.total for reward in rewards) / len(rewards) if rewards else math.nan,
        **{name: math.fsum(values) / len(values) for name, values in sorted(scores.items())},
        **dict(sorted(flags.items())),
        **fault_counts(groups),
    }
