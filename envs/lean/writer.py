"""Writes a small module as Lean itself would, byte by byte: most proofs are small, and Lean's own writer is not.

That one first fills a table of eight megabytes, in which it looks for equal parts, and asks every extension of the
environment for what it would store; this takes longer than to elaborate an easy proof. Here each object is copied once,
behind all that it points to, and the extensions store nothing: neither judge nor kernel looks at what they store.

Runs inside the box, in the process that has elaborated what a policy wrote, and is trusted with nothing.
"""

from __future__ import annotations

import ctypes
import struct

_HEADER = struct.pack(
    "<5sBB33s40sQ", b"olean", 2, 1, b"4.35.0", b"eb6cafb7290e8bd5f2937522d8d804f58f02bafc", _BASE := 0x2000_0000_0000
)
_LAST_CONSTRUCTOR, _ARRAY, _STRING = 244, 246, 249
_ARRAY_HEAD, _STRING_HEAD = 1 << 32 | _ARRAY << 56, 1 << 32 | _STRING << 56
MOST_OBJECTS = 1000
"""From about so many on, Lean's own writer is the faster one."""


def small_module(root: int) -> bytes | None:
    """Return the module whose contents (`Lean.ModuleData`) are at an address.

    None where it is not small, or holds something else than constructors, arrays and strings, such as a big number.
    """
    content = bytearray(_HEADER + bytes(8))
    places: dict[int, int] = {}
    stack: list[tuple[int, list[int], range]] = []
    waiting = [root]
    while waiting:
        at = waiting[-1]
        if at in places:
            waiting.pop()
            continue
        if stack and stack[-1][0] == at:  # all that it points to has its place
            _, words, pointers = stack.pop()
            for index in pointers:
                if not words[index] & 1:
                    words[index] = places[words[index]]
            waiting.pop()
            places[at] = _BASE + len(content)
            content += struct.pack(f"<{len(words)}Q", *words)
            continue
        read = _read(at)
        if read is None or len(places) + len(stack) >= MOST_OBJECTS:
            return None
        words, pointers = read
        stack.append((at, words, pointers))
        waiting += [words[index] for index in pointers if not words[index] & 1]
    content[len(_HEADER) : len(_HEADER) + 8] = struct.pack("<Q", places[root])
    return bytes(content)


def _read(at: int) -> tuple[list[int], range] | None:
    """Return the words of an object as they stand in a module, and which of them are values."""
    head = ctypes.c_uint64.from_address(at).value
    tag = head >> 56
    if tag <= _LAST_CONSTRUCTOR:
        words = _words(at, head >> 32 & 0xFFFF)
        words[0] = 8 * len(words) << 32 | head >> 48 << 48
        return words, range(1, 1 + (head >> 48 & 255))
    size = ctypes.c_uint64.from_address(at + 8).value
    if tag == _ARRAY:
        return [_ARRAY_HEAD, size, size, *_words(at + 24, 8 * size)], range(3, 3 + size)
    if tag == _STRING:
        return [_STRING_HEAD, size, size, ctypes.c_uint64.from_address(at + 24).value, *_words(at + 32, size)], range(0)
    return None


def _words(at: int, size: int) -> list[int]:
    count = -(-size // 8)
    return list(struct.unpack(f"<{count}Q", ctypes.string_at(at, size).ljust(8 * count, b"\0")))
