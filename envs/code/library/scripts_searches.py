"""Level 4 scripts: shortest ways by breadth-first search and dynamic programming."""

from __future__ import annotations

from envs.code.draw import choice, integer, integers, text
from envs.code.problem import problem


@problem(
    level=4,
    style="script",
    statement="""
    The first line of stdin holds the number n (1 to 20) of rows and columns of a chess board. Each further line is a
    question "FROM TO" with two squares; there is at least one. A square is written as a letter for the column (a, b, c,
    ...) and a number from 1 to n for the row, for example c12; all squares are on the board.

    Print for each question the smallest number of moves in which a knight gets from the one square to the other without
    leaving the board, or "never" if it cannot. A knight's move goes two squares along a row or column and one square
    across.
    """,
    edges=[
        ("8\na1 b3\na1 h8\n",),
        ("3\nb2 a1\na1 c2\n",),
        ("1\na1 a1\n",),
        ("4\na1 b2\nd4 d3\n",),
        ("12\na1 l12\nc10 c10\na12 b12\n",),
    ],
    draw=lambda rng: (
        (n := choice(rng, [2, 3, 4, 8, 12, 20]))
        and f"{n}\n"
        + "".join(
            " ".join(f"{'abcdefghijklmnopqrst'[integer(rng, 0, n - 1)]}{integer(rng, 1, n)}" for _ in range(2)) + "\n"
            for _ in range(integer(rng, 1, 5))
        ),
    ),
    wrong=[
        """
        lines = text.splitlines()
        n, out = int(lines[0]), ""
        for q in lines[1:]:
            (x, y), (u, v) = ((ord(s[0]) - 96, int(s[1])) for s in q.split())
            seen, todo = {(x, y): 0}, [(x, y)]
            for a, b in todo:
                for i, j in ((1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)):
                    p = (a + i, b + j)
                    if 1 <= p[0] <= n and 1 <= p[1] <= n and p not in seen:
                        seen[p] = seen[a, b] + 1
                        todo.append(p)
            out += f"{seen.get((u, v), 'never')}\\n"
        return out
        """,
        """
        lines = text.splitlines()
        n, out = int(lines[0]), ""
        for q in lines[1:]:
            (x, y), (u, v) = ((ord(s[0]) - 96, int(s[1:])) for s in q.split())
            seen, todo = {(x, y): 0}, [(x, y)]
            for a, b in todo:
                for i, j in ((1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)):
                    p = (a + i, b + j)
                    if -4 <= p[0] <= n + 4 and -4 <= p[1] <= n + 4 and p not in seen:
                        seen[p] = seen[a, b] + 1
                        todo.append(p)
            out += f"{seen.get((u, v), 'never')}\\n"
        return out
        """,
    ],
)
def knight_moves(text: str) -> str:
    first, *questions = text.splitlines()
    size = int(first)
    jumps = [(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)]
    out = ""
    for question in questions:
        start, goal = ((ord(square[0]) - ord("a"), int(square[1:]) - 1) for square in question.split())
        moves = {start: 0}
        reached = [start]
        for x, y in reached:  # grows while it is read
            for dx, dy in jumps:
                square = (x + dx, y + dy)
                if 0 <= square[0] < size and 0 <= square[1] < size and square not in moves:
                    moves[square] = moves[x, y] + 1
                    reached.append(square)
        out += f"{moves.get(goal, 'never')}\n"
    return out


