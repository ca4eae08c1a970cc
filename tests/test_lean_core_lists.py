"""The library's lists, options and strings: they compute what their names say, and the usual proofs go through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lean_modules import compile_module

from envs.core import ConfigError
from envs.lean import build, wheel

pytestmark = pytest.mark.lean

CORPUS = Path(__file__).parent / "corpus"


def library() -> Path:
    return build.core(wheel.find()).parent


def lean(text: str, folder: Path) -> bytes:
    return compile_module(text, folder, "Lists", library())


def refused(text: str, folder: Path) -> str:
    """What Lean says to a text that does not compile; up to 2000 characters."""
    (folder / "Text.lean").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        build.compile_file(wheel.find(), folder, "Text.lean", "Text.olean", library=str(library()))
    return str(raised.value)


def test_the_usual_proofs_about_lists_go_through(tmp_path):
    module = lean((CORPUS / "lean_lists.lean").read_text(encoding="utf-8"), tmp_path)
    assert b"sort_sorted" in module  # its name, as one of the constants
    assert b"sorryAx" not in module  # what stands for a proof that failed


# Left: an expression. Right: its value, worked out by hand.
VALUES = [
    ("[1, 2] ++ [3]", "[1, 2, 3]"),
    ("[1, 2, 3].length", "3"),
    ("[1, 2, 3].reverse", "[3, 2, 1]"),
    ("[1, 2].concat 3", "[1, 2, 3]"),
    ("[[1], [], [2, 3]].flatten", "[1, 2, 3]"),
    ("List.replicate 3 7", "[7, 7, 7]"),
    ("List.range 4", "[0, 1, 2, 3]"),
    ("List.range' 5 3", "[5, 6, 7]"),
    ("List.range' 5 3 2", "[5, 7, 9]"),
    ("[1, 2, 3].map (· * 2)", "[2, 4, 6]"),
    ("[1, 2].flatMap (fun x => [x, x + 10])", "[1, 11, 2, 12]"),
    ("[1, 2, 3, 4].filter (fun x => x % 2 = 0)", "[2, 4]"),
    ("[1, 2, 3].filterMap (fun x => if x = 2 then none else some (x + 1))", "[2, 4]"),
    ("[1, 2, 3].foldl (fun a x => 10 * a + x) 0", "123"),
    ("[1, 2, 3].foldr (fun x a => 10 * a + x) 0", "321"),
    ("[5, 3, 1].foldl (· - ·) 10", "1"),  # ((10 - 5) - 3) - 1
    ("[5, 3, 1].foldr (· - ·) 0", "3"),  # 5 - (3 - (1 - 0))
    ("[1, 2, 3].zip [4, 5]", "[(1, 4), (2, 5)]"),
    ("List.zipWith (· + ·) [1, 2, 3] [4, 5]", "[5, 7]"),
    ("[(1, 2), (3, 4)].unzip", "([1, 3], [2, 4])"),
    ("[1, 2, 3].all (· < 3)", "false"),
    ("[1, 2, 3].any (· < 2)", "true"),
    ("([] : List Nat).all (· < 0)", "true"),
    ("([] : List Nat).any (· < 9)", "false"),
    ("[1, 2, 3].sum", "6"),
    ("[2, 3, 4].prod", "24"),
    ("[1, 2, 3].head?", "some 1"),
    ("([] : List Nat).head?", "none"),
    ("[1, 2, 3].tail", "[2, 3]"),
    ("[1, 2, 3].getLast?", "some 3"),
    ("[1, 2, 3].getLastD 9", "3"),
    ("([] : List Nat).headD 9", "9"),
    ("[1, 2, 3].dropLast", "[1, 2]"),
    ("[1, 2, 3].take 2", "[1, 2]"),
    ("[1, 2, 3].take 9", "[1, 2, 3]"),
    ("[1, 2, 3].drop 2", "[3]"),
    ("[1, 2, 3].drop 9", "[]"),
    ("[1, 2, 3, 1].takeWhile (· < 3)", "[1, 2]"),
    ("[1, 2, 3, 1].dropWhile (· < 3)", "[3, 1]"),
    ("[1, 2, 3].find? (1 < ·)", "some 2"),
    ("[1, 2, 3].contains 2", "true"),
    ("[1, 2, 3].elem 4", "false"),
    ("[1, 2, 1].count 1", "2"),
    ("[1, 2, 3].countP (1 < ·)", "2"),
    ("[1, 2, 1].erase 1", "[2, 1]"),
    ("[1, 2].insert 1", "[1, 2]"),
    ("[1, 2].insert 3", "[3, 1, 2]"),
    ("[(1, 5), (2, 6)].lookup 2", "some 6"),
    ("[1, 2].isEmpty", "false"),
    ("([1, 2] == [1, 3])", "false"),
    ("(some 3).map (· + 1)", "some 4"),
    ("(none : Option Nat).getD 5", "5"),
    ("(some 3).bind (fun x => if x = 3 then none else some x)", "(none : Option Nat)"),
    ("(some 3).isSome", "true"),
    ("Option.or none (some 2)", "some 2"),
    ("(1, 2).swap", "(2, 1)"),
    ("'a'.toNat", "97"),
    ("'A'.toLower", "'a'"),
    ("'é'.toNat", "233"),
    ('"ab" ++ "cd"', '"abcd"'),
    ('"abc".length', "3"),
    ('"né".length', "2"),
    ('"abc".toList', "['a', 'b', 'c']"),
    ("\"ab\".push 'c'", '"abc"'),
    ('String.join ["a", "b", ""]', '"ab"'),
    ('"a1".all Char.isDigit', "false"),
]


def test_functions_on_lists_compute_what_was_worked_out_by_hand(tmp_path):
    lines = [f"theorem value_{n} : {left} = {right} := by decide" for n, (left, right) in enumerate(VALUES)]
    lean("\n".join(lines), tmp_path)


# Facts that are decided by looking at every element, and the other way round for each.
FACTS = [
    ("3 ∈ [1, 2, 3]", "4 ∈ [1, 2, 3]"),
    ("∀ x ∈ [1, 2, 3], x < 4", "∀ x ∈ [1, 2, 3], x < 3"),
    ("∃ x ∈ [1, 2, 3], 2 < x", "∃ x ∈ [1, 2, 3], 3 < x"),
    ("[1, 2] = [1, 2]", "[1, 2] = [2, 1]"),
    ("[1, 2].Nodup", "[1, 1].Nodup"),
    ("[1, 2, 3].Pairwise (· < ·)", "[1, 3, 2].Pairwise (· < ·)"),
    ("some 1 = some 1", "some 1 = none"),
    ('"ab" = "ab"', '"ab" = "ba"'),
    ("'a' ≤ 'b'", "'b' ≤ 'a'"),
]


def test_facts_about_all_elements_are_decided(tmp_path):
    facts = [fact for yes, no in FACTS for fact in (yes, f"¬({no})")]
    lean("\n".join(f"theorem fact_{n} : {fact} := by decide" for n, fact in enumerate(facts)), tmp_path)


def test_what_is_false_is_not_decided_true(tmp_path):
    claims = [no for _, no in FACTS] + ["[1, 2].length = 3", "[1, 2].reverse = [1, 2]"]
    words = refused("\n".join(f"theorem claim_{n} : {claim} := by decide" for n, claim in enumerate(claims)), tmp_path)
    lines = [int(line) for line in re.findall(r"Text\.lean:(\d+):\d+: error: Tactic `decide` proved that", words)]
    assert lines == list(range(1, len(claims) + 1))  # one error in each line: every claim is refuted


def test_goals_about_lists_are_printed_in_notation(tmp_path):
    # `skip` proves nothing, so Lean answers with the goal as it stands
    claim = (
        "theorem open_goal (a b : Nat) (xs : List Nat) : ∀ x ∈ [a, b] ++ b :: xs, x ∈ xs ∧ (a, b).1 ≠ x := by\n  skip"
    )
    assert "⊢ ∀ (x : Nat), x ∈ [a, b] ++ b :: xs → x ∈ xs ∧ (a, b).fst ≠ x" in refused(claim, tmp_path)
