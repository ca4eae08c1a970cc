"""Level 5: points in the plane, and optimal plans."""

from __future__ import annotations

from envs.code.draw import choice, integer, integers, numbers
from envs.code.problem import problem


@problem(
    level=5,
    statement="""`points` is a list of pairs [x, y] of integers; points may occur several times. Return the corners of
    their convex hull counter-clockwise (x to the right, y upwards), each once, beginning with the corner with the
    smallest x and, among those, the smallest y. Points that lie on an edge between two corners are not corners. If all
    points lie on one line, return the two end points in increasing order, if they are all equal, that one point, and []
    for no points. There are up to 500 points.""",
    edges=[
        ([[0, 0], [2, 0], [2, 2], [0, 2], [1, 1]],),
        ([[3, 3], [1, 1], [2, 2]],),
        ([],),
        ([[4, 5], [4, 5]],),
        ([[0, 0], [4, 0], [2, 0], [4, 4], [4, 2], [0, 4], [0, 2]],),
        ([[0, 2], [-1, 0], [5, 1], [0, -3], [2, 2], [3, -2]],),
    ],
    draw=lambda rng: (
        (span := choice(rng, [1, 3, 10, 100]))
        and [
            [integer(rng, -span, span), integer(rng, -span, span)]
            for _ in range(integer(rng, 0, choice(rng, [5, 12, 400])))
        ],
    ),
    wrong=[
        """
        pts = sorted(set(map(tuple, points)))
        if len(pts) < 3:
            return [list(p) for p in pts]
        def turn(a, b, c):
            return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        def half(pts):
            h = []
            for p in pts:
                while len(h) > 1 and turn(h[-2], h[-1], p) < 0:
                    h.pop()
                h.append(p)
            return h[:-1]
        return [list(p) for p in half(pts) + half(pts[::-1])]
        """,
        """
        pts = sorted(set(map(tuple, points)))
        if len(pts) < 3:
            return [list(p) for p in pts]
        def turn(a, b, c):
            return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        def half(pts):
            h = []
            for p in pts:
                while len(h) > 1 and turn(h[-2], h[-1], p) >= 0:
                    h.pop()
                h.append(p)
            return h[:-1]
        return [list(p) for p in half(pts) + half(pts[::-1])]
        """,
        """
        if not points:
            return []
        x0, x1 = min(p[0] for p in points), max(p[0] for p in points)
        y0, y1 = min(p[1] for p in points), max(p[1] for p in points)
        return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        """,
    ],
)
def convex_hull(points: list[list[int]]) -> list[list[int]]:
    ordered = sorted({(x, y) for x, y in points})
    if len(ordered) < 2:
        return [[x, y] for x, y in ordered]

    def half(way: list[tuple[int, int]]) -> list[tuple[int, int]]:
        chain: list[tuple[int, int]] = []
        for x, y in way:
            while len(chain) > 1:
                (x1, y1), (x2, y2) = chain[-2:]
                if (x2 - x1) * (y - y1) > (y2 - y1) * (x - x1):  # a turn to the left
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return [[x, y] for x, y in half(ordered) + half(ordered[::-1])]


@problem(
    level=5,
    statement="""`points` is a list of pairs [x, y] of numbers. Return the smallest Euclidean distance between two
    points at different positions in the list (0.0 if a point occurs twice), or None if there are fewer than two points.
    There are up to 1000 points.""",
    comparison="float",
    edges=[
        ([[0.0, 0.0], [3.0, 4.0], [10.0, 0.0]],),
        ([[1.5, 2.0]],),
        ([],),
        ([[2.0, 2.0], [5.0, 1.0], [2.0, 2.0]],),
        ([[0.0, 0.0], [1.0, 9.0], [2.0, 0.5], [3.0, 9.5], [4.0, 5.0]],),
        ([[0.0, 0.0], [0.5, 40.0], [1.0, -40.0], [7.0, 1.0]],),
    ],
    draw=lambda rng: (
        (
            (count := choice(rng, [0, 2, 5, 12, 900]))
            and [
                list(pair)
                for pair in zip(numbers(rng, -99, 99, count, count), numbers(rng, -99, 99, count, count), strict=True)
            ]
        )
        or [],
    ),
    wrong=[
        "import math\np = sorted(points)\nreturn min((math.dist(a, b) for a, b in zip(p, p[1:])), default=None)",
        """
        p = points
        d = [abs(p[i][0] - p[j][0]) + abs(p[i][1] - p[j][1]) for i in range(len(p)) for j in range(i)]
        return min(d, default=None)
        """,
        """
        import math
        p = sorted(set(map(tuple, points)))
        return min((math.dist(a, b) for i, a in enumerate(p) for b in p[:i]), default=None)
        """,
    ],
)
def closest_pair(points: list[list[float]]) -> float | None:
    from bisect import insort

    best = float("inf")
    strip: list[tuple[float, float]] = []  # (y, x) of the points at most `best` to the left of the current one
    ordered = sorted((x, y) for x, y in points)
    oldest = 0
    for x, y in ordered:
        while ordered[oldest][0] < x - best:
            old_x, old_y = ordered[oldest]
            strip.remove((old_y, old_x))
            oldest += 1
        for other_y, other_x in strip:
            if abs(other_y - y) <= best:
                best = min(best, ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5)
        insort(strip, (y, x))
    return best if len(points) > 1 else None


