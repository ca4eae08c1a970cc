"""The whole library, judged as it is in training: every solution and every wrong program, in each sandbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import envs
from envs.code.extract import fenced
from envs.code.rewrites import harmless
from envs.core import Task
from envs.text_env import TextEnv, judge
from sandbox.core import Sandbox


@pytest.mark.slow
def test_every_solution_passes_and_every_wrong_program_fails(
    any_sandbox: Sandbox, report: Callable[[str], None]
) -> None:
    env = envs.make("code", difficulty="all", sandbox=any_sandbox).unwrapped
    # all of them in the one sandbox, whose judge is the other's too
    tasks = env.tasks() if any_sandbox.name == "bubblewrap" else env.tasks()[::4]

    def grade(task: Task) -> tuple[float, list[float]]:
        drawn = env.begin(task, np.random.default_rng(20))
        rewards = [judge(env.verifier, drawn, answer).total for answer in (task.gold, *env.wrong_answers(task))]
        return rewards[0], rewards[1:]

    with ThreadPoolExecutor(8) as judges:
        graded = dict(zip((task.task_id for task in tasks), judges.map(grade, tasks), strict=True))
    wrong = [reward for _, rewards in graded.values() for reward in rewards]
    rejected = sum(reward < 1.0 for reward in wrong)
    report(f"mutation score on {any_sandbox.name}: {rejected} of {len(wrong)} wrong programs rejected")
    assert {task_id for task_id, (solution, _) in graded.items() if solution != 1.0} == set()
    assert {task_id for task_id, (_, rewards) in graded.items() if 1.0 in rewards} == set()
    assert len(graded) == len(tasks) and len(env.tasks()) >= 200
    assert len(wrong) >= 2 * len(graded)


def rewritten(source: str, entry_point: str | None, place: int) -> list[str]:
    """Return two rewrites of a program, other ones for each place, that differ from it as texts."""
    answers = [answer for answer in harmless(source, entry_point).values() if answer != fenced(source)]
    return [answers[place % len(answers)], answers[(place + 3) % len(answers)]]


@pytest.mark.slow
def test_rewrites_keep_right_programs_right_and_wrong_programs_wrong(
    bubblewrap: Sandbox, report: Callable[[str], None]
) -> None:
    env = envs.make("code", difficulty="all", sandbox=bubblewrap).unwrapped
    assert isinstance(env, TextEnv)
    right: list[tuple[Task, str]] = []
    wrong: list[tuple[Task, str]] = []
    for task in env.tasks():
        problem, entry_point = task.reference.problem, task.reference.entry_point
        right += [(task, answer) for answer in rewritten(problem.solution, entry_point, len(right))]
        for source in problem.wrong:
            wrong += [(task, answer) for answer in rewritten(source, entry_point, len(wrong))]

    def passes(job: tuple[Task, str]) -> bool:
        task, answer = job
        return judge(env.verifier, env.begin(task, np.random.default_rng(21)), answer).passed

    with ThreadPoolExecutor(8) as judges:
        rejected_right = [job for job, passed in zip(right, judges.map(passes, right), strict=True) if not passed]
        paid_wrong = [job for job, passed in zip(wrong, judges.map(passes, wrong), strict=True) if passed]
    report(f"rewrites: {len(rejected_right)} of {len(right)} right programs rejected")
    report(f"rewrites: {len(paid_wrong)} of {len(wrong)} wrong programs paid")
    assert [(task.task_id, answer) for task, answer in rejected_right] == []
    assert [(task.task_id, answer) for task, answer in paid_wrong] == []
    assert len(right) >= 490
    assert len(wrong) >= 1000
