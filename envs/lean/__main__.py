"""For people: a file's theorems checked as answers would be, what is earned without a model, and an image for Docker.

    python -m envs.lean check FILE.lean [sandbox=bubblewrap] [second_checker=on] [toolchain=PATH] [imports=[Mathlib]]
    python -m envs.lean baselines [env.difficulty=all] [split=heldout] [budget=200] [workers=2] [out=FILE.json]
    python -m envs.lean image [toolchain=PATH] [imports=[Mathlib]]

`check` judges a theorem with the definitions before it as its header, and prints one line each, with Lean's words where
it is no proof. Exit code 1: one is not; 2: what was asked for cannot be.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from envs.core import SPLITS, ConfigError, VerifierError
from envs.grade import whole_number
from envs.lean import language
from envs.lean.baselines import Baseline, baselines
from envs.lean.env import LeanEnv, is_on
from envs.lean.lexer import Forbidden
from envs.lean.placement import read_body
from envs.lean.proofs import Outcome, ProofChecker, Statement, Verdict
from envs.lean.statements import read_theorem, statement_of
from envs.lean.tasks import blocks
from envs.lean.toolchain import Toolchain, find_toolchain
from envs.options import nested_options, parse_overrides, unknown_name
from envs.registry import make
from sandbox import languages
from sandbox.core import SandboxError

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "check": ("sandbox", "second_checker", "toolchain", "imports"),
    "baselines": ("split", "budget", "workers", "out", "env."),
    "image": ("toolchain", "imports"),
}


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        command, *rest = arguments or [""]
        if command not in OPTIONS:
            raise ConfigError(unknown_name("command", command, OPTIONS))
        files = [argument for argument in rest if "=" not in argument]
        if len(files) != (command == "check"):
            raise ConfigError("usage: python -m envs.lean check FILE.lean, or baselines, or image, without a file")
        options = parse_overrides([argument for argument in rest if "=" in argument])
        for option in options:
            if option not in OPTIONS[command]:
                raise ConfigError(unknown_name(f"option of {command}", option, OPTIONS[command]))
        if command == "baselines":
            return run_baselines(options)
        toolchain = find_toolchain(options.get("toolchain"), options.get("imports", ("Init",)))
        if command == "image":
            return build_image(toolchain)
        second = is_on(options.get("second_checker", "off"))
        checker = ProofChecker(str(options.get("sandbox", "auto")), toolchain=toolchain, second=second)
        return run_check(Path(files[0]), checker)
    except (ConfigError, SandboxError, VerifierError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def build_image(toolchain: Toolchain | None) -> int:
    """Build the image of the Docker sandbox that shows Lean."""
    from sandbox.build import build_language  # the engine's client is an optional dependency

    language.register(toolchain)
    print(f"built {build_language(languages.find(language.name_of(toolchain)))}")
    return 0


def run_baselines(options: Mapping[str, Any]) -> int:
    """Print what is proved without a model."""
    env = make("lean", **nested_options(options.get("env.", {}))).unwrapped
    assert isinstance(env, LeanEnv)
    split = str(options.get("split", "heldout"))
    if split not in (*SPLITS, "all"):
        raise ConfigError(unknown_name("split", split, (*SPLITS, "all")))
    problems = [task.reference for task in env.tasks(None if split == "all" else split)]
    problems = [problem for problem in problems if not problem.is_false and problem.family is None]
    if not problems:
        raise ConfigError(f"the split {split!r} holds no problem that is not drawn in each episode")
    env.prepare()
    workers = whole_number(options, "workers", 0) or os.cpu_count() or 1
    found = baselines(env.checker, problems, whole_number(options, "budget", 200), workers)
    Console().print(_table(found, f"lean, {split}: {len(problems)} problems"))
    if "out" in options:
        lines = [asdict(each) | {"interval": each.interval} for each in found]
        Path(str(options["out"])).write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
    return 0


def _table(found: Sequence[Baseline], title: str) -> Table:
    table = Table(title=title)
    for heading in ("policy", "level", "proved", "share, 95 %", "tries"):
        table.add_column(heading)
    for each in found:
        low, high = each.interval
        share = f"{each.proved / each.problems:.3f} ({low:.3f} - {high:.3f})"
        table.add_row(each.policy, each.level, f"{each.proved} of {each.problems}", share, f"{each.tries:.1f}")
    return table


def run_check(path: Path, checker: ProofChecker) -> int:
    """Check the theorems of a file, and say of each what it is."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no text in UTF-8: {error}") from error
    checker.prepare()
    outcomes = check_file(text, checker)
    for line, name, outcome in outcomes:
        words = outcome.feedback.replace("\n", "\n    ")
        print(f"{path}:{line}: {name}: {outcome.verdict}" + (f"\n    {words}" if words else ""))
    proved = sum(outcome.verdict is Verdict.PROVED for _, _, outcome in outcomes)
    print(f"{proved} of {len(outcomes)} proved")
    return 0 if proved == len(outcomes) else 1


def check_file(text: str, checker: ProofChecker) -> list[tuple[int, str, Outcome]]:
    """Return the line, the name and the outcome of every theorem of a file.

    Raises:
        ConfigError: Something in it is neither a theorem nor a definition that elaborates, or it holds no theorem.
    """
    header: list[str] = []
    found: list[tuple[int, str, Outcome]] = []
    for line, block in blocks(text):
        if not block.startswith(("theorem ", "lemma ")):
            header.append(block)
            continue
        try:
            theorem = read_theorem("theorem " + block.partition(" ")[2])
        except ValueError as error:
            raise ConfigError(f"line {line}: {error}") from error
        text = statement_of(theorem.name, theorem.signature)
        statement = Statement(name=theorem.name, text=text, header="\n\n".join(header))
        (complaint,) = checker.complaints([statement])
        if complaint is not None:
            raise ConfigError(f"line {line}: {theorem.name} does not elaborate: {complaint}")
        found.append((line, theorem.name, _outcome(checker, statement, theorem.proof or "")))
    if not found:
        raise ConfigError("the file holds no theorem")
    return found


def _outcome(checker: ProofChecker, statement: Statement, proof: str) -> Outcome:
    body = read_body(f":= {proof}" if proof.startswith("by") else proof)
    if body is None:
        return Outcome(verdict=Verdict.INCOMPLETE, feedback="There is no proof.")
    if isinstance(body, Forbidden):
        return Outcome(verdict=Verdict.FORBIDDEN, feedback=f"Not allowed in a proof: {body}.")
    return checker.check(statement, body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
