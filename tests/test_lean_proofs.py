"""The whole way from a text to a verdict, as a policy that wants to be paid without a proof would try it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from lean_checking import WORKERS, body, judged, open_checker, problem, stated

from envs.core import RewardAlarm, VerifierError
from envs.lean import language
from envs.lean.attack_bodies import BOMBS
from envs.lean.attacks import LeanAttack, lean_attacks
from envs.lean.canaries import CANARIES
from envs.lean.env import false_problems
from envs.lean.extract import fenced
from envs.lean.placement import Body
from envs.lean.proofs import Outcome, ProofChecker, Statement, Verdict
from envs.lean.statements import read_theorem
from envs.lean.tasks import LeanProblem, library_problems, task_of
from envs.lean.verifier import LeanVerifier
from sandbox.core import Limits, Sandbox

pytestmark = pytest.mark.lean

SHORT = replace(language.LIMITS, cpu_time_s=1.5)
"""For bombs: what a limit of time must end, it ends soon."""
NARROW = replace(language.LIMITS, memory_bytes=96 * 2**20)


@pytest.fixture(scope="module")
def any_checker(any_sandbox: Sandbox) -> ProofChecker:
    """Of each sandbox in turn."""
    return open_checker(any_sandbox)


@pytest.fixture(scope="module")
def checker(bubblewrap: Sandbox) -> ProofChecker:
    """Of the sandbox that starts anywhere, for what has nothing to do with sandboxes."""
    return open_checker(bubblewrap)


ONE_OF_EACH = {
    "PROVED": "intro h\nexact h",
    "REJECTED": "intro h\nexact h.elim",
    "INCOMPLETE": "intro h",
    "FORBIDDEN": "intro h\nsorry",
    "TIMEOUT": "intro h\nrepeat (have again := h)\nexact h",
    "MEMORY": "intro h\nhave : (List.replicate 100000000 0).length = 0 := by decide +kernel\nexact h",
}


@pytest.mark.parametrize("verdict", [name for name in ONE_OF_EACH if name not in ("TIMEOUT", "MEMORY")])
def test_there_is_an_answer_for_every_verdict(any_checker: ProofChecker, verdict: str) -> None:
    found, feedback = judged(any_checker, "theorem same (p : Prop) : p → p", fenced(ONE_OF_EACH[verdict]))
    assert found == verdict
    assert bool(feedback) is (verdict != "PROVED")


@pytest.mark.parametrize(("verdict", "limits"), [("TIMEOUT", SHORT), ("MEMORY", NARROW)])
def test_what_takes_too_much_of_the_machine_is_told_so(any_sandbox: Sandbox, verdict: str, limits: Limits) -> None:
    checker = open_checker(any_sandbox, limits)
    found = checker.check(stated("theorem same (p : Prop) : p → p"), body(ONE_OF_EACH[verdict]))
    assert found.verdict == verdict


def test_a_failure_of_ours_is_an_error_and_no_verdict(checker: ProofChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VerifierError, match="does not elaborate: line 1, column 16 of the statement") as caught:
        checker.check(stated("theorem wrong : no_such_thing"), body("trivial"))
    assert caught.value.verdict == "CHECKER_ERROR"  # type: ignore[attr-defined]


ATTACKED = {
    "false": "theorem wrong (a b : Nat) : a + b ≤ a",
    "true": "theorem same (p : Prop) : p → p",
    "computed": "theorem easy : 1 + 1 = 2",
}


def ends_of(checker: ProofChecker, text: str, attacks: list[LeanAttack]) -> dict[str, str]:
    """The attacks that do not end as they must."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda attack: judged(checker, text, attack.completion)[0], attacks)
        return {
            each.name: verdict for each, verdict in zip(attacks, found, strict=True) if verdict not in each.expected
        }


@pytest.mark.parametrize("text", ATTACKED.values(), ids=ATTACKED)
def test_every_attack_ends_as_it_must(any_checker: ProofChecker, text: str) -> None:
    attacks = [attack for attack in lean_attacks(read_theorem(text).name, text) if not attack.slow]
    assert len(attacks) > 150
    assert ends_of(any_checker, text, attacks) == {}


@pytest.mark.slow
def test_every_bomb_ends_without_a_proof(any_sandbox: Sandbox) -> None:
    text = ATTACKED["true"]
    attacks = [attack for attack in lean_attacks("same", text) if attack.slow]
    assert len(attacks) == len(BOMBS)
    # many run until a limit stops them: the real ones in one sandbox, and shorter ones in the other
    limits = language.LIMITS if any_sandbox.name == "bubblewrap" else SHORT
    assert ends_of(open_checker(any_sandbox, limits), text, attacks) == {}


QUICK_BOMBS = ("34 a tower of powers", "34 many alternatives", "34 brackets as deep as is allowed", "34 by in by")


