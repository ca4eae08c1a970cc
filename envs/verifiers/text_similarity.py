"""How alike two texts are: `text_similarity`, by the well-kept library of each metric.

All of them pay for words that are merely near, or merely there: see what `python -m envs.graders attack` says first.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import threading
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from envs.core import ConfigError
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    check_sides,
    choice,
    template,
)
from envs.verifiers.grading import Grade, Sample
from envs.verifiers.templates import compile_template

Metric = Callable[[str, str], float]
"""(input, reference) -> likeness in [0, 1]."""

MAX_CHARACTERS = 100_000
"""Of an input that is looked at; a longer one scores 0."""
MAX_METEOR_CHARACTERS = 10_000
"""METEOR looks up every word with every other."""

WORDNET_FOLDER = "/usr/share/wordnet"
WORDNET_VARIABLE = "WNSEARCHDIR"
"""WordNet's own name for where its dictionary lies."""
_WORDNET_FILES = [f"{kind}.{part}" for part in ("noun", "verb", "adj", "adv") for kind in ("data", "index")]
_LEXICOGRAPHER_FILES = 45


class TextSimilarity(BaseGrader):
    """Likeness of two texts, from 0 to 1."""

    def __init__(self, config: Config, metric: Metric) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self.templates = (self._input, self._reference)
        self._swapped = self._reference.reads_sample
        self._metric = metric
        self._longest = MAX_METEOR_CHARACTERS if config["evaluation_metric"] == "meteor" else MAX_CHARACTERS

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Compare."""
        given, reference = self._input.render(sample, item), self._reference.render(sample, item)
        if len(reference if self._swapped else given) > self._longest:
            return Grade(score=0.0, feedback=f"The answer is longer than {self._longest} characters.")
        return Grade(score=min(max(float(self._metric(given, reference)), 0.0), 1.0))


def _fuzzy_match() -> Metric:
    from rapidfuzz import fuzz

    return lambda text, reference: fuzz.ratio(text, reference) / 100


def _bleu() -> Metric:
    from sacrebleu.metrics.bleu import BLEU

    metric = BLEU(effective_order=True)
    return lambda text, reference: float(metric.sentence_score(text, [reference]).score) / 100


def _gleu() -> Metric:
    from nltk.tokenize import wordpunct_tokenize
    from nltk.translate.gleu_score import sentence_gleu

    def metric(text: str, reference: str) -> float:
        words = wordpunct_tokenize(text)
        return float(sentence_gleu([wordpunct_tokenize(reference)], words)) if words else 0.0

    return metric


def _meteor() -> Metric:
    from nltk.tokenize import wordpunct_tokenize
    from nltk.translate.meteor_score import single_meteor_score

    dictionary, turn = wordnet(), threading.Lock()  # its reader jumps about in files that threads would share

    def metric(text: str, reference: str) -> float:
        words = wordpunct_tokenize(reference), wordpunct_tokenize(text)
        with turn:
            return float(single_meteor_score(*words, wordnet=dictionary)) if all(words) else 0.0

    return metric


def _rouge(kind: str) -> Metric:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer([kind])
    return lambda text, reference: float(scorer.score(reference, text)[kind].fmeasure)


def _rouge_l() -> Metric:
    from rapidfuzz.distance import LCSseq
    from rouge_score.tokenizers import DefaultTokenizer

    tokenize = DefaultTokenizer(use_stemmer=False).tokenize

    def metric(text: str, reference: str) -> float:  # as rouge-score defines it, by an algorithm fit for long texts
        words, wanted = tokenize(text), tokenize(reference)
        return 2 * LCSseq.similarity(words, wanted) / (len(words) + len(wanted)) if words and wanted else 0.0

    return metric


METRICS: dict[str, Callable[[], Metric]] = {
    "fuzzy_match": _fuzzy_match,
    "bleu": _bleu,
    "gleu": _gleu,
    "meteor": _meteor,
    **{f"rouge_{n}": functools.partial(_rouge, f"rouge{n}") for n in range(1, 6)},
    "rouge_l": _rouge_l,
}
NO_REWARD = "cosine"
"""Is of the schema, and refused by the services as a reward of reinforcement fine-tuning: it is there for evals."""


@functools.cache
def wordnet() -> Any:
    """Return the WordNet dictionary: that of NLTK's data, else the one that the system's package installs.

    Raises:
        ConfigError: There is neither.
    """
    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The multilingual functions are not available")
        for name in ("corpora/wordnet", "corpora/wordnet.zip/wordnet/"):
            with contextlib.suppress(LookupError):
                return WordNetCorpusReader(nltk.data.find(name), None)
        folder = Path(os.environ.get(WORDNET_VARIABLE, WORDNET_FOLDER))
        missing = [name for name in _WORDNET_FILES if not (folder / name).is_file()]
        if missing:
            raise ConfigError(
                f"meteor needs the WordNet dictionary, and there is no {missing[0]} in {folder}: "
                "apt-get install wordnet-base, or python -m nltk.downloader wordnet, "
                f"or say where it is with {WORDNET_VARIABLE}"
            )
        nltk.data.path.append(str(folder))  # NLTK opens files of its own folders only
        return _reader(WordNetCorpusReader, folder)


def _reader(reader: Any, folder: Path) -> Any:
    """Return the reader of a dictionary as systems package it: without the names of its authors' files."""

    class Installed(reader):  # type: ignore[misc]
        def open(self, file: str) -> Any:
            if file == "lexnames":
                return io.StringIO("".join(f"{number} file{number} 0\n" for number in range(_LEXICOGRAPHER_FILES)))
            return super().open(file)

        def map_wn(self, version: str = "wordnet") -> None:
            return None  # it is compared with no other

    return Installed(str(folder), None)


def _check(config: Config, place: Place) -> None:
    check_sides(config, place)
    if config["evaluation_metric"] == NO_REWARD:
        place.at("evaluation_metric").fail(
            "cosine compares embeddings, and is for evals only: reinforcement fine-tuning does not take it; "
            f"known: {', '.join(METRICS)}"
        )


def _build(config: Config, context: GraderContext) -> TextSimilarity:
    try:
        metric = METRICS[config["evaluation_metric"]]()
    except ImportError as error:
        raise ConfigError(f"text_similarity needs the package {error.name}: pip install 'assay[graders]'") from None
    return TextSimilarity(config, metric)


TEXT_SIMILARITY = GraderType(
    fields={
        "input": Field(template),
        "reference": Field(template),
        "evaluation_metric": Field(choice("evaluation metric", (*METRICS, NO_REWARD))),
        "pass_threshold": PASS_THRESHOLD,
    },
    check=_check,
    build=_build,
)
