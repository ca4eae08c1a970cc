"""The words in which a statement is posed. They are kept short: every token of them is paid for in training.

A small instruction model has seen next to no Lean: solved examples, as turns of the same chat, show it the form of an
answer and the few tactics that carry the first levels. That makes a first proof likely enough to learn from. No example
is a task (a test compares their canonical forms).
"""

from __future__ import annotations

from collections.abc import Sequence

from envs.core import Message

SYSTEM = (
    "You prove theorems in Lean 4. Answer with one ```lean code block that holds the tactics of the proof, the lines "
    "behind `:= by`, and nothing else."
)

MAX_FEEDBACK = 1500
"""Characters of an error and of a goal state, each, that go back to the model."""

Shot = tuple[str, str]
"""A statement and the tactics that prove it."""

SHOTS: dict[str, tuple[Shot, ...]] = {
    "logic": (
        ("theorem example₁ (a b c : Prop) (ha : a) (hb : b) (hc : c) : b", "exact hb"),
        ("theorem example₂ (a b : Prop) (h : a → a → b) : a → b", "intro ha\nexact h ha ha"),
        ("theorem example₃ (a b c : Prop) (h : a ∧ b) : b ∨ c", "exact Or.inl h.right"),
        (
            "theorem example₄ (a b c : Prop) (h : a ∨ b) (h₁ : a → c) (h₂ : b → c) : c",
            "cases h with\n| inl ha => exact h₁ ha\n| inr hb => exact h₂ hb",
        ),
    ),
    "equality": (
        ("theorem example₁ (x : Nat) : (fun y => y) x = x", "rfl"),
        ("theorem example₂ (x y z : Nat) (h : x = y) : z + x = z + y", "rw [h]"),
        ("theorem example₃ (x y : Nat) (f : Nat → Nat) (h : f x = y) : y = f x", "exact h.symm"),
        ("theorem example₄ (x y z : Nat) (h₁ : x = y) (h₂ : y = z) : z = x", "rw [h₁, h₂]"),
    ),
    "nat": (
        ("theorem example₁ (n : Nat) : n + 3 = n + 2 + 1", "rfl"),
        ("theorem example₂ (n : Nat) : (0 + n) * 1 = n", "simp"),
        ("theorem example₃ (a b c : Nat) : a * (b + c) = a * (c + b)", "rw [Nat.add_comm b c]"),
        (
            "theorem example₄ (n : Nat) : 0 * n = 0",
            "induction n with\n| zero => rfl\n| succ n ih =>\n  show 0 * n + 0 = 0\n  rw [ih]",
        ),
    ),
    "order": (
        ("theorem example₁ (n m : Nat) (h : n < m) (h' : m < n) : n < m", "exact h"),
        ("theorem example₂ : 3 ≤ 8", "decide"),
        ("theorem example₃ (a b : Nat) (h : a ≤ b) : a < b + 1", "exact Nat.lt_succ_of_le h"),
        ("theorem example₄ (a b c : Nat) (h₁ : a < b) (h₂ : b ≤ c) : a < c", "exact Nat.lt_of_lt_of_le h₁ h₂"),
    ),
    "lists": (
        ("theorem example₁ (x : Nat) : [x] ++ [x] = [x, x]", "rfl"),
        ("theorem example₂ (xs : List Nat) : ([] ++ xs ++ []).length = xs.length", "simp"),
        ("theorem example₃ (x y : Nat) (h : [x] = [y]) : x = y", "injection h"),
        (
            "theorem example₄ (xs : List Nat) : xs ++ [] = xs",
            "induction xs with\n| nil => rfl\n| cons x xs ih =>\n  show x :: (xs ++ []) = x :: xs\n  rw [ih]",
        ),
    ),
    "facts": (
        ("theorem example₁ : 6 * 7 = 42", "decide"),
        ("theorem example₂ : ∃ n, n * n = 81", "exact ⟨9, rfl⟩"),
        ("theorem example₃ (b : Bool) : (b || b) = b", "cases b <;> rfl"),
        ("theorem example₄ (n : Nat) : 2 ∣ 2 * n", "exact ⟨n, rfl⟩"),
    ),
}
"""Solved examples by theme, the easiest first."""

_MIXED: tuple[Shot, ...] = tuple(SHOTS[theme][0] for theme in ("logic", "equality", "facts")) + SHOTS["nat"][1:2]
"""Solved examples for problems without a theme."""

MAX_SHOTS = 4

