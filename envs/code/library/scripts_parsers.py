"""Level 5 scripts: evaluating expressions and setting text."""

from __future__ import annotations

import numpy as np

from envs.code.draw import choice, integer, words
from envs.code.problem import problem


def _draw_expression(rng: np.random.Generator, depth: int = 0) -> str:
    if depth > 2 or rng.random() < 0.25:
        return choice(rng, [str(integer(rng, 0, 12)), str(integer(rng, 0, 12)), "a", "b", "xy"])
    kind = integer(rng, 0, 6)
    left = _draw_expression(rng, depth + 1)
    if kind == 0:
        return f"({left})"
    if kind == 1:
        return f"-{left}" if left[0] != "-" else left
    if kind == 2:
        return f"{choice(rng, ['2', '3', '(-2)'])}^{choice(rng, ['0', '2', '3', '2^2'])}"
    space = choice(rng, ["", " "])
    return f"{left}{space}{choice(rng, '+-*/+-')}{space}{_draw_expression(rng, depth + 1)}"


@problem(
    level=5,
    style="script",
    statement="""
    Each line of stdin is either an assignment "NAME = EXPRESSION" or an EXPRESSION alone; there is at least one of the
    second kind. Names consist of lower-case letters, numbers of decimal digits; there may be spaces between all parts.

    Expressions are over integers with these operators, from the strongest to the weakest: "^" (power, which groups from
    the right: 2^3^2 is 2^9), the sign "-" (so -2^2 is -4), then "*" and "/", then "+" and "-" (the last two levels
    group from the left). "/" divides and rounds the quotient down to an integer (-7/2 is -4). Parentheses group as
    usual. A sign stands only at the start of an expression, after "(" or after one of "+ - * /". An exponent is a
    number or a power of numbers, so it is never negative; anything to the power 0 is 1.

    Work through the lines in order. Unless it is an error, an assignment prints nothing and stores the value of its
    expression under the name. For an expression alone print its value. If a name in an expression has no value (yet),
    or a divisor is 0, the line is an error: print "error" and, for an assignment, leave the name as it was. All lines
    are well-formed.
    """,
    edges=[
        ("x = 2 + 3*4\nx - 1\n(x-4)/3^2\n",),
        ("2^3^2\n-2^2\ny\n",),
        ("-7/2\n8-3-2\n24/4/2\n2*-3\n",),
        ("a = 1/0\na = 5\nb = a + c\nb\na*(a - 7)\n",),
        ("q = 3\nq = q*q - 1\nq = 1/(q-8)\nq\n  ( (q) )^2\n",),
        ("10 - 2 * 3 + 4\n-(2+3)*2\nn = 1 - 3\nn^2\n",),
    ],
    draw=lambda rng: (
        "".join(
            choice(rng, ["", "", "a = ", "b=", "xy = "]) + _draw_expression(rng) + "\n"
            for _ in range(integer(rng, 1, 6))
        )
        + f"{integer(rng, 1, 99)} - a * {_draw_expression(rng, 2)}\n",
    ),
    wrong=[
        """
        import re
        names, out = {}, ""
        for line in text.splitlines():
            name, _, e = line.rpartition("=")
            try:
                e = re.sub("[a-z]+", lambda m: str(names[m[0]]), e.replace("^", "**").replace("/", "//"))
                v = eval(e.strip())
            except (KeyError, ZeroDivisionError):
                out += "error\\n"
                continue
            if name:
                names[name.strip()] = v
            else:
                out += f"{v}\\n"
        return out
        """,
        """
        names, out = {}, ""
        for line in text.splitlines():
            name, _, e = line.rpartition("=")
            try:
                v = int(eval(e.replace("^", "**").strip(), {}, names))
            except (NameError, ZeroDivisionError):
                out += "error\\n"
                continue
            if name:
                names[name.strip()] = v
            else:
                out += f"{v}\\n"
        return out
        """,
        """
        names, out = {}, ""
        for line in text.splitlines():
            name, _, e = line.rpartition("=")
            try:
                v = eval(e.replace("^", "**").replace("/", "//").strip(), {}, names)
            except (NameError, ZeroDivisionError):
                out += "" if name else "error\\n"
                continue
            if name:
                names[name.strip()] = v
            else:
                out += f"{v}\\n"
        return out
        """,
    ],
)
def evaluate_lines(text: str) -> str:
    import re

    values: dict[str, int] = {}

    def evaluate(source: str) -> int:
        tokens = re.findall(r"[0-9]+|[a-z]+|[-+*/^()]", source)[::-1]  # the next token is the last element

        def total() -> int:
            value = product()
            while tokens and tokens[-1] in "+-":
                value += product() if tokens.pop() == "+" else -product()
            return value

        def product() -> int:
            value = signed()
            while tokens and tokens[-1] in "*/":
                if tokens.pop() == "*":
                    value *= signed()
                else:
                    value //= signed()
            return value

        def signed() -> int:
            if tokens[-1] == "-":
                tokens.pop()
                return -signed()
            return power()

        def power() -> int:
            token = tokens.pop()
            if token == "(":
                base = total()
                tokens.pop()
            else:
                base = int(token) if token.isdigit() else values[token]
            if tokens and tokens[-1] == "^":
                tokens.pop()
                return int(base ** power())
            return base

        return total()

    out = ""
    for line in text.splitlines():
        name, _, expression = line.rpartition("=")
        try:
            value = evaluate(expression)
        except (KeyError, ZeroDivisionError):
            out += "error\n"
            continue
        if name:
            values[name.strip()] = value
        else:
            out += f"{value}\n"
    return out


