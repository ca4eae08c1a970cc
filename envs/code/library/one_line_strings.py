"""Level 1: whole strings (case, slices, prefixes)."""

from __future__ import annotations

import numpy as np

from envs.code import draw
from envs.code.problem import problem

LETTERS = draw.LOWER + draw.LOWER.upper()


def _mirrored(rng: np.random.Generator) -> str:
    half = draw.text(rng, "abc", 0, 3)
    return half + draw.text(rng, "xy", 0, 1) + half[::-1]


@problem(
    level=1,
    statement="Return `text` with every letter in upper case.",
    edges=[("hello",), ("Good Morning 7",), ("",), ("ABC",), ("x-y",)],
    draw=lambda rng: (draw.text(rng, LETTERS + " -3", 0, 15),),
    wrong=["return text.lower()", "return text.title()", "return text.capitalize()", "return text.swapcase()"],
)
def to_uppercase(text: str) -> str:
    return text.upper()


@problem(
    level=1,
    statement="Return `text` with every upper case letter made lower case and every lower case letter made upper case.",
    edges=[("Hello World",), ("aBc 12",), ("",), ("XYZ",)],
    draw=lambda rng: (draw.text(rng, LETTERS + " -3", 0, 15),),
    wrong=["return text.upper()", "return text.lower()", "return text[::-1]"],
)
def swap_case(text: str) -> str:
    return text.swapcase()


@problem(
    level=1,
    statement="Return `text` written backwards, from its last character to its first.",
    edges=[("stone",), ("ab c",), ("",), ("x",), ("level",)],
    draw=lambda rng: (draw.text(rng, LETTERS + " ", 0, 15),),
    wrong=["return text", "return text[-1:0:-1]", "return ''.join(sorted(text, reverse=True))"],
)
def reverse_string(text: str) -> str:
    return text[::-1]


@problem(
    level=1,
    statement="Return the first character of `text` as a string, or the empty string if `text` is empty.",
    edges=[("paper",), ("7 up",), ("",), ("Q",), (" a",)],
    draw=lambda rng: (draw.text(rng, LETTERS + "0123 ", 0, 8),),
    wrong=["return text[-1:]", "return text[:2]", "return text.strip()[:1]"],
)
def first_character(text: str) -> str:
    return text[:1]


@problem(
    level=1,
    statement="""Return `text` without its first and its last character. If `text` has fewer than three characters,
    return the empty string.""",
    edges=[("tiger",), ("(a)",), ("",), ("x",), ("ab",)],
    draw=lambda rng: (draw.text(rng, draw.LOWER + " ", 0, 12),),
    wrong=["return text[1:]", "return text[:-1]", "return text[1:-2]", "return text[1:-1] if len(text) > 2 else text"],
)
def drop_first_and_last(text: str) -> str:
    return text[1:-1]


@problem(
    level=1,
    statement="""Return a string of every second character of `text`, starting with the first one. The empty string
    stays empty.""",
    edges=[("abcdef",), ("light",), ("",), ("x",), ("to",)],
    draw=lambda rng: (draw.text(rng, LETTERS, 0, 15),),
    wrong=["return text[1::2]", "return text[:2]", "return text[::3]", "return text[2::2]"],
)
def every_second_character(text: str) -> str:
    return text[::2]


@problem(
    level=1,
    statement="""Return `text` written `times` times in a row, with nothing in between. If `times` is 0, return the
    empty string.""",
    edges=[("ab", 3), ("go ", 2), ("", 5), ("x", 0), ("hey", 1)],
    draw=lambda rng: (draw.text(rng, draw.LOWER, 0, 4), draw.integer(rng, 0, 6)),
    wrong=["return text + text", "return text * (times + 1)", "return ' '.join([text] * times)"],
)
def repeat_string(text: str, times: int) -> str:
    return text * times


@problem(
    level=1,
    statement="""Return `text` without the spaces at its start and at its end. Spaces between other characters stay, and
    a `text` of only spaces becomes the empty string.""",
    edges=[("  hello ",), (" a b  ",), ("",), ("   ",), ("word",), ("x ",)],
    draw=lambda rng: (" " * draw.integer(rng, 0, 3) + draw.sentence(rng, 0, 3) + " " * draw.integer(rng, 0, 3),),
    wrong=["return text.lstrip()", "return text.rstrip()", "return text.replace(' ', '')", "return text[1:-1]"],
)
def trim_spaces(text: str) -> str:
    return text.strip()


