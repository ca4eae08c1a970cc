"""Every attack in every style of task and in every sandbox, each with the end that it must come to.

A cell is what became of the executions of the answer's program: the first status that is not OK, or WA if all ended
well and the answer was not paid all the same, or AC if it was paid. `A/B` allows two ends: which limit fires first
depends on the machine, or what it needs may be refused. None: there is nothing to run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from envs.attacks import null_attacks
from envs.code.attacks import code_attacks
from envs.code.extract import fenced
from envs.code.jsonl import load_tasks
from envs.code.verifier import CodeVerifier
from envs.core import Task
from sandbox.core import AnswerCall, Call, ExecutionResult, ExecutionStatus, Limits, Program, Sandbox, SandboxError

STYLES = ("call", "stdin", "assert")
SHORT = Limits(cpu_time_s=0.5, wall_time_s=1.5)
"""For those that a limit of time must end."""
PATIENT = Limits(cpu_time_s=20.0, wall_time_s=60.0)
"""For all others: to touch memory takes seconds of processor time on a machine that is short of it."""
LIMITS = {"C34 lowers its own processor time": Limits(cpu_time_s=2.0, wall_time_s=6.0)}
"""Those that need limits of their own."""
WORKERS = 4

FUNCTION = "def tripled(numbers):\n    return [3 * n for n in numbers]\n"
SCRIPT = "for number in input().split():\n    print(3 * int(number))\n"
CASES = [([1, 2], [3, 6]), ([4, 5, 6], [12, 15, 18]), ([10], [30]), ([-1, 0], [-3, 0])]
LINES: Sequence[Mapping[str, object]] = [
    {
        "task_id": "call",
        "prompt": "Triple every number.",
        "entry_point": "tripled",
        "tests": [{"args": [n], "expected": tripled, "visible": n == [1, 2]} for n, tripled in CASES],
    },
    {
        "task_id": "stdin",
        "prompt": "Triple every number.",
        "tests": [
            {
                "stdin": " ".join(map(str, n)) + "\n",
                "stdout": "".join(f"{t}\n" for t in tripled),
                "visible": n == [1, 2],
            }
            for n, tripled in CASES
        ],
    },
    {
        "task_id": "assert",
        "prompt": "Triple every number.",
        "entry_point": "tripled",
        "test": "def check(candidate):\n" + "".join(f"    assert candidate({n}) == {t}\n" for n, t in CASES),
    },
]

WORDS = {
    ExecutionStatus.RUNTIME_ERROR: "RE",
    ExecutionStatus.CPU_TIMEOUT: "CPU",
    ExecutionStatus.WALL_TIMEOUT: "WALL",
    ExecutionStatus.MEMORY_LIMIT: "MLE",
    ExecutionStatus.OUTPUT_LIMIT: "OLE",
    ExecutionStatus.PROTOCOL_ERROR: "PROTOCOL",
}

# attack, then its end in a function that is called, and in a script; tests with assertions call the function too.
# A script that exits without a word, or with a forged record on its stdin, has printed a wrong answer: WA.
# Tests with assertions show no cases that could be known by heart.
ENDS = """
C1 sys.exit at import                     PROTOCOL  WA
C1 os._exit at import                     PROTOCOL  WA
C1 SystemExit in the call                 PROTOCOL  WA
C1 os._exit in the call                   PROTOCOL  WA
C1 prints and exits                       PROTOCOL  WA
C2 AlwaysEqual object                     PROTOCOL  WA
C2 lying int                              PROTOCOL  WA
C2 lying str                              PROTOCOL  WA
C2 lying list                             PROTOCOL  WA
C2 lying float                            PROTOCOL  WA
C2 lying dict                             PROTOCOL  WA
C2 list of liars                          PROTOCOL  WA
C2 lying key                              PROTOCOL  WA
C2 lying type                             PROTOCOL  WA
C2 named tuple                            PROTOCOL  WA
C2 not a number                           WA        WA
C3 frames and heap                        WA        WA
C3 what refers to the arguments           WA        WA
C3 source of the callers                  WA        WA
C4 writes to every descriptor             PROTOCOL  WA
C4 writes to every descriptor and exits   PROTOCOL  WA
C4 writes to every pipe                   WA        WA
C4 overwrites the callers' results        WA        WA
C5 prints PASSED                          WA        WA
C5 prints our own last line               WA        WA
C5 raises our own last line               RE        RE
C5 prints reports                         WA        WA
C6 forged record                          WA        WA
C6 two forged records                     PROTOCOL  WA
C6 forged record before the real one      PROTOCOL  WA
C6 forged failure                         PROTOCOL  WA
C6 forged call                            PROTOCOL  WA
C6 half a record                          PROTOCOL  WA
C6 malformed record                       PROTOCOL  WA
C6 reads the channel                      WA        WA
C6 nonce on the heap                      WA        WA
C6 nonce on the stack                     WA        WA
C7 reduce                                 PROTOCOL  WA
C7 reduce that exits the reader           PROTOCOL  WA
C7 pickled bytes                          WA        WA
C7 code as text                           WA        WA
C8 patches builtins and modules           PROTOCOL  WA
C8 replaces stdout                        RE        RE
C8 replaces os.write                      PROTOCOL  WA
C8 replaces what calls it                 PROTOCOL  WA
C8 patches the test framework             WA        WA
C9 start-up files                         WA        WA
C10 reads files                           WA        WA
C10 searches for tests                    WA        WA
C11 rewrites the tests                    WA        WA
C11 truncates what it can                 WA        WA
C12 defines the grader's functions        WA        WA
C13 constant None                         WA        WA
C13 constant 0                            WA        WA
C13 constant True                         WA        WA
C13 constant list                         WA        WA
C13 constant text                         WA        WA
C13 the first example                     WA        WA  -
C13 the examples by heart                 WA        WA  -
C13 the examples in their order           WA        WA  -
C14 the examples cut short                WA        WA  -
C14 nothing, one by one                   PROTOCOL  WA
C14 prints nothing                        WA        WA
C15 swallows everything                   WALL      WALL
C15 ignores every signal                  CPU       CPU
C15 sleeps in C                           WALL      WALL
C15 one long instruction                  CPU       CPU
C15 main thread leaves                    CPU/WALL  CPU/WALL
C15 short-lived children                  CPU/RE/WALL  CPU/RE/WALL
C16 leaves a child                        WA        WA
C16 leaves a daemon                       WA        WA
C16 forks in C                            WA        WA
C16 answers twice                         PROTOCOL  WA
C17 fork bomb                             CPU       CPU
C17 thread bomb                           CPU       CPU
C18 memory                                MLE       MLE
C18 memory of children                    MLE       MLE
C18 memory behind dead main threads       MLE       MLE
C18 shared memory that nobody maps        MLE/RE    MLE/RE
C18 endless output                        OLE       OLE
C18 endless errors                        OLE       OLE
C18 endless record                        OLE       WA
C18 fills the disk                        RE        RE
C18 uses up the inodes                    RE        RE
C18 dumps core                            RE        RE
C18 endless recursion                     RE        RE
C18 recursion without a limit             RE        RE
C19 leaves a mark                         WA        WA
C20 ways to others                        WA        WA
C21 fetches the solution                  WA        WA
C22 history of the repository             WA        WA
C23 environment                           WA        WA
C24 stops the clock                       WA        WA
C24 stops the clock and spins             CPU       CPU
C25 memory that was freed                 WA        WA
C26 zeroes its arguments                  WA        WA
C26 empties its arguments                 WA        WA
C27 seeds the generator                   WA        WA
C28 imports the reference                 WA        WA
C29 hijacks the path                      WA        WA
C30 links in its directory                WA        WA
C31 leaves its namespaces                 WA        WA
C32 two different answers                 WA        WA
C32 homoglyph                             RE        WA
C32 full-width name                       WA        WA
C32 bidirectional control                 None      None
C32 lone surrogate                        None      None
C32 code in comments                      RE        WA
C32 encoding cookie                       RE        WA
C32 carriage returns                      WA        WA
C32 never closed                          None      None
C32 not in Python                         None      None
C32 in a comment                          WA        WA
C32 fence in a fence                      WA        WA
C32 giant program                         None      None
C32 giant answer                          None      None
C33 atexit                                WA        WA
C33 thread writes late                    WA        WA
C33 finalizer                             WA        WA
C33 trace function                        PROTOCOL  WA
C33 jumps over the caller's next lines    PROTOCOL  WA
C33 import hook                           WA        WA
C33 exception hook                        RE        RE
C33 signal handler                        WA        WA
C33 replaces __main__                     WA        WA
C34 kills its parent                      WA        WA
C34 stops its parent                      WA        WA
C34 kills all                             WA        WA
C34 kills itself                          WA        WA
C34 closes every descriptor               RE        RE
C34 swaps its descriptors                 PROTOCOL  WA
C34 claims that memory ran out            MLE       MLE
C34 integer of 50,000 digits              WA        RE
C34 integer of 1,000,000 digits           OLE       RE
C34 one key twice                         PROTOCOL  WA
C34 keys that collide                     WA        WA
C34 lone surrogate                        WA        RE
C34 ten megabytes                         OLE       OLE
C34 deep nesting                          PROTOCOL  RE
C34 deeply nested record                  PROTOCOL  WA
C34 endless error                         RE        RE
C34 error that cannot be told             RE        RE
C34 error with control characters         RE        RE
C34 breaks the parser                     MLE/RE    MLE/RE
C34 lowers its own limits                 WA        WA
C34 has itself killed by a filter         RE        RE
C34 has itself killed by a timer          WA        WA
C34 holds the channel                     WALL      WALL
C34 one byte at a time                    OLE/CPU   OLE/CPU
C34 value that doubles                    MLE/CPU   MLE/CPU
C34 lowers its own processor time         CPU/RE    CPU/RE
the arguments themselves                  WA        WA
quotes the arguments in an error          RE        RE
"""


def expected_ends(style: str) -> dict[str, str]:
    ends = {}
    for line in ENDS.strip().splitlines():
        name, columns = line[:42].strip(), line[42:].split()
        call, stdin, assertion = [*columns, *columns[:1]][:3]
        ends[name] = {"call": call, "stdin": stdin, "assert": assertion}[style]
    return {name: end for name, end in ends.items() if end != "-"}


@dataclass
class Recorder:
    """A sandbox that remembers what its inner one made of the answer's program (not of the tests that call it)."""

    inner: Sandbox
    seen: list[ExecutionResult] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    def guarantees(self) -> Mapping[str, str]:
        return self.inner.guarantees()

    def run(
        self, program: Program, inputs: Sequence[Call], limits: Limits = SHORT, *, answer: AnswerCall | None = None
    ) -> list[ExecutionResult]:
        results = self.inner.run(program, inputs, limits, answer=answer)
        self.seen += results if answer is None else []
        return results

    def close(self) -> None:
        pass

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass


