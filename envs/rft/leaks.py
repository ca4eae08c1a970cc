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
MOST_TRAIN, MOST_VALIDATION = 5_000, 300
"""Rows that the predictors look at, evenly spread over a file."""

_WORD = re.compile(r"\w+")
_SMOOTHING = 0.1
"""How often each word is taken to have stood with each answer before anything is counted."""


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
        texts = [part(row) for row, _ in known]
        guessers = [_Guesser(texts, given) for given in (labels, shuffled)]
        rates = [
            sum(guesser.guess(part(row)) in answers for row, answers in asked) / len(asked) for guesser in guessers
        ]
        probes.append(Probe(name=name, rows=len(asked), hit_rate=rates[0], chance=rates[1]))
    return probes


class _Guesser:
    """Guesses an answer from which words stand in a text, whatever their order: naive Bayes.

    Args:
        texts: Words of each training text.
        answers: The answer of each.
    """

    def __init__(self, texts: Sequence[list[str]], answers: Sequence[str]) -> None:
        self._rows = Counter(answers)
        self._words: Counter[str] = Counter()
        self._holders: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for words, answer in zip(texts, answers, strict=True):
            for word in set(words):
                self._holders[word][answer] += 1
                self._words[answer] += 1

    def guess(self, words: list[str]) -> str:
        """Return the likeliest answer; of several the first in the alphabet."""
        known = [word for word in set(words) if word in self._holders]
        scores = {
            answer: math.log(rows) - len(known) * math.log(self._words[answer] + _SMOOTHING * len(self._holders))
            for answer, rows in self._rows.items()
        }
        for word in known:
            for answer, count in self._holders[word].items():
                scores[answer] += math.log(1 + count / _SMOOTHING)
        return min(scores, key=lambda answer: (-scores[answer], answer))


def _parts(example: Row, fields: Fields) -> Mapping[str, Callable[[Row], list[str]]]:
    """Return the parts of a row that a predictor may see, by name."""
    parts: dict[str, Callable[[Row], list[str]]] = {
        "the prompt's words": _words,
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
