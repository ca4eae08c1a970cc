"""Whether the right item stands in a ranked list, and how far up: the first place pays most, a long list pays nothing.

What makes such a reward safe is not the decay alone but what counts as an item. Each slot holds one item of a known
vocabulary, spelt in any of its ways; whatever is none, or a repeat, keeps its slot and costs a little; a list over the
limit is no answer at all, rather than a list that is cut. So a longer list never pays more unless it is longer by the
right item.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from envs.core import ConfigError
from envs.jsonl import shown
from envs.options import unknown_name
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    as_it_is,
    reference_template,
    template,
)
from envs.verifiers.grading import Grade, GraderFault, Sample, finite
from envs.verifiers.templates import compile_template

Resolve = Callable[[str], str | None]
"""Text of a slot -> the item that it names, or None."""

DECAYS: Mapping[str, str | None] = {
    "geometric": "ratio",
    "reciprocal": None,
    "dcg": None,
    "sqrt": None,
    "table": "values",
}
"""Kinds of decay, and what each takes."""

VOCABULARIES = ("hgnc",)
"""Vocabularies by name."""

MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedListRules:
    """What a list is paid."""

    credits: tuple[float, ...]
    """What the right item pays at rank 1, 2, ...; there are as many as a list may have items."""
    unknown_penalty: float = 0.02
    """What each slot costs that names no item of the vocabulary, or one that was named before."""
    min_score: float = 0.0

    @property
    def max_items(self) -> int:
        """Length of the longest list that is an answer."""
        return len(self.credits)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedList:
    """What came of a list."""

    score: float
    rank: int | None
    """Of the right item, from 1; None if it is not there."""
    length: int
    unknown: int
    """Slots that name nothing."""
    repeats: int
    """Slots that name what an earlier one named."""
    fault: str = ""
    """Why the list is no answer; empty where it is one."""


def score_ranked_list(items: Any, right: str, rules: RankedListRules, resolve: Resolve) -> RankedList:
    """Score a list.

    Args:
        items: What stands where the list should be.
        right: The right item, as `resolve` returns it.
        rules: What is paid.
        resolve: Says which item a text names.
    """
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return _no_answer("the ranking must be a list of texts", items, rules)
    if not items:
        return _no_answer("the ranking is empty", items, rules)
    if len(items) > rules.max_items:
        return _no_answer(f"the ranking has {len(items)} items; at most {rules.max_items} are allowed", items, rules)
    rank, unknown, seen = None, 0, set()
    for place, text in enumerate(items, start=1):
        item = resolve(text)
        if item is None:
            unknown += 1
            continue
        if item == right and rank is None:
            rank = place
        seen.add(item)
    credit = rules.credits[rank - 1] if rank else 0.0
    repeats = len(items) - unknown - len(seen)
    return RankedList(
        score=max(rules.min_score, credit - rules.unknown_penalty * (unknown + repeats)),
        rank=rank,
        length=len(items),
        unknown=unknown,
        repeats=repeats,
    )


def _no_answer(fault: str, items: Any, rules: RankedListRules) -> RankedList:
    length = len(items) if isinstance(items, list) else 0
    return RankedList(score=rules.min_score, rank=None, length=length, unknown=0, repeats=0, fault=fault)


def measures_of(ranking: RankedList, max_items: int) -> dict[str, float]:
    """Return what is worth a curve: whether the right item is on top, among the first five, there at all, and so on."""
    rank = ranking.rank
    numbers = {
        "top@1": float(rank == 1),
        "top@5": float(rank is not None and rank <= 5),
        f"top@{max_items}": float(rank is not None),
        "answered": float(not ranking.fault),
        "list_length": float(ranking.length),
    }
    if rank is not None:
        numbers["rank"] = float(rank)
    if ranking.length and not ranking.fault:
        numbers["invalid_symbols"] = ranking.unknown / ranking.length
        numbers["repeats"] = ranking.repeats / ranking.length
    return numbers


def rules_of(config: Mapping[str, Any]) -> RankedListRules:
    """Return the rules that a grader's configuration states.

    Args:
        config: `max_items`, `decay`, `on_overflow`, `duplicates`, `unknown_penalty` and `min_score`; other keys are
            left to the caller.

    Raises:
        ConfigError: A value that cannot be, or under which a longer list could pay more.
    """
    max_items = config.get("max_items", 10)
    if type(max_items) is not int or not 1 <= max_items <= MAX_ITEMS:
        raise ConfigError(f"max_items must be an integer from 1 to {MAX_ITEMS}, got {max_items!r}")
    for name, only in (("on_overflow", "invalid"), ("duplicates", "first_rank_keep_slot")):
        if config.get(name, only) != only:
            raise ConfigError(f"{name} can only be {only!r}, got {config[name]!r}: anything else pays for longer lists")
    penalty = _number(config, "unknown_penalty", 0.02)
    min_score = _number(config, "min_score", 0.0)
    if not (0 <= penalty <= 1 and 0 <= min_score < 1):
        raise ConfigError(f"unknown_penalty must be in [0, 1] and min_score in [0, 1), got {penalty} and {min_score}")
    credits = credits_of(config.get("decay", {"kind": "geometric", "ratio": 0.7}), max_items)
    return RankedListRules(credits=credits, unknown_penalty=penalty, min_score=min_score)


def credits_of(decay: Any, max_items: int) -> tuple[float, ...]:
    """Return what ranks 1 to `max_items` pay.

    Args:
        decay: `{"kind": "geometric", "ratio": 0.7}`, `{"kind": "reciprocal"}` (1/r), `{"kind": "dcg"}`
            (1/log2(1+r)), `{"kind": "sqrt"}` (1/sqrt r), or `{"kind": "table", "values": [1, 0.5]}` (then 0).
        max_items: How many.

    Raises:
        ConfigError: It is none of these, or it rises somewhere.
    """
    kind = decay.get("kind") if isinstance(decay, Mapping) else decay
    if not isinstance(decay, Mapping) or not isinstance(kind, str) or kind not in DECAYS:
        raise ConfigError(unknown_name("kind of decay", kind, DECAYS))
    for key in decay:
        if key not in ("kind", DECAYS[kind]):
            raise ConfigError(
                unknown_name(f"option of the decay {kind!r}", key, ["kind", *filter(None, [DECAYS[kind]])])
            )
    ranks = range(1, max_items + 1)
    if kind == "geometric":
        ratio = _number(decay, "ratio", 0.7)
        if not 0 < ratio < 1:
            raise ConfigError(f"the ratio of a geometric decay must be between 0 and 1, got {ratio}")
        return tuple(ratio ** (rank - 1) for rank in ranks)
    if kind == "reciprocal":
        return tuple(1 / rank for rank in ranks)
    if kind == "dcg":
        return tuple(1 / math.log2(1 + rank) for rank in ranks)
    if kind == "sqrt":
        return tuple(1 / math.sqrt(rank) for rank in ranks)
    return _table(decay.get("values"), max_items)


def _table(values: Any, max_items: int) -> tuple[float, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or not 1 <= len(values) <= max_items:
        raise ConfigError(f"the values of a table decay must be 1 to {max_items} numbers (max_items), got {values!r}")
    table = [_number({"values": value}, "values", 0.0) for value in values]
    if any(not 0 <= value <= 1 for value in table) or any(a < b for a, b in itertools.pairwise(table)):
        raise ConfigError(f"the values of a table decay must lie in [0, 1] and never rise, got {values!r}")
    return (*table, *[0.0] * (max_items - len(table)))


def resolver(vocabulary: Any) -> Resolve:
    """Return what says which item a text names.

    Args:
        vocabulary: `hgnc` (gene symbols, with their aliases), a list of the items that there are, or None: every text
            is an item.

    Raises:
        ConfigError: It is something else, or the vocabulary's package is missing.
    """
    if vocabulary is None:
        return lambda text: plain(text) or None
    if isinstance(vocabulary, str):
        if vocabulary not in VOCABULARIES:
            raise ConfigError(unknown_name("vocabulary", vocabulary, VOCABULARIES))
        from envs.genes.symbols import load_symbols

        return load_symbols().resolve
    if not isinstance(vocabulary, Sequence) or not vocabulary or not all(isinstance(item, str) for item in vocabulary):
        raise ConfigError(f"vocabulary must be 'hgnc', a list of texts or null, got {vocabulary!r}")
    known = {plain(item): item for item in vocabulary}
    return lambda text: known.get(plain(text))


def plain(text: str) -> str:
    """Return a text without the differences that do not matter: compatibility forms, case and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _number(config: Mapping[str, Any], name: str, default: float) -> float:
    value = config.get(name, default)
    number = finite(value)
    if number is None:
        raise ConfigError(f"{name} must be a finite number, got {shown(value)}")
    return number


