import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.lean.alphabet import CODE_CHARACTERS
from envs.lean.lexer import MAX_BODY_LENGTH, MAX_NESTING, Forbidden, check_body, lex
from envs.lean.words import BEFORE_PERCENT, DENIED, TACTICS

quick = settings(max_examples=150, deadline=None, derandomize=True)


def reason(text):
    found = check_body(text)
    assert isinstance(found, Forbidden), text
    return str(found)


@pytest.mark.parametrize(
    "text",
    [
        "intro h\nexact ⟨h.2, h.1⟩",
        "by\n  induction n with\n  | zero => rfl\n  | succ n ih => rw [Nat.add_succ, ih]",
        "fun ⟨hp, hq⟩ => And.intro hq hp",
        "rcases h with ⟨x, hx⟩ | h'\n· exact ⟨_, hx⟩\n· simp_all [Nat.mul_comm] at *",
        "calc a = b := by rw [h₁]\n  _ ≤ c := h₂",
        "simp only [List.length_append, ← Nat.add_assoc] <;> omega",
        "show 2 ∣ n % 2 + n%2; exact Nat.dvd_of_mod_eq_zero (by decide)",
        "exact @Eq.subst Nat (fun k => k = b) a b h rfl",
        "refine ⟨fun x ↦ ?_, λ y => _⟩",
        'have : "a" ++ "\\"b\\\\" = "ab" := by decide',
        "have := 'a'; have := '\\n'; have := ' '; exact h'",
        "exact h'' x' (f '' s)",
        "exact xs[i]'(by simp)",
        "obtain ⟨k, rfl⟩ : ∃ k, n = 2 * k + 1 := ⟨3, by norm_num⟩",
        "exact foo.{u, v} x.1.2",
        "intro «a name» «x»\nexact «a name»",
        "exact 0xFF + 0b101 + 1_000",
        "simp (config := { contextual := true }) [h]",
        "-- a comment with é, 中文, “quotes”, `code`, #eval, axiom and sorry\nexact h",
        "/- outer /- inner axiom -/ still a comment: sorry -/ exact h",
        "exact h -- to the end",
    ],
)
def test_ordinary_proofs_pass(text):
    assert check_body(text) is None


@pytest.mark.parametrize(
    "word", ["hsorry", "sorry_free", "my_axiom", "instances", "axiom'", "opens", "Module.End", "natives"]
)
def test_words_are_denied_whole_and_not_as_parts_of_others(word):
    assert check_body(f"exact {word}") is None


@pytest.mark.parametrize("word", sorted(DENIED))
def test_denied_words_are_refused_wherever_they_stand(word):
    # alone, in the middle of a line, glued to brackets and operators, as a part of a name, in «», after a comment
    places = [
        "{}",
        "exact h {} x",
        "({})",
        "h<|{}",
        "foo.{}",
        "{}.foo",
        "·{}",
        "/- -/{}",
        "«{}»",
        "exact h\n\n  {} oops",
    ]
    for place in places:
        assert f"`{word}`" in reason(place.format(word)), place


def test_a_refusal_says_what_where_and_why():
    found = check_body("intro h\nexact h  axiom oops : False")
    # `axiom` is the ninth character after the second line's start: `exact h` has seven and two blanks follow
    assert (found.line, found.column) == (2, 9)
    because = "starts a command; only the proof of the given theorem is wanted, as tactics or a term"
    assert str(found) == f"line 2, column 9: `axiom` {because}"


