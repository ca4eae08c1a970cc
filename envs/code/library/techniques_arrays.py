"""Level 4: techniques on arrays: windows, two pointers, prefix sums and bits."""

from __future__ import annotations

from envs.code.draw import choice, integer, integers, text
from envs.code.problem import problem


@problem(
    level=4,
    statement="""Return the longest stretch of neighbouring characters of `text` in which no character occurs twice; if
    there are several of that length, the one that starts first. `text` may be empty and has at most 5000
    characters.""",
    edges=[("abcabd",), ("aab",), ("",), ("tmmzuxt",), ("abba",), ("zzzz",), ("pwwkew",)],
    draw=lambda rng: (text(rng, "abcdefghijklmnopqrstuvwxyz"[: integer(rng, 1, 26)], 0, choice(rng, [8, 30, 3000])),),
    wrong=[
        """
        best = cur = ""
        for c in text:
            cur = c if c in cur else cur + c
            if len(cur) > len(best):
                best = cur
        return best
        """,
        """
        last, start, best = {}, 0, ""
        for i, c in enumerate(text):
            if c in last:
                start = last[c] + 1
            last[c] = i
            if i + 1 - start > len(best):
                best = text[start:i + 1]
        return best
        """,
        """
        best = cur = ""
        for c in text:
            cur = cur[cur.find(c) + 1:] + c
            if len(cur) >= len(best):
                best = cur
        return best
        """,
    ],
)
def longest_distinct_stretch(text: str) -> str:
    last: dict[str, int] = {}
    start = 0
    best_start, best_length = 0, 0
    for index, char in enumerate(text):
        if last.get(char, -1) >= start:
            start = last[char] + 1
        last[char] = index
        if index + 1 - start > best_length:
            best_start, best_length = start, index + 1 - start
    return text[best_start : best_start + best_length]


@problem(
    level=4,
    statement="""`heights` holds the non-negative heights of vertical walls at the positions 0, 1, 2, ... Two walls at i
    < j can hold (j - i) * min(heights[i], heights[j]) units of water between them; walls in between do not matter.
    Return the most water that any two walls can hold, or 0 if there are fewer than two walls. There are up to 4000
    walls.""",
    edges=[([1, 8, 6, 2, 5, 4, 8, 3, 7],), ([4, 3],), ([],), ([9],), ([0, 2, 0],), ([1, 2, 4, 3, 1],), ([5, 9, 9, 5],)],
    draw=lambda rng: (integers(rng, 0, choice(rng, [9, 500]), 0, choice(rng, [10, 60, 3500])),),
    wrong=[
        """
        a = sorted(range(len(heights)), key=lambda i: -heights[i])[:2]
        return abs(a[0] - a[1]) * min(heights[a[0]], heights[a[1]]) if len(a) > 1 else 0
        """,
        """
        i, j, best = 0, len(heights) - 1, 0
        while i < j:
            best = max(best, (j - i) * min(heights[i], heights[j]))
            if heights[i] > heights[j]:
                i += 1
            else:
                j -= 1
        return best
        """,
        """
        i, j, best = 0, len(heights) - 1, 0
        while i < j:
            best = max(best, (j - i - 1) * min(heights[i], heights[j]))
            if heights[i] < heights[j]:
                i += 1
            else:
                j -= 1
        return best
        """,
    ],
)
def most_water(heights: list[int]) -> int:
    left, right = 0, len(heights) - 1
    best = 0
    while left < right:
        best = max(best, (right - left) * min(heights[left], heights[right]))
        # The lower wall cannot do better with any nearer partner.
        if heights[left] < heights[right]:
            left += 1
        else:
            right -= 1
    return best


