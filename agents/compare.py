"""Runs and evaluations of the same tasks, side by side: `python -m agents.compare RUN RUN...`.

Each is the folder of a run, which stands for its last evaluation, an `eval_*.json` of one, or a file that
`python -m agents.eval out=FILE` wrote. Every other one is compared with the first: the means of both over the tasks
that both have, and the difference with its 95 % bootstrap interval: tasks are resampled, both sides together. One that
has no task in common with the first is left out, and said so. Of runs there is also what they took, and a picture of
how they went, `compare.png` (`out=FILE`).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import eq
from pathlib import Path
from typing import Any

from rich.table import Table

from agents.eval import check_out, plain_console
from agents.metrics import evaluation_files, is_seconds, read_evaluation, read_whole_lines
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
        runs = [path for path in paths if path.is_dir()]
        drawn = picture(out) if runs else None
        numbers = [read_numbers(path) for path in paths]
        console = plain_console()
        compared = 0
        for other, after in zip(paths[1:], numbers[1:], strict=True):
            if numbers[0]["pass@1"].keys() & after["pass@1"].keys():
                console.print(comparison(numbers[0], after, f"{paths[0]} -> {other}"))
                compared += 1
            else:
                print(f"{paths[0]} -> {other}: not compared, they have no task in common", file=sys.stderr)
        if drawn:
            console.print(costs(runs))
            draw(runs, drawn)
            console.print(f"the curves are in {drawn}", soft_wrap=True)
    except (ConfigError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if compared else 2


def picture(out: str) -> Path:
    """Return the file that curves are drawn into: a PNG where the name says nothing else.

    Raises:
        ConfigError: It cannot be written, or there is no such format.
    """
    from matplotlib.backend_bases import FigureCanvasBase

    path = Path(out)
    path = path if path.suffix or not path.name else path.with_name(f"{path.name}.png")
    check_out(str(path))
    formats = sorted(FigureCanvasBase.get_supported_filetypes().keys() - {"pgf"})  # which needs LaTeX
    if path.suffix[1:].lower() not in formats:
        raise ConfigError(f"out={out}: {path.suffix[1:]!r} is no format of a picture; known: {', '.join(formats)}")
    return path


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
    table.add_column("", overflow="fold")
    for column in ("before", "after", "difference", "95 % interval"):
        table.add_column(column, justify="right", no_wrap=True)
    for name in [name for name in before if name in after]:
        shared = sorted(before[name].keys() & after[name].keys())
        if not shared:
            continue
        sides = [sum(side[name][task] for task in shared) / len(shared) for side in (before, after)]
        mean, low, high = paired_difference(before[name], after[name])
        table.add_row(name, *(f"{side:.3f}" for side in sides), f"{mean:+.3f}", f"{low:+.3f} to {high:+.3f}")
    return table


def costs(runs: Sequence[Path]) -> Table:
    """Return a table of what runs took: steps, time, processor time, tokens, and memory at most.

    Raises:
        ConfigError: A file of a run is damaged.
    """
    table = Table(title="what it took")
    table.add_column("run", overflow="fold")  # the ends of long paths tell them apart
    for column in ("steps", "minutes", "CPU minutes", "sampled tokens", "GiB at most"):
        table.add_column(column, justify="right")
    for run in runs:
        path = run / "timing.jsonl"
        lines = read_whole_lines(path)
        cpu = math.fsum(_numbers(path, lines, lambda name: name.endswith("_cpu_s")))
        wall = math.fsum(_numbers(path, lines, is_seconds))
        memory = max(_numbers(path, lines, partial(eq, "peak_memory_bytes")), default=0) / 2**30
        tokens = math.fsum(_numbers(path, lines, partial(eq, "sampled_tokens")))
        steps = max((line["step"] for line in lines), default=0)
        table.add_row(str(run), str(steps), f"{wall / 60:.1f}", f"{cpu / 60:.1f}", f"{tokens:.0f}", f"{memory:.1f}")
    return table


def draw(runs: Sequence[Path], out: Path) -> None:
    """Draw how runs went, into one picture: held-out pass rates with intervals, and the curves that they have.

    Raises:
        ConfigError: A file of a run is damaged.
    """
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
            values = _numbers(run / "metrics.jsonl", seen, partial(eq, name))
            panel.plot([line["step"] for line in seen], values, linewidth=1.2)
    panels[0].set(xlabel="step", title="pass@1 on held-out tasks", ylim=(0, None))
    panels[0].legend(frameon=False, fontsize="small")
    for panel, name in zip(panels[1:], curves, strict=False):
        panel.set(xlabel="step", title=CURVES[name])
    for panel in panels[len(curves) + 1 :]:
        panel.set_visible(False)
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    pyplot.close(figure)


def _draw_evaluations(panel: Any, run: Path) -> None:
    files = list(evaluation_files(run).values())
    steps = [int(file.stem.removeprefix("eval_")) for file in files]
    found = [read_evaluation(file).summary() for file in files]
    rates = [numbers["pass@1"] for numbers in found]
    errors = [
        [max(0.0, numbers["pass@1"] - numbers["low"]) for numbers in found],
        [max(0.0, numbers["high"] - numbers["pass@1"]) for numbers in found],
    ]
    label = run.name.replace("$", r"\$")  # else what is between two of them is a formula
    panel.errorbar(steps, rates, yerr=errors, marker="o", capsize=3, linewidth=1.2, label=label)


def _numbers(path: Path, lines: Sequence[Mapping[str, Any]], counts: Callable[[str], bool]) -> list[float]:
    """Return the values of a file's lines whose names count, without those that are not known.

    Raises:
        ConfigError: One of them is no number.
    """
    named = [(name, value) for line in lines for name, value in line.items() if counts(name) and value is not None]
    for name, value in named:
        if not isinstance(value, (int, float)):
            raise ConfigError(f"{str(path)!r} is damaged: {name} is {value!r}, which is no number")
    return [value for _, value in named]


def _rates(data: Mapping[str, Any]) -> dict[str, float]:
    return {task: data["passes"][task] / count for task, count in data["scored"].items() if count}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
