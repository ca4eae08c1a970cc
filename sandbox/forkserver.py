"""The supervisor inside the box: has one fresh process made per execution, holds it to its limits, passes its bytes on.

New processes are copies of the zygote (`zygote.py`) and children of this one. It judges nothing: it reports bytes, how
the process ended and which limit fired. One thread, one event loop, standard library only, since it runs inside the
box.

Frames from the host: header `!II` (lengths of JSON and payload), JSON, payload. Frames to the host: header `!IBI`
(execution, kind, length), body.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections import deque
from typing import Any, NoReturn

from sandbox.jail import hide_from_tracers
from sandbox.running import Execution, follow_records
from sandbox.watch import Usage, children, waited_to_run_s
from sandbox.zygote import FAILURE, NOT_SHUT_IN, REPLY, REQUEST, Zygote

HOST_HEADER = struct.Struct("!II")
BOX_HEADER = struct.Struct("!IBI")

STDOUT, STDERR, CHANNEL, ENDED, READY, IDLE = range(6)
"""Kinds of frame to the host: bytes of a stream, an execution's end, the box's own start, an execution that sleeps."""

TICK_S = 0.02
"""How often the trees of running executions are measured."""

IDLE_AFTER_S = 0.1
"""An execution that has hardly used a processor for so long is reported as idle: another may run beside it."""

_IDLE_SHARE = 0.2
_IDLE_BYTES = 32 * 2**20
"""What an execution may occupy and still count as idle."""

_IDLE_TICKS = 10
"""Idle executions are measured only every so many ticks; the kernel's own limits hold in between."""

_LONGEST_WAIT_FACTOR = 10
"""Wall time lost to other processes on a busy machine is given back, up to this many times the limit."""

_WALLS = ("cpu_time_s", "memory_bytes", "processes", "scratch_bytes")
"""The limits that are walls of the process itself, in the order of `REQUEST`."""

