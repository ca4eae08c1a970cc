"""What Lean says of a text that is compiled with the core library, for tests of that library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from envs.lean import build, wheel

_FRONT_END = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
words = [word.encode() for word in ["lean", "--json", *sys.argv[2:]]]
sys.exit(library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""


LeanMessages = dict[str, dict[int, str]]
"""By severity, `error`, `warning` or `information`, and by line, counted from 1, the first message of the line."""


def library_errors(text: str, folder: Path) -> dict[int, str]:
    """Compile a text in a folder; return the first error of each line, counted from 1."""
    return library_messages(text, folder)["error"]


def library_messages(text: str, folder: Path) -> LeanMessages:
    """Compile a text in a folder; return what Lean says."""
    (folder / "Text.lean").write_text(text, encoding="utf-8")
    binary = wheel.find()
    run = subprocess.run(
        [sys.executable, "-I", "-c", _FRONT_END, str(binary), "-DmaxErrors=1000", "Text.lean"],
        cwd=folder,
        env=dict(os.environ, LEAN_PATH=str(build.core(binary).parent)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    found: LeanMessages = {"error": {}, "warning": {}, "information": {}}
    for line in run.stdout.splitlines():
        message = json.loads(line)
        found[message["severity"]].setdefault(message["pos"]["line"], message["data"])
    assert (run.returncode == 0) == (not found["error"]), run.stdout + run.stderr
    return found
