import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.core import ConfigError
from envs.verifiers.graders import (
    GRADER_TYPES,
    GraderConfigError,
    build_grader,
    check_grader,
    grader_warnings,
    register_grader_type,
)
from envs.verifiers.grading import GraderFault, Sample
from envs.verifiers.strict_json import strict_json


def said(text):
    return Sample(output_text=text)


def answered(value):
    return Sample(output_text="", output_json=value, has_json=True)


def string_check(operation="eq", **more):
    fields = {"input": "{{ sample.output_text }}", "reference": "{{ item.answer }}", "operation": operation}
    return {"type": "string_check", "name": "match", **fields, **more}


def similarity(metric):
    fields = {"input": "{{ sample.output_text }}", "reference": "{{ item.answer }}", "evaluation_metric": metric}
    return {"type": "text_similarity", "name": "near", **fields}


def numeric(**more):
    return {"type": "numeric", "name": "n", "input": "{{ sample.output_text }}", "reference": "{{ item.n }}", **more}


def score(config, sample, **item):
    return build_grader(config).grade(sample, item).score


def problems(config):
    with pytest.raises(GraderConfigError) as caught:
        build_grader(config)
    return {problem.pointer: problem.message for problem in caught.value.problems}


# ---- configurations


def test_every_mistake_is_reported_at_once_with_a_pointer_and_the_nearest_name():
    found = problems(
        {
            "type": "multi",
            "name": "both",
            "graders": {
                "a": {"type": "string_chek", "name": "a"},
                "b": {**string_check("neq"), "reference": "{{ itm.answer }}", "referense": ""},
            },
            "calculate_output": "a + b",
        }
    )
    assert "did you mean 'string_check'?" in found["/graders/a/type"]
    assert "did you mean 'ne'?" in found["/graders/b/operation"]
    assert "did you mean 'item'?" in found["/graders/b/reference"]
    assert "did you mean 'reference'?" in found["/graders/b/referense"]
    assert len(found) == 4


@pytest.mark.parametrize(
    ("config", "pointer", "message"),
    [
        ([], "", "a grader is a JSON object"),
        ({}, "/type", "is missing"),
        ({"type": 3}, "/type", "no grader type 3"),
        ({**string_check(), "name": None}, "/name", "must be text"),
        ({**string_check(), "name": ""}, "/name", "must not be empty"),
        ({"type": "string_check", "name": "x"}, "/operation", "is missing"),
        ({**string_check(), "input": 1}, "/input", "must be text"),
        ({**string_check(), "pass_threshold": True}, "/pass_threshold", "must be a finite number"),
        ({**string_check(), "pass_threshold": 10**400}, "/pass_threshold", "must be a finite number"),
        ({**string_check(), "a/b~c": 1}, "/a~1b~0c", "no field"),
        (similarity("cosine"), "/evaluation_metric", "for evals only"),
        (similarity("rouge_6"), "/evaluation_metric", "did you mean 'rouge_"),
        (numeric(relative_tolerance=-1), "/relative_tolerance", "at least 0"),
        (numeric(unit="florins"), "/unit", "no unit 'florins'"),
        ({"type": "json_path", "name": "j", "path": "a..b", "reference": "x"}, "/path", "is not a path"),
    ],
)
def test_a_mistake_is_found_where_it_is(config, pointer, message):
    assert message in problems(config)[pointer]


def test_the_normal_form_has_the_defaults_filled_in_and_checks_again():
    config = {"type": "set_f1", "name": "s", "input": "{{ sample.output_json.x }}", "reference": "{{ item.x }}"}
    normal = check_grader(config)
    assert normal == {**config, "separator": "\n", "case_sensitive": False, "beta": 1.0}
    assert check_grader(normal) == normal


def test_the_normal_form_of_every_type_checks_again():
    asked = {"model": "m", "input": [{"role": "user", "content": "{{ sample.output_text }}"}]}
    for config in (
        {"type": "score_model", "name": "s", **asked},
        {"type": "label_model", "name": "l", **asked, "labels": ["a", "b"], "passing_labels": ["a"]},
        {"type": "python", "name": "p", "source": "def grade(sample, item): return 1"},
        {"type": "endpoint", "url": "http://localhost/x"},
        {"type": "code", "name": "c"},
        {"type": "json_path", "name": "j", "path": "a", "reference": "x"},
        numeric(),
        similarity("bleu"),
        multi("a", a=string_check()),
    ):
        normal = check_grader(config)
        assert check_grader(normal) == normal