_HELP: dict[str, tuple[str, ...]] = {
    "logic": (
        "exact, intro, And.intro, Or.inl, Or.inr",
        "intro, exact, cases, constructor",
        "intro, constructor, rcases, left, right, exact",
        "by_cases, rcases, exfalso, absurd",
        "by_cases, simp, obtain, refine, absurd",
    ),
    "equality": (
        "rfl, rw, exact, h.symm",
        "rw, ←, subst, injection, funext",
        "rw, funext, split, obtain, congrArg",
        "rw, cases <;> simp, have",
        "calc, rw, have",
    ),
    "nat": (
        "rfl, simp, Nat.add_comm, Nat.mul_comm",
        "rw, Nat.add_assoc, Nat.add_comm, Nat.mul_two, Nat.mul_add",
        "induction, show, rw, Nat.add_right_comm, Nat.mul_assoc",
        "induction, show, rw, Nat.add_mul, Nat.mul_add, Nat.mul_assoc",
        "induction generalizing, show, rw, Nat.add_assoc, Nat.mul_two",
    ),
    "order": (
        "exact, decide, Nat.le_trans, Nat.le_refl, Nat.zero_le",
        "exact, cases, Nat.lt_irrefl, Nat.le_succ, Nat.lt_of_le_of_lt",
        "rcases, Nat.lt_or_ge, Nat.add_le_add_left, Nat.mul_le_mul",
        "induction, Nat.le_antisymm, Nat.le_of_lt_succ, Nat.add_le_add",
        "induction generalizing, cases, Nat.succ_le_succ, Nat.le_of_succ_le_succ",
    ),
    "lists": (
        "rfl, simp, decide",
        "simp, cases, injection, List.append_assoc",
        "induction, show, rw, List.length_append, List.reverse_append",
        "induction generalizing, cases, rw, List.append_nil",
        "induction generalizing, show, have, rw, List.append_assoc",
    ),
    "facts": (
        "decide, rfl",
        "exact ⟨witness, proof⟩, cases b <;> rfl, decide",
        "obtain, exact ⟨_, by rw [...]⟩, Nat.mul_assoc, decide",
        "induction h with, cases, obtain, decide",
        "have, induction h with, cases, show, rw, Nat.add_assoc",
    ),
}
"""Tactics and lemmas that help, by theme and level."""


def build_conversation(
    header: str, statement: str, level: int | None, theme: str | None, shots: int
) -> tuple[Message, ...]:
    """Return the prompt of a problem: what is wanted, solved examples, and the statement.

    Args:
        header: Definitions before the statement; empty: none.
        statement: `theorem NAME BINDERS : TYPE`.
        level: From 1 to 5, or None; with a theme it decides which tactics and lemmas are named.
        theme: One of `SHOTS`, or None.
        shots: Solved examples, at most `MAX_SHOTS`.
    """
    solved = SHOTS.get(theme or "", _MIXED)[:shots]
    turns = [turn for shot, tactics in solved for turn in _solved(shot, tactics)]
    question = question_text(header, statement, level, theme)
    return (Message(role="system", content=SYSTEM), *turns, Message(role="user", content=question))


def question_text(header: str, statement: str, level: int | None, theme: str | None) -> str:
    """Return the words of a problem."""
    words = fenced(f"{header}\n\n{statement} := by" if header else f"{statement} := by")
    if level is not None and theme in _HELP:
        words += f"\nThese may help: {_HELP[theme][level - 1]}."
    return words


def retry_text(error: str, goals: Sequence[str] = ()) -> str:
    """Return what a model is told after a proof that failed.

    Args:
        error: The first error, with the line of the proof where it is.
        goals: Goal states at that place, if there are any.
    """
    parts = [f"Lean says:\n{fenced(_cut(error), '')}"]
    if goals:
        parts.append(f"Goals there:\n{fenced(_cut(chr(10).join(goals)), '')}")
    return "\n".join([*parts, "Write the whole proof again."])


def fenced(text: str, language: str = "lean") -> str:
    """Return text as a fenced code block."""
    return f"```{language}\n{text}\n```"


def _cut(text: str) -> str:
    """Return text that is no longer than may be shown, and closes no fence."""
    text = text.strip().replace("```", "'''")
    return text if len(text) <= MAX_FEEDBACK else f"{text[: MAX_FEEDBACK - 4].rstrip()} ..."


def _solved(statement: str, tactics: str) -> tuple[Message, Message]:
    return (
        Message(role="user", content=question_text("", statement, None, None)),
        Message(role="assistant", content=fenced(tactics)),
    )
