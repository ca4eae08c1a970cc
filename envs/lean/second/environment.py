"""The constants that a check may use: the library's and a header's, read from their modules, and those checked before.

What a library or a header declares is taken as it stands: types, values, inductive types with their constructors, and
the rules of their recursors. Of a submission nothing is read here but the tables that `tables.encode` wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from envs.lean.olean import Constant, Kind, LazyModule
from envs.lean.second.expressions import Expr, Expressions, head
from envs.lean.second.levels import Level
from envs.lean.terms import APP, BVAR, CONST, LAM, LET, NAT, PARAM, PI, PROJ, SORT, STR, ZERO, Name, Node, Terms

OPAQUE, ABBREVIATION = -2, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Inductive:
    """An inductive type."""

    params: int
    indices: int
    constructors: tuple[Name, ...]
    is_recursive: bool

    @property
    def is_structure(self) -> bool:
        """Whether its elements are nothing but their fields."""
        return len(self.constructors) == 1 and not self.indices and not self.is_recursive


@dataclass(frozen=True, slots=True, kw_only=True)
class Constructor:
    """A constructor of an inductive type."""

    inductive: Name
    params: int
    fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recursor:
    """The recursor of an inductive type; what comes before the element that it takes apart, and what it becomes."""

    inductive: Name
    """The type that is taken apart: of nested types not always the one that the recursor is named for."""
    params: int
    indices: int
    before_indices: int
    like_equality: bool
    """Whether a proof of an equation may be taken for `refl`, whatever it is (K)."""
    rules: Mapping[Name, tuple[int, Expr]]
    """By constructor: its fields, and the right-hand side."""

    @property
    def major(self) -> int:
        """The place of the element that is taken apart."""
        return self.before_indices + self.indices


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A constant."""

    name: Name
    params: tuple[Name, ...]
    type: Expr
    value: Expr | None = None
    """Of a definition or theorem, what it unfolds to."""
    height: int = OPAQUE
    """How eagerly it is unfolded: that of a definition as Lean stores it; theorems are unfolded last."""
    is_theorem: bool = False
    is_safe: bool = True
    special: Inductive | Constructor | Recursor | None = None


@dataclass(slots=True)
class Source:
    """A module whose constants are turned into ours when they are asked for."""

    module: LazyModule
    table: Expressions
    _known: dict[Name, Declared] = field(default_factory=dict)
    _made: dict[int, Expr] = field(default_factory=dict)
    _levels: dict[int, Level] = field(default_factory=dict)

    def find(self, name: Name) -> Declared | None:
        """The constant of this name, if the module has it."""
        found = self._known.get(name)
        if found is None and name in self.module:
            found = self._known[name] = self._declared(self.module.constant(name))
        return found

    def _declared(self, constant: Constant) -> Declared:
        hint = ABBREVIATION - 1 if constant.hint is None else constant.hint
        unfolds = constant.kind in (Kind.DEFINITION, Kind.THEOREM) and constant.value is not None
        return Declared(
            name=constant.name,
            params=constant.level_params,
            type=self._expression(constant.type),
            value=self._expression(constant.value) if unfolds and constant.value is not None else None,
            height=hint,
            is_theorem=constant.kind is Kind.THEOREM,
            is_safe=constant.is_safe,
            special=self._special(constant),
        )

    def _special(self, constant: Constant) -> Inductive | Constructor | Recursor | None:
        details = constant.details
        if constant.kind is Kind.INDUCTIVE:
            params, indices, _, _, constructors, recursive, _ = details
            return Inductive(params=params, indices=indices, constructors=constructors, is_recursive=recursive)
        if constant.kind is Kind.CONSTRUCTOR:
            inductive, _, params, fields = details
            return Constructor(inductive=inductive, params=params, fields=fields)
        if constant.kind is Kind.RECURSOR:
            _, params, indices, motives, minors, rules, like_equality = details
            type_ = self._expression(constant.type)
            for _ in range(params + motives + minors + indices):
                type_ = type_.b
            return Recursor(
                inductive=head(type_.a).a,
                params=params,
                indices=indices,
                before_indices=params + motives + minors,
                like_equality=like_equality,
                rules={name: (fields, self._expression(value)) for name, fields, value in rules},
            )
        return None

    def _expression(self, root: int) -> Expr:
        terms, made = self.module.terms, self._made
        for number in _missing(terms, root, made):
            made[number] = from_node(self.table, terms.node(number), made.__getitem__, self._level)
        return made[root]

    def _level(self, number: int) -> Level:
        found = self._levels.get(number)
        if found is None:
            node = self.module.terms.level_node(number)
            parts = [] if node[0] in (ZERO, PARAM) else [self._level(part) for part in node[1:]]
            found = self._levels[number] = level_from_node(self.table, node, parts)
        return found


