"""Checks one proof of one statement, from text to verdict: lexer, sandbox, judge, kernel, each in its own process.

    checker = ProofChecker(sandbox="auto")
    outcome = checker.check(statement, body)

Nothing that a proof prints counts. The front end runs in a sandbox and returns bytes; what they are is found out here.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from envs.core import ConfigError
from envs.files import replacing
from envs.lean import build, language, wheel
from envs.lean.imported import ImportedLibrary
from envs.lean.judge import Finding, Header, Judge, ProvedParts
from envs.lean.kernel import Kernel
from envs.lean.library import CheckerError as CheckerError
from envs.lean.library import JudgeFailure, Library
from envs.lean.placement import INDENT, Body, place
from envs.lean.terms import read_name
from envs.lean.toolchain import Toolchain
from envs.sandboxes import SandboxOption, shared_sandbox
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.languages import LANGUAGES

FEEDBACK_LENGTH = 700
"""Characters that are quoted of an error and its goal state."""

_REFERENCES_KEPT = 4096
_OUT_OF_TIME = re.compile(r"\(deterministic\) timeout")
_LIMITS_HIT = {
    ExecutionStatus.CPU_TIMEOUT: "TIMEOUT",
    ExecutionStatus.WALL_TIMEOUT: "TIMEOUT",
    ExecutionStatus.MEMORY_LIMIT: "MEMORY",
}


class Verdict(StrEnum):
    """What became of a proof; only the first is paid. A failure of ours is a `CheckerError`, and no verdict."""

    PROVED = "PROVED"
    REJECTED = "REJECTED"
    INCOMPLETE = "INCOMPLETE"
    FORBIDDEN = "FORBIDDEN"
    TIMEOUT = "TIMEOUT"
    MEMORY = "MEMORY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is to be proved; all of it is the task's own text."""

    name: str
    """Of the statement."""
    text: str
    """`theorem NAME BINDERS : TYPE`, without `:=`."""
    header: str = ""
    """Definitions that come before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A verdict and what the author of the proof is told."""

    verdict: Verdict
    feedback: str = ""
    cpu_time_s: float = 0.0
    """Of front end and kernel together."""
    memory_bytes: int = 0
    """What the front end used, beyond what it shares with all others."""
    parts: frozenset[int] = frozenset()
    """Numbers of the statement's parts that are proved, where the checker looks for them and the whole is not."""
    is_undecided: bool = False
    """Whether a second kernel gave up on what Lean's accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a statement."""

    count: int = 0
    """0 if it has no two."""
    free: frozenset[int] = frozenset()
    """Numbers of those that a fixed list of tactics proves."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the front end made of a text; words and bytes of an untrusted process."""

    module: bytes | None
    errors: tuple[tuple[int, int, str], ...]
    """Line, column and text of each."""

    @property
    def only_misses_goals(self) -> bool:
        """Whether there is no error but goals that are left open."""
        return all(words.startswith("unsolved goals") for _, _, words in self.errors)


@dataclass(frozen=True, slots=True)
class _Reference:
    """What proofs of a statement are compared with."""

    module: bytes
    header: Header | None