def test_after_bombs_a_proof_is_a_proof(any_sandbox: Sandbox) -> None:
    checker = open_checker(any_sandbox, SHORT)
    text = ATTACKED["true"]
    attacks = [attack for attack in lean_attacks("same", text) if attack.name in QUICK_BOMBS]
    assert len(attacks) == len(QUICK_BOMBS)
    assert ends_of(checker, text, attacks) == {}
    assert judged(checker, text, "exact id")[0] == "PROVED"


STRONG = """intros
first
| trivial
| decide
| omega
| (simp; done)
| (simp_all; done)
| (simp_all; omega)
| (constructor <;> first | trivial | omega | simp_all; done)
| contradiction
| (rename_i a b; cases a <;> cases b <;> first | rfl | decide | (simp_all; done) | omega)
| (rename_i a; cases a <;> first | rfl | decide | (simp_all; done) | omega)
| (rename_i a; induction a <;> first | rfl | (simp_all; done) | (simp_all; omega))
| (by_cases assumed : True <;> simp_all; done)
| (exfalso; first | omega | (simp_all; done) | assumption)"""


def test_strong_tactics_prove_what_is_true_and_no_canary(checker: ProofChecker) -> None:
    assert checker.check(stated("theorem true (a b : Nat) : a ≤ b + a ∧ b ≤ b + a"), body(STRONG)).verdict == "PROVED"
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda each: checker.check(stated(each.statement), body(STRONG)), CANARIES))
    proved = {each.statement for each, outcome in zip(CANARIES, found, strict=True) if outcome.verdict == "PROVED"}
    assert proved == set()


class Convinced:
    """A checker that takes everything for a proof: what the alarm is for."""

    has_second = False

    def __init__(self, *unproved: str) -> None:
        self.unproved = unproved

    def check(self, statement: Statement, body: Body) -> Outcome:
        return Outcome(verdict=Verdict.REJECTED if statement.name in self.unproved else Verdict.PROVED)


def test_a_proof_of_a_false_statement_is_an_alarm() -> None:
    false = task_of(false_problems()[0])
    with pytest.raises(RewardAlarm, match=r"the false statement canary was proved: \(a b : Nat\)(.|\n)*\ntrivial"):
        LeanVerifier(checker=Convinced())(false, "trivial")  # type: ignore[arg-type]


def test_a_proof_that_proves_false_too_is_an_alarm() -> None:
    right = task_of(problem("theorem right : True"))
    with pytest.raises(RewardAlarm, match="a proof of right also proves False"):
        LeanVerifier(checker=Convinced(), canary_share=1.0)(right, "trivial")  # type: ignore[arg-type]
    quiet = LeanVerifier(checker=Convinced("assay_canary"), canary_share=1.0)  # type: ignore[arg-type]
    assert quiet(right, "trivial").total == 1.0


def test_no_proof_of_a_false_statement_is_just_no_proof(checker: ProofChecker) -> None:
    for false in false_problems()[:3]:
        assert LeanVerifier(checker=checker)(task_of(false), "intros\nfirst | omega | simp_all").total == 0.0


def verdicts_of_golds(checker: ProofChecker, problems: list[LeanProblem], times: int = 1) -> dict[str, str]:
    """The gold proofs that are not proved each time, with what is said of them."""
    verifier = LeanVerifier(checker=checker, canary_share=0.0)
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda each: verifier(task_of(each), fenced(each.gold or "")), problems * times)
        return {
            each.name: f"{breakdown.verdict}: {breakdown.feedback}"
            for each, breakdown in zip(problems * times, found, strict=True)
            if not breakdown.passed
        }


def test_every_gold_proof_of_the_library_is_one(checker: ProofChecker) -> None:
    problems = list(library_problems())
    assert len(problems) >= 300
    assert checker.complaints([each.posed for each in problems]) == [None] * len(problems)
    assert verdicts_of_golds(checker, problems) == {}


@pytest.mark.slow
def test_gold_proofs_are_proved_twenty_times_under_load(any_checker: ProofChecker) -> None:
    problems = list(library_problems())[::24]
    command = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(command) for _ in range(2 * len(os.sched_getaffinity(0)))]
    try:
        assert verdicts_of_golds(any_checker, problems, times=20) == {}
    finally:
        for process in busy:
            process.kill()
            process.wait()


