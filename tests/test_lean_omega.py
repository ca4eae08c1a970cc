"""The library's integers compute as Python's, and `omega` proves what is true of linear arithmetic, and only that."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from lean_library import LeanMessages, library_errors, library_messages
from lean_modules import require_lean

pytestmark = pytest.mark.lean

CORPUS = Path(__file__).parent / "corpus" / "lean_omega.lean"


@pytest.fixture(autouse=True)
def lean() -> None:
    require_lean()


# --------------------------------------------------------------------------------------------------------------------
# Integers
# --------------------------------------------------------------------------------------------------------------------


def euclidean(a: int, b: int) -> tuple[int, int]:
    """The quotient whose remainder is from 0 to |b| - 1; by 0, the quotient 0 and the remainder `a`."""
    if b == 0:
        return 0, a
    remainder = a % abs(b)
    return (a - remainder) // b, remainder


def facts_about(a: int, b: int) -> list[str]:
    """What holds of two integers, by Python's arithmetic, as Lean writes it."""
    quotient, remainder = euclidean(a, b)
    divides = a == 0 if b == 0 else a % b == 0
    facts = [
        f"({a} : Int) + {b} = {a + b}",
        f"({a} : Int) - {b} = {a - b}",
        f"({a} : Int) * {b} = {a * b}",
        f"({a} : Int) / {b} = {quotient}",
        f"({a} : Int) % {b} = {remainder}",
        f"({a} : Int) ^ 3 = {a**3}",
        f"({a} : Int).natAbs = {abs(a)}",
        f"({a} : Int).toNat = {max(a, 0)}",
        f"({a} : Int).sign = {(a > 0) - (a < 0)}",
        f"min ({a} : Int) ({b}) = {min(a, b)}",
        f"max ({a} : Int) ({b}) = {max(a, b)}",
    ]
    for holds, fact in [
        (a <= b, f"({a} : Int) ≤ {b}"),
        (a < b, f"({a} : Int) < {b}"),
        (a == b, f"({a} : Int) = {b}"),
        (divides, f"({b} : Int) ∣ {a}"),
    ]:
        facts.append(fact if holds else f"¬({fact})")
    return facts


def test_integers_compute_as_in_python(tmp_path: Path) -> None:
    source = random.Random("integers")
    pairs = [(a, b) for a in (-7, -1, 0, 6) for b in (-3, 0, 2)]
    pairs += [(source.randint(-(10**30), 10**30), source.randint(-(10**12), 10**12)) for _ in range(4)]
    facts = [fact for a, b in pairs for fact in facts_about(a, b)]
    assert library_errors("\n".join(f"example : {fact} := by decide +kernel" for fact in facts), tmp_path) == {}


# Each is wrong by one, by the sign, or by another rounding: -7 / 2 is -4, remainder 1; 7 / -2 is -3, remainder 1.
WRONG = [
    "(-7 : Int) / 2 = -3",
    "(-7 : Int) % 2 = -1",
    "(7 : Int) / -2 = -4",
    "(7 : Int) % -2 = -1",
    "(3 : Int) - 5 = 2",
    "(3 : Int) - 5 = 0",
    "(-2 : Int) * -3 = -6",
    "(-1 : Int) = 1",
    "(2 : Int) < 2",
    "(0 : Int) ≤ -1",
    "(0 : Int) ∣ 1",
    "(3 : Int) ∣ -7",
]


def test_wrong_values_of_integers_are_refused(tmp_path: Path) -> None:
    text = "\n".join(f"example : {claim} := by decide +kernel" for claim in WRONG)
    assert sorted(library_errors(text, tmp_path)) == list(range(1, len(WRONG) + 1))


def test_a_natural_number_is_read_as_an_integer_and_shown_with_an_arrow(tmp_path: Path) -> None:
    text = "example (n m : Nat) : ((n + m : Nat) : Int) = n + m := rfl\nexample (n : Nat) : (n : Int) < 3 := by skip"
    assert "unsolved goals\nn : Nat\n⊢ ↑n < 3" in library_errors(text, tmp_path)[2]


# --------------------------------------------------------------------------------------------------------------------
# omega
# --------------------------------------------------------------------------------------------------------------------


