"""Level 1: the characters of a string (counting, keeping, finding, sorting)."""

from __future__ import annotations

import numpy as np

from envs.code import draw
from envs.code.problem import problem


def _similar_texts(rng: np.random.Generator) -> tuple[str, str]:
    letters = draw.text(rng, "abcd", 2, 6)
    shuffled = "".join(rng.permutation(list(letters)))
    return letters, draw.choice(rng, [shuffled, shuffled, shuffled.capitalize(), shuffled + shuffled[0]])


@problem(
    level=1,
    statement="Return how many characters of `text` are vowels (a, e, i, o, u in either case).",
    edges=[("banana",), ("SKY and Ocean",), ("",), ("AEIOU",), ("xyz",)],
    draw=lambda rng: (draw.text(rng, "aeiouAEbcdXYZ ", 0, 20),),
    wrong=[
        "return sum(c in 'aeiou' for c in text)",
        "return len(text)",
        "return len(set(text) & set('aeiouAEIOU'))",
    ],
)
def count_vowels(text: str) -> int:
    return sum(c in "aeiouAEIOU" for c in text)


@problem(
    level=1,
    statement="""Return how many times the letter `letter` occurs in `text`, counting both its lower case and its upper
    case form. `letter` is in lower case; the count is 0 for an empty `text`.""",
    edges=[("banana", "a"), ("Anna and Al", "a"), ("", "x"), ("zoo", "x"), ("OoO", "o")],
    draw=lambda rng: (draw.text(rng, "abcABC ", 0, 20), draw.choice(rng, "abc")),
    wrong=["return text.count(letter)", "return text.upper().count(letter)", "return text.lower().find(letter)"],
)
def count_letter(text: str, letter: str) -> int:
    return text.lower().count(letter)


@problem(
    level=1,
    statement="""Return `text` without its vowels: remove every a, e, i, o and u, in lower and in upper case, and keep
    all other characters in order.""",
    edges=[("banana split",), ("Under Oath",), ("",), ("AEiou",), ("rhythm",)],
    draw=lambda rng: (draw.text(rng, "aeiouAEIOUbcdfgXYZ ", 0, 18),),
    wrong=[
        "return ''.join(c for c in text if c not in 'aeiou')",
        "return ''.join(c for c in text if c in 'aeiouAEIOU')",
        "return text.replace('a', '').replace('A', '')",
    ],
)
def remove_vowels(text: str) -> str:
    return "".join(c for c in text if c not in "aeiouAEIOU")


@problem(
    level=1,
    statement="""Return a string of only the digits (0 to 9) of `text`, in their order. If `text` has no digits, return
    the empty string.""",
    edges=[("a1b22c",), ("room 40, floor 3",), ("",), ("none",), ("007",)],
    draw=lambda rng: (draw.text(rng, "abc -0123456789", 0, 15),),
    wrong=[
        "return ''.join(c for c in text if c.isalpha())",
        "return ''.join(sorted(c for c in text if c.isdigit()))",
        "return ''.join(c for c in text if not c.isalpha())",
        "return str(sum(c.isdigit() for c in text))",
    ],
)
def keep_digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


@problem(
    level=1,
    statement="Return True if at least one character of `text` is a digit (0 to 9), otherwise False.",
    edges=[("room 5",), ("room five",), ("",), ("123",), ("7up",), ("a-b",)],
    draw=lambda rng: (draw.text(rng, "abcdefg -.07", 0, 7),),
    wrong=["return text.isdigit()", "return text[-1:].isdigit()", "return not text.isalpha()"],
)
def has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


@problem(
    level=1,
    statement="Return a list of the characters of `text`, in order. The list is empty for an empty `text`.",
    edges=[("cat",), ("a bb",), ("",), ("x",)],
    draw=lambda rng: (draw.text(rng, "abcdef -", 0, 10),),
    wrong=["return text.split()", "return [text]", "return sorted(text)", "return [c for c in text if c != ' ']"],
)
def list_characters(text: str) -> list[str]:
    return list(text)


