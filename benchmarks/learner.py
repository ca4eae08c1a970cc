"""What does a step of learning cost? This library, TRL's GRPOTrainer and the bare calls of torch and transformers.

    python benchmarks/learner.py --trl-python PYTHON            # four shapes of a step, sampling, a long prompt
    python benchmarks/learner.py --trl-python PYTHON --quick    # the first two shapes, in under 20 minutes
    python benchmarks/learner.py --trl-python PYTHON --learning # held-out pass rate against processor seconds; hours

PYTHON is one of an environment with `trl` (1.16), and for `--learning` with this library too (`pip install -e
'.[train]'`); without it, the one that runs this, if `trl` is there. Each contender has a process of its own and they
take turns, step by step, with the same model, prompts, group size and lengths; the first step of each is not counted.
Every completion is exactly as long as asked for and every reward is a checksum of the text: no group is without a
signal, so nobody gains by skipping one. What is compared is completions a processor second. TRL takes a step's
completions in one batch, which is its way of least work; accumulating over smaller ones would lower its memory. With
256 tokens this library computes blocks again in the backward pass, which costs it time and spares memory; TRL, which
could do the same, keeps them. Keep the machine quiet: threads that wait for each other spin, and that counts.

Writes `learner.json` to `benchmarks/results/`, or `learner_quick.json`, shape by shape. The exit code is 1 when a goal
is missed, and the last lines say which.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from agents.models import load_model  # noqa: E402
from envs.cache import cache_folder  # noqa: E402

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
GOAL_MEMORY_SHARE = 1 / 3
GOAL_LONG_PROMPT_GIB = 4.0
MODEL_GIB = 134.5e6 * 4 / 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much a step samples, and what is promised of it."""

    groups: int
    members: int
    new_tokens: int
    prompt_tokens: int
    goal: float = 0.0
    """Times the other's completions a processor second."""
    blocks_twice: bool = False
    """Whether this library computes blocks again in the backward pass (`algo.gradient_checkpointing`)."""
    row_tokens: int = 1024
    """Longest row of this library's learner (`algo.row_tokens`)."""

    @property
    def name(self) -> str:
        """Completions x tokens, and the length of the prompt."""
        return f"{self.groups * self.members} x {self.new_tokens}, prompt {self.prompt_tokens}"


SHAPES = (
    Shape(groups=1, members=8, new_tokens=64, prompt_tokens=60, goal=2.0),
    Shape(groups=4, members=8, new_tokens=64, prompt_tokens=60, goal=2.5),
    Shape(groups=1, members=8, new_tokens=64, prompt_tokens=400, goal=5.0),
    Shape(groups=1, members=8, new_tokens=256, prompt_tokens=60, goal=1.5, blocks_twice=True),
)
SAMPLING = (
    Shape(groups=1, members=8, new_tokens=64, prompt_tokens=60, goal=1.5),
    Shape(groups=4, members=8, new_tokens=64, prompt_tokens=60, goal=2.0),
)
LONG_PROMPT = Shape(groups=1, members=8, new_tokens=64, prompt_tokens=2000, blocks_twice=True, row_tokens=2512)


