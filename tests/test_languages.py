from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox import languages
from sandbox.box import Execution
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.checks_bash import processes_with_argument
from sandbox.conformance import require_language
from sandbox.core import Call, Cancellation, Cancelled, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.forkserver import STDERR
from sandbox.languages import OUTPUT, SOURCE, Language, error_line
from sandbox.outcome import Crowded, judge
from sandbox.pool import PooledSandbox
from sandbox.watch import tree

PATIENT = Limits(cpu_time_s=5.0, wall_time_s=20.0)

on_bubblewrap = pytest.mark.parametrize("any_sandbox", ["bubblewrap"], indirect=True)


@pytest.fixture
def speaking(any_sandbox: PooledSandbox) -> PooledSandbox:
    """A sandbox with all languages; where their tools are missing, the test is skipped (in CI it fails)."""
    for name in ("bash", "c++"):
        try:
            require_language(any_sandbox, name)
        except Exception as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(reason))
    return any_sandbox


@pytest.fixture
def fresh(speaking: PooledSandbox) -> Iterator[PooledSandbox]:
    """Another of the same kind that a test may break."""
    with sandbox.make(speaking.name, boxes=1) as made:
        assert isinstance(made, PooledSandbox)
        yield made


@pytest.fixture
def registered() -> Iterator[None]:
    """Takes back what a test adds to the table."""
    before = dict(languages.LANGUAGES)
    yield
    languages.LANGUAGES.clear()
    languages.LANGUAGES.update(before)


# ---- submissions, judged against what is expected of them: stdin -> stdout

INPUTS = ["3\n1 2 3\n", "1\n-5\n", "4\n1000000000 1000000000 1000000000 1000000000\n", "0\n\n"]
SUMS = ["6\n", "-5\n", "4000000000\n", "0\n"]

RIGHT = {
    "python": "n = int(input())\nprint(sum(map(int, input().split())))",
    "bash": 'read -r n\nread -r -a all\nsum=0\nfor x in "${all[@]}"; do ((sum += x)); done\necho $sum',
    "c++": "#include <iostream>\nint main() { long long n, x, sum = 0; std::cin >> n;\n"
    "while (n--) { std::cin >> x; sum += x; }\nstd::cout << sum << '\\n'; }",
}
WRONG = {
    "python": "print(6)",
    "bash": "echo 6",
    "c++": RIGHT["c++"].replace("long long", "int"),  # overflows on the third input alone
}


@pytest.mark.parametrize("language", RIGHT)
def test_a_submission_is_run_on_each_input_and_judged_by_what_it_prints(speaking: Sandbox, language: str) -> None:
    calls = [Call(stdin=text) for text in INPUTS]
    right = speaking.run(Program(source=RIGHT[language], language=language), calls, PATIENT)
    assert [(result.status, result.stdout) for result in right] == [(ExecutionStatus.OK, wanted) for wanted in SUMS]
    wrong = speaking.run(Program(source=WRONG[language], language=language), calls, PATIENT)
    verdicts = [result.stdout == wanted for result, wanted in zip(wrong, SUMS, strict=True)]
    assert verdicts == ([True, True, False, True] if language == "c++" else [True, False, False, False])


def test_submissions_of_all_languages_come_in_one_batch(speaking: Sandbox) -> None:
    calls = [Call(stdin=text) for text in INPUTS]
    jobs = [
        sandbox.Job(program=Program(source=source, language=language), inputs=calls, limits=PATIENT)
        for _ in range(3)
        for language, source in RIGHT.items()
    ]
    for outcome in sandbox.run_many(speaking, jobs, at_once=4):
        assert not isinstance(outcome, SandboxError)
        assert [result.stdout for result in outcome] == SUMS


def test_a_submission_is_compiled_once_for_all_its_inputs(speaking: Sandbox) -> None:
    source = f"#include <cstdio>\nint main() {{ puts(__TIME__); }}  // {time.time()}"
    program = Program(source=source, language="c++")
    first = speaking.run(program, [Call(), Call()], PATIENT)
    time.sleep(1.1)  # another compilation would print another second
    (later,) = speaking.run(program, [Call()], PATIENT)
    assert {result.stdout for result in [*first, later]} == {first[0].stdout}


