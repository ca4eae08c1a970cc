"""Plain data: the only thing that crosses the wall between a program and the host.

Values are exact built-in types. They travel as JSON in which containers carry their type, so a tuple stays a tuple and
an integer key stays an integer. Subclasses never cross: a value whose methods lie cannot be built on the other side.
This module imports nothing but the standard library, since it also runs inside the box.
"""

from __future__ import annotations

import base64
import collections
import json
import math
from typing import Any, TypeAlias

Data: TypeAlias = Any
"""None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset and dict of these, exact types only."""

MAX_DEPTH = 64
"""Containers nested deeper than this are refused."""

_MAPPINGS = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
"""Standard mappings that cross as plain dictionaries."""

_JSON_SAFE_INT = 2**63


class DataError(ValueError):
    """A value is not plain data, or a message is not a well-formed encoding of plain data."""


def dumps(value: Data) -> str:
    """Encode plain data as JSON text.

    Raises:
        DataError: The value, or something inside it, is not of an exact built-in type, or is nested too deeply.
    """
    return json.dumps(_encode(value, 0), allow_nan=False, separators=(",", ":"))


def loads(text: str | bytes) -> Data:
    """Decode what `dumps` wrote into fresh objects of exact built-in types.

    Raises:
        DataError: The text is not such an encoding.
    """
    try:
        return _decode(json.loads(text), 0)
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise DataError(f"not a well-formed value: {error}") from error


def _encode(value: Any, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -_JSON_SAFE_INT <= value < _JSON_SAFE_INT else {"int": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if depth >= MAX_DEPTH:
        raise DataError(f"nested deeper than {MAX_DEPTH} levels")
    if kind is complex:
        return {"complex": [_encode(value.real, depth + 1), _encode(value.imag, depth + 1)]}
    if kind is bytes:
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if kind in (list, tuple, set, frozenset):
        return {kind.__name__: [_encode(item, depth + 1) for item in value]}
    if kind in _MAPPINGS:
        return {"dict": [[_encode(key, depth + 1), _encode(item, depth + 1)] for key, item in dict.items(value)]}
    raise DataError(f"{kind.__name__!r} is not plain data (exact built-in types only)")


def _decode(node: Any, depth: int) -> Data:
    if node is None or isinstance(node, (bool, int, str)):
        return node
    if isinstance(node, float):
        if not math.isfinite(node):
            raise DataError("a bare infinity or NaN")
        return node
    if depth >= MAX_DEPTH or not isinstance(node, dict) or len(node) != 1:
        raise DataError("neither a scalar nor one tagged container, or nested too deeply")
    ((tag, body),) = node.items()
    if tag == "int":
        return int(body, 16)
    if tag == "float":
        return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[body]
    if tag == "bytes":
        return base64.b64decode(body, validate=True)
    if not isinstance(body, list):
        raise DataError(f"{tag!r} does not hold a list")
    if tag == "dict":
        return {_decode(key, depth + 1): _decode(item, depth + 1) for key, item in body}
    items = [_decode(item, depth + 1) for item in body]
    if tag == "complex":
        return complex(*items)
    builders: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
    if tag not in builders:
        raise DataError(f"unknown tag {tag!r}")
    return builders[tag](items)