@problem(
    level=4,
    style="script",
    statement="""
    The first line of stdin holds two different words of the same length, START and GOAL, separated by a space. Every
    further line (there may be none, and at most 300) holds an allowed word of that length. All words are in lower-case
    letters; START need not be among the allowed words, but every later word of a ladder must be, GOAL too.

    A ladder leads from START to GOAL by changing exactly one letter in each step. Print the length of the shortest
    ladder, counted in steps, or "none" if there is no ladder.
    """,
    edges=[
        ("cat dog\ncot\ndot\ndog\ncog\n",),
        ("cat dog\ncot\ncog\n",),
        ("a b\n",),
        ("aa cc\nba\nbb\ncb\ncc\n",),
        ("cat cut\ncut\n",),
        ("abc xyz\nxbc\nxyc\nabz\nxyz\nxyy\n",),
    ],
    draw=lambda rng: (
        (size := integer(rng, 2, 4))
        and "a" * size
        + f" {(goal := text(rng, 'bcd', size, size))}\n"
        + "".join(text(rng, "abcd", size, size) + "\n" for _ in range(choice(rng, [5, 6 * size, 50, 200])))
        + choice(rng, ["", f"{goal}\n", f"{goal}\n"]),
    ),
    wrong=[
        """
        (start, goal), *words = [l.split() for l in text.splitlines()]
        d = sum(a != b for a, b in zip(start, goal))
        return f"{d}\\n" if [goal] in words else "none\\n"
        """,
        """
        start, goal, *words = text.split()
        words.append(goal)
        steps, todo = {start: 0}, [start]
        for w in todo:
            for v in words:
                if v not in steps and sum(a != b for a, b in zip(v, w)) == 1:
                    steps[v] = steps[w] + 1
                    todo.append(v)
        return f"{steps.get(goal, 'none')}\\n"
        """,
        """
        start, goal, *words = text.split()
        steps, todo = {start: 1}, [start]
        for w in todo:
            for v in words:
                if v not in steps and sum(a != b for a, b in zip(v, w)) == 1:
                    steps[v] = steps[w] + 1
                    todo.append(v)
        return f"{steps.get(goal, 'none')}\\n"
        """,
    ],
)
def word_ladder(text: str) -> str:
    start, goal, *allowed = text.split()
    unused = set(allowed) - {start}
    words = [start]
    steps = 0
    while words:
        if goal in words:
            return f"{steps}\n"
        following = set()
        for word in words:
            for index in range(len(word)):
                for letter in "abcdefghijklmnopqrstuvwxyz":
                    changed = word[:index] + letter + word[index + 1 :]
                    if changed in unused:
                        unused.remove(changed)
                        following.add(changed)
        words = list(following)
        steps += 1
    return "none\n"


@problem(
    level=4,
    style="script",
    statement="""
    stdin holds a triangle of integers: line i (counted from 1) holds i integers separated by single spaces. There are
    from 1 to 60 lines.

    A way down starts at the top number and goes in each step to the number directly below (same position in the next
    line) or to the one to the right of that (next position). Find the smallest sum of the numbers on any way down.
    Print two lines: that sum, and the number of different ways down that reach it.
    """,
    edges=[
        ("2\n3 4\n6 5 7\n",),
        ("1\n1 1\n",),
        ("-5\n",),
        ("1\n2 3\n9 9 1\n",),
        ("0\n0 0\n0 0 0\n",),
        ("3\n-1 4\n2 2 -8\n",),
    ],
    draw=lambda rng: (
        (top := choice(rng, [1, 3, 20]))
        and "".join(
            " ".join(map(str, integers(rng, -top, top, row, row))) + "\n"
            for row in range(1, choice(rng, [3, 6, 50]) + 1)
        ),
    ),
    wrong=[
        """
        rows = [[int(x) for x in l.split()] for l in text.splitlines()]
        i, s = 0, rows[0][0]
        for r in rows[1:]:
            i = i if r[i] <= r[i + 1] else i + 1
            s += r[i]
        return f"{s}\\n1\\n"
        """,
        """
        rows = [[int(x) for x in l.split()] for l in text.splitlines()]
        best = rows[-1]
        for r in rows[-2::-1]:
            best = [x + min(a, b) for x, a, b in zip(r, best, best[1:])]
        return f"{best[0]}\\n1\\n"
        """,
        """
        rows = [[int(x) for x in l.split()] for l in text.splitlines()]
        best = sum(min(r) for r in rows)
        ways = 1
        for r in rows:
            ways *= r.count(min(r))
        return f"{best}\\n{ways}\\n"
        """,
    ],
)
def cheapest_descent(text: str) -> str:
    rows = [[int(token) for token in line.split()] for line in text.splitlines()]
    best = [(value, 1) for value in rows[-1]]  # smallest sum from here to the bottom, number of ways
    for row in reversed(rows[:-1]):
        above = []
        for value, (left, left_ways), (right, right_ways) in zip(row, best, best[1:], strict=False):
            ways = (left_ways if left <= right else 0) + (right_ways if right <= left else 0)
            above.append((value + min(left, right), ways))
        best = above
    return f"{best[0][0]}\n{best[0][1]}\n"
