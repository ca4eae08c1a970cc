"""Level 2 scripts: one pass over numbers on stdin, and small drawings."""

from __future__ import annotations

from envs.code.draw import integer, integers, words
from envs.code.problem import problem


@problem(
    level=2,
    style="script",
    statement="""
    Each line of stdin holds an article's name (one word), a quantity and a price in cents, separated by single spaces;
    all numbers are non-negative integers. There may be no lines at all.

    Print one line with the total price of all articles (quantity times price) in the form EUROS.CENTS, the cents always
    with two digits, for example 12.05 for 1205 cents.
    """,
    edges=[("tea 2 250\ncup 1 405\n",), ("pen 3 1\n",), ("",), ("a 0 99\n",), ("ink 1 1999\nbag 10 10\n",)],
    draw=lambda rng: ("".join(f"{word} {integer(rng, 0, 9)} {integer(rng, 0, 999)}\n" for word in words(rng, 0, 6)),),
    wrong=[
        "t = sum(int(l.split()[1]) * int(l.split()[2]) for l in text.splitlines())\nreturn f'{t // 100}.{t % 100}\\n'",
        "t = sum(int(l.split()[2]) for l in text.splitlines())\nreturn f'{t // 100}.{t % 100:02}\\n'",
        "t = sum(int(l.split()[1]) * int(l.split()[2]) for l in text.splitlines())\nreturn f'{t}\\n'",
    ],
)
def receipt_total(text: str) -> str:
    cents = 0
    for line in text.splitlines():
        _, quantity, price = line.split()
        cents += int(quantity) * int(price)
    return f"{cents // 100}.{cents % 100:02d}\n"


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds one line with an integer n from 1 to 20.

    Print a triangle of n lines: line i (counted from 1) consists of n - i spaces followed by 2i - 1 characters. The
    first and the last of these characters are "/" and "\\" and everything between them is "*"; on line 1, where there
    is only one character, it is "^". There are no spaces at the ends of the lines.
    """,
    edges=[("3\n",), ("1\n",), ("2\n",), ("5\n",)],
    draw=lambda rng: (f"{integer(rng, 1, 20)}\n",),
    wrong=[
        """
        n = int(text)
        rows = ['^'] + ['/' + '*' * (2 * i - 2) + '\\\\' for i in range(2, n + 1)]
        return ''.join(' ' * (n - i) + row + '\\n' for i, row in enumerate(rows, 1))
        """,
        """
        n = int(text)
        return ''.join(('^' if i == 1 else '/' + '*' * (2 * i - 3) + '\\\\') + '\\n' for i in range(1, n + 1))
        """,
        "n = int(text)\nreturn ''.join(' ' * (n - i) + '*' * (2 * i - 1) + '\\n' for i in range(1, n + 1))",
    ],
)
def draw_roof(text: str) -> str:
    height = int(text)
    lines = [" " * (height - 1) + "^"]
    for row in range(2, height + 1):
        lines.append(" " * (height - row) + "/" + "*" * (2 * row - 3) + "\\")
    return "\n".join(lines) + "\n"


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds one line with two integers, rows and columns, each from 1 to 12, separated by a space.

    Print the multiplication table with that many rows and columns: line r holds the products r*1, r*2, ... up to
    r*columns. Every product is right-aligned in a field that is as wide as the largest product of the whole table, and
    neighbouring fields are separated by one space.
    """,
    edges=[("3 4\n",), ("1 2\n",), ("1 1\n",), ("2 5\n",), ("4 3\n",)],
    draw=lambda rng: (f"{integer(rng, 1, 12)} {integer(rng, 1, 12)}\n",),
    wrong=[
        """
        r, c = map(int, text.split())
        return ''.join(' '.join(str(i * j) for j in range(1, c + 1)) + '\\n' for i in range(1, r + 1))
        """,
        """
        r, c = map(int, text.split())
        return ''.join(' '.join(f'{i * j:3}' for j in range(1, c + 1)) + '\\n' for i in range(1, r + 1))
        """,
        """
        c, r = map(int, text.split())
        w = len(str(r * c))
        return ''.join(' '.join(f'{i * j:{w}}' for j in range(1, c + 1)) + '\\n' for i in range(1, r + 1))
        """,
    ],
)
def multiplication_table(text: str) -> str:
    rows, columns = map(int, text.split())
    width = len(str(rows * columns))
    lines = []
    for row in range(1, rows + 1):
        lines.append(" ".join(str(row * column).rjust(width) for column in range(1, columns + 1)))
    return "\n".join(lines) + "\n"


@problem(
    level=2,
    style="script",
    statement="""
    The first line of stdin is a secret integer, every following line is a guess, also an integer. There is at least one
    guess.

    For each guess in turn print "higher" if the secret is larger than the guess, "lower" if it is smaller, and
    "found after K" for a correct guess, where K is its number counted from 1; ignore all guesses after a correct one.
    If no guess is correct, print one more line, "not found".
    """,
    edges=[
        ("7\n5\n9\n7\n3\n",),
        ("4\n1\n",),
        ("-2\n-2\n",),
        ("0\n5\n-5\n",),
        ("10\n12\n10\n10\n",),
    ],
    draw=lambda rng: (f"{integer(rng, -4, 4)}\n" + "".join(f"{value}\n" for value in integers(rng, -5, 5, 1, 8)),),
    wrong=[
        """
        secret, *guesses = map(int, text.split())
        out = []
        for k, g in enumerate(guesses, 1):
            out.append("higher" if g > secret else "lower" if g < secret else f"found after {k}")
            if g == secret:
                return "\\n".join(out) + "\\n"
        return "\\n".join(out) + "\\nnot found\\n"
        """,
        """
        secret, *guesses = map(int, text.split())
        out = []
        for k, g in enumerate(guesses, 1):
            out.append("higher" if g < secret else "lower" if g > secret else f"found after {k}")
        if secret not in guesses:
            out.append("not found")
        return "\\n".join(out) + "\\n"
        """,
        """
        secret, *guesses = map(int, text.split())
        out = []
        for k, g in enumerate(guesses, 1):
            out.append("higher" if g < secret else "lower" if g > secret else f"found after {k}")
            if g == secret:
                break
        return "\\n".join(out) + "\\n"
        """,
    ],
)
def guessing_game(text: str) -> str:
    secret, *guesses = (int(line) for line in text.split())
    out = ""
    for count, guess in enumerate(guesses, start=1):
        if guess == secret:
            return out + f"found after {count}\n"
        out += "higher\n" if secret > guess else "lower\n"
    return out + "not found\n"


