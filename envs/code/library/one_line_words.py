"""Level 1: sentences and lists of words."""

from __future__ import annotations

from envs.code import draw
from envs.code.problem import problem

SIMILAR = ["at", "cat", "cats", "Cat", "concatenate"]


@problem(
    level=1,
    statement="""Return the strings of `words` joined into one string with a dash `-` between neighbours. The result is
    the empty string for an empty list.""",
    edges=[(["red", "green", "blue"],), (["one"],), ([],), (["a", "", "b"],)],
    draw=lambda rng: (draw.words(rng),),
    wrong=["return ''.join(words)", "return ' '.join(words)", "return ''.join(w + '-' for w in words)"],
)
def join_with_dashes(words: list[str]) -> str:
    return "-".join(words)


@problem(
    level=1,
    statement="""Return the number of words in `sentence`. Words are separated by one or more spaces, there may
    be spaces at the start and the end, and an empty sentence has 0 words.""",
    edges=[("the cat sat",), ("  two   words ",), ("",), ("one",), ("   ",)],
    draw=lambda rng: (draw.text(rng, "abc  ", 0, 20),),
    wrong=["return sentence.count(' ') + 1", "return len(sentence.split(' '))", "return len(sentence)"],
)
def count_words(sentence: str) -> int:
    return len(sentence.split())


@problem(
    level=1,
    statement="Return a list of the lengths of the strings in `words`, in the same order. An empty list gives [].",
    edges=[(["apple", "fig", "banana"],), (["to", "be", "or"],), ([],), (["", "x"],), (["seven"],)],
    draw=lambda rng: (draw.words(rng, 0, 7),),
    wrong=["return sorted(len(w) for w in words)", "return len(words)", "return [len(words) for w in words]"],
)
def word_lengths(words: list[str]) -> list[int]:
    return [len(word) for word in words]


@problem(
    level=1,
    statement="Return a list of the strings in `words` that have more than `n` characters, in the same order.",
    edges=[
        (["cat", "tiger", "ox", "horse"], 3),
        (["a", "bb", "ccc"], 1),
        ([], 2),
        (["four"], 4),
        (["zebra", "ape"], 0),
    ],
    draw=lambda rng: (draw.words(rng, 2, 8), draw.integer(rng, 0, 5)),
    wrong=[
        "return [w for w in words if len(w) >= n]",
        "return [w for w in words if len(w) < n]",
        "return sorted(w for w in words if len(w) > n)",
    ],
)
def words_longer_than(words: list[str], n: int) -> list[str]:
    return [word for word in words if len(word) > n]


@problem(
    level=1,
    statement="""Return how many strings in `words` end with the string `ending`. Case matters, and an empty list gives
    0.""",
    edges=[
        (["running", "walk", "sing"], "ing"),
        (["one", "two"], "x"),
        ([], "e"),
        (["ingot", "ING"], "ing"),
        (["e"], "e"),
    ],
    draw=lambda rng: (draw.words(rng, 2, 10), draw.choice(rng, "ertn")),
    wrong=[
        "return sum(ending in w for w in words)",
        "return sum(w.startswith(ending) for w in words)",
        "return [w for w in words if w.endswith(ending)]",
    ],
)
def count_words_ending_with(words: list[str], ending: str) -> int:
    return sum(word.endswith(ending) for word in words)


@problem(
    level=1,
    statement="""Return the initials of `name`: a string of the first letter of each of its words, in upper case. Words
    are separated by single spaces; an empty `name` gives the empty string.""",
    edges=[("ada lovelace",), ("Grace Brewster Hopper",), ("",), ("plato",), ("x Y",)],
    draw=lambda rng: (draw.sentence(rng, 0, 5),),
    wrong=[
        "return name[:1].upper()",
        "return ''.join(w[0] for w in name.split())",
        "return ' '.join(w[0].upper() for w in name.split())",
        "return ''.join(c for c in name if c.isupper())",
    ],
)
def initials(name: str) -> str:
    return "".join(word[0].upper() for word in name.split())


@problem(
    level=1,
    statement="""Return `sentence` with its words in reverse order. Words are separated by single spaces, both in
    `sentence` and in the result; an empty sentence stays empty.""",
    edges=[("the cat sat",), ("up and away",), ("",), ("one",), ("b a",)],
    draw=lambda rng: (draw.sentence(rng, 0, 6),),
    wrong=[
        "return sentence[::-1]",
        "return sentence.split()[::-1]",
        "return ' '.join(w[::-1] for w in sentence.split())",
        "return ' '.join(sorted(sentence.split(), reverse=True))",
    ],
)
def reverse_word_order(sentence: str) -> str:
    return " ".join(sentence.split()[::-1])


