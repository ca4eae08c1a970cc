"""Level 2 scripts: searching, merging and reordering lines of text."""

from __future__ import annotations

from envs.code.draw import WORDS, choice, integer, sentence, text, words
from envs.code.problem import problem


@problem(
    level=2,
    style="script",
    statement="""
    Each line of stdin is one vote: the name of a candidate, a single word. There is at least one vote.

    Print one line with the name of the candidate with the most votes, a space and the number of those votes. If several
    candidates share the most votes, print the one whose name comes first in alphabetical order.
    """,
    edges=[("ann\nbob\nann\n",), ("zoe\nkim\n",), ("solo\n",), ("b\na\na\nb\nc\n",), ("x\ny\ny\ny\nx\n",)],
    draw=lambda rng: ("".join(choice(rng, ["ann", "bob", "cleo", "dan"]) + "\n" for _ in range(integer(rng, 1, 12))),),
    wrong=[
        "v = text.split()\nbest = max(v, key=v.count)\nreturn f'{best} {v.count(best)}\\n'",
        "v = text.split()\nbest = max(sorted(v), key=v.count)\nreturn f'{best}\\n'",
        "v = text.split()\nbest = max(v, key=lambda n: (v.count(n), n))\nreturn f'{best} {v.count(best)}\\n'",
    ],
)
def vote_winner(text: str) -> str:
    counts: dict[str, int] = {}
    for name in text.split():
        counts[name] = counts.get(name, 0) + 1
    winner = ""
    for name in sorted(counts):
        if counts[name] > counts.get(winner, 0):
            winner = name
    return f"{winner} {counts[winner]}\n"


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds lines of words separated by single spaces; a line may be empty, and there may be no lines.

    Print the lines in reverse order, and within each line the words in reverse order, again separated by single spaces.
    The letters within a word keep their order. An empty line stays an empty line. Print nothing if stdin is empty.
    """,
    edges=[("one two\nthree\n",), ("a b c\n\nd e\n",), ("x\n",), ("up down\ndown up\nleft right\n",)],
    draw=lambda rng: ("".join(sentence(rng, 0, 4) + "\n" for _ in range(integer(rng, 1, 5))),),
    wrong=[
        "return '\\n'.join(l[::-1] for l in text.splitlines()[::-1]) + '\\n'",
        "return '\\n'.join(' '.join(l.split()[::-1]) for l in text.splitlines()) + '\\n'",
        "return '\\n'.join(' '.join(l.split()[::-1]) for l in text.split('\\n')[::-1] if l) + '\\n'",
    ],
)
def backwards_page(text: str) -> str:
    out = ""
    for line in reversed(text.splitlines()):
        out += " ".join(reversed(line.split())) + "\n"
    return out


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds lines of text, possibly none; a line may be empty.

    Merge every stretch of neighbouring equal lines into one and print for each stretch the number of its lines, a
    colon, a space and the line, for example "2: tea". For an empty line print only the number and the colon. Print
    nothing if stdin is empty.
    """,
    edges=[("tea\ntea\nmilk\ntea\n",), ("a\n\n\nb\n",), ("",), ("x\nx\nx\n",), ("a\nA\n",)],
    draw=lambda rng: (
        "".join(choice(rng, ["up", "go", "Go", "up go", ""]) + "\n" for _ in range(integer(rng, 0, 10))),
    ),
    wrong=[
        "l = text.splitlines()\nreturn ''.join(f'{l.count(x)}: {x}'.rstrip() + '\\n' for x in dict.fromkeys(l))",
        "import itertools\nreturn ''.join(f'{len(list(g))}: {k}\\n' for k, g in itertools.groupby(text.split()))",
        """
        import itertools
        return ''.join(f'{len(list(g))}: {k}'.rstrip() + '\\n' for k, g in itertools.groupby(sorted(text.splitlines())))
        """,
    ],
)
def merge_repeated_lines(text: str) -> str:
    out = ""
    lines = text.splitlines()
    count = 0
    for index, line in enumerate(lines):
        count += 1
        if index + 1 == len(lines) or lines[index + 1] != line:
            out += f"{count}:" + (f" {line}" if line else "") + "\n"
            count = 0
    return out


