"""Do the two kernels ever say different things? Proof terms of the library, changed at random, and random levels.

`ASSAY_LEAN_MUTANTS=20000 pytest tests/test_lean_second_fuzz.py` tries as many; `ASSAY_LEAN_SEED=7` others.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice, product
from typing import Any

import pytest
from lean_equations import equations
from lean_mutants import Mutation, Request, request_of
from lean_second import Kernels, both_kernels, read_core, theorem, with_room
from test_lean_second_rules import TRIVIAL, TRUE, U, V, fun, pi, same_sort

from envs.lean.kernel import Outcome
from envs.lean.olean import Kind
from envs.lean.second.worker import Second
from envs.lean.terms import IMAX, MAX, SORT, SUCC, ZERO

pytestmark = pytest.mark.lean

MUTANTS = int(os.environ.get("ASSAY_LEAN_MUTANTS", "300"))
SEED = int(os.environ.get("ASSAY_LEAN_SEED", "1"))
STEPS = 300_000


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with both_kernels() as found:
        yield found


def test_the_kernels_agree_on_changed_proofs(kernels: Kernels, report: Callable[[str], None]) -> None:
    rng, module = random.Random(SEED), read_core()
    names = [name for name in module if module.constant(name).kind in (Kind.THEOREM, Kind.DEFINITION)]
    names = [name for name in rng.sample(names, min(len(names), MUTANTS)) if module.constant(name).is_safe]
    changed = (mutant(request_of(module, rng.choice(names)), rng) for _ in count())
    said = compare(kernels, Second(module, STEPS), changed)
    report(f"two kernels on {MUTANTS} changed proofs, seed {SEED}: {dict(said)}")
    assert said["accepted, accepted"] >= MUTANTS // 50
    assert said["rejected, rejected"] >= MUTANTS // 2


def test_the_kernels_agree_on_what_is_equal_by_computation(kernels: Kernels, report: Callable[[str], None]) -> None:
    rng, module = random.Random(SEED), read_core()
    second, names = Second(module, STEPS), list(module)
    claims = (("", claim) for _ in count() for claim in equations(second, rng.choice(names), rng, 3))
    said = compare(kernels, second, claims)
    report(f"two kernels on {MUTANTS} equations, seed {SEED}: {dict(said)}")
    assert min(said["accepted, accepted"], said["rejected, rejected"]) >= MUTANTS // 20


def compare(kernels: Kernels, second: Second, requests: Iterator[tuple[str, Request]]) -> Counter[str]:
    """Ask both, and count what they say."""
    said: Counter[str] = Counter()

    def until_they_disagree() -> str:
        for how, request in islice(requests, MUTANTS):
            first, other = kernels.first_says_of(request), second.check(request)
            if {first, other["outcome"]} == {Outcome.ACCEPTED, Outcome.REJECTED}:
                return f"{how}: {first}, but {other}: {request}"
            said[f"{first}, {other['outcome']}"] += 1
        return ""

    assert with_room(until_they_disagree) == ""
    return said


def mutant(request: Request, rng: random.Random) -> tuple[str, Request]:
    """A request that was changed at least once, and how."""
    how: list[str] = []
    wanted = rng.choice((1, 1, 1, 2))
    while len(how) < wanted:
        mutated = Mutation(request, rng).run()
        if mutated is not None:
            how.append(mutated[0])
            request = mutated[1]
    return " + ".join(how), request


def random_level(rng: random.Random, depth: int) -> Any:
    if not depth:
        return rng.choice(((ZERO,), U, V))
    kind = rng.choice((SUCC, MAX, IMAX, IMAX))
    return (kind, *(random_level(rng, rng.randrange(depth)) for _ in range(1 if kind == SUCC else 2)))


def value(level: Any, params: dict[str, int]) -> int:
    if level[0] == ZERO:
        return 0
    if level in (U, V):
        return params[level[1][0]]
    parts = [value(part, params) for part in level[1:]]
    if level[0] == SUCC:
        return parts[0] + 1
    return 0 if level[0] == IMAX and not parts[1] else max(parts)


def test_the_second_kernel_knows_which_levels_are_equal_and_leans_never_thinks_so_of_others(kernels: Kernels) -> None:
    rng, cases = random.Random(SEED), [{"u": u, "v": v} for u, v in product(range(6), repeat=2)]
    tried = Counter[bool]()
    while min(tried[True], tried[False]) < MUTANTS // 20:
        left, right = random_level(rng, 3), random_level(rng, 3)
        are_equal = all(value(left, params) == value(right, params) for params in cases)
        if tried[are_equal] >= MUTANTS // 20:
            continue
        tried[are_equal] += 1
        # a proof of `∀ x : Sort left, True` that takes an x of `Sort right`
        first, second = kernels.say(*theorem(pi((SORT, left), TRUE), fun((SORT, right), TRIVIAL), ("u", "v")))
        assert second is (Outcome.ACCEPTED if are_equal else Outcome.REJECTED), (left, right)
        assert are_equal or first is Outcome.REJECTED, (left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((IMAX, (SUCC, (ZERO,)), (SUCC, U)), (SUCC, U)),
        ((IMAX, V, U), (MAX, U, (IMAX, V, U))),
    ],
)
def test_leans_kernel_does_not_see_that_some_levels_are_equal(kernels: Kernels, left: Any, right: Any) -> None:
    # no elaborator writes such a pair; the proof would be an error and not a verdict
    assert kernels.say(*theorem(*same_sort(left, right))) == (Outcome.REJECTED, Outcome.ACCEPTED)
