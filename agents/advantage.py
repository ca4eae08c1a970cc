"""Advantages: how much better each trajectory did than its siblings. Legend: G members of one group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Advantages = Callable[[Sequence[float]], npt.NDArray[np.float64]]


def has_signal(rewards_G: Sequence[float]) -> bool:
    """Tell whether a group teaches anything: two members at least, not all with the very same reward.

    Rewards are compared for equality; a tolerance on their deviation would divide by rounding noise.
    """
    return any(reward != rewards_G[0] for reward in rewards_G)


def group(rewards_G: Sequence[float]) -> npt.NDArray[np.float64]:
    """Reward minus the group's mean, [G] (Dr. GRPO, arXiv 2503.20783)."""
    rewards = np.asarray(rewards_G, dtype=np.float64)
    return rewards - rewards.mean() if has_signal(rewards_G) else np.zeros_like(rewards)


def group_std(rewards_G: Sequence[float]) -> npt.NDArray[np.float64]:
    """Reward minus the group's mean over its population standard deviation, [G] (GRPO, arXiv 2402.03300)."""
    centred = group(rewards_G)
    return centred / centred.std() if has_signal(rewards_G) else centred


def leave_one_out(rewards_G: Sequence[float]) -> npt.NDArray[np.float64]:
    """Reward minus the mean of the other members' rewards, [G] (RLOO, arXiv 2402.14740)."""
    size = len(rewards_G)
    return group(rewards_G) * (size / max(size - 1, 1))


ADVANTAGES: dict[str, Advantages] = {"group": group, "group_std": group_std, "leave_one_out": leave_one_out}
