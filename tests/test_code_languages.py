import json
import os

import pytest

import envs
from envs import ConfigError
from envs.code.extract import extract_program, fenced
from envs.code.jsonl import load_tasks
from envs.code.verifier import CodeVerifier
from envs.text_env import judge
from sandbox.conformance import require_language
from sandbox.core import Limits
from sandbox.languages import LANGUAGES, OUTPUT, SOURCE, Language

TESTS = [
    {"stdin": "3\n1 2 3\n", "stdout": "6\n", "visible": True},
    {"stdin": "2\n-5 1\n", "stdout": "-4\n"},
    {"stdin": "2\n2000000000 2000000000\n", "stdout": "4000000000\n"},
]
TASK = {"task_id": "sum", "prompt": "Print the sum of the numbers on the second line.", "tests": TESTS}
BASH = "read -r _\nread -r -a all\nsum=0\nfor x in ${all[@]}; do ((sum += x)); done\necho $sum\n"
CPP = """#include <iostream>
int main() {
    long long n, x, sum = 0;
    std::cin >> n;
    while (n--) { std::cin >> x; sum += x; }
    std::cout << sum << '\\n';
}
"""
RIGHT = {"bash": BASH, "c++": CPP}
FORTRAN = Language(
    name="fortran", file_name="main.f90", compile=("no-such-gfortran", "-o", OUTPUT, SOURCE), echo="",
    needs=("no-such-gfortran",), install="install it",
)  # fmt: skip


@pytest.fixture
def box(bubblewrap):
    for language in RIGHT:
        try:
            require_language(bubblewrap, language)
        except Exception as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(reason))
    return bubblewrap


@pytest.fixture
def load(tmp_path):
    def load_lines(*tasks, verifier=None):
        file = tmp_path / "tasks.jsonl"
        file.write_text("".join(json.dumps(task) + "\n" for task in tasks))
        return load_tasks(file, verifier)

    return load_lines


@pytest.fixture
def make(tmp_path, box):
    def make_env(language, **options):
        file = tmp_path / "tasks.jsonl"
        file.write_text(json.dumps({**TASK, "language": language, "canonical_solution": RIGHT[language]}) + "\n")
        return envs.make("code", tasks=str(file), sandbox=box, **options)

    return make_env


@pytest.mark.parametrize("language", RIGHT)
def test_an_answer_in_the_language_of_the_task_is_judged_by_what_it_prints(make, language):
    env = make(language)
    assert env.reset(seed=1)[0][0].content == (
        "Print the sum of the numbers on the second line.\n\nInput:\n3\n1 2 3\n\nOutput:\n6\n\n"
        + {
            "bash": "Answer with one bash code block (```bash) that reads stdin and prints to stdout.",
            "c++": "Answer with one C++ code block (```cpp) that reads stdin and prints to stdout.",
        }[language]
    )
    _, reward, _, _, info = env.step(fenced(RIGHT[language], language))
    assert (reward, info["reward_breakdown"].verdict) == (1.0, "AC")


@pytest.mark.parametrize(
    ("language", "program", "verdict", "feedback"),
    [
        ("c++", CPP.replace("long long", "int"), "WA", "The program gives a wrong answer on a hidden test."),
        ("c++", CPP.replace("x, sum", "sum"), "RE",
         "For the input '3\\n1 2 3\\n' the program should print '6\\n', but it failed: "
         "main.cpp:5:31: error: 'x' was not declared in this scope."),
        ("c++", "int main() { for (;;); }", "TLE-CPU",
         "For the input '3\\n1 2 3\\n' the program should print '6\\n', but it used too much CPU time: "
         "used more than 0.5 s of processor time."),
        ("bash", "echo 6", "WA", "The program gives a wrong answer on a hidden test."),
        ("bash", "add", "RE",
         "For the input '3\\n1 2 3\\n' the program should print '6\\n', but it failed: "
         "program.sh: line 1: add: command not found."),
    ],
)  # fmt: skip
def test_a_wrong_answer_gets_the_verdict_and_the_feedback_that_python_would_get(
    load, box, language, program, verdict, feedback
):
    (task,) = load({**TASK, "language": language})
    verifier = CodeVerifier(sandbox=box, limits=Limits(cpu_time_s=0.5, wall_time_s=10.0))
    breakdown = verifier(task, fenced(program, language))
    assert (breakdown.passed, breakdown.verdict) == (False, verdict)
    assert breakdown.feedback == feedback