class ProofChecker:
    """Checks proofs; safe to call from several threads.

    Args:
        sandbox: Which sandbox, shared by the process and opened on first use, or one that is open.
        limits: Of one compilation.
        toolchain: A Lean of the user's own, with what problems import; None is the wheel's, with our core.
        naive: Where it is given, what is no proof is searched for proofs of the statement's parts, and parts that are
            proved in this body too are free.
        second: Whether a kernel of our own must agree with Lean's (`second`).

    Raises:
        ConfigError: The second kernel is wanted for a toolchain.
    """

    def __init__(
        self,
        sandbox: SandboxOption = "auto",
        limits: Limits = language.LIMITS,
        toolchain: Toolchain | None = None,
        naive: Body | None = None,
        second: bool = False,
    ) -> None:
        if second and toolchain is not None:
            raise ConfigError("the second checker knows our core library only: leave out second_checker or toolchain")
        self.has_second = second
        self._option = sandbox
        self._limits = limits
        self._toolchain = toolchain
        self._naive = naive
        self._parts: dict[Statement, Parts] = {}
        self._language = language.name_of(toolchain)
        self._references: dict[Statement, _Reference] = {}
        self._headers: weakref.WeakValueDictionary[str, Header] = weakref.WeakValueDictionary()
        self._header_numbers = itertools.count()
        self._folder = tempfile.mkdtemp(prefix="assay-lean-")  # of compiled headers
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Build the core library, open the boxes and start a kernel, so that what is missing is told at once.

        Raises:
            ConfigError: The wheel is missing or another one, the library does not build or load, or no sandbox can run
                it.
        """
        self._judge()
        language.register(self._toolchain)
        try:
            self._sandbox().run(Program(source="", language=self._language), [])
        except (SandboxError, ValueError) as error:
            raise ConfigError(f"Lean cannot run in the sandbox: {error}") from error

    def complaints(self, statements: Sequence[Statement]) -> list[str | None]:
        """Return, for each statement, the first error that it does not elaborate for; None where it does.

        Raises:
            SandboxError: The sandbox broke.
        """
        wanted = {statement.header for statement in statements if statement.header}
        known = {header: found for header in wanted if (found := self._headers.get(header)) is not None}
        new = sorted(wanted - known.keys())
        results = self._run([*new, *(_without_proof(statement) for statement in statements)])
        wrong: dict[str, str] = {}
        for header, result in zip(new, results, strict=False):
            taken = self._take_header(header, result)
            if isinstance(taken, Header):
                known[header] = taken
            else:
                wrong[header] = taken
        return [
            wrong.get(statement.header) or self._take_reference(statement, result, known.get(statement.header))
            for statement, result in zip(statements, results[len(new) :], strict=True)
        ]

    def check(self, statement: Statement, body: Body) -> Outcome:
        """Return whether a body proves a statement.

        Raises:
            CheckerError: The statement does not elaborate, or judge or kernel failed.
            SandboxError: The sandbox broke.
        """
        reference = self._reference(statement)
        placed = place(statement.text, body, statement.header)
        (result,) = self._run([placed.source], "compile_text" if self._naive is None else "compile_unfinished")
        spent = result.cpu_time_s
        if result.status in _LIMITS_HIT:
            limit = Verdict(_LIMITS_HIT[result.status])
            return Outcome(verdict=limit, feedback=f"Lean {result.error} on this proof.", cpu_time_s=spent)
        compiled = _read(result)
        if compiled is None:
            words = "Lean ended on this proof without an answer, by a crash or by what the proof did to it."
            return Outcome(verdict=Verdict.REJECTED, feedback=words, cpu_time_s=spent)
        if compiled.module is None or compiled.errors:
            outcome = _rejected(compiled, placed.line_shift, spent)
            return self._with_parts(outcome, compiled.module, statement)
        judgement = self._judge().judge(compiled.module, reference.module, read_name(statement.name), reference.header)
        verdict = _VERDICTS.get(judgement.finding, Verdict.REJECTED)
        words = "" if verdict is Verdict.PROVED else f"This is not a proof of the statement: {judgement.reason}."
        outcome = Outcome(
            verdict=verdict,
            feedback=words,
            cpu_time_s=spent + judgement.kernel_cpu_s,
            memory_bytes=result.peak_memory_bytes,
            is_undecided=judgement.is_undecided,
        )
        return self._with_parts(outcome, compiled.module, statement)

    def parts(self, statement: Statement) -> Parts:
        """Return the parts of a statement, where the checker looks for them.

        Raises:
            CheckerError: The statement does not elaborate, or judge or kernel failed.
            SandboxError: The sandbox broke.
        """
        if self._naive is None:
            return Parts()
        known = self._parts.get(statement)
        if known is None:
            known = self._find_parts(statement, self._naive)
            with self._lock:
                _make_room(self._parts)
                self._parts[statement] = known
        return known

    def _find_parts(self, statement: Statement, naive: Body) -> Parts:
        count = self._judge().count_parts(self._reference(statement).module, read_name(statement.name))
        if not count:
            return Parts()
        (result,) = self._run([place(statement.text, naive, statement.header).source], "compile_unfinished")
        compiled = _read(result)
        if compiled is None or compiled.module is None or not compiled.only_misses_goals:
            return Parts(count=count, free=frozenset(range(count)))  # nobody knows which are, so that none is paid
        return Parts(count=count, free=self._proved_parts(compiled.module, statement).numbers)

    def _with_parts(self, outcome: Outcome, module: bytes | None, statement: Statement) -> Outcome:
        """Return the outcome of what is no proof, with the parts that are proved in it."""
        failed = outcome.verdict in (Verdict.REJECTED, Verdict.INCOMPLETE)
        if not failed or module is None or not self.parts(statement).count:
            return outcome
        found = self._proved_parts(module, statement)
        return replace(outcome, parts=found.numbers, cpu_time_s=outcome.cpu_time_s + found.kernel_cpu_s)

    def _proved_parts(self, module: bytes, statement: Statement) -> ProvedParts:
        reference, target = self._reference(statement), read_name(statement.name)
        return self._judge().proved_parts(module, reference.module, target, reference.header)

    def _reference(self, statement: Statement) -> _Reference:
        reference = self._references.get(statement)
        if reference is None:
            (complaint,) = self.complaints([statement])
            if complaint is not None:
                raise CheckerError(f"the statement {statement.name} does not elaborate: {complaint}")
            reference = self._references[statement]
        return reference

    def _take_reference(self, statement: Statement, result: ExecutionResult, header: Header | None) -> str | None:
        """Keep the module that states a statement, or return what is wrong with it."""
        compiled = _read(result)
        if compiled is None or compiled.module is None:
            return _complaint(compiled, result, "header and statement" if statement.header else "the statement")
        if wrong := self._judge().complaint(compiled.module, read_name(statement.name), header):
            return wrong
        with self._lock:
            _make_room(self._references)
            self._references[statement] = _Reference(compiled.module, header)
        return None

    def _take_header(self, header: str, result: ExecutionResult) -> Header | str:
        """Return a compiled header, whose file lasts as long as it is used; or what is wrong with it."""
        compiled = _read(result)
        if compiled is None or compiled.module is None:
            return _complaint(compiled, result, "the header")
        path = Path(self._folder, f"Header{next(self._header_numbers)}.olean")
        with replacing(path) as file:
            file.write(compiled.module)
        try:
            kept = Header(self._judge().library, path)
            self._judge().kernels.check_header(path)
        except JudgeFailure as failure:
            return str(failure)
        weakref.finalize(kept, path.unlink, missing_ok=True)
        self._headers[header] = kept
        return kept

    def _run(self, texts: Sequence[str], entry_point: str = "compile_text") -> list[ExecutionResult]:
        program = Program(source=language.PROGRAM, entry_point=entry_point, language=self._language)
        return self._sandbox().run(program, [Call(args=(text,)) for text in texts], self._limits)

    def _judge(self) -> Judge:
        return _strict_judge() if self.has_second else _judge(self._toolchain)

    def _sandbox(self) -> Sandbox:
        if self._language not in LANGUAGES:  # what it is made of is not read again for each proof
            language.register(self._toolchain)
        return shared_sandbox(self._option)


_VERDICTS = {Finding.PROVED: Verdict.PROVED, Finding.TIMEOUT: Verdict.TIMEOUT, Finding.MEMORY: Verdict.MEMORY}


@functools.cache
def _judge(toolchain: Toolchain | None) -> Judge:
    """Return the judge of this process for a toolchain, with its kernels."""
    if toolchain is None:
        core = Library(build.core(wheel.find()).parent)
        kernel = Kernel(wheel.find(), core.folder, core.sha256)
        atexit.register(kernel.close)
        return Judge(core, kernel)
    kernel = Kernel.of_toolchain(toolchain)
    atexit.register(kernel.close)
    return Judge(ImportedLibrary(toolchain, kernel), kernel)


@functools.cache
def _strict_judge() -> Judge:
    """Return the judge of this process, with second kernels beside the same first ones."""
    judge = _judge(None)
    assert isinstance(judge.library, Library)
    second = Kernel.second(judge.library.folder, judge.library.sha256)
    atexit.register(second.close)
    return judge.with_second(second)


def _make_room(kept: dict[Statement, Any]) -> None:
    while len(kept) >= _REFERENCES_KEPT:
        kept.pop(next(iter(kept)))


def _without_proof(statement: Statement) -> str:
    before = f"{statement.header}\n" if statement.header else ""
    return f"{before}{statement.text} := sorry\n"


def _complaint(compiled: _Compiled | None, result: ExecutionResult, where: str) -> str:
    line, column, text = compiled.errors[0] if compiled and compiled.errors else (1, 0, result.error)
    return f"line {line}, column {column} of {where}: {text[:FEEDBACK_LENGTH]}"


def _read(result: ExecutionResult) -> _Compiled | None:
    """Return what a box sent, if it has the form of what our program in it returns."""
    value = result.value
    if result.status is not ExecutionStatus.OK or not isinstance(value, dict) or value.keys() != {"messages", "module"}:
        return None
    module, messages = value["module"], value["messages"]
    if not isinstance(module, bytes | None) or not isinstance(messages, list):
        return None
    errors = [_error(message) for message in messages]
    return _Compiled(module, tuple(error for error in errors if error is not None))


def _error(message: Any) -> tuple[int, int, str] | None:
    if not isinstance(message, dict) or message.get("severity") != "error":
        return None
    line, column, text = message.get("line"), message.get("column"), message.get("text")
    if type(line) is not int or type(column) is not int or not isinstance(text, str):
        return None
    if not (0 <= line < 2**31 and 0 <= column < 2**31):
        return None
    return line, column, text.encode(errors="replace").decode()  # without lone surrogates, which no model can be told


def _rejected(compiled: _Compiled, line_shift: int, spent_s: float) -> Outcome:
    """Return the outcome of a body with errors: the first one in words, at its place in the answer."""
    if not compiled.errors:
        return Outcome(verdict=Verdict.REJECTED, feedback="Lean made no module of this proof.", cpu_time_s=spent_s)
    line, column, text = compiled.errors[0]
    if _OUT_OF_TIME.search(text):
        verdict = Verdict.TIMEOUT
    elif compiled.only_misses_goals:
        verdict = Verdict.INCOMPLETE
    else:
        verdict = Verdict.REJECTED
    bounded = text if len(text) <= FEEDBACK_LENGTH else f"{text[:FEEDBACK_LENGTH]} ..."
    place_ = f"line {max(1, line - line_shift)}, column {max(0, column - INDENT)}: " if line > line_shift else ""
    return Outcome(verdict=verdict, feedback=f"{place_}{bounded}", cpu_time_s=spent_s)
