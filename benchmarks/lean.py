"""How fast are proofs checked, and what does each step of the checking cost? All contenders in one run on one machine.

    python benchmarks/lean.py                       # both sandboxes where they run, one core and all cores
    python benchmarks/lean.py --soak 100000         # also: that many proofs, and what they leave behind

The proofs are gold proofs of the library's easy problems, in turn. The contenders take turns in every round, so that a
busy moment hits all of them:

- `fresh process`: one `lean` process a proof, which loads the core library; only its exit code counts
- `compile only`: ours, without the judge: a copy of the warm front end in the sandbox
- `ours`: all of it: lexer, sandbox, judge, kernel
- `second kernel`: the same with `second_checker=on`

Processor time of a proof is that of the processes which see it: front end, kernel, and this one; where all that runs is
below this process, the time of the others is told too.

Writes `lean.json` to `benchmarks/results/`. The exit code is 1 when a goal is missed, and the last lines say which.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

import sandbox  # noqa: E402
from envs.lean import build, language, wheel  # noqa: E402
from envs.lean.placement import Body, place, read_body  # noqa: E402
from envs.lean.proofs import ProofChecker, Verdict  # noqa: E402
from envs.lean.tasks import LeanProblem, library_problems  # noqa: E402
from sandbox.core import Call, ExecutionStatus, Program, Sandbox, SandboxError  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
CORES = len(os.sched_getaffinity(0))
GOAL_RATIO, GOAL_CPU_MS, GOAL_MEMORY_MIB, GOAL_SCALING, GOAL_GROWN_MIB = 2.5, 15.0, 64.0, 0.85, 8.0

Submit = Callable[[int], list[tuple[float, float]]]
"""Checks so many proofs, one after another; returns processor seconds and MiB of private memory of each."""


def fresh_process(problems: list[tuple[LeanProblem, Body]], binary: Path, folder: Path) -> Submit:
    """Return a contender that starts `lean` for each proof."""
    turn = cycle(problems)
    core = build.core(binary).parent

    def submit(count: int) -> list[tuple[float, float]]:
        spent = []
        for problem, body in islice(turn, count):
            Path(folder, "Proof.lean").write_text(place(problem.statement, body, problem.header).source)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [sys.executable, "-I", "-c", build.FRONT_END, str(binary), "Proof.olean", "Proof.lean"]
            subprocess.run(command, cwd=folder, env={"LEAN_PATH": str(core)}, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024))
        return spent

    return submit


def compile_only(problems: list[tuple[LeanProblem, Body]], box: Sandbox) -> Submit:
    """Return a contender that only compiles, in the sandbox."""
    turn = cycle(problems)
    program = Program(source=language.PROGRAM, entry_point="compile_text", language=language.NAME)

    def submit(count: int) -> list[tuple[float, float]]:
        spent = []
        for problem, body in islice(turn, count):
            text = place(problem.statement, body, problem.header).source
            (result,) = box.run(program, [Call(args=(text,))], language.LIMITS)
            if result.status is not ExecutionStatus.OK or result.value["module"] is None:  # type: ignore[index, call-overload]
                raise RuntimeError(f"{problem.name} does not compile: {result}")
            spent.append((result.cpu_time_s, result.peak_memory_bytes / 2**20))
        return spent

    return submit


def whole(problems: list[tuple[LeanProblem, Body]], checker: ProofChecker) -> Submit:
    """Return a contender that compiles and judges."""
    turn = cycle(problems)

    def submit(count: int) -> list[tuple[float, float]]:
        spent = []
        for problem, body in islice(turn, count):
            own = time.thread_time()
            outcome = checker.check(problem.posed, body)
            if outcome.verdict is not Verdict.PROVED:
                raise RuntimeError(f"{problem.name}: {outcome}")
            spent.append((outcome.cpu_time_s + time.thread_time() - own, outcome.memory_bytes / 2**20))
        return spent

    return submit


def measure(contenders: dict[str, Submit], rounds: int, count: int) -> dict[str, dict[str, float]]:
    """Let every contender check `count` proofs in each round; the median round counts."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, submit in contenders.items():
            start = time.perf_counter()
            spent[name] += submit(count)
            rates[name].append(count / (time.perf_counter() - start))
    return {
        name: {
            "proofs_per_s": statistics.median(rates[name]),
            "cpu_ms": 1e3 * statistics.median(cpu for cpu, _ in spent[name]),
            "memory_mib": max(memory for _, memory in spent[name]),
        }
        for name in contenders
    }


