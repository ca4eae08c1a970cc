"""The process in which Lean's kernel checks: it loads the library once, and forks one child for each proof.

Started by `envs.lean.kernel` as a process of its own, with nothing in it but this file, `runtime` and the library. A
request holds declarations as plain tables (`tables.encode`); the child (`serving`) rebuilds them through Lean's
exported constructors, gives them to the kernel in their order, and writes what the kernel said.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
from pathlib import Path
from typing import Any

from envs.lean import serving
from envs.lean.closure import Closure, UnknownConstant
from envs.lean.listing import fingerprint
from envs.lean.runtime import Address, Runtime, box, field, pin, tag, text

# the constructors of Lean.Kernel.Exception, in their order
_REFUSALS = (
    "unknown constant",
    "already declared",
    "the value has another type than the declaration says",
    "a metavariable is left",
    "a free variable is left",
    "function expected",
    "type expected",
    "the value of a let has another type than it says",
    "type mismatch",
    "an argument has another type than the function wants",
    "invalid projection",
    "the type of a theorem is not a proposition",
    "refused",
    "deterministic timeout",
    "excessive memory",
    "deep recursion",
    "interrupted",
)
_OTHER, _TIMEOUT, _MEMORY = 12, 13, 14
_THEOREM, _DEFINITION = 2, 1  # of Lean.Declaration
_SAFE = 1  # of Lean.DefinitionSafety


class Kernel:
    """The functions of Lean that rebuild declarations and check them.

    Args:
        runtime: A started one.
        environment: The kernel's environment that holds the library, pinned.
        folders: Where the library's modules are.
        modules: Those that the environment has imported.
    """

    def __init__(self, runtime: Runtime, environment: Address, folders: list[str], modules: list[str]) -> None:
        self.runtime = runtime
        self.folders = folders
        self.modules = modules
        self.environment = environment
        value, small = ctypes.c_size_t, ctypes.c_uint8
        self.level_makers = (
            runtime.function("lean_level_mk_succ", 1),
            runtime.function("lean_level_mk_max", 2),
            runtime.function("lean_level_mk_imax", 2),
            runtime.function("lean_level_mk_param", 1),
        )
        self.zero = pin(runtime.function("lean_level_mk_zero", 1)(box(0)))
        self.bound = runtime.function("lean_expr_mk_bvar", 1)
        self.sort = runtime.function("lean_expr_mk_sort", 1)
        self.constant = runtime.function("lean_expr_mk_const", 2)
        self.application = runtime.function("lean_expr_mk_app", 2)
        self.function = runtime.function("lean_expr_mk_lambda", [value, value, value, small])
        self.product = runtime.function("lean_expr_mk_forall", [value, value, value, small])
        self.let = runtime.function("lean_expr_mk_let", [value, value, value, value, small])
        self.literal = runtime.function("lean_expr_mk_lit", 1)
        self.projection = runtime.function("lean_expr_mk_proj", 3)
        self.regular = runtime.function("lean_mk_reducibility_hints_regular", [ctypes.c_uint32])
        self.theorem = runtime.function("lean_mk_theorem_val", 5)
        self.definition = runtime.function("lean_mk_definition_val", [value] * 5 + [small, value])
        self.add = runtime.function("lean_add_decl", 5)
        self.binder = pin(runtime.name(["x"]))

    def check(self, request: dict[str, Any]) -> dict[str, str]:
        """Rebuild the declarations and add them, one after the other, to the library's environment."""
        names = [pin(self.runtime.name(name)) for name in request["names"]]
        levels = self._levels(request["levels"], names)
        expressions = self._expressions(request["expressions"], names, levels)
        environment = self._with_header(*request["header"]) if request["header"] else self.environment
        for declaration in request["declarations"]:
            name, parameters, type_, value, hint = declaration
            made = self._declaration(
                names[name],
                [names[parameter] for parameter in parameters],
                expressions[type_],
                expressions[value],
                hint,
            )
            result = self.add(environment, request["heartbeats"], request["recursion"], made, box(0))
            if tag(result) == 0:
                return _refusal(field(result, 0))
            environment = pin(field(result, 0))
        return {"outcome": "accepted"}

    def _with_header(self, folder: str, module: str) -> Address:
        """An environment that holds a task's own definitions too."""
        self.runtime.set_search_path([*self.folders, folder])
        return load_environment(self.runtime, [*self.modules, module])

    def _declaration(
        self, name: Address, parameters: list[Address], type_: Address, value: Address, hint: int | None
    ) -> Address:
        """A theorem, or a definition with its hint."""
        params, names = (pin(self.runtime.list(items)) for items in (parameters, [name]))
        if hint is None:
            return self.runtime.constructor(_THEOREM, [self.theorem(name, params, type_, value, names)])
        hints = box(hint + 2) if hint < 0 else self.regular(hint)
        definition = self.definition(name, params, type_, value, hints, _SAFE, names)
        return self.runtime.constructor(_DEFINITION, [definition])

    def _levels(self, nodes: list[Any], names: list[Address]) -> list[Address]:
        made: list[Address] = []
        for kind, *parts in nodes:
            if kind == 0:
                made.append(self.zero)
            elif kind == 4:
                made.append(pin(self.level_makers[3](names[parts[0]])))
            else:
                made.append(pin(self.level_makers[kind - 1](*(made[part] for part in parts))))
        return made

    def _expressions(self, nodes: list[Any], names: list[Address], levels: list[Address]) -> list[Address]:
        made: list[Address] = []
        application, binder = self.application, self.binder
        for node in nodes:
            kind = node[0]
            if kind == 3:
                result = application(made[node[1]], made[node[2]])
            elif kind == 0:
                result = self.bound(box(node[1]))
            elif kind == 2:
                result = self.constant(names[node[1]], pin(self.runtime.list([levels[level] for level in node[2]])))
            elif kind == 4:
                result = self.function(binder, made[node[1]], made[node[2]], 0)
            elif kind == 5:
                result = self.product(binder, made[node[1]], made[node[2]], 0)
            elif kind == 6:
                result = self.let(binder, made[node[1]], made[node[2]], made[node[3]], 0)
            elif kind == 1:
                result = self.sort(levels[node[1]])
            elif kind == 9:
                result = self.projection(names[node[1]], box(node[2]), made[node[3]])
            else:
                content = self.runtime.nat(node[1]) if kind == 7 else self.runtime.string(node[1])
                result = self.literal(pin(self.runtime.constructor(kind - 7, [pin(content)])))
            made.append(pin(result))
        return made


