"""Level 3: several steps over numbers: primes, searches, intervals and a fit."""

from __future__ import annotations

from envs.code.draw import choice, integer, integers, numbers
from envs.code.problem import problem


@problem(
    level=3,
    statement="""Return all prime numbers p with `low` <= p <= `high` in increasing order. Both bounds are integers, may
    be negative and are at most 20000; the list is empty if `low` > `high`.""",
    edges=[(1, 10), (14, 16), (-5, 2), (20, 10), (115, 130), (19990, 20000), (0, 26)],
    draw=lambda rng: (
        (low := integer(rng, -5, choice(rng, [30, 19_000]))),
        low + integer(rng, 0, choice(rng, [30, 900])),
    ),
    wrong=[
        "return [n for n in range(max(low, 1), high + 1) if all(n % d for d in range(2, int(n ** 0.5) + 1))]",
        "return [n for n in range(max(low, 2), high + 1) if all(n % d for d in range(2, int(n ** 0.5)))]",
        "return [n for n in range(max(low, 2), high + 1) if all(n % d for d in (2, 3, 5, 7) if d < n)]",
    ],
)
def primes_between(low: int, high: int) -> list[int]:
    if high < 2:
        return []
    is_prime = [False, False] + [True] * (high - 1)
    divisor = 2
    while divisor * divisor <= high:
        if is_prime[divisor]:
            for multiple in range(divisor * divisor, high + 1, divisor):
                is_prime[multiple] = False
        divisor += 1
    return [number for number in range(max(low, 2), high + 1) if is_prime[number]]


@problem(
    level=3,
    statement="""Return the prime factorisation of the integer `number` >= 1 as a list of pairs [prime, exponent] with
    the primes in increasing order. The factorisation of 1 is the empty list.""",
    edges=[(12,), (7,), (1,), (1024,), (9_699_690,), (49,), (2 * 1_000_003,)],
    draw=lambda rng: (integer(rng, 1, 10 ** integer(rng, 1, 7)),),
    wrong=[
        """
        out, p = [], 2
        while p * p <= number:
            e = 0
            while number % p == 0:
                number //= p
                e += 1
            if e:
                out.append([p, e])
            p += 1
        return out
        """,
        """
        out, p = [], 2
        while p * p <= number:
            if number % p == 0:
                number //= p
                out.append([p, 1])
            else:
                p += 1
        return out + [[number, 1]] if number > 1 else out
        """,
        """
        out, p = [], 2
        while p * p < number:
            e = 0
            while number % p == 0:
                number //= p
                e += 1
            if e:
                out.append([p, e])
            p += 1
        if number > 1:
            out.append([number, 1])
        return out
        """,
    ],
)
def prime_powers(number: int) -> list[list[int]]:
    powers = []
    prime = 2
    while prime * prime <= number:
        exponent = 0
        while number % prime == 0:
            number //= prime
            exponent += 1
        if exponent > 0:
            powers.append([prime, exponent])
        prime += 1
    if number > 1:
        powers.append([number, 1])
    return powers


@problem(
    level=3,
    statement="""`ordered` is a list of integers in non-decreasing order. Return [first, last], the smallest and the
    largest index at which `target` occurs, or [-1, -1] if it does not occur.""",
    edges=[([1, 3, 3, 3, 8], 3), ([2, 4], 3), ([], 1), ([5], 5), ([7, 7, 7], 7), ([1, 2], 9), ([1, 2, 2], 1)],
    draw=lambda rng: (sorted(integers(rng, 0, 9, 0, 20)), integer(rng, -1, 10)),
    wrong=[
        """
        lo, hi = 0, len(ordered) - 1
        while lo <= hi:
            mid = (lo + hi) // 2
            if ordered[mid] == target:
                return [mid, mid]
            if ordered[mid] < target:
                lo = mid + 1
            else:
                hi = mid - 1
        return [-1, -1]
        """,
        "import bisect\nreturn [bisect.bisect_left(ordered, target), bisect.bisect_right(ordered, target) - 1]",
        """
        import bisect
        a, b = bisect.bisect_left(ordered, target), bisect.bisect_right(ordered, target)
        return [a, b] if a < b else [-1, -1]
        """,
    ],
)
def occurrence_range(ordered: list[int], target: int) -> list[int]:
    def first_not_below(bound: int) -> int:
        low, high = 0, len(ordered)
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < bound:
                low = middle + 1
            else:
                high = middle
        return low

    start, end = first_not_below(target), first_not_below(target + 1)
    return [start, end - 1] if start < end else [-1, -1]


