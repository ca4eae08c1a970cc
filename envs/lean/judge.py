"""Decide whether a compiled module proves a statement, from its bytes alone: nothing of a submission is run here.

The statement is known from a *reference module*, compiled from the task's own text with the proof left open (`theorem
NAME ... : STATEMENT := placeholder`, where `placeholder` is an axiom that the text declares first). The submission's
module must

 1. be bytes that Lean 4.35 writes (`olean`), importing the library `Init` and nothing else;
 2. hold the theorem of exactly that name, with the reference's universe parameters and a structurally equal type;
 3. hold no other new constant but auxiliaries that the elaborator makes on the way: safe definitions and theorems whose
    names it chooses itself. No axiom, no opaque or unsafe constant, no inductive type, nothing the library has;
 4. rest on no axiom but `propext`, `Classical.choice` and `Quot.sound`, through all that it uses: types and values of
    theorems, definitions and opaque constants, recursors, constructors, structures of projections;
 5. be accepted by the kernel of a clean process, auxiliaries first (`kernel`).

What the library says is trusted: it is ours, and read once.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Container, Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from envs.core import ConfigError, VerifierError
from envs.lean.image import MalformedModule
from envs.lean.kernel import Kernel, Outcome
from envs.lean.olean import Constant, Kind, LazyModule, Module, read_module
from envs.lean.terms import CHILDREN, CONST, NAT, PROJ, STR, Name, Terms

ALLOWED_AXIOMS: frozenset[Name] = frozenset({("propext",), ("Classical", "choice"), ("Quot", "sound")})

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

_MAX_SUBMISSION_BYTES = 8 * 2**20
_MAX_NEW_CONSTANTS = 500


class JudgeFailure(VerifierError):
    """What we supplied is not as it must be: the library, the reference, the target's name. There is no verdict."""


class Finding(StrEnum):
    """What the judge found; only the first is a proof."""

    PROVED = "proved"
    MALFORMED = "malformed module"
    IMPORTS = "other imports"
    MISSING = "no such theorem"
    STATEMENT = "another statement"
    NEW_CONSTANT = "a new constant"
    AXIOM = "an axiom"
    REFUSED = "refused by the kernel"
    TIMEOUT = "kernel timeout"
    MEMORY = "kernel out of memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one module."""

    finding: Finding
    reason: str = ""
    """For people; it may quote names that the submission chose, and is bounded."""
    axioms: tuple[Name, ...] = ()
    """Of a proved statement, what it rests on, sorted."""
    kernel_cpu_s: float = 0.0


