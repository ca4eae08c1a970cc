"""Tries to be paid for nothing: `python -m envs.audit env=NAME [repeats=2] [limit=N] [seed=0] [out=FOLDER]`.

Over every task: the gold answer must pass with the full reward each time, and so must harmless rewrites of it; harmful
rewrites and plausible wrong answers must fall short of it; no null or hostile answer may pass or earn more than the
environment's floor (one that says the same to many tasks may be right by luck, and may not on average); and every
score must be finite and come out the same when an answer is judged again on the same inputs. What one and the same
answer to all tasks would earn is reported. Needs no model and no torch.

Shows a table and writes `audit.json` and `audit.html` to `out` (default `audits/NAME`). Exit code 0: all of that holds;
1: it does not, or a judgement failed; 2: what was asked for cannot be.
"""

from __future__ import annotations

import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console
from rich.progress import Progress

from envs.audit_report import AuditReport, show, write
from envs.calls import BoundedCalls
from envs.core import SPLITS, ConfigError, RewardAlarm, RewardBreakdown, Task, VerifierError
from envs.datasets import content_hash
from envs.grade import env_from_options, whole_number
from envs.options import parse_overrides
from envs.text_env import TextEnv, guarded, judge
from sandbox.core import SandboxError

OPTIONS = ("env", "repeats", "limit", "seed", "workers", "out", "plugins", "sandbox")

SLOW_TASKS = 3
"""Tasks on which the attacks that run into a limit of time are tried."""

_CLOSE = 1e-9