def test_fields_of_null_are_as_if_they_were_missing():
    assert check_grader({**string_check(), "pass_threshold": None}) == string_check()


def test_graders_nested_too_deeply_are_refused():
    config = string_check()
    for _ in range(40):
        config = {"type": "multi", "name": "m", "graders": {"a": config}, "calculate_output": "a"}
    assert any("nested deeper than 16" in message for message in problems(config).values())


def test_a_type_can_be_added_and_none_replaced():
    kind = GRADER_TYPES["string_check"]
    register_grader_type("string_check", kind)  # the same again
    with pytest.raises(ConfigError, match="is registered already"):
        register_grader_type("string_check", GRADER_TYPES["numeric"])


# ---- string_check


@pytest.mark.parametrize(
    ("operation", "text", "expected"),
    [
        ("eq", "Paris", 1),
        ("eq", "paris", 0),
        ("eq", "Paris ", 0),
        ("ne", "Paris", 0),
        ("ne", "Rome", 1),
        ("like", "It is Paris.", 1),  # the input contains the reference, not the other way round
        ("like", "Par", 0),
        ("like", "It is paris.", 0),
        ("ilike", "It is PARIS.", 1),
    ],
)
def test_string_check_compares_as_the_services_do(operation, text, expected):
    assert score(string_check(operation), said(text), answer="Paris") == expected


SWAPPED = {"input": "{{ item.answer }}", "reference": "{{ sample.output_text }}"}
BOTH_OF_THE_SAMPLE = {"input": "{{ sample.output_json.a }}", "reference": "{{ item.x }}{{ sample.output_json.b }}"}


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("config", "message"),
    [
        (string_check(**BOTH_OF_THE_SAMPLE), "agree with itself"),
        (string_check("ne", **BOTH_OF_THE_SAMPLE), "agree with itself"),
        (string_check("like", **SWAPPED), "an answer of nothing"),
        (string_check("ilike", **SWAPPED), "an answer of nothing"),
        ({**similarity("bleu"), **BOTH_OF_THE_SAMPLE}, "agree with itself"),
    ],
)
def test_a_sample_is_never_compared_with_itself_nor_searched_for_in_the_answer(config, message, inside):
    whole = {"type": "multi", "name": "m", "graders": {"a": config}, "calculate_output": "a"} if inside else config
    assert message in problems(whole)["/graders/a/reference" if inside else "/reference"]


def test_input_and_reference_may_be_swapped_where_the_comparison_stays_one():
    assert score(string_check(**SWAPPED), said("42"), answer="42") == 1
    assert score(string_check(**SWAPPED), said("43"), answer="42") == 0
    # 3 of 4 letters in common, in both texts: 2 * 3 / 8
    assert score({**similarity("fuzzy_match"), **SWAPPED}, said("TSC1"), answer="TSC2") == 0.75
    assert score({**similarity("fuzzy_match"), **SWAPPED}, said("a" * 100_001), answer="a") == 0


@pytest.mark.parametrize("metric", ["fuzzy_match", "bleu", "gleu", "rouge_1", "rouge_5", "rouge_l"])
@pytest.mark.parametrize("text", ["", "the cat sat on the mat " * 50])
def test_a_swapped_similarity_pays_neither_for_nothing_nor_for_much(metric, text):
    # 300 words, 6 of them the answer: an F1 of at most 12 / 306; the longest common run of letters is as small a part
    assert score({**similarity(metric), **SWAPPED}, said(text), answer="the cat sat on the mat") < 0.05