@problem(
    level=4,
    statement="""Return the list of the maxima of every `size` neighbouring elements of `numbers`, from left to right;
    it is empty if there are fewer than `size` elements. `size` is at least 1; there are up to 4000 elements.""",
    edges=[
        ([1, 3, -1, -3, 5, 3], 3),
        ([4, 2], 3),
        ([], 1),
        ([7, 7, 1], 2),
        ([-5, -6, -7], 2),
        ([2, 9, 4], 1),
        ([9, 8, 7, 6, 1, 2], 4),
    ],
    draw=lambda rng: (
        integers(rng, -200, 200, 0, choice(rng, [8, 50, 2500])),
        integer(rng, 1, choice(rng, [4, 30, 1200])),
    ),
    wrong=[
        "return [max(numbers[max(0, i - size + 1):i + 1]) for i in range(len(numbers))]",
        """
        out, best = [], 0
        for i, x in enumerate(numbers):
            best = max(best, x)
            if i >= size - 1:
                out.append(max([0] + numbers[i - size + 1:i + 1]))
        return out
        """,
        """
        out, best = [], float('-inf')
        for i, x in enumerate(numbers):
            best = max(best, x)
            if i >= size - 1:
                out.append(best)
        return out
        """,
    ],
)
def window_maxima(numbers: list[int], size: int) -> list[int]:
    from collections import deque

    candidates: deque[int] = deque()  # indices of falling values, the maximum of the window in front
    maxima = []
    for index, value in enumerate(numbers):
        while candidates and numbers[candidates[-1]] <= value:
            candidates.pop()
        candidates.append(index)
        if candidates[0] <= index - size:
            candidates.popleft()
        if index >= size - 1:
            maxima.append(numbers[candidates[0]])
    return maxima


@problem(
    level=4,
    statement="""Count the non-empty stretches of neighbouring elements of `numbers` whose sum is divisible by `divisor`
    (0 and negative multiples are divisible). Elements may be negative or zero; `divisor` is at least 1. There are up to
    4000 elements.""",
    edges=[([4, 5, 0, -2, -3, 1], 5), ([1, 2], 2), ([], 3), ([0, 0], 7), ([3], 3), ([-1, 2, 9], 1), ([2, -3, 1, 6], 4)],
    draw=lambda rng: (integers(rng, -50, 50, 0, choice(rng, [8, 40, 3500])), integer(rng, 1, choice(rng, [4, 60]))),
    wrong=[
        "return sum(x % divisor == 0 for x in numbers)",
        """
        seen, s, n = {}, 0, 0
        for x in numbers:
            s = (s + x) % divisor
            n += seen.get(s, 0)
            seen[s] = seen.get(s, 0) + 1
        return n
        """,
        """
        seen, s, n = {0: 1}, 0, 0
        for x in numbers:
            s += x
            n += seen.get(s, 0)
            seen[s] = seen.get(s, 0) + 1
        return n
        """,
    ],
)
def divisible_stretches(numbers: list[int], divisor: int) -> int:
    seen = {0: 1}
    remainder = 0
    count = 0
    for value in numbers:
        remainder = (remainder + value) % divisor
        count += seen.get(remainder, 0)
        seen[remainder] = seen.get(remainder, 0) + 1
    return count


@problem(
    level=4,
    statement="""Return the largest value of a ^ b (bitwise exclusive or) over all pairs of elements a, b of `numbers`,
    where an element may also be paired with itself; 0 for an empty list. The elements are non-negative and below 2**20;
    there are up to 2500 of them.""",
    edges=[([5, 10, 3, 2, 25, 8],), ([7],), ([],), ([4, 4],), ([0, 1],), ([12, 3, 9],), ([8, 10, 2, 15],)],
    draw=lambda rng: (integers(rng, 0, 2 ** integer(rng, 1, 20) - 1, 0, choice(rng, [6, 40, 2300])),),
    wrong=[
        "return max(numbers) ^ min(numbers) if numbers else 0",
        "return max((a ^ b for a, b in zip(numbers, numbers[1:])), default=0)",
        "return max((a | b for a in numbers[:50] for b in numbers[:50]), default=0)",
    ],
)
def largest_xor(numbers: list[int]) -> int:
    best = 0
    for bit in range(19, -1, -1):
        prefixes = {value >> bit for value in numbers}
        wanted = (best >> bit) | 1
        if any(prefix ^ wanted in prefixes for prefix in prefixes):
            best = wanted << bit
    return best
