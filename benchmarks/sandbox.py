"""How fast are the sandboxes, beside what else people judge code with? All contenders in one run on one machine.

    python benchmarks/sandbox.py                          # everything that this machine can run
    python benchmarks/sandbox.py --only ours              # no Docker command line, no bare interpreter
    python benchmarks/sandbox.py --soak 100000            # also: that many executions in a row, and what they leak

A submission is one function and 15 inputs; every input is one execution in a fresh process, and every value that comes
back is checked. The contenders take turns in every round, so that a busy moment hits all of them. Writes
`sandbox.json` to `benchmarks/results/`. The exit code is 1 when a goal is missed, and the last lines say which.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table

# This file is called like the package that it measures, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import sandbox  # noqa: E402
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Program, Sandbox  # noqa: E402
from sandbox.runner import PRELOADED  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
CORES = len(os.sched_getaffinity(0))
TESTS = 15
"""Executions of one submission."""

SOURCE = """
def closest_pair(numbers, target):
    best = None
    for i, a in enumerate(numbers):
        for j, b in enumerate(numbers[:i]):
            if best is None or abs(a + b - target) < abs(best[0] + best[1] - target):
                best = [b, a]
    return best
"""
ENTRY = "closest_pair"
INPUTS = [([(7 * k + 3 * n) % 41 for n in range(20)], 10 + k) for k in range(TESTS)]
EXPECTED: list[Any] = []

GOALS = {"docker run": 150.0, "docker exec": 15.0, "bare interpreter": 6.0, "floor": 0.4}
"""Executions a second of ours, at least so many times those of the contender."""

PER_SECOND_ON_TWO_CORES = 500.0
LINEAR = 0.85
BUSY = 0.8
"""Share of the processors' time that a hostile batch must put to use."""


class Contender(Protocol):
    """A way to run a submission."""

    name: str
    threads: int
    """How many submissions it is given at a time."""

    def submit(self, count: int = TESTS) -> list[Any]:
        """Run the first `count` executions of the submission and return their values."""
        ...

    def close(self) -> None: ...


class Ours:
    """A sandbox of ours."""

    threads = 2 * CORES

    def __init__(self, kind: str, boxes: int | None = None) -> None:
        self.name = f"ours on {kind}"
        self.sandbox = sandbox.make(kind, boxes=boxes)
        self.program = Program(source=SOURCE, entry_point=ENTRY)
        self.calls = [Call(args=args) for args in INPUTS]

    def submit(self, count: int = TESTS) -> list[Any]:
        results = self.sandbox.run(self.program, self.calls[:count])
        return [result.value if result.status is ExecutionStatus.OK else result for result in results]

    def close(self) -> None:
        self.sandbox.close()


_AS_SCRIPT = f"{SOURCE}\nimport json, sys\nprint(json.dumps({ENTRY}(*json.load(sys.stdin))))\n"


class Commands:
    """A new process of some command for every execution, with the input on its standard input."""

    threads = 2 * CORES

    def __init__(self, name: str, command: list[str], at_end: list[str] | None = None) -> None:
        self.name = name
        self.command = [*command, "-I", "-S", "-c", _AS_SCRIPT]
        self.at_end = at_end

    def submit(self, count: int = TESTS) -> list[Any]:
        return [self._execute(json.dumps(args)) for args in INPUTS[:count]]

    def _execute(self, text: str) -> Any:
        done = subprocess.run(self.command, input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def close(self) -> None:
        if self.at_end:
            subprocess.run(self.at_end, capture_output=True, check=False)


_FLOOR = f"""
import json, os, sys
for name in {PRELOADED.split()!r}: __import__(name)
for line in sys.stdin:
    source, entry, inputs = json.loads(line)
    values = []
    for args in inputs:
        out, into = os.pipe()
        if os.fork() == 0:
            scope = {{}}
            exec(compile(source, "program.py", "exec"), scope)
            os.write(into, json.dumps(scope[entry](*args)).encode())
            os._exit(0)
        os.close(into)
        values.append(json.loads(os.read(out, 65536)))
        os.close(out)
        os.wait()
    print(json.dumps(values), flush=True)
"""


class Floor:
    """Raw forks of warm interpreters, one per core: compile, run, hand the value back; no isolation at all."""

    name = "floor"
    threads = CORES

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", "-c", _FLOOR]
        self.all = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(CORES)
        ]
        self.free = list(self.all)

    def submit(self, count: int = TESTS) -> list[Any]:
        process = self.free.pop()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps([SOURCE, ENTRY, INPUTS[:count]]) + "\n")
        process.stdin.flush()
        values: list[Any] = json.loads(process.stdout.readline())
        self.free.append(process)
        return values

    def close(self) -> None:
        for process in self.all:
            process.communicate()


