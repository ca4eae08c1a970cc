"""The formula language of `multi`: `+ - * / ^`, min max abs floor ceil exp sqrt log, numbers, and keys of graders.

A formula is parsed by hand and never executed as code. Before a run its range is found by interval arithmetic, and so
is every value of the graders' scores for which it would have none.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from envs.options import unknown_name

MAX_PARTS = 500
"""Numbers, names and signs of the longest formula."""
_MAX_DEPTH = 100
_WITNESSES = 4096
"""Combinations of scores that are tried for one that has no value."""
_FIXED = 6
"""Keys whose ends are looked at one by one, so at most 2^6 combinations."""

Interval = tuple[float, float]

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([^\W\d]\w*)|([-+*/^(),]))")


class FormulaError(ValueError):
    """A formula is not of the language."""


class UndefinedError(ArithmeticError):
    """A formula has no value for these scores."""


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise UndefinedError("division by zero")
    return a / b


def _power(a: float, b: float) -> float:
    try:
        value: float | complex = a**b
    except ZeroDivisionError:
        raise UndefinedError("zero to a negative power") from None
    except OverflowError:
        return math.inf if a > 0 or b % 2 == 0 else -math.inf
    if isinstance(value, complex):
        raise UndefinedError("a negative number to a power that is not whole")
    return value


def _exp(a: float) -> float:
    return math.inf if a > 709.7 else math.exp(a)


def _sqrt(a: float) -> float:
    if a < 0:
        raise UndefinedError("the square root of a negative number")
    return math.sqrt(a)


def _log(a: float) -> float:
    if a <= 0:
        raise UndefinedError("the logarithm of a number that is not positive")
    return math.log(a) if a != math.inf else math.inf


def _floor(a: float) -> float:
    return float(math.floor(a)) if math.isfinite(a) else a


def _ceil(a: float) -> float:
    return float(math.ceil(a)) if math.isfinite(a) else a


_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "^": _power,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": _floor,
    "ceil": _ceil,
    "exp": _exp,
    "sqrt": _sqrt,
    "log": _log,
}
"""Name -> function; `min` and `max` take two arguments or more, the others one. `log` is the natural one."""

_MANY = ("min", "max")
_LINEAR = ("+", "-", "*", "/")


@dataclass(frozen=True, slots=True)
class _Number:
    value: float


@dataclass(frozen=True, slots=True)
class _Key:
    name: str


@dataclass(frozen=True, slots=True)
class _Apply:
    name: str
    arguments: tuple[_Node, ...]


_Node = _Number | _Key | _Apply


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula."""

    text: str
    root: _Node
    linear: tuple[str, ...] = ()
    """Keys that stand in it several times, and of each of which it is a linear function where the others are fixed."""

    @property
    def keys(self) -> frozenset[str]:
        """Return the names that it uses."""
        return frozenset(_keys(self.root))

    def value(self, scores: Mapping[str, float]) -> float:
        """Return its value.

        Raises:
            UndefinedError: It has none for these scores, or one that is not finite.
        """
        value = _value(self.root, scores)
        if not math.isfinite(value):
            raise UndefinedError("the value is not finite")
        return value

    def range(self, scores: Mapping[str, Interval]) -> Interval:
        """Return bounds of its value where every score lies within its own.

        Interval arithmetic takes every place of a key for a key of its own: it makes [-1, 1] of `a - a * b`. What is
        linear in a key has its extremes at the ends of that key's interval, so these are looked at one by one.

        Raises:
            UndefinedError: It cannot be excluded that some scores have no value.
        """
        fixed = [key for key in self.linear if scores[key][0] != scores[key][1]][:_FIXED]
        ranges = [
            _range(self.root, {**scores, **{key: (end, end) for key, end in zip(fixed, ends, strict=True)}})
            for ends in itertools.product(*(scores[key] for key in fixed))
        ]
        return min(low for low, _ in ranges), max(high for _, high in ranges)

    def witness(self, scores: Mapping[str, Interval]) -> tuple[dict[str, float], str] | None:
        """Return scores within their bounds that have no value, with the reason, if some are found."""
        used = {key: (low, (low + high) / 2, high) for key, (low, high) in scores.items() if key in self.keys}
        for values in itertools.islice(itertools.product(*used.values()), _WITNESSES):
            tried = dict(zip(used, values, strict=True))
            try:
                self.value(tried)
            except UndefinedError as error:
                return tried, str(error)
        return None


def parse_formula(text: str, keys: Sequence[str]) -> Formula:
    """Parse a formula.

    Args:
        text: The formula.
        keys: Names that it may use.

    Raises:
        FormulaError: It is malformed or names something else; the message says where.
    """
    parser = _Parser(text, keys)
    root = parser.sum(0)
    parser.end()
    counts, degrees = Counter(_keys(root)), _degrees(root)
    return Formula(text=text, root=root, linear=tuple(key for key in counts if counts[key] > 1 and degrees[key] == 1))


