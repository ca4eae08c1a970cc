"""A patient as a case report tells of one, and patients made up from what the ontology says of a disease.

A made-up patient has each feature of the disease as often as it is annotated, a few that have nothing to do with it,
and features that were looked for and not found. What is looked for is drawn from the diseases that share a feature
with the patient, the true one no more than the others, and answered by the true one's frequencies. So an absent feature
speaks against the diseases that have it and says nothing else.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from envs.genes.hpo import Disease, Hpo

AGES = ("newborn", "infant", "child", "adolescent", "adult", "elderly adult")
"""As exactly as an age is ever told: an exact one could be looked up in the paper."""

MIN_FEATURES = 3
"""Fewest features of the disease that a made-up patient has."""

_ONSETS = {
    "HP:0030674": "newborn", "HP:0011461": "newborn", "HP:0003577": "newborn", "HP:0003623": "newborn",
    "HP:0034197": "newborn", "HP:0034198": "newborn", "HP:0034199": "newborn", "HP:0003593": "infant",
    "HP:0011463": "child", "HP:0003621": "adolescent", "HP:0011462": "adult", "HP:0003581": "adult",
    "HP:0025708": "adult", "HP:0025709": "adult", "HP:0025710": "adult", "HP:0003596": "adult",
    "HP:0003584": "elderly adult",
}  # fmt: skip
_MALE_ONLY = {"HP:0001419", "HP:0001450"}
"""X-linked recessive and Y-linked inheritance."""

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?")


class Term(NamedTuple):
    """A feature of a patient."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient. Only age, sex and features are ever shown."""

    gene: str
    present: tuple[Term, ...]
    absent: tuple[Term, ...]
    age: str | None = None
    """One of `AGES`; None: not stated."""
    sex: str | None = None
    """`female` or `male`; None: not stated."""
    case_id: str = ""
    disease: str = ""
    cohort: str = ""
    paper: str | None = None


