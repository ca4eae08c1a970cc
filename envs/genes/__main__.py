"""What is earned without a model, and what a list gives away: `python -m envs.genes baselines|leak [env.OPTION=...]`.

    python -m envs.genes baselines env.cases=PATH split=heldout
    python -m envs.genes leak env.cases=PATH env.gene_set=known env.per_gene=null sample=2000 own_papers=false

Options: `env.*` (see the page of the environment), `split` (a split or `all`), `sample` (tasks at most, by a hash of
their ids; 0: all), `seed`, `out` (a JSON file), and of `leak` `policy=ranker` and `own_papers`: whether the ranker may
use what the paper of a case says of its disease. Exit code 2: what was asked for cannot be.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from envs.core import SPLITS, ConfigError, VerifierError
from envs.datasets import content_hash
from envs.genes.baselines import (
    Results,
    baselines,
    ranker_policy,
    ranker_without_own_papers,
    seeing_only,
)
from envs.genes.env import GenesEnv
from envs.genes.leak import LeakReport, Player, audit_leak
from envs.genes.ranker import ABSENT_MEANINGS, AbsentMeans
from envs.grade import whole_number
from envs.jsonl import write_lines
from envs.options import nested_options, parse_overrides, unknown_name
from envs.registry import make

COMMANDS = ("baselines", "leak")
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "baselines": ("split", "sample", "seed", "out"),
    "leak": ("split", "sample", "seed", "out", "policy", "own_papers"),
}
POLICIES = ("ranker",)


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    console = Console()
    try:
        command, *rest = arguments or [""]
        if command not in COMMANDS:
            raise ConfigError(unknown_name("command", command, COMMANDS))
        options = parse_overrides(rest)
        for option in options:
            if option != "env." and option not in OPTIONS[command]:
                raise ConfigError(unknown_name(f"option of {command}", option, [*OPTIONS[command], "env.<option>"]))
        run_baselines(options, console) if command == "baselines" else run_leak(options, console)
    except (ConfigError, VerifierError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def run_baselines(options: Mapping[str, Any], console: Console) -> None:
    """Print what each way without a language model earns.

    Raises:
        ConfigError: An option that cannot be.
    """
    env = make("genes", **nested_options(options.get("env.", {}))).unwrapped
    assert isinstance(env, GenesEnv)
    split = _split(options, "heldout")
    choose = _chooser(options)
    tasks = [task for task in env.tasks(None if split == "all" else split) if task.task_id]
    chosen = choose(sorted(task.task_id for task in tasks))
    tasks = [task for task in tasks if task.task_id in chosen]
    if not tasks:
        raise ConfigError(f"the split {split!r} holds no task")
    results = baselines(env, tasks, whole_number(options, "seed", 0))
    offered = f", {env.candidates} candidates" if env.candidates else ""
    console.print(_table(results, f"genes, {split}: {len(tasks)} tasks{offered}", env.rules.max_items))
    console.print(f"HPO {env.hpo_version}; left out: {dict(env.dropped) or 'nothing'}", highlight=False)
    _write(options, {name: _numbers(result) for name, result in results.items()})


def run_leak(options: Mapping[str, Any], console: Console) -> None:
    """Print what a policy finds in each reading of the same cases.

    Raises:
        ConfigError: An option that cannot be.
    """
    policy = options.get("policy", "ranker")
    if policy not in POLICIES:
        raise ConfigError(unknown_name("policy", policy, POLICIES) + " (a model: python -m agents.readings)")
    own_papers = options.get("own_papers", True)
    if not isinstance(own_papers, bool):
        raise ConfigError(f"own_papers must be true or false, got {own_papers!r}")
    split = _split(options, "all")
    env_options = nested_options(options.get("env.", {}))

    def player(env: GenesEnv, means: str) -> Player:
        meaning: AbsentMeans = means  # type: ignore[assignment]  # one of ABSENT_MEANINGS
        assert meaning in ABSENT_MEANINGS
        return seeing_only(ranker_policy(env, meaning)) if own_papers else ranker_without_own_papers(env, meaning)

    limit = _chooser(options)
    members: set[str] | None = None
    if split != "all":
        env = make("genes", **env_options).unwrapped
        assert isinstance(env, GenesEnv)
        members = {task.task_id for task in env.tasks(split)}
    report = audit_leak(
        env_options, player, lambda ids: limit([name for name in ids if members is None or name in members])
    )
    _show_leak(report, console)
    _write(options, _leak_numbers(report))


def _show_leak(report: LeakReport, console: Console) -> None:
    console.print(_table(report.rows, f"the same {report.cases} cases in every reading", None))
    lines = [
        ("leak index: absent alone - control", report.leak_index),
        ("the same, neutralised", report.neutralised_index),
        ("absent as evidence for - present only", report.gain),
    ]
    for name, (mean, low, high) in lines:
        console.print(f"{name}: {mean:+.3f} ({low:+.3f} to {high:+.3f})", highlight=False)
    console.print(
        f"absent features that another case of the gene has: {report.cohort_share:.1%}, "
        f"neutralised {report.neutralised_share:.1%}",
        highlight=False,
    )
    for means, moved in report.counterfactual.items():
        console.print(
            f"counterfactual, absent as {means}: {moved.overtook} of {moved.asked} genes overtake the right one when a "
            "feature that speaks for them turns from absent to present",
            highlight=False,
        )


def _table(results: Mapping[str, Results], title: str, max_items: int | None) -> Table:
    table = Table(title=title)
    last = [f"top@{max_items}"] if max_items else []
    for column in ("", "reward", "top@1", "95 %", "top@5", *last, "by gene"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, result in results.items():
        low, high = result.interval("top@1")
        table.add_row(
            name,
            f"{result.mean('reward'):.3f}",
            f"{result.mean('top@1'):.3f}",
            f"{low:.3f}-{high:.3f}",
            *(f"{result.mean(measure):.3f}" for measure in ("top@5", *last)),
            f"{result.macro('top@1'):.3f}",
        )
    return table


def _numbers(result: Results) -> dict[str, Any]:
    means = {name: result.mean(name) for name in ("reward", *result.measures)}
    return {
        **{name: value for name, value in means.items() if math.isfinite(value)},
        "top@1 interval": result.interval("top@1"),
        "top@1 by gene": result.macro("top@1"),
    }


def _leak_numbers(report: LeakReport) -> dict[str, Any]:
    return {
        "cases": report.cases,
        "leak_index": report.leak_index,
        "neutralised_index": report.neutralised_index,
        "gain": report.gain,
        "cohort_share": report.cohort_share,
        "neutralised_share": report.neutralised_share,
        "counterfactual": {
            means: {"asked": moved.asked, "overtook": moved.overtook} for means, moved in report.counterfactual.items()
        },
        "rows": {name: _numbers(result) for name, result in report.rows.items()},
    }


def _split(options: Mapping[str, Any], default: str) -> str:
    split = str(options.get("split", default))
    if split not in (*SPLITS, "all"):
        raise ConfigError(unknown_name("split", split, [*SPLITS, "all"]))
    return split


def _chooser(options: Mapping[str, Any]) -> Callable[[Sequence[str]], set[str]]:
    sample = whole_number(options, "sample", 0)
    return lambda ids: set(sorted(ids, key=content_hash)[: sample or None])


def _write(options: Mapping[str, Any], numbers: Mapping[str, Any]) -> None:
    if options.get("out"):
        write_lines(Path(str(options["out"])), [json.loads(json.dumps(numbers))])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
