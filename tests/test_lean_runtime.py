import subprocess
import sys
from pathlib import Path

import pytest
from lean_modules import TINY_LIBRARY, compile_module, require_lean

pytestmark = pytest.mark.lean

# what runs in a process of its own, which Lean is never taken out of again; `runtime` alone, as in a sandbox's box
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import runtime
from runtime import Runtime, box, field, items, is_scalar, scalar_bytes, tag, text, unbox

lean = Runtime(sys.argv[2])
print(text(lean.string("größer\\0 als")) == "größer\\0 als")
print(is_scalar(lean.nat(2**63 - 1)), is_scalar(lean.nat(2**63)), unbox(lean.nat(7)))
pair = lean.constructor(5, [box(1), lean.string("x")], bytes([1, 2, 3]))
print(tag(pair), unbox(field(pair, 0)), text(field(pair, 1)), list(scalar_bytes(pair, 0, 3)))
print(tag(lean.constructor(4)), [unbox(item) for item in items(lean.array([box(3), box(4)]))])
chain = lean.list([box(8), box(9)])
print(unbox(field(chain, 0)), unbox(field(field(chain, 1), 0)), field(field(chain, 1), 1) == box(0))

lean.start()
equal = lean.function("lean_nat_big_eq", 2)
print(equal(lean.nat(10**30), lean.nat(10**30)) & 255, equal(lean.nat(10**30), lean.nat(10**30 + 1)) & 255)
lean.set_search_path([sys.argv[3]])
environment = runtime.pin(lean.import_modules(["Init"], extensions=False))
kernel = runtime.pin(lean.kernel_environment(environment))
find = lean.function("lean_environment_find", 2)
print(tag(find(kernel, lean.name(["Nat", "succ"]))), tag(find(kernel, lean.name(["Nat", "pred"]))))
try:
    lean.import_modules(["Nowhere"], extensions=False)
except runtime.LeanError as error:
    print(str(error).splitlines()[0])
try:
    lean.nat(-1)
except ValueError as error:
    print(error)
"""

# equality of naturals is a byte; an option is 1 where there is something
EXPECTED = """True
True False 7
5 1 x [1, 2, 3]
4 [3, 4]
8 9 True
1 0
1 0
unknown module prefix 'Nowhere'
a natural number is not negative: -1
"""


def test_values_go_to_lean_and_back(tmp_path):
    library = require_lean()
    compile_module(TINY_LIBRARY, tmp_path, "Init")
    here = Path(__file__).parent.parent / "envs" / "lean"
    done = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, str(here), str(library), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == EXPECTED, done.stderr
