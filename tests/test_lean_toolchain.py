import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lean_modules import require_lean
from lean_toolchains import command, make_module_system, make_project, make_toolchain, take

from envs.core import ConfigError
from envs.lean import build
from envs.lean.attacks import lean_attacks
from envs.lean.canaries import CANARIES, NAME
from envs.lean.env import LeanEnv
from envs.lean.kernel import Kernel, KernelFailure
from envs.lean.library import Library
from envs.lean.placement import read_body
from envs.lean.proofs import ProofChecker, Statement, Verdict
from envs.lean.tasks import LeanProblem, library_problems, task_of
from envs.lean.toolchain import Toolchain, find_toolchain
from envs.lean.verifier import LeanVerifier

pytestmark = pytest.mark.lean

WRONG = "theorem wrong (a b : Nat) : a + b ≤ a"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_lean()
    return make_toolchain(tmp_path_factory.mktemp("toolchain"))


@pytest.fixture(scope="module")
def checker(root: Path) -> ProofChecker:
    """Problems import `Init` and `Extra` of the toolchain."""
    checker = ProofChecker("bubblewrap", toolchain=Toolchain.find(root, ["Init", "Extra"]))
    checker.prepare()
    return checker


@pytest.fixture(scope="module")
def kernel(root: Path) -> Iterator[Kernel]:
    with Kernel.of_toolchain(Toolchain.find(root)) as kernel:
        yield kernel


def check(checker: ProofChecker, statement: str, proof: str, header: str = "") -> tuple[Verdict, str]:
    body = read_body(proof)
    posed = Statement(name=statement.split()[1], text=statement, header=header)
    outcome = checker.check(posed, body)  # type: ignore[arg-type]
    return outcome.verdict, outcome.feedback


# what the same environment does on a toolchain


def test_gold_proofs_are_proofs_on_a_toolchain_too(checker):
    problems = library_problems()[::20]
    assert len(problems) >= 15 and any(problem.header for problem in problems)
    verdicts = {p.task_id: checker.check(p.posed, read_body(p.gold)).verdict for p in problems}
    assert set(verdicts.values()) == {Verdict.PROVED}, verdicts


def test_proofs_use_what_all_imported_modules_hold(checker):
    proof = "rw [Extra.twice_eq, Extra.deep_fact]"
    statement = "theorem goal (n : Nat) : 0 + Extra.twice n = n + n"
    assert check(checker, statement, "rw [Extra.deep_fact, Extra.twice_eq]") == (Verdict.PROVED, "")
    assert check(checker, statement, proof.replace("twice_eq", "nothing"))[0] is Verdict.REJECTED


def test_a_lemma_that_rests_on_an_axiom_of_a_module_is_found_out_two_modules_away(checker):
    verdict, words = check(checker, "theorem goal : 1 = 2", "exact Extra.cheat")
    assert verdict is Verdict.REJECTED and "Extra.unproved" in words


def test_definitions_of_a_task_come_on_top_of_the_imported_modules(checker):
    header = "def fourfold (n : Nat) : Nat := Extra.twice (Extra.twice n)"
    statement = "theorem goal : fourfold 3 = 12"
    assert check(checker, statement, "rfl", header)[0] is Verdict.PROVED
    assert check(checker, statement.replace("12", "13"), "rfl", header)[0] is Verdict.REJECTED


def test_all_attacks_fail_on_a_toolchain_as_they_must(checker):
    problem = LeanProblem(task_id="wrong", name="wrong", signature=WRONG.removeprefix("theorem wrong "), is_false=True)
    verify = LeanVerifier(checker=checker)
    attacks = [attack for attack in lean_attacks("wrong", WRONG) if not attack.slow]
    found = {attack.name: verify(task_of(problem), attack.completion) for attack in attacks}
    assert len(found) >= 150
    assert [name for name, breakdown in found.items() if breakdown.total > 0] == []
    assert [attack.name for attack in attacks if found[attack.name].verdict not in attack.expected] == []


def test_canaries_are_not_proved_by_a_few_strong_tactics(checker):
    for canary in CANARIES[::8]:
        posed = Statement(name=NAME, text=canary.statement)
        for proof in ("simp_all", "omega", "decide", "exact Extra.cheat.elim"):
            assert checker.check(posed, read_body(proof)).verdict is not Verdict.PROVED


