"""The positive control: what our environment withstands does fool graders that keep the verdict beside the program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from naive_grader import GRADERS, Case, naive_verdict

from envs.attacks import null_attacks
from envs.code.attacks import code_attacks
from envs.code.extract import extract_program
from envs.code.tasks import CodeReference
from envs.core import Message, Task
from sandbox.core import Sandbox

TASK = Task(
    task_id="tripled",
    prompt=(Message(role="user", content="Triple every number."),),
    reference=CodeReference(entry_point="tripled"),
    gold=None,
    split="train",
)
TESTS: list[Case] = [([[1, 2]], [3, 6]), ([[4, 5, 6]], [12, 15, 18]), ([[10]], [30])]
RIGHT = "def tripled(numbers):\n    return [3 * number for number in numbers]\n"
WRONG = "def tripled(numbers):\n    return [2 * number for number in numbers]\n"

EXITS = {
    "C1 sys.exit at import",
    "C1 os._exit at import",
    "C1 SystemExit in the call",
    "C1 os._exit in the call",
    "C1 prints and exits",
    "C4 writes to every descriptor and exits",
    "C6 forged record",
    "C6 two forged records",
    "C6 forged failure",
    "C6 forged call",
    "C6 half a record",
    "C6 malformed record",
}
"""They end with exit code 0 (a record of ours means nothing to others)."""

PAID: dict[str, set[str]] = {
    "asserts in its process, and exit code 0 passes": {
        *EXITS,
        "C2 AlwaysEqual object",  # got == expected asks the program's own object
        "C2 lying int",
        "C2 lying str",
        "C2 lying list",
        "C2 lying float",
        "C2 lying dict",
        "C3 frames and heap",  # `expected` is a name of the calling frame
        "C3 what refers to the arguments",  # a pair of arguments and expected value
        "C33 jumps over the caller's next lines",  # past the assertion
    },
    "a text on stdout passes": {"C5 prints PASSED", "C3 what refers to the arguments"},
    "the verdict comes through a descriptor that the program holds": {
        "C3 frames and heap",
        "C3 what refers to the arguments",
        "C4 writes to every descriptor",
        "C4 writes to every descriptor and exits",
        "C4 writes to every pipe",
        "C8 patches builtins and modules",  # `json.dumps` and `all`
    },
    "tests lie on the disk beside the program": {
        "C3 frames and heap",
        "C10 reads files",
        "C11 rewrites the tests",
        "C33 jumps over the caller's next lines",  # to the one that prints the verdict, which is still True
    },
    "functions of its own stand among the program's names": {
        "C3 frames and heap",
        "C3 what refers to the arguments",
        "C12 defines the grader's functions",
    },
    "the reference sees the arguments after the program": {
        "C3 what refers to the arguments",
        "C26 zeroes its arguments",
        "C26 empties its arguments",
        "C33 jumps over the caller's next lines",
    },
    "zip stops at the shorter one": {
        "C2 list of liars",  # each element of it is equal to all
        "C2 lying key",
        "C3 frames and heap",
        "C3 what refers to the arguments",
        "C2 lying str",  # from here on: empty, whatever it is, so nothing is compared
        "C2 lying list",
        "C2 lying dict",
        "C6 reads the channel",
        "C13 constant list",
        "C13 constant text",
        "C14 nothing, one by one",
        "C23 environment",
        "C25 memory that was freed",
        "C26 empties its arguments",
    },
    "values are pickled": {"C3 what refers to the arguments", "C7 reduce"},
    "plug-ins are loaded from the program's directory": {"C3 what refers to the arguments", "C9 start-up files"},
}
"""Weakness -> the attacks that it pays for, each of which `test_attack_matrix.py` sees unpaid by us."""


def programs() -> dict[str, str]:
    nothing = {attack.name for attack in null_attacks(TASK)}
    answers = {attack.name: attack.completion for attack in code_attacks(TASK) if not attack.slow}
    found = {name: extract_program(text, "tripled").source for name, text in answers.items() if name not in nothing}
    return {name: source for name, source in found.items() if source is not None}


@pytest.mark.parametrize("weakness", GRADERS)
def test_a_naive_grader_pays_the_right_program_and_not_an_honest_wrong_one(bubblewrap: Sandbox, weakness: str) -> None:
    assert naive_verdict(bubblewrap, weakness, RIGHT, "tripled", TESTS)
    assert not naive_verdict(bubblewrap, weakness, WRONG, "tripled", TESTS)


@pytest.mark.parametrize("weakness", GRADERS)
def test_a_naive_grader_pays_the_attacks_on_its_weakness(bubblewrap: Sandbox, weakness: str) -> None:
    sources = programs()
    with ThreadPoolExecutor(4) as pool:
        verdicts = pool.map(
            lambda source: naive_verdict(bubblewrap, weakness, source, "tripled", TESTS), sources.values()
        )
    assert {name for name, paid in zip(sources, verdicts, strict=True) if paid} == PAID[weakness]


def test_the_control_is_paid_for_many_attacks() -> None:
    assert set(PAID) == set(GRADERS) and all(PAID.values())
    assert len(set().union(*PAID.values())) >= 10
