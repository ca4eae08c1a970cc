"""Writes declarations as plain tables for the kernel's process, which rebuilds them (`kernel_worker`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from envs.lean.olean import Constant
from envs.lean.terms import CHILDREN, CONST, PARAM, PROJ, SORT, ZERO, Name, Node, Terms

_HEARTBEATS = 200_000 * 1000
_RECURSION = 4096  # the kernel allows 16 times as many nested steps, if its stack of 512 MiB allows them


def encode(terms: Terms, constants: Sequence[Constant], header: Path | None = None) -> bytes:
    """Theorems and definitions as tables of names, levels and expressions, each after its parts."""
    expressions = _reachable(terms, [part for c in constants for part in (c.type, c.value) if part is not None])
    nodes = [terms.node(number) for number in expressions]
    levels = _reachable_levels(terms, nodes)
    place = {number: index for index, number in enumerate(expressions)}
    level_place = {number: index for index, number in enumerate(levels)}
    names: dict[Name, int] = {}

    def named(name: Name) -> int:
        return names.setdefault(name, len(names))

    def level(node: Node) -> list[Any]:
        parts = [named(node[1])] if node[0] == PARAM else [level_place[part] for part in node[1:]]
        return [node[0], *parts]

    def expression(node: Node) -> list[Any]:
        kind = node[0]
        if kind == CONST:
            return [kind, named(node[1]), [level_place[part] for part in node[2]]]
        if kind == SORT:
            return [kind, level_place[node[1]]]
        if kind == PROJ:
            return [kind, named(node[1]), node[2], place[node[3]]]
        return [kind, *([place[part] for part in node[1:]] if CHILDREN[kind] else node[1:])]

    tables = {
        "levels": [level(terms.level_node(number)) for number in levels],
        "expressions": [expression(node) for node in nodes],
        "declarations": [
            [
                named(constant.name),
                [named(name) for name in constant.level_params],
                place[constant.type],
                place[constant.value],
                constant.hint,
            ]
            for constant in constants
            if constant.value is not None
        ],
        "header": None if header is None else [str(header.parent), header.stem],
        "heartbeats": _HEARTBEATS,
        "recursion": _RECURSION,
    }
    return json.dumps(tables | {"names": [list(name) for name in names]}, separators=(",", ":")).encode()


def _reachable(terms: Terms, roots: Sequence[int]) -> list[int]:
    """All expressions in these, in the order of their numbers, in which parts come before what they are parts of."""
    seen, stack = set(roots), list(roots)
    while stack:
        node = terms.node(stack.pop())
        for place in CHILDREN[node[0]]:
            if node[place] not in seen:
                seen.add(node[place])
                stack.append(node[place])
    return sorted(seen)


def _reachable_levels(terms: Terms, nodes: Sequence[Node]) -> list[int]:
    seen: set[int] = set()
    stack = [part for node in nodes if node[0] in (SORT, CONST) for part in (node[2] if node[0] == CONST else node[1:])]
    while stack:
        number = stack.pop()
        if number not in seen:
            seen.add(number)
            node = terms.level_node(number)
            stack += [] if node[0] in (ZERO, PARAM) else node[1:]
    return sorted(seen)
