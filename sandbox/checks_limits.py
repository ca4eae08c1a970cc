"""Checks of the contract: every limit fires, whatever the program does against it, and says which one it was."""

from __future__ import annotations

from sandbox.conformance import Violation, expect_output, expect_status, promise, run_function, run_script, tightened
from sandbox.core import Call, ExecutionStatus, Limits, Program, Sandbox

_STUBBORN = """
import signal, threading, sys
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
try:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
except ValueError:
    pass
"""

_SIXTEEN = """
import os
for _ in range(15):
    if os.fork() == 0:
        break
"""


@promise("a busy loop is ended by the CPU limit")
def cpu(sandbox: Sandbox) -> None:
    """Spin."""
    result = run_script(sandbox, "while True: pass", limits=tightened(cpu_time_s=0.3))
    expect_status(result, ExecutionStatus.CPU_TIMEOUT)


@promise("a sleeping program is ended by the wall limit")
def wall(sandbox: Sandbox) -> None:
    """Sleep."""
    result = run_script(sandbox, "import time; time.sleep(60)", limits=tightened(wall_time_s=0.3))
    expect_status(result, ExecutionStatus.WALL_TIMEOUT)


@promise("allocating past the limit is ended by the memory limit")
def memory(sandbox: Sandbox) -> None:
    """Allocate one large block, and many small ones."""
    limits = tightened(memory_bytes=64 * 2**20)
    for source in ("x = bytearray(200 * 2**20)", "x = []\nwhile True: x.append(bytearray(10000))"):
        expect_status(run_script(sandbox, source, limits=limits), ExecutionStatus.MEMORY_LIMIT)


@promise("a flood on either stream is ended by the output limit")
def output(sandbox: Sandbox) -> None:
    """Write for ever."""
    for stream in ("stdout", "stderr"):
        source = f"import sys\nwhile True: sys.{stream}.write('x' * 999)"
        expect_status(run_script(sandbox, source), ExecutionStatus.OUTPUT_LIMIT)


@promise("a value larger than the output limit is refused")
def large_value(sandbox: Sandbox) -> None:
    """Return a long string."""
    result = run_function(sandbox, "def f(): return 'x' * 10**6")
    expect_status(result, ExecutionStatus.OUTPUT_LIMIT)


@promise("output right under the limit arrives whole")
def output_under_the_limit(sandbox: Sandbox) -> None:
    """Write as much as is allowed, on both streams."""
    limits = tightened(output_bytes=300_000)
    source = "import sys\nsys.stdout.write('o' * 300000)\nsys.stderr.write('e' * 300000)"
    result = run_script(sandbox, source, limits=limits)
    expect_output(result, "o" * 300_000)
    if result.stderr != "e" * 300_000:
        raise Violation("standard error was cut")


@promise("no more processes and threads than allowed can exist at once")
def processes(sandbox: Sandbox) -> None:
    """Fork, then start threads, until refused."""
    fork = (
        "import os, time\nn = 1\ntry:\n    while n < 200:\n        if os.fork() == 0: time.sleep(30)\n        n += 1\n"
    )
    fork += "except OSError: pass\nprint(n)"
    expect_output(run_script(sandbox, fork, limits=tightened(processes=8)), "8\n")
    thread = "import threading, time, os\nn = 1\ntry:\n    while n < 200:\n"
    thread += "        threading.Thread(target=time.sleep, args=(30,), daemon=True).start(); n += 1\n"
    thread += "except RuntimeError: pass\nprint(n, flush=True); os._exit(0)"
    expect_output(run_script(sandbox, thread, limits=tightened(processes=8)), "8\n")


@promise("a fork bomb is ended and does not slow its neighbours beyond use")
def fork_bomb(sandbox: Sandbox) -> None:
    """Fork in every process, for ever, while an honest program runs."""
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    results = sandbox.run(
        Program(source="def f(source):\n    exec(source)\n    return 'done'", entry_point="f"),
        [Call(args=(bomb,)), Call(args=("pass",)), Call(args=(bomb,)), Call(args=("sum(range(10**5))",))],
        tightened(cpu_time_s=1.0, wall_time_s=5.0),
    )
    for place, result in enumerate(results):
        ended = (ExecutionStatus.CPU_TIMEOUT, ExecutionStatus.WALL_TIMEOUT, ExecutionStatus.MEMORY_LIMIT)
        expect_status(result, *((ExecutionStatus.OK,) if place % 2 else ended))


@promise("a program that ignores signals and catches everything still meets its limits")
def stubborn(sandbox: Sandbox) -> None:
    """Ignore, block and catch all that can be."""
    spin = _STUBBORN + "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    expect_status(run_script(sandbox, spin, limits=tightened(cpu_time_s=0.4)), ExecutionStatus.CPU_TIMEOUT)
    sleep = _STUBBORN + "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass"
    expect_status(run_script(sandbox, sleep, limits=tightened(wall_time_s=0.5)), ExecutionStatus.WALL_TIMEOUT)
    flood = _STUBBORN + "while True:\n    try: print('x' * 9999)\n    except BaseException: pass"
    expect_status(run_script(sandbox, flood), ExecutionStatus.OUTPUT_LIMIT)
    greedy = _STUBBORN + "x = []\nwhile True:\n    try: x.append(bytearray(10**6))\n    except BaseException: pass"
    limits = tightened(memory_bytes=64 * 2**20, cpu_time_s=1.0)
    # It survives each refusal and goes on; whether its memory or its processor time counts, it must end.
    result = run_script(sandbox, greedy, limits=limits)
    expect_status(result, ExecutionStatus.MEMORY_LIMIT, ExecutionStatus.CPU_TIMEOUT)


