"""Level 4: dynamic programming over sequences, amounts and subsets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from envs.code.draw import choice, integer, integers, text
from envs.code.problem import problem


def _is_subsequence(part: Any, whole: Any) -> bool:
    rest = iter(whole)
    return all(any(item == other for other in rest) for item in part)


def _as_long_and_rising(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    if not (isinstance(answer, list) and all(type(value) is int for value in answer) and len(answer) == len(reference)):
        return False
    return all(a < b for a, b in pairwise(answer)) and _is_subsequence(answer, args[0])


@problem(
    level=4,
    statement="""Return a longest strictly increasing subsequence of `numbers`: a list of elements, each greater than
    the one before, in the order in which they stand in `numbers`, though not necessarily next to each other. If there
    are several of the greatest length, any one of them is right. There are up to 400 numbers; the empty list gives
    [].""",
    comparison=_as_long_and_rising,
    edges=[([10, 9, 2, 5, 3, 7, 101, 18],), ([3, 3],), ([],), ([5, 1, 2, 6, 3, 4],), ([1, 9, 2, 8, 3],), ([2, 5, 1],)],
    draw=lambda rng: (integers(rng, -30, choice(rng, [5, 300]), 0, choice(rng, [9, 40, 300])),),
    wrong=[
        "out = []\nfor x in numbers:\n    if not out or x > out[-1]:\n        out.append(x)\nreturn out",
        """
        import bisect
        tails = []
        for x in numbers:
            i = bisect.bisect_left(tails, x)
            tails[i:i + 1] = [x]
        return tails
        """,
        "return sorted(set(numbers))",
    ],
)
def longest_rising_subsequence(numbers: list[int]) -> list[int]:
    import bisect

    tails: list[int] = []  # tails[k]: smallest last value of a rising subsequence of length k + 1
    places: list[int] = []
    for value in numbers:
        place = bisect.bisect_left(tails, value)
        tails[place : place + 1] = [value]
        places.append(place)
    found: list[int] = []
    wanted = len(tails) - 1
    for value, place in zip(reversed(numbers), reversed(places), strict=True):
        if place == wanted and (not found or value < found[-1]):
            found.append(value)
            wanted -= 1
    return found[::-1]


@problem(
    level=4,
    statement="""`items` is a list of pairs [weight, value] of positive integers. Choose any of the items, each at most
    once, so that their total weight is at most `capacity`; return the largest possible total value (0 if nothing fits).
    There are up to 60 items, and `capacity` is from 0 to 300.""",
    edges=[
        ([[3, 4], [4, 5], [2, 3]], 6),
        ([[5, 10], [4, 7], [4, 7]], 8),
        ([], 10),
        ([[2, 9]], 1),
        ([[1, 1], [3, 10]], 3),
        ([[2, 3]], 9),
    ],
    draw=lambda rng: (
        [[integer(rng, 1, 30), integer(rng, 1, 50)] for _ in range(integer(rng, 0, choice(rng, [6, 60])))],
        integer(rng, 0, choice(rng, [20, 300])),
    ),
    wrong=[
        """
        total = 0
        for w, v in sorted(items, key=lambda i: -i[1] / i[0]):
            if w <= capacity:
                capacity -= w
                total += v
        return total
        """,
        """
        best = [0] * (capacity + 1)
        for w, v in items:
            for c in range(w, capacity + 1):
                best[c] = max(best[c], best[c - w] + v)
        return best[capacity]
        """,
        """
        total = 0
        for w, v in sorted(items, key=lambda i: -i[1]):
            if w <= capacity:
                capacity -= w
                total += v
        return total
        """,
    ],
)
def best_load(items: list[list[int]], capacity: int) -> int:
    best = [0] * (capacity + 1)
    for weight, value in items:
        # Downwards, so that best[room - weight] does not contain this item yet.
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[capacity]


@problem(
    level=4,
    statement="""Return the smallest number of edits that turn `source` into `target`. An edit inserts a character,
    deletes a character, replaces a character by another one, or swaps two neighbouring characters. No stretch of the
    text may be edited again after a swap, so that "ca" becomes "abc" with 3 edits, not with 2 (this is the "optimal
    string alignment" distance). Each text has up to 60 characters.""",
    edges=[
        ("kitten", "sitting"),
        ("ab", "ba"),
        ("", "abc"),
        ("ca", "abc"),
        ("same", "same"),
        ("abcd", "badc"),
        ("aba", ""),
    ],
    draw=lambda rng: (text(rng, "abc", 0, choice(rng, [6, 60])), text(rng, "abc", 0, choice(rng, [6, 60]))),
    wrong=[
        """
        row = list(range(len(target) + 1))
        for i, a in enumerate(source, 1):
            new = [i]
            for j, b in enumerate(target, 1):
                new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (a != b)))
            row = new
        return row[-1]
        """,
        "return sum(a != b for a, b in zip(source, target)) + abs(len(source) - len(target))",
        """
        n, m = len(source), len(target)
        t = [[0] * (m + 1) for _ in range(n + 1)]
        for i in range(1, n + 1):
            for j in range(1, m + 1):
                t[i][j] = max(t[i - 1][j], t[i][j - 1], t[i - 1][j - 1] + (source[i - 1] == target[j - 1]))
        return max(n, m) - t[n][m]
        """,
    ],
)
def edit_distance(source: str, target: str) -> int:
    rows, columns = len(source) + 1, len(target) + 1
    cost = [[row + column if row == 0 or column == 0 else 0 for column in range(columns)] for row in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            replace = cost[i - 1][j - 1] + (source[i - 1] != target[j - 1])
            cost[i][j] = min(cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace)
            if i > 1 and j > 1 and source[i - 1] == target[j - 2] and source[i - 2] == target[j - 1]:
                cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1)
    return cost[-1][-1]