def test_what_the_item_lacks_is_a_fault_and_what_the_sample_lacks_costs_everything():
    grader = build_grader(string_check("ne", input="{{ sample.output_json.a }}"))
    with pytest.raises(GraderFault, match=r"the item has no item\.answer") as caught:
        grader.grade(answered({"a": "x"}), {})
    assert caught.value.flag == "invalid_variable_error"
    grade = grader.grade(answered({"b": "x"}), {"answer": "y"})  # `ne` would hold: it must not pay for a missing field
    assert (grade.score, grade.flags) == (0.0, {"invalid_variable_error"})
    grade = grader.grade(said("no JSON"), {"answer": "y"})
    assert (grade.score, grade.flags) == (0.0, {"invalid_variable_error", "sample_parse_error"})
    assert "y" not in grade.feedback.split()


def test_a_sample_cannot_quote_the_item_into_its_own_text():
    assert score(string_check(), said("{{ item.answer }}"), answer="Paris") == 0


# ---- text_similarity: values worked out by hand


@pytest.mark.parametrize(
    ("metric", "text", "reference", "expected"),
    [
        ("fuzzy_match", "TSC1", "TSC2", 0.75),  # 2 * 3 common letters of 8
        ("fuzzy_match", "", "", 1.0),
        ("bleu", "the cat is on the mat", "the cat is on the mat", 1.0),
        ("bleu", "", "the cat", 0.0),
        ("gleu", "the cat", "the cat sat", 3 / 6),  # n-grams of 1 to 4: 3 of ours match, 6 in the reference
        ("rouge_1", "the cat sat", "the cat is here", 4 / 7),  # 2 words of 3 and of 4
        ("rouge_2", "the cat sat", "the cat is here", 2 / 5),  # 1 pair of 2 and of 3
        ("rouge_3", "a b c d", "a b c e", 1 / 2),
        ("rouge_4", "a b c d", "a b c e", 0.0),
        ("rouge_5", "a b c d e", "a b c d e", 1.0),
        ("rouge_l", "the cat sat here", "the cat is here", 3 / 4),  # the cat ... here
        ("rouge_l", "", "the cat", 0.0),
    ],
)
def test_text_similarity_has_the_value_worked_out_by_hand(metric, text, reference, expected):
    assert score(similarity(metric), said(text), answer=reference) == pytest.approx(expected)


def test_rouge_l_is_what_its_library_says():
    from rouge_score.rouge_scorer import RougeScorer

    text, reference = "the quick brown fox jumps over the lazy dog", "a lazy dog and the quick fox jump over it"
    expected = RougeScorer(["rougeL"]).score(reference, text)["rougeL"].fmeasure
    assert score(similarity("rouge_l"), said(text), answer=reference) == pytest.approx(expected)


HEADER = "  1 a dictionary for tests\n"
PLACE = f"{len(HEADER):08d}"


@pytest.fixture
def dictionary(tmp_path, monkeypatch):
    """A WordNet dictionary of one meaning, in its own file format, where the variable says."""
    from envs.verifiers.text_similarity import wordnet

    (tmp_path / "data.noun").write_text(f"{HEADER}{PLACE} 04 n 02 car 0 auto 0 000 | a vehicle\n")
    (tmp_path / "index.noun").write_text(f"auto n 1 0 1 0 {PLACE}\ncar n 1 0 1 0 {PLACE}\n")
    for kind in ("data", "index"):
        for part in ("verb", "adj", "adv"):
            (tmp_path / f"{kind}.{part}").write_text("")
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"{part}.exc").write_text("")
    (tmp_path / "cntlist.rev").write_text("")
    monkeypatch.setenv("WNSEARCHDIR", str(tmp_path))
    wordnet.cache_clear()
    yield tmp_path
    for file in wordnet()._data_file_map.values():
        file.close()
    wordnet.cache_clear()


def test_meteor_counts_synonyms_of_the_dictionary_as_the_same_word(dictionary):
    # three words in one chunk: F = 1, penalty 0.5 * (1/3)^3
    expected = 1 - 0.5 / 27
    assert score(similarity("meteor"), said("my car broke"), answer="my auto broke") == pytest.approx(expected)
    assert score(similarity("meteor"), said("my cow broke"), answer="my auto broke") < 0.7
    assert score(similarity("meteor"), said(""), answer="my auto broke") == 0