class Contender:
    """A process that takes steps when it is asked to."""

    def __init__(self, python: str, name: str, shape: Shape, model: Path, threads: int, scratch: str) -> None:
        told = json.dumps({**asdict(shape), "model": str(model), "scratch": scratch})
        command = [python, str(HERE / "learner_contenders.py"), name, told]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
        environment["PYTHONPATH"] = str(HERE.parent)
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (as long as the process)
        self._process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )
        self.name = name

    def step(self) -> dict[str, float]:
        """Take one step and return what it took.

        Raises:
            RuntimeError: The process has died; the message ends with what it said last.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write("step\n")
            self._process.stdin.flush()
            found: dict[str, float] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            self._errors.seek(0)
            last = (self._errors.read().strip().splitlines() or ["it said nothing"])[-1]
            raise RuntimeError(f"{self.name} died: {last}") from error
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._errors.close()


def measure(contenders: list[Contender], rounds: int) -> dict[str, dict[str, float]]:
    """Let all take turns for so many rounds behind a first one that is not counted; the median round counts.

    A contender that dies is told of and left out.
    """
    seen: dict[str, list[dict[str, float]]] = {contender.name: [] for contender in contenders}
    try:
        for _ in range(rounds + 1):
            for contender in contenders:
                if contender.name not in seen:
                    continue
                try:
                    seen[contender.name].append(contender.step())
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    del seen[contender.name]
    finally:
        for contender in contenders:
            contender.close()
    return {name: _summary(steps[1:]) for name, steps in seen.items()}


def _summary(steps: list[dict[str, float]]) -> dict[str, float]:
    seconds, cpu_s = (statistics.median(step[key] for step in steps) for key in ("seconds", "cpu_s"))
    tokens = steps[0]["tokens"]
    return {
        "seconds": seconds,
        "cpu_s": cpu_s,
        "tokens_per_s": tokens / seconds,
        "tokens_per_cpu_s": tokens / cpu_s,
        "peak_gib": max(step["peak_gib"] for step in steps),
    }


def sampling(shape: Shape, model: Path, threads: int, rounds: int) -> dict[str, dict[str, float]]:
    """Compare sampling with `generate` of transformers, by turns in one process."""
    both = Contender(sys.executable, "sampling", shape, model, threads, "")
    try:
        steps = [both.step() for _ in range(2 * (rounds + 1))][2:]
    finally:
        both.close()
    return {"ours": _summary(steps[::2]), "transformers": _summary(steps[1::2])}


def missed_step(shape: Shape, results: dict[str, dict[str, float]]) -> list[str]:
    """Return the goals of a step that were missed."""
    if absent := [name for name in ("ours", "trl") if name not in results]:
        return [f"{shape.name}: not compared, there is no {' and no '.join(absent)}"]
    mine, theirs = results["ours"], results["trl"]
    ratio = mine["tokens_per_cpu_s"] / theirs["tokens_per_cpu_s"]
    share = mine["peak_gib"] / theirs["peak_gib"]
    goals = {
        f"{ratio:.3f} times TRL's completions a processor second, goal {shape.goal}": ratio >= shape.goal,
        f"{share:.3f} of TRL's memory ({mine['peak_gib']:.2f} of {theirs['peak_gib']:.2f} GiB), goal 0.333; weights, "
        f"gradients and AdamW's two moments in float32 are {4 * MODEL_GIB:.2f} GiB": share <= GOAL_MEMORY_SHARE,
    }
    return [f"{shape.name}: {goal}" for goal, met in goals.items() if not met]


def missed_sampling(shape: Shape, results: dict[str, dict[str, float]]) -> list[str]:
    """Return the goals of sampling that were missed."""
    ratio = results["ours"]["tokens_per_cpu_s"] / results["transformers"]["tokens_per_cpu_s"]
    goal = f"sampling {shape.name}: {ratio:.2f} times transformers' tokens a processor second, goal {shape.goal}"
    return [] if ratio >= shape.goal else [goal]


def main() -> int:
    """Measure, print, write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trl-python", default=sys.executable, help="python of an environment with trl")
    parser.add_argument("--quick", action="store_true", help="the first two shapes")
    parser.add_argument("--learning", action="store_true", help="pass rate against processor seconds instead")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each contender with --learning")
    parser.add_argument("--steps", type=int, default=16, help="steps of each run with --learning")
    parser.add_argument("--rounds", type=int, default=None, help="counted steps of a contender: 3, or 2 with --quick")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    load_model("smollm2-135m")  # fetched once
    model = cache_folder() / "models" / "smollm2-135m-instruct"
    if options.learning:
        return int(_beside("learner_learning").compare(options, RESULTS))
    console = Console()
    rounds = options.rounds or (2 if options.quick else 3)
    report: dict[str, Any] = {
        "machine": _machine(options.threads),
        "versions": {"ours": _versions(sys.executable), "trl": _versions(options.trl_python)},
        "rounds": rounds,
        "steps": {},
        "sampling": {},
        "missed": [],
    }
    failures: list[str] = report["missed"]
    RESULTS.mkdir(exist_ok=True)

    def write() -> None:
        name = "learner_quick.json" if options.quick else "learner.json"
        (RESULTS / name).write_text(json.dumps(report, indent=2) + "\n")

    with tempfile.TemporaryDirectory() as scratch:

        def contender(name: str, shape: Shape) -> Contender:
            python = options.trl_python if name == "trl" else sys.executable
            return Contender(python, name, shape, model, options.threads, scratch)

        for shape in SAMPLING:
            found = sampling(shape, model, options.threads, rounds)
            console.print(_table(f"sampling alone, {shape.name}", found))
            report["sampling"][shape.name] = found
            failures += missed_sampling(shape, found)
            write()
        names = ("ours", "trl", "bare") if _has_trl(options.trl_python) else ("ours", "bare")
        for shape in SHAPES[:2] if options.quick else SHAPES:
            found = measure([contender(name, shape) for name in names], rounds)
            console.print(_table(f"a step of {shape.name}", found))
            report["steps"][shape.name] = found
            failures += missed_step(shape, found)
            write()
        if not options.quick:
            found = measure([contender("ours", LONG_PROMPT)], 1)
            console.print(_table(f"a step of {LONG_PROMPT.name}", found))
            report["steps"][LONG_PROMPT.name] = found
            if (peak := found["ours"]["peak_gib"] if found else math.inf) > GOAL_LONG_PROMPT_GIB:
                failures.append(f"{LONG_PROMPT.name}: {peak:.2f} GiB, goal {GOAL_LONG_PROMPT_GIB}")
    write()
    for failure in failures:
        console.print(f"missed: {failure}", soft_wrap=True)
    return 1 if failures else 0


def _beside(name: str) -> Any:
    """Return a module of this folder, which is not where modules are looked for."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _has_trl(python: str) -> bool:
    found = subprocess.run([python, "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('trl'))"])
    return found.returncode == 0


def _versions(python: str) -> dict[str, str]:
    """Return the versions of what is compared in an environment, of those that are there."""
    script = (
        "import importlib.metadata as m, json; have = {d.name: d.version for d in m.distributions()}; "
        "print(json.dumps({n: have[n] for n in ('torch', 'transformers', 'trl') if n in have}))"
    )
    found = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    versions: dict[str, str] = json.loads(found.stdout)
    return versions


def _table(title: str, results: dict[str, dict[str, float]]) -> Table:
    table = Table(title=title)
    for heading in ("contender", "seconds", "CPU seconds", "tokens/s", "tokens/CPU s", "peak GiB"):
        table.add_column(heading)
    for name, found in results.items():
        figures = [f"{found[key]:.1f}" for key in ("seconds", "cpu_s", "tokens_per_s", "tokens_per_cpu_s")]
        table.add_row(name, *figures, f"{found['peak_gib']:.2f}")
    return table


def _machine(threads: int) -> dict[str, Any]:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cpu": names[0].partition(":")[2].strip() if names else platform.processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    sys.exit(main())
