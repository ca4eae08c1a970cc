"""Judges an answer: where in its list the right gene stands."""

from __future__ import annotations

from dataclasses import dataclass

from envs.core import RewardBreakdown, RewardTerm, Task, VerifierError
from envs.genes.answer import NoAnswer, read_genes
from envs.genes.cases import Case
from envs.genes.prompt import Candidate
from envs.verifiers.ranked_list import RankedList, RankedListRules, Resolve, measures_of, score_ranked_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an answer is judged against, and what it was drawn from."""

    gene: str
    case: Case | None = None
    """The patient; None until an episode makes one up."""
    candidates: tuple[Candidate, ...] = ()
    disease: str = ""
    paper: str | None = None


class RankVerifier:
    """Pays by the rank of the right gene.

    Args:
        rules: What ranks pay.
        resolve: Which gene a text names.
    """

    def __init__(self, rules: RankedListRules, resolve: Resolve) -> None:
        self.rules = rules
        self.resolve = resolve

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge an answer.

        Raises:
            VerifierError: The curated answer is not a gene that is known.
        """
        right = self.resolve(task.reference.gene)
        if right is None:
            raise VerifierError(f"{task.reference.gene!r}, the answer of {task.task_id!r}, is not a known gene")
        try:
            ranking = score_ranked_list(read_genes(completion), right, self.rules, self.resolve)
        except NoAnswer as reason:
            return self._breakdown(RankedList(score=0.0, rank=None, length=0, unknown=0, repeats=0, fault=str(reason)))
        return self._breakdown(ranking)

    def _breakdown(self, ranking: RankedList) -> RewardBreakdown:
        rank = ranking.rank
        verdict = "NO-ANSWER" if ranking.fault else f"RANK-{rank}" if rank else "MISSED"
        return RewardBreakdown(
            terms={"rank": RewardTerm(score=ranking.score)},
            passed=rank == 1 and not ranking.fault,
            feedback=ranking.fault or ("" if rank == 1 else "The first gene is not the right one."),
            verdict=verdict,
            measures=measures_of(ranking, self.rules.max_items),
        )