def _missing(terms: Terms, root: int, made: Mapping[int, Expr]) -> list[int]:
    """The expressions in one that are not made yet, parts first."""
    if root in made:
        return []
    seen, stack = {root}, [root]
    while stack:
        node = terms.node(stack.pop())
        for part in expression_parts(node):
            if part not in seen and part not in made:
                seen.add(part)
                stack.append(part)
    return sorted(seen)


def expression_parts(node: Node) -> tuple[Any, ...]:
    """Which entries of a node are expressions."""
    if node[0] in (APP, LAM, PI, LET):
        return node[1:]
    return node[3:] if node[0] == PROJ else ()


def level_from_node(table: Expressions, node: Node, parts: list[Level]) -> Level:
    """A level from a node whose parts are made."""
    if node[0] == ZERO:
        return table.levels.zero
    return table.levels.param(node[1]) if node[0] == PARAM else table.levels.build(node[0], parts)


def from_node(table: Expressions, node: Node, made: Any, level: Any) -> Expr:
    """An expression from a node; `made` and `level` give the parts by their numbers."""
    kind = node[0]
    if kind == SORT:
        return table.sort(level(node[1]))
    if kind == CONST:
        return table.const(node[1], tuple(level(part) for part in node[2]))
    if kind == PROJ:
        return table.make(PROJ, node[1], node[2], made(node[3]))
    if kind in (BVAR, NAT, STR):
        return table.make(kind, node[1])
    if kind not in (APP, LAM, PI, LET):
        raise ValueError(f"no expression is of kind {kind}")
    return table.make(kind, *(made(part) for part in node[1:]))


class Environment:
    """All constants of one check.

    Args:
        table: Of all expressions.
        sources: The library, and a header where there is one.
    """

    def __init__(self, table: Expressions, sources: list[Source]) -> None:
        self.table = table
        self._sources = sources
        self._added: dict[Name, Declared] = {}
        self._instances: dict[tuple[Name, tuple[Level, ...], bool], Expr | None] = {}

    def find(self, name: Name) -> Declared | None:
        """The constant of this name."""
        found = self._added.get(name)
        for source in self._sources:
            found = found or source.find(name)
        return found

    def add(self, declared: Declared) -> None:
        """Let later declarations use one."""
        self._added[declared.name] = declared

    def type_of(self, declared: Declared, levels: tuple[Level, ...]) -> Expr:
        """The type of a constant at these levels, which are as many as it has parameters."""
        return self._at(declared, levels, declared.type, False)

    def value_of(self, declared: Declared, levels: tuple[Level, ...]) -> Expr | None:
        """What a constant unfolds to at these levels."""
        if declared.value is None or len(levels) != len(declared.params):
            return None
        return self._at(declared, levels, declared.value, True)

    def _at(self, declared: Declared, levels: tuple[Level, ...], e: Expr, is_value: bool) -> Expr:
        key = (declared.name, levels, is_value)
        found = self._instances.get(key)
        if found is None:
            values = dict(zip(declared.params, levels, strict=True))
            found = self._instances[key] = self.table.with_levels(e, values)
        return found
