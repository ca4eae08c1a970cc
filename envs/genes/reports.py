"""Real case reports from a file: read strictly, made comparable, and divided so that no split knows another's answers.

A line is `{"id", "gene", "present": [[HPO id, label], ...], "absent"?: [...], "sex"?, "age"?, "pmid"?, "disease"?,
"cohort"?}`; other keys are left aside. The file is public: see the page of the environment for how to get it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.core import ConfigError, Split
from envs.datasets import content_hash, split_by_hash
from envs.genes.cases import Case, Term, age_band
from envs.genes.hpo import Hpo
from envs.genes.symbols import GeneSymbols
from envs.jsonl import Record, shown, stream_records

_SEXES = {"FEMALE": "female", "MALE": "male", "UNKNOWN_SEX": None, "OTHER_SEX": None}
_TERM_ID = re.compile(r"HP:\d{7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """What a file of case reports holds."""

    cases: tuple[Case, ...]
    everyone: tuple[Case, ...]
    """These and those that were left out: what a cohort is known to have."""
    splits: Mapping[str, Split]
    """By the id of the case."""
    new_genes: frozenset[str]
    """Genes of which the ontology's gene table knows nothing; all their cases are held out."""
    dropped: Mapping[str, int]
    """Cases that were left out, by reason."""


def read_reports(path: str | Path, hpo: Hpo, symbols: GeneSymbols, per_gene: int | None) -> Reports:
    """Read a file of case reports, plain JSON Lines or gzipped.

    Of cases with the same gene and the same features one is kept; then at most `per_gene` of each gene, by a hash of
    their ids. What is connected by a gene, a paper or a disease goes into one split; 50/15/35 % of such components are
    train, validation and held-out, by a hash of their names.

    Raises:
        ConfigError: The file cannot be read, a line is malformed (with its number), or no case is left.
    """
    cases = _read(path, symbols)
    dropped: Counter[str] = Counter()
    kept = _capped(_distinct(cases, dropped), per_gene, dropped)
    if not kept:
        raise ConfigError(f"{path} holds no case that can be used ({dict(dropped) or 'it holds no line'})")
    new_genes = frozenset(case.gene for case in kept) - hpo.genes.keys()
    components = connected(kept)
    held_out = {components[case.case_id] for case in kept if case.gene in new_genes}
    divided = split_by_hash(dict.fromkeys(set(components.values()) - held_out, "all"))
    splits: dict[str, Split] = {case.case_id: divided.get(components[case.case_id], "heldout") for case in kept}
    return Reports(cases=tuple(kept), everyone=tuple(cases), splits=splits, new_genes=new_genes, dropped=dict(dropped))


def _read(path: str | Path, symbols: GeneSymbols) -> list[Case]:
    cases: list[Case] = []
    lines: dict[str, int] = {}
    for record in stream_records(path):
        case = _case(record, symbols)
        if case.case_id in lines:
            record.fail("id", f"{case.case_id!r} is the id of line {lines[case.case_id]} too")
        lines[case.case_id] = record.line
        cases.append(case)
    return cases


def connected(cases: Iterable[Case]) -> dict[str, str]:
    """Return case id -> the name of its component: cases that share a gene, a paper or a disease are in one."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        above.setdefault(name, name)
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    cases = list(cases)
    for case in cases:
        for link in (case.paper, case.disease):
            if link:
                first, second = sorted((top(f"gene {case.gene}"), top(link)))
                above[first] = second
    genes = defaultdict(list)
    for case in cases:
        genes[top(f"gene {case.gene}")].append(case.gene)
    return {case.case_id: min(genes[top(f"gene {case.gene}")]) for case in cases}


def _distinct(cases: Iterable[Case], dropped: Counter[str]) -> list[Case]:
    seen = set()
    kept = []
    for case in cases:
        features = (case.gene, frozenset(term.id for term in case.present), frozenset(term.id for term in case.absent))
        if not case.present:
            dropped["no present feature"] += 1
        elif features in seen:
            dropped["same gene and features as another"] += 1
        else:
            seen.add(features)
            kept.append(case)
    return kept


def _capped(cases: Sequence[Case], per_gene: int | None, dropped: Counter[str]) -> list[Case]:
    if per_gene is None:
        return list(cases)
    by_gene: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: content_hash(case.case_id)):
        by_gene[case.gene].append(case)
    kept = {case.case_id for group in by_gene.values() for case in group[:per_gene]}
    dropped[f"more than {per_gene} of one gene"] += len(cases) - len(kept)
    return [case for case in cases if case.case_id in kept]


def _case(record: Record, symbols: GeneSymbols) -> Case:
    gene = symbols.resolve(record.text("gene"))
    if gene is None:
        record.fail("gene", f"{record.fields['gene']!r} is not the symbol of one gene")
    sex = record.choice("sex", tuple(_SEXES)) or "UNKNOWN_SEX"
    age = record.optional_text("age")
    if age is not None and age_band(age) is None:
        record.fail("age", f"must be a duration such as 'P4Y6M' or null, got {shown(age)}")
    case_id = record.text("id")
    present, absent = (_shuffled(_terms(record, field), case_id) for field in ("present", "absent"))
    both = {term.id for term in present} & {term.id for term in absent}
    if both:
        record.fail("absent", f"{min(both)} is said to be present too")
    return Case(
        gene=gene,
        present=present,
        absent=absent,
        age=None if age is None else age_band(age),
        sex=_SEXES[sex],
        case_id=case_id,
        disease=record.optional_text("disease") or "",
        cohort=record.optional_text("cohort") or gene,
        paper=record.optional_text("pmid"),
    )


def _shuffled(terms: Sequence[Term], case_id: str) -> tuple[Term, ...]:
    """Return terms in an order of the case's own: that of the file may be the order of a paper's table."""
    return tuple(sorted(terms, key=lambda term: content_hash(f"{case_id} {term.id}")))


def _terms(record: Record, field: str) -> tuple[Term, ...]:
    value: Any = record.fields.get(field, [] if field == "absent" else None)
    if not isinstance(value, list):
        record.fail(field, f"must be a list of [id, label], got {shown(value)}")
    terms: dict[str, Term] = {}
    for pair in value:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            record.fail(field, f"must hold pairs [id, label], got {shown(pair)}")
        term_id, label = pair
        if not _TERM_ID.fullmatch(term_id):
            record.fail(field, f"{term_id!r} is not an id such as 'HP:0001250'")
        plain = " ".join(label.replace(";", ",").split())
        if not plain:
            record.fail(field, f"{term_id} has no label")
        terms.setdefault(term_id, Term(term_id, plain))
    return tuple(terms.values())
