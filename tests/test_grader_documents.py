"""Requests and graders of the shapes that the public documentation of the hosted services shows: they run unchanged."""

import json

import pytest
from fakes import BrokenSandbox
from servers import serving

from envs.graders import main, run_request, validate_request
from envs.verifiers.chat import ChatError, ChatReply
from envs.verifiers.graders import GraderConfigError, GraderContext, build_grader
from envs.verifiers.grading import FLAGS, TokenUsage

STRING = {
    "type": "string_check",
    "name": "Exact answer",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
    "operation": "eq",
}
SWAPPED = {**STRING, "input": "{{item.reference_answer}}", "reference": "{{sample.output_text}}"}
"""As the documentation of jobs writes it."""
SIMILAR = {
    "type": "text_similarity",
    "name": "Close answer",
    "input": "{{ sample.output_text }}",
    "reference": "{{ item.reference_answer }}",
    "pass_threshold": 0.8,
    "evaluation_metric": "fuzzy_match",
}
SCORED = {
    "type": "score_model",
    "name": "Rubric",
    "model": "gpt-4o-2024-08-06",
    "input": [
        {
            "role": "user",
            "content": "Reference: {{ item.reference_answer }}\nAnswer: {{ sample.output_text }}",
            "type": "message",
        }
    ],
    "pass_threshold": 0.5,
    "range": [0, 1],
    "sampling_params": {"max_completions_tokens": 1024, "temperature": 1, "top_p": 1, "seed": 42},
}
PYTHON = {
    "type": "python",
    "name": "Lengths",
    "source": (
        "def grade(sample: dict, item: dict) -> float:\n"
        '    given, wanted = sample["output_text"], item["reference_answer"]\n'
        "    return min(len(given), len(wanted)) / max(len(given), len(wanted), 1)\n"
    ),
    "image_tag": "2025-05-08",
}
SWAPPED_SIMILAR = {**SIMILAR, "input": "{{item.reference_answer}}", "reference": "{{sample.output_text}}"}
RAPIDFUZZ = {
    "type": "python",
    "name": "Near enough",
    "source": (
        "from rapidfuzz import fuzz, utils\n\n"
        "def grade(sample, item) -> float:\n"
        '    score = fuzz.WRatio(sample["output_text"], item["reference_answer"], processor=utils.default_process)\n'
        "    return score / 100.0\n"
    ),
    "image_tag": "2025-05-08",
}
FIELDS = {
    "type": "multi",
    "name": "Contact",
    "graders": {
        "name": {
            "type": "text_similarity",
            "name": "name",
            "input": "{{sample.output_json.name}}",
            "reference": "{{item.name}}",
            "evaluation_metric": "fuzzy_match",
        },
        "email": {
            "type": "string_check",
            "name": "email",
            "input": "{{sample.output_json.email}}",
            "reference": "{{item.email}}",
            "operation": "eq",
        },
    },
    "calculate_output": "(name + email) / 2",
}
COMPLIANCE = {
    "type": "multi",
    "name": "Verdict and reasons",
    "graders": {
        "explanation": {**SCORED, "name": "Reasons"},
        "compliant": {
            "type": "string_check",
            "name": "Verdict",
            "input": "{{sample.output_json.compliant}}",
            "reference": "{{item.compliant}}",
            "operation": "eq",
        },
        "tone": {
            "type": "label_model",
            "name": "Tone",
            "model": "gpt-4.1-mini",
            "input": [{"role": "developer", "content": "Which tone has this? {{ sample.output_text }}"}],
            "labels": ["polite", "rude"],
            "passing_labels": ["polite"],
        },
    },
    "calculate_output": "0.5 * compliant + 0.4 * explanation + 0.1 * tone",
}
CLAMPED = {**FIELDS, "calculate_output": "max(0, min(1, sqrt(abs(name)) ^ 2 + floor(email) - ceil(email)))"}

ITEM = {
    "reference_answer": "fuzzy wuzzy had no hair",
    "name": "John Doe",
    "email": "john@example.org",
    "compliant": "yes",
}


class Judge:
    def chat(self, model, messages, sampling, response_format):
        result = "polite" if "enum" in json.dumps(response_format) else 0.5
        usage = TokenUsage(prompt_tokens=190, completion_tokens=10)
        return ChatReply(text=json.dumps({"steps": [], "result": result}), usage=usage)


@pytest.mark.parametrize(
    "grader",
    [STRING, SWAPPED, SIMILAR, SWAPPED_SIMILAR, SCORED, PYTHON, RAPIDFUZZ, FIELDS, COMPLIANCE, CLAMPED],
)
def test_a_documented_grader_is_valid_and_changes_nothing_of_what_is_given(grader):
    reply = validate_request({"grader": grader})
    assert reply["warnings"] == []
    kept = reply["grader"]
    assert all(kept[key] == value for key, value in grader.items() if key not in ("graders", "input"))