@problem(
    level=3,
    statement="""Each element of `intervals` is a closed interval [start, end] of integers with start <= end, in no
    particular order. Return the union as a list of intervals in increasing order, merging all intervals that share at
    least one integer point. [1, 3] and [4, 5] share no point and stay separate; [1, 3] and [3, 5] become [1, 5].""",
    edges=[
        ([[5, 7], [1, 3], [3, 4]],),
        ([[1, 3], [4, 5]],),
        ([],),
        ([[1, 9], [2, 3], [4, 10]],),
        ([[0, 8], [1, 2], [8, 8]],),
        ([[1, 2], [6, 7], [2, 6], [-1, 0]],),
    ],
    draw=lambda rng: (
        [[(start := integer(rng, -10, 25)), start + integer(rng, 0, 6)] for _ in range(integer(rng, 0, 9))],
    ),
    wrong=[
        """
        out = []
        for a, b in sorted(intervals):
            if out and a <= out[-1][1]:
                out[-1][1] = b
            else:
                out.append([a, b])
        return out
        """,
        """
        out = []
        for a, b in sorted(intervals):
            if out and a < out[-1][1]:
                out[-1][1] = max(b, out[-1][1])
            else:
                out.append([a, b])
        return out
        """,
        """
        out = []
        for a, b in intervals:
            if out and a <= out[-1][1] and b >= out[-1][0]:
                out[-1] = [min(a, out[-1][0]), max(b, out[-1][1])]
            else:
                out.append([a, b])
        return sorted(out)
        """,
    ],
)
def merge_intervals(intervals: list[list[int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


@problem(
    level=3,
    statement="""`people` persons numbered from 1 stand in a circle. Counting starts at person 1 and goes round in
    increasing order; every `step`-th person counted leaves the circle, and counting goes on from 1 with the next person
    still there. Return the numbers in the order of leaving. `people` >= 0 and `step` >= 1.""",
    edges=[(5, 2), (4, 1), (0, 3), (1, 7), (3, 10), (7, 3)],
    draw=lambda rng: (integer(rng, 0, 25), integer(rng, 1, 12)),
    wrong=[
        """
        c = list(range(1, people + 1))
        out, i = [], 0
        while c:
            i = (i + step) % len(c)
            out.append(c.pop(i))
        return out
        """,
        """
        c = list(range(1, people + 1))
        out, i = [], 0
        while c:
            i = (i + step - 1) % len(c)
            out.append(c[i])
            c = c[:i] + c[i + 1:]
            i += 1
        return out
        """,
        """
        out = []
        for start in range(step):
            out += [n for n in range(1, people + 1) if n % step == (start if start else 0)]
        return out
        """,
    ],
)
def josephus_order(people: int, step: int) -> list[int]:
    circle = list(range(1, people + 1))
    order = []
    position = 0
    while circle:
        position = (position + step - 1) % len(circle)
        order.append(circle.pop(position))
    return order


@problem(
    level=3,
    statement="""`points` is a list of pairs [x, y]. Return [slope, intercept] of the straight line y = slope * x +
    intercept that minimises the sum of the squared vertical distances to the points, or None if the points do not have
    at least two different x.""",
    comparison="float",
    edges=[
        ([[0.0, 1.0], [1.0, 3.0]],),
        ([[2.0, 1.0], [2.0, 5.0]],),
        ([],),
        ([[0.0, 0.0], [1.0, 1.0], [2.0, 1.0]],),
        ([[-1.0, 4.5], [3.0, 4.5], [7.0, 4.5]],),
    ],
    draw=lambda rng: (
        [[float(x), y] for x, y in zip(integers(rng, -9, 9, 1, 9), numbers(rng, -20, 20, 9, 9), strict=False)],
    ),
    wrong=[
        """
        if len({p[0] for p in points}) < 2:
            return None
        (a, b), (c, d) = min(points), max(points)
        s = (d - b) / (c - a)
        return [s, b - s * a]
        """,
        """
        if len({p[0] for p in points}) < 2:
            return None
        s = sum(x * y for x, y in points) / sum(x * x for x, _ in points)
        return [s, 0.0]
        """,
        """
        if len({p[0] for p in points}) < 2:
            return None
        n = len(points)
        mx, my = sum(p[0] for p in points) / n, sum(p[1] for p in points) / n
        s = sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, y in points)
        return [my - s * mx, s]
        """,
    ],
)
def fit_line(points: list[list[float]]) -> list[float] | None:
    if len({x for x, _ in points}) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in points)
    variance = sum((x - mean_x) ** 2 for x, _ in points)
    slope = covariance / variance
    return [slope, mean_y - slope * mean_x]
