"""What is left of a run: the summary on the screen and in `summary.json`, and the curves in `curves.png`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from rich.table import Table

from agents.checkpoint import write_atomic
from agents.config import TrainConfig
from agents.eval import plain_console, results_table
from agents.metrics import NO_COMMON_TASK, EvalResult, finite, is_seconds, rate_difference, read_lines
from agents.run import Run


def finish(run: Run, config: TrainConfig) -> dict[str, Any]:
    """Summarise a finished run: print, write `summary.json` and `curves.png`, and return the summary.

    Raises:
        ConfigError: A file of the run is damaged.
    """
    evaluations = run.evaluations()
    timing = read_lines(run.folder / "timing.jsonl")
    first, last = min(evaluations), max(evaluations)
    summary: dict[str, Any] = {
        "env": config.env.name,
        "model": config.model,
        "seed": config.seed,
        "split": config.eval.split,
        "steps": run.last_step,
        "seconds": round(sum(value for line in timing for key, value in line.items() if is_seconds(key)), 1),
        "peak_memory_bytes": max((int(line.get("peak_memory_bytes", 0)) for line in timing), default=0),
        "before": evaluations[first].summary(),
        "after": evaluations[last].summary(),
        "difference": rate_difference(evaluations[first], evaluations[last]),
    }
    if summary["difference"] is None:
        summary["note"] = NO_COMMON_TASK
    lines = read_lines(run.folder / "metrics.jsonl")
    if audit := _audit_in_training(lines):
        summary["audit_in_training"] = audit
    stored = {key: finite(value) if isinstance(value, dict) else value for key, value in summary.items()}
    write_atomic(run.folder / "summary.json", json.dumps(stored, indent=2) + "\n")
    draw_curves(run.folder, evaluations)
    _show(summary, evaluations[last], run.folder)
    return summary


def draw_curves(folder: Path, evaluations: dict[int, EvalResult]) -> None:
    """Draw pass rates, completion length and, where there was an audit, the hacking gap, into `curves.png`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = read_lines(folder / "metrics.jsonl")
    steps = [line["step"] for line in lines]
    audited = [line for line in lines if line.get("hacking_gap") is not None]
    panels = 3 if audited else 2
    figure, axes = pyplot.subplots(1, panels, figsize=(5 * panels, 3.8), layout="constrained")
    left, right = axes[:2]
    left.plot(steps, [line["pass_rate"] for line in lines], color="#9ab", label="train tasks, each step")
    rates = [(step, result.summary()) for step, result in evaluations.items()]
    centres = [numbers["pass@1"] for _, numbers in rates]
    errors = [
        [max(0.0, numbers["pass@1"] - numbers["low"]) for _, numbers in rates],
        [max(0.0, numbers["high"] - numbers["pass@1"]) for _, numbers in rates],
    ]
    left.errorbar(
        [step for step, _ in rates], centres, yerr=errors, color="#06c", marker="o", capsize=3, label="held-out tasks"
    )
    left.set(xlabel="step", ylabel="pass@1", ylim=(0, None))
    left.legend(frameon=False)
    if rate_difference(evaluations[min(evaluations)], evaluations[max(evaluations)]) is None:
        left.set_title(NO_COMMON_TASK, fontsize="medium")
    right.plot(steps, [line["completion_length"] for line in lines], color="#c60")
    right.set(xlabel="step", ylabel="tokens a completion", ylim=(0, None))
    if audited:
        _draw_gap(axes[2], audited)
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(folder / "curves.png", dpi=120)
    pyplot.close(figure)


def _draw_gap(axes: Any, lines: list[dict[str, Any]]) -> None:
    """Draw what was paid and not deserved, by the audit, the larger the dot the more was audited."""
    steps, gaps = [line["step"] for line in lines], [line["hacking_gap"] for line in lines]
    axes.plot(steps, gaps, color="#c30", linewidth=1)
    axes.scatter(steps, gaps, s=[4 + 4 * line["audited"] for line in lines], color="#c30")
    axes.set(xlabel="step", ylabel="reward-hacking gap", ylim=(min(-0.02, *gaps), 1.02))
    axes.set_title("training score - audit score", fontsize="medium")


def _audit_in_training(lines: list[dict[str, Any]]) -> dict[str, float]:
    """Return the audit's numbers over all steps; empty if nothing was audited."""
    audited = [line for line in lines if line.get("audited")]
    count = sum(line["audited"] for line in audited)
    means = {
        name: math.fsum(line[name] * line["audited"] for line in audited) / count
        for name in ("audit", "hacking_gap")
        if count
    }
    return {"audited": count, **means} if count else {}


def _show(summary: dict[str, Any], last: EvalResult, folder: Path) -> None:
    console = plain_console()
    console.print(results_table(last, f"{summary['env']}, {summary['split']}, after {summary['steps']} steps"))
    table = Table(title="pass@1 on tasks that were never trained on")
    for column in ("before", "after", "difference", "95 % interval"):
        table.add_column(column, justify="right")
    difference = summary["difference"]
    cells = (
        [f"{difference['mean']:+.3f}", f"{difference['low']:+.3f} to {difference['high']:+.3f}"]
        if difference
        else ["-", "-"]
    )
    table.add_row(f"{summary['before']['pass@1']:.3f}", f"{summary['after']['pass@1']:.3f}", *cells)
    console.print(table)
    if not difference:
        console.print(NO_COMMON_TASK, highlight=False)
    if audit := summary.get("audit_in_training"):
        console.print(
            f"reward-hacking gap in training {audit['hacking_gap']:.3f}, over {audit['audited']} audited answers",
            highlight=False,
        )
    memory = summary["peak_memory_bytes"] / 2**30
    console.print(f"{summary['seconds'] / 60:.1f} minutes, {memory:.1f} GiB at most; everything is in {folder}")
