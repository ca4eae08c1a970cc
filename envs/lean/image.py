"""The objects in a compiled module (`.olean`) of Lean 4.35, read as untrusted bytes.

The file is a memory image. After a header of 88 bytes come the address of the root object and then the objects, as they
lay in memory, with pointers relative to a base address that the header names. The compiler writes an object only after
everything that it points to, so here every pointer must lead backwards: there is no cycle to follow. Nothing is mapped
or executed; each object is accepted only with exactly the header that Lean gives an object of the kind that belongs in
this place; the hashes and caches stored in names, levels and expressions are not read. Nothing recurses, and every
object is decoded once, so the work is linear in the size of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from envs.lean.terms import (
    APP,
    BVAR,
    CONST,
    IMAX,
    LAM,
    LET,
    MAX,
    NAT,
    PARAM,
    PI,
    PROJ,
    SORT,
    STR,
    SUCC,
    ZERO,
    Name,
    Node,
    Terms,
)

_HEADER = struct.Struct("<5sBB33s40sQ")
_VERSION = (b"olean", 2, 1, b"4.35.0", b"eb6cafb7290e8bd5f2937522d8d804f58f02bafc")
_FIRST_OBJECT = 12  # in words of 8 bytes: 11 of the header, one for the root

MAX_LITERAL_BITS = 14_016  # 219 words; its decimal digits are few enough for Python to convert
_MAX_NAME_COMPONENTS, _MAX_COMPONENT_BYTES, _MAX_LIST, _MAX_LEVELS, _MAX_COUNT = 40, 4096, 1000, 32, 2**16
_MAX_STRING_BYTES = 2**20


class MalformedModule(ValueError):
    """The bytes are not a module that Lean 4.35.0 wrote, or hold something that no proof needs."""


def shape_of(tag: int, fields: int, scalar_bytes: int = 0) -> int:
    """The header of a constructor's object: no reference count, size, number of fields, tag."""
    size = (8 + 8 * fields + scalar_bytes + 7) & ~7
    return size << 32 | fields << 48 | tag << 56


_ARRAY, _STRING = 1 << 32 | 246 << 56, 1 << 32 | 249 << 56
_NAME_STRING, _NAME_NUMBER = shape_of(1, 2, 8), shape_of(2, 2, 8)
_CONS = shape_of(1, 2)
_LEVELS = {shape_of(1, 1, 8): SUCC, shape_of(2, 2, 8): MAX, shape_of(3, 2, 8): IMAX, shape_of(4, 1, 8): PARAM}
_PROJECTION, _METADATA = shape_of(11, 3, 8), shape_of(10, 2, 8)
# expressions with parts: the kind, and which words of the object point to them
_BRANCHES: dict[int, tuple[int, tuple[int, ...]]] = {
    shape_of(5, 2, 8): (APP, (1, 2)),
    shape_of(6, 3, 9): (LAM, (2, 3)),
    shape_of(7, 3, 9): (PI, (2, 3)),
    shape_of(8, 4, 9): (LET, (2, 3, 4)),
    _PROJECTION: (PROJ, (3,)),
    _METADATA: (-1, (2,)),
}
_BVAR, _SORT, _CONST, _LITERAL = shape_of(0, 1, 8), shape_of(3, 1, 8), shape_of(4, 2, 8), shape_of(9, 1, 8)