@pytest.mark.parametrize("info", ["cpp", "c++", "CPP", "cpp title=a.cpp"])
def test_the_last_closed_block_of_the_language_is_the_program(info):
    answer = f"```{info}\nfirst\n```\n```{info}\nint main() {{}}\n```\n```\noutput\n```\n```python\nprint(1)\n```"
    found = extract_program(answer, None, "c++")
    assert (found.source, found.clean) == ("int main() {}\n", False)
    assert extract_program(f"```{info}\nint main() {{}}\n```", None, "c++").clean


@pytest.mark.parametrize("info", ["bash", "sh"])
def test_bash_comes_under_its_two_names(info):
    assert extract_program(f"```{info}\necho 1\n```", None, "bash").source == "echo 1\n"


@pytest.mark.parametrize("language", RIGHT)
@pytest.mark.parametrize("info", ["", "python", "c", "text", "shell", "cxx"])
def test_a_block_under_another_name_is_no_program(language, info):
    found = extract_program(f"```{info}\necho 1\n```", None, language)
    wanted = {"bash": "There is no ```bash code block.", "c++": "There is no ```cpp code block."}[language]
    assert (found.source, found.problem) == (None, wanted)


def test_a_language_that_a_user_registers_goes_by_its_name():
    assert extract_program("```Perl\nprint 1\n```", None, "Perl").source == "print 1\n"
    assert fenced("print 1", "perl") == "```perl\nprint 1\n```"


@pytest.mark.parametrize("language", RIGHT)
def test_a_compile_error_costs_the_format_term_and_a_wrong_answer_does_not(load, box, language):
    (task,) = load({**TASK, "language": language})
    verifier = CodeVerifier(sandbox=box, format_weight=0.1)
    wrong = {"bash": "echo 7", "c++": "int main() {}"}[language]
    assert verifier(task, fenced(wrong, language)).total == pytest.approx(0.1)
    assert CodeVerifier(sandbox=box, format_weight=0.1)(task, fenced("int main() {", language)).total == (
        pytest.approx(0.1) if language == "bash" else 0.0  # a shell finds out while it runs
    )


def test_a_reference_that_fails_its_tests_is_refused_with_the_compilers_words(load, box):
    good = {**TASK, "language": "c++", "canonical_solution": CPP}
    assert len(load(good, verifier=CodeVerifier(sandbox=box))) == 1
    broken = {**good, "canonical_solution": "int main() { return x; }"}
    with pytest.raises(ConfigError, match=r"'sum' fails its own tests: .*main.cpp:1:21: error: 'x' was not declared"):
        load(broken, verifier=CodeVerifier(sandbox=box))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": "cpp"}, "field 'language': no language 'cpp'; known: bash, c++, python"),
        ({"language": "cobol"}, "field 'language': no language 'cobol'"),
        ({"language": 1}, "field 'language': no language 1"),
        ({"language": "c++", "entry_point": "f", "tests": [{"args": [], "expected": 1}]},
         "field 'language': a c++ program is a script: give 'stdin' and 'stdout', and no 'entry_point'"),
    ],
)  # fmt: skip
def test_a_language_that_cannot_be_is_refused_with_file_line_and_field(load, changes, message):
    with pytest.raises(ConfigError) as caught:
        load({**TASK, **changes})
    assert message in str(caught.value)
    assert "tasks.jsonl, line 1" in str(caught.value)


def test_another_turn_asks_for_the_same_language(make):
    env = make("c++", max_turns=2)
    env.reset(seed=1)
    conversation, reward, terminated, _, _ = env.step(fenced("int main() {}", "c++"))
    assert (reward, terminated) == (0.0, False)
    assert conversation[-1].content.endswith("Fix the program and answer with one C++ code block (```cpp).")
    assert env.step(fenced(CPP, "c++"))[1] == 1.0


@pytest.mark.parametrize("language", RIGHT)
def test_no_attack_in_the_language_is_paid(make, language):
    env = make(language).unwrapped
    (task,) = env.tasks()
    attacks = {attack.name: attack.completion for attack in env.attacks(task)}
    assert len(attacks) > 25
    paid = {
        name: total for name, text in attacks.items() if (total := judge(env.verifier, task, text).total) > env.floor
    }
    assert paid == {}


def test_a_language_whose_tools_are_missing_is_found_out_before_anything_is_judged(tmp_path, monkeypatch, bubblewrap):
    file = tmp_path / "tasks.jsonl"
    monkeypatch.setitem(LANGUAGES, "fortran", FORTRAN)
    file.write_text(json.dumps({**TASK, "language": "fortran"}) + "\n")
    env = envs.make("code", tasks=str(file), sandbox=bubblewrap)
    with pytest.raises(ConfigError, match="fortran needs no-such-gfortran, not found on this host: install it"):
        env.unwrapped.prepare()
