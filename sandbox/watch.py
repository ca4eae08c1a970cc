"""What a running execution uses, read from /proc by the supervisor: the whole tree, whatever the program does.

Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Usage:
    """Running totals of one execution's tree."""

    cpu_time_s: float = 0.0
    memory_bytes: int = 0
    peak_memory_bytes: int = 0
    cpu_time_by_pid: dict[int, float] = field(default_factory=dict)
    """Last seen for each process, so that one that vanished without being waited for still counts."""
    only_root_inherits: bool = False
    """Whether the processes below the root have replaced what they inherited by a program of their own."""

    def update(self, root: int, inherited_bytes: int, allowed_bytes: int) -> None:
        """Look at the tree below `root`, each of whose processes began with `inherited_bytes` of the fork-server."""
        waited_for, memory, pids = 0.0, 0, tree(root)
        inherited = {pid: 0 if self.only_root_inherits and pid != root else inherited_bytes for pid in pids}
        for pid in pids:
            measured = _measure(pid)
            if measured is None:
                continue
            own, children, resident = measured
            self.cpu_time_by_pid[pid] = own
            waited_for += children
            memory += max(0, resident - inherited[pid])
        if memory > allowed_bytes and len(pids) > 1:
            memory = min(memory, sum(_proportional_bytes(pid, inherited[pid]) for pid in pids))
        alive = sum(self.cpu_time_by_pid.values())
        self.cpu_time_s = max(self.cpu_time_s, alive, waited_for + self.cpu_time_by_pid.get(root, 0.0))
        self.memory_bytes = memory
        self.peak_memory_bytes = max(self.peak_memory_bytes, memory)


def tree(root: int) -> list[int]:
    """Return `root` and all processes below it."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children(pid))
    return found


def children(pid: int) -> list[int]:
    """Return the processes that `pid` is the parent of, the oldest of its first thread's first."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    return [int(child) for thread in threads for child in _read(f"/proc/{pid}/task/{thread}/children").split()]


def waited_to_run_s(pid: int) -> float:
    """Return for how long the process was ready to run while others had the processors."""
    fields = _read(f"/proc/{pid}/schedstat").split()
    return int(fields[1]) * 1e-9 if len(fields) > 1 else 0.0


def _measure(pid: int) -> tuple[float, float, int] | None:
    """Return CPU seconds of the process, of the children it waited for, and resident bytes; None if it is gone."""
    stat = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    if len(stat) < 15:
        return None
    memory = _read(_with_memory(pid, "statm", ended=stat[0] == b"Z")).split()
    if len(memory) < 2:
        return None
    own, children = int(stat[11]) + int(stat[12]), int(stat[13]) + int(stat[14])
    return own * _TICK_S, children * _TICK_S, int(memory[1]) * _PAGE_BYTES


def _with_memory(pid: int, file: str, *, ended: bool) -> str:
    """Return the path of a file about the process's memory: of a living thread, where its first one has ended."""
    if ended:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                if thread != str(pid):
                    return f"/proc/{pid}/task/{thread}/{file}"
    return f"/proc/{pid}/{file}"


def _proportional_bytes(pid: int, inherited_bytes: int) -> int:
    """Return what the process occupies, with each shared page divided among those who share it.

    Slow, so only asked when the simple sum, which counts pages shared after a fork once per process, is too large.
    """
    ended = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[:1] == [b"Z"]
    for line in _read(_with_memory(pid, "smaps_rollup", ended=ended)).splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    measured = _measure(pid)  # it has made itself unreadable, or it is gone and occupies nothing
    return max(0, measured[2] - inherited_bytes) if measured else 0


def _read(path: str) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(handle, 2**16)
    except OSError:
        return b""
    finally:
        os.close(handle)
