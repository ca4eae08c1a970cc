"""Level 2: loops and conditions over strings."""

from __future__ import annotations

from envs.code.draw import choice, integer, text
from envs.code.problem import problem


@problem(
    level=2,
    statement="""Compress `text` by run lengths: replace every longest run of one repeated character by the character
    followed by the length of the run in decimal, also when the length is 1.""",
    edges=[("aaab",), ("abba",), ("",), ("z",), ("kkkkkkkkkkkk",), ("aAa",)],
    draw=lambda rng: (text(rng, "aab", 0, 14) if rng.random() < 0.8 else text(rng, "x", 9, 25) + text(rng, "xyX"),),
    wrong=[
        """
        import itertools
        return ''.join(c + (str(n) if n > 1 else '') for c, g in itertools.groupby(text) for n in [len(list(g))])
        """,
        "return ''.join(c + str(text.count(c)) for c in dict.fromkeys(text))",
        """
        out, run = "", 1
        for a, b in zip(text, text[1:]):
            if a == b:
                run += 1
            else:
                out += a + str(run)
                run = 1
        return out
        """,
    ],
)
def run_length_encode(text: str) -> str:
    pieces = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or text[end] != text[start]:
            pieces.append(f"{text[start]}{end - start}")
            start = end
    return "".join(pieces)


@problem(
    level=2,
    statement="""`packed` consists of items, each a lower-case letter optionally followed by a decimal count from 1 up
    without leading zeros; a missing count means 1. Return the text in which each letter is repeated by its count.""",
    edges=[("a3bc2",), ("x12",), ("",), ("q",), ("a1a2",), ("z10y",)],
    draw=lambda rng: (
        "".join(
            choice(rng, "abcxyz") + choice(rng, ["", "", str(integer(rng, 1, 9)), str(integer(rng, 10, 30))])
            for _ in range(integer(rng, 0, 6))
        ),
    ),
    wrong=[
        """
        out = ""
        for c in packed:
            if c.isdigit():
                out += out[-1] * (int(c) - 1)
            else:
                out += c
        return out
        """,
        "import re\nreturn ''.join(c * int(n) for c, n in re.findall(r'([a-z])([0-9]+)', packed))",
        "import re\nreturn ''.join(c * int(n or 1) for c, n in re.findall(r'([a-z])([0-9]?)', packed))",
    ],
)
def expand_counts(packed: str) -> str:
    out = ""
    index = 0
    while index < len(packed):
        letter = packed[index]
        index += 1
        count = ""
        while index < len(packed) and packed[index].isdigit():
            count += packed[index]
            index += 1
        out += letter * int(count or "1")
    return out


@problem(
    level=2,
    statement="""Move every ASCII letter of `text` forward in the alphabet by `shift` places, wrapping round from z to a
    and keeping upper and lower case; leave all other characters alone. `shift` is any integer, a negative one moves
    backwards.""",
    edges=[("xyz, Abc!", 3), ("b", -2), ("", 5), ("Zoo", 27), ("Hello", -53), ("a9", 0)],
    draw=lambda rng: (text(rng, "abcxyzABCXYZ .!9", 0, 16), integer(rng, -60, 60)),
    wrong=[
        "return ''.join(chr(ord(c) + shift) if c.isalpha() else c for c in text)",
        "return ''.join(chr((ord(c.lower()) - 97 + shift) % 26 + 97) if c.isalpha() else c for c in text)",
        "return ''.join(chr((ord(c) - 97 + shift) % 26 + 97) if c.islower() else c for c in text)",
    ],
)
def caesar_shift(text: str, shift: int) -> str:
    shifted = []
    for char in text:
        if "a" <= char <= "z":
            shifted.append(chr((ord(char) - ord("a") + shift) % 26 + ord("a")))
        elif "A" <= char <= "Z":
            shifted.append(chr((ord(char) - ord("A") + shift) % 26 + ord("A")))
        else:
            shifted.append(char)
    return "".join(shifted)


@problem(
    level=2,
    statement="""Return whether the brackets ( ) [ ] { } in `text` are balanced: every opening bracket is closed later
    by its own kind, properly nested, and there is no closing bracket without an opening one. Other characters do not
    matter.""",
    edges=[("f(a[1], {b})",), ("(]",), ("",), (")(",), ("([)]",), ("((",), ("[()]{}x",)],
    draw=lambda rng: (
        choice(rng, ["()", "[{}]", "(a[b])", "{}(c)", "x"]) * integer(rng, 1, 2)
        + choice(rng, ["", "", "", "(", ")", "[)", "(]", "{[}]"])
        + choice(rng, ["", "y", "[]", "({})"]),
    ),
    wrong=[
        "return all(text.count(a) == text.count(b) for a, b in ['()', '[]', '{}'])",
        """
        depth = 0
        for c in text:
            depth += (c in "([{") - (c in ")]}")
            if depth < 0:
                return False
        return depth == 0
        """,
        """
        stack = []
        for c in text:
            if c in "([{":
                stack.append(c)
            elif c in ")]}" and (not stack or stack.pop() + c not in ("()", "[]", "{}")):
                return False
        return True
        """,
    ],
)
def balanced_brackets(text: str) -> bool:
    opening_of = {")": "(", "]": "[", "}": "{"}
    stack: list[str] = []
    for char in text:
        if char in "([{":
            stack.append(char)
        elif char in opening_of and (not stack or stack.pop() != opening_of[char]):
            return False
    return not stack