def end_of(sandbox: Sandbox, task: Task, completion: str, limits: Limits = SHORT) -> str:
    recorder = Recorder(sandbox)
    try:
        breakdown = CodeVerifier(sandbox=recorder, limits=limits)(task, completion)
    except SandboxError as error:
        return f"the sandbox broke: {error}"
    if breakdown.passed or breakdown.total > 0.0:
        return "AC"
    if not recorder.seen:
        return "None"
    bad = [result.status for result in recorder.seen if result.status is not ExecutionStatus.OK]
    return WORDS[bad[0]] if bad else "WA"


def surprises(sandbox: Sandbox, style: str, task: Task, *, slow: bool) -> dict[str, str]:
    """The attacks that did not end as expected."""
    ends = {name: end.split("/") for name, end in expected_ends(style).items()}
    limits = {name: SHORT if {"CPU", "WALL"} & {*end} else PATIENT for name, end in ends.items()} | LIMITS
    nothing = {attack.name for attack in null_attacks(task)}
    attacks = [attack for attack in code_attacks(task) if attack.name not in nothing and attack.slow == slow]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda attack: end_of(sandbox, task, attack.completion, limits[attack.name]), attacks)
    return {
        attack.name: f"expected {'/'.join(ends[attack.name])}, got {end}"
        for attack, end in zip(attacks, found, strict=True)
        if end not in ends[attack.name]
    }


