"""Level 3: several steps over matrices and grids."""

from __future__ import annotations

from envs.code.draw import integer, integers, text
from envs.code.problem import problem


@problem(
    level=3,
    statement="""Return the elements of the rectangular `matrix` in clockwise spiral order: along the first row from
    left to right, down the last column, back along the last row, up the first column, and so on inwards. `matrix` may
    have no rows; otherwise every row has the same positive number of elements.""",
    edges=[
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]],),
        ([[1, 2], [3, 4], [5, 6]],),
        ([],),
        ([[1, 2, 3, 4]],),
        ([[1], [2], [3]],),
        ([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],),
    ],
    draw=lambda rng: (
        (width := integer(rng, 1, 6)) and [integers(rng, 0, 99, width, width) for _ in range(integer(rng, 0, 6))],
    ),
    wrong=[
        """
        out, m = [], [list(r) for r in matrix]
        while m and m[0]:
            out += m.pop(0)
            m = [r[::-1] for r in zip(*m)]
        return out
        """,
        """
        out, m = [], [list(r) for r in matrix]
        while m:
            out += m.pop(0)
            if m:
                out += m.pop()[::-1]
        return out
        """,
        """
        out = []
        if not matrix:
            return out
        t, b, l, r = 0, len(matrix) - 1, 0, len(matrix[0]) - 1
        while t <= b and l <= r:
            out += matrix[t][l:r + 1]
            out += [matrix[i][r] for i in range(t + 1, b + 1)]
            out += matrix[b][l:r][::-1]
            out += [matrix[i][l] for i in range(b - 1, t, -1)]
            t, b, l, r = t + 1, b - 1, l + 1, r - 1
        return out
        """,
    ],
)
def spiral_order(matrix: list[list[int]]) -> list[int]:
    rest = [list(row) for row in matrix]
    order: list[int] = []
    while rest:
        order += rest.pop(0)
        # Turn what is left a quarter counter-clockwise, so that its last column becomes the first row.
        rest = [list(column) for column in zip(*rest, strict=True)][::-1]
    return order


@problem(
    level=3,
    statement="""`grid` is a list of equally long strings of "#" (live cell) and "." (dead cell). Return the next
    generation of the Game of Life: a live cell stays alive if 2 or 3 of its up to eight neighbours are alive, a dead
    cell becomes alive if exactly 3 are, and every other cell is dead. Cells outside the grid are dead.""",
    edges=[
        (["...", "###", "..."],),
        (["##", "#."],),
        ([],),
        (["#"],),
        (["####", "####", "...."],),
        (["#..#", "....", "#..#"],),
    ],
    draw=lambda rng: (
        (width := integer(rng, 1, 8)) and [text(rng, "#.", width, width) for _ in range(integer(rng, 1, 8))],
    ),
    wrong=[
        """
        h, w = len(grid), len(grid[0]) if grid else 0
        def n(r, c):
            return sum(grid[(r + i) % h][(c + j) % w] == "#" for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
        def new(r, c):
            return "#" if n(r, c) == 3 or n(r, c) == 2 and grid[r][c] == "#" else "."
        return ["".join(new(r, c) for c in range(w)) for r in range(h)]
        """,
        """
        h, w = len(grid), len(grid[0]) if grid else 0
        def n(r, c):
            return sum(x == "#" for row in grid[max(r - 1, 0):r + 2] for x in row[max(c - 1, 0):c + 2])
        return ["".join("#" if n(r, c) in (2, 3) else "." for c in range(w)) for r in range(h)]
        """,
        """
        h, w = len(grid), len(grid[0]) if grid else 0
        g = [list(r) for r in grid]
        for r in range(h):
            for c in range(w):
                n = sum(x == "#" for row in g[max(r - 1, 0):r + 2] for x in row[max(c - 1, 0):c + 2]) - (g[r][c] == "#")
                g[r][c] = "#" if n == 3 or n == 2 and g[r][c] == "#" else "."
        return ["".join(r) for r in g]
        """,
    ],
)
def life_step(grid: list[str]) -> list[str]:
    height = len(grid)
    width = len(grid[0]) if grid else 0

    def live_neighbours(row: int, column: int) -> int:
        count = 0
        for r in range(max(row - 1, 0), min(row + 2, height)):
            for c in range(max(column - 1, 0), min(column + 2, width)):
                count += grid[r][c] == "#" and (r, c) != (row, column)
        return count

    following = []
    for row in range(height):
        cells = ""
        for column in range(width):
            count = live_neighbours(row, column)
            cells += "#" if count == 3 or (count == 2 and grid[row][column] == "#") else "."
        following.append(cells)
    return following


@problem(
    level=3,
    statement="""Return all saddle points of the rectangular `matrix` as pairs [row, column] of indices from 0, in any
    order: an element is a saddle point if no element of its row is greater and no element of its column is smaller.
    `matrix` may have no rows; otherwise every row has the same positive number of elements.""",
    comparison="unordered",
    edges=[
        ([[9, 8, 7], [5, 3, 2], [6, 6, 7]],),
        ([[1, 2], [2, 1]],),
        ([],),
        ([[4, 5, 5], [1, 6, 5]],),
        ([[3, 3], [3, 3]],),
        ([[2], [1], [3]],),
    ],
    draw=lambda rng: (
        (width := integer(rng, 1, 4)) and [integers(rng, 0, 4, width, width) for _ in range(integer(rng, 1, 4))],
    ),
    wrong=[
        """
        out = []
        for i, r in enumerate(matrix):
            j = r.index(max(r))
            if max(r) == min(q[j] for q in matrix):
                out.append([i, j])
        return out
        """,
        """
        cols = list(zip(*matrix))
        return [[i, j] for i, r in enumerate(matrix) for j, x in enumerate(r) if x == min(r) and x == max(cols[j])]
        """,
        """
        cols = list(zip(*matrix))
        return [[j, i] for i, r in enumerate(matrix) for j, x in enumerate(r) if x == max(r) and x == min(cols[j])]
        """,
    ],
)
def saddle_points(matrix: list[list[int]]) -> list[list[int]]:
    column_minima = [min(column) for column in zip(*matrix, strict=True)]
    points = []
    for row_index, row in enumerate(matrix):
        for column_index, value in enumerate(row):
            if value == max(row) == column_minima[column_index]:
                points.append([row_index, column_index])
    return points
