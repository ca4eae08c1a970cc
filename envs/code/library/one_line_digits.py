"""Level 1: digits, rounding, conversions and sums over ranges of integers."""

from __future__ import annotations

from envs.code.draw import integer, number, text
from envs.code.problem import problem


@problem(
    level=1,
    statement="Return the last decimal digit of the integer `number`, ignoring its sign: the last digit of -27 is 7.",
    edges=[(123,), (-27,), (0,), (40,), (9,)],
    draw=lambda rng: (integer(rng, -999, 999),),
    wrong=["return number % 10", "return int(str(abs(number))[0])", "return abs(number) // 10"],
)
def last_digit(number: int) -> int:
    return abs(number) % 10


@problem(
    level=1,
    statement="Return how many decimal digits the integer `number` has, not counting a minus sign; 0 has one digit.",
    edges=[(123,), (-45,), (0,), (7,), (100000,)],
    draw=lambda rng: (integer(rng, -(10 ** integer(rng, 1, 7)), 10 ** integer(rng, 1, 7)),),
    wrong=["return len(str(number))", "return abs(number) // 10 + 1", "return len(str(abs(number)).strip('0'))"],
)
def digit_count(number: int) -> int:
    return len(str(abs(number)))


@problem(
    level=1,
    statement="Return the sum of the decimal digits of `number`, which is at least 0.",
    edges=[(123,), (4070,), (0,), (9,), (99,)],
    draw=lambda rng: (integer(rng, 0, 99999),),
    wrong=["return len(str(number))", "return number % 10 + number // 10 % 10", "return number % 9"],
)
def digit_sum(number: int) -> int:
    return sum(int(digit) for digit in str(number))


@problem(
    level=1,
    statement="""Return the integer whose decimal digits are those of `number` in reverse order; `number` is at least 0,
    and zeros that come to stand in front disappear.""",
    edges=[(123,), (450,), (0,), (7,), (1001,), (98,)],
    draw=lambda rng: (integer(rng, 0, 99999),),
    wrong=[
        "return int(''.join(sorted(str(number))))",
        "return number % 10 * 10 + number // 10",
        "return int(''.join(sorted(str(number), reverse=True)))",
    ],
)
def reverse_digits(number: int) -> int:
    return int(str(number)[::-1])


@problem(
    level=1,
    statement="Return the integer that is left when the digits after the decimal point of `value` are dropped.",
    edges=[(3.7,), (-3.7,), (5.0,), (0.99,), (-0.5,)],
    draw=lambda rng: (number(rng, -50, 50),),
    wrong=["return round(value)", "return int(value // 1)", "return int(value) + 1", "return abs(int(value))"],
)
def drop_decimals(value: float) -> int:
    return int(value)


@problem(
    level=1,
    statement="Return the smallest even integer that is greater than the integer `number`.",
    edges=[(3,), (4,), (0,), (-5,), (17,)],
    draw=lambda rng: (integer(rng, -99, 99),),
    wrong=["return number + 2", "return number + 1", "return number + number % 2"],
)
def next_even(number: int) -> int:
    return number + 2 - number % 2


@problem(
    level=1,
    statement="Convert `bits`, a non-empty string of the binary digits 0 and 1, to the integer that it stands for.",
    edges=[("101",), ("1100",), ("0",), ("0011",), ("11111",)],
    draw=lambda rng: (text(rng, "01", 1, 8),),
    wrong=["return int(bits)", "return bits.count('1')", "return int(bits[::-1], 2)", "return int(bits, 8)"],
)
def binary_to_integer(bits: str) -> int:
    return int(bits, 2)


@problem(
    level=1,
    statement="Return how many ones the binary representation of `number` contains; `number` is at least 0.",
    edges=[(5,), (8,), (0,), (255,), (11,)],
    draw=lambda rng: (integer(rng, 0, 1023),),
    wrong=["return str(number).count('1')", "return bin(number).count('0')", "return len(bin(number)) - 2"],
)
def count_binary_ones(number: int) -> int:
    return bin(number).count("1")


@problem(
    level=1,
    statement="Return the sum of all integers from 1 to `n`, both included; 0 for `n` = 0. `n` is never negative.",
    edges=[(4,), (10,), (0,), (1,), (7,)],
    draw=lambda rng: (integer(rng, 0, 60),),
    wrong=["return sum(range(n))", "return n * (n - 1) // 2", "return n * n // 2"],
)
def sum_up_to(n: int) -> int:
    return n * (n + 1) // 2


@problem(
    level=1,
    statement="Return the sum of all integers from `low` to `high`, both included; `low` is never above `high`.",
    edges=[(2, 5), (-3, 4), (7, 7), (0, 10)],
    draw=lambda rng: (integer(rng, -30, 5), integer(rng, 5, 40)),
    wrong=["return sum(range(low, high))", "return low + high", "return sum(range(low + 1, high + 1))"],
)
def sum_of_range(low: int, high: int) -> int:
    return sum(range(low, high + 1))


@problem(
    level=1,
    statement="Return how many positive integers divide `number` without remainder, 1 and `number` itself included.",
    edges=[(6,), (7,), (1,), (12,), (36,)],
    draw=lambda rng: (integer(rng, 1, 120),),
    wrong=[
        "return sum(1 for i in range(1, number) if number % i == 0)",
        "return sum(1 for i in range(2, number + 1) if number % i == 0)",
        "return sum(i for i in range(1, number + 1) if number % i == 0)",
    ],
)
def count_divisors(number: int) -> int:
    return sum(1 for i in range(1, number + 1) if number % i == 0)


@problem(
    level=1,
    statement="Return `base` raised to the power `exponent`; `exponent` is an integer and at least 0.",
    edges=[(2.0, 5), (1.5, 2), (-2.0, 3), (7.0, 0), (0.0, 4)],
    draw=lambda rng: (number(rng, -4, 4, 1), integer(rng, 0, 5)),
    wrong=["return base * exponent", "return exponent ** abs(base)", "return base ** (exponent + 1)"],
    comparison="float",
)
def power(base: float, exponent: int) -> float:
    return base**exponent
