"""Proof that two files share nothing: prompt, near-duplicate prompt, answer (under any of its names), source document.

Near-duplicates are found by Jaccard similarity of word shingles over an inverted index of the smaller file. A shingle
that stands in many rows is part of an instruction, not of a question: where two rows share it, it counts for nothing,
so that two rows of one template are as similar as their other words are; where only one has it, it sets them apart.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from envs.core import ConfigError
from envs.datasets import content_hash, normalised_text
from envs.options import unknown_name
from envs.rft.data import Row
from envs.verifiers.grader_types import sides
from envs.verifiers.templates import TemplateError, as_text

KINDS = ("prompt", "near_duplicate", "answer", "source")
"""What two splits can share. An alias of an answer is the answer."""

NEAR = 0.8
"""Two prompts are near-duplicates from this Jaccard similarity on."""
SHINGLE = 3
"""Words in a shingle."""
COMMON_SHARE, COMMON_ROWS = 0.05, 20
"""A shingle is part of an instruction if it stands in more than this share of all rows, and in more than so many."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A row of the validation file that shares something with one of the training file."""

    kind: str
    train_line: int
    validation_line: int
    shared: str
    """What they share, for a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Which keys of an item say what a row shares with others."""

    answers: tuple[str, ...] = ()
    aliases: str | None = None
    """Key of the answer's other names: a text or a list of texts."""
    source: str | None = None
    canonical: Callable[[str], str] = normalised_text
    """Gives two names of one answer the same form."""

    def answers_of(self, row: Row) -> set[str]:
        """Return every name of a row's answer, in canonical form."""
        keys = (*self.answers, self.aliases) if self.aliases else self.answers
        return {self.canonical(as_text(value)) for key in keys for value in _values(row.item.get(key))}

    def sources_of(self, row: Row) -> set[str]:
        """Return the documents that a row comes from."""
        return {normalised_text(as_text(value)) for value in _values(row.item.get(self.source or ""))}


def reference_keys(grader: Any) -> tuple[str, ...]:
    """Return the keys of the item that a grader's configuration compares with: what its `reference` templates name.

    Where a reference reads the sample, its `input` is what names them.
    """
    found: dict[str, None] = {}
    pending = [grader]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            found |= dict.fromkeys(_compared_keys(node))
            pending += [value for value in node.values() if isinstance(value, (Mapping, list))]
        elif isinstance(node, list):
            pending += node
    return tuple(found)


