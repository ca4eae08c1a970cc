"""Judges an answer to a Lean task: finds the proof in it, has it checked, and raises the alarm if it proves too much.

`proofs.py` says what a check is. Here an answer becomes a body, and a verdict a reward: 1 for a proof, else 0. Where it
is asked for, the parts of the statement that an unfinished proof proves are paid too, together less than 1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from envs.core import RewardAlarm, RewardBreakdown, RewardTerm, Task
from envs.lean.extract import Missing, extract_body
from envs.lean.lexer import Forbidden
from envs.lean.placement import Body
from envs.lean.proofs import Outcome, ProofChecker, Statement, Verdict
from envs.lean.tasks import LeanProblem

FALSEHOOD = Statement(name="assay_canary", text="theorem assay_canary : False")
"""What no proof may prove; a body that does has found a hole in the checker."""
UNDECIDED = "undecided_by_second"
"""A measure: 1 where the second checker gave up on a proof that Lean's kernel accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanVerifier:
    """Judges answers to tasks whose reference is a `LeanProblem`. Safe to call from several threads."""

    checker: ProofChecker = field(default_factory=ProofChecker)
    canary_share: float = 0.05
    """Of the proofs that pass, how many are tried on `False` too."""
    partial: float = 0.0
    """In [0, 1): paid for all parts of a statement in what is no proof of it; needs a checker that looks for them."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one answer.

        Raises:
            CheckerError: The checker failed; there is no reward.
            SandboxError: The sandbox broke.
            RewardAlarm: Something false was proved.
        """
        problem: LeanProblem = task.reference
        outcome = self._outcome(problem, extract_body(completion, problem.statement, problem.header))
        return self._with_parts(problem, outcome) if self.partial else self._breakdown(outcome)

    def _outcome(self, problem: LeanProblem, body: Body | Forbidden | Missing) -> Outcome:
        if isinstance(body, Forbidden):
            return Outcome(verdict=Verdict.FORBIDDEN, feedback=f"Not allowed in a proof: {body}.")
        if isinstance(body, Missing):
            return Outcome(verdict=Verdict.INCOMPLETE, feedback=body.reason)
        outcome = self.checker.check(problem.posed, body)
        if outcome.verdict is Verdict.PROVED:
            self._raise_alarm(problem, body)
        return outcome

    def _with_parts(self, problem: LeanProblem, outcome: Outcome) -> RewardBreakdown:
        """Return the breakdown with what is paid for parts: none of a proof, and none of a false statement."""
        parts = self.checker.parts(problem.posed)
        is_proof = outcome.verdict is Verdict.PROVED
        proved = parts.count if is_proof else len(outcome.parts)
        if problem.is_false and proved and proved == parts.count:
            raise RewardAlarm(f"all parts of the false statement {problem.name} were proved: {problem.signature}")
        earned = 0 if is_proof or problem.is_false else len(outcome.parts - parts.free)
        term = RewardTerm(score=earned / parts.count if parts.count else 0.0, weight=self.partial)
        whole = self._breakdown(outcome)
        measures = {"parts": float(parts.count), "parts_proved": float(proved)} if parts.count else {}
        words = f"\nProved: {proved} of the {parts.count} parts of the statement." if proved and not is_proof else ""
        return replace(
            whole,
            terms={**whole.terms, "parts": term},
            feedback=whole.feedback + words,
            measures={**whole.measures, **measures},
        )

    def _raise_alarm(self, problem: LeanProblem, body: Body) -> None:
        """Stop everything if what was proved is false, or if the same body proves `False`."""
        if problem.is_false:
            raise RewardAlarm(f"the false statement {problem.name} was proved: {problem.signature}\n{body.code}")
        drawn = _is_drawn(problem.name + body.code, self.canary_share)
        if drawn and self.checker.check(FALSEHOOD, body).verdict is Verdict.PROVED:
            raise RewardAlarm(f"a proof of {problem.name} also proves False:\n{body.code}")

    def _breakdown(self, outcome: Outcome) -> RewardBreakdown:
        proved = outcome.verdict is Verdict.PROVED
        return RewardBreakdown(
            terms={"proof": RewardTerm(score=float(proved))},
            feedback=outcome.feedback,
            passed=proved,
            verdict=outcome.verdict,
            measures={UNDECIDED: float(outcome.is_undecided)} if self.checker.has_second else {},
        )


def _is_drawn(text: str, share: float) -> bool:
    """Tell whether a text is among a share of all texts: the same ones each time, so that judging stays pure."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
