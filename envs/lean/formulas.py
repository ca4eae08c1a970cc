"""Random statements of logic and order: tautologies and their false twins, premises to pick from, chains to follow.

Each comes with a proof that is right by the way it was made: a tautology by the cases of its atoms, a chain by the path
through it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from envs.core import VerifierError

ATOMS = ("p", "q", "r", "s", "t", "u", "v")
VARIABLES = ("a", "b", "c", "d", "x", "y", "z", "k", "m", "n")
_SIGNS = {"and": "∧", "or": "∨", "imp": "→", "iff": "↔"}
_STRENGTH = {"iff": 20, "imp": 25, "or": 30, "and": 35, "not": 40, "atom": 100}
_TRIES = 20_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement that was made up, with its proof."""

    signature: str
    gold: str | None
    """None: the statement is false."""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of propositional logic."""

    kind: str
    """`atom`, `not`, `and`, `or`, `imp` or `iff`."""
    parts: tuple[Formula, ...] = ()
    atom: int = 0

    def __str__(self) -> str:
        if self.kind == "atom":
            return ATOMS[self.atom]
        strength = _STRENGTH[self.kind]
        if self.kind == "not":
            return f"¬{self._inside(self.parts[0], strength)}"
        left, right = self.parts
        looser = strength + 1  # `→` goes to the right, `∧` and `∨` too, `↔` to neither side
        after = looser if self.kind == "iff" else strength
        return f"{self._inside(left, looser)} {_SIGNS[self.kind]} {self._inside(right, after)}"

    @staticmethod
    def _inside(part: Formula, least: int) -> str:
        return str(part) if _STRENGTH[part.kind] >= least else f"({part})"

    def atoms(self) -> set[int]:
        """Return the atoms that occur."""
        if self.kind == "atom":
            return {self.atom}
        return set().union(*(part.atoms() for part in self.parts))

    def holds(self, values: tuple[bool, ...]) -> bool:
        """Return the truth value under values of the atoms."""
        if self.kind == "atom":
            return values[self.atom]
        truths = [part.holds(values) for part in self.parts]
        if self.kind == "not":
            return not truths[0]
        left, right = truths
        return {"and": left and right, "or": left or right, "imp": not left or right, "iff": left == right}[self.kind]


def assignments(atoms: int) -> list[tuple[bool, ...]]:
    """Return all values of some atoms."""
    return [tuple(bool(row >> atom & 1) for atom in range(atoms)) for row in range(2**atoms)]


def counterexample(formula: Formula, atoms: int) -> tuple[bool, ...] | None:
    """Return values under which a formula fails, or None for a tautology."""
    return next((values for values in assignments(atoms) if not formula.holds(values)), None)


def random_formula(rng: np.random.Generator, atoms: int, depth: int) -> Formula:
    """Return a formula in which no branch is deeper than `depth`."""
    if depth == 0 or rng.random() < 0.2:
        return Formula("atom", atom=int(rng.integers(atoms)))
    if rng.random() < 0.2:
        return Formula("not", (random_formula(rng, atoms, depth - 1),))
    kind = ("and", "or", "imp", "iff")[int(rng.choice(4, p=(0.3, 0.3, 0.3, 0.1)))]
    return Formula(kind, (random_formula(rng, atoms, depth - 1), random_formula(rng, atoms, depth - 1)))


def random_tautology(rng: np.random.Generator, atoms: int, depth: int) -> Formula:
    """Return a tautology `A → B` or `A ↔ B` in all of the atoms whose sides are neither equal nor always true or false.

    Raises:
        VerifierError: None was found, which these sizes do not explain.
    """
    rows = assignments(atoms)
    for _ in range(_TRIES):
        kind = "iff" if rng.random() < 0.25 else "imp"
        left, right = (random_formula(rng, atoms, depth) for _ in range(2))
        formula = Formula(kind, (left, right))
        if left == right or len(formula.atoms()) < atoms:
            continue
        sides = [[side.holds(row) for row in rows] for side in (left, right)]
        settled = any(all(side) or not any(side) for side in sides)
        if not settled and counterexample(formula, atoms) is None:
            return formula
    raise VerifierError(f"found no tautology in {atoms} atoms of depth {depth}")


def mutated(rng: np.random.Generator, formula: Formula, atoms: int) -> Formula:
    """Return a formula with one connective, atom or negation changed somewhere."""
    if formula.kind != "atom" and rng.random() < 0.7:
        index = int(rng.integers(len(formula.parts)))
        parts = list(formula.parts)
        parts[index] = mutated(rng, parts[index], atoms)
        return Formula(formula.kind, tuple(parts))
    if formula.kind == "atom":
        other = Formula("atom", atom=int(rng.integers(atoms)))
        return Formula("not", (formula,)) if other == formula else other
    if formula.kind == "not":
        return formula.parts[0]
    kinds = [kind for kind in _SIGNS if kind != formula.kind]
    return Formula(kinds[int(rng.integers(len(kinds)))], formula.parts)


def false_formula(rng: np.random.Generator, atoms: int, depth: int) -> tuple[Formula, tuple[bool, ...]]:
    """Return a formula that is a tautology but for one change, and values under which it fails.

    Raises:
        VerifierError: None was found.
    """
    for _ in range(_TRIES):
        twin = mutated(rng, random_tautology(rng, atoms, depth), atoms)
        values = counterexample(twin, atoms)
        if values is not None and len(twin.atoms()) == atoms:
            return twin, values
    raise VerifierError(f"found no false formula in {atoms} atoms of depth {depth}")


_SIZES = {1: (2, 1), 2: (2, 2), 3: (3, 2), 4: (3, 3), 5: (4, 3)}
"""Atoms and depth of each side, by level."""


def tautology(rng: np.random.Generator, level: int) -> Drawn:
    """Return a tautology, proved by the cases of its atoms."""
    atoms, depth = _SIZES[level]
    formula = random_tautology(rng, atoms, depth)
    names = ATOMS[:atoms]
    cases = " <;> ".join(f"by_cases h{name} : {name}" for name in names)
    gold = f"{cases} <;> simp [{', '.join(f'h{name}' for name in names)}]"
    return Drawn(f"({' '.join(names)} : Prop) : {formula}", gold)


def false_tautology(rng: np.random.Generator, level: int) -> Drawn:
    """Return a false twin of a tautology."""
    atoms, depth = _SIZES[level]
    formula, _ = false_formula(rng, atoms, depth)
    return Drawn(f"({' '.join(ATOMS[:atoms])} : Prop) : {formula}", None)


def refuted_formula(rng: np.random.Generator, level: int) -> Drawn:
    """Return the statement that a false twin is no law, proved by values under which it fails."""
    atoms, depth = _SIZES[level]
    formula, values = false_formula(rng, atoms, depth)
    arguments = " ".join("True" if value else "False" for value in values)
    gold = f"intro h\nexact absurd (h {arguments}) (by decide)"
    return Drawn(f": ¬∀ {' '.join(ATOMS[:atoms])} : Prop, {formula}", gold)


def premise(rng: np.random.Generator, level: int) -> Drawn:
    """Return a conclusion that is one of some premises, which grow in number and size with the level."""
    atoms = 2 + level
    count = 2 + level
    formulas: list[Formula] = []
    while len(formulas) < count:
        formula = random_formula(rng, atoms, (level + 1) // 2)
        if formula not in formulas:
            formulas.append(formula)
    chosen = int(rng.integers(count))
    used = sorted(set().union(*(formula.atoms() for formula in formulas)))
    binders = " ".join(f"(h{index} : {formula})" for index, formula in enumerate(formulas, start=1))
    names = " ".join(ATOMS[atom] for atom in used)
    return Drawn(f"({names} : Prop) {binders} : {formulas[chosen]}", f"exact h{chosen + 1}")


def _path(rng: np.random.Generator, level: int, names: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what a chain of `level` steps runs through, and its steps and one fewer beside it, in a random order."""
    order = [names[int(index)] for index in rng.permutation(len(names))]
    chain, aside = order[: level + 1], order[level + 1 : 2 * level]
    steps = list(itertools.pairwise(chain))
    steps += [(chain[int(rng.integers(1, len(chain)))], other) for other in aside]
    return chain, [steps[int(index)] for index in rng.permutation(len(steps))]