def check_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of overlap that are asked for.

    Raises:
        ConfigError: There is no such kind.
    """
    given = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for kind in given:
        if kind not in KINDS:
            raise ConfigError(unknown_name("kind of overlap", kind, KINDS))
    return given


def find_overlaps(
    train: Sequence[Row], validation: Sequence[Row], fields: Fields, kinds: Iterable[str] = KINDS
) -> list[Overlap]:
    """Return what the two files share: of each validation row and kind, the first training row that shares it."""
    found: list[Overlap] = []
    for kind in kinds:
        if kind == "near_duplicate":
            found += _near_duplicates(train, validation)
        else:
            found += _equal(kind, train, validation, _KEYS[kind], fields)
    return found


def prove_files_disjoint(train: Sequence[Row], validation: Sequence[Row], fields: Fields, kinds: Sequence[str]) -> None:
    """Check that the two files share nothing of these kinds.

    Raises:
        ConfigError: They do, or what is asked for cannot be seen; the message names lines and what they share.
    """
    if "answer" in kinds and not (fields.answers or fields.aliases):
        raise ConfigError(
            "disjoint names 'answer', but the grader has no reference template: name the key with answer=KEY"
        )
    if "source" in kinds and not fields.source:
        raise ConfigError("disjoint names 'source', but no key of the source document is given: source=KEY")
    overlaps = find_overlaps(train, validation, fields, kinds)
    if overlaps:
        said = [
            f"line {one.validation_line} of the validation file and line {one.train_line} of the training file share "
            f"their {one.kind} ({one.shared})"
            for one in overlaps[:5]
        ]
        more = f"; and {len(overlaps) - 5} more" if len(overlaps) > 5 else ""
        raise ConfigError(f"the files are not disjoint: {'; '.join(said)}{more}. What must be disjoint: disjoint=[...]")


def _prompts(row: Row, fields: Fields) -> set[str]:
    return {content_hash(normalised_text(row.text))}


_KEYS: dict[str, Callable[[Row, Fields], set[str]]] = {
    "prompt": _prompts,
    "answer": lambda row, fields: fields.answers_of(row),
    "source": lambda row, fields: fields.sources_of(row),
}


def _equal(
    kind: str, train: Sequence[Row], validation: Sequence[Row], keys: Callable[[Row, Fields], set[str]], fields: Fields
) -> list[Overlap]:
    first: dict[str, int] = {}
    for row in train:
        for key in keys(row, fields):
            first.setdefault(key, row.line)
    found = []
    for row in validation:
        shared = sorted((first[key], key) for key in keys(row, fields) if key in first)
        if shared:
            line, key = shared[0]
            said = _cut(row.text) if kind == "prompt" else _cut(key)
            found.append(Overlap(kind=kind, train_line=line, validation_line=row.line, shared=said))
    return found


def _near_duplicates(train: Sequence[Row], validation: Sequence[Row]) -> list[Overlap]:
    ids: dict[tuple[str, ...], int] = {}
    own = [array("I", (ids.setdefault(shingle, len(ids)) for shingle in _shingles(row.text))) for row in validation]
    known: list[array[int]] = []
    sizes: list[int] = []
    rows_with: Counter[int] = Counter()
    for row in train:
        shingles = _shingles(row.text)
        known.append(array("I", (ids[shingle] for shingle in shingles if shingle in ids)))
        sizes.append(len(shingles))
        rows_with.update(known[-1])
    for members in own:
        rows_with.update(members)
    most = max(COMMON_ROWS, COMMON_SHARE * (len(train) + len(validation)))
    common = {index for index, count in rows_with.items() if count > most}
    holders: defaultdict[int, list[int]] = defaultdict(list)
    telling = [[index for index in members if index not in common] for members in own]
    for place, indices in enumerate(telling):
        for index in indices:
            holders[index].append(place)
    shared_by_all = [common.intersection(members) for members in own]
    best: dict[int, tuple[float, int]] = {}
    for row, members, size in zip(train, known, sizes, strict=True):
        shared: Counter[int] = Counter(place for index in members for place in holders.get(index, ()))
        for place, count in shared.items():
            if count < NEAR * len(telling[place]):
                continue
            nothing = len(shared_by_all[place].intersection(members))
            similarity = count / (size + len(own[place]) - count - 2 * nothing)
            if similarity >= NEAR and similarity > best.get(place, (0.0, 0))[0]:
                best[place] = similarity, row.line
    return [
        Overlap(
            kind="near_duplicate",
            train_line=line,
            validation_line=validation[place].line,
            shared=f"{similarity:.2f} similar: {_cut(validation[place].text)}",
        )
        for place, (similarity, line) in sorted(best.items())
    ]


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(normalised_text(text))
    if len(words) <= SHINGLE:
        return {tuple(words)} if words else set()
    return set(zip(*(words[start:] for start in range(SHINGLE)), strict=False))


def _values(value: Any) -> list[Any]:
    """Return the names that a field holds: a list's members, or the value itself."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


def _compared_keys(config: Mapping[str, Any]) -> list[str]:
    reference = config.get("reference")
    if not isinstance(reference, str):
        return []
    given = config.get("input")
    try:
        wanted = sides({"input": given if isinstance(given, str) else "", "reference": reference})[1]
    except TemplateError:
        return []
    return [str(variable.path[0]) for variable in wanted.variables if variable.namespace == "item"]


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= 60 else flat[:57] + "...")
