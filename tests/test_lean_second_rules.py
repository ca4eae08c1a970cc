"""Each rule of the second kernel, by terms written by hand; Lean's kernel is asked the same, and must agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lean_modules import LEVEL_0, LEVEL_1, PROP, app, const
from lean_second import Kernels, both_kernels, theorem

from envs.lean.kernel import Outcome
from envs.lean.terms import BVAR, IMAX, LAM, LET, MAX, NAT, PARAM, PI, PROJ, SORT, STR, SUCC

pytestmark = pytest.mark.lean

TYPE = (SORT, LEVEL_1)
NATURAL, STRING, BOOLEAN, TRUE, FALSE = (const(name) for name in ("Nat", "String", "Bool", "True", "False"))
UNIT = const("PUnit", LEVEL_1)
FUNCTION = (PI, NATURAL, NATURAL)
U, V = (PARAM, ("u",)), (PARAM, ("v",))
PAIR = app(const("Prod", LEVEL_0, LEVEL_0), NATURAL, NATURAL)


def var(index: int) -> Any:
    return (BVAR, index)


def nat(value: int) -> Any:
    return (NAT, value)


def pi(*parts: Any) -> Any:
    """Binders' types, and the body."""
    *domains, result = parts
    for domain in reversed(domains):
        result = (PI, domain, result)
    return result


def fun(*parts: Any) -> Any:
    *domains, result = parts
    for domain in reversed(domains):
        result = (LAM, domain, result)
    return result


def eq(type_: Any, left: Any, right: Any, level: Any = LEVEL_1) -> Any:
    return app(const("Eq", level), type_, left, right)


def refl(type_: Any, value: Any, level: Any = LEVEL_1) -> Any:
    return app(const("Eq.refl", level), type_, value)


def same(type_: Any, left: Any, right: Any, *binders: Any, level: Any = LEVEL_1) -> tuple[Any, Any]:
    """A theorem that under some binders both sides are equal, by computation alone."""
    return pi(*binders, eq(type_, left, right, level)), fun(*binders, refl(type_, left, level))


def same_sort(left: Any, right: Any) -> tuple[Any, ...]:
    """A theorem that two sorts are the same, for all u and v."""
    level = (SUCC, left)
    return *same((SORT, level), (SORT, left), (SORT, right), level=(SUCC, level)), ("u", "v")


def call(name: str, *arguments: Any) -> Any:
    return app(const(name), *arguments)


def of_list(text: str) -> Any:
    char = const("Char")
    result = app(const("List.nil", LEVEL_0), char)
    for letter in reversed(text):
        result = app(const("List.cons", LEVEL_0), char, call("Char.ofNat", nat(ord(letter))), result)
    return call("String.ofList", result)


def first_of(value: Any) -> Any:
    return (PROJ, ("Prod",), 0, value)


def second_of(value: Any) -> Any:
    return (PROJ, ("Prod",), 1, value)


def pair(left: Any, right: Any) -> Any:
    return app(const("Prod.mk", LEVEL_0, LEVEL_0), NATURAL, NATURAL, left, right)


# Prod.rec (motive := fun _ => Nat) (fun a b => a) p
TAKEN = app(
    const("Prod.rec", LEVEL_1, LEVEL_0, LEVEL_0),
    *(NATURAL, NATURAL, fun(PAIR, NATURAL), fun(NATURAL, NATURAL, var(1)), var(0)),
)


def cast(proof: Any, left: Any, right: Any, value: Any) -> Any:
    """`value`, a number, moved along an equation of numbers."""
    under_one = var(left[1] + 1) if left[0] == BVAR else left
    motive = fun(NATURAL, eq(NATURAL, under_one, var(0)), NATURAL)
    return app(const("Eq.rec", LEVEL_1, LEVEL_1), NATURAL, left, motive, value, right, proof)


RELATION = pi(NATURAL, NATURAL, PROP)
# under the binders of r: Nat → Nat → Prop, f: Nat → Nat, h: ∀ a b, r a b → f a = f b
RESPECTS = pi(NATURAL, NATURAL, app(var(3), var(1), var(0)), eq(NATURAL, app(var(3), var(2)), app(var(3), var(1))))
QUOTIENT = app(const("Quot", LEVEL_1), NATURAL, var(2))


def lifted(element: Any, depth: int) -> Any:
    """`Quot.lift f h element`, where r, f and h are the variables from `depth` on."""
    relation, function, proof = (var(depth + place) for place in (2, 1, 0))
    return app(const("Quot.lift", LEVEL_1, LEVEL_1), NATURAL, relation, NATURAL, function, proof, element)


TRIVIAL = const("True.intro")
BOTH = call("And", TRUE, FALSE)
SOME_NUMBER = app(const("Exists", LEVEL_1), NATURAL, fun(NATURAL, TRUE))
WITNESS, ELEMENT = (PROJ, ("Exists",), 0, var(0)), (PROJ, ("Nonempty",), 0, var(0))
SOME_PROOF = app(const("Exists", LEVEL_0), TRUE, fun(TRUE, TRUE))

