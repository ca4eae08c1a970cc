"""Statements as text: their parts, the names in them, and a form that statements share if they differ in names only.

The canonical form decides which problems are the same one, for splits; it is no parser of Lean. It forgets spacing,
ASCII spellings, the names of bound variables, atoms and the task's own definitions, whether a premise is a binder or
stands before an arrow, and the order in which variables are declared.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space> \s+ | --[^\n]* | /-.*?-/ )
  | (?P<text> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])' )
  | (?P<name> (?:«[^»]*»|[^\W\d][\w'!?]*) (?:\.(?:«[^»]*»|[^\W\d][\w'!?]*))* )
  | (?P<sign> \d+ | := | => | <-> | -> | <- | <= | >= | != | == | \+\+ | :: | && | \|\| | /\\ | \\/ | <;> | \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPELLINGS = {"->": "→", "<->": "↔", "<=": "≤", ">=": "≥", "/\\": "∧", "\\/": "∨", "↦": "=>", "λ": "fun"}
_OPEN = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄"}
_QUANTIFIERS = ("∀", "∃", "fun", "Σ")
_DEFINING = ("def", "abbrev", "inductive", "structure", "theorem", "class", "instance", "opaque", "axiom")
_KEYWORDS = {*_DEFINING, "where", "match", "with", "if", "then", "else", "let", "have", "by", "fun", "true", "false"}
_UNFINISHED = {"", "by", "sorry", "by sorry"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theorem:
    """The parts of `theorem NAME BINDERS : TYPE := PROOF`."""

    name: str
    signature: str
    """Universes, binders, colon and type, as they were written."""
    proof: str | None
    """What stands behind `:=`; None: nothing, or a `sorry`."""


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, comments and spacing left out, in their usual spelling."""
    found = (match for match in _TOKEN.finditer(text) if match.lastgroup != "space")
    return [_SPELLINGS.get(match[0], match[0]) for match in found]


def read_theorem(text: str) -> Theorem:
    """Return the parts of a theorem.

    Raises:
        ValueError: It is not `theorem NAME BINDERS : TYPE`, with or without a proof.
    """
    begun = re.match(r"\s*theorem\s+((?:«[^»]*»|(?!\.\{)[^\s:({\[])+)(?=[\s:({\[]|\.\{)", text)
    if begun is None:
        raise ValueError("a statement is `theorem NAME BINDERS : TYPE`")
    rest = text[begun.end() :]
    depth, colon, assigned, end = 0, False, None, 0
    for match in _TOKEN.finditer(rest):
        token = match[0]
        depth += (token in _OPEN) - (token in _OPEN.values())
        if depth < 0:
            raise ValueError(f"a bracket {token!r} is closed that was not opened")
        colon = colon or (depth == 0 and token == ":")
        if depth == 0 and token == ":=":
            assigned = match
            break
        if match.lastgroup != "space":
            end = match.end()  # a comment behind the type would swallow the `:=` that comes there
    if depth:
        raise ValueError("a bracket is not closed")
    if not colon:
        raise ValueError("there is no `:` before the type of the theorem")
    signature = rest[:end]
    proof = rest[assigned.end() :].strip() if assigned else ""
    return Theorem(name=begun[1], signature=signature.strip(), proof=None if proof in _UNFINISHED else proof)


def statement_of(name: str, signature: str) -> str:
    """Return `theorem NAME BINDERS : TYPE`; between a name and its universes, `.{u}`, there may be no blank."""
    return f"theorem {name}{signature}" if signature.startswith(".{") else f"theorem {name} {signature}"


def tactic_block(proof: str) -> str:
    """Return a proof as the lines behind `:= by`, as far to the left as they go; a leading `by` is taken off.

    A proof is a tactic block: who has a term writes `exact TERM`.
    """
    text = proof.expandtabs(2).strip("\n").rstrip()
    if begun := re.match(r"\s*by\b", text):
        text = (" " * begun.end() + text[begun.end() :]).lstrip("\n")
        text = re.sub(r"\A\s*\n", "", text)
    first, *rest = text.split("\n")
    indent = len(first) - len(first.lstrip())
    common = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=indent)
    cut = indent if common >= indent else max(common - 2, 0)
    return "\n".join([first.lstrip(), *(line[cut:] for line in rest)])


