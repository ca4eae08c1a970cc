from __future__ import annotations

import collections
import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.data import MAX_DEPTH, MAX_INT_DIGITS, DataError, dumps, loads

quick = settings(max_examples=50, deadline=None)

hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters())
    | st.binary(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    """Equality of exact types all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        pairs = zip(left.items(), right.items(), strict=True)
        return len(left) == len(right) and all(same(key, other) and same(a, b) for (key, a), (other, b) in pairs)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


@quick
@given(plain)
def test_plain_data_comes_back_equal_and_of_the_same_types(value: Any) -> None:
    assert same(loads(dumps(value)), value)


@quick
@given(st.text() | st.binary())
def test_any_text_is_either_data_or_a_data_error(text: str | bytes) -> None:
    with contextlib.suppress(DataError):
        loads(text)


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["int", "float", "bytes", "list", "dict", "set", "complex", "x"]), inner)
        ),
    )
)
def test_any_json_is_either_data_or_a_data_error(node: Any) -> None:
    try:
        value = loads(json.dumps(node))
    except DataError:
        return
    assert same(loads(dumps(value)), value) or value != value or "nan" in repr(value)


def test_nan_and_infinities_cross() -> None:
    assert math.isnan(loads(dumps(math.nan)))
    assert loads(dumps([math.inf, -math.inf, -0.0])) == [math.inf, -math.inf, 0.0]
    assert math.copysign(1, loads(dumps(-0.0))) == -1


def test_lone_surrogates_and_nul_cross() -> None:
    assert loads(dumps("\ud800\x00\udfff")) == "\ud800\x00\udfff"


def test_booleans_and_equal_numbers_stay_what_they_are() -> None:
    assert [type(item) for item in loads(dumps([True, 1, 1.0, 1 + 0j]))] == [bool, int, float, complex]


def test_standard_mappings_cross_as_plain_dictionaries() -> None:
    for value in (
        collections.Counter("aab"),
        collections.OrderedDict(a=2, b=1),
        collections.defaultdict(int, a=2, b=1),
    ):
        assert type(loads(dumps(value))) is dict
        assert loads(dumps(value)) == {"a": 2, "b": 1}


class LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class LyingDict(dict[str, int]):
    pass


@pytest.mark.parametrize(
    "value",
    [
        LyingInt(3),
        [LyingInt(3)],
        {"a": LyingInt(3)},
        LyingDict(a=1),
        object(),
        int,
        len,
        range(3),
        iter([]),
        {1}.__iter__(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_exactly_built_in_is_refused(value: Any) -> None:
    with pytest.raises(DataError):
        dumps(value)


def test_nesting_is_bounded_in_both_directions() -> None:
    def nest(depth: int) -> list[Any]:
        return [] if depth == 1 else [nest(depth - 1)]

    assert loads(dumps(nest(MAX_DEPTH))) == nest(MAX_DEPTH)
    with pytest.raises(DataError):
        dumps(nest(MAX_DEPTH + 1))
    with pytest.raises(DataError):
        loads('{"list":[' * (MAX_DEPTH + 1) + "]}" * (MAX_DEPTH + 1))
    with pytest.raises(DataError):
        loads("[" * 100_000)


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(DataError):
        dumps(loop)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{}",
        "NaN",
        "Infinity",
        "1e999",
        "1 2",
        '{"list":[],"list":[1]}',
        '{"list":[],"tuple":[]}',
        '{"list":{}}',
        '{"object":[]}',
        '{"set":[{"list":[]}]}',
        '{"set":[1,1]}',
        '{"set":[1,true]}',
        '{"dict":[[1,2],[1,3]]}',
        '{"dict":[[1]]}',
        '{"dict":[1]}',
        '{"dict":[[{"list":[]},1]]}',
        '{"complex":[1.0]}',
        '{"complex":["a","b"]}',
        '{"float":"1e3"}',
        '{"float":1}',
        '{"float":["nan"]}',
        '{"int":"12"}',
        '{"int":"0x_1"}',
        '{"int":" 0x1"}',
        '{"int":7}',
        '{"bytes":"!"}',
        '{"bytes":1}',
        str(2**63),
        "9" * 10_000,
        '{"int":"0x' + "f" * MAX_INT_DIGITS + '"}',
    ],
    ids=lambda text: text[:24],
)
def test_malformed_encodings_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        loads(text)


def test_bytes_that_are_not_text_are_refused() -> None:
    with pytest.raises(DataError):
        loads(b"\xff\xfe\x00")
