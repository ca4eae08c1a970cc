"""Languages whose programs are copies of an interpreter that has done something expensive once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sandbox
from sandbox import languages
from sandbox.core import Call, ExecutionStatus, Program, Sandbox, SandboxError
from sandbox.languages import SOURCE, Language

NAME = "python with a table"
TABLE = "table = {}\ndef prepare():\n    table.update((n, n * n) for n in range(1000))\n"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    languages.register(_language(NAME, {"squares": TABLE}))
    with sandbox.make("bubblewrap", boxes=1) as made:
        yield made
    del languages.LANGUAGES[NAME]


def _language(name: str, preload: dict[str, str]) -> Language:
    echo = "import sys\nsys.stdout.write(sys.stdin.read())\n"
    return Language(name=name, file_name="program.py", preload=preload, echo=echo)


def _squares(box: Sandbox, source: str, *numbers: int) -> list[object]:
    program = Program(source=source, entry_point="f", language=NAME)
    return [result.value for result in box.run(program, [Call(args=(number,)) for number in numbers])]


def test_a_program_finds_what_was_prepared(box: Sandbox) -> None:
    # 7 * 7 = 49, 30 * 30 = 900
    assert _squares(box, "from squares import table\ndef f(n): return table[n]", 7, 30) == [49, 900]


def test_what_a_program_does_to_it_does_not_outlive_the_program(box: Sandbox) -> None:
    source = "import squares\ndef f(n):\n    squares.table[n] += 1\n    return squares.table[n]"
    assert _squares(box, source, 2, 2, 2) == [5, 5, 5]


def test_ordinary_python_programs_do_not_find_it(box: Sandbox) -> None:
    program = Program(source="import squares")
    (result,) = box.run(program, [Call()])
    assert result.status is ExecutionStatus.RUNTIME_ERROR
    assert "No module named 'squares'" in result.stderr


def test_a_preparation_that_fails_is_an_error_of_the_sandbox() -> None:
    languages.register(_language("broken table", {"squares": "def prepare():\n    raise ValueError('no table')\n"}))
    try:
        with sandbox.make("bubblewrap", boxes=1) as box, pytest.raises(SandboxError, match="no table"):
            box.run(Program(source="", language="broken table"), [Call()])
    finally:
        del languages.LANGUAGES["broken table"]


def test_a_language_is_preloaded_or_has_commands() -> None:
    with pytest.raises(ValueError, match="either preloaded or has commands"):
        Language(name="both", file_name="program.py", echo="", preload={"squares": TABLE}, run=("python", SOURCE))
