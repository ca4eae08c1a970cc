"""Whether a short answer is the reference, whatever its case, spacing and Unicode form.

One answer only: the text between `<answer>` and `</answer>` where the model writes such tags, else all of its text. Two
answers, or one beside the other, are no answer: a model must not be paid for listing possibilities.
"""

from __future__ import annotations

import unicodedata

from envs.core import RewardBreakdown, RewardTerm, Task, VerifierError
from envs.datasets import normalised_text

MAX_ANSWER_LENGTH = 10_000
"""Characters of the longest answer that is looked at."""


def exact_match(task: Task, completion: str) -> RewardBreakdown:
    """Judge an answer against `task.reference`, a text or a list of texts that are all right.

    Raises:
        VerifierError: The reference is neither.
    """
    accepted = task.reference if isinstance(task.reference, list) else [task.reference]
    if not accepted or not all(isinstance(text, str) and _plain(text) for text in accepted):
        raise VerifierError(f"exact_match needs a text as reference of {task.task_id!r}, got {task.reference!r}")
    answer = _only_answer(completion)
    passed = answer is not None and _plain(answer) in {_plain(text) for text in accepted}
    feedback = "" if passed else "That is not the answer." if answer is not None else "Give exactly one answer."
    return RewardBreakdown(terms={"match": RewardTerm(score=float(passed))}, feedback=feedback, passed=passed)


def _only_answer(completion: str) -> str | None:
    if len(completion) > MAX_ANSWER_LENGTH:
        return None
    opened, closed = completion.count("<answer>"), completion.count("</answer>")
    if opened == closed == 0:
        return completion
    if opened != 1 or closed != 1:
        return None
    return completion.partition("<answer>")[2].partition("</answer>")[0]


def _plain(text: str) -> str:
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return normalised_text(visible).rstrip(".! ")
