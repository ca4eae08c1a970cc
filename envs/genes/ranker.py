"""A ranking without any language model: how likely each disease makes what was seen and what was looked for.

P(feature | disease) is the annotated frequency of the feature or of anything below it; a feature that is annotated only
in a vaguer form counts by that form, at a discount; anything may also be there by chance. Background rates are the
means over all diseases. Features count as independent, diseases as equally likely; a gene is as likely as the likeliest
of its diseases. What an absent feature means can be chosen: evidence against (its clinical meaning), evidence for (what
leaked lists invite), or nothing.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from envs.core import Message
from envs.genes.attacks import answer
from envs.genes.cases import features_of, usable
from envs.genes.hpo import Hpo
from envs.genes.prompt import read_case

AbsentMeans = Literal["negative", "positive", "nothing"]
ABSENT_MEANINGS: tuple[AbsentMeans, ...] = get_args(AbsentMeans)

CHANCE = 0.02
"""How much of the background rate is left for features that the disease does not explain."""
VAGUE = 0.5
"""What a vaguer annotation counts."""

Floats = npt.NDArray[np.float64]


class Ranker:
    """Ranks genes by likelihood.

    Args:
        hpo: The ontology.
    """

    def __init__(self, hpo: Hpo) -> None:
        self.hpo = hpo
        self.diseases = tuple(hpo.genes_of)
        self._place = {disease_id: index for index, disease_id in enumerate(self.diseases)}
        self.genes = tuple(sorted(hpo.genes))
        places = {gene: index for index, gene in enumerate(self.genes)}
        links = [(index, places[gene]) for index, disease in enumerate(self.diseases) for gene in hpo.genes_of[disease]]
        self._disease_of_link, self._gene_of_link = (np.array(column) for column in zip(*links, strict=True))
        columns: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for index, disease_id in enumerate(self.diseases):
            for term, frequency in hpo.closure(features_of(hpo, disease_id)).items():
                columns[term].append((index, frequency))
        self._columns = {
            term: (np.array([index for index, _ in column]), np.array([frequency for _, frequency in column]))
            for term, column in columns.items()
        }
        least = 0.5 / len(self.diseases)
        self.background = {
            term: min(1 - least, max(least, float(column[1].sum()) / len(self.diseases)))
            for term, column in self._columns.items()
        }
        self._least = least
        self.ratio = functools.lru_cache(maxsize=1024)(self._ratio)
        self.against = functools.lru_cache(maxsize=1024)(self._against)

    def rank(
        self,
        present: Sequence[str],
        absent: Sequence[str] = (),
        *,
        absent_means: AbsentMeans = "negative",
        among: Sequence[str] = (),
        limit: int | None = None,
        without: tuple[str, str] | None = None,
    ) -> list[str]:
        """Return genes, the likeliest first; ties are in the order of their symbols.

        Args:
            present: Terms that were seen.
            absent: Terms that were looked for and not seen.
            absent_means: What those mean.
            among: Genes to rank; empty: all.
            limit: Genes to return at most.
            without: A disease and a paper: what the paper says of this disease is not used.
        """
        scores = self.scores(present, absent, absent_means=absent_means, without=without)
        order = np.argsort(-scores, kind="stable")
        if among:
            wanted = set(among)
            return [gene for gene in (self.genes[index] for index in order) if gene in wanted][:limit]
        return [self.genes[index] for index in order[:limit]]

    def scores(
        self,
        present: Sequence[str],
        absent: Sequence[str] = (),
        *,
        absent_means: AbsentMeans = "negative",
        without: tuple[str, str] | None = None,
    ) -> Floats:
        """Return the log-likelihood of every gene, relative to the background."""
        seen = [*present, *(absent if absent_means == "positive" else ())]
        denied = absent if absent_means == "negative" else ()
        scores = np.zeros(len(self.diseases))
        for term in seen:
            scores += self.ratio(term)
        for term in denied:
            scores += self.against(term)
        if without is not None and without[0] in self._place:
            scores[self._place[without[0]]] = self._score_without(seen, denied, *without)
        genes: Floats = np.full(len(self.genes), -np.inf)
        np.maximum.at(genes, self._gene_of_link, scores[self._disease_of_link])
        return genes

    def _ratio(self, term: str) -> Floats:
        """Return log P(term | disease) / P(term) of every disease."""
        ratios = np.full(len(self.diseases), CHANCE)
        for above in self.hpo.ancestors(term):
            if above in self._columns:
                diseases, frequencies = self._columns[above]
                weight = 1.0 if above == term else VAGUE
                values = CHANCE + weight * frequencies / self.background[above]
                ratios[diseases] = np.maximum(ratios[diseases], values)
        logs: Floats = np.log(ratios)
        return logs

    def _against(self, term: str) -> Floats:
        """Return log P(no term | disease) / P(no term) of every disease."""
        logs: Floats = np.zeros(len(self.diseases))
        if term in self._columns:
            diseases, frequencies = self._columns[term]
            logs[diseases] = np.log1p(-0.95 * frequencies)
        logs -= np.log1p(-self.background.get(term, self._least))
        return logs

    def _score_without(self, seen: Sequence[str], denied: Sequence[str], disease_id: str, paper: str) -> float:
        known = usable(self.hpo, self.hpo.disease(disease_id).frequencies(without_paper=paper))
        frequencies = self.hpo.closure(known)
        score = 0.0
        for term in seen:
            ratio = CHANCE
            for above in self.hpo.ancestors(term) & frequencies.keys():
                weight = 1.0 if above == term else VAGUE
                ratio = max(ratio, CHANCE + weight * frequencies[above] / self.background[above])
            score += np.log(ratio)
        for term in denied:
            score += np.log1p(-0.95 * frequencies.get(term, 0.0)) - np.log1p(-self.background.get(term, self._least))
        return float(score)


class RankerPolicy:
    """A policy that sees the observation and nothing else: it reads the prompt back and answers with its ranking.

    Args:
        ranker: Ranks.
        max_items: Length of its lists.
        absent_means: What it takes absent features for.
    """

    def __init__(self, ranker: Ranker, max_items: int, absent_means: AbsentMeans = "negative") -> None:
        self.ranker = ranker
        self.max_items = max_items
        self.absent_means = absent_means

    def __call__(self, prompt: Sequence[Message]) -> str:
        """Return the answer to a prompt."""
        read = read_case(prompt)
        present, absent = (self.terms(labels) for labels in (read.present, read.absent))
        ranked = self.ranker.rank(
            present, absent, absent_means=self.absent_means, among=read.candidates, limit=self.max_items
        )
        return answer(ranked)

    def terms(self, labels: Sequence[str]) -> list[str]:
        """Return the terms that labels name; what the ontology does not know is passed over."""
        found = (self.ranker.hpo.find(label) for label in labels)
        return [term for term in found if term is not None]


@functools.cache
def load_ranker(hpo: Hpo) -> Ranker:
    """Return the ranker of an ontology, made once."""
    return Ranker(hpo)


def terms_of(hpo: Hpo, ids: Sequence[str]) -> list[str]:
    """Return current terms for ids that may have been renumbered; unknown ones are passed over."""
    found: Mapping[str, str | None] = {term_id: hpo.term(term_id) for term_id in ids}
    return [term for term in found.values() if term is not None]
