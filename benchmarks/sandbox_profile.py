"""Where does the time of one execution go? Needs `perf` (Debian: linux-perf) and root.

    python benchmarks/sandbox_profile.py

Samples the whole machine while bubblewrap boxes run one small function as fast as they can, and sorts the samples by
who was running (the program, the zygote that it is copied from, the supervisor, the caller, anything else) and by what
it did: copying page tables, giving memory back, faults on pages, namespaces, other system calls, or computing.
Writes `sandbox_profile.json` to `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The benchmark beside this file is called like the package that it measures, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

import sandbox  # noqa: E402
from sandbox.core import Call, Program  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
PROGRAM = Program(source="def f(n):\n    return sorted(n * k % 7 for k in range(20))\n", entry_point="f")
CALLS = [Call(args=(n,)) for n in range(15)]

ACTIVITIES = {  # name -> kernel functions, the innermost of which on the stack decides
    "faults on pages": "asm_exc_page_fault",
    "copying page tables": "dup_mm dup_mmap copy_mm",
    "giving memory back": "exit_mmap",
    "namespaces, mounts": "create_new_namespaces create_user_ns free_nsproxy path_mount namespace_unlock",
    "rest of the kernel": "entry_SYSCALL_64_after_hwframe ret_from_fork_asm common_startup_64",
}
_SYMBOL = re.compile(r"^\s*[0-9a-f]+ (\w+)", re.MULTILINE)
ROLES = ("program", "zygote", "supervisor", "caller", "anything else")


def main() -> int:
    """Sample, sort, show and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if shutil.which("perf") is None:
        parser.error("there is no `perf` on this machine (Debian: apt-get install linux-perf)")
    with sandbox.make("bubblewrap") as box, tempfile.TemporaryDirectory() as folder:
        roles, idle = _roles(), set(_below(os.getpid()))
        samples = Path(folder) / "samples"
        record = ["perf", "record", "-q", "-a", "-g", "-F", "999", "-e", "cpu-clock", "-o", str(samples)]
        done = threading.Event()

        def work() -> int:
            count = 0
            while not done.is_set():
                count += len(box.run(PROGRAM, CALLS))
            return count

        with ThreadPoolExecutor(8) as threads:
            working = [threads.submit(work) for _ in range(8)]
            subprocess.run([*record, "sleep", str(options.seconds)], check=True)
            done.set()
            executions = sum(each.result() for each in working)
        shares = _sorted(samples, roles, idle)
    _show(shares, Console())
    report = {"command": "python benchmarks/sandbox_profile.py", "executions": executions, "shares": shares}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sandbox_profile.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _below(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            waiting += map(int, path.read_text().split())
    return found


def _roles() -> dict[int, str]:
    """Return the role of every process that is there before the first execution: a zygote is a supervisor's child."""
    roles = {os.getpid(): "caller"}
    for pid in _below(os.getpid())[1:]:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        if "python" in Path(f"/proc/{pid}/comm").read_text():
            roles[pid] = "zygote" if roles.get(parent) == "supervisor" else "supervisor"
    return roles


def _sorted(samples: Path, roles: dict[int, str], idle: set[int]) -> dict[str, dict[str, float]]:
    """Return the share of all samples by role and activity, in per cent; samples of an idle processor do not count."""
    activity_of = {name: activity for activity, names in ACTIVITIES.items() for name in names.split()}
    counts: dict[str, collections.Counter[str]] = {role: collections.Counter() for role in ROLES}
    for comm, pid, stack in _stacks(samples):
        if comm == "swapper":
            continue
        others = "program" if "python" in comm and pid not in idle else "anything else"
        known = [activity_of[name] for name in stack if name in activity_of]
        counts[roles.get(pid, others)][known[0] if known else "computing"] += 1
    total = sum(sum(count.values()) for count in counts.values())
    return {role: {what: 100 * n / total for what, n in count.most_common()} for role, count in counts.items()}


def _stacks(samples: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Yield command name, process and stack (innermost first) of each sample."""
    script = ["perf", "script", "-i", str(samples), "-F", "comm,pid,ip,sym"]
    text = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    for block in text.split("\n\n"):
        head, *lines = block.strip("\n").splitlines() or [""]
        if head:
            comm, _, pid = head.strip().rpartition(" ")
            yield comm.strip(), int(pid), _SYMBOL.findall("\n".join(lines))


def _show(shares: dict[str, dict[str, float]], console: Console) -> None:
    activities = [*ACTIVITIES, "computing"]
    table = Table("per cent", *shares, "together")
    for activity in activities:
        row = [shares[role].get(activity, 0.0) for role in shares]
        table.add_row(activity, *(f"{share:.1f}" for share in row), f"{sum(row):.1f}")
    table.add_row("together", *(f"{sum(count.values()):.1f}" for count in shares.values()), "100.0")
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
