"""What is earned without a model: the share of problems that a fixed list of tactics proves, and a small search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from envs.lean.placement import Body, read_body
from envs.lean.policies import FLOOR, Attempt, floor, search
from envs.lean.proofs import ProofChecker, Verdict
from envs.lean.tasks import LeanProblem
from envs.statistics import wilson_interval

Policy = Callable[[LeanProblem, Callable[[str], bool]], Attempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How a policy does on the problems of one level, or of all."""

    policy: str
    level: str
    proved: int
    problems: int
    tries: float
    """Calls of the checker for a problem, on average."""

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson_interval(self.proved, self.problems)


def baselines(checker: ProofChecker, problems: Sequence[LeanProblem], budget: int, workers: int) -> list[Baseline]:
    """Return what the fixed list and the search prove, by level and in all.

    Args:
        checker: Checks what they try.
        problems: What they are tried on.
        budget: Tries of the search for each problem.
        workers: Problems at the same time.

    Raises:
        CheckerError: The checker failed.
        SandboxError: The sandbox broke.
    """
    policies: dict[str, Policy] = {
        f"fixed list, {len(FLOOR)} tries": floor,
        f"search, {budget} tries": lambda problem, verify: search(problem, verify, budget=budget),
    }
    found: list[Baseline] = []
    with ThreadPoolExecutor(workers) as pool:
        found += _best_alone(checker, problems, pool)
        for name, policy in policies.items():
            attempts = pool.map(lambda problem, policy=policy: _attempt(checker, problem, policy), problems)
            found += _by_level(name, zip(problems, attempts, strict=True))
    return found


def _best_alone(checker: ProofChecker, problems: Sequence[LeanProblem], pool: ThreadPoolExecutor) -> list[Baseline]:
    """Return how the one tactic does that proves the most: what an answer earns that is always the same."""
    alone = {
        script: list(pool.map(lambda problem, script=script: _proves(checker, problem, script), problems))
        for script in FLOOR
    }
    best = max(alone, key=lambda script: sum(alone[script]))
    attempts = [Attempt(proof=best if proved else None, tries=1) for proved in alone[best]]
    return _by_level(f"always `{best}`", zip(problems, attempts, strict=True))


def _proves(checker: ProofChecker, problem: LeanProblem, script: str) -> bool:
    body = read_body(script)
    return isinstance(body, Body) and checker.check(problem.posed, body).verdict is Verdict.PROVED


def _attempt(checker: ProofChecker, problem: LeanProblem, policy: Policy) -> Attempt:
    return policy(problem, lambda script: _proves(checker, problem, script))


def _by_level(policy: str, attempts: Iterable[tuple[LeanProblem, Attempt]]) -> list[Baseline]:
    groups: dict[str, list[Attempt]] = defaultdict(list)
    for problem, attempt in attempts:
        groups[str(problem.level or "own")].append(attempt)
        groups["all"].append(attempt)
    return [
        Baseline(
            policy=policy,
            level=level,
            proved=sum(attempt.proof is not None for attempt in group),
            problems=len(group),
            tries=sum(attempt.tries for attempt in group) / len(group),
        )
        for level, group in sorted(groups.items())
    ]
