import json
from dataclasses import replace

import numpy as np
import pytest
from fakes import BrokenSandbox, FakeSandbox

import envs
from envs import ConfigError, VerifierError
from envs.code.attacks import code_attacks
from envs.code.extract import fenced
from envs.code.verifier import CodeVerifier, with_preamble
from sandbox.core import ExecutionResult, ExecutionStatus, Limits

SQUARE = {
    "task_id": "square",
    "prompt": "Square it.",
    "entry_point": "square",
    "tests": [{"args": [n], "expected": n * n, "visible": n == 3} for n in (3, 0, 1, 2)],
}
ADD = {
    "task_id": "add",
    "prompt": "Add two numbers.",
    "tests": [{"stdin": "3 4\n", "stdout": "7\n", "visible": True}, {"stdin": "0 0\n", "stdout": "0\n"}],
}


def answer(source):
    return f"```python\n{source}\n```"


def made(tmp_path, *tasks, **options):
    file = tmp_path / "tasks.jsonl"
    file.write_text("".join(json.dumps({**task, "split": "train"}) + "\n" for task in tasks))
    return envs.make("code", tasks=str(file), **{"sandbox": FakeSandbox(), **options})


def judged(env, task_id, completion):
    env.reset(seed=0, options={"task_id": task_id})
    _, reward, _, _, info = env.step(completion)
    return reward, info["reward_breakdown"]


def test_a_right_program_earns_one_and_a_wrong_one_nothing(tmp_path, bubblewrap):
    env = made(tmp_path, SQUARE, ADD, sandbox=bubblewrap)
    assert judged(env, "square", answer("def square(x):\n    return x ** 2"))[0] == 1.0
    assert judged(env, "square", answer("def square(x):\n    return x * 3"))[0] == 0.0  # right for 3 and 0 only
    assert judged(env, "add", answer("print(sum(map(int, input().split())))"))[0] == 1.0
    assert judged(env, "add", answer("print(7)"))[0] == 0.0


VERDICTS = {
    "AC": "def square(x): return x * x",
    "WA": "def square(x): return x + 6",
    "RE": "def square(x): return x / 0",
    "TLE-CPU": "def square(x):\n    while True: pass",
    "TLE-WALL": "import time\ndef square(x): time.sleep(60)",
    "MLE": "def square(x):\n    held = []\n    while True: held.append(b'x' * 10**6)",
    "OLE": "def square(x):\n    while True: print('x' * 1000)",
    "PROTOCOL": "def square(x): return object()",
}


def test_every_verdict_has_its_program(tmp_path, bubblewrap):
    env = made(tmp_path, SQUARE, sandbox=bubblewrap, limits={"cpu_time_s": 0.5, "wall_time_s": 2.0})
    # to touch memory takes seconds of processor time on a machine that is short of it
    patient = made(tmp_path, SQUARE, sandbox=bubblewrap, limits={"cpu_time_s": 20.0, "wall_time_s": 60.0})
    found = {
        name: judged(env if name.startswith("TLE") else patient, "square", answer(program))[1].verdict
        for name, program in VERDICTS.items()
    }
    assert found == {name: name for name in VERDICTS}
    assert judged(env, "square", "I do not know.")[1].verdict == "NO-PROGRAM"


def test_a_failure_of_ours_has_a_verdict_and_no_reward(tmp_path):
    env = made(tmp_path, SQUARE, sandbox=BrokenSandbox())
    with pytest.raises(VerifierError) as caught:
        judged(env, "square", answer("def square(x): return x * x"))
    assert caught.value.verdict == "SANDBOX_ERROR"
    env = envs.make("code", sandbox=FakeSandbox()).unwrapped
    task = env.tasks()[0]
    problem = replace(task.reference.problem, comparison=lambda args, expected, value: 1 / 0)
    task = replace(task, reference=replace(task.reference, problem=problem, comparison=problem.comparison))
    with pytest.raises(VerifierError) as caught:
        envs.text_env.judge(env.verifier, env.begin(task, np.random.default_rng(0)), task.gold)
    assert caught.value.verdict == "GRADER_ERROR"


