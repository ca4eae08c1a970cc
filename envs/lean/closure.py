"""What a library's constants rest on, found in the memory of a process that has imported it.

A library of many modules (Lean's own, Mathlib) is millions of objects in files of several layouts. Lean itself has
brought them into one environment here, so nothing of those files has to be read by us: a constant is looked up in the
environment, and its types, values and rules are followed as objects in memory. Only what a proof uses is looked at, and
every constant once: what is kept of it is the set of axioms that it rests on, one of a few sets that all share.

Trusts what it walks: only constants of the library, never those of a submission, which get no further than their names.
Runs in the kernel's process, so it imports only the standard library and `runtime`. Whether constants are in cycles
(types and their constructors) or not, they are found in one pass, by Tarjan's algorithm for strongly connected parts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

from envs.lean.runtime import Address, Runtime, field, text

Name = tuple[str | int, ...]

AXIOM, DEFINITION, THEOREM, OPAQUE, QUOTIENT, INDUCTIVE, CONSTRUCTOR, RECURSOR = range(8)

_STRUCTURE_PARTS = {5: (1, 2), 6: (2, 3), 7: (2, 3), 8: (2, 3, 4), 10: (2,), 11: (3,)}
"""Of expressions that have parts, by tag: the words of the object that point to them."""

_CONST, _LITERAL, _PROJECTION = 4, 9, 11
_NAT: tuple[Name, ...] = (("Nat",),)
_STRING: tuple[Name, ...] = (("String", "ofList"), ("Char", "ofNat"), ("List", "cons"), ("List", "nil"))

# kind -> which of its flags says that it is unsafe, behind the pointers; of a definition 1 means safe
_UNSAFE_FLAG = {AXIOM: 0, OPAQUE: 0, INDUCTIVE: 1, CONSTRUCTOR: 0, RECURSOR: 1}


class UnknownConstant(Exception):
    """The library mentions a constant that it does not have."""


class Closure:
    """Finds the axioms and unsafe constants that an environment's constants rest on.

    Args:
        runtime: A started one.
        environment: A kernel's environment, pinned; its constants must stay where they are.
    """

    def __init__(self, runtime: Runtime, environment: Address) -> None:
        self._runtime = runtime
        self._environment = environment
        self._find = runtime.function("lean_environment_find", 2)
        self._words = (ctypes.c_uint64 * 2**44).from_address(0)  # the whole memory, by words
        self._names: dict[Address, Name] = {1: ()}
        self._done: dict[Name, frozenset[Name]] = {}
        self._sets: dict[frozenset[Name], frozenset[Name]] = {}

    def has(self, name: Name) -> bool:
        """Whether the library has a constant of this name."""
        return name in self._done or self._constant(name) is not None

    def rests_on(self, name: Name) -> frozenset[Name]:
        """The axioms and unsafe constants in the closure of a constant, itself included.

        Raises:
            UnknownConstant: It, or what it uses, is not there.
        """
        if name not in self._done:
            self._walk(name)
        return self._done[name]

    def _walk(self, root: Name) -> None:
        """Find what all constants rest on that can be reached from here and are not known yet."""
        order: dict[Name, int] = {}
        low: dict[Name, int] = {}
        found: dict[Name, set[Name]] = {}
        waiting: list[Name] = []
        path: list[tuple[Name, Iterator[Name]]] = []

        def enter(name: Name) -> None:
            own, used = self._read(name)
            order[name] = low[name] = len(order)
            found[name] = {name} if own else set()
            waiting.append(name)
            path.append((name, iter(used)))

        enter(root)
        while path:
            name, rest = path[-1]
            for used in rest:
                if used in self._done:
                    found[name] |= self._done[used]
                elif used in order:
                    low[name] = min(low[name], order[used])
                else:
                    enter(used)
                    break
            else:
                path.pop()
                if low[name] == order[name]:
                    self._finish(name, waiting, found)
                if path:
                    user = path[-1][0]
                    low[user] = min(low[user], low[name])
                    found[user] |= self._done[name] if name in self._done else found[name]

    def _finish(self, first: Name, waiting: list[Name], found: dict[Name, set[Name]]) -> None:
        """All constants that wait since `first` use each other: they rest on the same."""
        together = [waiting.pop()]
        while together[-1] != first:
            together.append(waiting.pop())
        axioms = frozenset().union(*(found.pop(name) for name in together))
        shared = self._sets.setdefault(axioms, axioms)
        for name in together:
            self._done[name] = shared

    # --- objects -----------------------------------------------------------------------------------------------------

    def _constant(self, name: Name) -> Address | None:
        found = self._find(self._environment, self._runtime.name(name))
        return None if found & 1 else field(found, 0)

    def _read(self, name: Name) -> tuple[bool, set[Name]]:
        """Whether a constant is an axiom or unsafe, and the constants that it mentions."""
        constant = self._constant(name)
        if constant is None:
            raise UnknownConstant(".".join(map(str, name)))
        words = self._words
        kind = words[constant >> 3] >> 56
        at = words[(constant >> 3) + 1] >> 3
        count = words[at] >> 48 & 255
        fields = [words[at + 1 + place] for place in range(count)]
        flags = words[at + 1 + count].to_bytes(8, "little") if kind != THEOREM else bytes(8)
        roots, mentioned = [words[(fields[0] >> 3) + 3]], []
        if kind in (DEFINITION, THEOREM, OPAQUE):
            roots.append(fields[1])
        elif kind == INDUCTIVE:
            mentioned = [*self._list(fields[3]), *self._list(fields[4])]
        elif kind == CONSTRUCTOR:
            mentioned = [fields[1]]
        elif kind == RECURSOR:
            rules = list(self._list(fields[6]))
            mentioned = [*self._list(fields[1]), *(field(rule, 0) for rule in rules)]
            roots += [field(rule, 2) for rule in rules]
        unsafe = flags[0] != 1 if kind == DEFINITION else kind in _UNSAFE_FLAG and flags[_UNSAFE_FLAG[kind]] != 0
        return kind == AXIOM or unsafe, self._mentioned_in(roots) | set(map(self._name, mentioned))

    def _list(self, value: Address) -> Iterator[Address]:
        while not value & 1:
            yield field(value, 0)
            value = field(value, 1)

    def _mentioned_in(self, roots: list[Address]) -> set[Name]:
        """The constants in some expressions, with the structures of projections and what literals stand for."""
        words, parts, names = self._words, _STRUCTURE_PARTS, self._names
        result: set[Name] = set()
        constants: set[Address] = set()
        stack, seen = list(roots), set(roots)
        while stack:
            at = stack.pop() >> 3
            kind = words[at] >> 56
            if kind in (_CONST, _PROJECTION):
                constants.add(words[at + 1])
            elif kind == _LITERAL:
                result.update(_STRING if words[words[at + 1] >> 3] >> 56 else _NAT)
            for place in parts.get(kind, ()):
                part = words[at + place]
                if part not in seen:
                    seen.add(part)
                    stack.append(part)
        result.update(names[name] if name in names else self._name(name) for name in constants)
        return result

    def _name(self, value: Address) -> Name:
        """The name at an address; names of the library never move, so each is read once."""
        found = self._names.get(value)
        if found is None:
            last = field(value, 1)
            if self._words[value >> 3] >> 56 == 1:
                part: str | int = text(last)
            else:
                part = last >> 1 if last & 1 else 2**63  # a larger one is in no name that can be looked up
            found = self._names[value] = (*self._name(field(value, 0)), part)
        return found
