"""Does a model learn from an environment? Trains with several seeds and draws held-out pass rates with their intervals.

    python benchmarks/learning.py                         # the main job, with seeds 0, 1 and 2, then the report
    python benchmarks/learning.py --env genes
    python benchmarks/learning.py --runs A B C            # reports on runs that exist

Writes `ENV_learning.json` and `ENV_learning.png` to `benchmarks/results/`. The exit code is 1 unless every seed's
paired difference on held-out tasks has a 95 % interval above 0, within 30 minutes and 6 GB. A dotted line is what
guessing among the candidates of a prompt would reach, where an environment offers some.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

# a file of this folder is called sandbox.py, as the package is
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import matplotlib  # noqa: E402
import numpy as np  # noqa: E402

import envs  # noqa: E402
from agents.rollout import text_env  # noqa: E402
from agents.run import Run  # noqa: E402
from envs.statistics import paired_difference  # noqa: E402

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

RESULTS = Path(__file__).parent / "results"
MAX_SECONDS = 30 * 60
MAX_BYTES = 6e9


def main() -> int:
    """Train if need be, report, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--runs", nargs="+", type=Path, help="folders of finished runs; by default new ones are trained"
    )
    parser.add_argument("--env", default="code")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("overrides", nargs="*", help="passed on to agents.train, such as sandbox=docker")
    options = parser.parse_args()
    folders = options.runs or [train(options.env, seed, options.overrides) for seed in options.seeds]
    runs = [read_run(folder) for folder in folders]
    report = {
        "command": " ".join(["python benchmarks/learning.py --env", options.env, *options.overrides]),
        "machine": machine(),
        "floor": text_env(envs.make(options.env)).floor,
        "runs": [run["summary"] for run in runs],
        "pooled_difference": pooled_difference(runs),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{options.env}_learning.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    candidates = getattr(text_env(envs.make(options.env)), "candidates", 0)
    draw(runs, options.out / f"{options.env}_learning.png", chance=1 / candidates if candidates else None)
    return show(report)


def train(env: str, seed: int, overrides: list[str]) -> Path:
    """Train with the defaults and return the run's folder."""
    folder = Path("runs") / f"{env}_learning_seed{seed}"
    command = [sys.executable, "-m", "agents.train", f"env={env}", f"seed={seed}", f"run_dir={folder}", *overrides]
    subprocess.run(command, check=True)
    return folder


def read_run(folder: Path) -> dict[str, Any]:
    """Return the summary, the evaluations and the steps of a finished run."""
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    evaluations = Run(folder).evaluations()
    for name, step in (("before", min(evaluations)), ("after", max(evaluations))):
        summary[name]["mean_reward"] = evaluations[step].totals.get("mean_reward")
    return {
        "summary": summary,
        "evaluations": evaluations,
        "metrics": [json.loads(line) for line in lines],
    }


def pooled_difference(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Return the difference of each task's mean pass rate over the seeds, with its bootstrap interval over tasks."""
    firsts = [run["evaluations"][min(run["evaluations"])].rates for run in runs]
    lasts = [run["evaluations"][max(run["evaluations"])].rates for run in runs]
    tasks = set.intersection(*(set(rates) for rates in (*firsts, *lasts)))
    means = [{task: float(np.mean([rates[task] for rates in side])) for task in tasks} for side in (firsts, lasts)]
    return dict(zip(("mean", "low", "high"), paired_difference(*means), strict=True))


def draw(runs: list[dict[str, Any]], path: Path, chance: float | None) -> None:
    """Draw one panel of held-out and training pass rates for each seed."""
    figure, panels = pyplot.subplots(1, len(runs), figsize=(4 * len(runs), 3.6), sharey=True, layout="constrained")
    for axes, run in zip(np.atleast_1d(panels), runs, strict=True):
        steps = [line["step"] for line in run["metrics"]]
        axes.plot(steps, [line["pass_rate"] for line in run["metrics"]], color="#9ab", label="train tasks, each step")
        points = [(step, result.summary()) for step, result in run["evaluations"].items()]
        centre = np.array([numbers["pass@1"] for _, numbers in points])
        low, high = (np.array([numbers[side] for _, numbers in points]) for side in ("low", "high"))
        error = np.maximum([centre - low, high - centre], 0.0)
        axes.errorbar(
            [step for step, _ in points],
            centre,
            yerr=error,
            color="#06c",
            marker="o",
            capsize=3,
            label="held-out tasks",
        )
        if chance:
            axes.axhline(chance, color="#a60", linestyle=":", label="guessing among the candidates")
        axes.set(title=f"seed {run['summary']['seed']}", xlabel="step", ylim=(0, None))
        axes.spines[["top", "right"]].set_visible(False)
    np.atleast_1d(panels)[0].set_ylabel("pass@1")
    np.atleast_1d(panels)[0].legend(frameon=False, loc="upper left")
    figure.savefig(path, dpi=120)


def show(report: dict[str, Any]) -> int:
    """Print the table and return 1 if a run misses what is claimed, else 0."""
    good = True
    for run in report["runs"]:
        difference = run["difference"]
        kept = difference["low"] > 0 and run["seconds"] <= MAX_SECONDS and run["peak_memory_bytes"] <= MAX_BYTES
        good &= kept
        rewards = [run[side]["mean_reward"] for side in ("before", "after")]
        shown = (
            "" if None in rewards else f"reward {rewards[0]:.3f} -> {rewards[1]:.3f} (floor {report['floor']:.3f}), "
        )
        print(
            f"seed {run['seed']}: {run['before']['pass@1']:.3f} -> {run['after']['pass@1']:.3f}, {shown}difference "
            f"{difference['mean']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f}), "
            f"{run['seconds'] / 60:.1f} min, {run['peak_memory_bytes'] / 1e9:.1f} GB{'' if kept else '  MISSED'}"
        )
    pooled = report["pooled_difference"]
    print(f"all seeds: {pooled['mean']:+.3f} ({pooled['low']:+.3f} to {pooled['high']:+.3f})")
    return 0 if good else 1


def machine() -> str:
    """Return processor, cores and memory."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB"


if __name__ == "__main__":
    raise SystemExit(main())
