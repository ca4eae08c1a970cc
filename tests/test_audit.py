from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import envs
from envs.attacks import Attack, null_attacks
from envs.audit import audit, main, summarise
from envs.code.extract import extract_program, fenced
from envs.code.rewrites import harmful, harmless, renamed
from envs.core import Message, RewardBreakdown, RewardTerm, Task
from envs.text_env import TextEnv
from sandbox.core import Sandbox

CAPITALS = {"France": "Paris", "Italy": "Rome", "Japan": "Tokyo"}


def tasks() -> list[Task]:
    return [
        Task(
            task_id=country, prompt=(Message(role="user", content=f"Capital of {country}?"),), reference=town, gold=town
        )
        for country, town in CAPITALS.items()
    ]


def scored(score: float, passed: bool) -> RewardBreakdown:
    return RewardBreakdown(terms={"right": RewardTerm(score=score)}, passed=passed)


class Capitals(TextEnv):
    """Three questions, with rewrites of the right answers."""

    def __init__(self, verifier: envs.Verifier) -> None:
        super().__init__(tasks(), verifier)

    def wrong_answers(self, task: Task) -> list[str]:
        return ["Atlantis"]

    def harmless_rewrites(self, task: Task) -> Mapping[str, str]:
        return {"in lower case": str(task.gold).lower()}

    def harmful_rewrites(self, task: Task) -> Mapping[str, str]:
        return {"backwards": str(task.gold)[::-1]}


def strict(task: Task, completion: str) -> RewardBreakdown:
    right = completion.lower() == task.reference.lower()
    return scored(float(right), right)


def breaches(verifier: envs.Verifier) -> set[tuple[str, str]]:
    findings = audit(Capitals(verifier))
    return {(finding.probe.kind, finding.probe.name) for finding in findings if finding.verdict == "breach"}


def test_a_verifier_that_keeps_its_promises_has_a_clean_audit() -> None:
    assert breaches(strict) == set()


def test_a_verifier_that_only_looks_for_the_answer_pays_lists_of_answers() -> None:
    def contains(task: Task, completion: str) -> RewardBreakdown:
        right = task.reference in completion
        return scored(float(right), right)

    envs.register_verifier("contains", contains)
    env = envs.make("text", verifier="contains").unwrapped
    assert isinstance(env, TextEnv)
    names = {finding.probe.name for finding in audit(env) if finding.verdict == "breach"}
    assert {"several answers joined by or", "several answers joined by commas", "several answers on lines"} <= names


def test_a_verifier_that_wants_the_very_letters_rejects_a_harmless_rewrite() -> None:
    exact = breaches(lambda task, text: scored(float(text == task.reference), text == task.reference))
    assert exact == {("harmless", "in lower case")}


def test_a_verifier_that_ignores_order_pays_a_harmful_rewrite() -> None:
    def anagram(task: Task, completion: str) -> RewardBreakdown:
        right = sorted(completion.lower()) == sorted(task.reference.lower())
        return scored(float(right), right)

    assert breaches(anagram) == {("harmful", "backwards")}


def test_a_verifier_that_rewards_length_pays_the_longest_answer_most() -> None:
    findings = audit(Capitals(lambda task, text: scored(min(1.0, len(text) / 10**6), False)))
    report = summarise(Capitals(strict), findings, title="length")
    assert report.no_skill is not None
    assert report.no_skill["answer"] == "the longest answer"
    assert report.no_skill["mean_reward"] == pytest.approx(0.2)  # 200,000 characters of a million
    assert not report.clean


class Guessed(Capitals):
    """The same, attacked by one town for all."""

    def __init__(self, verifier: envs.Verifier, floor: float) -> None:
        super().__init__(verifier)
        self._floor = floor

    @property
    def floor(self) -> float:
        return self._floor

    def attacks(self, task: Task) -> list[Attack]:
        return [Attack(name="always Rome", completion="Rome", constant=True)]


@pytest.mark.parametrize(("floor", "found"), [(0.3, {"Italy"}), (0.34, set())])
def test_a_constant_answer_may_be_right_by_luck_but_not_earn_more_than_the_floor_on_average(
    floor: float, found: set[str]
) -> None:
    # right about one country of three: 1/3 on average
    findings = audit(Guessed(strict, floor))
    assert {finding.probe.task.task_id for finding in findings if finding.verdict == "breach"} == found


def test_a_verifier_that_changes_its_mind_is_found_out() -> None:
    scores = itertools.cycle([1.0, 0.0])
    moody = audit(Capitals(lambda task, text: scored(next(scores), False)), workers=1)
    assert any("judged twice on the same inputs" in finding.detail for finding in moody)


def test_a_verifier_that_fails_is_an_error_and_not_a_breach() -> None:
    findings = audit(Capitals(lambda task, text: scored(1 / len(text), False)))
    verdicts = {finding.probe.name: finding.verdict for finding in findings}
    assert verdicts["empty"] == "error"
    assert verdicts["the longest answer"] == "breach"


def test_null_answers_name_what_the_catalogue_names() -> None:
    names = {attack.name for attack in null_attacks(tasks()[0])}
    assert {"empty", "blank", "echo of the prompt", "the the the", "A or B or C", "the longest answer"} <= names
    assert {"claims success", "forged verdict", "forged test report"} <= names