def test_a_proof_compiled_against_fewer_imports_does_not_count(root):
    both, one = (ProofChecker("bubblewrap", toolchain=Toolchain.find(root, names)) for names in (["Extra"], ["Init"]))
    statement = Statement(name="goal", text="theorem goal (p : Prop) (h : p) : p")
    assert {c.check(statement, read_body("exact h")).verdict for c in (both, one)} == {Verdict.PROVED}
    (complaint,) = one.complaints([Statement(name="goal", text="theorem goal : Extra.twice 1 = 2")])
    assert complaint is not None and "Extra.twice" in complaint
    # the imports are part of what a module says: what another set of them compiled is refused
    (module,) = one._run([f"{statement.text} := h\n"])
    from envs.lean.proofs import _judge

    judgement = _judge(both._toolchain).judge(module.value["module"], both._reference(statement).module, ("goal",))
    assert judgement.reason == "the module imports Init, not Extra"


def test_the_environment_takes_a_toolchain(root, tmp_path):
    record = {"task_id": "t", "statement": "theorem t (n : Nat) : 0 + n = n", "gold": "exact Extra.deep_fact n"}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(record), encoding="utf-8")
    env = LeanEnv(
        tasks=str(tmp_path / "tasks.jsonl"), toolchain=str(root), imports=["Init", "Extra"], sandbox="bubblewrap"
    )
    env.prepare()
    env.reset(options={"task_id": "t"})
    assert env.step("```lean\nexact Extra.deep_fact n\n```")[1] == 1.0
    env.reset(options={"task_id": "t"})
    assert env.step("```lean\nexact Extra.cheat.elim\n```")[1] == 0.0
    with pytest.raises(ConfigError, match=r"imports=.* needs a toolchain"):
        LeanEnv(imports=["Extra"])


# what the library's constants rest on


def test_the_kernels_process_finds_the_same_axioms_as_our_own_reading(kernel):
    library = Library(build.core(require_lean()).parent)
    names = [*list(library._module._pointers)[::15], ("propext",), ("funext",), ("Classical", "em"), ("Nat", "rec")]
    assert len(names) > 300
    for name in names:
        assert kernel.rests_on(name) == library.rests_on(name), name
    assert kernel.rests_on(("funext",)) == {("Quot", "sound")}
    assert kernel.rests_on(("no", "such", 3)) is None and not kernel.has(("no", "such"))


def test_modules_in_parts_show_the_axioms_of_their_private_proofs(tmp_path):
    toolchain = Toolchain.find(make_module_system(tmp_path))
    library = Library(build.core(require_lean()).parent)
    with Kernel.of_toolchain(toolchain) as kernel:
        shared = [name for name in library._module._pointers if kernel.has(name)]
        assert len(shared) > 400
        assert all(kernel.rests_on(name) == library.rests_on(name) for name in shared)
        # the axiom is only in the proof, and proofs are only in `Init.olean.private`
        assert kernel.rests_on(("funext",)) == {("Quot", "sound")}
    checker = ProofChecker("bubblewrap", toolchain=toolchain)
    checker.prepare()
    statement = "theorem goal (p q : Prop) (h : And p q) : And q p"
    assert check(checker, statement, "And.intro h.right h.left") == (Verdict.PROVED, "")
    assert check(checker, statement, "And.intro h.left h.right")[0] is Verdict.REJECTED


def test_a_library_that_changes_after_it_was_found_is_not_loaded(root, tmp_path):
    changing = tmp_path / "changing"
    shutil.copytree(root, changing, copy_function=take)
    toolchain = Toolchain.find(changing)
    (changing / "lib/lean/Later.olean").write_bytes(b"")
    with Kernel.of_toolchain(toolchain) as kernel, pytest.raises(KernelFailure, match="not the library"):
        kernel.has(("Nat",))


# how a toolchain is found


def test_a_toolchain_is_found_by_its_folder_its_command_and_a_command_that_names_it(root, tmp_path, monkeypatch):
    shim = command(tmp_path / "bin" / "lean", f'test "$1" = --print-prefix && echo "{root}"')
    expected = Toolchain.find(root)
    assert [Toolchain.find(path) for path in (root / "bin" / "lean", shim)] == [expected, expected]
    monkeypatch.setenv("PATH", f"{root / 'bin'}:{os.environ['PATH']}")
    assert Toolchain.find("lean") == expected
    assert expected.folders == (root / "lib" / "lean",)
    assert find_toolchain(None) is None and find_toolchain(str(root)) == expected
    assert expected.key != Toolchain.find(root, "Extra").key


