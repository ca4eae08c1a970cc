"""Which inputs an audit tries: few out of many draws, chosen by what the reference solution does with them.

Training draws its hidden inputs independently of each other; here they are picked for being unlike each other. Many are
drawn from the problem's own generator, so that each is in the problem's domain, and the reference solution is traced on
each: which instruction follows which and how often, what value comes out, how large both are, and where the value
changes from one input to the next in order. The smallest, the largest, a rare and a common value come first, then
whatever shows most that is new. Everything is a function of the seed: budgets are counted in steps and characters,
never in seconds.
"""

from __future__ import annotations

import copy
import sys
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import FrameType
from typing import Any

import numpy as np

from envs.code.audit_compare import value_text
from envs.code.problem import Problem
from envs.code.tasks import Case
from sandbox.core import Call
from sandbox.data import Data

POOL = 256
"""Inputs that are drawn at most."""
POOL_CHARACTERS = 200_000
"""Drawing ends when the inputs together are as long, since long ones take long to make."""
POOL_STEPS = 150_000
"""Drawing ends when as many steps of the reference solution have been looked at."""
TRACED_STEPS = 4000
"""Steps that are looked at for each input."""
KEPT = 256
"""Choices that are kept, since the members of a group share theirs."""
_WEIGHT = 2**20
"""What is new counts this much, divided by how many show it: integers, whose sums know no order."""

_kept: dict[Hashable, tuple[Case, ...]] = {}
_choosing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One drawn input, and what the reference solution does with it."""

    args: tuple[Data, ...]
    expected: Data
    value: str
    """Text that equal values share."""
    size: int
    """Characters of the input."""
    features: set[Hashable]
    """What can be said of it."""


def audit_inputs(problem: Problem, seed: int, count: int) -> tuple[Case, ...]:
    """Return up to `count` different inputs of a problem, with what its reference solution makes of them.

    Args:
        problem: A problem of either style.
        seed: Decides them.
        count: How many, at least 4.
    """
    key = (problem.solve, problem.draw, seed, count)
    with _choosing:  # the members of a group ask at the same time
        if key not in _kept:
            chosen = choose(draw_pool(problem, np.random.default_rng(seed)), count)
            _kept[key] = tuple(_case(problem, candidate) for candidate in chosen)
            if len(_kept) > KEPT:
                del _kept[next(iter(_kept))]
        return _kept[key]


def draw_pool(problem: Problem, rng: np.random.Generator) -> list[Candidate]:
    """Return drawn inputs, all different; a problem's edges, which training always tries, only for want of others."""
    drawn: dict[str, Candidate] = {}
    characters = steps = 0
    for _ in range(POOL):
        args = problem.draw(rng)
        text = value_text(args)
        if text not in drawn:
            drawn[text], taken = _candidate(problem, args, len(text))
            steps += taken
        characters += len(text)
        if characters > POOL_CHARACTERS or steps > POOL_STEPS:
            break
    edges = {value_text(args) for args in problem.edges}
    pool = [candidate for text, candidate in drawn.items() if text not in edges]
    if len({candidate.value for candidate in pool}) < 2:
        pool += [_candidate(problem, args, len(value_text(args)))[0] for args in problem.edges]
    _mark_boundaries(pool)
    return pool


def choose(pool: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return up to `count` candidates: the extremes, two values at least, then whichever has most that is new.

    What is new counts by how few candidates of the pool show it.
    """
    common = Counter(candidate.value for candidate in pool)
    by_size = sorted(pool, key=lambda candidate: candidate.size)
    by_value = sorted(pool, key=lambda candidate: common[candidate.value])
    others = [candidate for candidate in pool if candidate.value != by_value[-1].value]
    extremes = (by_size[0], by_size[-1], by_value[0], by_value[-1], *others[:1])
    chosen = list({id(candidate): candidate for candidate in extremes}.values())
    shown = Counter(feature for candidate in pool for feature in candidate.features)
    seen = set().union(*(candidate.features for candidate in chosen))
    taken = {id(candidate) for candidate in chosen}
    left = [(candidate, candidate.features - seen) for candidate in pool if id(candidate) not in taken]
    while left and len(chosen) < count:
        best = max(left, key=lambda pair: sum(_WEIGHT // shown[feature] for feature in pair[1]))
        left.remove(best)
        chosen.append(best[0])
        for _, new in left:
            new -= best[1]
    return chosen


def traced(solve: Callable[..., Data], args: tuple[Data, ...]) -> tuple[Counter[Hashable], Data]:
    """Return how often a reference solution takes each step, up to a budget, and its value.

    A step is a code object and two of its instructions, of which the second came after the first.
    """
    file, steps, left = solve.__code__.co_filename, Counter[Hashable](), TRACED_STEPS

    def enter(frame: FrameType, _event: str, _arg: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        frame.f_trace_opcodes = True  # a solution of one line has branches too
        code, last = id(frame.f_code), -1

        def step(frame: FrameType, _event: str, _arg: Any) -> Any:
            nonlocal last, left
            steps[code, last, frame.f_lasti] += 1
            last = frame.f_lasti
            left -= 1
            if left == 0:
                sys.settrace(None)
            return step

        return step

    own, before = copy.deepcopy(args), sys.gettrace()
    sys.settrace(enter)
    try:
        value = solve(*own)
    finally:
        sys.settrace(before)
    return steps, value


def _candidate(problem: Problem, args: tuple[Data, ...], size: int) -> tuple[Candidate, int]:
    """Return an input with what can be said of it, and how many steps were looked at."""
    steps, expected = traced(problem.solve, args)
    value = value_text(expected)
    features: set[Hashable] = {("step", step, times.bit_length()) for step, times in steps.items()}
    features |= {
        ("value", value),
        ("kind", type(expected).__name__, bool(expected), type(expected) in (int, float) and expected < 0),
        ("sizes", size.bit_length(), len(value).bit_length()),
    }
    return Candidate(args=args, expected=expected, value=value, size=size, features=features), steps.total()


def _mark_boundaries(pool: Sequence[Candidate]) -> None:
    """Add to what can be said of two neighbours, in the order of their inputs, from which value to which it changes."""
    try:
        ordered = sorted(pool, key=lambda candidate: candidate.args)
    except TypeError:  # such inputs have no order
        return
    for one, next_one in pairwise(ordered):
        if one.value != next_one.value:
            one.features.add(("before", one.value, next_one.value))
            next_one.features.add(("after", one.value, next_one.value))


def _case(problem: Problem, candidate: Candidate) -> Case:
    call = Call(stdin=candidate.args[0]) if problem.style == "script" else Call(args=candidate.args)
    return Case(call=call, expected=candidate.expected)
