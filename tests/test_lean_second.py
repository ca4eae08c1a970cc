"""The second kernel as a whole: universes, what it trusts, types of a header, limits."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lean_checking import TREE
from lean_modules import ModuleWriter, app, compile_module, const
from lean_second import Kernels, both_kernels, read_core, theorem, with_room
from test_lean_kernel import slow
from test_lean_second_rules import BOOLEAN, NATURAL, TRUE, call, nat, same, var

from envs.lean.agreement import KernelsDisagree
from envs.lean.judge import Judge
from envs.lean.kernel import Outcome
from envs.lean.library import Library, constants_in
from envs.lean.olean import Kind, LazyModule, read_module
from envs.lean.second.checker import Checker, New
from envs.lean.second.environment import Environment
from envs.lean.second.levels import Level, Levels
from envs.lean.second.limits import Fuel, Refused
from envs.lean.second.worker import Second
from envs.lean.tables import encode
from envs.lean.terms import APP, BVAR, IMAX, LAM, MAX, PARAM, PROJ, SUCC, Name, Terms

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    with both_kernels() as found:
        yield found


@pytest.fixture(scope="module")
def second() -> Second:
    """A checker in this process."""
    return Second(read_core(), steps=50_000)


# universes


def value(level: Level, params: dict[str, int]) -> int:
    """What a level is for these parameters, by the definition of `max` and `imax`."""
    if level.kind == PARAM:
        return params[str(level.name[0])]
    parts = [value(part, params) for part in level.parts()]
    if level.kind == SUCC:
        return parts[0] + 1
    if level.kind == IMAX and parts[1] == 0:
        return 0
    return max(parts, default=0)


def random_level(levels: Levels, rng: random.Random, depth: int) -> Level:
    kind = rng.choice((SUCC, MAX, IMAX, IMAX, PARAM)) if depth else rng.choice((0, PARAM))
    if kind == 0:
        return levels.zero
    if kind == PARAM:
        return levels.param((rng.choice("uvw"),))
    return levels.build(kind, [random_level(levels, rng, depth - 1) for _ in range(2)])


def test_levels_are_compared_as_their_values_for_all_parameters_are():
    # levels of depth 4 add at most 4, so parameters up to 6 tell apart all that differ
    rng, levels, both = random.Random(0), Levels(), [0, 0]
    values = [dict(zip("uvw", each, strict=True)) for each in product(range(7), repeat=3)]
    for _ in range(300):
        left, right = (random_level(levels, rng, rng.randrange(5)) for _ in range(2))
        expected = all(value(left, params) <= value(right, params) for params in values)
        assert levels.at_most(left, right) is expected
        both[expected] += 1
    assert min(both) > 50


# what it trusts, and what it does not


def test_all_of_the_library_is_well_typed_and_nothing_in_it_rests_on_itself():
    module = read_core()

    def check_all() -> list[str]:
        found = Second(module)
        return [str(new.name) for new in found.own(found.library) if not is_well_typed(found, new)]

    assert with_room(check_all) == []
    order: dict[Name, bool] = {}
    for name in module:
        visit(module, name, order)


def is_well_typed(second: Second, new: New) -> bool:
    try:
        Checker(Environment(second.table, [second.library]), Fuel(1_000_000)).check(new)
    except Refused:
        return False
    return True


def visit(module: LazyModule, root: Name, done: dict[Name, bool]) -> None:
    """Follow what a definition or theorem uses; a way back to itself is an error."""
    stack = [root]
    while stack:
        name = stack[-1]
        if name in done:
            done[stack.pop()] = True
            continue
        done[name] = False
        constant = module.constant(name)
        for used in constants_in(module.terms, (constant.type, constant.value)) - {name}:
            if used not in done:
                stack.append(used)
            else:
                assert done[used] or constant.kind not in (Kind.THEOREM, Kind.DEFINITION), (name, used)


RULES = (
    TREE
    + """
inductive Many where
  | many (below : List Many)

mutual
inductive Even : Nat → Prop
  | zero : Even .zero
  | next (n : Nat) (h : Odd n) : Even n.succ
inductive Odd : Nat → Prop
  | next (n : Nat) (h : Even n) : Odd n.succ
end

inductive Odds : Prop
  | mk (n : Nat) (same : n = n) : Odds

inductive Wrapped : Nat → Type
  | wrap (field : Bool) : Wrapped .zero

opaque hidden : Nat := 3

