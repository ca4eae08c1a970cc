"""Level 3: several steps over words, tokens and lines."""

from __future__ import annotations

from envs.code.draw import choice, integer, sentence, text
from envs.code.problem import problem


@problem(
    level=3,
    statement="""Group the strings of `words` that are made of exactly the same characters, each equally often. Return
    the groups in any order; within a group the words are sorted alphabetically and a word that occurs several times in
    `words` occurs as often in its group. Every word is in exactly one group.""",
    comparison="unordered",
    edges=[
        (["tea", "mug", "eat", "gum", "ate"],),
        (["aab", "abb"],),
        ([],),
        (["on", "no", "on"],),
        (["a", "", "aa", ""],),
    ],
    draw=lambda rng: ([text(rng, "abc", 0, 3) for _ in range(integer(rng, 0, 10))],),
    wrong=[
        """
        g = {}
        for w in words:
            g.setdefault(''.join(sorted(set(w))), []).append(w)
        return [sorted(x) for x in g.values()]
        """,
        """
        g = {}
        for w in words:
            g.setdefault(''.join(sorted(w)), []).append(w)
        return [sorted(set(x)) for x in g.values()]
        """,
        """
        g = {}
        for w in words:
            g.setdefault(''.join(sorted(w)), []).append(w)
        return [sorted(x) for x in g.values() if len(x) > 1]
        """,
    ],
)
def group_anagrams(words: list[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for word in sorted(words):
        groups.setdefault("".join(sorted(word)), []).append(word)
    return list(groups.values())


@problem(
    level=3,
    statement="""Break the words of `text`, which are separated by single spaces, into lines of at most `width`
    characters: put each word on the current line, after one space, if it still fits, and otherwise start a new line
    with it. A word longer than `width` gets a line of its own and is not cut. Return the list of lines; it is empty for
    an empty text.""",
    edges=[
        ("to be or not to be", 6),
        ("a extraordinary b", 5),
        ("", 4),
        ("abc de f", 3),
        ("one", 1),
        ("up go up", 8),
    ],
    draw=lambda rng: (sentence(rng, 0, 14), integer(rng, 1, 18)),
    wrong=[
        """
        out, line = [], ""
        for w in text.split():
            if len(line) + len(w) <= width:
                line += (" " if line else "") + w
            else:
                out.append(line)
                line = w
        return out + [line] if line else out
        """,
        """
        out, line = [], ""
        for w in text.split():
            if line and len(line) + 1 + len(w) >= width:
                out.append(line)
                line = w
            else:
                line += (" " if line else "") + w
        return out + [line] if line else out
        """,
        "import textwrap\nreturn textwrap.wrap(text, width)",
    ],
)
def wrap_words(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


@problem(
    level=3,
    statement="""Split the expression `source` into tokens and return them as pairs [kind, token] from left to right.
    The kinds are "number" (one or more decimal digits, optionally followed by a point and one or more digits), "name"
    (a letter or underscore followed by any number of letters, digits and underscores; ASCII only) and "operator" (one
    of ** <= >= == + - * / ( ) < > =). A token is always as long as possible, scanning from the left. Spaces separate
    tokens and are dropped. Return None if some character cannot be part of any token.""",
    edges=[
        ("x1 = 3.14*(y+2)",),
        ("a ? b",),
        ("",),
        ("2**n<=10",),
        ("7.",),
        ("3abc_4",),
        ("x<==*** 0.50",),
    ],
    draw=lambda rng: (
        "".join(
            choice(rng, ["x", "ab_1", "_", "12", "3.5", "0", "**", "*", "<", "<=", "==", "=", "+", "(", ")", " ", "  "])
            for _ in range(integer(rng, 0, 9))
        )
        + choice(rng, ["", "", "", "", ".", "!", "4.", "-"]),
    ),
    wrong=[
        """
        import re
        out = []
        for t in re.findall(r"[0-9]+|[A-Za-z_][A-Za-z0-9_]*|\\*\\*|[<>=]=|[-+*/()<>=]", source):
            out.append(["number" if t[0].isdigit() else "name" if t[0].isalpha() or t[0] == "_" else "operator", t])
        return out
        """,
        """
        import re
        out = []
        for t in re.findall(r"[0-9]+(?:[.][0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|[-+*/()<>=]|[^ ]", source):
            if t in "?!.,;":
                return None
            out.append(["number" if t[0].isdigit() else "name" if t[0].isalpha() or t[0] == "_" else "operator", t])
        return out
        """,
        """
        out = []
        for t in source.split():
            out.append(["number" if t[0].isdigit() else "name" if t[0].isalpha() or t[0] == "_" else "operator", t])
        return out
        """,
    ],
)
def split_tokens(source: str) -> list[list[str]] | None:
    import re

    patterns = (
        ("number", r"[0-9]+(\.[0-9]+)?"),
        ("name", r"[A-Za-z_][A-Za-z0-9_]*"),
        ("operator", r"\*\*|<=|>=|==|[-+*/()<>=]"),
    )
    tokens = []
    position = 0
    while position < len(source):
        if source[position] == " ":
            position += 1
            continue
        for kind, pattern in patterns:
            match = re.compile(pattern).match(source, position)
            if match:
                tokens.append([kind, match.group()])
                position = match.end()
                break
        else:
            return None
    return tokens


@problem(
    level=3,
    statement="""Compare two version numbers and return -1, 0 or 1 if `first` is older than, equal to or newer than
    `second`. A version is one or more non-negative integers joined by points, compared as numbers from left to right,
    where missing parts count as 0 ("1.2" equals "1.2.0"). It may end in "-" and a lower-case word, which marks a
    preview: a preview is older than the same version without a word, and two previews of the same version compare by
    their words alphabetically.""",
    edges=[
        ("1.10", "1.9.3"),
        ("2.0-beta", "2.0"),
        ("1", "1.0.0"),
        ("3.1-alpha", "3.1.0-beta"),
        ("1.0.1-rc", "1.0"),
        ("0.07", "0.7"),
        ("2", "1.9-zeta"),
    ],
    draw=lambda rng: (
        (base := choice(rng, ["1", "1.2", "0.10", "1.2.1"]))
        + choice(rng, ["", ".0", ".1"])
        + choice(rng, ["", "-rc", "-beta"]),
        choice(rng, [base, base, "1.2", "2"]) + choice(rng, ["", ".0", ".1"]) + choice(rng, ["", "-rc", "-beta"]),
    ),
    wrong=[
        "return (first > second) - (first < second)",
        "a, b = ([int(x) for x in v.split('-')[0].split('.')] for v in (first, second))\nreturn (a > b) - (a < b)",
        """
        def key(v):
            n, _, word = v.partition("-")
            p = [int(x) for x in n.split(".")]
            while p and p[-1] == 0:
                p.pop()
            return (p, word)
        a, b = key(first), key(second)
        return (a > b) - (a < b)
        """,
    ],
)
def compare_versions(first: str, second: str) -> int:
    def key(version: str) -> tuple[list[int], bool, str]:
        numbers, _, word = version.partition("-")
        parts = [int(part) for part in numbers.split(".")]
        while parts and parts[-1] == 0:
            parts.pop()
        return parts, word == "", word

    a, b = key(first), key(second)
    return (a > b) - (a < b)


@problem(
    level=3,
    statement="""A word is a maximal run of ASCII letters in `text`, in lower case. Return the `count` most frequent
    words as pairs [word, number of occurrences], the most frequent first and equally frequent ones in alphabetical
    order; fewer pairs if there are fewer different words. `count` is not negative.""",
    edges=[
        ("Red fish, blue fish.", 2),
        ("b a c", 2),
        ("", 3),
        ("don't Don", 5),
        ("x y x1y", 0),
        ("go, GO! stop-go", 1),
    ],
    draw=lambda rng: (
        choice(rng, [", ", " ", "-"]).join([sentence(rng), sentence(rng).title(), sentence(rng)]),
        integer(rng, 0, 6),
    ),
    wrong=[
        """
        w = text.lower().split()
        return [[x, w.count(x)] for x in sorted(set(w), key=lambda x: (-w.count(x), x))][:count]
        """,
        """
        import re
        w = re.findall('[a-z]+', text.lower())
        return [[x, w.count(x)] for x in sorted(dict.fromkeys(w), key=lambda x: -w.count(x))][:count]
        """,
        """
        import re
        w = re.findall('[A-Za-z]+', text)
        return [[x, w.count(x)] for x in sorted(set(w), key=lambda x: (-w.count(x), x))][:count]
        """,
    ],
)
def top_words(text: str, count: int) -> list[list[str | int]]:
    import re

    counts: dict[str, int] = {}
    for word in re.findall("[a-z]+", text.lower()):
        counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return [[word, counts[word]] for word in ranked[:count]]
