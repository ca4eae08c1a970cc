"""Checks of the contract: a program sees, reaches and leaves behind nothing but what its own execution holds."""

from __future__ import annotations

import glob
import time
import uuid
from pathlib import Path

from sandbox.conformance import (
    GENEROUS,
    Violation,
    expect_equal,
    expect_output,
    expect_refused,
    expect_status,
    promise,
    run_function,
    run_script,
)
from sandbox.core import Call, ExecutionStatus, Program, Sandbox

_FRAME = "import os, struct\ndef frame(kind, body): return struct.pack('!cI', kind, len(body)) + body\n"


@promise("there is no network, not even a socket")
def network(sandbox: Sandbox) -> None:
    """Open sockets of every family, abstract addresses included."""
    expect_refused(
        sandbox,
        [
            ("internet socket", "socket.socket(socket.AF_INET).connect(('127.0.0.1', 80))"),
            ("datagram socket", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))"),
            ("IPv6 socket", "socket.socket(socket.AF_INET6).bind(('::', 8080))"),
            ("abstract unix socket", "socket.socket(socket.AF_UNIX).bind(chr(0) + 'meet')"),
            ("netlink", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
            ("virtual machine socket", "socket.socket(40, socket.SOCK_STREAM)"),
            ("name look-up", "socket.getaddrinfo('example.org', 80)"),
            ("internet socket pair", "socket.socketpair(socket.AF_INET)"),
        ],
    )


@promise("no other program can be started")
def execution(sandbox: Sandbox) -> None:
    """Start the interpreter and a shell."""
    expect_refused(
        sandbox,
        [
            ("the interpreter", "os.execv(sys.executable, ['python'])"),
            ("a shell", "subprocess.run(['/bin/sh', '-c', 'echo hi'])"),
            (
                "a file of its own",
                "(open('/tmp/x', 'w').write('#!/bin/sh'), os.chmod('/tmp/x', 0o777), os.execv('/tmp/x', ['x']))",
            ),
        ],
    )


@promise("the kernel's sharper tools are out of reach")
def system_calls(sandbox: Sandbox) -> None:
    """Call them by number (the same on x86-64 and, where marked new, everywhere)."""
    named = {
        "ptrace": "call(101, 0, 0, 0, 0)",
        "process_vm_readv": "call(310, 1, 0, 0, 0, 0, 0)",
        "keyctl": "call(250, 0, -3, 1)",
        "add_key": "call(248, b'user', b'a', b'b', 1, -3)",
        "mount": "libc.mount(b'x', b'/tmp', b'tmpfs', 0, None) and call(165, b'x', b'/tmp', b'tmpfs', 0, 0)",
        "umount": "call(166, b'/proc', 2)",
        "unshare": "call(272, 0x10000000)",
        "setns": "call(308, 0, 0)",
        "chroot": "os.chroot('/tmp')",
        "bpf": "call(321, 0, 0, 0)",
        "perf_event_open": "call(298, 0, 0, -1, -1, 0)",
        "io_uring_setup": "call(425, 8, ctypes.create_string_buffer(200))",
        "userfaultfd": "call(323, 0)",
        "memfd_create": "call(319, b'x', 0)",
        "shmget": "call(29, 0, 4096, 0o1600)",
        "mq_open": "call(240, b'q', 0o102, 0o600, 0)",
        "pidfd_open": "call(434, 1, 0)",
        "kcmp": "call(312, 1, 1, 0, 0, 0)",
        "clone into a user namespace": "call(56, 0x10000011, 0, 0, 0, 0)",
        "clone3": "call(435, ctypes.create_string_buffer(88), 88)",
        "flock": "__import__('fcntl').flock(1, 2)",
        "record lock": "__import__('fcntl').lockf(open('/tmp/l', 'w'), 2)",
        "inotify": "call(294, 0)",
        "setuid": "os.setuid(0)",
        "sethostname": "socket.sethostname('x')",
        "reboot": "call(169, 0xfee1dead, 672274793, 0, 0)",
    }
    expect_refused(sandbox, named.items())


