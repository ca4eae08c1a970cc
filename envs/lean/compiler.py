"""Compiles one Lean text inside the sandbox: the only place where the front end meets what a policy wrote.

This module, `runtime`, and `setting` (made by `language`) are loaded into the warm interpreter of the boxes for Lean,
which loads the binary and the library once; every compilation is a copy of it. What it returns are words and bytes of
an untrusted process: messages to be shown, and the compiled module to be read as bytes by the judge. It decides
nothing. Imports only the standard library and those two, since it runs inside the box.
"""

from __future__ import annotations

import ctypes
import itertools
import json
from typing import Any

import runtime  # type: ignore[import-not-found]
import setting  # type: ignore[import-not-found]

_MODULE = "module.olean"
_STACK_BYTES = 64 * 2**20
"""Of the thread that elaborates; the binary's own default of 1 GiB is beyond any limit of a box."""

_LONGEST_MESSAGE = 4_000
_MOST_MESSAGES = 20
_VALUE, _FLAG = ctypes.c_size_t, ctypes.c_uint8

_lean: Any = None
_environment = 0
_options = 0


def prepare() -> None:
    """Load the binary and the library; everything in it is then shared by all copies, and counted by none."""
    global _lean, _environment, _options
    _lean = runtime.Runtime(setting.BINARY)
    _lean.start()
    _lean.function("lean_internal_set_thread_stack_size", 1)(_STACK_BYTES)
    _lean.set_search_path(setting.FOLDERS)
    _environment = runtime.pin(_lean.import_modules(setting.MODULES, extensions=True))
    set_option = _lean.function("l_Lean_Options_setBool", [_VALUE, _VALUE, _FLAG])
    _options = _lean.symbol("l_Lean_Options_empty")
    for name, value in ((("linter", "all"), 0), (("autoImplicit",), 0), (("Elab", "async"), 0)):
        _options = set_option(_options, _lean.name(name), value)
    runtime.pin(_options)


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
    process = _lean.function("l_Lean_Elab_process", 4)
    result = _lean.value(process(_lean.string(text), _environment, _options, runtime.box(0)))
    environment, log = runtime.field(result, 0), runtime.field(result, 1)
    found = map(_message, runtime.items(_lean.function("l_Lean_MessageLog_toArray", 1)(log)))
    errors = list(itertools.islice((each for each in found if each["severity"] == "error"), _MOST_MESSAGES))
    if errors and not unfinished:
        return {"messages": errors, "module": None}
    write = _lean.function("l_Lean_writeModule", [_VALUE, _VALUE, _FLAG])
    _lean.value(write(environment, _lean.string(_MODULE), 0))
    with open(_MODULE, "rb") as file:
        return {"messages": errors, "module": file.read()}


def _message(address: int) -> dict[str, Any]:
    document = _lean.function("l_Lean_Message_toJson", 1)(address)
    words = json.loads(runtime.text(_lean.function("l_Lean_Json_compress", 1)(document)))
    return {
        "severity": words["severity"],
        "line": words["pos"]["line"],
        "column": words["pos"]["column"],
        "text": words["data"][:_LONGEST_MESSAGE],
    }
