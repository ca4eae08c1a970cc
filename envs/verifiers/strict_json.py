"""JSON of untrusted origin, read so that no two readers can disagree on what it says."""

from __future__ import annotations

import json
from typing import Any

from envs.jsonl import finite_number

MAX_CHARACTERS = 2**20
MAX_DEPTH = 64


def strict_json(text: str) -> Any:
    """Parse JSON: one value, unique keys, finite numbers, at most `MAX_DEPTH` levels deep.

    Raises:
        ValueError: It is anything else; the message says what.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS} characters")
    try:
        value = json.loads(
            text, parse_constant=finite_number, parse_float=finite_number, parse_int=_short, object_pairs_hook=_unique
        )
    except RecursionError:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels") from None
    if _depth(value) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        inner: list[Any] = []
        for member in level:
            if isinstance(member, dict):
                inner.extend(member.values())
            elif isinstance(member, list):
                inner.extend(member)
        depth += any(isinstance(member, (dict, list)) for member in level)
        level = inner
    return depth


def _short(text: str) -> int:
    if len(text) > 400:
        raise ValueError("an integer of more than 400 digits")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("a key is given twice")
    return unique