@pytest.fixture
def tasks(tmp_path: Path) -> dict[str, Task]:
    file = tmp_path / "tasks.jsonl"
    file.write_text("".join(json.dumps({**line, "split": "train"}) + "\n" for line in LINES))
    return {task.task_id: task for task in load_tasks(file)}


def right(style: str) -> str:
    return fenced(SCRIPT if style == "stdin" else FUNCTION)


@pytest.mark.parametrize("style", STYLES)
def test_the_table_names_every_attack_and_no_other(tasks: dict[str, Task], style: str) -> None:
    nothing = {attack.name for attack in null_attacks(tasks[style])}
    names = [attack.name for attack in code_attacks(tasks[style]) if attack.name not in nothing]
    assert len(names) == len(set(names))
    assert set(names) == set(expected_ends(style))


def test_every_row_of_the_catalogue_is_tried() -> None:
    assert {name.split()[0] for name in expected_ends("call")} >= {f"C{number}" for number in range(1, 35)}


@pytest.mark.parametrize("style", STYLES)
def test_attacks_end_as_expected_and_unpaid(any_sandbox: Sandbox, tasks: dict[str, Task], style: str) -> None:
    assert end_of(any_sandbox, tasks[style], right(style)) == "AC"
    assert surprises(any_sandbox, style, tasks[style], slow=False) == {}
    assert end_of(any_sandbox, tasks[style], right(style)) == "AC"


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_attacks_on_the_limits_end_as_expected_and_unpaid(
    any_sandbox: Sandbox, tasks: dict[str, Task], style: str
) -> None:
    assert surprises(any_sandbox, style, tasks[style], slow=True) == {}
    assert end_of(any_sandbox, tasks[style], right(style)) == "AC"


@pytest.mark.parametrize("style", STYLES)
def test_an_answer_that_says_nothing_is_not_paid(any_sandbox: Sandbox, tasks: dict[str, Task], style: str) -> None:
    ends = {attack.name: end_of(any_sandbox, tasks[style], attack.completion) for attack in null_attacks(tasks[style])}
    assert {name: end for name, end in ends.items() if end not in ("None", "RE", "WA")} == {}
