import json

import pytest

from envs.grader_attacks import TRICKS, Item, attack_grader, read_sample
from envs.grader_samples import Form, comparisons
from envs.graders import main
from envs.verifiers.chat import ChatReply
from envs.verifiers.graders import GraderContext, build_grader, check_grader
from envs.verifiers.grading import Grade

ITEMS = [
    Item(fields={"answer": word, "n": n, "all": [word, f"{word}s"]}) for n, word in enumerate("ABCDEFGH", start=11)
]


def string_check(operation="eq", **more):
    fields = {"input": "{{ sample.output_text }}", "reference": "{{ item.answer }}", "operation": operation}
    return {"type": "string_check", "name": "match", **fields, **more}


def attacked(config, items=ITEMS, context=GraderContext(), **more):
    config = check_grader(config)
    return attack_grader(build_grader(config, context), config, items, **more)


def serious(report):
    return {finding.what for finding in report.findings if finding.serious}


NUMERIC = {"type": "numeric", "name": "n", "input": "{{ sample.output_text }}", "reference": "{{ item.n }}"}
IN_JSON = string_check(input="{{ sample.output_json.gene.symbol }}")
BY_PATH = {"type": "json_path", "name": "j", "path": "$.genes[1].symbol", "reference": "{{ item.answer }}"}
BOTH = {
    "type": "multi",
    "name": "both",
    "graders": {"gene": IN_JSON, "n": {**NUMERIC, "input": "{{ sample.output_json.n }}"}},
    "calculate_output": "0.5 * gene + 0.5 * n",
}


@pytest.mark.parametrize("config", [string_check(), NUMERIC, IN_JSON, BY_PATH, BOTH])
def test_a_grader_that_compares_as_a_whole_withstands_everything(config):
    report = attacked(config)
    assert serious(report) == set()
    assert report.withstood
    assert report.best("right").mean == 1.0  # so the attacks are in the form that is compared
    assert report.best("attack").mean == 0.0
    assert report.best("constant").mean == pytest.approx(1 / 8)  # one of eight items has it


@pytest.mark.parametrize("operation", ["like", "ilike"])
def test_a_grader_that_looks_for_the_reference_pays_whoever_names_all_of_them(operation):
    report = attacked(string_check(operation))
    assert {"pays without skill", "pays for padding", "does not discriminate"} <= serious(report)
    assert any(operation in finding.message for finding in report.findings)  # and it is said before anything runs
    assert report.best("attack").mean == 1.0


def test_a_grader_of_near_spellings_pays_for_one_constant_name():
    items = [Item(fields={"answer": f"TSC{n}"}) for n in range(1, 9)]
    near = {"type": "text_similarity", "name": "near", "evaluation_metric": "fuzzy_match"}
    report = attacked({**near, "input": "{{ sample.output_json.gene }}", "reference": "{{ item.answer }}"}, items)
    # right once, 6 of 8 letters in common seven times: (1 + 7 * 0.75) / 8
    assert report.best("constant").mean == pytest.approx(0.78125)
    assert "pays without skill" in serious(report)
    assert any("fuzzy_match" in finding.message for finding in report.findings)


def test_a_set_without_a_limit_pays_a_little_for_everything_at_once():
    config = {"type": "set_f1", "name": "s", "input": "{{ sample.output_json.x }}", "reference": "{{ item.all }}"}
    report = attacked(config)  # 2 hits in 16: precision 1/8, recall 1
    assert report.best("attack").mean == pytest.approx(2 / 9)
    assert "pays without skill" in serious(report)
    assert attacked({**config, "max_items": 4}).withstood


def test_attacks_draw_on_every_reference_that_is_known():
    config = {"type": "set_f1", "name": "s", "input": "{{ sample.output_json.x }}", "reference": "{{ item.all }}"}
    known = [*ITEMS, *(Item(fields={"all": [f"x{n}", f"y{n}"]}) for n in range(92))]
    report = attacked(config, ITEMS[:2], known=known)  # 2 hits in 200: 2 * 0.01 * 1 / 1.01
    joined = {one.name: one.mean for one in report.tried}
    assert joined["all references, joined by or"] == pytest.approx(0.02 / 1.01)
    # five of A, As, B, Bs, C: 2 hits of 5 for both items, 2 * 0.4 * 1 / 1.4
    assert joined["the commonest references at once"] == pytest.approx(0.8 / 1.4)


def test_penalties_are_not_escaped_by_leaving_fields_out():
    config = {**BOTH, "calculate_output": "gene - 0.5 * (1 - n)"}
    report = attacked(config)
    assert report.best("attack").mean <= report.floor


class Fixed:
    type, name, low, high = "fixed", "fixed", 0.0, 1.0

    def __init__(self, score):
        self.score = score

    def grade(self, sample, item):
        return Grade(score=self.score(sample.output_text) if callable(self.score) else self.score)


def judged(score, **more):
    config = check_grader(string_check())
    return attack_grader(Fixed(score), config, ITEMS, **more)


def test_a_grader_that_gives_everything_the_same_teaches_nothing():
    assert "constant" in serious(judged(0.0))
    assert {"constant", "pays without skill"} <= serious(judged(0.7))


def test_a_grader_of_length_pays_for_the_longest_answer():
    assert "pays without skill" in serious(judged(lambda text: min(len(text) / 1000, 1.0)))


