"""Grades stored answers: `python -m envs.grade env=code env.tasks=FILE answers=ANSWERS.jsonl out=GRADED.jsonl`.

Answers are lines of `{"task_id", "completion"}`. Out comes one line per line in, in the same order:
`{"task_id", "reward", "status", "terms", "feedback"}`, where `status` is `passed`, `failed` or `error`. An error is
ours: its reward is null, and the command's exit code is 1. Exit code 2: what was asked for cannot be, and nothing ran.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from envs.calls import BoundedCalls
from envs.core import ConfigError, RewardAlarm, Task, VerifierError
from envs.datasets import content_hash
from envs.jsonl import Record, read_records, shown, write_lines
from envs.options import nested_options, parse_overrides, unknown_name
from envs.registry import load_plugins, make
from envs.sandboxes import sandbox_choice, sandbox_option
from envs.text_env import TextEnv, guarded, judge
from sandbox.core import SandboxError

OPTIONS = ("env", "answers", "out", "seed", "workers", "plugins", "sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One stored answer."""

    task_id: str
    completion: str


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    try:
        options = parse_overrides(arguments)
        env = env_from_options(options, OPTIONS, needed=("answers", "out"))
        out = Path(str(options["out"]))
        if not out.parent.is_dir():
            raise ConfigError(f"out={str(out)!r}: there is no folder {str(out.parent)!r}")
        answers = read_answers(str(options["answers"]), env)
        env.prepare()
        graded = grade(env, answers, whole_number(options, "seed", 0), whole_number(options, "workers", 0), console)
        write_lines(out, graded)
    except ConfigError as error:
        console.print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    except (SandboxError, RewardAlarm, OSError) as error:
        console.print(f"error: {type(error).__name__}: {error}", style="red", markup=False, highlight=False)
        return 1
    failed = sum(line["reward"] is None for line in graded)
    passed = sum(line["status"] == "passed" for line in graded)
    console.print(f"{passed} of {len(graded)} passed, {failed} without a reward because of us -> {out}", markup=False)
    return 1 if failed else 0


def grade(
    env: TextEnv, answers: Sequence[Answer], seed: int = 0, workers: int = 0, console: Console | None = None
) -> list[dict[str, Any]]:
    """Grade answers, several at a time, and return one line for each, in their order.

    Args:
        env: The environment whose tasks were answered.
        answers: The answers.
        seed: Decides the hidden inputs; all answers to a task are judged on the same ones.
        workers: Answers graded at the same time; 0: twice the processors.
        console: Where the progress bar is drawn; None: nowhere.

    Raises:
        ConfigError: An answer to a task that does not exist.
    """
    tasks = {answer.task_id: env.task(answer.task_id) for answer in answers}

    def one(answer: Answer) -> dict[str, Any]:
        rng = np.random.default_rng([seed, int(content_hash(answer.task_id)[:16], 16)])
        return _graded(env, tasks[answer.task_id], answer.completion, rng)

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=console, disable=console is None) as progress,
        BoundedCalls(workers or 2 * (os.cpu_count() or 1)) as calls,
    ):
        judged = [calls.submit(one, answer) for answer in answers]
        lines = []
        for answer, line in zip(answers, progress.track(judged), strict=True):
            try:
                lines.append(calls.result(line))
            except VerifierError as error:
                lines.append(_ungraded(answer.task_id, error))
        return lines


def read_answers(path: str, env: TextEnv) -> list[Answer]:
    """Read a file of answers and check that every one answers a task.

    Raises:
        ConfigError: The file cannot be read, or a line is malformed or names no task (with file, line and field).
    """
    return [_answer(record, env) for record in read_records(path)]


def env_from_options(options: Mapping[str, Any], known: Sequence[str], needed: Sequence[str] = ()) -> TextEnv:
    """Make the environment that a command's options name, after its plug-ins are loaded.

    Args:
        options: What `parse_overrides` made of the command line: `env`, its options under `env.`, `plugins`, and
            `sandbox` with its options under `sandbox.`.
        known: Every option of the command.
        needed: Those that must be given, besides `env`.

    Raises:
        ConfigError: An option is unknown, missing, or cannot be.
    """
    for option in options:
        if option.removesuffix(".") not in known or (option.endswith(".") and option not in ("env.", "sandbox.")):
            raise ConfigError(unknown_name("option", option.removesuffix("."), known))
    for option in ("env", *needed):
        if options.get(option) is None:
            raise ConfigError(f"{option}=... is missing; options: {', '.join(known)} and env.<option>")
    plugins = options.get("plugins") or []
    load_plugins([str(plugin) for plugin in (plugins if isinstance(plugins, list) else [plugins])])
    env_options = nested_options(options.get("env.", {}))
    if "sandbox" in options or "sandbox." in options:
        command = {"name": options.get("sandbox", "auto"), **nested_options(options.get("sandbox.", {}))}
        env_options["sandbox"] = sandbox_option(sandbox_choice(command), env_options.get("sandbox"))
    env = make(str(options["env"]), **env_options).unwrapped
    if not isinstance(env, TextEnv):
        raise ConfigError(f"the environment {options['env']!r} is not a TextEnv, so its answers cannot be graded")
    return env


def whole_number(options: Mapping[str, Any], name: str, default: int) -> int:
    """Return an option that must be a non-negative integer.

    Raises:
        ConfigError: It is something else.
    """
    value = options.get(name, default)
    if type(value) is not int or value < 0:
        raise ConfigError(f"{name} must be a non-negative integer, got {value!r}")
    return value


def _answer(record: Record, env: TextEnv) -> Answer:
    value = record.fields.get("task_id")
    task_id = str(value) if type(value) is int else record.text("task_id")
    try:
        env.task(task_id)
    except ConfigError as error:
        record.fail("task_id", str(error))
    if "completion" not in record.fields:
        record.fail("completion", f"is missing; the line has {', '.join(map(repr, record.fields))}")
    completion = record.fields["completion"]
    if not isinstance(completion, str):
        record.fail("completion", f"must be text, got {shown(completion)}")
    return Answer(task_id=task_id, completion=completion)


def _graded(env: TextEnv, task: Task, completion: str, rng: np.random.Generator) -> dict[str, Any]:
    breakdown = judge(env.verifier, guarded("begin", env.begin, task, rng), completion)
    return {
        "task_id": task.task_id,
        "reward": breakdown.total,
        "status": "passed" if breakdown.passed else "failed",
        "terms": {name: {"score": term.score, "weight": term.weight} for name, term in breakdown.terms.items()},
        "feedback": breakdown.feedback,
    }


def _ungraded(task_id: str, error: VerifierError) -> dict[str, Any]:
    return {"task_id": task_id, "reward": None, "status": "error", "terms": {}, "feedback": str(error)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