def main() -> int:
    """Measure, show, write, and return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["ours", "all"], default="all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one contender's turn in a round")
    parser.add_argument("--soak", type=int, default=0, help="executions in a row on each sandbox of ours")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--rate-of", help=argparse.SUPPRESS)  # one contender's rate on the processors that are allowed
    options = parser.parse_args()
    namespace: dict[str, Any] = {}
    exec(SOURCE, namespace)
    EXPECTED[:] = [namespace[ENTRY](*args) for args in INPUTS]
    if options.rate_of:
        with contextlib.closing(Ours(options.rate_of)) as contender:
            rate(contender, options.seconds / 2)
            print(rate(contender, options.seconds)["executions_per_s"])
        return 0
    console = Console(stderr=True)
    kinds = [kind for kind in ("bubblewrap", "docker") if _starts(kind, console)]
    report: dict[str, Any] = {"command": "python benchmarks/sandbox.py", "machine": machine(), "cores": CORES}
    report["speed"] = compare(kinds, options, console)
    report["latency"] = {kind: latencies(kind) for kind in kinds}
    report["scaling"] = {kind: scaling(kind, options.seconds) for kind in kinds}
    report["hostile mix"] = {kind: hostile_mix(kind) for kind in kinds}
    if options.soak:
        report["soak"] = {kind: soak(kind, options.soak) for kind in kinds}
    report["missed"] = missed(report)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sandbox.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    show(report, Console())
    return 1 if report["missed"] else 0


def compare(kinds: list[str], options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Give every contender a turn in every round; return rates, processor time and latency of each."""
    contenders: list[Contender] = [Ours(kind) for kind in kinds]
    contenders += [Floor()]
    if options.only == "all":
        contenders += [Commands("bare interpreter", [sys.executable]), *_docker_commands(kinds)]
    rates: dict[str, list[dict[str, float]]] = {contender.name: [] for contender in contenders}
    try:
        for contender in contenders:
            rate(contender, 0.5)
        for turn in range(options.rounds):
            for contender in contenders:
                console.print(f"round {turn + 1} of {options.rounds}: {contender.name}", highlight=False)
                rates[contender.name].append(rate(contender, options.seconds))
        return {
            contender.name: {**_summary(rates[contender.name]), **_warm_latency(contender)} for contender in contenders
        }
    finally:
        for contender in contenders:
            contender.close()


def rate(contender: Contender, seconds: float) -> dict[str, float]:
    """Submit for so long from as many threads as the contender takes; return executions/s and CPU s per execution."""
    end = time.perf_counter() + seconds
    counts = []

    def work() -> None:
        count = 0
        while time.perf_counter() < end:
            values = contender.submit()
            if values != EXPECTED:
                raise AssertionError(f"{contender.name} returned {values}")
            count += TESTS
        counts.append(count)

    before, started = busy_s(), time.perf_counter()
    with ThreadPoolExecutor(contender.threads) as threads:
        for future in [threads.submit(work) for _ in range(contender.threads)]:
            future.result()
    elapsed, cpu = time.perf_counter() - started, busy_s() - before
    return {"executions_per_s": sum(counts) / elapsed, "cpu_s_per_execution": cpu / sum(counts)}


def latencies(kind: str) -> dict[str, float]:
    """Return how long a sandbox takes from nothing to its first result, and what memory one of its boxes holds."""
    cold = []
    for _ in range(5):
        started = time.perf_counter()
        with contextlib.closing(Ours(kind)) as contender:
            contender.submit(1)
            cold.append(time.perf_counter() - started)
            memory = box_memory_bytes(kind)
    return {"cold_p50_s": statistics.median(cold), "cold_worst_s": max(cold), "box_memory_bytes": memory / CORES}


def scaling(kind: str, seconds: float) -> dict[str, float]:
    """Return executions/s on one core and on all, everything included: this process, the boxes and what they run."""
    per_s = {}
    allowed = sorted(os.sched_getaffinity(0))
    for cores in (allowed[:1], allowed):
        command = [sys.executable, __file__, "--rate-of", kind, "--seconds", str(seconds)]
        done = subprocess.run(
            ["taskset", "-c", ",".join(map(str, cores)), *command], capture_output=True, text=True, check=True
        )
        per_s[str(len(cores))] = float(done.stdout)
    return per_s


HOSTILE = {
    "spins": "def f(x):\n    while True: pass\n",
    "sleeps": "import time\ndef f(x):\n    time.sleep(600)\n",
    "takes memory": "def f(x):\n    held = []\n    while True: held.append(bytearray(2**20))\n",
    "forks": "import os\ndef f(x):\n    while True:\n        try: os.fork()\n        except OSError: pass\n",
    "floods": "def f(x):\n    while True: print('x' * 4096)\n",
}
SHARES = {"spins": 5, "sleeps": 5, "takes memory": 5, "forks": 5, "floods": 5}
"""Per cent of the executions of a hostile batch; the others are honest."""