def test_what_is_kept_of_compiled_programs_is_bounded(speaking: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.workshops.KEPT_BYTES", 1)
    for n in range(3):
        (result,) = speaking.run(
            Program(source=f'#include <cstdio>\nint main() {{ printf("%d", {n}); }}', language="c++"), [Call()], PATIENT
        )
        assert result.stdout == str(n)
    assert isinstance(speaking, PooledSandbox)
    assert not speaking._workshops._kept


# ---- what a host has and has not


def test_an_unknown_language_gets_the_nearest_name(any_sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"no language 'bsh'; did you mean 'bash'\?; known: python, bash, c\+\+"):
        any_sandbox.run(Program(source="", language="bsh"), [Call()])


def test_missing_tools_are_an_error_at_once_that_says_what_to_do(registered: None) -> None:
    languages.register(
        Language(name="fortran", file_name="main.f90", compile=("no-such-gfortran", "-o", OUTPUT, SOURCE), echo="",
                 needs=("no-such-gfortran",), install="apt-get install gfortran")
    )  # fmt: skip
    with BubblewrapSandbox(boxes=1) as box:
        for inputs in ([], [Call()]):
            with pytest.raises(
                SandboxError, match="fortran needs no-such-gfortran, not found on this host: apt-get install gfortran"
            ):
                box.run(Program(source="", language="fortran"), inputs)
        assert box.run(Program(source="print(1)"), [Call()])[0].stdout == "1\n"


@on_bubblewrap
def test_tools_that_do_not_work_are_an_error_of_the_host_and_not_of_the_program(
    speaking: Sandbox, registered: None
) -> None:
    languages.register(
        Language(name="broken", file_name="main.sh", run=("bash", "no-such-file", SOURCE), echo="cat",
                 needs=("bash",), install="mend it")
    )  # fmt: skip
    with BubblewrapSandbox(boxes=1) as box, pytest.raises(SandboxError, match=r"tools of broken do not work .*mend it"):
        box.run(Program(source="cat", language="broken"), [Call()])


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_an_engine_without_the_image_of_a_language_names_the_command_that_builds_it(
    any_sandbox: Sandbox, registered: None
) -> None:
    languages.register(
        Language(name="c+-", file_name="main.sh", run=("bash", SOURCE), echo="cat", needs=("bash",))
    )  # fmt: skip
    with pytest.raises(
        SandboxError, match=r"no image .*: it has not been built; run `python -m sandbox\.build --language c\+-`"
    ):
        any_sandbox.run(Program(source="", language="c+-"), [])


def test_the_build_command_refuses_what_it_does_not_know() -> None:
    pytest.importorskip("docker")
    command = [sys.executable, "-m", "sandbox.build", "--language", "c+"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "error: no language 'c+'; did you mean 'c++'?" in done.stderr


# ---- a user's own


@on_bubblewrap
def test_the_language_that_the_manual_adds_works(speaking: Sandbox, registered: None) -> None:
    if shutil.which("perl") is None:
        pytest.skip("no perl")
    manual = (Path(languages.__file__).parent / "README.md").read_text()
    (example,) = re.findall(r"```python\n(from sandbox import languages\n.*?)```", manual, re.DOTALL)
    exec(example, {})
    with BubblewrapSandbox(boxes=1) as box:
        program = Program(source="use List::Util 'sum0';\nprint sum0(<>), qq(\\n);", language="perl")
        results = box.run(program, [Call(stdin="1\n2\n"), Call(stdin="")], PATIENT)
        assert [result.stdout for result in results] == ["3\n", "0\n"]
        (broken,) = box.run(Program(source="die 'no'", language="perl"), [Call()], PATIENT)
        assert (broken.status, broken.error) == (ExecutionStatus.RUNTIME_ERROR, "no at program.pl line 1.")


@on_bubblewrap
def test_a_user_adds_a_compiler_in_a_few_lines(speaking: Sandbox, registered: None) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    languages.register(
        Language(
            name="c",
            file_name="main.c",
            compile=("gcc", "-O1", "-static", "-o", OUTPUT, SOURCE),
            needs=("gcc", "as", "ld"),
            shows=languages.find("c++").shows,
            echo="#include <stdio.h>\nint main(void) { for (int c; (c = getchar()) != EOF;) putchar(c); }",
        )
    )
    with BubblewrapSandbox(boxes=1) as box:
        source = '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", n * 2); }'
        results = box.run(Program(source=source, language="c"), [Call(stdin="4"), Call(stdin="-1")], PATIENT)
        assert [result.stdout for result in results] == ["8\n", "-2\n"]
        (broken,) = box.run(Program(source="int main(void) { return x; }", language="c"), [Call()], PATIENT)
        assert broken.error.startswith("main.c:1:25: error: 'x' undeclared")


@on_bubblewrap
def test_what_a_compiler_makes_may_need_an_interpreter(speaking: Sandbox, registered: None) -> None:
    languages.register(
        Language(
            name="shouted bash", file_name="main.txt", echo="CAT", run=("bash", OUTPUT), needs=("bash", "tr", "cat"),
            compile=("bash", "-c", 'tr A-Z a-z < "$0" > "$1"', SOURCE, OUTPUT),
        )
    )  # fmt: skip
    with BubblewrapSandbox(boxes=1) as box:
        (result,) = box.run(
            Program(source="READ X; ECHO GOT $x", language="shouted bash"), [Call(stdin="it\n")], PATIENT
        )
    assert result.stdout == "got it\n"


@on_bubblewrap
def test_a_compiler_that_exceeds_its_limits_gives_their_status_to_each_input(
    speaking: Sandbox, registered: None
) -> None:
    compiler = 'case $(< "$0") in spin) while :; do :; done;; sleep) sleep 60;; esac; cat "$0" > "$1"'
    languages.register(
        Language(
            name="slow", file_name="main.txt", compile=("bash", "-c", compiler, SOURCE, OUTPUT), run=("bash", OUTPUT),
            needs=("bash", "cat", "sleep"), echo="cat", compile_limits=Limits(cpu_time_s=0.5, wall_time_s=1.0),
        )
    )  # fmt: skip
    with BubblewrapSandbox(boxes=1) as box:
        for source, status, error in (
            ("spin", ExecutionStatus.CPU_TIMEOUT, "the compiler used more than 0.5 s of processor time"),
            ("sleep", ExecutionStatus.WALL_TIMEOUT, "the compiler took longer than 1 s"),
        ):
            results = box.run(Program(source=source, language="slow"), [Call(), Call()], PATIENT)
            assert [(result.status, result.error) for result in results] == [(status, error)] * 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"run": ("x",)}, "no command that runs a program"),
        ({"compile": ("x", SOURCE), "run": ("x", OUTPUT)}, "must be told"),
        ({"run": ("x", SOURCE), "file_name": "a/b"}, "file name"),
        ({"run": ("x", SOURCE), "file_name": "program"}, "file name"),
        ({"run": ("x", SOURCE), "name": ""}, "needs a name"),
    ],
)
def test_a_language_that_cannot_be_run_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Language(**{"name": "x", "file_name": "x.x", "echo": "", **fields})  # type: ignore[arg-type]


