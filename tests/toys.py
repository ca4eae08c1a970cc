"""Toy environments that a model of random weights learns in seconds: honest ones, small enough to work out by hand."""

from __future__ import annotations

import string
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from envs import Message, RewardBreakdown, RewardTerm, Split, Task, TextEnv, VerifierError
from envs.core import RewardAlarm

KINDS = {"digit": string.digits, "lower": string.ascii_lowercase, "upper": string.ascii_uppercase}
"""What an answer may have to begin with, by the word that asks for it."""


def begins_right(task: Task, completion: str) -> RewardBreakdown:
    """Pass an answer whose first character is of the kind that `task.reference` names."""
    passed = completion[:1] in KINDS[task.reference] if completion else False
    return RewardBreakdown(
        terms={"kind": RewardTerm(score=float(passed))}, passed=passed, feedback=f"{task.reference}!"
    )


def task(task_id: str, prompt: str, reference: str, split: Split = "train") -> Task:
    """Make a task whose gold answer is one character of the right kind."""
    gold = KINDS[reference][0] if reference in KINDS else None
    message = Message(role="user", content=prompt)
    return Task(
        task_id=task_id, prompt=(message,), reference=reference, gold=gold, split=split, tags={"level": reference}
    )


def split_of(index: int) -> Split:
    """Divide tasks by their index: two of three to train, the third held out."""
    return "heldout" if index % 3 == 2 else "train"


class Kinds(TextEnv):
    """Asked for a digit, a lower-case or an upper-case letter, begin with one: no constant answer passes them all."""

    def __init__(self, *, split: Split = "train", seed: int | None = None, delay_s: float = 0.0) -> None:
        tasks = [task(f"{kind}-{n}", f"{kind} {n}", kind, split_of(n)) for kind in KINDS for n in range(6)]
        super().__init__(tasks, self._judge, split=split, seed=seed)
        self.delay_s = delay_s

    def _judge(self, task: Task, completion: str) -> RewardBreakdown:
        time.sleep(self.delay_s)
        return begins_right(task, completion)


class Hackable(Kinds):
    """`Kinds` with a second verifier, never learned from, that half of what passes does not convince."""

    def _judge(self, task: Task, completion: str) -> RewardBreakdown:
        breakdown = super()._judge(task, completion)
        if not breakdown.passed:
            return breakdown
        audit = RewardTerm(score=float(ord(completion[0]) % 2), weight=0.0)
        return replace(breakdown, terms={**breakdown.terms, "audit": audit})


class Repair(TextEnv):
    """Guess which kind is wanted; what is said after a wrong guess names it, and the second answer may be right.

    Whoever does not read the reply passes two of three episodes at most.
    """

    def __init__(self, *, split: Split = "train", seed: int | None = None, max_turns: int = 2) -> None:
        tasks = [task(f"guess-{n}", f"guess {n}", "unknown", split_of(n)) for n in range(36)]
        super().__init__(tasks, begins_right, split=split, seed=seed, max_turns=max_turns)

    def begin(self, task: Task, rng: np.random.Generator) -> Task:
        """Draw the kind that this episode wants."""
        kind = list(KINDS)[int(rng.integers(len(KINDS)))]
        return Task(task_id=task.task_id, prompt=task.prompt, reference=kind, split=task.split, tags=task.tags)


class Flaky(TextEnv):
    """`Kinds` with a verifier that breaks on every completion that begins with a lower-case letter."""

    def __init__(self, *, split: Split = "train", seed: int | None = None) -> None:
        tasks = [task(f"{kind}-{n}", f"{kind} {n}", kind, split_of(n)) for kind in ("digit", "upper") for n in range(3)]
        super().__init__(tasks, self._judge, split=split, seed=seed)

    @staticmethod
    def _judge(task: Task, completion: str) -> RewardBreakdown:
        if completion[:1] in KINDS["lower"]:
            raise VerifierError("the judge has fallen asleep")
        return begins_right(task, completion)

    def wrong_answers(self, task: Task) -> Sequence[str]:
        """Return an answer of the other kind."""
        return ["A" if task.reference == "digit" else "0"]


class Alarming(Kinds):
    """`Kinds` with a verifier that finds out that it pays for what cannot be right."""

    def _judge(self, task: Task, completion: str) -> RewardBreakdown:
        raise RewardAlarm("something false was proved")
