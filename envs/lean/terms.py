"""Universe levels and expressions of Lean as shared, immutable values: equal terms have the same number.

A `Terms` table gives every distinct term a number, so that comparing two terms, however large, compares two integers,
and a graph in which a part occurs a thousand times holds it once. A term is a plain tuple that starts with its kind,
and names its parts by their numbers:

    level       (ZERO,) (SUCC, level) (MAX, level, level) (IMAX, level, level) (PARAM, name)
    expression  (BVAR, index) (SORT, level) (CONST, name, levels) (APP, function, argument) (LAM, type, body)
                (PI, type, body) (LET, type, value, body) (NAT, n) (STR, text) (PROJ, structure, field, expression)

Bound variables are de Bruijn indices. What the kernel does not look at is not kept: names and kinds of binders,
metadata, and whether a `let` was written `have`. So equal numbers mean equal up to the names of bound variables. Free
variables and metavariables have no place in a finished module and cannot be written down here.
"""

from __future__ import annotations

import re
from typing import Any

Name = tuple[str | int, ...]
"""A hierarchical name, outermost component first: `Nat.succ` is `("Nat", "succ")`."""

Node = tuple[Any, ...]


def read_name(text: str) -> Name:
    """Return the name that is written so; `«` and `»` enclose a component that is no plain word."""
    return tuple(quoted or plain for quoted, plain in re.findall(r"«([^»]*)»|([^.«»]+)", text))


ZERO, SUCC, MAX, IMAX, PARAM = range(5)
BVAR, SORT, CONST, APP, LAM, PI, LET, NAT, STR, PROJ = range(10)

# kind of expression -> which positions of its tuple are expressions
CHILDREN: tuple[tuple[int, ...], ...] = ((), (), (), (1, 2), (1, 2), (1, 2), (1, 2, 3), (), (), (3,))

MAX_DEPTH = 10_000
MAX_LEVEL_DEPTH = 500


class TermTooDeep(ValueError):
    """A term is nested deeper than any proof that people or provers write: what walks it would run out of stack."""


class Terms:
    """A table of levels and expressions."""

    def __init__(self) -> None:
        self._levels: list[tuple[Node, int]] = []  # with their depth
        self._level_numbers: dict[Node, int] = {}
        self._nodes: list[tuple[Node, int, int]] = []  # with their depth and how many binders they miss
        self._numbers: dict[Node, int] = {}

    def level(self, node: Node) -> int:
        """The number of a level, whose parts have theirs.

        Raises:
            TermTooDeep: It is nested too deeply.
        """
        number = self._level_numbers.get(node)
        if number is None:
            parts = () if node[0] in (ZERO, PARAM) else node[1:]
            depth = 1 + max((self._levels[part][1] for part in parts), default=0)
            if depth > MAX_LEVEL_DEPTH:
                raise TermTooDeep(f"a universe level is nested deeper than {MAX_LEVEL_DEPTH}")
            number = self._level_numbers[node] = len(self._levels)
            self._levels.append((node, depth))
        return number

    def expression(self, node: Node) -> int:
        """The number of an expression, whose parts have theirs.

        Raises:
            TermTooDeep: It is nested too deeply.
        """
        number = self._numbers.get(node)
        if number is None:
            depth, missing = self._facts(node)
            if depth > MAX_DEPTH:
                raise TermTooDeep(f"an expression is nested deeper than {MAX_DEPTH}")
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append((node, depth, missing))
        return number

    def level_node(self, number: int) -> Node:
        """The level that has this number; the parts of a level have smaller ones."""
        return self._levels[number][0]

    def node(self, number: int) -> Node:
        """The expression that has this number; the parts of an expression have smaller ones."""
        return self._nodes[number][0]

    def is_closed(self, number: int) -> bool:
        """Whether no bound variable of an expression points out of it."""
        return self._nodes[number][2] == 0

    def missing(self, number: int) -> int:
        """How many binders around an expression its bound variables need."""
        return self._nodes[number][2]

    def _facts(self, node: Node) -> tuple[int, int]:
        """The depth of a new expression, and the number of binders around it that its bound variables need."""
        kind, nodes = node[0], self._nodes
        if kind == APP:
            _, depth, missing = nodes[node[1]]
            _, other_depth, other_missing = nodes[node[2]]
            return 1 + max(depth, other_depth), max(missing, other_missing)
        if kind in (LAM, PI, LET):
            parts = [nodes[part] for part in node[1:]]
            missing = max(*(part[2] for part in parts[:-1]), parts[-1][2] - 1)
            return 1 + max(part[1] for part in parts), missing
        if kind == PROJ:
            _, depth, missing = nodes[node[3]]
            return 1 + depth, missing
        return 1, node[1] + 1 if kind == BVAR else 0
