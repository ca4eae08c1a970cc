import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lean_modules import (
    LEVEL_0,
    PLACEHOLDER,
    PROP,
    TINY_LIBRARY,
    ModuleWriter,
    app,
    compile_module,
    const,
    require_lean,
)

from envs.core import ConfigError
from envs.lean.judge import Finding, Judge, is_auxiliary
from envs.lean.kernel import Kernel
from envs.lean.library import JudgeFailure, Library
from envs.lean.olean import Kind, read_module
from envs.lean.terms import APP, BVAR, LAM, NAT, PARAM, PI, PROJ, SORT, STR, Terms

TARGET = ("goal",)
STATEMENT = "theorem goal (p q : Prop) (h : And p q) : And q p := "
PROOF = "And.intro h.right h.left"

# the same as terms: ∀ p q, p ∧ q → q ∧ p, and fun p q h => swap p q h
P_AND_Q = app(const("And"), (BVAR, 1), (BVAR, 0))
GOAL = (PI, PROP, (PI, PROP, (PI, P_AND_Q, app(const("And"), (BVAR, 1), (BVAR, 2)))))
GOAL_PROOF = (LAM, PROP, (LAM, PROP, (LAM, P_AND_Q, app(const("swap"), (BVAR, 2), (BVAR, 1), (BVAR, 0)))))
FALSE = const("False")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny library."""
    require_lean()
    folder = tmp_path_factory.mktemp("library")
    compile_module(TINY_LIBRARY, folder, "Init")
    return folder


@pytest.fixture(scope="module")
def judge(folder: Path) -> Iterator[Judge]:
    library = Library(folder)
    with Kernel(require_lean(), folder, library.sha256) as kernel:
        yield Judge(library, kernel)


@pytest.fixture(scope="module")
def reference(folder: Path) -> bytes:
    return compile_module(PLACEHOLDER + STATEMENT + "placeholder _", folder, "Reference")


@pytest.fixture(scope="module")
def honest(folder: Path) -> bytes:
    return compile_module(STATEMENT + PROOF, folder, "Honest")


def written(goal: object = GOAL, proof: object = GOAL_PROOF, **more: object) -> bytes:
    """A module that states `goal` as a theorem, and has other constants: their kind, type and value by name."""
    writer = ModuleWriter()
    for name, (kind, type_, value) in more.items():
        writer.constant(kind, name.replace("__", "."), type_, value)  # type: ignore[attr-defined]
    writer.theorem("goal", goal, proof)
    return writer.module()


def reference_for(goal: object) -> bytes:
    return written(goal, const("placeholder"))


pytestmark = pytest.mark.lean


def test_an_honest_proof_is_proved(judge, honest, reference):
    assert judge.judge(honest, reference, TARGET).finding is Finding.PROVED


def test_a_module_written_by_hand_is_judged_like_one_of_leans(judge, reference):
    # so that what the other tests forge is refused for what is forged in it
    assert judge.judge(written(), reference, TARGET).finding is Finding.PROVED


def test_axioms_that_mathematics_is_used_to_are_allowed_and_named(judge):
    # Nonempty p → p, by choice
    goal = (PI, PROP, (PI, app(const("Nonempty", LEVEL_0), (BVAR, 0)), (BVAR, 1)))
    choice = app(const("Classical.choice", LEVEL_0), (BVAR, 1), (BVAR, 0))
    proof = (LAM, PROP, (LAM, app(const("Nonempty", LEVEL_0), (BVAR, 0)), choice))
    judgement = judge.judge(written(goal, proof), reference_for(goal), TARGET)
    assert (judgement.finding, judgement.axioms) == (Finding.PROVED, (("Classical", "choice"),))


@pytest.mark.parametrize(
    ("text", "finding", "says"),
    [
        ("axiom cheat : False\n" + STATEMENT + "cheat.rec", Finding.NEW_CONSTANT, "cheat (axiom)"),
        (STATEMENT + "sorryAx _ Bool.true", Finding.AXIOM, "sorryAx"),
        (STATEMENT + "(hidden _).rec fun x => x", Finding.AXIOM, "sorryAx"),
        ("theorem goal (p q : Prop) (h : And p q) : And p q := h", Finding.STATEMENT, "something else"),
        ("theorem goal (q p : Prop) (h : And p q) : And q p := " + PROOF, Finding.STATEMENT, "something else"),
        ("theorem goal {p q : Prop} (h : And p q) : And p q := h", Finding.STATEMENT, "something else"),
        ("noncomputable def goal (p q : Prop) (h : And p q) : And q p := " + PROOF, Finding.STATEMENT, "definition"),
        ("opaque goal (p q : Prop) (h : And p q) : And q p := " + PROOF, Finding.STATEMENT, "opaque"),
        ("axiom goal (p q : Prop) (h : And p q) : And q p", Finding.STATEMENT, "axiom"),
        ("theorem other (p q : Prop) (h : And p q) : And q p := " + PROOF, Finding.MISSING, "goal"),
        ("namespace goal\n" + STATEMENT + PROOF, Finding.MISSING, "goal"),
        ("private " + STATEMENT + PROOF, Finding.MISSING, "goal"),
        ("inductive Extra : Prop where | a : Extra\n" + STATEMENT + PROOF, Finding.NEW_CONSTANT, "Extra"),
        ("opaque o : Nat := Nat.zero\n" + STATEMENT + PROOF, Finding.NEW_CONSTANT, "o (opaque)"),
        ("theorem lemma : True := True.intro\n" + STATEMENT + PROOF, Finding.NEW_CONSTANT, "lemma is no auxiliary"),
        ("unsafe def goal._f : Nat := Nat.zero\n" + STATEMENT + PROOF, Finding.NEW_CONSTANT, "unsafe definition"),
        ("axiom goal.match_1 : False\n" + STATEMENT + "goal.match_1.rec", Finding.NEW_CONSTANT, "goal.match_1 (axiom)"),
        ("opaque goal._f : Nat := Nat.zero\n" + STATEMENT + PROOF, Finding.NEW_CONSTANT, "goal._f (opaque)"),
    ],
)
def test_a_cheat_that_lean_compiles_is_refused(judge, reference, folder, text, finding, says):
    judgement = judge.judge(compile_module(text, folder, "Cheat"), reference, TARGET)
    assert judgement.finding is finding
    assert says in judgement.reason


TAINTED = const("Tainted")
SORRY = app(const("sorryAx", LEVEL_0), FALSE, const("Bool.true"))


@pytest.mark.parametrize(
    ("goal", "proof", "more", "finding", "says"),
    [
        # ill-typed values: the closure holds nothing wrong, and the kernel refuses
        (FALSE, const("True.intro"), {}, Finding.REFUSED, "another type"),
        (GOAL, const("swap"), {}, Finding.PROVED, ""),  # by eta, the lemma is the proof
        (GOAL, (LAM, PROP, (BVAR, 0)), {}, Finding.REFUSED, "another type"),
        (FALSE, (NAT, 3), {}, Finding.REFUSED, "another type"),
        (FALSE, (STR, "no"), {}, Finding.REFUSED, "another type"),
        (FALSE, const("Eq"), {}, Finding.REFUSED, "universe"),
        (FALSE, (SORT, (PARAM, ("v",))), {}, Finding.REFUSED, "v"),
        (FALSE, (PROJ, ("And",), 0, const("True.intro")), {}, Finding.REFUSED, "projection"),
        # what is not there
        (FALSE, const("goal"), {}, Finding.REFUSED, "uses itself"),
        (FALSE, const("nowhere"), {}, Finding.REFUSED, "unknown constant nowhere"),
        (FALSE, (PROJ, ("Fake",), 0, const("True.intro")), {}, Finding.REFUSED, "unknown constant Fake"),
        (FALSE, (BVAR, 0), {}, Finding.MALFORMED, "bound variable"),
        # axioms, wherever they hide
        (FALSE, SORRY, {}, Finding.AXIOM, "sorryAx"),
        (FALSE, app((LAM, TAINTED, FALSE), FALSE), {}, Finding.AXIOM, "sorryAx"),
        (FALSE, (PROJ, ("Tainted",), 0, const("True.intro")), {}, Finding.AXIOM, "sorryAx"),
        (FALSE, app(const("Tainted.rec", LEVEL_0), FALSE), {}, Finding.AXIOM, "sorryAx"),
        (FALSE, const("Tainted.mk"), {}, Finding.AXIOM, "sorryAx"),
        (FALSE, app(const("careless"), FALSE), {}, Finding.AXIOM, "careless"),
        (FALSE, const("lcAny"), {}, Finding.AXIOM, "lcAny"),
        (FALSE, const("Nat.gcd"), {}, Finding.AXIOM, "Nat.gcd"),
        # auxiliaries are checked as well, each with what it uses
        (FALSE, const("goal._proof_1"), {"goal___proof_1": (Kind.THEOREM, FALSE, SORRY)}, Finding.AXIOM, "sorryAx"),
        (
            FALSE,
            const("goal._proof_1"),
            {"goal___proof_1": (Kind.THEOREM, FALSE, const("True.intro"))},
            Finding.REFUSED,
            "another type",
        ),
        (FALSE, const("goal._f"), {"goal___f": (Kind.DEFINITION, FALSE, const("goal._f"))}, Finding.REFUSED, "itself"),
        (
            FALSE,
            const("goal._f"),
            {
                "goal___f": (Kind.DEFINITION, FALSE, const("goal._proof_1")),
                "goal___proof_1": (Kind.THEOREM, FALSE, const("goal._f")),
            },
            Finding.REFUSED,
            "itself",
        ),
        # a name of the library, or one that only looks like an auxiliary's
        (GOAL, GOAL_PROOF, {"Nat__gcd": (Kind.DEFINITION, PROP, FALSE)}, Finding.NEW_CONSTANT, "the library's"),
        (GOAL, GOAL_PROOF, {"swap": (Kind.THEOREM, GOAL, const("swap"))}, Finding.NEW_CONSTANT, "the library's"),
        (GOAL, GOAL_PROOF, {"other__match_1": (Kind.DEFINITION, PROP, FALSE)}, Finding.NEW_CONSTANT, "no auxiliary"),
        (GOAL, GOAL_PROOF, {"Nat__log2": (Kind.DEFINITION, PROP, FALSE)}, Finding.NEW_CONSTANT, "no auxiliary"),
        (GOAL, GOAL_PROOF, {"goal__lemma": (Kind.DEFINITION, PROP, FALSE)}, Finding.NEW_CONSTANT, "no auxiliary"),
    ],
)
def test_a_forged_module_is_refused(judge, goal, proof, more, finding, says):
    judgement = judge.judge(written(goal, proof, **more), reference_for(goal), TARGET)
    assert judgement.finding is finding
    assert says in judgement.reason


def test_other_universe_parameters_are_refused(judge, reference):
    for params in (("u",), ("u", "v")):
        writer = ModuleWriter()
        writer.theorem("goal", GOAL, GOAL_PROOF, params)
        judgement = judge.judge(writer.module(), reference, TARGET)
        assert (judgement.finding, judgement.reason) == (Finding.STATEMENT, "goal has other universe parameters")


def test_an_auxiliary_that_is_right_is_checked_before_what_uses_it(judge, reference):
    module = written(GOAL, const("goal._proof_1"), goal___proof_1=(Kind.THEOREM, GOAL, GOAL_PROOF))
    assert judge.judge(module, reference, TARGET).finding is Finding.PROVED


def test_a_graph_that_hundreds_of_constants_share_is_not_walked_for_each_of_them(judge):
    # 2^15 literals in one graph of 2^16 - 1 expressions, in 100 constants: 6.5 million, of which 4 are walked
    writer = ModuleWriter()
    level = [writer.expression((NAT, number)) for number in range(2**15)]
    while len(level) > 1:
        level = [writer.expression((APP, left, right)) for left, right in zip(level[::2], level[1::2], strict=True)]
    proof = const("True.intro")
    for number in range(100):
        writer.theorem(f"goal._proof_{number}", const("True"), level[0])
        proof = app(proof, const(f"goal._proof_{number}"))
    writer.theorem("goal", const("True"), proof)
    judgement = judge.judge(writer.module(), reference_for(const("True")), TARGET)
    assert (judgement.finding, judgement.reason) == (Finding.MALFORMED, "the constants share too much")


def test_an_auxiliary_in_the_statement_must_be_the_references(judge):
    # theorem goal : goal._f, where goal._f is False in the reference and True in the submission
    def module(meaning: object, proof: object) -> bytes:
        return written(const("goal._f"), proof, goal___f=(Kind.DEFINITION, PROP, meaning))

    reference = module(FALSE, const("placeholder"))
    judgement = judge.judge(module(const("True"), const("True.intro")), reference, TARGET)
    assert (judgement.finding, judgement.reason) == (Finding.STATEMENT, "goal._f in the statement is something else")
    assert judge.judge(module(FALSE, const("True.intro")), reference, TARGET).finding is Finding.REFUSED
    true = module(const("True"), const("True.intro"))
    assert judge.judge(true, module(const("True"), const("placeholder")), TARGET).finding is Finding.PROVED


@pytest.mark.parametrize("imports", [(), ("Evil",), ("Init", "Evil"), ("Init.Extra",)])
def test_other_imports_are_refused(judge, reference, imports):
    writer = ModuleWriter()
    writer.theorem("goal", GOAL, GOAL_PROOF)
    assert judge.judge(writer.module(imports=imports), reference, TARGET).finding is Finding.IMPORTS


def test_a_reference_that_is_none_is_our_failure(judge, honest):
    for reference, says in ((b"", "cannot be read"), (written(), "does not state")):
        target = TARGET if not reference else ("elsewhere",)
        with pytest.raises(JudgeFailure, match=says):
            judge.judge(honest, reference, target)
    writer = ModuleWriter()
    writer.theorem("swap", GOAL, GOAL_PROOF)
    with pytest.raises(JudgeFailure, match="already has swap"):
        judge.judge(honest, writer.module(), ("swap",))


def test_a_library_that_lacks_what_the_kernel_computes_by_name_is_refused(tmp_path):
    require_lean()
    text = "\n".join(line for line in TINY_LIBRARY.splitlines() if "Nat.gcd" not in line)
    compile_module(text, tmp_path, "Init")
    with pytest.raises(ConfigError, match=r"Nat\.gcd"):
        Library(tmp_path)


def test_a_library_that_is_not_there_or_damaged_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Library(tmp_path)
    (tmp_path / "Init.olean").write_bytes(b"olean")
    with pytest.raises(ConfigError, match="build it again"):
        Library(tmp_path)


def test_the_names_of_auxiliaries_are_those_the_elaborator_makes():
    library = {("List", "append"), ("swap",)}
    made = ["goal._proof_1", "goal.match_1", "goal.match_1_1", "goal._f", "goal.match_1.eq_1", "goal.match_1.splitter"]
    made += ["List.append.eq_1", "List.append.match_1.eq_2", "swap._simp_1", "goal._simp_1_2", "List.append.eq_def"]
    for name in made:
        assert is_auxiliary(tuple(name.split(".")), TARGET, library), name
        assert is_auxiliary(("_private", "Proof", 0, *name.split(".")), TARGET, library), name
    for name in [
        "goal",
        "goal.lemma",
        "match_1",
        "goals.match_1",
        "List.match_1",
        "goal.match_1.lemma",
        "swap",
        "x._f",
        "goal.match_\u0661",
    ]:
        assert not is_auxiliary(tuple(name.split(".")), TARGET, library), name


# a few of them each time, thousands of them in CI
ROUNDS = [150, pytest.param(2000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_proof_with_changed_bytes_is_proved_only_if_it_says_the_same(judge, honest, reference, rounds):
    rng, terms = random.Random(1), Terms()
    wanted = read_module(reference, terms).constants[TARGET].type
    found: Counter[Finding] = Counter()
    for _ in range(rounds):
        mutant = bytearray(honest)
        for _ in range(rng.choice((1, 1, 1, 4))):
            where = rng.randrange(len(mutant))
            mutant[where] = rng.choice((mutant[where] ^ 1 << rng.randrange(8), rng.randrange(256)))
        judgement = judge.judge(bytes(mutant), reference, TARGET)
        found[judgement.finding] += 1
        if judgement.finding is Finding.PROVED:
            assert read_module(bytes(mutant), terms).constants[TARGET].type == wanted
    # many bytes mean nothing to the kernel: caches, hashes, names of binders, what extensions store
    assert found[Finding.MALFORMED] > rounds / 20 and found[Finding.PROVED] > rounds / 20


@pytest.mark.parametrize("rounds", ROUNDS)
def test_pointers_that_lead_elsewhere_make_no_other_statement(judge, honest, reference, rounds):
    rng, terms = random.Random(2), Terms()
    wanted = read_module(reference, terms).constants[TARGET].type
    words = [int.from_bytes(honest[at : at + 8], "little") for at in range(0, len(honest), 8)]
    base = words[10]
    places = [at for at, word in enumerate(words) if at > 10 and base < word < base + len(honest)]
    found: Counter[Finding] = Counter()
    for _ in range(rounds):
        at, other = rng.choice(places), rng.choice(places)
        mutant = honest[: 8 * at] + honest[8 * other : 8 * other + 8] + honest[8 * at + 8 :]
        judgement = judge.judge(mutant, reference, TARGET)
        found[judgement.finding] += 1
        if judgement.finding is Finding.PROVED:
            assert read_module(mutant, terms).constants[TARGET].type == wanted
    assert found[Finding.MALFORMED] > rounds / 20 and found[Finding.REFUSED] > 0
