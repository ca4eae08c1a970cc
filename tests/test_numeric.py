import random
from fractions import Fraction

import pytest

from envs.verifiers.graders import GraderConfigError, build_grader
from envs.verifiers.grading import GraderFault, Sample
from envs.verifiers.numeric import in_unit


def numeric(**more):
    return {"type": "numeric", "name": "n", "input": "{{ sample.output_text }}", "reference": "{{ item.n }}", **more}


def grade(config, text, reference):
    return build_grader(config).grade(Sample(output_text=text), {"n": reference})


def score(config, text, reference):
    return grade(config, text, reference).score


# ---- what a sample says is at most wrong


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("1 kg", "3 dB*dB"),
        ("1 kg", "3 kg dB"),
        ("1 kg", "3 m dB"),
        ("1 kg", "3 kg/Np"),
        ("1 kg", "3 mdBm"),
        ("1 dB", "3 ppm**-9*pi"),
        ("1 degC", "3 degC*degF"),
    ],
)
def test_a_unit_that_pint_stumbles_over_is_a_wrong_answer(reference, text):
    assert score(numeric(), text, reference) == 0


def test_no_combination_of_units_and_operators_makes_the_grader_raise():
    rng = random.Random(0)
    names = [
        "m",
        "kg",
        "dB",
        "dBm",
        "Np",
        "oct",
        "degC",
        "degF",
        "K",
        "ppm",
        "pi",
        "%",
        "Qm",
        "statC",
        "e",
        "c",
        "\u03a9",
    ]
    joins = ["*", "/", " ", "\u00b7", " / ", "**-9*", "^9/", "^-1 ", "**", "((", "^"]
    graders = [(build_grader(numeric()), {"n": f"1 {unit}"}) for unit in ("kg", "dB", "degC")]
    graders.append((build_grader(numeric(unit="dBm")), {"n": "1"}))
    for _ in range(1500):
        parts = [rng.choice(names)]
        for _ in range(rng.randrange(4)):
            parts += [rng.choice(joins), rng.choice(names)]
        text = f"3 {''.join(parts)}{rng.choice(['', '', '**-9', '^2', '^'])}"
        for grader, item in graders:
            assert grader.grade(Sample(output_text=text), item).score in (0.0, 1.0), text


@pytest.mark.parametrize("unit", ["((((", "{{", "\0", "^-", "\u0663", "nan", "m+s", "m**9**9**9", "9^(9^9)"])
def test_a_unit_that_cannot_be_read_is_refused_when_the_grader_is_built(unit):
    with pytest.raises(GraderConfigError) as caught:
        build_grader(numeric(unit=unit))
    assert [problem.pointer for problem in caught.value.problems] == ["/unit"]


@pytest.mark.parametrize("unit", ["J/(mol*K)", "m^0.5", "m\u00b2", "cmH2O", "W/m**2/K", "1/s", "%"])
def test_a_unit_may_be_written_in_any_way_that_pint_reads(unit):
    assert score(numeric(unit=unit), "3", "3") == 1


# ---- logarithmic units


@pytest.mark.parametrize(
    ("reference", "text"),
    [("10 mW", "10 dBm"), ("10 mW", "34.76 dBm"), ("100 W", "20 dBW"), ("20 dBW", "100 W"), ("1 dBm", "1 dB")],
)
def test_a_logarithmic_unit_is_never_converted_and_the_answer_is_told(reference, text):
    found = grade(numeric(relative_tolerance=0.01), text, reference)
    assert found.score == 0
    assert "does not convert" in found.feedback


def test_in_one_and_the_same_logarithmic_unit_numbers_are_compared():
    assert score(numeric(), "10 dBm", "10 dBm") == 1
    assert score(numeric(), "10 decibelmilliwatt", "10 dBm") == 1
    assert score(numeric(), "11 dB", "10 dB") == 0
    assert score(numeric(unit="dB"), "10 dB", "10") == 1


def test_a_reference_in_a_logarithmic_unit_is_our_fault_where_another_unit_is_asked_for():
    with pytest.raises(GraderFault):
        score(numeric(unit="mW"), "10 mW", "10 dBm")


# ---- exactness


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("20 degC", "68 degF"),  # 20 * 9/5 + 32
        ("0 degC", "32 degF"),
        ("68 degF", "20 degC"),
        ("25 degC", "298.15 K"),
        ("1 mile", "1.609344 km"),  # by definition, as the next two
        ("1 lb", "0.45359237 kg"),
        ("1 oz", "28.349523125 g"),  # a pound / 16
        ("1 turn", "360 degree"),
        ("1 ppm", "0.0001 %"),
    ],
)
def test_right_conversions_need_no_tolerance(reference, text):
    assert score(numeric(), text, reference) == 1


def test_factors_are_exact_fractions():
    # degF = 9/5 degC + 32: 1 degF is (1 - 32) * 5/9 degC
    assert in_unit(Fraction(1), "degF", "degC") == Fraction(-155, 9)
    assert in_unit(Fraction(1), "mile", "km") == Fraction(1609344, 10**6)


@pytest.mark.parametrize(
    ("tolerance", "right", "wrong"),
    [
        ({"absolute_tolerance": 0.3}, "1.3", "1.3000000000000001"),
        ({"absolute_tolerance": 0.1}, "0.9", "0.8999999999999999"),
        ({"relative_tolerance": 0.03}, "1.03", "1.0300000000000001"),
        ({"relative_tolerance": 1e-5}, "1.00001", "1.000011"),
    ],
)
def test_a_tolerance_is_the_decimal_number_that_is_written(tolerance, right, wrong):
    assert score(numeric(**tolerance), right, "1") == 1
    assert score(numeric(**tolerance), wrong, "1") == 0


# ---- a reference that reads the sample


@pytest.mark.parametrize("kind", ["numeric", "set_f1", "ranked_list", "json_path"])
@pytest.mark.parametrize("reference", ["{{ sample.output_text }}", "{{ item.n }}{{ sample.output_json.a[0] }}"])
def test_a_reference_that_reads_the_sample_is_refused_when_the_grader_is_built(kind, reference):
    config = {**numeric(reference=reference), "type": kind, **({"path": "a"} if kind == "json_path" else {})}
    with pytest.raises(GraderConfigError) as caught:
        build_grader({"type": "multi", "graders": {"a": config}, "calculate_output": "a", "name": "m"})
    [problem] = caught.value.problems
    assert problem.pointer == "/graders/a/reference"
    assert "sample.output_" in problem.message
