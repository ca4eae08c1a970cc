"""Level 3 scripts: tables, records and formatted pages read from stdin."""

from __future__ import annotations

from envs.code.draw import choice, integer, sentence, text
from envs.code.problem import problem


@problem(
    level=3,
    style="script",
    statement="""
    Each line of stdin is a row of cells separated by commas. Rows may have different numbers of cells, and a cell may
    be empty; no line is empty. There is at least one line.

    Print the table with rows and columns exchanged: line c of the output holds the c-th cells of all input rows from
    top to bottom, separated by commas. There are as many output lines as the longest row has cells; where an input row
    is too short, and also where a cell is empty, write "-".
    """,
    edges=[("a,b,c\nd,e,f\n",), ("1,2\n3\n",), ("x\n",), ("p,,q\nr,s\n",), ("a\nb,c\nd,e,f\n",)],
    draw=lambda rng: (
        "".join(
            choice(rng, ["a", "b7", "cc"])
            + "".join("," + text(rng, "xyz19", 0, 2) for _ in range(integer(rng, 0, 4)))
            + "\n"
            for _ in range(integer(rng, 1, 6))
        ),
    ),
    wrong=[
        """
        r = [l.split(',') for l in text.splitlines()]
        return ''.join(','.join(c or '-' for c in col) + '\\n' for col in zip(*r))
        """,
        """
        import itertools
        r = [l.split(',') for l in text.splitlines()]
        return ''.join(','.join(col) + '\\n' for col in itertools.zip_longest(*r, fillvalue='-'))
        """,
        """
        r = [l.split(',') for l in text.splitlines()]
        return ''.join(','.join(q[i] or '-' for q in r if i < len(q)) + '\\n' for i in range(max(map(len, r))))
        """,
    ],
)
def transpose_table(text: str) -> str:
    rows = [line.split(",") for line in text.splitlines()]
    out = ""
    for column in range(max(len(row) for row in rows)):
        cells = [row[column] if column < len(row) else "" for row in rows]
        out += ",".join(cell or "-" for cell in cells) + "\n"
    return out


@problem(
    level=3,
    style="script",
    statement="""
    stdin holds one line with two integers, days (28 to 31) and first (0 to 6), separated by a space.

    Print the calendar of a month with that many days whose first day falls on the weekday first, where 0 is Monday and
    6 is Sunday. The first line is "Mo Tu We Th Fr Sa Su". Each further line is one week: every day number is
    right-aligned in two columns below its weekday, and columns are separated by one space. The days before the first
    one are left blank. No line ends with spaces.
    """,
    edges=[("28 0\n",), ("31 5\n",), ("30 6\n",), ("29 2\n",), ("31 0\n",)],
    draw=lambda rng: (f"{integer(rng, 28, 31)} {integer(rng, 0, 6)}\n",),
    wrong=[
        """
        days, first = map(int, text.split())
        cells = ["  "] * first + [f"{d:2}" for d in range(1, days)]
        rows = [" ".join(cells[i:i + 7]) for i in range(0, len(cells), 7)]
        return "\\n".join(["Mo Tu We Th Fr Sa Su"] + rows) + "\\n"
        """,
        """
        days, first = map(int, text.split())
        cells = [""] * first + [str(d) for d in range(1, days + 1)]
        rows = [" ".join(cells[i:i + 7]) for i in range(0, len(cells), 7)]
        return "\\n".join(["Mo Tu We Th Fr Sa Su"] + rows) + "\\n"
        """,
        """
        days, first = map(int, text.split())
        cells = ["  "] * ((first + 1) % 7) + [f"{d:2}" for d in range(1, days + 1)]
        rows = [" ".join(cells[i:i + 7]) for i in range(0, len(cells), 7)]
        return "\\n".join(["Mo Tu We Th Fr Sa Su"] + rows) + "\\n"
        """,
    ],
)
def month_calendar(text: str) -> str:
    days, first = map(int, text.split())
    cells = ["  "] * first + [f"{day:2d}" for day in range(1, days + 1)]
    lines = ["Mo Tu We Th Fr Sa Su"]
    for start in range(0, len(cells), 7):
        lines.append(" ".join(cells[start : start + 7]))
    return "\n".join(lines) + "\n"