class _Parser:
    def __init__(self, text: str, keys: Sequence[str]) -> None:
        self._text, self._keys = text, keys
        self._tokens = list(_tokens(text))
        self._place = 0

    def sum(self, depth: int) -> _Node:
        """Return a sum of products."""
        return self._chain(self._product, "+-", depth + 1)

    def end(self) -> None:
        """Check that nothing is left."""
        if self._peek():
            self._fail(f"{self._peek()!r} is not expected here")

    def _product(self, depth: int) -> _Node:
        return self._chain(self._signed, "*/", depth)

    def _chain(self, part: Callable[[int], _Node], operators: str, depth: int) -> _Node:
        node = part(depth)
        while self._peek() and self._peek() in operators:
            node = _Apply(self._take(), (node, part(depth)))
        return node

    def _signed(self, depth: int) -> _Node:
        if depth > _MAX_DEPTH:
            self._fail(f"is nested deeper than {_MAX_DEPTH} levels")
        if self._peek() not in ("+", "-"):
            return self._powered(depth)
        sign = self._take()
        operand = self._signed(depth + 1)
        return operand if sign == "+" else _Apply("-", (_Number(0.0), operand))

    def _powered(self, depth: int) -> _Node:
        base = self._atom(depth)
        if self._peek() != "^":
            return base
        self._take()
        return _Apply("^", (base, self._signed(depth + 1)))

    def _atom(self, depth: int) -> _Node:
        token = self._peek()
        if not token:
            self._fail("ends where a value is expected")
        if token == "(":
            self._take()
            node = self.sum(depth)
            self._expect(")")
            return node
        if token[0].isdigit() or token[0] == ".":
            number = float(self._take())
            return _Number(number) if math.isfinite(number) else self._fail(f"{token} is too large")
        if token in "+-*/^),":
            self._fail(f"{token!r} stands where a value is expected")
        name = self._take()
        if self._peek() == "(":
            return self._call(name, depth)
        if name not in self._keys:
            self._fail(unknown_name("grader", name, self._keys))
        return _Key(name)

    def _call(self, name: str, depth: int) -> _Node:
        if name not in FUNCTIONS:
            self._fail(unknown_name("function", name, FUNCTIONS))
        self._expect("(")
        arguments = [self.sum(depth)]
        while self._peek() == ",":
            self._take()
            arguments.append(self.sum(depth))
        self._expect(")")
        if (len(arguments) < 2) if name in _MANY else (len(arguments) != 1):
            wanted = "two arguments or more" if name in _MANY else "one argument"
            self._fail(f"{name} takes {wanted}, got {len(arguments)}")
        return _Apply(name, tuple(arguments))

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            self._fail(f"a {token!r} is missing" + (f" before {self._peek()!r}" if self._peek() else " at the end"))
        self._take()

    def _fail(self, problem: str) -> NoReturn:
        raise FormulaError(f"{problem} (in {_cut(self._text)!r})")


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(f"{text[place:].strip()[0]!r} is not part of the language (in {_cut(text)!r})")
        tokens.append(found[1] or found[2] or found[3])
        if len(tokens) > MAX_PARTS:
            raise FormulaError(f"is longer than {MAX_PARTS} numbers, names and signs")
        place = found.end()
    return tokens


def _keys(node: _Node) -> list[str]:
    if isinstance(node, _Apply):
        return [key for argument in node.arguments for key in _keys(argument)]
    return [node.name] if isinstance(node, _Key) else []


def _degrees(node: _Node) -> dict[str, int]:
    """Return 1 for each key that a formula is linear in, where the others are fixed, and 2 or more for other keys."""
    if not isinstance(node, _Apply):
        return {node.name: 1} if isinstance(node, _Key) else {}
    first, *others = map(_degrees, node.arguments)
    if node.name not in _LINEAR:
        return {key: 2 for part in (first, *others) for key in part}
    degrees = dict(first)
    for part in others:
        for key, degree in part.items():
            known = degrees.get(key, 0)
            degrees[key] = 2 if node.name == "/" else known + degree if node.name == "*" else max(known, degree)
    return degrees


def _value(node: _Node, scores: Mapping[str, float]) -> float:
    if isinstance(node, _Number):
        return node.value
    if isinstance(node, _Key):
        return scores[node.name]
    arguments = [_value(argument, scores) for argument in node.arguments]
    function = _OPERATORS.get(node.name) or FUNCTIONS[node.name]
    return function(*arguments)


def _range(node: _Node, scores: Mapping[str, Interval]) -> Interval:
    if isinstance(node, _Number):
        return node.value, node.value
    if isinstance(node, _Key):
        return scores[node.name]
    bounds = [_range(argument, scores) for argument in node.arguments]
    if node.name == "abs":
        (low, high) = bounds[0]
        return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if node.name == "/" and bounds[1][0] <= 0 <= bounds[1][1]:
        raise UndefinedError("division by zero")
    if node.name == "^":
        return _power_range(*bounds)
    function = _OPERATORS.get(node.name) or FUNCTIONS[node.name]
    if node.name in _MANY:  # they grow with each argument, and there may be many
        extreme = min if node.name == "min" else max
        return extreme(low for low, _ in bounds), extreme(high for _, high in bounds)
    # every other operation is monotone in each argument, so its extremes lie at ends of the intervals
    corners = [_at_corner(function, corner) for corner in itertools.product(*map(set, bounds))]
    return min(corners), max(corners)


def _power_range(base: Interval, exponent: Interval) -> Interval:
    (low, high), (least, most) = base, exponent
    whole = least == most and least == math.floor(least)
    if low < 0 and not whole:
        raise UndefinedError("a negative number to a power that is not whole")
    if low <= 0 <= high and least < 0:
        raise UndefinedError("zero to a negative power")
    inner = {low, high} | ({0.0} if low <= 0 <= high else set())
    corners = [_at_corner(_power, corner) for corner in itertools.product(inner, {least, most})]
    return min(corners), max(corners)


def _at_corner(function: Callable[..., float], corner: tuple[float, ...]) -> float:
    value = function(*corner)
    return 0.0 if math.isnan(value) else value  # zero times an infinite bound


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
