"""Expressions as shared objects: equal ones are the same object, and each knows which variables it misses.

Bound variables are de Bruijn indices, counted from the inside. Under a binder they are replaced by *free* ones, which
carry their type, and a number that is greater than that of any in the expressions at hand. So a free variable is the
same object whenever the same binder is entered at the same depth, and what was found out about it holds there too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from envs.lean.second.levels import Level, Levels
from envs.lean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, Name

FVAR = 10


class Expr:
    """An expression.

    Attributes:
        kind: As in `terms`, or `FVAR`.
        a: BVAR: index; SORT: level; CONST: name; APP: function; LAM, PI, LET: type; NAT, STR: value; PROJ: structure;
            FVAR: number.
        b: CONST: levels; APP: argument; LAM, PI: body; LET: value; PROJ: index of the field; FVAR: type.
        c: LET: body; PROJ: expression.
        loose: How many binders its bound variables need around it.
        depth: One more than the greatest number of a free variable in it; 0 if there is none.
        has_param: Whether a universe parameter occurs.
    """

    __slots__ = ("a", "b", "c", "depth", "has_param", "kind", "loose")

    def __init__(self, kind: int, a: Any, b: Any, c: Any) -> None:
        self.kind = kind
        self.a = a
        self.b = b
        self.c = c
        self.loose, self.depth, self.has_param = 0, 0, False
        if kind == APP:
            self._cover((a, b))
        elif kind in (LAM, PI):
            self._cover((a,), b)
        elif kind == LET:
            self._cover((a, b), c)
        elif kind == PROJ:
            self._cover((c,))
        elif kind == BVAR:
            self.loose = a + 1
        elif kind == FVAR:
            self.depth, self.has_param = a + 1, b.has_param
        elif kind == SORT:
            self.has_param = a.has_param
        elif kind == CONST:
            self.has_param = any(level.has_param for level in b)

    def _cover(self, parts: Sequence[Expr], body: Expr | None = None) -> None:
        """Miss what the parts miss, and what a body does outside its binder."""
        self.loose = max(part.loose for part in parts)
        self.depth = max(part.depth for part in parts)
        self.has_param = any(part.has_param for part in parts)
        if body is not None:
            self.loose = max(self.loose, body.loose - 1)
            self.depth = max(self.depth, body.depth)
            self.has_param = self.has_param or body.has_param


def spine(e: Expr) -> tuple[Expr, list[Expr]]:
    """What is applied, and to what."""
    arguments = []
    while e.kind == APP:
        arguments.append(e.b)
        e = e.a
    arguments.reverse()
    return e, arguments


def head(e: Expr) -> Expr:
    """What is applied."""
    while e.kind == APP:
        e = e.a
    return e


class Expressions:
    """A table of expressions."""

    def __init__(self) -> None:
        self.levels = Levels()
        self._known: dict[tuple[Any, ...], Expr] = {}
        self._instances: dict[tuple[Expr, tuple[Expr, ...]], Expr] = {}

    def make(self, kind: int, a: Any, b: Any = None, c: Any = None) -> Expr:
        """The expression of this kind with these parts."""
        key = (kind, a, b, c)
        e = self._known.get(key)
        if e is None:
            e = self._known[key] = Expr(kind, a, b, c)
        return e

    def sort(self, level: Level) -> Expr:
        """A universe."""
        return self.make(SORT, level)

    def const(self, name: Name, levels: tuple[Level, ...] = ()) -> Expr:
        """A constant."""
        return self.make(CONST, name, levels)

    def nat(self, value: int) -> Expr:
        """A literal."""
        return self.make(NAT, value)

    def apply(self, function: Expr, arguments: Sequence[Expr]) -> Expr:
        """A function applied to arguments, one after the other."""
        for argument in arguments:
            function = self.make(APP, function, argument)
        return function

    def instantiate(self, e: Expr, values: Sequence[Expr]) -> Expr:
        """The body of some binders with closed values for their variables, the outermost first."""
        if e.loose == 0 or not values:
            return e
        key = (e, tuple(values))
        found = self._instances.get(key)
        if found is None:
            found = self._instances[key] = self._instantiate(e, 0, key[1], {})
        return found

    def _instantiate(self, e: Expr, inside: int, values: tuple[Expr, ...], done: dict[tuple[Expr, int], Expr]) -> Expr:
        if e.loose <= inside:
            return e
        if e.kind == BVAR:
            place = e.a - inside
            return values[-1 - place] if place < len(values) else self.make(BVAR, e.a - len(values))
        key = (e, inside)
        found = done.get(key)
        if found is None:
            kind = e.kind
            if kind == APP:
                parts = (self._instantiate(e.a, inside, values, done), self._instantiate(e.b, inside, values, done))
                found = self.make(APP, *parts)
            elif kind == PROJ:
                found = self.make(PROJ, e.a, e.b, self._instantiate(e.c, inside, values, done))
            elif kind == LET:
                parts = (self._instantiate(e.a, inside, values, done), self._instantiate(e.b, inside, values, done))
                found = self.make(LET, *parts, self._instantiate(e.c, inside + 1, values, done))
            else:
                first = self._instantiate(e.a, inside, values, done)
                found = self.make(kind, first, self._instantiate(e.b, inside + 1, values, done))
            done[key] = found
        return found

    def abstract(self, e: Expr, variables: Sequence[Expr]) -> Expr:
        """The body of binders whose variables were these free ones, numbered one after the other."""
        return self._abstract(e, 0, variables, {}) if variables else e

    def _abstract(self, e: Expr, inside: int, variables: Sequence[Expr], done: dict[tuple[Expr, int], Expr]) -> Expr:
        first = variables[0].a
        if e.depth <= first:
            return e
        if e.kind == FVAR:
            place = e.a - first
            if variables[place] is not e:
                raise AssertionError("two variables of one number meet")
            return self.make(BVAR, inside + len(variables) - 1 - place)
        key = (e, inside)
        found = done.get(key)
        if found is None:
            kind = e.kind
            if kind == APP:
                parts = (self._abstract(e.a, inside, variables, done), self._abstract(e.b, inside, variables, done))
                found = self.make(APP, *parts)
            elif kind == PROJ:
                found = self.make(PROJ, e.a, e.b, self._abstract(e.c, inside, variables, done))
            elif kind == LET:
                parts = (self._abstract(e.a, inside, variables, done), self._abstract(e.b, inside, variables, done))
                found = self.make(LET, *parts, self._abstract(e.c, inside + 1, variables, done))
            else:
                part = self._abstract(e.a, inside, variables, done)
                found = self.make(kind, part, self._abstract(e.b, inside + 1, variables, done))
            done[key] = found
        return found

    def with_levels(self, e: Expr, values: Mapping[Name, Level]) -> Expr:
        """A closed expression with levels for its universe parameters."""
        return self._with_levels(e, values, {})

    def _with_levels(self, e: Expr, values: Mapping[Name, Level], done: dict[Expr, Expr]) -> Expr:
        if not e.has_param:
            return e
        found = done.get(e)
        if found is None:
            kind, levels = e.kind, self.levels
            if kind == SORT:
                found = self.sort(levels.instantiate(e.a, values))
            elif kind == CONST:
                found = self.const(e.a, tuple(levels.instantiate(level, values) for level in e.b))
            elif kind == PROJ:
                found = self.make(PROJ, e.a, e.b, self._with_levels(e.c, values, done))
            else:
                parts = (self._with_levels(e.a, values, done), self._with_levels(e.b, values, done))
                found = self.make(kind, *parts, self._with_levels(e.c, values, done) if kind == LET else None)
            done[e] = found
        return found

    def children(self, e: Expr) -> tuple[Expr, ...]:
        """The expressions that one is made of directly."""
        if e.kind in (APP, LAM, PI):
            return (e.a, e.b)
        if e.kind == LET:
            return (e.a, e.b, e.c)
        return (e.c,) if e.kind == PROJ else ()
