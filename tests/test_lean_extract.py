import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.fences import in_fence
from envs.lean.extract import MAX_COMPLETION_LENGTH, Missing, extract_body, fenced
from envs.lean.lexer import Forbidden, check_body
from envs.lean.placement import Body, place, read_body

STATEMENT = "theorem and_swap (p q : Prop) : p ∧ q → q ∧ p"
HEADER = "import Init\nopen Nat"
PROOF = "  intro h\n  exact ⟨h.2, h.1⟩"


def extract(completion, header=""):
    return extract_body(completion, STATEMENT, header)


@pytest.mark.parametrize("info", ["lean", "lean4", "tactics", "", "Lean", "lean title=a.lean"])
def test_a_closed_lean_or_unnamed_block_is_the_proof(info):
    found = extract(f"Here it is:\n\n```{info}\n{PROOF}\n```\nIt swaps the two.")
    assert found == Body(PROOF, "tactics", 1)


def test_an_answer_without_a_fence_is_the_proof():
    assert extract(PROOF) == Body(PROOF, "tactics", 1)
    # an empty line before it; ends of lines as on Windows
    assert extract(f"\n{PROOF}\n\n".replace("\n", "\r\n")) == Body(PROOF, "tactics", 2)
    assert extract("fun h => ⟨h.2, h.1⟩") == Body("fun h => ⟨h.2, h.1⟩", "term", 1)


def test_the_last_block_counts():
    assert extract(f"{fenced('simp')}\nNo, rather:\n{fenced(PROOF)}").code == PROOF
    assert extract(f"{fenced(PROOF)}\n{in_fence('print(1)', 'python')}").code == PROOF


@pytest.mark.parametrize(
    ("completion", "part"),
    [
        ("", "no proof"),
        (" \n\n", "no proof"),
        ("-- nothing", "no proof"),
        ("```lean\n```", "no proof"),
        (f"```lean\n{STATEMENT}\n```", "no proof"),
        (f"```lean\n{STATEMENT} :=\n```", "no proof"),
        (f"```lean\n{PROOF}", "never closed"),
        (f"```lean\nsimp\n```\n```lean\n{PROOF}", "never closed"),
        (f"```python\n{PROOF}\n```", "no ```lean"),
    ],
)
def test_an_answer_that_holds_no_proof_is_told_so(completion, part):
    found = extract(completion)
    assert isinstance(found, Missing) and part in str(found)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("by simp", "term"),
        ("by\n  simp", "term"),
        ("fun h => h", "term"),
        ("λ h => h", "term"),
        ("⟨a, b⟩", "term"),
        ("(h)", "term"),
        ("@id _ h", "term"),
        (".intro a b", "term"),
        (":= rfl", "term"),
        (":= by rfl", "term"),
        (":= match h with | h => h", "term"),
        ("Nat.le_refl _", "term"),
        ("rfl", "tactics"),
        ("intro h; exact h", "tactics"),
        ("· simp", "tactics"),
        (". simp", "tactics"),
        ("exact fun h => h", "tactics"),
        ("have h := x\nexact h", "tactics"),
        ("-- first\n\nomega", "tactics"),
    ],
)
def test_the_first_word_tells_tactics_from_a_term(body, kind):
    assert read_body(body).kind == kind


@pytest.mark.parametrize(
    "restated",
    [
        f"{STATEMENT} := by\n{PROOF}",
        f"  {STATEMENT}  :=  by\n{PROOF}",
        "theorem and_swap\n    (p q : Prop) -- a comment\n  : p∧q → q /- and -/ ∧ p :=\n  by\n" + PROOF,
        f"/- The theorem. -/\n{STATEMENT} := by -- start\n{PROOF}",
        f"{HEADER}\n\n{STATEMENT} := by\n{PROOF}",
    ],
)
def test_the_statement_repeated_token_by_token_is_taken_off(restated):
    for completion in (restated, fenced(restated)):
        found = extract(completion, HEADER)
        assert isinstance(found, Body) and found.kind == "term"
        assert found.code.split() == ["by", "intro", "h", "exact", "⟨h.2,", "h.1⟩"]


