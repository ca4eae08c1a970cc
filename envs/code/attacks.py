"""Hostile answers to programming tasks: each tries to be paid without solving the task, by a known exploit.

The numbers are those of the catalogue of exploits (C1: clean early exit, C2: lying objects, ...).
"""

from __future__ import annotations

from collections.abc import Sequence

from envs.attacks import Attack, null_attacks
from envs.core import Task


def code_attacks(task: Task) -> Sequence[Attack]:
    """Return every attack on this task, fitted to its entry point."""
    return null_attacks(task)
