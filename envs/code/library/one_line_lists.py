"""Level 1: lists made from other lists."""

from __future__ import annotations

import numpy as np

from envs.code import draw
from envs.code.problem import problem


def _rows(rng: np.random.Generator, min_size: int, max_size: int) -> list[list[int]]:
    return [draw.integers(rng, 0, 20, 0, 4) for _ in range(draw.integer(rng, min_size, max_size))]


def _two_lists(rng: np.random.Generator, size: int) -> tuple[list[int], list[int]]:
    return draw.integers(rng, 0, 30, size, size), draw.integers(rng, 0, 30, size, size)


@problem(
    level=1,
    statement="Return a new list with every number of `items` doubled, in the same order. An empty list gives [].",
    edges=[([1, 2, 3],), ([0, -4, 10, 10],), ([],), ([7],)],
    draw=lambda rng: (draw.integers(rng, -20, 20),),
    wrong=["return items * 2", "return [x ** 2 for x in items]", "return [x + 2 for x in items]"],
)
def double_each(items: list[int]) -> list[int]:
    return [item * 2 for item in items]


@problem(
    level=1,
    statement="Return the last number of `items`, or None if `items` is empty.",
    edges=[([4, 8, 2],), ([5, 0],), ([],), ([7],)],
    draw=lambda rng: (draw.integers(rng, -30, 30, 0, 6),),
    wrong=[
        "return items[0] if items else None",
        "return items[-1:]",
        "return items[-1] if items else 0",
        "return (items[-1] or None) if items else None",
    ],
)
def last_item(items: list[int]) -> int | None:
    return items[-1] if items else None


@problem(
    level=1,
    statement="""Return a new list of the numbers of `items` at the odd positions 1, 3, 5 and so on, where positions are
    counted from 0. It is empty if there are none.""",
    edges=[([10, 20, 30, 40],), ([5, 7, 9],), ([],), ([1],), ([2, 4],)],
    draw=lambda rng: (draw.integers(rng, 0, 50, 0, 9),),
    wrong=["return items[::2]", "return [x for x in items if x % 2 == 1]", "return items[1:]", "return items[1::3]"],
)
def items_at_odd_positions(items: list[int]) -> list[int]:
    return items[1::2]


@problem(
    level=1,
    statement="Return a new list of all the numbers of `first` and `second` together, sorted from smallest to largest.",
    edges=[([1, 4], [3, 2]), ([5], [5, 0]), ([], [2, 1]), ([], []), ([9, 8], [])],
    draw=lambda rng: (draw.integers(rng, 0, 20, 0, 5), draw.integers(rng, 0, 20, 0, 5)),
    wrong=[
        "return first + second",
        "return sorted(first) + sorted(second)",
        "return sorted(set(first + second))",
        "return sorted(first + second, reverse=True)",
    ],
)
def merge_sorted(first: list[int], second: list[int]) -> list[int]:
    return sorted(first + second)


@problem(
    level=1,
    statement="""Return a new list with the numbers of `items` sorted from largest to smallest, repeated ones included.
    An empty list gives [].""",
    edges=[([2, 9, 4],), ([1, 3, 3, -5],), ([],), ([6],), ([10, 9, 8],)],
    draw=lambda rng: (draw.integers(rng, -15, 15),),
    wrong=["return sorted(items)", "return items[::-1]", "return sorted(set(items), reverse=True)"],
)
def sort_descending(items: list[int]) -> list[int]:
    return sorted(items, reverse=True)


@problem(
    level=1,
    statement="""Return a new list with the numbers of `items` in order, followed by the number `value`. Leave `items`
    itself unchanged.""",
    edges=[([1, 2], 3), ([5, 5, 5], 0), ([], 7), ([4], 4)],
    draw=lambda rng: (draw.integers(rng, 0, 20, 0, 6), draw.integer(rng, 0, 20)),
    wrong=["return [value] + items", "return items.append(value)", "return [*items, [value]]"],
)
def with_item_added(items: list[int], value: int) -> list[int]:
    return [*items, value]


@problem(
    level=1,
    statement="""Return a new list of the numbers of `items` that are not equal to `value`, in the same order. The
    result is empty if none are left.""",
    edges=[([3, 1, 3, 2], 3), ([6, 5, 6], 7), ([], 1), ([4, 4], 4), ([2, 1], 1)],
    draw=lambda rng: (draw.integers(rng, 0, 4, 2, 9), draw.integer(rng, 0, 4)),
    wrong=[
        "return [x for x in items if x == value]",
        "return sorted(x for x in items if x != value)",
        "i = items.index(value) if value in items else len(items)\nreturn items[:i] + items[i + 1:]",
    ],
)
def remove_value(items: list[int], value: int) -> list[int]:
    return [item for item in items if item != value]