def test_meteor_without_a_dictionary_says_where_to_get_one(tmp_path, monkeypatch):
    import nltk

    from envs.verifiers.text_similarity import wordnet

    monkeypatch.setattr(nltk.data, "path", [])
    monkeypatch.setenv("WNSEARCHDIR", str(tmp_path))
    wordnet.cache_clear()
    with pytest.raises(ConfigError, match="apt-get install wordnet-base"):
        build_grader(similarity("meteor"))


def test_a_text_that_is_far_too_long_scores_nothing_at_once():
    assert score(similarity("fuzzy_match"), said("a" * 100_001), answer="a" * 100_001) == 0


# ---- numeric


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("42", "42", 1),
        (" 42.0 ", "42", 1),
        ("+42", "42", 1),
        ("0.30", "0.3", 1),
        (".5", "0.5", 1),
        ("-7", "-7", 1),
        ("\u22127", "-7", 1),  # the typographic minus sign
        ("1,234,567.89", "1234567.89", 1),
        ("1e3", "1000", 1),
        ("1.5 x 10^3", "1500", 1),
        ("1.5 \u00d7 10^-3", "0.0015", 1),
        ("45%", "0.45", 1),
        ("45 %", "45%", 1),
        ("0.1", "0.1000000000000000001", 0),  # exact: no tolerance was given
        ("45", "45%", 0),
        ("12,34", "1234", 0),  # no group of three
        ("1 234", "1234", 0),
        ("1.234.567", "1234567", 0),
        ("42 or 43", "42", 0),
        ("42, 43", "42", 0),
        ("42\n43", "42", 0),
        ("the answer is 42", "42", 0),
        ("42.", "42", 1),
        ("", "42", 0),
        (".", "0", 0),
        ("1/2", "0.5", 0),
        ("nan", "42", 0),
        ("inf", "42", 0),
        ("1e999999999", "42", 0),
        ("9" * 5000, "42", 0),
        ("\u0664\u0662", "42", 0),  # Arabic digits
        ("\uff14\uff12", "42", 0),  # full-width digits
        ("4\u200b2", "42", 0),  # an invisible space
        ("0x2a", "42", 0),
        ("4_2", "42", 0),
        ("42 apples", "42", 0),
        ("True", "1", 0),
    ],
)
def test_numeric_takes_exactly_one_number(text, reference, expected):
    assert score(numeric(), said(text), n=reference) == expected


def test_numeric_takes_numbers_of_json_and_no_truth_values():
    config = numeric(input="{{ sample.output_json.x }}")
    assert score(config, answered({"x": 0.1}), n=0.1) == 1
    assert score(config, answered({"x": 1}), n="1.0") == 1
    assert score(config, answered({"x": True}), n=1) == 0
    assert score(config, answered({"x": [1]}), n=1) == 0
    assert score(config, answered({"x": float("nan")}), n=1) == 0


def test_a_tolerance_is_absolute_or_relative_whichever_is_wider():
    assert score(numeric(absolute_tolerance=0.5), said("42.5"), n=42) == 1
    assert score(numeric(absolute_tolerance=0.5), said("42.51"), n=42) == 0
    assert score(numeric(relative_tolerance=0.01), said("-101"), n=-100) == 1
    assert score(numeric(relative_tolerance=0.01), said("-101.1"), n=-100) == 0
    assert score(numeric(relative_tolerance=0.01), said("0.001"), n=0) == 0  # relative to 0 there is no slack


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.5 MPa", 1),
        ("2500 kPa", 1),
        ("2.5e6 Pa", 1),
        ("2.5 N/mm^2", 1),
        ("2.5 N / mm**2", 1),
        ("2.5", 1),  # without a unit, the one that is asked for
        ("2.5 Pa", 0),
        ("2.5 kg", 0),
        ("2.5 florins", 0),
        ("2.5 MPa or 3 MPa", 0),
        ("2.5 MPa^99999999", 0),
        ("2.5 (((", 0),
        ("2.5 N mm^-2", 1),
        ("2.5 N\u00b7mm^-2", 1),
        ("2.5 MPa MPa", 0),
        ("2.5 *", 0),
    ],
)
def test_units_of_the_same_quantity_are_converted(text, expected):
    assert score(numeric(unit="MPa"), said(text), n="2.5") == expected


