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
import re
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any, TypeAlias

Data: TypeAlias = Any
"""None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset and dict of these, exact types only."""

MAX_DEPTH = 64
"""Containers nested deeper than this are refused."""

_MAPPINGS = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
"""Standard mappings that cross as plain dictionaries."""

_CONSTANTS = {None: "null", True: "true", False: "false"}
_JSON_SAFE_INT = 2**63

MAX_INT_DIGITS = 100_000
"""Hexadecimal digits of the largest integer that is read back."""

_HEX = re.compile(r"-?0x[0-9a-f]+")


class DataError(ValueError):
    """A value is not plain data, or a message is not a well-formed encoding of plain data."""


def dumps(value: Data) -> str:
    """Encode plain data as JSON text.

    Raises:
        DataError: The value, or something inside it, is not of an exact built-in type, or is nested too deeply.
    """
    return _encode(value, 0)


def loads(text: str | bytes) -> Data:
    """Decode what `dumps` wrote into fresh objects of exact built-in types.

    Raises:
        DataError: The text is not such an encoding.
    """
    try:
        return _decode(json.loads(text, object_pairs_hook=_one_tag, parse_int=_small_int), 0)
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise DataError(f"not a well-formed value: {error}") from error


def read(text: str) -> Data:
    """Decode what `dumps` wrote, trusting that it did: in one pass, on the side that the other never has to fear."""
    return _READER.raw_decode(text)[0]


def _build(pairs: list[tuple[str, Any]]) -> Data:
    ((tag, body),) = pairs
    return _TEXT_TAGS[tag](body) if tag in _TEXT_TAGS else _LIST_TAGS[tag](body)


def _one_tag(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) != 1:
        raise DataError("an object must hold exactly one tag")
    return dict(pairs)


def _small_int(digits: str) -> int:
    value = int(digits)
    if not -_JSON_SAFE_INT <= value < _JSON_SAFE_INT:
        raise DataError("a large integer without its tag")
    return value


def _encode(value: Any, depth: int) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring_ascii(value)
    if value is None or kind is bool:
        return _CONSTANTS[value]
    if kind is int:
        return repr(value) if -_JSON_SAFE_INT <= value < _JSON_SAFE_INT else f'{{"int":"{value:#x}"}}'
    if kind is float:
        return repr(value) if math.isfinite(value) else f'{{"float":"{value!r}"}}'
    if depth >= MAX_DEPTH:
        raise DataError(f"nested deeper than {MAX_DEPTH} levels")
    depth += 1
    if kind in (list, tuple, set, frozenset):
        items = [_encode(item, depth) for item in value]
    elif kind in _MAPPINGS:
        kind = dict
        items = [f"[{_encode(key, depth)},{_encode(item, depth)}]" for key, item in dict.items(value)]
    elif kind is complex:
        items = [_encode(value.real, depth), _encode(value.imag, depth)]
    elif kind is bytes:
        return f'{{"bytes":"{base64.b64encode(value).decode("ascii")}"}}'
    else:
        raise DataError(f"{kind.__name__!r} is not plain data (exact built-in types only)")
    return f'{{"{kind.__name__}":[{",".join(items)}]}}'


def _decode(node: Any, depth: int) -> Data:
    if node is None or isinstance(node, (bool, int, str)):
        return node
    if isinstance(node, float):
        if not math.isfinite(node):
            raise DataError("a bare infinity or NaN")
        return node
    if depth >= MAX_DEPTH or not isinstance(node, dict):
        raise DataError("neither a scalar nor one tagged container, or nested too deeply")
    ((tag, body),) = node.items()
    if tag in _TEXT_TAGS:
        if type(body) is not str:
            raise DataError(f"{tag!r} does not hold text")
        return _TEXT_TAGS[tag](body)
    if tag not in _LIST_TAGS or not isinstance(body, list):
        raise DataError(f"{tag!r} is not a known tag, or does not hold a list")
    if tag == "dict":
        pairs = [(_decode(key, depth + 1), _decode(item, depth + 1)) for key, item in body]
        return _unique(dict(pairs), len(pairs))
    items = [_decode(item, depth + 1) for item in body]
    if tag == "complex":
        if [type(item) for item in items] != [float, float]:
            raise DataError("'complex' does not hold two floats")
        return _join_complex(items)
    return _unique(_LIST_TAGS[tag](items), len(items))


def _read_int(text: str) -> int:
    if len(text) > MAX_INT_DIGITS or not _HEX.fullmatch(text):
        raise DataError("not an integer in hexadecimal, or too long")
    return int(text, 16)


def _read_float(text: str) -> float:
    return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[text]


def _read_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _join_complex(parts: list[Any]) -> complex:
    return complex(*parts)


def _unique(container: Any, count: int) -> Any:
    if len(container) != count:
        raise DataError(f"a {type(container).__name__} with the same member twice")
    return container


_TEXT_TAGS: dict[str, Callable[[str], Data]] = {"int": _read_int, "float": _read_float, "bytes": _read_bytes}
_LIST_TAGS: dict[str, Callable[..., Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "complex": _join_complex,
}
_READER = json.JSONDecoder(object_pairs_hook=_build)
