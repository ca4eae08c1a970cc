"""The server: `python -m agents.serve [port=8000] [state=FOLDER] [model=NAME] ...`; options in `settings.py`."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from envs.core import ConfigError
from envs.options import nested_options, parse_overrides


def main(arguments: Sequence[str]) -> int:
    """Run the server until it is stopped, and return its exit code."""
    try:
        import uvicorn

        from agents.serve.app import make_app
        from agents.serve.settings import KEY_VARIABLE, Settings
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("agents", "envs", "sandbox"):
            raise
        print(f"error: {error.name} is not installed: pip install 'assay[train,serve]'", file=sys.stderr)
        return 2
    try:
        settings = Settings.of(nested_options(parse_overrides(arguments)))
        settings.folder.mkdir(parents=True, exist_ok=True)
        lock = hold(settings.folder)
        app = make_app(settings)
    except (ConfigError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    with lock:
        url = f"http://{settings.host}:{settings.port}/v1"
        print(f"serving {url}, state in {settings.folder}", flush=True)
        if os.environ.get(KEY_VARIABLE) != settings.api_key:
            print(f"token for this run (set {KEY_VARIABLE} for one of your own): {settings.api_key}", flush=True)
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=5)
    return 0


def _stopped(number: int, frame: FrameType | None) -> None:
    """Do nothing: uvicorn has shut down when it hands the signal on, and the process is to end as others do."""


def hold(folder: Path) -> IO[str]:
    """Take hold of a state folder for this server alone.

    Raises:
        ConfigError: Another server has it.
    """
    lock = (folder / "lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ConfigError(f"another server uses the state folder {str(folder)!r}") from None
    return lock


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
