import subprocess
import sys
from pathlib import Path

import pytest
from lean_modules import compile_module, require_lean

from envs.lean import build
from envs.lean.olean import read_module
from envs.lean.terms import Terms

pytestmark = pytest.mark.lean

# the modules of the box, in a process as in the box: prepared once, a copy for each text
SCRIPT = """
import os, sys, types
sys.path.insert(0, sys.argv[1])
setting = sys.modules["setting"] = types.ModuleType("setting")
setting.BINARY, setting.FOLDERS, setting.MODULES = sys.argv[2], [sys.argv[3]], ["Init"]
import compiler, pages, writer
compiler.prepare()
code = [line.split() for line in open("/proc/self/maps") if "libleanshared" in line and " r-xp " in line]
spans = [[int(part, 16) for part in span.split("-")] for span, *_ in code]
print(sum(end - start for start, end in spans) < 4 * 2**20, pages.move_code("/no/such/library"), flush=True)
for name in sys.argv[4:]:
    child = os.fork()
    if child == 0:
        module = compiler.compile_text(open(f"{name}.lean").read())["module"]
        with open(f"{name}.ours", "wb") as file:
            file.write(module)
        print(name, "Lean's own" if os.path.exists(compiler._MODULE) else "ours")
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
    if os.path.exists(compiler._MODULE):
        os.remove(compiler._MODULE)
"""

TEXTS = {
    "term": "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩\n",
    "parts": 'def f (n : Nat) : Nat := match n with | 0 => 1 | n + 1 => n\ntheorem t : (f 0, "é") = (1, "é") := rfl\n',
    "universes": "theorem t.{u, v} {α : Sort u} {β : Sort v} (f : α → β) (a b) :\n  a = b → f a = f b := congrArg f\n",
    "number": f"theorem t : {2**70} ≠ 0 := by decide\n",
    "large": "theorem t (p : Nat → Prop) (h : ∀ n, p n) : p 0 := by\n"
    + "".join(f"  have h{n} : p {n} := h {n}\n" for n in range(200))
    + "  exact h0\n",
}


def test_a_small_module_is_written_as_lean_writes_it_and_others_by_lean(tmp_path):
    library = require_lean()
    core = build.core(library).parent
    leans = {name: compile_module(text, tmp_path, name, core) for name, text in TEXTS.items()}
    here = Path(__file__).parent.parent / "envs" / "lean"
    done = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, str(here), str(library), str(core), *TEXTS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    # a literal of more than 63 bits is a big number, and 200 lines are more than a thousand objects
    written = {name: "Lean's own" if name in ("number", "large") else "ours" for name in TEXTS}
    # the code is on other pages now, and still runs; a library that is not there is left where it is
    expected = ["True False", *(f"{name} {who}" for name, who in written.items())]
    assert done.stdout.splitlines() == expected, done.stderr
    for name in TEXTS:
        terms = Terms()  # in one table equal terms have equal numbers
        found, wanted = read_module((tmp_path / f"{name}.ours").read_bytes(), terms), read_module(leans[name], terms)
        assert found.constants == wanted.constants
        assert {each.module for each in found.imports} == {("Init",)}
