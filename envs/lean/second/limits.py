"""How a check can end without a verdict, or with a refusal."""

from __future__ import annotations


class Refused(Exception):
    """A declaration is not well typed."""


class Undecided(Exception):
    """A check was given up: it needs more than we spend on one. It says nothing about the declaration."""


class Fuel:
    """Steps that may still be made, so that every check ends after the same work on every machine."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self) -> None:
        """Use up one step.

        Raises:
            Undecided: None was left.
        """
        self.left -= 1
        if self.left < 0:
            raise Undecided("the steps are used up")
