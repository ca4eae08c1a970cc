"""Which part of an answer is the program: one rule, the same for every task.

The rule: fenced blocks are found as CommonMark finds them. Candidates are the *closed* blocks whose info string is
`python`, `py`, `python3` or empty; a task in another language has info strings of its own (`FENCES`). Graded is the
last candidate that defines the entry point; if none does (or the task is a script, which has none), the last candidate.
A fence still open at the end of the answer closes nothing: a truncated program is no program.

Refused are programs of more than 64 KiB, and those holding NUL, lone surrogates or bidirectional controls, which would
show a reader another program than the one that runs. Nothing is normalised: string literals must survive, and Python
itself brings identifiers to NFKC, so a homoglyph of the entry point's name (which NFKC keeps apart) simply does not
define it. Nothing is parsed or compiled here: the host never feeds an answer to its own compiler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from envs.fences import fenced_blocks, in_fence

MAX_COMPLETION_LENGTH = 2**18
"""Characters of the longest answer that is looked at."""
MAX_PROGRAM_BYTES = 2**16
FENCES = {"python": ("python", "py", "python3", ""), "bash": ("bash", "sh"), "c++": ("cpp", "c++")}
"""Info strings of the blocks that may hold a program; the first is the one that is asked for."""

_CONTROLS = re.compile("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was found in an answer."""

    source: str | None
    """The program; None: there is none to grade, and `problem` says why."""
    problem: str = ""
    """One sentence for the model."""
    clean: bool = False
    """Whether the answer has exactly one closed code block, and it defines the entry point (a script: is not blank)."""


def extract_program(completion: str, entry_point: str | None, language: str = "python") -> Extraction:
    """Find the program in an answer.

    Args:
        completion: The model's text.
        entry_point: The function that the task asks for; None for a script.
        language: The one that the task asks for.
    """
    if len(completion) > MAX_COMPLETION_LENGTH:
        return Extraction(source=None, problem=f"The answer is longer than {MAX_COMPLETION_LENGTH} characters.")
    blocks, unclosed = fenced_blocks(completion)
    fences = info_strings(language)
    candidates = [body for info, body in blocks if info in fences]
    if not candidates:
        problem = "The code block is never closed with ```." if unclosed else f"There is no ```{fences[0]} code block."
        return Extraction(source=None, problem=problem)
    defining = [body for body in candidates if _defines(body, entry_point)]
    source = (defining or candidates)[-1]
    if found := _CONTROLS.search(source):
        return Extraction(source=None, problem=f"The program holds the forbidden character U+{ord(found[0]):04X}.")
    if len(source.encode("utf-8")) > MAX_PROGRAM_BYTES:
        return Extraction(source=None, problem=f"The program is longer than {MAX_PROGRAM_BYTES} bytes.")
    return Extraction(source=source, clean=len(blocks) == 1 and bool(defining) and not unclosed)


def info_strings(language: str) -> tuple[str, ...]:
    """Return the info strings of blocks in a language, the one that is asked for first."""
    return FENCES.get(language, (language.lower(),))


def fenced(source: str, language: str = "python") -> str:
    """Return a program as an answer: in a code block whose fence is longer than any inside it."""
    return in_fence(source, info_strings(language)[0])


def _defines(source: str, entry_point: str | None) -> bool:
    if entry_point is None:
        return bool(source.strip())
    name = re.escape(entry_point)
    definition = rf"^(?:async[ \t]+)?(?:def[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]*)?=(?!=))"
    return re.search(definition, source, re.MULTILINE) is not None