@problem(
    level=2,
    style="script",
    statement="""
    Each line of stdin holds a label (one word) and a non-negative integer, separated by a space. There is at least one
    line.

    Print a bar chart with one line per input line, in the same order: the label padded with spaces on the right to the
    length of the longest label, then " |", then as many "#" as the number says.
    """,
    edges=[("tea 3\ncoffee 5\n",), ("a 0\n",), ("x 1\nyy 2\nzzz 0\n",), ("long 12\ns 1\n",)],
    draw=lambda rng: ("".join(f"{word} {integer(rng, 0, 15)}\n" for word in words(rng, 1, 6)),),
    wrong=[
        "return ''.join(l.split()[0] + ' |' + '#' * int(l.split()[1]) + '\\n' for l in text.splitlines())",
        """
        r = [l.split() for l in text.splitlines()]
        w = max(len(a) for a, _ in r)
        return ''.join(a.rjust(w) + ' |' + '#' * int(b) + '\\n' for a, b in r)
        """,
        """
        r = sorted(l.split() for l in text.splitlines())
        w = max(len(a) for a, _ in r)
        return ''.join(a.ljust(w) + ' |' + '#' * int(b) + '\\n' for a, b in r)
        """,
    ],
)
def bar_chart(text: str) -> str:
    rows = [line.split() for line in text.splitlines()]
    width = max(len(label) for label, _ in rows)
    out = ""
    for label, size in rows:
        out += label.ljust(width) + " |" + "#" * int(size) + "\n"
    return out


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds one integer per line, possibly none at all.

    Print exactly two lines. The first is "even:" followed by the even numbers, the second is "odd:" followed by the odd
    numbers, each number preceded by a single space and in the order of the input. If there are no numbers of a kind,
    write " none" after the colon instead.
    """,
    edges=[("3\n4\n-1\n",), ("2\n",), ("",), ("-3\n-5\n0\n",), ("10\n8\n7\n9\n",)],
    draw=lambda rng: ("".join(f"{value}\n" for value in integers(rng, -30, 30, 0, 7)),),
    wrong=[
        """
        v = list(map(int, text.split()))
        e = [x for x in v if x % 2 == 0]
        o = [x for x in v if x % 2 == 1]
        return 'even:' + ''.join(f' {x}' for x in e) + '\\nodd:' + ''.join(f' {x}' for x in o) + '\\n'
        """,
        """
        v = sorted(map(int, text.split()))
        e = [str(x) for x in v if x % 2 == 0] or ['none']
        o = [str(x) for x in v if x % 2] or ['none']
        return 'even: ' + ' '.join(e) + '\\nodd: ' + ' '.join(o) + '\\n'
        """,
        """
        v = list(map(int, text.split()))
        e = [str(x) for x in v if x > 0 and x % 2 == 0] or ['none']
        o = [str(x) for x in v if x % 2] or ['none']
        return 'even: ' + ' '.join(e) + '\\nodd: ' + ' '.join(o) + '\\n'
        """,
    ],
)
def split_by_parity(text: str) -> str:
    even = odd = ""
    for token in text.split():
        if int(token) % 2 == 0:
            even += " " + token
        else:
            odd += " " + token
    return f"even:{even or ' none'}\nodd:{odd or ' none'}\n"


@problem(
    level=2,
    style="script",
    statement="""
    Each line of stdin is a duration in the form M:SS, minutes and seconds, where M is a non-negative integer without
    leading zeros that may exceed 59 and SS always has two digits from 00 to 59. There may be no lines.

    Print one line with the sum of all durations in the form H:MM:SS, hours without leading zeros, minutes and seconds
    with two digits each.
    """,
    edges=[("3:50\n1:15\n",), ("75:00\n",), ("",), ("0:59\n0:01\n",), ("59:59\n0:01\n600:30\n",)],
    draw=lambda rng: (
        "".join(f"{integer(rng, 0, 99)}:{integer(rng, 0, 59):02d}\n" for _ in range(integer(rng, 0, 7))),
    ),
    wrong=[
        """
        s = 0
        for l in text.split():
            m, x = l.split(':')
            s += int(m) * 60 + int(x)
        return f'{s // 60}:{s % 60:02}\\n'
        """,
        """
        s = 0
        for l in text.split():
            m, x = l.split(':')
            s += int(m) * 60 + int(x)
        return f'{s // 3600}:{s // 60 % 60}:{s % 60}\\n'
        """,
        """
        m = s = 0
        for l in text.split():
            a, b = l.split(':')
            m += int(a)
            s += int(b)
        return f'{m // 60}:{m % 60:02}:{s % 60:02}\\n'
        """,
    ],
)
def add_durations(text: str) -> str:
    seconds = 0
    for line in text.split():
        minutes, rest = line.split(":")
        seconds += 60 * int(minutes) + int(rest)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}\n"
