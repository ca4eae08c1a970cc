"""Level 2: loops and conditions over single numbers."""

from __future__ import annotations

from envs.code.draw import integer
from envs.code.problem import problem


@problem(
    level=2,
    statement="""Return a list of `limit` strings, one for each number from 1 to `limit`: "Fizz" for a multiple of
    `first` only, "Buzz" for a multiple of `second` only, "FizzBuzz" for a multiple of both, and the number itself
    written in decimal for all others. `first` and `second` are positive; a `limit` of 0 gives an empty list.""",
    edges=[(6, 2, 3), (4, 2, 2), (0, 3, 5), (15, 3, 5), (12, 4, 6), (5, 1, 4)],
    draw=lambda rng: (integer(rng, 0, 40), integer(rng, 1, 9), integer(rng, 1, 9)),
    wrong=[
        """
        out = []
        for n in range(1, limit + 1):
            if n % (first * second) == 0:
                out.append("FizzBuzz")
            elif n % first == 0:
                out.append("Fizz")
            elif n % second == 0:
                out.append("Buzz")
            else:
                out.append(str(n))
        return out
        """,
        """
        out = []
        for n in range(1, limit + 1):
            if n % first == 0:
                out.append("Fizz")
            elif n % second == 0:
                out.append("Buzz")
            else:
                out.append(str(n))
        return out
        """,
        "return [('Fizz' * (n % first == 0) + 'Buzz' * (n % second == 0)) or str(n) for n in range(limit)]",
    ],
)
def fizz_buzz(limit: int, first: int, second: int) -> list[str]:
    labels = []
    for n in range(1, limit + 1):
        label = ""
        if n % first == 0:
            label += "Fizz"
        if n % second == 0:
            label += "Buzz"
        labels.append(label or str(n))
    return labels


@problem(
    level=2,
    statement="""Replace the non-negative integer `number` by the sum of its decimal digits, and repeat until a single
    digit is left. Return how many replacements were needed (0 if `number` already has one digit).""",
    edges=[(39,), (7,), (0,), (10,), (199,), (9999999,), (100000,)],
    draw=lambda rng: (integer(rng, 0, 10 ** integer(rng, 1, 12)),),
    wrong=[
        "steps = 0\nwhile number > 10:\n    number = sum(map(int, str(number)))\n    steps += 1\nreturn steps",
        "while number > 9:\n    number = sum(map(int, str(number)))\nreturn number",
        "return len(str(number)) - 1",
    ],
)
def additive_persistence(number: int) -> int:
    steps = 0
    while number > 9:
        number = sum(int(digit) for digit in str(number))
        steps += 1
    return steps


@problem(
    level=2,
    statement="""Starting from the positive integer `start`, an even number is halved and an odd number is replaced by
    three times itself plus one. Return how many such steps it takes to reach 1 for the first time (0 from 1
    itself).""",
    edges=[(6,), (1,), (2,), (4,), (7,), (27,)],
    draw=lambda rng: (integer(rng, 1, 10_000),),
    wrong=[
        """
        terms = 1
        n = start
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            terms += 1
        return terms
        """,
        """
        steps = 0
        while start > 1:
            start = start // 2 if start % 2 == 0 else (3 * start + 1) // 2
            steps += 1
        return steps
        """,
        "steps = 0\nwhile start > 1:\n    start //= 2\n    steps += 1\nreturn steps",
    ],
)
def collatz_steps(start: int) -> int:
    steps = 0
    while start != 1:
        start = start // 2 if start % 2 == 0 else 3 * start + 1
        steps += 1
    return steps


