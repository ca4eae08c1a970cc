"""Level 5 scripts: cheapest ways and outlines."""

from __future__ import annotations

import numpy as np

from envs.code.draw import choice, integer, text
from envs.code.problem import problem


def _draw_walls(rng: np.random.Generator) -> str:
    height, width = integer(rng, 1, choice(rng, [4, 8, 25])), integer(rng, 2, choice(rng, [5, 9, 25]))
    cells = list(text(rng, choice(rng, ["###.", "##.", "#."]), height * width, height * width))
    for place, char in zip(rng.permutation(height * width)[:2], "SE", strict=True):
        cells[place] = char
    return "".join("".join(cells[row * width : (row + 1) * width]) + "\n" for row in range(height))


@problem(
    level=5,
    style="script",
    statement="""
    stdin holds a map of at most 30 x 30 cells: lines of equal length over "#" (wall), "." (free), exactly one "S" and
    exactly one "E". You walk from S to E in steps to a neighbouring cell above, below, left or right, inside the map.
    Entering a wall cell is possible only by breaking that wall.

    Print two integers separated by a space: the smallest number of walls that must be broken on a way from S to E, and
    the smallest number of steps of a way that breaks only that many walls.
    """,
    edges=[
        ("S#.\n.##\n..E\n",),
        ("S#E\n",),
        ("S.#E\n.##.\n....\n",),
        ("ES\n",),
        ("S##E\n.##.\n.##.\n...#\n",),
        ("S#.#E\n.#.#.\n.###.\n.....\n",),
    ],
    draw=lambda rng: (_draw_walls(rng),),
    wrong=[
        """
        g = text.split()
        p = {c: (i, j) for i, r in enumerate(g) for j, c in enumerate(r)}
        best, todo = {p["S"]: (0, 0)}, [p["S"]]
        for i, j in todo:
            for q in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if 0 <= q[0] < len(g) and 0 <= q[1] < len(g[0]) and q not in best:
                    w, s = best[i, j]
                    best[q] = (w + (g[q[0]][q[1]] == "#"), s + 1)
                    todo.append(q)
        return "%d %d\\n" % best[p["E"]]
        """,
        """
        import heapq
        g = text.split()
        p = {c: (i, j) for i, r in enumerate(g) for j, c in enumerate(r)}
        todo, done = [(0, 0, p["S"])], set()
        while todo:
            s, w, (i, j) = heapq.heappop(todo)
            if (i, j) == p["E"]:
                return f"{w} {s}\\n"
            if (i, j) not in done:
                done.add((i, j))
                for q in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                    if 0 <= q[0] < len(g) and 0 <= q[1] < len(g[0]):
                        heapq.heappush(todo, (s + 1, w + (g[q[0]][q[1]] == "#"), q))
        """,
        """
        g = text.split()
        p = {c: (i, j) for i, r in enumerate(g) for j, c in enumerate(r)}
        (a, b), (c, d) = p["S"], p["E"]
        walls = sum(g[a][j] == "#" for j in range(min(b, d), max(b, d) + 1))
        walls += sum(g[i][d] == "#" for i in range(min(a, c), max(a, c) + 1))
        return f"{walls} {abs(a - c) + abs(b - d)}\\n"
        """,
    ],
)
def fewest_walls(text: str) -> str:
    import heapq

    grid = text.split()
    cells = {(r, c): char for r, row in enumerate(grid) for c, char in enumerate(row)}
    start = next(cell for cell, char in cells.items() if char == "S")
    queue = [(0, 0, start)]  # walls broken, steps, cell
    done = set()
    while True:
        walls, steps, cell = heapq.heappop(queue)
        if cells[cell] == "E":
            return f"{walls} {steps}\n"
        if cell in done:
            continue
        done.add(cell)
        row, column = cell
        for neighbour in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if neighbour in cells and neighbour not in done:
                heapq.heappush(queue, (walls + (cells[neighbour] == "#"), steps + 1, neighbour))


@problem(
    level=5,
    style="script",
    statement="""
    Each line of stdin describes a rectangular building seen from far away: three integers "LEFT RIGHT HEIGHT" with LEFT
    < RIGHT and HEIGHT > 0. It covers everything from the ground up to HEIGHT between LEFT and RIGHT. There may be no
    buildings, and there are at most 700.

    The skyline is the upper outline of all buildings together. Print a line "X H" for every X at which its height
    changes, in increasing order of X, where H is the height directly to the right of X (0 behind the last building of a
    group). Print nothing if there are no buildings.
    """,
    edges=[
        ("2 9 10\n3 7 15\n5 12 12\n",),
        ("1 4 3\n4 6 3\n",),
        ("",),
        ("0 2 5\n5 6 1\n",),
        ("1 10 4\n2 5 4\n3 4 2\n6 10 9\n",),
        ("-5 5 2\n-5 0 7\n0 1 7\n",),
    ],
    draw=lambda rng: (
        (span := choice(rng, [6, 15, 400]))
        and (top := choice(rng, [3, 50]))
        and "".join(
            f"{(left := integer(rng, -span, span))} {left + integer(rng, 1, span)} {integer(rng, 1, top)}\n"
            for _ in range(choice(rng, [0, 2, 4, 8, 10, 600]))
        ),
    ),
    wrong=[
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        out = ""
        for x in sorted({v for l, r, _ in b for v in (l, r)}):
            out += f"{x} {max([h for l, r, h in b if l <= x < r], default=0)}\\n"
        return out
        """,
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        out, last = "", 0
        for x in sorted({v for l, r, _ in b for v in (l, r)}):
            h = max([h for l, r, h in b if l <= x <= r], default=0)
            if h != last:
                out += f"{x} {h}\\n"
                last = h
        return out
        """,
        """
        b = [tuple(map(int, l.split())) for l in text.splitlines()]
        out, last = "", 0
        for x in sorted({l for l, _, _ in b}):
            h = max([h for l, r, h in b if l <= x < r], default=0)
            if h != last:
                out += f"{x} {h}\\n"
                last = h
        return out + (f"{max(r for _, r, _ in b)} 0\\n" if b else "")
        """,
    ],
)
def skyline(text: str) -> str:
    import heapq

    buildings = sorted(tuple(map(int, line.split())) for line in text.splitlines())
    places = sorted({x for left, right, _ in buildings for x in (left, right)})
    standing: list[tuple[int, int]] = []  # (-height, right end), the highest on top
    added = 0
    height = 0
    out = []
    for x in places:
        while added < len(buildings) and buildings[added][0] <= x:
            _, right, top = buildings[added]
            heapq.heappush(standing, (-top, right))
            added += 1
        while standing and standing[0][1] <= x:
            heapq.heappop(standing)
        highest = -standing[0][0] if standing else 0
        if highest != height:
            out.append(f"{x} {highest}\n")
            height = highest
    return "".join(out)
