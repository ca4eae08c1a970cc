"""Advantages: how much better each trajectory did than others. Legend: P groups (prompts), G members of one group.

The four that a run can choose stand in `ADVANTAGES`; each turns the rewards of all groups of a step into advantages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Advantages = Callable[[Sequence[Sequence[float]]], list[Array]]
"""From the rewards of each group's scored members to their advantages, group by group."""


LEAST_DEVIATION = 1e-4
"""What a deviation counts as at least where it divides: a divergence taken off equal rewards leaves rounding noise."""


def has_signal(rewards_G: Sequence[float]) -> bool:
    """Tell whether a group teaches anything: two members at least, not all with the very same reward.

    Rewards are compared for equality; a tolerance on their deviation would divide by rounding noise.
    """
    return any(reward != rewards_G[0] for reward in rewards_G)


def group(rewards_G: Sequence[float]) -> Array:
    """Reward minus the group's mean, [G] (Dr. GRPO, arXiv 2503.20783)."""
    rewards = np.asarray(rewards_G, dtype=np.float64)
    return rewards - rewards.mean() if has_signal(rewards_G) else np.zeros_like(rewards)


def group_std(rewards_G: Sequence[float]) -> Array:
    """Reward minus the group's mean over its population standard deviation, [G] (GRPO, arXiv 2402.03300)."""
    centred = group(rewards_G)
    return centred / max(centred.std(), LEAST_DEVIATION) if has_signal(rewards_G) else centred


def leave_one_out(rewards_G: Sequence[float]) -> Array:
    """Reward minus the mean of the other members' rewards, [G] (RLOO, arXiv 2402.14740)."""
    size = len(rewards_G)
    return group(rewards_G) * (size / max(size - 1, 1))


def batch(rewards_PG: Sequence[Sequence[float]]) -> list[Array]:
    """Reward minus the mean of the whole step over its standard deviation, P times [G] (REINFORCE++, 2501.03262).

    A group whose members all earned the same is above or below the others, so it teaches too.
    """
    ends = np.cumsum([len(rewards_G) for rewards_G in rewards_PG])
    whitened = group_std([reward for rewards_G in rewards_PG for reward in rewards_G])
    return list(np.split(whitened, ends[:-1])) if len(ends) else []


def each(one_group: Callable[[Sequence[float]], Array]) -> Advantages:
    """Return the function of a step's groups that looks at each of them alone."""
    return lambda rewards_PG: [one_group(rewards_G) for rewards_G in rewards_PG]


ADVANTAGES: dict[str, Advantages] = {
    "group": each(group),
    "group_std": each(group_std),
    "leave_one_out": each(leave_one_out),
    "batch": batch,
}
