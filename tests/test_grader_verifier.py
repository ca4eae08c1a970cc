import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.core import ConfigError, Task, VerifierError
from envs.verifiers.chat import ChatReply
from envs.verifiers.grader_verifier import GraderVerifier, reward_terms
from envs.verifiers.graders import GraderContext, build_grader
from envs.verifiers.grading import Grade, GraderFault, Sample, TokenUsage
from envs.verifiers.response_format import ResponseFormat

TASK = Task(task_id="1", prompt=(), reference={"gene": "TSC2", "n": 2})
SCHEMA = {
    "type": "object",
    "properties": {"gene": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["gene"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
GENE = {
    "type": "string_check",
    "name": "gene",
    "operation": "eq",
    "input": "{{ sample.output_json.gene }}",
    "reference": "{{ item.gene }}",
}
NUMBER = {"type": "numeric", "name": "n", "input": "{{ sample.output_json.n }}", "reference": "{{ item.n }}"}
BOTH = {
    "type": "multi",
    "name": "both",
    "graders": {"gene": GENE, "n": NUMBER},
    "calculate_output": "0.75 * gene + 0.25 * n",
}


def verifier(config=BOTH, **more):
    return GraderVerifier(build_grader(config), FORMAT, **more)


def test_a_completion_of_the_schema_is_graded():
    breakdown = verifier()(TASK, '{"gene": "TSC2", "n": 3}')
    assert breakdown.total == 0.75
    assert breakdown.terms["grader/gene"].score == 1.0
    assert (breakdown.terms["grader/n"].score, breakdown.terms["grader/n"].weight) == (0.0, 0.0)
    assert not breakdown.passed
    assert breakdown.measures == {"flag/sample_parse_error": 0.0, "flag/invalid_variable_error": 0.0}


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "TSC2",
        '{"gene": "TSC2"',
        '{"gene": "TSC2"} and more',
        '```json\n{"gene": "TSC2"}\n```',
        '{"gene": "TSC1", "gene": "TSC2"}',
        '{"gene": ["TSC2"]}',
        '{"gene": "TSC2", "score": 1.0}',
        '{"gene": "TSC2", "n": true}',
        '{"gene": "TSC2", "n": NaN}',
        '["TSC2"]',
        "[" * 10_000,
    ],
)
def test_a_completion_that_is_not_of_the_schema_scores_nothing(completion):
    breakdown = verifier()(TASK, completion)
    assert breakdown.total == 0
    assert breakdown.measures["flag/sample_parse_error"] == 1.0
    assert breakdown.feedback
    assert not breakdown.passed


def test_a_field_that_is_optional_and_missing_costs_its_grader():
    breakdown = verifier()(TASK, '{"gene": "TSC2"}')
    assert breakdown.total == 0.75
    assert breakdown.measures["flag/invalid_variable_error"] == 1.0


def test_an_item_that_lacks_what_the_grader_reads_has_no_reward():
    with pytest.raises(GraderFault):
        verifier()(Task(task_id="2", prompt=(), reference={"n": 2}), '{"gene": "TSC2", "n": 2}')
    with pytest.raises(VerifierError, match="must be an item"):
        verifier()(Task(task_id="3", prompt=(), reference="TSC2"), '{"gene": "TSC2"}')


def test_a_grader_of_json_needs_a_response_format():
    with pytest.raises(
        ConfigError, match=r"reads sample\.output_json\.gene, which is there only with a response_format"
    ):
        GraderVerifier(build_grader(BOTH))


def test_without_a_response_format_the_text_is_the_sample():
    text = {**GENE, "input": "{{ sample.output_text }}"}
    assert GraderVerifier(build_grader(text))(TASK, "TSC2").passed


def test_the_response_format_text_asks_for_nothing_and_makes_no_json():
    text = {**GENE, "input": "{{ sample.output_text }}"}
    judge = GraderVerifier(build_grader(text), {"type": "text"})
    assert judge(TASK, "TSC2").passed
    assert judge.sample('{"gene": "TSC2"}') == (Sample(output_text='{"gene": "TSC2"}'), "")
    with pytest.raises(ConfigError, match="there only with a response_format"):
        GraderVerifier(build_grader(BOTH), {"type": "text"})


def test_the_threshold_is_the_callers_else_the_configurations_else_the_most():
    three_quarters = '{"gene": "TSC2", "n": 3}'
    assert not verifier()(TASK, three_quarters).passed
    assert verifier()(TASK, '{"gene": "TSC2", "n": 2}').passed
    assert verifier({**BOTH, "pass_threshold": 0.7})(TASK, three_quarters).passed
    assert not verifier({**BOTH, "pass_threshold": 0.7}, pass_threshold=0.8)(TASK, three_quarters).passed


def test_equal_answers_have_equal_breakdowns():
    judge = verifier()
    assert judge(TASK, '{"gene": "TSC2"}') == judge(TASK, '{"gene": "TSC2"}')


def test_how_long_graders_took_is_told_once():
    judge = verifier()
    judge(TASK, '{"gene": "TSC2"}')
    [(name, seconds)] = judge.timings().items()
    assert name == "both"
    assert 0 < seconds < 1
    assert judge.timings() == {}


def test_tokens_of_model_graders_are_added_up_until_they_are_asked_for():
    class Judge:
        def chat(self, model, messages, sampling, response_format):
            usage = TokenUsage(prompt_tokens=10, completion_tokens=2, cached_tokens=1)
            return ChatReply(text='{"result": 0.5, "steps": []}', usage=usage)

    asked = {"type": "score_model", "name": "j", "model": "m", "input": [{"role": "user", "content": "x"}]}
    judge = GraderVerifier(build_grader(asked, GraderContext(chat=Judge())))
    judge(TASK, "a")
    judge(TASK, "b")
    assert judge.token_usage() == {"m": TokenUsage(prompt_tokens=20, completion_tokens=4, cached_tokens=2)}
    assert judge.token_usage() == {}


RANGES = st.sampled_from([(0.0, 1.0), (0.0, 2.0), (-1.0, 1.0), (1.0, 10.0), (-3.7, 0.1), (0.25, 0.25)])


@given(RANGES, st.floats(0, 1))
def test_the_total_is_the_score_whatever_the_range(ends, share):
    low, high = ends
    score = min(max(low + share * (high - low), low), high)
    terms = reward_terms(score, low, high)
    assert math.fsum(term.score * term.weight for term in terms.values()) == pytest.approx(score, abs=1e-14)


@given(st.floats(-1e6, 1e6))
def test_the_total_is_the_score_where_there_are_no_bounds(score):
    terms = reward_terms(score, -math.inf, math.inf)
    assert math.fsum(term.score * term.weight for term in terms.values()) == score


def test_a_grader_with_a_range_of_its_own_is_paid_in_full():
    class Fixed:
        type, name, low, high = "fixed", "fixed", -5.0, 5.0

        def grade(self, sample, item):
            return Grade(score=-2.5)

    breakdown = GraderVerifier(Fixed())(TASK, "x")
    assert breakdown.total == -2.5
    assert breakdown.terms["score"].score == 0.25


@pytest.mark.parametrize("score", [float("nan"), float("inf"), 10**400, True, "1", None])
def test_a_score_that_is_no_number_cannot_be_a_grade(score):
    with pytest.raises(GraderFault):
        Grade(score=score)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("json", "must be an object"),
        ({"type": "json"}, "did you mean 'json_"),
        ({"type": "json_schema"}, "needs json_schema.schema"),
        ({"type": "json_schema", "json_schema": {"schema": {"type": "objekt"}}}, "not a JSON schema"),
        ({"type": "json_schema", "json_schema": {"schema": {"$ref": "http://127.0.0.1/x"}}}, "does not hold"),
        ({"type": "json_schema", "json_schema": {"schema": {"$ref": "#/$defs/x"}}}, "does not hold"),
    ],
)
def test_a_response_format_that_is_none_is_refused(config, message):
    with pytest.raises(ConfigError) as caught:
        ResponseFormat(config)
    assert message in str(caught.value)


