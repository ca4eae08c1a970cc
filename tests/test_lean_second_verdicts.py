"""What becomes of a proof where a second kernel is asked too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lean_checking import TREE, body, open_checker, problem, stated
from lean_modules import TINY_LIBRARY, compile_module
from lean_second import Kernels, both_kernels
from lean_toolchains import make_toolchain

from envs.core import ConfigError
from envs.lean import proofs
from envs.lean.__main__ import main
from envs.lean.env import LeanEnv
from envs.lean.extract import fenced
from envs.lean.judge import Judge
from envs.lean.kernel import Kernel, KernelLimits
from envs.lean.library import Library
from envs.lean.placement import Body
from envs.lean.policies import NAIVE
from envs.lean.proofs import CheckerError, ProofChecker, Verdict
from envs.lean.tasks import task_of
from envs.lean.toolchain import Toolchain
from envs.lean.verifier import UNDECIDED, LeanVerifier
from sandbox.core import Sandbox

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with both_kernels() as found:
        yield found


@pytest.fixture(scope="module")
def checker(bubblewrap: Sandbox) -> ProofChecker:
    open_checker(bubblewrap)
    return ProofChecker(bubblewrap, second=True)


SWAP = "theorem swapped (p q : Prop) (h : p ∧ q) : q ∧ p"


def test_a_proof_that_both_accept_is_paid(checker: ProofChecker) -> None:
    outcome = checker.check(stated(SWAP), body("exact ⟨h.2, h.1⟩"))
    assert (outcome.verdict, outcome.is_undecided) == (Verdict.PROVED, False)
    tree = stated("theorem positive (t : Tree) : 0 < t.size", TREE)
    proof = "induction t with\n| leaf => decide\n| node l r h _ => simp [Tree.size]; omega"
    assert checker.check(tree, body(proof)).verdict is Verdict.PROVED


def test_kernels_that_disagree_give_no_verdict_and_an_error_that_names_the_theorem(
    checker: ProofChecker, kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a second kernel that has read another library, which lacks the lemma, must refuse what Lean's accepts
    compile_module(TINY_LIBRARY, tmp_path, "Init")
    other = Kernel.second(tmp_path, Library(tmp_path).sha256)
    judge = Judge(Library(kernels.folder), kernels.first, other)
    monkeypatch.setattr(proofs, "_strict_judge", lambda: judge)
    with (
        other,
        pytest.raises(CheckerError, match=r"DISAGREE on the proof of swapped.*accepted.*rejected \(unknown") as error,
    ):
        checker.check(stated(SWAP), body("exact And.comm.mp h"))
    assert error.value.verdict == "CHECKER_ERROR"


def test_a_proof_on_which_the_second_gives_up_is_not_paid_and_is_counted(
    checker: ProofChecker, kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = Kernel.second(kernels.folder, Library(kernels.folder).sha256, KernelLimits(cpu_s=1))
    judge = Judge(Library(kernels.folder), kernels.first, hasty)
    monkeypatch.setattr(proofs, "_strict_judge", lambda: judge)
    text = "theorem long : (List.range 3000).length = 3000"
    with hasty:
        breakdown = LeanVerifier(checker=checker, canary_share=0.0)(task_of(problem(text)), "decide +kernel")
    assert (breakdown.verdict, breakdown.measures) == ("TIMEOUT", {UNDECIDED: 1.0})
    assert "second kernel gave up" in breakdown.feedback


PAIR = "theorem pair (p q : Prop) (h : p ∧ q) : (∃ n : Nat, n * n = 9 * n ∧ (List.range (200 * n)).length = 1800) ∧ q"


def test_a_part_is_paid_only_if_both_accept_it(
    bubblewrap: Sandbox, kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ProofChecker(bubblewrap, naive=Body(NAIVE, "tactics"), second=True)
    verifier = LeanVerifier(checker=both, canary_share=0.0, partial=0.3)

    def paid(answer: str) -> tuple[str, float]:
        judged = verifier(task_of(problem(PAIR)), fenced(answer))
        return str(judged.verdict), judged.total

    left, right = "refine ⟨⟨9, by decide +kernel⟩, ?_⟩", "refine ⟨?_, h.2⟩"
    assert paid(left) == ("INCOMPLETE", pytest.approx(0.15))
    assert paid(right) == ("INCOMPLETE", 0.0)  # a tactic that anybody tries proves it too
    assert paid("exact ⟨⟨9, nothing⟩, h.2⟩") == ("REJECTED", 0.0)
    # what Lean's kernel accepts and the second has no room to decide is not paid
    narrow = Kernel.second(kernels.folder, Library(kernels.folder).sha256, KernelLimits(memory_bytes=2**20))
    monkeypatch.setattr(proofs, "_strict_judge", lambda: Judge(Library(kernels.folder), kernels.first, narrow))
    with narrow:
        assert paid(left) == ("INCOMPLETE", 0.0)


def test_a_toolchain_has_no_second_checker(tmp_path: Path) -> None:
    toolchain = Toolchain.find(make_toolchain(tmp_path))
    with pytest.raises(ConfigError, match="second"):
        ProofChecker(toolchain=toolchain, second=True)


def test_the_option_is_on_or_off() -> None:
    assert [LeanEnv(second_checker=given).checker.has_second for given in ("on", "off", True, False)] == [1, 0, 1, 0]
    with pytest.raises(ConfigError, match="second_checker must be on or off, got 'maybe'"):
        LeanEnv(second_checker="maybe")


def test_a_file_is_checked_by_both(tmp_path: Path, checker: ProofChecker, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "File.lean"
    path.write_text(f"{SWAP} := by\n  exact And.comm.mp h\n")
    assert main(["check", str(path), "second_checker=on", "sandbox=bubblewrap"]) == 0
    assert capsys.readouterr().out.endswith("swapped: PROVED\n1 of 1 proved\n")
    assert main(["check", str(path), "second_checker=perhaps"]) == 2