Kind = Literal["gold", "harmless", "harmful", "wrong", "attack"]
Verdict = Literal["ok", "breach", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One answer whose judgement is known beforehand."""

    task: Task
    kind: Kind
    name: str
    completion: str
    repeat: int = 0
    twice: bool = False
    """Whether it is judged twice on the same inputs, which must give the same reward."""
    constant: bool = False
    """Whether it counts by its mean over the tasks."""


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
        folder = Path(str(options.get("out") or Path("audits", str(options["env"]).replace("/", "_"))))
        folder.mkdir(parents=True, exist_ok=True)
    except (ConfigError, SandboxError, OSError) as error:
        console.print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    findings = audit(env, repeats=repeats, limit=limit, seed=seed, workers=workers, console=console)
    report = summarise(env, findings, title=str(options["env"]), command=" ".join(arguments))
    show(report, Console())
    try:
        write(report, folder)
    except OSError as error:
        console.print(f"error: the report was not written: {error}", style="red", markup=False, highlight=False)
        return 1
    console.print(f"details: {folder / 'audit.html'} and audit.json", markup=False, highlight=False)
    return 0 if report.clean else 1


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
        BoundedCalls(workers or 2 * (os.cpu_count() or 1)) as calls,
    ):
        judged = [calls.submit(_judgements, env, probe, seed) for probe in probes]
        findings = []
        for probe, judgements in zip(probes, progress.track(judged, description="auditing"), strict=True):
            try:
                findings.append(_finding(env, probe, calls.result(judgements)))
            except VerifierError as error:
                findings.append(Finding(probe=probe, verdict="error", reward=None, detail=str(error)))
            except RewardAlarm as alarm:
                findings.append(Finding(probe=probe, verdict="breach", reward=None, detail=str(alarm)))
        return _by_mean(findings, env.floor)


def summarise(env: TextEnv, findings: Sequence[Finding], *, title: str, command: str = "") -> AuditReport:
    """Put the findings together into what is shown and written."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.probe.kind, "all" if finding.probe.kind == "wrong" else finding.probe.name].append(finding)
    rows = []
    for (kind, name), group in groups.items():
        counts = Counter(finding.verdict for finding in group)
        rewards = [finding.reward for finding in group if finding.reward is not None]
        lowest, highest = (min(rewards), max(rewards)) if rewards else (None, None)
        row = {"kind": kind, "answer": name, "judged": len(group), "ok": counts["ok"], "breaches": counts["breach"]}
        rows.append({**row, "errors": counts["error"], "lowest_reward": lowest, "highest_reward": highest})
    problems = [
        {
            "task_id": finding.probe.task.task_id,
            "kind": finding.probe.kind,
            "answer": finding.probe.name,
            "verdict": finding.verdict,
            "reward": finding.reward,
            "detail": finding.detail,
            "completion": finding.probe.completion,
        }
        for finding in findings
        if finding.verdict != "ok"
    ]
    wrong = [finding for finding in findings if finding.probe.kind == "wrong"]
    return AuditReport(
        title=title,
        command=command,
        rows=tuple(rows),
        problems=tuple(problems),
        floor=env.floor,
        splits={split: len(env.tasks(split)) for split in SPLITS},
        wrong_rejected=sum(finding.verdict == "ok" for finding in wrong),
        wrong_total=len(wrong),
        no_skill=_no_skill(findings),
    )


def _no_skill(findings: Sequence[Finding]) -> dict[str, float | str] | None:
    """Return the one answer that earns most on average when it is given to every task, and what it earns."""
    rewards: dict[str, list[float]] = defaultdict(list)
    names: dict[str, str] = {}
    tasks = {finding.probe.task.task_id for finding in findings}
    for finding in findings:
        if finding.probe.kind == "attack" and finding.reward is not None:
            rewards[finding.probe.completion].append(finding.reward)
            names[finding.probe.completion] = finding.probe.name
    means = {text: math.fsum(earned) / len(tasks) for text, earned in rewards.items() if len(earned) == len(tasks)}
    if not means:
        return None
    best = max(means, key=lambda text: means[text])
    return {"answer": names[best], "mean_reward": means[best]}


def _probes(env: TextEnv, task: Task, repeats: int, early: bool) -> Iterator[Probe]:
    for repeat in range(repeats if task.gold is not None else 0):
        gold = task.gold or ""
        yield Probe(task=task, kind="gold", name="gold", completion=gold, repeat=repeat, twice=repeat == 0)
    for name, completion in env.harmless_rewrites(task).items():
        yield Probe(task=task, kind="harmless", name=name, completion=completion)
    for name, completion in env.harmful_rewrites(task).items():
        yield Probe(task=task, kind="harmful", name=name, completion=completion)
    for index, completion in enumerate(env.wrong_answers(task)):
        yield Probe(task=task, kind="wrong", name=f"wrong {index + 1}", completion=completion, twice=early)
    for attack in env.attacks(task):
        if attack.slow and not early:
            continue
        twice = early and not attack.slow
        probe = Probe(task=task, kind="attack", name=attack.name, completion=attack.completion, twice=twice)
        yield replace(probe, constant=attack.constant)


def _judgements(env: TextEnv, probe: Probe, seed: int) -> list[RewardBreakdown]:
    return [_judged(env, probe, seed) for _ in range(2 if probe.twice else 1)]


def _finding(env: TextEnv, probe: Probe, breakdowns: list[RewardBreakdown]) -> Finding:
    breakdown, reward = breakdowns[0], breakdowns[0].total
    if any(other.total != reward or other.passed != breakdown.passed for other in breakdowns):
        detail = f"judged twice on the same inputs, it earned {reward} and {breakdowns[1].total}"
        return Finding(probe=probe, verdict="breach", reward=reward, detail=detail)
    if probe.kind in ("gold", "harmless"):
        fine = breakdown.passed and abs(reward - 1.0) < _CLOSE
    elif probe.constant:
        fine = True
    else:
        fine = not breakdown.passed and reward < 1.0
        fine = fine and (probe.kind != "attack" or reward <= env.floor + _CLOSE)
    detail = f"reward {reward:.3f}. {breakdown.feedback}"
    return Finding(probe=probe, verdict="ok" if fine else "breach", reward=reward, detail=detail)


def _by_mean(findings: Sequence[Finding], floor: float) -> list[Finding]:
    """Return the findings; those of a constant answer that earns more than the floor on average are breaches."""
    rewards: dict[str, list[float]] = defaultdict(list)
    for finding in findings:
        if finding.probe.constant and finding.reward is not None:
            rewards[finding.probe.name].append(finding.reward)
    means = {name: math.fsum(earned) / len(earned) for name, earned in rewards.items()}
    return [
        replace(finding, verdict="breach", detail=f"{finding.detail} On average {means[finding.probe.name]:.3f}.")
        if finding.probe.constant and means.get(finding.probe.name, 0.0) > floor + _CLOSE and finding.reward
        else finding
        for finding in findings
    ]


def _judged(env: TextEnv, probe: Probe, seed: int) -> RewardBreakdown:
    rng = np.random.default_rng([seed, probe.repeat, int(content_hash(probe.task.task_id)[:16], 16)])
    breakdown = judge(env.verifier, guarded("begin", env.begin, probe.task, rng), probe.completion)
    if not -_CLOSE <= breakdown.total <= 1.0 + _CLOSE:
        raise VerifierError(f"the reward {breakdown.total!r} is not in [0, 1]")
    return breakdown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