@problem(
    level=3,
    style="script",
    statement="""
    Each line of stdin is the result of a match: "HOME AWAY H:A" with two different one-word team names and the goals of
    both teams. There is at least one line.

    A win gives 3 points, a draw 1 point to both teams, a defeat none. Print one line for each team that played: "NAME
    PLAYED POINTS GOALS", where PLAYED is its number of matches and GOALS has the form FOR:AGAINST. Order the teams by
    points, then by goal difference, then by goals scored, the larger value first each time, and last by name in
    alphabetical order.
    """,
    edges=[
        ("ajax porto 2:1\nporto ajax 0:0\n",),
        ("b a 1:1\n",),
        ("x y 3:0\ny z 5:0\nz x 1:0\n",),
        ("p q 2:1\nr s 3:2\n",),
        ("m n 10:9\no n 9:0\n",),
    ],
    draw=lambda rng: (
        "".join(
            choice(rng, ["ajax porto", "porto lyon", "lyon ajax", "celtic ajax", "lyon celtic"])
            + f" {integer(rng, 0, 3)}:{integer(rng, 0, 3)}\n"
            for _ in range(integer(rng, 1, 8))
        ),
    ),
    wrong=[
        """
        t = {}
        for line in text.splitlines():
            a, b, s = line.split()
            x, y = map(int, s.split(":"))
            for n, f, g in ((a, x, y), (b, y, x)):
                r = t.setdefault(n, [0, 0, 0, 0])
                r[0] += 1
                r[1] += 3 if f > g else 1 if f == g else 0
                r[2] += f
                r[3] += g
        order = sorted(t, key=lambda n: (t[n][1], t[n][2] - t[n][3], t[n][2], n), reverse=True)
        return "".join(f"{n} {t[n][0]} {t[n][1]} {t[n][2]}:{t[n][3]}\\n" for n in order)
        """,
        """
        t = {}
        for line in text.splitlines():
            a, b, s = line.split()
            x, y = map(int, s.split(":"))
            for n, f, g in ((a, x, y), (b, y, x)):
                r = t.setdefault(n, [0, 0, 0, 0])
                r[0] += 1
                r[1] += 2 if f > g else 1 if f == g else 0
                r[2] += f
                r[3] += g
        order = sorted(t, key=lambda n: (-t[n][1], t[n][3] - t[n][2], -t[n][2], n))
        return "".join(f"{n} {t[n][0]} {t[n][1]} {t[n][2]}:{t[n][3]}\\n" for n in order)
        """,
        """
        t = {}
        for line in text.splitlines():
            a, b, s = line.split()
            x, y = map(int, s.split(":"))
            for n, f, g in ((a, x, y), (b, y, x)):
                r = t.setdefault(n, [0, 0, 0, 0])
                r[0] += 1
                r[1] += 3 if f > g else 1 if f == g else 0
                r[2] += f
                r[3] += g
        order = sorted(t, key=lambda n: (-t[n][1], -t[n][2], n))
        return "".join(f"{n} {t[n][0]} {t[n][1]} {t[n][2]}:{t[n][3]}\\n" for n in order)
        """,
    ],
)
def league_table(text: str) -> str:
    record: dict[str, list[int]] = {}
    for line in text.splitlines():
        home, away, score = line.split()
        home_goals, away_goals = map(int, score.split(":"))
        for name, scored, conceded in ((home, home_goals, away_goals), (away, away_goals, home_goals)):
            row = record.setdefault(name, [0, 0, 0, 0])
            row[0] += 1
            row[1] += 3 if scored > conceded else int(scored == conceded)
            row[2] += scored
            row[3] += conceded

    def rank(name: str) -> tuple[int, int, int, str]:
        _, points, scored, conceded = record[name]
        return -points, conceded - scored, -scored, name

    lines = []
    for name in sorted(record, key=rank):
        played, points, scored, conceded = record[name]
        lines.append(f"{name} {played} {points} {scored}:{conceded}\n")
    return "".join(lines)