def test_a_unit_may_be_required_and_the_reference_may_have_its_own():
    config = numeric(unit="degC", unit_required=True, absolute_tolerance=1e-9)
    assert score(config, said("25"), n="25") == 0
    assert score(config, said("25 degC"), n="298.15 K") == 1
    assert score(config, said("77 degF"), n="25") == 1


def test_without_a_unit_of_its_own_the_grader_asks_for_that_of_the_reference():
    config = numeric(relative_tolerance=0.02, unit_required=True)
    assert score(config, said("100.5 kPa"), n="0.1 MPa") == 1
    assert score(config, said("350 K"), n="76.9 degC") == 1
    assert score(config, said("350 K"), n="0.35 MPa") == 0
    assert score(config, said("0.1"), n="0.1 MPa") == 0


def test_percent_is_a_unit_where_one_is_asked_for():
    assert score(numeric(unit="percent"), said("45%"), n="45") == 1
    assert score(numeric(unit="percent"), said("45"), n="45") == 1


def test_a_currency_may_stand_on_either_side():
    config = numeric(currency="$")
    for text in ("$9,049", "9,049 $", "$ 9049.00"):
        assert score(config, said(text), n="9049") == 1
    assert score(config, said("-$5"), n="-5") == 1
    assert score(config, said("$9,049$"), n="9049") == 0
    assert score(config, said("90$49"), n="9049") == 0


def test_a_reference_that_is_no_number_is_our_fault():
    with pytest.raises(GraderFault) as caught:
        score(numeric(), said("42"), n="forty-two")
    assert caught.value.flag == "other_error"


@given(st.text(max_size=60))
def test_any_text_gets_a_score_from_numeric(text):
    assert score(numeric(unit="m"), said(text), n="1") in (0.0, 1.0)


# ---- json_path, set_f1


def path_score(text, reference, path="$.a[0].b", **more):
    config = {"type": "json_path", "name": "j", "path": path, "reference": "{{ item.want }}", **more}
    return score(config, said(text), want=reference)


def test_json_path_compares_one_field_by_type_and_value():
    assert path_score('{"a": [{"b": 1}]}', 1) == 1
    assert path_score('{"a": [{"b": 1.0}]}', 1) == 1
    assert path_score('{"a": [{"b": true}]}', 1) == 0
    assert path_score('{"a": [{"b": "1"}]}', 1) == 0
    assert path_score('{"a": [{"b": {"x": 1, "y": [2]}}]}', {"y": [2], "x": 1}) == 1
    assert path_score('{"a": [{"b": "Paris, France"}]}', "paris", operation="ilike") == 1
    assert path_score("5", 5, path="$") == 1


@pytest.mark.parametrize("text", ["", "[", '{"a": []}', '{"a": [{"b": 1}], "a": [{"b": 1}]}', '{"a": [{"b": NaN}]}'])
def test_json_path_pays_nothing_for_what_is_not_json_or_lacks_the_field(text):
    assert path_score(text, 1) == 0


def test_set_f1_counts_every_entry_of_the_answer():
    config = {"type": "set_f1", "name": "s", "input": "{{ sample.output_json.x }}", "reference": "{{ item.want }}"}

    def f1(answer, want=("a", "b"), **more):
        return score({**config, **more}, answered({"x": answer}), want=list(want))

    assert f1(["b", " A"]) == 1
    assert f1(["a"]) == pytest.approx(2 / 3)  # precision 1, recall 1/2
    assert f1(["a", "b", "c", "d"]) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert f1(["a", "a", "b", "b"]) == pytest.approx(2 / 3)  # what is repeated is padding
    assert f1(["a", "b"] + ["x"] * 98) == pytest.approx(2 * 0.02 / 1.02)
    assert f1([]) == 0
    assert f1([], want=()) == 1
    assert f1(["a"], want=()) == 0
    assert f1("a\nb") == 1
    assert f1("a, b", separator=",") == 1
    assert f1(["A", "b"], case_sensitive=True) == pytest.approx(1 / 2)
    assert f1(["a", "b", "c"], max_items=2) == 0
    assert f1([["a", "b"]]) == 0
    assert f1(["a"], beta=0.5) == pytest.approx(1.25 * 0.5 / (0.25 + 0.5))


