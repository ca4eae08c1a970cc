"""What can be posed, by a header and a statement of the task's own, and what is refused before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from lean_checking import TREE, judged, open_checker, stated

from envs.lean import proofs
from envs.lean.placement import Body, read_body
from envs.lean.proofs import ProofChecker, Statement, Verdict
from sandbox.core import Sandbox

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def checker(bubblewrap: Sandbox) -> ProofChecker:
    """Of the sandbox that starts anywhere, for what has nothing to do with sandboxes."""
    return open_checker(bubblewrap)


HEADERS = {
    "an axiom": ("axiom lie : False", "a header may not declare the axiom lie"),
    "an axiom of another name": ("constant lie : False", "line 1, column 0 of the header"),
    "a theorem that is not proved": ("theorem lie : False := sorry", "the header rests on sorryAx"),
    "a definition that is not finished": (
        "noncomputable def half (n : Nat) : Nat := sorry",
        "the header rests on sorryAx",
    ),
    "an opaque constant": ("opaque secret : Nat", "a header may not declare the opaque secret"),
    "a function that need not end": ("partial def loop (n : Nat) : Nat := loop n", "may not declare the opaque loop"),
    "an error": ("def one : Nat := one_half", "line 1, column 17 of the header: Unknown identifier `one_half`"),
    "an error in its second line": (
        "def one := 1\ndef two : Nat := true",
        "line 2, column 17 of the header: Type mismatch",
    ),
    "a namespace left open": ("namespace Task", "does not state a theorem one_is_one"),
    "the theorem itself": ("theorem one_is_one : 1 = 1 := rfl", "`one_is_one` has already been declared"),
    "a name of the library's": ("def Nat.add (a b : Nat) := a", "`Nat.add` has already been declared"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_that_is_no_definition_is_refused(checker: ProofChecker, case: str) -> None:
    header, expected = HEADERS[case]
    (complaint,) = checker.complaints([stated("theorem one_is_one : 1 = 1", header)])
    assert complaint is not None and expected in complaint, complaint


STATEMENTS = {
    "theorem open_end : no_such_thing": "line 1, column 19 of the statement: Unknown identifier `no_such_thing`",
    "theorem number : 1": "line 1, column 17 of the statement",
    "theorem open_end : (sorry : Prop)": "what it states rests on sorryAx",
    "theorem open_end : (by exact sorry : 1 = 1) = rfl": "what it states rests on sorryAx",
    "theorem Nat.add_comm : 1 = 1": "`Nat.add_comm` has already been declared",
    "theorem _root_.other : True": "does not state a theorem _root_.other",
    "theorem two (n : Nat) :\n    n = no_such_thing": "line 2, column 8 of the statement",
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_that_cannot_be_posed_is_refused(checker: ProofChecker, text: str) -> None:
    (complaint,) = checker.complaints([stated(text)])
    assert complaint is not None and STATEMENTS[text] in complaint, complaint


RIGHT = {
    "a name with dots": ("theorem Task.first.one : True", "", "trivial"),
    "a name in a namespace of the library": ("theorem Nat.task_of_mine (n : Nat) : n = n", "", "rfl"),
    "a name of other letters": ("theorem ζ₁.β (α : Type) (a : α) : a = a", "", "rfl"),
    "a quoted name": ("theorem «two words» : True", "", "trivial"),
    "a quoted name with a dot": ("theorem Task.«a.b».c : True", "", "trivial"),
    "any universe": ("theorem poly {α : Type u} (a : α) : a = a", "universe u", "rfl"),
    "a universe that Lean names": (
        "theorem poly {α : Sort _} {β : Type _} (a : α) (b : β) : a = a ∧ b = b",
        "",
        "exact ⟨rfl, rfl⟩",
    ),
    "implicit binders": ("theorem found {α : Type} ⦃a b : α⦄ (h : a = b) : b = a", "", "exact h.symm"),
    "an instance": ("theorem full {α : Type} [Inhabited α] : ∃ a : α, a = a", "", "exact ⟨default, rfl⟩"),
    "two instances": (
        "theorem bool {α : Type} [DecidableEq α] [Inhabited α] (a : α) : a = a ∨ a ≠ a",
        "",
        "exact Or.inl rfl",
    ),
    "a match in the statement": (
        "theorem zero (n : Nat) : (match n with | 0 => True | _ + 1 => True)",
        "",
        "cases n <;> trivial",
    ),
    "a type of the task's": (
        "theorem Tree.alive (t : Tree) : 0 < t.size",
        TREE,
        "induction t with\n| leaf => decide\n| node l r hl hr =>\n  show 0 < l.size + r.size\n  omega",
    ),
    "a private definition": ("theorem hidden : one = 1", "private def one := 1", "rfl"),
    "mutual definitions": (
        "theorem even_four : even 4 = true",
        "mutual\ndef even : Nat → Bool | 0 => true | n + 1 => odd n\n"
        "def odd : Nat → Bool | 0 => false | n + 1 => even n\nend",
        "decide",
    ),
    "a structure": (
        "theorem left : (⟨1, 2⟩ : Pair).left = 1",
        "structure Pair where\n  left : Nat\n  right : Nat",
        "rfl",
    ),
    "an instance of the task's": (
        "theorem given : (default : Colour) = .red",
        "inductive Colour | red | blue\ninstance : Inhabited Colour := ⟨.red⟩",
        "rfl",
    ),
    "a comment behind it": ("theorem same (a : Nat) : a = a -- by := reflexivity\n", "", "rfl"),
    "universes of its own": ("theorem same.{u, v} (α : Sort u) (β : Type v) (a : α) (_ : β) : a = a", "", "rfl"),
    "a lemma of the task's": ("theorem used : 2 = 2", "theorem helper (n : Nat) : n = n := rfl", "exact helper 2"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_statements_of_every_form_can_be_posed_and_proved(checker: ProofChecker, case: str) -> None:
    text, header, proof = RIGHT[case]
    assert checker.complaints([stated(text, header)]) == [None]
    assert judged(checker, text, proof, header) == ("PROVED", "")
    assert judged(checker, text, f"{text} := by\n" + "\n".join(f"  {line}" for line in proof.split("\n")), header) == (
        "PROVED",
        "",
    )
    assert judged(checker, text, "skip", header)[0] in ("INCOMPLETE", "REJECTED")


CHANGES = {
    "defines it again": "def Tree.size (t : Tree) : Nat := 1\ntheorem alive (t : Tree) : t.size = 1 := by rfl",
    "repeats a header of its own": "inductive Tree where\n  | leaf\n\ndef Tree.size : Tree → Nat\n  | .leaf => 1\n\n"
    "theorem alive (t : Tree) : t.size = 1 := by\n  cases t\n  rfl",
    "shadows the function": "let Tree.size := fun (_ : Tree) => 1\nrfl",
    "shadows the type": "let Tree := Unit\nrfl",
    "takes another instance": "letI : OfNat Nat 1 := ⟨t.size⟩\nexact (rfl : t.size = 1)",
    "takes it for what it is not": "simp [Tree.size]",
    "uses itself": "exact alive t",
    "counts on one case": "cases t with\n| leaf => rfl\n| node left right => exact rfl",
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_submission_cannot_change_the_header(checker: ProofChecker, case: str) -> None:
    verdict, _ = judged(checker, "theorem alive (t : Tree) : t.size = 1", CHANGES[case], TREE)
    assert verdict in ("FORBIDDEN", "REJECTED", "INCOMPLETE")


def test_what_was_compiled_of_a_header_goes_when_nothing_needs_it(
    bubblewrap: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "_REFERENCES_KEPT", 2)
    checker = open_checker(bubblewrap)
    folder = Path(checker._folder)
    for number in range(6):
        header = f"def f{number} (n : Nat) : Nat := n + {number}"
        statement = Statement(name="t", text=f"theorem t : f{number} 1 = {number + 1}", header=header)
        body = read_body("rfl")
        assert isinstance(body, Body)
        assert checker.check(statement, body).verdict is Verdict.PROVED
    assert len(list(folder.glob("*.olean"))) <= 2