def test_one_drawn_input_comes_twice_so_that_luck_has_to_strike_twice():
    env = envs.make("code", sandbox=FakeSandbox()).unwrapped
    for seed, task in enumerate(env.tasks()[:20]):
        cases = env.begin(task, np.random.default_rng(seed)).reference.cases
        assert len(cases) == len(task.reference.problem.edges) + env.hidden_cases + 1
        calls = [repr(case.call) for case in cases]
        assert len(set(calls)) < len(calls)


def test_fraction_pays_the_share_of_the_cases(tmp_path):
    env = made(tmp_path, SQUARE, reward="fraction")
    # x * 3 is right for 3 and 0, wrong for 1 and 2: 2 of 4
    reward, breakdown = judged(env, "square", answer("def square(x):\n    return x * 3"))
    assert (reward, breakdown.passed) == (0.5, False)


def test_the_format_term_pays_a_clean_failing_answer_its_weight_and_a_pass_is_still_one(tmp_path):
    env = made(tmp_path, SQUARE, format_weight=0.1)
    right, wrong = "def square(x):\n    return x * x", "def square(x):\n    return 1"
    assert judged(env, "square", answer(right))[0] == pytest.approx(1.0)
    assert judged(env, "square", answer(wrong))[0] == pytest.approx(0.1)
    assert judged(env, "square", answer(wrong) + "\n" + answer(wrong))[0] == 0.0  # two blocks
    assert judged(env, "square", answer("def squared(x):\n    return 1"))[0] == 0.0  # another function
    assert judged(env, "square", answer("def square(x:\n    return 1"))[0] == 0.0  # does not compile
    assert judged(env, "square", "I would return x * x.")[0] == 0.0
    reward, breakdown = judged(env, "square", answer(right) + "\n" + answer(right))
    assert reward == pytest.approx(0.9) and breakdown.passed


def test_the_format_term_never_pays_more_than_one_case_does(tmp_path):
    many = {**SQUARE, "tests": [{"args": [n], "expected": n * n} for n in range(19)]}
    env = made(tmp_path, many, reward="fraction", format_weight=0.1)
    _, breakdown = judged(env, "square", answer("def square(x):\n    return -1"))
    # 19 cases: the weight is held to 1/20, and each case is worth (1 - 1/20) / 19 = 1/20
    assert breakdown.terms["format"].weight == pytest.approx(0.05)
    assert breakdown.total == pytest.approx(0.05)
    assert sum(term.weight for term in breakdown.terms.values()) == pytest.approx(1.0)


def test_a_program_that_fails_an_early_case_is_not_run_on_the_rest(tmp_path):
    box = FakeSandbox()
    judged(made(tmp_path, SQUARE, sandbox=box), "square", answer("def square(x):\n    return -1"))
    assert box.executions == 2
    box = FakeSandbox()
    judged(made(tmp_path, SQUARE, sandbox=box, reward="fraction"), "square", answer("def square(x):\n    return -1"))
    assert box.executions == 4


def test_feedback_shows_a_failing_visible_case(tmp_path):
    env = made(tmp_path, SQUARE, ADD)
    feedback = judged(env, "square", answer("def square(x):\n    return x"))[1].feedback
    assert feedback == "square(3) should return 9, but it returned 3."
    feedback = judged(env, "square", answer("def square(x):\n    return x / 0"))[1].feedback
    assert feedback == "square(3) should return 9, but it failed: ZeroDivisionError: division by zero."
    feedback = judged(env, "add", answer("print(8)"))[1].feedback
    assert feedback == "For the input '3 4\\n' the program should print '7\\n', but it printed '8\\n'."


def test_feedback_on_hidden_cases_says_nothing_that_the_program_could_use(tmp_path):
    env = made(tmp_path, SQUARE)
    leak = "def square(x):\n    if x == 3: return 9\n    raise ValueError(f'the hidden input is {x!r}')"
    assert judged(env, "square", answer(leak))[1].feedback == "The program failed on a hidden test."
    leak = "def square(x):\n    return 9 if x == 3 else [x] * 9"
    assert judged(env, "square", answer(leak))[1].feedback == "The program gives a wrong answer on a hidden test."


