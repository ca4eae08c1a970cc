"""Level 3 scripts: small machines that follow the commands on stdin."""

from __future__ import annotations

from envs.code.draw import choice, integer
from envs.code.problem import problem


@problem(
    level=3,
    style="script",
    statement="""
    A robot starts on the cell 0 0 of an infinite grid and faces north. Each line of stdin is a command: "L" (turn left
    by 90 degrees), "R" (turn right by 90 degrees) or "F n" (walk n cells forward, 0 <= n <= 50). North increases the
    second coordinate and east the first. There may be no commands.

    Print two lines: the final position as "X Y", and the number of different cells the robot has been on, including the
    start and every cell it walked across.
    """,
    edges=[("F 2\nR\nF 1\n",), ("L\nF 3\nL\nL\nF 5\n",), ("",), ("R\nR\nF 4\n",), ("F 1\nL\nF 1\nL\nF 1\nL\nF 1\n",)],
    draw=lambda rng: (
        "".join(
            choice(rng, ["L", "R", f"F {integer(rng, 0, 6)}", f"F {integer(rng, 0, 50)}"]) + "\n"
            for _ in range(integer(rng, 0, 14))
        ),
    ),
    wrong=[
        """
        x = y = 0
        dx, dy = 0, 1
        seen = {(0, 0)}
        for line in text.splitlines():
            if line == "L":
                dx, dy = -dy, dx
            elif line == "R":
                dx, dy = dy, -dx
            else:
                x, y = x + dx * int(line[2:]), y + dy * int(line[2:])
                seen.add((x, y))
        return f"{x} {y}\\n{len(seen)}\\n"
        """,
        """
        x = y = 0
        dx, dy = 0, 1
        seen = {(0, 0)}
        for line in text.splitlines():
            if line == "R":
                dx, dy = -dy, dx
            elif line == "L":
                dx, dy = dy, -dx
            else:
                for _ in range(int(line[2:])):
                    x, y = x + dx, y + dy
                    seen.add((x, y))
        return f"{x} {y}\\n{len(seen)}\\n"
        """,
        """
        x = y = 0
        dx, dy = 0, 1
        cells = 1
        for line in text.splitlines():
            if line == "L":
                dx, dy = -dy, dx
            elif line == "R":
                dx, dy = dy, -dx
            else:
                n = int(line[2:])
                x, y, cells = x + dx * n, y + dy * n, cells + n
        return f"{x} {y}\\n{cells}\\n"
        """,
    ],
)
def robot_walk(text: str) -> str:
    x, y = 0, 0
    step_x, step_y = 0, 1
    visited = {(x, y)}
    for command in text.splitlines():
        if command == "L":
            step_x, step_y = -step_y, step_x
        elif command == "R":
            step_x, step_y = step_y, -step_x
        else:
            for _ in range(int(command[2:])):
                x, y = x + step_x, y + step_y
                visited.add((x, y))
    return f"{x} {y}\n{len(visited)}\n"


@problem(
    level=3,
    style="script",
    statement="""
    stdin holds the commands of a store keeper, one a line; quantities are positive integers and items are words:

    "add ITEM N": N pieces of the item come in.
    "take ITEM N": N pieces go out. If fewer than N are there, nothing goes out and the line "short ITEM K" is printed,
    where K is the number of pieces that are missing.
    "move ITEM OTHER": all pieces of ITEM are relabelled as OTHER, a different item, and added to those already there.

    After the last command print the stock: for every item with at least one piece a line "ITEM N", in alphabetical
    order of the items, or the single line "empty" if nothing is left. There may be no commands.
    """,
    edges=[
        ("add nut 5\ntake nut 7\ntake nut 2\n",),
        ("add b 1\nadd a 2\nmove b a\n",),
        ("",),
        ("take x 3\nadd x 3\ntake x 3\n",),
        ("add z 1\nadd y 1\nadd z 4\nmove q y\n",),
    ],
    draw=lambda rng: (
        "".join(
            choice(
                rng,
                [
                    f"add {choice(rng, ['nut', 'bolt', 'cog'])} {integer(rng, 1, 9)}",
                    f"take {choice(rng, ['nut', 'bolt', 'cog'])} {integer(rng, 1, 9)}",
                    "move nut bolt",
                    "move cog nut",
                ],
            )
            + "\n"
            for _ in range(integer(rng, 0, 10))
        ),
    ),
    wrong=[
        """
        s, out = {}, ""
        for line in text.splitlines():
            op, item, n = line.split()
            if op == "add":
                s[item] = s.get(item, 0) + int(n)
            elif op == "take":
                if s.get(item, 0) < int(n):
                    out += f"short {item} {int(n) - s.get(item, 0)}\\n"
                else:
                    s[item] -= int(n)
            else:
                s[n] = s.pop(item, 0)
        stock = [f"{k} {v}\\n" for k, v in sorted(s.items()) if v]
        return out + ("".join(stock) or "empty\\n")
        """,
        """
        s, out = {}, ""
        for line in text.splitlines():
            op, item, n = line.split()
            if op == "add":
                s[item] = s.get(item, 0) + int(n)
            elif op == "take":
                if s.get(item, 0) < int(n):
                    out += f"short {item} {int(n) - s.get(item, 0)}\\n"
                    s[item] = 0
                else:
                    s[item] -= int(n)
            else:
                s[n] = s.get(n, 0) + s.pop(item, 0)
        stock = [f"{k} {v}\\n" for k, v in sorted(s.items()) if v]
        return out + ("".join(stock) or "empty\\n")
        """,
        """
        s, out = {}, ""
        for line in text.splitlines():
            op, item, n = line.split()
            if op == "add":
                s[item] = s.get(item, 0) + int(n)
            elif op == "take":
                if s.get(item, 0) < int(n):
                    out += f"short {item} {int(n) - s.get(item, 0)}\\n"
                else:
                    s[item] -= int(n)
            else:
                s[n] = s.get(n, 0) + s.pop(item, 0)
        stock = [f"{k} {v}\\n" for k, v in sorted(s.items())]
        return out + ("".join(stock) or "empty\\n")
        """,
    ],
)
def store_keeper(text: str) -> str:
    stock: dict[str, int] = {}
    out = ""
    for command in text.splitlines():
        action, item, argument = command.split()
        held = stock.get(item, 0)
        if action == "add":
            stock[item] = held + int(argument)
        elif action == "move":
            stock[argument] = stock.get(argument, 0) + held
            stock[item] = 0
        elif held < int(argument):
            out += f"short {item} {int(argument) - held}\n"
        else:
            stock[item] = held - int(argument)
    left = "".join(f"{item} {held}\n" for item, held in sorted(stock.items()) if held > 0)
    return out + (left or "empty\n")