@pytest.mark.parametrize(
    ("restated", "expected", "got"),
    [
        ("theorem and_swap (p q : Prop) : p ∧ q → p ∧ q := by simp", "q", "p"),
        ("theorem and_swap (p q : Prop) : p ∧ q → q ∧ p ∨ True := by simp", ":=", "∨"),
        ("theorem and_swap' (p q : Prop) : p ∧ q → q ∧ p := by simp", "and_swap", "and_swap'"),
        ("theorem and_swap (p q : Prop) (h : False) : p ∧ q → q ∧ p := by simp", ":", "("),
        ("theorem and_swap {p q : Prop} : p ∧ q → q ∧ p := by simp", "(", "{"),
        ("lemma and_swap (p q : Prop) : p ∧ q → q ∧ p := by simp", "theorem", "lemma"),
        ("example (p q : Prop) : p ∧ q → q ∧ p := by simp", "theorem", "example"),
        ("import Mathlib\ntheorem and_swap (p q : Prop) : p ∧ q → q ∧ p := by simp", "Init", "Mathlib"),
        ("open Classical\ntheorem and_swap (p q : Prop) : p ∧ q → q ∧ p := by simp", "import", "open"),
        (f"{STATEMENT} by simp", ":=", "by"),
    ],
)
def test_a_statement_of_the_models_own_is_refused_where_it_differs(restated, expected, got):
    found = extract(fenced(restated), HEADER)
    assert isinstance(found, Forbidden)
    assert f"expected `{expected}`, got `{got}`" in str(found)


@pytest.mark.parametrize(
    "completion",
    [
        f"{STATEMENT} := by\n{PROOF}\n\ntheorem more : 1 = 2 := by simp",
        f"axiom cheat : False\n{STATEMENT} := by\n{PROOF}",
        f"{STATEMENT} := by\n{PROOF} axiom cheat : False",
        f"{STATEMENT}\n| h => ⟨h.2, h.1⟩",
        "| h => ⟨h.2, h.1⟩",
        f"{STATEMENT} := {STATEMENT} := by simp",
        "x" * (MAX_COMPLETION_LENGTH + 1),
        "```lean\n" + "x" * 100_000 + "\n```",
    ],
)
def test_more_than_a_body_is_refused(completion):
    assert isinstance(extract(completion), Forbidden)


def test_a_body_is_placed_in_parentheses_and_moved_to_the_right_as_a_whole():
    body = read_body("by\n  intro h\n\n  exact h")
    # the statement stands on line 3, after the header and an empty line: the body's first line is the fourth
    placed = place(STATEMENT, body, "open Nat")
    assert placed.source == f"open Nat\n\n{STATEMENT} := (\n  by\n    intro h\n\n    exact h\n)\n"
    assert placed.line_shift == 3
    tactics = place(STATEMENT, read_body("intro h\nexact h"))
    assert tactics.source == f"{STATEMENT} := (by\n  intro h\n  exact h\n)\n"
    assert tactics.line_shift == 1


def test_lines_of_the_file_are_those_of_the_answer_after_the_shift():
    text = f"-- one\n-- two\n{STATEMENT} := by\n  intro h\n  exact wrong\n"
    found = extract(text)
    placed = place(STATEMENT, found)
    lines = placed.source.split("\n")
    # `wrong` stands in the fifth line of the answer
    (at,) = [number for number, line in enumerate(lines, 1) if "wrong" in line]
    assert at - placed.line_shift == 5


TEXTS = st.lists(
    st.sampled_from(
        ["```", "```lean", "by", "theorem", "intro h", "(", ")", "\n", "exact h", "--", "/-", "-/", ":=", " "]
    )
    | st.text(max_size=4),
    max_size=16,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TEXTS)
def test_whatever_the_answer_one_rule_decides_and_only_what_the_lexer_lets_through_is_placed(pieces):
    found = extract(" ".join(pieces))
    assert isinstance(found, Body | Forbidden | Missing)
    if isinstance(found, Body):
        assert check_body(found.code) is None
        source = place(STATEMENT, found).source
        assert source.startswith(f"{STATEMENT} := (") and source.endswith("\n)\n")
