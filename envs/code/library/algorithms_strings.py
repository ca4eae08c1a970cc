"""Level 5: algorithms on strings: repeats, prefixes, patterns and palindromes."""

from __future__ import annotations

from envs.code.draw import choice, integer, text
from envs.code.problem import problem


@problem(
    level=5,
    statement="""Return the longest string that occurs at least twice in `text`; the occurrences start at different
    positions and may overlap. If there are several of the greatest length, return the alphabetically smallest; if no
    character repeats, return the empty string. `text` consists of up to 1500 lower-case letters.""",
    edges=[("banana",), ("abcxabdyab",), ("",), ("aaaa",), ("xyz",), ("cdcdabab",), ("bcabca",)],
    draw=lambda rng: (
        text(rng, "abc", 0, choice(rng, [8, 20, 1200]))
        if rng.random() < 0.7
        else text(rng, "ab", 1, choice(rng, [4, 500])) * integer(rng, 1, 3),
    ),
    wrong=[
        """
        best = ''
        for i in range(len(text)):
            while text.count(text[i:i + len(best) + 1]) > 1 and i + len(best) < len(text):
                best = text[i:i + len(best) + 1]
        return best
        """,
        """
        best = ""
        s = sorted(text[i:] for i in range(len(text)))
        for a, b in zip(s, s[1:]):
            n = 0
            while n < min(len(a), len(b)) and a[n] == b[n]:
                n += 1
            if n >= len(best):
                best = a[:n]
        return best
        """,
        """
        best = ""
        for i in range(len(text)):
            n = len(best) + 1
            while i + n <= len(text) and text.find(text[i:i + n], i + 1) >= 0:
                best = text[i:i + n]
                n += 1
        return best
        """,
    ],
)
def longest_repeat(text: str) -> str:
    def repeated(length: int) -> set[str]:
        seen: set[str] = set()
        again: set[str] = set()
        for start in range(len(text) - length + 1):
            piece = text[start : start + length]
            if piece in seen:
                again.add(piece)
            seen.add(piece)
        return again

    # If some string of a length repeats, so does its beginning: the lengths can be searched by halving.
    low, high = 0, len(text)
    while low + 1 < high:
        middle = (low + high) // 2
        if repeated(middle):
            low = middle
        else:
            high = middle
    return min(repeated(low)) if low > 0 else ""


@problem(
    level=5,
    statement="""Return a list with one number for each length k from 1 to len(`text`): how often the first k characters
    of `text` occur in `text`, counting overlapping occurrences and the one at the start. `text` has up to 4000
    characters; the list is empty for the empty text.""",
    edges=[("abab",), ("aaa",), ("",), ("x",), ("abacabab",), ("aabaaab",)],
    draw=lambda rng: (
        text(rng, choice(rng, ["a", "ab", "aab", "abc"]), 0, choice(rng, [7, 25, 2000])) * choice(rng, [1, 1, 2]),
    ),
    wrong=[
        "return [text.count(text[:k]) for k in range(1, len(text) + 1)]",
        """
        border = [0] * len(text)
        counts = [1] * len(text)
        for i in range(1, len(text)):
            k = border[i - 1]
            while k and text[i] != text[k]:
                k = border[k - 1]
            border[i] = k + (text[i] == text[k])
            if border[i]:
                counts[border[i] - 1] += 1
        return counts
        """,
        "return [text[k:].count(text[:k]) + 1 for k in range(1, len(text) + 1)]",
    ],
)
def prefix_occurrences(text: str) -> list[int]:
    size = len(text)
    border = [0] * size  # border[i]: length of the longest proper prefix of text[:i + 1] that is also its suffix
    for index in range(1, size):
        length = border[index - 1]
        while length > 0 and text[index] != text[length]:
            length = border[length - 1]
        border[index] = length + (text[index] == text[length])
    counts = [1] * size
    for index in range(size - 1, -1, -1):
        if border[index] > 0:
            counts[border[index] - 1] += counts[index]
    return counts


