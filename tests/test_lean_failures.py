"""What breaks around a proof: processes that are killed, a kernel that does not start, a disk that takes nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lean_checking import body, in_order, open_checker, stated

import sandbox
from envs.core import ConfigError, VerifierError
from envs.lean import build, kernel, wheel
from envs.lean import proofs as proofs_module
from envs.lean.proofs import ProofChecker, Verdict
from sandbox.core import Sandbox, SandboxError

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def checker(bubblewrap: Sandbox) -> ProofChecker:
    """Of the sandbox that starts anywhere, for what has nothing to do with sandboxes."""
    return open_checker(bubblewrap)


def test_two_threads_get_the_verdicts_of_one_and_the_same_ones_again(checker: ProofChecker) -> None:
    statement = stated("theorem even (n : Nat) : n + n = 2 * n")
    bodies = ["omega", "rfl", "skip", "intro x", "exact nothing", "simp", "rw [Nat.two_mul]", "cases n"] * 3
    alone = [checker.check(statement, body(text)) for text in bodies[:8]]
    together = in_order(checker, statement, bodies)
    assert [(each.verdict, each.feedback) for each in together] == [(each.verdict, each.feedback) for each in alone] * 3
    assert {each.verdict for each in alone} == {Verdict.PROVED, Verdict.REJECTED, Verdict.INCOMPLETE}


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = {int(word) for word in path.read_text().split()}
        except OSError:
            continue
        found |= own.union(*map(descendants, own))
    return found


@pytest.fixture
def own_sandbox(bubblewrap: Sandbox) -> Iterator[Sandbox]:
    """A sandbox whose processes a test may kill."""
    with sandbox.make("bubblewrap", boxes=1) as made:
        yield made


def kernels() -> set[int]:
    """The processes of kernels that wait for a proof."""
    return {worker._process.pid for worker in list(proofs_module._judge(None)._kernel._idle)}


def test_killing_any_process_in_the_middle_of_a_batch_makes_no_wrong_verdict(own_sandbox: Sandbox) -> None:
    before = descendants(os.getpid())
    checker = open_checker(own_sandbox)
    statement = stated("theorem even (n : Nat) : n + n = 2 * n")
    expected = {"omega": "PROVED", "intro x": "REJECTED", "skip": "INCOMPLETE"}
    assert [each.verdict for each in in_order(checker, statement, [*expected])] == [*expected.values()]
    found: list[tuple[str, str]] = []
    ended = threading.Event()

    def check() -> None:
        while not ended.is_set():
            for text in expected:
                with contextlib.suppress(VerifierError, SandboxError):  # of which nobody learns
                    found.append((text, checker.check(statement, body(text)).verdict))

    checking = threading.Thread(target=check)
    checking.start()
    for turn in range(5):
        known = len(found)
        victims = sorted(descendants(os.getpid()) - before | kernels())
        with contextlib.suppress(ProcessLookupError):
            os.kill(victims[turn * len(victims) // 5], signal.SIGKILL)
        deadline = time.monotonic() + 60.0
        while len(found) <= known + len(expected) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(found) > known + len(expected), f"no verdict any more after {turn + 1} processes were killed"
    ended.set()
    checking.join()
    assert set(found) == set(expected.items())


def test_a_kernel_that_was_killed_is_replaced(checker: ProofChecker) -> None:
    statement = stated("theorem kept (n : Nat) : n = n")
    assert checker.check(statement, body("rfl")).verdict == "PROVED"
    workers = list(proofs_module._judge(None)._kernel._idle)
    assert workers
    for worker in workers:
        worker._process.kill()
        worker._process.wait()
    assert checker.check(statement, body("rfl")).verdict == "PROVED"
    assert checker.check(statement, body("exact nothing")).verdict == "REJECTED"


def test_a_kernel_that_cannot_start_is_an_error_of_ours(checker: ProofChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    statement = stated("theorem kept_too (n : Nat) : n = n")
    assert checker.check(statement, body("rfl")).verdict == "PROVED"
    proofs_module._judge(None)._kernel.close_idle()
    monkeypatch.setattr(kernel, "_BOOTSTRAP", "raise SystemExit('no room')")
    with pytest.raises(VerifierError, match="the kernel's process does not start: no room"):
        checker.check(statement, body("rfl"))


def test_the_library_cannot_be_built_where_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(build, "cache_folder", lambda: tmp_path / "a file")
    with pytest.raises(ConfigError, match=r"the core library for Lean cannot be built in .*a file"):
        build.core(wheel.find())
    full = Path("/dev/full")
    monkeypatch.setattr(build, "cache_folder", lambda: full)
    with pytest.raises(ConfigError, match="the core library for Lean cannot be built in /dev/full"):
        build.core(wheel.find())


@pytest.mark.parametrize("damage", ["cut short", "one bit", "no note", "gone"])
def test_a_library_that_is_not_what_was_built_is_built_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    monkeypatch.setattr(build, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(build, "source", lambda: "prelude\naxiom one : Prop\n")  # as small as can be
    built = build.core(wheel.find())
    content = built.read_bytes()
    inode = built.stat().st_ino
    assert build.core(wheel.find()).stat().st_ino == inode  # it stays while it is whole
    if damage == "cut short":
        built.write_bytes(content[:-8])
    elif damage == "one bit":
        built.write_bytes(content[:-8] + bytes([content[-8] ^ 1]) + content[-7:])
    elif damage == "no note":
        built.with_suffix(".sha256").unlink()
    else:
        built.unlink()
    assert build.core(wheel.find()) == built
    assert built.read_bytes() == content and built.with_suffix(".sha256").is_file()


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"line": 3, "column": 2, "text": "plain"}, (3, 2, "plain")),
        ({"line": 3, "column": 2, "text": "lone \ud800"}, (3, 2, "lone ?")),
        ({"line": 10**5000, "column": 2, "text": "far"}, None),
        ({"line": 3, "column": -1, "text": "before"}, None),
        ({"line": True, "column": 2, "text": "no number"}, None),
    ],
)
def test_what_a_box_says_of_an_error_is_made_fit_to_be_told(told: dict[str, object], read: object) -> None:
    assert proofs_module._error({"severity": "error", **told}) == read
