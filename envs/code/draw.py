"""Small generators of random plain data, for the hidden inputs of problems. Bounds are inclusive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

LOWER = "abcdefghijklmnopqrstuvwxyz"
WORDS = (  # noqa: SIM905
    "apple river stone cloud green tiger seven paper music light chair table ocean mouse bread sugar night horse "
    "level radar civic noon kayak a to be or not it go up"
).split()


def integer(rng: np.random.Generator, low: int, high: int) -> int:
    """Draw an integer in [low, high]."""
    return int(rng.integers(low, high + 1))


def integers(rng: np.random.Generator, low: int, high: int, min_size: int = 0, max_size: int = 10) -> list[int]:
    """Draw a list of integers in [low, high] whose length is in [min_size, max_size]."""
    return [int(value) for value in rng.integers(low, high + 1, size=integer(rng, min_size, max_size))]


def number(rng: np.random.Generator, low: float, high: float, digits: int = 2) -> float:
    """Draw a float in [low, high], rounded to `digits` decimal places."""
    return round(float(rng.uniform(low, high)), digits)


def numbers(rng: np.random.Generator, low: float, high: float, min_size: int = 0, max_size: int = 10) -> list[float]:
    """Draw a list of floats in [low, high]."""
    return [number(rng, low, high) for _ in range(integer(rng, min_size, max_size))]


def choice(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    """Draw one of `items`."""
    return items[integer(rng, 0, len(items) - 1)]


def text(rng: np.random.Generator, alphabet: str = LOWER, min_size: int = 0, max_size: int = 12) -> str:
    """Draw a string over `alphabet`."""
    return "".join(choice(rng, alphabet) for _ in range(integer(rng, min_size, max_size)))


def words(rng: np.random.Generator, min_size: int = 0, max_size: int = 8) -> list[str]:
    """Draw a list of short English words."""
    return [choice(rng, WORDS) for _ in range(integer(rng, min_size, max_size))]


def sentence(rng: np.random.Generator, min_size: int = 1, max_size: int = 8) -> str:
    """Draw words joined by single spaces."""
    return " ".join(words(rng, min_size, max_size))
