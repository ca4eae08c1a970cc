"""Judges an answer to a Lean task: finds the proof in it, has it checked, and raises the alarm if it proves too much.

`proofs.py` says what a check is. Here an answer becomes a body, and a verdict a reward: 1 for a proof, else 0.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from envs.core import RewardAlarm, RewardBreakdown, RewardTerm, Task
from envs.lean.extract import Missing, extract_body
from envs.lean.lexer import Forbidden
from envs.lean.placement import Body
from envs.lean.proofs import Outcome, ProofChecker, Statement, Verdict
from envs.lean.tasks import LeanProblem

FALSEHOOD = Statement(name="assay_canary", text="theorem assay_canary : False")
"""What no proof may prove; a body that does has found a hole in the checker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanVerifier:
    """Judges answers to tasks whose reference is a `LeanProblem`. Safe to call from several threads."""

    checker: ProofChecker = field(default_factory=ProofChecker)
    canary_share: float = 0.05
    """Of the proofs that pass, how many are tried on `False` too."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one answer.

        Raises:
            CheckerError: The checker failed; there is no reward.
            SandboxError: The sandbox broke.
            RewardAlarm: Something false was proved.
        """
        problem: LeanProblem = task.reference
        body = extract_body(completion, problem.statement, problem.header)
        if isinstance(body, Forbidden):
            return _breakdown(Outcome(verdict=Verdict.FORBIDDEN, feedback=f"Not allowed in a proof: {body}."))
        if isinstance(body, Missing):
            return _breakdown(Outcome(verdict=Verdict.INCOMPLETE, feedback=body.reason))
        outcome = self.checker.check(problem.posed, body)
        if outcome.verdict is Verdict.PROVED:
            self._raise_alarm(problem, body)
        return _breakdown(outcome)

    def _raise_alarm(self, problem: LeanProblem, body: Body) -> None:
        """Stop everything if what was proved is false, or if the same body proves `False`."""
        if problem.is_false:
            raise RewardAlarm(f"the false statement {problem.name} was proved: {problem.signature}\n{body.code}")
        drawn = _is_drawn(problem.name + body.code, self.canary_share)
        if drawn and self.checker.check(FALSEHOOD, body).verdict is Verdict.PROVED:
            raise RewardAlarm(f"a proof of {problem.name} also proves False:\n{body.code}")


def _is_drawn(text: str, share: float) -> bool:
    """Tell whether a text is among a share of all texts: the same ones each time, so that judging stays pure."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _breakdown(outcome: Outcome) -> RewardBreakdown:
    proved = outcome.verdict is Verdict.PROVED
    return RewardBreakdown(
        terms={"proof": RewardTerm(score=float(proved))},
        feedback=outcome.feedback,
        passed=proved,
        verdict=outcome.verdict,
    )