def in_parallel(submit: Submit, threads: int, count: int) -> float:
    """Return proofs a second of several threads together."""
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(submit, [count] * threads))
    return threads * count / (time.perf_counter() - start)


def where_time_goes(submit: Submit, count: int) -> dict[str, float]:
    """Return milliseconds of processor time a proof by who spent them, of what lives longer than a proof."""
    roles = {os.getpid(): "this process"}
    for pid in _below(os.getpid())[1:]:
        with contextlib.suppress(OSError):  # the copy for the last proof may still be ending
            command, name = (Path(f"/proc/{pid}/{file}").read_text() for file in ("cmdline", "comm"))
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            inside = "front ends' original" if roles.get(parent) == "supervisor" else "supervisor"
            roles[pid] = "kernels' original" if "kernel_worker" in command else "bwrap" if "bwrap" in name else inside
    before = {pid: _cpu_ms(pid) for pid in roles}
    submit(count)
    spent = dict.fromkeys(roles.values(), 0.0)
    for pid, role in roles.items():
        spent[role] += max(0.0, _cpu_ms(pid) - before[pid]) / count
    return spent


def soak(submit: Submit, count: int) -> dict[str, Any]:
    """Check many proofs on all cores, and return what this process and its children held after each tenth of them.

    What a container holds is not among it.
    """
    in_parallel(submit, CORES, 500)  # whatever fills up once has filled up then
    start, held = time.perf_counter(), [_held()]
    for _ in range(10):
        in_parallel(submit, CORES, count // 10 // CORES)
        held.append(_held())
    grown = [round(last - first, 1) for first, last in zip(held[0], held[-1], strict=True)]
    names = ("memory_mib", "descriptors", "processes")
    series = {name: [each[place] for each in held] for place, name in enumerate(names)}
    return {
        "proofs": count // 10 // CORES * CORES * 10,
        "seconds": time.perf_counter() - start,
        "grown": dict(zip(names, grown, strict=True)),
        **series,
    }


def _held() -> tuple[float, int, int]:
    """Return private memory in MiB, descriptors and number of processes of this process and of all below it."""
    pages, descriptors, processes = 0, 0, 0
    for pid in _below(os.getpid()):
        with contextlib.suppress(OSError):
            resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
            pages, processes = pages + int(resident) - int(shared), processes + 1
            descriptors += len(os.listdir(f"/proc/{pid}/fd"))
    return pages * resource.getpagesize() / 2**20, descriptors, processes


def _below(root: int) -> list[int]:
    """Return a process and all that it has started, parents first."""
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def _cpu_ms(pid: int) -> float:
    total = 0
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return total / 1e6


def easy_problems() -> list[tuple[LeanProblem, Body]]:
    """Return the problems of level 1 without definitions of their own, with their gold proofs."""
    chosen = [problem for problem in library_problems() if problem.level == 1 and not problem.header and problem.gold]
    read = [(problem, read_body(problem.gold or "")) for problem in chosen]
    return [(problem, body) for problem, body in read if isinstance(body, Body)]


@contextlib.contextmanager
def contenders(name: str) -> Iterator[dict[str, Submit]]:
    """Give the contenders on one sandbox, warmed up."""
    problems, binary = easy_problems(), wheel.find()
    language.register()
    with sandbox.make(name) as box, tempfile.TemporaryDirectory() as folder:
        checker, strict = ProofChecker(box), ProofChecker(box, second=True)
        for each in (checker, strict):
            each.prepare()
            each.complaints([problem.posed for problem, _ in problems])
        made = {
            "fresh process": fresh_process(problems, binary, Path(folder)),
            "compile only": compile_only(problems, box),
            "ours": whole(problems, checker),
            "second kernel": whole(problems, strict),
        }
        for submit in made.values():
            submit(10)
        yield made


def missed(results: dict[str, dict[str, float]], scaling: float, soaked: dict[str, Any] | None) -> list[str]:
    """Return the goals that were missed."""
    grown = soaked["grown"] if soaked else {"memory_mib": 0.0, "descriptors": 0, "processes": 0}
    ours, ratio = results["ours"], results["ours"]["proofs_per_s"] / results["fresh process"]["proofs_per_s"]
    goals = {
        f"{ratio:.2f} times a fresh process, goal {GOAL_RATIO}": ratio >= GOAL_RATIO,
        f"{ours['cpu_ms']:.1f} ms of processor time a proof, goal {GOAL_CPU_MS}": ours["cpu_ms"] <= GOAL_CPU_MS,
        f"{ours['memory_mib']:.0f} MiB a proof, goal {GOAL_MEMORY_MIB}": ours["memory_mib"] <= GOAL_MEMORY_MIB,
        f"{scaling:.2f} of linear on {CORES} cores, goal {GOAL_SCALING}": CORES == 1 or scaling >= GOAL_SCALING,
        f"the soak left behind {grown}": grown["memory_mib"] < GOAL_GROWN_MIB
        and grown["descriptors"] <= 0
        and grown["processes"] <= 0,
    }
    return [goal for goal, met in goals.items() if not met]


def main() -> int:
    """Measure, print, write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=60, help="proofs of a contender in a round")
    parser.add_argument("--sandbox", action="append", choices=("bubblewrap", "docker"))
    parser.add_argument("--soak", type=int, default=0, help="proofs at the end")
    options = parser.parse_args()
    console = Console()
    report: dict[str, Any] = {}
    failures: list[str] = []
    for name in options.sandbox or ("bubblewrap", "docker"):
        try:
            with contenders(name) as made:
                results = measure(made, options.rounds, options.count)
                together = statistics.median(in_parallel(made["ours"], CORES, options.count) for _ in range(3))
                others = where_time_goes(made["ours"], options.count)
                soaked = soak(made["ours"], options.soak) if options.soak else None
        except SandboxError as error:
            console.print(f"{name} is not measured: {error}")
            continue
        scaling = together / (CORES * results["ours"]["proofs_per_s"])
        console.print(_table(name, results, together), {who: round(ms, 2) for who, ms in others.items()})
        report[name] = {"contenders": results, "all_cores_per_s": together, "scaling": scaling}
        report[name] |= {"cpu_ms_of_what_stays": others, "soak": soaked}
        failures += [f"{name}: {goal}" for goal in missed(results, scaling, soaked)]
    machine = {"cpu": _cpu_name(), "cores": CORES, "python": platform.python_version(), "lean": wheel.LEAN_VERSION}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "lean.json").write_text(json.dumps({"machine": machine, **report, "missed": failures}, indent=2) + "\n")
    for failure in failures:
        console.print(f"missed: {failure}")
    return 1 if failures or not report else 0


def _table(name: str, results: dict[str, dict[str, float]], together: float) -> Table:
    table = Table(title=f"easy proofs on {name}; ours on {CORES} cores together: {together:.0f}/s")
    for heading in ("contender", "proofs/s", "CPU ms a proof", "private MiB, most"):
        table.add_column(heading)
    for contender, found in results.items():
        memory = f"{found['memory_mib']:.0f}"
        table.add_row(contender, f"{found['proofs_per_s']:.1f}", f"{found['cpu_ms']:.1f}", memory)
    return table


def _cpu_name() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    sys.exit(main())