class Image:
    """The objects of one module; an object is known by its index, counted in words from the start of the file."""

    def __init__(self, data: bytes, terms: Terms) -> None:
        if len(data) % 8 or len(data) < 8 * _FIRST_OBJECT:
            raise MalformedModule("this is no module: its length is not that of a memory image")
        *version, base = _HEADER.unpack_from(data)
        version[3:] = [part.rstrip(b"\0") for part in version[3:]]
        if tuple(version) != _VERSION:
            raise MalformedModule(f"the module was not written by Lean 4.35.0: its header says {version}")
        self.data = data
        self.words = memoryview(data).cast("Q")
        self.base: int = base
        self.terms = terms
        self.strings: dict[int, str] = {}
        self.names: dict[int, Name] = {}
        self.numbers: dict[int, int] = {}
        self.limbs = 0
        self.levels: dict[int, int] = {}
        self.level_lists: dict[int, tuple[int, ...]] = {}
        self.expressions: dict[int, int] = {}
        self.zero = terms.level((ZERO,))

    # --- objects -----------------------------------------------------------------------------------------------------

    def index(self, pointer: int, holder: int) -> int:
        """Where a pointer leads: to an object in front of the one that holds it."""
        offset = pointer - self.base
        if offset & 7 or not 8 * _FIRST_OBJECT <= offset < 8 * holder:
            raise MalformedModule(f"a pointer in the object at {8 * holder} does not lead to an earlier object")
        return offset >> 3

    def fields(self, pointer: int, holder: int, shape: int) -> tuple[int, list[int]]:
        """The index and the fields of an object that must have this header."""
        at = self.index(pointer, holder)
        if self.words[at] != shape or 8 * at + (shape >> 32 & 0xFFFF) > 8 * holder:
            raise MalformedModule(f"the object at {8 * at} is not of the kind that belongs there")
        return at, list(self.words[at + 1 : at + 1 + (shape >> 48 & 255)])

    def scalars(self, at: int, count: int) -> bytes:
        """`count` one-byte fields, behind the pointers of the object at `at`."""
        start = 8 * (at + 1 + (self.words[at] >> 48 & 255))
        return self.data[start : start + count]

    def flag(self, value: int) -> bool:
        """A truth value."""
        if value > 1:
            raise MalformedModule(f"a truth value is {value}")
        return bool(value)

    def elements(self, pointer: int, holder: int) -> tuple[int, list[int]]:
        """The index of an array and what it holds."""
        at = self.index(pointer, holder)
        size = self.words[at + 1]
        if self.words[at] != _ARRAY or at + 3 + size > holder:
            raise MalformedModule(f"the object at {8 * at} is not an array, or larger than the space behind it")
        return at, list(self.words[at + 3 : at + 3 + size])

    def listed(
        self, pointer: int, holder: int, read: Callable[[int, int], Any], most: int = _MAX_LIST
    ) -> tuple[Any, ...]:
        """The elements of a list, each read by `read`, and not more than `most`."""
        result: list[Any] = []
        while pointer != 1:
            holder, (head, pointer) = self.fields(pointer, holder, _CONS)
            result.append(read(head, holder))
            if len(result) > most:
                raise MalformedModule(f"a list has more than {most} elements")
        return tuple(result)

    def number(self, pointer: int, holder: int) -> int:
        """A natural number: boxed, or the limbs of a big one."""
        if pointer & 1:
            return pointer >> 1
        at = self.index(pointer, holder)
        if at not in self.numbers:
            self.numbers[at] = self.big_number(at, holder)
        return self.numbers[at]

    def big_number(self, at: int, holder: int) -> int:
        """A natural number of 2^63 or more, which shares no limbs with another."""
        # how many limbs there is room for, then how many there are, an `int` with the number's sign
        limbs = self.words[at + 1] & 0xFFFFFFFF
        if self.words[at] != (24 + 8 * limbs) << 32 | 250 << 56 or self.words[at + 1] >> 32 != limbs:
            raise MalformedModule(f"the object at {8 * at} is not a natural number")
        if self.words[at + 2] - self.base != 8 * (at + 3) or 64 * limbs > MAX_LITERAL_BITS:
            raise MalformedModule(f"the number at {8 * at} lies elsewhere, or has more than {MAX_LITERAL_BITS} bits")
        self.limbs += limbs
        if self.limbs > len(self.words):
            raise MalformedModule(f"the number at {8 * at} lies in another one")
        value = int.from_bytes(self.words[at + 3 : at + 3 + limbs].tobytes(), "little")
        if at + 3 + limbs > holder or value < 2**63:
            raise MalformedModule(f"the number at {8 * at} is cut off, or too small for its form")
        return value

    def small(self, pointer: int, holder: int) -> int:
        """A natural number that counts something."""
        if not pointer & 1 or pointer >> 1 > _MAX_COUNT:
            raise MalformedModule(f"a count in the object at {8 * holder} is larger than {_MAX_COUNT}")
        return pointer >> 1

    def string(self, pointer: int, holder: int, max_bytes: int = _MAX_STRING_BYTES) -> str:
        """A string, with its lengths in bytes and in characters as they should be."""
        at = self.index(pointer, holder)
        found = self.strings.get(at)
        if found is None:
            size, length = self.words[at + 1], self.words[at + 3]
            start = 8 * (at + 4)
            if self.words[at] != _STRING or not 0 < size <= 1 + max_bytes or start + size > len(self.data):
                raise MalformedModule(f"the object at {8 * at} is not a string of at most {max_bytes} bytes")
            found = self.data[start : start + size - 1].decode("utf-8")
            if self.data[start + size - 1] or len(found) != length:
                raise MalformedModule(f"the string at {8 * at} does not end where it says")
            self.strings[at] = found
        return found

    def name(self, pointer: int, holder: int) -> Name:
        """A hierarchical name."""
        chain: list[int] = []
        result: Name = ()
        while pointer != 1:
            at = self.index(pointer, holder)
            found = self.names.get(at)
            if found is not None:
                result = found
                break
            chain.append(at)
            if self.words[at] not in (_NAME_STRING, _NAME_NUMBER) or len(chain) > _MAX_NAME_COMPONENTS:
                raise MalformedModule(f"the object at {8 * at} is not a name of at most {_MAX_NAME_COMPONENTS} parts")
            pointer, holder = self.words[at + 1], at
        for at in reversed(chain):
            last = self.words[at + 2]
            if self.words[at] == _NAME_STRING:
                result = (*result, self.string(last, at, _MAX_COMPONENT_BYTES))
            else:
                result = (*result, self.number(last, at))
            if len(result) > _MAX_NAME_COMPONENTS:
                raise MalformedModule(f"a name has more than {_MAX_NAME_COMPONENTS} parts")
            self.names[at] = result
        return result

    # --- levels and expressions --------------------------------------------------------------------------------------

    def level(self, pointer: int, holder: int) -> int:
        """A universe level."""
        if pointer == 1:
            return self.zero
        root = self.index(pointer, holder)
        stack, done = [root], self.levels
        while stack:
            at = stack[-1]
            if at not in done:
                kind = _LEVELS.get(self.words[at])
                if kind is None:
                    raise MalformedModule(f"the object at {8 * at} is not a universe level of a finished module")
                if kind == PARAM:
                    done[at] = self.terms.level((PARAM, self.name(self.words[at + 1], at)))
                    continue
                pointers = [self.words[at + place] for place in ((1,) if kind == SUCC else (1, 2))]
                parts = [0 if part == 1 else self.index(part, at) for part in pointers]
                missing = [part for part in parts if part and part not in done]
                if missing:
                    stack += missing
                    continue
                done[at] = self.terms.level((kind, *(done[part] if part else self.zero for part in parts)))
            stack.pop()
        return done[root]

    def level_list(self, pointer: int, holder: int) -> tuple[int, ...]:
        """The universe levels that a constant is used at: few different lists, each many times."""
        found = self.level_lists.get(pointer)
        if found is None:
            found = self.level_lists[pointer] = self.listed(pointer, holder, self.level, _MAX_LEVELS)
        return found

    def expression(self, pointer: int, holder: int) -> int:
        """An expression."""
        root = self.index(pointer, holder)
        stack, done, words = [root], self.expressions, self.words
        while stack:
            at = stack[-1]
            if at not in done:
                branch = _BRANCHES.get(words[at])
                if branch is None:
                    done[at] = self.terms.expression(self.leaf(at))
                else:
                    kind, places = branch
                    parts = [self.index(words[at + place], at) for place in places]
                    missing = [part for part in parts if part not in done]
                    if missing:
                        stack += missing
                        continue
                    done[at] = self.branch(at, kind, [done[part] for part in parts])
            stack.pop()
        return done[root]

    def branch(self, at: int, kind: int, parts: list[int]) -> int:
        """An expression whose parts are known."""
        if kind == -1:  # metadata, which means nothing to the kernel
            return parts[0]
        if kind == PROJ:
            structure, field = self.name(self.words[at + 1], at), self.small(self.words[at + 2], at)
            return self.terms.expression((PROJ, structure, field, parts[0]))
        return self.terms.expression((kind, *parts))

    def leaf(self, at: int) -> Node:
        """An expression that has no parts."""
        shape, words = self.words[at], self.words
        if shape == _BVAR:
            return (BVAR, self.small(words[at + 1], at))
        if shape == _CONST:
            return (CONST, self.name(words[at + 1], at), self.level_list(words[at + 2], at))
        if shape == _SORT:
            return (SORT, self.level(words[at + 1], at))
        if shape == _LITERAL:
            literal = self.index(words[at + 1], at)
            if words[literal] == shape_of(0, 1):
                return (NAT, self.number(words[literal + 1], literal))
            if words[literal] == shape_of(1, 1):
                return (STR, self.string(words[literal + 1], literal))
        raise MalformedModule(f"the object at {8 * at} is not an expression of a finished module")