# ---- multi


def json_path(path):
    return {"type": "json_path", "name": path, "path": path, "reference": "{{ item.x }}"}


def multi(formula, **graders):
    return {"type": "multi", "name": "m", "graders": graders, "calculate_output": formula}


GENE = string_check(input="{{ sample.output_json.gene }}", reference="{{ item.gene }}")
CLEAN = string_check("eq", input="{{ sample.output_json.invented }}", reference="yes")


def test_a_range_beyond_what_a_float_holds_is_refused_inside_a_multi():
    wide = {"type": "python", "name": "p", "source": "def grade(sample, item): return 1", "range": [0, 10**400]}
    found = problems(multi("a", a=wide))
    assert list(found) == ["/graders/a/range"]
    assert "both finite" in found["/graders/a/range"]


def test_a_formula_weighs_the_scores_of_its_graders():
    grader = build_grader(
        multi("0.75 * gene + 0.25 * near", gene=GENE, near=numeric(input="{{ sample.output_json.n }}"))
    )
    grade = grader.grade(answered({"gene": "TSC2", "n": 3}), {"gene": "TSC2", "n": 4})
    assert (grade.score, grade.sub_scores) == (0.75, {"gene": 1.0, "near": 0.0})
    assert (grader.low, grader.high) == (0.0, 1.0)


def test_a_sample_cannot_escape_a_penalty_by_leaving_out_what_it_reads():
    # `gene - invented`: without the field, `invented` would count 0, the best for the sample
    grader = build_grader(multi("gene - invented", gene=GENE, invented=CLEAN))
    item = {"gene": "TSC2"}
    assert grader.grade(answered({"gene": "TSC2", "invented": "no"}), item).score == 1
    assert grader.grade(answered({"gene": "TSC2", "invented": "yes"}), item).score == 0
    left_out = grader.grade(answered({"gene": "TSC2"}), item)
    assert left_out.score == 0  # 1 - 1: as if the penalty had fired
    assert left_out.flags == {"invalid_variable_error"}
    assert grader.grade(said("no JSON"), item).score == -1


def test_nested_multi_graders_report_their_parts_under_both_keys():
    inner = multi("(gene + same) / 2", gene=GENE, same=string_check())
    grade = build_grader(multi("inner", inner=inner)).grade(
        Sample(output_text="x", output_json={"gene": "A"}, has_json=True), {"gene": "A", "answer": "y"}
    )
    assert grade.sub_scores == {"inner": 0.5, "inner.gene": 1.0, "inner.same": 0.0}


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("gene + gne", "did you mean 'gene'?"),
        ("gene / near", "division by zero where gene = 0, near = 0"),
        ("log(gene)", "logarithm"),
        ("(gene", "is missing at the end"),
        ("exp(exp(10 * gene))", "not finite where gene = 1"),
    ],
)
def test_a_formula_is_checked_before_the_run(formula, message):
    found = problems(multi(formula, gene=GENE, near=string_check()))
    assert message in found["/calculate_output"]


def test_graders_of_a_multi_stand_under_keys_that_a_formula_can_name():
    assert "one grader" in problems({**multi("a"), "graders": string_check()})["/graders"]
    assert "by key" in problems({**multi("a"), "graders": [string_check()]})["/graders"]
    assert "at least one" in problems(multi("1"))["/graders"]
    assert "cannot name" in problems(multi("1", **{"my grader": string_check()}))["/graders/my grader"]
    assert "function" in problems(multi("max(max, 1)", max=string_check()))["/graders/max"]


def test_an_answer_without_a_form_is_no_fault_where_no_bounds_can_be_shown():
    both = multi("a * b / (a + b - a * b + 0.1)", a=json_path("$.a"), b=json_path("$.b"))
    assert score(both, said('{"a": "x", "b": "x"}'), x="x") == pytest.approx(1 / 1.1)
    assert score(both, said("{}"), x="x") == 0
    assert score(both, said("no JSON"), x="x") == 0


