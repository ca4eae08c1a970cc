"""What the judge reads of a compiled module: its imports and its constants, with all that the kernel keeps of them.

What environment extensions stored in the module (parsers, simp sets, documentation) is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from envs.lean.image import Image, MalformedModule, shape_of
from envs.lean.terms import Name, Terms, TermTooDeep

MAX_MODULE_BYTES = 32 * 2**20
MAX_CONSTANTS = 2**16


class Kind(StrEnum):
    """Of a constant."""

    AXIOM = "axiom"
    DEFINITION = "definition"
    THEOREM = "theorem"
    OPAQUE = "opaque"
    QUOTIENT = "quotient"
    INDUCTIVE = "inductive type"
    CONSTRUCTOR = "constructor"
    RECURSOR = "recursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant as the kernel keeps it; expressions are numbers in the table that the module was read into."""

    name: Name
    kind: Kind
    level_params: tuple[Name, ...]
    type: int
    value: int | None = None
    """Of a definition, theorem or opaque constant."""
    is_safe: bool = True
    """Neither `unsafe` nor `partial`."""
    hint: int | None = None
    """Of a definition, how eagerly it is unfolded: -2 never, -1 always first, else its height."""
    details: tuple[Any, ...] = ()
    """All other fields, in Lean's order."""
    mentions: tuple[Name, ...] = ()
    """Constants that the details name."""
    rules: tuple[int, ...] = ()
    """The right-hand sides of a recursor's rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One imported module."""

    module: Name
    all: bool
    exported: bool
    meta: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What the judge reads of a module."""

    imports: tuple[Import, ...]
    constants: dict[Name, Constant]


class LazyModule:
    """A module whose constants are read one by one, when they are asked for: for a library that is ours.

    Args:
        data: The module's bytes.

    Raises:
        MalformedModule: As `read_module`; also when a constant is asked for.
    """

    def __init__(self, data: bytes) -> None:
        self.terms = Terms()
        self._known: dict[Name, Constant] = {}
        with _refusing():
            self._image = Image(data, self.terms)
            _, self._holder, self._pointers = _contents(self._image)

    def __contains__(self, name: object) -> bool:
        return name in self._pointers

    def __iter__(self) -> Iterator[Name]:
        return iter(self._pointers)

    def constant(self, name: Name) -> Constant:
        """The constant of this name, which must be there."""
        if name not in self._known:
            with _refusing():
                constant = _constant(self._image, self._pointers[name], self._holder)
            if constant.name != name:
                raise MalformedModule(f"the module lists {constant.name} as {name}")
            self._known[name] = constant
        return self._known[name]


def read_module(
    data: bytes, terms: Terms, max_bytes: int = MAX_MODULE_BYTES, max_constants: int = MAX_CONSTANTS
) -> Module:
    """Read a module; its expressions go into `terms`.

    Raises:
        MalformedModule: Lean 4.35.0 did not write these bytes, or they hold more than any honest module.
    """
    if len(data) > max_bytes:
        raise MalformedModule(f"the module has {len(data)} bytes, of which at most {max_bytes} are read")
    with _refusing():
        image = Image(data, terms)
        imports, holder, pointers = _contents(image)
        if len(pointers) > max_constants:
            raise MalformedModule(f"the module has more than {max_constants} constants")
        constants: dict[Name, Constant] = {}
        for name, pointer in pointers.items():
            constants[name] = constant = _constant(image, pointer, holder)
            if constant.name != name:  # told at once: all names might lead to one constant that is long to read
                raise MalformedModule("the module's list of names is not that of its constants")
    return Module(imports=imports, constants=constants)


@contextmanager
def _refusing() -> Iterator[None]:
    """What goes wrong while a module is read makes it a malformed one."""
    try:
        yield
    except IndexError as error:
        raise MalformedModule("an object reaches beyond the end of the module") from error
    except UnicodeDecodeError as error:
        raise MalformedModule(f"a string is not UTF-8: {error}") from error
    except TermTooDeep as error:
        raise MalformedModule(str(error)) from error


_ROOT = 11  # the word that holds the address of the root object
_MODULE, _IMPORT = shape_of(0, 5, 1), shape_of(0, 1, 3)
_COMMON = shape_of(0, 3)
_REGULAR = shape_of(2, 0, 4)
_RULE = shape_of(0, 3)
# a constant's tag: its kind, and the header of the object that holds its fields
_KINDS = (
    (Kind.AXIOM, shape_of(0, 1, 1)),
    (Kind.DEFINITION, shape_of(0, 4, 1)),
    (Kind.THEOREM, shape_of(0, 3)),
    (Kind.OPAQUE, shape_of(0, 3, 1)),
    (Kind.QUOTIENT, shape_of(0, 1, 1)),
    (Kind.INDUCTIVE, shape_of(0, 6, 3)),
    (Kind.CONSTRUCTOR, shape_of(0, 5, 1)),
    (Kind.RECURSOR, shape_of(0, 7, 2)),
)
_INFOS = {shape_of(tag, 1): kind for tag, kind in enumerate(_KINDS)}


def _contents(image: Image) -> tuple[tuple[Import, ...], int, dict[Name, int]]:
    """A module's imports, and the address of each of its constants with the index of the array that holds them."""
    root, (imports, names, constants, _, _) = image.fields(image.words[_ROOT], len(image.words), _MODULE)
    holder, pointers = image.elements(names, root)
    listed = [image.name(pointer, holder) for pointer in pointers]
    holder, pointers = image.elements(imports, root)
    imported = tuple(_import(image, pointer, holder) for pointer in pointers)
    holder, pointers = image.elements(constants, root)
    if len(listed) != len(pointers) or len(set(listed)) != len(listed):
        raise MalformedModule("the module's list of names is not that of its constants, or names one twice")
    return imported, holder, dict(zip(listed, pointers, strict=True))