class Library:
    """The constants of our library, each read when it is used, and what it rests on.

    Args:
        folder: Where `Init.olean` is.

    Raises:
        ConfigError: The file is missing or damaged, or the library lacks something that the kernel looks up by name.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "Init.olean"
        try:
            content = path.read_bytes()
            self._module = LazyModule(content)
        except (OSError, MalformedModule) as error:
            raise ConfigError(f"the compiled library {path} cannot be read; build it again: {error}") from error
        self.folder = folder
        self.sha256 = hashlib.sha256(content).hexdigest()
        missing = [show(name) for name in PRIMITIVES if name not in self]
        if missing:
            raise ConfigError(f"the library {path} lacks what the kernel looks up by name: {', '.join(missing)}")
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
    return frozenset(found)


class Header:
    """Definitions of a task's own, compiled alone: they extend the library, and submissions may not change them.

    Args:
        library: What they build on.
        path: Their module, which the kernel's process imports by the name of its file.

    Raises:
        JudgeFailure: The module cannot be read, declares an axiom, or rests on what is not allowed.
    """

    def __init__(self, library: Library, path: Path) -> None:
        self.path = path
        terms = Terms()
        try:
            self.content = path.read_bytes()
            constants = read_module(self.content, terms).constants
        except (OSError, MalformedModule) as error:
            raise JudgeFailure(f"the compiled header {path} cannot be read: {error}") from error
        axioms: set[Name] = set()
        for name, constant in constants.items():
            if constant.kind in (Kind.AXIOM, Kind.OPAQUE):
                raise JudgeFailure(f"a header may not declare the {constant.kind} {show(name)}")
            if not constant.is_safe:
                continue  # made for the compiler; the kernel lets nothing that counts use it
            for used in uses(terms, constant) - constants.keys():
                axioms |= library.rests_on(used)
        self.axioms = frozenset(axioms)
        if wrong := sorted(axioms - ALLOWED_AXIOMS, key=show):
            raise JudgeFailure(f"the header rests on {', '.join(map(show, wrong))}")


class Judge:
    """Judges modules against a library; may be used from several threads.

    Args:
        library: What submissions may build on.
        kernel: A kernel that has loaded the same library.
    """

    def __init__(self, library: Library, kernel: Kernel) -> None:
        self._library = library
        self._kernel = kernel

    def judge(self, submission: bytes, reference: bytes, target: Name, header: Header | None = None) -> Judgement:
        """Decide whether the submission's module proves what the reference's states under the target's name.

        Args:
            submission: The module to judge.
            reference: The module that states the theorem.
            target: Its name.
            header: The task's own definitions, which both modules repeat.

        Raises:
            JudgeFailure: The reference is not one, or the library already has the target.
            KernelFailure: The kernel's process failed.
        """
        terms = Terms()
        given = {} if header is None else read_module(header.content, terms).constants
        expected = self._reference(terms, reference, target)
        try:
            module = read_module(submission, terms, _MAX_SUBMISSION_BYTES)
        except MalformedModule as error:
            return Judgement(finding=Finding.MALFORMED, reason=str(error))
        refusal = (
            _check_imports(module)
            or _check_statement(terms, module, expected, target)
            or self._check_constants(terms, module, target, given)
        )
        if refusal is not None:
            return refusal
        order, axioms, refusal = self._closure(terms, module, target, given.keys())
        if refusal is not None:
            return refusal
        if header is not None:
            axioms |= header.axioms
        return self._check_in_kernel(terms, order, axioms, header)

    def complaint(self, reference: bytes, target: Name, header: Header | None = None) -> str | None:
        """Return why a module does not state a theorem that can be posed, or None if it does."""
        terms = Terms()
        given = {} if header is None else read_module(header.content, terms).constants
        try:
            expected = self._reference(terms, reference, target)
        except JudgeFailure as failure:
            return str(failure)
        axioms: set[Name] = set()
        needed, seen = constants_in(terms, [expected.constants[target].type]) - given.keys(), set[Name]()
        while needed:
            seen |= needed
            own = [expected.constants[name] for name in needed if name in expected.constants]
            axioms = axioms.union(*(self._library.rests_on(name) for name in needed if name in self._library))
            needed = frozenset[Name]().union(*(uses(terms, each) for each in own)) - given.keys() - seen
        wrong = sorted(axioms - ALLOWED_AXIOMS, key=show)
        return f"what it states rests on {', '.join(map(show, wrong))}" if wrong else None

    def _reference(self, terms: Terms, reference: bytes, target: Name) -> Module:
        try:
            expected = read_module(reference, terms)
        except MalformedModule as error:
            raise JudgeFailure(f"the reference module of {show(target)} cannot be read: {error}") from error
        constant = expected.constants.get(target)
        if constant is None or constant.kind is not Kind.THEOREM:
            raise JudgeFailure(f"the reference module does not state a theorem {show(target)}")
        if target in self._library:
            raise JudgeFailure(f"the library already has {show(target)}: give the task's theorem another name")
        return expected

    def _check_constants(
        self, terms: Terms, module: Module, target: Name, given: Mapping[Name, Constant]
    ) -> Judgement | None:
        """Whether every constant but the target is the header's, unchanged, or an auxiliary."""
        if len(module.constants) > _MAX_NEW_CONSTANTS + len(given):
            return Judgement(finding=Finding.NEW_CONSTANT, reason=f"more than {_MAX_NEW_CONSTANTS} new constants")
        for name, constant in module.constants.items():
            if name in given:
                if constant != given[name]:
                    return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is not what the header says")
                continue
            if name in self._library:
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is the library's")
            if constant.kind not in (Kind.THEOREM, Kind.DEFINITION) or not constant.is_safe:
                kind = constant.kind if constant.is_safe else f"unsafe {constant.kind}"
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} ({kind})")
            if not all(terms.is_closed(part) for part in (constant.type, constant.value) if part is not None):
                return Judgement(finding=Finding.MALFORMED, reason=f"a bound variable of {show(name)} is not bound")
            if name != target and not is_auxiliary(name, target, self._library, given):
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is no auxiliary of the theorem")
        return None

    def _closure(
        self, terms: Terms, module: Module, target: Name, given: Set[Name]
    ) -> tuple[list[Constant], frozenset[Name], Judgement | None]:
        """The module's own constants that the target rests on, each after those it uses; and the axioms of it all."""
        order: list[Constant] = []
        axioms: frozenset[Name] = frozenset()
        state: dict[Name, bool] = {}  # whether a constant of the module is placed, or still waits for what it uses
        stack = [target]
        while stack:
            name = stack[-1]
            if name in state:
                stack.pop()
                if not state[name]:
                    state[name] = True
                    order.append(module.constants[name])
                continue
            state[name] = False
            for used in uses(terms, module.constants[name]) - given:
                if used in module.constants:
                    if state.get(used) is False:
                        return [], axioms, Judgement(finding=Finding.REFUSED, reason=f"{show(used)} uses itself")
                    stack.append(used)
                elif used in self._library:
                    axioms |= self._library.rests_on(used)
                else:
                    return [], axioms, Judgement(finding=Finding.REFUSED, reason=f"unknown constant {show(used)}")
        wrong = sorted(axioms - ALLOWED_AXIOMS, key=show)
        if wrong:
            return (
                [],
                axioms,
                Judgement(finding=Finding.AXIOM, reason=f"the proof rests on {', '.join(map(show, wrong))}"),
            )
        return order, axioms, None

    def _check_in_kernel(
        self, terms: Terms, order: list[Constant], axioms: frozenset[Name], header: Header | None
    ) -> Judgement:
        recheck = self._kernel.check(terms, order, None if header is None else header.path)
        findings = {
            Outcome.ACCEPTED: Finding.PROVED,
            Outcome.REJECTED: Finding.REFUSED,
            Outcome.CRASHED: Finding.REFUSED,
            Outcome.TIMEOUT: Finding.TIMEOUT,
            Outcome.MEMORY: Finding.MEMORY,
        }
        return Judgement(
            finding=findings[recheck.outcome],
            reason=recheck.message,
            axioms=tuple(sorted(axioms, key=show)),
            kernel_cpu_s=recheck.cpu_s,
        )


