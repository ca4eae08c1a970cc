"""Ctrl-C, SIGTERM and a terminal that is gone: at once while sampling, but never in the middle of an optimizer step."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """While open, SIGINT, SIGTERM and SIGHUP raise `KeyboardInterrupt`, later if it is held; a second one at once.

    SIGHUP is left alone where it is ignored, as under `nohup`.

    Args:
        listens: False: nothing is held, as where other processes would wait for this one meanwhile.
    """

    def __init__(self, listens: bool = True) -> None:
        self.listens = listens
        self.torn = not listens
        """Whether a step was left half done, so that its state is nothing to go on from."""
        self._held = False
        self._pending = False
        self._raised = False
        self._previous: dict[int, Any] = {}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put off an interruption until the end of the block.

        One that was raised and got lost, in a finaliser or in a library that catches everything, is raised again.
        """
        if self._raised:
            raise KeyboardInterrupt
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def _interrupt(self, signal_number: int, frame: FrameType | None) -> None:
        if self._held and not self._pending:
            self._pending = True
            return
        self.torn = self.torn or self._held
        self._raised = True
        raise KeyboardInterrupt

    def __enter__(self) -> Interrupts:
        heard = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            heard.append(signal.SIGHUP)
        for number in heard if self.listens else ():
            self._previous[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
