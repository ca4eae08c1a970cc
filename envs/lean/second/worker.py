"""The process of the second kernel: it reads the library once, and forks one child for each proof (`serving`)."""

from __future__ import annotations

import gc
import hashlib
import sys
from pathlib import Path
from typing import Any

from envs.lean import serving
from envs.lean.olean import Kind, LazyModule
from envs.lean.second.checker import Checker, New
from envs.lean.second.environment import Environment, Source, from_node, level_from_node
from envs.lean.second.expressions import Expr, Expressions
from envs.lean.second.levels import Level
from envs.lean.second.limits import Fuel, Refused, Undecided
from envs.lean.terms import CONST, PARAM, PROJ, Name, Node

STEPS = 5_000_000
"""How much is done for one proof: far more than for any that we know, and about as long as the kernel may take."""

_RECURSION = 400_000


class Second:
    """A checker that has read a library.

    Args:
        module: The library.
        steps: How much is done for one request.
    """

    def __init__(self, module: LazyModule, steps: int = STEPS) -> None:
        self.table = Expressions()
        self.library = Source(module, self.table)
        self.steps = steps

    def check(self, request: dict[str, Any]) -> dict[str, str]:
        """Check what `tables.encode` wrote: its declarations; or, if there are none, those of its header.

        A definition or theorem of a header is checked as it stands among all others of the header; its inductive types
        are taken as they are.
        """
        try:
            self._check(request)
        except Refused as refusal:
            return {"outcome": "rejected", "message": str(refusal)[:1000]}
        except Undecided as undecided:
            return {"outcome": "timeout", "message": str(undecided)}
        except RecursionError:
            return {"outcome": "timeout", "message": "the proof is nested too deeply"}
        return {"outcome": "accepted"}

    def _check(self, request: dict[str, Any]) -> None:
        sources = [self.library]
        if request["header"]:
            folder, stem = request["header"]
            sources.append(Source(LazyModule(Path(folder, f"{stem}.olean").read_bytes()), self.table))
        checker = Checker(Environment(self.table, sources), Fuel(self.steps))
        declarations = self.declarations(request)
        for new in declarations:
            checker.add(new)
        if not declarations and len(sources) == 2:
            for new in self.own(sources[1]):
                checker.check(new)

    def declarations(self, request: dict[str, Any]) -> list[New]:
        """The declarations in a request."""
        names: list[Name] = [tuple(name) for name in request["names"]]
        levels: list[Level] = []
        for kind, *parts in request["levels"]:
            node: Node = (kind, names[parts[0]]) if kind == PARAM else (kind, *parts)
            built = [] if kind == PARAM else [levels[part] for part in parts]
            levels.append(level_from_node(self.table, node, built))
        made: list[Expr] = []
        for kind, *parts in request["expressions"]:
            if kind in (CONST, PROJ):
                parts[0] = names[parts[0]]
            made.append(from_node(self.table, (kind, *parts), made.__getitem__, levels.__getitem__))
        return [
            New(
                name=names[name], params=tuple(names[each] for each in params), type=made[t], value=made[v], height=hint
            )
            for name, params, t, v, hint in request["declarations"]
        ]

    def own(self, source: Source) -> list[New]:
        """The safe definitions and theorems of a module."""
        found = []
        for name in source.module:
            constant = source.module.constant(name)
            declared = source.find(name)
            if declared is None or declared.value is None or not declared.is_safe:
                continue
            height = constant.hint if constant.kind is Kind.DEFINITION else None
            found.append(New(name, declared.params, declared.type, declared.value, height))
        return found


def start(_: str, folders: list[str], modules: list[str], mark: str) -> serving.Service:
    """Read the library that the judge means."""
    content = Path(folders[0], "Init.olean").read_bytes()
    if modules != ["Init"] or mark != f"sha256:{hashlib.sha256(content).hexdigest()}":
        raise SystemExit(f"what lies in {folders[0]} is not the library that the judge has read")
    module = LazyModule(content)
    second = Second(module)
    for name in module:
        second.library.find(name)
    sys.setrecursionlimit(_RECURSION)
    gc.disable()  # a child lives too briefly for it, and its memory is watched
    return serving.Service(check=second.check, answer=lambda *_: {})


def main() -> None:
    """Serve; `serving` says with what arguments."""
    serving.run(start)