@promise("nothing but the private directory can be written")
def read_only(sandbox: Sandbox) -> None:
    """Look for any other place that takes a file, from the root down three levels."""
    source = """
import os
def f():
    found = []
    for place, folders, files in os.walk("/"):
        if place.startswith("/tmp"):
            continue
        if place.count("/") > 4: folders.clear()
        try:
            with open(os.path.join(place, "canary"), "w") as file: file.write("x")
            found.append(place)
        except OSError: pass
        try:
            os.mkdir(os.path.join(place, "canary-folder")); found.append(place)
        except OSError: pass
    return found
"""
    expect_equal("writable places", run_function(sandbox, source).value, [])


@promise("no secret of the host is in sight")
def host(sandbox: Sandbox) -> None:
    """Read the environment, other processes, and the host's files."""
    source = """
import glob, os
def f(own):
    home = [p for p in glob.glob("/home/*") + glob.glob(own + "/*") if "python" not in p and "pyenv" not in p]
    return dict(os.environ), os.listdir("/proc"), home
"""
    result = run_function(sandbox, source, str(Path.home()))
    expect_status(result, ExecutionStatus.OK)
    environment, processes, home = result.value
    expect_equal("environment", environment, {})
    expect_equal("processes in sight", [name for name in processes if name.isdigit() and name != "1"], [])
    expect_equal("home directories", home, [])
    for path in ("/proc/1/cmdline", "/proc/self/environ", "/proc/self/mem", "/proc/1/environ", "/proc/2/cmdline"):
        result = run_script(sandbox, f"print(open({path!r}, 'rb').read(9))")
        expect_status(result, ExecutionStatus.RUNTIME_ERROR)


@promise("a program holds exactly three descriptors")
def descriptors(sandbox: Sandbox) -> None:
    """Count them."""
    source = """
import os
def f():
    found = []
    for n in range(1024):
        try: os.fstat(n); found.append(n)
        except OSError: pass
    return found
"""
    expect_output(run_script(sandbox, source + "print(f())"), "[0, 1, 2]\n")
    result = run_function(sandbox, source)
    expect_equal("descriptors", result.value, [0, 1, 2])


@promise("signals reach nobody else")
def signals(sandbox: Sandbox) -> None:
    """Kill everything that has a number, while others work."""
    hostile = "import os\nfor n in [-1, *range(2, 3000)]:\n    try: os.kill(n, 9)\n    except OSError: pass\n"
    program = Program(source="def f(source):\n    exec(source)\n    return 'alive'", entry_point="f")
    calls = [Call(args=(source,)) for source in (hostile, "import time; time.sleep(0.5)") * 3]
    for result in sandbox.run(program, calls, GENEROUS):
        expect_equal("value", result.value, "alive")


@promise("nothing that one execution leaves behind is found by the next")
def persistence(sandbox: Sandbox) -> None:
    """Leave files, modules, random state and marks in shared objects."""
    source = """
import builtins, os, random, sys, math, json
def f(mark):
    found = []
    places = ("/tmp", "/dev/shm", "/dev/mqueue", "/var/tmp", "/run", ".")
    places = [place for place in places if os.path.isdir(place)]
    found += [name for place in places for name in os.listdir(place) if name.startswith("mark")]
    for place in places:
        try: open(os.path.join(place, "mark" + mark), "w").close()
        except OSError: pass
    found += [name for name in vars(builtins) if name.startswith("mark")]
    setattr(builtins, "mark" + mark, 1)
    found += [name for name in sys.modules if name.startswith("mark")]
    sys.modules["mark" + mark] = math
    found += [name for name in vars(json) if name.startswith("mark")]
    setattr(json, "mark" + mark, 1)
    return found, random.random()
"""
    program = Program(source=source, entry_point="f")
    results = sandbox.run(program, [Call(args=(str(n),)) for n in range(12)], GENEROUS)
    for result in results:
        expect_status(result, ExecutionStatus.OK)
        expect_equal("left behind", result.value[0], [])
    if len({result.value[1] for result in results}) < len(results):
        raise Violation("two executions drew the same random number")


