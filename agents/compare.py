"""Runs and evaluations of the same tasks, side by side: `python -m agents.compare RUN RUN...`.

Each is the folder of a run, which stands for its last evaluation, an `eval_*.json` of one, or a file that
`python -m agents.eval out=FILE` wrote. Every other one is compared with the first: the means of both over the tasks
that both have, and the difference with its 95 % bootstrap interval: tasks are resampled, both sides together. Of runs
there is also what they took, and a picture of how they went, `compare.png` (`out=FILE`).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agents.metrics import EvalResult, evaluation_files, is_seconds, read_whole_lines
from envs.core import ConfigError
from envs.statistics import paired_difference

Numbers = Mapping[str, Mapping[str, float]]
"""What was measured -> task -> its value."""

CURVES = {
    "reward": "reward in training",
    "entropy": "entropy, nats a token",
    "completion_length": "tokens a completion",
    "kl_to_sampler": "divergence from the sampler",
    "kl_to_reference": "divergence from the reference",
    "kl_to_start": "divergence from the start",
    "grad_norm": "norm of the gradient",
    "zero_variance_share": "share of groups that teach nothing",
}
"""Metric -> what its curve is called."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        out = next((text.partition("=")[2] for text in arguments if text.startswith("out=")), "compare.png")
        paths = [Path(text) for text in arguments if not text.startswith("out=")]
        if len(paths) < 2:
            raise ConfigError(f"expected two files or folders at least, got {len(paths)}")
        console = Console()
        first, *others = paths
        for other in others:
            console.print(comparison(read_numbers(first), read_numbers(other), f"{first} -> {other}"))
        runs = [path for path in paths if path.is_dir()]
        if runs:
            console.print(costs(runs))
            draw(runs, Path(out))
            console.print(f"the curves are in {out}")
    except (ConfigError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def read_numbers(path: Path) -> dict[str, dict[str, float]]:
    """Return what an evaluation holds by task: `pass@1` and every measure.

    Raises:
        ConfigError: It is not the result of an evaluation.
    """
    file = path
    if path.is_dir():
        found = list(evaluation_files(path).values())
        if not found:
            raise ConfigError(f"the folder {str(path)!r} holds no evaluation (eval_*.json)")
        file = found[-1]
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        rates = data["rates"] if "rates" in data else _rates(data)
        numbers = {"pass@1": rates, **data.get("measures", {})}
        return {name: {task: float(value) for task, value in values.items()} for name, values in numbers.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{str(file)!r} is not the result of an evaluation: {error!r}") from error


def comparison(before: Numbers, after: Numbers, title: str) -> Table:
    """Return a table of what both sides measured.

    Raises:
        ConfigError: They have no task in common.
    """
    common = before["pass@1"].keys() & after["pass@1"].keys()
    if not common:
        raise ConfigError("the two evaluations have no task in common")
    table = Table(title=f"{title}: {len(common)} tasks")
    for column in ("", "before", "after", "difference", "95 % interval"):
        table.add_column(column, justify="right" if column else "left")
    for name in [name for name in before if name in after]:
        shared = sorted(before[name].keys() & after[name].keys())
        if not shared:
            continue
        sides = [sum(side[name][task] for task in shared) / len(shared) for side in (before, after)]
        mean, low, high = paired_difference(before[name], after[name])
        table.add_row(name, *(f"{side:.3f}" for side in sides), f"{mean:+.3f}", f"{low:+.3f} to {high:+.3f}")
    return table


def costs(runs: Sequence[Path]) -> Table:
    """Return a table of what runs took: steps, time, processor time, tokens, and memory at most."""
    table = Table(title="what it took")
    for column in ("run", "steps", "minutes", "CPU minutes", "sampled tokens", "GiB at most"):
        table.add_column(column, justify="left" if column == "run" else "right")
    for run in runs:
        lines = read_whole_lines(run / "timing.jsonl")
        cpu = _total(lines, lambda name: name.endswith("_cpu_s"))
        wall = _total(lines, is_seconds)
        memory = max((line.get("peak_memory_bytes", 0) for line in lines), default=0) / 2**30
        tokens = _total(lines, lambda name: name == "sampled_tokens")
        steps = max((line["step"] for line in lines), default=0)
        table.add_row(str(run), str(steps), f"{wall / 60:.1f}", f"{cpu / 60:.1f}", f"{tokens:.0f}", f"{memory:.1f}")
    return table


def draw(runs: Sequence[Path], out: Path) -> None:
    """Draw how runs went, into one picture: held-out pass rates with intervals, and the curves that they have."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    metrics = {run: read_whole_lines(run / "metrics.jsonl") for run in runs}
    curves = [name for name in CURVES if any(line.get(name) is not None for run in runs for line in metrics[run])]
    columns = min(4, len(curves) + 1)
    rows = math.ceil((len(curves) + 1) / columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(4.2 * columns, 3.2 * rows), layout="constrained")
    panels = list(axes.flat) if hasattr(axes, "flat") else [axes]
    for run in runs:
        _draw_evaluations(panels[0], run)
        for panel, name in zip(panels[1:], curves, strict=False):
            seen = [line for line in metrics[run] if line.get(name) is not None]
            panel.plot([line["step"] for line in seen], [line[name] for line in seen], linewidth=1.2)
    panels[0].set(xlabel="step", title="pass@1 on held-out tasks", ylim=(0, None))
    panels[0].legend(frameon=False, fontsize="small")
    for panel, name in zip(panels[1:], curves, strict=False):
        panel.set(xlabel="step", title=CURVES[name])
    for panel in panels[len(curves) + 1 :]:
        panel.set_visible(False)
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(out, dpi=120)
    pyplot.close(figure)


def _draw_evaluations(panel: Any, run: Path) -> None:
    files = list(evaluation_files(run).values())
    steps = [int(file.stem.removeprefix("eval_")) for file in files]
    found = [EvalResult(**json.loads(file.read_text(encoding="utf-8"))).summary() for file in files]
    rates = [numbers["pass@1"] for numbers in found]
    errors = [
        [max(0.0, numbers["pass@1"] - numbers["low"]) for numbers in found],
        [max(0.0, numbers["high"] - numbers["pass@1"]) for numbers in found],
    ]
    panel.errorbar(steps, rates, yerr=errors, marker="o", capsize=3, linewidth=1.2, label=run.name)


def _total(lines: Sequence[Mapping[str, Any]], counts: Any) -> float:
    return math.fsum(value for line in lines for name, value in line.items() if counts(name))


def _rates(data: Mapping[str, Any]) -> dict[str, float]:
    return {task: data["passes"][task] / count for task, count in data["scored"].items() if count}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