def test_in_a_longer_episode_the_program_can_be_repaired(tmp_path):
    env = made(tmp_path, SQUARE, max_turns=3)
    env.reset(seed=0)
    observation, reward, terminated, _, _ = env.step(answer("def square(x):\n    return x"))
    assert (reward, terminated) == (0.0, False)
    assert observation[-1].role == "user"
    assert observation[-1].content.startswith("square(3) should return 9, but it returned 3. Fix the program")
    _, reward, terminated, _, info = env.step(answer("def square(x):\n    return x * x"))
    assert (reward, terminated, info["passed"], info["turn"]) == (1.0, True, True, 2)


def test_a_broken_sandbox_gives_no_reward(tmp_path):
    env = made(tmp_path, SQUARE, sandbox=BrokenSandbox())
    env.reset(seed=0)
    with pytest.raises(VerifierError, match="SandboxError: the engine does not answer"):
        env.step(answer("def square(x):\n    return x * x"))


@pytest.mark.parametrize("value", ["10 ** 6000", "[10 ** 6000]", "{(1, (2,)): {3}}", "'\\ud800'", "float('nan')", "1j"])
def test_no_value_of_a_program_voids_its_episode(tmp_path, value):
    reward, breakdown = judged(made(tmp_path, SQUARE), "square", answer(f"def square(x):\n    return {value}"))
    assert (reward, breakdown.passed) == (0.0, False)
    assert breakdown.feedback.startswith("square(3) should return 9, but it ")
    breakdown.feedback.encode()


def test_an_answer_without_a_program_needs_no_sandbox(tmp_path):
    env = made(tmp_path, SQUARE, sandbox=BrokenSandbox())
    assert judged(env, "square", "no idea")[0] == 0.0


def test_a_sandbox_that_loses_a_result_gives_no_reward(tmp_path):
    class Forgetful(FakeSandbox):
        def run(self, *args, **kwargs):
            return super().run(*args, **kwargs)[1:]

    env = made(tmp_path, SQUARE, sandbox=Forgetful())
    env.reset(seed=0)
    with pytest.raises(VerifierError, match="1 results for 2 inputs"):
        env.step(answer("def square(x):\n    return x * x"))


@pytest.mark.parametrize("status", [status for status in ExecutionStatus if status is not ExecutionStatus.OK])
def test_whatever_a_program_does_but_end_well_is_a_failure_of_its_own(tmp_path, status):
    class Sandbox(FakeSandbox):
        def run(self, program, inputs, limits=Limits(), *, answer=None):
            return [ExecutionResult(status=status, value=call.args[0] ** 2) for call in inputs]

    reward, breakdown = judged(made(tmp_path, SQUARE, sandbox=Sandbox()), "square", answer("def square(x): ..."))
    assert (reward, breakdown.passed) == (0.0, False)


def test_hidden_inputs_are_fresh_for_each_seed_and_shared_by_a_group():
    env = envs.make("code").unwrapped
    task = env.tasks()[0]

    def cases(seed):
        return env.begin(task, np.random.default_rng(seed)).reference.cases

    assert cases(1) == cases(1) != cases(2)
    assert len(cases(1)) == len(task.reference.problem.edges) + 8 + 1  # one of those drawn comes twice
    assert [case.visible for case in cases(1)] == [True] * 2 + [False] * (len(cases(1)) - 2)
    assert {repr(case.call) for case in cases(1)} >= {repr(case.call) for case in cases(1)[:2]}


def test_neither_the_prompt_nor_the_info_holds_a_hidden_case():
    env = envs.make("code", hidden_cases=3)
    observation, info = env.reset(seed=1)
    assert set(info) == {"task_id", "split", "tags"}
    problem = env.unwrapped.task(info["task_id"]).reference.problem
    words = "\n".join(message.content for message in observation)
    assert problem.solution.strip() not in words
    assert observation[-1].role == "user" and problem.statement in observation[-1].content


