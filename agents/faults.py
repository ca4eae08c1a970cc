"""Failures of ours during a run: named, counted, and the budget beyond which a run stops.

A completion that a broken grader left without a reward is masked, never scored 0. Too many of them would train on
whatever the grader happens to survive, so a run that loses more than its budget ends with what went wrong.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from agents.core import Group, Trajectory
from envs.core import VerifierError
from envs.verifiers.grading import GraderFault

WINDOW = 4
"""Calls of `ErrorBudget.spend` (steps, or parts of an evaluation) that are looked at together."""
LEAST = 16
"""Completions that must have been judged before a share of them says anything."""
_SHOWN = 3
_LONGEST = 1_500


def fault_name(error: VerifierError) -> str:
    """Return what failed, in a short word: a grader's flag, or `sandbox_error` or `grader_error`."""
    return error.flag if isinstance(error, GraderFault) else error.verdict.lower()


def fault_text(error: VerifierError) -> str:
    """Return what happened, with the traceback of a user's own grader where there is one."""
    details = error.details if isinstance(error, GraderFault) else None
    return f"{error}\n{details}" if details else str(error)


def fault_counts(groups: Sequence[Group]) -> dict[str, int]:
    """Return how many completions are without a reward, by what failed: `fault/<name>`."""
    lost = [member.fault for group in groups for member in group.trajectories if member.reward is None]
    return {f"fault/{name or 'grader_error'}": count for name, count in sorted(Counter(lost).items())}


class ErrorBudget:
    """Stops a run that loses too many completions.

    Args:
        share: Of the last completions, how many may be without a reward.
    """

    def __init__(self, share: float) -> None:
        self.share = share
        self._recent: deque[tuple[int, list[Trajectory]]] = deque(maxlen=WINDOW)

    def spend(self, trajectories: Sequence[Trajectory]) -> None:
        """Count trajectories that were just judged.

        Raises:
            VerifierError: Too many of the last ones have no reward; the message shows why.
        """
        lost = [trajectory for trajectory in trajectories if trajectory.reward is None]
        nothing_yet = all(count == len(failed) for count, failed in self._recent)  # else it may be one task's fault
        if trajectories and len(lost) == len(trajectories) and (nothing_yet or len(lost) >= LEAST):
            raise VerifierError(f"not one of {len(lost)} episodes could be judged: {_samples(lost)}")
        self._recent.append((len(trajectories), lost))
        judged = sum(count for count, _ in self._recent)
        recent = [trajectory for _, failed in self._recent for trajectory in failed]
        if judged >= LEAST and len(recent) > self.share * judged:
            raise VerifierError(
                f"{len(recent)} of the last {judged} completions have no reward, more than error_budget="
                f"{self.share:g} allows: {_samples(recent)}"
            )


def _samples(lost: Sequence[Trajectory]) -> str:
    counts = Counter(trajectory.fault or "grader_error" for trajectory in lost)
    kinds = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    distinct = list({trajectory.error: trajectory for trajectory in lost}.values())[:_SHOWN]
    if len(distinct) == 1 and "\n" not in distinct[0].error:
        return f"{distinct[0].error} ({kinds})"
    shown = "".join(f"\n- task {trajectory.task_id}: {trajectory.error[-_LONGEST:]}" for trajectory in distinct)
    return kinds + shown
