"""Two named pipes to a box on this machine: what an engine would carry through three processes goes straight across.

They exist in the file system only until both sides have opened them, in a folder that nobody else can enter.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.core import SandboxError

OPEN_FIRST = """
import os
reports, requests = os.open("{folder}/reports", os.O_WRONLY), os.open("{folder}/requests", os.O_RDONLY)
for number, handle in enumerate((requests, reports)):
    os.dup2(handle, number)
    os.close(handle)
"""
"""What the interpreter in the box does before anything else; `folder` is where it finds the pipes."""

_WAIT_S = 20.0


class Fifos:
    """The host's ends. Make it, start the box with `folder` visible to it, and `connect`."""

    def __init__(self) -> None:
        self._private = Path(tempfile.mkdtemp(prefix="assay-box-"))  # for its owner only
        self.folder = self._private / "box"
        self.folder.mkdir()
        self.folder.chmod(0o755)
        for name in ("requests", "reports"):
            os.mkfifo(self.folder / name)
            (self.folder / name).chmod(0o666)
        self._reports = os.fdopen(os.open(self.folder / "reports", os.O_RDONLY | os.O_NONBLOCK), "rb")
        self._requests = -1

    def connect(self, is_alive: Callable[[], bool]) -> None:
        """Wait until the box has opened its ends, and take the pipes out of the file system.

        Raises:
            SandboxError: It ended before, or it did not open them in time.
        """
        deadline, next_look = time.monotonic() + _WAIT_S, time.monotonic() + 0.5
        try:
            while self._requests < 0:
                try:
                    self._requests = os.open(self.folder / "requests", os.O_WRONLY | os.O_NONBLOCK)
                except OSError as error:
                    if error.errno != errno.ENXIO:
                        raise
                    if time.monotonic() > next_look:
                        next_look += 0.5
                        if time.monotonic() > deadline or not is_alive():
                            raise SandboxError("the box did not open its pipes") from None
                    time.sleep(0.005)
        finally:
            self.remove()
        for handle in (self._requests, self._reports.fileno()):
            os.set_blocking(handle, True)

    def write(self, content: bytes) -> None:
        """Send all of `content`."""
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._requests, rest) :]

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes, or fewer at the end."""
        return self._reports.read(count)

    def hang_up(self) -> None:
        """Close the end that is written to, at which the box ends by itself."""
        handle, self._requests = self._requests, -1
        if handle >= 0:
            with contextlib.suppress(OSError):
                os.close(handle)

    def close(self) -> None:
        """Close both ends, after the last read."""
        self.hang_up()
        self._reports.close()
        self.remove()

    def remove(self) -> None:
        """Take the pipes out of the file system."""
        shutil.rmtree(self._private, ignore_errors=True)
