"""Problems for a proof assistant: those of the library, and users' own from JSON Lines.

The library is `problems/*.lean`, files that Lean itself checks. A line `/-! level N, THEME -/` begins problems of a
level and theme; each theorem is a problem, its proof the gold proof, and the definitions that it mentions its header.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from envs.core import SPLITS, ConfigError, Split, Task
from envs.datasets import prove_disjoint, split_by_hash
from envs.jsonl import Record, read_records
from envs.lean.prompt import build_conversation, fenced
from envs.lean.proofs import Statement
from envs.lean.statements import canonical, defined_names, mentioned, read_theorem, statement_of, tactic_block

PROBLEMS = Path(__file__).parent / "problems"
THEMES = ("logic", "equality", "nat", "order", "lists", "facts")
LEVELS = (1, 2, 3, 4, 5)
TRAIN_SHARE = 0.60
HELDOUT_SHARE = 0.25

Check = Callable[[Sequence["LeanProblem"]], Sequence[str | None]]
"""What compiles statements and gold proofs: for each problem a complaint, or None where there is none."""

_SECTION = re.compile(r"/-! level ([1-5]), (\w+) -/")
_FIELDS = ("task_id", "statement", "header", "gold", "split")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanProblem:
    """A statement to prove. The task owns everything but the proof."""

    task_id: str
    name: str
    """Of the theorem."""
    signature: str
    """Universes, binders, colon and type, as they are written behind the name."""
    header: str = ""
    """Definitions that the statement needs; they come before it."""
    gold: str | None = None
    """A proof as the lines behind `:= by`, not indented."""
    level: int | None = None
    theme: str | None = None
    split: Split = "train"
    is_false: bool = False
    """Whether it cannot be proved: then a proof of it is an alarm."""

    family: str | None = None
    """Of problems that are drawn in each episode; this one only stands for them."""

    @property
    def posed(self) -> Statement:
        """What the checker is given."""
        return Statement(name=self.name, text=self.statement, header=self.header)

    @property
    def statement(self) -> str:
        """`theorem NAME BINDERS : TYPE`."""
        return statement_of(self.name, self.signature)

    @property
    def canonical(self) -> str:
        """What problems share that differ only in names and layout."""
        return canonical(self.header, self.signature)

    def with_body(self, body: str) -> str:
        """Return the text of a whole file in which lines behind `:= by` prove the statement."""
        lines = "\n".join(f"  {line}" if line.strip() else "" for line in body.split("\n"))
        header = f"{self.header}\n\n" if self.header else ""
        return f"{header}{self.statement} := by\n{lines}\n"


@functools.cache
def library_problems() -> tuple[LeanProblem, ...]:
    """Return every problem of the library, divided about 60/15/25 within each level and theme."""
    found = [problem for path in sorted(PROBLEMS.glob("*.lean")) for problem in read_library_file(path)]
    repeated = [name for name, count in Counter(problem.task_id for problem in found).items() if count > 1]
    if repeated:
        raise ConfigError(f"the library has more than one problem of the name {repeated[0]!r}")
    return tuple(divided(found))


def read_library_file(path: Path) -> list[LeanProblem]:
    """Return the problems of a file in the form of the library; all are in the split `train`.

    Raises:
        ConfigError: A theorem stands before the first section, or is none.
    """
    problems: list[LeanProblem] = []
    definitions: dict[str, str] = {}
    level: int | None = None
    theme: str | None = None
    for line, block in blocks(path.read_text(encoding="utf-8")):
        if section := _SECTION.fullmatch(block):
            level, theme = int(section[1]), section[2]
            if theme not in THEMES:
                raise ConfigError(f"{path}, line {line}: no theme {theme!r}; known: {', '.join(THEMES)}")
        elif block.startswith("theorem "):
            if level is None:
                raise ConfigError(f"{path}, line {line}: a theorem stands before the first `/-! level N, THEME -/`")
            try:
                problem = _library_problem(block, definitions)
            except ValueError as error:
                raise ConfigError(f"{path}, line {line}: {error}") from error
            problems.append(replace(problem, level=level, theme=theme))
        elif not block.startswith("/-\n"):
            definitions.update(dict.fromkeys(defined_names(block)[:1], block))
    return problems


def _library_problem(block: str, definitions: dict[str, str]) -> LeanProblem:
    theorem = read_theorem(block)
    proof = theorem.proof or ""
    if not proof.startswith("by\n"):
        raise ValueError("a gold proof begins with `by` and a new line")
    gold = "\n".join(line.removeprefix("  ") for line in proof.removeprefix("by\n").split("\n"))
    return LeanProblem(
        task_id=theorem.name,
        name=theorem.name,
        signature=theorem.signature,
        header=_header(theorem.signature, definitions),
        gold=gold.rstrip(),
    )


def _header(signature: str, definitions: dict[str, str]) -> str:
    """Return the definitions that a signature mentions, and those that they mention, in their own order."""
    needed: set[str] = set()
    found = mentioned(signature)
    while new := (found & definitions.keys()) - needed:
        needed |= new
        found = {name for definition in new for name in mentioned(definitions[definition])}
    return "\n\n".join(definitions[name] for name in definitions if name in needed)


def blocks(text: str) -> Iterable[tuple[int, str]]:
    """Yield what blank lines separate, with the number of its first line; an indented line goes on what precedes it."""
    block: list[str] = []
    first = 1
    for number, line in enumerate([*text.split("\n"), "end"], start=1):
        starts = line and not line[0].isspace() and block and not block[-1].strip()
        if starts:
            yield first, "\n".join(block).strip()
            block = []
        if not block:
            first = number
        block.append(line)


def divided(problems: Sequence[LeanProblem]) -> list[LeanProblem]:
    """Return problems with splits that depend on what they state, within each level and theme."""
    forms = {problem.canonical: f"{problem.level} {problem.theme}" for problem in problems}
    splits = split_by_hash(forms, train_share=TRAIN_SHARE, heldout_share=HELDOUT_SHARE)
    return [replace(problem, split=splits[problem.canonical]) for problem in problems]


def load_problems(path: str | Path, check: Check | None = None) -> list[LeanProblem]:
    """Read users' own problems from JSON Lines: `{"task_id", "statement", "header"?, "gold"?, "split"?}`.

    A line that names no split is a training problem, unless no line of the file names one: then problems are divided
    60/15/25 by a hash of their canonical form.

    Args:
        path: The file.
        check: Where given, it must find nothing to complain of in a statement and its gold proof.

    Raises:
        ConfigError: A malformed line (with file, line and field), a statement that does not elaborate, a gold proof
            that is none, or equal statements in different splits.
    """
    records = read_records(path)
    problems = [_problem(record) for record in records]
    seen: dict[str, int] = {}
    for record, problem in zip(records, problems, strict=True):
        if problem.task_id in seen:
            record.fail("task_id", f"{problem.task_id!r} is given twice, first on line {seen[problem.task_id]}")
        seen[problem.task_id] = record.line
    if not any(record.fields.get("split") for record in records):
        problems = divided(problems)
    prove_disjoint([task_of(problem) for problem in problems], lambda task: {"statement": task.reference.canonical})
    if check is not None:
        for record, complaint in zip(records, check(problems), strict=True):
            if complaint is not None:
                raise ConfigError(f"{record.path}, line {record.line}: {complaint}")
    return problems


def _problem(record: Record) -> LeanProblem:
    record.only(_FIELDS)
    given = record.fields.get("task_id")
    task_id = str(given) if type(given) is int else record.text("task_id")
    statement = record.text("statement")
    try:
        theorem = read_theorem(statement)
    except ValueError as error:
        record.fail("statement", f"{error}; got {statement[:60]!r}")
    if theorem.proof is not None:
        record.fail("statement", "holds a proof; it belongs into the field 'gold'")
    gold = record.optional_text("gold")
    return LeanProblem(
        task_id=task_id,
        name=theorem.name,
        signature=theorem.signature,
        header=(record.optional_text("header") or "").strip("\n"),
        gold=None if gold is None else tactic_block(gold),
        split=record.choice("split", SPLITS) or "train",  # type: ignore[arg-type]
    )


def task_of(problem: LeanProblem, shots: int = 0) -> Task:
    """Return a problem as a task.

    Args:
        problem: The problem.
        shots: Solved examples in the prompt.
    """
    tags = {"level": str(problem.level or 0), "theme": problem.theme or "own"}
    return Task(
        task_id=problem.task_id,
        prompt=build_conversation(problem.header, problem.statement, problem.level, problem.theme, shots),
        reference=problem,
        gold=None if problem.gold is None else fenced(problem.gold),
        split=problem.split,
        tags=MappingProxyType(tags),
    )
