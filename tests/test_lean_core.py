"""The core library for Lean: the kernel's own arithmetic means what the library defines, and every tactic works."""

from __future__ import annotations

import math
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from envs.lean import build, wheel

pytestmark = pytest.mark.lean

TACTICS = Path(__file__).parent / "corpus" / "lean_tactics.lean"
_FRONT_END = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
words = [b"lean", sys.argv[2].encode()]
sys.exit(library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""


def errors(text: str, folder: Path) -> dict[int, str]:
    """Compile a text with the core library; return its errors by line, those of lines counted from 1."""
    binary = wheel.find()
    (folder / "Text.lean").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "-c", _FRONT_END, str(binary), "Text.lean"],
        cwd=folder,
        env=dict(os.environ, LEAN_PATH=str(build.core(binary).parent)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.findall(r"^Text\.lean:(\d+):\d+: error[^:]*: (.*)", run.stdout, re.MULTILINE)
    assert (run.returncode == 0) == (not found), run.stdout + run.stderr
    return {int(line): message for line, message in found}


# --------------------------------------------------------------------------------------------------------------------
# The kernel computes these functions by its own big-number code, whatever the library says they are. If one of them
# meant something else here, it would have two values, provably equal: a proof of `False` without axioms.
# --------------------------------------------------------------------------------------------------------------------


def _log2(n: int) -> int:
    return max(n.bit_length() - 1, 0)


# What each function is to mean, in Python: cut-off subtraction, and 0 and the dividend for division by zero.
MEANINGS: dict[str, Callable[..., int | bool]] = {
    "pred": lambda n: max(n - 1, 0),
    "log2": _log2,
    "add": lambda n, m: n + m,
    "sub": lambda n, m: max(n - m, 0),
    "mul": lambda n, m: n * m,
    "pow": lambda n, m: n**m,
    "div": lambda n, m: n // m if m else 0,
    "mod": lambda n, m: n % m if m else n,
    "gcd": math.gcd,
    "beq": lambda n, m: n == m,
    "ble": lambda n, m: n <= m,
    "land": lambda n, m: n & m,
    "lor": lambda n, m: n | m,
    "xor": lambda n, m: n ^ m,
    "shiftLeft": lambda n, m: n << m,
    "shiftRight": lambda n, m: n >> m,
}
# Counting up one by one, as the definitions do, is slow: so small numbers, and smaller ones where the values grow fast.
SMALL = {"pow": (4, 4), "shiftLeft": (9, 4), "mul": (12, 12)}


def plain_definitions() -> str:
    """The library's own definitions on `Nat`, under the namespace `Plain`, which the kernel knows nothing of."""
    source = (build.CORE / "02_data.lean").read_text(encoding="utf-8")
    body = source[source.index("namespace Nat\n") : source.index("end Nat\n")]
    body = re.sub(r"@\[extern [^]]*\] ", "", body)
    body = re.sub(r"(?m)^set_option bootstrap.*\n", "", body)
    kept = re.findall(r"(?ms)^((?:protected )?def .*?)(?=\n\n|\Z)", body)
    text = "\n\n".join(one for one in kept if "Decidable" not in one)
    return "namespace Plain\n" + re.sub(r"\bNat\.(?=[a-z])", "Plain.", text) + "\nend Plain\n"


def arguments(name: str) -> list[tuple[int, ...]]:
    """Pairs (or single numbers) to compare the two at: all of the smallest, then some that a seed draws."""
    source = random.Random(f"lean core {name}")
    if name in ("pred", "log2"):
        return [(n,) for n in range(40)]
    high, high_second = SMALL.get(name, (40, 40))
    edges: list[tuple[int, ...]] = [(n, m) for n in range(4) for m in range(4)]
    return edges + [(source.randint(0, high), source.randint(0, high_second)) for _ in range(25)]


def shown(value: int | bool) -> str:
    """A number or truth value as Lean writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_function_that_the_kernel_accelerates_is_compared() -> None:
    # Reference 3.5: the names that the kernel looks up on Nat, without the constructors.
    listed = "add sub mul div mod gcd beq ble pow land lor xor shiftLeft shiftRight"
    assert set(listed.split()) <= set(MEANINGS)
    source = (build.CORE / "02_data.lean").read_text(encoding="utf-8")
    marked = re.findall(r"/-- Accelerated.*?-/\n@\[extern \"\w+\"\] (?:protected )?def (\w+)", source)
    assert set(marked) <= set(MEANINGS)
    assert set(listed.split()) <= set(marked)


@pytest.mark.parametrize("name", MEANINGS)
def test_the_kernel_computes_what_the_library_defines(name: str, tmp_path: Path) -> None:
    # Each line: the accelerated function, the same definition under another name, and Python's value are all equal.
    # Only the kernel decides (`decide +kernel`).
    lines = []
    for values in arguments(name):
        words, result = " ".join(map(str, values)), shown(MEANINGS[name](*values))
        lines.append(f"example : Nat.{name} {words} = {result} ∧ Plain.{name} {words} = {result} := by decide +kernel")
    assert errors(plain_definitions() + "\n".join(lines), tmp_path) == {}


def test_a_wrong_value_of_either_is_refused(tmp_path: Path) -> None:
    # 12 and 18 have the greatest common divisor 6; lines 1 and 2 after the definitions claim 5.
    before = plain_definitions()
    claims = ["Nat.gcd 12 18 = 5", "Plain.gcd 12 18 = 5", "Nat.gcd 12 18 = Plain.gcd 12 18"]
    text = before + "\n".join(f"example : {claim} := by decide +kernel" for claim in claims)
    first = before.count("\n") + 1
    assert sorted(errors(text, tmp_path)) == [first, first + 1]


@pytest.mark.parametrize("name", MEANINGS)
def test_big_numbers_come_out_as_in_python(name: str, tmp_path: Path) -> None:
    source = random.Random(f"lean core big {name}")
    lines = []
    for _ in range(20):
        values = [source.getrandbits(source.choice([31, 63, 64, 65, 200])) for _ in "ab"]
        if name in ("pow", "shiftLeft", "shiftRight"):
            values[1] = source.randint(0, 90)
        if name in ("pred", "log2"):
            values = values[:1]
        words = " ".join(map(str, values))
        lines.append(f"example : Nat.{name} {words} = {shown(MEANINGS[name](*values))} := by decide +kernel")
    if name == "log2":  # not the kernel's: computed from the definition, which the kernel does with its own division
        lines = lines[:3]
    assert errors("\n".join(lines), tmp_path) == {}


def test_the_kernel_reads_strings_as_the_library_does(tmp_path: Path) -> None:
    # 'a' is 97, 'é' is 233, U+10FFFF the last character; 0xD800 and 0x110000 are none, so `ofNat` gives character 0.
    text = "\n".join(
        [
            'example : "aé" = String.ofList [Char.ofNat 97, Char.ofNat 233] := rfl',
            'example : "" = String.ofList [] := rfl',
            "example : (Char.ofNat 97).val = 97 := rfl",
            "example : (Char.ofNat 0x10FFFF).val = 0x10FFFF := by decide +kernel",
            "example : (Char.ofNat 0xD7FF).val = 0xD7FF := by decide +kernel",
            "example : (Char.ofNat 0xD800).val = 0 := by decide +kernel",
            "example : (Char.ofNat 0xDFFF).val = 0 := by decide +kernel",
            "example : (Char.ofNat 0xE000).val = 0xE000 := by decide +kernel",
            "example : (Char.ofNat 0x110000).val = 0 := by decide +kernel",
        ]
    )
    assert errors(text, tmp_path) == {}


def test_the_library_assumes_only_the_usual_axioms() -> None:
    # `sorryAx` is what the front end itself refers to (the judge allows no use of it); the `unsafe` ones are no terms.
    axioms = re.findall(r"(?m)^(unsafe )?axiom (\S+)", build.source())
    assert {name for unsafe, name in axioms if not unsafe} == {"propext", "Classical.choice", "Quot.sound", "sorryAx"}
    code = re.sub(r"/-.*?-/|--[^\n]*|\"[^\"\n]*\"", "", build.source(), flags=re.DOTALL)
    assert not re.search(r"\b(sorry|admit|native_decide|implemented_by|csimp|unsafe def|opaque)\b", code)


def test_the_library_itself_proves_nothing_by_an_open_goal(tmp_path: Path) -> None:
    # Lean lists the axioms of a law that much else rests on.
    laws = ["Nat.gcd_comm", "Nat.mod_add_mod", "Nat.strongRecOn", "Nat.min_assoc", "Classical.em", "and_assoc"]
    binary = wheel.find()
    (tmp_path / "Text.lean").write_text("\n".join(f"#print axioms {law}" for law in laws), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-I", "-c", _FRONT_END, str(binary), "Text.lean"],
        cwd=tmp_path,
        env=dict(os.environ, LEAN_PATH=str(build.core(binary).parent)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout
    assert "sorryAx" not in run.stdout
    assert run.stdout.count("axioms") == len(laws)


# --------------------------------------------------------------------------------------------------------------------
# Tactics
# --------------------------------------------------------------------------------------------------------------------

# The list that the library promises; `exists` stands for `use`, which is Mathlib's.
PROMISED = """
    intro intros exact apply refine constructor left right cases rcases obtain induction rw simp simp_all decide rfl
    symm exfalso contradiction by_cases calc have show suffices exists funext ext match injection subst unfold split <;>
    first try repeat all_goals omega
"""


def sections() -> dict[str, tuple[int, int]]:
    """The headings of the file of tactics, each with its first and last line."""
    lines = TACTICS.read_text(encoding="utf-8").splitlines()
    starts = [(at, match[1]) for at, line in enumerate(lines, 1) if (match := re.match(r"/-! ### (.*) -/", line))]
    ends = [at - 1 for at, _ in starts[1:]] + [len(lines)]
    return {name: (at, end) for (at, name), end in zip(starts, ends, strict=True)}


@pytest.fixture(scope="module")
def tactic_errors(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """The errors of the file of tactics by line."""
    return errors(TACTICS.read_text(encoding="utf-8"), tmp_path_factory.mktemp("tactics"))


def test_every_promised_tactic_has_a_theorem_that_uses_it() -> None:
    lines = TACTICS.read_text(encoding="utf-8").splitlines()
    for name in PROMISED.split():
        first, last = sections()[name]
        body = "\n".join(lines[first:last])
        assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body), f"nothing below the heading {name} uses it"
        assert "theorem" in body


@pytest.mark.parametrize("name", sections())
def test_the_tactic_works(name: str, tactic_errors: dict[int, str]) -> None:
    first, last = sections()[name]
    assert {line: message for line, message in tactic_errors.items() if first <= line <= last} == {}
