"""Random identities of numbers and lists, facts to compute, and functions by recursion, each with its proof.

An identity is an expression and the same expression after random steps that keep its value; the proof brings both sides
to one form, whatever the steps were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from envs.core import VerifierError
from envs.lean.formulas import Drawn

_TRIES = 2000
_NUMBERS = ("a", "b", "c", "d")
_LISTS = ("xs", "ys", "zs")
_MAPS = ("f", "g")


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum, a product, or a program over lists; a leaf is a variable or a constant."""

    kind: str
    """`leaf`, `add`, `mul`, `append`, `reverse` or `map`."""
    parts: tuple[Expression, ...] = ()
    name: str = ""
    """Of a leaf, or the function of a map."""

    def __str__(self) -> str:
        if self.kind == "leaf":
            return self.name
        if self.kind == "reverse":
            return f"{_dotted(self.parts[0])}.reverse"
        if self.kind == "map":
            return f"{_dotted(self.parts[0])}.map {self.name}"
        sign = {"add": "+", "mul": "*", "append": "++"}[self.kind]
        left, right = self.parts
        return f"{_beside(left, self.kind, first=True)} {sign} {_beside(right, self.kind, first=False)}"


def _dotted(part: Expression) -> str:
    return str(part) if (part.kind == "leaf" and part.name != "[]") or part.kind == "reverse" else f"({part})"


def _beside(part: Expression, kind: str, *, first: bool) -> str:
    """Return an operand; sums and products lean to the left, `++` is always bracketed within another."""
    bare = part.kind == "leaf" or part.kind in ("reverse", "map")
    bare = bare or (part.kind == "mul" and kind == "add") or (part.kind == kind and first and kind != "append")
    return str(part) if bare else f"({part})"


def _leaf(name: str) -> Expression:
    return Expression("leaf", name=name)


def _names(expression: Expression, known: Sequence[str]) -> list[str]:
    found = _all_names(expression)
    return [name for name in known if name in found]


def _all_names(expression: Expression) -> set[str]:
    return {expression.name}.union(*(_all_names(part) for part in expression.parts))


