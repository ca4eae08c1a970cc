"""Parts of a case, to see what an answer rests on: the leak audit asks every policy about each of them.

`absent` shows nothing but what a patient does not have; `shuffled` shows such a list of another patient. A policy that
finds the gene by the first and not by the second has learned what its list was made from: of a list that was written
down before the diagnosis, neither should name the gene. A neutralised list keeps nothing that gives its cohort away.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from envs.datasets import content_hash
from envs.genes.cases import Case, Term
from envs.genes.hpo import ROOT, Hpo

Reading = Literal["full", "present", "absent", "shuffled", "full_shuffled"]
READINGS: tuple[Reading, ...] = get_args(Reading)


def read_as(case: Case, reading: Reading, other: Case | None = None) -> Case:
    """Return what a reading shows of a case.

    Args:
        case: The case.
        reading: `full`; `present` or `absent` features only; `shuffled`: the absent ones of another patient and nothing
            else; `full_shuffled`: the present ones, and the absent ones of another patient.
        other: The other patient.
    """
    if reading == "full":
        return case
    if reading == "present":
        return replace(case, absent=())
    if reading == "absent":
        return replace(case, present=())
    assert other is not None  # the shuffled readings are made of two cases
    if reading == "shuffled":
        return replace(case, absent=other.absent, present=())
    have = {term.id for term in case.present}
    return replace(case, absent=tuple(term for term in other.absent if term.id not in have))


def shuffled_partners(cases: Sequence[Case]) -> dict[str, Case]:
    """Return case id -> a case of another gene that has absent features, always the same one."""
    donors = sorted((case for case in cases if case.absent), key=lambda case: content_hash("donor " + case.case_id))
    partners: dict[str, Case] = {}
    for case in cases:
        rng = _rng("partner", case)
        others = (donors[int(index)] for index in rng.integers(len(donors), size=64)) if donors else ()
        partner = next((other for other in others if other.gene != case.gene), None)
        partners[case.case_id] = partner or replace(case, absent=(), present=())
    return partners


def neutralise(cases: Sequence[Case], everyone: Sequence[Case], hpo: Hpo) -> list[Case]:
    """Return the cases with absent lists that do not give their cohort away.

    An absent feature stays only if no other case of the cohort has it, or anything more special, present. For each that
    goes, one is added that was looked for in other patients, in organ systems of which the case says nothing.

    Args:
        cases: The cases.
        everyone: All that is known of their cohorts, the cases among them.
        hpo: The ontology.
    """
    having: Mapping[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case in everyone:
        for term in case.present:
            for above in hpo.ancestors(term.id):
                having[case.cohort][above].add(case.case_id)
    pool: dict[frozenset[str], list[Term]] = defaultdict(list)
    for term in sorted({term for case in cases for term in case.absent}):
        pool[organ_systems(hpo, term.id)].append(term)

    @functools.cache
    def elsewhere(said: frozenset[str]) -> list[Term]:
        return [term for systems, terms in pool.items() if systems and not systems & said for term in terms]

    neutral = []
    for case in cases:
        kept = [term for term in case.absent if not having[case.cohort][term.id] - {case.case_id}]
        told = (*case.present, *case.absent)
        allowed = elsewhere(frozenset().union(*(organ_systems(hpo, term.id) for term in told)))
        rng = _rng("neutralise", case)
        count = min(len(case.absent) - len(kept), len(allowed))
        added = [allowed[int(index)] for index in rng.choice(len(allowed), count, replace=False)] if count else []
        absent = [*kept, *added]
        neutral.append(replace(case, absent=tuple(absent[int(index)] for index in rng.permutation(len(absent)))))
    return neutral


@functools.lru_cache(maxsize=32768)
def organ_systems(hpo: Hpo, term: str) -> frozenset[str]:
    """Return the branches right below `ROOT` that a term stands in; none where the ontology does not know it."""
    known = hpo.term(term) or term
    return frozenset(above for above in hpo.ancestors(known) if ROOT in hpo.parents.get(above, ()))


def cohort_share(cases: Sequence[Case], everyone: Sequence[Case]) -> float:
    """Return the share of the cases' absent features that another case of the same gene, of all, has present."""
    having: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case in everyone:
        for term in case.present:
            having[case.gene][term.id].add(case.case_id)
    seen = [bool(having[case.gene][term.id] - {case.case_id}) for case in cases for term in case.absent]
    return sum(seen) / len(seen) if seen else 0.0


def _rng(what: str, case: Case) -> np.random.Generator:
    return np.random.default_rng(int(content_hash(f"{what} {case.case_id or terms_text(case.present)}")[:16], 16))


def terms_text(terms: Sequence[Term]) -> str:
    """Return terms as one text, for hashing."""
    return " ".join(term.id for term in terms)
