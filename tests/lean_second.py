"""Both kernels side by side, for tests of the second."""

from __future__ import annotations

import gc
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lean_modules import ModuleWriter, require_lean

from envs.lean import build
from envs.lean.kernel import Kernel, KernelLimits, Outcome
from envs.lean.library import Library
from envs.lean.olean import Constant, LazyModule, read_module
from envs.lean.terms import Terms

_T = TypeVar("_T")


class Kernels:
    """Lean's kernel and the second, each in its process, with the core library."""

    def __init__(self) -> None:
        self.binary = require_lean()
        library = Library(build.core(self.binary).parent)
        self.folder = library.folder
        self.first = Kernel(self.binary, library.folder, library.sha256, KernelLimits(cpu_s=5))
        self.second = Kernel.second(library.folder, library.sha256, KernelLimits(cpu_s=20))

    def say(self, terms: Terms, constants: list[Constant], header: Path | None = None) -> tuple[Outcome, Outcome]:
        """What each says."""
        return (
            self.first.check(terms, constants, header).outcome,
            self.second.check(terms, constants, header).outcome,
        )

    def first_says_of(self, request: dict[str, Any]) -> Outcome:
        """What Lean's says of tables."""
        body = json.dumps(request).encode()
        return self.first._ask(lambda worker: worker.ask(body)).outcome

    def close(self) -> None:
        self.first.close()
        self.second.close()


@contextmanager
def both_kernels() -> Iterator[Kernels]:
    kernels = Kernels()
    try:
        yield kernels
    finally:
        kernels.close()


def theorem(type_: Any, value: Any, params: tuple[str, ...] = ()) -> tuple[Terms, list[Constant]]:
    """One theorem `t`, in its table."""
    writer, terms = ModuleWriter(), Terms()
    writer.theorem("t", type_, value, params)
    return terms, list(read_module(writer.module(), terms).constants.values())


def read_core() -> LazyModule:
    return LazyModule(build.core(require_lean()).read_bytes())


def with_room(action: Callable[[], _T]) -> _T:
    """Do something as in the second kernel's process: with a deep stack, and without the collector."""
    found: list[_T] = []
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    size = threading.stack_size(256 * 2**20)
    gc.disable()
    try:
        thread = threading.Thread(target=lambda: found.append(action()))
        thread.start()
        thread.join()
    finally:
        gc.enable()
        threading.stack_size(size)
        sys.setrecursionlimit(before)
    return found[0]
