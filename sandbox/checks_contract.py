"""Checks of the contract: correct programs run as they would anywhere, and every ending has its own status."""

from __future__ import annotations

from sandbox.conformance import (
    Violation,
    expect_equal,
    expect_output,
    expect_status,
    promise,
    run_function,
    run_script,
    tightened,
)
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Program, Sandbox

_VALUES = (
    None, True, 7, -(2**200), 1.5, float("inf"), 2 + 3j, "é\ud800\x00", b"\xff", [1, [2]], (1,), {1, 2},
    frozenset({3}), {1: "a", (2, 3): {"b": None}},
)  # fmt: skip


@promise("plain values cross in both directions unchanged")
def values(sandbox: Sandbox) -> None:
    """Send everything through the identity."""
    calls = [Call(args=(value,)) for value in _VALUES]
    results = sandbox.run(Program(source="def f(x): return x", entry_point="f"), calls)
    for value, result in zip(_VALUES, results, strict=True):
        expect_status(result, ExecutionStatus.OK)
        expect_equal("value", result.value, value)
    nan = run_function(sandbox, "def f(): return float('nan')").value
    expect_equal("not a number", str(nan), "nan")


@promise("keyword arguments arrive, and results keep the order of the inputs")
def order(sandbox: Sandbox) -> None:
    """Let earlier inputs finish later."""
    program = Program(source="import time\ndef f(n, *, wait): time.sleep(wait); return n", entry_point="f")
    results = sandbox.run(program, [Call(args=(n,), kwargs={"wait": 0.2 - n / 50}) for n in range(10)])
    expect_equal("values", [result.value for result in results], list(range(10)))


@promise("no inputs give no results")
def nothing(sandbox: Sandbox) -> None:
    """Run nothing."""
    expect_equal("results", sandbox.run(Program(source="1/0"), []), [])


@promise("every way to read standard input works")
def stdin(sandbox: Sandbox) -> None:
    """Read the same two lines in many ways."""
    for source in (
        "print(input()); print(input())",
        "import sys\nfor line in sys.stdin: print(line.rstrip())",
        "import sys\nprint(sys.stdin.readline().strip()); print(sys.stdin.read().strip())",
        "import sys\nread = sys.stdin.buffer.readline\nprint(read().decode().strip()); print(read().decode().strip())",
        "print(open(0).read().strip())",
        "import os\nprint(os.read(0, 99).decode().strip())",
        "import sys\nprint('\\n'.join(sys.stdin.read().split()))",
        "import fileinput\nfor line in fileinput.input(): print(line.strip())",
        "import io, os\nprint(io.BytesIO(os.read(0, os.fstat(0).st_size)).read().decode().strip())",
    ):
        for text in ("one\ntwo\n", "one\ntwo"):
            expect_output(run_script(sandbox, source, text), "one\ntwo\n")
    expect_status(run_script(sandbox, "input()"), ExecutionStatus.RUNTIME_ERROR)


@promise("output arrives however it was written, with or without a last newline")
def stdout(sandbox: Sandbox) -> None:
    """Write in several ways."""
    source = "import os, sys\nprint('a', end='', flush=True); sys.stdout.buffer.write(b'b'); sys.stdout.flush()\n"
    source += "os.write(1, b'c')"
    expect_output(run_script(sandbox, source), "abc")
    expect_output(run_script(sandbox, "import atexit\natexit.register(print, 'bye')\nprint('é')"), "é\nbye\n")
    expect_output(run_script(sandbox, "import sys\nsys.stdout.buffer.write(b'\\xff')"), "\ufffd")
    result = run_function(sandbox, "def f():\n    print('said')\n    return 1")
    expect_output(result, "said\n")


@promise("scripts find what the interpreter gives any script")
def surroundings(sandbox: Sandbox) -> None:
    """Use names and modules that programs rely on."""
    source = """
import sys, os, dataclasses, collections, pickle, typing, functools, random, heapq, math, itertools, re, string, bisect
assert __name__ == "__main__" and len(sys.argv) == 1 and not os.environ
import __main__
@dataclasses.dataclass
class Point:
    x: int = 0
assert pickle.loads(pickle.dumps(Point(3))) == Point(3) and __main__.Point is Point
assert os.path.isdir(os.getcwd())
from asyncio import run, sleep
async def main():
    await sleep(0.01)
    return 5
print(run(main()))
"""
    expect_output(run_script(sandbox, source), "5\n")
    guarded = "def main(): print('main')\nif __name__ == '__main__': main()"
    expect_output(run_script(sandbox, guarded), "main\n")


@promise("threads and deep recursion work")
def threads_and_recursion(sandbox: Sandbox) -> None:
    """Recurse 50,000 deep, in the main thread and in one with a large stack."""
    source = """
import sys, threading
sys.setrecursionlimit(10**6)
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
print(depth(50_000))
threading.stack_size(2**27)
thread = threading.Thread(target=lambda: print(depth(50_000)))
thread.start(); thread.join()
import functools
@functools.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(5000) % 1000)
"""
    expect_output(run_script(sandbox, source), "50000\n50000\n125\n")