def defined_names(header: str) -> list[str]:
    """Return the names that a header defines: of definitions and types, then of constructors."""
    found = tokens(header)
    names = [after for before, after in itertools.pairwise(found) if before in _DEFINING and _is_name(after)]
    return names + [name for name in _constructors(found) if name not in names]


def _constructors(found: Sequence[str]) -> Iterator[str]:
    inside = False
    for index, token in enumerate(found[:-1]):
        inside = token in ("inductive",) or (inside and token not in _DEFINING)
        if inside and token == "|" and _is_name(found[index + 1]):
            yield found[index + 1]


def mentioned(text: str) -> set[str]:
    """Return every name of a text; of `Tree.leaf` and `xs.length` the first part too."""
    names = {token for token in tokens(text) if _is_name(token)}
    return names | {name.partition(".")[0] for name in names}


def binders(signature: str) -> list[tuple[str, str]]:
    """Return the names that are bound before the colon, each with its type; instances have none."""
    found = tokens(signature)
    out = []
    at = 0
    while at < len(found) and found[at] in _OPEN:
        end = _closing(found, at)
        inner = found[at + 1 : end]
        if ":" in inner:
            colon = inner.index(":")
            out += [(name, " ".join(inner[colon + 1 :])) for name in inner[:colon] if _is_name(name)]
        at = end + 1
    return out


def canonical(header: str, signature: str) -> str:
    """Return the canonical form of a problem: equal for problems that differ in names only."""
    own = {name: f"d{index}" for index, name in enumerate(defined_names(header))}
    premises, conclusion, declared = _Reader(tokens(signature), own).read()
    numbers: dict[int, str] = {}
    body = [*(f"({_written(premise, numbers)})" for premise in premises), _written(conclusion, numbers)]
    kept = sorted(declared, key=lambda item: list(numbers).index(item[0]) if item[0] in numbers else len(numbers))
    variables = "".join(f"({_written([variable, ':', *kind], numbers)})" for variable, kind in kept)
    return f"{_canonical_header(header, own)}{variables} ⊢ {' → '.join(body)}"


Item = str | int
"""A token, or the number of a bound variable."""


def _written(items: Iterable[Item], numbers: dict[int, str]) -> str:
    return " ".join(
        item if isinstance(item, str) else numbers.setdefault(item, f"v{len(numbers)}") for item in _bare(list(items))
    )


def _bare(items: list[Item]) -> list[Item]:
    """Return items without brackets around all of them."""
    while len(items) > 1 and items[0] == "(" and _closing(items, 0) == len(items) - 1:
        items = items[1:-1]
    return items


def _closing(items: Sequence[Item], start: int) -> int:
    depth = 0
    for index in range(start, len(items)):
        depth += (items[index] in _OPEN) - (items[index] in _OPEN.values())
        if depth == 0:
            return index
    return len(items)


def _canonical_header(header: str, own: dict[str, str]) -> str:
    """Return a header with names of its own and lower-case names numbered as they come."""
    numbers = dict(own)
    out = []
    for token in tokens(header):
        if _is_name(token) and token not in _KEYWORDS:
            first, dot, rest = token.partition(".")
            if first in numbers or (first[0].islower() and not dot):
                token = (
                    numbers.setdefault(first, f"w{len(numbers)}")
                    + dot
                    + ".".join(numbers.get(part, part) for part in rest.split("."))
                )
        out.append(token)
    return " ".join(out) + " ; " if out else ""


def _is_name(token: str) -> bool:
    return token[0] == "«" or token[0].isalpha() or token[0] == "_"