@promise("CPU time of sixteen processes counts together")
def cpu_of_many(sandbox: Sandbox) -> None:
    """Spin in sixteen processes, and in a stream of short-lived ones."""
    limits = tightened(cpu_time_s=0.8, wall_time_s=20.0)
    result = run_script(sandbox, _SIXTEEN + "while True: pass", limits=limits)
    expect_status(result, ExecutionStatus.CPU_TIMEOUT)
    relay = "import os\nwhile True:\n    if os.fork() == 0: sum(range(10**6)); os._exit(0)\n    os.wait()"
    expect_status(run_script(sandbox, relay, limits=limits), ExecutionStatus.CPU_TIMEOUT)
    unseen = "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\ndef relay():\n    while True:\n"
    unseen += "        if time.process_time() < 0.005: continue\n        try:\n            if os.fork(): os._exit(0)\n"
    unseen += "        except OSError: pass\nfor _ in range(7):\n    if os.fork() == 0: relay()\ntime.sleep(60)"
    expect_status(run_script(sandbox, unseen, limits=limits), ExecutionStatus.CPU_TIMEOUT)


@promise("memory of sixteen processes counts together")
def memory_of_many(sandbox: Sandbox) -> None:
    """Hold a little in each of sixteen processes, behind ended main threads, and in mappings of nobody's."""
    limits = tightened(memory_bytes=100 * 2**20)
    private = _SIXTEEN + "import time\nx = bytearray(b'x' * (20 * 2**20))\ntime.sleep(30)"
    expect_status(run_script(sandbox, private, limits=limits), ExecutionStatus.MEMORY_LIMIT)
    hidden = "import ctypes, os, threading, time\ndef hold():\n    x = b'x' * (20 * 2**20); time.sleep(30)\n"
    leave = "threading.Thread(target=hold).start()\ntime.sleep(0.3)\n"
    leave += "ctypes.CDLL(None).syscall(93 if os.uname().machine == 'aarch64' else 60, 0)"
    few = "import os\nfor _ in range(7):\n    if os.fork() == 0: break\n"
    expect_status(run_script(sandbox, few + hidden + leave, limits=limits), ExecutionStatus.MEMORY_LIMIT)
    shared = "import mmap\ntry: mmap.mmap(-1, 2**20)\nexcept PermissionError: print('refused')"
    expect_output(run_script(sandbox, shared, limits=limits), "refused\n")


@promise("sixteen processes that share what they inherited are not charged for it sixteen times")
def shared_memory_counts_once(sandbox: Sandbox) -> None:
    """Fork with much memory in use, and only read it."""
    source = "x = bytearray(b'x' * (30 * 2**20))\n" + _SIXTEEN + "import time, os\ntime.sleep(0.5)\n"
    source += "if os.getpid() != 1 and os.getppid() != os.getpid(): pass\nprint(end='')"
    expect_status(run_script(sandbox, source, limits=tightened(memory_bytes=128 * 2**20)), ExecutionStatus.OK)


@promise("the private directory is writable, small, and does not allow execution")
def scratch(sandbox: Sandbox) -> None:
    """Fill it."""
    source = "open('note', 'w').write('hi'); print(open('/tmp/note').read())"
    expect_output(run_script(sandbox, source), "hi\n")
    fill = "import os\ntry:\n    file = os.open('big', os.O_CREAT | os.O_WRONLY)\n"
    fill += "    while True: os.write(file, bytes(2**20))\nexcept OSError as error: print('full')"
    expect_output(run_script(sandbox, fill, limits=tightened(scratch_bytes=4 * 2**20)), "full\n")
    many = "try:\n    for n in range(10**5): open(str(n), 'w').close()\nexcept OSError: print('full')"
    expect_output(run_script(sandbox, many), "full\n")
    descriptors = "import os\ntry:\n    for n in range(10**5): os.dup(1)\nexcept OSError: print('full')"
    expect_output(run_script(sandbox, descriptors), "full\n")


@promise("a limit of zero, below zero or without bound is refused before anything runs")
def impossible_limits(sandbox: Sandbox) -> None:
    """Ask for nonsense."""
    for name in Limits.__slots__:
        for value in (0, -1, float("nan"), float("inf")):
            try:
                sandbox.run(Program(source=""), [Call()], Limits(**{name: value}))  # type: ignore[arg-type]
            except (ValueError, OverflowError):
                continue
            raise Violation(f"{name}={value} was accepted")


START_UP = (cpu, memory, output, processes)
