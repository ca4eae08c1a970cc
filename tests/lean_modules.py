"""Compiled Lean modules for tests: honest ones from Lean's own compiler, and any others, written byte by byte."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from envs.core import ConfigError
from envs.lean import wheel
from envs.lean.olean import Kind
from envs.lean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, SUCC, ZERO, Name

_FRONT_END = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
words = [word.encode() for word in ["lean", "-o", *sys.argv[2:]]]
sys.exit(library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""

# The smallest library that can be judged against: the names that the kernel computes with are only declared. What has
# no place in a real one is here to be caught: `sorryAx`, `hidden`, `Tainted`, `careless`.
TINY_LIBRARY = """
prelude
set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit
unsafe axiom lcAny : Type
unsafe axiom lcErased : Type
inductive Eq {A : Sort u} : A → A → Prop where
  | refl (a : A) : Eq a a
inductive False : Prop
inductive True : Prop where
  | intro : True
structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b
inductive Nonempty (A : Sort u) : Prop where
  | intro (val : A) : Nonempty A
init_quot
set_option genCtorIdx false
noncomputable section
inductive Bool where
  | false : Bool
  | true : Bool
inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat
inductive List (A : Type u) where
  | nil : List A
  | cons (head : A) (tail : List A) : List A
inductive Char where
  | ofNat (n : Nat) : Char
inductive String where
  | ofList (l : List Char) : String
axiom Nat.add : Nat → Nat → Nat
axiom Nat.sub : Nat → Nat → Nat
axiom Nat.mul : Nat → Nat → Nat
axiom Nat.div : Nat → Nat → Nat
axiom Nat.mod : Nat → Nat → Nat
axiom Nat.gcd : Nat → Nat → Nat
axiom Nat.pow : Nat → Nat → Nat
axiom Nat.land : Nat → Nat → Nat
axiom Nat.lor : Nat → Nat → Nat
axiom Nat.xor : Nat → Nat → Nat
axiom Nat.shiftLeft : Nat → Nat → Nat
axiom Nat.shiftRight : Nat → Nat → Nat
axiom Nat.beq : Nat → Nat → Bool
axiom Nat.ble : Nat → Nat → Bool
axiom propext {a b : Prop} (h : a → b) (g : b → a) : Eq a b
axiom Classical.choice {A : Sort u} (h : Nonempty A) : A
axiom Quot.sound {A : Sort u} {r : A → A → Prop} {a b : A} (h : r a b) : Eq (Quot.mk r a) (Quot.mk r b)
axiom sorryAx (A : Sort u) (synthetic : Bool) : A
opaque hidden (p : Prop) : Nonempty p := sorryAx _ Bool.true
structure Tainted : Prop where
  proof : Eq (sorryAx Nat Bool.true) Nat.zero
