"""The first wall: reads the body of a proof as Lean would, and refuses whatever is more than a proof.

It is never the verdict. What it does guarantee, for what is compiled next (`placement.py`):

- Lean and this lexer cannot disagree on what is a comment or a string: comments are replaced by blanks before anybody
  else sees the text, and of the literals only plain ones are let through (no raw or interpolated strings, no newline or
  `{` in a string, no quote or bracket in a character).
- Brackets are balanced and never close what they did not open, so a body in parentheses cannot end them.
- No word of `words.py` stands anywhere outside comments and strings, and no character outside the alphabet.

The time is linear in the length, and texts that are too long or too deep are refused before anything else is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from envs.lean.alphabet import CODE_CHARACTERS, complaint, hides
from envs.lean.words import BEFORE_PERCENT, denied

MAX_BODY_LENGTH = 2**16
"""Characters."""
MAX_NESTING = 200
"""Brackets that may stand open at once, and block comments likewise."""

Kind = Literal["word", "number", "string", "char", "quoted", "symbol"]

_CLOSERS = dict(zip("([{⟨⟦⟪⟮⦃⌊⌈⌜⁅‹", ")]}⟩⟧⟫⟯⦄⌋⌉⌝⁆›", strict=True))
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}

_TOKEN = re.compile(
    r"""(?P<blank>[ \n]+|--[^\n]*)
    |(?P<docs>/-[-!])
    |(?P<comment>/-)
    |(?P<string>"(?:[^"\\\n{]|\\[\\"'ntr]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4})*")
    |(?P<char>'(?:[A-Za-z0-9 ]|\\[ntr]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4})')
    |(?P<quoted>«[^"\\/\n()[\]{}⟨⟩⟦⟧⟪⟫⟮⟯⦃⦄⌊⌋⌈⌉⌜⌝⁅⁆‹›«»-]+»)
    |(?P<word>[A-Za-z_][A-Za-z0-9_'!?]*)
    |(?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)
    |(?P<symbol>.)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/-|-/")
_ASCII_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_'!?]*")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Why a body is refused, and where."""

    reason: str
    line: int
    """Counted from 1."""
    column: int
    """Counted from 0, in characters, as Lean does."""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of code and where it starts."""

    kind: Kind
    text: str
    offset: int

    @property
    def end(self) -> int:
        """The offset of what follows it."""
        return self.offset + len(self.text)


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text that was read to its end."""

    code: str
    """The text with every comment replaced by blanks, so that lines and columns stay."""
    tokens: tuple[Token, ...]


class _Refused(Exception):
    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset


def lex(text: str) -> Lexed | Forbidden:
    """Read a text: comments, literals, words and symbols, without judging the words."""
    if len(text) > MAX_BODY_LENGTH:
        return Forbidden(f"the proof has {len(text)} characters; at most {MAX_BODY_LENGTH} are allowed", 1, 0)
    try:
        return _lex(text)
    except _Refused as refused:
        return forbidden_at(text, refused.offset, str(refused))


def check_body(text: str) -> Forbidden | None:
    """Return why a text may not be compiled as the body of a proof, or None if it may."""
    lexed = lex(text)
    return lexed if isinstance(lexed, Forbidden) else check_tokens(lexed)


def check_tokens(lexed: Lexed) -> Forbidden | None:
    """Return why what was read may not be compiled as the body of a proof, or None if it may."""
    try:
        _check_brackets(lexed)
        _check_words(lexed)
    except _Refused as refused:
        return forbidden_at(lexed.code, refused.offset, str(refused))
    return None


def forbidden_at(text: str, offset: int, reason: str) -> Forbidden:
    """Return the refusal of what stands at an offset of a text."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Forbidden(reason, text.count("\n", 0, offset) + 1, offset - line_start)


def _lex(text: str) -> Lexed:
    for character in sorted(set(text)):
        if hides(character):
            raise _Refused(text.index(character), f"there is {complaint(character)}")
    pieces: list[str] = []
    tokens: list[Token] = []
    offset = 0
    while found := _TOKEN.match(text, offset):
        kind, piece = str(found.lastgroup), found[0]
        if kind == "docs":
            raise _Refused(offset, f"`{piece}` starts a documentation comment; write `--` or `/- ... -/`")
        if kind == "comment":
            piece = text[offset : _comment_end(text, offset)]
        if kind in ("comment", "blank"):
            pieces.append(re.sub(r"[^\n]", " ", piece))
        else:
            _check_piece(text, found, tokens[-1] if tokens else None)
            pieces.append(piece)
            tokens.append(Token(kind, piece, offset))  # type: ignore[arg-type]  # the groups of _TOKEN are the kinds
        offset += len(piece)
    return Lexed("".join(pieces), tuple(tokens))


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        depth += 1 if mark[0] == "/-" else -1
        if depth > MAX_NESTING:
            raise _Refused(mark.start(), f"comments are nested more than {MAX_NESTING} deep")
        if depth == 0:
            return mark.end()
    raise _Refused(start, "the comment that starts with `/-` is never closed with `-/`")


def _check_piece(text: str, found: re.Match[str], previous: Token | None) -> None:
    kind, piece, offset = str(found.lastgroup), found[0], found.start()
    if not CODE_CHARACTERS.issuperset(piece):
        bad = next(character for character in piece if character not in CODE_CHARACTERS)
        raise _Refused(offset + piece.index(bad), f"there is {complaint(bad)}")
    after = text[found.end() : found.end() + 2]
    glued = previous is not None and previous.end == offset
    if kind == "string" and glued and previous is not None and previous.kind in ("word", "number", "quoted"):
        reason = "raw and interpolated strings are not allowed; write a plain string, with a space before it"
        raise _Refused(previous.offset, reason)
    if kind == "number" and re.match(r"[A-Za-z_]", after):
        raise _Refused(offset, f"`{piece}` runs into a word; put a space between them")
    if kind == "symbol":
        _check_symbol(piece, offset, after)


def _check_symbol(piece: str, offset: int, after: str) -> None:
    if piece == '"':
        reason = "this string is not a plain one: it is not closed on its line, or holds `{` or an unknown escape"
        raise _Refused(offset, reason)
    if piece == "'" and (after[:1] in ('"', "\\") or after[1:] == "'") and after[0] in CODE_CHARACTERS:
        raise _Refused(offset, "a character literal may hold a letter, a digit or a blank; else write `Char.ofNat`")
    if piece in "«»":
        raise _Refused(offset, "`«` and `»` must enclose a plain name on one line")
    if piece == "-" and after[:1] == "/":
        raise _Refused(offset, "`-/` closes a comment that was never opened")


def _check_brackets(lexed: Lexed) -> None:
    opened: list[Token] = []
    for token in lexed.tokens:
        if token.kind != "symbol":
            continue
        if token.text in _CLOSERS:
            opened.append(token)
            if len(opened) > MAX_NESTING:
                raise _Refused(token.offset, f"brackets are nested more than {MAX_NESTING} deep")
        elif token.text in _OPENERS:
            if not opened:
                raise _Refused(token.offset, f"`{token.text}` closes a bracket that was never opened")
            if _CLOSERS[opened[-1].text] != token.text:
                raise _Refused(token.offset, f"`{token.text}` cannot close `{opened[-1].text}`")
            opened.pop()
    if opened:
        raise _Refused(opened[-1].offset, f"`{opened[-1].text}` is never closed")


def _check_words(lexed: Lexed) -> None:
    previous: Token | None = None
    for token in lexed.tokens:
        if token.kind in ("word", "quoted"):
            for word in _ASCII_WORD.findall(token.text):
                if reason := denied(word):
                    raise _Refused(token.offset, f"`{word}` {reason}")
        if previous is not None:
            _check_pair(previous, token)
        previous = token


def _check_pair(first: Token, second: Token) -> None:
    glued = first.end == second.offset
    if glued and first.text == "@" and second.text == "[":
        raise _Refused(first.offset, "`@[` starts an attribute; only the proof is wanted")
    if glued and first.text == "." and second.text.startswith("_") and len(second.text) > 1:
        raise _Refused(first.offset, f"`.{second.text}` is the name of an auxiliary declaration")
    if glued and first.text in BEFORE_PERCENT and second.text == "%":
        raise _Refused(first.offset, f"`{first.text}%` is part of the elaborator; a proof does not need it")
    if first.text == "let" and second.text == "rec":
        raise _Refused(first.offset, "`let rec` makes a definition; use `induction`, or the theorem itself")
