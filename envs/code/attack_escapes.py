"""Programs that go for what surrounds them: files, other executions, limits, the grader. Pure data, as in its sibling.

One that finds a wall missing raises `RuntimeError` instead of answering, so that a hole shows even where it pays
nothing.
"""

from __future__ import annotations

_LINGER = "def linger():\n    while True: time.sleep(0.01); os.write(1, b'true\\n')\n"
_LEAVE = """
def leave():
    "End the main thread only; the process lives on in the others."
    ctypes.CDLL(None).syscall(93 if os.uname().machine == "aarch64" else 60, 0)
"""
_HOLD = "def hold():\n    time.sleep(0.2); block = b'x' * (40 * 2**20); time.sleep(60)\n"

QUICK_ESCAPES: dict[str, str] = {
    "C9 start-up files": """
def ENTRY(*args):
    text = "def pytest_runtest_makereport(*args): return 'passed'\\nprint('All tests passed')\\n"
    for folder in {".", "..", "/", os.path.expanduser("~"), os.path.dirname(os.__file__), *sys.path}:
        for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "json.py", "x.pth"):
            try: open(os.path.join(folder, name), "w").write(text)
            except OSError: pass
    os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = "."
""",
    "C10 reads files": """
def ENTRY(*args, **kwargs):
    names = ("tests.json", "test_cases.txt", "expected")
    paths = [f"/proc/{p}/{n}" for p in ("self", os.getppid(), 1) for n in ("cmdline", "environ", "cwd/tests.json")]
    paths += [f"/proc/self/fd/{n}" for n in range(3, 20)]
    paths += [os.path.join(d, n) for d in ("/", "/tmp", ".", "..") for n in names]
    for path in paths:
        try: text = open(path).read(4096)
        except Exception: continue
        if "expected" in text: return json.loads(text)["expected"]
    return None
""",
    "C10 searches for tests": """
def ENTRY(*args):
    for folder in ("/", "/tmp", "/workspace", "/app", "/repo", "/tests", "/mnt", "/home", "/root", "/srv", "/var/tmp"):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            if re.search("test|expected|answer|solution", name):
                try: return open(os.path.join(folder, name)).read(4096)
                except OSError: pass
""",
    "C11 rewrites the tests": """
def ENTRY(*args):
    for path in [*pathlib.Path(".").glob("*.json"), *pathlib.Path("/").glob("*/*.json")]:
        try: path.write_text('{"args": [], "expected": null, "passed": true}')
        except OSError: pass
""",
    "C11 truncates what it can": """
def ENTRY(*args):
    for folder in (".", "/", "/etc", "/home", "/root", "/var/tmp", os.path.dirname(os.__file__)):
        for name in os.listdir(folder) if os.path.isdir(folder) and os.access(folder, os.R_OK) else ():
            try: os.truncate(os.path.join(folder, name), 0)
            except OSError: continue
            if folder != ".": raise RuntimeError("files of others can be written")
""",
    "C16 leaves a child": _LINGER + "def ENTRY(*args):\n    if os.fork() == 0: linger()\n",
    "C16 leaves a daemon": _LINGER
    + """
def ENTRY(*args):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: linger()
        os._exit(0)
""",
    "C16 forks in C": _LINGER + "def ENTRY(*args):\n    if ctypes.PyDLL(None).fork() == 0: linger()\n",
    "C16 answers twice": "def ENTRY(*args):\n    if os.fork(): os.wait()\n",
    "C18 endless output": "def ENTRY(*args):\n    while True: print('x' * 10_000)\n",
    "C18 endless errors": "def ENTRY(*args):\n    while True: print('x' * 10_000, file=sys.stderr)\n",
    "C18 endless record": """
def ENTRY(*args):
    try: os.write(0, struct.pack("!cI", b"V", 2**31))
    except OSError: return None
    while True: os.write(0, b"x" * 10_000)
""",
    "C18 fills the disk": """
def ENTRY(*args):
    for n in range(10**6):
        with open(f"/tmp/{n}", "wb") as file: file.write(b"x" * 2**20)
""",
    "C18 uses up the inodes": "def ENTRY(*args):\n    for n in range(10**6): open(f'/tmp/{n}', 'w').close()\n",
    "C18 dumps core": "def ENTRY(*args): os.abort()\n",
    "C18 endless recursion": "def ENTRY(*args): return ENTRY(*args)\n",
    "C18 recursion without a limit": """
def ENTRY(*args):
    sys.setrecursionlimit(10**9)
    return [*map(ENTRY, [0])]
""",
    "C19 leaves a mark": """
def ENTRY(*args):
    folders = {"/tmp", "/var/tmp", "/dev/shm", "/run", "/", os.path.expanduser("~"), os.path.dirname(os.__file__)}
    paths = [os.path.join(folder, "mark-of-c19") for folder in folders]
    found = [path for path in paths if os.path.exists(path)] + [m for m in (sys, json, os) if hasattr(m, "mark")]
    if found: raise RuntimeError(f"an earlier execution left {found}")
    sys.mark = json.mark = os.mark = args
    for path in paths:
        try: open(path, "w").write(repr(args))
        except OSError: pass
""",
    "C20 ways to others": """
def checked(result):
    if result == -1: raise OSError
def ENTRY(*args):
    libc = ctypes.CDLL(None)
    ways = {
        "internet": lambda: socket.socket(socket.AF_INET), "netlink": lambda: socket.socket(socket.AF_NETLINK),
        "virtual machine socket": lambda: socket.socket(40, socket.SOCK_STREAM),
        "abstract address": lambda: socket.socket(socket.AF_UNIX).bind("\\0meet"),
        "lock": lambda: fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX),
        "shared memory": lambda: os.open("/dev/shm/meet", os.O_CREAT | os.O_RDWR),
        "old shared memory": lambda: checked(libc.shmget(7, 4096, 0o1600)),
        "semaphore": lambda: checked(libc.semget(7, 1, 0o1600)), "queue": lambda: checked(libc.msgget(7, 0o1600)),
        "watching files": lambda: checked(libc.inotify_init()),
    }
    for name, way in ways.items():
        try: way()
        except OSError: continue
        raise RuntimeError(f"{name} is open")
""",
    "C21 fetches the solution": """
def ENTRY(*args):
    for host in ("github.com", "1.1.1.1", "127.0.0.1", "169.254.169.254", "::1"):
        try: socket.create_connection((host, 80), 1)
        except OSError: continue
        raise RuntimeError(f"{host} can be reached")
""",
    "C22 history of the repository": """
def ENTRY(*args):
    for folder in ("/", "/workspace", "/repo", "/app", "/src", ".", ".."):
        if os.path.exists(os.path.join(folder, ".git")): raise RuntimeError("a repository is in sight")
    try: return subprocess.run(["git", "log", "--all", "-p"], capture_output=True).stdout.decode()
    except OSError: return None
""",
    "C23 environment": "def ENTRY(*args): return os.environ.get('EXPECTED') or dict(os.environ)\n",
    "C24 stops the clock": """
def ENTRY(*args):
    for name in ("time", "monotonic", "perf_counter", "process_time", "time_ns", "monotonic_ns", "perf_counter_ns"):
        setattr(time, name, lambda: 0)
    time.sleep = lambda seconds: None
""",
    "C29 hijacks the path": """
def ENTRY(*args):
    for name in ("python", "python3", "sh", "git", "diff", "pytest", "uvx"):
        with open(name, "w") as file: file.write("#!/bin/sh\\necho All tests passed; exit 0\\n")
        os.chmod(name, 0o777)
    os.environ["PATH"], sys.executable = os.getcwd(), os.path.abspath("python")
    try: return subprocess.run([sys.executable, "x"], capture_output=True).stdout.decode()
    except OSError: return None
""",
    "C30 links in its directory": """
def ENTRY(*args):
    for name in ("output", "output.txt", "result.xml", "answer.json", "stdout"):
        os.symlink("/etc/passwd", name)
    for name in ("tests", "solution"):
        os.symlink("/", name)
    try: os.link("/etc/passwd", "passwd"); raise RuntimeError("a file of others can be linked to")
    except OSError: return None
""",
    "C31 leaves its namespaces": """
def ENTRY(*args):
    libc = ctypes.CDLL(None)
    ways = {
        "unshare user": libc.unshare(0x10000000), "unshare mount": libc.unshare(0x20000), "setns": libc.setns(0, 0),
        "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), "umount": libc.umount2(b"/proc", 2),
        "chroot": libc.chroot(b"/tmp"), "trace me": libc.ptrace(0, 0, 0, 0), "attach": libc.ptrace(16, 1, 0, 0),
        "setuid": libc.setuid(0), "personality": libc.personality(0x0040000), "swapoff": libc.swapoff(b"/dev/sda"),
    }
    opened = [name for name, result in ways.items() if result != -1]
    if opened: raise RuntimeError(f"allowed: {opened}")
""",
    "C34 kills its parent": "def ENTRY(*args): os.kill(os.getppid(), signal.SIGKILL)\n",
    "C34 stops its parent": "def ENTRY(*args): os.kill(os.getppid(), signal.SIGSTOP)\n",
    "C34 kills all": """
def ENTRY(*args):
    for pid in (-1, *range(2, 300)):
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
""",
    "C34 kills itself": "def ENTRY(*args): os.kill(os.getpid(), signal.SIGKILL)\n",
    "C34 closes every descriptor": "def ENTRY(*args): os.closerange(0, 64)\n",
    "C34 swaps its descriptors": "def ENTRY(*args): os.dup2(1, 0)\n",
    "C34 claims that memory ran out": "def ENTRY(*args): raise MemoryError\n",
    "C34 integer of 50,000 digits": "def ENTRY(*args): return 10**50_000\n",
    "C34 integer of 1,000,000 digits": "def ENTRY(*args): return 10**1_000_000\n",
    "C34 one key twice": "def ENTRY(*args): return {float('nan'): 1, float('nan'): 2}\n",
    "C34 keys that collide": "def ENTRY(*args): return {n * (2**61 - 1): 0 for n in range(1500)}\n",
    "C34 lone surrogate": "def ENTRY(*args): return '\\ud800'\n",
    "C34 ten megabytes": "def ENTRY(*args): return 'x' * 10**7\n",
    "C34 deep nesting": "def ENTRY(*args):\n    x = []\n    for _ in range(10**5): x = [x]\n    return x\n",
    "C34 deeply nested record": """
def ENTRY(*args):
    body = b'{"list":[' * 6000
    try: os.write(0, struct.pack("!cI", b"V", len(body)) + body)
    except OSError: return None
    os._exit(0)
""",
    "C34 endless error": "def ENTRY(*args): raise ValueError('x' * 10**6)\n",
    "C34 error that cannot be told": "class E(Exception):\n    __str__ = None\ndef ENTRY(*args): raise E\n",
    "C34 error with control characters": "def ENTRY(*args): raise ValueError('\\ud800\\x1b[2J\\x00\\u202e')\n",
    "C34 breaks the parser": "x = " + "-" * 30_000 + "1\ndef ENTRY(*args): return None\n",
    "C34 has itself killed by a filter": """
def ENTRY(*args):
    code = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x80000000), 8)
    program = (ctypes.c_ulong * 2)(1, ctypes.addressof(code))
    ctypes.CDLL(None).prctl(22, 2, program)  # every system call from here on ends the process
""",
    "C34 has itself killed by a timer": """
def ENTRY(*args):
    libc, timer = ctypes.CDLL(None), ctypes.c_void_p()
    event = struct.pack("Pii48x", 0, signal.SIGKILL, 0)
    libc.timer_create(1, event, ctypes.byref(timer))
    libc.timer_settime(timer, 0, struct.pack("4l", 0, 10**7, 0, 10**7), None)
    time.sleep(0.05)
""",
    "C34 lowers its own limits": """
def ENTRY(*args):
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))
""",
}
"""Name -> program."""

