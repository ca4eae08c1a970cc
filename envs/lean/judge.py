"""Decide whether a compiled module proves a statement, from its bytes alone: nothing of a submission is run here.

The statement is known from a *reference module*, compiled from the task's own text with the proof left open (`theorem
NAME ... : STATEMENT := placeholder`, where `placeholder` is an axiom that the text declares first). The submission's
module must

 1. be bytes that Lean 4.35 writes (`olean`), importing the library (`Init`) and nothing else;
 2. hold the theorem of exactly that name, with the reference's universe parameters and a structurally equal type;
 3. hold no other new constant but auxiliaries that the elaborator makes on the way: safe definitions and theorems whose
    names it chooses itself. No axiom, no opaque or unsafe constant, no inductive type, nothing the library has;
 4. rest on no axiom but `propext`, `Classical.choice` and `Quot.sound`, through all that it uses: types and values of
    theorems, definitions and opaque constants, recursors, constructors, structures of projections;
 5. be accepted by the kernel of a clean process, auxiliaries first (`kernel`).

What the library says is trusted: it is ours, and read once; or it is the user's own (`imported`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from envs.lean.agreement import Kernels
from envs.lean.image import MalformedModule
from envs.lean.kernel import Kernel, Outcome
from envs.lean.library import Constants, JudgeFailure, constants_in, show, uses, walk
from envs.lean.olean import Constant, Kind, Module, read_module
from envs.lean.parts import parts_of, proofs_of
from envs.lean.terms import Name, Terms

ALLOWED_AXIOMS: frozenset[Name] = frozenset({("propext",), ("Classical", "choice"), ("Quot", "sound")})

_MAX_SUBMISSION_BYTES = 8 * 2**20
_MAX_NEW_CONSTANTS = 500
_MAX_WALKED = 4_000_000  # expressions, those that several constants share once for each
_PART: Name = ("assay", "part")
_MOST_PARTS_CPU_S = 10.0


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
    """Of all kernels."""
    is_undecided: bool = False
    """Whether the second kernel gave up on what the first accepted; it is no proof then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedParts:
    """Which parts of a statement are proved."""

    numbers: frozenset[int] = frozenset()
    kernel_cpu_s: float = 0.0