@pytest.mark.parametrize(
    ("grader", "sample", "reward"),
    [
        (STRING, "fuzzy wuzzy had no hair", 1.0),
        (STRING, "fuzzy wuzzy was a bear", 0.0),
        (SWAPPED, "fuzzy wuzzy had no hair", 1.0),
        (SWAPPED, "fuzzy wuzzy was a bear", 0.0),
        (SIMILAR, "fuzzy wuzzy had no hair", 1.0),
        (SWAPPED_SIMILAR, "fuzzy wuzzy had no hair", 1.0),
        (SCORED, "fuzzy wuzzy was a bear", 0.5),
        (PYTHON, "fuzzy wuzzy", 11 / 23),
        (RAPIDFUZZ, "Fuzzy Wuzzy had no hair!", 1.0),  # its processor drops case and punctuation
        (FIELDS, '{"name": "Jon Doe", "email": "john@example.org"}', (14 / 15 + 1) / 2),  # 2 * 7 of 7 + 8 letters
        (FIELDS, '{"name": "John Doe"}', 0.5),
        (COMPLIANCE, '{"compliant": "yes"}', 0.5 + 0.4 * 0.5 + 0.1),
        (CLAMPED, '{"name": "John Doe", "email": ""}', 1.0),
    ],
)
def test_a_documented_grader_runs(grader, sample, reward, bubblewrap):
    context = GraderContext(sandbox=bubblewrap, chat=Judge())
    reply = run_request({"grader": grader, "item": ITEM, "model_sample": sample}, context)
    assert reply["reward"] == pytest.approx(reward)


def test_the_reply_has_every_field_of_the_services_reply():
    request = {"grader": {**SCORED}, "item": ITEM, "model_sample": "x"}
    reply = run_request(request, GraderContext(chat=Judge()))
    assert set(reply) == {"reward", "sub_rewards", "model_grader_token_usage_per_model", "metadata"}
    assert reply["model_grader_token_usage_per_model"] == {
        "gpt-4o-2024-08-06": {
            "prompt_tokens": 190,
            "completion_tokens": 10,
            "total_tokens": 200,
            "cached_tokens": 0,
        }
    }
    metadata = reply["metadata"]
    assert set(metadata) == {
        *("name", "type", "execution_time", "scores", "token_usage", "sampled_model_name", "errors"),
    }
    assert (metadata["name"], metadata["type"]) == ("Rubric", "score_model")
    assert (metadata["token_usage"], metadata["sampled_model_name"]) == (200, "gpt-4o-2024-08-06")
    assert metadata["execution_time"] > 0
    assert len(metadata["errors"]) == 14
    assert [metadata["errors"][flag] for flag in FLAGS] == [False] * 11


def test_the_official_client_reads_the_reply():
    grader_run_response = pytest.importorskip("openai.types.fine_tuning.alpha.grader_run_response")
    reply = run_request({"grader": FIELDS, "item": ITEM, "model_sample": '{"name": "John Doe"}'})
    read = grader_run_response.GraderRunResponse.model_validate(reply)
    assert read.reward == 0.5
    assert read.sub_rewards == {"name": 1.0, "email": 0.0}
    assert read.metadata.errors.invalid_variable_error


# ---- every documented error


def calling(reply):
    class Fixed:
        def chat(self, *_):
            if isinstance(reply, Exception):
                raise reply
            return reply

    return GraderContext(chat=Fixed())


TIGHT = {**FIELDS, "calculate_output": "1 / (name - 0.4) / 1000"}  # "ab" and "bcd": 2 * 1 common letter of 5
LONG = {**SCORED, "input": [{"role": "user", "content": "{{ sample.output_text }}"}]}
FAILING = {"type": "python", "name": "p", "source": "def grade(sample, item):\n    return item['none']"}

ERRORS = {
    "formula_parse_error": (TIGHT, '{"name": "ab", "email": ""}', {"name": "bcd", "email": ""}, None),
    "sample_parse_error": (FIELDS, "no JSON", ITEM, None),
    "truncated_observation_error": (LONG, "a" * 400_001, ITEM, calling(ChatReply(text=""))),
    "unresponsive_reward_error": ({"type": "endpoint", "url": "http://127.0.0.1:9", "retries": 0}, "x", ITEM, None),
    "invalid_variable_error": (STRING, "x", {}, None),
    "other_error": (
        {"type": "numeric", "name": "n", "input": "{{sample.output_text}}", "reference": "{{item.name}}"},
        "1",
        ITEM,
        None,
    ),
    "python_grader_server_error": (PYTHON, "x", ITEM, GraderContext(sandbox=BrokenSandbox())),
    "python_grader_runtime_error": (FAILING, "x", ITEM, "bubblewrap"),
    "model_grader_server_error": (SCORED, "x", ITEM, calling(ChatError("503", "overloaded"))),
    "model_grader_refusal_error": (SCORED, "x", ITEM, calling(ChatReply(text=None, refusal="no"))),
    "model_grader_parse_error": (SCORED, "x", ITEM, calling(ChatReply(text="very good"))),
}
THE_SAMPLES = ("sample_parse_error", "truncated_observation_error")
"""Errors that are the model's own doing: the reward is 0. All others leave none."""


