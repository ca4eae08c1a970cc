"""Helpers of the tests that check Lean proofs from their text to the verdict."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from envs.core import ConfigError
from envs.lean import language
from envs.lean.placement import Body, read_body
from envs.lean.proofs import Outcome, ProofChecker, Statement
from envs.lean.statements import read_theorem, statement_of
from envs.lean.tasks import LeanProblem, task_of
from envs.lean.verifier import LeanVerifier
from sandbox.core import Limits, Sandbox

WORKERS = 2
TREE = """inductive Tree where
  | leaf
  | node (left right : Tree)

def Tree.size : Tree → Nat
  | .leaf => 1
  | .node left right => left.size + right.size"""


def open_checker(box: Sandbox, limits: Limits = language.LIMITS) -> ProofChecker:
    """A checker that works; where the sandbox has no Lean, the test is skipped (in CI it fails)."""
    made = ProofChecker(box, limits)
    try:
        made.prepare()
    except ConfigError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return made


def stated(text: str, header: str = "") -> Statement:
    theorem = read_theorem(text)
    return Statement(name=theorem.name, text=statement_of(theorem.name, theorem.signature), header=header)


def problem(text: str, header: str = "", gold: str | None = None) -> LeanProblem:
    theorem = read_theorem(text)
    return LeanProblem(task_id=theorem.name, name=theorem.name, signature=theorem.signature, header=header, gold=gold)


def judged(checker: ProofChecker, text: str, answer: str, header: str = "") -> tuple[str, str]:
    """Verdict and feedback of an answer, as an environment would judge it."""
    breakdown = LeanVerifier(checker=checker, canary_share=0.0)(task_of(problem(text, header)), answer)
    assert breakdown.passed is (breakdown.verdict == "PROVED")
    assert breakdown.total == float(breakdown.passed)
    return str(breakdown.verdict), breakdown.feedback


def body(text: str) -> Body:
    found = read_body(text)
    assert isinstance(found, Body), found
    return found


def in_order(checker: ProofChecker, statement: Statement, bodies: list[str]) -> list[Outcome]:
    """Outcomes of bodies that are checked at the same time."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda text: checker.check(statement, body(text)), bodies))
