"""Level 2: loops and conditions over lists of numbers."""

from __future__ import annotations

from envs.code.draw import integer, integers, numbers
from envs.code.problem import problem


@problem(
    level=2,
    statement="""Return the second largest distinct value of `numbers`, or None when there are fewer than two distinct
    values.""",
    edges=[([3, 1, 4, 4],), ([5, 5],), ([],), ([2, 1],), ([-1, -7, -3],)],
    draw=lambda rng: (integers(rng, -9, 9),),
    wrong=[
        "return sorted(numbers)[-2] if len(numbers) > 1 else None",
        "d = sorted(set(numbers))\nreturn d[0] if len(d) > 1 else None",
        "best = second = 0\nfor x in numbers:\n    if x > best:\n        best, second = x, best\nreturn second or None",
    ],
)
def second_largest(numbers: list[int]) -> int | None:
    distinct = sorted(set(numbers))
    return distinct[-2] if len(distinct) > 1 else None


@problem(
    level=2,
    statement="""Return the length of the longest run of neighbouring elements of `numbers` in which every element is
    strictly greater than the one before it. A single element is a run of length 1; the empty list gives 0.""",
    edges=[([4, 1, 2, 3, 0],), ([5, 5],), ([],), ([1, 2, 2, 3],), ([3, 1, 2, 4, 7],), ([9, 8],)],
    draw=lambda rng: (integers(rng, 0, 12, 0, 15),),
    wrong=[
        """
        best = run = 1
        for a, b in zip(numbers, numbers[1:]):
            run = run + 1 if b > a else 1
            best = max(best, run)
        return best
        """,
        """
        best = run = min(1, len(numbers))
        for a, b in zip(numbers, numbers[1:]):
            run = run + 1 if b >= a else 1
            best = max(best, run)
        return best
        """,
        """
        best, run = 0, 1
        for a, b in zip(numbers, numbers[1:]):
            if b > a:
                run += 1
            else:
                best = max(best, run)
                run = 1
        return max(best, 1) if numbers else 0
        """,
    ],
)
def longest_rising_run(numbers: list[int]) -> int:
    best = run = 0
    for index, value in enumerate(numbers):
        run = run + 1 if index > 0 and value > numbers[index - 1] else 1
        best = max(best, run)
    return best


@problem(
    level=2,
    statement="""Return the indices, in increasing order, at which `numbers` sets a record: the element is strictly
    greater than every element before it. The first element of a non-empty list always sets a record.""",
    edges=[([3, 1, 4, 4, 5],), ([-2, -5, -1],), ([],), ([7],), ([5, 4, 3],), ([2, 2, 2, 3, 1, 3, 4],)],
    draw=lambda rng: (integers(rng, -20, 20, 0, 14),),
    wrong=[
        "return [i for i, x in enumerate(numbers) if x >= max(numbers[: i + 1])]",
        """
        best = 0
        out = []
        for i, x in enumerate(numbers):
            if x > best:
                best = x
                out.append(i)
        return out
        """,
        "return [i for i, x in enumerate(numbers) if i == 0 or x > numbers[i - 1]]",
    ],
)
def record_positions(numbers: list[int]) -> list[int]:
    positions: list[int] = []
    for index, value in enumerate(numbers):
        if not positions or value > numbers[positions[-1]]:
            positions.append(index)
    return positions


@problem(
    level=2,
    statement="""Count the sign changes in `numbers`: ignore all zeros, then count the neighbouring pairs of which one
    is positive and the other negative.""",
    edges=[([1, -2, 0, 3],), ([4, 0, 5],), ([],), ([0, 0],), ([-1, 0, 0, 1],), ([2, -2, -2, 2, -2],)],
    draw=lambda rng: (integers(rng, -2, 2, 0, 14),),
    wrong=[
        "return sum(a * b < 0 for a, b in zip(numbers, numbers[1:]))",
        "return sum((a > 0) != (b > 0) for a, b in zip(numbers, numbers[1:]))",
        "return min(sum(x > 0 for x in numbers), sum(x < 0 for x in numbers))",
    ],
)
def count_sign_changes(numbers: list[int]) -> int:
    changes = 0
    last = 0
    for value in numbers:
        if value == 0:
            continue
        if last * value < 0:
            changes += 1
        last = value
    return changes


