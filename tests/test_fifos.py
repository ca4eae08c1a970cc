"""The pipes to a box when something goes wrong with them; what goes right is in `test_sandbox.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.core import SandboxError
from sandbox.fifos import OPEN_FIRST, Fifos


def start_box(fifos: Fifos, then: str = "") -> subprocess.Popen[bytes]:
    """A box that opens its pipes, and ends when it is hung up."""
    program = OPEN_FIRST.format(folder=fifos.folder) + then + "\nwhile os.read(0, 100): pass"
    return subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)


def test_a_box_that_is_given_up_while_it_opens_its_pipes_ends_by_itself() -> None:
    for opened in (False, True):
        fifos = Fifos()
        child = start_box(fifos)
        while opened and not fifos._has_writer():
            pass
        fifos.close()  # an engine that died meanwhile would never end it
        assert child.wait(20) in (0, 1)  # it found them gone, or read the end


def test_what_is_written_after_hanging_up_fails_and_lands_in_no_other_file(tmp_path: Path) -> None:
    fifos = Fifos()
    child = start_box(fifos)
    fifos.connect(lambda: child.poll() is None)
    number = fifos._requests
    fifos.hang_up()
    assert child.wait(20) == 0
    with open(tmp_path / "other", "wb") as other:
        assert other.fileno() != number  # not given away while somebody may be about to write to it
        with pytest.raises(OSError):
            fifos.write(b"a program")
    fifos.close()
    with pytest.raises(OSError):
        fifos.write(b"a program")
    fifos.hang_up()


def test_a_writer_that_waits_for_a_box_that_dies_is_told() -> None:
    fifos = Fifos()
    child = start_box(fifos, "import time; time.sleep(600)")
    fifos.connect(lambda: child.poll() is None)
    failures: list[OSError] = []

    def write() -> None:
        try:
            fifos.write(bytes(2**20))  # more than a pipe holds
        except OSError as error:
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    child.kill()
    child.wait()
    writer.join(20)
    assert [type(failure) for failure in failures] == [BrokenPipeError]
    fifos.close()


def test_no_child_of_this_process_inherits_a_pipe() -> None:
    fifos = Fifos()
    child = start_box(fifos)
    fifos.connect(lambda: child.poll() is None)
    assert not os.get_inheritable(fifos._requests)
    fifos.hang_up()
    assert not os.get_inheritable(fifos._requests)
    assert child.wait(20) == 0
    fifos.close()


def test_a_temporary_folder_that_takes_no_pipes_is_an_error_and_keeps_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("os.mkfifo", full)
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SandboxError, match=r"the pipes of a box cannot be made: .*No space left"):
        Fifos()
    assert not list(tmp_path.iterdir())
    assert len(os.listdir("/proc/self/fd")) == descriptors
