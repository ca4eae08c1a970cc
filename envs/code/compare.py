"""Whether a value is right, decided on plain data that was parsed outside the box.

No method of the answer's own is ever called: both sides are exact built-in types (see `sandbox.data`), and subclasses
cannot reach this side.

* `exact`: the same types and values all the way down. `1`, `1.0` and `True` differ, and so do `[1]` and `(1,)`; NaN
  equals NaN and 0.0 equals -0.0. The order of a set or of a dictionary's keys does not matter.
* `float`: as `exact`, but two numbers (not booleans) are equal when they differ by at most 1e-6 * max(1, |expected|),
  and an int may stand for a float.
* `unordered`: as `exact`, but the top-level list or tuple is taken as a multiset.
* a judge: trusted host code `(arguments, expected, value) -> bool`.

What a script prints is compared line by line after blanks at the ends of lines and of the whole are dropped; `float`
compares blank-separated words as numbers where both are, `unordered` takes the lines as a multiset.
"""

from __future__ import annotations

import math
import re
from typing import Any

from envs.code.problem import Comparison
from envs.core import VerifierError
from sandbox.data import Data

FLOAT_TOLERANCE = 1e-6

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def values_match(comparison: Comparison, arguments: tuple[Data, ...], expected: Data, value: Data) -> bool:
    """Return whether a function's value is right.

    Raises:
        VerifierError: The comparison itself is broken: it does not even accept the reference's own value.
    """
    if comparison == "exact":
        return canonical(expected) == canonical(value)
    if comparison == "float":
        return _close(expected, value)
    if comparison == "unordered":
        return type(expected) is type(value) and _multiset(expected) == _multiset(value)
    return _judged(comparison, arguments, expected, value)


def outputs_match(comparison: Comparison, stdin: str, expected: str, stdout: str) -> bool:
    """Return whether what a script printed is right.

    Raises:
        VerifierError: The comparison itself is broken.
    """
    if callable(comparison):
        return _judged(comparison, (stdin,), expected, stdout)
    left, right = _lines(expected), _lines(stdout)
    if comparison == "unordered":
        return sorted(left) == sorted(right)
    if comparison == "float":
        return len(left) == len(right) and all(_words_close(a, b) for a, b in zip(left, right, strict=True))
    return left == right


def json_shaped(value: Data) -> Data:
    """Return a value as JSON could have written it, tuples as lists: for expected values that came from JSON."""
    if type(value) in (list, tuple):
        return [json_shaped(item) for item in value]
    if type(value) is dict:
        return {key: json_shaped(item) for key, item in value.items()}
    return value


def canonical(value: Data) -> str:
    """Return a text that two values share exactly when they have the same types and values all the way down."""
    kind = type(value)
    if kind is float:
        return f"float:{'nan' if math.isnan(value) else repr(value + 0.0)}"
    if kind is complex:
        return f"complex:{canonical(value.real)},{canonical(value.imag)}"
    if kind is int:
        return f"int:{value:x}"
    if kind in (list, tuple):
        return f"{kind.__name__}:[{','.join(map(canonical, value))}]"
    if kind in (set, frozenset):
        return f"{kind.__name__}:[{','.join(sorted(map(canonical, value)))}]"
    if kind is dict:
        return f"dict:[{','.join(sorted(f'{canonical(key)}={canonical(item)}' for key, item in value.items()))}]"
    return f"{kind.__name__}:{value!r}"


def _multiset(value: Data) -> list[str]:
    return sorted(map(canonical, value)) if type(value) in (list, tuple) else [canonical(value)]


def _close(expected: Data, value: Data) -> bool:
    kind = type(expected)
    if kind in (int, float) and type(value) in (int, float):
        return _numbers_close(expected, value)
    if kind is not type(value):
        return False
    if kind in (list, tuple):
        return len(expected) == len(value) and all(_close(a, b) for a, b in zip(expected, value, strict=True))
    if kind is dict:
        theirs = {canonical(key): item for key, item in value.items()}
        ours = {canonical(key): item for key, item in expected.items()}
        return ours.keys() == theirs.keys() and all(_close(ours[key], theirs[key]) for key in ours)
    return canonical(expected) == canonical(value)


def _numbers_close(expected: float, value: float) -> bool:
    if type(expected) is int and type(value) is int and max(abs(expected), abs(value)) >= 2**53:
        return expected == value
    try:
        a, b = float(expected), float(value)
    except OverflowError:
        return expected == value
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= FLOAT_TOLERANCE * max(1.0, abs(a))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _words_close(expected: str, printed: str) -> bool:
    left, right = expected.split(), printed.split()
    if len(left) != len(right):
        return False
    return all(
        a == b or (_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b) and _numbers_close(float(a), float(b)))
        for a, b in zip(left, right, strict=True)
    )


def _judged(judge: Any, arguments: tuple[Data, ...], expected: Data, value: Data) -> bool:
    try:
        accepts_reference = judge(arguments, expected, expected)
    except Exception as error:  # the judge is ours: if it cannot judge the reference, there is no verdict
        raise VerifierError(f"the judge crashed on the reference's value: {type(error).__name__}: {error}") from error
    if accepts_reference is not True:
        raise VerifierError("the judge does not accept the reference's own value")
    try:
        return judge(arguments, expected, value) is True
    except Exception:  # a value the judge cannot handle is a wrong value: a policy must not be able to void its episode
        return False