def _import(image: Image, pointer: int, holder: int) -> Import:
    at, (module,) = image.fields(pointer, holder, _IMPORT)
    all_, exported, meta = map(image.flag, image.scalars(at, 3))
    return Import(module=image.name(module, at), all=all_, exported=exported, meta=meta)


def _constant(image: Image, pointer: int, holder: int) -> Constant:
    at = image.index(pointer, holder)
    kind, shape = _INFOS.get(image.words[at], (None, 0))
    if kind is None:
        raise MalformedModule(f"the object at {8 * at} is not a constant")
    at, (common, *fields) = image.fields(image.words[at + 1], at, shape)
    common_at, (name, level_params, type_) = image.fields(common, at, _COMMON)
    special = _SPECIAL[kind](image, at, fields)
    return Constant(
        name=image.name(name, common_at),
        kind=kind,
        level_params=image.listed(level_params, common_at, image.name),
        type=image.expression(type_, common_at),
        **special,
    )


def _axiom(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    return {"is_safe": not image.flag(image.scalars(at, 1)[0])}


def _definition(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    value, hints, all_ = fields
    safety = image.scalars(at, 1)[0]  # unsafe, safe, partial
    if hints & 1:
        hint = (hints >> 1) - 2
    else:
        where, _ = image.fields(hints, at, _REGULAR)
        hint = image.words[where + 1] & 0xFFFFFFFF
    if safety > 2 or hint < -2 or (hints & 1 and hint > -1):
        raise MalformedModule(f"the definition at {8 * at} has a safety or a hint that do not exist")
    return {
        "value": image.expression(value, at),
        "is_safe": safety == 1,
        "hint": hint,
        "details": image.listed(all_, at, image.name),
    }


def _theorem(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    value, all_ = fields
    return {"value": image.expression(value, at), "details": image.listed(all_, at, image.name)}


def _opaque(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    return _theorem(image, at, fields) | _axiom(image, at, fields)


def _quotient(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    return {"details": tuple(image.scalars(at, 1))}


def _inductive(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    parameters, indices, all_, constructors, nested = fields
    types, names = image.listed(all_, at, image.name), image.listed(constructors, at, image.name)
    recursive, unsafe, reflexive = map(image.flag, image.scalars(at, 3))
    counts = [image.small(count, at) for count in (parameters, indices, nested)]
    return {
        "is_safe": not unsafe,
        "details": (*counts, types, names, recursive, reflexive),
        "mentions": types + names,
    }


def _constructor(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    inductive, *counts = fields
    name = image.name(inductive, at)
    return {
        "is_safe": not image.flag(image.scalars(at, 1)[0]),
        "details": (name, *(image.small(count, at) for count in counts)),
        "mentions": (name,),
    }


def _recursor(image: Image, at: int, fields: list[int]) -> dict[str, Any]:
    all_, *counts, rules = fields
    types = image.listed(all_, at, image.name)
    read = image.listed(rules, at, lambda pointer, holder: _rule(image, pointer, holder))
    like_equality, unsafe = map(image.flag, image.scalars(at, 2))
    return {
        "is_safe": not unsafe,
        "details": (types, *(image.small(count, at) for count in counts), read, like_equality),
        "mentions": types + tuple(rule[0] for rule in read),
        "rules": tuple(rule[2] for rule in read),
    }


def _rule(image: Image, pointer: int, holder: int) -> tuple[Name, int, int]:
    at, (constructor, fields, value) = image.fields(pointer, holder, _RULE)
    return image.name(constructor, at), image.small(fields, at), image.expression(value, at)


_SPECIAL = {
    Kind.AXIOM: _axiom,
    Kind.DEFINITION: _definition,
    Kind.THEOREM: _theorem,
    Kind.OPAQUE: _opaque,
    Kind.QUOTIENT: _quotient,
    Kind.INDUCTIVE: _inductive,
    Kind.CONSTRUCTOR: _constructor,
    Kind.RECURSOR: _recursor,
}
