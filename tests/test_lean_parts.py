"""Credit for parts: what an unfinished proof proves of its statement is found, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lean_checking import TREE, in_order, open_checker, problem, stated

from envs.core import ConfigError, RewardAlarm
from envs.jsonl import write_lines
from envs.lean import build, language, wheel
from envs.lean.attack_bodies import BODIES
from envs.lean.env import LeanEnv
from envs.lean.extract import fenced
from envs.lean.judge import Judge
from envs.lean.kernel import Kernel
from envs.lean.library import Library
from envs.lean.placement import Body
from envs.lean.policies import NAIVE
from envs.lean.proofs import ProofChecker
from envs.lean.tasks import library_problems, task_of
from envs.lean.verifier import LeanVerifier
from sandbox.core import Call, Program, Sandbox

THREE = "theorem three (p q r : Prop) (h : p ∧ q) (hr : p → r) : (q ∧ r) ∧ p"
"""Its parts: 0 is q, 1 is r, 2 is p."""
HALF = "theorem half (p q : Prop) (hp : p) : p ∧ q"
"""Part 0 is p, which is a hypothesis; part 1 is q, which nobody can prove."""
EITHER = "theorem either (a b c : Prop) (h : a ∨ b) : (a ∨ b ∨ c) ∧ (b ∨ a)"


@pytest.fixture(scope="module")
def checker(bubblewrap: Sandbox) -> ProofChecker:
    """One that looks for parts."""
    open_checker(bubblewrap)
    return ProofChecker(bubblewrap, naive=Body(NAIVE, "tactics"))


def found(checker: ProofChecker, statement: str, bodies: list[str]) -> list[tuple[str, set[int]]]:
    outcomes = in_order(checker, stated(statement), bodies)
    return [(str(outcome.verdict), set(outcome.parts)) for outcome in outcomes]


UNFINISHED = {
    "skip": set(),
    "constructor": set(),
    "refine ⟨⟨?_, ?_⟩, ?_⟩": set(),
    "refine ⟨?_, h.1⟩": {2},
    "refine ⟨⟨h.2, ?_⟩, ?_⟩": {0},
    "refine ⟨⟨h.2, hr h.1⟩, ?_⟩": {0, 1},
    "exact ⟨⟨h.2, nothing⟩, h.1⟩": {0, 2},
    "apply And.intro\n· skip\n· exact h.left": {2},
    "constructor\n· constructor\n  · exact h.2\n  · skip\n· exact h.1": {0, 2},
    "constructor\n· exact ⟨h.2, by exact nothing⟩\n· exact h.1": {0, 2},
    "constructor\n· refine ⟨h.2, ?_⟩\n· exact h.1": {2},  # a focused block that leaves a goal is given up as a whole
    "constructor\ncase right => exact h.1": {2},
    "and_intros\n· exact h.2\n· exact nothing\n· exact h.1": {0, 2},
    "obtain ⟨a, b⟩ := h\nrefine ⟨⟨b, ?_⟩, a⟩": {0, 2},
    "cases h with\n| intro a b => exact ⟨⟨b, nothing⟩, a⟩": {0, 2},
    "match h with\n| ⟨a, b⟩ => exact ⟨⟨b, nothing⟩, a⟩": {0, 2},
    "by_cases k : p\n· exact ⟨⟨h.2, hr k⟩, k⟩\n· exact ⟨⟨h.2, nothing⟩, h.1⟩": {0, 2},
    "have k : q := h.2\nrefine ⟨⟨k, ?_⟩, ?_⟩": {0},
    "have k : q := h.2\nhave l : r := by skip\nexact ⟨⟨k, l⟩, h.1⟩": {0, 2},
    "suffices k : r from ⟨⟨h.2, k⟩, h.1⟩\nskip": {0, 2},
    "show (q ∧ r) ∧ p\nrefine ⟨?_, h.1⟩": {2},
    "have k : q ∧ p := ⟨h.2, h.1⟩\nrefine ⟨⟨k.1, ?_⟩, k.2⟩": {0, 2},
    "refine ⟨?_, h.1⟩\nhave k : r := hr h.1\nexact ⟨?_, k⟩": {2},
    "fun h => h": set(),
}


@pytest.mark.lean
def test_parts_that_are_proved_are_found_in_what_tactics_make(checker: ProofChecker) -> None:
    given = found(checker, THREE, list(UNFINISHED))
    assert dict(zip(UNFINISHED, [parts for _, parts in given], strict=True)) == UNFINISHED
    assert {verdict for verdict, _ in given} == {"INCOMPLETE", "REJECTED"}


@pytest.mark.lean
def test_a_distinction_of_cases_counts_for_a_part_only_if_every_branch_proves_it(checker: ProofChecker) -> None:
    first = "cases h with\n| inl x => exact ⟨Or.inl x, nothing⟩\n| inr x => exact ⟨Or.inr (Or.inl x), nothing⟩"
    second = "rcases h with x | x\n· exact ⟨Or.inl x, Or.inr x⟩\n· exact ⟨nothing, Or.inl x⟩"
    neither = "rcases h with x | x\n· exact ⟨Or.inl x, nothing⟩\n· exact ⟨nothing, Or.inl x⟩"
    by_elim = "exact h.elim (fun x => ⟨Or.inl x, nothing⟩) (fun x => ⟨Or.inr (Or.inl x), nothing⟩)"
    given = found(checker, EITHER, [first, second, neither, by_elim])
    assert [parts for _, parts in given] == [{0}, {1}, set(), {0}]


CHEATS = [
    "have cheat : q := ?later\nexact ⟨hp, cheat⟩",
    "have cheat : q := by skip\nexact ⟨hp, cheat⟩",
    "have cheat : p ∧ q := by skip\nexact ⟨cheat.1, cheat.2⟩",
    "have cheat : False := by skip\nrefine ⟨?_, ?_⟩ <;> exact cheat.elim",
    "obtain ⟨a, b⟩ : p ∧ q := ?_\nexact ⟨a, b⟩",
    "suffices cheat : q from ⟨hp, cheat⟩\nskip",
    "refine (fun cheat : q => ⟨hp, cheat⟩) ?_",
    "exact (fun cheat : p ∧ q => ⟨cheat.1, cheat.2⟩) (by skip)",
    "let rest : q := by skip\nexact ⟨hp, rest⟩",
    "refine ⟨hp, ?_⟩\nfirst | assumption | skip",
    "constructor <;> first | assumption | skip",
    "constructor\nall_goals try exact hp",
    "exact ⟨hp, hp⟩",
    "exact ⟨hp, (half p q hp).2⟩",
    "exact ⟨(half p q hp).1, (half p q hp).2⟩",
    "refine ⟨?_, ?_⟩\nrotate_left\nexact hp",
    "by_cases cheat : q\n· exact ⟨hp, cheat⟩\n· exact ⟨hp, ?_⟩",
    "cases Classical.em q with\n| inl cheat => exact ⟨hp, cheat⟩\n| inr _ => exact ⟨hp, nothing⟩",
    "cases Classical.em False with\n| inl cheat => refine ⟨?_, ?_⟩ <;> exact cheat.elim\n| inr _ => skip",
    "exact match hp with\n  | cheat => ⟨cheat, by skip⟩",
    "exact ⟨hp, cast (by rfl : p = q) hp⟩",
    "exact ⟨hp, (by decide : q)⟩",
    "refine ⟨hp, ?_⟩\nhave cheat : q ∧ q := ⟨?_, ?_⟩\nexact cheat.1",
    "exact (⟨hp, trivial, ?_⟩ : p ∧ True ∧ q)",
    "exact ⟨hp, @of_decide_eq_true q (isTrue ?_) rfl⟩",
    "have q : Prop := p\nhave cheat : q := hp\nexact ⟨hp, cheat⟩",
    "let q : Prop := p\nexact ⟨hp, (hp : q)⟩",
    "exfalso\nskip",
    "cases hp",
]


@pytest.mark.lean
def test_a_part_that_nobody_can_prove_is_never_counted(checker: ProofChecker) -> None:
    given = found(checker, HALF, CHEATS)
    counted = {text: parts for text, (_, parts) in zip(CHEATS, given, strict=True) if 1 in parts}
    assert counted == {}
    assert {verdict for verdict, _ in given} == {"INCOMPLETE", "REJECTED"}
    # the other part is proved in some, so that the search does reach these
    assert sum(0 in parts for _, parts in given) > len(CHEATS) / 3


@pytest.mark.lean
def test_the_attacks_prove_no_part(checker: ProofChecker) -> None:
    outcomes = in_order(checker, stated(HALF), [text.replace("NAME", "half") for text in BODIES.values()])
    paid = {name: outcome.parts for name, outcome in zip(BODIES, outcomes, strict=True) if outcome.parts}
    assert paid == {}


@pytest.mark.lean
def test_a_command_that_the_lexer_might_miss_costs_all_parts(checker: ProofChecker) -> None:
    statement = stated(HALF)
    commands = ("axiom cheat : False", "theorem cheat : 1 = 1 := rfl", "opaque cheat : Nat", "skip")
    bodies = [
        Body(f"refine ⟨hp, ?_⟩)\n\n{command}\n\ntheorem other : True := (by trivial", "tactics") for command in commands
    ]
    assert [checker.check(statement, each).parts for each in bodies] == [frozenset()] * len(commands)
    assert checker.check(statement, Body("refine ⟨hp, ?_⟩", "tactics")).parts == {0}


@pytest.mark.lean
def test_binders_that_are_named_alike_are_told_apart(checker: ProofChecker) -> None:
    statement = "theorem alike : ∀ (p q : Prop), p → p ∧ q"
    given = found(checker, statement, ["intro q p h\nrefine ⟨h, ?_⟩", "intro p p h\nrefine ⟨?_, h⟩", "intro p q h"])
    assert [parts for _, parts in given] == [{0}, set(), set()]


@pytest.mark.lean
def test_parts_are_found_below_definitions_of_the_task(checker: ProofChecker) -> None:
    statement = stated("theorem larger (t : Tree) : (∃ u : Tree, t.size < u.size) ∧ (∃ n, t.size < n)", TREE)
    first, second = in_order(
        checker,
        statement,
        ["refine ⟨?_, t.size + 1, by omega⟩", "exact ⟨⟨.node t .leaf, Nat.lt_succ_self _⟩, nothing⟩"],
    )
    assert (first.parts, second.parts, checker.parts(statement).free) == ({1}, {0}, frozenset())


@pytest.mark.lean
def test_a_part_that_is_repeated_counts_once(checker: ProofChecker) -> None:
    # p, q and again p
    statement = stated("theorem again (p q : Prop) (hp : p) (hq : ¬¬q) : p ∧ q ∧ p")
    first, second = in_order(checker, statement, ["refine ⟨hp, ?_, hp⟩", "refine ⟨?_, ?_, hp⟩"])
    assert (first.parts, second.parts, checker.parts(statement).count) == ({0}, {0}, 2)
    same = stated("theorem same (p : Prop) (h : ¬¬p) : p ∧ p")
    (outcome,) = in_order(checker, same, ["refine ⟨Classical.byContradiction h, ?_⟩"])
    assert (outcome.parts, checker.parts(same).count) == (frozenset(), 0)


@pytest.mark.lean
def test_what_the_fixed_list_proves_is_free(checker: ProofChecker) -> None:
    free = {
        "theorem free (n : Nat) (p : Prop) (hp : p) : p ∧ True ∧ (∃ k, n < k) ∧ 1 + 1 = 2": {0, 1, 3},
        "theorem free (p q : Prop) : p ∨ q ↔ q ∨ p": set(),
        "theorem free (p q : Prop) : (p → q) ↔ (¬p ∨ q)": {1},
        HALF: {0},
        THREE: {0, 1, 2},
    }
    assert {text: set(checker.parts(stated(text)).free) for text in free} == free


@pytest.mark.lean
def test_a_checker_that_is_not_asked_to_finds_no_parts(bubblewrap: Sandbox) -> None:
    plain = open_checker(bubblewrap)
    outcomes = in_order(plain, stated(THREE), list(UNFINISHED)[3:6])
    assert [outcome.parts for outcome in outcomes] == [frozenset()] * 3
    assert plain.parts(stated(THREE)).count == 0


@pytest.mark.lean
def test_every_gold_proof_holds_a_proof_of_each_part(checker: ProofChecker, bubblewrap: Sandbox) -> None:
    found = [each for each in library_problems() if re.search("[∧↔]", each.signature) and not each.header]
    program = Program(source=language.PROGRAM, entry_point="compile_unfinished", language=language.NAME)
    texts = [f"{each.statement} := sorry" for each in found] + [each.with_body(each.gold or "") for each in found]
    modules = [result.value["module"] for result in bubblewrap.run(program, [Call(args=(text,)) for text in texts])]
    core = Library(build.core(wheel.find()).parent)
    counts = {}
    with Kernel(wheel.find(), core.folder, core.sha256) as kernel:
        judge = Judge(core, kernel)
        for each, reference, module in zip(found, modules, modules[len(found) :], strict=False):
            if count := judge.count_parts(reference, (each.name,)):
                counts[each.name] = (count, len(judge.proved_parts(module, reference, (each.name,)).numbers))
    assert len(counts) > 20
    assert [name for name, (count, proved) in counts.items() if count != proved] == []


NEEDS_WITNESSES = "theorem pay (n : Nat) : (∃ k, n < k) ∧ (∃ k, k * k ≤ n) ∧ n = n"
PAID = {
    "": ("INCOMPLETE", 0.0),
    "skip": ("INCOMPLETE", 0.0),
    "refine ⟨?_, ?_, ?_⟩": ("INCOMPLETE", 0.0),
    "refine ⟨?_, ?_, rfl⟩": ("INCOMPLETE", 0.0),  # which is free
    "refine ⟨⟨n + 1, by omega⟩, ?_⟩": ("INCOMPLETE", 0.1),
    "refine ⟨⟨n + 1, by omega⟩, ?_, rfl⟩": ("INCOMPLETE", 0.1),
    "exact ⟨⟨n + 1, by omega⟩, ⟨0, by simp⟩, nothing⟩": ("REJECTED", 0.2),
    "exact ⟨⟨n + 1, by omega⟩, ⟨0, by simp⟩, rfl⟩": ("PROVED", 1.0),
    "refine ⟨⟨n + 1, by omega⟩, ?_, ?_⟩\nsorry": ("FORBIDDEN", 0.0),
    "refine ⟨⟨n + 1, by omega⟩, ?_, ?_⟩\nrepeat skip": ("TIMEOUT", 0.0),
}


@pytest.mark.lean
def test_a_part_pays_its_share_where_it_is_not_free_and_the_proof_is_none(bubblewrap: Sandbox) -> None:
    open_checker(bubblewrap)
    short = replace(language.LIMITS, cpu_time_s=1.5)
    checker = ProofChecker(bubblewrap, short, naive=Body(NAIVE, "tactics"))
    verifier = LeanVerifier(checker=checker, canary_share=0.0, partial=0.3)
    given = {text: verifier(task_of(problem(NEEDS_WITNESSES)), fenced(text)) for text in PAID}
    assert {text: (each.verdict, each.total) for text, each in given.items()} == {
        text: (verdict, pytest.approx(reward)) for text, (verdict, reward) in PAID.items()
    }
    assert [text for text, each in given.items() if each.passed] == list(PAID)[7:8]
    proved = {text: each.measures["parts_proved"] for text, each in given.items()}
    assert list(proved.values()) == [0, 0, 0, 1, 1, 2, 2, 3, 0, 0]
    assert all(each.measures["parts"] == 3 for each in given.values())
    assert given["refine ⟨?_, ?_, rfl⟩"].feedback.endswith("Proved: 1 of the 3 parts of the statement.")


@pytest.mark.lean
def test_an_environment_pays_for_parts_only_where_it_is_asked_to(bubblewrap: Sandbox, tmp_path: Path) -> None:
    open_checker(bubblewrap)
    path = tmp_path / "problems.jsonl"
    write_lines(path, [{"task_id": "pay", "statement": NEEDS_WITNESSES}])
    answer = fenced("refine ⟨⟨n + 1, by omega⟩, ?_⟩")
    earned = []
    for options in ({}, {"partial": 0.6}):
        env = LeanEnv(sandbox=bubblewrap, tasks=str(path), canaries=0, **options)  # type: ignore[arg-type]
        env.reset(options={"task_id": "pay"})
        _, reward, _, _, info = env.step(answer)
        earned.append((reward, info["passed"], set(info["reward_breakdown"].terms)))
    assert earned == [(0.0, False, {"proof"}), (pytest.approx(0.2), False, {"proof", "parts"})]


@pytest.mark.lean
def test_parts_of_false_statements_pay_nothing_and_all_of_them_are_an_alarm(checker: ProofChecker) -> None:
    verifier = LeanVerifier(checker=checker, canary_share=0.0, partial=0.3)
    canary = replace(problem(NEEDS_WITNESSES), is_false=True)  # it is true, as if the checker were wrong
    assert verifier(task_of(canary), fenced("refine ⟨⟨n + 1, by omega⟩, ?_⟩")).total == 0.0
    with pytest.raises(RewardAlarm, match="all parts of the false statement pay were proved"):
        verifier(task_of(canary), fenced("have lie : False := by skip\nexact ⟨⟨n + 1, by omega⟩, ⟨0, by simp⟩, rfl⟩"))


@pytest.mark.parametrize("partial", [-0.1, 1.0, 1, True, "0.3", float("nan")])
def test_a_share_that_cannot_be_is_refused(partial: object) -> None:
    with pytest.raises(ConfigError, match="partial must be at least 0 and below 1"):
        LeanEnv(partial=partial)  # type: ignore[arg-type]