def test_python_cannot_be_replaced() -> None:
    with pytest.raises(ValueError, match="python is not run by exec"):
        languages.register(Language(name="python", file_name="x.py", echo="", run=("python3", SOURCE)))


# ---- the boxes


def test_boxes_of_python_show_and_start_nothing_of_other_languages(speaking: Sandbox) -> None:
    source = """
import glob, os
def f():
    places = ("/bin/*", "/usr/bin/*", "/usr/include", "/usr/lib/gcc*")
    seen = [path for place in places for path in glob.glob(place)]
    try: os.execv("/bin/bash", ["bash"])
    except OSError as error: return [path for path in seen if "python" not in path], error.errno
"""
    for language in ("bash", "c++"):  # their boxes run by now
        speaking.run(Program(source="int main() {}", language=language), [Call()])
    (result,) = speaking.run(Program(source=source, entry_point="f"), [Call()])
    assert result.value == ([], 1)  # EPERM: the filter refuses before anything is looked for


@on_bubblewrap
def test_no_process_of_a_box_keeps_what_it_was_started_with(fresh: PooledSandbox) -> None:
    def run() -> None:
        with pytest.raises(SandboxError):
            fresh.run(Program(source="sleep 600.5 | cat", language="bash"), [Call()], Limits(wall_time_s=60.0))

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 30
    while not processes_with_argument("600.5") and time.monotonic() < deadline:
        time.sleep(0.02)
    (_language, pool) = fresh._workshops._pools["bash"]
    (box,) = pool._load
    states = {pid: Path(f"/proc/{pid}/status").read_text() for pid in tree(box._transport._process.pid)}  # type: ignore[union-attr]
    fresh.close()
    thread.join()
    assert len(states) >= 6  # two of bwrap's, supervisor, zygote, the first process, the shell and what it started
    for state in states.values():
        for line in ("CapEff:\t" + 16 * "0", "CapPrm:\t" + 16 * "0", "NoNewPrivs:\t1"):
            assert line in state


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_where_a_program_cannot_have_a_proc_of_its_own_it_has_none(
    speaking: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.docker import _for_programs

    def covering_proc(
        settings: Mapping[str, Any],
    ) -> dict[str, Any]:  # there the kernel refuses what old ones do anywhere
        return {**_for_programs(settings), "MaskedPaths": ["/sys", "/proc/timer_list"]}

    monkeypatch.setattr("sandbox.docker._for_programs", covering_proc)
    with sandbox.make("docker", boxes=1) as box:
        (result,) = box.run(Program(source="cat; ls /proc; kill -9 1; echo $$", language="bash"), [Call(stdin="hi\n")])
        assert (result.status, result.stdout) == (ExecutionStatus.OK, "hi\n2\n")


def test_work_lost_with_a_box_is_done_again_and_a_compiled_program_is_still_there(fresh: PooledSandbox) -> None:
    program = Program(
        source='#include <unistd.h>\n#include <cstdio>\nint main() { usleep(700000); puts("1"); }', language="c++"
    )
    fresh.run(program, [], PATIENT)
    results = []
    thread = threading.Thread(target=lambda: results.extend(fresh.run(program, [Call()] * 3, PATIENT)))
    thread.start()
    (_language, pool) = fresh._workshops._pools["c++"]
    (box,) = pool._load
    deadline = time.monotonic() + 20
    while box.running < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    box.kill("a test killed it")
    thread.join()
    assert [result.stdout for result in results] == ["1\n"] * 3


def test_cancelling_ends_a_compiler_and_what_runs(fresh: PooledSandbox) -> None:
    endless = '#include "/dev/zero"\nint main() {}'
    for source, language in ((endless, "c++"), ("sleep 600.125", "bash")):
        fresh.run(Program(source="", language=language), [])
        cancellation = Cancellation()
        timer = threading.Timer(0.3, cancellation.cancel)
        timer.start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            program = Program(source=source, language=language)
            fresh.run(program, [Call()], Limits(wall_time_s=60.0), cancellation=cancellation)
        assert time.monotonic() - started < 10
        assert not processes_with_argument("600.125")


def test_a_closed_sandbox_runs_no_language_and_leaves_no_process(fresh: PooledSandbox) -> None:
    def run() -> None:
        with pytest.raises(SandboxError):
            fresh.run(Program(source="sleep 600.25", language="bash"), [Call()], Limits(wall_time_s=60.0))

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 30
    while not processes_with_argument("600.25") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_with_argument("600.25")
    fresh.close()
    thread.join()
    assert not processes_with_argument("600.25")
    with pytest.raises(SandboxError, match="closed"):
        fresh.run(Program(source="", language="bash"), [Call()])


def test_a_sandbox_without_tools_runs_python_alone() -> None:
    class Plain(PooledSandbox):
        name = "plain"

        def __init__(self) -> None:
            with BubblewrapSandbox(boxes=1) as other:
                launch = other._launch
            super().__init__(launch, users=[0, 0] if os.geteuid() else [200_001, 200_002])

    with Plain() as box, pytest.raises(SandboxError, match="a plain sandbox runs nothing but python"):
        box.run(Program(source="", language="bash"), [Call()])


# ---- what an end means


def ended(report: str, stderr: str = "", peak: int = 2**20) -> Execution:
    execution = Execution(languages.execution(languages.find("c++"), b""), Limits())
    execution.streams[STDERR] += stderr.encode()
    execution.ended = {
        "broken": report, "fired": "", "exit": 97, "cpu_time_s": 0.1, "wall_time_s": 0.1, "peak_memory_bytes": peak,
    }  # fmt: skip
    return execution


def test_who_kills_itself_has_failed_and_who_is_killed_for_want_of_memory_is_run_again() -> None:
    report = '{"exit": %d, "peak_memory_bytes": %d, "out_of_memory": %s}'
    killed = -signal.SIGKILL
    result = judge(ended(report % (killed, 0, "false")))
    assert (result.status, result.error) == (ExecutionStatus.RUNTIME_ERROR, "killed by SIGKILL")
    with pytest.raises(Crowded):
        judge(ended(report % (killed, 0, "true")))
    result = judge(ended(report % (killed, 200 * 2**20, "true")))  # most of what it may have: its own doing
    assert result.status is ExecutionStatus.MEMORY_LIMIT
    result = judge(ended(report % (0, 300 * 2**20, "false")))
    assert (result.status, result.peak_memory_bytes) == (ExecutionStatus.MEMORY_LIMIT, 300 * 2**20)


def test_a_first_process_that_fails_is_a_fault_of_ours() -> None:
    with pytest.raises(SandboxError, match="could not be isolated: OSError: cannot hide /usr"):
        judge(ended("OSError: cannot hide /usr"))


@pytest.mark.parametrize(
    ("stderr", "wanted"),
    [
        ("", ""),
        ("main.cpp:1:2: error: no\nmain.cpp:9:9: error: more", "main.cpp:1:2: error: no"),
        ("In file included from a:1:\n/usr/include/c++/12/stl.h:7:1: error: no match", "stl.h:7:1: error: no match"),
        ("/usr/bin/ld: /tmp/cc1.o: in function `main':\nmain.cpp:(.text+0x1): undefined reference to `f()'\ncollect2: "
         "error: ld returned 1", "main.cpp:(.text+0x1): undefined reference to `f()'"),
        ("main.cpp:1:1: error: a/b and 1 / 2", "main.cpp:1:1: error: a/b and 1 / 2"),
        ("something\nelse", "something"),
    ],
)  # fmt: skip
def test_the_first_error_of_a_compiler_is_told_without_folders(stderr: str, wanted: str) -> None:
    assert error_line(stderr) == wanted
