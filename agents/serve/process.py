"""The training process of a job: started so that it is always known, and known again by another server.

A process is named by its id, its start time and the boot of the machine. It begins only once its name is written down:
a server that is killed in between leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

_WAIT_FOR_LEAVE = 'read -r leave && exec "$@"'
_POLL_S = 0.05


class Training:
    """A training process that this server started.

    Args:
        command: What runs.
        log: File that what it says is appended to.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WAIT_FOR_LEAVE, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the server's terminal is for the server alone
            )
        self.name = name_of(self._process.pid)

    def begin(self) -> None:
        """Let it run, now that its name is written down."""
        assert self._process.stdin is not None  # it was asked for
        with self._process.stdin as leave:
            leave.write(b"go\n")

    def ended(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def stop(self, *, at_once: bool = False) -> None:
        """Tell it to write a checkpoint and end, or end it at once."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end and return the exit code; None: it still runs."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None


def name_of(pid: int) -> str:
    """Return what names a process beyond its id, which is given again to others; only the id if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return f"{pid} {_start_time(pid)}".strip()
    state, started = fields[0], fields[19]
    return f"{pid}" if state in "ZX" else f"{pid} {started} {boot}"


def _start_time(pid: int) -> str:
    """Return when a process began, where there is no /proc; empty if it is gone."""
    if Path("/proc/self").exists():
        return ""
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "-".join(shown.stdout.split())


def is_running(name: str) -> bool:
    """Tell whether the process of this name still runs."""
    pid, _, rest = name.partition(" ")
    return bool(rest) and name_of(int(pid)) == name


def end(name: str, *, patience_s: float) -> bool:
    """End a process that another server started: first so that it writes a checkpoint, then at once.

    Returns:
        Whether there was one.
    """
    if not is_running(name):
        return False
    pid = int(name.partition(" ")[0])
    until = time.monotonic() + patience_s
    with contextlib.suppress(ProcessLookupError):  # it may end at any moment
        os.kill(pid, signal.SIGTERM)
        while is_running(name):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(_POLL_S)
    return True
