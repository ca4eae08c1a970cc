import json
import time

import pytest

import envs
from envs import ConfigError, Message, RewardBreakdown, RewardTerm, Task, VerifierError
from envs.audit import audit


def judged(reference, completion):
    task = Task(task_id="t", prompt=(Message(role="user", content="?"),), reference=reference)
    return envs.make_verifier("exact_match")(task, completion).passed


@pytest.mark.parametrize(
    "text",
    [
        "Paris",
        " paris.\n",
        "PARIS!",
        "<answer>Paris</answer>",
        "So: <answer> paris </answer> ok",
        "\uff30aris",
        "Pa\u200bris",
    ],
)
def test_form_does_not_matter_in_an_answer(text):
    assert judged("Paris", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "Paris or London",
        "Paris\nLondon",
        "<answer>Paris</answer><answer>London</answer>",
        "<answer>Paris",
        "</answer>Paris<answer>",
        "It is Paris",
        "Paris" * 3000,
    ],
)
def test_no_answer_several_answers_and_wrong_answers_are_not_paid(text):
    assert not judged("Paris", text)


@pytest.mark.parametrize("text", ["." * 9999 + "x", "<answer>" * 1000, "\ufdfa" * 10_000, " " * 9999 + "x"])
def test_no_answer_takes_noticeable_time(text):
    before = time.process_time()
    assert not judged("Paris", text)
    assert time.process_time() - before < 1.0


def test_any_of_several_references_is_right():
    assert judged(["four", "4"], "4")
    assert not judged(["four", "4"], "four 4")


@pytest.mark.parametrize("reference", [None, 4, [], ["a", 4], "", "."])
def test_a_reference_that_is_no_text_gives_no_reward(reference):
    with pytest.raises(VerifierError, match="needs a text as reference of 't'"):
        judged(reference, "")


def test_the_sample_is_there_without_a_file_and_cannot_be_talked_round():
    env = envs.make("text").unwrapped
    assert [len(env.tasks(split)) for split in envs.SPLITS] == [20, 6, 14]
    assert {finding.verdict for finding in audit(env, workers=1)} == {"ok"}


def test_a_users_verifier_judges_a_users_tasks(tmp_path):
    def short(task, completion):
        passed = 0 < len(completion) <= task.reference
        return RewardBreakdown(terms={"short": RewardTerm(score=float(passed))}, passed=passed)

    envs.register_verifier("short", short)
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps({"task_id": "a", "prompt": "Be brief.", "reference": 3, "gold": "ok"}) + "\n")
    env = envs.make("text", tasks=str(file), verifier="short")
    env.reset(seed=0)
    assert env.step("hey")[1] == 1.0
    env.reset(seed=0)
    assert env.step("hello")[1] == 0.0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"task_id": "a"}, "line 1, field 'prompt': is missing"),
        ({"task_id": "a", "prompt": "x", "referense": 1}, "did you mean 'reference'"),
        (
            {"task_id": "a", "prompt": "x", "reference": "b", "gold": "c"},
            "field 'gold': the verifier 'exact_match' does not pass it",
        ),
    ],
)
def test_malformed_lines_and_gold_answers_that_fail_are_refused(tmp_path, line, message):
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(line) + "\n")
    with pytest.raises(ConfigError) as caught:
        envs.make("text", tasks=str(file))
    assert message in str(caught.value)


def test_an_unknown_verifier_is_refused():
    with pytest.raises(ConfigError, match="no verifier 'exact'; did you mean 'exact_match'"):
        envs.make("text", verifier="exact")
