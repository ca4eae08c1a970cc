"""Equality by definition: structure, computation with lazy unfolding, eta, proof irrelevance, unit-like types."""

from __future__ import annotations

from envs.lean.second.environment import Constructor, Declared, Inductive
from envs.lean.second.expressions import FVAR, Expr, head, spine
from envs.lean.second.literals import OF_LIST_NAME, SUCC_NAME, TRUE_NAME, as_list
from envs.lean.second.reduction import Reducer
from envs.lean.terms import APP, CONST, LAM, NAT, PI, PROJ, SORT, STR


class Comparer(Reducer):
    """Tells whether well-typed expressions are equal by definition."""

    _compared: dict[tuple[Expr, Expr], bool]

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two expressions of one type are equal by definition."""
        if left is right:
            return True
        key = (left, right) if id(left) < id(right) else (right, left)
        found = self._compared.get(key)
        if found is None:
            self.fuel.spend()
            found = self._compare(left, right)
            self._compared[key] = found
        return found

    def _compare(self, left: Expr, right: Expr) -> bool:
        quick = self._quick(left, right)
        if quick is not None:
            return quick
        # what `decide` asks for: computing one side is better than unfolding both
        if not left.depth and right.kind == CONST and right.a == TRUE_NAME and self.normal(left) is right:
            return True
        one, other = self.core(left, True), self.core(right, True)
        if one is not left or other is not right:
            quick = self._quick(one, other)
            if quick is not None:
                return quick
        irrelevant = self._proofs(one, other)
        if irrelevant is not None:
            return irrelevant
        verdict, one, other = self._unfold_in_turn(one, other)
        return verdict if verdict is not None else self._compare_heads(one, other)

    def _quick(self, left: Expr, right: Expr) -> bool | None:
        """The answer where the forms of both sides give it."""
        if left is right:
            return True
        if left.kind != right.kind:
            return None
        if left.kind in (LAM, PI):
            return self._binders(left, right)
        if left.kind == SORT:
            return self.levels.equal(left.a, right.a)
        return False if left.kind in (NAT, STR) else None

    def _binders(self, left: Expr, right: Expr) -> bool:
        """Whether functions, or types of functions, have equal domains and equal bodies."""
        kind, number = left.kind, max(left.depth, right.depth)
        variables: list[Expr] = []
        while left.kind == right.kind == kind:
            domain = self.table.instantiate(left.a, variables)
            if not self.equal(domain, self.table.instantiate(right.a, variables)):
                return False
            variables.append(self.table.make(FVAR, number + len(variables), domain))
            left, right = left.b, right.b
        return self.equal(self.table.instantiate(left, variables), self.table.instantiate(right, variables))

    def _proofs(self, left: Expr, right: Expr) -> bool | None:
        """Whether both prove the same; None if they are no proofs."""
        type_ = self.type_of(left)
        if not self.is_prop(type_):
            return None
        return self.equal(type_, self.type_of(right))

    # --- unfolding ---------------------------------------------------------------------------------------------------

    def _unfold_in_turn(self, left: Expr, right: Expr) -> tuple[bool | None, Expr, Expr]:
        """Unfold the side that was defined later until the answer shows, or neither side can be unfolded."""
        while True:
            offset = self._offsets(left, right)
            if offset is not None:
                return offset, left, right
            if not left.depth and not right.depth:
                value = self.computed(left)
                if value is not None:
                    return self.equal(value, right), left, right
                value = self.computed(right)
                if value is not None:
                    return self.equal(left, value), left, right
            one, other = self.delta(left), self.delta(right)
            if one is None and other is None:
                return None, left, right
            if one is not None and other is not None and self._same_application(left, right, one, other):
                return True, left, right
            left, right = self._unfold(left, right, one, other)
            quick = self._quick(left, right)
            if quick is not None:
                return quick, left, right

    def _unfold(self, left: Expr, right: Expr, one: Declared | None, other: Declared | None) -> tuple[Expr, Expr]:
        """One step of unfolding: of the side that is more eager, or of both."""
        if one is None or other is None:
            # a projection that is stuck only because nothing was unfolded for it goes first
            stuck = left if one is None else right
            if head(stuck).kind == PROJ:
                freed = self.core(stuck)
                if freed is not stuck:
                    return (freed, right) if one is None else (left, freed)
        first = self.eagerness(one) if one is not None else -2.0
        second = self.eagerness(other) if other is not None else -2.0
        if first >= second:
            left = self.core(self.unfolded(left) or left, True)
        if second >= first:
            right = self.core(self.unfolded(right) or right, True)
        return left, right

    def _same_application(self, left: Expr, right: Expr, one: Declared, other: Declared) -> bool:
        """Whether both sides apply one constant to equal arguments."""
        if one is not other or left.kind != APP or right.kind != APP:
            return False
        return self._levels_of(head(left), head(right)) and self._arguments(left, right)

    def _levels_of(self, left: Expr, right: Expr) -> bool:
        return len(left.b) == len(right.b) and all(map(self.levels.equal, left.b, right.b))

    def _arguments(self, left: Expr, right: Expr) -> bool:
        (_, first), (_, second) = spine(left), spine(right)
        if len(first) != len(second):
            return False
        for one, other in zip(first, second, strict=True):  # noqa: SIM110 - `all` would nest on the stack of C
            if not self.equal(one, other):
                return False
        return True

    # --- what cannot be unfolded -------------------------------------------------------------------------------------

    def _compare_heads(self, left: Expr, right: Expr) -> bool:
        if left.kind == right.kind == CONST and left.a == right.a and self._levels_of(left, right):
            return True
        if left.kind == right.kind == PROJ and left.b == right.b and left.a == right.a and self.equal(left.c, right.c):
            return True
        one, other = self.core(left), self.core(right)
        if one is not left or other is not right:
            return self.equal(one, other)
        return (
            self._applications(left, right)
            or self._eta(left, right)
            or self._eta(right, left)
            or self._structure_eta(left, right)
            or self._structure_eta(right, left)
            or self._strings(left, right)
            or self._units(left, right)
        )

    def _applications(self, left: Expr, right: Expr) -> bool:
        if left.kind != APP or right.kind != APP:
            return False
        return self.equal(head(left), head(right)) and self._arguments(left, right)

    def _offsets(self, left: Expr, right: Expr) -> bool | None:
        """The answer for numbers, and for successors."""
        first, second = self.literal(left), self.literal(right)
        if first is not None and second is not None:
            return first == second
        one, other = self._predecessor(left), self._predecessor(right)
        return None if one is None or other is None else self.equal(one, other)

    def _predecessor(self, e: Expr) -> Expr | None:
        if e.kind == NAT:
            return self.table.nat(e.a - 1) if e.a else None
        if e.kind == APP and e.a.kind == CONST and e.a.a == SUCC_NAME:
            found: Expr = e.b
            return found
        return None

    def _eta(self, left: Expr, right: Expr) -> bool:
        """Whether a function is `fun x => f x` of the other side."""
        if left.kind != LAM or right.kind == LAM:
            return False
        type_ = self.normal(self.type_of(right))
        if type_.kind != PI:
            return False
        bound = self.table.make(0, 0)
        return self.equal(left, self.table.make(LAM, type_.a, self.table.apply(right, [bound])))

    def _structure_eta(self, left: Expr, right: Expr) -> bool:
        """Whether the right side is a constructor at the projections of the left one."""
        function, arguments = spine(right)
        made = self.special(function, Constructor)
        if made is None or len(arguments) != made.params + made.fields:
            return False
        declared = self.environment.find(made.inductive)
        info = declared.special if declared is not None else None
        if not isinstance(info, Inductive) or not info.is_structure:
            return False
        if not self.equal(self.type_of(left), self.type_of(right)):
            return False
        for place, argument in enumerate(arguments[made.params :]):
            if not self.equal(self.table.make(PROJ, made.inductive, place, left), argument):
                return False
        return True

    def _strings(self, left: Expr, right: Expr) -> bool:
        """Whether a literal is the string that is written out on the other side."""
        for one, other in ((left, right), (right, left)):
            function = head(other)
            if one.kind == STR and function is not other and function.kind == CONST and function.a == OF_LIST_NAME:
                return self.equal(as_list(self.table, one.a), other)
        return False

    def _units(self, left: Expr, right: Expr) -> bool:
        """Whether both are of one structure without fields."""
        type_ = self.normal(self.type_of(left))
        info = self.special(head(type_), Inductive)
        if info is None or not info.is_structure:
            return False
        (name,) = info.constructors
        constructor = self.environment.find(name)
        if constructor is None or not isinstance(constructor.special, Constructor) or constructor.special.fields:
            return False
        return self.equal(type_, self.type_of(right))
