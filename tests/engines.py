"""A Docker engine of a test's own, which may be killed: nothing of it is shared with the machine's, or left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path


class OwnEngine:
    """Started with `start`; everything that it ever started is gone after `close`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="own-", dir="/tmp"))  # short: sockets lie below it
        self.address = f"unix://{self.folder}/engine.sock"
        self._cgroup = self.folder.name
        self._process: subprocess.Popen[bytes] | None = None
        self.settings: list[str] = []

    def start(self) -> None:
        """Start the daemon, and wait until it answers."""
        command = ["dockerd", "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec"]
        command += ["--pidfile", f"{self.folder}/pid", "--config-file", f"{self.folder}/daemon.json"]
        command += ["-H", self.address, "--bridge=none", "--iptables=false", "--ip-forward=false"]
        command += ["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{self._cgroup}"]
        (self.folder / "daemon.json").write_text('{"runtimes": {"broken": {"path": "/bin/false"}}}')
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        if not eventually(lambda: self._process.poll() is not None or self._answers(), 60.0):  # type: ignore[union-attr]
            raise RuntimeError("the engine does not answer")
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def _answers(self) -> bool:
        from sandbox.core import SandboxError
        from sandbox.engine import Endpoint, connect

        try:
            connect(Endpoint(address=self.address, chosen_by="a test")).close()
            return True
        except SandboxError:
            return False

    def kill(self) -> None:
        """Kill the daemon at once, as a crash would; its containers, and the shims that hold them, go on."""
        assert self._process is not None
        children = self._below([self._process.pid])[1:]
        self._process.kill()
        self._process.wait()
        eventually(lambda: not set(children) & set(processes()), 10.0)  # the kernel ends its containerd with it

    def stop(self) -> None:
        """Stop the daemon as an operator does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(60)

    def shims(self) -> list[int]:
        """The processes of its daemons that are left."""
        mark = f"{self.folder}/".encode()
        return [pid for pid in processes() if mark in read(f"/proc/{pid}/cmdline")]

    def contained(self) -> list[int]:
        """The processes in its containers; not those of runc, where it was killed before it had started one."""
        shims = self.shims()
        below = [pid for pid in self._below(shims) if pid not in shims]
        return [pid for pid in below if not read(f"/proc/{pid}/cmdline").startswith(b"runc\0init")]

    def _below(self, roots: list[int]) -> list[int]:
        found, waiting = [], list(roots)
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for path in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, read(str(path)).split())
        return found

    def close(self) -> None:
        """End everything, and remove every file, mount and control group."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        for pid in self._below(self.shims()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self.shims(), 10.0)
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in sorted((mount for mount in mounts if mount.startswith(f"{self.folder}/")), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        for group in self._cgroups():
            for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
                folder.rmdir()
            group.rmdir()
        shutil.rmtree(self.folder)

    def _cgroups(self) -> Iterator[Path]:
        for root in (Path("/sys/fs/cgroup"), *Path("/sys/fs/cgroup").iterdir()):
            if (root / self._cgroup).is_dir():
                yield root / self._cgroup


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def eventually(condition: Callable[[], bool], within_s: float) -> bool:
    end = time.monotonic() + within_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()
