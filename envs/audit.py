"""Tries to be paid for nothing: `python -m envs.audit env=NAME [repeats=2] [limit=N] [seed=0]`.

Over every task: the gold answer must pass with the full reward each time, plausible wrong answers must fall short of
it, and no null or hostile answer may pass or earn more than the environment's floor. Exit code 0: all of that holds; 1:
it does not, or a judgement failed; 2: what was asked for cannot be.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from envs.core import ConfigError, Task, VerifierError
from envs.datasets import content_hash
from envs.grade import env_from_options, whole_number
from envs.options import parse_overrides
from envs.text_env import TextEnv, guarded, judge
from sandbox.core import SandboxError

OPTIONS = ("env", "repeats", "limit", "seed", "workers", "plugins", "sandbox")

SLOW_TASKS = 3
"""Tasks on which the attacks that run into a limit of time are tried."""

Kind = Literal["gold", "wrong", "attack"]
Verdict = Literal["ok", "breach", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One answer whose judgement is known beforehand."""

    task: Task
    kind: Kind
    name: str
    completion: str
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one probe."""

    probe: Probe
    verdict: Verdict
    reward: float | None
    detail: str = ""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    try:
        options = parse_overrides(arguments)
        env = env_from_options(options, OPTIONS)
        env.prepare()
        repeats = whole_number(options, "repeats", 2)
        limit = whole_number(options, "limit", 0)
        seed, workers = whole_number(options, "seed", 0), whole_number(options, "workers", 0)
    except (ConfigError, SandboxError) as error:
        console.print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    findings = audit(env, repeats=repeats, limit=limit, seed=seed, workers=workers, console=console)
    report(findings, Console())
    return 0 if all(finding.verdict == "ok" for finding in findings) else 1


def audit(
    env: TextEnv, *, repeats: int = 2, limit: int = 0, seed: int = 0, workers: int = 0, console: Console | None = None
) -> list[Finding]:
    """Judge every probe and return the findings.

    Args:
        env: The environment to try.
        repeats: Judgements of each gold answer, each on hidden inputs of its own.
        limit: Tasks that are tried, evenly spread over all of them; 0: all.
        seed: Decides the hidden inputs.
        workers: Judgements at the same time; 0: twice the processors.
        console: Where the progress bar is drawn; None: nowhere.
    """
    tasks = env.tasks()
    chosen = tasks[:: max(1, -(-len(tasks) // limit))] if limit else tasks
    probes = [probe for index, task in enumerate(chosen) for probe in _probes(env, task, repeats, index < SLOW_TASKS)]
    with (
        Progress(console=console, disable=console is None) as progress,
        ThreadPoolExecutor(workers or 2 * (os.cpu_count() or 1)) as pool,
    ):
        judged = pool.map(lambda probe: _finding(env, probe, seed), probes)
        return list(progress.track(judged, total=len(probes), description="auditing"))


def report(findings: Sequence[Finding], console: Console) -> None:
    """Print a table of the findings, and every one that is not as it should be."""
    table = Table("kind", "answer", "judged", "as expected", "breaches", "errors", "highest reward")
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        name = finding.probe.name if finding.probe.kind == "attack" else "all"
        groups.setdefault((finding.probe.kind, name), []).append(finding)
    for (kind, name), group in groups.items():
        counts = Counter(finding.verdict for finding in group)
        highest = max((finding.reward for finding in group if finding.reward is not None), default=float("nan"))
        numbers = (str(len(group)), str(counts["ok"]), str(counts["breach"]), str(counts["error"]))
        table.add_row(kind, name, *numbers, f"{highest:.3f}")
    console.print(table)
    wrong = [finding for finding in findings if finding.probe.kind == "wrong"]
    if wrong:
        killed = sum(finding.verdict == "ok" for finding in wrong)
        console.print(f"mutation score: {killed} of {len(wrong)} wrong answers rejected ({killed / len(wrong):.1%})")
    for finding in findings:
        if finding.verdict != "ok":
            probe = finding.probe
            console.print(f"{finding.verdict}: {probe.task.task_id}: {probe.kind} {probe.name}: {finding.detail}")


def _probes(env: TextEnv, task: Task, repeats: int, slow: bool) -> Iterator[Probe]:
    for repeat in range(repeats if task.gold is not None else 0):
        yield Probe(task=task, kind="gold", name="gold", completion=task.gold or "", repeat=repeat)
    for index, completion in enumerate(env.wrong_answers(task)):
        yield Probe(task=task, kind="wrong", name=f"wrong {index + 1}", completion=completion)
    for attack in env.attacks(task):
        if attack.slow and not slow:
            continue
        yield Probe(task=task, kind="attack", name=attack.name, completion=attack.completion)


def _finding(env: TextEnv, probe: Probe, seed: int) -> Finding:
    rng = np.random.default_rng([seed, probe.repeat, int(content_hash(probe.task.task_id)[:16], 16)])
    try:
        breakdown = judge(env.verifier, guarded("begin", env.begin, probe.task, rng), probe.completion)
    except VerifierError as error:
        return Finding(probe=probe, verdict="error", reward=None, detail=str(error))
    reward = breakdown.total
    if probe.kind == "gold":
        fine = breakdown.passed and abs(reward - 1.0) < 1e-9
    else:
        fine = not breakdown.passed and reward < 1.0
        fine = fine and (probe.kind == "wrong" or reward <= env.floor + 1e-9)
    detail = f"reward {reward:.3f}. {breakdown.feedback}"
    return Finding(probe=probe, verdict="ok" if fine else "breach", reward=reward, detail=detail)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