ACCEPTED: dict[str, tuple[Any, ...]] = {
    "two proofs of one proposition": same(var(2), var(1), var(0), PROP, var(0), var(1), level=LEVEL_0),
    "eta": same(FUNCTION, var(0), fun(NATURAL, app(var(1), var(0))), FUNCTION),
    "eta on the left": same(FUNCTION, fun(NATURAL, app(var(1), var(0))), var(0), FUNCTION),
    "beta": same(NATURAL, app(fun(NATURAL, NATURAL, var(1)), nat(1), nat(2)), nat(1)),
    "structure eta": same(PAIR, var(0), pair(first_of(var(0)), second_of(var(0))), PAIR),
    "structure eta on the left": same(PAIR, pair(first_of(var(0)), second_of(var(0))), var(0), PAIR),
    "a recursor on a structure that is no constructor": same(NATURAL, TAKEN, first_of(var(0)), PAIR),
    "a projection of a constructor": same(NATURAL, second_of(pair(nat(1), nat(2))), nat(2)),
    "types with one element": same(UNIT, var(1), var(0), UNIT, UNIT),
    "K": same(NATURAL, cast(var(0), var(1), var(1), nat(3)), nat(3), NATURAL, eq(NATURAL, var(0), var(0))),
    "K where the sides are equal by computation": same(
        NATURAL, cast(var(0), nat(2), call("Nat.succ", nat(1)), nat(3)), nat(3), eq(NATURAL, nat(2), nat(2))
    ),
    "a lifted function on a class": same(
        NATURAL,
        lifted(app(const("Quot.mk", LEVEL_1), NATURAL, var(3), var(0)), 1),
        app(var(2), var(0)),
        *(RELATION, FUNCTION, RESPECTS, NATURAL),
    ),
    "a product over any sort is a proposition if its body is": (pi((SORT, U), TRUE), fun((SORT, U), TRIVIAL), ("u",)),
    "imax with zero": same_sort((IMAX, U, LEVEL_0), LEVEL_0),
    "max in any order": same_sort((MAX, U, V), (MAX, V, U)),
    "imax of one level": same_sort((IMAX, U, U), U),
    "let": (TRUE, (LET, NATURAL, nat(3), app(fun(eq(NATURAL, var(0), nat(3)), TRIVIAL), refl(NATURAL, nat(3))))),
    "a literal and a successor": same(NATURAL, call("Nat.succ", nat(2)), nat(3)),
    "zero and its literal": same(NATURAL, const("Nat.zero"), nat(0)),
    "a successor of a variable": same(NATURAL, call("Nat.add", var(0), nat(1)), call("Nat.succ", var(0)), NATURAL),
    "a large number": same(NATURAL, call("Nat.mul", nat(2**90), nat(2**90)), nat(2**180)),
    "a literal string": same(STRING, (STR, "aé"), of_list("aé")),
    "a literal string on the right": same(STRING, of_list("aé"), (STR, "aé")),
    "the length of a string": same(NATURAL, call("String.length", (STR, "aé")), nat(2)),
    "a field of a proof that is a proof": (pi(BOTH, FALSE), fun(BOTH, (PROJ, ("And",), 1, var(0)))),
    "an existential over proofs": (pi(SOME_PROOF, TRUE), fun(SOME_PROOF, (PROJ, ("Exists",), 0, var(0)))),
}

