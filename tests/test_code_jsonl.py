import json

import pytest
from fakes import BrokenSandbox, FakeSandbox

import envs
from envs import ConfigError
from envs.code.jsonl import load_tasks
from envs.code.verifier import CodeVerifier

FUNCTION = {"task_id": "f", "prompt": "Double it.", "entry_point": "f", "tests": [{"args": [2], "expected": 4}]}
SCRIPT = {"task_id": "s", "prompt": "Print it twice.", "tests": [{"stdin": "a\n", "stdout": "aa\n"}]}
CHECK = {
    "task_id": "HumanEval/53",
    "prompt": "import math\n\n\ndef half(x):\n    return x / 2\n\n\n"
    'def area(r: float) -> float:\n    """Area of a circle."""\n',
    "entry_point": "area",
    "canonical_solution": "    return math.pi * r * r\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert abs(candidate(1) - math.pi) < 1e-6\n"
    "    assert area(half(2)) == candidate(1.0), 'alias'\n",
}
ASSERTS = {
    "task_id": 11,
    "text": "Write a function to remove the first and last occurrence of a character.",
    "code": "def remove_occ(s, ch):\r\n    i, j = s.find(ch), s.rfind(ch)\r\n"
    "    return s if i < 0 else s[:i] + s[i+1:j] + s[j+1:]",
    "test_setup_code": "",
    "test_list": ['assert remove_occ("hello","l") == "heo"', 'assert set(remove_occ("abcda","a")) == set("bcd")'],
    "challenge_test_list": [],
}


def answer(source):
    return f"```python\n{source}\n```"


@pytest.fixture
def load(tmp_path):
    def load_lines(*tasks, verifier=None, name="tasks.jsonl"):
        file = tmp_path / name
        file.write_text("".join((task if isinstance(task, str) else json.dumps(task)) + "\n" for task in tasks))
        return load_tasks(file, verifier)

    return load_lines


@pytest.fixture
def passes(load):
    def passes_with(task, source, box=None):
        (loaded,) = load(task)
        return CodeVerifier(sandbox=box or FakeSandbox())(loaded, answer(source)).passed

    return passes_with


def test_a_function_is_called_and_its_value_compared(passes):
    assert passes(FUNCTION, "def f(x):\n    return x * 2")
    assert not passes(FUNCTION, "def f(x):\n    return x + 3")
    assert not passes(FUNCTION, "def f(x):\n    return 4.0")


def test_json_has_no_tuples_so_a_tuple_counts_as_a_list(passes):
    task = {**FUNCTION, "tests": [{"args": [[1, 2]], "expected": [2, 1]}]}
    assert passes(task, "def f(x):\n    return tuple(reversed(x))")


def test_the_comparison_can_be_chosen(passes):
    near = {**FUNCTION, "tests": [{"args": [3], "expected": 0.3}], "comparison": "float"}
    assert passes(near, "def f(x):\n    return 0.1 + 0.2")
    assert not passes({**near, "comparison": "exact"}, "def f(x):\n    return 0.1 + 0.2")
    assert passes(
        {**FUNCTION, "tests": [{"args": [1], "expected": [1, 2]}], "comparison": "unordered"}, "def f(x): return [2, 1]"
    )


def test_a_script_reads_stdin_and_its_output_is_compared(passes):
    assert passes(SCRIPT, "print(input() * 2)")
    assert not passes(SCRIPT, "print(input())")


def test_visible_tests_stand_in_the_prompt_and_come_first(load):
    tests = [{"args": [1], "expected": 2}, {"args": ["a"], "expected": "aa", "visible": True}]
    (task,) = load({**FUNCTION, "tests": tests})
    assert task.prompt[0].content == (
        "Double it.\n\nf('a') == 'aa'\n\nAnswer with one Python code block that defines the function `f`."
    )
    assert [case.visible for case in task.reference.cases] == [True, False]


def test_check_style_tests_see_helpers_and_the_function_by_its_name(passes, bubblewrap):
    for box in (FakeSandbox(), bubblewrap):
        assert passes(CHECK, "def area(r):\n    return math.pi * r ** 2", box)  # the prompt's import is there
        assert not passes(CHECK, "def area(r):\n    return 3.14 * r ** 2", box)
        assert not passes(CHECK, "def area(r):\n    raise SystemExit(0)", box)


def test_the_function_under_assertions_is_found_by_its_name(load, passes, bubblewrap):
    (task,) = load(ASSERTS)
    assert (task.task_id, task.reference.entry_point) == ("11", "remove_occ")
    assert 'assert remove_occ("hello","l") == "heo"' in task.prompt[0].content
    assert "abcda" not in task.prompt[0].content
    for box in (FakeSandbox(), bubblewrap):
        assert passes(ASSERTS, ASSERTS["code"], box)
        assert not passes(ASSERTS, "def remove_occ(s, ch):\n    return s.replace(ch, '', 1)", box)


