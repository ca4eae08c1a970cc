"""Every problem of the library proves itself: its solution is right, its wrong twins and constants are not."""

import inspect
import signal
from collections import Counter
from contextlib import contextmanager

import numpy as np
import pytest
from fakes import FakeSandbox

from envs.code.compare import outputs_match, values_match
from envs.code.prompt import build_prompt
from envs.code.tasks import library_problems, library_tasks, problem_cases
from sandbox.core import ExecutionStatus, Program
from sandbox.data import dumps, loads

PROBLEMS = {problem.name: problem for problem in library_problems()}
SEEDS = (0, 1, 2)
DRAWN = 8
A_WRONG_PROGRAM_MAY_LOOP_FOR_S = 2.0

every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS.keys())


@contextmanager
def alarm(seconds):
    def ring(*_):
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def right_cases(problem, source, cases):
    """Return how many cases a trusted program passes, run inside this process."""
    box = FakeSandbox()
    program = Program(source=source, entry_point=problem.name if problem.style == "function" else None)
    right = 0
    for case in cases:
        try:
            with alarm(A_WRONG_PROGRAM_MAY_LOOP_FOR_S):
                (result,) = box.run(program, [case.call])
        except TimeoutError:
            return right
        if result.status is not ExecutionStatus.OK:
            continue
        if problem.style == "function":
            right += values_match(problem.comparison, case.call.args, case.expected, result.value)
        else:
            right += outputs_match(problem.comparison, case.call.stdin, case.expected, result.stdout)
    return right


def edges(problem):
    return problem_cases(problem, 0, np.random.default_rng(0))


@every_problem
def test_the_solution_passes_and_no_wrong_program_survives(problem):
    edge_cases = edges(problem)
    assert right_cases(problem, problem.solution, edge_cases) == len(edge_cases)
    for source in problem.wrong:
        assert right_cases(problem, source, edge_cases) < len(edge_cases), f"the edges let this pass:\n{source}"
    for seed in SEEDS:
        cases = problem_cases(problem, DRAWN, np.random.default_rng(seed))
        assert len(cases) == len(edge_cases) + DRAWN + 1  # one of those drawn comes twice
        assert right_cases(problem, problem.solution, cases) == len(cases)


@every_problem
def test_no_constant_passes_the_edges(problem):
    constants = {dumps(case.expected): case.expected for case in edges(problem)}
    assert len(constants) >= 2, "every edge has the same answer"
    match = outputs_match if problem.style == "script" else values_match
    for constant in constants.values():
        verdicts = [
            match(
                problem.comparison,
                case.call.stdin if problem.style == "script" else case.call.args,
                case.expected,
                constant,
            )
            for case in edges(problem)
        ]
        assert not all(verdicts), f"the constant {constant!r} passes"


@every_problem
def test_inputs_and_values_are_plain_data_that_repeats_with_the_seed(problem):
    first = problem_cases(problem, 4, np.random.default_rng(7))
    again = problem_cases(problem, 4, np.random.default_rng(7))
    assert first == again
    for case in first:
        assert loads(dumps(case.call.args)) == case.call.args
        assert dumps(loads(dumps(case.expected))) == dumps(case.expected)
    drawn = [problem.draw(np.random.default_rng(seed)) for seed in range(30)]
    assert len({dumps(args) for args in drawn}) >= 3, "hardly anything is drawn"


@every_problem
def test_the_solution_does_not_change_its_arguments(problem):
    for case in problem_cases(problem, 4, np.random.default_rng(3)):
        args = case.call.args if problem.style == "function" else (case.call.stdin,)
        before = dumps(args)
        problem.solve(*args)
        assert dumps(args) == before


@every_problem
def test_the_prompt_states_the_problem_and_shows_two_examples_that_hold(problem):
    prompt = build_prompt(problem)
    assert len(problem.edges) >= 4
    assert len(problem.wrong) >= 2
    assert problem.statement in prompt
    if problem.style == "script":
        assert prompt.count("Input:\n") >= 2 and prompt.count("Output:\n") >= 2
        return
    assert problem.signature in prompt
    for name in inspect.signature(problem.solve).parameters:
        assert f"`{name}`" in problem.statement, f"the statement does not mention `{name}`"
    lines = [line for line in prompt.splitlines() if line.startswith(f"{problem.name}(")]
    assert len(lines) >= 2
    for line in lines:
        namespace = {problem.name: problem.solve, "nan": float("nan"), "inf": float("inf")}
        assert values_match("float", (), True, eval(line, namespace)) or problem.comparison != "exact"


def test_there_are_at_least_two_hundred_problems_in_five_levels():
    levels = Counter(problem.level for problem in PROBLEMS.values())
    assert sum(levels.values()) >= 200
    assert sorted(levels) == [1, 2, 3, 4, 5]
    assert min(levels.values()) >= 10
    assert {problem.style for problem in PROBLEMS.values()} == {"function", "script"}


def test_enough_one_line_problems_are_held_out():
    counts = Counter((task.tags["level"], task.split) for task in library_tasks())
    assert counts["1", "heldout"] >= 45
    assert counts["1", "train"] >= 60
    for level in "12345":
        assert counts[level, "heldout"] >= 3


def test_the_mutation_score_is_one_hundred_per_cent():
    """The wrong programs are each tried above; this counts them for the report."""
    total = sum(len(problem.wrong) for problem in PROBLEMS.values())
    print(f"{total} wrong programs of {len(PROBLEMS)} problems are tried")
    assert total >= 2 * len(PROBLEMS)
