"""What attacks on a grader came to, as a table for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from envs.grader_attacks import Report

_SHOWN = 12


def show_report(report: Report, name: str, console: Console) -> None:
    """Print the answers that were paid best, and the findings."""
    table = Table(
        "answer", "kind", "mean reward", "faults", title=f"attacks on {name} (rewards as shares of its range)"
    )
    best = sorted(report.tried, key=lambda tried: -tried.mean)
    shown = [tried for tried in best if tried.kind == "right"] + [tried for tried in best if tried.kind != "right"]
    for tried in shown[:_SHOWN]:
        reward = f"{tried.mean:.3f}" if tried.shares else "none"
        table.add_row(Text(tried.name), tried.kind, reward, str(len(tried.faults)))
    console.print(table)
    console.print(f"{len(report.tried)} answers tried; without skill at most {report.floor:.3f} may be earned")
    for finding in report.findings:
        style = "red" if finding.serious else "yellow"
        console.print(Text(f"{finding.what}: ", style=style) + Text(finding.message), soft_wrap=True)
    console.print("it pays nothing that it should not" if report.withstood else "it can be gamed, or teaches nothing")