@promise("the ways of a program to fail are runtime errors, in one line that names the line")
def failures(sandbox: Sandbox) -> None:
    """Fail."""
    for source, wanted in (
        ("x = 1\nx / 0", "ZeroDivisionError: division by zero (line 2)"),
        ("def f(:\n", "SyntaxError: invalid syntax (line 1)"),
        ("import sys\nsys.exit(3)", "exited with code 3"),
        ("import os\nos._exit(7)", "exited with code 7"),
        ("import numpy", "ModuleNotFoundError: No module named 'numpy' (line 1)"),
        ("def f(n): return f(n + 1)\nf(0)", "RecursionError: maximum recursion depth exceeded (line 1)"),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E", "E (line 3)"),
        ("assert False, 'two\\nlines'", "AssertionError: two (line 1)"),
    ):
        result = run_script(sandbox, source)
        expect_status(result, ExecutionStatus.RUNTIME_ERROR)
        if wanted.partition(" (line")[0].split("\n")[0] not in result.error or "\n" in result.error:
            raise Violation(f"expected the error {wanted!r}, got {result.error!r}")
    crash = "import ctypes\nctypes.string_at(8)"
    expect_status(run_script(sandbox, crash), ExecutionStatus.RUNTIME_ERROR)
    expect_output(run_script(sandbox, "import sys\nsys.exit()"), "")


@promise("source that cannot be compiled is the program's error, whatever is wrong with it")
def sources(sandbox: Sandbox) -> None:
    """Send a lone surrogate, a NUL, deep nesting, ten megabytes."""
    for source in ("x = '\ud800'", "x = 1\x00", "(" * 100_000, "-" * 10**6 + "1"):
        expect_status(run_script(sandbox, source), ExecutionStatus.RUNTIME_ERROR, ExecutionStatus.MEMORY_LIMIT)
    long = "# " + "x" * (10 * 2**20) + "\nprint('long')"
    expect_output(run_script(sandbox, long), "long\n")


@promise("a function that gives no value of its own is a protocol error")
def no_value(sandbox: Sandbox) -> None:
    """Exit early, return what is not plain data."""
    for source in (
        "import os\ndef f(): os._exit(0)",
        "import os\nos._exit(0)",
        "import sys\ndef f(): sys.exit(0)",
        "def f(): raise SystemExit",
        "def f(): return object()",
        "class Liar(int):\n    def __eq__(self, other): return True\ndef f(): return Liar(3)",
        "class Always:\n    def __eq__(self, other): return True\ndef f(): return [Always()]",
        "def f():\n    x = []\n    for _ in range(1000): x = [x]\n    return x",
        "def f(): return (n for n in range(3))",
    ):
        result = run_function(sandbox, source)
        expect_status(result, ExecutionStatus.PROTOCOL_ERROR)
        if not result.error:
            raise Violation("a protocol error without a reason")
    for source in ("import sys\ndef f(): sys.exit(1)", "def f(): raise KeyError(1)", "def g(): pass"):
        expect_status(run_function(sandbox, source), ExecutionStatus.RUNTIME_ERROR)


@promise("calls of a stub are answered by the host, with plain data both ways")
def stub(sandbox: Sandbox) -> None:
    """Ask, fail, and ask with something that is no data."""
    source = """
assert ask(2, key=[1]) == (4, [1])
try: ask("bad")
except RuntimeError as error: print("raised", error)
try: ask(object())
except ValueError: print("refused")
print(sum(ask(n)[0] for n in range(20)))
"""

    def answer(call: Call) -> ExecutionResult:
        if call.args == ("bad",):
            return ExecutionResult(status=ExecutionStatus.RUNTIME_ERROR, error="no such thing")
        return ExecutionResult(status=ExecutionStatus.OK, value=(call.args[0] * 2, call.kwargs.get("key")))

    result = sandbox.run(Program(source=source, stub="ask"), [Call()], tightened(), answer=answer)[0]
    expect_output(result, "raised runtime_error: no such thing\nrefused\n380\n")
    function = Program(source="def f(n): return ask(n)[0] + 1", entry_point="f", stub="ask")
    result = sandbox.run(function, [Call(args=(5,))], tightened(), answer=answer)[0]
    expect_equal("value of a function that asks", result.value, 11)


@promise("an answer may itself run programs in the same sandbox")
def nested(sandbox: Sandbox) -> None:
    """Answer by running, with as many at once as there are."""
    inner = Program(source="def f(n): return n + 1", entry_point="f")

    def answer(call: Call) -> ExecutionResult:
        return sandbox.run(inner, [Call(args=call.args)])[0]

    outer = Program(source="print(ask(1) + ask(10))", stub="ask")
    for result in sandbox.run(outer, [Call(), Call()], tightened(), answer=answer):
        expect_output(result, "13\n")


@promise("what is used is measured")
def measured(sandbox: Sandbox) -> None:
    """Use some of everything."""
    source = "import time\nx = bytearray(b'x' * (50 * 2**20))\ntime.sleep(0.2)\nend = time.process_time() + 0.3\n"
    result = run_script(sandbox, source + "while time.process_time() < end: pass")
    expect_status(result, ExecutionStatus.OK)
    if not (result.cpu_time_s > 0.25 and result.wall_time_s > 0.45 and result.peak_memory_bytes > 45 * 2**20):
        raise Violation(f"measured {result.cpu_time_s} s, {result.wall_time_s} s, {result.peak_memory_bytes} bytes")
