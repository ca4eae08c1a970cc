"""Judgements side by side, none of which is waited for without an end.

A thread cannot be stopped. A call that takes longer than its limit is given up: its place is free for the next one, and
its thread, which keeps no process alive, is left alone.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, Self, TypeVar

from envs.core import VerifierError

LIMIT_S = 1200.0
"""Seconds that a judgement may take, unless told otherwise: less than processes of a run wait for each other."""

T = TypeVar("T")


class GivenUp(VerifierError):
    """A judgement took too long: there is no reward, and what judged may still be at it."""


class BoundedCalls:
    """Runs calls in threads of their own, so many at a time, in the order in which they come.

    Args:
        places: Calls that run at the same time.
        limit_s: Seconds after which a call that runs is given up.
    """

    def __init__(self, places: int, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        self._free = places
        self._queue: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._began: dict[Future[Any], float] = {}
        """When each call that runs began, the oldest first."""
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have something called as soon as there is a place."""
        future: Future[T] = Future()
        with self._lock:
            self._queue.append((future, call, arguments))
            self._start()
        return future

    def result(self, future: Future[T]) -> T:
        """Wait for a call, and return what it returned or raise what it raised.

        Raises:
            GivenUp: It took longer than the limit.
        """
        while not wait([future], timeout=self._patience()).done:
            self._give_up()
        return future.result()

    def close(self) -> None:
        """Drop what has not begun, and wait for what runs, as long as the limit allows."""
        with self._lock:
            self._queue.clear()
            running = list(self._began)
        for future in running:
            with suppress(Exception):  # nobody asks for it any more
                self.result(future)

    def _start(self) -> None:
        """Begin as many calls as there are places; the lock is held."""
        while self._free and self._queue:
            self._free -= 1
            job = self._queue.popleft()
            self._began[job[0]] = time.monotonic()
            try:
                threading.Thread(target=self._run, args=job, daemon=True).start()
            except RuntimeError as error:  # no more threads: whoever waits is told, instead of waiting for nothing
                del self._began[job[0]]
                self._free += 1
                job[0].set_exception(error)

    def _run(self, future: Future[Any], call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        value, error = None, None
        try:
            value = call(*arguments)
        except BaseException as raised:  # whatever it is, it belongs to whoever waits
            error = raised
        with self._lock:
            if self._began.pop(future, None) is None:
                return  # given up meanwhile
            self._free += 1
            self._start()
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def _patience(self) -> float:
        """Return how long nothing that runs can be overdue."""
        with self._lock:
            oldest = next(iter(self._began.values()), None)
        return self.limit_s if oldest is None else max(0.0, oldest + self.limit_s - time.monotonic())

    def _give_up(self) -> None:
        """Give up what runs for too long, and begin what waits."""
        with self._lock:
            latest = time.monotonic() - self.limit_s
            overdue = [future for future, began in self._began.items() if began <= latest]
            for future in overdue:
                del self._began[future]
            self._free += len(overdue)
            self._start()
        for future in overdue:
            future.set_exception(GivenUp(f"given up after {self.limit_s:g} s: what judges does not come to an end"))