unsafe def careless (p : Prop) (h : p) : p := h
theorem swap (p q : Prop) (h : And p q) : And q p := And.intro h.right h.left
"""

PLACEHOLDER = "axiom placeholder (p : Prop) : p\n"
"""What a reference module proves its statement with."""


def compile_module(text: str, folder: Path, name: str, library: Path | None = None) -> bytes:
    """The module that Lean makes of a text; `library` is the folder that `Init` is looked for in."""
    (folder / f"{name}.lean").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "-c", _FRONT_END, str(wheel.find()), f"{name}.olean", f"{name}.lean"],
        cwd=folder,
        env=dict(os.environ, LEAN_PATH=str(library or folder)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return (folder / f"{name}.olean").read_bytes()


LEVEL_0 = (ZERO,)
LEVEL_1 = (SUCC, LEVEL_0)
PROP = (SORT, LEVEL_0)


def const(name: str, *levels: Any) -> tuple[Any, ...]:
    """A constant by its dotted name."""
    return (CONST, tuple(name.split(".")), levels)


def app(function: Any, *arguments: Any) -> Any:
    """A function applied to arguments."""
    for argument in arguments:
        function = (APP, function, argument)
    return function


class ModuleWriter:
    """Writes a module's bytes as Lean lays them out: each object after those that it points to.

    Levels and expressions are nested tuples as in `envs.lean.terms`, but with the parts themselves in place of their
    numbers; an address that `expression` returned may stand for a part. Caches and hashes are left zero.
    """

    def __init__(self, base: int = 0x10000) -> None:
        self.base = base
        self.objects = bytearray(96)
        self._written: dict[Any, int] = {}
        self._constants: list[tuple[Name, int]] = []

    def put(self, tag: int, fields: Sequence[int], scalars: bytes = b"", *, sized: bool = True) -> int:
        """An object; its address."""
        size = (8 + 8 * len(fields) + len(scalars) + 7) & ~7
        address = self.base + len(self.objects)
        self.objects += struct.pack("<iHBB", 0, size if sized else 1, len(fields) & 255 if sized else 0, tag)
        self.objects += struct.pack(f"<{len(fields)}Q", *fields) + scalars.ljust(size - 8 - 8 * len(fields), b"\0")
        return address

    def array(self, elements: Sequence[int]) -> int:
        return self.put(246, [len(elements), len(elements), *elements], sized=False)

    def list(self, elements: Sequence[int]) -> int:
        result = 1
        for element in reversed(elements):
            result = self.put(1, [element, result])
        return result

    def string(self, text: str) -> int:
        data = text.encode() + b"\0"
        return self.put(249, [len(data), len(data), len(text)], data, sized=False)

    def number(self, value: int) -> int:
        if value < 2**63:
            return 2 * value + 1
        limbs = (value.bit_length() + 63) // 64
        here = self.base + len(self.objects)
        words = [value >> 64 * index & (2**64 - 1) for index in range(limbs)]
        address = self.put(250, [limbs | limbs << 32, here + 24, *words])
        self.objects[address - self.base + 6] = 0  # a number has no fields
        return address

    def name(self, name: Name) -> int:
        if not name:
            return 1
        if name not in self._written:
            *prefix, last = name
            above = self.name(tuple(prefix))
            part = self.string(last) if isinstance(last, str) else self.number(last)
            self._written[name] = self.put(1 if isinstance(last, str) else 2, [above, part], bytes(8))
        return self._written[name]

    def level(self, level: Any) -> int:
        """A level; an address is one already."""
        if isinstance(level, int):
            return level
        kind, *parts = level
        if kind == ZERO:
            return 1
        fields = [self.name(parts[0])] if kind == 4 else [self.level(part) for part in parts]
        return self.put(kind, fields, bytes(8))

    def expression(self, e: Any) -> int:
        """An expression; an address is one already."""
        if isinstance(e, int):
            return e
        if e not in self._written:
            self._written[e] = self._new_expression(e)
        return self._written[e]

    def _new_expression(self, e: Any) -> int:
        kind, *parts = e
        if kind == BVAR:
            return self.put(0, [self.number(parts[0])], bytes(8))
        if kind == SORT:
            return self.put(3, [self.level(parts[0])], bytes(8))
        if kind == CONST:
            return self.put(4, [self.name(parts[0]), self.list([self.level(part) for part in parts[1]])], bytes(8))
        if kind in (NAT, STR):
            content = self.number(parts[0]) if kind == NAT else self.string(parts[0])
            return self.put(9, [self.put(kind - NAT, [content])], bytes(8))
        if kind == PROJ:
            return self.put(11, [self.name(parts[0]), self.number(parts[1]), self.expression(parts[2])], bytes(8))
        fields = [self.expression(part) for part in parts]
        if kind == APP:
            return self.put(5, fields, bytes(8))
        tag = {LAM: 6, PI: 7, LET: 8}[kind]
        return self.put(tag, [self.name(("x",)), *fields], bytes(9))

    def constant(self, kind: Kind, name: str, type_: Any, value: Any = 0, params: Sequence[str] = ()) -> None:
        """Add a theorem, a definition, an axiom or an opaque constant."""
        full = tuple(name.split("."))
        own, listed = self.name(full), self.list([self.name((param,)) for param in params])
        common = self.put(0, [own, listed, self.expression(type_)])
        if kind is Kind.AXIOM:
            tag, body = 0, self.put(0, [common], bytes(1))
        elif kind is Kind.DEFINITION:
            height = self.put(2, [], struct.pack("<I", 1))
            tag, body = 1, self.put(0, [common, self.expression(value), height, self.list([own])], b"\1")
        elif kind is Kind.THEOREM:
            tag, body = 2, self.put(0, [common, self.expression(value), self.list([own])])
        else:
            tag, body = 3, self.put(0, [common, self.expression(value), self.list([own])], bytes(1))
        self._constants.append((full, self.put(tag, [body])))

    def theorem(self, name: str, type_: Any, value: Any, params: Sequence[str] = ()) -> None:
        """Add a theorem."""
        self.constant(Kind.THEOREM, name, type_, value, params)

    def module(self, *, imports: Sequence[str] = ("Init",), names: Sequence[Name] | None = None) -> bytes:
        """The bytes of the whole; `names` are what its list of names says, if not the truth."""
        imported = self.array([self.put(0, [self.name((name,))], b"\0\1\0") for name in imports])
        listed = [name for name, _ in self._constants] if names is None else names
        names_array = self.array([self.name(name) for name in listed])
        constants = self.array([address for _, address in self._constants])
        root = self.put(0, [imported, names_array, constants, self.array([]), self.array([])], bytes(1))
        header = b"olean\2\1" + b"4.35.0".ljust(33, b"\0") + b"eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
        self.objects[:96] = header + struct.pack("<QQ", self.base, root)
        return bytes(self.objects)


def require_lean() -> Path:
    """Lean's library, or a skipped test; where `CI` is set, a failed one."""
    try:
        return wheel.find()
    except ConfigError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
