"""What an audit found: on the screen, as JSON, and as one HTML page that needs nothing beside it."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_COLUMNS = ("kind", "answer", "judged", "ok", "breaches", "errors", "lowest_reward", "highest_reward")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>audit: {title}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #223 }}
table {{ border-collapse: collapse; width: 100% }} th, td {{ text-align: left; padding: .25rem .6rem }}
tr {{ border-bottom: 1px solid #dde }} td.n {{ text-align: right; font-variant-numeric: tabular-nums }}
.bad td {{ background: #fdd }} .ok {{ color: #063 }} .no {{ color: #a00 }}
pre {{ background: #f4f4f8; padding: .6rem; overflow-x: auto; max-height: 20rem }}
</style></head><body>
<h1>audit: {title}</h1>
<p class="{mark}"><strong>{verdict}</strong></p>
<ul>{facts}</ul>
<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
{problems}
</body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The outcome of an audit, all in plain data."""

    title: str
    command: str
    rows: tuple[Mapping[str, Any], ...]
    """One for each kind of answer and name: how many were judged, and how."""
    problems: tuple[Mapping[str, Any], ...]
    """Every judgement that is not as it should be."""
    floor: float
    splits: Mapping[str, int]
    """Tasks in each split; that they share no content was proved when the environment was made."""
    wrong_rejected: int
    wrong_total: int
    no_skill: Mapping[str, Any] | None
    """The answer that earns most when it is given to every task, and its mean reward; None if none was tried on all."""

    @property
    def clean(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems

    def facts(self) -> list[str]:
        """Return what is worth saying besides the table, in sentences."""
        sizes = ", ".join(f"{name} {size}" for name, size in self.splits.items())
        lines = [f"splits, proved to share no content: {sizes} tasks", f"floor: {self.floor:g}"]
        if self.wrong_total:
            share = self.wrong_rejected / self.wrong_total
            lines.append(
                f"mutation score: {self.wrong_rejected} of {self.wrong_total} wrong answers rejected ({share:.1%})"
            )
        if self.no_skill is not None:
            lines.append(
                f"best answer without skill, given to every task: {self.no_skill['answer']}, "
                f"mean reward {self.no_skill['mean_reward']:.3f}"
            )
        return lines

    def verdict(self) -> str:
        """Return the outcome in a sentence."""
        judged = sum(row["judged"] for row in self.rows)
        if self.clean:
            return f"all {judged} judgements are as they should be"
        return f"{len(self.problems)} of {judged} judgements are not as they should be"


def show(report: AuditReport, console: Console) -> None:
    """Print a table, the facts, and every judgement that is not as it should be."""
    table = Table(title=f"audit: {report.title}")
    table.add_column("kind", no_wrap=True)
    table.add_column("answer")  # the one that gives way in a narrow window
    for name in ("judged", "fine", "breach", "error", "lowest", "highest"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.rows:
        table.add_row(*(_shown(row[column]) for column in _COLUMNS))
    console.print(table)
    for line in [*report.facts(), report.verdict()]:
        console.print(line, markup=False, highlight=False)
    for problem in report.problems:
        where = f"{problem['verdict']}: {problem['task_id']}: {problem['kind']} {problem['answer']}"
        console.print(f"{where}: {problem['detail']}", markup=False, highlight=False)


def write(report: AuditReport, folder: Path) -> None:
    """Write `audit.json` and `audit.html`.

    Raises:
        OSError: They cannot be written.
    """
    text = json.dumps({"clean": report.clean, **asdict(report)}, indent=2, default=str)
    (folder / "audit.json").write_text(text + "\n", encoding="utf-8")
    (folder / "audit.html").write_text(_page(report), encoding="utf-8", errors="backslashreplace")


def _page(report: AuditReport) -> str:
    rows = "".join(
        f'<tr class="{"" if row["ok"] == row["judged"] else "bad"}">'
        + "".join(
            f'<td class="{"" if column in _COLUMNS[:2] else "n"}">{_cell(row[column])}</td>' for column in _COLUMNS
        )
        + "</tr>"
        for row in report.rows
    )
    problems = "".join(
        f"<h3>{_cell(problem['verdict'])}: {_cell(problem['task_id'])}, {_cell(problem['kind'])} "
        f"{_cell(problem['answer'])}</h3><p>{_cell(problem['detail'])}</p><pre>{_cell(problem['completion'])}</pre>"
        for problem in report.problems
    )
    facts = [*report.facts(), *([f"python -m envs.audit {report.command}"] if report.command else [])]
    return _PAGE.format(
        title=_cell(report.title),
        mark="ok" if report.clean else "no",
        verdict=_cell(report.verdict()),
        facts="".join(f"<li>{_cell(fact)}</li>" for fact in facts),
        head="".join(f"<th>{_cell(column.replace('_', ' '))}</th>" for column in _COLUMNS),
        rows=rows,
        problems=f"<h2>What is wrong</h2>{problems}" if problems else "",
    )


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _cell(value: Any) -> str:
    return html.escape(_shown(value))
