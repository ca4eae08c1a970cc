"""The parts of a statement, and the proof of each that an unfinished proof of the whole holds.

The parts are the statement's own, fixed before there is an answer: behind its leading binders, what `∧` joins and the
two directions of `↔`, each below all the binders. A part's proof is cut out of the value of the theorem: below the
binders, through `let`, `have` and functions applied to arguments, behind `And.intro` and `Iff.intro`, into the branches
of distinctions of cases. Nothing here is trusted: the kernel is asked whether what was cut out proves the part. So a
guess that is wrong costs its author a part, and never pays for one.

Not looked into: a goal that was rewritten before it was divided, and an induction before it, whose hypothesis is about
the whole.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from envs.lean.terms import APP, BVAR, CHILDREN, CONST, LAM, LET, PI, PROJ, Name, Node, Terms, TermTooDeep

MOST_PARTS = 16
"""A statement with more of them counts as one."""

_STRUCTURES: tuple[Name, ...] = (("And",), ("Iff",))
_BINDERS = (LAM, PI, LET)
_MOST_STEPS = 200_000
_MOST_NESTED = 100
_MATCH = re.compile(r"match_\d+(_\d+)?")
# of functions that branch, and take the type of the whole as it is: how many arguments lie between it and the branches
_PLAIN: dict[Name, int] = {
    ("dite",): 2,
    ("ite",): 2,
    ("Or", "elim"): 1,
    ("Exists", "elim"): 1,
    ("False", "elim"): 1,
    ("absurd",): 2,
}


Path = tuple[tuple[Name, int], ...]


class TooLong(ValueError):
    """Cutting the parts out of a proof takes more steps than any honest proof needs."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a statement."""

    type: int
    """What it says, below all binders of the statement."""
    path: Path
    """How it is reached from the conclusion: through which halves of which structures."""


def parts_of(terms: Terms, statement: int) -> list[list[Part]]:
    """Return the parts of a statement, each with all its occurrences; none if the statement has no two.

    Args:
        terms: What the statement is a number in.
        statement: Its type.
    """
    binders, conclusion = _telescope(terms, PI, statement)
    parts: dict[int, list[Part]] = {}
    try:
        leaves = list(itertools.islice(_leaves(terms, conclusion), MOST_PARTS + 1))
        for proposition, path in leaves:
            closed = _wrapped(terms, PI, binders, proposition)
            parts.setdefault(closed, []).append(Part(closed, path))
    except (TooLong, TermTooDeep):
        return []
    return list(parts.values()) if len(parts) > 1 and len(leaves) <= MOST_PARTS else []


def proofs_of(terms: Terms, statement: int, value: int, parts: Sequence[Sequence[Part]]) -> list[list[int]]:
    """Return what a proof of a statement holds as proofs of its parts: for each part, those at its occurrences.

    A distinction of cases may be one in which some branches are unfinished, or a finished proof whose branches cannot
    be cut, as after an induction. So there are two proofs at an occurrence: one cut out of the branches, and one that
    takes the distinction as a whole.

    Args:
        terms: What all these are numbers in.
        statement: The statement's type.
        value: The value of the theorem.
        parts: What `parts_of` found in the statement.
    """
    binders, _ = _telescope(terms, PI, statement)
    cutter = _Cutter(terms)
    found: list[list[int]] = [[] for _ in parts]
    try:
        whole = cutter.below(value, len(binders))
        for proofs, occurrences in zip(found, parts, strict=True):
            for occurrence, into_branches in itertools.product(occurrences, (True, False)):
                proof = whole
                for name, side in occurrence.path:
                    proof = cutter.half(proof, name, side, into_branches)
                proof = _wrapped(terms, LAM, binders, proof)
                proofs += [] if proof in proofs else [proof]
    except (TooLong, TermTooDeep):
        pass  # what was found until then is as good as ever
    return found


def _leaves(terms: Terms, conclusion: int) -> Iterator[tuple[int, Path]]:
    """Yield what conjunctions and equivalences at the top of a proposition consist of, from left to right."""
    stack: list[tuple[int, Path]] = [(conclusion, ())]
    while stack:
        proposition, path = stack.pop()
        found = _halves(terms, proposition)
        if found is None:
            yield proposition, path
        else:
            stack += [(found[1][side], (*path, (found[0], side))) for side in (1, 0)]


def _telescope(terms: Terms, kind: int, expression: int) -> tuple[list[int], int]:
    """The types of an expression's leading binders of a kind, and what is below them."""
    binders: list[int] = []
    while (node := terms.node(expression))[0] == kind:
        binders.append(node[1])
        expression = node[2]
    return binders, expression


def _wrapped(terms: Terms, kind: int, binders: list[int], expression: int) -> int:
    for binder in reversed(binders):
        expression = terms.expression((kind, binder, expression))
    return expression


def _halves(terms: Terms, proposition: int) -> tuple[Name, tuple[int, int]] | None:
    """The two halves of a conjunction or an equivalence, and which it is."""
    node = terms.node(proposition)
    function = terms.node(node[1]) if node[0] == APP else node
    head = terms.node(function[1]) if function[0] == APP else node
    if head[0] != CONST or head[1] not in _STRUCTURES:
        return None
    left, right = function[2], node[2]
    if head[1] == _STRUCTURES[0]:
        return head[1], (left, right)
    lifted = _Cutter(terms).lifted
    return head[1], (terms.expression((PI, left, lifted(right, 1))), terms.expression((PI, right, lifted(left, 1))))


