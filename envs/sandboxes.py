"""One sandbox for all environments of a process: opened on first use, closed when the process ends."""

from __future__ import annotations

import atexit
import os
import threading

import sandbox
from envs.core import ConfigError
from sandbox.core import Sandbox

_open: dict[tuple[int, str], Sandbox] = {}
_lock = threading.Lock()


def shared_sandbox(name: str | Sandbox) -> Sandbox:
    """Return the sandbox of this name, opened if need be; a sandbox object is returned as it is.

    Raises:
        ConfigError: No such sandbox, or it cannot run on this machine.
        SandboxError: It broke while it was started.
    """
    if not isinstance(name, str):
        return name
    key = (os.getpid(), name)
    with _lock:
        if key not in _open:
            try:
                _open[key] = sandbox.make(name)
            except ValueError as error:
                raise ConfigError(str(error)) from error
            atexit.register(_close, key)
        return _open[key]


def _close(key: tuple[int, str]) -> None:
    if key[0] == os.getpid() and key in _open:
        _open.pop(key).close()
