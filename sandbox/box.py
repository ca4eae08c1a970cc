"""One warm box, seen from the host: starts executions in it, collects what they say, notices when it breaks."""

from __future__ import annotations

import itertools
import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sandbox import data
from sandbox.bundle import LAUNCHER, bundle
from sandbox.core import Call, Limits, Program, SandboxError
from sandbox.forkserver import BOX_HEADER, CHANNEL, ENDED, HOST_HEADER, IDLE, READY, STDERR, STDOUT
from sandbox.languages import Order
from sandbox.runner import FRAME

logger = logging.getLogger(__name__)

START_S = 60.0
"""How long a box may take to report that it is ready."""


class Transport(Protocol):
    """A started box's two byte streams, and its end."""

    def write(self, content: bytes) -> None:
        """Send all of `content` to the fork-server's standard input."""
        ...

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes of its standard output, or fewer at its end."""
        ...

    def kill(self) -> None:
        """End the box and everything in it; may be called from another thread, and twice."""
        ...

    def last_words(self) -> str:
        """Return what an ended box wrote to its standard error."""
        ...


Launch = Callable[[], Transport]


class Execution:
    """What has come from one execution so far. The box's reader fills it; `news` wakes the caller."""

    def __init__(self, program: Program | Order, limits: Limits, *, slots: int = 1) -> None:
        self.program = program
        self.slots = slots
        self.limits = limits
        self.streams: dict[int, bytearray] = {STDOUT: bytearray(), STDERR: bytearray(), CHANNEL: bytearray()}
        self.ended: dict[str, Any] | None = None
        self.lost = ""
        """Why it will never end: its box broke."""
        self.news: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.started = time.monotonic()
        self.number = 0

    def take_record(self, only: bytes | None = None) -> tuple[bytes, bytes] | None:
        """Remove and return the kind and body of the channel's first record, if it is complete (and of kind `only`)."""
        channel = self.streams[CHANNEL]
        if len(channel) < FRAME.size:
            return None
        kind, size = FRAME.unpack_from(channel)
        if len(channel) < FRAME.size + size or only not in (None, kind):
            return None
        body = bytes(channel[FRAME.size : FRAME.size + size])
        del channel[: FRAME.size + size]
        return kind, body