class _Cutter:
    """Cuts parts out of one proof, in a bounded number of steps."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._steps = 0

    def below(self, value: int, binders: int) -> int:
        """What a function is below its binders, applied to them where it does not show them."""
        for _ in range(binders):
            head, arguments = self._head(value)
            node = self._terms.node(head)
            if node[0] == LAM:
                value = node[2]
            else:
                function = self.lifted(self._applied(head, arguments), 1)
                value = self._terms.expression((APP, function, self._terms.expression((BVAR, 0))))
        return value

    def half(self, proof: int, structure: Name, side: int, into_branches: bool, nested: int = 0) -> int:
        """A proof of one half of what a proof proves."""
        if nested > _MOST_NESTED:
            raise TooLong("too many distinctions of cases in each other")
        head, arguments = self._head(proof)
        node = self._terms.node(head)
        if node[0] == CONST:
            if node[1] == (*structure, "intro") and len(arguments) == 4:
                return arguments[2 + side]
            cases = self._cases(head, arguments, structure, side, nested) if into_branches else None
            if cases is not None:
                return cases
        return self._terms.expression((PROJ, structure, side, self._applied(head, arguments)))

    def _cases(self, head: int, arguments: list[int], structure: Name, side: int, nested: int) -> int | None:
        """A half of a distinction of cases: the half of what it is about, and that of each branch."""
        terms = self._terms
        for place in reversed(range(len(arguments))):
            domains, body = _telescope(terms, LAM, arguments[place])
            more, claim = _telescope(terms, PI, body)
            self._spend(len(domains) + len(more))
            found = _halves(terms, claim)
            around = _around_branches(terms.node(head)[1], len(domains))
            if found is None or found[0] != structure or around is None:
                continue
            first = place + 1 + around[0]
            last = max(first, len(arguments) - len(more) - around[1])
            claim = _wrapped(terms, LAM, domains, _wrapped(terms, PI, more, found[1][side]))
            branches = [self._branch(branch, structure, side, nested + 1) for branch in arguments[first:last]]
            cut = [*arguments[:place], claim, *arguments[place + 1 : first], *branches, *arguments[last:]]
            return self._applied(head, cut)
        return None

    def _branch(self, branch: int, structure: Name, side: int, nested: int) -> int:
        domains: list[int] = []
        while True:
            head, arguments = self._head(branch)
            node = self._terms.node(head)
            if node[0] != LAM:
                half = self.half(self._applied(head, arguments), structure, side, True, nested)
                return _wrapped(self._terms, LAM, domains, half)
            domains.append(node[1])
            branch = node[2]

    def _head(self, expression: int) -> tuple[int, list[int]]:
        """What an expression applies, and to which arguments, when functions and `let`s at its head are computed."""
        arguments: list[int] = []
        while True:
            self._spend()
            node = self._terms.node(expression)
            if node[0] == APP:
                arguments.append(node[2])
                expression = node[1]
            elif node[0] == LET:
                expression = self._instantiated(node[3], node[2])
            elif node[0] == LAM and arguments:
                expression = self._instantiated(node[2], arguments.pop())
            elif node[:2] == (CONST, ("id",)) and len(arguments) > 1:
                arguments.pop()
                expression = arguments.pop()
            else:
                return expression, arguments[::-1]

    def _applied(self, function: int, arguments: list[int]) -> int:
        for argument in arguments:
            function = self._terms.expression((APP, function, argument))
        return function

    # --- bound variables ---------------------------------------------------------------------------------------------

    def lifted(self, expression: int, by: int) -> int:
        """An expression below so many more binders."""
        variable = self._terms.expression
        return self._changed(expression, lambda index, depth: variable((BVAR, index + by))) if by else expression

    def _instantiated(self, body: int, value: int) -> int:
        """What is below a binder, with a value in place of its variable."""

        def change(index: int, depth: int) -> int:
            return self.lifted(value, depth) if index == depth else self._terms.expression((BVAR, index - 1))

        return self._changed(body, change)

    def _changed(self, root: int, change: Callable[[int, int], int]) -> int:
        """An expression with something else for each variable that points out of it, given with the binders above."""
        terms, done = self._terms, dict[tuple[int, int], int]()
        stack = [(root, 0)]
        while stack:
            self._spend()
            key = number, depth = stack.pop()
            if key in done:
                continue
            node = terms.node(number)
            if terms.missing(number) <= depth:
                done[key] = number
            elif node[0] == BVAR:
                done[key] = change(node[1], depth)
            else:
                places = CHILDREN[node[0]]
                below = [(node[at], depth + (at == places[-1] and node[0] in _BINDERS)) for at in places]
                if all(part in done for part in below):
                    done[key] = terms.expression(_with_parts(node, [done[part] for part in below]))
                else:
                    stack += [key, *below]
        return done[root, 0]

    def _spend(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise TooLong(f"more than {_MOST_STEPS} steps")


def _with_parts(node: Node, parts: list[int]) -> Node:
    return (*node[:-1], *parts) if node[0] == PROJ else (node[0], *parts)


def _around_branches(function: Name, domains: int) -> tuple[int, int] | None:
    """How many arguments a function that branches takes between what it is about and its branches, and behind them.

    Args:
        function: Its name.
        domains: How many arguments what it is about takes: indices, and what is distinguished.
    """
    last = function[-1]
    if domains == 0:
        return (_PLAIN[function], 0) if function in _PLAIN else None
    if last == "casesOn" or (isinstance(last, str) and _MATCH.fullmatch(last)):
        return domains, 0
    if last == "rec":
        return 0, domains
    return (0, domains + 1) if last == "ndrec" else None
