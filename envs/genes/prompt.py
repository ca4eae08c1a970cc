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

_OFFER = "It names {count} of these genes: {genes}."

_SECTION = re.compile(r"^(Symptoms|Absent): (.*)$", re.MULTILINE)
_OFFERED = re.compile(r"of these genes: (.*)\.$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A gene that is offered, with some features of one of its diseases: a solved case, in the prompt."""

    gene: str
    features: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    """What a prompt tells of a case."""

    present: tuple[str, ...]
    """Labels of the features."""
    absent: tuple[str, ...]
    candidates: tuple[str, ...]
    """Genes that are offered, by name; empty: any gene may be the answer."""


def conversation(case: Case, candidates: Sequence[Candidate], max_items: int, shots: bool) -> tuple[Message, ...]:
    """Return the prompt of a case.

    Args:
        case: The patient.
        candidates: Genes to choose from, each told by a solved case; empty: any gene may be the answer.
        max_items: Longest list that is an answer.
        shots: Whether a solved example stands before a case without candidates.
    """
    if candidates:
        solved = [turn for candidate in candidates for turn in _solved(_told(candidate.features), candidate.gene)]
        genes = ", ".join(sorted(candidate.gene for candidate in candidates))  # in another order than the solved cases
        offer = _OFFER.format(count="one" if max_items == 1 else f"up to {max_items}, best first,", genes=genes)
        system = Message(role="system", content=f"{SYSTEM} {offer}")
        return (system, *solved, Message(role="user", content=case_text(case)))
    example = _solved(question_text(_EXAMPLE, max_items), _EXAMPLE.gene) if shots else ()
    question = Message(role="user", content=question_text(case, max_items))
    return (Message(role="system", content=SYSTEM), *example, question)


def question_text(case: Case, max_items: int) -> str:
    """Return the words of a case and what is asked about it, where any gene may be the answer."""
    ask = f"List the genes that most likely cause this, best first, at most {max_items}: "
    form = '{"genes": ["...", ...], "explanation": "..."}; the explanation may be left out.'
    return f"{case_text(case)}\n{ask}{form}"


def case_text(case: Case) -> str:
    """Return the words of a case."""
    lines = [f"Patient: {patient(case)}."]
    if case.present:
        lines.append(_told(case.present))
    if case.absent:
        lines.append(f"Absent: {_labels(case.absent)}")
    return "\n".join(lines)


def patient(case: Case) -> str:
    """Return age and sex in words, as exactly as they are told."""
    return f"{case.age or 'age not stated'}, {case.sex or 'sex not stated'}"


def read_case(prompt: Sequence[Message]) -> ReadCase:
    """Read the last case of a conversation back."""
    told = [message.content for message in prompt if message.role == "user" and message.content.startswith("Patient: ")]
    text = told[-1] if told else ""
    sections = {name: tuple(content.split("; ")) for name, content in _SECTION.findall(text)}
    offer = next((_OFFERED.search(message.content) for message in prompt if message.role == "system"), None)
    return ReadCase(
        present=sections.get("Symptoms", ()),
        absent=sections.get("Absent", ()),
        candidates=tuple(offer[1].split(", ")) if offer else (),
    )


def _told(present: Sequence[Term]) -> str:
    return f"Symptoms: {_labels(present)}"


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
EXAMPLE_GENE = _EXAMPLE.gene
"""Gene of the solved example: never the answer of a task that shows it."""


def _solved(text: str, gene: str) -> tuple[Message, Message]:
    return Message(role="user", content=text), Message(role="assistant", content=json.dumps({"genes": [gene]}))
