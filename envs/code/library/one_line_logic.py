"""Level 1: yes-or-no questions about numbers, and choices by a simple condition."""

from __future__ import annotations

from envs.code.draw import choice, integer
from envs.code.problem import problem


@problem(
    level=1,
    statement="Return True if the integer `number` is even, otherwise False; 0 is even.",
    edges=[(6,), (7,), (0,), (-3,), (-8,)],
    draw=lambda rng: (integer(rng, -99, 99),),
    wrong=["return number % 2 == 1", "return number > 0 and number % 2 == 0", "return number % 4 == 0"],
)
def is_even(number: int) -> bool:
    return number % 2 == 0


@problem(
    level=1,
    statement="Return True if `number` is a multiple of `divisor`, otherwise False; `divisor` is at least 1.",
    edges=[(12, 4), (10, 3), (0, 5), (3, 6), (-9, 3)],
    draw=lambda rng: (integer(rng, -60, 60), integer(rng, 1, 5)),
    wrong=[
        "return divisor % number == 0 if number else True",
        "return number // divisor > 0",
        "return number > divisor",
    ],
)
def is_multiple(number: int, divisor: int) -> bool:
    return number % divisor == 0


@problem(
    level=1,
    statement="""Return True if `year` is a leap year: it is divisible by 4, but not by 100 unless it is also divisible
    by 400. Otherwise return False.""",
    edges=[(2024,), (1900,), (2000,), (2023,), (2100,)],
    draw=lambda rng: (choice(rng, [integer(rng, 1600, 2400), integer(rng, 16, 24) * 100, integer(rng, 400, 600) * 4]),),
    wrong=[
        "return year % 4 == 0",
        "return year % 4 == 0 and year % 100 != 0",
        "return year % 4 == 0 or year % 400 == 0",
        "return year % 400 == 0",
    ],
)
def is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@problem(
    level=1,
    statement="Return True if `number` lies between `low` and `high`, the two bounds included; otherwise return False.",
    edges=[(5, 1, 10), (11, 1, 10), (1, 1, 10), (10, 1, 10), (0, 1, 10)],
    draw=lambda rng: (integer(rng, -10, 10), integer(rng, -10, 0), integer(rng, 0, 10)),
    wrong=[
        "return low < number < high",
        "return low <= number < high",
        "return low < number <= high",
        "return number >= low or number <= high",
    ],
)
def is_in_range(number: int, low: int, high: int) -> bool:
    return low <= number <= high


@problem(
    level=1,
    statement="Return True if the integers `a`, `b` and `c` are all equal, otherwise False.",
    edges=[(3, 3, 3), (3, 3, 4), (5, 2, 5), (1, 6, 6), (-2, -2, -2)],
    draw=lambda rng: choice(rng, [(integer(rng, 0, 9),) * 3, tuple(integer(rng, 0, 2) for _ in range(3))]),
    wrong=["return a == b", "return a == b or b == c", "return a == c", "return b == c"],
)
def all_three_equal(a: int, b: int, c: int) -> bool:
    return a == b == c


@problem(
    level=1,
    statement="Return True if exactly one of the booleans `first` and `second` is True, otherwise False.",
    edges=[(True, False), (True, True), (False, True), (False, False)],
    draw=lambda rng: (choice(rng, [True, False]), choice(rng, [True, False])),
    wrong=["return first or second", "return first and not second", "return not (first and second)"],
)
def exactly_one(first: bool, second: bool) -> bool:
    return first != second


@problem(
    level=1,
    statement="Return True if at least two of the booleans `a`, `b` and `c` are True, otherwise False.",
    edges=[(True, False, True), (False, True, False), (True, True, True), (True, True, False), (False, True, True)],
    draw=lambda rng: (choice(rng, [True, False]), choice(rng, [True, False]), choice(rng, [True, False])),
    wrong=["return a or b or c", "return a + b + c == 2", "return a and b and c", "return a and b or b and c"],
)
def majority_of_three(a: bool, b: bool, c: bool) -> bool:
    return a + b + c >= 2


@problem(
    level=1,
    statement="""Return True if a triangle with sides of the positive lengths `a`, `b` and `c` exists: every two sides
    together are strictly longer than the third one. Otherwise return False.""",
    edges=[(3, 4, 5), (1, 2, 3), (5, 1, 2), (2, 9, 3), (1, 1, 8), (6, 6, 1)],
    draw=lambda rng: (integer(rng, 1, 10), integer(rng, 1, 10), integer(rng, 1, 10)),
    wrong=[
        "return a + b > c",
        "return a + b >= c and a + c >= b and b + c >= a",
        "return a + b > c or a + c > b",
        "return a * a + b * b == c * c",
    ],
)
def is_triangle(a: int, b: int, c: int) -> bool:
    return a + b > c and a + c > b and b + c > a


@problem(
    level=1,
    statement="Return True if `number` is the square of an integer, otherwise False; `number` is at least 0.",
    edges=[(16,), (15,), (0,), (2,), (144,), (8,)],
    draw=lambda rng: (choice(rng, [integer(rng, 0, 30) ** 2, integer(rng, 0, 900)]),),
    wrong=["return number % 4 == 0", "return number % 4 in (0, 1)", "return number in [i * i for i in range(number)]"],
)
def is_perfect_square(number: int) -> bool:
    return number in [root * root for root in range(number + 1)]


