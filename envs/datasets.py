"""Splits that stay put, and the proof that they share nothing.

What counts as the same task is decided by content, never by its name: the normalised prompt and, where an environment
adds them, the reference solution and the tests.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from envs.core import ConfigError, Split, Task

TRAIN_SHARE = 0.50
HELDOUT_SHARE = 0.35


def content_hash(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def normalised_text(text: str) -> str:
    """Return a text without what does not change its meaning: compatibility forms, case and spacing."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def normalised_prompt(task: Task) -> str:
    """Return the words of a task's prompt, normalised."""
    return normalised_text("\n".join(message.content for message in task.prompt))


def split_by_hash(
    strata: Mapping[str, str], train_share: float = TRAIN_SHARE, heldout_share: float = HELDOUT_SHARE
) -> dict[str, Split]:
    """Divide names about 50/15/35, unless told otherwise, into train, validation and held-out, within each stratum.

    The order is that of a hash of the name, so neither a seed nor the order of definition matters, and a name added
    later moves only the few next to a boundary. A stratum of one is train, of two train and held-out.

    Args:
        strata: Name -> the stratum that it is counted in (its level, say).
        train_share: Share of the names for training.
        heldout_share: Share of the names that are held out; what neither takes is for validation.
    """
    splits: dict[str, Split] = {}
    for stratum in sorted(set(strata.values())):
        members = [name for name in strata if strata[name] == stratum]
        names = sorted(members, key=lambda name: (content_hash(name), name))
        heldout = int(len(names) * heldout_share + 0.5)
        train = max(1, min(int(len(names) * train_share + 0.5), len(names) - heldout))
        for index, name in enumerate(names):
            later: Split = "heldout" if index >= len(names) - heldout else "validation"
            splits[name] = "train" if index < train else later
    return splits


def prove_disjoint(tasks: Sequence[Task], contents: Callable[[Task], Mapping[str, str]]) -> None:
    """Check that no two tasks of different splits have the same content.

    Args:
        tasks: Tasks of every split.
        contents: The texts of a task that identify it, by kind (`prompt`, `solution`, `tests`).

    Raises:
        ConfigError: Some do; the message names them, their splits and what they share.
    """
    first: dict[tuple[str, str], Task] = {}
    clashes: list[str] = []
    for task in tasks:
        for kind, text in contents(task).items():
            other = first.setdefault((kind, content_hash(text)), task)
            if other.split != task.split:
                pair = f"{other.task_id!r} ({other.split}) and {task.task_id!r} ({task.split})"
                clashes.append(f"{pair} share their {kind}")
    if clashes:
        more = f" and {len(clashes) - 5} more" if len(clashes) > 5 else ""
        raise ConfigError(f"splits are not disjoint: {'; '.join(clashes[:5])}{more}")
