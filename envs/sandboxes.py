"""One sandbox for all environments of a process: opened on first use, closed when the process ends."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from typing import Any, TypeAlias

from envs.core import ConfigError
from sandbox.choose import Choice, start
from sandbox.core import Sandbox

SandboxOption: TypeAlias = str | Mapping[str, Any] | Sandbox
"""What an environment's option `sandbox` takes: a name, a name with options (`{"name": "docker", "runtime": "runsc"}`),
or a sandbox that is open."""

_open: dict[tuple[int, Choice], Sandbox] = {}
_lock = threading.Lock()


def sandbox_choice(given: str | Mapping[str, Any]) -> Choice:
    """Return which sandbox is meant, without starting it.

    Raises:
        ConfigError: No such sandbox, or it has no such option.
    """
    try:
        return Choice.of(given)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def sandbox_option(command: Choice, own: Any = None) -> Any:
    """Return what an environment is made with, from the command's `sandbox` and from the environment's own option.

    Args:
        command: What the command line chose for every environment.
        own: What it chose for this environment alone; None or `auto`: nothing.

    Raises:
        ConfigError: Options of the command's sandbox would be lost, since the environment has one of its own.
    """
    if own is None or own == "auto":
        return {"name": command.name, **command.options()} if command.options() else command.name
    if command.options():
        raise ConfigError(f"env.sandbox={own} chooses for itself, so that sandbox={command} would not count: drop one")
    return own


def shared_sandbox(given: SandboxOption) -> Sandbox:
    """Return the sandbox that is described, opened if need be; a sandbox object is returned as it is.

    Raises:
        ConfigError: No such sandbox, or it has no such option.
        SandboxError: It cannot run on this machine.
    """
    if not isinstance(given, (str, Mapping)):
        return given
    key = (os.getpid(), sandbox_choice(given))
    with _lock:
        if key not in _open:
            _open[key] = start(key[1])
            atexit.register(_close, key)
        return _open[key]


def _close(key: tuple[int, Choice]) -> None:
    if key[0] == os.getpid() and key in _open:
        _open.pop(key).close()
