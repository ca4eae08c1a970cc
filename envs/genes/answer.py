"""An answer: one JSON object with the ranked genes, and nothing beside it.

Nothing is ever searched for in the text. One pair of code fences around the whole object is taken off, since it can
hold no second answer; prose, a second object, a key given twice, or a key that was not asked for make it no answer.
"""

from __future__ import annotations

from typing import Any

from envs.verifiers.strict_json import strict_json

MAX_LENGTH = 20_000
"""Characters of the longest answer that is looked at."""

_FENCE, _FENCE_KINDS = "```", ("```", "```json")
_BLANKS = " \t\r\n"


class NoAnswer(ValueError):
    """A completion is not an answer; the message says why, fit to be shown to the policy."""


def read_genes(completion: str) -> Any:
    """Return what stands under `genes` in the one object that a completion is.

    Raises:
        NoAnswer: It is anything else.
    """
    if len(completion) > MAX_LENGTH:
        raise NoAnswer(f"The answer is longer than {MAX_LENGTH} characters.")
    text = completion.strip(_BLANKS)
    opening, _, rest = text.partition("\n")
    if opening.rstrip(" \t") in _FENCE_KINDS and rest.endswith(_FENCE):
        text = rest[: -len(_FENCE)]
    try:
        value = strict_json(text.strip(_BLANKS))
    except ValueError:
        raise NoAnswer("The answer is not one JSON object and nothing else.") from None
    if not isinstance(value, dict) or "genes" not in value:
        raise NoAnswer('The answer is not a JSON object with the key "genes".')
    if set(value) - {"genes", "explanation"} or not isinstance(value.get("explanation", ""), str):
        raise NoAnswer('The answer may only have the keys "genes" and "explanation", the latter a text.')
    return value["genes"]
