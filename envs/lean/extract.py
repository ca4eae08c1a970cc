"""Which part of an answer is the proof: one rule, the same for every task.

The proof is the last closed code block whose info string is `lean`, `lean4`, `tactics` or empty; an answer without any
fence is the proof as a whole. A fence still open at the end makes the answer incomplete: a proof cut short is no proof.

Models like to repeat the statement. If the text starts with the task's own header and statement, token by token
(comments and blanks do not count), these are taken off and the body is what follows `:=`. A theorem that is stated in
any other way is refused: it would be compiled as the task's own anyway, and the model should know why it fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from envs.fences import fenced_blocks, in_fence
from envs.lean.lexer import Forbidden, Lexed, Token, forbidden_at, lex
from envs.lean.placement import Body, read_lexed, starts_with_assignment

MAX_COMPLETION_LENGTH = 2**18
"""Characters of the longest answer that is looked at."""
FENCES = ("lean", "lean4", "tactics", "")
"""Info strings of the blocks that may hold a proof; the first is the one that is asked for."""

_DECLARATIONS = ("theorem", "lemma", "example", "private", "protected")
_HEADER = ("import", "open", "namespace", "section", "set_option", "universe", "variable", "noncomputable")


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no proof to look at: one sentence for the model."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def extract_body(completion: str, statement: str, header: str = "") -> Body | Forbidden | Missing:
    """Find the body of the proof in an answer.

    Args:
        completion: The model's text.
        statement: The task's own, such as `theorem name (n : Nat) : n = n`, without `:=`.
        header: The task's own lines before the statement.

    Returns:
        The body; or why it may not be compiled, at a line of the code block; or why there is none.
    """
    if len(completion) > MAX_COMPLETION_LENGTH:
        return Forbidden(f"the answer is longer than {MAX_COMPLETION_LENGTH} characters", 1, 0)
    blocks, unclosed = fenced_blocks(completion)
    candidates = [text for info, text in blocks if info in FENCES]
    if unclosed:
        return Missing("The last code block is never closed with ```, so the proof may be cut short.")
    if blocks and not candidates:
        return Missing(f"There is no ```{FENCES[0]} code block.")
    text = candidates[-1] if candidates else completion.replace("\r\n", "\n")
    lexed = lex(_without_header(text, header.strip()))
    if isinstance(lexed, Forbidden):
        return lexed
    found = _after_statement(lexed, statement, header)
    if isinstance(found, Forbidden):
        return found
    body = read_lexed(lexed, start=lexed.tokens[found - 1].end if found else 0, first_token=found)
    return body or Missing("There is no proof: the answer holds nothing but blanks, comments or the statement.")


def fenced(body: str) -> str:
    """Return a body as an answer."""
    return in_fence(body, FENCES[0])


def _without_header(text: str, header: str) -> str:
    """Return a text with blanks in place of the task's own header, if it starts with exactly that."""
    start = len(text) - len(text.lstrip())
    if not header or not text.startswith(header, start):
        return text
    return text[:start] + re.sub(r"[^\n]", " ", header) + text[start + len(header) :]


def _after_statement(lexed: Lexed, statement: str, header: str) -> int | Forbidden:
    """Return how many tokens at the start repeat the header and the statement."""
    given = lexed.tokens
    if not given or given[0].text not in (*_DECLARATIONS, *_HEADER):
        return 0
    if all(token.text not in _DECLARATIONS for token in given):
        return 0  # such as `open Nat in simp`, which the words of a body refuse with better advice
    stated, before = _texts(statement), _texts(header)
    expected = before + stated if given[0].text in _HEADER else stated
    for token, wanted in zip(given, expected, strict=False):
        if token.text != wanted:
            return _mismatch(lexed, token, wanted)
    rest = given[len(expected) :]
    if not rest:
        return len(given)
    if not (starts_with_assignment(rest) or rest[0].text == "|"):
        return _mismatch(lexed, rest[0], ":=")
    return len(expected)


def _mismatch(lexed: Lexed, token: Token, wanted: str) -> Forbidden:
    reason = f"this is not the given theorem: expected `{wanted}`, got `{token.text}`; write only the proof"
    return forbidden_at(lexed.code, token.offset, reason)


def _texts(trusted: str) -> list[str]:
    """Return the tokens of a text of the task's own; none if it holds what no answer may repeat."""
    lexed = lex(trusted)
    return [] if isinstance(lexed, Forbidden) else [token.text for token in lexed.tokens]