def nested(schema, levels, key="not"):
    for _ in range(levels):
        schema = {key: schema}
    return schema


CHAIN = {f"s{n}": {"$ref": f"#/$defs/s{n + 1}"} for n in range(70)}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"$schema": 5}, "cannot be read as a JSON schema: AttributeError"),
        ({"$schema": []}, "cannot be read as a JSON schema: TypeError"),
        ({"anyOf": [{}], "$ref": "#/anyOf/foo"}, "cannot be read as a JSON schema: ValueError"),
        (nested({}, 150), "nested deeper than 64 levels"),
        (nested({}, 2000), "nested deeper than 64 levels"),
        (nested({}, 63), None),
        ({"properties": {"a": [nested({}, 100)]}}, "nested deeper than 64 levels"),
        ({"$ref": "#"}, "refers to itself without end"),
        ({"$dynamicRef": "#"}, "refers to itself without end"),
        ({"properties": {"a": {"$ref": "#/properties/a"}}}, "refers to itself without end"),
        ({"anyOf": [{"type": "string"}, {"not": {"$ref": "#"}}]}, "refers to itself without end"),
        ({"$defs": {"a": {"$ref": "#b"}, "b": {"$anchor": "b", "if": {"$ref": "#/$defs/a"}}}}, "without end"),
        ({"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}, None),  # each step goes into the value
        ({"$defs": {**CHAIN, "s70": {}}, "$ref": "#/$defs/s0"}, "lead from one to the next"),
    ],
)
def test_a_schema_that_no_answer_can_be_checked_against_is_refused(schema, message):
    config = {"type": "json_schema", "json_schema": {"schema": schema}}
    if message is None:
        assert ResponseFormat(config).problem({}) is not None
        return
    with pytest.raises(ConfigError, match=message):
        ResponseFormat(config)