class Header:
    """Definitions of a task's own, compiled alone: they extend the library, and submissions may not change them.

    Args:
        library: What they build on.
        path: Their module, which the kernel's process imports by the name of its file.

    Raises:
        JudgeFailure: The module cannot be read, declares an axiom, or rests on what is not allowed.
    """

    def __init__(self, library: Constants, path: Path) -> None:
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
        second: Another one, which must agree.
    """

    def __init__(self, library: Constants, kernel: Kernel, second: Kernel | None = None) -> None:
        self.library = library
        self._kernel = kernel
        self.kernels = Kernels(kernel, second)

    def with_second(self, second: Kernel) -> Judge:
        """A judge of the same library and kernel that asks another one too."""
        return Judge(self.library, self._kernel, second)

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
            KernelsDisagree: The second kernel says otherwise.
        """
        terms = Terms()
        given = {} if header is None else read_module(header.content, terms).constants
        expected = self._reference(terms, reference, target)
        module = self._read(terms, submission, expected, target, given)
        if isinstance(module, Judgement):
            return module
        order, axioms, refusal = self._closure(terms, module, target, given.keys())
        if refusal is not None:
            return refusal
        if header is not None:
            axioms |= header.axioms
        return self._check_in_kernels(terms, order, axioms, header)

    def count_parts(self, reference: bytes, target: Name) -> int:
        """Return how many parts (`parts`) a statement has; 0 if it has no two.

        Raises:
            JudgeFailure: The reference is not one.
        """
        terms = Terms()
        return len(parts_of(terms, self._reference(terms, reference, target).constants[target].type))

    def proved_parts(
        self,
        submission: bytes,
        reference: bytes,
        target: Name,
        header: Header | None = None,
    ) -> ProvedParts:
        """Find the parts of a statement that are proved in a submission which does not prove the whole.

        A part is proved if it is below the statement's binders what `judge` calls proved, by a term that was cut out of
        the submission's.

        Args:
            submission: As in `judge`, with the other three.
            reference: The module that states the theorem.
            target: Its name.
            header: The task's own definitions.

        Raises:
            JudgeFailure: The reference is not one.
            KernelFailure: The kernel's process failed.
            KernelsDisagree: The second kernel says otherwise.
        """
        terms = Terms()
        given = {} if header is None else read_module(header.content, terms).constants
        expected = self._reference(terms, reference, target)
        stated = expected.constants[target]
        parts = parts_of(terms, stated.type)
        module = self._read(terms, submission, expected, target, given) if parts else None
        value = module.constants[target].value if isinstance(module, Module) else None
        if not isinstance(module, Module) or value is None:
            return ProvedParts()
        candidates: list[tuple[int, list[Constant]]] = []
        for number, proofs in enumerate(proofs_of(terms, stated.type, value, parts)):
            for proof in proofs:
                part = replace(stated, name=(*_PART, number), type=parts[number][0].type, value=proof)
                with_part = replace(module, constants=module.constants | {part.name: part})
                order, _, refusal = self._closure(terms, with_part, part.name, given.keys())
                if refusal is None and terms.is_closed(proof):
                    candidates.append((number, order))
        return self._accepted_parts(terms, candidates, header)

    def _accepted_parts(
        self, terms: Terms, candidates: list[tuple[int, list[Constant]]], header: Header | None
    ) -> ProvedParts:
        """Have the kernel check each part, with what it uses; once its time or memory is used up, no more of them."""
        proved: set[int] = set()
        cpu_s = 0.0
        for number, order in candidates:
            if number in proved:
                continue
            recheck, _ = self.kernels.check(terms, order, None if header is None else header.path)
            cpu_s += recheck.cpu_s
            if recheck.outcome is Outcome.ACCEPTED:
                proved.add(number)
            if recheck.outcome in (Outcome.TIMEOUT, Outcome.MEMORY) or cpu_s > _MOST_PARTS_CPU_S:
                break
        return ProvedParts(numbers=frozenset(proved), kernel_cpu_s=cpu_s)

    def _read(
        self, terms: Terms, submission: bytes, expected: Module, target: Name, given: Mapping[Name, Constant]
    ) -> Module | Judgement:
        """A submission's module, which states the target and brings nothing that it may not; or what is wrong."""
        try:
            module = read_module(submission, terms, _MAX_SUBMISSION_BYTES, _MAX_NEW_CONSTANTS + len(given))
        except MalformedModule as error:
            return Judgement(finding=Finding.MALFORMED, reason=str(error))
        refusal = (
            _check_imports(module, self.library.modules)
            or _check_statement(terms, module, expected, target)
            or self._check_constants(terms, module, target, given)
        )
        return module if refusal is None else refusal

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
            axioms = axioms.union(*(self.library.rests_on(name) for name in needed if name in self.library))
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
        if target in self.library:
            raise JudgeFailure(f"the library already has {show(target)}: give the task's theorem another name")
        return expected

    def _check_constants(
        self, terms: Terms, module: Module, target: Name, given: Mapping[Name, Constant]
    ) -> Judgement | None:
        """Whether every constant but the target is the header's, unchanged, or an auxiliary."""
        for name, constant in module.constants.items():
            if name in given:
                if constant != given[name]:
                    return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is not what the header says")
                continue
            if name in self.library:
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is the library's")
            if constant.kind not in (Kind.THEOREM, Kind.DEFINITION) or not constant.is_safe:
                kind = constant.kind if constant.is_safe else f"unsafe {constant.kind}"
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} ({kind})")
            if not all(terms.is_closed(part) for part in (constant.type, constant.value) if part is not None):
                return Judgement(finding=Finding.MALFORMED, reason=f"a bound variable of {show(name)} is not bound")
            if name != target and not is_auxiliary(name, target, self.library, given):
                return Judgement(finding=Finding.NEW_CONSTANT, reason=f"{show(name)} is no auxiliary of the theorem")
        return None

    def _closure(
        self, terms: Terms, module: Module, target: Name, given: Set[Name]
    ) -> tuple[list[Constant], frozenset[Name], Judgement | None]:
        """The module's own constants that the target rests on, each after those it uses; and the axioms of it all."""
        order: list[Constant] = []
        axioms: frozenset[Name] = frozenset()
        state: dict[Name, bool] = {}  # whether a constant of the module is placed, or still waits for what it uses
        stack, walked = [target], 0
        while stack:
            name = stack[-1]
            if name in state:
                stack.pop()
                if not state[name]:
                    state[name] = True
                    order.append(module.constants[name])
                continue
            state[name] = False
            found, size = walk(terms, (module.constants[name].type, module.constants[name].value))
            walked += size
            if walked > _MAX_WALKED:
                return [], axioms, Judgement(finding=Finding.MALFORMED, reason="the constants share too much")
            for used in found - given:
                if used in module.constants:
                    if state.get(used) is False:
                        return [], axioms, Judgement(finding=Finding.REFUSED, reason=f"{show(used)} uses itself")
                    stack.append(used)
                elif used in self.library:
                    axioms |= self.library.rests_on(used)
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

    def _check_in_kernels(
        self, terms: Terms, order: list[Constant], axioms: frozenset[Name], header: Header | None
    ) -> Judgement:
        found, is_undecided = self.kernels.check(terms, order, None if header is None else header.path)
        return Judgement(
            finding=_FINDINGS[found.outcome],
            reason=found.message,
            axioms=tuple(sorted(axioms, key=show)),
            kernel_cpu_s=found.cpu_s,
            is_undecided=is_undecided,
        )


_FINDINGS = {
    Outcome.ACCEPTED: Finding.PROVED,
    Outcome.REJECTED: Finding.REFUSED,
    Outcome.CRASHED: Finding.REFUSED,
    Outcome.TIMEOUT: Finding.TIMEOUT,
    Outcome.MEMORY: Finding.MEMORY,
}


def _check_imports(module: Module, expected: tuple[str, ...]) -> Judgement | None:
    found = {each.module for each in module.imports}
    if found != {tuple(name.split(".")) for name in expected}:
        words = f"{', '.join(sorted(map(show, found))) or 'nothing'}, not {', '.join(expected)}"
        return Judgement(finding=Finding.IMPORTS, reason=f"the module imports {words}")
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
_GENERATED = re.compile(
    r"match_\d+(_\d+)?|_f|_proof_\d+(_\d+)?|_simp_\d+(_\d+)?|eq_\d+|eq_def|eq_unfold|splitter|congr_eq_\d+"
    r"|congr_simp|hcongr_\d+|_sparseCasesOn_\d+|else_eq|(mutual_)?induct(_unfolding)?|fun_cases(_unfolding)?",
    re.ASCII,
)


def is_auxiliary(name: Name, target: Name, *known: Container[Name]) -> bool:
    """Whether a name is one that the elaborator chooses, for the target or for a constant of the library or header."""
    if name[:1] == ("_private",) and 0 in name:  # _private, the module's name, 0, and the name itself
        name = name[name.index(0) + 1 :]
    end = len(name)
    while end and isinstance(part := name[end - 1], str) and _GENERATED.fullmatch(part):
        end -= 1
    return end < len(name) and (name[:end] == target or any(name[:end] in constants for constants in known))