@problem(
    level=5,
    statement="""A chain of matrices is multiplied; matrix number i has `sizes`[i] rows and `sizes`[i + 1] columns, so
    that there is one matrix fewer than numbers in `sizes`. Multiplying a p x q matrix with a q x r matrix costs p * q *
    r. Return the smallest total cost of multiplying the whole chain, over all ways to set the brackets; 0 if there are
    fewer than two matrices. `sizes` holds up to 40 positive integers.""",
    edges=[
        ([10, 30, 5, 60],),
        ([4, 7],),
        ([],),
        ([2, 3, 4],),
        ([7, 2, 7, 8, 6],),
        ([1, 7, 1, 7, 3, 6],),
        ([5, 10, 3, 12, 5, 50, 6],),
    ],
    draw=lambda rng: (integers(rng, 1, choice(rng, [9, 60]), 0, choice(rng, [5, 8, 40])),),
    wrong=[
        "return sum(sizes[0] * sizes[i] * sizes[i + 1] for i in range(1, len(sizes) - 1))",
        """
        s, cost = list(sizes), 0
        while len(s) > 2:
            i = max(range(1, len(s) - 1), key=lambda i: s[i])
            cost += s[i - 1] * s[i] * s[i + 1]
            del s[i]
        return cost
        """,
        """
        s, cost = list(sizes), 0
        while len(s) > 2:
            i = min(range(1, len(s) - 1), key=lambda i: s[i - 1] * s[i] * s[i + 1])
            cost += s[i - 1] * s[i] * s[i + 1]
            del s[i]
        return cost
        """,
    ],
)
def chain_cost(sizes: list[int]) -> int:
    count = len(sizes)
    cost = [[0] * count for _ in range(count)]  # cost[a][b]: one matrix of sizes[a] rows and sizes[b] columns
    for span in range(2, count):
        for first in range(count - span):
            last = first + span
            cost[first][last] = min(
                cost[first][cut] + cost[cut][last] + sizes[first] * sizes[cut] * sizes[last]
                for cut in range(first + 1, last)
            )
    return cost[0][-1] if count > 2 else 0


@problem(
    level=5,
    statement="""Each element [start, end, pay] of `jobs` is a job that takes from time start to time end (start < end)
    and earns pay >= 0; all are integers. Only one job can be done at a time, but a job may start at the moment another
    one ends. Return [earnings, ways]: the largest total pay of a set of jobs that do not overlap, and how many
    different sets of jobs earn it (jobs at different positions are different; the empty set counts). There are up to
    500 jobs.""",
    edges=[
        ([[1, 3, 5], [2, 5, 6], [4, 6, 5]],),
        ([[0, 2, 4], [2, 4, 3], [0, 4, 7]],),
        ([],),
        ([[1, 2, 0]],),
        ([[0, 10, 8], [1, 2, 3], [3, 4, 3], [5, 6, 3]],),
        ([[3, 4, 2], [3, 4, 2], [0, 3, 1]],),
    ],
    draw=lambda rng: (
        (span := choice(rng, [8, 30, 400]))
        and [
            [
                (start := integer(rng, 0, span)),
                start + integer(rng, 1, choice(rng, [3, 12])),
                integer(rng, 0, choice(rng, [3, 20])),
            ]
            for _ in range(choice(rng, [0, 3, 6, 9, 12, 400]))
        ],
    ),
    wrong=[
        """
        end, total = float("-inf"), 0
        for s, e, p in sorted(jobs, key=lambda j: j[1]):
            if s >= end:
                end, total = e, total + p
        return [total, 1]
        """,
        """
        best = {}
        order = sorted(jobs, key=lambda j: j[1])
        done = [(0, 1)]
        for i, (s, e, p) in enumerate(order):
            k = sum(o[1] < s for o in order)
            take, skip = (done[k][0] + p, done[k][1]), done[i]
            ways = (take[1] if take[0] >= skip[0] else 0) + (skip[1] if skip[0] >= take[0] else 0)
            done.append((max(take[0], skip[0]), ways))
        return list(done[-1])
        """,
        """
        order = sorted(jobs, key=lambda j: j[1])
        done = [0]
        for i, (s, e, p) in enumerate(order):
            k = sum(o[1] <= s for o in order)
            done.append(max(done[k] + p, done[i]))
        return [done[-1], 1]
        """,
    ],
)
def best_schedules(jobs: list[list[int]]) -> list[int]:
    from bisect import bisect_right

    ordered = sorted(jobs, key=lambda job: job[1])
    ends = [end for _, end, _ in ordered]
    best = [(0, 1)]  # best[k]: earnings and ways with the first k jobs to end
    for index, (start, _, pay) in enumerate(ordered):
        skipped, skipped_ways = best[index]
        before, before_ways = best[bisect_right(ends, start, 0, index)]
        taken = before + pay
        ways = (before_ways if taken >= skipped else 0) + (skipped_ways if skipped >= taken else 0)
        best.append((max(taken, skipped), ways))
    return list(best[-1])
