"""Level 5: flows and matchings."""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.code.draw import choice, integer
from envs.code.problem import problem


def _draw_pipes(rng: np.random.Generator) -> tuple[int, list[list[int]], int, int]:
    nodes = choice(rng, [2, 4, 5, 7, 15])
    pipes = []
    for _ in range(integer(rng, nodes, 4 * nodes)):
        a, b = (int(node) for node in rng.permutation(nodes)[:2])
        pipes.append([a, b, integer(rng, 0, choice(rng, [1, 3, 20]))])
    return nodes, pipes, 0, nodes - 1


@problem(
    level=5,
    statement="""A network has `nodes` nodes, numbered from 0. Every element [a, b, capacity] of `pipes` is a pipe
    through which up to capacity units per second (an integer >= 0) can flow from node a to node b, only in this
    direction; there may be several pipes between the same nodes. In all nodes except `source` and `sink`, which differ,
    as much flows out as flows in. Return the largest number of units per second that can flow from `source` to `sink`.
    There are up to 15 nodes and 60 pipes.""",
    edges=[
        (4, [[0, 1, 3], [0, 2, 2], [1, 3, 2], [2, 3, 4], [1, 2, 1]], 0, 3),
        (3, [[0, 1, 5]], 0, 2),
        (4, [[0, 1, 1], [1, 2, 1], [0, 2, 1], [1, 3, 1], [2, 3, 1]], 0, 3),
        (2, [[0, 1, 2], [0, 1, 3], [1, 0, 9]], 0, 1),
        (5, [[4, 1, 8], [1, 2, 3], [1, 3, 3], [2, 0, 9], [3, 0, 1]], 4, 0),
        (4, [[0, 1, 9], [2, 3, 9], [1, 2, 4]], 0, 3),
    ],
    draw=_draw_pipes,
    wrong=[
        "return min(sum(c for a, _, c in pipes if a == source), sum(c for _, b, c in pipes if b == sink))",
        """
        left = [list(p) for p in pipes]
        def push(node, amount, seen):
            if node == sink:
                return amount
            for p in left:
                if p[0] == node and p[2] > 0 and p[1] not in seen:
                    got = push(p[1], min(amount, p[2]), seen | {p[1]})
                    if got:
                        p[2] -= got
                        return got
            return 0
        total = 0
        while True:
            got = push(source, 10 ** 9, {source})
            if not got:
                return total
            total += got
        """,
        """
        best = {source: 10 ** 9}
        for _ in range(nodes):
            for a, b, c in pipes:
                best[b] = max(best.get(b, 0), min(best.get(a, 0), c))
        return best.get(sink, 0)
        """,
    ],
)
def largest_flow(nodes: int, pipes: list[list[int]], source: int, sink: int) -> int:
    residual = [[0] * nodes for _ in range(nodes)]
    for a, b, capacity in pipes:
        residual[a][b] += capacity
    flow = 0
    while True:
        came_from = {source: source}
        reached = [source]
        for node in reached:  # grows while it is read: breadth first
            for other in range(nodes):
                if residual[node][other] > 0 and other not in came_from:
                    came_from[other] = node
                    reached.append(other)
        if sink not in came_from:
            return flow
        path = [sink]
        while path[-1] != source:
            path.append(came_from[path[-1]])
        steps = list(zip(path[1:], path[:-1], strict=True))
        amount = min(residual[a][b] for a, b in steps)
        for a, b in steps:
            residual[a][b] -= amount
            residual[b][a] += amount
        flow += amount


def _fills_as_many_jobs(args: tuple[Any, ...], reference: Any, answer: Any) -> bool:
    (able,) = args
    if not (isinstance(answer, list) and len(answer) == len(able) and all(type(job) is int for job in answer)):
        return False
    if not all(job == -1 or job in jobs for job, jobs in zip(answer, able, strict=True)):
        return False
    filled = [job for job in answer if job != -1]
    return len(set(filled)) == len(filled) and len(filled) == len([job for job in reference if job != -1])


@problem(
    level=5,
    statement="""`able`[w] is the list of the different jobs (integers >= 0) that worker w can do. Give each worker at
    most one of those jobs and each job to at most one worker, so that as many workers as possible have a job. Return
    the list of the job of each worker, -1 for a worker without one; any assignment with the largest number of jobs is
    right. There are up to 60 workers.""",
    comparison=_fills_as_many_jobs,
    edges=[
        ([[0, 1], [0]],),
        ([[5], [5], []],),
        ([],),
        ([[1, 2], [1], [2, 3], [3, 4]],),
        ([[0, 1, 2], [0], [0, 1], [2]],),
        ([[7, 8], [7, 8], [9, 7]],),
    ],
    draw=lambda rng: (
        (count := choice(rng, [3, 5, 8, 60]))
        and [
            sorted({integer(rng, 0, count - 1) for _ in range(integer(rng, 0, 3))}, reverse=rng.random() < 0.5)
            for _ in range(count)
        ],
    ),
    wrong=[
        """
        taken, out = set(), []
        for jobs in able:
            job = next((j for j in jobs if j not in taken), -1)
            taken.add(job)
            out.append(job)
        return out
        """,
        "return [jobs[0] if jobs else -1 for jobs in able]",
        """
        taken, out = set(), [-1] * len(able)
        for w in sorted(range(len(able)), key=lambda w: -len(able[w])):
            for j in able[w]:
                if j not in taken:
                    taken.add(j)
                    out[w] = j
                    break
        return out
        """,
    ],
)
def assign_jobs(able: list[list[int]]) -> list[int]:
    worker_of: dict[int, int] = {}

    def place(worker: int, tried: set[int]) -> bool:
        for job in able[worker]:
            if job not in tried:
                tried.add(job)
                if job not in worker_of or place(worker_of[job], tried):
                    worker_of[job] = worker
                    return True
        return False

    for worker in range(len(able)):
        place(worker, set())
    assignment = [-1] * len(able)
    for job, worker in worker_of.items():
        assignment[worker] = job
    return assignment
