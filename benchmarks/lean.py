"""How fast are proofs checked, and what does each step of the checking cost? All contenders in one run on one machine.

    python benchmarks/lean.py                       # both sandboxes where they run, one core and all cores
    python benchmarks/lean.py --soak 100000         # also: that many proofs in a row, and what they leave behind

The proofs are gold proofs of the library's easy problems, in turn. The contenders take turns in every round, so that a
busy moment hits all of them:

- `fresh process`: one `lean` process a proof, which loads the core library; only its exit code counts
- `compile only`: ours, without the judge: a copy of the warm front end in the sandbox
- `ours`: all of it: lexer, sandbox, judge, kernel

Writes `lean.json` to `benchmarks/results/`. The exit code is 1 when a goal is missed, and the last lines say which.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]


from envs.lean import build, language  # noqa: E402
from envs.lean.placement import Body, place  # noqa: E402
from envs.lean.proofs import ProofChecker, Verdict  # noqa: E402
from envs.lean.tasks import LeanProblem  # noqa: E402
from sandbox.core import Call, ExecutionStatus, Program, Sandbox  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
CORES = len(os.sched_getaffinity(0))
GOAL_RATIO, GOAL_CPU_MS, GOAL_MEMORY_MIB, GOAL_SCALING = 2.5, 15.0, 64.0, 0.85

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
            outcome = checker.check(problem.theorem, body)
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