@problem(
    level=1,
    statement="Return `text` with every space replaced by an underscore `_`.",
    edges=[("red green blue",), (" a  b",), ("",), ("word",), ("end ",)],
    draw=lambda rng: (draw.text(rng, "abcd  -", 0, 14),),
    wrong=[
        "return text.replace(' ', '-')",
        "return text.replace(' ', '')",
        "return '_'.join(text.split())",
        "return text.replace(' ', '_', 1)",
    ],
)
def spaces_to_underscores(text: str) -> str:
    return text.replace(" ", "_")


@problem(
    level=1,
    statement="""Return True if `text` starts with the string `prefix`, otherwise False. Case matters, and every text
    starts with the empty string.""",
    edges=[("seashell", "sea"), ("seashell", "shell"), ("", "a"), ("abc", ""), ("Apple", "a"), ("ax", "ay")],
    draw=lambda rng: (draw.text(rng, "aabA", 0, 6), draw.text(rng, "aaA", 0, 2)),
    wrong=[
        "return prefix in text",
        "return text.endswith(prefix)",
        "return text[:1] == prefix[:1]",
        "return text.lower().startswith(prefix.lower())",
    ],
)
def starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


@problem(
    level=1,
    statement="""Return True if `text` reads the same forwards and backwards, otherwise False. Case and spaces
    count, and the empty string is such a text.""",
    edges=[("level",), ("river",), ("",), ("Anna",), ("noon",), ("abca",)],
    draw=lambda rng: (_mirrored(rng) + draw.text(rng, "aA", 0, 1),),
    wrong=[
        "return text.lower() == text.lower()[::-1]",
        "return text[:1] == text[-1:]",
        "return text != '' and text == text[::-1]",
        "return len(text) % 2 == 1",
    ],
)
def is_palindrome(text: str) -> bool:
    return text == text[::-1]


@problem(
    level=1,
    statement="Return `text` with its first character moved to its end. The empty string stays empty.",
    edges=[("horse",), ("abc d",), ("",), ("x",), ("up",)],
    draw=lambda rng: (draw.text(rng, LETTERS + " ", 0, 12),),
    wrong=[
        "return text[-1:] + text[:-1]",
        "return text + text[:1]",
        "return text[1:]",
        "return text[-1:] + text[1:-1] + text[:1]",
    ],
)
def move_first_to_end(text: str) -> str:
    return text[1:] + text[:1]


@problem(
    level=1,
    statement="""Return `text` with its first character in upper case and all other characters unchanged. The empty
    string stays empty.""",
    edges=[("green Tea",), ("iPhone",), ("",), ("x",), ("Already",), ("9am",)],
    draw=lambda rng: (draw.text(rng, draw.LOWER * 2 + "ABC ", 0, 12),),
    wrong=["return text.capitalize()", "return text.title()", "return text.upper()", "return text[:1].upper()"],
)
def uppercase_first_letter(text: str) -> str:
    return text[:1].upper() + text[1:]


@problem(
    level=1,
    statement="""Return `text` with every character except the last four replaced by `*`. If `text` has four characters
    or fewer, return it unchanged.""",
    edges=[("12345678",), ("secret",), ("",), ("abcd",), ("abcde",), ("hi",)],
    draw=lambda rng: (draw.text(rng, "0123456789abc", 0, 12),),
    wrong=[
        "return '*' * len(text)",
        "return text[:4] + '*' * (len(text) - 4)",
        "return '****' + text[-4:]",
        "return '*' * (len(text) - 3) + text[-3:]",
    ],
)
def hide_all_but_last_four(text: str) -> str:
    return "*" * (len(text) - 4) + text[-4:]


@problem(
    level=1,
    statement="Return the greeting `Hello, NAME!` where `NAME` is replaced by `name`, which may be empty.",
    edges=[("Ada",), ("Bob Ray",), ("",), ("you",)],
    draw=lambda rng: (draw.text(rng, LETTERS, 0, 8),),
    wrong=["return 'Hello, name!'", "return f'Hello {name}!'", "return f'Hello, {name}'", "return f'Hello, {name} !'"],
)
def greet(name: str) -> str:
    return f"Hello, {name}!"