def _pays_as_few(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    coins, amount = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (isinstance(answer, list) and len(answer) == len(reference)):
        return False
    return all(type(coin) is int and coin in coins for coin in answer) and sum(answer) == amount


@problem(
    level=4,
    statement="""Pay exactly `amount` with as few coins as possible, where every denomination in `coins` (different
    positive integers, in any order) may be used any number of times. Return the list of the coins used, in any order;
    any way with the fewest coins is right. Return [] for amount 0, and None if the amount cannot be paid. `amount` is
    at most 400.""",
    comparison=_pays_as_few,
    edges=[([1, 5, 10, 25], 30), ([4], 7), ([1, 3, 4], 6), ([], 0), ([5, 2], 11), ([7, 3], 5), ([9, 6, 1], 12)],
    draw=lambda rng: (
        sorted(set(integers(rng, 2, 40, 1, 5)) | ({1} if rng.random() < 0.4 else set()), reverse=rng.random() < 0.5),
        integer(rng, 0, choice(rng, [20, 400])),
    ),
    wrong=[
        """
        out = []
        for c in sorted(coins, reverse=True):
            out += [c] * (amount // c)
            amount %= c
        return out if amount == 0 else None
        """,
        """
        for c in sorted(coins, reverse=True):
            if amount % c == 0:
                return [c] * (amount // c)
        return None
        """,
        """
        ways = [[]] + [None] * amount
        for c in coins:
            for a in range(c, amount + 1):
                if ways[a] is None and ways[a - c] is not None:
                    ways[a] = ways[a - c] + [c]
        return ways[amount]
        """,
    ],
)
def fewest_coins(coins: list[int], amount: int) -> list[int] | None:
    fewest: list[int | None] = [0] + [None] * amount
    last_coin = [0] * (amount + 1)
    for total in range(1, amount + 1):
        for coin in coins:
            before = fewest[total - coin] if coin <= total else None
            current = fewest[total]
            if before is not None and (current is None or before + 1 < current):
                fewest[total] = before + 1
                last_coin[total] = coin
    if fewest[amount] is None:
        return None
    used = []
    while amount > 0:
        used.append(last_coin[amount])
        amount -= last_coin[amount]
    return used


def _is_common_and_as_long(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    if not (isinstance(answer, str) and len(answer) == len(reference)):
        return False
    return all(_is_subsequence(answer, whole) for whole in args)


@problem(
    level=4,
    statement="""Return a longest common subsequence of `first` and `second`: a string that can be got from each of them
    by deleting characters without changing the order of the rest. If there are several of the greatest length, any one
    of them is right. Each text has up to 80 characters.""",
    comparison=_is_common_and_as_long,
    edges=[("abcbdab", "bdcaba"), ("abc", "xyz"), ("", "a"), ("xaby", "abxy"), ("aaa", "aa"), ("cab", "abc")],
    draw=lambda rng: (text(rng, "abcd", 0, choice(rng, [7, 80])), text(rng, "abcd", 0, choice(rng, [7, 80]))),
    wrong=[
        """
        out, i = '', 0
        for c in first:
            j = second.find(c, i)
            if j >= 0:
                out += c
                i = j + 1
        return out
        """,
        """
        stretches = [first[i:j] for i in range(len(first) + 1) for j in range(i, len(first) + 1)]
        return max((s for s in stretches if s in second), key=len)
        """,
        "return ''.join(c for c in first if c in second)",
    ],
)
def common_subsequence(first: str, second: str) -> str:
    length = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) - 1, -1, -1):
        for j in range(len(second) - 1, -1, -1):
            if first[i] == second[j]:
                length[i][j] = length[i + 1][j + 1] + 1
            else:
                length[i][j] = max(length[i + 1][j], length[i][j + 1])
    common = ""
    i = j = 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            common += first[i]
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return common


