"""Policies without a model: a fixed list of tactics, which is the floor, and a small search over compositions of them.

Read every score of a model beside both. They know the statement and nothing of how proofs are checked: `verify` says of
the lines behind `:= by` whether they are a proof.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from envs.lean.statements import binders, defined_names
from envs.lean.tasks import LeanProblem

Verify = Callable[[str], bool]

FLOOR = (
    "rfl",
    "trivial",
    "assumption",
    "contradiction",
    "decide",
    "simp",
    "simp_all",
    "omega",
    "intros; assumption",
    "intros; contradiction",
    "intros; rfl",
    "intros; simp_all",
    "constructor <;> assumption",
    "constructor <;> simp_all",
    "left; assumption",
    "right; assumption",
    "exact ⟨_, rfl⟩",
    "funext x; simp_all",
    "symm; assumption",
)
"""The fixed list, in the order in which it is tried: nothing of it looks at the problem."""

NAIVE = "intros\nrepeat' first | apply And.intro | apply Iff.intro\nall_goals first\n" + "\n".join(
    [*(f"| ({script}; done)" for script in FLOOR), "| skip"]
)
"""The fixed list for each part of a statement: what it proves is worth nothing where parts are paid."""

_CLOSERS = (
    "rfl",
    "assumption",
    "contradiction",
    "decide",
    "(simp_all; done)",
    "omega",
    "(constructor <;> simp_all; done)",
)
"""What may close a goal; `done` fails where simplifying leaves something, so that the next one is tried."""
_STARTS = ("intros", "constructor", "left", "right", "exfalso", "split", "funext x")
_WITNESSES = range(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a policy found."""

    proof: str | None
    """The first proof; None: none was found."""
    tries: int
    """Calls of `verify`."""


def floor(problem: LeanProblem, verify: Verify) -> Attempt:
    """Try the fixed list."""
    return _first(iter(FLOOR), verify, len(FLOOR))


def search(problem: LeanProblem, verify: Verify, budget: int = 200, depth: int = 3) -> Attempt:
    """Try compositions of tactics breadth first: the shorter ones first, each closed by whatever closes a goal.

    Args:
        problem: What to prove.
        verify: Whether lines behind `:= by` are a proof.
        budget: Most calls of `verify`.
        depth: Most tactics before the closing ones.
    """
    return _first(candidates(problem, depth), verify, budget)


def candidates(problem: LeanProblem, depth: int) -> Iterator[str]:
    """Yield the scripts of the search in its order."""
    closers = _closers(problem)
    closing = f"(first | {' | '.join(closers)})"
    yield from closers
    for witness in _WITNESSES:
        yield f"exact ⟨{witness}, by {closing}⟩"
    starts = [*_STARTS, *_about_binders(problem)]
    for length in range(1, depth + 1):
        for chosen in itertools.product(starts, repeat=length):
            if all(first != second for first, second in itertools.pairwise(chosen)):
                yield " <;> ".join([*chosen, closing])


def _closers(problem: LeanProblem) -> list[str]:
    """Return what may close a goal; the task's own definitions are unfolded, and hypotheses applied."""
    own = [name for name in defined_names(problem.header) if re.search(rf"\bdef {re.escape(name)}\b", problem.header)]
    unfolding = f"simp_all [{', '.join(own)}]" if own else "simp_all"
    return [*_CLOSERS, *([f"({unfolding}; done)"] if own else []), f"({unfolding} <;> omega)"]


def _about_binders(problem: LeanProblem) -> list[str]:
    """Return the tactics that take something from the statement: cases of a hypothesis, induction on a variable."""
    found = binders(problem.signature)
    uses = [f"exact {name}" for name, _ in found] + [f"apply {name}" for name, kind in found if "→" in kind]
    rewrites = [f"{tactic} [{name}]" for name, kind in found if "=" in kind for tactic in ("rw", "simp")]
    inductions = [f"induction {name}" for name, kind in found if kind != "Prop"]
    cases = [f"by_cases h{name} : {name}" if kind == "Prop" else f"cases {name}" for name, kind in found]
    return [*uses, *cases, *inductions, *rewrites]


def _first(scripts: Iterator[str], verify: Verify, budget: int) -> Attempt:
    tries = 0
    for script in itertools.islice(scripts, budget):
        tries += 1
        if verify(script):
            return Attempt(proof=script, tries=tries)
    return Attempt(proof=None, tries=tries)