HOSTILE = [
    "import os\nos._exit(0)",
    "import sys\nsys.exit(0)\ndef remove_occ(*a): pass",
    "def remove_occ(*a):\n    raise SystemExit(0)",
    "class Liar(str):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 0\ndef remove_occ(*a): return Liar()",
    "class Liar:\n    __eq__ = lambda *a: True\n    __iter__ = lambda s: iter('b')\ndef remove_occ(*a): return Liar()",
    "SAY = 'every assertion holds'\nprint(SAY)\ndef remove_occ(*a):\n    print(SAY)\n    return SAY",
    "import builtins\nbuiltins.set = lambda *a: 0\ndef remove_occ(*a):\n    return 'heo'",
    "def remove_occ(*a):\n    raise AssertionError('every assertion holds')",
    "def remove_occ(*a):\n    return 'heo'",
    "def set(*a):\n    return 0\ndef remove_occ(*a):\n    return 'heo'",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_in_the_answers_box_reaches_the_assertions_but_plain_data(passes, bubblewrap, source):
    assert not passes(ASSERTS, source, bubblewrap)


def test_feedback_names_only_the_assertion_that_the_prompt_shows(load, bubblewrap):
    (task,) = load(ASSERTS)
    verifier = CodeVerifier(sandbox=bubblewrap)
    shown = verifier(task, answer("def remove_occ(s, ch):\n    return s")).feedback
    assert shown == 'The program fails this test: assert remove_occ("hello","l") == "heo"'
    hidden = verifier(task, answer("def remove_occ(s, ch):\n    return 'heo'")).feedback
    assert hidden == "The program fails the tests."


def test_references_pass_or_the_file_is_refused_with_task_and_case(load, bubblewrap):
    verifier = CodeVerifier(sandbox=bubblewrap)
    assert (
        len(load(CHECK, ASSERTS, {**FUNCTION, "canonical_solution": "def f(x): return x * 2"}, verifier=verifier)) == 3
    )
    broken = {**ASSERTS, "code": "def remove_occ(s, ch): return 'heo'"}
    with pytest.raises(
        ConfigError, match=r"line 2: the reference solution of '11' fails .*assert set\(remove_occ\(\"abcda"
    ):
        load(CHECK, broken, verifier=verifier)
    broken = {**CHECK, "canonical_solution": "    return 3 * r * r\n"}
    with pytest.raises(ConfigError, match=r"'HumanEval/53' fails its own tests: AssertionError: line 5 of the test"):
        load(broken, verifier=verifier)
    broken = {**FUNCTION, "canonical_solution": "def f(x): return 5"}
    with pytest.raises(ConfigError, match=r"'f' fails its own tests: f\(2\) should return 4, but it returned 5"):
        load(broken, verifier=verifier)


def test_the_environment_checks_references_unless_told_not_to(tmp_path, bubblewrap):
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps({**FUNCTION, "canonical_solution": "def f(x): return 5"}) + "\n")
    with pytest.raises(ConfigError, match="fails its own tests"):
        envs.make("code", tasks=str(file), sandbox=bubblewrap)
    envs.make("code", tasks=str(file), sandbox=bubblewrap, check_references=False)


def test_references_that_cannot_be_checked_are_told_apart_from_wrong_ones(tmp_path):
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps({**FUNCTION, "canonical_solution": "def f(x): return x * 2"}) + "\n")
    with pytest.raises(ConfigError, match=r"cannot check the reference solutions .* the engine does not answer"):
        envs.make("code", tasks=str(file), sandbox=BrokenSandbox())


def test_splits_are_taken_from_the_file(load):
    tasks = load({**FUNCTION, "split": "heldout"}, SCRIPT)
    assert [task.split for task in tasks] == ["heldout", "train"]


def test_a_file_without_splits_is_divided_by_content_and_twins_stay_together(load):
    lines = [{**FUNCTION, "task_id": f"t{n}", "prompt": f"Do number {n // 2}."} for n in range(40)]
    tasks = load(*lines)
    counts = [sum(task.split == split for task in tasks) for split in ("train", "validation", "heldout")]
    assert counts == [20, 6, 14]  # 20 prompts: 10 train, 3 validation, 7 held out; each stands twice
    assert all(tasks[n].split == tasks[n + 1].split for n in range(0, 40, 2))
    assert [task.split for task in load(*reversed(lines))] == [task.split for task in reversed(tasks)]


def test_a_task_whose_twin_is_in_another_split_is_refused(tmp_path):
    file = tmp_path / "tasks.jsonl"
    twin = {**FUNCTION, "task_id": "g", "prompt": "Multiply by two.", "split": "heldout"}
    file.write_text(f"{json.dumps({**FUNCTION, 'split': 'train'})}\n{json.dumps(twin)}\n")
    with pytest.raises(ConfigError, match=r"'f' \(train\) and 'g' \(heldout\) share their tests"):
        envs.make("code", tasks=str(file))