def test_an_answer_without_a_form_gets_no_less_than_the_formula_can_give():
    # a - a * b = a * (1 - b), which is never below 0
    grader = build_grader(multi("a - a * b", a=json_path("$.a"), b=json_path("$.b")))
    assert (grader.low, grader.high) == (0, 1)
    assert [grader.grade(said(text), {"x": "x"}).score for text in ("no JSON", "{}", '{"a": "x"}')] == [0, 0, 0]
    assert grader.grade(said('{"a": "x", "b": "y"}'), {"x": "x"}).score == 1


def test_a_nested_multi_keeps_what_it_earned_when_a_part_is_missing():
    inner = multi("0.5 * a + 0.5 * b", a=json_path("$.a"), b=json_path("$.b"))
    assert score(inner, said('{"a": "x"}'), x="x") == 0.5
    assert score(multi("i", i=inner), said('{"a": "x"}'), x="x") == 0.5
    # and where less is better it is taken for the most that it could have been
    assert score(multi("1 - i", i=inner), said('{"a": "x"}'), x="x") == 0


def test_what_is_allowed_and_probably_not_meant_is_a_warning():
    warned = {one.pointer: one.message for one in grader_warnings(multi("2 * gene", gene=GENE, unused=string_check()))}
    assert "[0, 2], not in [0, 1]" in warned["/calculate_output"]
    assert "does not use" in warned["/graders/unused"]
    unsure = grader_warnings(multi("gene / (near - 0.123)", gene=GENE, near=similarity("fuzzy_match")))
    assert "cannot be excluded" in unsure[0].message


def test_a_formula_without_a_value_for_these_scores_is_a_fault_and_not_a_score():
    # rouge of 3 words, 1 in common with one: 2 * 1/3 * 1 / (4/3) = 0.5; near - 0.5 is 0
    near = similarity("rouge_1")
    config = multi("0.1 / (near - 0.5) ", near=near)
    assert "division by zero where near = 0.5" in problems(config)["/calculate_output"]
    config = multi("0.1 / (near - 0.4)", near=near)  # 2 * 1/4 * 1 / (5/4) = 0.4, which no end or middle shows
    with pytest.raises(GraderFault) as caught:
        build_grader(config).grade(said("cat b c d"), {"answer": "cat"})
    assert caught.value.flag == "formula_parse_error"


# ---- all of them


IN_PROCESS = (
    *(string_check(operation) for operation in ("eq", "ne", "like", "ilike")),
    *(similarity(metric) for metric in ("fuzzy_match", "bleu", "gleu", "rouge_1", "rouge_2", "rouge_l")),
    numeric(reference="1"),
    {"type": "json_path", "name": "j", "path": "a[0]", "reference": "x"},
    {"type": "set_f1", "name": "s", "input": "{{ sample.output_text }}", "reference": "a"},
)
AWKWARD = st.text(
    st.characters() | st.sampled_from("\ud800\udfff\0\u202e\ufeff{}[]\"',:.-+e%0123456789 \n"), max_size=80
)


@pytest.mark.parametrize("grader", [build_grader(config) for config in IN_PROCESS], ids=lambda one: one.type)
@given(text=AWKWARD)
def test_any_text_gets_a_score_within_the_range_and_always_the_same(grader, text):
    sample = said(text)
    grade = grader.grade(sample, {"answer": "the right answer"})
    assert grader.low <= grade.score <= grader.high
    assert grader.grade(sample, {"answer": "the right answer"}) == grade


# ---- JSON of untrusted origin


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("NaN", "not a finite number"),
        ("1e999", "not a finite number"),
        ("[" * 100_000 + "]" * 100_000, "nested deeper"),
        ("[" * 65 + "]" * 65, "nested deeper than 64"),
        ("9" * 401, "more than 400 digits"),
        ('{"a": 1} extra', "Extra data"),
        ('"' + "a" * 2**20 + '"', "longer than"),
        ("", "Expecting value"),
    ],
)
def test_strict_json_reads_only_what_all_readers_agree_on(text, problem):
    with pytest.raises(ValueError) as caught:
        strict_json(text)
    assert problem in str(caught.value)


def test_strict_json_takes_64_levels():
    assert strict_json("[" * 64 + "]" * 64) is not None
