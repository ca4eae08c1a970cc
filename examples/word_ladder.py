"""A custom verifier: is this a word ladder? One letter changes at every rung, and every rung is an allowed word.

Run it with `plugins=[examples/word_ladder.py] env=text env.verifier=word_ladder env.tasks=examples/word_ladders.jsonl`.
A puzzle has many right answers, so no list of them is compared with: the rules themselves are checked, all of them.
"""

import itertools

import envs


def word_ladder(task: envs.Task, completion: str) -> envs.RewardBreakdown:
    """Judge the words of a completion, which must be the ladder and nothing else.

    Args:
        task: Its reference is `{"start": word, "goal": word, "words": [every allowed word]}`.
        completion: Words from start to goal, separated by blanks.
    """
    fault = find_fault(completion.split(), **task.reference)
    return envs.RewardBreakdown(
        terms={"ladder": envs.RewardTerm(score=float(fault is None))}, passed=fault is None, feedback=fault or ""
    )


def find_fault(rungs: list[str], start: str, goal: str, words: list[str]) -> str | None:
    """Return what is wrong with a ladder, or None."""
    if not rungs:
        return "There is no word in the answer."
    allowed = {start, goal, *words}
    for rung in rungs:
        if rung not in allowed:
            return f"{rung[:20]!r} is not one of the allowed words. Answer with the words alone."
    if rungs[0] != start or rungs[-1] != goal:
        return f"The ladder must lead from {start} to {goal}."
    if len(set(rungs)) != len(rungs):
        return "A word stands there twice."
    for lower, upper in itertools.pairwise(rungs):
        if len(lower) != len(upper) or sum(a != b for a, b in zip(lower, upper, strict=True)) != 1:
            return f"From {lower} to {upper} more than one letter changes."
    return None


envs.register_verifier("word_ladder", word_ladder)