def three : Nat := 3
theorem three_is : three = 3 := rfl
"""
)


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory, kernels: Kernels) -> Path:
    folder = tmp_path_factory.mktemp("header")
    compile_module(RULES, folder, "Rules", kernels.folder)
    return folder / "Rules.olean"


LEAF = const("Tree.leaf")
NODE = call("Tree.node", LEAF, LEAF)
ALL = app(const("List.nil", (0,)), const("Many"))
WITH_HEADER: dict[str, tuple[Outcome, tuple[Any, ...]]] = {
    "recursion over a tree": (Outcome.ACCEPTED, same(NATURAL, call("Tree.size", NODE), nat(2))),
    "another sum": (Outcome.REJECTED, same(NATURAL, call("Tree.size", NODE), nat(3))),
    "a definition": (Outcome.ACCEPTED, same(NATURAL, const("three"), nat(3))),
    "an opaque constant": (Outcome.REJECTED, same(NATURAL, const("hidden"), nat(3))),
    "a number in a proof": (Outcome.REJECTED, same(NATURAL, ("PROJ", "Odds", 0), ("PROJ", "Odds", 0), const("Odds"))),
    "two constructors": (Outcome.REJECTED, same(const("Tree"), NODE, LEAF)),
    "a recursive type with one constructor has no eta": (
        Outcome.REJECTED,
        same(const("Many"), var(0), call("Many.many", ("PROJ", "Many", 0)), const("Many")),
    ),
    "a field of an indexed type": (
        Outcome.ACCEPTED,
        same(BOOLEAN, ("PROJ", "Wrapped", 0), ("PROJ", "Wrapped", 0), call("Wrapped", nat(0))),
    ),
    "eta of an indexed type": (
        Outcome.REJECTED,
        same(call("Wrapped", nat(0)), var(0), call("Wrapped.wrap", ("PROJ", "Wrapped", 0)), call("Wrapped", nat(0))),
    ),
}


def written(e: Any) -> Any:
    """A term in which `("PROJ", structure, field)` is that field of variable 0."""
    if isinstance(e, tuple) and e[:1] == ("PROJ",):
        return (PROJ, (e[1],), e[2], var(0))
    return tuple(map(written, e)) if isinstance(e, tuple) else e


@pytest.mark.parametrize("case", WITH_HEADER)
def test_both_kernels_know_the_types_of_a_header(kernels: Kernels, header: Path, case: str) -> None:
    expected, (type_, value_) = WITH_HEADER[case]
    assert kernels.say(*theorem(written(type_), written(value_)), header) == (expected, expected)


def test_the_definitions_of_a_header_are_checked(kernels: Kernels, header: Path, tmp_path: Path) -> None:
    assert kernels.second.check(Terms(), [], header).outcome is Outcome.ACCEPTED
    writer = ModuleWriter()
    writer.constant(Kind.DEFINITION, "wrong", NATURAL, TRUE)
    path = tmp_path / "Wrong.olean"
    path.write_bytes(writer.module())
    assert kernels.second.check(Terms(), [], path).outcome is Outcome.REJECTED
    judge = Judge(Library(kernels.folder), kernels.first, kernels.second)
    with pytest.raises(KernelsDisagree, match="header"):
        judge.kernels.check_header(path)


def test_variables_that_nothing_binds_are_refused(second: Second) -> None:
    table = second.table
    true, loose = table.const(("True",)), table.make(BVAR, 0)
    for type_, value_ in ((true, loose), (loose, table.const(("True", "intro")))):
        with pytest.raises(Refused, match="not bound"):
            Checker(Environment(table, [second.library]), Fuel(1000)).check(New(("t",), (), type_, value_, None))


def test_a_name_is_given_once(second: Second) -> None:
    terms, (constant,) = theorem(TRUE, const("True.intro"))
    assert second.check(decoded(terms, [constant, constant])) == {"outcome": "rejected", "message": "already declared"}


def decoded(terms: Terms, constants: list[Any]) -> dict[str, Any]:
    return dict(json.loads(encode(terms, constants)))


# limits


@pytest.mark.parametrize(
    "statement",
    [
        same(NATURAL, call("Nat.pow", nat(2), nat(2**30)), nat(0)),  # more than is computed by name
        same(NATURAL, call("Nat.pow", nat(2**2000), nat(2**24)), nat(0)),  # 2^34 bits
        same(NATURAL, call("Nat.shiftLeft", nat(1), nat(2**40)), nat(0)),
    ],
)
def test_numbers_that_are_too_large_end_without_an_acceptance(second: Second, statement: tuple[Any, Any]) -> None:
    request = decoded(*theorem(*statement))
    assert with_room(lambda: second.check(request))["outcome"] in ("timeout", "rejected")


def test_steps_run_out_after_the_same_work_every_time(second: Second) -> None:
    request = decoded(*slow(40))
    told = {"outcome": "timeout", "message": "the steps are used up"}
    assert [with_room(lambda: second.check(request)) for _ in range(2)] == [told, told]


def test_a_proof_of_the_greatest_depth_is_checked(kernels: Kernels) -> None:
    writer, terms = ModuleWriter(), Terms()
    function, argument = writer.expression((LAM, TRUE, var(0))), writer.expression(const("True.intro"))
    for _ in range(9_000):
        argument = writer.expression((APP, function, argument))
    writer.theorem("t", TRUE, argument)
    constants = list(read_module(writer.module(), terms).constants.values())
    assert kernels.say(terms, constants) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
