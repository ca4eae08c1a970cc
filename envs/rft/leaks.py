"""Leak probes: how far one gets on a data set without solving its tasks.

Each probe is a number beside the number of chance: the same predictor with the training answers shuffled. A gap is not
proof of a leak, for a question may rightly determine its answer; a gap of a *part* of the question that should not
suffice is. Nothing here fails a job.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from envs.datasets import normalised_text
from envs.rft.data import Row
from envs.rft.splits import Fields
from envs.verifiers.templates import as_text

EDGE_WORDS = 12
"""Words of the beginning and of the end that are tried alone."""
MOST_TRAIN, MOST_VALIDATION = 5_000, 500
"""Rows that the predictors look at, evenly spread over a file."""

_WORD = re.compile(r"\w+")
_COMMON = 0.2
"""A word in more than this share of the training rows tells them too little apart to be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a predictor that does not solve the task gets right."""

    name: str
    rows: int
    """Validation rows that it was tried on."""
    hit_rate: float
    chance: float | None
    """The same with shuffled answers; None: the probe predicts nothing, it only looks."""


def probe_leaks(train: Sequence[Row], validation: Sequence[Row], fields: Fields, *, seed: int = 0) -> list[Probe]:
    """Return what the probes find; nothing where no key of the answer is known."""
    known = [(row, answers) for row in _spread(train, MOST_TRAIN) if (answers := fields.answers_of(row))]
    asked = [(row, answers) for row in _spread(validation, MOST_VALIDATION) if (answers := fields.answers_of(row))]
    if not known or not asked:
        return []
    said = sum(_stands_in(row, answers) for row, answers in asked)
    probes = [Probe(name="the answer stands in the prompt", rows=len(asked), hit_rate=said / len(asked), chance=None)]
    labels = [min(answers) for _, answers in known]
    commonest = Counter(labels).most_common(1)[0][0]
    hits = sum(commonest in answers for _, answers in asked)
    probes.append(Probe(name="the commonest answer", rows=len(asked), hit_rate=hits / len(asked), chance=None))
    shuffled = random.Random(seed).sample(labels, len(labels))
    for name, part in _parts(known[0][0], fields).items():
        index = _Neighbours([part(row) for row, _ in known])
        nearest = [(index.nearest(part(row)), answers) for row, answers in asked]
        rates = [
            sum(place is not None and answer[place] in answers for place, answers in nearest) / len(asked)
            for answer in (labels, shuffled)
        ]
        probes.append(Probe(name=name, rows=len(asked), hit_rate=rates[0], chance=rates[1]))
    return probes


class _Neighbours:
    """Finds the text that shares most of its rare words with another."""

    def __init__(self, texts: Sequence[list[str]]) -> None:
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(texts):
            for word in set(words):
                holders[word].append(place)
        most = max(1.0, _COMMON * len(texts))
        self._holders = {word: places for word, places in holders.items() if len(places) <= most or len(texts) < 20}
        self._weights = {word: math.log(1 + len(texts) / len(places)) for word, places in self._holders.items()}
        self._norms = [math.sqrt(sum(self._weights.get(word, 0.0) for word in set(words)) or 1.0) for words in texts]

    def nearest(self, words: list[str]) -> int | None:
        """Return the place of the nearest text, the first of several; None if it shares no telling word with any."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in dict.fromkeys(words):
            for place in self._holders.get(word, ()):
                scores[place] += self._weights[word]
        if not scores:
            return None
        return min(scores, key=lambda place: (-scores[place] / self._norms[place], place))


def _parts(example: Row, fields: Fields) -> Mapping[str, Callable[[Row], list[str]]]:
    """Return the parts of a row that a predictor may see, by name."""
    parts: dict[str, Callable[[Row], list[str]]] = {
        "nearest prompt by words": _words,
        f"its first {EDGE_WORDS} words": lambda row: _words(row)[:EDGE_WORDS],
        f"its last {EDGE_WORDS} words": lambda row: _words(row)[-EDGE_WORDS:],
    }
    hidden = {*fields.answers, fields.aliases}
    for key in example.item:
        if key not in hidden:
            parts[f"item.{key} alone"] = _field_words(key)
    return parts


def _field_words(key: str) -> Callable[[Row], list[str]]:
    return lambda row: _WORD.findall(normalised_text(as_text(row.item.get(key, ""))))


def _words(row: Row) -> list[str]:
    return _WORD.findall(normalised_text(row.messages[-1].content))


def _stands_in(row: Row, answers: set[str]) -> bool:
    prompt = normalised_text(row.text)
    return any(re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", prompt) for answer in answers if answer)


def _spread(rows: Sequence[Row], most: int) -> Iterator[Row]:
    step = max(1, -(-len(rows) // most))
    return iter(rows[::step])
