"""How our code gets into a box: as text over its standard input, so that a box needs nothing but a Python interpreter.

Nothing of this package has to be mounted or built into an image, and the two sides always match.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_ZYGOTE = ("data", "seccomp", "jail", "heap", "runner", "zygote")
_SUPERVISOR = ("watch", "running", "forkserver")
"""What runs inside a box, in the order of its imports. The zygote is started before the supervisor's part is loaded."""

LAUNCHER = "launcher"
"""What comes last in the zygote's part, and starts it, in a box for another language than Python."""

BOOTSTRAP = """
import json, os, sys, types
def read(count):
    parts = []
    while count:
        part = os.read(0, count)
        if not part: os._exit(1)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
bundle = json.loads(read(int.from_bytes(read(8), "big")))
package = sys.modules["sandbox"] = types.ModuleType("sandbox")
package.__path__ = []
def load(modules):
    for name, source in modules:
        module = sys.modules["sandbox." + name] = types.ModuleType("sandbox." + name)
        setattr(package, name, module)
        exec(compile(source, "sandbox/" + name + ".py", "exec"), module.__dict__)
    return module
zygote = load(bundle["zygote"]).start(bundle["user"], bundle["preload"])
load(bundle["supervisor"]).main(zygote, bundle["memory_bytes"])
"""

INTERPRETER_OPTIONS = ("-I", "-S", "-B", "-X", "utf8", "-c", BOOTSTRAP)
"""Arguments of the interpreter in the box: no environment, no user's or site's packages, nothing written."""

ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "LD_BIND_NOW": "1", "PATH": "/nowhere"}
"""All that a box gets; programs get an empty one. One malloc arena, since each reserves address space; libraries are
bound at the start, and not again by each program."""


def bundle(user: int, memory_bytes: int, *more: str, preload: Mapping[str, str] | None = None) -> bytes:
    """Return what the bootstrap reads.

    Args:
        user: Id that the supervisor takes; 0: it stays as it is started.
        memory_bytes: What all executions may occupy together.
        more: Our modules that this kind of box needs besides.
        preload: What the zygote of a language has loaded before any program (see `sandbox.languages.Language`).
    """
    here = Path(__file__).parent

    def sources(names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(name, (here / f"{name}.py").read_text(encoding="utf-8")) for name in names]

    content = {
        "zygote": sources((*_ZYGOTE, *more)),
        "supervisor": sources(_SUPERVISOR),
        "user": user,
        "preload": list((preload or {}).items()),
        "memory_bytes": memory_bytes,
    }
    text = json.dumps(content).encode("ascii")
    return len(text).to_bytes(8, "big") + text
