"""Puts the body of a proof behind its statement so that nothing in it can end the theorem and start a command.

The body stands in parentheses: `theorem NAME BINDERS : TYPE := (by` ... `)`. Lean's commands may start in the middle of
a line, wherever a term is complete; inside open parentheses it never is. The lexer has seen to it that the body closes
no bracket that it did not open, and that Lean and the lexer agree on what is a bracket, so the last `)` is the only one
that closes ours. Whatever else is in the body is then part of one term, or an error, and what has an error is no proof.

Every line is moved to the right by the same number of columns, which keeps the layout (strings hold no newline).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from envs.lean.lexer import Forbidden, Lexed, Token, check_tokens, forbidden_at, lex
from envs.lean.words import TACTICS

INDENT = 2
"""Columns by which a body is moved to the right; Lean's columns are larger by this than those of the answer."""

_ALSO_TERMS = frozenset({"calc", "have", "haveI", "if", "let", "letI", "match", "nofun", "nomatch", "show", "suffices"})


@dataclass(frozen=True, slots=True)
class Body:
    """A body that may be compiled."""

    code: str
    """Comments are blanked out and blank lines around it are gone."""
    kind: Literal["tactics", "term"]
    first_line: int = 1
    """The line of the answer's text that `code` starts at."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file to compile, and how its positions are those of the answer."""

    source: str
    line_shift: int
    """What to take away from a line of the file to get the line of the answer's text."""


def read_body(text: str) -> Body | Forbidden | None:
    """Return the body that a text holds, why it may not be compiled, or None if it holds nothing but comments.

    It is a block of tactics if it starts with `·` or the name of a tactic, in parentheses too unless a term may start
    so as well; else it is a term, as it is behind `:=`.
    """
    lexed = lex(text)
    if isinstance(lexed, Forbidden):
        return lexed
    return read_lexed(lexed, start=0, first_token=0)


def read_lexed(lexed: Lexed, start: int, first_token: int) -> Body | Forbidden | None:
    """Return the body that starts at an offset and a token of a text that was read, as `read_body` does."""
    tokens = lexed.tokens[first_token:]
    marked = starts_with_assignment(tokens)
    if marked:
        start, tokens = tokens[1].end, tokens[2:]
    if not tokens:
        return None
    if forbidden := check_tokens(Lexed(lexed.code, tokens)):
        return forbidden
    first = tokens[0]
    if first.text == "|":
        return forbidden_at(lexed.code, first.offset, "a body cannot start with `|`; use `induction` or `match`")
    line_start = lexed.code.rfind("\n", 0, first.offset) + 1
    start = max(start, line_start)
    code = " " * (start - line_start) + lexed.code[start:].rstrip()
    kind: Literal["tactics", "term"] = "tactics" if not marked and _is_tactic(tokens) else "term"
    return Body(code, kind, lexed.code.count("\n", 0, first.offset) + 1)


def starts_with_assignment(tokens: Sequence[Token]) -> bool:
    """Whether the first thing is `:=`."""
    return [token.text for token in tokens[:2]] == [":", "="] and tokens[0].end == tokens[1].offset


def _is_tactic(tokens: Sequence[Token]) -> bool:
    first = tokens[0]
    if first.text == ".":
        return len(tokens) > 1 and first.end != tokens[1].offset
    if first.text == "(":
        words = (token.text for token in tokens if token.text != "(")
        return next(words, "") in TACTICS - _ALSO_TERMS
    return first.text == "·" or first.text in TACTICS


def place(statement: str, body: Body, header: str = "") -> Placed:
    """Return the file in which a body proves a statement.

    Args:
        statement: The task's own, such as `theorem name (n : Nat) : n = n`, without `:=`.
        body: What the lexer let through.
        header: The task's own lines before the statement.
    """
    opening = "(by" if body.kind == "tactics" else "("
    before = f"{header.rstrip()}\n\n" if header.strip() else ""
    head = f"{before}{statement.strip()} := {opening}\n"
    lines = "".join(f"{' ' * INDENT}{line}\n" if line.strip() else "\n" for line in body.code.split("\n"))
    return Placed(f"{head}{lines})\n", head.count("\n") + 1 - body.first_line)