def _refusal(exception: Address) -> dict[str, str]:
    """What the kernel's exception says."""
    kind = tag(exception)
    if kind == _TIMEOUT:
        return {"outcome": "timeout", "message": "the kernel's heartbeats are used up"}
    if kind == _MEMORY:
        return {"outcome": "memory", "message": "the kernel used too much memory"}
    message = text(field(exception, 0)) if kind == _OTHER else _REFUSALS[kind]
    return {"outcome": "rejected", "message": message[:1000]}


def load(library: str, folders: list[str], modules: list[str], mark: str) -> Kernel:
    """Start Lean in this process and load the library that the judge means.

    Args:
        library: `libleanshared.so`.
        folders: Where modules are looked for.
        modules: Those to import.
        mark: `sha256:` and the hash of our core's file, or `listing:` and the fingerprint of a toolchain's.
    """
    kind, _, expected = mark.partition(":")
    if kind == "sha256":
        found = hashlib.sha256((Path(folders[0]) / "Init.olean").read_bytes()).hexdigest()
    else:
        found = fingerprint([*folders, library])
    if found != expected:
        raise SystemExit(f"what lies in {', '.join(folders)} is not the library that the judge has read")
    runtime = Runtime(library)
    runtime.start()
    runtime.set_search_path(folders)
    return Kernel(runtime, load_environment(runtime, modules), folders, modules)


def load_environment(runtime: Runtime, modules: list[str]) -> Address:
    """The kernel's environment that holds these modules, pinned."""
    return pin(runtime.kernel_environment(runtime.import_modules(modules, extensions=False)))


def _of_library(closure: Closure, name: list[str | int], whole: bool) -> dict[str, Any]:
    """Whether the library has a constant; and, where the whole is asked for, what it rests on."""
    try:
        if not whole or not closure.has(tuple(name)):
            return {"known": closure.has(tuple(name))}
        rests_on = [list(each) for each in closure.rests_on(tuple(name))]
    except UnknownConstant as error:
        return {"known": True, "lacks": str(error)}
    gc.freeze()  # as for what was there before
    return {"known": True, "rests_on": rests_on}


def main() -> None:
    """Serve; `serving` says with what arguments."""
    serving.run(start)


def start(library: str, folders: list[str], modules: list[str], mark: str) -> serving.Service:
    """Load the library; what a service answers are questions about it, and declarations to check."""
    kernel = load(library, folders, modules, mark)
    closure = Closure(kernel.runtime, kernel.environment)
    return serving.Service(check=kernel.check, answer=lambda name, whole: _of_library(closure, name, whole))
