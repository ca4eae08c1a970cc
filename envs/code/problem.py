"""How a programming problem is written down: one decorated reference solution, its inputs and its wrong twins.

A problem file reads like a textbook: the statement, the inputs that are tried, plausible mistakes, and then the
solution itself as an ordinary function, whose source text is the gold answer.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

Level = Literal[1, 2, 3, 4, 5]
"""1: one line; 2: a loop or a condition; 3: several steps; 4: a known technique; 5: a real algorithm."""

Style = Literal["function", "script"]
"""`function`: the answer defines the function; `script`: the answer reads stdin and writes stdout."""

Judge = Callable[[tuple[Any, ...], Any, Any], bool]
"""Special judge: (arguments, reference's value, answer's value) -> whether the answer is right. Trusted host code."""

Comparison = Literal["exact", "float", "unordered"] | Judge
"""How values are compared: exact types and values; floats within 1e-6; top-level list as a multiset; or a judge."""

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One programming problem with everything needed to ask it and to judge an answer."""

    name: str
    """Name of the function to write; unique in the library."""
    level: Level
    style: Style
    statement: str
    """What to do, in plain words, without the signature."""
    signature: str
    """The `def` line, type hints included."""
    solve: Callable[..., Any]
    """The reference solution: arguments -> value (function), or all of stdin as text -> all of stdout (script)."""
    solution: str
    """Source of a program that solves the problem."""
    wrong: tuple[str, ...]
    """Sources of plausible programs that are wrong; every drawn test set must reject each of them."""
    edges: tuple[tuple[Any, ...], ...]
    """Argument tuples that are always tried; they must reject every wrong program by themselves."""
    draw: Callable[[np.random.Generator], tuple[Any, ...]]
    """Draws one random argument tuple (for a script: `(stdin,)`)."""
    comparison: Comparison = "exact"


PROBLEMS: dict[str, Problem] = {}
"""Every problem of the library by name, in the order of definition; filled by `problem` on import."""


def problem(
    *,
    level: Level,
    statement: str,
    edges: Sequence[tuple[Any, ...]],
    draw: Callable[[np.random.Generator], tuple[Any, ...]],
    wrong: Sequence[str],
    style: Style = "function",
    comparison: Comparison = "exact",
) -> Callable[[Function], Function]:
    """Register the decorated function as the reference solution of a problem of the same name.

    Args:
        level: Difficulty.
        statement: What to do; argument names in backticks. A script's statement says what stdin holds.
        edges: Argument tuples that are always tried, the first two of which are shown in the prompt.
        draw: Draws one more argument tuple from a generator; values are plain data that the solution must not keep.
        wrong: Bodies (function) or whole bodies of `solve(text)` (script) of plausible but wrong solutions.
        style: Whether the answer is a function or a script.
        comparison: How the answer's values are compared with the reference's.

    Raises:
        ValueError: The name is taken, or the function's source cannot be read.
    """

    def register(function: Function) -> Function:
        name = function.__name__
        if name in PROBLEMS:
            raise ValueError(f"two problems are called {name!r}")
        signature, source = _signature_and_source(function)
        complete = _as_script if style == "script" else str
        PROBLEMS[name] = Problem(
            name=name,
            level=level,
            style=style,
            statement=" ".join(statement.split()) if style == "function" else textwrap.dedent(statement).strip(),
            signature=signature,
            solve=function,
            solution=complete(source),
            wrong=tuple(complete(f"{signature}\n{_indent(body)}\n") for body in wrong),
            edges=tuple(edges),
            draw=draw,
            comparison=comparison,
        )
        return function

    return register


def _signature_and_source(function: Callable[..., Any]) -> tuple[str, str]:
    text = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise ValueError(f"{function.__name__} is not an ordinary function")
    lines = text.splitlines()
    source = "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"def {node.name}({ast.unparse(node.args)}){returns}:", source


def _as_script(source: str) -> str:
    name = source[len("def ") : source.index("(")]
    return f"import sys\n\n\n{source}\n\nsys.stdout.write({name}(sys.stdin.read()))\n"


def _indent(body: str) -> str:
    return textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
