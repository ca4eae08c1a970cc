"""For people: a file's theorems checked as answers would be, and the image that the Docker sandbox needs.

    python -m envs.lean check FILE.lean [sandbox=bubblewrap]
    python -m envs.lean image

A theorem is judged with the definitions before it as its header. Prints one line each, with Lean's words where it is no
proof, and exits with 1 if one is not.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from envs.core import ConfigError, VerifierError
from envs.lean import language
from envs.lean.lexer import Forbidden
from envs.lean.placement import read_body
from envs.lean.proofs import Outcome, ProofChecker, Statement, Verdict
from envs.lean.statements import read_theorem
from envs.lean.tasks import blocks
from envs.options import parse_overrides, unknown_name
from sandbox import languages
from sandbox.core import SandboxError

_USAGE = "usage: python -m envs.lean check FILE.lean [sandbox=NAME], or python -m envs.lean image"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        if list(arguments) == ["image"]:
            language.register()
            from sandbox.build import build_language  # the engine's client is an optional dependency

            print(f"built {build_language(languages.find(language.NAME))}")
            return 0
        if len(arguments) < 2 or arguments[0] != "check":
            raise ConfigError(_USAGE)
        options = parse_overrides(arguments[2:])
        for option in options:
            if option != "sandbox":
                raise ConfigError(unknown_name("option", option, ("sandbox",)))
        text = Path(arguments[1]).read_text(encoding="utf-8")
        checker = ProofChecker(str(options.get("sandbox", "auto")))
        checker.prepare()
        outcomes = check_file(text, checker)
    except (ConfigError, SandboxError, VerifierError, OSError, UnicodeDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for line, name, outcome in outcomes:
        words = outcome.feedback.replace("\n", "\n    ")
        print(f"{arguments[1]}:{line}: {name}: {outcome.verdict}" + (f"\n    {words}" if words else ""))
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
        statement = Statement(
            name=theorem.name, text=f"theorem {theorem.name} {theorem.signature}", header="\n\n".join(header)
        )
        (complaint,) = checker.complaints([statement])
        if complaint is not None:
            raise ConfigError(f"line {line}: {theorem.name} does not elaborate: {complaint}")
        found.append((line, theorem.name, _outcome(checker, statement, theorem.proof or "sorry")))
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
