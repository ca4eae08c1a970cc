"""Runs the contract on a sandbox and shows what this host can guarantee: `python -m sandbox.check`."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from sandbox.choose import SANDBOXES, make
from sandbox.conformance import run_checks
from sandbox.core import SandboxError


def main() -> int:
    """Run every check; return 1 if one failed or the sandbox does not start."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.check", description=__doc__)
    parser.add_argument("--sandbox", default="auto", help=f"one of {', '.join(SANDBOXES)} (default: %(default)s)")
    parser.add_argument("--runtime", help="OCI runtime of the Docker engine, such as runsc (default: the engine's own)")
    console, options = Console(), parser.parse_args()
    try:
        sandbox = make(options.sandbox, runtime=options.runtime)
    except (SandboxError, ValueError) as error:
        console.print(f"[red]error:[/] {error}", highlight=False)
        return 1
    with sandbox:
        table = Table("what", "how", title=f"{sandbox.name}: guaranteed on this host")
        for what, how in sandbox.guarantees().items():
            table.add_row(what, how)
        console.print(table)
        failed = 0
        for outcome in run_checks(sandbox):
            mark = "[red]FAILED[/]" if outcome.violation else "skipped" if outcome.skipped else "[green]held[/]  "
            console.print(
                f"{mark} {outcome.wall_time_s:5.2f} s  {outcome.check.promise}", highlight=False, soft_wrap=True
            )
            if reason := outcome.violation or outcome.skipped:
                console.print(f"                {reason}", markup=False, highlight=False, soft_wrap=True)
            failed += bool(outcome.violation)
    console.print(f"{failed} promises broken" if failed else "every promise held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