def sections() -> dict[str, tuple[int, int]]:
    """The headings of the corpus, each with its first and last line."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    starts = [(at, match[1]) for at, line in enumerate(lines, 1) if (match := re.match(r"/-! ### (.*) -/", line))]
    ends = [at - 1 for at, _ in starts[1:]] + [len(lines)]
    return {name: (at, end) for (at, name), end in zip(starts, ends, strict=True)}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> LeanMessages:
    """What Lean says of the corpus, with the axioms of each theorem asked for behind it."""
    require_lean()
    text = CORPUS.read_text(encoding="utf-8")
    asked = "\n".join(f"#print axioms {name}" for name in theorems())
    return library_messages(text + asked, tmp_path_factory.mktemp("omega"))


def theorems() -> list[str]:
    return re.findall(r"(?m)^theorem (\S+)", CORPUS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sections())
def test_omega_understands(name: str, corpus: LeanMessages) -> None:
    first, last = sections()[name]
    assert {line: message for line, message in corpus["error"].items() if first <= line <= last} == {}


def test_proofs_by_omega_rest_on_the_usual_axioms_only(corpus: LeanMessages) -> None:
    answers = [message for message in corpus["information"].values() if "axiom" in message]
    assert len(answers) == len(theorems())
    named = {name for answer in answers for name in re.findall(r"[\w.]+", answer.partition("axioms: ")[2])}
    assert named == {"propext", "Classical.choice", "Quot.sound"}


# Each fails for the values behind it (or is not linear, where nothing is).
FALSE = [
    "(a b : Nat) (h : a ≤ b) : a < b",  # 0, 0
    "(a b : Nat) : a - b + b = a",  # 0, 1
    "(a : Nat) : a / 2 * 2 = a",  # 1
    "(a b : Int) (h : 2 * a = 3 * b) : a = 3",  # 0, 0
    "(a b : Nat) (h : a < b ∨ b < a) : a < b",  # 1, 0
    "(a b c : Nat) (h : a < b) : a < c",  # 0, 1, 0
    ": (3 : Nat) < 2",
    "(x : Int) : x < x + 0",  # 0
    "(n : Nat) : n % 3 < 2",  # 2
    "(x : Int) : x / 2 + x / 2 = x",  # 1
    "(x : Int) : 0 ≤ x % 3 - 1",  # 0
    "(x : Int) : x.natAbs = x",  # -1
    "(a b : Nat) : ((a - b : Nat) : Int) = (a : Int) - b",  # 0, 1
    "(a b : Nat) (h : a ∣ b) : a ≤ b",  # 1, 0
    "(p : Prop) : p",
    "(a b : Nat) : a * b = b * a",  # true, but beyond linear arithmetic
]


def test_omega_refuses_what_is_false_or_not_linear(tmp_path: Path) -> None:
    text = "\n".join(f"example {claim} := by omega" for claim in FALSE)
    found = library_errors(text, tmp_path)
    assert sorted(found) == list(range(1, len(FALSE) + 1))
    assert all("omega could not prove the goal" in message for message in found.values())


def linear(source: random.Random) -> tuple[list[int], int]:
    """Coefficients of three unknowns and a bound: their sum is to be at least the bound."""
    return [source.randint(-4, 4) for _ in "xyz"], source.randint(-9, 9)


def test_what_omega_refutes_has_no_solution_among_small_numbers(tmp_path: Path) -> None:
    # Bounds and four random inequalities over three unknowns in -3 .. 3; every claim is that they contradict
    # each other. All 343 points are tried here.
    source = random.Random("omega")
    points = [(x, y, z) for x in range(-3, 4) for y in range(-3, 4) for z in range(-3, 4)]
    lines, solvable = [], set()
    for number in range(1, 41):
        rows = [linear(source) for _ in range(4)]
        if any(all(sum(map(int.__mul__, c, p)) >= bound for c, bound in rows) for p in points):
            solvable.add(number)
        facts = [f"{c[0]} * x + {c[1]} * y + {c[2]} * z ≥ {bound}" for c, bound in rows]
        facts += [f"-3 ≤ {name} ∧ {name} ≤ 3" for name in "xyz"]
        premises = " ".join(f"(_ : {fact})" for fact in facts)
        lines.append(f"example (x y z : Int) {premises} : False := by omega")
    refused = set(library_errors("\n".join(lines), tmp_path))
    assert 10 < len(solvable) < 30  # both kinds are drawn
    assert solvable <= refused
    # omega leaves out some last cases of integer programming (its shadows are the exact ones only), but few here
    assert len(refused - solvable) <= 2
