"""Level 4 scripts: heaps, union-find and stacks over stdin."""

from __future__ import annotations

import numpy as np

from envs.code.draw import choice, integer, integers, text
from envs.code.problem import problem


@problem(
    level=4,
    style="script",
    statement="""
    Each line of stdin holds one integer. There is at least one line and there are at most 3000.

    After each number print the median of all numbers so far on a line of its own. For an odd count it is the number in
    the middle of the sorted sequence; for an even count it is the mean of the two numbers in the middle. Print a whole
    median without a decimal point and any other one with exactly one decimal, for example "3" or "-0.5".
    """,
    edges=[("5\n2\n4\n",), ("-1\n0\n",), ("7\n3\n",), ("1\n2\n3\n4\n10\n-5\n",), ("-3\n-4\n-4\n0\n",)],
    draw=lambda rng: ("".join(f"{v}\n" for v in integers(rng, -99, 99, 1, choice(rng, [6, 30, 2500]))),),
    wrong=[
        """
        seen, out = [], ""
        for line in text.split():
            seen.append(int(line))
            s, n = sorted(seen[-60:]), len(seen[-60:])
            m = s[n // 2] * 2 if n % 2 else s[n // 2] + s[n // 2 - 1]
            out += f"{m // 2}\\n"
        return out
        """,
        """
        s, n, out = [], 0, ""
        for line in text.split():
            s.append(int(line))
            n += 1
            m = s[n // 2] * 2 if n % 2 else s[n // 2] + s[n // 2 - 1]
            out += f"{m // 2}\\n" if m % 2 == 0 else f"{m / 2}\\n"
        return out
        """,
        """
        import bisect
        s, n, out = [], 0, ""
        for line in text.split():
            bisect.insort(s, int(line))
            n += 1
            m = s[n // 2] if n % 2 else (s[n // 2] + s[n // 2 - 1]) / 2
            out += f"{m}\\n"
        return out
        """,
    ],
)
def running_median(text: str) -> str:
    import heapq

    lower: list[int] = []  # the smaller half, negated: its largest number is on top
    upper: list[int] = []
    out = []
    for line in text.split():
        heapq.heappush(upper, -heapq.heappushpop(lower, -int(line)))
        if len(upper) > len(lower):
            heapq.heappush(lower, -heapq.heappop(upper))
        doubled = -2 * lower[0] if len(lower) > len(upper) else upper[0] - lower[0]
        out.append(str(doubled // 2) if doubled % 2 == 0 else str(doubled / 2))
    return "\n".join(out) + "\n"


@problem(
    level=4,
    style="script",
    statement="""
    Each line of stdin is one of these commands about persons, whose names are words; at first nobody knows anybody.

    "meet A B": from now on A and B know each other, which joins their circles of friends (a circle contains everybody
    who is connected by a chain of acquaintances). "same A B": print "yes" if A and B are in the same circle at this
    moment, otherwise "no". Everybody is in the same circle as themselves. "size A": print the number of persons in the
    circle of A, including A.

    A person who was not mentioned before is alone in a circle. There are at most 1000 commands, at least one of which
    prints something.
    """,
    edges=[
        ("meet ann bob\nsame ann bob\nsize cleo\n",),
        ("same a b\nmeet a b\nmeet c b\nsame a c\nsize b\n",),
        ("same x x\n",),
        ("meet a b\nmeet c d\nmeet b c\nsize d\nsame d a\nsame d e\n",),
        ("meet p q\nmeet q p\nmeet p p\nsize q\n",),
    ],
    draw=lambda rng: (
        (people := choice(rng, [5, 9, 120]))
        and "".join(
            choice(rng, ["meet p{} p{}", "meet p{} p{}", "same p{} p{}", "size p{}"]).format(
                integer(rng, 1, people), integer(rng, 1, people)
            )
            + "\n"
            for _ in range(choice(rng, [6, 12, 900]))
        )
        + "size p1\n",
    ),
    wrong=[
        """
        know, out = {}, ""
        for line in text.splitlines():
            c, a, *b = line.split()
            know.setdefault(a, {a})
            if c == "meet":
                know[a].add(b[0])
                know.setdefault(b[0], {b[0]}).add(a)
            elif c == "same":
                out += "yes\\n" if b[0] in know[a] else "no\\n"
            else:
                out += f"{len(know[a])}\\n"
        return out
        """,
        """
        head, out = {}, ""
        for line in text.splitlines():
            c, a, *b = line.split()
            for x in [a] + b:
                head.setdefault(x, x)
            if c == "meet":
                head[b[0]] = head[a]
            elif c == "same":
                out += "yes\\n" if head[a] == head[b[0]] else "no\\n"
            else:
                out += f"{list(head.values()).count(head[a])}\\n"
        return out
        """,
        """
        group, size, out = {}, {}, ""
        def find(x):
            while group.setdefault(x, x) != x:
                x = group[x]
            return x
        for line in text.splitlines():
            c, a, *b = line.split()
            r = find(a)
            if c == "meet":
                q = find(b[0])
                group[q] = r
                size[r] = size.get(r, 1) + size.get(q, 1)
            elif c == "same":
                out += "yes\\n" if r == find(b[0]) else "no\\n"
            else:
                out += f"{size.get(r, 1)}\\n"
        return out
        """,
    ],
)
def friend_circles(text: str) -> str:
    parent: dict[str, str] = {}
    size: dict[str, int] = {}

    def find(person: str) -> str:
        if person not in parent:
            parent[person], size[person] = person, 1
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    out = ""
    for line in text.splitlines():
        command, *people = line.split()
        roots = [find(person) for person in people]
        if command == "size":
            out += f"{size[roots[0]]}\n"
        elif command == "same":
            out += "yes\n" if roots[0] == roots[1] else "no\n"
        elif roots[0] != roots[1]:
            small, large = sorted(roots, key=lambda root: size[root])
            parent[small] = large
            size[large] += size[small]
    return out


def _draw_packed(rng: np.random.Generator, depth: int = 0) -> str:
    packed = ""
    for _ in range(integer(rng, 1, 3)):
        if depth < 3 and rng.random() < 0.45:
            packed += f"{choice(rng, [1, 2, 2, 3, 11 if depth == 0 else 2])}[{_draw_packed(rng, depth + 1)}]"
        else:
            packed += text(rng, "abc", 0, 3)
    return packed


@problem(
    level=4,
    style="script",
    statement="""
    Each line of stdin is a packed text: a sequence of lower-case letters and groups of the form N[...], where N is a
    decimal number from 1 up and the brackets contain a packed text again, possibly empty. A group stands for its
    unpacked content repeated N times. There is at least one line; a line may be empty.

    Print each line unpacked, every one on a line of its own (an empty one for an empty text).
    """,
    edges=[
        ("3[a]2[bc]\n",),
        ("2[a3[b]]c\n",),
        ("\n",),
        ("12[x]\nabc\n",),
        ("1[2[3[z]y]]4[]q\n",),
        ("a2[b2[c]2[d]]e\n",),
    ],
    draw=lambda rng: ("".join(_draw_packed(rng) + "\n" for _ in range(integer(rng, 1, 4))),),
    wrong=[
        "import re\nreturn re.sub(r'([0-9]+)\\[([a-z]*)\\]', lambda m: int(m[1]) * m[2], text)",
        """
        import re
        while "[" in text:
            text = re.sub(r"([0-9])\\[([a-z]*)\\]", lambda m: int(m[1]) * m[2], text)
        return text
        """,
        """
        import re
        while "[" in text:
            text = re.sub(r"([0-9]+)\\[([a-z]+|)\\]", lambda m: m[2] * max(2, int(m[1])), text)
        return text
        """,
    ],
)
def unpack_groups(text: str) -> str:
    def unpack(line: str) -> str:
        stack: list[tuple[str, int]] = []  # text before the open group, its repetitions
        current = digits = ""
        for char in line:
            if char.isdigit():
                digits += char
            elif char == "[":
                stack.append((current, int(digits)))
                current = digits = ""
            elif char == "]":
                before, times = stack.pop()
                current = before + current * times
            else:
                current += char
        return current

    return "".join(unpack(line) + "\n" for line in text.splitlines())


@problem(
    level=4,
    style="script",
    statement="""
    Each line of stdin is a booking "START END" with two integers START < END; the booking needs one room from time
    START up to but not including time END, so a room is free again for a booking that starts at END. There may be no
    bookings, and there are at most 1000.

    Rooms are numbered from 1, and there are as many as needed. Treat the bookings by increasing START and, among equal
    ones, in the order of the input, and give each the free room with the smallest number. Print the room of each
    booking on a line of its own, in the order of the input, then a last line "rooms N", where N is the number of rooms
    used.
    """,
    edges=[
        ("9 11\n10 12\n11 13\n",),
        ("5 6\n1 5\n",),
        ("",),
        ("1 10\n2 3\n4 5\n3 9\n",),
        ("7 8\n7 9\n7 8\n8 9\n",),
        ("0 4\n1 2\n2 8\n4 6\n3 5\n",),
    ],
    draw=lambda rng: (
        (span := choice(rng, [12, 60, 500]))
        and "".join(
            f"{(start := integer(rng, 0, span))} {start + integer(rng, 1, choice(rng, [3, 20]))}\n"
            for _ in range(choice(rng, [0, 3, 7, 9, 15, 700]))
        ),
    ),
    wrong=[
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        ends, out = [], []
        for s, e in b:
            for i in range(len(ends)):
                if ends[i] <= s:
                    ends[i] = e
                    out.append(i + 1)
                    break
            else:
                ends.append(e)
                out.append(len(ends))
        return "".join(f"{r}\\n" for r in out) + f"rooms {len(ends)}\\n"
        """,
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        ends, out = [], [0] * len(b)
        for k in sorted(range(len(b)), key=lambda k: b[k][0]):
            s, e = b[k]
            for i in range(len(ends)):
                if ends[i] < s:
                    ends[i] = e
                    out[k] = i + 1
                    break
            else:
                ends.append(e)
                out[k] = len(ends)
        return "".join(f"{r}\\n" for r in out) + f"rooms {len(ends)}\\n"
        """,
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        ends, out = [], [0] * len(b)
        for k in sorted(range(len(b)), key=lambda k: b[k]):
            s, e = b[k]
            i = min(range(len(ends)), key=lambda i: ends[i], default=None)
            if i is None or ends[i] > s:
                i = len(ends)
                ends.append(e)
            ends[i] = e
            out[k] = i + 1
        return "".join(f"{r}\\n" for r in out) + f"rooms {len(ends)}\\n"
        """,
    ],
)
def assign_rooms(text: str) -> str:
    import heapq

    bookings = [tuple(map(int, line.split())) for line in text.splitlines()]
    rooms = [0] * len(bookings)
    busy: list[tuple[int, int]] = []  # end, room
    free: list[int] = []
    used = 0
    for index in sorted(range(len(bookings)), key=lambda index: bookings[index][0]):
        start, end = bookings[index]
        while busy and busy[0][0] <= start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            used += 1
            free.append(used)
        rooms[index] = heapq.heappop(free)
        heapq.heappush(busy, (end, rooms[index]))
    return "".join(f"{room}\n" for room in rooms) + f"rooms {used}\n"
