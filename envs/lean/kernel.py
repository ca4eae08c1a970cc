"""Check declarations in a clean kernel: a process that has loaded the library and nothing of any submission.

What goes in are terms that were read and bounded here (`olean`, `terms`), rebuilt there one by one; what comes out is
one word. `kernel_worker` is the other end.

A kernel that *crashes* on a proof is asked again, in a process that has just proved itself on a theorem and on a false
one. If it crashes again, the proof did it: the outcome is CRASHED, and the judge rejects the proof. Otherwise the crash
is ours, `KernelFailure`, and there is no reward either way. So a proof cannot buy itself out of a zero by crashing the
kernel, and a fault of ours costs nobody a reward.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from envs.core import VerifierError
from envs.lean.olean import Constant, Kind
from envs.lean.tables import encode
from envs.lean.terms import BVAR, LAM, PI, SORT, ZERO, Name, Terms
from envs.lean.toolchain import Toolchain

_T = TypeVar("_T")
_HEAD = struct.Struct("<IQ")  # the length of what follows, and the number of the request
_START_S, _GRACE_S = 60.0, 10.0
_PATIENCE_S = 600.0  # for a library of many modules, which may have to be read from a slow disk
_MAX_REPLY_BYTES = 1 << 24

# the worker has the modules it needs and not the packages around them, which would load ten times its size
_BOOTSTRAP = """
import sys, types
for name, folder in (("envs", {envs!r}), ("envs.lean", {lean!r}), ("envs.lean.second", {lean!r} + "/second")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
from envs.lean.{program} import main
main()
"""


class KernelFailure(VerifierError):
    """The kernel's process failed, not the proof: there is no verdict."""


class Outcome(StrEnum):
    """What became of a check."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What the kernel said of some declarations."""

    outcome: Outcome
    message: str
    """The kernel's words, empty for an accepted proof."""
    cpu_s: float
    """Processor time of the process that checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelLimits:
    """Limits of one check."""

    cpu_s: int = 10
    """Processor time in whole seconds, at least 1."""
    wall_s: float = 120.0
    """When it runs out before the processor time did, the machine is to blame."""
    memory_bytes: int = 2**30
    """Resident memory on top of the library's."""


_Start = tuple[str, Path, tuple[Path, ...], tuple[str, ...], str, KernelLimits, float]


class Kernel:
    """Kernels that have loaded one library; may be used from several threads, each of which gets its own process.

    A copy of this process (`fork`) starts kernels of its own: two that asked one would take each other's answers.

    Args:
        library: `libleanshared.so`.
        folder: Where the library's `Init.olean` is.
        sha256: Of that file, so that judge and kernel mean the same one.
        limits: Of each check.
    """

    def __init__(self, library: Path, folder: Path, sha256: str, limits: KernelLimits | None = None) -> None:
        source = (library, (folder,), ("Init",), f"sha256:{sha256}")
        self._start: _Start = ("kernel_worker", *source, limits or KernelLimits(), _START_S)
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._is_closed = False
        self._owner = os.getpid()
        self._of_others: list[_Worker] = []

    @classmethod
    def of_toolchain(cls, toolchain: Toolchain, limits: KernelLimits | None = None) -> Kernel:
        """Return kernels that have loaded what is imported of a user's own toolchain."""
        kernel = cls(toolchain.binary, toolchain.root, "", limits)
        mark = f"listing:{toolchain.fingerprint}"
        library = (toolchain.binary, toolchain.folders, toolchain.imports, mark)
        kernel._start = ("kernel_worker", *library, limits or KernelLimits(), _PATIENCE_S)
        return kernel

    @classmethod
    def second(cls, folder: Path, sha256: str, limits: KernelLimits | None = None) -> Kernel:
        """Return kernels of our own (`second`), which have read the core library, and share no code with Lean's.

        They know no limit of heartbeats but one of steps; where that or another is used up, the outcome is TIMEOUT.
        """
        kernel = cls(Path(), folder, sha256, limits)
        kernel._start = ("second.worker", *kernel._start[1:])
        return kernel

    def rests_on(self, name: Name) -> frozenset[Name] | None:
        """Return the axioms and unsafe constants that a constant of the library rests on; None if there is none.

        Raises:
            KernelFailure: The process failed, or the library is not whole.
        """
        answer = self._ask(lambda worker: worker.exchange(json.dumps([name, True]).encode()))
        if "lacks" in answer:
            raise KernelFailure(f"the library mentions the constant {answer['lacks']}, and does not have it")
        return frozenset(tuple(each) for each in answer["rests_on"]) if answer["known"] else None

    def has(self, name: Name) -> bool:
        """Return whether the library has a constant.

        Raises:
            KernelFailure: The process failed.
        """
        return bool(self._ask(lambda worker: worker.exchange(json.dumps([name, False]).encode()))["known"])

    def check(self, terms: Terms, constants: Sequence[Constant], header: Path | None = None) -> Recheck:
        """Ask the kernel whether theorems and definitions, each after those that it uses, are well typed.

        Args:
            terms: What the constants' expressions are numbers in.
            constants: The theorems and definitions.
            header: A trusted module besides the library that they build on.

        Raises:
            KernelFailure: The kernel's process failed.
        """
        request = encode(terms, constants, header)
        first = self._ask(lambda worker: worker.ask(request))
        if first.outcome is not Outcome.CRASHED:
            return first
        self.close_idle()  # so that a new process is asked, which has just proved itself
        second = self._ask(lambda worker: worker.ask(request))
        if second.outcome is not Outcome.CRASHED:
            raise KernelFailure(f"the kernel crashed on a proof ({first.message}), and then said: {second.outcome}")
        return second

    def close_idle(self) -> None:
        """End the processes that are not at work."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def close(self) -> None:
        """End the processes; one that is at work ends after it."""
        self._is_closed = True
        self.close_idle()

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: Callable[[_Worker], _T]) -> _T:
        """Ask an idle process, or a new one where none is, or it has died since."""
        if self._owner != os.getpid():
            self._of_others += self._idle  # kept, so that nobody here ends them
            self._idle, self._lock, self._owner = [], threading.Lock(), os.getpid()
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is not None:
            try:
                return self._use(worker, question)
            except _WorkerLost:
                pass
        try:
            return self._use(_Worker(*self._start), question)
        except _WorkerLost as error:
            raise KernelFailure(f"the kernel's process was lost: {error}") from error

    def _use(self, worker: _Worker, question: Callable[[_Worker], _T]) -> _T:
        is_whole = False
        try:
            answer = question(worker)
            is_whole = True
        finally:
            if is_whole and not self._is_closed:
                with self._lock:
                    self._idle.append(worker)
            else:
                worker.close()
        return answer


class _WorkerLost(Exception):
    """The process is gone, or does not speak as it should."""


class _Worker:
    """One kernel's process and the channel to it."""

    def __init__(
        self,
        program: str,
        library: Path,
        folders: tuple[Path, ...],
        modules: tuple[str, ...],
        mark: str,
        limits: KernelLimits,
        patience_s: float,
    ) -> None:
        source = json.dumps([[str(folder) for folder in folders], modules, mark])
        ours, theirs = socket.socketpair()
        here = Path(__file__).resolve().parent
        code = _BOOTSTRAP.format(program=program, envs=str(here.parent), lean=str(here))
        numbers = [theirs.fileno(), limits.cpu_s, limits.wall_s, limits.memory_bytes]
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", code, library, source, *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                pass_fds=[theirs.fileno()],
                cwd="/",
                env={"PATH": os.defpath},
            )
        self._channel = ours
        self._wall_s = limits.wall_s
        self._asked = 0
        try:
            self._prove_itself(patience_s)
        except _WorkerLost as error:
            self._process.kill()
            self._process.wait()
            self._complaints.seek(0)
            complaint = self._complaints.read(2000).decode(errors="replace").strip()
            self.close()
            raise KernelFailure(f"the kernel's process does not start: {complaint or error}") from error

    def ask(self, request: bytes) -> Recheck:
        """Have one request checked.

        Raises:
            _WorkerLost: The process is gone.
            KernelFailure: It answered that it could not check.
        """
        answer = self.exchange(request)
        try:
            outcome, message = str(answer["outcome"]), str(answer["message"])
            cpu_s = float(answer["cpu_s"])
        except (ValueError, KeyError, TypeError) as error:
            raise _WorkerLost(str(error)) from error
        if outcome not in {known.value for known in Outcome}:
            raise KernelFailure(f"the kernel could not check a proof: {message or outcome}")
        return Recheck(outcome=Outcome(outcome), message=message, cpu_s=cpu_s)

    def exchange(self, request: bytes) -> dict[str, Any]:
        """Send one request and wait for its answer.

        Raises:
            _WorkerLost: The process is gone.
        """
        try:
            self._channel.settimeout(self._wall_s + _GRACE_S)
            self._asked += 1
            self._channel.sendall(_HEAD.pack(len(request), self._asked) + request)
            size, number = _HEAD.unpack(self._read(_HEAD.size))
            if size > _MAX_REPLY_BYTES or number != self._asked:
                raise _WorkerLost(f"it announces an answer of {size} bytes to request {number} of {self._asked}")
            return dict(json.loads(self._read(size)))
        except (OSError, ValueError, TypeError) as error:
            raise _WorkerLost(str(error)) from error

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        self._process.kill()
        self._process.wait()
        self._complaints.close()

    def _read(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            chunk = self._channel.recv(size - len(content))
            if not chunk:
                raise _WorkerLost("it closed the channel")
            content += chunk
        return content

    def _prove_itself(self, patience_s: float) -> None:
        """Have it accept a theorem and refuse a false one before it is asked anything that counts."""
        self._channel.settimeout(patience_s)
        try:
            greeting = self._read(len(b"ready\n"))
        except OSError as error:
            raise _WorkerLost(str(error)) from error
        if greeting != b"ready\n":
            raise _WorkerLost(f"it greets with {greeting!r}")
        true, false = (self.ask(encode(*canary)) for canary in canaries())
        if (true.outcome, false.outcome) != (Outcome.ACCEPTED, Outcome.REJECTED):
            raise KernelFailure(f"the kernel says of a theorem: {true.outcome}, and of a false one: {false.outcome}")


def canaries() -> tuple[tuple[Terms, list[Constant]], tuple[Terms, list[Constant]]]:
    """A theorem that needs no library, and a false one."""
    terms = Terms()
    proposition = terms.expression((SORT, terms.level((ZERO,))))
    first, second = (terms.expression((BVAR, index)) for index in range(2))
    implication = terms.expression((PI, first, second))  # p → p, under the binder of p
    identity = terms.expression((LAM, first, first))
    every, everything = (terms.expression((PI, proposition, body)) for body in (implication, first))
    proof, nonsense = (terms.expression((LAM, proposition, body)) for body in (identity, first))
    return (terms, [_theorem("true", every, proof)]), (terms, [_theorem("false", everything, nonsense)])


def _theorem(name: str, type_: int, value: int) -> Constant:
    return Constant(name=("assay", name), kind=Kind.THEOREM, level_params=(), type=type_, value=value)
