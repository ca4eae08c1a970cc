"""Level 3 scripts: exact arithmetic on the lines of stdin."""

from __future__ import annotations

from envs.code.draw import choice, integer
from envs.code.problem import problem


@problem(
    level=3,
    style="script",
    statement="""
    Each line of stdin is an expression in postfix notation: tokens separated by single spaces, each an integer
    (possibly with a leading "-") or one of the operators + - * /. There is at least one line, and no line is empty.

    Evaluate each line from left to right with a stack: an integer is pushed; an operator pops the right operand, then
    the left one, and pushes the result. "/" divides integers and truncates the quotient towards zero. Print the value
    of each line, or "error" if an operator lacks an operand, if the divisor is 0, or if not exactly one value is left.
    """,
    edges=[("3 4 + 2 *\n7 0 /\n",), ("2 5 -\n1 2\n",), ("-7 2 /\n",), ("+\n9\n1 - 4\n",), ("8 2 / 3 4 * -\n7 -2 /\n",)],
    draw=lambda rng: (
        "".join(
            choice(
                rng,
                [
                    f"{integer(rng, -9, 9)} {integer(rng, -4, 4)} {choice(rng, '+-*/')}",
                    f"{integer(rng, 0, 9)} {integer(rng, -9, 9)} {integer(rng, -3, 9)} {choice(rng, ['+ -', '* /'])}",
                    f"{integer(rng, -99, 99)} {integer(rng, -9, 9)} / {integer(rng, -3, 9)} {choice(rng, '+/')}",
                    f"{integer(rng, 1, 9)} {choice(rng, '+-*/')} {integer(rng, 1, 9)}",
                    f"{integer(rng, 1, 9)} {integer(rng, 1, 9)} {integer(rng, 1, 9)} {choice(rng, '+-*/')}",
                    f"{integer(rng, -99, 99)}",
                ],
            )
            + "\n"
            for _ in range(integer(rng, 1, 4))
        ),
    ),
    wrong=[
        """
        def value(line):
            s = []
            for t in line.split():
                if t in "+-*/":
                    if len(s) < 2 or t == "/" and s[-1] == 0:
                        return "error"
                    b, a = s.pop(), s.pop()
                    s.append(a + b if t == "+" else a - b if t == "-" else a * b if t == "*" else a // b)
                else:
                    s.append(int(t))
            return s[0] if len(s) == 1 else "error"
        return "".join(f"{value(l)}\\n" for l in text.splitlines())
        """,
        """
        def value(line):
            s = []
            for t in line.split():
                if t in "+-*/":
                    if len(s) < 2 or t == "/" and s[-2] == 0:
                        return "error"
                    a, b = s.pop(), s.pop()
                    s.append(a + b if t == "+" else a - b if t == "-" else a * b if t == "*" else int(a / b))
                else:
                    s.append(int(t))
            return s[0] if len(s) == 1 else "error"
        return "".join(f"{value(l)}\\n" for l in text.splitlines())
        """,
        """
        def value(line):
            s = []
            for t in line.split():
                if t in "+-*/":
                    if len(s) < 2 or t == "/" and s[-1] == 0:
                        return "error"
                    b, a = s.pop(), s.pop()
                    s.append(a + b if t == "+" else a - b if t == "-" else a * b if t == "*" else int(a / b))
                else:
                    s.append(int(t))
            return s[-1]
        return "".join(f"{value(l)}\\n" for l in text.splitlines())
        """,
    ],
)
def postfix_calculator(text: str) -> str:
    def evaluate(line: str) -> str:
        stack: list[int] = []
        for token in line.split():
            if token not in ("+", "-", "*", "/"):
                stack.append(int(token))
                continue
            if len(stack) < 2:
                return "error"
            right, left = stack.pop(), stack.pop()
            if token == "+":
                stack.append(left + right)
            elif token == "-":
                stack.append(left - right)
            elif token == "*":
                stack.append(left * right)
            elif right == 0:
                return "error"
            else:
                quotient = abs(left) // abs(right)
                stack.append(quotient if (left < 0) == (right < 0) else -quotient)
        return str(stack[0]) if len(stack) == 1 else "error"

    return "".join(evaluate(line) + "\n" for line in text.splitlines())


@problem(
    level=3,
    style="script",
    statement="""
    Each line of stdin is a fraction "A/B" with integers A and B, where A may be negative or zero and B is positive.
    There may be no lines.

    Print one line with the exact sum of all fractions as a mixed number in lowest terms: a whole number W alone if the
    sum is one; otherwise "W P/Q" if its absolute value is greater than 1, and "P/Q" if it is less than 1, where P/Q
    with 0 < P < Q is the fractional part of the absolute value. A negative sum has a single "-" in front, for example
    "-1 3/4" or "-2/3".
    """,
    edges=[("1/2\n1/3\n",), ("-7/4\n",), ("",), ("5/6\n1/6\n3/1\n",), ("1/2\n-3/4\n",), ("4/3\n2/6\n1/12\n",)],
    draw=lambda rng: ("".join(f"{integer(rng, -9, 12)}/{integer(rng, 1, 9)}\n" for _ in range(integer(rng, 0, 5))),),
    wrong=[
        """
        from fractions import Fraction
        s = sum(Fraction(l) for l in text.split())
        if s == int(s):
            return f"{int(s)}\\n"
        w = s // 1
        return (f"{w} {s - w}" if w else str(s)) + "\\n"
        """,
        """
        from fractions import Fraction
        s = sum(Fraction(l) for l in text.split())
        return f"{s}\\n"
        """,
        """
        p, q = 0, 1
        for l in text.split():
            a, b = map(int, l.split("/"))
            p, q = p * b + a * q, q * b
        sign, p = "-" * (p < 0), abs(p)
        if p % q == 0:
            return f"{sign}{p // q}\\n"
        return sign + (f"{p // q} " if p >= q else "") + f"{p % q}/{q}\\n"
        """,
    ],
)
def sum_of_fractions(text: str) -> str:
    from math import gcd

    top, bottom = 0, 1
    for line in text.split():
        a, b = map(int, line.split("/"))
        top, bottom = top * b + a * bottom, bottom * b
    common = gcd(top, bottom)
    top, bottom = top // common, bottom // common
    whole, part = divmod(abs(top), bottom)
    sign = "-" if top < 0 else ""
    if part == 0:
        return f"{sign}{whole}\n"
    return sign + (f"{whole} " if whole else "") + f"{part}/{bottom}\n"
