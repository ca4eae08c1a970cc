"""The audit's own comparison: canonical texts, instead of a walk over both values side by side.

It declares what `envs/code/compare.py` declares and gets there another way, so that a mistake in one shows in the other
(`tests/test_code_audit.py` holds the two against each other). What only few tasks use, special judges and scripts that
are not compared exactly, is left to that module.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from fractions import Fraction

from envs.code.compare import FLOAT_TOLERANCE, outputs_match, values_match
from envs.code.problem import Comparison
from sandbox.data import Data

_EXACT_FROM = 2**53
"""Two integers of which one is as large are compared digit by digit, whatever the tolerance."""
_TOLERANCE = Fraction(FLOAT_TOLERANCE) * (1 + Fraction(1, 10**9))
"""A little more than the declared one, for what rounding does where the other comparison subtracts in floats."""


def value_agrees(comparison: Comparison, arguments: tuple[Data, ...], expected: Data, value: Data) -> bool:
    """Return whether a function's value is right.

    Raises:
        VerifierError: The task's judge is broken.
    """
    if callable(comparison):
        return values_match(comparison, arguments, expected, value)
    if comparison == "float":
        ours: list[float] = []
        theirs: list[float] = []
        same = value_text(expected, ours) == value_text(value, theirs)
        return same and all(_near(a, b) for a, b in zip(ours, theirs, strict=True))
    if comparison == "unordered" and type(expected) in (list, tuple) and type(value) is type(expected):
        return Counter(map(value_text, expected)) == Counter(map(value_text, value))
    return value_text(expected) == value_text(value)


def output_agrees(comparison: Comparison, stdin: str, expected: str, stdout: str) -> bool:
    """Return whether what a script printed is right.

    Raises:
        VerifierError: The task's judge is broken.
    """
    if comparison != "exact":
        return outputs_match(comparison, stdin, expected, stdout)
    return _without_trailing_blanks(expected) == _without_trailing_blanks(stdout)


def value_text(value: Data, numbers: list[float] | None = None) -> str:
    """Return a text that two values share exactly when they have the same types and values all the way down.

    Args:
        value: Plain data.
        numbers: Takes the numbers, in order, that are then left out of the text; those in sets and in keys stay.
    """
    return json.dumps(_tree(value, numbers))


def _tree(value: Data, numbers: list[float] | None) -> object:
    """Return a value as JSON has it, its type before each part; sets and keys in the order of their texts."""
    kind = type(value)
    if kind in (int, float) and numbers is not None:
        numbers.append(value)
        return "a number"
    if kind in (list, tuple):
        return [kind.__name__, *(_tree(item, numbers) for item in value)]
    if kind in (set, frozenset):
        return [kind.__name__, *sorted(value_text(item) for item in value)]
    if kind is dict:
        texts = {value_text(key): item for key, item in value.items()}
        return ["dict", *([text, _tree(texts[text], numbers)] for text in sorted(texts))]
    if kind is int:
        return ["int", hex(value)]
    if kind is float:
        return ["float", (value + 0.0).hex()]
    if kind is complex:
        return ["complex", _tree(value.real, None), _tree(value.imag, None)]
    return [kind.__name__, value.hex() if kind is bytes else value]


def _near(expected: float, value: float) -> bool:
    if expected == value or (expected != expected and value != value):
        return True
    exact = type(expected) is type(value) is int and max(abs(expected), abs(value)) >= _EXACT_FROM
    if exact or not all(type(number) is int or math.isfinite(number) for number in (expected, value)):
        return False
    ours, theirs = Fraction(expected), Fraction(value)
    return abs(ours - theirs) <= _TOLERANCE * max(Fraction(1), abs(ours))


def _without_trailing_blanks(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
