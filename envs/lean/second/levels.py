"""Universe levels as shared objects, and a complete decision of when one is at most another.

A level is a maximum of parameters plus constants, but for `imax a b`, which is 0 where b is 0 and `max a b` elsewhere.
So every way to make the parameters that decide about an `imax` zero or positive is looked at in turn: in each, both
sides are plain maxima, and those are compared term by term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from envs.lean.second.limits import Undecided
from envs.lean.terms import IMAX, MAX, PARAM, SUCC, ZERO, Name

_MAX_CASES = 10  # parameters that decide about an `imax`; 2 to the power of these are looked at

_Maximum = dict[Name | None, int]
"""What is added to each parameter; under None, the constant. The level is the greatest of all these."""


class Level:
    """A universe level; equal ones from one table are the same object.

    Attributes:
        kind: As in `terms`.
        left: Of a successor its only part; of a maximum the first.
        right: The second part.
        name: Of a parameter.
        has_param: Whether a parameter occurs.
    """

    __slots__ = ("has_param", "kind", "left", "name", "right")

    def __init__(self, kind: int, left: Level | None, right: Level | None, name: Name) -> None:
        self.kind = kind
        self.left = left
        self.right = right
        self.name = name
        self.has_param: bool = kind == PARAM or any(part is not None and part.has_param for part in (left, right))

    def parts(self) -> Iterator[Level]:
        """The levels that it is made of directly."""
        if self.left is not None:
            yield self.left
        if self.right is not None:
            yield self.right


class Levels:
    """A table of levels."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Level | None, Level | None, Name], Level] = {}
        self._at_most: dict[tuple[Level, Level], bool] = {}
        self.zero = self._shared(ZERO)
        self.one = self.succ(self.zero)

    def succ(self, level: Level) -> Level:
        """The next level."""
        return self._shared(SUCC, level)

    def max(self, left: Level, right: Level) -> Level:
        """The greater of two."""
        return left if left is right or right is self.zero else self._shared(MAX, left, right)

    def imax(self, left: Level, right: Level) -> Level:
        """The greater of two, and 0 where the second is 0."""
        if right is self.zero:
            return right
        return self.max(left, right) if right.kind == SUCC else self._shared(IMAX, left, right)

    def param(self, name: Name) -> Level:
        """A parameter."""
        return self._shared(PARAM, name=name)

    def build(self, kind: int, parts: Sequence[Level]) -> Level:
        """A level of a kind that has parts."""
        return self.succ(parts[0]) if kind == SUCC else (self.max if kind == MAX else self.imax)(parts[0], parts[1])

    def instantiate(self, level: Level, values: Mapping[Name, Level]) -> Level:
        """A level with other levels for its parameters."""
        if not level.has_param:
            return level
        if level.kind == PARAM:
            return values[level.name]
        return self.build(level.kind, [self.instantiate(part, values) for part in level.parts()])

    def equal(self, left: Level, right: Level) -> bool:
        """Whether two levels are the same, whatever the parameters are."""
        return left is right or (self.at_most(left, right) and self.at_most(right, left))

    def is_zero(self, level: Level) -> bool:
        """Whether a level is 0, whatever the parameters are."""
        return level is self.zero or (level.kind != SUCC and self.at_most(level, self.zero))

    def at_most(self, left: Level, right: Level) -> bool:
        """Whether the first level is at most the second, whatever the parameters are.

        Raises:
            Undecided: There are too many cases.
        """
        found = self._at_most.get((left, right))
        if found is None:
            deciding = sorted(_deciding(left) | _deciding(right), key=repr)
            if len(deciding) > _MAX_CASES:
                raise Undecided(f"more than {_MAX_CASES} universe parameters decide about the size of a level")
            found = all(
                _at_most(left, right, dict(zip(deciding, case, strict=True)))
                for case in product((False, True), repeat=len(deciding))
            )
            self._at_most[left, right] = found
        return found

    def _shared(self, kind: int, left: Level | None = None, right: Level | None = None, name: Name = ()) -> Level:
        key = (kind, left, right, name)
        level = self._known.get(key)
        if level is None:
            level = self._known[key] = Level(kind, left, right, name)
        return level


def params_of(level: Level) -> set[Name]:
    """The parameters in a level."""
    return {part.name for part in _all_in(level) if part.kind == PARAM}


def _all_in(root: Level) -> set[Level]:
    seen, stack = {root}, [root]
    while stack:
        for part in stack.pop().parts():
            if part not in seen:
                seen.add(part)
                stack.append(part)
    return seen


def _deciding(level: Level) -> set[Name]:
    """The parameters of which an `imax` in a level must know whether they are 0."""
    return {
        name
        for part in _all_in(level)
        if part.kind == IMAX and part.right is not None
        for name in params_of(part.right)
    }


def _at_most(left: Level, right: Level, positive: Mapping[Name, bool]) -> bool:
    """The same where some parameters are known to be positive, and some to be 0."""
    small, great = _maximum(left, positive, {}), _maximum(right, positive, {})
    least = max(added + (name is not None and positive.get(name, False)) for name, added in great.items())
    return all(added <= (least if name is None else great.get(name, -1)) for name, added in small.items())


def _maximum(level: Level, positive: Mapping[Name, bool], known: dict[Level, _Maximum]) -> _Maximum:
    """A level as a maximum, of which no `imax` is left."""
    found = known.get(level)
    if found is not None:
        return found
    if level.kind == ZERO or (level.kind == PARAM and not positive.get(level.name, True)):
        found = {None: 0}
    elif level.kind == PARAM:
        found = {level.name: 0}
    else:
        left, *others = [_maximum(part, positive, known) for part in level.parts()]
        if level.kind == SUCC:
            found = {name: added + 1 for name, added in left.items()}
        elif level.kind == IMAX and others[0] == {None: 0}:
            found = others[0]
        else:
            found = {name: max(side.get(name, -1) for side in (left, others[0])) for name in {*left, *others[0]}}
    known[level] = found
    return found
