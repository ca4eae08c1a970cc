"""Level 5: exhaustive search with backtracking."""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.code.draw import choice, integer
from envs.code.problem import problem


def _draw_board(rng: np.random.Generator) -> tuple[list[str]]:
    size = choice(rng, [1, 4, 5, 6, 6, 7, 7])
    share = choice(rng, [0.05, 0.15, 0.3])
    return (["".join("#" if rng.random() < share else "." for _ in range(size)) for _ in range(size)],)


@problem(
    level=5,
    statement="""`board` is a square chess board of n strings of n characters (1 <= n <= 8): "." is a usable square, "#"
    a square on which no queen may stand. Return in how many ways n queens can be placed on usable squares such that no
    two are in the same row, column or diagonal. Queens attack over "#" squares as well. Rotated or mirrored placements
    count separately.""",
    edges=[
        (["....", "....", "....", "...."],),
        (["...", "...", "..."],),
        (["."],),
        (["#"],),
        ([".#..", "....", "....", "...."],),
        ([".....", ".....", "..#..", ".....", "....."],),
        (["......", "..#...", "......", "......", "......", "......"],),
    ],
    draw=_draw_board,
    wrong=[
        "return [0, 1, 0, 0, 2, 10, 4, 40, 92][len(board)] if '#' not in ''.join(board) else 0",
        """
        n = len(board)
        def place(row, used):
            if row == n:
                return 1
            return sum(place(row + 1, used | {c}) for c in range(n) if c not in used and board[row][c] == ".")
        return place(0, frozenset())
        """,
        """
        n = len(board)
        def place(row, queens):
            if row == n:
                return 1
            total = 0
            for c in range(n):
                free = board[row][c] == "." and c not in [q for _, q in queens]
                if free and all(abs(row - r) != abs(c - q) for r, q in queens[-1:]):
                    total += place(row + 1, queens + [(row, c)])
            return total
        return place(0, [])
        """,
    ],
)
def count_queens(board: list[str]) -> int:
    size = len(board)

    def place(row: int, columns: set[int], rising: set[int], falling: set[int]) -> int:
        if row == size:
            return 1
        ways = 0
        for column in range(size):
            free = column not in columns and row + column not in rising and row - column not in falling
            if free and board[row][column] == ".":
                ways += place(row + 1, columns | {column}, rising | {row + column}, falling | {row - column})
        return ways

    return place(0, set(), set(), set())


def _completes_the_grid(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    (grid,) = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (
        isinstance(answer, list) and len(answer) == 9 and all(isinstance(row, str) and len(row) == 9 for row in answer)
    ):
        return False
    if any(
        given not in (".", digit)
        for row, full in zip(grid, answer, strict=True)
        for given, digit in zip(row, full, strict=True)
    ):
        return False
    columns = ["".join(column) for column in zip(*answer, strict=True)]
    boxes = ["".join(answer[r + i][c : c + 3] for i in range(3)) for r in (0, 3, 6) for c in (0, 3, 6)]
    return all("".join(sorted(group)) == "123456789" for group in [*answer, *columns, *boxes])


def _draw_sudoku(rng: np.random.Generator) -> tuple[list[str]]:
    def shuffled_lines() -> list[int]:
        return [3 * int(band) + int(line) for band in rng.permutation(3) for line in rng.permutation(3)]

    digits = [int(digit) + 1 for digit in rng.permutation(9)]
    rows, columns = shuffled_lines(), shuffled_lines()
    grid = [[str(digits[(3 * row + row // 3 + column) % 9]) for column in columns] for row in rows]
    for cell in rng.permutation(81)[: integer(rng, 20, 50)]:
        grid[cell // 9][cell % 9] = "."
    if rng.random() < 0.2:
        grid[integer(rng, 0, 8)][integer(rng, 0, 8)] = str(integer(rng, 1, 9))
    return (["".join(row) for row in grid],)


_PUZZLE = [
    "53..7....",
    "6..195...",
    ".98....6.",
    "8...6...3",
    "4..8.3..1",
    "7...2...6",
    ".6....28.",
    "...419..5",
    "....8..79",
]
_SOLVED = [
    "534678912",
    "672195348",
    "198342567",
    "859761423",
    "426853791",
    "713924856",
    "961537284",
    "287419635",
    "345286179",
]


@problem(
    level=5,
    statement="""`grid` is a Sudoku: nine strings of nine characters, each a digit from 1 to 9 or "." for an empty cell.
    Return it with every empty cell filled with a digit from 1 to 9, as nine strings, such that each digit stands
    exactly once in every row, in every column and in each of the nine 3 x 3 boxes. The given digits must stay. If there
    are several solutions, any one is right; return None if there is none. At least 30 cells are given.""",
    comparison=_completes_the_grid,
    edges=[
        (_PUZZLE,),
        (["55" + _PUZZLE[0][2:], *_PUZZLE[1:]],),
        (_SOLVED,),
        ([_SOLVED[0], ".........", _SOLVED[2], ".........", *_SOLVED[4:]],),
        (["1" + _SOLVED[0][1:], *_SOLVED[1:]],),
    ],
    draw=_draw_sudoku,
    wrong=[
        """
        rows = []
        for row in grid:
            left = [d for d in "123456789" if d not in row]
            if len(left) != row.count("."):
                return None
            rows.append("".join(left.pop(0) if c == "." else c for c in row))
        return rows
        """,
        """
        g = [list(r) for r in grid]
        changed = True
        while changed:
            changed = False
            for r in range(9):
                for c in range(9):
                    if g[r][c] == ".":
                        box = [g[r // 3 * 3 + i][c // 3 * 3 + j] for i in range(3) for j in range(3)]
                        can = set("123456789") - set(g[r]) - {q[c] for q in g} - set(box)
                        if len(can) == 1:
                            g[r][c] = can.pop()
                            changed = True
        return None if "." in sum(g, []) else ["".join(r) for r in g]
        """,
    ],
)
def solve_sudoku(grid: list[str]) -> list[str] | None:
    cells = [[0 if char == "." else int(char) for char in row] for row in grid]
    used = [set[int]() for _ in range(27)]  # digits of the rows, the columns and the boxes

    def groups(row: int, column: int) -> tuple[set[int], set[int], set[int]]:
        return used[row], used[9 + column], used[18 + row // 3 * 3 + column // 3]

    empty = []
    for row in range(9):
        for column in range(9):
            digit = cells[row][column]
            if digit == 0:
                empty.append((row, column))
                continue
            for group in groups(row, column):
                if digit in group:
                    return None
                group.add(digit)

    def fill() -> bool:
        if not empty:
            return True
        options = {cell: set(range(1, 10)).difference(*groups(*cell)) for cell in empty}
        cell = min(empty, key=lambda cell: len(options[cell]))
        empty.remove(cell)
        for digit in options[cell]:
            for group in groups(*cell):
                group.add(digit)
            cells[cell[0]][cell[1]] = digit
            if fill():
                return True
            for group in groups(*cell):
                group.remove(digit)
        empty.append(cell)
        return False

    return ["".join(map(str, row)) for row in cells] if fill() else None