_FRAMING_BYTES = 64
_CHUNK_BYTES = 2**16
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class Supervisor:
    """The event loop of one box."""

    def __init__(self, zygote: Zygote, requests: int, reports: int, memory_bytes: int) -> None:
        self.zygote = zygote
        self.memory_bytes = memory_bytes
        self.failures: dict[int, str] = {}
        """Why walls could not be put up, of executions that have not been reported yet."""
        self.ticks = 0
        self.waited_s = waited_to_run_s(os.getpid())
        self.outbox = bytearray()
        self.requests = requests
        self.reports = reports
        self.selector = selectors.DefaultSelector()
        self.selector.register(requests, selectors.EVENT_READ, self._take_request)
        self.selector.register(zygote.replies, selectors.EVENT_READ, self._started)
        self.selector.register(zygote.process, selectors.EVENT_READ, _lose_zygote)
        self.executions: dict[int, Execution] = {}
        self.starting: deque[Execution] = deque()
        """Those whose process the zygote has yet to make, in the order in which it was asked."""
        self.buffer = bytearray(_CHUNK_BYTES)

    def serve(self) -> None:
        """Serve until the host closes its end; the box's first process then takes everything down."""
        next_tick = time.monotonic() + TICK_S
        while True:
            now = time.monotonic()
            for key, _events in self.selector.select(max(0.0, next_tick - now) if self.executions else None):
                if isinstance(key.data, tuple):
                    self._attend(*key.data)
                else:
                    key.data()
            if not self.executions or time.monotonic() >= next_tick:
                self._tick()
                next_tick = time.monotonic() + TICK_S

    def _tick(self) -> None:
        """Measure what runs, and those that sleep now and then; keep the whole box within its memory."""
        self.ticks += 1
        self.waited_s = waited_to_run_s(os.getpid())
        for execution in [execution for execution in self.executions.values() if execution.pid]:
            if not execution.watched:
                self._watch(execution)
            if not execution.idle or self.ticks % _IDLE_TICKS == 0:
                self._measure(execution)
        running = [execution for execution in self.executions.values() if not execution.fired]
        if sum(execution.usage.memory_bytes for execution in running) > self.memory_bytes:
            self._kill(max(running, key=lambda execution: execution.usage.memory_bytes), "pressure")

    def report(self, number: int, kind: int, body: bytes | bytearray | memoryview, *, more: bool = False) -> None:
        """Send one frame to the host, now or (if `more` follow at once) together with the next."""
        self.outbox += BOX_HEADER.pack(number, kind, len(body))
        self.outbox += body
        if more:
            return
        with memoryview(self.outbox) as everything:
            rest = everything[:]
            while rest:
                rest = rest[os.write(self.reports, rest) :]
            rest.release()
        self.outbox[:] = bytes(len(self.outbox))
        self.outbox.clear()

    def _take_request(self) -> None:
        header = self._read_exactly(HOST_HEADER.size)
        if not header:
            raise SystemExit(0)
        length, payload = HOST_HEADER.unpack(header)
        request = json.loads(self._read_exactly(length))
        operation, number = request["op"], request["number"]
        if operation == "run":
            self._start(number, request["limits"], request["channel"], request["parts"])
            return
        answer = self._read_exactly(payload)
        execution = self.executions.get(number)  # None: it ended while the request was on its way
        if execution is None:
            return
        if operation == "kill":
            self._kill(execution, request["reason"])
        elif operation == "answer":
            self._answer(execution, answer)

    def _read_exactly(self, count: int) -> bytes:
        parts = []
        while count:
            part = os.read(self.requests, count)
            if not part:
                return b""
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _receive_file(self, count: int) -> int:
        """Move `count` bytes from the host into a new sealed file, leaving no copy in this process's memory."""
        handle = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        view = memoryview(self.buffer)
        while count:
            got = os.readv(self.requests, [view[: min(count, len(view))]])
            if not got:
                raise SystemExit(0)
            count -= got
            rest = view[:got]
            while rest:
                rest = rest[os.write(handle, rest) :]
            view[:got] = bytes(got)
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, _SEALS)
        os.lseek(handle, 0, os.SEEK_SET)
        return handle

    def _start(self, number: int, limits: dict[str, Any], channel: str, parts: list[int]) -> None:
        """Make an execution's streams and ask the zygote for its process."""
        files = [self._receive_file(size) for size in parts]
        ours: socket.socket | None = None
        if channel:
            ours, theirs = socket.socketpair()
            if channel == "value":
                ours.shutdown(socket.SHUT_WR)
            files.append(theirs.detach())
        job, stdin = files
        output_out, output_in = os.pipe()
        errors_out, errors_in = os.pipe()
        streams = {STDOUT: output_out, STDERR: errors_out}
        cap = limits["output_bytes"]
        allowances = {STDOUT: cap, STDERR: cap, CHANNEL: cap + _FRAMING_BYTES}
        if ours is not None:
            streams[CHANNEL] = ours.fileno()
        execution = Execution(
            number=number,
            limits=limits,
            streams=streams,
            theirs=(job, stdin, output_in, errors_in),
            channel=ours,
            allowances=allowances,
            follows_calls=channel == "calls",
            usage=Usage(only_root_inherits=self.zygote.executes),
        )
        self.executions[number] = execution
        self.starting.append(execution)
        walls = [limits[name] for name in _WALLS]
        os.write(self.zygote.requests, REQUEST.pack(execution.name, parts[0], *execution.theirs, *walls))

    def _started(self) -> None:
        """Take note of the process that the zygote has made for the execution that waits the longest."""
        (pid,) = REPLY.unpack(os.read(self.zygote.replies, REPLY.size))
        execution = self.starting.popleft()
        for handle in execution.theirs:
            os.close(handle)
        execution.started, execution.waited_at_start_s = time.monotonic(), self.waited_s
        if pid < 0:
            for kind in list(execution.streams):
                self._close_stream(execution, kind)
            del self.executions[execution.number]
            reason = f"cannot make a process in new namespaces: {os.strerror(-pid)}"
            self.report(execution.number, ENDED, json.dumps({"broken": reason}).encode())
            return
        execution.pid, execution.process = pid, os.pidfd_open(pid)
        self.selector.register(execution.process, selectors.EVENT_READ, (execution, ENDED))
        if execution.follows_calls:
            self._watch(execution)
        if execution.fired:
            self._kill(execution, execution.fired)

    def _watch(self, execution: Execution) -> None:
        """Attend to its streams while it runs; one that ends within a tick leaves all it has to say in the kernel."""
        execution.watched = True
        for kind, handle in execution.streams.items():
            os.set_blocking(handle, False)
            self.selector.register(handle, selectors.EVENT_READ, (execution, kind))

    def _attend(self, execution: Execution, kind: int) -> None:
        if execution.number not in self.executions:
            return  # it ended earlier in this round
        if kind == ENDED:
            self._finish(execution)
            return
        if kind == CHANNEL and execution.unsent:
            self._send_answer(execution)
        self._drain(execution, kind, once=True)

    def _drain(self, execution: Execution, kind: int, *, once: bool = False) -> None:
        """Pass on what a stream holds, up to its cap."""
        handle = execution.streams.get(kind)
        while handle is not None:
            try:
                got = os.readv(handle, [self.buffer])
            except BlockingIOError:
                return
            except OSError:
                got = 0
            if not got:
                self._close_stream(execution, kind)
                return
            passed = min(got, execution.allowances[kind])
            execution.allowances[kind] -= passed
            if passed:
                self.report(execution.number, kind, memoryview(self.buffer)[:passed], more=not once)
                if kind == CHANNEL:
                    follow_records(execution, memoryview(self.buffer)[:passed])
            self.buffer[:got] = bytes(got)
            if passed < got:
                self._kill(execution, "output")
                self._close_stream(execution, kind)
                return
            if once:
                return

    def _close_stream(self, execution: Execution, kind: int) -> None:
        handle = execution.streams.pop(kind)
        if execution.watched:
            self.selector.unregister(handle)
        if kind == CHANNEL and execution.channel is not None:
            execution.channel.close()
        else:
            os.close(handle)

    def _answer(self, execution: Execution, answer: bytes) -> None:
        if execution.paused_since is not None:
            execution.paused_s += time.monotonic() - execution.paused_since
            execution.paused_since = None
        execution.allowances[CHANNEL] = execution.limits["output_bytes"] + _FRAMING_BYTES
        execution.unsent += answer
        self._send_answer(execution)

    def _send_answer(self, execution: Execution) -> None:
        handle = execution.streams.get(CHANNEL)
        if handle is None or execution.channel is None:
            return
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            sent = execution.channel.send(execution.unsent)
            execution.unsent[:sent] = bytes(sent)
            del execution.unsent[:sent]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if execution.unsent else 0)
        self.selector.modify(handle, events, (execution, CHANNEL))

    def _measure(self, execution: Execution) -> None:
        """Compare what the tree has used with its limits, and kill it when one is passed."""
        limits, usage, elapsed_s = execution.limits, execution.usage, time.monotonic() - execution.started
        spent_s = usage.cpu_time_s
        usage.update(execution.pid, self.zygote.baseline.inherited_bytes, limits["memory_bytes"])
        if usage.memory_bytes > limits["memory_bytes"]:
            self._kill(execution, "memory")
        elif usage.cpu_time_s > limits["cpu_time_s"]:
            self._kill(execution, "cpu")
        elif execution.paused_since is None:
            late_s = elapsed_s - execution.paused_s - limits["wall_time_s"]
            allowed_s = _LONGEST_WAIT_FACTOR * limits["wall_time_s"]
            if late_s > 0 and late_s > min(self._lost_to_others_s(execution), allowed_s):
                self._kill(execution, "wall")
        if execution.idle:
            execution.idle = usage.cpu_time_s == spent_s
        elif not execution.told_idle and elapsed_s > IDLE_AFTER_S:
            self._look_for_idleness(execution, elapsed_s)

    def _look_for_idleness(self, execution: Execution, elapsed_s: float) -> None:
        usage = execution.usage
        busy_s = usage.cpu_time_s + waited_to_run_s(self._main_process(execution))
        if busy_s < _IDLE_SHARE * elapsed_s and usage.memory_bytes < _IDLE_BYTES:
            execution.idle = execution.told_idle = True
            self.report(execution.number, IDLE, b"")

    def _lost_to_others_s(self, execution: Execution) -> float:
        """Return for how long the program, or we on its behalf, were ready to run and had no processor."""
        ours = waited_to_run_s(os.getpid()) - execution.waited_at_start_s
        usage, main = execution.usage, self._main_process(execution)
        family_s = usage.cpu_time_s - usage.cpu_time_by_pid.get(main, 0.0)  # it may have waited for its own
        return ours + max(0.0, waited_to_run_s(main) - family_s)

    def _main_process(self, execution: Execution) -> int:
        """Return the process that the program began as."""
        started = children(execution.pid) if self.zygote.executes else []
        return started[0] if started else execution.pid

    def _kill(self, execution: Execution, reason: str) -> None:
        execution.fired = execution.fired or reason
        if execution.pid:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(execution.process, signal.SIGKILL)

    def _finish(self, execution: Execution) -> None:
        """Report an execution whose whole tree is dead."""
        _pid, status, spent = os.wait4(execution.pid, 0)
        wall_time_s = time.monotonic() - execution.started - execution.paused_s
        for kind in list(execution.streams):
            self._drain(execution, kind)
        for kind in list(execution.streams):
            self._close_stream(execution, kind)
        code = os.waitstatus_to_exitcode(status)
        broken = self._failure(execution) if code == NOT_SHUT_IN else ""
        self.selector.unregister(execution.process)
        os.close(execution.process)
        del self.executions[execution.number]
        usage = execution.usage
        own_peak = spent.ru_maxrss * 1024 - self.zygote.baseline.inherited_bytes
        ended = {
            "broken": broken,
            "fired": execution.fired,
            "exit": code,
            "cpu_time_s": max(spent.ru_utime + spent.ru_stime, usage.cpu_time_s),
            "wall_time_s": wall_time_s,
            "peak_memory_bytes": max(usage.peak_memory_bytes, own_peak, 0),
        }
        self.report(execution.number, ENDED, json.dumps(ended).encode())

    def _failure(self, execution: Execution) -> str:
        """Return why an execution's walls could not be put up; empty if they were."""
        with contextlib.suppress(BlockingIOError):
            while record := os.read(self.zygote.failures, FAILURE.size):
                name, reason = FAILURE.unpack(record)
                self.failures[name] = reason.rstrip(b"\0").decode(errors="replace")
        return self.failures.pop(execution.name, "")


def _lose_zygote() -> NoReturn:
    raise SystemExit("the box's interpreter has ended")


def main(zygote: Zygote, memory_bytes: int) -> None:
    """Serve on descriptors 0 and 1; all executions together may hold `memory_bytes`."""
    hide_from_tracers()
    supervisor = Supervisor(zygote, requests=0, reports=1, memory_bytes=memory_bytes)
    gc.collect()
    gc.freeze()
    supervisor.report(0, READY, json.dumps({"python": sys.version.split()[0]}).encode())
    supervisor.serve()