def _check_imports(module: Module) -> Judgement | None:
    wrong = sorted({show(each.module) for each in module.imports if each.module != ("Init",)})
    if wrong or not module.imports:
        return Judgement(
            finding=Finding.IMPORTS, reason=f"the module imports {', '.join(wrong) or 'nothing'}, not Init"
        )
    return None


def _check_statement(terms: Terms, module: Module, expected: Module, target: Name) -> Judgement | None:
    """Whether the module has the target, and it says what the reference says."""
    found, wanted = module.constants.get(target), expected.constants[target]
    if found is None:
        return Judgement(finding=Finding.MISSING, reason=f"the module has no constant {show(target)}")
    if found.kind is not Kind.THEOREM:
        return Judgement(finding=Finding.STATEMENT, reason=f"{show(target)} is a constant of kind {found.kind}")
    if found.level_params != wanted.level_params:
        return Judgement(finding=Finding.STATEMENT, reason=f"{show(target)} has other universe parameters")
    if found.type != wanted.type:
        return Judgement(finding=Finding.STATEMENT, reason=f"{show(target)} states something else")
    # a statement may itself need auxiliaries, such as that of a `match`: they are part of what it says
    needed = list(constants_in(terms, [wanted.type]))
    seen: set[Name] = set()
    while needed:
        name = needed.pop()
        auxiliary = expected.constants.get(name)
        if auxiliary is not None and name not in seen:
            seen.add(name)
            if module.constants.get(name) != auxiliary:
                return Judgement(finding=Finding.STATEMENT, reason=f"{show(name)} in the statement is something else")
            needed += uses(terms, auxiliary)
    return None


# what the elaborator appends to the name of the constant that it works for
_GENERATED = re.compile(r"match_\d+(_\d+)?|_f|_proof_\d+(_\d+)?|_simp_\d+(_\d+)?|eq_\d+|eq_def|splitter|congr_eq_\d+")


def is_auxiliary(name: Name, target: Name, *known: Container[Name]) -> bool:
    """Whether a name is one that the elaborator chooses, for the target or for a constant of the library or header."""
    if name[:1] == ("_private",) and 0 in name:  # _private, the module's name, 0, and the name itself
        name = name[name.index(0) + 1 :]
    end = len(name)
    while end and isinstance(part := name[end - 1], str) and _GENERATED.fullmatch(part):
        end -= 1
    return end < len(name) and (name[:end] == target or any(name[:end] in constants for constants in known))
