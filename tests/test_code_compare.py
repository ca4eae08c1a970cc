import math
import time

import pytest

from envs import VerifierError
from envs.code.compare import json_shaped, outputs_match, values_match

NAN = math.nan


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 2**100, 1.5, NAN, math.inf, "a'b", b"\x00", [], (1, [2]), {1, "a"}, {"a": [1.0]}, {1: 2}, 1j],
)
def test_every_kind_of_value_equals_itself(value):
    assert values_match("exact", (), value, value)
    assert values_match("float", (), value, value)
    assert values_match("unordered", (), value, value)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        ("1", 1),
        ([1], (1,)),
        ([1], [True]),
        ([1, 2], [1]),
        ([1], [1, 2]),
        ([], None),
        ([], {}),
        ({1}, frozenset({1})),
        ({1}, {True}),
        ({1: 2}, {True: 2}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ("a", b"a"),
        (NAN, 0.0),
        ("['a']", ["a"]),
        (["a,b"], ["a", "b"]),
        ([["a"], "b"], [["a", "b"]]),
        (0.1 + 0.2, 0.3),
    ],
)
def test_exact_tells_these_apart_in_both_directions(expected, value):
    assert not values_match("exact", (), expected, value)
    assert not values_match("exact", (), value, expected)


def test_exact_does_not_look_at_the_order_of_sets_and_keys():
    assert values_match("exact", (), {"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert values_match("exact", (), {1, 2, 3}, {3, 2, 1})
    assert values_match("exact", (), 0.0, -0.0)
    assert not values_match("exact", (), [1, 2], [2, 1])


@pytest.mark.parametrize(
    ("expected", "value", "equal"),
    [
        (0.3, 0.1 + 0.2, True),
        (1.0, 1.0 + 0.9e-6, True),
        (1.0, 1.0 + 1.1e-6, False),
        (0.0, 1e-6, True),  # absolute below 1
        (0.0, 1.1e-6, False),
        (1e9, 1e9 + 999.0, True),  # relative above: 1e-6 * 1e9 = 1000
        (1e9, 1e9 + 1001.0, False),
        (2.0, 2, True),
        (2, 2.0, True),
        (1.0, True, False),
        (True, 1.0, False),
        (NAN, NAN, True),
        (NAN, 1.0, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1e308, False),
        (1.0, 10**400, False),
        (2**60, 2**60 + 1, False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-9], True),
        ([1.0, 2.0], (1.0, 2.0), False),
        ([1.0, 2.0], [1.0], False),
        ({"a": 1.0}, {"a": 1.0 + 1e-9}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ("1.0", "1.00", False),
    ],
)
def test_float_allows_a_millionth_of_the_expected_value_or_of_one(expected, value, equal):
    assert values_match("float", (), expected, value) is equal


def test_unordered_is_a_multiset_at_the_top_level_only():
    assert values_match("unordered", (), [1, 2, 2], [2, 1, 2])
    assert not values_match("unordered", (), [1, 2, 2], [1, 1, 2])
    assert not values_match("unordered", (), [1, 2], (2, 1))
    assert not values_match("unordered", (), [[1, 2]], [[2, 1]])
    assert not values_match("unordered", (), [1, 2], {1, 2})
    assert values_match("unordered", (), [{"a": 1}, [0]], [[0], {"a": 1}])


def divisor(arguments, expected, value):
    return arguments[0] % value == 0 and 1 < value < arguments[0]


def test_a_judge_sees_arguments_expected_value_and_the_answer():
    assert values_match(divisor, (12,), 2, 6)
    assert not values_match(divisor, (12,), 2, 5)


@pytest.mark.parametrize("value", [0, None, "x", [], {}])
def test_a_value_that_makes_the_judge_crash_is_wrong_and_does_not_void_the_episode(value):
    assert not values_match(divisor, (12,), 2, value)


def test_a_judge_must_say_true_and_not_merely_something():
    assert not values_match(lambda arguments, expected, value: value == expected or "yes", (), 1, 2)


def test_a_judge_that_rejects_or_crashes_on_the_reference_gives_no_verdict():
    with pytest.raises(VerifierError, match="does not accept the reference"):
        values_match(divisor, (12,), 5, 6)
    with pytest.raises(VerifierError, match="crashed on the reference's value: ZeroDivisionError"):
        values_match(divisor, (12,), 0, 6)


@pytest.mark.parametrize(
    ("comparison", "expected", "printed", "equal"),
    [
        ("exact", "1 2\n", "1 2", True),
        ("exact", "1 2\n", "1 2  \n\n", True),
        ("exact", "a\r\nb\n", "a\nb\n", True),
        ("exact", "1 2\n", "1  2\n", False),
        ("exact", "1\n2\n", "1\n", False),
        ("exact", "1\n", "1\n2\n", False),
        ("exact", "a\nb\n", "a\x0bb\n", False),
        ("exact", " a\n", "a\n", False),
        ("exact", "\n", "", True),
        ("float", "0.5 x\n", "0.50000001 x\n", True),
        ("float", "0.5\n", "5e-1\n", True),
        ("float", "0.5\n", "0.6\n", False),
        ("float", "0.5\n", "nan\n", False),
        ("float", "10\n", "1_0\n", False),
        ("float", "1 2\n", "1\n2\n", False),
        ("unordered", "a\nb\n", "b\na\n", True),
        ("unordered", "a\nb\n", "a\na\n", False),
    ],
)
def test_what_a_script_prints_is_compared_by_lines_without_trailing_blanks(comparison, expected, printed, equal):
    assert outputs_match(comparison, "", expected, printed) is equal


@pytest.mark.parametrize("printed", ["1" * 60_000 + "x", "1." * 30_000, "1e" * 30_000, " " * 60_000, "-" * 60_000])
def test_nothing_that_is_printed_takes_noticeable_time(printed):
    before = time.process_time()
    assert not outputs_match("float", "", "0.5\n", printed)
    assert time.process_time() - before < 1.0


def test_values_that_json_could_not_have_written_differently_count_as_the_same():
    assert json_shaped(((1, 2), {"a": (3,)})) == [[1, 2], {"a": [3]}]