def test_a_schema_may_refer_to_itself():
    tree = {"$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}}, "$ref": "#/$defs/t"}
    response = ResponseFormat({"type": "json_schema", "json_schema": {"schema": tree}})
    assert response.problem([[], [[]]]) == ""
    assert "at [1][0]" in response.problem([[], [1]])


def test_numbers_and_names_that_a_schema_cannot_take_are_a_wrong_form_and_no_fault():
    schema = {"properties": {"x": {"multipleOf": 0.01}}, "additionalProperties": False}
    response = ResponseFormat({"type": "json_schema", "json_schema": {"schema": schema}})
    assert response.problem({"x": 1.25}) == ""
    assert "cannot be compared" in response.problem({"x": 10**400})
    assert response.problem({"\ud800": 1}).encode()


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ([1, True, "1", [1], {"a": 1}, None, "null", 0, False, ""], True),
        ([1, 1.0], False),
        ([0.0, -0.0], False),
        ([[1, 2], [2, 1]], True),
        ([[1, True], [1.0, True]], False),
        ([[1, True], [1, 1]], True),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], False),
        ([{"a": 0}, {"a": False}, {"a": None}, {}], True),
        ([{"a": 1}, [["a", 1]], ["a", 1]], True),
        ([10**400, 1e308, 10**400 + 1, 2**53, 2**53 + 1], True),
        ([2**53, float(2**53)], False),
    ],
)
@pytest.mark.parametrize("more", [{}, {"$schema": "http://json-schema.org/draft-07/schema#"}])
def test_items_are_the_same_as_json_schema_defines_it(items, unique, more):
    response = ResponseFormat({"type": "json_schema", "json_schema": {"schema": {"uniqueItems": True, **more}}})
    assert (response.problem(items) == "") is unique
    assert response.problem({"x": items}) == ""
    if not unique:
        assert "two of its items are the same" in response.problem(items)


@pytest.mark.parametrize("schema", [{"uniqueItems": True}, {"items": {"$ref": "#/$defs/u"}}, {"items": {"$ref": "#"}}])
def test_forty_thousand_objects_are_told_apart_at_once(schema):
    items = [{"a": number, "b": [str(number)]} for number in range(40_000)]
    whole = {
        **schema,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "uniqueItems": True,
        "$defs": {"u": {"uniqueItems": True}},
    }
    response = ResponseFormat({"type": "json_schema", "json_schema": {"schema": whole}})
    began = time.process_time()
    assert response.problem([items] if "items" in schema else items) == ""
    assert time.process_time() - began < 10  # each with each other took an hour


def test_any_object_will_do_for_json_object():
    assert ResponseFormat({"type": "json_object"}).problem({"a": 1}) == ""
    assert ResponseFormat({"type": "json_object"}).problem([1]) != ""