class _Reader:
    """Reads a signature from left to right, and gives each bound variable a number of its own where it is bound."""

    def __init__(self, found: list[str], own: dict[str, str]) -> None:
        self.found = found
        self.own = own
        self.bound = 0

    def read(self) -> tuple[list[list[Item]], list[Item], list[tuple[int, list[Item]]]]:
        """Return the premises, the conclusion, and the variables that are declared before them with their types."""
        premises: list[list[Item]] = []
        declared: list[tuple[int, list[Item]]] = []
        scope: dict[str, int] = {}
        at = 0
        while at < len(self.found) and self.found[at] != ":":
            end = _closing(self.found, at)
            self._binder(self.found[at : end + 1], self.found[end + 1 :], scope, declared, premises)
            at = end + 1
        rest = self.found[at + 1 :]
        while True:
            rest = [str(token) for token in _bare(list(rest))]
            if rest and rest[0] == "∀" and (comma := self._comma(rest)) is not None:
                for group in _groups(rest[1:comma]):
                    self._binder(group, rest[comma + 1 :], scope, declared, premises)
                rest = rest[comma + 1 :]
            elif (arrow := _first_arrow(rest)) is not None:
                premises.append(self._items(rest[:arrow], scope))
                rest = rest[arrow + 1 :]
            else:
                return premises, self._items(rest, scope), declared

    @staticmethod
    def _comma(rest: list[str]) -> int | None:
        """Return where the binders of a leading ∀ end, unless they bound their variable (`∀ x < n`)."""
        depth = 0
        typed = False
        for index, token in enumerate(rest[1:], start=1):
            depth += (token in _OPEN) - (token in _OPEN.values())
            if depth == 0:
                if token == ",":
                    return index
                typed = typed or token == ":"
                if not typed and not _is_name(token) and token not in _OPEN.values():
                    return None
        return None

    def _binder(
        self,
        group: list[str],
        later: list[str],
        scope: dict[str, int],
        declared: list[tuple[int, list[Item]]],
        premises: list[list[Item]],
    ) -> None:
        inner = group[1:-1] if group[0] in _OPEN else group
        if ":" not in inner:
            if group[0] == "[":
                premises.append(["[", *self._items(inner, scope), "]"])
                return
            names, kind = inner, []
        else:
            colon = inner.index(":")
            names, kind = inner[:colon], inner[colon + 1 :]
        parts = {part for token in later for part in token.split(".")}
        for name in names:
            if kind and name not in parts:
                premises.append(self._items(kind, scope))
            else:
                items = self._items(kind, scope)
                scope[name] = self._fresh()
                declared.append((scope[name], items))

    def _fresh(self) -> int:
        self.bound += 1
        return self.bound

    def _items(self, found: Sequence[str], scope: dict[str, int]) -> list[Item]:
        """Return tokens with bound variables as numbers; what a quantifier binds ends with the brackets around it."""
        out: list[Item] = []
        scopes = [dict(scope)]
        at = 0
        while at < len(found):
            token = found[at]
            if token in _OPEN:
                scopes.append(dict(scopes[-1]))
            elif token in _OPEN.values() and len(scopes) > 1:
                scopes.pop()
            if token in _QUANTIFIERS:
                end = self._binders_end(found, at)
                out.append(token)
                for group in _groups(list(found[at + 1 : end])):
                    out.extend(self._bind(group, scopes[-1]))
                at = end
                continue
            out.extend(self._name(token, scopes[-1]) if _is_name(token) else [token])
            at += 1
        return out

    @staticmethod
    def _binders_end(found: Sequence[str], at: int) -> int:
        depth = 0
        for index in range(at + 1, len(found)):
            depth += (found[index] in _OPEN) - (found[index] in _OPEN.values())
            if depth == 0 and found[index] in (",", "=>"):
                return index
        return len(found)

    def _bind(self, group: list[str], scope: dict[str, int]) -> list[Item]:
        out: list[Item] = []
        names = True
        for token in group:
            if names and _is_name(token):
                scope[token] = self._fresh()
                out.append(scope[token])
                continue
            if not _is_name(token) and token not in _OPEN and token not in _OPEN.values() and token != ",":
                names = False
            out.extend(self._name(token, scope) if _is_name(token) else [token])
        return out

    def _name(self, token: str, scope: dict[str, int]) -> list[Item]:
        first, *rest = token.split(".")
        head: Item = scope[first] if first in scope else self.own.get(first, first)
        return [head, *(part for name in rest for part in (".", self.own.get(name, name)))]


def _groups(found: list[str]) -> list[list[str]]:
    """Return binders one by one: each bracketed group, or all of them where there are no brackets."""
    if not found or found[0] not in _OPEN or found[0] == "⟨":
        return [found] if found else []
    end = _closing(found, 0)
    return [found[: end + 1], *_groups(found[end + 1 :])]


def _first_arrow(found: Sequence[str]) -> int | None:
    """Return the place of the outermost `→`, or None where the outermost sign is another one."""
    depth, arrow = 0, None
    for index, token in enumerate(found):
        depth += (token in _OPEN) - (token in _OPEN.values())
        if depth == 0:
            if token == "↔":
                return None
            if token in _QUANTIFIERS:
                break
            if token == "→" and arrow is None:
                arrow = index
    return arrow