def age_band(duration: str) -> str | None:
    """Return the band of an age such as `P4Y6M`, or None if it is not a duration in ISO 8601."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    total_years = years + months / 12 + weeks / 52 + days / 365
    limits = ((28 / 365, "newborn"), (1.0, "infant"), (12.0, "child"), (18.0, "adolescent"), (65.0, "adult"))
    return next((name for limit, name in limits if total_years < limit), AGES[-1])


class CaseMaker:
    """Makes up patients.

    Args:
        hpo: The ontology.
        noise: Expected number of features that have nothing to do with the disease.
        absent: Expected number of features that are looked for.
        features: Features of the disease at most.
    """

    def __init__(self, hpo: Hpo, noise: float, absent: float, features: int) -> None:
        self.hpo = hpo
        self.features = features
        self.noise = noise
        self.absent = absent

    def make(self, disease_id: str, gene: str, rng: np.random.Generator, certain: Sequence[str] = ()) -> Case:
        """Make up a patient with a disease.

        Args:
            disease_id: The disease.
            gene: Its gene.
            rng: Draws everything.
            certain: Features that the patient has whatever the draw.
        """
        disease = self.hpo.disease(disease_id)
        sex = "MALE" if _MALE_ONLY & set(disease.inheritance) else str(rng.choice(["FEMALE", "MALE"]))
        frequencies = features_of(self.hpo, disease_id, sex)
        present = dict.fromkeys(certain)
        present.update(dict.fromkeys(_draw_present(frequencies, rng, present, self.features)))
        has = self.hpo.closure(frequencies)
        for term in self._noise(has, rng):
            present[term] = None
        absent: dict[str, None] = {}
        for question in self._questions(list(present), rng):
            above = set().union(*(self.hpo.ancestors(term) for term in present))
            if question in above or question in absent:
                continue
            if rng.random() < has.get(question, 0.0):
                present[question] = None
                absent = {term: None for term in absent if term not in self.hpo.ancestors(question)}
            else:
                absent[question] = None
        absent = {term: None for term in absent if not self.hpo.ancestors(term) & (absent.keys() - {term})}
        return Case(
            gene=gene,
            present=self._terms(present, rng),
            absent=self._terms(absent, rng),
            age=_draw_age(disease, rng),
            sex=sex.lower(),
            disease=disease_id,
        )

    def _terms(self, terms: Mapping[str, None], rng: np.random.Generator) -> tuple[Term, ...]:
        order = sorted(terms)
        return tuple(Term(order[index], self.hpo.labels[order[index]]) for index in rng.permutation(len(order)))

    def _noise(self, has: Mapping[str, float], rng: np.random.Generator) -> list[str]:
        drawn = [_draw_disease(self.hpo, rng) for _ in range(int(rng.poisson(self.noise)))]
        terms = [_draw_feature(self.hpo, disease, rng) for disease in drawn]
        return [term for term in terms if term is not None and term not in has]

    def _questions(self, present: Sequence[str], rng: np.random.Generator) -> list[str]:
        """Return what is looked for in a patient: features of diseases that would explain one of the features."""
        questions = []
        explains = diseases_by_term(self.hpo)
        for _ in range(int(rng.poisson(self.absent)) if present else 0):
            suspects = explains.get(present[int(rng.integers(len(present)))], ())
            if not suspects:
                continue
            feature = _draw_feature(self.hpo, suspects[int(rng.integers(len(suspects)))], rng)
            if feature is not None:
                questions.append(feature)
        return questions


@functools.lru_cache(maxsize=8192)
def features_of(hpo: Hpo, disease_id: str, sex: str | None = None) -> Mapping[str, float]:
    """Return how often each feature of a disease is seen, in patients of one sex or of both."""
    return usable(hpo, hpo.disease(disease_id).frequencies(sex=sex))


def usable(hpo: Hpo, frequencies: Mapping[str, float]) -> dict[str, float]:
    """Return the features that a patient may be said to have: current abnormalities that do occur."""
    found = {}
    for term_id, frequency in frequencies.items():
        term = hpo.term(term_id)
        if term is not None and frequency > 0 and hpo.is_abnormality(term):
            found[term] = frequency
    return found


@functools.cache
def diseases_by_term(hpo: Hpo) -> Mapping[str, tuple[str, ...]]:
    """Return term -> the diseases with a known gene that are annotated with it."""
    found: dict[str, list[str]] = defaultdict(list)
    for disease_id in hpo.genes_of:
        for term in dict.fromkeys(row.term for row in hpo.disease(disease_id).rows if row.frequency > 0):
            found[term].append(disease_id)
    return {term: tuple(diseases) for term, diseases in found.items()}


def _draw_present(
    frequencies: Mapping[str, float], rng: np.random.Generator, already: Collection[str], most: int
) -> list[str]:
    terms = sorted(frequencies.keys() - already)
    chances = np.array([frequencies[term] for term in terms])
    drawn = [int(index) for index in np.flatnonzero(rng.random(len(terms)) < chances)]
    rng.shuffle(drawn)
    missing = MIN_FEATURES - len(already) - len(drawn)
    if missing > 0:
        order = np.argsort(-chances + 1e-6 * rng.random(len(terms)), kind="stable")
        drawn += [int(index) for index in order if index not in drawn][:missing]
    return [terms[index] for index in drawn[: max(0, most - len(already))]]


def _draw_disease(hpo: Hpo, rng: np.random.Generator) -> str:
    diseases = _diseases_with_genes(hpo)
    return diseases[int(rng.integers(len(diseases)))]


@functools.cache
def _diseases_with_genes(hpo: Hpo) -> tuple[str, ...]:
    return tuple(hpo.genes_of)


def _draw_feature(hpo: Hpo, disease_id: str, rng: np.random.Generator) -> str | None:
    frequencies = features_of(hpo, disease_id)
    if not frequencies:
        return None
    terms = sorted(frequencies)
    chances = np.array([frequencies[term] for term in terms])
    return terms[int(rng.choice(len(terms), p=chances / chances.sum()))]


def _draw_age(disease: Disease, rng: np.random.Generator) -> str | None:
    known = [_ONSETS[onset] for onset in disease.onsets if onset in _ONSETS]
    if not known:
        return None
    first = AGES.index(known[int(rng.integers(len(known)))])
    return AGES[min(first + int(rng.integers(3)), len(AGES) - 2 if first < len(AGES) - 1 else first)]
