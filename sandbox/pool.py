"""A bounded pool of warm boxes: spreads executions over them, replaces those that break, redoes lost work once."""

from __future__ import annotations

import functools
import logging
import math
import os
import threading
import time
import weakref
from collections.abc import Mapping, Sequence

from sandbox import languages
from sandbox.box import Box, Execution, Launch
from sandbox.checks_isolation import START_UP as ISOLATION
from sandbox.checks_limits import START_UP as LIMITS
from sandbox.conformance import prove
from sandbox.conversation import answer_calls, patience_s, wait
from sandbox.core import AnswerCall, Call, Cancellation, Cancelled, ExecutionResult, Limits, Program, SandboxError
from sandbox.languages import Order
from sandbox.outcome import Crowded, Unscorable, judge
from sandbox.workshops import Tools, Workshops

START_UP = (*LIMITS, *ISOLATION)

logger = logging.getLogger(__name__)

MOST_IN_FLIGHT = 32
"""Executions that compute at the same time in one box."""

MOST_HELD = 128
"""Executions in one box, those that sleep included: its supervisor needs several descriptors for each."""

BOX_MEMORY_BYTES = 4 * 2**30
"""What the executions of one box may occupy together."""

MOST_OF_ANYTHING = 2**53
"""Limits are below this: infinity is none, and the kernel's own numbers end soon after."""

GUARANTEES = {
    "one process per input": "a copy of a warm interpreter, first of its own pid namespace: dies with all it made",
    "network": "none: a network namespace without interfaces, and no socket can be opened",
    "files": "read-only; one private directory of memory per execution, size and file count limited, no execution",
    "processor time": "RLIMIT_CPU per process, and the whole tree measured every 20 ms",
    "wall time": "a clock outside the program; time lost to other processes is given back",
    "memory": "RLIMIT_DATA and RLIMIT_AS per process, and the whole tree measured every 20 ms",
    "processes": "RLIMIT_NPROC of the execution's own user namespace",
    "output": "read continuously, ended at the cap; core files, locks and message queues: none",
    "privileges": "no capabilities, no_new_privs, unprivileged user in its own user namespace",
    "system calls": "seccomp, default deny: no exec, tracing, namespaces, mounts, keys, io_uring, bpf",
}
"""What both sandboxes enforce, and by which mechanism."""

_OTHER_LANGUAGES = "boxes of their own, tried when first asked for; a compiled program runs with no file in sight"


