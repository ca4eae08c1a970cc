"""Is every gold proof proved each time, on every sandbox, while the machine has too much to do?

    python benchmarks/lean_load.py                  # every gold proof 20 times, on both sandboxes where they run
    python benchmarks/lean_load.py --times 2 --sandboxes bubblewrap

Twice as many processes as there are cores do nothing but compute meanwhile. Writes `lean_load.json` to
`benchmarks/results/`; the exit code is 1 if a gold proof got another verdict even once, or no sandbox runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from envs.core import ConfigError, VerifierError  # noqa: E402
from envs.lean.placement import Body, read_body  # noqa: E402
from envs.lean.proofs import ProofChecker  # noqa: E402
from envs.lean.tasks import LeanProblem, library_problems  # noqa: E402
from sandbox.core import SandboxError  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
CORES = len(os.sched_getaffinity(0))


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep processors busy for a while."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def verdict(checker: ProofChecker, problem: LeanProblem) -> str:
    """Return what becomes of a gold proof, or of us."""
    body = read_body(problem.gold or "")
    if not isinstance(body, Body):
        return f"no body: {body}"
    try:
        return str(checker.check(problem.posed, body).verdict)
    except (VerifierError, SandboxError) as error:
        return f"{type(error).__name__}: {error}"


def under_load(sandbox: str, problems: list[LeanProblem], times: int) -> dict[str, object]:
    """Return how often each verdict came on one sandbox, and which proofs were not proved."""
    checker = ProofChecker(sandbox)
    checker.prepare()
    start = time.monotonic()
    with load(2 * CORES), ThreadPoolExecutor(2 * CORES) as pool:
        found = list(pool.map(lambda problem: (problem.name, verdict(checker, problem)), problems * times))
    return {
        "verdicts": dict(Counter(said for _, said in found)),
        "not_proved": sorted({name for name, said in found if said != "PROVED"}),
        "proofs_per_s": round(len(found) / (time.monotonic() - start), 1),
    }


def main() -> int:
    """Check, write what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--sandboxes", nargs="+", default=["bubblewrap", "docker"])
    options = parser.parse_args()
    problems = [problem for problem in library_problems() if problem.gold]
    report: dict[str, object] = {
        "machine": f"{platform.machine()}, {CORES} cores",
        "proofs": len(problems),
        "times": options.times,
    }
    failed, ran = False, 0
    for sandbox in options.sandboxes:
        try:
            found = under_load(sandbox, problems, options.times)
        except ConfigError as error:
            print(f"{sandbox}: not measured: {error}")
            continue
        ran += 1
        failed = failed or bool(found["not_proved"])
        report[sandbox] = found
        print(f"{sandbox}: {found}", flush=True)
    (RESULTS / "lean_load.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