def test_a_project_finds_its_toolchain_and_the_modules_of_its_packages(root, tmp_path, monkeypatch):
    home = tmp_path / "elan"
    (home / "toolchains").mkdir(parents=True)
    (home / "toolchains" / "leanprover--lean4---v4.35.0").symlink_to(root)
    monkeypatch.setenv("ELAN_HOME", str(home))
    project = make_project(tmp_path / "project", root)
    checker = ProofChecker("bubblewrap", toolchain=Toolchain.find(project, ["Init", "Mine"]))
    checker.prepare()
    assert check(checker, "theorem goal : Mine.truth", "intro p h\nexact h") == (Verdict.PROVED, "")
    assert check(checker, "theorem goal (a b : Prop) (h : a ∧ b) : b ∧ a", "exact Dep.fact a b h")[0] is Verdict.PROVED


def test_a_project_whose_toolchain_is_not_there_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("ELAN_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin")
    (tmp_path / "lean-toolchain").write_text("leanprover/lean4:v4.35.0")
    with pytest.raises(ConfigError, match=r"elan toolchain install leanprover/lean4:v4\.35\.0"):
        Toolchain.find(tmp_path)


# what is refused


def test_what_is_no_toolchain_is_named(tmp_path):
    with pytest.raises(ConfigError, match="neither a toolchain"):
        Toolchain.find(tmp_path)
    with pytest.raises(ConfigError, match="no folder and no command"):
        Toolchain.find(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="does not name the folder of a toolchain, but says 'no default"):
        Toolchain.find(command(tmp_path / "bin" / "lean", "echo no default toolchain; exit 1"))
    (tmp_path / "lib" / "lean").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"has no lib/lean/libleanshared\.so"):
        Toolchain.find(tmp_path)
    (tmp_path / "lib" / "lean" / "libleanshared.so").write_text("not a library")
    with pytest.raises(ConfigError, match=r"does not start as Lean's library: .*file too short"):
        Toolchain.find(tmp_path)


def test_a_library_of_another_commit_is_refused(tmp_path):
    (tmp_path / "lib" / "lean").mkdir(parents=True)
    content = require_lean().read_bytes()
    commit = b"eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
    assert content.count(commit) == 1
    other = content.replace(commit, commit[::-1])
    (tmp_path / "lib" / "lean" / "libleanshared.so").write_bytes(other)
    with pytest.raises(
        ConfigError, match=r"is Lean 4\.35\.0 cfab20f85f40.*, and only Lean 4\.35\.0 \(commit eb6cafb\)"
    ):
        Toolchain.find(tmp_path)


@pytest.mark.parametrize("imports", [[], ["Init", "Init"], ["../Init"], ["Init.olean;"], [3], ["Init\n"], ""])
def test_imports_are_names_of_modules(root, imports):
    with pytest.raises(ConfigError, match="imports must be"):
        Toolchain.find(root, imports)


def test_a_module_that_is_missing_or_of_another_version_is_refused(root, tmp_path):
    with pytest.raises(ConfigError, match=r"no module Extra\.Missing in .*lake build"):
        Toolchain.find(root, ["Extra.Missing"])
    broken = tmp_path / "broken"
    shutil.copytree(root, broken, copy_function=take)
    module = broken / "lib" / "lean" / "Extra.olean"
    content = module.read_bytes()
    module.unlink()
    for wrong in (b"", content[:50], content.replace(b"4.35.0", b"4.34.0", 1), b"0" * len(content)):
        module.write_bytes(wrong)
        with pytest.raises(ConfigError, match=r"Extra\.olean was not written by Lean 4\.35\.0"):
            Toolchain.find(broken, ["Extra"])
    module.write_bytes(content[:200])
    checker = ProofChecker("bubblewrap", toolchain=Toolchain.find(broken, ["Extra"]))
    with pytest.raises(ConfigError, match=r"Extra of the toolchain .* cannot be loaded"):
        checker.prepare()
