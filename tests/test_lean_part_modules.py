"""Proofs of parts in modules that no front end writes, and what a statement's parts are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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

from envs.lean.judge import Judge
from envs.lean.kernel import Kernel
from envs.lean.library import Library
from envs.lean.olean import Kind
from envs.lean.parts import MOST_PARTS, parts_of, proofs_of
from envs.lean.terms import APP, BVAR, CHILDREN, LAM, LET, PI, SORT, ZERO, Terms

P, Q, H = (BVAR, 2), (BVAR, 1), (BVAR, 0)
FALSE = const("False")
AND = const("And")
BOTH = (PI, PROP, (PI, PROP, (PI, app(AND, (BVAR, 1), (BVAR, 0)), app(AND, (BVAR, 1), (BVAR, 2)))))
"""∀ p q, p ∧ q → q ∧ p: part 0 is q, part 1 is p."""


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Judge, bytes]]:
    """A judge with a tiny library, and a module that states the theorem."""
    binary, folder = require_lean(), tmp_path_factory.mktemp("library")
    compile_module(TINY_LIBRARY, folder, "Init")
    text = f"{PLACEHOLDER}theorem goal (p q : Prop) (h : And p q) : And q p := placeholder _"
    library = Library(folder)
    with Kernel(binary, folder, library.sha256) as kernel:
        yield Judge(library, kernel), compile_module(text, folder, "Reference")


def below(proof: object, binders: int = 3) -> object:
    """A function of p, q and their conjunction; or of the first of these, and more propositions behind them."""
    domains = [PROP, PROP, app(AND, (BVAR, 1), (BVAR, 0)), *[PROP] * (binders - 3)]
    for domain in reversed(domains[:binders]):
        proof = (LAM, domain, proof)
    return proof


def pair(first: object, second: object, more: int = 0) -> object:
    """⟨first, second⟩, below `more` binders besides p, q and h."""
    return app(const("And.intro"), (BVAR, 1 + more), (BVAR, 2 + more), first, second)


def lie(claim: object) -> object:
    return app(const("sorryAx", LEVEL_0), claim, const("Bool.true"))


OF_Q, OF_P = app(const("And.right"), P, Q, H), app(const("And.left"), P, Q, H)
ANYTHING = (PI, PROP, (BVAR, 0))
SELF = app(const("goal"), P, Q, H)
# below one more binder: the same two, for p and q that are one binder farther
Q_BELOW, P_BELOW = (app(const(f"And.{side}"), (BVAR, 3), (BVAR, 2), (BVAR, 1)) for side in ("right", "left"))
MODULES = {
    "both": (below(pair(OF_Q, OF_P)), {}, {0, 1}),
    "a lie for one": (below(pair(OF_Q, lie(P))), {}, {0}),
    "a lie for the whole": (below(lie(app(AND, Q, P))), {}, set()),
    "one for the other": (below(pair(OF_P, OF_Q)), {}, set()),
    "another theorem's conclusion": (const("swap"), {}, {0, 1}),
    "no function at all": (const("Nat.zero"), {}, set()),
    "more binders than there are": (below(pair((BVAR, 0), (BVAR, 0), 1), 4), {}, set()),
    "a lie in an auxiliary": (
        below(pair(OF_Q, app(const("goal._proof_1"), P))),
        {"goal._proof_1": (Kind.THEOREM, ANYTHING, (LAM, PROP, lie((BVAR, 0))))},
        {0},
    ),
    "an auxiliary that is wrong": (
        below(pair(OF_Q, app(const("goal._proof_1"), P))),
        {"goal._proof_1": (Kind.THEOREM, ANYTHING, (LAM, PROP, (BVAR, 0)))},
        {0},
    ),
    "an auxiliary that uses itself": (
        below(pair(OF_Q, app(const("goal._proof_1"), P))),
        {"goal._proof_1": (Kind.THEOREM, ANYTHING, const("goal._proof_1"))},
        {0},
    ),
    "an auxiliary that nobody knows": (below(pair(OF_Q, app(const("goal._proof_1"), P))), {}, {0}),
    "itself": (below(pair(OF_Q, app(const("And.right"), Q, P, SELF))), {}, {0}),
    "an unsafe constant": (below(pair(OF_Q, app(const("careless"), P, OF_P))), {}, {0}),
    "a let of a lie": (below((LET, P, lie(P), pair(Q_BELOW, (BVAR, 0), 1))), {}, {0}),
    "a let of a lie that is not used": (below((LET, P, lie(P), pair(Q_BELOW, P_BELOW, 1))), {}, {0, 1}),
    "a function of a lie": (below(app((LAM, P, pair(Q_BELOW, (BVAR, 0), 1)), lie(P))), {}, {0}),
    "a part behind an inner binder": (below((LAM, P, pair(Q_BELOW, (BVAR, 0), 1))), {}, set()),
    "a pair that is wrong of parts that are not": (
        below(app(const("And.intro", LEVEL_0), P, P, OF_Q, OF_P)),
        {},
        {0, 1},
    ),
    "cases of a lie": (
        below(
            app(
                const("And.casesOn", LEVEL_0),
                *(P, Q, (LAM, app(AND, P, Q), app(AND, (BVAR, 2), (BVAR, 3))), lie(app(AND, P, Q))),
                (LAM, P, (LAM, Q, pair((BVAR, 0), (BVAR, 1), 2))),
            )
        ),
        {},
        set(),
    ),
    "an axiom of its own": (below(pair(OF_Q, OF_P)), {"cheat": (Kind.AXIOM, FALSE, 0)}, set()),
    "a variable that is not bound": (below(pair(OF_Q, (BVAR, 7))), {}, set()),
}


@pytest.mark.lean
@pytest.mark.parametrize("case", MODULES)
def test_only_what_the_kernel_accepts_without_a_lie_is_a_proof_of_a_part(judge: tuple[Judge, bytes], case: str) -> None:
    value, more, expected = MODULES[case]
    writer = ModuleWriter()
    for name, (kind, type_, proof) in more.items():  # type: ignore[attr-defined]
        writer.constant(kind, name, type_, proof)
    writer.theorem("goal", BOTH, value)
    assert judge[0].proved_parts(writer.module(), judge[1], ("goal",)).numbers == expected


@pytest.mark.lean
def test_the_parts_of_another_statement_do_not_count(judge: tuple[Judge, bytes]) -> None:
    writer = ModuleWriter()
    same = (PI, PROP, (PI, PROP, (PI, app(AND, (BVAR, 1), (BVAR, 0)), app(AND, (BVAR, 2), (BVAR, 1)))))
    writer.theorem("goal", same, below(app(const("And.intro"), P, Q, OF_P, OF_Q)))
    assert judge[0].proved_parts(writer.module(), judge[1], ("goal",)).numbers == frozenset()
    assert judge[0].count_parts(judge[1], ("goal",)) == 2


def put(terms: Terms, expression: Any) -> int:
    """The number of an expression that is written as nested tuples."""
    kind, *parts = expression
    if kind == SORT:
        return terms.expression((SORT, terms.level((ZERO,))))
    places = CHILDREN[kind]
    return terms.expression(
        (kind, *(put(terms, part) if place in places else part for place, part in enumerate(parts, start=1)))
    )


def conjunction(parts: list[object]) -> object:
    return parts[0] if len(parts) == 1 else app(AND, parts[0], conjunction(parts[1:]))


def test_the_parts_are_conjuncts_and_directions_below_the_binders() -> None:
    terms = Terms()
    a, b = const("A"), const("B")
    every = (PI, PROP, app(AND, app(const("Iff"), (BVAR, 0), a), b))
    # ∀ p, (p ↔ A) ∧ B: p → A and A → p, where p is one binder farther below the arrow, and B
    expected = [(PI, PROP, (PI, (BVAR, 0), a)), (PI, PROP, (PI, a, (BVAR, 1))), (PI, PROP, b)]
    assert [part[0].type for part in parts_of(terms, put(terms, every))] == [put(terms, each) for each in expected]
    inner = (PI, PROP, app(AND, a, (PI, PROP, app(AND, a, b))))  # what is below an inner binder is one part
    assert len(parts_of(terms, put(terms, inner))) == 2
    for single in (a, app(AND, a, a), app(const("Iff"), a, a), app(const("Or"), a, b), app(AND, a)):
        assert parts_of(terms, put(terms, single)) == []


def test_a_statement_of_too_many_parts_has_none() -> None:
    terms = Terms()
    propositions = [const(f"A{number}") for number in range(MOST_PARTS + 1)]
    assert len(parts_of(terms, put(terms, conjunction(propositions[:-1])))) == MOST_PARTS
    assert parts_of(terms, put(terms, conjunction(propositions))) == []
    assert parts_of(terms, put(terms, conjunction([const("A"), *[const("B")] * MOST_PARTS]))) == []


def test_cutting_a_proof_ends_however_it_is_folded() -> None:
    terms = Terms()
    statement = put(terms, app(AND, const("A"), const("B")))
    parts = parts_of(terms, statement)
    folded: Any = app(const("And.intro"), const("A"), const("B"), *[(BVAR, 0)] * 2)
    number = put(terms, folded)
    zero = put(terms, (BVAR, 0))
    for _ in range(3000):  # each `let` doubles the last one's value, and is seen again by all that follow
        twice = terms.expression((APP, zero, zero))
        number = terms.expression((LET, put(terms, const("A")), twice, number))
    value = terms.expression((LET, put(terms, const("A")), put(terms, const("a")), number))
    assert all(len(proofs) <= 2 for proofs in proofs_of(terms, statement, value, parts))

    motive = put(terms, (LAM, const("C"), app(AND, const("A"), const("B"))))
    branch = put(terms, folded)
    cases = put(terms, const("C.casesOn"))
    for _ in range(2000):  # one distinction of cases in another
        branch = put_applied(terms, cases, [motive, put(terms, const("c")), branch])
    assert [len(proofs) for proofs in proofs_of(terms, statement, branch, parts)] == [0, 0]


def put_applied(terms: Terms, function: int, arguments: list[int]) -> int:
    for argument in arguments:
        function = terms.expression((APP, function, argument))
    return function