PLACES = {
    "in the first line": ("exact nothing", 1, 6),
    "in a fence": ("Words.\n```lean\nintro h\nexact nothing\n```", 2, 6),
    "behind comments": ("-- a comment\n/- two\n   lines -/\nintro h\nexact nothing", 5, 6),
    "behind blank lines": ("\n\nintro h\n\nexact nothing", 5, 6),
    "indented": ("    intro h\n    exact nothing", 2, 10),
    "under by": ("by\n  intro h\n  exact nothing", 3, 8),
    "in a term": ("fun h => nothing", 1, 9),
    "in a term of many lines": ("fun h =>\n  id\n    nothing", 3, 4),
    "in a term behind a sign": (":= fun h => nothing", 1, 12),
    "behind the statement": ("theorem same (p : Prop) : p → p := by\n  intro h\n  exact nothing", 3, 8),
    "behind the statement, in its line": ("theorem same (p : Prop) : p → p := fun h => nothing", 1, 44),
    "behind the statement in two lines": ("theorem same\n    (p : Prop) : p → p :=\n  fun h => nothing", 3, 11),
    "behind a comment in its line": ("intro h /- a comment -/; exact nothing", 1, 31),
    "behind letters of other alphabets": ("intro α₁; exact nothing", 1, 16),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_error_is_told_at_its_place_in_the_answer(checker: ProofChecker, place: str) -> None:
    answer, line, column = PLACES[place]
    verdict, feedback = judged(checker, "theorem same (p : Prop) : p → p", answer)
    assert verdict == "REJECTED"
    assert feedback.startswith(f"line {line}, column {column}: Unknown identifier `nothing`"), feedback


def test_an_error_comes_with_its_goal_and_is_short(checker: ProofChecker) -> None:
    text = "theorem sum (a b : Nat) (h : a = b) : a + 0 = b"
    assert judged(checker, text, "simp only [Nat.add_zero]") == (
        "INCOMPLETE",
        "unsolved goals\na b : Nat\nh : a = b\n⊢ a = b",
    )
    verdict, feedback = judged(checker, text, "have : " + " ∧ ".join(["a = b"] * 40) + " := by constructor\nexact h")
    assert verdict == "INCOMPLETE" and 100 < len(feedback) < 800


def test_an_error_is_told_whatever_else_lean_says_before_it(checker: ProofChecker) -> None:
    header = "#check Nat\n" * 30 + "def one := 1"
    assert judged(checker, "theorem t : one = 2", "skip", header) == ("INCOMPLETE", "unsolved goals\n⊢ one = 2")
    (complaint,) = checker.complaints([stated("theorem t : one = two", header)])
    assert complaint is not None and "Unknown identifier `two`" in complaint


FORMS = {
    "tactics in parentheses": "(intro h; exact h)",
    "tactics in parentheses, in parts": "((intro h))\n(exact h)",
    "a focus": "· intro h\n  exact h",
    "a term in parentheses": "(fun h => h)",
    "a term in parentheses that a tactic could start so": "(have kept : p → p := fun h => h; kept)",
    "an arrow of Mathlib": "fun h ↦ h",
    "on one line behind by": "by intro h; exact h",
    "as it is pasted": "theorem same (p : Prop) : p → p := by\n  intro h\n  exact h",
    "by on a line of its own": "theorem same (p : Prop) : p → p :=\nby\n  intro h\n  exact h",
    "in a fence without a language": "Proof:\n```\nintro h\nexact h\n```\nQED",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_proof_counts_in_every_form_that_people_write_it_in(checker: ProofChecker, form: str) -> None:
    assert judged(checker, "theorem same (p : Prop) : p → p", FORMS[form]) == ("PROVED", "")


def test_a_header_that_is_repeated_with_its_comments_is_the_tasks_own(checker: ProofChecker) -> None:
    header, text = "/-- How many. -/\ndef many : Nat := 3", "theorem three : many = 3"
    assert judged(checker, text, f"{header}\n\n{text} := by\n  rfl", header) == ("PROVED", "")
    # six lines: the header has two, a blank one follows
    verdict, feedback = judged(checker, text, f"\n{header}\n\n{text} := by\n  exact nothing", header)
    assert verdict == "REJECTED" and feedback.startswith("line 6, column 8: Unknown identifier")
    other = header.replace("3", "4")
    assert judged(checker, text, f"{other}\n\n{text} := by\n  rfl", header)[0] == "FORBIDDEN"
    assert judged(checker, text, f"{header}\naxiom lie : False\n{text} := lie.elim", header)[0] == "FORBIDDEN"
    assert judged(checker, text, f"rfl\n{header}", header)[0] == "FORBIDDEN"


LARGE = {
    "a megabyte of words": ("exact trivial\n" * 80_000, {"FORBIDDEN"}),
    "a megabyte of names": ("exact " + "a" * 1_000_000, {"FORBIDDEN"}),
    "as long a name as is allowed": ("exact " + "a" * 60_000, {"REJECTED"}),
    "a megabyte of blanks": (" " * 1_000_000 + "trivial", {"FORBIDDEN"}),
    "a megabyte of fences": ("```lean\ntrivial\n```\n" * 60_000, {"FORBIDDEN"}),
    "deep brackets": ("exact " + "(" * 100_000 + "trivial" + ")" * 100_000, {"FORBIDDEN"}),
    "a long honest proof": ("have := trivial\n" * 150 + "exact trivial", {"PROVED"}),
    "many lemmas of its own": ("have : 7 < 8 := by decide\n" * 150 + "trivial", {"PROVED"}),
}


@pytest.mark.parametrize("case", LARGE)
def test_long_answers_are_bounded(checker: ProofChecker, case: str) -> None:
    answer, expected = LARGE[case]
    assert judged(checker, "theorem easy : True", answer)[0] in expected
