"""Programming tasks: what a verifier needs to know of one, and the library's problems as tasks."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from envs.code import library
from envs.code.extract import fenced
from envs.code.problem import PROBLEMS, Comparison, Problem
from envs.code.prompt import VISIBLE_CASES, build_conversation, expected_value
from envs.core import ConfigError, Task, VerifierError
from envs.datasets import split_by_hash
from sandbox.core import Call
from sandbox.data import Data, DataError, dumps

DIFFICULTIES: dict[str, tuple[int, ...]] = {"easy": (1,), "medium": (2, 3), "hard": (4, 5), "all": (1, 2, 3, 4, 5)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input and what is expected of it. Only `call` ever enters a box."""

    call: Call
    expected: Data
    """The function's value, or the whole of stdout."""
    visible: bool = False
    """Whether the prompt shows it, so that feedback may speak of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertTests:
    """Test code that calls the answer: it runs in a box of its own and reaches the answer through a stub."""

    source: str
    """Raises unless every assertion holds, and says so at its end; calls the stub `stub`."""
    stub: str
    shown: str = ""
    """The one assertion that the prompt shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReference:
    """What an answer to one programming task is judged against; exactly one of `cases` and `asserts` is used."""

    entry_point: str | None
    """Name of the function; None: a script."""
    cases: tuple[Case, ...] = ()
    comparison: Comparison = "exact"
    asserts: AssertTests | None = None
    preamble: str = ""
    """Code that stands in the prompt before the function (imports, helpers) and is put before the answer's program."""
    problem: Problem | None = None
    """Where fresh cases are drawn from."""
    from_json: bool = False
    """Expected values came from JSON, which has no tuples: they count as lists."""
    language: str = "python"
    """Of the answer; all but Python have scripts only."""
    audit_seed: int | None = None
    """Decides which answers of the episode are audited, and on what; None: none of them."""


@functools.cache
def library_problems() -> tuple[Problem, ...]:
    """Return every problem of the library, in the order of its files."""
    for module in sorted(module.name for module in pkgutil.iter_modules(library.__path__)):
        importlib.import_module(f"{library.__name__}.{module}")
    return tuple(PROBLEMS.values())


@functools.cache
def library_tasks(shots: bool = True) -> tuple[Task, ...]:
    """Return the library as tasks, split within each level by a hash of the problem's name.

    Args:
        shots: Whether a solved example stands before each problem.
    """
    problems = library_problems()
    splits = split_by_hash({problem.name: str(problem.level) for problem in problems})
    return tuple(replace(_task(problem, shots), split=splits[problem.name]) for problem in problems)


def select_levels(difficulty: str | int | Sequence[int]) -> tuple[int, ...]:
    """Return the levels that a `difficulty` option means.

    Raises:
        ConfigError: Neither a name of `DIFFICULTIES` nor levels from 1 to 5.
    """
    if isinstance(difficulty, str) and difficulty in DIFFICULTIES:
        return DIFFICULTIES[difficulty]
    levels = [difficulty] if isinstance(difficulty, int) else difficulty
    names = ", ".join(DIFFICULTIES)
    if isinstance(levels, str) or not levels or any(level not in DIFFICULTIES["all"] for level in levels):
        raise ConfigError(f"difficulty must be one of {names}, or levels from 1 to 5 such as [1,2]; got {difficulty!r}")
    return tuple(sorted(set(levels)))


def problem_cases(problem: Problem, drawn: int, rng: np.random.Generator) -> tuple[Case, ...]:
    """Return a problem's edges and `drawn` fresh inputs, with what its reference solution makes of them.

    The visible ones come first; the others are shuffled. One of the drawn inputs comes twice: a program that answers at
    random has to be lucky twice, and nothing tells it which input is the repeated one.

    Raises:
        VerifierError: The generator or the solution of the problem is broken.
    """
    inputs = [*problem.edges, *(problem.draw(rng) for _ in range(drawn))]
    cases = [_case(problem, args, visible=index < VISIBLE_CASES) for index, args in enumerate(inputs)]
    if drawn:
        cases.append(cases[len(problem.edges) + int(rng.integers(drawn))])
    order = rng.permutation(len(cases) - VISIBLE_CASES) + VISIBLE_CASES
    return (*cases[:VISIBLE_CASES], *(cases[index] for index in order))


@functools.cache
def problem_contents(name: str) -> Mapping[str, str]:
    """Return the texts that identify a problem of the library besides its prompt: its solution, and its edge cases."""
    problem = PROBLEMS[name]
    cases = problem_cases(problem, 0, np.random.default_rng(0))
    return {"reference solution": canonical_source(problem.solution), "tests": cases_text(cases)}


def cases_text(cases: Sequence[Case]) -> str:
    """Return a text that two sets of cases share exactly when they are equal."""
    return "\n".join(sorted(f"{dumps(c.call.args)} {c.call.stdin!r} -> {dumps(c.expected)}" for c in cases))


def canonical_source(source: str) -> str:
    """Return a program without what does not matter: comments, layout, docstrings and the names it chooses itself."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    names: dict[str, str] = {}
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            bound.update(
                {node.name, *(argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg))}
            )
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
            node.returns = None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.name = names.setdefault(node.name, f"v{len(names)}")
        elif isinstance(node, ast.arg):
            node.arg, node.annotation = names.setdefault(node.arg, f"v{len(names)}"), None
        elif isinstance(node, ast.Name) and node.id in bound:
            node.id = names.setdefault(node.id, f"v{len(names)}")
    return ast.dump(tree)


def _task(problem: Problem, shots: bool) -> Task:
    reference = CodeReference(
        entry_point=problem.name if problem.style == "function" else None,
        comparison=problem.comparison,
        problem=problem,
    )
    return Task(
        task_id=problem.name,
        prompt=build_conversation(problem, shots),
        reference=reference,
        gold=fenced(problem.solution),
        tags={"level": str(problem.level), "style": problem.style},
    )


def _case(problem: Problem, args: tuple[Data, ...], *, visible: bool) -> Case:
    script = problem.style == "script"
    try:
        dumps(args)
    except DataError as error:
        raise VerifierError(f"the inputs of {problem.name!r} are not plain data: {error}") from error
    call = Call(stdin=args[0]) if script else Call(args=args)
    return Case(call=call, expected=expected_value(problem, args), visible=visible)