MALFORMED = [
    ("not json", "line 2: not a JSON object"),
    ("[1]", "line 2: expected a JSON object, got [1]"),
    ('{"task_id": "a", "task_id": "b"}', "the key 'task_id' is given twice"),
    ({**SCRIPT, "task_id": "f"}, "line 2, field 'task_id': 'f' is given twice, first on line 1"),
    ({"prompt": "x", "tests": []}, "line 2, field 'task_id': is missing"),
    ({**SCRIPT, "task_id": 1.5}, "field 'task_id': must be text, got 1.5"),
    ({**SCRIPT, "task_id": " "}, "field 'task_id': must not be empty"),
    ({"task_id": "a", "prompt": "x"}, "exactly one of 'tests', 'test' and 'test_list'; this line has none of them"),
    ({**SCRIPT, "test": "x"}, "this line has 'tests' and 'test'"),
    ({**SCRIPT, "promt": "x"}, "field 'promt': no field 'promt'; did you mean 'prompt'"),
    ({"task_id": "a", "tests": [{"stdin": "", "stdout": ""}]}, "field 'prompt': is missing"),
    ({**SCRIPT, "tests": []}, "field 'tests': must not be empty"),
    ({**SCRIPT, "tests": {}}, "field 'tests': must be a list, got {}"),
    ({**SCRIPT, "tests": ["x"]}, "field 'tests[0]': without 'entry_point' a test is an object of 'stdin' and 'stdout'"),
    ({**SCRIPT, "tests": [{"stdin": "a"}]}, "field 'tests[0].stdout': is missing"),
    ({**SCRIPT, "tests": [{"stdin": "a", "stdout": 1}]}, "field 'tests[0].stdout': must be text, got 1"),
    ({**SCRIPT, "tests": [{"stdin": "", "stdout": "", "stdou": ""}]}, "did you mean 'stdout'"),
    (
        {**FUNCTION, "task_id": "g", "tests": [{"args": 2, "expected": 4}]},
        "'tests[0].args': must be a list of arguments, got 2",
    ),
    ({**FUNCTION, "task_id": "g", "tests": [{"args": [2]}]}, "field 'tests[0].expected': is missing"),
    ({**FUNCTION, "task_id": "g", "tests": [{"stdin": "", "stdout": ""}]}, "field 'tests[0].args': is missing"),
    ({**FUNCTION, "task_id": "g", "entry_point": "a b"}, "field 'entry_point': must be the name of a function"),
    ({**FUNCTION, "task_id": "g", "comparison": "floats"}, "did you mean 'float'"),
    ({**SCRIPT, "split": "test"}, "field 'split': no split 'test'"),
    ({**SCRIPT, "tests": [{"stdin": "", "stdout": "", "visible": 1}]}, "'tests[0].visible': must be true or false"),
    (
        '{"task_id": "a", "prompt": "x", "entry_point": "f", "tests": [{"args": [NaN], "expected": 1}]}',
        "NaN is not a finite",
    ),
    (
        '{"task_id": "a", "prompt": "x", "entry_point": "f", "tests": [{"args": [1e999], "expected": 1}]}',
        "1e999 is not a finite",
    ),
    ({**SCRIPT, "prompt": "\ud800"}, "field 'prompt': holds a lone surrogate"),
    ({**CHECK, "test": "def check(candidate:"}, "field 'test': the test code is not valid Python"),
    ({**CHECK, "test": "assert area(1)"}, "field 'test': must define check(candidate)"),
    ({**CHECK, "test": "def check(candidate):\n    candidate(1)\n"}, "asserts nothing, so every answer would pass"),
    ({**ASSERTS, "test_list": []}, "field 'test_list': must not be empty"),
    ({**ASSERTS, "test_list": [1]}, "field 'test_list': must be a list of texts, got [1]"),
    ({**ASSERTS, "test_list": ["remove_occ(1)"]}, "asserts nothing"),
    ({**ASSERTS, "test_list": ["assert f(g(1)) == 2"]}, "(called by all of them: f, g); give 'entry_point'"),
    ({**ASSERTS, "test_list": ["assert len([1]) == 2"]}, "(called by all of them: none); give 'entry_point'"),
]


@pytest.mark.parametrize(("line", "message"), MALFORMED, ids=[message[-40:] for _, message in MALFORMED])
def test_a_malformed_line_is_refused_with_file_line_and_field(load, line, message):
    with pytest.raises(ConfigError) as caught:
        load(FUNCTION, line, SCRIPT if not isinstance(line, dict) else {**SCRIPT, "task_id": "last"})
    assert message in str(caught.value)
    assert "tasks.jsonl, line 2" in str(caught.value)


def test_an_empty_file_is_refused_and_blank_lines_are_skipped(load):
    with pytest.raises(ConfigError, match="holds no line"):
        load("", "  ")
    assert len(load("", FUNCTION, "")) == 1