def _picks_the_sum(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    numbers, target = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (isinstance(answer, list) and all(type(i) is int and 0 <= i < len(numbers) for i in answer)):
        return False
    return len(set(answer)) == len(answer) and sum(numbers[i] for i in answer) == target


@problem(
    level=4,
    statement="""Return a list of different indices of `numbers`, in any order, whose elements add up to exactly
    `target`, or None if there is no such choice; any valid choice is right. The empty list adds up to 0. All numbers
    are from 0 to 100, `target` is not negative, and there are up to 40 numbers.""",
    comparison=_picks_the_sum,
    edges=[([3, 34, 4, 12, 5, 2], 9), ([2, 4], 5), ([], 0), ([5, 5], 15), ([8, 5, 5], 10), ([7], 7)],
    draw=lambda rng: (
        integers(rng, 0, choice(rng, [12, 100]), 0, choice(rng, [10, 40])),
        integer(rng, 0, choice(rng, [30, 300])),
    ),
    wrong=[
        """
        out, rest = [], target
        for i in sorted(range(len(numbers)), key=lambda i: -numbers[i]):
            if numbers[i] <= rest:
                out.append(i)
                rest -= numbers[i]
        return out if rest == 0 else None
        """,
        """
        for i in range(len(numbers)):
            for j in range(i + 1, len(numbers) + 1):
                if sum(numbers[i:j]) == target:
                    return list(range(i, j))
        return [] if target == 0 else None
        """,
        """
        way = {0: []}
        for i, x in enumerate(numbers):
            for s in range(target + 1):
                if s in way and s + x not in way:
                    way[s + x] = way[s] + [i]
        return way.get(target)
        """,
    ],
)
def indices_with_sum(numbers: list[int], target: int) -> list[int] | None:
    reached_by: dict[int, tuple[int, int]] = {0: (0, -1)}  # sum -> (sum before, index added last)
    for index, value in enumerate(numbers):
        for total in list(reached_by):
            if total + value <= target and total + value not in reached_by:
                reached_by[total + value] = (total, index)
    if target not in reached_by:
        return None
    chosen = []
    while target > 0:
        target, index = reached_by[target]
        chosen.append(index)
    return chosen
