"""One running execution, as the supervisor inside the box sees it.

Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox import runner
from sandbox.watch import Usage


@dataclass(slots=True)
class Execution:
    """One running program and the supervisor's ends of its streams."""

    number: int
    limits: dict[str, Any]
    streams: dict[int, int]
    """Stream kind -> descriptor, while it is open."""
    theirs: tuple[int, ...]
    """The program's ends, held until its process exists."""
    channel: socket.socket | None
    allowances: dict[int, int]
    """Stream kind -> bytes that may still come."""
    name: int = field(default_factory=lambda: int.from_bytes(os.urandom(4)))
    """What the zygote and the process itself know it by; unlike its number it does not count."""
    started: float = 0.0
    waited_at_start_s: float = 0.0
    """For how long the supervisor itself had waited for a processor by then."""
    pid: int = 0
    """0 while the zygote has not made its process."""
    process: int = -1
    usage: Usage = field(default_factory=Usage)
    watched: bool = False
    """Whether its streams are attended to while it runs, and not only at its end."""
    follows_calls: bool = False
    """Whether its channel carries calls: until the first record of another kind, which the host does not answer."""
    record: bytearray = field(default_factory=bytearray)
    """Header, so far, of the record that is passing through the channel."""
    record_rest: int = 0
    """Bytes of that record's body that are still to come."""
    paused_since: float | None = None
    """When the call that the host is answering was passed on: its time is not the program's."""
    paused_s: float = 0.0
    idle: bool = False
    """Whether it sleeps rather than computes, as last seen."""
    told_idle: bool = False
    fired: str = ""
    """The limit that ended it."""
    unsent: bytearray = field(default_factory=bytearray)


def follow_records(execution: Execution, passed: memoryview) -> None:
    """Stop the program's clock when a whole call has been passed on; what it sends otherwise is the host's business."""
    record, at = execution.record, 0
    while execution.follows_calls and at < len(passed):
        if len(record) < runner.FRAME.size:
            part = passed[at : at + runner.FRAME.size - len(record)]
            record += part
            at += len(part)
            if len(record) < runner.FRAME.size:
                return
            execution.record_rest = runner.FRAME.unpack(record)[1]
        step = min(execution.record_rest, len(passed) - at)
        execution.record_rest -= step
        at += step
        if not execution.record_rest:
            execution.follows_calls = record[:1] == runner.CALL
            execution.paused_since = time.monotonic() if execution.follows_calls else None
            record.clear()