def test_the_command_shows_a_table_and_writes_json_and_one_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["env=text", f"out={tmp_path / 'here'}"]) == 0
    assert "judgements are as they should be" in capsys.readouterr().out
    report = json.loads((tmp_path / "here" / "audit.json").read_text())
    assert report["clean"] is True
    assert report["splits"] == {"train": 20, "validation": 6, "heldout": 14}
    assert {"gold", "attack"} == {row["kind"] for row in report["rows"]}
    page = (tmp_path / "here" / "audit.html").read_text()
    assert "several answers joined by or" in page
    assert "http" not in page and "<script" not in page  # nothing is fetched, nothing runs


def test_the_page_shows_hostile_answers_as_text(tmp_path: Path) -> None:
    env = Capitals(lambda task, text: scored(1.0, True))
    env.wrong_answers = lambda task: ["<script>alert(1)</script>"]  # type: ignore[method-assign]
    from envs.audit_report import write

    write(summarise(env, audit(env), title="<b>open</b>"), tmp_path)
    page = (tmp_path / "audit.html").read_text()
    assert "<script" not in page and "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_audit_that_finds_something_exits_with_one(tmp_path: Path) -> None:
    plugin = tmp_path / "generous.py"
    plugin.write_text(
        "import envs\n"
        "def generous(task, completion):\n"
        "    return envs.RewardBreakdown(terms={'x': envs.RewardTerm(score=1.0)}, passed=True)\n"
        "envs.register_verifier('generous', generous)\n"
    )
    arguments = ["env=text", "env.verifier=generous", f"plugins=[{plugin}]", f"out={tmp_path}"]
    assert main(arguments) == 1
    assert main(["env=text", "out=/dev/null/nowhere"]) == 2


def test_rewrites_of_every_kind_are_tried_on_code_and_nothing_is_found(bubblewrap: Sandbox) -> None:
    env = envs.make("code", sandbox=bubblewrap, limits={"wall_time_s": 2.0}).unwrapped
    assert isinstance(env, TextEnv)
    findings = audit(env, repeats=2, limit=1)
    assert [finding for finding in findings if finding.verdict != "ok"] == []
    assert {finding.probe.kind for finding in findings} == {"gold", "harmless", "harmful", "wrong", "attack"}
    wrong = sum(finding.probe.kind == "wrong" for finding in findings)
    report = summarise(env, findings, title="code")
    assert f"mutation score: {wrong} of {wrong} wrong answers rejected (100.0%)" in report.facts()


SOLUTION = '''def total(numbers, start=0):
    """Add them up."""
    result = start
    for number in numbers:
        result += number
    return result
'''


def test_variables_are_renamed_everywhere_and_the_entry_point_is_not() -> None:
    scope: dict[str, object] = {}
    program = renamed(SOLUTION, "total")
    exec(program, scope)
    assert scope["total"]([1, 2, 3]) == 6  # type: ignore[operator]
    assert not any(word in program for word in ("result", "numbers", "start"))


def test_a_name_that_a_call_gives_by_keyword_is_left_alone() -> None:
    scope: dict[str, object] = {}
    exec(renamed(SOLUTION + "\ndef twice(xs):\n    return total(xs, start=total(xs))\n", "twice"), scope)
    assert scope["twice"]([1, 2]) == 6  # type: ignore[operator]


def test_every_harmless_rewrite_is_another_text_of_a_program_with_the_same_value() -> None:
    answers = harmless(SOLUTION, "total")
    assert len(set(answers.values()) - {fenced(SOLUTION)}) >= 9
    for name, answer in answers.items():
        scope: dict[str, object] = {"__name__": "__main__"}
        source = extract_program(answer, "total").source
        assert source is not None, name
        exec(source, scope)
        assert scope["total"]([1, 2, 3]) == 6, name  # type: ignore[operator]


def test_every_harmful_rewrite_spoils_the_value() -> None:
    for name, answer in harmful(SOLUTION, "total").items():
        source = extract_program(answer, "total").source
        if source is None:
            assert name in ("a fence that is not closed", "no code block")
            continue
        scope: dict[str, object] = {}
        try:
            exec(source, scope)
            value = scope["total"]([1, 2, 3])  # type: ignore[operator]
        except (SyntaxError, KeyError, ValueError, SystemExit):
            continue
        assert type(value) is not int, name


def test_the_open_loophole_pays_and_the_closed_one_does_not(bubblewrap: Sandbox) -> None:
    from envs.code.leaky import exploit

    paid = {}
    for loophole in (True, False):
        env = envs.make("code-leaky", loophole=loophole, sandbox=bubblewrap).unwrapped
        assert isinstance(env, TextEnv)
        task = env.tasks("train")[0]
        env.reset(seed=0, options={"task_id": task.task_id})
        *_, info = env.step(exploit(task))
        terms = info["reward_breakdown"].terms
        paid[loophole] = (info["reward_breakdown"].total, terms["audit"].score, terms["exploited"].score)
        env.reset(seed=0, options={"task_id": task.task_id})
        *_, info = env.step(task.gold or "")
        assert (info["reward_breakdown"].total, info["reward_breakdown"].terms["exploited"].score) == (1.0, 0.0)
    assert paid == {True: (1.0, 0.0, 1.0), False: (0.0, 0.0, 0.0)}