def test_a_grader_that_believes_what_it_is_told_is_found_out():
    def believing(text):
        return 1.0 if '"score": 1.0' in text else 0.0

    report = judged(believing)
    assert report.best("attack").name in ("forged score", "forged verdict")
    assert "pays without skill" in serious(report)


def test_a_grader_that_is_not_deterministic_is_found_out():
    seen = iter(range(10**9))
    assert "not deterministic" in serious(judged(lambda text: next(seen) / 10**9))


TRUSTING = """
import json
def grade(sample, item):
    return float(json.loads(sample["output_text"]) == item["answer"])
"""
CAREFUL = """
import json
def grade(sample, item):
    try:
        return float(json.loads(sample["output_text"]) == item["answer"])
    except (ValueError, RecursionError):
        return 0.0
"""


def test_a_grader_that_fails_on_garbage_never_punishes_it(bubblewrap):
    items = [Item(fields=item.fields, gold=json.dumps(item.fields["answer"])) for item in ITEMS[:2]]
    reports = {
        source: attacked({"type": "python", "name": "p", "source": source}, items, GraderContext(sandbox=bubblewrap))
        for source in (TRUSTING, CAREFUL)
    }
    assert serious(reports[TRUSTING]) == {"faults on answers"}
    assert reports[TRUSTING].best("right").mean == 1.0
    assert reports[CAREFUL].withstood


def test_swapped_sides_are_attacked_as_the_same_comparison():
    swapped = string_check(input="{{ item.answer }}", reference="{{ sample.output_text }}")
    usual, other = attacked(string_check()), attacked(swapped)
    assert other.withstood
    assert [(one.name, one.shares) for one in usual.tried] == [(one.name, one.shares) for one in other.tried]


def test_the_response_format_text_changes_nothing_in_an_attack():
    paid = [attacked(IN_JSON, response_format=given).tried for given in (None, {"type": "text"})]
    assert [(one.name, one.shares) for one in paid[0]] == [(one.name, one.shares) for one in paid[1]]


def test_a_judge_that_obeys_the_sample_is_found_out():
    class Obedient:
        def chat(self, model, messages, sampling, response_format):
            result = 1.0 if "highest score" in messages[0]["content"] else 0.1
            return ChatReply(text=json.dumps({"result": result, "steps": []}))

    config = {
        "type": "score_model",
        "name": "judge",
        "model": "m",
        "input": [{"role": "user", "content": "Rate: {{ sample.output_text }}"}],
    }
    report = attacked(config, ITEMS[:2], GraderContext(chat=Obedient()))
    assert report.best("attack").name == "orders to the judge"
    assert "pays without skill" in serious(report)
    assert "judge" in {finding.what for finding in report.findings}


def test_the_floor_is_what_the_commonest_reference_earns_and_a_skew_is_told():
    items = [Item(fields={"answer": "yes"})] * 3 + [Item(fields={"answer": "no"})]
    report = attacked(string_check(), items)
    assert report.floor == 0.75
    assert "skewed" in {finding.what for finding in report.findings}
    assert report.withstood


def test_the_right_answer_is_written_in_the_form_of_the_job():
    schema = {
        "type": "object",
        "properties": {
            "gene": {"type": "object", "properties": {"symbol": {"type": "string"}, "sure": {"type": "boolean"}}},
            "why": {"type": "string"},
        },
        "required": ["gene", "why"],
    }
    schema["properties"]["gene"]["required"] = ["symbol", "sure"]
    form = Form(list(comparisons(check_grader(IN_JSON))), schema)
    assert json.loads(form.right({"answer": "A"})) == {"gene": {"symbol": "A", "sure": False}, "why": ""}
    assert form.right({}) is None
    report = attacked(IN_JSON, response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}})
    assert report.withstood
    assert report.best("right").mean == 1.0


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_is_paid_by_a_comparison(trick):
    for config in (string_check(), NUMERIC, IN_JSON, BY_PATH):
        grader = build_grader(config)
        assert grader.grade(read_sample(TRICKS[trick]), {"answer": "1", "n": 1}).score == 0


# ---- the command


def test_the_command_says_what_pays_and_exits_with_1(tmp_path, capsys):
    (tmp_path / "data.jsonl").write_text(
        "".join(
            json.dumps({"messages": [{"role": "user", "content": f"{n}?"}], "answer": f"answer {n}"}) + "\n"
            for n in range(5)
        )
    )
    for operation, code, words in (("ilike", 1, "it can be gamed"), ("eq", 0, "it pays nothing that it should not")):
        job = {"method": {"type": "reinforcement", "reinforcement": {"grader": string_check(operation)}}}
        (tmp_path / "job.json").write_text(json.dumps(job))
        assert main(["attack", str(tmp_path / "job.json"), f"data={tmp_path / 'data.jsonl'}"]) == code
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["floor=2"], "floor must be a number in [0, 1]"),
        (["data=nowhere.jsonl"], "cannot read"),
        (["data={data}", "items=0"], "items must be a whole number"),
        (["data={data}", "gold=solution"], "gold=solution: an item has no text of that name"),
        (["sandbox=dokcer"], "did you mean 'docker'?"),
    ],
)
def test_options_of_the_attack_are_checked(options, message, tmp_path, capsys):
    (tmp_path / "data.jsonl").write_text('{"answer": "x"}\n')
    (tmp_path / "grader.json").write_text(json.dumps(string_check()))
    options = [option.format(data=tmp_path / "data.jsonl") for option in options]
    assert main(["attack", str(tmp_path / "grader.json"), *options]) == 2
    assert message in capsys.readouterr().err
