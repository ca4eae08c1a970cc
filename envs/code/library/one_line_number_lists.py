"""Level 1: one value computed from a list of numbers."""

from __future__ import annotations

import numpy as np

from envs.code.draw import choice, integer, integers, numbers
from envs.code.problem import problem


def _equally_long(rng: np.random.Generator, size: int) -> tuple[list[int], list[int]]:
    """Draw two lists of `size` integers."""
    return integers(rng, -20, 20, size, size), integers(rng, -20, 20, size, size)


@problem(
    level=1,
    statement="Return the sum of the integers in the list `numbers`; 0 for an empty list.",
    edges=[([1, 2, 3],), ([-4, 10],), ([],), ([7],), ([5, 5, -5],)],
    draw=lambda rng: (integers(rng, -30, 30),),
    wrong=["return len(numbers)", "return sum(numbers[1:])", "return sum(set(numbers))"],
)
def sum_of_numbers(numbers: list[int]) -> int:
    return sum(numbers)


@problem(
    level=1,
    statement="Return the sum of the squares of the integers in `numbers`; 0 for an empty list.",
    edges=[([1, 2, 3],), ([-4],), ([],), ([0, 0, 5],)],
    draw=lambda rng: (integers(rng, -20, 20),),
    wrong=["return sum(numbers) ** 2", "return sum(abs(n) for n in numbers)", "return sum(n * 2 for n in numbers)"],
)
def sum_of_squares(numbers: list[int]) -> int:
    return sum(n * n for n in numbers)