REJECTED: dict[str, tuple[Any, ...]] = {
    "two elements of one type": same(var(2), var(1), var(0), TYPE, var(0), var(1)),
    "eta with another argument": same(FUNCTION, var(0), fun(NATURAL, app(var(1), nat(0))), FUNCTION),
    "fields in another order": same(PAIR, var(0), pair(second_of(var(0)), first_of(var(0))), PAIR),
    "two booleans": same(BOOLEAN, var(1), var(0), BOOLEAN, BOOLEAN),
    "K without equal sides": same(
        NATURAL, cast(var(0), var(2), var(1), nat(3)), nat(3), NATURAL, NATURAL, eq(NATURAL, var(1), var(0))
    ),
    "a lifted function on any element": same(
        NATURAL, lifted(var(1), 2), app(var(3), var(0)), *(RELATION, FUNCTION, RESPECTS, QUOTIENT, NATURAL)
    ),
    "max is not imax": same_sort((MAX, U, V), (IMAX, U, V)),
    "a product into a sort that may be large": (pi((SORT, U), (SORT, U)), fun((SORT, U), var(0)), ("u",)),
    "Type in Type": same(TYPE, TYPE, TYPE, level=LEVEL_1),
    "a sort in itself": (TRUE, app(fun((SORT, U), TRIVIAL), (SORT, U)), ("u",)),
    "let of another type": (TRUE, (LET, STRING, nat(3), TRIVIAL)),
    "let whose type is none": (TRUE, (LET, nat(1), nat(3), TRIVIAL)),
    "let whose value is needed and another": (
        TRUE,
        (LET, NATURAL, nat(4), app(fun(eq(NATURAL, var(0), nat(3)), TRIVIAL), refl(NATURAL, nat(3)))),
    ),
    "other literals": same(NATURAL, call("Nat.succ", nat(2)), nat(4)),
    "another string": same(STRING, (STR, "ae"), of_list("aé")),
    "another length": same(NATURAL, call("String.length", (STR, "aé")), nat(3)),
    "a number for a string": (eq(STRING, nat(1), nat(1)), refl(STRING, nat(1))),
    "the witness of an existential": same(NATURAL, WITNESS, WITNESS, SOME_NUMBER),
    "what a witness fulfils": (pi(SOME_NUMBER, TRUE), fun(SOME_NUMBER, (PROJ, ("Exists",), 1, var(0)))),
    "the element of a type that is not empty": same(
        NATURAL, ELEMENT, ELEMENT, app(const("Nonempty", LEVEL_1), NATURAL)
    ),
    "a field that is not there": (pi(BOTH, FALSE), fun(BOTH, (PROJ, ("And",), 2, var(0)))),
    "a field of another structure": (pi(BOTH, FALSE), fun(BOTH, (PROJ, ("Prod",), 1, var(0)))),
    "a field of what has two constructors": same(NATURAL, (PROJ, ("Nat",), 0, var(0)), var(0), NATURAL),
    "the other proof": (pi(BOTH, FALSE), fun(BOTH, (PROJ, ("And",), 0, var(0)))),
    "a domain that is no type": (TRUE, app(fun(nat(1), TRIVIAL), nat(1))),
    "an argument too many": (TRUE, app(TRIVIAL, TRIVIAL)),
    "an argument of another type": (TRUE, app(fun(NATURAL, TRIVIAL), TRIVIAL)),
    "the body of a function of another type": (pi(NATURAL, TRUE), fun(NATURAL, var(0))),
    "another domain": (pi(NATURAL, TRUE), fun(BOOLEAN, TRIVIAL)),
    "levels left out": (TRUE, app(fun(NATURAL, TRIVIAL), const("Eq"))),
    "an unknown constant": (FALSE, const("Nowhere")),
    "an unsafe constant": (TRUE, app(fun((SORT, LEVEL_1), TRIVIAL), const("lcAny"))),
    "itself": (FALSE, const("t")),
    "no proposition": (NATURAL, nat(1)),
    "no type": (nat(1), nat(1)),
    "a parameter that is declared twice": (pi((SORT, U), TRUE), fun((SORT, U), TRIVIAL), ("u", "u")),
    "a parameter that is not declared": (pi((SORT, U), TRUE), fun((SORT, U), TRIVIAL), ("v",)),
    "a parameter that only the value has": (TRUE, app(fun(TYPE, TRIVIAL), app(const("id", V), (SORT, U))), ("v",)),
}

# two arguments, and what Lean's documentation of each function says that comes out
COMPUTED = [
    *(("gcd", 0, 0, 0), ("gcd", 12, 0, 12), ("gcd", 0, 5, 5), ("gcd", 12, 18, 6)),
    *(("div", 7, 0, 0), ("div", 7, 2, 3), ("mod", 7, 0, 7), ("mod", 7, 2, 1), ("sub", 2, 7, 0), ("sub", 7, 2, 5)),
    *(("pow", 0, 0, 1), ("pow", 2, 100, 2**100), ("land", 12, 10, 8), ("lor", 12, 10, 14), ("xor", 12, 10, 6)),
    *(("shiftLeft", 3, 70, 3 * 2**70), ("shiftRight", 3 * 2**70, 70, 3), ("shiftRight", 1, 2**70, 0)),
    *(("add", 2**64, 1, 2**64 + 1), ("mul", 2**64, 0, 0)),
]


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with both_kernels() as found:
        yield found


@pytest.mark.parametrize("case", ACCEPTED)
def test_both_kernels_accept(kernels: Kernels, case: str) -> None:
    assert kernels.say(*theorem(*ACCEPTED[case])) == (Outcome.ACCEPTED, Outcome.ACCEPTED)


@pytest.mark.parametrize("case", REJECTED)
def test_both_kernels_reject(kernels: Kernels, case: str) -> None:
    assert kernels.say(*theorem(*REJECTED[case])) == (Outcome.REJECTED, Outcome.REJECTED)


@pytest.mark.parametrize(("name", "left", "right", "result"), COMPUTED)
def test_both_kernels_compute(kernels: Kernels, name: str, left: int, right: int, result: int) -> None:
    value = call(f"Nat.{name}", nat(left), nat(right))
    assert kernels.say(*theorem(*same(NATURAL, value, nat(result)))) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert kernels.say(*theorem(*same(NATURAL, value, nat(result + 1)))) == (Outcome.REJECTED, Outcome.REJECTED)


@pytest.mark.parametrize(("name", "left", "right", "result"), [("beq", 2, 2, True), ("ble", 3, 2, False)])
def test_both_kernels_compare_numbers(kernels: Kernels, name: str, left: int, right: int, result: bool) -> None:
    value = call(f"Nat.{name}", nat(left), nat(right))
    for told in (True, False):
        word = const(f"Bool.{str(told).lower()}")
        expected = Outcome.ACCEPTED if told is result else Outcome.REJECTED
        assert kernels.say(*theorem(*same(BOOLEAN, value, word))) == (expected, expected)
