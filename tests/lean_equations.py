"""Equations between subterms of the library, claimed to hold by computation: some do, most do not."""

from __future__ import annotations

import random
from typing import Any

from envs.lean.second.checker import Checker
from envs.lean.second.environment import Environment
from envs.lean.second.expressions import FVAR, Expr
from envs.lean.second.levels import Level, Levels
from envs.lean.second.limits import Fuel, Refused, Undecided
from envs.lean.second.worker import Second
from envs.lean.terms import APP, CONST, LAM, LET, PARAM, PI, PROJ, SORT, ZERO, Name

_MAX_TERMS = 200


def equations(second: Second, name: Name, rng: random.Random, count: int) -> list[dict[str, Any]]:
    """Requests that claim equations under the binders of a constant's value, each by `Eq.refl`."""
    declared = second.library.find(name)
    if declared is None or declared.value is None or not declared.is_safe:
        return []
    table = second.table
    environment = Environment(table, [second.library])
    checker = Checker(environment, Fuel(100_000))
    # at universe 1 throughout: Lean's kernel does not see of all levels that they are equal
    variables, body = [], environment.value_of(declared, (table.levels.one,) * len(declared.params))
    assert body is not None
    while body.kind == LAM:
        variables.append(table.make(FVAR, len(variables), table.instantiate(body.a, variables)))
        body = body.b
    found = []
    try:
        terms = _subterms(second, [table.instantiate(body, variables), *(each.b for each in variables)])
        types: dict[Expr, list[Expr]] = {}
        for term in terms:
            types.setdefault(checker.normal(checker.type_of(term)), []).append(term)
        for _ in range(count):
            left = rng.choice(terms)
            type_ = checker.type_of(left)
            computed = [checker.normal(left), checker.core(left), checker.unfolded(left) or left]
            others = types[checker.normal(type_)]
            right = rng.choice(computed if rng.random() < 0.25 else others)
            level = _numeral(table.levels, checker.normal(checker.type_of(type_)).a)
            parts = [type_, left, right]
            claim = table.apply(table.const(("Eq",), (level,)), parts)
            proof = table.apply(table.const(("Eq", "refl"), (level,)), parts[:2])
            for variable in reversed(variables):
                claim = table.make(PI, variable.b, table.abstract(claim, [variable]))
                proof = table.make(LAM, variable.b, table.abstract(proof, [variable]))
            found.append(_Tables().request((), claim, proof))
    except (Refused, Undecided):
        pass  # of the library nothing is refused; what takes long is left out
    return found


def _numeral(levels: Levels, level: Level) -> Level:
    found = levels.zero
    while not levels.at_most(level, found):
        found = levels.succ(found)
    return found


def _subterms(second: Second, roots: list[Expr]) -> list[Expr]:
    """The parts that lie under no further binder."""
    seen, order, stack = set(roots), list(roots), list(roots)
    while stack and len(order) < _MAX_TERMS:
        e = stack.pop()
        for part in second.table.children(e):
            if part.loose == 0 and part not in seen:
                seen.add(part)
                order.append(part)
                stack.append(part)
    return order


class _Tables:
    """Writes expressions as `tables.encode` does."""

    def __init__(self) -> None:
        self.names: list[Name] = []
        self.levels: list[list[Any]] = []
        self.expressions: list[list[Any]] = []
        self._places: dict[Any, int] = {}

    def request(self, params: tuple[Name, ...], type_: Expr, value: Expr) -> dict[str, Any]:
        declaration = [self._name(("mutant",)), [self._name(each) for each in params]]
        declaration += [self._expression(type_), self._expression(value), None]
        return {
            "names": self.names,
            "levels": self.levels,
            "expressions": self.expressions,
            "declarations": [declaration],
            "header": None,
            "heartbeats": 200_000_000,
            "recursion": 4096,
        }

    def _put(self, key: Any, row: list[Any], table: list[Any]) -> int:
        self._places[key] = len(table)
        table.append(row)
        return len(table) - 1

    def _name(self, name: Name) -> int:
        if name not in self._places:
            self._places[name] = len(self.names)
            self.names.append(name)
        return self._places[name]

    def _level(self, level: Level) -> int:
        if level in self._places:
            return self._places[level]
        parts = [self._level(part) for part in level.parts()]
        if level.kind == PARAM:
            parts = [self._name(level.name)]
        return self._put(level, [level.kind, *([] if level.kind == ZERO else parts)], self.levels)

    def _expression(self, e: Expr) -> int:
        if e in self._places:
            return self._places[e]
        if e.kind == SORT:
            row = [SORT, self._level(e.a)]
        elif e.kind == CONST:
            row = [CONST, self._name(e.a), [self._level(level) for level in e.b]]
        elif e.kind == PROJ:
            row = [PROJ, self._name(e.a), e.b, self._expression(e.c)]
        elif e.kind in (APP, LAM, PI):
            row = [e.kind, self._expression(e.a), self._expression(e.b)]
        elif e.kind == LET:
            row = [LET, self._expression(e.a), self._expression(e.b), self._expression(e.c)]
        else:
            row = [e.kind, e.a]
        return self._put(e, row, self.expressions)
