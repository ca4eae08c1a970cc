"""The process in which Lean's kernel checks: it loads the library once, and forks one child for each proof.

Started by `envs.lean.kernel` as a process of its own, with nothing in it but this file, `runtime` and the library. A
request holds declarations as plain tables (`tables.encode`); the child rebuilds them through Lean's exported
constructors, gives them to the kernel in their order, and writes what the kernel said. What a proof does to the child's
memory goes with the child, which holds nothing but its end of one pipe. Its processor time is limited by the system;
the clock on the wall and its memory are watched from outside.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

from envs.lean.closure import Closure, UnknownConstant
from envs.lean.listing import fingerprint
from envs.lean.runtime import Address, Runtime, box, field, pin, tag, text

STACK_BYTES = 512 * 2**20
READY = b"ready\n"
HEAD = struct.Struct("<IQ")
"""In front of a request and of its answer: the length of what follows, and the request's number."""

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
_PAGE_BYTES = resource.getpagesize()
_POLL_S = 0.05
_OUT_OF_MEMORY = 1  # the exit status of Lean's own panic
_BROKEN = 70
_THEOREM, _DEFINITION = 2, 1  # of Lean.Declaration
_SAFE = 1  # of Lean.DefinitionSafety

# without Python's own hooks, which put right what other threads may have held, and cost a copied page for each line
_fork = ctypes.PyDLL(None).fork


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


def serve(kernel: Kernel, channel: socket.socket, cpu_s: int, wall_s: float, memory_bytes: int) -> None:
    """Answer requests until the other end closes; requests and answers are JSON behind a head.

    A list is a question about the library, which this process answers itself, and remembers what it found; an object is
    for a child to check.
    """
    closure = Closure(kernel.runtime, kernel.environment)
    with channel.makefile("rb") as requests:
        while len(head := requests.read(HEAD.size)) == HEAD.size:
            length, number = HEAD.unpack(head)
            body = requests.read(length)
            if body.startswith(b"["):
                answer = _of_library(closure, *json.loads(body))
            else:
                answer = _in_a_child(kernel, channel, body, cpu_s, wall_s, memory_bytes)
            reply = json.dumps(answer).encode()
            channel.sendall(HEAD.pack(len(reply), number) + reply)


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


def _in_a_child(
    kernel: Kernel, channel: socket.socket, body: bytes, cpu_s: int, wall_s: float, memory_bytes: int
) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = _fork()
    if child < 0:
        raise OSError("the system makes no more processes")
    if child == 0:
        sys.excepthook = lambda kind, *_: os._exit(_OUT_OF_MEMORY if issubclass(kind, MemoryError) else _BROKEN)
        os.close(reading)
        os.close(channel.fileno())
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        _limit(cpu_s, memory_bytes)
        os.write(writing, json.dumps(kernel.check(json.loads(body))).encode())
        os._exit(0)
    os.close(writing)
    answer, stopped = _watch(child, reading, channel, time.monotonic() + wall_s, memory_bytes)
    os.close(reading)
    _, status, usage = os.wait4(child, 0)
    used_s = usage.ru_utime + usage.ru_stime
    return {"cpu_s": used_s} | _verdict(answer, stopped, status, used_s >= cpu_s * 0.9)


def _limit(cpu_s: int, memory_bytes: int) -> None:
    """Limits of this process; memory is watched from outside, and this is only the last stop."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    mapped = _memory_of("self")[0] * _PAGE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (mapped + 2 * memory_bytes, mapped + 2 * memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch(
    child: int, reading: int, channel: socket.socket, deadline: float, memory_bytes: int
) -> tuple[bytes, str | None]:
    """What the child wrote before it closed its end, and why it was killed if it was."""
    answer, stopped, base = b"", None, _own_memory("self")
    while stopped is None:
        ready = select.select([reading, channel.fileno()], [], [], _POLL_S)[0]
        if reading in ready:
            chunk = os.read(reading, 65536)
            answer += chunk
            if not chunk:
                return answer, None
        elif channel.fileno() in ready:  # nothing is sent before an answer: whoever asked is gone
            stopped = "abandoned"
        elif time.monotonic() > deadline:
            stopped = "wall"
        elif _own_memory(str(child)) > base + memory_bytes:
            stopped = "memory"
    os.kill(child, signal.SIGKILL)
    return answer, stopped


def _own_memory(process: str) -> int:
    """The memory in use that is not a file's."""
    _, resident, of_files, *_ = _memory_of(process)
    return (resident - of_files) * _PAGE_BYTES


def _memory_of(process: str) -> list[int]:
    """Pages that are mapped, resident, resident of files, and others."""
    handle = os.open(f"/proc/{process}/statm", os.O_RDONLY)
    try:
        return [int(field) for field in os.read(handle, 256).split()]
    finally:
        os.close(handle)


def _verdict(answer: bytes, stopped: str | None, status: int, out_of_time: bool) -> dict[str, str]:
    """What the child answered, if it ended by itself, or how it ended."""
    if stopped == "memory" or os.waitstatus_to_exitcode(status) == _OUT_OF_MEMORY:
        return {"outcome": "memory", "message": "the kernel used too much memory"}
    if out_of_time and status != 0:
        return {"outcome": "timeout", "message": "the kernel's processor time is used up"}
    if stopped == "wall":
        return {"outcome": "stuck", "message": "the kernel got too little processor time before the clock ran out"}
    if status == 0:
        told = json.loads(answer)
        return {"outcome": str(told["outcome"]), "message": str(told.get("message", ""))}
    if os.waitstatus_to_exitcode(status) == _BROKEN:
        return {"outcome": "broken", "message": "the request could not be rebuilt"}
    return {"outcome": "crashed", "message": f"the kernel's process ended with status {status}"}


def main() -> None:
    """Serve; the arguments are the binary, what else `load` wants in JSON, the channel's descriptor, and limits."""
    _, library, source, descriptor, cpu_s, wall_s, memory_bytes = sys.argv
    if resource.getrlimit(resource.RLIMIT_STACK)[0] != STACK_BYTES:
        # the main thread's stack gets its room when a program starts, so this one starts once more
        resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        os.execv(sys.executable, sys.orig_argv)
    channel = socket.socket(fileno=int(descriptor))
    kernel = load(library, *json.loads(source))
    gc.freeze()  # a child's collector must not touch, and so copy, what was there before it
    channel.sendall(READY)
    serve(kernel, channel, int(cpu_s), float(wall_s), int(memory_bytes))