@promise("when a result counts, every process of its execution is dead")
def survivors(sandbox: Sandbox) -> None:
    """Leave daemons by double fork, new session, threads and raw system calls."""
    mark = uuid.uuid4().hex[:12]
    source = f"""
import ctypes, os, signal, sys, threading, time
libc = ctypes.CDLL(None)
def linger():
    libc.prctl(15, b"{mark}", 0, 0, 0)
    for n in range(1, 65):
        try: signal.signal(n, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True: time.sleep(1)
def f(kind):
    if kind == "double fork":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: linger()
            os._exit(0)
    elif kind == "raw clone":
        if libc.syscall(ctypes.c_long(56), 17, 0, 0, 0, 0) == 0: linger()
    elif kind == "raw fork":
        if libc.fork() == 0: linger()
    elif kind == "closed streams":
        if os.fork() == 0:
            os.closerange(0, 3); linger()
    elif kind == "thread":
        threading.Thread(target=linger_in_thread).start()
    time.sleep(0.05)
    return kind
def linger_in_thread():
    libc.prctl(15, b"{mark}", 0, 0, 0)
    time.sleep(600)
"""
    kinds = ["double fork", "raw clone", "raw fork", "closed streams", "thread"]
    started = time.monotonic()
    results = sandbox.run(Program(source=source, entry_point="f"), [Call(args=(kind,)) for kind in kinds], GENEROUS)
    expect_equal("values", [result.value for result in results], kinds)
    if time.monotonic() - started > GENEROUS.wall_time_s:
        raise Violation("a daemon that kept the streams open held up the result")
    alive = processes_named(mark)
    if alive:
        raise Violation(f"still alive: {', '.join(alive)}")


@promise("a forged, second or malformed record is a value or an error, never more")
def forged_records(sandbox: Sandbox) -> None:
    """Write on the channel."""
    written = "def f():\n    os.write(0, {})\n    os._exit(0)"
    for expression, value in (("frame(b'V', b'7')", 7), ("frame(b'V', b'{\"list\":[1]}')", [1])):
        result = run_function(sandbox, _FRAME + written.format(expression))
        expect_status(result, ExecutionStatus.OK)
        expect_equal("forged value", result.value, value)
    for expression in (
        "b'garbage that is not a frame'",
        "frame(b'V', b'7') * 2",
        "frame(b'V', b'7') + b'x'",
        "frame(b'V', b'7')[:-1]",
        "frame(b'V', b'{\"ok\": true}')",
        "frame(b'V', b'NaN')",
        "frame(b'X', b'7')",
        "frame(b'C', b'7')",
        "struct.pack('!cI', b'V', 2**32 - 1)",
    ):
        result = run_function(sandbox, _FRAME + written.format(expression))
        expect_status(result, ExecutionStatus.PROTOCOL_ERROR)
    both = _FRAME + "def f():\n    os.write(0, frame(b'V', b'7'))\n    return 8"
    expect_status(run_function(sandbox, both), ExecutionStatus.PROTOCOL_ERROR)
    closed = "import os\ndef f():\n    os.closerange(0, 64)\n    return 8"
    expect_status(run_function(sandbox, closed), ExecutionStatus.RUNTIME_ERROR, ExecutionStatus.PROTOCOL_ERROR)
    sentinel = "import os\nprint('all tests passed')\nprint('{\"score\": 1.0}')\nos._exit(0)\ndef f(): pass"
    expect_status(run_function(sandbox, sentinel), ExecutionStatus.PROTOCOL_ERROR)


@promise("what runs after the value was sent changes nothing")
def afterwards(sandbox: Sandbox) -> None:
    """Register exit handlers, finalizers, hooks and threads."""
    source = """
import atexit, gc, os, sys, threading, time
class Last:
    def __del__(self): os.write(0, b"more")
keep = Last()
atexit.register(os.write, 0, b"more")
sys.exitfunc = sys.excepthook = lambda *a: os.write(0, b"more")
def f():
    threading.Thread(target=lambda: (time.sleep(0.5), os.write(0, b"more"))).start()
    return 5
"""
    result = run_function(sandbox, source)
    expect_status(result, ExecutionStatus.OK)
    expect_equal("value", result.value, 5)


def processes_named(name: str) -> list[str]:
    """Return the ids of the host's processes and threads that carry `name`."""
    found = []
    for path in glob.glob("/proc/[0-9]*/task/[0-9]*/comm"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                if file.read().strip() == name:
                    found.append(path.split("/")[4])
        except OSError:
            continue
    return found


START_UP = (network, descriptors)
