"""A bandit for the real learner: one prompt, a completion of one token, and logits that are the parameters themselves.

The best policy has a closed form: with a divergence of weight `beta` from a reference it is in proportion to
`reference * exp(reward / beta)`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from agents.advantage import ADVANTAGES
from agents.algorithms import ALGORITHMS
from agents.batch import BatchPlan, make_batches
from agents.core import Batch, Completion, FinishReason, Group, Trajectory, TrajectoryStatus, Turn
from agents.learner import OffPolicy, OptimizerSettings, PolicyLearner
from agents.losses import LossSettings
from envs import RewardBreakdown, RewardTerm

Array = npt.NDArray[np.float64]


class Bandit(torch.nn.Module):
    """A "language model" whose hidden state is 1 and whose head holds the logits of its arms."""

    device = torch.device("cpu")

    def __init__(self, logits: Array) -> None:
        super().__init__()
        self.head = torch.nn.Linear(1, len(logits), bias=False)
        self.head.weight.data = torch.tensor(logits, dtype=torch.float32)[:, None]

    def base_model(self, input_ids: torch.Tensor, **_: Any) -> Any:
        """Return a hidden state of 1 for every token."""
        return SimpleNamespace(last_hidden_state=torch.ones(*input_ids.shape, 1))

    def get_output_embeddings(self) -> torch.nn.Module:
        """Return the head."""
        return self.head

    @property
    def policy(self) -> Array:
        """Probability of each arm."""
        return torch.softmax(self.head.weight.detach()[:, 0].double(), 0).numpy()


def options_of(name: str, **changes: Any) -> dict[str, Any]:
    """Return the options of an algorithm by name, as a run has them."""
    defaults = {"advantage": "group_std", "aggregate": "token", "clip_low": 0.2, "clip_high": 0.28, "kl_in": "loss"}
    return {**defaults, **ALGORITHMS[name].options, **changes}


def make_learner(
    name: str, start: Array, *, reference: Array | None = None, beta: float = 0.0, learning_rate: float = 0.02,
    kl_estimator: str = "k2", correction: str = "truncated", cap: float = 2.0, epochs: int = 1, **changes: Any,
) -> PolicyLearner:  # fmt: skip
    """Return the learner of a bandit that begins with logits `start`."""
    options = options_of(name, **changes)
    return PolicyLearner(
        Bandit(start),
        surrogate=ALGORITHMS[name].surrogate,
        loss=LossSettings(
            clip_low=options["clip_low"], clip_high=options["clip_high"], kl_weight=beta, kl_in=options["kl_in"],
            kl_estimator=kl_estimator,
        ),
        temperature=1.0,
        settings=OptimizerSettings(
            learning_rate=learning_rate, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1e9
        ),
        off_policy=OffPolicy(correction=correction, cap=cap, epochs=epochs),
        reference=None if reference is None else Bandit(reference),
    )  # fmt: skip


def pulls(arms: list[int], rewards: Array, sampler: Array) -> Group:
    """Return the group of some pulls of arms by a policy."""
    members = []
    for arm in arms:
        drawn = Completion(
            token_ids=(arm,), logprobs=(float(np.log(sampler[arm])),), finish_reason=FinishReason.STOP, policy_version=0
        )
        members.append(
            Trajectory(
                task_id="bandit",
                turns=(Turn(context_ids=(0,), completion=drawn, text=""),),
                status=TrajectoryStatus.OK,
                reward=RewardBreakdown(terms={"paid": RewardTerm(score=float(rewards[arm]))}),
            )
        )
    return Group(task_id="bandit", trajectories=tuple(members))


def batches(
    learner: PolicyLearner, groups: list[Group], name: str, *, keep_silent: bool = False, **changes: Any
) -> list[Batch]:
    """Return what a step of an algorithm learns from groups."""
    options = options_of(name, **changes)
    plan = BatchPlan(
        advantages=ADVANTAGES[options["advantage"]],
        aggregate=options["aggregate"],
        keep_silent=keep_silent or (learner.loss.kl_weight != 0 and options["kl_in"] == "loss"),
        max_new_tokens=1,
    )
    return make_batches(groups, plan, learner.reward_divergences)


def train(learner: PolicyLearner, rewards: Array, name: str, *, steps: int, size: int = 64, **changes: Any) -> Array:
    """Learn for some steps from draws of the policy itself; return the mean policy of the second half of them."""
    rng = np.random.default_rng(0)
    seen = []
    for _ in range(steps):
        policy = learner.model.policy
        arms = rng.choice(len(policy), size=size, p=policy / policy.sum())
        updates = learner.prepare(batches(learner, [pulls(arms.tolist(), rewards, policy)], name, **changes))
        learner.finish(updates, learner.accumulate(updates[0]))
        seen.append(learner.model.policy)
    return np.mean(seen[steps // 2 :], axis=0)