@problem(
    level=2,
    style="script",
    statement="""
    Each line of stdin holds the name of a place (one word) and a temperature, an integer, separated by a space. There
    is at least one line.

    Print two lines: "warmest: NAME" and "coldest: NAME". If several places share an extreme temperature, list all their
    names in the order of the input, separated by ", ".
    """,
    edges=[
        ("oslo -3\nrome 18\nparis 11\n",),
        ("kiev 5\nbonn 9\nlinz 9\n",),
        ("pole -40\n",),
        ("b -1\na -1\nc -7\n",),
        ("x 9\ny 10\nz 9\n",),
    ],
    draw=lambda rng: (
        "".join(f"{text(rng, 'aeiklmnor', 3, 6)} {integer(rng, -6, 6)}\n" for _ in range(integer(rng, 1, 8))),
    ),
    wrong=[
        """
        r = [(l.split()[0], int(l.split()[1])) for l in text.splitlines()]
        return f'warmest: {max(r, key=lambda p: p[1])[0]}\\ncoldest: {min(r, key=lambda p: p[1])[0]}\\n'
        """,
        """
        r = [l.split() for l in text.splitlines()]
        hi, lo = max(t for _, t in r), min(t for _, t in r)
        warm, cold = (', '.join(n for n, t in r if t == x) for x in (hi, lo))
        return f'warmest: {warm}\\ncoldest: {cold}\\n'
        """,
        """
        hi, lo = 0, 100
        r = [(l.split()[0], int(l.split()[1])) for l in text.splitlines()]
        for _, t in r:
            hi, lo = max(hi, t), min(lo, t)
        warm, cold = (', '.join(n for n, t in r if t == x) for x in (hi, lo))
        return f'warmest: {warm}\\ncoldest: {cold}\\n'
        """,
    ],
)
def temperature_extremes(text: str) -> str:
    places = []
    for line in text.splitlines():
        name, degrees = line.split()
        places.append((int(degrees), name))
    out = ""
    for label, extreme in (("warmest", max(places)[0]), ("coldest", min(places)[0])):
        out += f"{label}: " + ", ".join(name for degrees, name in places if degrees == extreme) + "\n"
    return out


@problem(
    level=2,
    style="script",
    statement="""
    The first line of stdin is a search word. The remaining lines, possibly none, are text whose words are separated by
    single spaces; a line may be empty.

    For every line of the text that contains the search word as a whole word, ignoring upper and lower case, print its
    number (the first line of the text has number 1), a colon, a space and the line unchanged. If there is no such line,
    print "no match".
    """,
    edges=[
        ("cat\nthe cat sat\nconcatenate\nA Cat\n",),
        ("dog\ndogs bark\n",),
        ("x\n",),
        ("GO\n\ngo on\nto go\n",),
        ("up\nUP up\nnot\n",),
    ],
    draw=lambda rng: (
        (word := choice(rng, WORDS))
        + "\n"
        + "".join(
            sentence(rng, 1, 4) + choice(rng, ["", f" {word.title()}", f" {word}s", f" {word}"]) + "\n"
            for _ in range(integer(rng, 0, 6))
        ),
    ),
    wrong=[
        """
        w, *l = text.splitlines()
        h = [f'{i}: {x}' for i, x in enumerate(l, 1) if w.lower() in x.lower()]
        return '\\n'.join(h or ['no match']) + '\\n'
        """,
        """
        w, *l = text.splitlines()
        h = [f'{i}: {x}' for i, x in enumerate(l, 1) if w in x.split()]
        return '\\n'.join(h or ['no match']) + '\\n'
        """,
        """
        w, *l = text.lower().splitlines()
        h = [f'{i}: {x}' for i, x in enumerate(l, 1) if w in x.split()]
        return '\\n'.join(h or ['no match']) + '\\n'
        """,
    ],
)
def find_word(text: str) -> str:
    word, *lines = text.splitlines()
    out = ""
    for number, line in enumerate(lines, start=1):
        if word.lower() in line.lower().split():
            out += f"{number}: {line}\n"
    return out or "no match\n"


@problem(
    level=2,
    style="script",
    statement="""
    stdin holds lines of the form "NAME POINTS": a one-word name and an integer from 0 to 100, separated by a space.
    There is at least one line.

    For each line print the name, a space and the grade: A from 90 points, B from 80, C from 65, D from 50, and F below.
    Then print one more line, "passed P of N", where N is the number of lines and P how many of them are not graded F.
    """,
    edges=[("ada 91\nbo 49\n",), ("cy 80\n",), ("x 65\ny 64\nz 50\n",), ("lo 0\nhi 100\nmid 79\n",), ("q 90\nr 89\n",)],
    draw=lambda rng: (
        "".join(
            f"{word} {choice(rng, [integer(rng, 0, 100), 90, 89, 80, 79, 65, 64, 50, 49])}\n"
            for word in words(rng, 1, 6)
        ),
    ),
    wrong=[
        """
        out, p, r = [], 0, [l.split() for l in text.splitlines()]
        for n, s in r:
            s = int(s)
            g = "A" if s > 90 else "B" if s > 80 else "C" if s > 65 else "D" if s > 50 else "F"
            p += g != "F"
            out.append(f"{n} {g}")
        return "\\n".join(out) + f"\\npassed {p} of {len(r)}\\n"
        """,
        """
        out, p, r = [], 0, [l.split() for l in text.splitlines()]
        for n, s in r:
            s = int(s)
            g = "A" if s >= 90 else "B" if s >= 80 else "C" if s >= 70 else "D" if s >= 60 else "F"
            p += g != "F"
            out.append(f"{n} {g}")
        return "\\n".join(out) + f"\\npassed {p} of {len(r)}\\n"
        """,
    ],
)
def grade_report(text: str) -> str:
    lines = text.splitlines()
    out = ""
    passed = 0
    for line in lines:
        name, points = line.split()
        grade = "F"
        for minimum, letter in ((50, "D"), (65, "C"), (80, "B"), (90, "A")):
            if int(points) >= minimum:
                grade = letter
        passed += grade != "F"
        out += f"{name} {grade}\n"
    return out + f"passed {passed} of {len(lines)}\n"