class RankedListGrader(BaseGrader):
    """Pays by the rank of the right item in a list."""

    def __init__(self, config: Config) -> None:
        self._rules = rules_of(config)
        super().__init__(config, low=self._rules.min_score, high=max(self._rules.credits[0], self._rules.min_score))
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self.templates = (self._input, self._reference)
        self._resolve = resolver(config.get("vocabulary"))

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Look the right item up in the list."""
        reference = self._reference.render(sample, item)
        right = self._resolve(reference)
        if right is None:
            raise GraderFault("other_error", f"{self.name}: the reference {reference!r} is not in the vocabulary")
        ranking = score_ranked_list(self._input.value(sample, item), right, self._rules, self._resolve)
        feedback = ranking.fault or ("" if ranking.rank == 1 else "The first item is not the right one.")
        return Grade(score=ranking.score, feedback=feedback, measures=measures_of(ranking, self._rules.max_items))


def _check(config: Config, place: Place) -> None:
    try:
        rules_of(config)
    except ConfigError as error:
        place.fail(str(error))


def _vocabulary(value: Any, place: Place) -> Any:
    if isinstance(value, str) and value not in VOCABULARIES:
        place.fail(unknown_name("vocabulary", value, VOCABULARIES))
    elif not isinstance(value, str) and not (
        isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    ):
        place.fail("must be 'hgnc' or a list of texts; without it every text is an item")
    return value


def _build(config: Config, context: GraderContext) -> RankedListGrader:
    return RankedListGrader(config)


RANKED_LIST = GraderType(
    fields={
        "input": Field(template),
        "reference": Field(reference_template),
        "vocabulary": Field(_vocabulary, required=False),
        "max_items": Field(as_it_is, required=False),
        "decay": Field(as_it_is, required=False),
        "on_overflow": Field(as_it_is, required=False),
        "duplicates": Field(as_it_is, required=False),
        "unknown_penalty": Field(as_it_is, required=False),
        "min_score": Field(as_it_is, required=False),
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build,
    check=_check,
)
