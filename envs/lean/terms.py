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

from typing import Any

Name = tuple[str | int, ...]
"""A hierarchical name, outermost component first: `Nat.succ` is `("Nat", "succ")`."""

Node = tuple[Any, ...]

ZERO, SUCC, MAX, IMAX, PARAM = range(5)
BVAR, SORT, CONST, APP, LAM, PI, LET, NAT, STR, PROJ = range(10)

# kind of expression -> which positions of its tuple are expressions
CHILDREN: tuple[tuple[int, ...], ...] = ((), (), (), (1, 2), (1, 2), (1, 2), (1, 2, 3), (), (), (3,))

MAX_DEPTH = 10_000
MAX_LEVEL_DEPTH = 500


class TermTooDeep(ValueError):
    """A term is nested deeper than any proof that people or provers write: what walks it would run out of stack."""


class Terms:
    """A table of levels and expressions.

    Args:
        below: A table that this one continues and never changes; it must not grow any more. What a submission adds goes
            when its own table goes, and the library's terms below are shared.
    """

    def __init__(self, below: Terms | None = None) -> None:
        self._below = below
        self._first_level: int = below._first_level + len(below._levels) if below else 0
        self._first: int = below._first + len(below._nodes) if below else 0
        self._levels: list[tuple[Node, int]] = []  # with their depth
        self._level_numbers: dict[Node, int] = {}
        self._nodes: list[tuple[Node, int, int]] = []  # with their depth and how many binders they miss
        self._numbers: dict[Node, int] = {}

    def level(self, node: Node) -> int:
        """The number of a level, whose parts have theirs.

        Raises:
            TermTooDeep: It is nested too deeply.
        """
        number = self._find_level(node)
        if number is None:
            parts = () if node[0] in (ZERO, PARAM) else node[1:]
            depth = 1 + max((self._level_entry(part)[1] for part in parts), default=0)
            if depth > MAX_LEVEL_DEPTH:
                raise TermTooDeep(f"a universe level is nested deeper than {MAX_LEVEL_DEPTH}")
            number = self._level_numbers[node] = self._first_level + len(self._levels)
            self._levels.append((node, depth))
        return number

    def expression(self, node: Node) -> int:
        """The number of an expression, whose parts have theirs.

        Raises:
            TermTooDeep: It is nested too deeply.
        """
        number = self._numbers.get(node)
        if number is None and self._below is not None:
            number = self._below._find(node)
        if number is None:
            depth, missing = self._facts(node)
            if depth > MAX_DEPTH:
                raise TermTooDeep(f"an expression is nested deeper than {MAX_DEPTH}")
            number = self._numbers[node] = self._first + len(self._nodes)
            self._nodes.append((node, depth, missing))
        return number

    def level_node(self, number: int) -> Node:
        """The level that has this number."""
        return self._level_entry(number)[0]

    def node(self, number: int) -> Node:
        """The expression that has this number."""
        return self._entry(number)[0]

    def is_closed(self, number: int) -> bool:
        """Whether no bound variable of an expression points out of it."""
        return self._entry(number)[2] == 0

    def _facts(self, node: Node) -> tuple[int, int]:
        """The depth of a new expression, and the number of binders around it that its bound variables need."""
        kind = node[0]
        if kind == APP:
            _, depth, missing = self._entry(node[1])
            _, other_depth, other_missing = self._entry(node[2])
            return 1 + max(depth, other_depth), max(missing, other_missing)
        if kind in (LAM, PI, LET):
            parts = [self._entry(part) for part in node[1:]]
            missing = max(*(part[2] for part in parts[:-1]), parts[-1][2] - 1)
            return 1 + max(part[1] for part in parts), missing
        if kind == PROJ:
            _, depth, missing = self._entry(node[3])
            return 1 + depth, missing
        return 1, node[1] + 1 if kind == BVAR else 0

    def _find(self, node: Node) -> int | None:
        number = self._numbers.get(node)
        return self._below._find(node) if number is None and self._below is not None else number

    def _find_level(self, node: Node) -> int | None:
        number = self._level_numbers.get(node)
        return self._below._find_level(node) if number is None and self._below is not None else number

    def _entry(self, number: int) -> tuple[Node, int, int]:
        table = self
        while number < table._first:
            assert table._below is not None  # the first table starts at 0
            table = table._below
        return table._nodes[number - table._first]

    def _level_entry(self, number: int) -> tuple[Node, int]:
        table = self
        while number < table._first_level:
            assert table._below is not None
            table = table._below
        return table._levels[number - table._first_level]
