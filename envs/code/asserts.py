"""Assert-style tests as the public function-synthesis benchmarks have them, made ready for a box of their own.

The test code comes from the user and is trusted to test; it never runs beside the answer. In its box the answer is a
stub whose calls are answered by executions of the answer's program elsewhere, so that only plain data reaches an
assertion: iterators, objects of its own classes and changes made to an argument in place do not cross.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence

from envs.code.tasks import AssertTests
from sandbox.core import ExecutionResult, ExecutionStatus

STUB = "candidate"
ALL_HOLD = "every assertion holds"

_SAY_SO = f"print({ALL_HOLD!r})\n"


def all_hold(result: ExecutionResult) -> bool:
    """Return whether tests ran to their end. Only their own box can print to this output, and no answer runs in it."""
    return result.status is ExecutionStatus.OK and result.stdout.endswith(f"{ALL_HOLD}\n")


def check_tests(test: str, entry_point: str, preamble: str) -> AssertTests:
    """Return tests that define `check(candidate)`, where the entry point's name means the candidate as well.

    Raises:
        ValueError: The code does not parse, or defines no `check` of one argument.
    """
    tree = _parsed(test, "the test code")
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    if not checks or len(checks[-1].args.args) != 1:
        raise ValueError("must define check(candidate), a function of one argument")
    if not any(isinstance(node, (ast.Assert, ast.Raise)) for node in ast.walk(checks[-1])):
        raise ValueError("check(candidate) asserts nothing, so every answer would pass")
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    for node in asserts:
        _label(node, f"line {node.lineno} of the test: {_source(node)}")
    alias = "" if entry_point == STUB else f"{entry_point} = {STUB}\n"
    source = f"{preamble}\n{alias}{ast.unparse(tree)}\n\ncheck({STUB})\n{_SAY_SO}"
    return AssertTests(source=source, stub=STUB)


def list_tests(tests: Sequence[str], entry_point: str, setup: str) -> AssertTests:
    """Return a list of assertions as tests; the first of them is the one that the prompt shows.

    Raises:
        ValueError: One does not parse or asserts nothing.
    """
    body: list[ast.stmt] = []
    for test in tests:
        tree = _parsed(test, repr(test))
        if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
            raise ValueError(f"{test!r} asserts nothing")
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert):
                _label(node, _one_line(test))
        body += tree.body
    _parsed(setup, "the set-up code")
    source = f"{setup}\n\n{ast.unparse(ast.Module(body, []))}\n{_SAY_SO}"
    return AssertTests(source=source, stub=entry_point, shown=_one_line(tests[0]))


def called_name(tests: Sequence[str], setup: str) -> str:
    """Return the one function that all the assertions call and that neither Python nor the set-up code defines.

    Raises:
        ValueError: There is no such function, or more than one.
    """
    defined = set(dir(builtins))
    for node in ast.walk(_parsed(setup, "the set-up code")):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, ast.alias):
            defined.add(node.asname or node.name)
    called = [
        {
            node.func.id
            for node in ast.walk(_parsed(test, repr(test)))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        - defined
        for test in tests
    ]
    common = sorted(set.intersection(*called))
    if len(common) != 1:
        found = ", ".join(common) or "none"
        raise ValueError(f"cannot tell which function is tested (called by all of them: {found}); give 'entry_point'")
    return common[0]


def prompt_preamble(prompt: str, entry_point: str) -> str:
    """Return the imports and helpers that stand before the function in a prompt that is code; else nothing."""
    starts = list(re.finditer(rf"^(?:async )?def {re.escape(entry_point)}\b", prompt, re.MULTILINE))
    if not starts:
        return ""
    before = prompt[: starts[-1].start()]
    try:
        nodes = ast.parse(before).body
    except (SyntaxError, ValueError):
        return ""
    wanted = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return before if nodes and all(isinstance(node, wanted) for node in nodes) else ""


def _parsed(source: str, what: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{what} is not valid Python: {error}") from error


def _label(node: ast.Assert, words: str) -> None:
    if node.msg is None:
        node.msg = ast.Constant(words)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _source(node: ast.Assert) -> str:
    return ast.unparse(node)