@problem(
    level=1,
    statement="""Return a new list of the three smallest numbers of `items`, smallest first. If `items` has fewer than
    three numbers, return all of them, sorted.""",
    edges=[([5, 1, 4, 2],), ([3, 3, 9, 0, 8],), ([],), ([2, 1],), ([7],)],
    draw=lambda rng: (draw.integers(rng, 0, 30, 0, 8),),
    wrong=[
        "return items[:3]",
        "return sorted(items)[-3:]",
        "return sorted(items)[:2]",
        "return sorted(set(items))[:3]",
        "return sorted(items[:3])",
    ],
)
def three_smallest(items: list[int]) -> list[int]:
    return sorted(items)[:3]


@problem(
    level=1,
    statement="Return a new list of the numbers of `items`, each turned into a string, in the same order.",
    edges=[([1, 20, 3],), ([9, -5, 0],), ([],), ([7, 7],)],
    draw=lambda rng: (draw.integers(rng, -50, 50, 0, 7),),
    wrong=["return str(items)", "return ''.join(str(x) for x in items)", "return [x for x in items]"],
)
def numbers_to_strings(items: list[int]) -> list[str]:
    return [str(item) for item in items]


@problem(
    level=1,
    statement="""Return a list of the pairs [x, y], where x is a number of `first` and y is the number at the same
    position of `second`. Both lists have the same length; empty lists give [].""",
    edges=[([1, 2, 3], [7, 8, 9]), ([0, 5], [5, 4]), ([], []), ([6], [6])],
    draw=lambda rng: _two_lists(rng, draw.integer(rng, 0, 6)),
    wrong=["return [first, second]", "return first + second", "return [[y, x] for x, y in zip(first, second)]"],
)
def pair_up(first: list[int], second: list[int]) -> list[list[int]]:
    return [[x, y] for x, y in zip(first, second, strict=True)]


@problem(
    level=1,
    statement="""Return a new list of the numbers of `first` that also occur in `second`, in the order of `first`, with
    repeated ones kept.""",
    edges=[([4, 1, 2, 4], [4, 2, 9]), ([1, 2], [3]), ([], [1]), ([3, 5], []), ([7, 7], [7])],
    draw=lambda rng: (draw.integers(rng, 0, 9, 2, 8), draw.integers(rng, 0, 9, 2, 6)),
    wrong=[
        "return sorted(set(first) & set(second))",
        "return [x for x in second if x in first]",
        "return [x for x in first if x not in second]",
    ],
)
def items_in_both(first: list[int], second: list[int]) -> list[int]:
    return [item for item in first if item in second]


@problem(
    level=1,
    statement="""Return one list of all the numbers in the inner lists of `rows`, in order. Inner lists may be empty,
    and an empty `rows` gives [].""",
    edges=[([[1, 2], [3], [4, 5]],), ([[9], [], [7, 7]],), ([],), ([[]],), ([[2, 1]],)],
    draw=lambda rng: (_rows(rng, 0, 5),),
    wrong=[
        "return [row[0] for row in rows if row]",
        "return rows[0] if rows else []",
        "return sorted(x for row in rows for x in row)",
        "return [sum(row) for row in rows]",
    ],
)
def flatten(rows: list[list[int]]) -> list[int]:
    return [item for row in rows for item in row]


@problem(
    level=1,
    statement="""Return a new list with the numbers of `items` without repetitions: keep the first occurrence of each
    number, in the same order. An empty list gives [].""",
    edges=[([3, 1, 3, 2, 1],), ([5, 5, 4],), ([],), ([2, 1],), ([1, 2, 1],)],
    draw=lambda rng: (draw.integers(rng, 0, 6, 1, 10),),
    wrong=[
        "return sorted(set(items))",
        "return [x for x in items if items.count(x) == 1]",
        "return [x for i, x in enumerate(items) if x not in items[i + 1:]]",
    ],
)
def remove_duplicates(items: list[int]) -> list[int]:
    return list(dict.fromkeys(items))


@problem(
    level=1,
    statement="""Return `items` cut into a list of lists of two neighbours each, in order. If the length is odd, the
    last list holds the one number left; an empty list gives [].""",
    edges=[([1, 2, 3, 4],), ([5, 6, 7],), ([],), ([8],), ([9, 0],)],
    draw=lambda rng: (draw.integers(rng, 0, 30, 0, 9),),
    wrong=[
        "return [items[i:i + 2] for i in range(len(items) - 1)]",
        "return [items[i:i + 2] for i in range(0, len(items) - 1, 2)]",
        "return [items[::2], items[1::2]]",
    ],
)
def split_in_twos(items: list[int]) -> list[list[int]]:
    return [items[i : i + 2] for i in range(0, len(items), 2)]
