"""Answers that try to be paid by a job's grader without doing its task, made of what a policy could know or guess."""

from __future__ import annotations

import json
from collections.abc import Sequence

from envs.attacks import Attack
from envs.core import Task
from envs.grader_attacks import TRICKS
from envs.rft.load import JobData
from envs.verifiers.templates import as_text

_SHOTGUN = 200
"""Answers of other rows in one answer."""


def job_attacks(data: JobData, task: Task) -> Sequence[Attack]:
    """Return tricks and other rows' answers, alone and many at once, in the form that the grader looks at."""
    form, item = data.form, task.reference
    texts = {
        **TRICKS,
        "the item's templates": " ".join(f"{{{{ item.{key} }}}}" for key in item),
        "every key of the item": json.dumps(dict.fromkeys(item, "")),
    }
    found = [Attack(name=name, completion=text) for name, text in texts.items()]
    if form.is_json:
        found += [Attack(name=f"{name} (in form)", completion=form.filled(text, item)) for name, text in texts.items()]
    own = [place.wanted(item) for place in form.places]
    others = [values for values in data.common_references[: _SHOTGUN + 1] if values != own]
    if others:
        found.append(Attack(name="the commonest other answer", completion=form.written(others[0]), constant=True))
        words = list(dict.fromkeys(as_text(one) for values in others for one in values))
        for name, mark in (("commas", ", "), ("or", " or "), ("lines", "\n")):
            found.append(Attack(name=f"other answers joined by {name}", completion=form.joined(words, mark)))
    return found