@problem(
    level=3,
    style="script",
    statement="""
    stdin holds one line of printable ASCII characters, at least one; the newline at its end is not part of the data.

    Print a hex dump of the line, 8 characters to an output line. An output line consists of the offset of its first
    character as four lower-case hexadecimal digits, a colon, then for each character a space and its code as two
    lower-case hexadecimal digits, then two spaces, a bar, the characters themselves and another bar. On a last line
    with fewer than 8 characters, put three spaces in place of each missing code, so that the first bars are below each
    other.
    """,
    edges=[("Hello, world!\n",), ("abcdefgh\n",), ("~\n",), ("0123456789ABCDEFGHIJKLMNOPQRSTUV xyz\n",), (" a b\n",)],
    draw=lambda rng: (sentence(rng, 1, 7) + choice(rng, ["", "!", " ~OK"]) + "\n",),
    wrong=[
        """
        d, out = text[:-1], ""
        for i in range(0, len(d), 8):
            c = d[i:i + 8]
            out += f"{i:04x}:" + "".join(f" {ord(x):02x}" for x in c) + f"  |{c}|\\n"
        return out
        """,
        """
        d, out = text[:-1], ""
        for i in range(0, len(d), 8):
            c = d[i:i + 8]
            out += f"{i:04}:" + "".join(f" {ord(x):02x}" for x in c).ljust(24) + f"  |{c}|\\n"
        return out
        """,
        """
        d, out = text.strip(), ""
        for i in range(0, len(d), 8):
            c = d[i:i + 8]
            out += f"{i:04x}:" + "".join(f" {ord(x):02x}" for x in c).ljust(24) + f"  |{c}|\\n"
        return out
        """,
    ],
)
def hex_dump(text: str) -> str:
    data = text.rstrip("\n")
    out = ""
    for offset in range(0, len(data), 8):
        chunk = data[offset : offset + 8]
        codes = "".join(f" {ord(char):02x}" for char in chunk)
        out += f"{offset:04x}:{codes.ljust(24)}  |{chunk}|\n"
    return out


@problem(
    level=3,
    style="script",
    statement="""
    stdin holds a configuration, then a line "---", then queries, one a line.

    Each line of the configuration is one of these: an empty line; a comment, which starts with "#"; a section header
    "[name]"; or a setting "key = value", which belongs to the last header before it. A setting stands only after some
    header. Names and keys are words of lower-case letters. Around the first "=" of a setting there may be any number of
    spaces, also none; the value is the rest of the line without surrounding spaces, it may be empty and may contain "="
    and "#". A section may be opened several times, and of several settings of the same key in the same section the last
    one counts.

    Each query has the form "name.key". Print for each one the value, or "missing" if there is no such setting; for an
    empty value print "(empty)". There is at least one query.
    """,
    edges=[
        ("[web]\nport = 80\n# port = 81\n---\nweb.port\nweb.host\n",),
        ("[a]\nx=1\n[b]\nx = 2\n[a]\ny = k=v # z\nx = 3\n---\na.x\nb.x\na.y\n",),
        ("---\na.b\n",),
        ("\n[s]\nkey =\n---\ns.key\ns.other\n",),
        ("[p]\nq = two words\n#[r]\nt = 5\n---\np.t\nr.t\np.q\n",),
    ],
    draw=lambda rng: (
        f"[{choice(rng, 'ab')}]\n"
        + "".join(
            choice(
                rng, ["[a]", "[b]", "# x = 9", "", "x = ", "y  =5", f"x= {integer(rng, 1, 9)}", "y = a = b", "z = #1"]
            )
            + "\n"
            for _ in range(integer(rng, 0, 9))
        )
        + "---\na.x\nb.y\na.y\nb.x\n"
        + choice(rng, ["a.z\n", "c.x\n"]),
    ),
    wrong=[
        """
        conf, queries = text.split("---\\n")
        values, section = {}, ""
        for line in conf.splitlines():
            if line.startswith("["):
                section = line[1:-1]
            elif "=" in line and line[0] != "#":
                key, value = line.split("=")[:2]
                values[section + "." + key.strip()] = value.strip() or "(empty)"
        return "".join(values.get(q, "missing") + "\\n" for q in queries.split())
        """,
        """
        conf, queries = text.split("---\\n")
        values = {}
        for line in conf.splitlines():
            if "=" in line and line[0] != "#":
                key, value = line.split("=", 1)
                values[key.strip()] = value.strip() or "(empty)"
        return "".join(values.get(q.split(".")[1], "missing") + "\\n" for q in queries.split())
        """,
        """
        conf, queries = text.split("---\\n")
        values, section = {}, ""
        for line in conf.splitlines():
            line = line.split("#")[0]
            if line.startswith("["):
                section = line[1:-1]
            elif "=" in line:
                key, value = line.split("=", 1)
                values[section + "." + key.strip()] = value.strip() or "(empty)"
        return "".join(values.get(q, "missing") + "\\n" for q in queries.split())
        """,
    ],
)
def config_lookup(text: str) -> str:
    lines = text.splitlines()
    end = lines.index("---")
    values: dict[str, str] = {}
    section = ""
    for line in lines[:end]:
        if line == "" or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line[1:-1]
        else:
            key, value = line.split("=", 1)
            values[f"{section}.{key.strip()}"] = value.strip() or "(empty)"
    return "".join(values.get(query, "missing") + "\n" for query in lines[end + 1 :])
