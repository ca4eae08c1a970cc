import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.verifiers.formulas import FormulaError, UndefinedError, parse_formula

KEYS = ("a", "b", "c")
UNIT = dict.fromkeys(KEYS, (0.0, 1.0))


def value(text, **scores):
    return parse_formula(text, KEYS).value({"a": 0.5, "b": 0.25, "c": 1.0, **scores})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", 0.5),
        ("0.5 * a + 0.5*c", 0.75),
        ("a - b - b", 0.0),  # from the left
        ("c / a / a", 4.0),
        ("2 ^ 3 ^ 2", 512.0),  # from the right
        ("-2 ^ 2", -4.0),  # the power first
        ("2 ^ -1", 0.5),
        ("--a", 0.5),
        ("+a", 0.5),
        ("(a + b) * 2", 1.5),
        ("min(a, b, c)", 0.25),
        ("max(a, b) + abs(b - a)", 0.75),
        ("floor(a) + ceil(a)", 1.0),
        ("exp(0) + log(1) + sqrt(b)", 1.5),
        ("1e-1 + .5 + 2.", 2.6),
    ],
)
def test_a_formula_has_the_value_of_school_arithmetic(text, expected):
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "ends where a value is expected"),
        ("a +", "ends where a value is expected"),
        ("(a", "a ')' is missing at the end"),
        ("a)", "')' is not expected here"),
        ("a b", "'b' is not expected here"),
        ("d", "no grader 'd'"),
        ("aa", "did you mean 'a'?"),
        ("mean(a, b)", "no function 'mean'; did you mean 'min'?"),
        ("min(a)", "two arguments or more"),
        ("sqrt(a, b)", "one argument"),
        ("a ** 2", "'*' stands where a value is expected"),
        ("a & b", "'&' is not part of the language"),
        ("__import__(a)", "no function '__import__'"),
        ("'a'", "is not part of the language"),
        ("a.real", "'.' is not part"),
        ("1e999", "too large"),
        ("(" * 200 + "a" + ")" * 200, "nested deeper"),
        ("-" * 200 + "a", "nested deeper"),
        ("a" + " + a" * 5000, "longer than"),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_the_reason(text, problem):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, KEYS)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.5 * a + 0.5 * b", 0, 1),
        ("a - b", -1, 1),
        ("a * b - c", -1, 1),
        ("-a", -1, 0),
        ("abs(a - b)", 0, 1),
        ("a / (b + 1)", 0, 1),
        ("(a - b) ^ 2", 0, 1),  # an even power of an interval around 0 begins at 0
        ("(a - b) ^ 3", -1, 1),
        ("2 ^ (a - b)", 0.5, 2),
        ("exp(a)", 1, math.e),
        ("sqrt(a + b)", 0, math.sqrt(2)),
        ("log(a + 1)", 0, math.log(2)),
        ("min(a, 0.5) + max(b, 0.5)", 0.5, 1.5),
        ("floor(2 * a)", 0, 2),
        ("1 - 0.3", 0.7, 0.7),
        ("a - a * b", 0, 1),  # linear in a, which is 0 or 1: 0, or 1 - b
        ("a - a * b ^ 2", 0, 1),
        ("a + b - a * b", 0, 1),  # at the four corners 0, 1, 1, 1
        ("a / (b + 1) - a", -0.5, 0),  # a is 1: 1 / 2 - 1
        ("a - a * a", -1, 1),  # not linear: no better is shown, though it is never below 0
    ],
)
def test_the_range_of_a_formula_is_known_before_the_run(text, low, high):
    assert parse_formula(text, KEYS).range(UNIT) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a / b", "division by zero"),
        ("a / (b - c)", "division by zero"),
        ("log(a)", "logarithm"),
        ("sqrt(a - b)", "square root"),
        ("a ^ -1", "zero to a negative power"),
        ("(a - 1) ^ 0.5", "not whole"),
    ],
)
def test_scores_without_a_value_are_found_before_the_run(text, problem):
    formula = parse_formula(text, KEYS)
    with pytest.raises(UndefinedError, match=problem):
        formula.range(UNIT)
    scores, reason = formula.witness(UNIT)
    assert problem in reason
    with pytest.raises(UndefinedError):
        formula.value(scores)


def test_a_division_that_only_rounding_could_hit_has_no_witness():
    formula = parse_formula("a / (b - 0.123)", KEYS)
    assert formula.witness(UNIT) is None
    with pytest.raises(UndefinedError):
        formula.range(UNIT)


def test_the_longest_formula_can_be_evaluated():
    formula = parse_formula("a" + " + a" * 249, KEYS)  # 499 parts
    assert formula.value({"a": 1.0}) == 250
    assert formula.range(UNIT) == (0, 250)


def test_an_infinite_value_is_none():
    with pytest.raises(UndefinedError, match="not finite"):
        value("exp(1000 * c)")


LEAVES = st.one_of(st.sampled_from(KEYS), st.floats(0, 3, allow_nan=False).map(lambda x: f"{x:.3f}"))


def grown(inner):
    binary = st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda parts: f"({' '.join(parts)})")
    one = st.tuples(st.sampled_from(["abs", "floor", "ceil", "exp", "sqrt", "log", "-"]), inner).map(
        lambda parts: f"{parts[0]}({parts[1]})"
    )
    many = st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})")
    return st.one_of(binary, one, many)


@given(st.recursive(LEAVES, grown, max_leaves=8), st.tuples(*[st.floats(0, 1)] * 3))
def test_every_value_lies_in_the_range(text, scores):
    formula = parse_formula(text, KEYS)
    try:
        low, high = formula.range(UNIT)
    except UndefinedError:
        return
    try:
        found = formula.value(dict(zip(KEYS, scores, strict=True)))
    except UndefinedError as error:
        assert "not finite" in str(error)
        return
    slack = 1e-9 * max(1.0, abs(found))
    assert low - slack <= found <= high + slack


def test_the_range_of_many_arguments_is_found_at_once():
    keys = [f"k{index}" for index in range(200)]
    formula = parse_formula(f"min({', '.join(keys)})", keys)
    ranges = {key: (index / 1000, 1 - index / 1000) for index, key in enumerate(keys)}
    assert formula.range(ranges) == (0.0, pytest.approx(0.801))
    assert formula.witness(ranges) is None