@problem(
    level=2,
    statement="""Compare the sum of the divisors of the positive integer `number`, not counting `number` itself, with
    `number`. Return "perfect" if they are equal, "abundant" if the sum is larger and "deficient" if it is smaller.""",
    edges=[(6,), (12,), (1,), (28,), (13,), (36,), (945,)],
    draw=lambda rng: (
        (6, 28, 496, 1)[integer(rng, 0, 3)] if rng.random() < 0.2 else 6 * integer(rng, 1, 40) + integer(rng, 0, 2),
    ),
    wrong=[
        """
        s = sum(d for d in range(1, number + 1) if number % d == 0)
        return 'perfect' if s == number else 'abundant' if s > number else 'deficient'
        """,
        """
        s = sum(d for d in range(2, number) if number % d == 0)
        return 'perfect' if s == number else 'abundant' if s > number else 'deficient'
        """,
        """
        s = sum(d for d in range(1, number) if number % d == 0)
        return 'perfect' if s == number else 'deficient' if s > number else 'abundant'
        """,
    ],
)
def divisor_class(number: int) -> str:
    total = sum(divisor for divisor in range(1, number // 2 + 1) if number % divisor == 0)
    if total == number:
        return "perfect"
    return "abundant" if total > number else "deficient"


@problem(
    level=2,
    statement="""A number with k decimal digits is narcissistic if the sum of the k-th powers of its digits equals the
    number itself (153 = 1^3 + 5^3 + 3^3). Return all narcissistic numbers from `low` to `high`, both included, in
    increasing order; 0 <= `low`, and the list is empty if `low` > `high`.""",
    edges=[(100, 400), (0, 12), (370, 371), (10, 99), (407, 100), (1600, 1700), (8200, 8210)],
    draw=lambda rng: ((low := integer(rng, 0, (400, 1700, 9000)[integer(rng, 0, 2)])), low + integer(rng, -5, 900)),
    wrong=[
        "return [n for n in range(low, high + 1) if n == sum(int(d) ** 3 for d in str(n))]",
        "return [n for n in range(low, high) if n == sum(int(d) ** len(str(n)) for d in str(n))]",
        "return [n for n in range(max(low, 1), high + 1) if n == sum(int(d) ** len(str(n)) for d in str(n))]",
    ],
)
def narcissistic_numbers(low: int, high: int) -> list[int]:
    found = []
    for number in range(low, high + 1):
        digits = str(number)
        if sum(int(digit) ** len(digits) for digit in digits) == number:
            found.append(number)
    return found


@problem(
    level=2,
    statement="""A savings account starts with `deposit` whole coins. At the end of each year it earns `percent` percent
    interest on the current balance, rounded down to whole coins. Return after how many years the balance is at least
    `target` for the first time (0 if it is from the start), or -1 if the balance stops growing before that. No argument
    is negative.""",
    edges=[(100, 10, 121), (5, 10, 6), (50, 3, 50), (0, 20, 1), (100, 50, 160), (10, 10, 13), (200, 0, 100)],
    draw=lambda rng: (integer(rng, 0, 300), integer(rng, 0, 25), integer(rng, 100, 2000)),
    wrong=[
        """
        years = 0
        while deposit < target:
            deposit += deposit * percent / 100
            years += 1
            if years > 500:
                return -1
        return years
        """,
        """
        years = 0
        yearly = deposit * percent // 100
        while deposit < target:
            if yearly == 0:
                return -1
            deposit += yearly
            years += 1
        return years
        """,
        """
        years = 0
        while deposit <= target:
            gain = deposit * percent // 100
            if gain == 0:
                return -1
            deposit += gain
            years += 1
        return years
        """,
    ],
)
def years_to_target(deposit: int, percent: int, target: int) -> int:
    years = 0
    while deposit < target:
        interest = deposit * percent // 100
        if interest == 0:
            return -1
        deposit += interest
        years += 1
    return years


@problem(
    level=2,
    statement="""Return the sum of the first `terms` terms of the series 4 - 4/3 + 4/5 - 4/7 + ..., which tends to pi,
    as a float; 0 terms sum to 0.0.""",
    comparison="float",
    edges=[(1,), (2,), (0,), (3,), (10,), (1001,)],
    draw=lambda rng: (integer(rng, 0, 10 ** integer(rng, 1, 3)),),
    wrong=[
        "return sum(4 / (2 * k + 1) for k in range(terms)) * 1.0",
        "return sum((-1) ** k * 4 / (2 * k + 1) for k in range(terms + 1))",
        "return sum((-1) ** k * 4 / (k + 1) for k in range(terms)) * 1.0",
    ],
)
def leibniz_sum(terms: int) -> float:
    total = 0.0
    sign = 1.0
    for k in range(terms):
        total += sign * 4 / (2 * k + 1)
        sign = -sign
    return total