def test_positions_count_characters_and_the_lines_of_comments():
    # the second line is `β -/ exact ⟨ℕ, sorry`: five characters of the comment, then `exact ⟨ℕ, ` are ten more
    found = check_body("/- α\nβ -/ exact ⟨ℕ, sorry⟩")
    assert (found.line, found.column) == (2, 15)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("#eval 1", "`#`"),
        ("exact #[1, 2]", "`#`"),
        ("@[simp] h", "`@[`"),
        ("exact `foo", "backtick"),
        ("exact `(tactic| rfl)", "backtick"),
        ("exact foo._proof_1", "auxiliary"),
        ("exact x._private.M.0.t", "auxiliary"),
        ("exact _root_.foo", "`_root_`"),
        ("exact Lean.Elab.foo", "`Lean`"),
        ("exact IO.println", "`IO`"),
        ("exact System.FilePath", "`System`"),
        ("exact unsafeCast x", "`unsafeCast`"),
        ("exact dbgTraceVal x", "`dbgTraceVal`"),
        ("exact lcUnreachable", "`lcUnreachable`"),
        ("let rec f := 1", "`let rec`"),
        ("let\n  rec f := 1", "`let rec`"),
        ("decide +native", "`native`"),
        ("decide (config := { native := true })", "`native`"),
        ("open Nat in simp", "`open`"),
        ("set_option maxRecDepth 9 in simp", "`set_option`"),
        ("exact binop% f a b", "`binop%`"),
        ("\texact h", "tab"),
        ("exact h\r", "carriage return"),
        ("exact h✝", "rename_i"),
    ],
)
def test_what_reaches_beyond_a_proof_is_refused_with_advice(text, part):
    assert part in reason(text)


@pytest.mark.parametrize("word", sorted(BEFORE_PERCENT))
def test_words_of_the_elaborator_are_refused_with_their_percent_sign(word):
    assert f"`{word}%`" in reason(f"exact {word}% x")
    assert check_body(f"exact {word} % x") is None


