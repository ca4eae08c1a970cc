"""Computation: weak head normal forms by beta, let, projections, recursors, quotients, literals, and unfolding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from envs.lean.second.environment import ABBREVIATION, OPAQUE, Constructor, Declared, Environment, Inductive, Recursor
from envs.lean.second.expressions import Expr, head, spine
from envs.lean.second.limits import Fuel
from envs.lean.second.literals import FUNCTIONS, SUCC_NAME, ZERO_NAME, as_constructor, as_list, result_of
from envs.lean.terms import APP, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, Name

_Special = TypeVar("_Special", Inductive, Constructor, Recursor)

_QUOTIENTS: dict[Name, tuple[int, int]] = {("Quot", "lift"): (5, 3), ("Quot", "ind"): (4, 3)}
"""The eliminators of quotients: the place of the element that is taken apart, and of the function that it goes to."""


class Reducer(ABC):
    """Computes with well-typed expressions that miss no bound variable.

    Args:
        environment: The constants.
        fuel: Steps that may be made.
    """

    def __init__(self, environment: Environment, fuel: Fuel) -> None:
        self.environment = environment
        self.table = environment.table
        self.levels = environment.table.levels
        self.fuel = fuel
        self.prop = self.table.sort(self.levels.zero)
        self._cores: dict[bool, dict[Expr, Expr]] = {False: {}, True: {}}
        self._normal: dict[Expr, Expr] = {}

    @abstractmethod
    def type_of(self, e: Expr) -> Expr:
        """The type of an expression that is known to have one."""

    @abstractmethod
    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two expressions of one type are equal by definition."""

    def normal(self, e: Expr) -> Expr:
        """The weak head normal form."""
        if e.kind in (SORT, PI, LAM, NAT, STR):
            return e
        found = self._normal.get(e)
        if found is None:
            here = self.core(e)
            while True:
                computed = self.computed(here)
                if computed is not None:
                    here = computed
                    break
                unfolded = self.unfolded(here)
                if unfolded is None:
                    break
                here = self.core(unfolded)
            found = self._normal[e] = here
        return found

    def core(self, e: Expr, lazily: bool = False) -> Expr:
        """The same without unfolding a constant at the head.

        Args:
            e: What to compute.
            lazily: Not to unfold constants for the sake of a projection either.
        """
        if e.kind not in (APP, LET, PROJ):
            return e
        known = self._cores[lazily]
        found = known.get(e)
        if found is None:
            here: Expr | None = e
            while here is not None:
                self.fuel.spend()
                found, here = here, self._step(here, lazily)
            assert found is not None
            known[e] = found
        return found

    def _step(self, e: Expr, lazily: bool) -> Expr | None:
        """One step at the head, or None where there is none to make."""
        if e.kind == LET:
            return self.table.instantiate(e.c, (e.b,))
        if e.kind == PROJ:
            return self._projected(e, lazily)
        if e.kind != APP:
            return None
        function, arguments = spine(e)
        if function.kind == LAM:
            count = 0
            while function.kind == LAM and count < len(arguments):
                function, count = function.b, count + 1
            return self.table.apply(self.table.instantiate(function, arguments[:count]), arguments[count:])
        if function.kind in (LET, PROJ):
            stepped = self._step(function, lazily)
            return None if stepped is None else self.table.apply(stepped, arguments)
        return self._eliminated(function, arguments) if function.kind == CONST else None

    def _projected(self, e: Expr, lazily: bool) -> Expr | None:
        """The field of a structure that is there."""
        inner = self.core(e.c, True) if lazily else self.normal(e.c)
        if inner.kind == STR:
            inner = as_list(self.table, inner.a)
        function, arguments = spine(inner)
        made = self.special(function, Constructor)
        if made is None or made.inductive != e.a or made.params + e.b >= len(arguments):
            return None
        field: Expr = arguments[made.params + e.b]
        return field

    def special(self, e: Expr, kind: type[_Special]) -> _Special | None:
        """What the environment knows of a constant of a special kind."""
        if e.kind != CONST:
            return None
        declared = self.environment.find(e.a)
        return declared.special if declared is not None and isinstance(declared.special, kind) else None

    # --- unfolding ---------------------------------------------------------------------------------------------------

    def delta(self, e: Expr) -> Declared | None:
        """The constant at the head, if it can be unfolded."""
        function = head(e)
        declared = self.environment.find(function.a) if function.kind == CONST else None
        if declared is None or declared.value is None or len(declared.params) != len(function.b):
            return None
        return declared

    def unfolded(self, e: Expr) -> Expr | None:
        """An expression with the constant at its head unfolded."""
        declared = self.delta(e)
        if declared is None:
            return None
        function, arguments = spine(e)
        value = self.environment.value_of(declared, function.b)
        return None if value is None else self.table.apply(value, arguments)

    @staticmethod
    def eagerness(declared: Declared) -> float:
        """Which of two constants is unfolded first: the one with the greater number."""
        if declared.height == ABBREVIATION:
            return float("inf")
        return -1 if declared.is_theorem or declared.height == OPAQUE else declared.height

    # --- literals ----------------------------------------------------------------------------------------------------

    def computed(self, e: Expr) -> Expr | None:
        """The value of a function of `Nat` at literals."""
        if e.depth or e.kind != APP:
            return None
        function, arguments = spine(e)
        if function.kind != CONST or function.b:
            return None
        if function.a == SUCC_NAME and len(arguments) == 1:
            value = self._number(arguments[0])
            return None if value is None else self.table.nat(value + 1)
        compute = FUNCTIONS.get(function.a)
        if compute is None or len(arguments) != 2:
            return None
        left = self._number(arguments[0])
        right = self._number(arguments[1]) if left is not None else None
        if left is None or right is None:
            return None
        self.fuel.spend()
        result = compute(left, right)
        return None if result is None else result_of(self.table, result)

    def _number(self, e: Expr) -> int | None:
        return self.literal(self.normal(e))

    @staticmethod
    def literal(e: Expr) -> int | None:
        """The number that a literal is, or zero."""
        if e.kind == NAT:
            return int(e.a)
        return 0 if e.kind == CONST and e.a == ZERO_NAME else None

    # --- recursors and quotients -------------------------------------------------------------------------------------

    def _eliminated(self, function: Expr, arguments: list[Expr]) -> Expr | None:
        recursor = self.special(function, Recursor)
        if recursor is not None:
            return self._recursed(function, recursor, arguments)
        places = _QUOTIENTS.get(function.a)
        if places is None or len(arguments) <= places[0]:
            return None
        made, parts = spine(self.normal(arguments[places[0]]))
        if made.kind != CONST or made.a != ("Quot", "mk") or len(parts) != 3:
            return None
        return self.table.apply(arguments[places[1]], [parts[2], *arguments[places[0] + 1 :]])

    def _recursed(self, function: Expr, recursor: Recursor, arguments: list[Expr]) -> Expr | None:
        if recursor.major >= len(arguments):
            return None
        declared = self.environment.find(function.a)
        if declared is None or len(declared.params) != len(function.b):
            return None
        major = arguments[recursor.major]
        if recursor.like_equality:
            major = self._as_only_constructor(major, recursor)
        major = self.normal(major)
        if major.kind == NAT:
            major = as_constructor(self.table, major.a)
        elif major.kind == STR:
            major = as_list(self.table, major.a)
        else:
            major = self._as_structure(major, recursor.inductive)
        constructor, parts = spine(major)
        rule = recursor.rules.get(constructor.a) if constructor.kind == CONST else None
        if rule is None or rule[0] > len(parts):
            return None
        fields, right = rule
        values = dict(zip(declared.params, function.b, strict=True))
        result = self.table.apply(self.table.with_levels(right, values), arguments[: recursor.before_indices])
        result = self.table.apply(result, parts[len(parts) - fields :])
        return self.table.apply(result, arguments[recursor.major + 1 :])

    def _as_only_constructor(self, e: Expr, recursor: Recursor) -> Expr:
        """The constructor without fields in place of any proof of a type like equality, if it has that type."""
        type_ = self.normal(self.type_of(e))
        function, arguments = spine(type_)
        if function.kind != CONST or function.a != recursor.inductive:
            return e
        (name,) = recursor.rules
        made = self.table.apply(self.table.const(name, function.b), arguments[: recursor.params])
        return made if self.equal(type_, self.type_of(made)) else e

    def _as_structure(self, e: Expr, inductive: Name) -> Expr:
        """The constructor at the projections of an element of a structure, where it is not a proof."""
        declared = self.environment.find(inductive)
        info = declared.special if declared is not None else None
        if not isinstance(info, Inductive) or not info.is_structure or self.special(head(e), Constructor) is not None:
            return e
        type_ = self.normal(self.type_of(e))
        function, arguments = spine(type_)
        if function.kind != CONST or function.a != inductive or self.is_prop(type_):
            return e
        return self.expanded(function, arguments, info, e)

    def expanded(self, structure: Expr, arguments: Sequence[Expr], info: Inductive, e: Expr) -> Expr:
        """An element of a structure, written as the constructor at its projections."""
        (name,) = info.constructors
        constructor = self.environment.find(name)
        assert constructor is not None and isinstance(constructor.special, Constructor)
        fields = [self.table.make(PROJ, structure.a, place, e) for place in range(constructor.special.fields)]
        return self.table.apply(self.table.const(name, structure.b), [*arguments[: info.params], *fields])

    def is_prop(self, type_: Expr) -> bool:
        """Whether a type is a proposition."""
        universe = self.normal(self.type_of(type_))
        return universe.kind == SORT and self.levels.is_zero(universe.a)