@pytest.mark.parametrize(
    ("difficulty", "levels"),
    [("easy", "1"), ("medium", "23"), ("hard", "45"), ("all", "12345"), ([1, 5], "15"), (3, "3")],
)
def test_difficulty_chooses_levels(difficulty, levels):
    assert {task.tags["level"] for task in envs.make("code", difficulty=difficulty).unwrapped.tasks()} == set(levels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"difficulty": "esay"}, "difficulty must be one of easy, medium, hard, all, or levels .* got 'esay'"),
        ({"difficulty": [6]}, "difficulty"),
        ({"difficulty": []}, "difficulty"),
        ({"reward": "al"}, "no reward 'al'; did you mean 'all'"),
        ({"format_weight": 0.5}, r"format_weight must be in \[0, 0.1\], got 0.5"),
        ({"format_weight": "x"}, "format_weight"),
        ({"hidden_cases": -1}, "hidden_cases must be an integer"),
        ({"sandbox": "dokcer"}, "no sandbox 'dokcer'; did you mean 'docker'"),
        ({"limits": {"cpu_s": 1}}, "no limit 'cpu_s'; did you mean 'cpu_time_s'"),
        ({"limits": {"cpu_time_s": 0}}, "limit cpu_time_s must be a positive number, got 0"),
        ({"max_turns": 0}, "max_turns"),
        ({"audit": 1.5}, r"audit must be in \[0, 1\], got 1.5"),
        ({"audit": True}, r"audit must be in \[0, 1\], got True"),
        ({"tasks": "nowhere.jsonl"}, "cannot read 'nowhere.jsonl': No such file"),
    ],
)
def test_nonsense_is_refused_before_anything_starts(options, message):
    with pytest.raises(ConfigError, match=message):
        envs.make("code", **options)


def test_limits_can_be_changed_one_by_one():
    env = envs.make("code", limits={"cpu_time_s": 1}, audit=0).unwrapped
    assert env.verifier.limits == replace(Limits(), cpu_time_s=1)


def test_prompts_of_the_easy_problems_are_short():
    # about four characters a token
    lengths = sorted(len(task.prompt[0].content) for task in envs.make("code").unwrapped.tasks())
    assert lengths[len(lengths) // 2] < 440
    assert lengths[-1] < 1000


def test_the_library_is_graded_right_in_a_real_sandbox(bubblewrap):
    env = envs.make("code", difficulty="all", sandbox=bubblewrap)
    for task in env.unwrapped.tasks()[::25]:
        assert judged(env, task.task_id, task.gold)[0] == 1.0, task.task_id
        for wrong in env.unwrapped.wrong_answers(task):
            assert judged(env, task.task_id, wrong)[0] == 0.0, f"{task.task_id}: {wrong}"


@pytest.mark.parametrize("style", ["function", "script"])
def test_no_hostile_answer_is_paid(bubblewrap, style):
    quick = {"cpu_time_s": 1.0, "wall_time_s": 2.0}
    env = envs.make("code", difficulty="all", sandbox=bubblewrap, limits=quick, format_weight=0.05)
    task = next(task for task in env.unwrapped.tasks() if task.tags["style"] == style)
    paid = {}
    for attack in code_attacks(task):
        if attack.slow:
            continue  # tests/test_attack_matrix.py tries these
        reward, breakdown = judged(env, task.task_id, attack.completion)
        if breakdown.passed or reward > env.unwrapped.floor:
            paid[attack.name] = reward
    assert paid == {}


def test_code_before_the_program_leaves_future_imports_first():
    source = with_preamble("import math\n", "from __future__ import annotations\ndef f(): return math.pi\n")
    assert source.startswith("from __future__ import annotations\nimport math\n")
    compile(source, "x", "exec")
    assert with_preamble("", "x = 1\n") == "x = 1\n"


def test_a_verifier_is_pure():
    env = envs.make("code", sandbox=FakeSandbox()).unwrapped
    task = env.begin(env.tasks()[0], np.random.default_rng(0))
    verifier = CodeVerifier(sandbox=FakeSandbox())
    assert verifier(task, task.gold) == verifier(task, task.gold)
    assert verifier(task, fenced("x = 1")) == verifier(task, fenced("x = 1"))
