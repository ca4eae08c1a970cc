"""The leak audit: does the list of what a patient does not have give the answer away?

Curators of case reports fill in the columns of a paper's table, so a feature that one patient lacks is one that the
paper's others have: the list becomes the signature of the disease. A split by gene does not show it, since it is there
on both sides. So every policy is asked about the same cases in several readings. The leak index is what it finds by the
absent features alone, less what it finds by those of another patient, with a paired bootstrap interval; it is taken
once more with the lists neutralised. The counterfactual test turns an absent feature that speaks for another gene into
a present one: that gene should come before the right one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from envs.core import ConfigError, Task
from envs.genes.answer import NoAnswer, read_genes
from envs.genes.baselines import Results, play
from envs.genes.cases import Case, features_of
from envs.genes.env import GenesEnv
from envs.genes.hpo import Hpo
from envs.genes.readings import Reading, cohort_share
from envs.genes.verifier import Reference
from envs.registry import make
from envs.statistics import paired_difference

Player = Callable[[Task], str]
MakePlayer = Callable[[GenesEnv, str], Player]
"""Returns a player of an environment that takes absent features as `negative`, `positive` or `nothing`."""

LIKELY = 0.5
"""Frequency from which a feature speaks for a gene in the counterfactual test."""

ROWS: tuple[tuple[str, Reading, bool, str], ...] = (
    ("present only", "present", False, "nothing"),
    ("absent against", "full", False, "negative"),
    ("absent for", "full", False, "positive"),
    ("absent alone", "absent", False, "positive"),
    ("another's absent alone", "shuffled", False, "positive"),
    ("another's absent for", "full_shuffled", False, "positive"),
    ("another's absent against", "full_shuffled", False, "negative"),
    ("neutral: absent against", "full", True, "negative"),
    ("neutral: absent for", "full", True, "positive"),
    ("neutral: absent alone", "absent", True, "positive"),
    ("neutral: another's alone", "shuffled", True, "positive"),
)
"""What is asked: a name, the reading, whether the lists are neutralised, and what absent features are taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """What became of genes behind the right one when a feature that speaks for them turned from absent to present."""

    asked: int
    overtook: int
    """Those that came to stand before the right one: the clinical direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """What an audit found."""

    rows: Mapping[str, Results]
    cases: int
    cohort_share: float
    """Share of the absent features that another case of the same gene has."""
    neutralised_share: float
    leak_index: tuple[float, float, float]
    """Top-1 by absent features alone less that of the control: mean, low, high."""
    neutralised_index: tuple[float, float, float]
    gain: tuple[float, float, float]
    """Top-1 with absent features as evidence for, less top-1 without them."""
    counterfactual: Mapping[str, Overtaking]
    """By what absent features are taken for."""


def audit_leak(
    options: Mapping[str, Any], make_player: MakePlayer, choose: Callable[[Sequence[str]], set[str]]
) -> LeakReport:
    """Ask a policy about the same cases in every reading.

    Args:
        options: Of the environment; `cases` among them. `reading` and `neutralised` are set here.
        make_player: Makes the policy for each of them.
        choose: Picks the tasks from the ids of all that can be asked about.

    Raises:
        ConfigError: There are no case reports, or none has absent features.
    """
    if options.get("cases") is None:
        raise ConfigError("the leak audit is of case reports: give env.cases=PATH")
    envs = {(row[1], row[2]): _env(options, row[1], row[2]) for row in ROWS}
    common = set.intersection(*({task.task_id for task in env.tasks()} for env in envs.values()))
    if not common:
        raise ConfigError("no case has present and absent features, so there is nothing to compare")
    chosen = choose(sorted(common))
    rows = {}
    for name, reading, neutral, means in ROWS:
        env = envs[reading, neutral]
        rows[name] = play(env, [env.task(task_id) for task_id in sorted(chosen)], make_player(env, means))
    top = {name: result.measures["top@1"] for name, result in rows.items()}
    full, neutral_full = envs["full", False], envs["full", True]
    asked = [full.task(task_id) for task_id in sorted(chosen)]
    return LeakReport(
        rows=rows,
        cases=len(chosen),
        cohort_share=cohort_share(_cases(full), full.everyone),
        neutralised_share=cohort_share(_cases(neutral_full), full.everyone),
        leak_index=paired_difference(top["another's absent alone"], top["absent alone"]),
        neutralised_index=paired_difference(top["neutral: another's alone"], top["neutral: absent alone"]),
        gain=paired_difference(top["present only"], top["absent for"]),
        counterfactual={
            means: counterfactual(full, asked, functools.partial(_one_by_one, make_player(full, means)))
            for means in ("negative", "positive")
        },
    )


def counterfactual(env: GenesEnv, tasks: Sequence[Task], ask: Callable[[Sequence[Task]], Sequence[str]]) -> Overtaking:
    """Turn an absent feature that speaks for a gene behind the right one into a present one: does it come before it?

    The gene is the first behind the right one on the policy's own list, or a candidate that is not on it, whose disease
    has the feature in most patients while the right gene's diseases are not known to have it.

    Args:
        env: The environment, in the full reading.
        tasks: Tasks whose reference holds a case.
        ask: Returns the policy's answers to tasks, in their order.
    """
    flipped: list[tuple[str, Task]] = []
    for task, completion in zip(tasks, ask([env.tell(task) for task in tasks]), strict=True):
        if found := _discriminating(env, task, _listed(completion)):
            gene, case = found
            flipped.append((gene, env.tell(replace(task, reference=replace(task.reference, case=case)))))
    overtook = 0
    for (gene, task), completion in zip(flipped, ask([task for _, task in flipped]), strict=True):
        after, right = _listed(completion), task.reference.gene
        overtook += gene in after and (right not in after or after.index(gene) < after.index(right))
    return Overtaking(asked=len(flipped), overtook=overtook)


def _discriminating(env: GenesEnv, task: Task, listed: Sequence[str]) -> tuple[str, Case] | None:
    reference: Reference = task.reference
    case = reference.case
    if case is None or case.gene not in listed:
        return None
    known = _likeliest(env.hpo, case.gene)
    unlisted = [candidate.gene for candidate in reference.candidates if candidate.gene not in listed]
    for gene in (*listed[listed.index(case.gene) + 1 :], *unlisted):
        likely = _likeliest(env.hpo, gene)
        for term in case.absent:
            if likely.get(term.id, 0.0) >= LIKELY and term.id not in known:
                absent = tuple(other for other in case.absent if other != term)
                return gene, replace(case, present=(*case.present, term), absent=absent)
    return None


@functools.lru_cache(maxsize=8192)
def _likeliest(hpo: Hpo, gene: str) -> Mapping[str, float]:
    """Return how often a feature is seen in that disease of a gene which has it most."""
    found: dict[str, float] = {}
    for disease in hpo.genes.get(gene, ()):
        for term, frequency in hpo.closure(features_of(hpo, disease)).items():
            found[term] = max(frequency, found.get(term, 0.0))
    return found


def _listed(completion: str) -> list[str]:
    try:
        genes = read_genes(completion)
    except NoAnswer:
        return []
    return [gene for gene in genes if isinstance(gene, str)] if isinstance(genes, list) else []


def _one_by_one(player: Player, tasks: Sequence[Task]) -> list[str]:
    return [player(task) for task in tasks]


def _env(options: Mapping[str, Any], reading: Reading, neutralised: bool) -> GenesEnv:
    env = make("genes", **{**options, "reading": reading, "neutralised": neutralised}).unwrapped
    assert isinstance(env, GenesEnv)
    return env


def _cases(env: GenesEnv) -> list[Case]:
    return [task.reference.case for task in env.tasks()]
