"""Genes to choose from, each told by a few features of one of its diseases: reading comprehension for small models.

All candidates come from one split and their features are drawn in one way, so without the patient nothing tells the
right one from the others, and they are shuffled anew in each episode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from envs.core import VerifierError
from envs.genes.cases import Term, diseases_by_term, features_of
from envs.genes.hpo import Hpo
from envs.genes.prompt import Candidate

_TRIES = 500


class CandidateMaker:
    """Draws candidates.

    Args:
        hpo: The ontology.
        count: Candidates in all.
        hints: Features told of each.
        near: Whether the others must share a feature with the patient's disease (harder), or must not be told to have
            any feature of the patient (easier).
    """

    def __init__(self, hpo: Hpo, count: int, hints: int, near: bool) -> None:
        self.hpo = hpo
        self.count = count
        self.hints = hints
        self.near = near

    def hint_terms(self, disease_id: str, rng: np.random.Generator) -> list[str]:
        """Draw features of a disease, frequent ones before others."""
        frequencies = features_of(self.hpo, disease_id)
        terms = sorted(frequencies)
        chances = np.array([frequencies[term] for term in terms])
        count = min(self.hints, len(terms))
        return [terms[int(index)] for index in rng.choice(len(terms), count, replace=False, p=chances / chances.sum())]

    def others(
        self,
        gene: str,
        disease_id: str,
        hints: Sequence[str],
        present: Sequence[str],
        pool: Mapping[str, Sequence[str]],
        rng: np.random.Generator,
    ) -> list[Candidate]:
        """Draw the candidates that are not the answer.

        Args:
            gene: The answer.
            disease_id: Its disease.
            hints: What is told of it: of each other candidate there is told as much.
            present: Features of the patient.
            pool: Genes of the split, with the diseases that they are told by.
            rng: Draws everything.

        Raises:
            VerifierError: There are not enough genes that are unlike the answer.
        """
        found: dict[str, Candidate] = {}
        diseases = set(self.hpo.genes[gene])
        genes = list(pool)
        for _ in range(_TRIES):
            if len(found) == self.count - 1:
                return list(found.values())
            other = self._near_gene(disease_id, rng) if self.near else genes[int(rng.integers(len(genes)))]
            if other not in pool or other == gene or other in found or diseases & set(self.hpo.genes[other]):
                continue
            linked = pool[other]
            terms = self.hint_terms(linked[int(rng.integers(len(linked)))], rng)
            said = set().union(*(self.hpo.ancestors(term) for term in terms))
            if len(terms) != len(hints) or (not self.near and said & set(present)):
                continue
            found[other] = self.candidate(other, terms)
        raise VerifierError(f"no {self.count} candidates could be found for {gene}: its split holds {len(pool)} genes")

    def candidate(self, gene: str, terms: Sequence[str]) -> Candidate:
        """Return a candidate with the names of its features."""
        return Candidate(gene=gene, features=tuple(Term(term, self.hpo.labels[term]) for term in terms))

    def _near_gene(self, disease_id: str, rng: np.random.Generator) -> str:
        terms = self.hint_terms(disease_id, rng)
        related = diseases_by_term(self.hpo).get(terms[0], ()) if terms else ()
        if not related:
            return ""
        genes = self.hpo.genes_of[related[int(rng.integers(len(related)))]]
        return genes[int(rng.integers(len(genes)))]
