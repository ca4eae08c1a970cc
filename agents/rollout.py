"""Rollouts: groups of episodes from a policy and an environment, all turns side by side.

A failed verifier ends its episode without a reward, and so does one that comes to no end; nothing else that an
environment raises is caught.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import gymnasium

from agents.core import ChatBackend, FinishReason, Group, PolicyBackend, Sampling, Trajectory, TrajectoryStatus
from agents.distributed import ALONE, Ranks
from agents.faults import ErrorBudget, fault_name, fault_text
from agents.models import LoadedModel
from agents.speakers import Dialogue, make_speaker
from envs.calls import LIMIT_S, BoundedCalls, GivenUp
from envs.core import ConfigError, RewardBreakdown, VerifierError
from envs.text_env import TextEnv

JUDGES = 8
"""Answers judged side by side; judging mostly waits for the sandbox."""


def text_env(env: gymnasium.Env[Any, Any]) -> TextEnv:
    """Return the environment behind any wrappers.

    Raises:
        ConfigError: It is not built on `envs.TextEnv`, so it has no tasks to sample from.
    """
    base: Any = env.unwrapped
    if not isinstance(base, TextEnv):
        raise ConfigError(f"{type(base).__name__} is not a subclass of envs.TextEnv, which agents learn from")
    return base


@dataclass(slots=True)
class Episode:
    """One episode while it runs."""

    task_id: str
    env: gymnasium.Env[Any, Any]
    row: int
    """Its number among all that are played side by side, in any process: what is drawn for it follows from it."""
    dialogue: Dialogue = field(default_factory=Dialogue)
    tags: dict[str, str] = field(default_factory=dict)
    reward: RewardBreakdown | None = None
    error: str = ""
    fault: str = ""
    done: bool = False

    def trajectory(self) -> Trajectory:
        """Return what is left when the episode is over."""
        turns = tuple(self.dialogue.turns)
        truncated = bool(turns) and turns[-1].completion.finish_reason is FinishReason.LENGTH
        scored = TrajectoryStatus.TRUNCATED if truncated else TrajectoryStatus.OK
        return Trajectory(
            task_id=self.task_id,
            turns=turns,
            status=TrajectoryStatus.ERROR if self.reward is None else scored,
            reward=self.reward,
            tags=self.tags,
            error=self.error,
            fault=self.fault,
        )

    def fail(self, error: VerifierError) -> None:
        """End the episode without a reward."""
        self.error, self.fault, self.done = fault_text(error), fault_name(error), True


class Rollout:
    """Plays episodes of one environment with one policy.

    Args:
        make_env: Makes one environment; as many are made as episodes run side by side, and they are used again.
        policy: Samples completions, or answers with text.
        model: Encodes and decodes; None for a chat.
        error_budget: Share of the completions that may be without a reward.
        judge_limit_s: Seconds after which a judgement is given up.
        ranks: The processes that play together, each its share of the groups.
    """

    def __init__(
        self,
        make_env: Callable[[], gymnasium.Env[Any, Any]],
        policy: PolicyBackend | ChatBackend,
        model: LoadedModel | None,
        *,
        error_budget: float = 1.0,
        judge_limit_s: float = LIMIT_S,
        ranks: Ranks = ALONE,
    ) -> None:
        self.make_env = make_env
        self.policy = policy
        self._speaker = make_speaker(policy, model)
        self._ranks = ranks
        self._budget = ErrorBudget(error_budget)
        self._judge_limit_s = judge_limit_s
        self._envs: list[gymnasium.Env[Any, Any]] = []

    def groups(self, task_ids: Sequence[str], *, group_size: int, sampling: Sampling, episode_seed: int) -> list[Group]:
        """Play `group_size` episodes of each task.

        Args:
            task_ids: One group each.
            group_size: Episodes in a group; they share whatever the environment draws for an episode.
            sampling: How completions are drawn; its seed decides them.
            episode_seed: Decides what the environments draw: task i of the call gets `episode_seed + i`.

        Raises:
            VerifierError: More episodes than the budget allows, or all of them, have no reward: going on would be idle.
        """
        share = self._ranks.share(len(task_ids))
        rows = range(share.start * group_size, share.stop * group_size)
        while len(self._envs) < len(rows):
            self._envs.append(self.make_env())
        episodes = [
            Episode(task_id=task_ids[row // group_size], env=env, row=row)
            for row, env in zip(rows, self._envs, strict=False)
        ]
        with BoundedCalls(JUDGES, self._judge_limit_s) as judges:
            seeds = [episode_seed + row // group_size for row in rows]
            begun = [judges.submit(_reset, episode, seed) for episode, seed in zip(episodes, seeds, strict=True)]
            for episode, reset in zip(episodes, begun, strict=True):
                self._begin(episode, judges, reset)
            turn = 0
            while playing := [episode for episode in episodes if not episode.done]:
                numbers = tuple(episode.row for episode in playing)
                drawn = replace(sampling, seed=sampling.seed * 1000 + turn, rows=numbers)
                steps: list[tuple[Episode, Future[Any]]] = []
                for row, answer in self._speaker.turns([episode.dialogue for episode in playing], drawn):
                    if isinstance(answer, VerifierError):
                        playing[row].fail(answer)
                        continue
                    playing[row].dialogue.turns.append(answer)
                    steps.append((playing[row], judges.submit(playing[row].env.step, answer.text)))
                for episode, step in steps:
                    self._end_turn(episode, judges, step)
                turn += 1
        trajectories = self._ranks.gather([episode.trajectory() for episode in episodes])
        self._budget.spend(trajectories)
        return [
            Group(task_id=task_id, trajectories=tuple(trajectories[index * group_size : (index + 1) * group_size]))
            for index, task_id in enumerate(task_ids)
        ]

    def judge_costs(self) -> dict[str, float]:
        """Return what the environments' verifier took since the last call, if it keeps account.

        Mean times in seconds are under `judge/GRADER`, tokens of model graders under `judge_tokens/KIND/MODEL`.
        """
        verifier = text_env(self._envs[0]).verifier if self._envs else None
        timings, token_usage = (getattr(verifier, name, dict) for name in ("timings", "token_usage"))
        costs = {f"judge/{name}": value for name, value in timings().items()}
        for model, tokens in token_usage().items():
            costs |= {f"judge_tokens/{kind}/{model}": float(count) for kind, count in asdict(tokens).items()}
        return costs

    def sampler_readings(self) -> dict[str, float]:
        """Return what the policy tells of its own working, if it does, such as how well its weights agree."""
        readings: dict[str, float] = getattr(self.policy, "readings", dict)()
        return readings

    def close(self) -> None:
        """Close every environment."""
        for env in self._envs:
            env.close()
        self._envs.clear()

    def _begin(self, episode: Episode, judges: BoundedCalls, reset: Future[Any]) -> None:
        """Take what the environment begins with."""
        answer = self._answer(episode, judges, reset)
        if answer is not None:
            conversation, info = answer
            episode.tags = dict(info.get("tags", {}))
            self._speaker.hear(episode.dialogue, conversation)

    def _end_turn(self, episode: Episode, judges: BoundedCalls, step: Future[Any]) -> None:
        """Take what the environment says to a turn."""
        answer = self._answer(episode, judges, step)
        if answer is not None:
            conversation, _, terminated, truncated, info = answer
            if terminated or truncated:
                episode.reward, episode.done = info["reward_breakdown"], True
            else:
                self._speaker.hear(episode.dialogue, conversation)

    def _answer(self, episode: Episode, judges: BoundedCalls, call: Future[Any]) -> Any:
        """Return what an environment returns; None: it failed, and the episode is over."""
        try:
            return judges.result(call)
        except VerifierError as error:
            episode.fail(error)
            if isinstance(error, GivenUp):
                self._envs.remove(episode.env)  # it may be at it still
            return None


def _reset(episode: Episode, seed: int) -> tuple[Any, dict[str, Any]]:
    answer: tuple[Any, dict[str, Any]] = episode.env.reset(seed=seed, options={"task_id": episode.task_id})
    return answer
