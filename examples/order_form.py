"""A custom environment: read a note, write the order that it holds as JSON.

Run it with `plugins=[examples/order_form.py] env=order_form`. An answer is right or wrong as a whole: with points for
single fields, the most frequent name and number would be paid without the note being read.
"""

import itertools
import json
import random

import envs

NAMES = ("Ana", "Bo", "Chen", "Dara", "Emil", "Femi")
ITEMS = ("lamps", "chairs", "maps", "bowls", "scarves")
NOTES = (
    "{name} wants {count} {item}.",
    "Please send {count} {item} to {name}, as for the {other} last year.",
    "{other} people came, and {name} asked for {count} {item}.",
)
ASK = 'Write the order as one JSON object with the keys "name", "item" and "count", and nothing else.\n\n'


def read(text: str) -> object:
    """Return the JSON value of a text, or None: nonsense of any kind is a wrong answer, never a failure of ours."""
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else None)
    except (ValueError, RecursionError):
        return None


def judge(task: envs.Task, completion: str) -> envs.RewardBreakdown:
    """Compare an answer with the order; types count, so that true is not 1 and "3" is not 3."""
    order = read(completion)
    passed = type(order) is dict and order == task.reference and type(order["count"]) is int
    told = "That is not the order." if type(order) is dict else "That is not one JSON object and nothing else."
    return envs.RewardBreakdown(terms={"order": envs.RewardTerm(score=float(passed))}, passed=passed, feedback=told)


class OrderForm(envs.TextEnv):
    """Notes of sixty orders, of which every third is held out."""

    def __init__(self, *, split: envs.Split = "train", max_turns: int = 1, seed: int | None = None) -> None:
        rng = random.Random(0)
        chosen = rng.sample(list(itertools.product(NAMES, ITEMS, range(1, 13), NOTES)), 60)
        super().__init__(
            [_task(n, *order, rng.randint(13, 99)) for n, order in enumerate(chosen)],
            judge, split=split, max_turns=max_turns, seed=seed,
        )  # fmt: skip


def _task(number: int, name: str, item: str, count: int, note: str, other: int) -> envs.Task:
    order = {"name": name, "item": item, "count": count}
    prompt = (envs.Message(role="user", content=ASK + note.format(**order, other=other)),)
    split: envs.Split = "heldout" if number % 3 == 2 else "train"
    return envs.Task(task_id=f"order-{number}", prompt=prompt, reference=order, gold=json.dumps(order), split=split)


envs.register("order_form", OrderForm)
