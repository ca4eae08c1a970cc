"""Two evaluations of the same tasks, side by side: `python -m agents.compare BEFORE AFTER`.

Each is a file that `python -m agents.eval out=FILE` wrote, an `eval_*.json` of a run, or the folder of a run, which
stands for its last evaluation. Shown are the means of both sides over the tasks that both have, and the difference with
its 95 % bootstrap interval: tasks are resampled, both sides together.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from envs.core import ConfigError
from envs.statistics import paired_difference

Numbers = Mapping[str, Mapping[str, float]]
"""What was measured -> task -> its value."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        if len(arguments) != 2:
            raise ConfigError(f"expected two files or folders, BEFORE and AFTER, got {len(arguments)}")
        before, after = (read_numbers(Path(argument)) for argument in arguments)
        Console().print(comparison(before, after, " -> ".join(arguments)))
    except ConfigError as error:
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
        found = sorted(path.glob("eval_*.json"))
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


def _rates(data: Mapping[str, Any]) -> dict[str, float]:
    return {task: data["passes"][task] / count for task, count in data["scored"].items() if count}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
