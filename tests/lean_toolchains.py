"""Folders that look like a toolchain or a project of lake, made of the wheel's library and our core.

Their modules are real ones, and several: `Extra` and `Extra.Deep` on top of `Init`, and one of Lean's module system.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from lean_modules import require_lean

from envs.lean import build

DEEP = """
axiom Extra.unproved : 1 = 2
theorem Extra.deep_fact (n : Nat) : 0 + n = n := Nat.zero_add n
"""
EXTRA = """
import Extra.Deep
def Extra.twice (n : Nat) : Nat := n + n
theorem Extra.twice_eq (n : Nat) : Extra.twice n = n + n := rfl
theorem Extra.cheat : 1 = 2 := Extra.unproved
"""


def make_toolchain(root: Path) -> Path:
    """A toolchain with our core as `Init`, and the module `Extra` that imports `Extra.Deep`."""
    binary = require_lean()
    library = root / "lib" / "lean"
    library.mkdir(parents=True)
    take(binary, library / binary.name)
    take(build.core(binary), library / "Init.olean")
    (library / "Extra").mkdir()
    write_module(library, "Extra/Deep", DEEP)
    write_module(library, "Extra", EXTRA)
    command(root / "bin" / "lean", "exit 1")
    return root


def make_module_system(root: Path) -> Path:
    """A toolchain whose `Init`, the logic of our core, is of Lean's module system: its proofs are in a private part."""
    library = root / "lib" / "lean"
    library.mkdir(parents=True)
    take(require_lean(), library / "libleanshared.so")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(build.CORE.glob("*.lean"))[:3])
    text = text[: text.index("declare_syntax_cat")]  # what follows runs while it is compiled, which needs more of Init
    public = text.replace("\nprelude\n", "\nmodule\nprelude\n@[expose] public section\n", 1)
    write_module(library, "Init", public)
    assert {path.name for path in library.glob("Init.olean*")} == {
        "Init.olean",
        "Init.olean.private",
        "Init.olean.server",
    }
    return root


def make_project(folder: Path, toolchain: Path) -> Path:
    """A project with a module `Mine`, which imports `Dep` of a package."""
    own, package = folder / ".lake/build/lib/lean", folder / ".lake/packages/dep/.lake/build/lib/lean"
    for path in (own, package):
        path.mkdir(parents=True)
    (folder / "lean-toolchain").write_text("leanprover/lean4:v4.35.0\n", encoding="utf-8")
    write_module(package, "Dep", "theorem Dep.fact (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩\n", toolchain)
    write_module(own, "Mine", "import Dep\ndef Mine.truth : Prop := ∀ p : Prop, p → p\n", toolchain, package)
    return folder


def write_module(folder: Path, name: str, text: str, toolchain: Path | None = None, *others: Path) -> None:
    """Compile a module into a folder, in which its imports are looked for, and in these."""
    (folder / f"{name}.lean").write_text(text, encoding="utf-8")
    places = [folder, *([toolchain / "lib" / "lean"] if toolchain else []), *others]
    build.compile_file(require_lean(), folder, f"{name}.lean", f"{name}.olean", library=":".join(map(str, places)))


def command(path: Path, script: str) -> Path:
    """An executable in the shell's language."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def take(source: Path, target: Path) -> None:
    """Put a file there: as a link to the same content where that can be, else as a copy."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