@problem(
    level=2,
    statement="""Return the smallest index of `numbers` such that the sum of all elements before it equals the sum of
    all elements after it (an empty sum is 0), or -1 if there is no such index.""",
    edges=[([1, 7, 3, 5, 3],), ([2, 1],), ([],), ([8],), ([0, 0, 0],), ([5, 1, -1],), ([1, -1, 6],)],
    draw=lambda rng: (integers(rng, -1, 1, 0, 9) if rng.random() < 0.7 else integers(rng, -3, 6, 0, 9),),
    wrong=[
        """
        for i in range(1, len(numbers) - 1):
            if sum(numbers[:i]) == sum(numbers[i + 1:]):
                return i
        return -1
        """,
        "for i in range(len(numbers)):\n    if sum(numbers[:i]) == sum(numbers[i:]):\n        return i\nreturn -1",
        """
        best = -1
        for i in range(len(numbers)):
            if sum(numbers[:i]) == sum(numbers[i + 1:]):
                best = i
        return best
        """,
    ],
)
def balance_index(numbers: list[int]) -> int:
    total = sum(numbers)
    before = 0
    for index, value in enumerate(numbers):
        if before == total - before - value:
            return index
        before += value
    return -1


@problem(
    level=2,
    statement="""An account holds `balance` >= 0. The entries of `changes` are booked in order: a positive one is added,
    a negative one is subtracted, except that a withdrawal that would make the balance negative is refused and changes
    nothing. Return [final balance, number of refused withdrawals].""",
    edges=[(10, [-4, -7, 5]), (0, []), (5, [-5]), (0, [-1, 3, -2, -2, 1]), (3, [-4, -4, 2, -5]), (1, [0, -2])],
    draw=lambda rng: (integer(rng, 0, 20), integers(rng, -15, 10, 0, 12)),
    wrong=[
        """
        refused = 0
        for c in changes:
            if balance + c <= 0:
                refused += 1
            else:
                balance += c
        return [balance, refused]
        """,
        """
        refused = 0
        for c in changes:
            balance += c
            if balance < 0:
                refused += 1
                balance = 0
        return [balance, refused]
        """,
        """
        for i, c in enumerate(changes):
            if balance + c < 0:
                return [balance, 1]
            balance += c
        return [balance, 0]
        """,
    ],
)
def book_changes(balance: int, changes: list[int]) -> list[int]:
    refused = 0
    for change in changes:
        if balance + change < 0:
            refused += 1
        else:
            balance += change
    return [balance, refused]


@problem(
    level=2,
    statement="""Return the list of the arithmetic means of every `window` neighbouring elements of `values`, from left
    to right; `window` is at least 1. The list is empty if `window` is larger than the number of elements.""",
    comparison="float",
    edges=[
        ([1.0, 2.0, 6.0], 2),
        ([4.0, 5.5], 3),
        ([], 1),
        ([2.5], 1),
        ([1.0, 2.0, 3.0, 4.0], 4),
        ([0.5, -0.5, 7.0], 1),
    ],
    draw=lambda rng: (numbers(rng, -50, 50, 0, 12), integer(rng, 1, 5)),
    wrong=[
        "return [sum(values[max(0, i - window + 1):i + 1]) / window for i in range(len(values))]",
        "return [sum(values[i:i + window]) / window for i in range(len(values) - window)]",
        "return [sum(values[i:i + window]) for i in range(len(values) - window + 1)]",
    ],
)
def moving_average(values: list[float], window: int) -> list[float]:
    means = []
    for start in range(len(values) - window + 1):
        means.append(sum(values[start : start + window]) / window)
    return means


@problem(
    level=2,
    statement="""Count the pairs of positions i < j in `numbers` with numbers[i] + numbers[j] equal to `target`. Equal
    values at different positions make different pairs.""",
    edges=[([1, 3, 2, 2], 4), ([2], 4), ([], 0), ([2, 2, 2], 4), ([0, 0, 5, -5], 0), ([1, 1, 4, 4], 5)],
    draw=lambda rng: (integers(rng, -4, 6, 0, 16), integer(rng, -4, 8)),
    wrong=[
        "return sum(a + b == target for a in numbers for b in numbers) // 2",
        "s = set(numbers)\nreturn sum(1 for x in s if target - x in s and x < target - x)",
        "seen = set()\ncount = 0\nfor x in numbers:\n    count += target - x in seen\n    seen.add(x)\nreturn count",
    ],
)
def count_pairs_with_sum(numbers: list[int], target: int) -> int:
    seen: dict[int, int] = {}
    pairs = 0
    for value in numbers:
        pairs += seen.get(target - value, 0)
        seen[value] = seen.get(value, 0) + 1
    return pairs
