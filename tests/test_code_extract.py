import time

import pytest

from envs.code.extract import MAX_COMPLETION_LENGTH, extract_program, fenced

GOOD = "def f(x):\n    return x\n"


def block(body, info="python", fence="```"):
    return f"{fence}{info}\n{body}{fence}\n"


@pytest.mark.parametrize("info", ["python", "py", "python3", "", "Python", "PYTHON ", " python", "python title=a.py"])
def test_a_closed_python_or_unnamed_block_is_the_program(info):
    found = extract_program(f"Sure!\n\n{block(GOOD, info)}Hope it helps.", "f")
    assert (found.source, found.clean) == (GOOD, True)


@pytest.mark.parametrize("info", ["text", "bash", "json", "pythonic", "python2"])
def test_a_block_of_another_language_is_no_program(info):
    found = extract_program(block(GOOD, info), "f")
    assert (found.source, found.problem) == (None, "There is no ```python code block.")


@pytest.mark.parametrize(
    "text", ["", " ", GOOD, "`def f(x): return x`", f"    ```python\n{GOOD}    ```", f"x ```python\n{GOOD}```"]
)
def test_without_a_fenced_block_there_is_no_program(text):
    assert extract_program(text, "f").source is None


def test_a_block_cut_off_by_the_token_limit_is_no_program():
    found = extract_program(f"```python\n{GOOD}", "f")
    assert (found.source, found.problem) == (None, "The code block is never closed with ```.")


def test_the_last_block_that_defines_the_function_is_graded():
    first, second = "def f(x):\n    return 1\n", "def f(x):\n    return 2\n"
    found = extract_program(block(first) + block(second), "f")
    assert (found.source, found.clean) == (second, False)


def test_an_example_of_use_after_the_function_does_not_hide_it():
    found = extract_program(block(GOOD) + "For example:\n" + block("print(f(1))\n"), "f")
    assert (found.source, found.clean) == (GOOD, False)


def test_when_no_block_defines_the_function_the_last_one_is_graded():
    assert extract_program(block("a = 1\n") + block("b = 2\n"), "f").source == "b = 2\n"


def test_a_closed_block_before_a_cut_off_one_is_graded_but_not_clean():
    found = extract_program(block(GOOD) + "```python\ndef f(x):", "f")
    assert (found.source, found.clean) == (GOOD, False)


def test_the_last_block_is_graded_for_a_script():
    found = extract_program(block("print(1)\n") + block("print(2)\n"), None)
    assert (found.source, found.clean) == ("print(2)\n", False)
    assert extract_program(block("print(1)\n"), None).clean
    assert not extract_program(block("\n"), None).clean


@pytest.mark.parametrize(
    "definition", ["def f(x): pass\n", "def  f (x): pass\n", "async def f(): pass\n", "f = len\n", "f: int = 1\n"]
)
def test_the_ways_to_define_the_function_at_the_top_level(definition):
    assert extract_program(block(definition), "f").clean


@pytest.mark.parametrize(
    "other", ["def g(x): pass\n", "def ff(x): pass\n", "class A:\n    def f(self): pass\n", "f == 1\n", "# def f(x)\n"]
)
def test_what_does_not_define_the_function_is_graded_but_not_clean(other):
    found = extract_program(block(other), "f")
    assert (found.source, found.clean) == (other, False)


def test_fences_follow_commonmark():
    inner = 'def f(x):\n    return """\n```python\n"""\n'
    assert extract_program(block(inner), "f").source == inner  # a fence with an info string closes nothing
    assert extract_program(block(GOOD, fence="````"), "f").source == GOOD
    assert extract_program(block(GOOD, fence="~~~"), "f").source == GOOD
    assert extract_program(f"````python\n{GOOD}```\n", "f").source is None  # a shorter fence closes nothing
    assert extract_program(f"```python\n{GOOD}~~~\n", "f").source is None  # nor one of the other kind
    assert extract_program(f"   ```python\n{GOOD}  `````", "f").source == GOOD
    assert extract_program(f"```python\r\n{GOOD}```\r\n", "f").source == GOOD


@pytest.mark.parametrize("control", ["\x00", "\u202e", "\u2066", "\u2069", "\ud800"])
def test_characters_that_hide_what_runs_are_refused(control):
    found = extract_program(block(f"def f(x):\n    return '{control}'\n"), "f")
    assert (found.source, found.problem) == (None, f"The program holds the forbidden character U+{ord(control):04X}.")


def test_such_characters_outside_the_program_do_not_matter():
    assert extract_program("\u202e\x00\n" + block(GOOD), "f").source == GOOD


def test_string_literals_are_not_normalised():
    body = "def f(x):\n    return '\ufb01\uff21'\n"
    assert extract_program(block(body), "f").source == body


def test_a_homoglyph_does_not_define_the_function():
    assert not extract_program(block("def f\u0430(x): pass\n"), "fa").clean


def test_sizes_are_capped_before_anything_is_parsed():
    assert "longer than 65536 bytes" in extract_program(block("x" * 2**16 + "\n"), "f").problem
    assert "longer than 65536 bytes" in extract_program(block("é" * 2**15 + "\n"), "f").problem
    assert "characters" in extract_program("a" * (MAX_COMPLETION_LENGTH + 1), "f").problem


LONG = MAX_COMPLETION_LENGTH - 100


@pytest.mark.parametrize(
    "text",
    [
        "```\n```python x\n" * 10_000,
        "```" + " " * LONG + "x",
        "```python\nf" + " " * LONG + "x\n```",
        "`" * LONG,
        "```python\nasync" + " " * LONG + "\n```",
        "\n" * LONG,
        "```python\n" + "f:" * (LONG // 4) + "\n```",
    ],
)
def test_no_text_takes_noticeable_time(text):
    before = time.process_time()
    extract_program(text, "f")
    assert time.process_time() - before < 1.0


@pytest.mark.parametrize("source", [GOOD, 'x = """\n```\n"""\n', "x = '`````'\n"])
def test_a_program_put_into_a_block_comes_out_again(source):
    assert extract_program(fenced(source), None).source == source
