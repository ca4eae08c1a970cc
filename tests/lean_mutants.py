"""Proof terms changed at random, in the tables that a kernel is sent; most are wrong then, and some are not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from envs.lean.library import constants_in
from envs.lean.olean import Kind, LazyModule
from envs.lean.tables import encode
from envs.lean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, SUCC, ZERO, Name

Request = dict[str, Any]
Node = list[Any]

_PARTS = {APP: (1, 2), LAM: (1, 2), PI: (1, 2), LET: (1, 2, 3), PROJ: (3,)}
_MAX_PATH = 60
_TRIES = 20


def request_of(module: LazyModule, name: Name) -> Request:
    """What a kernel is sent to check a constant of the library again, as `mutant`; and what it may be unfolded to.

    Besides what `tables.encode` writes there are `values`: by their names' places, those of definitions that the
    constant mentions and that have no universe parameters.
    """
    terms, constant = module.terms, module.constant(name)
    used = map(module.constant, sorted(constants_in(terms, (constant.type, constant.value)), key=str))
    known = [each for each in used if each.kind is Kind.DEFINITION and not each.level_params]
    request = json.loads(encode(terms, [replace(constant, name=("mutant",)), *known]))
    own, *others = request["declarations"]
    return {**request, "declarations": [own], "values": {name: value for name, _, _, value, _ in others}}


class Mutation:
    """One change of a request: of a subterm that is reached by a random way from a declaration's value or type.

    Args:
        request: What `request_of` made; it is not changed.
        rng: Decides everything.
    """

    def __init__(self, request: Request, rng: random.Random) -> None:
        self.rng = rng
        self.request = {key: copy(value) for key, value in request.items()}
        self.expressions: list[Node] = self.request["expressions"]
        self.levels: list[Node] = self.request["levels"]
        self.names: list[Any] = self.request["names"]
        self.count = len(self.expressions)
        self.values: dict[int, int] = self.request.pop("values")

    def run(self) -> tuple[str, Request] | None:
        """Return what was done and the changed request; None if the change does not apply where it should."""
        declarations = self.request["declarations"]
        place = self.rng.randrange(len(declarations))
        declaration = list(declarations[place])
        root = 2 if self.rng.random() < 0.1 else 3
        name, change = self.rng.choice(CHANGES)
        for _ in range(_TRIES):
            path = self._path(declaration[root])
            changed = change(self, self.expressions[path[-1][0]])
            if changed is not None:
                break
        else:
            return None
        at = self.put(changed)
        for parent, part in reversed(path[:-1]):
            node = list(self.expressions[parent])
            node[part] = at
            at = self.put(node)
        declaration[root] = at
        declarations[place] = declaration
        return name, self.request | {"values": self.values}

    def _path(self, at: int) -> list[tuple[int, int]]:
        """Expressions from one downwards, each with the part in which the next one is; the last is to be changed."""
        path = []
        for _ in range(_MAX_PATH):
            node = self.expressions[at]
            parts = _PARTS.get(node[0], ())
            if not parts or self.rng.random() < 0.08:
                break
            part = self.rng.choice(parts)
            path.append((at, part))
            at = node[part]
        return [*path, (at, 0)]

    def put(self, node: Node) -> int:
        """Add an expression to the table."""
        self.expressions.append(node)
        return len(self.expressions) - 1

    def constant(self, name: str) -> Node:
        """A constant without universe parameters."""
        parts = name.split(".")
        if parts not in self.names:
            self.names.append(parts)
        return [CONST, self.names.index(parts), []]

    def any(self) -> int:
        """Any expression of the proof."""
        return self.rng.randrange(self.count)

    def level(self) -> int:
        """A level of the proof, its successor, or zero.

        Maxima are left out: Lean's kernel does not see all that are equal, and the rules are tested elsewhere.
        """
        if self.levels and self.rng.random() < 0.7:
            known = self.rng.randrange(len(self.levels))
            if self.rng.random() < 0.5:
                return known
            self.levels.append([SUCC, known])
        else:
            self.levels.append([ZERO])
        return len(self.levels) - 1


def _swap_arguments(m: Mutation, node: Node) -> Node | None:
    if node[0] != APP or m.expressions[node[1]][0] != APP:
        return None
    _, function, first = m.expressions[node[1]]
    return [APP, m.put([APP, function, node[2]]), first]


def _other_levels(m: Mutation, node: Node) -> Node | None:
    if node[0] == SORT:
        return [SORT, m.level()]
    if node[0] != CONST or not node[2]:
        return None
    levels = list(node[2])
    levels[m.rng.randrange(len(levels))] = m.level()
    return [CONST, node[1], levels]


def _number_of_levels(m: Mutation, node: Node) -> Node | None:
    if node[0] != CONST:
        return None
    return [CONST, node[1], node[2][:-1] if node[2] and m.rng.random() < 0.5 else [*node[2], m.level()]]


def _other_subterm(m: Mutation, node: Node) -> Node | None:
    return m.expressions[m.any()]


def _other_subterm_of_this_kind(m: Mutation, node: Node) -> Node | None:
    same = [other for other in m.expressions[: m.count] if other[0] == node[0] and other != node]
    return m.rng.choice(same) if same else None


def _without_binder(m: Mutation, node: Node) -> Node | None:
    return m.expressions[node[-1]] if node[0] in (LAM, PI, LET) else None


def _other_binder(m: Mutation, node: Node) -> Node | None:
    return [LAM + PI - node[0], *node[1:]] if node[0] in (LAM, PI) else None


def _other_domain(m: Mutation, node: Node) -> Node | None:
    return [node[0], m.any(), *node[2:]] if node[0] in (LAM, PI, LET) else None


def _other_literal(m: Mutation, node: Node) -> Node | None:
    if node[0] == STR:
        return [STR, node[1] + m.rng.choice("aé")]
    return [NAT, m.rng.choice((node[1] + 1, max(node[1] - 1, 0), 0, 2**70))] if node[0] == NAT else None


def _literal(m: Mutation, node: Node) -> Node | None:
    return [NAT, m.rng.randrange(3)] if m.rng.random() < 0.8 else [STR, m.rng.choice(("", "a"))]


def _written_out(m: Mutation, node: Node) -> Node | None:
    """A literal as the successor of another, or the other way round."""
    if node[0] != NAT:
        return None
    return m.constant("Nat.zero") if not node[1] else [APP, m.put(m.constant("Nat.succ")), m.put([NAT, node[1] - 1])]


def _other_variable(m: Mutation, node: Node) -> Node | None:
    return [BVAR, max(0, node[1] + m.rng.choice((-2, -1, 1, 2)))] if node[0] == BVAR else None


def _variable(m: Mutation, node: Node) -> Node | None:
    return [BVAR, m.rng.randrange(6)]


def _without_argument(m: Mutation, node: Node) -> Node | None:
    return m.expressions[node[1]] if node[0] == APP else None


def _another_argument(m: Mutation, node: Node) -> Node | None:
    return [APP, m.put(node), m.any()]


def _other_constant(m: Mutation, node: Node) -> Node | None:
    if node[0] != CONST:
        return None
    return [CONST, m.rng.randrange(len(m.names)), node[2]]


def _projection(m: Mutation, node: Node) -> Node | None:
    structures = [
        m.names.index(name) for name in (["And"], ["Prod"], ["Iff"], ["Exists"], ["Subtype"]) if name in m.names
    ]
    if node[0] == PROJ:
        return [PROJ, node[1], m.rng.randrange(3), node[3]]
    return [PROJ, m.rng.choice(structures), m.rng.randrange(3), m.put(node)] if structures else None


def _identity_applied(m: Mutation, node: Node) -> Node | None:
    """A redex that may be ill typed."""
    return [APP, m.put([LAM, m.any(), m.put([BVAR, 0])]), m.put(node)]


def _let(m: Mutation, node: Node) -> Node | None:
    return [LET, m.any(), m.put(node), m.put([BVAR, 0])]


def _eta(m: Mutation, node: Node) -> Node | None:
    """`fun x => e x` where e is a constant; the domain is a guess."""
    if node[0] != CONST:
        return None
    return [LAM, m.any(), m.put([APP, m.put(node), m.put([BVAR, 0])])]


def _eta_reduced(m: Mutation, node: Node) -> Node | None:
    if node[0] != LAM or m.expressions[node[2]][0] != APP:
        return None
    return m.expressions[m.expressions[node[2]][1]]


def _unfolded(m: Mutation, node: Node) -> Node | None:
    """A definition in place of its name: the same by computation."""
    return m.expressions[m.values[node[1]]] if node[0] == CONST and node[1] in m.values else None


def _in_other_order(m: Mutation, node: Node) -> Node | None:
    """Two binders that change places, with their variables as they were."""
    if node[0] not in (LAM, PI) or m.expressions[node[2]][0] != node[0]:
        return None
    kind, domain, body = m.expressions[node[2]]
    return [kind, domain, m.put([kind, node[1], body])]


def _as_let(m: Mutation, node: Node) -> Node | None:
    """A redex as a `let`, or the other way round: both mean the same."""
    if node[0] == LET:
        return [APP, m.put([LAM, node[1], node[3]]), node[2]]
    if node[0] != APP or m.expressions[node[1]][0] != LAM:
        return None
    _, domain, body = m.expressions[node[1]]
    return [LET, domain, node[2], body]


Change = Callable[[Mutation, Node], Node | None]
CHANGES: Sequence[tuple[str, Change]] = [
    (name.removeprefix("_"), change)
    for name, change in list(globals().items())
    if name.startswith("_") and getattr(change, "__module__", "") == __name__
]
