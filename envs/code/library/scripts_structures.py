"""Level 5 scripts: range queries, caches and trees."""

from __future__ import annotations

import numpy as np

from envs.code.draw import LOWER, choice, integer, integers
from envs.code.problem import problem


@problem(
    level=5,
    style="script",
    statement="""
    The first line of stdin holds one or more integers, separated by single spaces, at positions 1, 2, 3, ... Each
    further line is a command (there is at least one query, and there are at most 800 commands and 800 integers):

    "set I V": the number at position I becomes V.
    "sum L R": print the sum of the numbers at the positions L to R, both included (L <= R).
    "least L R": print the smallest number at the positions L to R, both included.
    "undo": take back the last "set" that has not been taken back yet; if there is none, print "nothing to undo".

    All positions are valid. Print every answer on a line of its own.
    """,
    edges=[
        ("5 1 4\nsum 1 3\nset 2 9\nleast 1 3\nundo\nleast 2 2\n",),
        ("7\nundo\nset 1 -3\nsum 1 1\n",),
        ("1 2 3 4 5\nset 5 0\nset 5 8\nundo\nsum 4 5\nundo\nsum 4 5\nundo\nleast 2 4\n",),
        ("-2 -1\nleast 1 2\nsum 1 2\n",),
        ("3 3 3 3\nset 1 1\nset 3 2\nundo\nset 2 5\nsum 1 4\nundo\nundo\nleast 1 4\n",),
    ],
    draw=lambda rng: (
        (size := choice(rng, [1, 4, 8, 700]))
        and " ".join(map(str, integers(rng, -99, 99, size, size)))
        + "\n"
        + "".join(
            choice(rng, ["set {0} {2}", "sum {0} {1}", "least {0} {1}", "undo", "set {1} {2}"]).format(
                *sorted(integers(rng, 1, size, 2, 2)), integer(rng, -99, 99)
            )
            + "\n"
            for _ in range(choice(rng, [6, 12, 600]))
        )
        + f"sum 1 {size}\n",
    ),
    wrong=[
        """
        first, *commands = text.splitlines()
        v, old, out = list(map(int, first.split())), None, []
        for c in commands:
            op, *a = c.split()
            if op == "set":
                old = (int(a[0]), v[int(a[0]) - 1])
                v[int(a[0]) - 1] = int(a[1])
            elif op == "undo":
                if old is None:
                    out.append("nothing to undo")
                else:
                    v[old[0] - 1] = old[1]
                    old = None
            else:
                part = v[int(a[0]) - 1:int(a[1])]
                out.append(str(sum(part) if op == "sum" else min(part)))
        return "\\n".join(out) + "\\n"
        """,
        """
        first, *commands = text.splitlines()
        v, out = list(map(int, first.split())), []
        start, log = list(v), []
        for c in commands:
            op, *a = c.split()
            if op == "set":
                log.append(int(a[0]) - 1)
                v[int(a[0]) - 1] = int(a[1])
            elif op == "undo":
                if log:
                    i = log.pop()
                    v[i] = start[i]
                else:
                    out.append("nothing to undo")
            else:
                part = v[int(a[0]) - 1:int(a[1])]
                out.append(str(sum(part) if op == "sum" else min(part)))
        return "\\n".join(out) + "\\n"
        """,
        """
        first, *commands = text.splitlines()
        v, out, log = list(map(int, first.split())), [], []
        for c in commands:
            op, *a = c.split()
            if op == "set":
                log.append((int(a[0]) - 1, v[int(a[0]) - 1]))
                v[int(a[0]) - 1] = int(a[1])
            elif op == "undo":
                if log:
                    i, x = log.pop()
                    v[i] = x
            else:
                part = v[int(a[0]) - 1:int(a[1])]
                out.append(str(sum(part) if op == "sum" else min(part)))
        return "\\n".join(out) + "\\n"
        """,
    ],
)
def range_queries(text: str) -> str:
    first, *commands = text.splitlines()
    numbers = [int(token) for token in first.split()]
    size = len(numbers)
    tree = [(0, 0)] * size + [(value, value) for value in numbers]  # (sum, smallest) of a node's leaves

    def join(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
        return left[0] + right[0], min(left[1], right[1])

    for node in range(size - 1, 0, -1):
        tree[node] = join(tree[2 * node], tree[2 * node + 1])

    def assign(position: int, value: int) -> None:
        node = position - 1 + size
        tree[node] = (value, value)
        while node > 1:
            node //= 2
            tree[node] = join(tree[2 * node], tree[2 * node + 1])

    def query(left: int, right: int) -> tuple[int, int]:
        low, high = left - 1 + size, right + size
        result = tree[low]
        low += 1
        while low < high:
            if low % 2 == 1:
                result = join(result, tree[low])
                low += 1
            if high % 2 == 1:
                high -= 1
                result = join(result, tree[high])
            low, high = low // 2, high // 2
        return result

    history: list[tuple[int, int]] = []
    out = []
    for command in commands:
        action, *arguments = command.split()
        if action == "undo" and not history:
            out.append("nothing to undo")
        elif action == "undo":
            assign(*history.pop())
        else:
            a, b = map(int, arguments)
            if action == "set":
                history.append((a, tree[a - 1 + size][0]))
                assign(a, b)
            else:
                out.append(str(query(a, b)[0 if action == "sum" else 1]))
    return "\n".join(out) + "\n"


@problem(
    level=5,
    style="script",
    statement="""
    The first line of stdin holds the capacity of a cache, an integer of at least 1. Each further line (there may be
    none, and at most 1000) is a command; keys and values are words:

    "get KEY": print the value stored under KEY, or "miss" if KEY is not in the cache. "put KEY VALUE": store VALUE
    under KEY, replacing its old value if there is one. If KEY is new and the cache is full, the key that was used least
    recently is first thrown out, and "evict" with that key is printed, for example "evict b".

    A key is used by every "put" of it and by every "get" that finds it. At the end print one line "cache:" followed by
    all keys in the cache, the most recently used first, each preceded by a space.
    """,
    edges=[
        ("2\nput a 1\nput b 2\nget a\nput c 3\nget b\n",),
        ("1\nget x\nput x y\nput x z\nget x\n",),
        ("3\n",),
        ("2\nput a 1\nput b 2\nput a 3\nput c 4\nget a\n",),
        ("2\nput p q\nput r s\nget z\nput r t\nput u v\nput p w\n",),
    ],
    draw=lambda rng: (
        f"{(capacity := choice(rng, [1, 2, 3, 5, 40]))}\n"
        + "".join(
            choice(rng, ["get k{0}", "put k{0} v{1}", "put k{0} v{1}"]).format(
                integer(rng, 1, capacity + 3), integer(rng, 1, 99)
            )
            + "\n"
            for _ in range(choice(rng, [0, 8, 15, 800]))
        ),
    ),
    wrong=[
        """
        n, *lines = text.splitlines()
        d, out = {}, []
        for l in lines:
            op, k, *v = l.split()
            if op == "get":
                out.append(d.get(k, "miss"))
            else:
                if k not in d and len(d) == int(n):
                    out.append("evict " + next(iter(d)))
                    del d[next(iter(d))]
                d.pop(k, None)
                d[k] = v[0]
        return "\\n".join(out + ["cache:" + "".join(" " + k for k in reversed(d))]) + "\\n"
        """,
        """
        n, *lines = text.splitlines()
        d, out = {}, []
        for l in lines:
            op, k, *v = l.split()
            if op == "get":
                out.append(d.get(k, "miss"))
                if k in d:
                    d[k] = d.pop(k)
            else:
                if k not in d and len(d) == int(n):
                    out.append("evict " + next(iter(d)))
                    del d[next(iter(d))]
                d[k] = v[0]
        return "\\n".join(out + ["cache:" + "".join(" " + k for k in reversed(d))]) + "\\n"
        """,
        """
        n, *lines = text.splitlines()
        d, out = {}, []
        for l in lines:
            op, k, *v = l.split()
            if op == "get":
                out.append(d.get(k, "miss"))
                if k in d:
                    d[k] = d.pop(k)
            else:
                if len(d) == int(n):
                    out.append("evict " + next(iter(d)))
                    del d[next(iter(d))]
                d.pop(k, None)
                d[k] = v[0]
        return "\\n".join(out + ["cache:" + "".join(" " + k for k in reversed(d))]) + "\\n"
        """,
    ],
)
def lru_cache_log(text: str) -> str:
    from collections import OrderedDict

    first, *commands = text.splitlines()
    capacity = int(first)
    cache: OrderedDict[str, str] = OrderedDict()
    out = []
    for command in commands:
        action, key, *value = command.split()
        if key in cache:
            cache.move_to_end(key)
        if action == "get":
            out.append(cache.get(key, "miss"))
            continue
        if key not in cache and len(cache) == capacity:
            oldest, _ = cache.popitem(last=False)
            out.append(f"evict {oldest}")
        cache[key] = value[0]
    out.append("cache:" + "".join(f" {key}" for key in reversed(cache)))
    return "\n".join(out) + "\n"


def _draw_tree(rng: np.random.Generator) -> str:
    count = choice(rng, [1, 3, 6, 10, 250])
    names = [f"n{number}" for number in range(count)] if count > 26 else list(LOWER[:count])
    reach = choice(rng, [2, 9, 99])
    lines = [
        f"{names[integer(rng, max(0, child - reach), child - 1)]} {names[child]} {integer(rng, 1, 20)}\n"
        for child in range(1, count)
    ]
    order = rng.permutation(count - 1)
    queries = [f"{choice(rng, names)} {choice(rng, names)}\n" for _ in range(choice(rng, [2, 4, 200]))]
    return f"{names[0]}\n" + "".join(lines[place] for place in order) + "?\n" + "".join(queries)


@problem(
    level=5,
    style="script",
    statement="""
    The first line of stdin holds the name of the spring of a river system. Each following line, up to a line "?", has
    the form "UPPER LOWER LENGTH" and describes a channel of that length (a positive integer) through which water flows
    from place UPPER to place LOWER. Every place except the spring is LOWER in exactly one line and can be reached from
    the spring; the lines are in any order, and there may be none. There are at most 300 places. The lines after "?" are
    questions "A B" about two places, at least one and at most 300.

    Print one line for each question: the place furthest from the spring through which all water to A and all water to B
    flows (it may be A or B itself, and it is A if A and B are the same), a space, and the length of the shortest way
    from A to B along the channels, in any direction.
    """,
    edges=[
        ("s\ns a 3\na b 2\na c 4\n?\nb c\ns c\n",),
        ("x\n?\nx x\n",),
        ("r\nq t 5\nr q 1\nr p 7\n?\nt p\nq t\nt t\n",),
        ("m\nm n 2\nn o 2\no k 2\nn l 9\nl j 1\n?\nk j\nj k\no l\nm j\n",),
        ("u\nv w 10\nu v 1\nu z 1\nz y 10\n?\nw y\nv v\n",),
    ],
    draw=lambda rng: (_draw_tree(rng),),
    wrong=[
        """
        head, questions = text.split("?\\n")
        up = {l.split()[1]: (l.split()[0], int(l.split()[2])) for l in head.splitlines()[1:]}
        out = ""
        for q in questions.splitlines():
            a, b = q.split()
            dist, d = {a: 0}, 0
            while a in up:
                d += up[a][1]
                a = up[a][0]
                dist[a] = d
            while b not in dist:
                b = up[b][0]
            out += f"{b} {dist[b]}\\n"
        return out
        """,
        """
        head, questions = text.split("?\\n")
        up = {l.split()[1]: (l.split()[0], int(l.split()[2])) for l in head.splitlines()[1:]}
        out = ""
        for q in questions.splitlines():
            a, b = q.split()
            dist, d = {a: 0}, 0
            while a in up:
                d += 1
                a = up[a][0]
                dist[a] = d
            d = 0
            while b not in dist:
                b = up[b][0]
                d += 1
            out += f"{b} {dist[b] + d}\\n"
        return out
        """,
        """
        head, questions = text.split("?\\n")
        top = head.split()[0]
        up = {l.split()[1]: (l.split()[0], int(l.split()[2])) for l in head.splitlines()[1:]}
        def depth(x):
            return up[x][1] + depth(up[x][0]) if x in up else 0
        out = ""
        for q in questions.splitlines():
            a, b = q.split()
            out += f"{top} {depth(a) + depth(b)}\\n"
        return out
        """,
    ],
)
def river_ways(text: str) -> str:
    lines = text.splitlines()
    end = lines.index("?")
    above: dict[str, tuple[str, int]] = {}
    for line in lines[1:end]:
        upper, lower, channel = line.split()
        above[lower] = (upper, int(channel))
    out = ""
    for question in lines[end + 1 :]:
        a, b = question.split()
        distance = {a: 0}  # from A to each place above it
        place = a
        while place in above:
            upper, length = above[place]
            distance[upper] = distance[place] + length
            place = upper
        place, walked = b, 0
        while place not in distance:
            place, length = above[place]
            walked += length
        out += f"{place} {walked + distance[place]}\n"
    return out
