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
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sandbox import runner
from sandbox.jail import Jail
from sandbox.watch import Usage, waited_to_run_s

HOST_HEADER = struct.Struct("!II")
BOX_HEADER = struct.Struct("!IBI")

STDOUT, STDERR, CHANNEL, ENDED, READY = range(5)
"""Kinds of frame to the host: bytes of a stream, an execution's end, the box's own start."""

PRELOADED = """
    abc argparse array base64 bisect calendar cmath codecs collections collections.abc contextlib copy csv dataclasses
    datetime decimal difflib enum fractions functools gc hashlib heapq inspect io itertools json keyword math numbers
    operator os os.path pprint queue random re secrets statistics string struct sys textwrap threading time traceback
    types typing unicodedata uuid warnings weakref zlib
"""

TICK_S = 0.02
"""How often the trees of running executions are measured."""

_LONGEST_WAIT_FACTOR = 10
"""Wall time lost to other processes on a busy machine is given back, up to this many times the limit."""

_OPEN_FILES = 512
_FRAMING_BYTES = 64
_CHUNK_BYTES = 2**16
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


@dataclass(slots=True)
class Execution:
    """One running program and the supervisor's ends of its streams."""

    number: int
    limits: dict[str, Any]
    pid: int
    process: int
    ready: int
    streams: dict[int, int]
    """Stream kind -> descriptor, while it is open."""
    channel: socket.socket | None
    started: float
    allowances: dict[int, int]
    """Stream kind -> bytes that may still come."""
    waited_at_start_s: float
    """For how long the supervisor itself had waited for a processor by then."""
    usage: Usage = field(default_factory=Usage)
    follows_calls: bool = False
    """Whether its channel carries calls: until the first record of another kind, which the host does not answer."""
    record: bytearray = field(default_factory=bytearray)
    """Header, so far, of the record that is passing through the channel."""
    record_rest: int = 0
    """Bytes of that record's body that are still to come."""
    paused_since: float | None = None
    """When the call that the host is answering was passed on: its time is not the program's."""
    paused_s: float = 0.0
    fired: str = ""
    """The limit that ended it."""
    unsent: bytearray = field(default_factory=bytearray)


class Supervisor:
    """The event loop of one box."""

    def __init__(self, jail: Jail, requests: int, reports: int) -> None:
        self.jail = jail
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
                for execution in list(self.executions.values()):
                    self._measure(execution)
                next_tick = time.monotonic() + TICK_S

    def report(self, number: int, kind: int, body: bytes | bytearray | memoryview) -> None:
        """Send one frame to the host."""
        rest = memoryview(BOX_HEADER.pack(number, kind, len(body)) + body)
        while rest:
            rest = rest[os.write(self.reports, rest) :]

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
            waited_at_start_s=waited_to_run_s(os.getpid()),
            follows_calls=channel == "calls",
        )
        self.executions[number] = execution
        for kind, handle in streams.items():
            os.set_blocking(handle, False)
            self.selector.register(handle, selectors.EVENT_READ, (execution, kind))
        self.selector.register(execution.process, selectors.EVENT_READ, (execution, ENDED))

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
                self.report(execution.number, kind, memoryview(self.buffer)[:passed])
                if kind == CHANNEL:
                    _follow_records(execution, memoryview(self.buffer)[:passed])
            self.buffer[:got] = bytes(got)
            if passed < got:
                self._kill(execution, "output")
                self._close_stream(execution, kind)
                return
            if once:
                return

    def _close_stream(self, execution: Execution, kind: int) -> None:
        handle = execution.streams.pop(kind)
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
        limits, usage, now = execution.limits, execution.usage, time.monotonic()
        usage.update(execution.pid, self.jail.baseline.inherited_bytes, limits["memory_bytes"])
        if usage.memory_bytes > limits["memory_bytes"]:
            self._kill(execution, "memory")
        elif usage.cpu_time_s > limits["cpu_time_s"]:
            self._kill(execution, "cpu")
        elif execution.paused_since is None:
            late_s = now - execution.started - execution.paused_s - limits["wall_time_s"]
            allowed_s = _LONGEST_WAIT_FACTOR * limits["wall_time_s"]
            if late_s > 0 and late_s > min(self._lost_to_others_s(execution), allowed_s):
                self._kill(execution, "wall")

    def _lost_to_others_s(self, execution: Execution) -> float:
        """Return for how long the program, or we on its behalf, were ready to run and had no processor."""
        ours = waited_to_run_s(os.getpid()) - execution.waited_at_start_s
        return ours + waited_to_run_s(execution.pid)

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


def _follow_records(execution: Execution, passed: memoryview) -> None:
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


def preload() -> None:
    """Import what programs usually import, so that each finds it loaded."""
    for name in PRELOADED.split():
        with contextlib.suppress(ImportError):
            __import__(name)


def main(user: int) -> None:
    """Serve on descriptors 0 and 1, as `user` when that is not 0."""
    requests, reports = os.dup(0), os.dup(1)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    preload()
    gc.collect()
    gc.disable()
    gc.freeze()
    jail = Jail()
    jail.hide_from_tracers()
    supervisor = Supervisor(jail, requests, reports)
    supervisor.report(0, READY, json.dumps({"python": sys.version.split()[0]}).encode())
    supervisor.serve()
