import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import BrokenSandbox, FakeSandbox

import envs
from envs.grade import Answer, grade, main

TASKS = [
    {"task_id": "double", "prompt": "Double it.", "entry_point": "f", "tests": [{"args": [2], "expected": 4}]},
    {"task_id": "echo", "prompt": "Print the input.", "tests": [{"stdin": "a\n", "stdout": "a\n"}]},
]
RIGHT = "```python\ndef f(x):\n    return x * 2\n```"
WRONG = "```python\ndef f(x):\n    return x + 3\n```"


def write(path, lines):
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(path)


@pytest.fixture
def files(tmp_path):
    answers = [
        {"task_id": "double", "completion": RIGHT},
        {"task_id": "echo", "completion": "```\nprint(input())\n```", "model": "other keys are left alone"},
        {"task_id": "double", "completion": WRONG},
        {"task_id": "double", "completion": ""},
    ]
    return {
        "tasks": write(tmp_path / "tasks.jsonl", TASKS),
        "answers": write(tmp_path / "answers.jsonl", answers),
        "out": str(tmp_path / "graded.jsonl"),
    }


def command(files, *more):
    return ["env=code", f"env.tasks={files['tasks']}", f"answers={files['answers']}", f"out={files['out']}", *more]


def test_answers_are_graded_in_their_order_by_the_command(files, bubblewrap):
    result = subprocess.run(
        [sys.executable, "-m", "envs.grade", *command(files, "sandbox=bubblewrap")], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "2 of 4 passed, 0 without a reward" in result.stderr
    lines = [json.loads(line) for line in Path(files["out"]).read_text().splitlines()]
    assert [(line["task_id"], line["reward"], line["status"]) for line in lines] == [
        ("double", 1.0, "passed"),
        ("echo", 1.0, "passed"),
        ("double", 0.0, "failed"),
        ("double", 0.0, "failed"),
    ]
    assert lines[0]["terms"]["tests"] == {"score": 1.0, "weight": 1.0}
    assert lines[2]["feedback"] == "The program gives a wrong answer on a hidden test."
    assert lines[3]["feedback"] == "There is no ```python code block."


def test_an_answer_that_we_could_not_judge_has_no_reward():
    env = envs.make("code", sandbox=BrokenSandbox()).unwrapped
    task = env.tasks()[0]
    answers = [Answer(task_id=task.task_id, completion=task.gold), Answer(task_id=task.task_id, completion="no")]
    broken, judged = grade(env, answers)
    assert (broken["reward"], broken["status"], broken["terms"]) == (None, "error", {})
    assert "the engine does not answer" in broken["feedback"]
    assert (judged["reward"], judged["status"]) == (0.0, "failed")


PLUGIN = """
import envs

class Shaky(envs.TextEnv):
    def __init__(self):
        prompt = (envs.Message(role="user", content="hello"),)
        super().__init__([envs.Task(task_id="t", prompt=prompt, reference=None)], shaky)

def shaky(task, completion):
    return envs.RewardBreakdown(terms={"x": envs.RewardTerm(score=1 / len(completion))}, passed=True)

envs.register("shaky", Shaky)
"""


@pytest.fixture(scope="module")
def shaky(tmp_path_factory):
    plugin = tmp_path_factory.mktemp("plugin") / "shaky.py"
    plugin.write_text(PLUGIN)
    return plugin


def test_the_exit_code_is_one_when_a_line_has_no_reward_and_the_others_are_written(tmp_path, shaky):
    lines = [{"task_id": "t", "completion": text} for text in ("x", "", "xx")]
    answers = write(tmp_path / "answers.jsonl", lines)
    out = tmp_path / "out.jsonl"
    assert main(["env=shaky", f"plugins=[{shaky}]", f"answers={answers}", f"out={out}"]) == 1
    graded = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["reward"] for line in graded] == [1.0, None, 0.5]
    assert "ZeroDivisionError" in graded[1]["feedback"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "answers.jsonl, line 2: not a JSON object"),
        ({"completion": "x"}, "line 2, field 'task_id': is missing"),
        ({"task_id": "doubel", "completion": "x"}, "line 2, field 'task_id': no task 'doubel'; did you mean 'double'"),
        ({"task_id": "double"}, "line 2, field 'completion': is missing"),
        ({"task_id": "double", "completion": 3}, "line 2, field 'completion': must be text, got 3"),
    ],
)
def test_a_malformed_answer_is_told_before_anything_runs(tmp_path, files, capfd, line, message):
    write(tmp_path / "answers.jsonl", [{"task_id": "double", "completion": RIGHT}, line])
    assert main(command(files)) == 2
    assert message in " ".join(capfd.readouterr().err.split())
    assert not (tmp_path / "graded.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["answers=a", "out=b"], "env=... is missing"),
        (["env=code", "out=b"], "answers=... is missing"),
        (["env=code", "answers=a", "out=nowhere/b"], "there is no folder 'nowhere'"),
        (["env=code", "answers=a", "out=b", "anwsers=c"], "did you mean 'answers'"),
        (["env=coed", "answers=a", "out=b"], "did you mean 'code'"),
        (["env=code", "env.dificulty=easy", "answers=a", "out=b"], "did you mean 'difficulty'"),
        (["env=code", "answers=nowhere.jsonl", "out=b"], "cannot read 'nowhere.jsonl'"),
        (["code"], "expected key=value, got 'code'"),
    ],
)
def test_a_command_that_makes_no_sense_exits_with_two(capfd, arguments, message):
    assert main(arguments) == 2
    assert message in " ".join(capfd.readouterr().err.split())


def test_grading_twice_gives_the_same_lines_and_leaves_no_temporary_file(tmp_path, files, bubblewrap):
    assert main(command(files, "seed=3", "sandbox=bubblewrap")) == 0
    first = (tmp_path / "graded.jsonl").read_bytes()
    assert main(command(files, "seed=3", "sandbox=bubblewrap", "workers=1")) == 0
    assert (tmp_path / "graded.jsonl").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "graded.jsonl", "tasks.jsonl"]


def test_built_in_problems_are_graded_without_a_file():
    env = envs.make("code", sandbox=FakeSandbox()).unwrapped
    golds = [Answer(task_id=task.task_id, completion=task.gold) for task in env.tasks()[:5]]
    assert [line["reward"] for line in grade(env, golds, workers=1)] == [1.0] * 5
