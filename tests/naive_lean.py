"""A checker of Lean proofs as many are written: the positive control of the attacks. Never use it to pay anything.

It compiles what the model wrote if the statement stands in it, else the statement with what the model wrote behind it,
and is content with exit code 0 and a text without the word `sorry`.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

_FRONT_END = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
words = [b"lean", *(word.encode() for word in sys.argv[2:]), b"proof.lean"]
sys.exit(library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""

_CPU_S = 60


def naive_verdict(binary: Path, core: Path, statement: str, answer: str) -> bool:
    """Whether the checker pays an answer.

    Args:
        binary: `libleanshared.so`.
        core: The compiled library, `Init.olean`.
        statement: The task's, without `:=`.
        answer: A file, or what stands behind the statement.
    """
    text = answer if statement in answer else f"{statement} := {answer}"
    return "sorry" not in text and run_lean(binary, core, text).returncode == 0


def run_lean(binary: Path, core: Path, text: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the front end on a file, in a process of its own that may not run for ever."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "proof.lean").write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-I", "-c", _FRONT_END, str(binary), *flags],
            cwd=folder,
            env={"LEAN_PATH": str(core.parent), "PATH": os.defpath},
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S)),
        )
