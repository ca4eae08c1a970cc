"""Level 2: loops and conditions over words and identifiers."""

from __future__ import annotations

from envs.code.draw import integer, sentence, text, words
from envs.code.problem import problem


@problem(
    level=2,
    statement="""Return whether `first` and `second` are anagrams: made of the same letters, each equally often. Upper
    and lower case count as the same letter, and all characters that are not letters are ignored.""",
    edges=[("Dirty room!", "dormitory"), ("aab", "abb"), ("", " ?"), ("abc", "abcc"), ("Elbow", "below"), ("a1", "a2")],
    draw=lambda rng: (
        (word := text(rng, "abcAB ,", 1, 9)),
        "".join(sorted(word.lower())) if rng.random() < 0.6 else text(rng, "abcAB !", 1, 4),
    ),
    wrong=[
        "return sorted(first) == sorted(second)",
        "return set(c for c in first.lower() if c.isalpha()) == set(c for c in second.lower() if c.isalpha())",
        "return sorted(first.lower().replace(' ', '')) == sorted(second.lower().replace(' ', ''))",
    ],
)
def are_anagrams(first: str, second: str) -> bool:
    counts: dict[str, int] = {}
    for char in first.lower():
        if char.isalpha():
            counts[char] = counts.get(char, 0) + 1
    for char in second.lower():
        if char.isalpha():
            counts[char] = counts.get(char, 0) - 1
    return all(count == 0 for count in counts.values())


@problem(
    level=2,
    statement="""Return the longest string with which every one of `words` begins; the empty string if `words` is
    empty.""",
    edges=[
        (["stone", "stop", "sty"],),
        (["ab", "abc"],),
        ([],),
        (["river"],),
        (["a", "b"],),
        (["axb", "ayb"],),
        (["abc", "", "ab"],),
    ],
    draw=lambda rng: (
        [(stem := text(rng, "ab", 0, 4)) + text(rng, "abc", 0, 5)]
        + [stem + text(rng, "abc", 0, 5) for _ in range(integer(rng, 0, 3))],
    ),
    wrong=[
        """
        if not words:
            return ''
        short = min(words, key=len)
        return ''.join(c for i, c in enumerate(short) if all(w[i] == c for w in words))
        """,
        """
        if len(words) < 2:
            return ''
        a, b = words[0], words[1]
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        return a[:n]
        """,
        """
        if not words:
            return ''
        short = min(words, key=len)
        n = 0
        while n < len(short) - 1 and all(w[n] == short[n] for w in words):
            n += 1
        return short[:n]
        """,
    ],
)
def common_prefix(words: list[str]) -> str:
    if not words:
        return ""
    prefix = words[0]
    for word in words[1:]:
        while not word.startswith(prefix):
            prefix = prefix[:-1]
    return prefix


@problem(
    level=2,
    statement="""`name` is an identifier in camel case made of ASCII letters and digits. Return it in snake case: put an
    underscore before every upper-case letter except at the very start, then make all letters lower case. Digits get no
    underscore.""",
    edges=[("maxValue",), ("HttpServer2Port",), ("",), ("x",), ("A",), ("aBC",), ("URL",)],
    draw=lambda rng: ("".join(word.title() if rng.random() < 0.7 else word + "7X" for word in words(rng, 0, 4)),),
    wrong=[
        "return ''.join('_' + c.lower() if c.isupper() else c for c in name)",
        "import re\nreturn re.sub(r'([a-z0-9])([A-Z])', r'\\1_\\2', name).lower()",
        "return ''.join(('_' if i and not c.islower() else '') + c.lower() for i, c in enumerate(name))",
    ],
)
def camel_to_snake(name: str) -> str:
    out = ""
    for index, char in enumerate(name):
        if char.isupper() and index > 0:
            out += "_"
        out += char.lower()
    return out


@problem(
    level=2,
    statement="""`phrase` consists of lower-case words separated by single spaces (it may be empty). Translate each
    word: if it starts with one of the vowels a, e, i, o, u, append "way"; otherwise move all letters before the first
    vowel to the end and append "ay"; a word without vowels only gets "ay" appended. Return the words joined by single
    spaces.""",
    edges=[("green apple",), ("try it",), ("",), ("u",), ("stone chair be",), ("shhh you",)],
    draw=lambda rng: (sentence(rng, 0, 6) if rng.random() < 0.7 else "hm " + sentence(rng, 1, 3),),
    wrong=[
        "return ' '.join(w + 'way' if w[0] in 'aeiou' else w[1:] + w[0] + 'ay' for w in phrase.split())",
        """
        out = []
        for w in phrase.split():
            n = 0
            while n < len(w) and w[n] not in "aeiou":
                n += 1
            out.append(w[n:] + w[:n] + "ay")
        return " ".join(out)
        """,
        """
        out = []
        for w in phrase.split():
            n = 0
            while n < len(w) and w[n] not in "aeiouy":
                n += 1
            out.append(w + "way" if n == 0 else w[n:] + w[:n] + "ay")
        return " ".join(out)
        """,
    ],
)
def pig_latin(phrase: str) -> str:
    translated = []
    for word in phrase.split():
        start = 0
        while start < len(word) and word[start] not in "aeiou":
            start += 1
        translated.append(word + "way" if start == 0 else word[start:] + word[:start] + "ay")
    return " ".join(translated)