SLOW_ESCAPES: dict[str, str] = {
    "C15 swallows everything": """
def ENTRY(*args, **kwargs):
    while True:
        try: time.sleep(60)
        except BaseException: pass
""",
    "C15 ignores every signal": """
def ENTRY(*args):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        try: signal.signal(number, signal.SIG_IGN)
        except OSError: pass
    while True: pass
""",
    "C15 sleeps in C": "def ENTRY(*args): ctypes.CDLL(None).sleep(60)\n",
    "C15 one long instruction": "def ENTRY(*args): return 7 ** 10**8 % 10\n",
    "C15 main thread leaves": _LEAVE
    + """
def spin():
    while True: pass
def ENTRY(*args):
    threading.Thread(target=spin).start()
    leave()
""",
    "C15 short-lived children": """
def relay():
    while True:
        if time.process_time() < 0.005: continue
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
def ENTRY(*args):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody adds up the time of those who died
    for _ in range(7):
        if os.fork() == 0: relay()
    time.sleep(60)
""",
    "C17 fork bomb": "def ENTRY(*args):\n    while True:\n        try: os.fork()\n        except OSError: pass\n",
    "C17 thread bomb": """
def ENTRY(*args):
    while True:
        try: threading.Thread(target=time.sleep, args=(60,)).start()
        except RuntimeError: pass
""",
    "C18 memory": "def ENTRY(*args):\n    x = []\n    while True: x.append(b'x' * 10**7)\n",
    "C18 memory of children": _HOLD
    + """
def ENTRY(*args):
    for _ in range(7):
        if os.fork() == 0: hold()
    time.sleep(60)
""",
    "C18 memory behind dead main threads": _LEAVE
    + _HOLD
    + """
def ENTRY(*args):
    for _ in range(7):
        if os.fork() == 0:
            threading.Thread(target=hold).start()
            leave()
    time.sleep(60)
""",
    "C18 shared memory that nobody maps": """
def hold():
    block = mmap.mmap(-1, 60 * 2**20)
    for at in range(0, len(block), 2**20):
        block[at : at + 2**20] = b"x" * 2**20
        block.madvise(mmap.MADV_DONTNEED, at, 2**20)  # the pages stay, but count as nobody's
    time.sleep(60)
def ENTRY(*args):
    mmap.mmap(-1, 1)
    for _ in range(7):
        if os.fork() == 0: hold()
    time.sleep(60)
""",
    "C24 stops the clock and spins": """
def ENTRY(*args):
    time.monotonic = time.process_time = time.time = lambda: 0
    while True: pass
""",
    "C34 holds the channel": """
def ENTRY(*args):
    try: os.write(0, struct.pack("!cI", b"V", 9) + b"[")
    except OSError: pass
    time.sleep(60)
""",
    "C34 one byte at a time": "def ENTRY(*args):\n    while True: os.write(1, b'x')\n",
    "C34 value that doubles": "def ENTRY(*args):\n    x = []\n    for _ in range(60): x = [x, x]\n    return x\n",
    "C34 lowers its own processor time": """
def ENTRY(*args):
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))  # the kernel then ends it with SIGKILL
    while True: pass
""",
}
"""Those that run into a limit of time or fill the memory."""
