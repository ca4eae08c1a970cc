"""The supervisor inside the box: makes one fresh process per execution, holds it to its limits, passes its bytes on.

It has the interpreter and the usual standard library loaded, so that a new process is a copy and not a start. It keeps
nothing of what passes through (programs and inputs go through a buffer that is wiped, output is sent on at once), so
that one execution cannot find another's input in the memory it inherits. It judges nothing: it reports bytes, how the
process ended and which limit fired. One thread, one event loop, standard library only, since it runs inside the box.

Frames from the host: header `!II` (lengths of JSON and payload), JSON, payload. Frames to the host: header `!IBI`
(execution, kind, length), body.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import time
from typing import Any, NoReturn

from sandbox import runner
from sandbox.jail import Jail
from sandbox.running import Execution, follow_records
from sandbox.watch import waited_to_run_s

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

_OPEN_FILES = 1024
_FRAMING_BYTES = 64
_CHUNK_BYTES = 2**16
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class Supervisor:
    """The event loop of one box."""

    def __init__(self, jail: Jail, requests: int, reports: int, memory_bytes: int) -> None:
        self.jail = jail
        self.memory_bytes = memory_bytes
        self.ticks = 0
        self.waited_s = waited_to_run_s(os.getpid())
        self.outbox = bytearray()
        self.requests = requests
        self.reports = reports
        self.selector: selectors.BaseSelector = selectors.DefaultSelector()
        self.selector.register(requests, selectors.EVENT_READ, None)
        self.executions: dict[int, Execution] = {}
        self.buffer = bytearray(_CHUNK_BYTES)

    def serve(self) -> None:
        """Serve until the host closes its end; the box's first process then takes everything down."""
        next_tick = time.monotonic() + TICK_S
        while True:
            now = time.monotonic()
            for key, _events in self.selector.select(max(0.0, next_tick - now) if self.executions else None):
                if key.data is None:
                    if not self._take_request():
                        return
                else:
                    self._attend(*key.data)
            if not self.executions or time.monotonic() >= next_tick:
                self._tick()
                next_tick = time.monotonic() + TICK_S

    def _tick(self) -> None:
        """Measure what runs, and those that sleep now and then; keep the whole box within its memory."""
        self.ticks += 1
        self.waited_s = waited_to_run_s(os.getpid())
        for execution in list(self.executions.values()):
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

    def _take_request(self) -> bool:
        header = self._read_exactly(HOST_HEADER.size)
        if not header:
            return False
        length, payload = HOST_HEADER.unpack(header)
        request = json.loads(self._read_exactly(length))
        operation, number = request["op"], request["number"]
        if operation == "run":
            self._start(number, request["limits"], request["channel"], request["parts"])
            return True
        answer = self._read_exactly(payload)
        execution = self.executions.get(number)  # None: it ended while the request was on its way
        if execution is None:
            return True
        if operation == "kill":
            self._kill(execution, request["reason"])
        elif operation == "answer":
            self._answer(execution, answer)
        return True

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
        files = [self._receive_file(size) for size in parts]
        ours: socket.socket | None = None
        if channel:
            ours, theirs = socket.socketpair()
            if channel == "value":
                ours.shutdown(socket.SHUT_WR)
            files.append(theirs.detach())
        job, stdin = files
        ready_out, ready_in = os.pipe()
        output_out, output_in = os.pipe()
        errors_out, errors_in = os.pipe()
        started = time.monotonic()
        try:
            pid = self.jail.clone()
        except OSError as error:
            self.report(number, ENDED, json.dumps({"broken": str(error)}).encode())
            for handle in (job, stdin, ready_out, ready_in, output_out, output_in, errors_out, errors_in):
                os.close(handle)
            return
        if pid == 0:
            self._become_program(limits, job, (stdin, output_in, errors_in), ready_in)
        for handle in (job, stdin, ready_in, output_in, errors_in):
            os.close(handle)
        streams = {STDOUT: output_out, STDERR: errors_out}
        cap = limits["output_bytes"]
        allowances = {STDOUT: cap, STDERR: cap, CHANNEL: cap + _FRAMING_BYTES}
        if ours is not None:
            streams[CHANNEL] = ours.fileno()
        execution = Execution(
            number=number,
            limits=limits,
            pid=pid,
            process=os.pidfd_open(pid),
            ready=ready_out,
            streams=streams,
            channel=ours,
            started=started,
            allowances=allowances,
            waited_at_start_s=self.waited_s,
            follows_calls=channel == "calls",
        )
        self.executions[number] = execution
        self.selector.register(execution.process, selectors.EVENT_READ, (execution, ENDED))
        if execution.follows_calls:
            self._watch(execution)

    def _watch(self, execution: Execution) -> None:
        """Attend to its streams while it runs; one that ends within a tick leaves all it has to say in the kernel."""
        execution.watched = True
        for kind, handle in execution.streams.items():
            os.set_blocking(handle, False)
            self.selector.register(handle, selectors.EVENT_READ, (execution, kind))

    def _become_program(self, limits: dict[str, Any], job: int, streams: tuple[int, int, int], ready: int) -> NoReturn:
        """Turn the new process into the program: the last thing that happens here is our exit."""
        try:
            self.selector = selectors.SelectSelector()
            self.executions = {}
            for number, handle in enumerate(streams):
                os.dup2(handle, number)
            first, second = sorted((job, ready))
            os.closerange(3, first)
            os.closerange(first + 1, second)
            os.closerange(second + 1, _OPEN_FILES)
            self.jail.enter(
                cpu_time_s=limits["cpu_time_s"],
                memory_bytes=limits["memory_bytes"],
                processes=limits["processes"],
                scratch_bytes=limits["scratch_bytes"],
            )
        except BaseException as error:
            os.write(ready, f"{type(error).__name__}: {error}".encode())
            os._exit(1)
        os.close(ready)
        runner.run_job(job)

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
        usage.update(execution.pid, self.jail.baseline.inherited_bytes, limits["memory_bytes"])
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
        busy_s = usage.cpu_time_s + waited_to_run_s(execution.pid)
        if busy_s < _IDLE_SHARE * elapsed_s and usage.memory_bytes < _IDLE_BYTES:
            execution.idle = execution.told_idle = True
            self.report(execution.number, IDLE, b"")

    def _lost_to_others_s(self, execution: Execution) -> float:
        """Return for how long the program, or we on its behalf, were ready to run and had no processor."""
        ours = waited_to_run_s(os.getpid()) - execution.waited_at_start_s
        usage = execution.usage
        family_s = usage.cpu_time_s - usage.cpu_time_by_pid.get(execution.pid, 0.0)  # it may have waited for its own
        return ours + max(0.0, waited_to_run_s(execution.pid) - family_s)

    def _kill(self, execution: Execution, reason: str) -> None:
        execution.fired = execution.fired or reason
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
        broken = os.read(execution.ready, 2**12).decode(errors="replace")
        os.close(execution.ready)
        self.selector.unregister(execution.process)
        os.close(execution.process)
        del self.executions[execution.number]
        usage = execution.usage
        own_peak = spent.ru_maxrss * 1024 - self.jail.baseline.inherited_bytes
        ended = {
            "broken": broken,
            "fired": execution.fired,
            "exit": os.waitstatus_to_exitcode(status),
            "cpu_time_s": max(spent.ru_utime + spent.ru_stime, usage.cpu_time_s),
            "wall_time_s": wall_time_s,
            "peak_memory_bytes": max(usage.peak_memory_bytes, own_peak, 0),
        }
        self.report(execution.number, ENDED, json.dumps(ended).encode())


def main(user: int, memory_bytes: int) -> None:
    """Serve on descriptors 0 and 1, as `user` when that is not 0; all executions together may hold `memory_bytes`."""
    requests, reports = os.dup(0), os.dup(1)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    runner.preload()
    jail = Jail()
    jail.hide_from_tracers()
    python = sys.version.split()[0]
    runner.prepare()
    gc.collect()
    gc.disable()
    gc.freeze()
    supervisor = Supervisor(jail, requests, reports, memory_bytes)
    supervisor.report(0, READY, json.dumps({"python": python}).encode())
    supervisor.serve()