@problem(
    level=1,
    statement="Return True if the integer `number` has exactly two digits, not counting a minus sign; otherwise False.",
    edges=[(42,), (7,), (-15,), (100,), (10,), (99,)],
    draw=lambda rng: (integer(rng, -199, 199),),
    wrong=[
        "return 10 <= number <= 99",
        "return len(str(number)) == 2",
        "return 10 < abs(number) <= 99",
        "return 10 <= abs(number) < 99",
        "return abs(number) >= 10",
    ],
)
def is_two_digit(number: int) -> bool:
    return 10 <= abs(number) <= 99


@problem(
    level=1,
    statement="""Return True if the decimal digits of `number` read the same from the left and from the right, otherwise
    False; `number` is at least 0.""",
    edges=[(1221,), (123,), (7,), (10,), (454,), (1231,)],
    draw=lambda rng: (
        choice(
            rng, [integer(rng, 1, 9) * 1001 + integer(rng, 1, 9) * 10, integer(rng, 0, 9) * 1111, integer(rng, 0, 999)]
        ),
    ),
    wrong=[
        "return str(number)[0] == str(number)[-1]",
        "return number % 11 == 0",
        "return len(set(str(number))) < len(str(number))",
    ],
)
def is_palindrome_number(number: int) -> bool:
    return str(number) == str(number)[::-1]


@problem(
    level=1,
    statement="Return the string 'pass' if `score` is at least 50, and the string 'fail' otherwise.",
    edges=[(73,), (20,), (50,), (49,), (100,)],
    draw=lambda rng: (integer(rng, 0, 100),),
    wrong=[
        "return 'pass' if score > 50 else 'fail'",
        "return 'fail' if score >= 50 else 'pass'",
        "return 'pass' if score >= 60 else 'fail'",
    ],
)
def exam_result(score: int) -> str:
    return "pass" if score >= 50 else "fail"


@problem(
    level=1,
    statement="Return the larger of the integers `first` and `second`; if they are equal, return their common value.",
    edges=[(3, 8), (9, 2), (-4, -7), (5, 5)],
    draw=lambda rng: (integer(rng, -50, 50), integer(rng, -50, 50)),
    wrong=["return min(first, second)", "return first", "return max(abs(first), abs(second))", "return second"],
)
def larger_of_two(first: int, second: int) -> int:
    return max(first, second)


@problem(
    level=1,
    statement="Return the middle one of the integers `a`, `b` and `c`: the second one when they are sorted.",
    edges=[(5, 1, 3), (2, 9, 4), (1, 2, 3), (7, 7, 0), (-1, -5, -9)],
    draw=lambda rng: (integer(rng, -50, 50), integer(rng, -50, 50), integer(rng, -50, 50)),
    wrong=["return b", "return max(a, b, c)", "return (a + b + c) // 3", "return max(min(a, b), c)"],
)
def middle_of_three(a: int, b: int, c: int) -> int:
    return sorted([a, b, c])[1]


@problem(
    level=1,
    statement="""Return `number` limited to the range from `low` to `high`: `low` if it is smaller than `low`, `high` if
    it is larger than `high`, and otherwise `number` itself. `low` is never above `high`.""",
    edges=[(15, 0, 10), (-3, 0, 10), (7, 0, 10), (4, 4, 9), (2, 5, 5)],
    draw=lambda rng: (integer(rng, -20, 20), integer(rng, -12, -1), integer(rng, 1, 12)),
    wrong=["return min(number, high)", "return max(number, low)", "return min(low, max(number, high))"],
)
def clamp(number: int, low: int, high: int) -> int:
    return max(low, min(number, high))


@problem(
    level=1,
    statement="Return 1 if the integer `number` is positive, -1 if it is negative, and 0 if it is 0.",
    edges=[(12,), (-5,), (0,), (1,), (-100,)],
    draw=lambda rng: (choice(rng, [integer(rng, -50, -1), 0, integer(rng, 1, 50)]),),
    wrong=["return 1 if number > 0 else -1", "return 1 if number > 0 else 0", "return number"],
)
def sign_of(number: int) -> int:
    return (number > 0) - (number < 0)


@problem(
    level=1,
    statement="Return half of `number` if it is even, and 3 times it plus 1 if it is odd; `number` is at least 1.",
    edges=[(6,), (7,), (1,), (10,)],
    draw=lambda rng: (integer(rng, 1, 200),),
    wrong=["return number // 2", "return 3 * number + 1", "return number // 2 if number % 2 == 1 else 3 * number + 1"],
)
def collatz_step(number: int) -> int:
    return number // 2 if number % 2 == 0 else 3 * number + 1


@problem(
    level=1,
    statement="""Return the price of a ticket for a person who is `age` years old: 0 for people younger than 6, 5 for
    people from 6 to 17, and 10 for people of 18 and older.""",
    edges=[(30,), (12,), (3,), (6,), (18,), (17,)],
    draw=lambda rng: (choice(rng, [integer(rng, 0, 30), 6, 18]),),
    wrong=[
        "return 0 if age <= 6 else 5 if age < 18 else 10",
        "return 0 if age < 6 else 5 if age <= 18 else 10",
        "return 5 if age < 18 else 10",
        "return 0 if age < 6 else 10 if age < 18 else 5",
    ],
)
def ticket_price(age: int) -> int:
    return 0 if age < 6 else 5 if age < 18 else 10
