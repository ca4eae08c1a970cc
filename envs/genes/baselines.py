"""What can be earned without a language model, beside which every score is to be read.

`constant`: the one list that earns most when it is given to every task, so that no list that ignores the patient can
do better. `random`: any of the candidates, or any genes, in any order. `ranker`: the likelihoods of the ontology.
`own papers out` is the ranker without what a case's own paper contributed to the annotations of its disease: how
much of its score is memory. It is told the paper, so it is no policy.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from envs.core import Message, Task
from envs.datasets import content_hash
from envs.genes.attacks import answer
from envs.genes.env import GenesEnv
from envs.genes.prompt import read_case
from envs.genes.ranker import AbsentMeans, RankerPolicy, load_ranker, terms_of
from envs.genes.verifier import Reference
from envs.statistics import wilson_interval
from envs.text_env import judge

Policy = Callable[[Sequence[Message]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a policy earned, by task."""

    rewards: Mapping[str, float]
    measures: Mapping[str, Mapping[str, float]]
    """Name of a measure -> task -> its value."""
    genes: Mapping[str, str]

    def mean(self, name: str) -> float:
        """Return the mean of a measure over the tasks that have it, or of the reward."""
        values = self.rewards if name == "reward" else self.measures.get(name, {})
        return math.fsum(values.values()) / len(values) if values else math.nan

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95 % Wilson interval of a measure that is 0 or 1."""
        values = self.measures.get(name, {})
        return wilson_interval(math.fsum(values.values()), len(values))

    def macro(self, name: str) -> float:
        """Return the mean over genes of the mean of a measure."""
        by_gene: dict[str, list[float]] = defaultdict(list)
        for task_id, value in self.measures.get(name, {}).items():
            by_gene[self.genes[task_id]].append(value)
        means = [math.fsum(values) / len(values) for values in by_gene.values()]
        return math.fsum(means) / len(means) if means else math.nan


def play(env: GenesEnv, tasks: Sequence[Task], policy: Callable[[Task], str], seed: int = 0) -> Results:
    """Give every task to a policy once, and judge what it says.

    Args:
        env: The environment.
        tasks: Its tasks.
        policy: Answers the episode's own version of a task.
        seed: Decides what is drawn for an episode: equal seeds, equal episodes.
    """
    rewards: dict[str, float] = {}
    measures: dict[str, dict[str, float]] = defaultdict(dict)
    for task in tasks:
        rng = np.random.default_rng([seed, int(content_hash(task.task_id)[:16], 16)])
        episode = env.begin(task, rng)
        breakdown = judge(env.verifier, episode, policy(episode))
        rewards[task.task_id] = breakdown.total
        for name, value in breakdown.measures.items():
            measures[name][task.task_id] = value
    return Results(rewards=rewards, measures=measures, genes={task.task_id: task.reference.gene for task in tasks})


def seeing_only(policy: Policy) -> Callable[[Task], str]:
    """Return a player that hands a policy the prompt and nothing else."""
    return lambda episode: policy(episode.prompt)


def constant_policy(env: GenesEnv, tasks: Sequence[Task]) -> Policy:
    """Return the policy of the best list that is the same for all of these tasks; among candidates, their own order."""
    counts = Counter(task.reference.gene for task in tasks)
    best = [gene for gene, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][: env.rules.max_items]

    def policy(prompt: Sequence[Message]) -> str:
        offered = read_case(prompt).candidates
        return answer((offered or best)[: env.rules.max_items])

    return policy


def random_policy(env: GenesEnv, seed: int = 0) -> Policy:
    """Return the policy that lists candidates, or else any genes, in a random order."""
    rng = np.random.default_rng(seed)
    genes = sorted(env.hpo.genes)

    def policy(prompt: Sequence[Message]) -> str:
        offered = read_case(prompt).candidates or genes
        chosen = rng.choice(len(offered), min(len(offered), env.rules.max_items), replace=False)
        return answer([offered[int(index)] for index in chosen])

    return policy


def ranker_policy(env: GenesEnv, absent_means: AbsentMeans = "negative") -> RankerPolicy:
    """Return the ranker as a policy."""
    return RankerPolicy(load_ranker(env.hpo), env.rules.max_items, absent_means)


def ranker_without_own_papers(env: GenesEnv, absent_means: AbsentMeans = "negative") -> Callable[[Task], str]:
    """Return the ranker that does not use what the paper of a case says of its disease."""
    ranker = load_ranker(env.hpo)

    def player(episode: Task) -> str:
        reference: Reference = episode.reference
        assert reference.case is not None  # an episode has its patient
        present, absent = (
            terms_of(env.hpo, [term.id for term in terms]) for terms in (reference.case.present, reference.case.absent)
        )
        ranked = ranker.rank(
            present,
            absent,
            absent_means=absent_means,
            among=[candidate.gene for candidate in reference.candidates],
            limit=env.rules.max_items,
            without=(reference.disease, reference.paper) if reference.paper else None,
        )
        return answer(ranked)

    return player


def baselines(env: GenesEnv, tasks: Sequence[Task], seed: int = 0) -> dict[str, Results]:
    """Return what each way without a language model earns on these tasks."""
    players: dict[str, Callable[[Task], str]] = {
        "constant": seeing_only(constant_policy(env, tasks)),
        "random": seeing_only(random_policy(env, seed)),
        "ranker": seeing_only(ranker_policy(env)),
        "ranker, absent unread": seeing_only(ranker_policy(env, "nothing")),
    }
    if any(task.reference.paper for task in tasks):
        players["same, own papers out"] = ranker_without_own_papers(env, "nothing")
    return {name: play(env, tasks, player, seed) for name, player in players.items()}
