"""Level 5: shortest routes and components of graphs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from envs.code.draw import choice, integer
from envs.code.problem import problem


def _is_cheapest_route(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    roads, start, goal = args
    if reference is None or answer is None:
        return reference is None and answer is None
    if not (isinstance(answer, list) and answer and all(isinstance(place, str) for place in answer)):
        return False
    cost: dict[tuple[str, str], int] = {}
    for a, b, price in roads:
        cost[a, b] = cost[b, a] = min(price, cost.get((a, b), price))
    if answer[0] != start or answer[-1] != goal or not all(step in cost for step in pairwise(answer)):
        return False
    return sum(cost[step] for step in pairwise(answer)) == sum(cost[step] for step in pairwise(reference))


def _draw_roads(rng: np.random.Generator) -> tuple[list[list[str | int]], str, str]:
    count = choice(rng, [4, 6, 9, 60])
    roads: list[list[str | int]] = []
    for _ in range(integer(rng, count - 2, 3 * count)):
        a, b = (int(place) for place in rng.permutation(count)[:2])
        roads.append([f"p{a}", f"p{b}", integer(rng, 1, 30)])
    return roads, "p0", f"p{integer(rng, 0, count - 1)}"


@problem(
    level=5,
    statement="""Every element [a, b, cost] of `roads` is a road between two different places a and b (strings) that can
    be travelled both ways for the positive integer cost; there may be several roads between the same places. Return a
    cheapest route from `start` to `goal` as the list of the places passed, from `start` to `goal`; any route of the
    smallest total cost is right. Return [start] if both are the same place, which then need not have a road, and None
    if there is no route. There are up to 60 places and 200 roads.""",
    comparison=_is_cheapest_route,
    edges=[
        ([["a", "b", 7], ["a", "c", 2], ["c", "b", 3]], "a", "b"),
        ([["a", "b", 1], ["c", "d", 1]], "a", "d"),
        ([], "x", "x"),
        ([["s", "t", 9], ["t", "s", 4], ["u", "s", 1], ["u", "t", 5]], "s", "t"),
        ([["a", "b", 1], ["b", "d", 10], ["a", "c", 5], ["c", "d", 5], ["d", "e", 1]], "e", "a"),
    ],
    draw=_draw_roads,
    wrong=[
        """
        came, todo = {start: None}, [start]
        for p in todo:
            for a, b, _ in roads:
                for x, y in ((a, b), (b, a)):
                    if x == p and y not in came:
                        came[y] = p
                        todo.append(y)
        route = [goal] if goal in came else []
        while route and came[route[-1]] is not None:
            route.append(came[route[-1]])
        return route[::-1] or None
        """,
        """
        route, place = [start], start
        while place != goal:
            ways = [(c, b) for a, b, c in roads if a == place] + [(c, a) for a, b, c in roads if b == place]
            ways = [(c, p) for c, p in ways if p not in route]
            if not ways:
                return None
            place = min(ways)[1]
            route.append(place)
        return route
        """,
        """
        best = {start: (0, [start])}
        for _ in roads:
            for a, b, c in roads:
                if a in best and (b not in best or best[a][0] + c < best[b][0]):
                    best[b] = (best[a][0] + c, best[a][1] + [b])
        return best[goal][1] if goal in best else None
        """,
    ],
)
def cheapest_route(roads: list[list[str | int]], start: str, goal: str) -> list[str] | None:
    import heapq

    neighbours: dict[str, list[tuple[str, int]]] = {}
    for a, b, cost in roads:
        neighbours.setdefault(str(a), []).append((str(b), int(cost)))
        neighbours.setdefault(str(b), []).append((str(a), int(cost)))
    came_from: dict[str, str] = {}
    queue = [(0, start, start)]
    while queue:
        total, place, previous = heapq.heappop(queue)
        if place in came_from:
            continue
        came_from[place] = previous
        if place == goal:
            route = [goal]
            while route[-1] != start:
                route.append(came_from[route[-1]])
            return route[::-1]
        for neighbour, cost in neighbours.get(place, []):
            if neighbour not in came_from:
                heapq.heappush(queue, (total + cost, neighbour, place))
    return None


@problem(
    level=5,
    statement="""A site has `pages` pages, numbered from 0, and every pair [a, b] in `links` is a link from page a to
    page b. Two pages belong to the same cluster if each can be reached from the other by following links; every page is
    in exactly one cluster, possibly alone. Return the clusters in any order, each as the list of its pages in
    increasing order. There are up to 300 pages and 900 links; links may occur twice and may lead from a page to
    itself.""",
    comparison="unordered",
    edges=[
        (4, [[0, 1], [1, 0], [1, 2], [2, 3]]),
        (3, []),
        (5, [[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [4, 3]]),
        (0, []),
        (4, [[3, 2], [2, 1], [1, 3], [0, 0], [0, 3]]),
        (3, [[0, 1], [1, 2], [0, 2]]),
    ],
    draw=lambda rng: (
        (pages := choice(rng, [3, 6, 9, 250])),
        [[integer(rng, 0, pages - 1), integer(rng, 0, pages - 1)] for _ in range(integer(rng, pages // 2, 2 * pages))],
    ),
    wrong=[
        """
        group = list(range(pages))
        for a, b in links:
            old, new = group[b], group[a]
            group = [new if g == old else g for g in group]
        return [[p for p in range(pages) if group[p] == g] for g in sorted(set(group))]
        """,
        """
        pairs = {(a, b) for a, b in links}
        out, done = [], set()
        for p in range(pages):
            if p not in done:
                c = [p] + [q for q in range(p + 1, pages) if (p, q) in pairs and (q, p) in pairs and q not in done]
                done |= set(c)
                out.append(c)
        return out
        """,
        """
        out, done = [], set()
        for p in range(pages):
            if p not in done:
                todo, seen = [p], {p}
                for q in todo:
                    for a, b in links:
                        if a == q and b not in seen and b not in done:
                            seen.add(b)
                            todo.append(b)
                done |= seen
                out.append(sorted(seen))
        return out
        """,
    ],
)
def page_clusters(pages: int, links: list[list[int]]) -> list[list[int]]:
    forward: list[list[int]] = [[] for _ in range(pages)]
    backward: list[list[int]] = [[] for _ in range(pages)]
    for a, b in links:
        forward[a].append(b)
        backward[b].append(a)
    finished: list[int] = []  # in the order in which a depth-first search leaves the pages
    seen: set[int] = set()
    for root in range(pages):
        stack = [(root, False)]
        while stack:
            page, leaving = stack.pop()
            if leaving:
                finished.append(page)
            elif page not in seen:
                seen.add(page)
                stack.append((page, True))
                stack.extend((target, False) for target in forward[page])
    clusters = []
    taken: set[int] = set()
    for root in reversed(finished):
        if root in taken:
            continue
        taken.add(root)
        cluster = [root]
        for page in cluster:  # grows while it is read
            for source in backward[page]:
                if source not in taken:
                    taken.add(source)
                    cluster.append(source)
        clusters.append(sorted(cluster))
    return clusters


@problem(
    level=5,
    statement="""A network connects `hosts` computers, numbered from 0, by cables; every pair [a, b] in `cables` is a
    cable between two different computers, usable both ways, and a pair may occur several times. A cable is critical if
    without it (all others staying) its two ends could no longer reach each other. Return all critical cables as pairs
    [a, b] with a < b, in any order. There are up to 300 computers and 600 cables.""",
    comparison="unordered",
    edges=[
        (4, [[0, 1], [1, 2], [2, 0], [3, 1]]),
        (3, [[0, 1], [1, 2]]),
        (2, [[0, 1], [1, 0]]),
        (6, [[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [4, 5], [5, 3]]),
        (3, []),
        (5, [[4, 0], [3, 2], [2, 1], [1, 3]]),
    ],
    draw=lambda rng: (
        (hosts := choice(rng, [3, 5, 8, 250])),
        [[int(end) for end in rng.permutation(hosts)[:2]] for _ in range(integer(rng, 1, hosts + hosts // 3))],
    ),
    wrong=[
        """
        degree = [0] * hosts
        for a, b in cables:
            degree[a] += 1
            degree[b] += 1
        return [sorted([a, b]) for a, b in cables if degree[a] == 1 or degree[b] == 1]
        """,
        """
        near = {}
        for a, b in cables:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
        out = []
        for a, b in {tuple(sorted(c)) for c in cables}:
            seen, todo = {a}, [a]
            for p in todo:
                new = {q for q in near[p] if q not in seen and {p, q} != {a, b}}
                seen |= new
                todo += new
            if b not in seen:
                out.append([a, b])
        return out
        """,
        "pairs = [sorted(c) for c in cables]\nreturn [p for p in pairs if pairs.count(p) == 1]",
    ],
)
def critical_cables(hosts: int, cables: list[list[int]]) -> list[list[int]]:
    ends: list[list[tuple[int, int]]] = [[] for _ in range(hosts)]  # (other computer, number of the cable)
    for number, (a, b) in enumerate(cables):
        ends[a].append((b, number))
        ends[b].append((a, number))
    order = [-1] * hosts
    lowest = [0] * hosts  # earliest computer reachable from the subtree by one cable outside the search tree
    critical = []
    clock = 0
    for root in range(hosts):
        stack = [(root, -1, 0)] if order[root] < 0 else []
        while stack:
            host, arrived_by, position = stack.pop()
            if position == 0:
                order[host] = lowest[host] = clock
                clock += 1
            if position < len(ends[host]):
                stack.append((host, arrived_by, position + 1))
                other, number = ends[host][position]
                if order[other] < 0:
                    stack.append((other, number, 0))
                elif number != arrived_by:
                    lowest[host] = min(lowest[host], order[other])
            elif arrived_by >= 0:
                a, b = cables[arrived_by]
                parent = a + b - host
                lowest[parent] = min(lowest[parent], lowest[host])
                if lowest[host] > order[parent]:
                    critical.append(sorted([a, b]))
    return critical
