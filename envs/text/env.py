"""Tasks from a file and a verifier by name: an environment for which nobody has to write a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from envs.attacks import Attack
from envs.core import SPLITS, Message, Split, Task
from envs.datasets import content_hash, normalised_prompt, split_by_hash
from envs.jsonl import Record, read_records
from envs.text_env import TextEnv, judge
from envs.verifiers import make_verifier

SAMPLE = Path(__file__).with_name("backwards.jsonl")
"""A small set that is there without any file: words to be spelt backwards."""


class TextTasksEnv(TextEnv):
    """Answer questions in words. The page of this environment is `envs/text/README.md`."""

    def __init__(
        self,
        *,
        tasks: str | None = None,
        verifier: str = "exact_match",
        split: Split = "train",
        max_turns: int = 1,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            tasks: A JSONL file of `{"task_id", "prompt", "reference"?, "gold"?, "split"?}`; None: a small sample.
            verifier: Name of a registered verifier.
            split: Where an episode's task is drawn from: train, validation or heldout.
            max_turns: Answers in one episode; after a failed one the model is told the verifier's feedback.
            seed: Seed of the episodes.

        Raises:
            ConfigError: An unknown verifier, a malformed file, or a gold answer that the verifier does not pass.
        """
        judged_by = make_verifier(verifier)
        records = read_records(SAMPLE if tasks is None else tasks)
        loaded = [_task(record) for record in records]
        if not any(record.fields.get("split") for record in records):
            splits = split_by_hash({content_hash(normalised_prompt(task)): "all" for task in loaded})
            loaded = [replace(task, split=splits[content_hash(normalised_prompt(task))]) for task in loaded]
        super().__init__(loaded, judged_by, split=split, max_turns=max_turns, seed=seed)
        for record, task in zip(records, loaded, strict=True):
            if task.gold is not None and not judge(judged_by, task, task.gold).passed:
                record.fail("gold", f"the verifier {verifier!r} does not pass it")

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return the empty and constant answers, the commonest answer of all, and several answers at once."""
        golds = Counter(other.gold for other in self.tasks() if other.gold is not None)
        accepted = [task.gold, *(task.reference if isinstance(task.reference, list) else [task.reference])]
        others = [gold for gold, _ in golds.most_common() if gold not in accepted]
        found = list(super().attacks(task))
        if others:
            found.append(Attack(name="the commonest other answer", completion=others[0]))
        if task.gold is not None and others:
            several = [others[0], task.gold, *others[1:3]]
            for name, mark in (("joined by or", " or "), ("joined by commas", ", "), ("on lines", "\n")):
                found.append(Attack(name=f"several answers {name}", completion=mark.join(several)))
        return found


def _task(record: Record) -> Task:
    record.only(("task_id", "prompt", "reference", "gold", "split"))
    split: Split = record.choice("split", SPLITS) or "train"  # type: ignore[assignment]
    return Task(
        task_id=record.text("task_id"),
        prompt=(Message(role="user", content=record.text("prompt")),),
        reference=record.fields.get("reference"),
        gold=record.optional_text("gold"),
        split=split,
    )
