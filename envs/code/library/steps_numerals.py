"""Level 3: several steps over the ways to write a number."""

from __future__ import annotations

from envs.code.draw import choice, integer, text
from envs.code.problem import problem


@problem(
    level=3,
    statement="""Return the Roman numeral of the integer `number`, 1 <= `number` <= 3999, in the standard notation with
    the letters M, D, C, L, X, V, I, where 4, 9, 40, 90, 400 and 900 are written IV, IX, XL, XC, CD and CM.""",
    edges=[(14,), (1990,), (1,), (3999,), (888,), (444,)],
    draw=lambda rng: (integer(rng, 1, choice(rng, [50, 500, 3999])),),
    wrong=[
        """
        out = ""
        for value, letter in zip((1000, 500, 100, 50, 10, 5, 1), "MDCLXVI"):
            out += letter * (number // value)
            number %= value
        return out
        """,
        """
        out = ""
        letters = "M D C L X IX V IV I".split()
        for value, letters in zip((1000, 500, 100, 50, 10, 9, 5, 4, 1), letters):
            out += letters * (number // value)
            number %= value
        return out
        """,
        """
        out = ""
        letters = "M CM D CD C XC L XL X IX V IV I".split()
        for value, letters in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), letters):
            if number >= value:
                out += letters
                number -= value
        return out
        """,
    ],
)
def to_roman(number: int) -> str:
    values = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    letters = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
    numeral = ""
    for value, letter in zip(values, letters, strict=True):
        count, number = divmod(number, value)
        numeral += letter * count
    return numeral


@problem(
    level=3,
    statement="""Return the number from 1 to 3999 whose standard Roman numeral is exactly `numeral`, or None if there is
    none: "IIII", "VX", "IC", lower-case letters and the empty string are not standard numerals. In the standard
    notation 4, 9, 40, 90, 400 and 900 are written IV, IX, XL, XC, CD and CM.""",
    edges=[("XIV",), ("IIX",), ("",), ("MCMXCIX",), ("VIIII",), ("MMMM",), ("xv",)],
    draw=lambda rng: (
        "M" * integer(rng, 0, 3)
        + choice(rng, ["", "C", "CD", "DCC", "CM"])
        + choice(rng, ["", "XX", "XL", "LX", "XC"])
        + choice(rng, ["", "I", "IV", "VIII", "IX"])
        + choice(rng, ["", "", "", "I", "X", "MV"]),
    ),
    wrong=[
        """
        v = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
        if not numeral or any(c not in v for c in numeral):
            return None
        n = [v[c] for c in numeral]
        return sum(-a if a < b else a for a, b in zip(n, n[1:] + [0]))
        """,
        """
        v = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
        if not numeral or any(c not in v for c in numeral) or any(c * 4 in numeral for c in v):
            return None
        n = [v[c] for c in numeral]
        return sum(-a if a < b else a for a, b in zip(n, n[1:] + [0]))
        """,
    ],
)
def roman_value(numeral: str) -> int | None:
    import re

    pattern = r"(M{0,3})(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})"
    if numeral == "" or re.fullmatch(pattern, numeral) is None:
        return None
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}[letter] for letter in numeral]
    total = 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total


@problem(
    level=3,
    statement="""`digits` writes a non-negative integer in base `source`; return the same number written in base
    `target`. Both bases are from 2 to 36; the digits are 0-9 and then a-z. `digits` is not empty, may contain
    upper-case letters and leading zeros. The result uses lower-case letters and has no leading zeros, except that zero
    is written "0".""",
    edges=[("ff", 16, 10), ("1010", 2, 16), ("000", 7, 3), ("Zz", 36, 2), ("007", 8, 10), ("3e8", 16, 36)],
    draw=lambda rng: (
        (source := integer(rng, 2, 36)) and text(rng, "0123456789abcdefghijklmnopqrstuvwxyz"[:source], 1, 10),
        source,
        integer(rng, 2, 36),
    ),
    wrong=[
        """
        n = int(digits, source)
        out = ''
        while n:
            out = '0123456789abcdefghijklmnopqrstuvwxyz'[n % target] + out
            n //= target
        return out
        """,
        """
        n = int(digits, source)
        out = ''
        while n:
            out += '0123456789abcdefghijklmnopqrstuvwxyz'[n % target]
            n //= target
        return out or '0'
        """,
        """
        n = int(digits, source)
        out = ''
        while n >= target:
            out = str(n % target) + out
            n //= target
        return str(n) + out
        """,
    ],
)
def convert_base(digits: str, source: int, target: int) -> str:
    symbols = "0123456789abcdefghijklmnopqrstuvwxyz"
    value = 0
    for digit in digits.lower():
        value = value * source + symbols.index(digit)
    out = ""
    while value > 0:
        value, remainder = divmod(value, target)
        out = symbols[remainder] + out
    return out or "0"


@problem(
    level=3,
    statement="""Return the integer `number`, 0 <= `number` <= 999999, in English words: lower case, separated by single
    spaces, with a hyphen between tens and units ("forty-two") and without "and". For example 70013 is "seventy thousand
    thirteen" and 100 is "one hundred".""",
    edges=[(42,), (70013,), (0,), (100,), (19,), (615_307,), (1000,)],
    draw=lambda rng: (integer(rng, 0, 10 ** integer(rng, 2, 6) - 1),),
    wrong=[
        """
        ones = "zero one two three four five six seven eight nine ten eleven twelve".split()
        ones += "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
        tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
        def say(n):
            if n < 20:
                return ones[n]
            if n < 100:
                return tens[n // 10] + "-" + ones[n % 10]
            for size, name in ((1000, "thousand"), (100, "hundred")):
                if n >= size:
                    return say(n // size) + " " + name + (" " + say(n % size) if n % size else "")
        return say(number)
        """,
        """
        ones = "zero one two three four five six seven eight nine ten eleven twelve".split()
        ones += "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
        tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
        def say(n):
            if n < 20:
                return ones[n]
            if n < 100:
                return tens[n // 10] + ("-" + ones[n % 10] if n % 10 else "")
            for size, name in ((1000, "thousand"), (100, "hundred")):
                if n >= size:
                    return say(n // size) + " " + name + " " + say(n % size)
        return say(number)
        """,
    ],
)
def number_in_words(number: int) -> str:
    small = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ]
    tens = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    def below_thousand(value: int) -> list[str]:
        words = []
        if value >= 100:
            words += [small[value // 100], "hundred"]
            value %= 100
        if value >= 20:
            words.append(tens[value // 10] + (f"-{small[value % 10]}" if value % 10 else ""))
        elif value > 0:
            words.append(small[value])
        return words

    thousands, rest = divmod(number, 1000)
    words = [*below_thousand(thousands), "thousand"] if thousands else []
    return " ".join(words + below_thousand(rest)) or "zero"
