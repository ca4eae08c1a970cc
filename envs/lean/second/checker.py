"""A second kernel: it decides by rules of its own whether declarations are well typed.

It knows universes with `imax`, functions, `let`, inductive types with their recursors (also K, and structures by eta),
projections, quotients, literals, eta, proof irrelevance and unit-like types. What a library or a task's header declares
is taken as it stands; new are only theorems and definitions. It is slower than Lean's kernel, and gives up
(`Undecided`) where it would take too long; it never accepts what it has not checked to the end.

Left out: inductive declarations, mutual or unsafe definitions, `Lean.reduceBool` and its like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from envs.lean.second.environment import Constructor, Declared, Environment, Inductive
from envs.lean.second.equality import Comparer
from envs.lean.second.expressions import FVAR, Expr, spine
from envs.lean.second.levels import Level, params_of
from envs.lean.second.limits import Fuel, Refused
from envs.lean.second.literals import NAT_NAME, STRING_NAME
from envs.lean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, Name


@dataclass(frozen=True, slots=True)
class New:
    """A theorem or definition to be checked."""

    name: Name
    params: tuple[Name, ...]
    type: Expr
    value: Expr
    height: int | None
    """Of a definition; a theorem has none."""


class Checker(Comparer):
    """Checks declarations, one after the other; each may use those before it.

    Args:
        environment: What they may use besides.
        fuel: Steps that may be made for all of them.
    """

    def __init__(self, environment: Environment, fuel: Fuel) -> None:
        super().__init__(environment, fuel)
        self._compared = {}
        self._types: dict[bool, dict[Expr, Expr]] = {False: {}, True: {}}

    def add(self, new: New) -> None:
        """Check a declaration, and let later ones use it.

        Raises:
            Refused: It is not well typed.
            Undecided: It takes too long.
        """
        if self.environment.find(new.name) is not None:
            raise Refused("already declared")
        self.check(new)
        self.environment.add(
            Declared(
                name=new.name,
                params=new.params,
                type=new.type,
                value=new.value,
                height=new.height if new.height is not None else -2,
                is_theorem=new.height is None,
            )
        )

    def check(self, new: New) -> None:
        """Check a declaration.

        Raises:
            Refused: It is not well typed.
            Undecided: It takes too long.
        """
        if len(set(new.params)) != len(new.params):
            raise Refused("a universe parameter is declared twice")
        for level in self._levels_in((new.type, new.value)):
            for name in params_of(level) - set(new.params):
                raise Refused(f"undeclared universe parameter {'.'.join(map(str, name))}")
        if new.type.loose or new.value.loose:
            raise Refused("a bound variable is not bound")
        universe = self._universe(new.type, True)
        if new.height is None and not self.levels.is_zero(universe):
            raise Refused("the type of a theorem is not a proposition")
        if not self.equal(self._infer(new.value, True), new.type):
            raise Refused("the value has another type than the declaration says")

    def _levels_in(self, roots: tuple[Expr, ...]) -> Iterator[Level]:
        seen, stack = set(roots), list(roots)
        while stack:
            e = stack.pop()
            if e.kind == SORT:
                yield e.a
            elif e.kind == CONST:
                yield from e.b
            for part in self.table.children(e):
                if part not in seen:
                    seen.add(part)
                    stack.append(part)

    def type_of(self, e: Expr) -> Expr:
        """The type of an expression that is known to have one."""
        return self._infer(e, False)

    def _infer(self, e: Expr, checking: bool) -> Expr:
        """The type of an expression; whether it has one is found out only when `checking`."""
        found = self._types[True].get(e) or (None if checking else self._types[False].get(e))
        if found is None:
            self.fuel.spend()
            found = self._types[checking][e] = self._inferred(e, checking)
        return found

    def _inferred(self, e: Expr, checking: bool) -> Expr:
        kind = e.kind
        if kind == APP:
            return self._of_application(e, checking)
        if kind == LAM:
            return self._of_function(e, checking)
        if kind == PI:
            return self._of_product(e, checking)
        if kind == CONST:
            return self._of_constant(e)
        if kind == FVAR:
            type_: Expr = e.b
            return type_
        if kind == SORT:
            return self.table.sort(self.levels.succ(e.a))
        if kind == PROJ:
            return self._of_projection(e, checking)
        if kind == LET:
            return self._of_let(e, checking)
        if kind == BVAR:
            raise Refused("a bound variable is not bound")
        return self.table.const(NAT_NAME if kind == NAT else STRING_NAME)

    def _universe(self, type_: Expr, checking: bool) -> Level:
        """The level of a type's universe."""
        universe = self.normal(self._infer(type_, checking))
        if universe.kind != SORT:
            raise Refused("type expected")
        level: Level = universe.a
        return level

    def _of_constant(self, e: Expr) -> Expr:
        declared = self.environment.find(e.a)
        if declared is None or not declared.is_safe:
            raise Refused(f"unknown constant {'.'.join(map(str, e.a))}" if declared is None else "an unsafe constant")
        if len(declared.params) != len(e.b):
            raise Refused(f"{'.'.join(map(str, e.a))} has another number of universe parameters")
        return self.environment.type_of(declared, e.b)

    def _of_application(self, e: Expr, checking: bool) -> Expr:
        function, arguments = spine(e)
        type_ = self._infer(function, checking)
        values: list[Expr] = []  # for the binders of `type_` that were passed
        for argument in arguments:
            if type_.kind != PI:
                type_, values = self.normal(self.table.instantiate(type_, values)), []
                if type_.kind != PI:
                    raise Refused("function expected")
            if checking:
                wanted = self.table.instantiate(type_.a, values)
                if not self.equal(self._infer(argument, True), wanted):
                    raise Refused("an argument has another type than the function wants")
            values.append(argument)
            type_ = type_.b
        return self.table.instantiate(type_, values)

    def _of_function(self, e: Expr, checking: bool) -> Expr:
        variables: list[Expr] = []
        domains: list[Expr] = []
        body = e
        while body.kind == LAM:
            domain = self.table.instantiate(body.a, variables)
            if checking:
                self._universe(domain, True)
            domains.append(body.a)
            variables.append(self.table.make(FVAR, e.depth + len(variables), domain))
            body = body.b
        type_ = self.table.abstract(self._infer(self.table.instantiate(body, variables), checking), variables)
        for domain in reversed(domains):
            type_ = self.table.make(PI, domain, type_)
        return type_

    def _of_product(self, e: Expr, checking: bool) -> Expr:
        variables: list[Expr] = []
        universes: list[Level] = []
        body = e
        while body.kind == PI:
            domain = self.table.instantiate(body.a, variables)
            universes.append(self._universe(domain, checking))
            variables.append(self.table.make(FVAR, e.depth + len(variables), domain))
            body = body.b
        level = self._universe(self.table.instantiate(body, variables), checking)
        for universe in reversed(universes):
            level = self.levels.imax(universe, level)
        return self.table.sort(level)

    def _of_let(self, e: Expr, checking: bool) -> Expr:
        if checking:
            self._universe(e.a, True)
            if not self.equal(self._infer(e.b, True), e.a):
                raise Refused("the value of a let has another type than it says")
        return self._infer(self.table.instantiate(e.c, (e.b,)), checking)

    def _of_projection(self, e: Expr, checking: bool) -> Expr:
        """The type of a field; of a proof only propositions may be taken, or it would tell what proofs are made of."""
        whole = self.normal(self._infer(e.c, checking))
        structure, arguments = spine(whole)
        info = self.special(structure, Inductive)
        if info is None or structure.a != e.a or len(info.constructors) != 1:
            raise Refused("invalid projection")
        if len(arguments) != info.params + info.indices:
            raise Refused("invalid projection")
        constructor = self.environment.find(info.constructors[0])
        if constructor is None or not isinstance(constructor.special, Constructor):
            raise Refused("invalid projection")
        type_ = self.environment.type_of(constructor, structure.b)
        for argument in arguments[: info.params]:
            type_ = self.table.instantiate(self._product(type_).b, (argument,))
        is_proof = self.is_prop(whole)
        for place in range(e.b):
            type_ = self._product(type_)
            if is_proof and type_.b.loose and not self.is_prop(type_.a):
                raise Refused("invalid projection: a later field of a proof depends on one that is no proof")
            type_ = self.table.instantiate(type_.b, (self.table.make(PROJ, e.a, place, e.c),))
        field: Expr = self._product(type_).a
        if is_proof and not self.is_prop(field):
            raise Refused("invalid projection: the field of a proof is no proof")
        return field

    def _product(self, type_: Expr) -> Expr:
        found = self.normal(type_)
        if found.kind != PI:
            raise Refused("invalid projection: there is no such field")
        return found