@problem(
    level=5,
    style="script",
    statement="""
    The first line of stdin holds a width, an integer. The other lines hold words separated by single spaces; a line may
    be empty, line breaks mean the same as spaces, and there is at least one word. No word is longer than the width.

    Print the words as justified text. Fill each output line with as many words as fit, separated by at least one space.
    Then stretch every line except the last to exactly the width by making the gaps between its words wider: as equally
    as possible, and where the spaces cannot be shared out equally, the gaps further left are one space wider. The last
    line, and a line of a single word, are not stretched: single spaces, and no spaces at the end.
    """,
    edges=[
        ("10\nthe quick brown\nfox jumps over it\n",),
        ("6\na bb ccc dddd\n",),
        ("5\nabcde fg hij k\n",),
        ("20\none\n\ntwo three\n",),
        ("12\na b c d e f g h i j\n",),
        ("9\naa b cc d\ne ff g\n",),
    ],
    draw=lambda rng: (
        f"{integer(rng, 6, choice(rng, [9, 16, 40]))}\n"
        + "".join(" ".join(words(rng, 0, 9)) + "\n" for _ in range(integer(rng, 1, choice(rng, [2, 5, 30]))))
        + choice(rng, ["end\n", "a b\n", "x\n"]),
    ),
    wrong=[
        """
        import textwrap
        width, rest = text.split("\\n", 1)
        return "\\n".join(textwrap.wrap(" ".join(rest.split()), int(width))) + "\\n"
        """,
        """
        import textwrap
        width, rest = text.split("\\n", 1)
        width, out = int(width), []
        for l in textwrap.wrap(" ".join(rest.split()), width):
            w = l.split()
            if len(w) > 1:
                q, r = divmod(width - sum(map(len, w)), len(w) - 1)
                l = "".join(x + " " * (q + (i < r)) for i, x in enumerate(w[:-1])) + w[-1]
            out.append(l)
        return "\\n".join(out) + "\\n"
        """,
        """
        import textwrap
        width, rest = text.split("\\n", 1)
        width, out = int(width), []
        lines = textwrap.wrap(" ".join(rest.split()), width)
        for l in lines[:-1]:
            w = l.split()
            if len(w) > 1:
                q, r = divmod(width - sum(map(len, w)), len(w) - 1)
                l = "".join(x + " " * (q + (i >= len(w) - 1 - r)) for i, x in enumerate(w[:-1])) + w[-1]
            out.append(l)
        return "\\n".join(out + lines[-1:]) + "\\n"
        """,
    ],
)
def justify_text(text: str) -> str:
    first, *lines = text.splitlines()
    width = int(first)
    rows: list[list[str]] = []
    for word in " ".join(lines).split():
        if rows and len(" ".join(rows[-1])) + 1 + len(word) <= width:
            rows[-1].append(word)
        else:
            rows.append([word])
    out = ""
    for row in rows[:-1]:
        gaps = len(row) - 1
        if gaps > 0:
            spaces, wider = divmod(width - sum(len(word) for word in row), gaps)
            for gap in range(gaps):
                out += row[gap] + " " * (spaces + (gap < wider))
        out += row[-1] + "\n"
    return out + " ".join(rows[-1]) + "\n"