@problem(
    level=1,
    statement="Return `text` with every character written twice in a row. The empty string stays empty.",
    edges=[("abc",), ("a b",), ("",), ("x",), ("oo",)],
    draw=lambda rng: (draw.text(rng, draw.LOWER + " ", 0, 10),),
    wrong=["return text * 2", "return text + text[::-1]", "return ''.join(c + c for c in text if c != ' ')"],
)
def double_each_character(text: str) -> str:
    return "".join(c * 2 for c in text)


@problem(
    level=1,
    statement="""Return the position, counted from 0, of the first occurrence of the single character `character` in
    `text`, or -1 if it does not occur.""",
    edges=[("banana", "n"), ("tiger", "z"), ("", "a"), ("abc", "a"), ("noon", "o")],
    draw=lambda rng: (draw.text(rng, "abcde", 0, 10), draw.choice(rng, "abcdef")),
    wrong=["return text.rfind(character)", "return text.find(character) + 1", "return text.count(character)"],
)
def find_character(text: str, character: str) -> int:
    return text.find(character)


@problem(
    level=1,
    statement="""Return a string of the characters of `text` in increasing order (the order in which Python compares
    characters), repeated ones included. The empty string stays empty.""",
    edges=[("banana",), ("cat dog",), ("",), ("Zebra",), ("321",)],
    draw=lambda rng: (draw.text(rng, "abcdefgXYZ 123", 0, 12),),
    wrong=[
        "return ''.join(sorted(set(text)))",
        "return ''.join(sorted(text, reverse=True))",
        "return ''.join(sorted(text.lower()))",
        "return text[::-1]",
    ],
)
def sort_characters(text: str) -> str:
    return "".join(sorted(text))


@problem(
    level=1,
    statement="""Return how many different characters `text` has, where a lower case and an upper case letter count as
    the same character. An empty `text` has 0.""",
    edges=[("banana",), ("Green Eye",), ("",), ("aAaa",), ("a b a",)],
    draw=lambda rng: (draw.text(rng, "abcdeABC ", 0, 12),),
    wrong=["return len(text)", "return len(set(text))", "return len(set(text.lower().replace(' ', '')))"],
)
def count_different_characters(text: str) -> int:
    return len(set(text.lower()))


@problem(
    level=1,
    statement="""Return True if `first` and `second` consist of the same characters, each equally often, in any order,
    otherwise False. Case matters.""",
    edges=[("listen", "silent"), ("aab", "abb"), ("", ""), ("abc", "ab"), ("Tea", "eat"), ("ab", "cd")],
    draw=lambda rng: _similar_texts(rng),
    wrong=[
        "return set(first) == set(second)",
        "return len(first) == len(second)",
        "return first == second[::-1]",
        "return sorted(first.lower()) == sorted(second.lower())",
    ],
)
def is_rearrangement(first: str, second: str) -> bool:
    return sorted(first) == sorted(second)


@problem(
    level=1,
    statement="""Return a list of all positions, counted from 0 and in increasing order, at which the single character
    `character` occurs in `text`. The list is empty if it does not occur.""",
    edges=[("banana", "a"), ("noon", "n"), ("", "a"), ("tiger", "z"), ("abc", "a")],
    draw=lambda rng: (draw.text(rng, "abc", 0, 10), draw.choice(rng, "abc")),
    wrong=[
        "return [text.find(character)]",
        "return [i + 1 for i, c in enumerate(text) if c == character]",
        "return [c for c in text if c == character]",
    ],
)
def character_positions(text: str, character: str) -> list[int]:
    return [i for i, c in enumerate(text) if c == character]


@problem(
    level=1,
    statement="""Return how many characters of `text` are equal to the character right after them. So 'aaa'
    counts 2, and a `text` shorter than two characters counts 0.""",
    edges=[("balloon",), ("aaaa",), ("",), ("x",), ("abab",), ("Aabb",)],
    draw=lambda rng: (draw.text(rng, "aab", 0, 10),),
    wrong=[
        "return len(text) - len(set(text))",
        "return sum(text[i] == text[i + 1] for i in range(len(text) - 2))",
        "return sum(text.count(c * 2) for c in set(text))",
    ],
)
def count_equal_neighbours(text: str) -> int:
    return sum(text[i] == text[i + 1] for i in range(len(text) - 1))
