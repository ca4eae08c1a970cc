"""Problems that are made up from a seed: families with a knob for difficulty, and false twins for canaries.

A drawn statement belongs to one split for good, by a hash of its canonical form, and never equals a problem of the
library up to names; so whatever is drawn for training shares nothing with what is drawn for evaluation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from envs.core import ConfigError, Split, VerifierError
from envs.datasets import content_hash
from envs.lean import formulas, identities
from envs.lean.formulas import Drawn
from envs.lean.tasks import HELDOUT_SHARE, LEVELS, TRAIN_SHARE, LeanProblem, library_problems
from envs.options import unknown_name

_TRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of problems that can be made up."""

    draw: Callable[[np.random.Generator, int], Drawn]
    """Takes a level from 1 to 5."""
    theme: str
    levels: tuple[int, ...] = LEVELS
    """Those that it has."""
    false: bool = False
    """Whether every statement of it is false: no proof can be right."""


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "premise": Family(draw=formulas.premise, theme="logic", levels=(1, 2, 3)),
        "implication_chain": Family(draw=formulas.implication_chain, theme="logic", levels=(2, 3)),
        "tautology": Family(draw=formulas.tautology, theme="logic"),
        "refuted_formula": Family(draw=formulas.refuted_formula, theme="logic"),
        "equation_chain": Family(draw=formulas.equation_chain, theme="equality", levels=(2, 3, 4)),
        "order_chain": Family(draw=formulas.order_chain, theme="order", levels=(2, 3, 4)),
        "number_identity": Family(draw=identities.number_identity, theme="nat"),
        "refuted_identity": Family(draw=identities.refuted_identity, theme="nat"),
        "recursion": Family(draw=identities.recursion, theme="nat", levels=(3, 4, 5)),
        "fact": Family(draw=identities.fact, theme="facts", levels=(1, 2, 3)),
        "list_identity": Family(draw=identities.list_identity, theme="lists"),
        "length_identity": Family(draw=identities.length_identity, theme="lists"),
        "false_tautology": Family(draw=formulas.false_tautology, theme="logic", false=True),
        "false_identity": Family(draw=identities.false_identity, theme="nat", false=True),
    }
)
TRUE_FAMILIES = tuple(name for name, family in FAMILIES.items() if not family.false)


def draw_problem(
    rng: np.random.Generator,
    families: Sequence[str] = TRUE_FAMILIES,
    levels: Sequence[int] = LEVELS,
    split: Split = "train",
) -> LeanProblem:
    """Return a problem that was made up.

    Args:
        rng: Where the chance comes from: seeded by a secret, so that nobody can know what will be asked.
        families: Names of `FAMILIES`; those that have one of the levels are equally likely.
        levels: From 1 to 5; those that the chosen family has are equally likely.
        split: The split that the statement must belong to.

    Raises:
        ConfigError: There is no such family or level, or none of the families has one of the levels.
        VerifierError: A family has nothing of this level for this split.
    """
    usable = _usable(families, levels)
    name = usable[int(rng.integers(len(usable)))]
    offered = [level for level in levels if level in FAMILIES[name].levels]
    level = offered[int(rng.integers(len(offered)))]
    for _ in range(_TRIES):
        problem = _as_problem(name, level, FAMILIES[name].draw(rng, level))
        if problem.split == split and problem.canonical not in _library_forms():
            return problem
    raise VerifierError(f"the family {name!r} has nothing of level {level} for the split {split!r}")


def split_of(form: str) -> Split:
    """Return the split that a canonical form belongs to."""
    share = int(content_hash(form)[:8], 16) / 2**32
    if share < TRAIN_SHARE:
        return "train"
    return "heldout" if share >= 1 - HELDOUT_SHARE else "validation"


def _as_problem(name: str, level: int, drawn: Drawn) -> LeanProblem:
    problem = LeanProblem(
        task_id=name,
        name=name,
        signature=drawn.signature,
        header=drawn.header,
        gold=drawn.gold,
        level=level,
        theme=FAMILIES[name].theme,
    )
    form = problem.canonical
    return replace(problem, task_id=f"{name}-{level}-{content_hash(form)[:12]}", split=split_of(form))


@functools.cache
def _library_forms() -> frozenset[str]:
    return frozenset(problem.canonical for problem in library_problems())


def _usable(families: Sequence[str], levels: Sequence[int]) -> list[str]:
    """Return the families that have one of the levels.

    Raises:
        ConfigError: There is no such family or level, or none of the families has one of the levels.
    """
    for family in families:
        if family not in FAMILIES:
            raise ConfigError(unknown_name("family", family, list(FAMILIES)))
    for level in levels:
        if level not in LEVELS:
            raise ConfigError(f"levels go from 1 to 5, got {level!r}")
    usable = [family for family in families if set(FAMILIES[family].levels) & set(levels)]
    if not usable:
        raise ConfigError(f"none of the families {', '.join(families) or '(none)'} has a level of {list(levels)}")
    return usable
