"""Two named pipes to a box on this machine: what an engine would carry through three processes goes straight across.

They exist in the file system only until both sides have opened them, in a folder that nobody else can enter.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from sandbox.core import SandboxError

OPEN_FIRST = """
import os
requests, reports = os.open("{folder}/requests", os.O_RDONLY), os.open("{folder}/reports", os.O_WRONLY)
for number, handle in enumerate((requests, reports)):
    os.dup2(handle, number)
    os.close(handle)
"""
"""What the interpreter in the box does before anything else; `folder` is where it finds the pipes."""

_WAIT_S = 20.0


class Fifos:
    """The host's ends. Make it, start the box with `folder` visible to it, and `connect`.

    Raises:
        SandboxError: The temporary folder cannot hold them.
    """

    def __init__(self) -> None:
        self._requests = -1
        self._reports: BinaryIO | None = None
        self._letting_go = threading.Lock()
        try:
            self._private = Path(tempfile.mkdtemp(prefix="assay-box-"))  # for its owner only
        except OSError as error:
            raise SandboxError(f"the pipes of a box cannot be made: {error}") from error
        self.folder = self._private / "box"
        try:
            self.folder.mkdir()
            self.folder.chmod(0o755)
            for name in ("requests", "reports"):
                os.mkfifo(self.folder / name)
                (self.folder / name).chmod(0o666)
            self._reports = os.fdopen(os.open(self.folder / "reports", os.O_RDONLY | os.O_NONBLOCK), "rb")
            # With a reader and a writer in place, a box that opens it never waits, even if it has been given up.
            self._requests = os.open(self.folder / "requests", os.O_RDWR)
        except OSError as error:
            self.close()
            raise SandboxError(f"the pipes of a box cannot be made: {error}") from error

    def connect(self, is_alive: Callable[[], bool]) -> None:
        """Wait until the box has opened its ends, and take the pipes out of the file system.

        Raises:
            SandboxError: It ended before, or it did not open them in time.
        """
        deadline, next_look = time.monotonic() + _WAIT_S, time.monotonic() + 0.5
        try:
            while not self._has_writer():
                if time.monotonic() > next_look:
                    next_look += 0.5
                    if time.monotonic() > deadline or not is_alive():
                        raise SandboxError("the box did not open its pipes")
                time.sleep(0.005)
            ours = os.open(self.folder / "requests", os.O_WRONLY)
            os.dup2(ours, self._requests, inheritable=False)  # no longer a reader of our own requests
            os.close(ours)
        except OSError as error:
            raise SandboxError(f"the pipes of a box cannot be opened: {error}") from error
        finally:
            self.remove()
        assert self._reports is not None  # not closed before it is connected
        os.set_blocking(self._reports.fileno(), True)

    def _has_writer(self) -> bool:
        """Return whether the box has opened the second of its ends; it says nothing before it is spoken to."""
        assert self._reports is not None  # not closed before it is connected
        try:
            return bool(os.read(self._reports.fileno(), 1))
        except BlockingIOError:
            return True

    def write(self, content: bytes) -> None:
        """Send all of `content`.

        Raises:
            OSError: The box is gone, or was hung up.
        """
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._requests, rest) :]

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes, or fewer at the end."""
        assert self._reports is not None  # it is closed after the last read
        return self._reports.read(count)

    def hang_up(self) -> None:
        """Let go of the end that is written to, at which the box ends by itself; may be called from any thread.

        Its number stays taken until `close`: a write that was about to begin fails, and does not land in another file.
        """
        with self._letting_go:
            if self._requests >= 0 and self._reports is not None:
                os.dup2(self._reports.fileno(), self._requests, inheritable=False)  # which cannot be written to

    def close(self) -> None:
        """Close both ends, after the last read and write."""
        self.remove()
        with self._letting_go:
            if self._requests >= 0:
                os.close(self._requests)
            if self._reports is not None:
                self._reports.close()
            self._requests, self._reports = -1, None

    def remove(self) -> None:
        """Take the pipes out of the file system."""
        shutil.rmtree(self._private, ignore_errors=True)