def hostile_mix(kind: str, size: int = 400) -> dict[str, float]:
    """Run a batch alone and with hostile programs in it; return how busy the processors were, and honest latencies."""
    honest = Program(source=SOURCE, entry_point=ENTRY)
    jobs = [(honest, Call(args=INPUTS[place % TESTS])) for place in range(size)]
    mixed = list(jobs)
    hostile = [name for name, share in SHARES.items() for _ in range(share * size // 100)]
    for number, name in enumerate(hostile):  # spread evenly over the batch
        mixed[number * size // len(hostile)] = (Program(source=HOSTILE[name], entry_point="f"), Call(args=(1,)))
    with sandbox.make(kind) as box:
        _timed_batch(box, jobs)
        alone_s, _, _ = _timed_batch(box, jobs)
        mixed_s, mixed_cpu_s, results = _timed_batch(box, mixed)
    good = sum(result.status is ExecutionStatus.OK for result in results)
    return {
        "executions": size,
        "honest_correct": good / (size - len(hostile)),
        "alone_s": alone_s,
        "mixed_s": mixed_s,
        "mixed_cpu_s": mixed_cpu_s,
        "busy": mixed_cpu_s / (CORES * mixed_s),
    }


def _timed_batch(box: Sandbox, jobs: list[tuple[Program, Call]]) -> tuple[float, float, list[ExecutionResult]]:
    before, started = busy_s(), time.perf_counter()
    with ThreadPoolExecutor(64) as threads:
        results = list(threads.map(lambda job: box.run(job[0], [job[1]])[0], jobs))
    return time.perf_counter() - started, busy_s() - before, results


def soak(kind: str, executions: int) -> dict[str, float]:
    """Run so many executions in a row; return what is left over of processes, descriptors, mounts, files and memory."""
    with contextlib.closing(Ours(kind)) as contender:
        rate(contender, 5.0)
        before = _resources(kind)
        started, done = time.perf_counter(), 0
        with ThreadPoolExecutor(contender.threads) as threads:
            while done < executions:
                for values in threads.map(lambda _: contender.submit(), range(100)):
                    if values != EXPECTED:
                        raise AssertionError(f"{contender.name} returned {values}")
                done += 100 * TESTS
        seconds = time.perf_counter() - started
        time.sleep(1.0)
        after = _resources(kind)
    return {"executions": done, "seconds": seconds, **{name: after[name] - before[name] for name in before}}


def _resources(kind: str) -> dict[str, float]:
    scratch = Path(os.environ.get("TMPDIR", "/tmp"))
    return {
        "processes": _processes(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "mounts": Path("/proc/self/mounts").read_text().count("\n"),
        "files": len(os.listdir(scratch)),
        "threads": threading.active_count(),
        "box_memory_mib": box_memory_bytes(kind) / 2**20,
        "own_memory_mib": _pss_bytes([os.getpid()]) / 2**20,
    }


def _processes() -> int:
    """Return the number of processes of this host, without the kernel's own threads, which come and go."""
    kernel_thread = 0x00200000  # PF_KTHREAD, among the flags: the seventh field after the name
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            count += not int(stat.read_text().rpartition(")")[2].split()[6]) & kernel_thread
    return count


def missed(report: dict[str, Any]) -> list[str]:
    """Return the goals that this run missed, in words."""
    speed, lines = report["speed"], []
    for name in [name for name in speed if name.startswith("ours")]:
        own = speed[name]["executions_per_s"]
        for other, factor in GOALS.items():
            if other in speed and own < factor * speed[other]["executions_per_s"]:
                lines.append(f"{name}: {own / speed[other]['executions_per_s']:.2f} times {other}, goal {factor:g}")
        if CORES >= 2 and own < PER_SECOND_ON_TWO_CORES * CORES / 2:
            lines.append(f"{name}: {own:.0f} executions/s, goal {PER_SECOND_ON_TWO_CORES * CORES / 2:.0f}")
    for kind, per_s in report["scaling"].items():
        one, many = per_s["1"], per_s[str(CORES)]
        if many < LINEAR * CORES * one:
            lines.append(f"{kind}: {many / one:.2f} times one core's rate on {CORES} cores")
    for kind, mix in report["hostile mix"].items():
        if mix["honest_correct"] < 1.0 or mix["busy"] < BUSY:
            lines.append(f"{kind}: hostile batch with {mix['busy']:.0%} of the processors busy, goal {BUSY:.0%}")
    for kind, left in report.get("soak", {}).items():
        for what in ("processes", "descriptors", "mounts", "files", "threads"):
            if left[what] > 0:
                lines.append(f"{kind}: {left[what]:.0f} {what} left over")
        for what in ("box_memory_mib", "own_memory_mib"):
            if left[what] >= 1.0:
                lines.append(f"{kind}: {left[what]:.1f} MiB more {what.replace('_mib', '').replace('_', ' ')}")
    return lines


def show(report: dict[str, Any], console: Console) -> None:
    """Print the tables."""
    table = Table(
        "", "executions/s", "lowest - highest", "submissions/s", "p50 ms", "p99 ms", "CPU ms", title=report["machine"]
    )
    for name, row in report["speed"].items():
        spread = f"{row['lowest']:,.1f} - {row['highest']:,.1f}"
        numbers = (f"{row['executions_per_s']:,.1f}", spread, f"{row['executions_per_s'] / TESTS:,.2f}")
        times = (f"{row['warm_p50_s'] * 1e3:.2f}", f"{row['warm_p99_s'] * 1e3:.2f}")
        table.add_row(name, *numbers, *times, f"{row['cpu_s_per_execution'] * 1e3:.2f}")
    console.print(table)
    for section in ("latency", "scaling", "hostile mix", "soak"):
        for kind, numbers in report.get(section, {}).items():
            words = ", ".join(f"{name} {value:,.3g}" for name, value in numbers.items())
            console.print(f"{section}, {kind}: {words}", highlight=False, soft_wrap=True)
    for line in report["missed"]:
        console.print(f"MISSED {line}", highlight=False, soft_wrap=True)
    if not report["missed"]:
        console.print("every goal was met")


def _summary(rates: list[dict[str, float]]) -> dict[str, float]:
    per_s = [one["executions_per_s"] for one in rates]
    cpu = statistics.median(one["cpu_s_per_execution"] for one in rates)
    middle = statistics.median(per_s)
    return {"executions_per_s": middle, "lowest": min(per_s), "highest": max(per_s), "cpu_s_per_execution": cpu}


def _warm_latency(contender: Contender) -> dict[str, float]:
    times = []
    end = time.perf_counter() + 4.0
    while len(times) < 300 and (time.perf_counter() < end or len(times) < 5):
        started = time.perf_counter()
        contender.submit(1)
        times.append(time.perf_counter() - started)
    return {"warm_p50_s": statistics.median(times), "warm_p99_s": sorted(times)[int(0.99 * len(times))]}


def _docker_commands(kinds: list[str]) -> Iterator[Contender]:
    if "docker" not in kinds or shutil.which("docker") is None:
        return
    from sandbox.docker import INTERPRETER_LABEL, REPOSITORY, connect, find_image, image_tag

    with contextlib.closing(connect()) as client:
        interpreter = find_image(client)["Config"]["Labels"][INTERPRETER_LABEL]
    image = f"{REPOSITORY}:{image_tag()}"
    start = ["docker", "run", "--network", "none", "--entrypoint", interpreter]
    yield Commands("docker run", [*start, "--rm", "-i", image])
    sleep = [*start, "-d", image, "-c", "import time; time.sleep(1e6)"]
    name = subprocess.run(sleep, capture_output=True, text=True, check=True).stdout.strip()
    yield Commands("docker exec", ["docker", "exec", "-i", name, interpreter], ["docker", "rm", "-f", name])


def _starts(kind: str, console: Console) -> bool:
    try:
        sandbox.make(kind).close()
    except sandbox.SandboxError as error:
        console.print(f"without {kind}: {error}", markup=False, highlight=False)
        return False
    return True


def busy_s() -> float:
    """Return the processor seconds that this machine has spent so far, on anything."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    idle, waiting, stolen = fields[3], fields[4], fields[7]
    return (sum(fields[:8]) - idle - waiting - stolen) / os.sysconf("SC_CLK_TCK")


def box_memory_bytes(kind: str) -> float:
    """Return what the boxes of this process hold together, each shared page divided among those who share it."""
    roots = [os.getpid()]
    if kind == "docker":
        from sandbox.docker import connect

        with contextlib.closing(connect()) as client:
            boxes = client.containers(filters={"label": "assay.sandbox=box"})
            roots = [client.inspect_container(box["Id"])["State"]["Pid"] for box in boxes]
    found = _below(roots)
    return _pss_bytes([pid for pid in found if pid != os.getpid()])


def _below(roots: list[int]) -> list[int]:
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, path.read_text().split())
    return found


def _pss_bytes(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def machine() -> str:
    """Return processor, cores and memory."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {CORES} cores, {memory:.0f} GiB, Linux {os.uname().release.split('-')[0]}"


if __name__ == "__main__":
    raise SystemExit(main())
