"""Looks at a job before it costs anything: `python -m envs.rft job=JOB.json [answer=KEY] [aliases=KEY] [source=KEY]`.

Checks the body, the files and the grader; counts what the files share, of every kind, rows that are given twice, and
how far one gets without solving a task. Other options: `files=FILES.json`. Exit code 0: the job can run; 2: it cannot.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from envs.core import ConfigError
from envs.datasets import normalised_text
from envs.options import parse_overrides, unknown_name
from envs.rft.data import MAX_TRAIN_ROWS, MAX_VALIDATION_ROWS, Row, stream_rows
from envs.rft.job import read_job
from envs.rft.leaks import Probe, probe_leaks
from envs.rft.load import job_fields, job_files
from envs.rft.splits import KINDS, Fields, Overlap, find_overlaps
from envs.verifiers.graders import grader_warnings

OPTIONS = ("job", "files", "answer", "aliases", "source")


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    console = Console()
    try:
        options = parse_overrides(arguments)
        for option in options:
            if option not in OPTIONS:
                raise ConfigError(unknown_name("option", option, OPTIONS))
        if "job" not in options:
            raise ConfigError(f"job=JOB.json is missing; options: {', '.join(OPTIONS)}")
        path = Path(str(options["job"]))
        job = read_job(path)
        fields = job_fields(job, options.get("answer"), options.get("aliases"), options.get("source"))
        places = job_files(job, path, options.get("files"))
        train = list(stream_rows(places[0], most=MAX_TRAIN_ROWS))
        validation = list(stream_rows(places[1], most=MAX_VALIDATION_ROWS))
        warnings = grader_warnings(job.grader)
    except ConfigError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    console.print(f"{len(train)} rows to train on, {len(validation)} to validate on", highlight=False)
    for warning in warnings:
        console.print(f"grader {warning}", style="yellow", markup=False, highlight=False)
    console.print(_overlap_table(train, validation, fields, find_overlaps(train, validation, fields)))
    if probes := probe_leaks(train, validation, fields):
        console.print(_probe_table(probes))
    else:
        console.print("no probe of leaks: no key of the item is known to hold the answer (answer=KEY)", highlight=False)
    return 0


def _overlap_table(train: Sequence[Row], validation: Sequence[Row], fields: Fields, found: Sequence[Overlap]) -> Table:
    """Return a table of what the two files share, and of what each has twice."""
    table = Table(title="what the files share")
    for column in ("kind", "validation rows", "the first"):
        table.add_column(column)
    unknown = {"answer": not (fields.answers or fields.aliases), "source": not fields.source}
    for kind in KINDS:
        shared = [one for one in found if one.kind == kind]
        first = f"lines {shared[0].validation_line} and {shared[0].train_line}: {shared[0].shared}" if shared else ""
        table.add_row(kind, "not known" if unknown.get(kind) else str(len(shared)), first)
    for name, rows in (("training file", train), ("validation file", validation)):
        counts = Counter((normalised_text(row.text), str(row.item)) for row in rows)
        table.add_row(f"twice within the {name}", str(sum(count - 1 for count in counts.values())), "")
    return table


def _probe_table(probes: Sequence[Probe]) -> Table:
    """Return a table of how far one gets without solving a task."""
    table = Table(title="validation answers that are right without solving anything")
    for column in ("from", "share", "by chance", "rows"):
        table.add_column(column, justify="left" if column == "from" else "right")
    for probe in probes:
        chance = "-" if probe.chance is None else f"{probe.chance:.3f}"
        table.add_row(probe.name, f"{probe.hit_rate:.3f}", chance, str(probe.rows))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
