"""Level 4: breadth-first search, topological order and two-colouring."""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.code.draw import choice, integer, text
from envs.code.problem import problem


def _draw_maze(rng: np.random.Generator) -> tuple[list[str]]:
    height, width = integer(rng, 1, choice(rng, [4, 25])), integer(rng, 2, choice(rng, [5, 25]))
    cells = list(text(rng, "....#", height * width, height * width))
    start, end = (int(cell) for cell in rng.permutation(height * width)[:2])
    cells[start], cells[end] = "S", "E"
    return (["".join(cells[row * width : (row + 1) * width]) for row in range(height)],)


@problem(
    level=4,
    statement="""`maze` is a list of equally long strings: "#" is a wall, "." is free, and there are exactly one start
    "S" and one exit "E". A step goes to the neighbouring cell above, below, left or right that is not a wall and not
    outside. Return the smallest number of steps from S to E, or -1 if E cannot be reached. The maze has at most 30 x 30
    cells.""",
    edges=[
        (["S.#", "..#", "#.E"],),
        (["S#E"],),
        (["ES"],),
        (["S....", ".###.", "...#E"],),
        (["E..#S", "##.#.", "....."],),
        (["S#.", "#.E"],),
    ],
    draw=_draw_maze,
    wrong=[
        """
        p = {c: (i, j) for i, r in enumerate(maze) for j, c in enumerate(r) if c in "SE"}
        return abs(p["S"][0] - p["E"][0]) + abs(p["S"][1] - p["E"][1])
        """,
        """
        h, w = len(maze), len(maze[0])
        p = {c: (i, j) for i, r in enumerate(maze) for j, c in enumerate(r)}
        seen, todo = {p["S"]: 0}, [p["S"]]
        for i, j in todo:
            for a in (-1, 0, 1):
                for b in (-1, 0, 1):
                    n = (i + a, j + b)
                    if 0 <= n[0] < h and 0 <= n[1] < w and maze[n[0]][n[1]] != "#" and n not in seen:
                        seen[n] = seen[(i, j)] + 1
                        todo.append(n)
        return seen.get(p["E"], -1)
        """,
        """
        h, w = len(maze), len(maze[0])
        p = {c: (i, j) for i, r in enumerate(maze) for j, c in enumerate(r)}
        seen, todo = {p["S"]: 0}, [p["S"]]
        while todo:
            i, j = todo.pop()
            for n in ((i - 1, j), (i, j - 1), (i + 1, j), (i, j + 1)):
                if 0 <= n[0] < h and 0 <= n[1] < w and maze[n[0]][n[1]] != "#" and n not in seen:
                    seen[n] = seen[(i, j)] + 1
                    todo.append(n)
        return seen.get(p["E"], 0)
        """,
    ],
)
def maze_steps(maze: list[str]) -> int:
    from collections import deque

    cells = {(r, c): char for r, row in enumerate(maze) for c, char in enumerate(row) if char != "#"}
    start = next(cell for cell, char in cells.items() if char == "S")
    steps = {start: 0}
    queue = deque([start])
    while queue:
        row, column = queue.popleft()
        if cells[row, column] == "E":
            return steps[row, column]
        for neighbour in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if neighbour in cells and neighbour not in steps:
                steps[neighbour] = steps[row, column] + 1
                queue.append(neighbour)
    return -1