class Box:
    """A started box.

    Args:
        launch: Starts it.
        user: Id that its supervisor takes; 0: it stays what it is started as.
        memory_bytes: What all its executions may occupy together.
        on_free: Told, from another thread, of the slots that an execution frees when it ends, is lost, or sleeps.
        makes_room: Whether one that sleeps frees its slots.
        executes: Whether its programs are started by exec, as `Order` describes it, and not as copies.
        preload: Modules that its programs find loaded, by name (see `sandbox.languages.Language`).
    """

    def __init__(
        self,
        launch: Launch,
        user: int,
        memory_bytes: int,
        on_free: Callable[[Box, int], None],
        *,
        makes_room: bool = True,
        executes: bool = False,
        preload: Mapping[str, str] | None = None,
    ) -> None:
        self._launch = launch
        self.user = user
        self._memory_bytes = memory_bytes
        self._on_free = on_free
        self._makes_room = makes_room
        self._modules = (LAUNCHER,) if executes else ()
        self._preload = preload
        self._numbers = itertools.count(1)
        self._running: dict[int, Execution] = {}
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._transport: Transport | None = None
        self._settled = threading.Event()
        self.broken = ""
        """Why this box can no longer be used; empty while it can."""
        # The thread that starts a box must live as long as the box: the kernel ties the two together.
        self._reader = threading.Thread(target=self._live, name="sandbox-box", daemon=True)
        self._reader.start()

    def wait_until_ready(self) -> None:
        """Return when the box can take work.

        Raises:
            SandboxError: It did not start.
        """
        if not self._settled.wait(START_S):
            self.kill(f"it was not ready after {START_S:.0f} s")
        if self.broken:
            raise SandboxError(f"a sandbox box did not start: {self.broken}")

    def start(self, execution: Execution, call: Call) -> None:
        """Begin an execution; a box that turns out to be broken marks it as lost."""
        program, limits = execution.program, execution.limits
        channel = "calls" if program.stub is not None else "value" if program.entry_point is not None else ""
        parts = [program.packed() if isinstance(program, Order) else _job(program, call, bool(channel))]
        if not channel:
            parts.append(call.stdin.encode("utf-8", "surrogatepass"))
        with self._lock:
            execution.number = next(self._numbers)
            self._running[execution.number] = execution
        execution.started = time.monotonic()
        request = {
            "op": "run",
            "number": execution.number,
            "channel": channel,
            "parts": [len(part) for part in parts],
            "limits": {
                name: value if name.endswith("_s") else int(value)
                for name, value in ((name, getattr(limits, name)) for name in Limits.__slots__)
            },
        }
        self._send(request, b"".join(parts))

    def _bundle(self) -> bytes:
        return bundle(self.user, self._memory_bytes, *self._modules, preload=self._preload)

    def answer(self, execution: Execution, kind: bytes, body: bytes) -> None:
        """Answer the call of a stub, which also lets the clock go on."""
        self._send({"op": "answer", "number": execution.number}, FRAME.pack(kind, len(body)) + body)

    def cancel(self, execution: Execution, reason: str = "cancelled") -> None:
        """Kill an execution, if it still runs, whose result nobody wants any more."""
        if execution.ended is None and not execution.lost and not self.broken:
            self._send({"op": "kill", "number": execution.number, "reason": reason})

    @property
    def running(self) -> int:
        """How many executions it holds, sleeping ones included."""
        return len(self._running)

    def kill(self, reason: str) -> None:
        """End the box; what runs in it is lost."""
        self.broken = self.broken or reason
        if self._transport is not None:
            self._transport.kill()

    def join(self) -> None:
        """Wait until a killed box and its reader are gone."""
        self._reader.join(START_S)

    def _send(self, request: dict[str, Any], payload: bytes = b"") -> None:
        text = json.dumps(request).encode("ascii")
        try:
            with self._write_lock:
                assert self._transport is not None
                self._transport.write(HOST_HEADER.pack(len(text), len(payload)) + text + payload)
        except (OSError, ValueError) as error:  # ValueError: its pipe has been closed
            self.kill(f"it does not take requests any more ({error})")
            self._lose_all()

    def _live(self) -> None:
        """Start the box and read from it until it ends; whatever happens, nobody waits for it for ever."""
        failure = "it ended"
        try:
            self._transport = self._launch()
            if not self.broken:
                self._transport.write(self._bundle())
                while self._read_frame():
                    pass
        except (OSError, SandboxError, ValueError) as error:
            failure = str(error)
        else:
            failure = "it ended without a word"
        finally:
            words = ""
            if self._transport is not None:
                self._transport.kill()
                with self._write_lock:  # what is closed here may be another file by the time it is written to
                    words = self._transport.last_words().strip()
            *before, reason = words.splitlines() or [failure]
            if before:  # a traceback, whose last line is what there is to tell
                logger.info("the last words of a sandbox box: %s", words)
            self.broken = self.broken or reason
            self._settled.set()
            self._lose_all()

    def _read_frame(self) -> bool:
        transport = self._transport
        assert transport is not None
        header = transport.read(BOX_HEADER.size)
        if len(header) < BOX_HEADER.size:
            return False
        number, kind, size = BOX_HEADER.unpack(header)
        body = transport.read(size)
        if len(body) < size:
            return False
        if kind == READY:
            self._settled.set()
            return True
        execution = self._running.get(number)
        if execution is None:
            return True
        if kind == ENDED:
            execution.ended = json.loads(body)
            self._release(number)
        elif kind == IDLE:
            if self._makes_room:
                freed, execution.slots = execution.slots, 0
                self._on_free(self, freed)
        else:
            execution.streams[kind] += body
            if kind == CHANNEL and execution.program.stub is not None:
                execution.news.put(None)
        return True

    def _release(self, number: int) -> None:
        with self._lock:
            execution = self._running.pop(number, None)
        if execution is not None:
            execution.news.put(None)
            self._on_free(self, execution.slots)

    def _lose_all(self) -> None:
        for number, execution in list(self._running.items()):
            execution.lost = self.broken
            self._release(number)


def _job(program: Program, call: Call, channel: bool) -> bytes:
    stdin = call.stdin if channel else ""
    shown = [program.source, program.entry_point, program.stub, channel, stdin]
    arguments = data.dumps((tuple(call.args), dict(call.kwargs)))
    return f"{json.dumps(shown)[:-1]},{arguments}]".encode("ascii")