@problem(
    level=1,
    statement="""Return `sentence` with the letters of each word reversed and the words left in their order. Words are
    separated by single spaces; an empty sentence stays empty.""",
    edges=[("the cat sat",), ("noon light",), ("",), ("one",), ("a bc",)],
    draw=lambda rng: (draw.sentence(rng, 0, 5),),
    wrong=[
        "return sentence[::-1]",
        "return ' '.join(sentence.split()[::-1])",
        "return ''.join(w[::-1] for w in sentence.split())",
    ],
)
def reverse_each_word(sentence: str) -> str:
    return " ".join(word[::-1] for word in sentence.split())


@problem(
    level=1,
    statement="""Return a list of the strings in `words` sorted from shortest to longest. Strings of equal length keep
    their order; an empty list gives [].""",
    edges=[(["tiger", "ox", "cat"],), (["dog", "cat", "a"],), ([],), (["one"],), (["bb", "a", "aa"],)],
    draw=lambda rng: (draw.words(rng),),
    wrong=[
        "return sorted(words)",
        "return sorted(words, key=len, reverse=True)",
        "return sorted(words, key=lambda w: (len(w), w))",
        "return words",
    ],
)
def sort_words_by_length(words: list[str]) -> list[str]:
    return sorted(words, key=len)


@problem(
    level=1,
    statement="""Return True if `word` is one of the words of `sentence`, otherwise False. The words of `sentence` are
    separated by single spaces, must match as a whole, and case matters.""",
    edges=[
        ("the cat sat", "cat"),
        ("concatenate it", "cat"),
        ("", "a"),
        ("A cat", "a"),
        ("go up", "up"),
        ("one", "one"),
    ],
    draw=lambda rng: (
        " ".join(draw.choice(rng, SIMILAR) for _ in range(draw.integer(rng, 0, 6))),
        draw.choice(rng, SIMILAR),
    ),
    wrong=[
        "return word in sentence",
        "return word.lower() in sentence.lower().split()",
        "return sentence.startswith(word)",
        "return sentence.endswith(word)",
    ],
)
def contains_word(sentence: str, word: str) -> bool:
    return word in sentence.split()


@problem(
    level=1,
    statement="""Return a list of the strings in `words`, each with the string `suffix` added at its end. An empty list
    gives [].""",
    edges=[(["cat", "dog"], "s"), (["play", "walk", "look"], "ing"), ([], "x"), (["a"], ""), (["", "b"], "!")],
    draw=lambda rng: (draw.words(rng, 0, 6), draw.text(rng, "sing", 0, 3)),
    wrong=["return [suffix + w for w in words]", "return words + [suffix]", "return suffix.join(words)"],
)
def add_suffix(words: list[str], suffix: str) -> list[str]:
    return [word + suffix for word in words]


@problem(
    level=1,
    statement="""Return the longest string in `words`; if several are longest, the first of them. Return the empty
    string if `words` is empty.""",
    edges=[(["ox", "tiger", "cat"],), (["bee", "ant", "x"],), ([],), (["zz", "abcd"],), (["one"],)],
    draw=lambda rng: (draw.words(rng),),
    wrong=[
        "return max(words, default='')",
        "return sorted(words, key=len)[-1] if words else ''",
        "return max((len(w) for w in words), default=0)",
    ],
)
def longest_word(words: list[str]) -> str:
    return max(words, key=len, default="")


@problem(
    level=1,
    statement="""Return a list of the strings in `words`, each with its number in front, counted from 1: the number, a
    dot, one space, the word. An empty list gives [].""",
    edges=[(["milk", "eggs"],), (["tea", "tea", "bun"],), ([],), (["one"],)],
    draw=lambda rng: (draw.words(rng, 0, 6),),
    wrong=[
        "return [f'{i}. {w}' for i, w in enumerate(words)]",
        "return [f'{i}.{w}' for i, w in enumerate(words, 1)]",
        "return [f'{words.index(w) + 1}. {w}' for w in words]",
    ],
)
def number_the_words(words: list[str]) -> list[str]:
    return [f"{i}. {word}" for i, word in enumerate(words, 1)]


@problem(
    level=1,
    statement="""Return `text` with every run of spaces between words replaced by a single space, and without spaces at
    the start and the end.""",
    edges=[("a  b   c",), ("  hi there ",), ("",), ("    ",), ("word",), ("x    y",)],
    draw=lambda rng: (draw.text(rng, "abc   ", 0, 18),),
    wrong=["return text.strip()", "return text.strip().replace('  ', ' ')", "return ''.join(text.split())"],
)
def collapse_spaces(text: str) -> str:
    return " ".join(text.split())