@problem(
    level=5,
    statement="""Return whether `pattern` matches the whole of `text`. A lower-case letter matches itself and "."
    matches any one character. Each letter or point may be followed by one of the operators "*" (any number of
    repetitions, also none), "+" (at least one) or "?" (once or not at all); operators stand nowhere else. `text`
    consists of up to 60 lower-case letters and `pattern` of up to 40 characters; chains of repetitions such as
    a*a*a*a*a*a*b must not be slow.""",
    edges=[
        ("ab*c", "abbbc"),
        ("a+b", "b"),
        ("", ""),
        (".*x?y", "xxy"),
        ("c*a*b", "aab"),
        ("ab?.", "ab"),
        ("a*a*a*a*a*a*a*a*a*b", "a" * 30),
    ],
    draw=lambda rng: (
        "a*" * integer(rng, 8, 15) + choice(rng, ["b", "b?", ".b"])
        if (slow := rng.random() < 0.2)
        else "".join(choice(rng, "aab.") + choice(rng, ["", "*", "*", "+", "?"]) for _ in range(integer(rng, 0, 5))),
        "a" * integer(rng, 25, 45) if slow else text(rng, "ab", 0, choice(rng, [3, 6])),
    ),
    wrong=[
        """
        row = [True] + [False] * len(text)
        i = 0
        while i < len(pattern):
            c, op = pattern[i], pattern[i + 1:i + 2]
            new = [False] * (len(text) + 1)
            if op and op in "*+?":
                i += 1
                new[0] = row[0]
            for j in range(1, len(text) + 1):
                hit = c in (".", text[j - 1])
                more = row[j - 1] or (op in ("*", "+") and new[j - 1])
                new[j] = (row[j] if op and op in "*+?" else False) or hit and more
            row = new
            i += 1
        return row[-1]
        """,
        """
        i = j = 0
        while i < len(pattern):
            c, op = pattern[i], pattern[i + 1:i + 2]
            limit = 1 if op not in ("*", "+") else len(text)
            n = 0
            while n < limit and j < len(text) and c in (".", text[j]):
                j += 1
                n += 1
            if n == 0 and op not in ("*", "?"):
                return False
            i += 2 if op in ("*", "+", "?") and op else 1
        return j == len(text)
        """,
        """
        import fnmatch
        return fnmatch.fnmatchcase(text, pattern.replace(".", "?"))
        """,
    ],
)
def pattern_matches(pattern: str, text: str) -> bool:
    reachable = {0}  # how many characters of the text the pattern so far can have used
    index = 0
    while index < len(pattern):
        char = pattern[index]
        operator = pattern[index + 1 : index + 2]
        index += 1
        if operator in ("*", "+", "?"):
            index += 1
        following = set(reachable) if operator in ("*", "?") else set()
        for start in reachable:
            end = start
            while end < len(text) and char in (".", text[end]):
                end += 1
                if end in following and operator in ("*", "+"):
                    break
                following.add(end)
                if operator not in ("*", "+"):
                    break
        reachable = following
    return len(text) in reachable


@problem(
    level=5,
    statement="""Cut `text` into pieces each of which is a palindrome (reads the same backwards), using as few pieces as
    possible. Return a list of the pieces in order; any cut with the fewest pieces is right. The empty text gives the
    empty list. `text` has up to 200 characters.""",
    comparison=lambda args, reference, answer: (
        isinstance(answer, list)
        and len(answer) == len(reference)
        and all(isinstance(piece, str) and piece != "" and piece == piece[::-1] for piece in answer)
        and "".join(answer) == args[0]
    ),
    edges=[("noonabbad",), ("aab",), ("",), ("abc",), ("ababbbabbababa",), ("aaabaa",), ("kayakk",)],
    draw=lambda rng: (text(rng, choice(rng, ["ab", "aab", "abc"]), 0, choice(rng, [8, 16, 150])),),
    wrong=[
        """
        out, i = [], 0
        while i < len(text):
            j = len(text)
            while text[i:j] != text[i:j][::-1]:
                j -= 1
            out.append(text[i:j])
            i = j
        return out
        """,
        """
        out = []
        while text:
            i = 0
            while text[i:] != text[i:][::-1]:
                i += 1
            out.append(text[i:])
            text = text[:i]
        return out[::-1]
        """,
        "return list(text)",
    ],
)
def palindrome_pieces(text: str) -> list[str]:
    size = len(text)
    fewest = [0] + [size + 1] * size  # fewest[i]: pieces of text[:i]
    start_of_last = [0] * (size + 1)
    spans: list[list[int]] = [[] for _ in range(size + 1)]  # spans[i]: where palindromes that end at i start
    for centre in range(2 * size):
        left, right = centre // 2, (centre + 1) // 2
        while left >= 0 and right < size and text[left] == text[right]:
            spans[right + 1].append(left)
            left, right = left - 1, right + 1
    for end in range(1, size + 1):
        for start in spans[end]:
            if fewest[start] + 1 < fewest[end]:
                fewest[end], start_of_last[end] = fewest[start] + 1, start
    pieces = []
    end = size
    while end > 0:
        pieces.append(text[start_of_last[end] : end])
        end = start_of_last[end]
    return pieces[::-1]
