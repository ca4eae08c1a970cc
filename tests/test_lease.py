"""A box that is spoken to through an engine ends by itself once its host has been silent for too long."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

import sandbox
from sandbox.core import Call, Program, Sandbox
from sandbox.lease import RELAY, piece

ECHO = "\nwhile content := os.read(0, 2**16): os.write(1, content)\nos.write(1, b'END')"


def start(lease_s: float) -> subprocess.Popen[bytes]:
    """A box that says what it hears, and at last that it hears no more."""
    program = RELAY.format(lease_s=lease_s) + ECHO
    return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


@pytest.fixture
def box() -> Iterator[subprocess.Popen[bytes]]:
    with start(lease_s=1.0) as process:
        yield process


def say(box: subprocess.Popen[bytes], content: bytes) -> None:
    assert box.stdin is not None
    for part in piece(content):
        box.stdin.write(part)


def heard(box: subprocess.Popen[bytes], count: int) -> bytes:
    assert box.stdout is not None
    parts = []
    while count and (part := box.stdout.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def test_what_the_host_says_arrives_whole_however_it_is_cut(box: subprocess.Popen[bytes]) -> None:
    for content in (b"one", b"", bytes(range(256)), b"x" * 50_000):
        say(box, content)
        assert heard(box, len(content)) == content


def test_a_box_whose_host_falls_silent_ends_by_itself(box: subprocess.Popen[bytes]) -> None:
    say(box, b"one")
    started = time.monotonic()
    assert heard(box, 6) == b"oneEND"
    assert 0.9 < time.monotonic() - started < 15.0
    assert box.wait(20) == 0


def test_a_box_whose_host_stops_in_the_middle_of_a_word_ends_too(box: subprocess.Popen[bytes]) -> None:
    assert box.stdin is not None
    box.stdin.write((100).to_bytes(4, "big") + b"half")
    assert heard(box, 7) == b"halfEND"


def test_a_host_that_says_that_it_is_there_keeps_its_box(box: subprocess.Popen[bytes]) -> None:
    for _ in range(12):
        time.sleep(0.2)
        say(box, b"")
    say(box, b"still here")
    assert heard(box, 10) == b"still here"


def test_a_host_that_hangs_up_ends_its_box_at_once() -> None:
    with start(lease_s=600.0) as box:
        assert box.stdin is not None
        box.stdin.close()
        assert heard(box, 3) == b"END"


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_a_container_that_has_nothing_to_do_outlives_its_lease(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any_sandbox.name == "docker"
    monkeypatch.setattr("sandbox.docker.is_here", lambda *_: False)
    monkeypatch.setattr("sandbox.docker.LEASE_S", 1.0)
    program = Program(source="import time\ndef f(x):\n    time.sleep(x)\n    return x", entry_point="f")
    with sandbox.make("docker", boxes=1) as box:
        first = list(box._load)  # type: ignore[attr-defined]
        time.sleep(3.0)
        assert box.run(program, [Call(args=(2.5,))])[0].value == 2.5
        assert list(box._load) == first  # type: ignore[attr-defined]
