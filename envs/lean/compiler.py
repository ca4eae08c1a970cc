"""Compiles one Lean text inside the sandbox: the only place where the front end meets what a policy wrote.

This module and the others that `language` names are loaded into the warm interpreter of the boxes for Lean, which loads
the binary and the library once; every compilation is a copy of it. What it returns are words and bytes of an untrusted
process: messages to be shown, and the compiled module to be read as bytes by the judge. It decides nothing. Imports
only the standard library and those others, since it runs inside the box.
"""

from __future__ import annotations

import ctypes
import itertools
import json
from typing import Any

import pages  # type: ignore[import-not-found]
import runtime  # type: ignore[import-not-found]
import setting  # type: ignore[import-not-found]
import writer  # type: ignore[import-not-found]

_MODULE = "module.olean"
_STACK_BYTES = 64 * 2**20
"""Of the thread that elaborates; the binary's own default of 1 GiB is beyond any limit of a box."""

_LONGEST_MESSAGE = 4_000
_MOST_MESSAGES = 20
_VALUE, _FLAG = ctypes.c_size_t, ctypes.c_uint8

_OPTIONS = (
    (("linter", "all"), 0),
    (("autoImplicit",), 0),
    (("Elab", "async"), 0),
    (("internal", "cmdlineSnapshots"), 1),  # nothing is kept for an editor
)

_PRIVATE = 2
"""Of the three parts that a module may be written in, the one that holds everything."""

_ROUNDS = 16
"""How often what every compilation goes through is done in advance: then the interpreter has learnt about it."""

_lean: Any = None
_environment = 0
_options = 0
_no_entries = 0
_functions: dict[str, Any] = {}
"""Looked up once: a name is sought among a million others."""


def prepare() -> None:
    """Load the binary and the library; everything in it is then shared by all copies, and counted by none."""
    global _lean, _environment, _options, _no_entries
    _lean = runtime.Runtime(setting.BINARY)
    _lean.start()
    _lean.function("lean_internal_set_thread_stack_size", 1)(_STACK_BYTES)
    _lean.set_search_path(setting.FOLDERS)
    _environment = runtime.pin(_lean.import_modules(setting.MODULES, extensions=True))
    set_option = _lean.function("l_Lean_Options_setBool", [_VALUE, _VALUE, _FLAG])
    _options = _lean.symbol("l_Lean_Options_empty")
    for name, value in _OPTIONS:
        _options = set_option(_options, _lean.name(name), value)
    runtime.pin(_options)
    none = runtime.pin(_lean.array([]))
    _no_entries = runtime.pin(_lean.constructor(1, [runtime.pin(_lean.constructor(0, [none] * 3))]))
    for function, arguments in (
        ("l_Lean_Elab_process", [_VALUE] * 4),
        ("l_Lean_MessageLog_toArray", [_VALUE]),
        ("l_Lean_Message_toJson", [_VALUE]),
        ("l_Lean_Json_compress", [_VALUE]),
        ("l_Lean_mkModuleData", [_VALUE, _FLAG, _VALUE]),
        ("l_Lean_saveModuleData", [_VALUE] * 3),
    ):
        _functions[function] = _lean.function(function, arguments)
    for _ in range(_ROUNDS):
        _module(_environment)
    pages.move_code(setting.BINARY)


def compile_text(text: str) -> dict[str, Any]:
    """Elaborate a text on top of the library.

    Returns:
        `messages`: `severity`, `line` (from 1), `column` (from 0) and `text` of the first errors, whatever else was
        said before them; `module`: the compiled module, or None if there was an error.
    """
    return _compiled(text, unfinished=False)


def compile_unfinished(text: str) -> dict[str, Any]:
    """As `compile_text`, with the module in any case: what an error left open is filled with `sorryAx`."""
    return _compiled(text, unfinished=True)


def _compiled(text: str, unfinished: bool) -> dict[str, Any]:
    _lean.start_tasks(1)
    process = _functions["l_Lean_Elab_process"]
    result = _lean.value(process(_lean.string(text), _environment, _options, runtime.box(0)))
    environment, log = runtime.field(result, 0), runtime.field(result, 1)
    found = map(_message, runtime.items(_functions["l_Lean_MessageLog_toArray"](log)))
    errors = list(itertools.islice((each for each in found if each["severity"] == "error"), _MOST_MESSAGES))
    if errors and not unfinished:
        return {"messages": errors, "module": None}
    return {"messages": errors, "module": _module(environment)}


def _module(environment: int) -> bytes:
    """Return an environment's own constants as a module, in which no extension has stored anything."""
    contents = _lean.value(_functions["l_Lean_mkModuleData"](environment, _PRIVATE, _no_entries))
    module: bytes | None = writer.small_module(contents)
    if module is None:
        _lean.value(_functions["l_Lean_saveModuleData"](_lean.string(_MODULE), _lean.name(["_stdin"]), contents))
        with open(_MODULE, "rb") as file:
            module = file.read()
    return module


def _message(address: int) -> dict[str, Any]:
    document = _functions["l_Lean_Message_toJson"](address)
    words = json.loads(runtime.text(_functions["l_Lean_Json_compress"](document)))
    return {
        "severity": words["severity"],
        "line": words["pos"]["line"],
        "column": words["pos"]["column"],
        "text": words["data"][:_LONGEST_MESSAGE],
    }
