"""The whole library, judged as it is in training: every solution and every wrong program, in each sandbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import envs
from envs.core import Task
from envs.text_env import judge
from sandbox.core import Sandbox


@pytest.mark.slow
def test_every_solution_passes_and_every_wrong_program_fails(
    any_sandbox: Sandbox, report: Callable[[str], None]
) -> None:
    env = envs.make("code", difficulty="all", sandbox=any_sandbox).unwrapped
    tasks = env.tasks()

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
    assert len(graded) >= 200
    assert len(wrong) >= 2 * len(graded)
