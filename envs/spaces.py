"""Gymnasium spaces of text: any Unicode text, and conversations of it.

`gymnasium.spaces.Text` lists its alphabet and leaves out spaces and newlines; these spaces hold every text that can be
encoded as UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import numpy as np
from gymnasium import Space

from envs.core import Message, Role

MAX_TEXT_LENGTH = 2**20
"""Characters of the longest text that counts as an action, unless told otherwise."""

_SAMPLE_LENGTH = 48
_SAMPLE_RANGES = ((0x20, 0x7F), (0x20, 0x7F), (0x09, 0x0B), (0xA0, 0x250), (0x4E00, 0x4F00), (0x1F600, 0x1F640))
"""Code points that samples are drawn from: mostly ASCII, with newlines, Latin, Chinese and emoji."""


class TextSpace(Space[str]):
    """Every Unicode text of at most `max_length` characters; lone surrogates, which no encoding holds, are left out."""

    def __init__(self, max_length: int = MAX_TEXT_LENGTH, seed: int | np.random.Generator | None = None) -> None:
        """Create the space.

        Args:
            max_length: Characters (code points) of the longest member.
            seed: Seed of the samples.

        Raises:
            ValueError: `max_length` is negative.
        """
        if max_length < 0:
            raise ValueError(f"max_length must not be negative, got {max_length}")
        self.max_length = max_length
        super().__init__(seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """Text has no fixed size, so it cannot be flattened into a box."""
        return False

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Return a random text of at most 48 characters; masks are not supported.

        Raises:
            ValueError: A mask or a probability was given.
        """
        if mask is not None or probability is not None:
            raise ValueError("a text space cannot be masked")
        length = int(self.np_random.integers(0, min(self.max_length, _SAMPLE_LENGTH) + 1))
        ranges = self.np_random.integers(0, len(_SAMPLE_RANGES), size=length)
        return "".join(chr(self.np_random.integers(*_SAMPLE_RANGES[index])) for index in ranges)

    def contains(self, x: Any) -> bool:
        """Return whether `x` is a text that is short enough and can be encoded."""
        return isinstance(x, str) and len(x) <= self.max_length and _encodable(x)

    def __eq__(self, other: object) -> bool:
        return type(other) is TextSpace and self.max_length == other.max_length

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TextSpace(max_length={self.max_length})"


class ConversationSpace(Space[tuple[Message, ...]]):
    """Every non-empty tuple of messages whose contents are in one text space."""

    def __init__(self, max_length: int = MAX_TEXT_LENGTH, seed: int | np.random.Generator | None = None) -> None:
        """Create the space.

        Args:
            max_length: Characters of the longest message.
            seed: Seed of the samples.
        """
        self.text = TextSpace(max_length)
        super().__init__(seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """A conversation has no fixed size, so it cannot be flattened into a box."""
        return False

    def seed(self, seed: int | None = None) -> Any:
        """Seed the samples of this space and of the texts in them."""
        used = super().seed(seed)
        self.text.seed(int(self.np_random.integers(2**31)))
        return used

    def sample(self, mask: Any = None, probability: Any = None) -> tuple[Message, ...]:
        """Return one to four random messages.

        Raises:
            ValueError: A mask or a probability was given.
        """
        roles = self.np_random.choice(get_args(Role), size=int(self.np_random.integers(1, 5)))
        return tuple(Message(role=str(role), content=self.text.sample(mask, probability)) for role in roles)  # type: ignore[arg-type]

    def contains(self, x: Any) -> bool:
        """Return whether `x` is a non-empty tuple of messages of known roles."""
        return isinstance(x, tuple) and len(x) > 0 and all(self._holds(message) for message in x)

    def _holds(self, message: Any) -> bool:
        return isinstance(message, Message) and message.role in get_args(Role) and message.content in self.text

    def to_jsonable(self, sample_n: Iterable[tuple[Message, ...]]) -> list[Any]:
        """Return conversations as lists of dictionaries."""
        return [[{"role": m.role, "content": m.content} for m in conversation] for conversation in sample_n]

    def from_jsonable(self, sample_n: list[Any]) -> list[Any]:
        """Return what `to_jsonable` wrote as conversations."""
        return [tuple(Message(**message) for message in conversation) for conversation in sample_n]

    def __eq__(self, other: object) -> bool:
        return type(other) is ConversationSpace and self.text == other.text

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ConversationSpace(max_length={self.text.max_length})"


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
