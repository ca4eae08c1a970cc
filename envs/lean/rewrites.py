"""Gold proofs in other words: harmless ones that must be paid as much, and spoilt ones that must not be paid at all."""

from __future__ import annotations

from collections.abc import Mapping

from envs.fences import in_fence
from envs.lean.extract import fenced
from envs.lean.tasks import LeanProblem


def harmless_rewrites(problem: LeanProblem) -> Mapping[str, str]:
    """Return answers that hold the gold proof."""
    gold = problem.gold or ""
    indented = "\n".join(f"    {line}" if line.strip() else line for line in gold.split("\n"))
    stated = f"{problem.header}\n\n{problem.statement}" if problem.header else problem.statement
    return {
        "without a fence": gold,
        "behind words": f"The proof is short.\n\n{fenced(gold)}\n\nThat closes the goal.",
        "after a first attempt": f"{fenced('skip')}\nThat leaves the goal open. Better:\n{fenced(gold)}",
        "as a term": fenced(f"by\n{indented}"),
        "behind the statement": fenced(f"{stated} := by\n{indented}"),
        "with comments": fenced(f"-- sorry, a comment\n/- axiom, /- nested -/ -/\n{gold}\n-- QED"),
        "with blank lines": fenced(f"\n\n{gold}\n\n"),
        "in another fence": in_fence(gold, "lean4"),
        "under focus": fenced("· " + indented.replace("\n", "\n  ")[4:] if "\n" not in gold else f"focus\n{indented}"),
    }


def harmful_rewrites(problem: LeanProblem) -> Mapping[str, str]:
    """Return answers in which the gold proof is spoilt."""
    gold = problem.gold or ""
    lines = gold.split("\n")
    return {
        "nothing done": fenced("skip"),
        "one step too many": fenced(f"{gold}\nexact trivial"),
        "an unknown lemma first": fenced(f"have assay_step := assay_no_such_lemma\n{gold}"),
        "the end given up": fenced("\n".join([*lines[:-1], f"{_indent(lines[-1])}fail"])),
        "another theorem": fenced(f"theorem {problem.name} : True := by\n  trivial"),
        "for the fence of another language": in_fence(gold, "python"),
        "fence never closed": f"```lean\n{gold}",
    }


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