class PooledSandbox:
    """What both sandboxes share: everything but how a box is launched."""

    name = "pooled"

    def __init__(
        self,
        launch: Launch,
        *,
        users: Sequence[int],
        in_flight_per_box: int = 4,
        memory_bytes: int = BOX_MEMORY_BYTES,
        reserving: bool = False,
        tools: Tools | None = None,
        executes: bool = False,
        preload: Mapping[str, str] | None = None,
    ) -> None:
        """Start the boxes.

        Args:
            launch: Starts one.
            users: User id of each box's supervisor (0: as started), and one more for the box that `_reserving` starts.
            in_flight_per_box: Executions that compute at the same time in one box.
            memory_bytes: What the executions of one box may occupy together.
            reserving: Whether each execution holds, for as long as it lives, a share of the box's slots that is as
                large as its memory limit's share of the box's memory; then none is ever ended for its neighbours.
            tools: What starts boxes that show the tools of another language; none: there is only Python.
            executes: Whether these are such boxes. They take orders, and the caller proves their limits.
            preload: Modules that programs find loaded, by name (see `sandbox.languages.Language`).

        Raises:
            SandboxError: A box did not start, or a limit did not fire.
        """
        if not 0 < in_flight_per_box <= MOST_IN_FLIGHT or len(users) < 2:
            raise ValueError(f"a sandbox needs at least one box, and 1 to {MOST_IN_FLIGHT} executions in each")
        self._launch = launch
        self._users = users
        self._is_reserving = reserving
        self._executes = executes
        self._preload = preload
        self._reserving_pool: PooledSandbox | None = None
        self._in_flight_per_box = in_flight_per_box
        self._memory_bytes = memory_bytes
        make = functools.partial(PooledSandbox, in_flight_per_box=in_flight_per_box, memory_bytes=memory_bytes)
        self._workshops = Workshops(self.name, make, tools)
        self._changed = threading.Condition()
        self._load: dict[Box, int] = {}
        self._closed = False
        self._finalizer = weakref.finalize(self, _kill_all, self._load)
        try:
            for box in [self._add_box(user) for user in users[:-1]]:
                box.wait_until_ready()
            if not reserving and not executes:
                prove(self, START_UP, f"a {self.name} sandbox")
        except BaseException:
            self.close()
            raise

    def guarantees(self) -> Mapping[str, str]:
        """Return what is enforced, and how; the limits among it were provoked and seen to fire at start-up."""
        names = ", ".join(languages.LANGUAGES)
        return {**GUARANTEES, "other languages": f"{names}: {_OTHER_LANGUAGES}"}

    def run(
        self,
        program: Program,
        inputs: Sequence[Call],
        limits: Limits = Limits(),
        *,
        answer: AnswerCall | None = None,
        cancellation: Cancellation | None = None,
    ) -> list[ExecutionResult]:
        """Run `program` once per input; see `sandbox.core.Sandbox.run`.

        Raises:
            Cancelled: `cancellation` was cancelled; nothing of this call runs any more.
        """
        _check(program, limits, answer)
        cancellation = cancellation or Cancellation()
        if program.language != "python":
            return self._workshops.run(languages.find(program.language), program, inputs, limits, cancellation)
        if self._executes:
            return self.complete(languages.started_anew(program.source), inputs, limits, cancellation)
        if answer is not None:
            return [self._converse(program, call, limits, answer, cancellation) for call in inputs]
        return self.complete(program, inputs, limits, cancellation)

    def complete(
        self, program: Program | Order, inputs: Sequence[Call], limits: Limits, cancellation: Cancellation
    ) -> list[ExecutionResult]:
        """Run a program, or an order of another language's, in these boxes; what is lost to a fault is done again.

        Raises:
            SandboxError: It was lost again.
            Cancelled: `cancellation` was cancelled.
        """
        attempts = self._attempt(program, inputs, limits, cancellation)
        for kind in (Unscorable, Crowded):
            lost = [place for place, attempt in enumerate(attempts) if type(attempt) is kind]
            if not lost:
                continue
            logger.warning("sandbox %s: %s; doing %d executions again", self.name, attempts[lost[0]], len(lost))
            pool = self._reserving() if kind is Crowded else self
            again = pool._attempt(program, [inputs[place] for place in lost], limits, cancellation)
            for place, attempt in zip(lost, again, strict=True):
                attempts[place] = attempt
        for attempt in attempts:
            if isinstance(attempt, Unscorable):
                raise attempt
        return [attempt for attempt in attempts if isinstance(attempt, ExecutionResult)]

    def _attempt(
        self, program: Program | Order, inputs: Sequence[Call], limits: Limits, cancellation: Cancellation
    ) -> list[ExecutionResult | Unscorable]:
        """Run each input once; an execution that ended by a fault of ours gives the reason."""
        begun: list[tuple[Box, Execution]] = []
        outcomes: list[ExecutionResult | Unscorable] = []

        def give_up() -> None:
            for box, execution in list(begun):
                box.cancel(execution)
            with self._changed:
                self._changed.notify_all()

        try:
            with cancellation.calls(give_up):
                for call in inputs:
                    begun.append(self._begin(program, call, limits, cancellation))
                if cancellation.cancelled:  # perhaps before the last one was in the list
                    raise Cancelled("cancelled while it ran")
                for box, execution in begun:
                    try:
                        outcomes.append(self._finish(box, execution))
                    except Unscorable as reason:
                        if cancellation.cancelled:
                            raise Cancelled("cancelled while it ran") from None
                        outcomes.append(reason)
        except BaseException as error:
            for box, execution in begun:
                box.cancel(execution)
            if isinstance(error, Cancelled):
                for box, execution in begun:
                    self._await_end(box, execution)
            raise
        return outcomes

    def _reserving(self) -> PooledSandbox:
        """Return a box beside the others in which each execution has all the memory that it may use."""
        with self._changed:
            if self._reserving_pool is None and not self._closed:
                self._reserving_pool = PooledSandbox(
                    self._launch,
                    users=[self._users[-1], 0],
                    in_flight_per_box=MOST_IN_FLIGHT,
                    memory_bytes=self._memory_bytes,
                    reserving=True,
                    executes=self._executes,
                    preload=self._preload,
                )
            if self._reserving_pool is None:
                raise SandboxError("this sandbox is closed; make a new one")
            return self._reserving_pool

    def close(self) -> None:
        """End every box and wait until all are gone."""
        self._workshops.close()
        with self._changed:
            self._closed = True
            if self._reserving_pool is not None:
                self._reserving_pool.close()
            boxes = list(self._load)
            self._changed.notify_all()
        for box in boxes:
            box.kill("the sandbox was closed")
        for box in boxes:
            box.join()
        with self._changed:
            self._load.clear()
        self._finalizer.detach()

    def __enter__(self) -> PooledSandbox:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _begin(
        self, program: Program | Order, call: Call, limits: Limits, cancellation: Cancellation
    ) -> tuple[Box, Execution]:
        slots = 1
        if self._is_reserving:
            share = limits.memory_bytes / self._memory_bytes
            slots = min(MOST_IN_FLIGHT, math.ceil(share * MOST_IN_FLIGHT))
        box = self._acquire(cancellation, slots)
        execution = Execution(program, limits, slots=slots)
        box.start(execution, call)
        return box, execution

    def _finish(self, box: Box, execution: Execution) -> ExecutionResult:
        """Wait for an execution's end, and return what came of it.

        Raises:
            Unscorable: It must be done again.
        """
        self._await_end(box, execution)
        return judge(execution)

    def _await_end(self, box: Box, execution: Execution) -> None:
        """Wait until an execution has ended or is lost; a box that reports neither in time is broken."""
        patience = patience_s(execution.limits)
        deadline = time.monotonic() + patience
        while execution.ended is None and not execution.lost:
            wait(execution, deadline)
            if time.monotonic() > deadline:
                box.kill(f"it reported nothing for {patience:.0f} s")
                deadline += patience

    def _converse(
        self, program: Program, call: Call, limits: Limits, answer: AnswerCall, cancellation: Cancellation
    ) -> ExecutionResult:
        """Run one input and answer the program's calls in this thread.

        Takes no slot of the pool: the answers need slots, and could otherwise wait for their own questions.
        """
        box = self._acquire(cancellation, slots=0)
        execution = Execution(program, limits, slots=0)
        box.start(execution, call)
        try:
            with cancellation.calls(lambda: execution.news.put(None)):
                answer_calls(box, execution, answer, cancellation)
        except BaseException:
            box.cancel(execution)
            raise
        if cancellation.cancelled:
            box.cancel(execution)
            self._await_end(box, execution)
            raise Cancelled("cancelled while it ran")
        return self._finish(box, execution)

    def _add_box(self, user: int) -> Box:
        on_free = weakref.WeakMethod(self._on_free)  # a forgotten sandbox must not be kept alive by its own boxes

        def tell(box: Box, slots: int) -> None:
            method = on_free()
            if method is not None:
                method(box, slots)

        makes_room = not self._is_reserving
        box = Box(
            self._launch,
            user,
            self._memory_bytes,
            tell,
            makes_room=makes_room,
            executes=self._executes,
            preload=self._preload,
        )
        self._load[box] = 0
        return box

    def _on_free(self, box: Box, slots: int) -> None:
        with self._changed:
            if box in self._load:
                self._load[box] -= slots
            self._changed.notify()

    def _acquire(self, cancellation: Cancellation, slots: int = 1) -> Box:
        """Return the least loaded box, replacing broken ones; wait while all are full."""
        fresh: list[Box] = []
        with self._changed:
            while True:
                if self._closed:
                    raise SandboxError("this sandbox is closed; make a new one")
                if cancellation.cancelled:
                    raise Cancelled("cancelled while it waited for its turn")
                for box in [box for box in self._load if box.broken]:
                    del self._load[box]
                    fresh.append(self._add_box(box.user))
                best = min(self._load, key=lambda box: (self._load[box], box.running))
                free = self._in_flight_per_box - self._load[best]
                if slots == 0 or (slots <= free and best.running < MOST_HELD):
                    self._load[best] += slots
                    break
                self._changed.wait(1.0)
        best.wait_until_ready()
        return best


def default_boxes() -> int:
    """Return one box per processor that this process may use."""
    return len(os.sched_getaffinity(0))


def _kill_all(load: dict[Box, int]) -> None:
    for box in list(load):
        box.kill("the interpreter is leaving")


def _check(program: Program, limits: Limits, answer: AnswerCall | None) -> None:
    for name in Limits.__slots__:
        if not getattr(limits, name) < MOST_OF_ANYTHING:
            raise ValueError(f"limit {name} must be a number below 2**53, got {getattr(limits, name)!r}")
    calls = program.entry_point is not None or program.stub is not None
    if program.language != "python" and calls and not languages.find(program.language).preload:
        raise ValueError(
            f"a {program.language} program reads standard input and writes standard output; "
            "entry_point and stub are for python alone"
        )
    if (program.stub is None) != (answer is None):
        raise ValueError("a program with a stub needs `answer`, and one without takes none")
    if program.stub is not None and not program.stub.isidentifier():
        raise ValueError(f"the stub's name must be an identifier, got {program.stub!r}")
