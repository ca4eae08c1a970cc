"""What Lean leaves in a module beside a theorem, by proofs on the real library: the judge takes all of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lean_modules import compile_module, require_lean

from envs.lean import build
from envs.lean.judge import ALLOWED_AXIOMS, Finding, Judge
from envs.lean.kernel import Kernel, KernelLimits, Outcome
from envs.lean.library import Library
from envs.lean.olean import Kind, LazyModule, read_module
from envs.lean.terms import Terms

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def folder() -> Path:
    return build.core(require_lean()).parent


@pytest.fixture(scope="module")
def judge(folder: Path) -> Iterator[Judge]:
    library = Library(folder)
    with Kernel(require_lean(), folder, library.sha256) as kernel:
        yield Judge(library, kernel)


# statement, proof, and what the module holds beside the theorem
PROOFS = {
    "nothing": ("theorem t (p q : Prop) (h : p ∧ q) : q ∧ p", " := ⟨h.2, h.1⟩", []),
    "a match": (
        "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p",
        " := by\n  match h with\n  | .inl h => exact Or.inr h\n  | .inr h => exact Or.inl h",
        ["t.match_1_1"],
    ),
    "structural recursion": (
        "theorem t : ∀ n : Nat, 0 + n = n",
        "\n  | 0 => rfl\n  | n + 1 => congrArg Nat.succ (t n)",
        ["t._f", "t.match_1_1"],
    ),
    "a lemma that simp rewrites first": (
        "theorem t (a b : Nat) (h : a < b) : ¬b ≤ a",
        " := by simp [Nat.not_le, h]",
        ["t._simp_1_1"],
    ),
    "a match in the statement, split": (
        "theorem t (n : Nat) : (match n with | 0 => 0 | _ + 1 => 1) ≤ 1",
        " := by split <;> decide",
        [
            "_private.Proof.0.t.match_1.eq_1",
            "_private.Proof.0.t.match_1.eq_2",
            "_private.Proof.0.t.match_1.splitter",
            "t.match_1",
        ],
    ),
    "equations of a function of the library": (
        "theorem t (xs : List Nat) (x : Nat) : (x :: xs).length = xs.length + 1",
        " := by simp [List.length]",
        [
            "List.length.eq_1",
            "List.length.eq_2",
            "List.length.eq_def",
            "_private.Proof.0.List.length.match_1.eq_1",
            "_private.Proof.0.List.length.match_1.eq_2",
            "_private.Proof.0.List.length.match_1.splitter",
        ],
    ),
    "a match on numbers, split": (
        "theorem t (n : Nat) : 0 < (match n with | 0 => 1 | 5 => 2 | _ => 3)",
        " := by split <;> decide",
        [
            "Eq.ndrec_symm.congr_simp",
            "_private.Proof.0.t.match_1.eq_1",
            "_private.Proof.0.t.match_1.eq_2",
            "_private.Proof.0.t.match_1.eq_3",
            "_private.Proof.0.t.match_1.splitter",
            "t.match_1",
        ],
    ),
    "the induction principle of a function": (
        "theorem t (xs ys : List Nat) : (List.append xs ys).length = xs.length + ys.length",
        " := by fun_induction List.append xs ys <;> simp_all [Nat.add_right_comm]",
        [
            "List.append.eq_def",
            "List.append.induct_unfolding",
            "List.append.match_1.congr_eq_1",
            "List.append.match_1.congr_eq_2",
            "_private.Proof.0.List.append.match_1.eq_1",
            "_private.Proof.0.List.append.match_1.eq_2",
            "_private.Proof.0.List.append.match_1.splitter",
        ],
    ),
    "axioms": ("theorem t (p : Prop) : p ∨ ¬p", " := by by_cases h : p; exact Or.inl h; exact Or.inr h", []),
}


@pytest.mark.parametrize("what", PROOFS)
def test_what_a_proof_leaves_behind_is_taken_for_what_it_is(judge, folder, tmp_path, what):
    statement, proof, auxiliaries = PROOFS[what]
    module = compile_module(statement + proof, tmp_path, "Proof", folder)
    reference = compile_module(statement + " := sorry", tmp_path, "Reference", folder)
    names = {".".join(map(str, name)) for name in read_module(module, Terms()).constants} - {"t"}
    assert sorted(names) == sorted(auxiliaries)
    judgement = judge.judge(module, reference, ("t",))
    assert judgement.finding is Finding.PROVED, judgement.reason


def test_a_statement_with_another_match_is_another_statement(judge, folder, tmp_path):
    statement = "theorem t (n : Nat) : (match n with | 0 => 0 | _ + 1 => {}) ≤ 1"
    module = compile_module(statement.format("0") + " := by split <;> decide", tmp_path, "Proof", folder)
    reference = compile_module(statement.format("1") + " := sorry", tmp_path, "Reference", folder)
    assert judge.judge(module, reference, ("t",)).finding is Finding.STATEMENT


@pytest.mark.slow
def test_the_kernel_accepts_all_of_the_library_again_as_the_judge_read_it(folder):
    # each theorem and definition under another name, rebuilt from the bytes: reader and kernel mean the same terms
    module = LazyModule((folder / "Init.olean").read_bytes())
    constants = [module.constant(name) for name in module]
    checked = [each for each in constants if each.kind in (Kind.THEOREM, Kind.DEFINITION) and each.is_safe]
    assert len(checked) > 1000
    limits = KernelLimits(cpu_s=100, wall_s=1000)
    with Kernel(require_lean(), folder, Library(folder).sha256, limits) as kernel:
        for start in range(0, len(checked), 200):
            again = [replace(each, name=("again", *each.name)) for each in checked[start : start + 200]]
            recheck = kernel.check(module.terms, again)
            assert recheck.outcome is Outcome.ACCEPTED, (recheck.message, again[0].name)


@pytest.mark.slow
def test_no_theorem_of_the_library_rests_on_an_axiom_that_proofs_may_not_use(folder):
    library, module = Library(folder), LazyModule((folder / "Init.olean").read_bytes())
    theorems = [name for name in module if module.constant(name).kind is Kind.THEOREM]
    assert [name for name in theorems if library.rests_on(name) - ALLOWED_AXIOMS] == []