def _is_order(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    tasks, before = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (isinstance(answer, list) and all(isinstance(task, str) for task in answer)):
        return False
    place = {task: index for index, task in enumerate(answer)}
    return sorted(answer) == sorted(tasks) and all(place[a] < place[b] for a, b in before)


def _draw_tasks(rng: np.random.Generator) -> tuple[list[str], list[list[str]]]:
    tasks = [f"t{number}" for number in rng.permutation(choice(rng, [4, 8, 60]))]
    order = [tasks[place] for place in rng.permutation(len(tasks))]
    before = []
    for _ in range(integer(rng, 0, 2 * len(tasks))):
        a, b = sorted(int(place) for place in rng.permutation(len(tasks))[:2])
        before.append([order[a], order[b]])
    if before and rng.random() < 0.3:
        before.append(before[integer(rng, 0, len(before) - 1)][::-1])
    return tasks, before


@problem(
    level=4,
    statement="""`tasks` is a list of different names, and every pair [a, b] in `before` says that task a must be done
    before task b; both are in `tasks`. Return all tasks in an order that respects every pair, or None if there is no
    such order. Any valid order is right. A pair may occur twice; a pair [a, a] can never be respected. There are up to
    60 tasks.""",
    comparison=_is_order,
    edges=[
        (["bake", "mix", "eat"], [["mix", "bake"], ["bake", "eat"]]),
        (["a", "b"], [["a", "b"], ["b", "a"]]),
        ([], []),
        (["d", "c", "b", "a"], [["a", "d"], ["c", "d"], ["a", "c"]]),
        (["x"], [["x", "x"]]),
        (["p", "q", "r"], [["r", "p"], ["r", "p"]]),
        (["u", "v", "w"], [["v", "u"], ["w", "v"]]),
    ],
    draw=_draw_tasks,
    wrong=[
        """
        order = list(tasks)
        for a, b in before:
            if order.index(a) > order.index(b):
                order.remove(a)
                order.insert(order.index(b), a)
        return order
        """,
        """
        import graphlib
        g = graphlib.TopologicalSorter({t: [] for t in tasks})
        for a, b in before:
            g.add(a, b)
        try:
            return list(g.static_order())
        except graphlib.CycleError:
            return None
        """,
        """
        need = {t: sum(b == t for _, b in before) for t in tasks}
        order = [t for t in tasks if need[t] == 0]
        for t in order:
            for a, b in before:
                if a == t:
                    need[b] -= 1
                    if need[b] == 0:
                        order.append(b)
        return order
        """,
    ],
)
def task_order(tasks: list[str], before: list[list[str]]) -> list[str] | None:
    missing = dict.fromkeys(tasks, 0)
    followers: dict[str, list[str]] = {task: [] for task in tasks}
    for first, second in before:
        missing[second] += 1
        followers[first].append(second)
    order = [task for task in tasks if missing[task] == 0]
    for task in order:  # grows while it is read
        for follower in followers[task]:
            missing[follower] -= 1
            if missing[follower] == 0:
                order.append(follower)
    return order if len(order) == len(tasks) else None


@problem(
    level=4,
    statement="""`picture` is a list of equally long strings over lower-case letters and ".". A region is a maximal set
    of cells with the same letter that are connected through common edges (up, down, left, right). Return a dictionary
    that maps every letter in the picture to the list of the sizes of its regions in decreasing order; "." belongs to no
    region and is not in the dictionary. The picture has at most 40 x 40 cells.""",
    edges=[
        (["aab", "abb", "..a"],),
        (["a.a", ".a."],),
        ([],),
        (["...", "..."],),
        (["zzz", "zyz", "zzz"],),
        (["ab", "ba", "ab"],),
    ],
    draw=lambda rng: (
        (width := integer(rng, 1, choice(rng, [5, 35])))
        and [text(rng, "aaab.", width, width) for _ in range(integer(rng, 0, choice(rng, [5, 35])))],
    ),
    wrong=[
        "s = ''.join(picture)\nreturn {c: [s.count(c)] for c in set(s) if c != '.'}",
        """
        cells = {(i, j): c for i, r in enumerate(picture) for j, c in enumerate(r) if c != "."}
        out = {}
        while cells:
            p, c = cells.popitem()
            todo, size = [p], 0
            while todo:
                i, j = todo.pop()
                size += 1
                for a in (-1, 0, 1):
                    for b in (-1, 0, 1):
                        if cells.get((i + a, j + b)) == c:
                            del cells[i + a, j + b]
                            todo.append((i + a, j + b))
            out.setdefault(c, []).append(size)
        return {c: sorted(s, reverse=True) for c, s in out.items()}
        """,
        """
        cells = {(i, j): c for i, r in enumerate(picture) for j, c in enumerate(r) if c != "."}
        out = {}
        while cells:
            p, c = cells.popitem()
            todo, size = [p], 0
            while todo:
                i, j = todo.pop()
                size += 1
                for q in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                    if cells.get(q) == c:
                        del cells[q]
                        todo.append(q)
            out.setdefault(c, []).append(size)
        return {c: sorted(s) for c, s in out.items()}
        """,
    ],
)
def region_sizes(picture: list[str]) -> dict[str, list[int]]:
    left = {(r, c): letter for r, row in enumerate(picture) for c, letter in enumerate(row) if letter != "."}
    sizes: dict[str, list[int]] = {}
    while left:
        cell, letter = left.popitem()
        region = [cell]
        for row, column in region:  # grows while it is read
            for neighbour in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if left.get(neighbour) == letter:
                    del left[neighbour]
                    region.append(neighbour)
        sizes.setdefault(letter, []).append(len(region))
    return {letter: sorted(found, reverse=True) for letter, found in sizes.items()}


def _separates_rivals(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    people, rivals = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (isinstance(answer, list) and len(answer) == people and all(type(t) is int and t in (0, 1) for t in answer)):
        return False
    return all(answer[a] != answer[b] for a, b in rivals)


def _draw_rivals(rng: np.random.Generator) -> tuple[int, list[list[int]]]:
    people = integer(rng, 1, choice(rng, [6, 80]))
    side = rng.integers(0, 2, size=people)
    rivals = []
    for _ in range(integer(rng, 0, 2 * people)):
        a, b = integer(rng, 0, people - 1), integer(rng, 0, people - 1)
        if a != b and (side[a] != side[b] or rng.random() < 0.01):
            rivals.append([a, b])
    return people, rivals


@problem(
    level=4,
    statement="""`people` persons are numbered from 0, and every pair [a, b] in `rivals` names two different persons who
    must not be in the same team. Split all persons into the teams 0 and 1 (a team may stay empty) and return the list
    of the team of each person, or None if it is impossible. Any valid split is right. There are up to 80 persons.""",
    comparison=_separates_rivals,
    edges=[
        (4, [[0, 1], [1, 2], [2, 3]]),
        (3, [[0, 1], [1, 2], [2, 0]]),
        (0, []),
        (5, [[3, 4], [0, 4]]),
        (4, [[0, 3], [1, 2], [3, 2]]),
        (6, [[4, 5], [5, 3], [3, 4], [0, 1]]),
    ],
    draw=_draw_rivals,
    wrong=[
        "team = [0] * people\nfor a, b in rivals:\n    team[b] = 1 - team[a]\nreturn team",
        "team = [i % 2 for i in range(people)]\nreturn team if all(team[a] != team[b] for a, b in rivals) else None",
        """
        team = [0] * people
        for a, b in rivals:
            if team[a] == team[b]:
                team[max(a, b)] = 1 - team[min(a, b)]
        return team if all(team[a] != team[b] for a, b in rivals) else None
        """,
    ],
)
def split_rivals(people: int, rivals: list[list[int]]) -> list[int] | None:
    enemies: list[list[int]] = [[] for _ in range(people)]
    for a, b in rivals:
        enemies[a].append(b)
        enemies[b].append(a)
    team = [-1] * people
    for first in range(people):
        if team[first] >= 0:
            continue
        team[first] = 0
        reached = [first]
        for person in reached:  # grows while it is read
            for enemy in enemies[person]:
                if team[enemy] == team[person]:
                    return None
                if team[enemy] < 0:
                    team[enemy] = 1 - team[person]
                    reached.append(enemy)
    return team