def _pick(rng: np.random.Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


Step = Callable[[np.random.Generator, Expression], Expression | None]
"""What turns an expression into one of the same value, or None where it does not apply."""


def _somewhere(rng: np.random.Generator, expression: Expression, steps: Sequence[Step]) -> Expression:
    """Return an expression after one of the steps at a random place in it."""
    if expression.parts and rng.random() < 0.6:
        index = int(rng.integers(len(expression.parts)))
        parts = list(expression.parts)
        parts[index] = _somewhere(rng, parts[index], steps)
        return Expression(expression.kind, tuple(parts), expression.name)
    changed = steps[int(rng.integers(len(steps)))](rng, expression)
    return expression if changed is None else changed


def _scrambled(
    rng: np.random.Generator, make: Callable[[], Expression], steps: Sequence[Step], count: int
) -> tuple[Expression, Expression]:
    """Return a made-up expression and another of the same value, about `count` steps away.

    Raises:
        VerifierError: The steps lead nowhere.
    """
    for _ in range(_TRIES):
        first = other = make()
        for _ in range(count):
            other = _somewhere(rng, other, steps)
        if other != first:
            return first, other
    raise VerifierError("no step applies to any expression that is made up")


# numbers


def _number(rng: np.random.Generator, leaves: int, kinds: Sequence[str]) -> Expression:
    if leaves == 1:
        return _leaf(_pick(rng, _NUMBERS))
    left = int(rng.integers(1, leaves))
    return Expression(_pick(rng, kinds), (_number(rng, left, kinds), _number(rng, leaves - left, kinds)))


def _commute(rng: np.random.Generator, at: Expression) -> Expression | None:
    return Expression(at.kind, at.parts[::-1]) if at.kind in ("add", "mul") else None


def _associate(rng: np.random.Generator, at: Expression) -> Expression | None:
    if at.kind not in ("add", "mul", "append"):
        return None
    left, right = at.parts
    if left.kind == at.kind and (right.kind != at.kind or rng.random() < 0.5):
        return Expression(at.kind, (left.parts[0], Expression(at.kind, (left.parts[1], right))))
    if right.kind == at.kind:
        return Expression(at.kind, (Expression(at.kind, (left, right.parts[0])), right.parts[1]))
    return None


def _distribute(rng: np.random.Generator, at: Expression) -> Expression | None:
    if at.kind != "mul":
        return None
    left, right = at.parts
    if right.kind == "add":
        return Expression("add", tuple(Expression("mul", (left, part)) for part in right.parts))
    if left.kind == "add":
        return Expression("add", tuple(Expression("mul", (part, right)) for part in left.parts))
    return None


def _unit(rng: np.random.Generator, at: Expression) -> Expression | None:
    if at.kind not in ("leaf", "add", "mul"):
        return None
    unit, kind = (_leaf("0"), "add") if rng.random() < 0.5 else (_leaf("1"), "mul")
    return Expression(kind, (at, unit) if rng.random() < 0.5 else (unit, at))


_NUMBER_SIZES: dict[int, tuple[int, tuple[str, ...], tuple[Step, ...], int]] = {
    1: (2, ("add", "mul"), (_commute, _unit), 1),
    2: (3, ("add",), (_commute, _associate), 2),
    3: (4, ("add", "mul"), (_commute, _associate, _unit), 4),
    4: (4, ("add", "mul", "mul"), (_commute, _associate, _distribute), 5),
    5: (6, ("add", "mul", "mul"), (_commute, _associate, _distribute, _unit), 8),
}
"""By level: leaves, operations, steps and how many of them."""

_NUMBER_LEMMAS = (
    "Nat.mul_add, Nat.add_mul, Nat.add_zero, Nat.zero_add, Nat.mul_one, Nat.one_mul, Nat.mul_zero, Nat.zero_mul, "
    "Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc"
)


def number_identity(rng: np.random.Generator, level: int) -> Drawn:
    """Return an identity of sums and products, proved by bringing both sides to one form."""
    leaves, kinds, steps, count = _NUMBER_SIZES[level]
    left, right = _scrambled(rng, lambda: _number(rng, leaves, kinds), steps, count)
    names = " ".join(_names(left, _NUMBERS))
    return Drawn(f"({names} : Nat) : {left} = {right}", f"simp only [{_NUMBER_LEMMAS}]")


def _value(expression: Expression, values: dict[str, int]) -> int:
    if expression.kind == "leaf":
        return values[expression.name] if expression.name in values else int(expression.name)
    left, right = (_value(part, values) for part in expression.parts)
    return left + right if expression.kind == "add" else left * right


def _broken(rng: np.random.Generator, expression: Expression) -> Expression:
    """Return an expression with a leaf or an operation changed."""
    if expression.kind == "leaf":
        return _leaf(_pick(rng, _NUMBERS))
    if rng.random() < 0.6:
        index = int(rng.integers(2))
        parts = list(expression.parts)
        parts[index] = _broken(rng, parts[index])
        return Expression(expression.kind, tuple(parts))
    return Expression("mul" if expression.kind == "add" else "add", expression.parts)


def _false_identity(rng: np.random.Generator, level: int) -> tuple[list[str], str, list[int]]:
    """Return the variables of an identity with one side broken, the identity, and values for which it fails.

    Raises:
        VerifierError: None was found.
    """
    leaves, kinds, steps, count = _NUMBER_SIZES[level]
    for _ in range(_TRIES):
        left, right = _scrambled(rng, lambda: _number(rng, leaves, kinds), steps, count)
        right = _broken(rng, right)
        names = [name for name in _NUMBERS if name in _all_names(left) | _all_names(right)]
        values = [int(value) for value in rng.integers(0, 4, size=len(names))]
        given = dict(zip(names, values, strict=True))
        if names and _value(left, given) != _value(right, given):
            return names, f"{left} = {right}", values
    raise VerifierError(f"found no false identity of level {level}")


def false_identity(rng: np.random.Generator, level: int) -> Drawn:
    """Return an identity of numbers that does not hold."""
    names, equation, _ = _false_identity(rng, level)
    return Drawn(f"({' '.join(names)} : Nat) : {equation}", None)


def refuted_identity(rng: np.random.Generator, level: int) -> Drawn:
    """Return the statement that an identity is no law, proved by numbers for which it fails."""
    names, equation, values = _false_identity(rng, level)
    gold = f"intro h\nexact absurd (h {' '.join(map(str, values))}) (by decide)"
    return Drawn(f": ¬∀ {' '.join(names)} : Nat, {equation}", gold)


def recursion(rng: np.random.Generator, level: int) -> Drawn:
    """Return a closed form of a function by recursion with random constants, proved by induction."""
    first, step = int(rng.integers(0, 20)), int(rng.integers(3, 20))
    shape = int(rng.integers(level - 1))
    rule, claim, close = (
        (f"f n + {step}", f"f n = {first} + n * {step}", "rw [ih, Nat.add_mul, Nat.one_mul, Nat.add_assoc]"),
        (f"f n + {step}", f"f n = n * {step} + {first}", "rw [ih, Nat.add_mul, Nat.one_mul, Nat.add_right_comm]"),
        (f"f n * {step}", f"f n = {first} * {step} ^ n", "rw [ih, Nat.mul_assoc]"),
        (
            f"f n + {step} * (n + 1)",
            f"2 * f n = {step} * (n * (n + 1))",
            f"rw [Nat.mul_add 2 (f n) ({step} * (n + 1)), ih, Nat.mul_left_comm 2 {step} (n + 1),\n"
            f"    ← Nat.mul_add {step}, ← Nat.add_mul n 2 (n + 1), Nat.mul_comm (n + 2) (n + 1)]",
        ),
    )[shape]
    start = 0 if shape == 3 else first
    after = (
        f"f n + {step} = {first} + (n + 1) * {step}",
        f"f n + {step} = (n + 1) * {step} + {first}",
        f"f n * {step} = {first} * ({step} ^ n * {step})",
        f"2 * (f n + {step} * (n + 1)) = {step} * ((n + 1) * (n + 2))",
    )[shape]
    header = f"def f : Nat → Nat\n  | 0 => {start}\n  | n + 1 => {rule}"
    gold = f"induction n with\n| zero => rfl\n| succ n ih =>\n  show {after}\n  {close}"
    return Drawn(f"(n : Nat) : {claim}", gold, header)


# facts


def fact(rng: np.random.Generator, level: int) -> Drawn:
    """Return a fact about numbers that grow with the level, or a number to find, proved by computing."""
    top = (10, 30, 100, 300, 1000)[level - 1]
    a, b, c = (int(value) for value in rng.integers(2, top, size=3))
    shape = int(rng.integers(6))
    if shape == 4:
        return Drawn(f": ∃ n, n * {a} + {c} = {b * a + c}", f"exact ⟨{b}, rfl⟩")
    if shape == 5:
        return Drawn(f": {a} ∣ {a * b}", f"exact ⟨{b}, rfl⟩")
    return Drawn(
        (
            f": {a} * {b} + {c} = {a * b + c}",
            f": {a * b + c} % {b} = {c % b}",
            f": {min(a, b)} < {max(a, b) + 1} ∧ {a} * {c} ≠ {a * c + 1}",
            f": Nat.gcd {a * c} {b * c} = {int(np.gcd(a, b)) * c}",
        )[shape],
        "decide",
    )


# lists


def _program(rng: np.random.Generator, size: int, maps: Sequence[str]) -> Expression:
    if size == 0:
        return _leaf(_pick(rng, _LISTS))
    kind = _pick(rng, ("append", "append", "reverse", "map") if maps else ("append", "append", "reverse"))
    if kind == "append":
        left = int(rng.integers(size))
        return Expression(kind, (_program(rng, left, maps), _program(rng, size - 1 - left, maps)))
    return Expression(kind, (_program(rng, size - 1, maps),), _pick(rng, maps) if kind == "map" else "")


def _push(rng: np.random.Generator, at: Expression) -> Expression | None:
    """Take `reverse` or `map` past what is below it."""
    if at.kind not in ("reverse", "map"):
        return None
    below = at.parts[0]
    if below.kind == "append":
        parts = tuple(Expression(at.kind, (part,), at.name) for part in below.parts)
        return Expression("append", parts[::-1] if at.kind == "reverse" else parts)
    if at.kind == "reverse" and below.kind == "reverse":
        return below.parts[0]
    if {at.kind, below.kind} == {"reverse", "map"}:
        return Expression(below.kind, (Expression(at.kind, below.parts, at.name),), below.name)
    return None


def _reverse_twice(rng: np.random.Generator, at: Expression) -> Expression | None:
    return Expression("reverse", (Expression("reverse", (at,)),))


def _append_nothing(rng: np.random.Generator, at: Expression) -> Expression | None:
    return Expression("append", (at, _leaf("[]")) if rng.random() < 0.5 else (_leaf("[]"), at))


_LIST_LEMMAS = (
    "List.map_append, List.map_reverse, List.map_nil, List.reverse_append, List.reverse_reverse, List.reverse_nil, "
    "List.append_assoc, List.append_nil, List.nil_append"
)
_LENGTH_LEMMAS = (
    "List.length_append, List.length_map, List.length_reverse, List.length_nil, Nat.add_zero, Nat.zero_add, "
    "Nat.add_comm, Nat.add_left_comm, Nat.add_assoc"
)


def list_identity(rng: np.random.Generator, level: int) -> Drawn:
    """Return an identity of programs over lists, proved by bringing both sides to one form."""
    maps = _MAPS[: level // 2]
    steps: tuple[Step, ...] = (_push, _push, _associate, _reverse_twice, _append_nothing)
    program, right = _scrambled(rng, lambda: _program(rng, 1 + level, maps), steps, 1 + level)
    return Drawn(f"{_list_binders(program)} : {program} = {right}", f"simp only [{_LIST_LEMMAS}]")


def length_identity(rng: np.random.Generator, level: int) -> Drawn:
    """Return an equation of lengths of programs whose lists stand in another order."""

    def exchange(rng: np.random.Generator, at: Expression) -> Expression | None:
        return Expression("append", at.parts[::-1]) if at.kind == "append" else None

    def drop(rng: np.random.Generator, at: Expression) -> Expression | None:
        return at.parts[0] if at.kind in ("reverse", "map") else None

    def make() -> Expression:
        return Expression("append", (_program(rng, level, _MAPS[:1]), _program(rng, 0, ())))

    steps: tuple[Step, ...] = (exchange, drop, _associate, _reverse_twice, _append_nothing)
    program, right = _scrambled(rng, make, steps, 1 + level)
    return Drawn(f"{_list_binders(program)} : ({program}).length = ({right}).length", f"simp only [{_LENGTH_LEMMAS}]")


def _list_binders(program: Expression) -> str:
    maps = _names(program, _MAPS)
    functions = f"({' '.join(maps)} : Nat → Nat) " if maps else ""
    return f"{functions}({' '.join(_names(program, _LISTS))} : List Nat)"