def test_the_table_of_errors_is_whole():
    assert set(ERRORS) == set(FLAGS)


@pytest.mark.parametrize("flag", FLAGS)
def test_every_documented_error_is_reported_and_only_the_samples_own_cost_anything(flag, request):
    grader, sample, item, context = ERRORS[flag]
    if context == "bubblewrap":
        context = GraderContext(sandbox=request.getfixturevalue("bubblewrap"))
    reply = run_request({"grader": grader, "item": item, "model_sample": sample}, context or GraderContext())
    errors = reply["metadata"]["errors"]
    assert errors[flag] is True
    assert reply["reward"] == (0.0 if flag in THE_SAMPLES else None)
    if flag == "python_grader_server_error":
        assert errors["python_grader_server_error_type"] == "sandbox"
    if flag == "python_grader_runtime_error":
        assert "KeyError: 'none'" in errors["python_grader_runtime_error_details"]
    if flag == "model_grader_server_error":
        assert errors["model_grader_server_error_details"] == "overloaded"


def test_a_grader_that_crashes_is_a_fault_too(monkeypatch):
    from envs.graders import graded, run_reply
    from envs.verifiers.grading import Sample

    class Crashing:
        type, name, low, high = "mine", "mine", 0.0, 1.0

        def grade(self, sample, item):
            raise ZeroDivisionError("oh")

    grade, fault = graded(Crashing(), Sample(output_text=""), {})
    reply = run_reply(Crashing(), grade, fault, execution_time_s=0.1)
    assert reply["reward"] is None
    assert reply["metadata"]["errors"]["other_error"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({}, "/grader"),
        ({"grader": STRING}, "/model_sample"),
        ({"grader": STRING, "model_sample": "x", "itme": {}}, "/itme"),
        ({"grader": STRING, "model_sample": {"a": 1}}, "/model_sample"),
        ({"grader": STRING, "model_sample": "x", "item": []}, "/item"),
        ({"grader": {**STRING, "operation": "neq"}, "model_sample": "x"}, "/grader/operation"),
        (
            {"grader": {**FIELDS, "calculate_output": "(nam + email) / 2"}, "model_sample": ""},
            "/grader/calculate_output",
        ),
    ],
)
def test_a_request_that_cannot_be_run_is_refused_with_a_pointer(body, pointer):
    with pytest.raises(GraderConfigError) as caught:
        run_request(body)
    assert pointer in [problem.pointer for problem in caught.value.problems]


# ---- the command


@pytest.fixture
def call(tmp_path, capsys):
    """Write a body into a file, run the command on it, and return the exit code and what was printed."""

    def call(command, body, *options):
        path = tmp_path / "body.json"
        path.write_text(body if isinstance(body, str) else json.dumps(body))
        code = main([command, str(path), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def test_run_prints_the_reply_as_json(call):
    code, out, _ = call("run", {"grader": STRING, "item": ITEM, "model_sample": "x"})
    assert code == 0
    assert json.loads(out)["reward"] == 0.0
    code, out, _ = call("run", {"grader": STRING, "item": {}, "model_sample": "x"})
    assert code == 1
    assert json.loads(out)["reward"] is None


def test_validate_takes_a_grader_a_request_or_a_job(call):
    job = {"model": "m", "method": {"type": "reinforcement", "reinforcement": {"grader": FIELDS}}}
    for body in (STRING, {"grader": STRING}, job):
        code, out, _ = call("validate", body)
        assert (code, json.loads(out)["valid"]) == (0, True)
    job["method"]["reinforcement"]["grader"] = {**STRING, "operation": "neq"}
    code, out, _ = call("validate", job)
    assert code == 2
    assert json.loads(out)["problems"][0]["pointer"] == "/method/reinforcement/grader/operation"
    code, out, _ = call("validate", {"method": {"type": "reinforcement"}})
    assert json.loads(out)["problems"][0] == {"pointer": "/method/reinforcement/grader", "message": "is missing"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "usage:"),
        (("run",), "usage:"),
        (("atack", "x"), "did you mean 'attack'?"),
        (("run", "/nowhere/x.json"), "cannot read"),
    ],
)
def test_the_command_says_how_it_is_used(arguments, message, capsys):
    assert main(list(arguments)) == 2
    assert message in capsys.readouterr().err


def test_options_are_checked_by_name(call):
    code, _, err = call("attack", STRING, "dta=x")
    assert (code, "did you mean 'data'?" in err) == (2, True)
    code, _, err = call("validate", "{broken")
    assert (code, "is not JSON" in err) == (2, True)


def test_an_endpoint_of_the_preview_is_run_unchanged():
    with serving({"score": 0.5}) as server:
        grader = {
            "type": "endpoint",
            "url": f"{server.url}/api/grader",
            "headers": {"X-Functions-Key": "k"},
            "rate_limit": 100,
            "pass_threshold": 0.5,
        }
        reply = run_request({"grader": grader, "item": ITEM, "model_sample": '{"a": 1}'})
    assert reply["reward"] == 0.5
    assert build_grader(grader).name == "endpoint"
