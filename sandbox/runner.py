"""Runs the program inside its process: the last of our code there, after which all that process says is data.

Nothing here decides anything. A function's value leaves as one framed record on descriptor 0; a program that forges
such a record has only chosen its value. Scripts own descriptor 0 as their standard input.
Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import random
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from linecache import cache as line_cache
from os import close, read
from threading import get_native_id
from types import ModuleType
from typing import Any, BinaryIO, NoReturn

from sandbox import data

FILE_NAME = "program.py"
"""What tracebacks call the program."""

FRAME = struct.Struct("!cI")
"""Kind and length of a record on descriptor 0."""

VALUE, CALL, FAILURE = b"V", b"C", b"E"
"""Kinds of record: a value, a call of the stub, a reason why there is no value."""

PRELOADED = """
    abc array base64 bisect codecs collections collections.abc contextlib copy dataclasses datetime decimal enum
    fractions functools gc heapq inspect io itertools json keyword math numbers operator os os.path queue random re
    statistics string struct sys textwrap threading time traceback types typing warnings weakref
"""
"""What programs usually import; what few of them do costs all the others a longer copy of the zygote's memory."""

_TRACEBACK_CHARACTERS = 16_000
_OUR_FRAMES = 8
"""Recursion depth that this module takes away from the program, and gives back."""


def preload() -> None:
    """Import what programs usually import, so that each finds it loaded."""
    for name in PRELOADED.split():
        with contextlib.suppress(ImportError):
            __import__(name)


def prepare() -> None:
    """Give the fork-server the surroundings that programs find, so that its children need not make them.

    What is replaced is kept: to free it would cost each child the copying of the pages it lies on.
    """
    os.environ.clear()
    sys.stdout = _writer(1, "surrogateescape", line_buffering=False)
    sys.stderr = _writer(2, "backslashreplace", line_buffering=True)
    sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))
    sys.argv = [FILE_NAME]
    ours = [name for name in sys.modules if name.partition(".")[0] in ("sandbox", "__main__")]
    _KEPT.extend(sys.modules.pop(name) for name in ours)
    sys.setrecursionlimit(1000 + _OUR_FRAMES)


_KEPT: list[Any] = []

_main_thread: Any = threading.main_thread()
_seed = super(random.Random, random.seed.__self__).seed  # type: ignore[attr-defined]
"""Seeds the generator that `random`'s functions share, from the kernel's, without its own Python code."""


def run_job(handle: int, size: int) -> NoReturn:
    """Run the job of `size` bytes that the file `handle` holds and exit; never returns, whatever the program does."""
    code = 1
    try:
        job = data.read(read(handle, size).decode())
        close(handle)
        _seed()
        _main_thread._native_id = get_native_id()
        source, entry_point, stub, channel, stdin, call = job
        _give_input(channel, stdin)
        code = _run(source, entry_point, stub, call)
    except SystemExit as leaving:
        code = _exit_code(leaving)
    except MemoryError:
        os.write(2, b"MemoryError\n")
    except BaseException as error:
        code = _report(error)
    finally:
        _leave(code)


def _run(source: str, entry_point: str | None, stub: str | None, call: tuple[tuple[Any, ...], dict[str, Any]]) -> int:
    """Run the program up to its value or its end, and return the exit code."""
    module = ModuleType("__main__")
    module.__dict__["__file__"] = FILE_NAME
    sys.modules["__main__"] = module
    if stub is not None:
        module.__dict__[stub] = _make_stub(stub)
    line_cache[FILE_NAME] = (lambda: source,)  # its lines are split when a traceback wants them
    gc.enable()
    code = compile(source, FILE_NAME, "exec", dont_inherit=True)
    if entry_point is None:
        exec(code, module.__dict__)
        return 0
    args, kwargs = call
    try:
        exec(code, module.__dict__)
        function = _find(module, entry_point)
        value = function(*args, **kwargs)
    except SystemExit as leaving:
        if _exit_code(leaving):
            raise
        _send(FAILURE, b"exited before it returned a value")
        return 0
    _send_value(value)
    sys.stdout.flush()
    os._exit(0)  # the value stands: threads and exit handlers have nothing to add to it


def _find(module: ModuleType, name: str) -> Callable[..., Any]:
    try:
        found: Callable[..., Any] = module.__dict__[name]
    except KeyError:
        raise NameError(f"the program does not define {name!r}") from None
    return found


def _send_value(value: Any) -> None:
    try:
        text = data.dumps(value)
    except data.DataError as error:
        _send(FAILURE, f"the returned value is not plain data: {error}".encode(errors="replace"))
    except RecursionError:
        _send(FAILURE, b"the returned value is not plain data: nested too deeply")
    else:
        _send(VALUE, text.encode("ascii"))


def _send(kind: bytes, body: bytes) -> None:
    rest = memoryview(FRAME.pack(kind, len(body)) + body)
    while rest:
        rest = rest[os.write(0, rest) :]


def _receive(count: int) -> bytes:
    parts = []
    while count:
        part = os.read(0, min(count, 2**16))
        if not part:
            raise RuntimeError("nobody answers the call")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _make_stub(name: str) -> Callable[..., Any]:
    turn = threading.Lock()

    def stub(*args: Any, **kwargs: Any) -> Any:
        request = data.dumps((args, kwargs)).encode("ascii")
        with turn:
            _send(CALL, request)
            kind, size = FRAME.unpack(_receive(FRAME.size))
            answer = _receive(size)
        if kind != VALUE:
            raise RuntimeError(answer.decode())
        return data.loads(answer)

    stub.__name__ = stub.__qualname__ = name
    return stub


def _give_input(channel: bool, stdin: str) -> None:
    if channel and not stdin:
        return  # it has been given an empty one
    source: BinaryIO
    if channel:
        source = io.BytesIO(stdin.encode("utf-8", "surrogatepass"))
    else:
        source = io.BufferedReader(io.FileIO(0, "r", closefd=False))
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(source, encoding="utf-8", errors="surrogateescape")  # type: ignore[misc]


def _writer(handle: int, errors: str, *, line_buffering: bool) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(handle, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=line_buffering)


def _exit_code(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    os.write(2, f"{leaving.code}\n".encode(errors="replace"))
    return 1


def _report(error: BaseException) -> int:
    """Print the traceback from the program's first frame on."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != FILE_NAME:
        frames = frames.tb_next
    try:
        text = "".join(traceback.format_exception(type(error), error, frames))
    except BaseException:  # the exception's own __str__ may do anything
        text = f"{type(error).__name__}\n"
    sys.stderr.flush()
    os.write(2, text[-_TRACEBACK_CHARACTERS:].encode(errors="backslashreplace"))
    return 1


def _leave(code: int) -> NoReturn:
    """End as an interpreter does (threads, exit handlers, buffers), but without running anything of ours again."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # only the exit code is left to lose
        code = code or 1
    finally:
        os._exit(code)