@problem(
    level=3,
    style="script",
    statement="""
    Each line of stdin is a game of noughts and crosses: a string of digits from 1 to 9, the cells on which the players
    put their marks in turn. X begins, O follows. The cells are numbered row by row: 1 2 3 in the first row, 4 5 6 in
    the second, 7 8 9 in the third. No line is empty, and there is at least one.

    Print one line for each game. Go through its moves in order: if a move goes to a taken cell, or comes after one
    player has already got three marks in a row, column or diagonal, print "illegal move K", where K is the number of
    that move counted from 1, and look at no further moves. If all moves are legal, print "X wins" or "O wins" if that
    player has three in a line, "draw" if all nine cells are taken without a winner, and "unfinished" otherwise.
    """,
    edges=[
        ("15293\n55\n",),
        ("142536\n",),
        ("517382469\n1\n",),
        ("1425367\n3157\n",),
        ("31527\n142568793\n",),
        ("518237649\n251873649\n",),
    ],
    draw=lambda rng: (
        "".join(
            "".join(str(cell + 1) for cell in rng.permutation(9)[: integer(rng, 1, 9)])
            + choice(rng, ["", "", "", "5"])
            + "\n"
            for _ in range(integer(rng, 1, 5))
        ),
    ),
    wrong=[
        """
        lines = "123 456 789 147 258 369 159 357".split()
        def play(moves):
            board = {}
            for k, c in enumerate(moves):
                if c in board:
                    return f"illegal move {k + 1}"
                board[c] = "XO"[k % 2]
            for p in "XO":
                if any(all(board.get(c) == p for c in l) for l in lines):
                    return p + " wins"
            return "draw" if len(board) == 9 else "unfinished"
        return "".join(play(m) + "\\n" for m in text.split())
        """,
        """
        lines = "123 456 789 147 258 369 159".split()
        def play(moves):
            board, winner = {}, ""
            for k, c in enumerate(moves):
                if c in board or winner:
                    return f"illegal move {k + 1}"
                board[c] = "XO"[k % 2]
                if any(all(board.get(x) == board[c] for x in l) for l in lines):
                    winner = board[c]
            return winner + " wins" if winner else "draw" if len(board) == 9 else "unfinished"
        return "".join(play(m) + "\\n" for m in text.split())
        """,
        """
        lines = "123 456 789 147 258 369 159 357".split()
        def play(moves):
            board, winner = {}, ""
            for k, c in enumerate(moves):
                if c in board or winner:
                    return f"illegal move {k + 1}"
                board[c] = "XO"[k % 2]
                if len(board) == 9:
                    return "draw"
                if any(all(board.get(x) == board[c] for x in l) for l in lines):
                    winner = board[c]
            return winner + " wins" if winner else "unfinished"
        return "".join(play(m) + "\\n" for m in text.split())
        """,
    ],
)
def noughts_and_crosses(text: str) -> str:
    lines = ("123", "456", "789", "147", "258", "369", "159", "357")

    def result(moves: str) -> str:
        board: dict[str, str] = {}
        winner = ""
        for number, cell in enumerate(moves, start=1):
            if cell in board or winner:
                return f"illegal move {number}"
            player = "X" if number % 2 == 1 else "O"
            board[cell] = player
            if any(all(board.get(other) == player for other in line) for line in lines):
                winner = player
        if winner:
            return f"{winner} wins"
        return "draw" if len(board) == 9 else "unfinished"

    return "".join(result(moves) + "\n" for moves in text.split())