def _premises(statements: list[str]) -> str:
    return " ".join(f"(h{index} : {statement})" for index, statement in enumerate(statements, start=1))


def implication_chain(rng: np.random.Generator, level: int) -> Drawn:
    """Return a conclusion that implications lead to, with others that lead astray."""
    chain, steps = _path(rng, level, ATOMS)
    proof = "h0"
    for step in itertools.pairwise(chain):
        proof = f"h{steps.index(step) + 1} {proof if proof == 'h0' else f'({proof})'}"
    names = " ".join(sorted({name for step in steps for name in step}))
    premises = _premises([f"{left} → {right}" for left, right in steps])
    return Drawn(f"({names} : Prop) (h0 : {chain[0]}) {premises} : {chain[-1]}", f"exact {proof}")


def equation_chain(rng: np.random.Generator, level: int) -> Drawn:
    """Return an equation that follows from others, some of them written the other way around."""
    chain, steps = _path(rng, level, VARIABLES)
    turned = [bool(rng.random() < 0.5) for _ in steps]
    statements = [f"{b} = {a}" if turn else f"{a} = {b}" for (a, b), turn in zip(steps, turned, strict=True)]
    proof = ""
    for step in itertools.pairwise(chain):
        index = steps.index(step)
        link = f"h{index + 1}.symm" if turned[index] else f"h{index + 1}"
        proof = f"({proof}).trans {link}" if " " in proof else f"{proof}.trans {link}" if proof else link
    names = " ".join(sorted({name for step in steps for name in step}))
    return Drawn(f"({names} : Nat) {_premises(statements)} : {chain[0]} = {chain[-1]}", f"exact {proof}")


_COMPOSED = {
    ("≤", "≤"): ("≤", "Nat.le_trans"),
    ("≤", "<"): ("<", "Nat.lt_of_le_of_lt"),
    ("<", "≤"): ("<", "Nat.lt_of_lt_of_le"),
    ("<", "<"): ("<", "Nat.lt_trans"),
}


def order_chain(rng: np.random.Generator, level: int) -> Drawn:
    """Return a comparison that follows from others."""
    chain, steps = _path(rng, level, VARIABLES)
    signs = [("≤", "<", "=")[int(rng.integers(3))] for _ in steps]
    statements = [f"{a} {sign} {b}" for (a, b), sign in zip(steps, signs, strict=True)]
    sign, proof = "", ""
    for step in itertools.pairwise(chain):
        index = steps.index(step)
        link_sign, link = signs[index], f"h{index + 1}"
        if link_sign == "=":
            link_sign, link = "≤", f"(Nat.le_of_eq {link})"
        if proof:
            sign, lemma = _COMPOSED[sign, link_sign]
            proof = f"{lemma} {f'({proof})' if ' ' in proof and proof[0] != '(' else proof} {link}"
        else:
            sign, proof = link_sign, link
    names = " ".join(sorted({name for step in steps for name in step}))
    return Drawn(f"({names} : Nat) {_premises(statements)} : {chain[0]} {sign} {chain[-1]}", f"exact {proof}")