@problem(
    level=1,
    statement="Return the average of the numbers in `values`; 0.0 for an empty list.",
    edges=[([1.0, 2.0, 6.0],), ([2.5, 4.0],), ([],), ([-3.0],)],
    draw=lambda rng: (numbers(rng, -20, 20),),
    wrong=["return sum(values)", "return sum(values) / 2", "return sum(values) / (len(values) + 1)"],
    comparison="float",
)
def average(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


@problem(
    level=1,
    statement="Return how many of the integers in `numbers` are even; 0 counts as even, and an empty list gives 0.",
    edges=[([1, 2, 4],), ([3, 7, 8, 9],), ([],), ([0, -2, -3],)],
    draw=lambda rng: (integers(rng, -30, 30),),
    wrong=[
        "return sum(1 for n in numbers if n % 2 == 1)",
        "return sum(n for n in numbers if n % 2 == 0)",
        "return sum(1 for n in numbers if n > 0 and n % 2 == 0)",
        "return len(numbers)",
    ],
)
def count_evens(numbers: list[int]) -> int:
    return sum(1 for n in numbers if n % 2 == 0)


@problem(
    level=1,
    statement="Return how many of the integers in `numbers` are negative (below 0); 0 for an empty list.",
    edges=[([3, -1, -7],), ([0, 5, -2, 8],), ([],), ([-4, -4, -4],)],
    draw=lambda rng: (integers(rng, -30, 30),),
    wrong=[
        "return sum(1 for n in numbers if n <= 0)",
        "return sum(n for n in numbers if n < 0)",
        "return sum(1 for n in numbers if n > 0)",
    ],
)
def count_negatives(numbers: list[int]) -> int:
    return sum(1 for n in numbers if n < 0)


@problem(
    level=1,
    statement="Return how many of the integers in `numbers` are strictly greater than `limit`; 0 for an empty list.",
    edges=[([1, 5, 9], 4), ([2, 2, 3], 2), ([], 0), ([-5, -1, 0], -3)],
    draw=lambda rng: (integers(rng, -10, 10), integer(rng, -8, 8)),
    wrong=[
        "return sum(1 for n in numbers if n >= limit)",
        "return sum(n for n in numbers if n > limit)",
        "return sum(1 for n in numbers if n < limit)",
    ],
)
def count_above(numbers: list[int], limit: int) -> int:
    return sum(1 for n in numbers if n > limit)


@problem(
    level=1,
    statement="Return the smallest integer in the list `numbers`, which is never empty.",
    edges=[([4, 2, 9],), ([-1, -6, 3],), ([7],), ([5, 8, 5],), ([3, 2, 1],)],
    draw=lambda rng: (integers(rng, -30, 30, 1),),
    wrong=["return max(numbers)", "return numbers[0]", "return numbers[-1]", "return min(abs(n) for n in numbers)"],
)
def smallest_number(numbers: list[int]) -> int:
    return min(numbers)


@problem(
    level=1,
    statement="Return the largest integer in the list `numbers`, or 0 if the list is empty.",
    edges=[([4, 9, 2],), ([-8, -3, -5],), ([],), ([6],), ([1, 0, 1, 12],)],
    draw=lambda rng: (integers(rng, -40, choice(rng, [-1, 40]), 0, 6),),
    wrong=["return max([0] + numbers)", "return min(numbers, default=0)", "return numbers[-1] if numbers else 0"],
)
def largest_or_zero(numbers: list[int]) -> int:
    return max(numbers, default=0)


@problem(
    level=1,
    statement="Return the largest integer in `numbers` minus the smallest one; `numbers` is never empty.",
    edges=[([3, 10, 5],), ([-2, 4, -7],), ([6],), ([9, 1],), ([5, 5, 5],)],
    draw=lambda rng: (integers(rng, -30, 30, 1),),
    wrong=[
        "return max(numbers)",
        "return min(numbers) - max(numbers)",
        "return numbers[-1] - numbers[0]",
        "return max(numbers) + min(numbers)",
    ],
)
def spread(numbers: list[int]) -> int:
    return max(numbers) - min(numbers)


@problem(
    level=1,
    statement="Return the sum of those integers in `numbers` that are greater than 0; 0 if there are none.",
    edges=[([3, -2, 5],), ([-1, -4, 8],), ([],), ([-6, 0],)],
    draw=lambda rng: (integers(rng, -30, 30),),
    wrong=[
        "return sum(numbers)",
        "return sum(1 for n in numbers if n > 0)",
        "return sum(abs(n) for n in numbers)",
        "return max(0, sum(numbers))",
    ],
)
def sum_of_positives(numbers: list[int]) -> int:
    return sum(n for n in numbers if n > 0)


@problem(
    level=1,
    statement="Return the first integer of `numbers` plus the last one. A list with a single integer counts it twice.",
    edges=[([1, 2, 3],), ([10, -4, 6, 7],), ([5],), ([-2, 8],)],
    draw=lambda rng: (integers(rng, -30, 30, 1),),
    wrong=[
        "return numbers[0] + numbers[1] if len(numbers) > 1 else numbers[0]",
        "return sum(numbers)",
        "return numbers[0] if len(numbers) == 1 else numbers[0] + numbers[-1]",
        "return min(numbers) + max(numbers)",
    ],
)
def first_plus_last(numbers: list[int]) -> int:
    return numbers[0] + numbers[-1]


@problem(
    level=1,
    statement="Return how many times the integer `target` occurs in the list `numbers`; 0 for an empty list.",
    edges=[([1, 2, 1, 3], 1), ([4, 4, 4], 5), ([7, 0, 7, 7], 7), ([], 2), ([1, 2, 3], 3)],
    draw=lambda rng: (integers(rng, 0, 4), integer(rng, 0, 4)),
    wrong=[
        "return 1 if target in numbers else 0",
        "return len(numbers) - numbers.count(target)",
        "return len(numbers)",
    ],
)
def count_target(numbers: list[int], target: int) -> int:
    return numbers.count(target)


@problem(
    level=1,
    statement="Return how many different integers the list `numbers` contains; 0 for an empty list.",
    edges=[([1, 2, 1, 3],), ([4, 4, 4],), ([],), ([5, -5, 0, 0],)],
    draw=lambda rng: (integers(rng, 0, 8),),
    wrong=[
        "return len(numbers)",
        "return len(numbers) - len(set(numbers))",
        "return sum(1 for n in numbers if numbers.count(n) == 1)",
    ],
)
def count_different(numbers: list[int]) -> int:
    return len(set(numbers))


@problem(
    level=1,
    statement="Return True if every integer in `numbers` is greater than 0, otherwise False; True for an empty list.",
    edges=[([3, 1, 8],), ([3, -1, 8],), ([],), ([0, 5],), ([-2, -9],)],
    draw=lambda rng: (integers(rng, choice(rng, [-9, 0, 1]), 9, 1, 6),),
    wrong=[
        "return all(n >= 0 for n in numbers)",
        "return any(n > 0 for n in numbers)",
        "return len(numbers) > 0 and min(numbers) > 0",
        "return sum(numbers) > 0",
    ],
)
def all_positive(numbers: list[int]) -> bool:
    return all(n > 0 for n in numbers)


@problem(
    level=1,
    statement="""Return True if the integers in `numbers` stand in ascending order, where equal neighbours are allowed;
    otherwise return False. An empty list is in order.""",
    edges=[([1, 3, 3, 7],), ([1, 5, 2],), ([],), ([9, 4, 1],), ([2, 1, 6],)],
    draw=lambda rng: (choice(rng, [sorted(integers(rng, -9, 9)), integers(rng, -9, 9, 2)]),),
    wrong=[
        "return numbers == sorted(set(numbers))",
        "return numbers == sorted(numbers, reverse=True)",
        "return len(numbers) == 0 or numbers[0] <= numbers[-1]",
    ],
)
def is_ascending(numbers: list[int]) -> bool:
    return numbers == sorted(numbers)


@problem(
    level=1,
    statement="Return the sum of the integers at the positions 0, 2, 4, ... of `numbers`; 0 for an empty list.",
    edges=[([1, 2, 3, 4],), ([5, 10, 20],), ([],), ([6],), ([2, 7, -2, 1, 8],)],
    draw=lambda rng: (integers(rng, -30, 30),),
    wrong=[
        "return sum(numbers[1::2])",
        "return sum(n for n in numbers if n % 2 == 0)",
        "return sum(numbers[:2])",
        "return sum(numbers[2::2])",
    ],
)
def sum_at_even_positions(numbers: list[int]) -> int:
    return sum(numbers[::2])


@problem(
    level=1,
    statement="""Return the dot product of the lists `left` and `right`, which are equally long: the sum of the products
    of the integers at the same position; 0 for empty lists.""",
    edges=[([1, 2, 3], [4, 5, 6]), ([2, -3], [5, 1]), ([], []), ([7], [8])],
    draw=lambda rng: _equally_long(rng, integer(rng, 0, 6)),
    wrong=[
        "return sum(left) * sum(right)",
        "return sum(a + b for a, b in zip(left, right))",
        "return left[0] * right[0] if left else 0",
    ],
)
def dot_product(left: list[int], right: list[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


@problem(
    level=1,
    statement="Return the position of the largest integer in `numbers`, counting from 0. All integers are different.",
    edges=[([3, 9, 4],), ([8, 2, 5],), ([6],), ([-7, -5, -3, -1],), ([1, 0, 2, -9],)],
    draw=lambda rng: ([int(n) for n in rng.permutation(20)[: integer(rng, 1, 10)]],),
    wrong=[
        "return numbers.index(max(numbers)) + 1",
        "return max(numbers)",
        "return numbers.index(min(numbers))",
        "return len(numbers) - 1",
    ],
)
def position_of_largest(numbers: list[int]) -> int:
    return numbers.index(max(numbers))


@problem(
    level=1,
    statement="Return the median of `numbers`: its middle element after sorting. The length of the list is always odd.",
    edges=[([5, 1, 3],), ([7, 9, 8, 1, 2],), ([4],), ([-1, -8, 6],), ([2, 2, 9],)],
    draw=lambda rng: _equally_long(rng, choice(rng, [1, 3, 5, 7]))[:1],
    wrong=[
        "return numbers[len(numbers) // 2]",
        "return sum(numbers) // len(numbers)",
        "return sorted(numbers)[len(numbers) // 2 - 1]",
    ],
)
def median_of_odd(numbers: list[int]) -> int:
    return sorted(numbers)[len(numbers) // 2]


@problem(
    level=1,
    statement="Return the sum of all integers in `numbers` except the largest, which is left out once; never empty.",
    edges=[([3, 9, 4],), ([5, 5, 1],), ([7],), ([-2, -6],)],
    draw=lambda rng: (integers(rng, -20, 20, 1),),
    wrong=[
        "return sum(n for n in numbers if n != max(numbers))",
        "return sum(numbers)",
        "return sum(numbers) - min(numbers)",
        "return sum(numbers[:-1])",
    ],
)
def sum_without_largest(numbers: list[int]) -> int:
    return sum(numbers) - max(numbers)
