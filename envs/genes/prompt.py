"""The words in which a case is told, and the same words read back by policies that are no language models.

Nothing by which a case could be looked up is ever told: no id, no paper, no cohort, no exact age.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from envs.core import Message
from envs.genes.cases import Case, Term

SYSTEM = "You are a clinical geneticist. You answer with one JSON object and nothing else."

_SECTION = re.compile(r"^(Symptoms|Absent): (.*)$", re.MULTILINE)
_CANDIDATE = re.compile(r"^- ([^:\n]+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A gene that is offered, with some features of one of its diseases."""

    gene: str
    features: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    """What a prompt tells of a case."""

    present: tuple[str, ...]
    """Labels of the features."""
    absent: tuple[str, ...]
    candidates: tuple[str, ...]
    """Genes that are offered, in their order; empty: any gene may be the answer."""


def conversation(case: Case, candidates: Sequence[Candidate], max_items: int, shots: bool) -> tuple[Message, ...]:
    """Return the prompt of a case.

    Args:
        case: The patient.
        candidates: Genes to choose from; empty: any.
        max_items: Longest list that is an answer.
        shots: Whether a solved example stands before it.
    """
    example = example_turns(bool(candidates), max_items) if shots else ()
    question = Message(role="user", content=question_text(case, candidates, max_items))
    return (Message(role="system", content=SYSTEM), *example, question)


def question_text(case: Case, candidates: Sequence[Candidate], max_items: int) -> str:
    """Return the words of a case and what is asked about it."""
    lines = [f"Patient: {patient(case)}."]
    if case.present:
        lines.append(f"Symptoms: {_labels(case.present)}")
    if case.absent:
        lines.append(f"Absent: {_labels(case.absent)}")
    if candidates:
        lines += [f"- {candidate.gene}: {_labels(candidate.features)}" for candidate in candidates]
        listed = json.dumps({"genes": [candidate.gene for candidate in candidates]})
        lines.append(f"Rank these genes, best match first: {listed}")  # spelt as the answer is: small models copy it
    else:
        lines.append(
            f"List the genes that most likely cause this, best first, at most {max_items}: "
            '{"genes": ["...", ...], "explanation": "..."}; the explanation may be left out.'
        )
    return "\n".join(lines)


def patient(case: Case) -> str:
    """Return age and sex in words, as exactly as they are told."""
    return f"{case.age or 'age not stated'}, {case.sex or 'sex not stated'}"


def read_case(prompt: Sequence[Message]) -> ReadCase:
    """Read the last question of a conversation back."""
    text = next((message.content for message in reversed(prompt) if message.role == "user"), "")
    sections = {name: tuple(content.split("; ")) for name, content in _SECTION.findall(text)}
    return ReadCase(
        present=sections.get("Symptoms", ()),
        absent=sections.get("Absent", ()),
        candidates=tuple(gene for gene, _ in _CANDIDATE.findall(text)),
    )


def _labels(terms: Sequence[Term]) -> str:
    return "; ".join(term.label for term in terms)


def _terms(*labels: str) -> tuple[Term, ...]:
    return tuple(Term("", label) for label in labels)


_EXAMPLE = Case(
    gene="CFTR",
    present=_terms("Recurrent respiratory infections", "Exocrine pancreatic insufficiency"),
    absent=_terms("Seizure"),
    age="child",
    sex="female",
)
_EXAMPLE_CANDIDATES = (
    Candidate(gene="HBB", features=_terms("Anemia", "Splenomegaly")),
    Candidate(gene="CFTR", features=_terms("Exocrine pancreatic insufficiency", "Bronchiectasis")),
    Candidate(gene="MECP2", features=_terms("Seizure", "Loss of speech")),
)
EXAMPLE_GENES = frozenset(candidate.gene for candidate in _EXAMPLE_CANDIDATES)
"""Genes of the solved example: none of them is ever the answer of a task that shows it."""


def example_turns(candidates: bool, max_items: int) -> tuple[Message, Message]:
    """Return a solved example: it shows a small model the form of an answer."""
    question = question_text(_EXAMPLE, _EXAMPLE_CANDIDATES if candidates else (), max_items)
    answer = '{"genes": ["CFTR", "HBB", "MECP2"]}' if candidates else '{"genes": ["CFTR"]}'
    return Message(role="user", content=question), Message(role="assistant", content=answer)
