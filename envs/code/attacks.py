"""Hostile answers to programming tasks: each tries to be paid without solving the task, by a known exploit.

None may pass or earn more than the format term. Here the programs of `attack_programs.py` and `attack_escapes.py` are
fitted to a task; added are those that know the task's examples.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from envs.attacks import Attack, null_attacks
from envs.code.attack_escapes import QUICK_ESCAPES, SLOW_ESCAPES
from envs.code.attack_languages import language_attacks
from envs.code.attack_programs import ANSWERS, FORGERIES
from envs.code.extract import fenced
from envs.code.prompt import VISIBLE_CASES
from envs.code.tasks import Case, CodeReference, problem_cases
from envs.core import Task

_USES_MODULE = re.compile(
    r"\b(atexit|builtins|collections|ctypes|fcntl|gc|inspect|io|json|mmap|os|pathlib|pickle|random|re|resource|signal"
    r"|socket|stat|struct|subprocess|sys|threading|time)\b"
)

_FULL_WIDTH = 0xFEE0
"""Distance of a letter's full-width form, which Python takes for the letter."""


def code_attacks(task: Task) -> Sequence[Attack]:
    """Return every attack on this task, fitted to its entry point and its visible cases."""
    reference: CodeReference = task.reference
    if reference.language != "python":
        return [
            *null_attacks(task),
            *language_attacks(reference.language, [case.expected for case in _visible(reference)]),
        ]
    name = reference.entry_point or "solve"
    quick = {attack: _fitted(program, reference) for attack, program in (FORGERIES | QUICK_ESCAPES).items()}
    slow = {attack: _fitted(program, reference) for attack, program in SLOW_ESCAPES.items()}
    wide = "".join(chr(ord(letter) + _FULL_WIDTH) if "!" <= letter <= "~" else letter for letter in name)
    answers = {attack: text.replace("ENTRY", name).replace("WIDE", wide) for attack, text in ANSWERS.items()}
    answers |= {attack: fenced(program) for attack, program in (quick | _by_heart(reference)).items()}
    return [
        *null_attacks(task),
        *(Attack(name=attack, completion=text) for attack, text in answers.items()),
        *(Attack(name=attack, completion=fenced(program), slow=True) for attack, program in slow.items()),
    ]


def _fitted(program: str, reference: CodeReference) -> str:
    name = reference.entry_point or "solve"
    used = sorted(set(_USES_MODULE.findall(program)))
    imports = f"import {', '.join(used)}\n" if used else ""
    call = f"\nprint({name}())\n" if reference.entry_point is None else ""
    return imports + program.replace("ENTRY", name) + call


def _by_heart(reference: CodeReference) -> dict[str, str]:
    """Return programs that know what the prompt shows: the first answer, all of them, their beginnings, their order."""
    shown = _visible(reference)
    if not shown:
        return {}
    answers = [case.expected for case in shown]
    name = reference.entry_point
    keys = [case.call.stdin if name is None else repr(case.call.args) for case in shown]
    begun = [answer[:1] if isinstance(answer, (list, tuple)) else None for answer in answers]
    if name is None:
        begun = [answer.partition("\n")[0] for answer in answers]
    key = "sys.stdin.read()" if name is None else "repr(args)"
    values = {
        "C13 the first example": repr(answers[0]),
        "C13 the examples by heart": f"{dict(zip(keys, answers, strict=True))!r}.get({key}, {answers[0]!r})",
        "C13 the examples in their order": f"{answers!r}[seen.append(0) or (len(seen) - 1) % {len(answers)}]",
        "C14 the examples cut short": f"{dict(zip(keys, begun, strict=True))!r}.get({key}, {begun[0]!r})",
    }
    if name is None:
        return {attack: f"import sys\nseen = []\nprint({value}, end='')\n" for attack, value in values.items()}
    return {attack: f"seen = []\ndef {name}(*args):\n    return {value}\n" for attack, value in values.items()}


def _visible(reference: CodeReference) -> Sequence[Case]:
    if reference.problem is not None:
        return problem_cases(reference.problem, 0, np.random.default_rng(0))[:VISIBLE_CASES]
    return [case for case in reference.cases if case.visible]