LOOKALIKES = {
    "Cyrillic a": "\u0430",
    "Cyrillic o": "\u043e",
    "Greek capital Nu": "\u039d",
    "Greek omicron": "\u03bf",
    "Greek question mark": "\u037e",
    "full-width A": "\uff21",
    "full-width parenthesis": "\uff08",
    "mathematical bold a": "\U0001d41a",
    "Kelvin sign": "\u212a",
    "Roman numeral one": "\u2160",
    "dotless i": "\u0131",
    "combining accent": "e\u0301",
    "minus sign": "\u2212",
    "division slash": "\u2215",
    "ratio": "\u2236",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "line separator": "\u2028",
    "next line": "\x85",
    "form feed": "\x0c",
    "vertical tab": "\x0b",
    "escape": "\x1b",
    "NUL": "\x00",
    "delete": "\x7f",
    "lone surrogate": "\ud800",
    "private use": "\ue000",
    "tag letter": "\U000e0061",
    "Hangul filler": "\u3164",
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalikes_and_invisible_characters_are_refused_in_code(name):
    for place in ("exact h{}x", "{}", 'have := "{}"', "«{}»", "'{}'"):
        assert "U+" in reason(place.format(LOOKALIKES[name]))


@pytest.mark.parametrize(
    "name", ["zero-width space", "right-to-left override", "isolate", "line separator", "NUL", "escape", "soft hyphen"]
)
def test_what_hides_is_refused_in_comments_too(name):
    assert "U+" in reason(f"exact h -- {LOOKALIKES[name]}")
    assert "U+" in reason(f"exact h /- {LOOKALIKES[name]} -/")


@pytest.mark.parametrize(
    "text",
    [
        "exact h)",
        "exact h) (x",
        "exact (h",
        "exact (h]",
        "exact [(h])",
        "exact ⟨h)",
        "exact {h⟩",
        "exact h } {",
        "exact ⟦h",
        "exact ‹h",
        "exact h»",
        "exact «h",
        "exact «h\nx»",
        "exact «h)»",
        "exact «--»",
        "exact h -/",
        "exact h /- ",
        "exact h /- /- -/",
        'exact "h',
        'exact "h\n"',
        'exact "h\\"',
        'exact "\\q"',
        'exact s!"{axiom}"',
        'panic "{axiom}"',
        'exact r"h"',
        'exact r"\\"',
        'exact r#"h"#',
        'exact x"h"',
        'exact 1"h"',
        "exact '\"'",
        "exact '\\\"'",
        "exact '('",
        "exact ')'",
        "exact '-'",
        "exact '\\''",
        "exact '''",
        "exact f⁻¹')'a",
        "/-- docs -/ exact h",
        "/-! docs -/ exact h",
        "exact 0xaxiom",
        "exact 0b1axiom",
        "exact 1axiom",
        "exact 1.2axiom",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    assert reason(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a -- b\nc", "a     \nc"),
        ("a /- b\nc -/ d", "a     \n     d"),
        ("a/-/- -/-/b", "a         b"),
        ('a "--" b', 'a "--" b'),
        ('a "/-" -- "', 'a "/-"     '),
        ('a /- " -/ b', "a         b"),
        ("a -- /- \nb", "a       \nb"),
        ("a /- -- -/ b", "a          b"),
    ],
)
def test_comments_become_blanks_of_the_same_size(text, code):
    assert lex(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "(" * 1_000_000,
        "/-" * 500_000,
        "\n" * 1_000_000,
        "«" * MAX_BODY_LENGTH,
        "(" * MAX_BODY_LENGTH,
        "/-" * (MAX_BODY_LENGTH // 2),
        '"' * (MAX_BODY_LENGTH - 1),
        "'" * MAX_BODY_LENGTH,
        '"\\' * (MAX_BODY_LENGTH // 2),
        "/- -" * (MAX_BODY_LENGTH // 4),
        "«a" * (MAX_BODY_LENGTH // 2),
    ],
)
def test_what_is_too_long_or_too_deep_is_refused_quickly(text):
    started = time.process_time()
    assert reason(text)
    assert time.process_time() - started < 5.0  # linear: well under a second


@pytest.mark.parametrize("text", ["¬ " * 32_000, "a." * 32_000, "()" * 32_000, "1 " * 32_000, "-- a\n" * 13_000])
def test_the_longest_texts_are_read_quickly(text):
    started = time.process_time()
    assert check_body(text) is None
    assert time.process_time() - started < 5.0  # linear: well under a second


def test_the_bounds_are_exact():
    assert check_body("x" * MAX_BODY_LENGTH) is None
    assert "at most 65536" in reason("x" * (MAX_BODY_LENGTH + 1))
    assert check_body("(" * MAX_NESTING + "x" + ")" * MAX_NESTING) is None
    assert "more than 200 deep" in reason("(" * (MAX_NESTING + 1) + "x" + ")" * (MAX_NESTING + 1))
    assert check_body("/-" * MAX_NESTING + "-/" * MAX_NESTING) is None
    assert "more than 200 deep" in reason("/-" * (MAX_NESTING + 1) + "-/" * (MAX_NESTING + 1))


def test_no_tactic_is_a_denied_word():
    assert TACTICS & set(DENIED) == set()


MARKS = '/- -/ -- /- -/ -- " " \\ \' « » ( ) ( ) [ ] { } ⟨ ⟩ # @ . _ / - ! % ` 0x α ⁻¹'
PIECES = st.sampled_from(
    [*MARKS.split(), "axiom", "sorry", "h", "r", "let", "rec", "binop", "1", " ", " ", "\n", "\t", "\u202e"]
)


@quick
@given(st.lists(PIECES, max_size=30))
def test_of_what_passes_neither_comments_nor_open_ends_are_left(pieces):
    text = "".join(pieces)
    if check_body(text) is not None:
        return
    lexed = lex(text)
    bare = "".join(token.text if token.kind != "string" else '""' for token in lexed.tokens)
    assert set(bare) <= CODE_CHARACTERS
    assert "--" not in _outside_strings(lexed) and "/-" not in _outside_strings(lexed)
    depth = 0
    for character in _outside_strings(lexed):
        depth += (character in "([{⟨") - (character in ")]}⟩")
        assert depth >= 0
    assert depth == 0


def _outside_strings(lexed):
    code = lexed.code
    for token in lexed.tokens:
        if token.kind == "string":
            code = code[: token.offset] + " " * len(token.text) + code[token.end :]
    assert '"' not in code
    return code


@quick
@given(st.lists(PIECES | st.characters(), max_size=30))
def test_lines_and_columns_survive_and_a_second_reading_changes_nothing(pieces):
    text = "".join(pieces)
    lexed = lex(text)
    if isinstance(lexed, Forbidden):
        assert lexed.line <= text.count("\n") + 1
        return
    assert [len(line) for line in lexed.code.split("\n")] == [len(line) for line in text.split("\n")]
    assert all(lexed.code[token.offset : token.end] == text[token.offset : token.end] for token in lexed.tokens)
    assert lex(lexed.code) == lexed


@quick
@given(st.lists(PIECES, max_size=12), st.sampled_from(sorted(DENIED)))
def test_a_denied_word_after_what_passes_is_always_refused(pieces, word):
    text = "".join(pieces)
    if check_body(text) is None:
        assert check_body(f"{text}\n{word} x") is not None
