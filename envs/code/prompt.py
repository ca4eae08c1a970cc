"""The words in which a problem is asked. They are kept short: every token of them is paid for in training."""

from __future__ import annotations

import copy

from envs.code.extract import info_strings
from envs.code.problem import Problem
from envs.core import Message
from sandbox.data import Data

VISIBLE_CASES = 2
"""Examples in the prompt, which feedback may speak of."""

SYSTEM = "You are a Python programmer. Answer with one short Python code block and nothing else."

_TITLES = {"python": "Python", "c++": "C++"}

_SHOTS = {
    "function": (
        "Return the sum of `a` and `b`.\n\n```python\ndef add(a: int, b: int) -> int:\n```\n\nadd(2, 3) == 5",
        "```python\ndef add(a: int, b: int) -> int:\n    return a + b\n```",
    ),
    "script": (
        "Stdin holds one line with a name. Print `Hello, ` and the name.\n\nInput:\nAda\n\nOutput:\nHello, Ada",
        '```python\nname = input()\nprint("Hello, " + name)\n```',
    ),
}
"""A solved example by style: it shows a small model the form of an answer, which is most of what it lacks."""


def build_conversation(problem: Problem, shots: bool) -> tuple[Message, ...]:
    """Return the prompt of a problem: what is wanted, a solved example if `shots`, and the problem."""
    question, answer = _SHOTS[problem.style]
    example = (Message(role="user", content=question), Message(role="assistant", content=answer)) if shots else ()
    return (Message(role="system", content=SYSTEM), *example, Message(role="user", content=build_prompt(problem)))


def build_prompt(problem: Problem) -> str:
    """Return the words of a problem: the statement, the signature and the visible cases."""
    shown = problem.edges[:VISIBLE_CASES]
    if problem.style == "script":
        pairs = [(args[0].rstrip(), expected_value(problem, args).rstrip()) for args in shown]
        examples = "\n\n".join(f"Input:\n{stdin}\n\nOutput:\n{stdout}" for stdin, stdout in pairs)
        return f"{problem.statement}\n\n{examples}"
    examples = "\n".join(
        f"{problem.name}({', '.join(map(repr, args))}) == {expected_value(problem, args)!r}" for args in shown
    )
    return f"{problem.statement}\n\n```python\n{problem.signature}\n```\n\n{examples}"


def code_block(language: str) -> str:
    """Return the words in which an answer in a language is asked for."""
    if language == "python":
        return "one Python code block"
    return f"one {_TITLES.get(language, language)} code block (```{info_strings(language)[0]})"


def expected_value(problem: Problem, args: tuple[Data, ...]) -> Data:
    """Return what the reference solution makes of arguments, which it cannot change: it gets copies."""
    return problem.solve(*copy.deepcopy(args))