@problem(
    level=2,
    statement="""Return the number of vowel groups in `text`: maximal stretches of neighbouring vowels. The vowels are
    a, e, i, o, u in upper or lower case; every other character ends a group.""",
    edges=[("queue up",), ("Rhythm",), ("",), ("AeB",), ("Up On",), ("banana",), ("i i",)],
    draw=lambda rng: (text(rng, "aeiouAEbcd ", 0, 16),),
    wrong=[
        "return sum(c in 'aeiouAEIOU' for c in text)",
        "import re\nreturn len(re.findall('[aeiou]+', text))",
        "return sum(any(c in 'aeiouAEIOU' for c in w) for w in text.split())",
    ],
)
def vowel_groups(text: str) -> int:
    groups = 0
    inside = False
    for char in text.lower():
        is_vowel = char in "aeiou"
        if is_vowel and not inside:
            groups += 1
        inside = is_vowel
    return groups


@problem(
    level=2,
    statement="""Replace every decimal digit of `text` by "*" except the last `keep` digits, counted from the right. All
    other characters stay where they are and do not count. `keep` is not negative and may exceed the number of
    digits.""",
    edges=[("12-34 56", 3), ("a1b2", 0), ("", 4), ("777", 5), ("9 8 7 x", 1), ("4000-1234", 4)],
    draw=lambda rng: (text(rng, "0123456789- a", 0, 16), integer(rng, 0, 6)),
    wrong=[
        "cut = len(text) - keep\nreturn ''.join('*' if c.isdigit() and i < cut else c for i, c in enumerate(text))",
        """
        out, seen = '', 0
        for c in text:
            if c.isdigit():
                seen += 1
                out += '*' if seen > keep else c
            else:
                out += c
        return out
        """,
        """
        digits = [i for i, c in enumerate(text) if c.isdigit()][:-keep]
        return ''.join('*' if i in digits else c for i, c in enumerate(text))
        """,
    ],
)
def mask_digits(text: str, keep: int) -> str:
    hidden = sum(char.isdigit() for char in text) - keep
    out = ""
    for char in text:
        if char.isdigit() and hidden > 0:
            out += "*"
            hidden -= 1
        else:
            out += char
    return out


@problem(
    level=2,
    statement="""Return `text` with its ASCII letters alternating between upper and lower case: the first letter becomes
    upper case, the second lower case, and so on. Characters that are not letters stay as they are and do not count.""",
    edges=[("hi there",), ("ABCD",), ("",), ("1a2b3c",), ("--x",), ("no. go",)],
    draw=lambda rng: (text(rng, "abcABC .3", 0, 14),),
    wrong=[
        "return ''.join(c.upper() if i % 2 == 0 else c.lower() for i, c in enumerate(text))",
        "return ' '.join(''.join([c.lower(), c.upper()][i % 2 < 1] for i, c in enumerate(w)) for w in text.split(' '))",
        "out, up = '', True\nfor c in text:\n    out += c.upper() if up else c\n    up = up != c.isalpha()\nreturn out",
    ],
)
def alternate_case(text: str) -> str:
    out = ""
    upper = True
    for char in text:
        if char.isalpha():
            out += char.upper() if upper else char.lower()
            upper = not upper
        else:
            out += char
    return out


@problem(
    level=2,
    statement="""Check `password` against four rules and return the names of the broken ones in this order: "length"
    (fewer than 8 characters), "digit" (no decimal digit), "case" (not both an upper-case and a lower-case ASCII
    letter), "repeat" (some character occurs three times in a row). An acceptable password gives the empty list.""",
    edges=[("abc",), ("Secret42",), ("",), ("ABC12345",), ("Aaaa1111",), ("Abcdefg1111",), ("abaBab0a",)],
    draw=lambda rng: (text(rng, "aabB1122", 0, 12),),
    wrong=[
        """
        bad = []
        if len(password) <= 8:
            bad.append("length")
        if not any(c.isdigit() for c in password):
            bad.append("digit")
        if password.lower() == password or password.upper() == password:
            bad.append("case")
        if any(c * 3 in password for c in password):
            bad.append("repeat")
        return bad
        """,
        """
        bad = []
        if len(password) < 8:
            bad.append("length")
        if not any(c.isdigit() for c in password):
            bad.append("digit")
        if not any(c.isupper() for c in password):
            bad.append("case")
        if any(password.count(c) > 2 for c in password):
            bad.append("repeat")
        return bad
        """,
    ],
)
def password_problems(password: str) -> list[str]:
    broken = []
    if len(password) < 8:
        broken.append("length")
    if not any(char.isdigit() for char in password):
        broken.append("digit")
    if not (any(char.isupper() for char in password) and any(char.islower() for char in password)):
        broken.append("case")
    if any(char * 3 in password for char in password):
        broken.append("repeat")
    return broken
