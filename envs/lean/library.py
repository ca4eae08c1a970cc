"""What submissions may build on: the constants of a library, and the axioms that each of them rests on.

`Library` is our core, of one module, whose bytes are read here. For a toolchain of the user's own see `imported`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from envs.core import ConfigError, VerifierError
from envs.lean.image import MalformedModule
from envs.lean.olean import Constant, Kind, LazyModule
from envs.lean.terms import CHILDREN, CONST, NAT, PROJ, STR, Name, Terms

# the kernel computes with these by name, or builds terms with them: what the library lacks, a submission might define
_NAT_FUNCTIONS = ("add", "sub", "mul", "div", "mod", "gcd", "beq", "ble", "pow", "land", "lor", "xor")
PRIMITIVES: tuple[Name, ...] = (
    *((name,) for name in ("Nat", "Bool", "String", "Char", "List", "Quot", "Eq")),
    *(("Nat", name) for name in ("zero", "succ", *_NAT_FUNCTIONS, "shiftLeft", "shiftRight")),
    *(("Bool", name) for name in ("true", "false")),
    *(("Quot", name) for name in ("mk", "lift", "ind")),
    *(("List", name) for name in ("nil", "cons")),
    ("Char", "ofNat"),
    ("String", "ofList"),
)


class CheckerError(VerifierError):
    """The checker failed, not the proof: there is no verdict, and no reward."""

    verdict = "CHECKER_ERROR"


class JudgeFailure(VerifierError):
    """What we supplied is not as it must be: the library, the reference, the target's name. There is no verdict."""


class Constants(Protocol):
    """The constants that submissions may build on."""

    @property
    def modules(self) -> tuple[str, ...]:
        """What every module imports."""
        ...

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a constant of this name."""
        ...

    def rests_on(self, name: Name) -> frozenset[Name]:
        """Return the axioms and unsafe constants in the closure of a constant, itself included."""
        ...


def check_primitives(library: Constants, where: object) -> None:
    """Raise a `ConfigError` if a library lacks what the kernel looks up by name."""
    missing = [show(name) for name in PRIMITIVES if name not in library]
    if missing:
        raise ConfigError(f"the library {where} lacks what the kernel looks up by name: {', '.join(missing)}")


class Library:
    """The constants of our library, each read when it is used, and what it rests on.

    Args:
        folder: Where `Init.olean` is.

    Raises:
        ConfigError: The file is missing or damaged, or the library lacks something that the kernel looks up by name.
    """

    modules = ("Init",)

    def __init__(self, folder: Path) -> None:
        path = folder / "Init.olean"
        try:
            content = path.read_bytes()
            self._module = LazyModule(content)
        except (OSError, MalformedModule) as error:
            raise ConfigError(f"the compiled library {path} cannot be read; build it again: {error}") from error
        self.folder = folder
        self.sha256 = hashlib.sha256(content).hexdigest()
        check_primitives(self, path)
        self._uses: dict[Name, frozenset[Name]] = {}
        self._rests_on: dict[Name, frozenset[Name]] = {}
        self._lock = threading.Lock()

    def __contains__(self, name: object) -> bool:
        return name in self._module

    def rests_on(self, name: Name) -> frozenset[Name]:
        """The axioms and unsafe constants in the closure of one of the library's constants, itself included."""
        with self._lock:
            found = self._rests_on.get(name)
            if found is None:
                found = self._rests_on[name] = self._closure(name)
            return found

    def _closure(self, name: Name) -> frozenset[Name]:
        seen, stack = {name}, [name]
        while stack:
            for used in self._used_by(stack.pop()) - seen:
                seen.add(used)
                stack.append(used)
        constants = map(self._module.constant, seen)
        return frozenset(each.name for each in constants if each.kind is Kind.AXIOM or not each.is_safe)

    def _used_by(self, name: Name) -> frozenset[Name]:
        if name not in self._uses:
            used = uses(self._module.terms, self._module.constant(name))
            unknown = [show(each) for each in used if each not in self]
            if unknown:
                raise JudgeFailure(f"the library's {show(name)} uses unknown constants: {', '.join(unknown)}")
            self._uses[name] = used
        return self._uses[name]


def show(name: Name) -> str:
    """A name for people, of bounded length and on one line."""
    text = ".".join(map(str, name))
    return (text if len(text) <= 200 else text[:200] + "…").encode("unicode_escape").decode()


def uses(terms: Terms, constant: Constant) -> frozenset[Name]:
    """The constants that a constant mentions anywhere: in its type, value, rules and other fields."""
    return constants_in(terms, (constant.type, constant.value, *constant.rules)) | frozenset(constant.mentions)


def constants_in(terms: Terms, roots: Iterable[int | None]) -> frozenset[Name]:
    """The constants in some expressions, with the structures of projections and what literals stand for."""
    return walk(terms, roots)[0]


def walk(terms: Terms, roots: Iterable[int | None]) -> tuple[frozenset[Name], int]:
    """The constants in some expressions, as `constants_in`, and how many different expressions were looked at."""
    found: set[Name] = set()
    stack = [root for root in roots if root is not None]
    seen = set(stack)
    while stack:
        node = terms.node(stack.pop())
        kind = node[0]
        if kind in (CONST, PROJ):
            found.add(node[1])
        elif kind == NAT:
            found.add(("Nat",))
        elif kind == STR:
            found |= {("String", "ofList"), ("Char", "ofNat"), ("List", "cons"), ("List", "nil")}
        for place in CHILDREN[kind]:
            if node[place] not in seen:
                seen.add(node[place])
                stack.append(node[place])
    return frozenset(found), len(seen)
