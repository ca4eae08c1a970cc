"""Judges an answer to a programming task: the program runs in a sandbox, everything else happens here on the host.

Into the box goes the program and one input at a time, each in a fresh process. Expected values, the comparison and the
verdict stay on this side. What comes back is plain data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from envs.code.asserts import all_hold
from envs.code.compare import json_shaped, outputs_match, values_match
from envs.code.extract import Extraction, extract_program
from envs.code.tasks import AssertTests, Case, CodeReference
from envs.core import RewardBreakdown, RewardTerm, Task, VerifierError
from envs.sandboxes import SandboxOption, shared_sandbox
from sandbox import languages
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program

Reward = Literal["all", "fraction"]
"""`all`: 1 for a program that passes every case, else 0; `fraction`: the share of the cases that it passes."""

REWARDS: tuple[Reward, ...] = ("all", "fraction")
FIRST_CASES = 2
"""Cases that are run before the others: most wrong programs fail one of them, and the rest need not be run."""
FEEDBACK_LENGTH = 200
"""Characters that are quoted of any one value or error."""


class Verdict(StrEnum):
    """What became of an answer, by its first case that went wrong."""

    ACCEPTED = "AC"
    WRONG_ANSWER = "WA"
    RUNTIME_ERROR = "RE"
    CPU_TIMEOUT = "TLE-CPU"
    WALL_TIMEOUT = "TLE-WALL"
    MEMORY_LIMIT = "MLE"
    OUTPUT_LIMIT = "OLE"
    PROTOCOL_ERROR = "PROTOCOL"
    NO_PROGRAM = "NO-PROGRAM"


_STATUS_WORDS = {
    ExecutionStatus.CPU_TIMEOUT: "used too much CPU time",
    ExecutionStatus.WALL_TIMEOUT: "ran too long",
    ExecutionStatus.MEMORY_LIMIT: "used too much memory",
    ExecutionStatus.OUTPUT_LIMIT: "printed too much",
    ExecutionStatus.PROTOCOL_ERROR: "did not end with one plain value",
    ExecutionStatus.RUNTIME_ERROR: "failed",
}
_FUTURE = re.compile(r"^from __future__ import [^\n]*$", re.MULTILINE)
_NOT_COMPILED = ("SyntaxError", "IndentationError", "TabError")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeVerifier:
    """Judges answers to tasks whose reference is a `CodeReference`. Safe to call from several threads."""

    sandbox: SandboxOption = "auto"
    """Which sandbox, shared by the process and opened on first use, or one that is open."""
    limits: Limits = field(default_factory=Limits)
    reward: Reward = "all"
    format_weight: float = 0.0
    """Share of the reward for a clean answer, whether or not it passes; held below what one case is worth."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one answer.

        Raises:
            VerifierError: The task has no cases, or its comparison is broken.
            SandboxError: The sandbox broke.
        """
        reference: CodeReference = task.reference
        if not reference.cases and reference.asserts is None:
            raise VerifierError(f"task {task.task_id!r} has no tests, so nothing can be judged")
        found = extract_program(completion, reference.entry_point, reference.language)
        if found.source is None:
            verdict = Verdict.NO_PROGRAM
            return self._breakdown(reference, share=0.0, clean=False, feedback=found.problem, verdict=verdict)
        source = with_preamble(reference.preamble, found.source)
        if reference.asserts is not None:
            return self._judge_asserts(reference, reference.asserts, found, source)
        return self._judge_cases(reference, found, source)

    def _judge_cases(self, reference: CodeReference, found: Extraction, source: str) -> RewardBreakdown:
        program = Program(source=source, entry_point=reference.entry_point, language=reference.language)
        first, rest = reference.cases[:FIRST_CASES], reference.cases[FIRST_CASES:]
        results = self._run(program, first)
        verdicts = [_is_right(reference, case, result) for case, result in zip(first, results, strict=True)]
        if all(verdicts) or self.reward == "fraction":  # under `all`, a program that fails one case has lost already
            more = self._run(program, rest)
            verdicts += [_is_right(reference, case, result) for case, result in zip(rest, more, strict=True)]
            results += more
        right = sum(verdicts)
        clean = found.clean and not results[0].error.startswith(_errors_of_form(reference.language))
        feedback = _feedback(reference, results, verdicts)
        failed = [result for result, right in zip(results, verdicts, strict=True) if not right]
        verdict = _verdict(failed[0].status) if failed else Verdict.ACCEPTED
        share = right / len(reference.cases)
        return self._breakdown(reference, share=share, clean=clean, feedback=feedback, verdict=verdict)

    def _judge_asserts(
        self, reference: CodeReference, asserts: AssertTests, found: Extraction, source: str
    ) -> RewardBreakdown:
        program = Program(source=source, entry_point=reference.entry_point)
        result, answers = self._run_asserts(program, asserts)
        passed = all_hold(result)
        feedback = "" if passed else "The program fails the tests."
        if asserts.shown and result.error.startswith(f"AssertionError: {asserts.shown[:FEEDBACK_LENGTH]}"):
            feedback = f"The program fails this test: {asserts.shown}"
        clean = found.clean and not any(answer.error.startswith(_NOT_COMPILED) for answer in answers)
        broken = [answer.status for answer in answers if answer.status is not ExecutionStatus.OK]
        verdict = Verdict.ACCEPTED if passed else _verdict(broken[0] if broken else ExecutionStatus.OK)
        return self._breakdown(reference, share=float(passed), clean=clean, feedback=feedback, verdict=verdict)

    def why_failed(self, task: Task, program: str) -> str | None:
        """Return what a trusted program fails at, hidden cases included, or None if it passes: for authors of tasks.

        Args:
            task: A task with its tests.
            program: Source of the program.

        Raises:
            VerifierError: The comparison is broken.
            SandboxError: The sandbox broke.
        """
        reference: CodeReference = task.reference
        source, language = with_preamble(reference.preamble, program), reference.language
        runnable = Program(source=source, entry_point=reference.entry_point, language=language)
        if reference.asserts is not None:
            result, _ = self._run_asserts(runnable, reference.asserts)
            return None if all_hold(result) else result.error
        results = self._run(runnable, reference.cases)
        verdicts = [_is_right(reference, case, result) for case, result in zip(reference.cases, results, strict=True)]
        known = replace(reference, cases=tuple(replace(case, visible=True) for case in reference.cases))
        return _feedback(known, results, verdicts) or None

    def _run_asserts(self, program: Program, asserts: AssertTests) -> tuple[ExecutionResult, list[ExecutionResult]]:
        """Return what became of the tests, and of each call that they made."""
        sandbox = shared_sandbox(self.sandbox)
        answers: list[ExecutionResult] = []

        def answer(call: Call) -> ExecutionResult:
            result = sandbox.run(program, [call], self.limits)[0]
            answers.append(result)
            return result

        tests = Program(source=asserts.source, stub=asserts.stub)
        return sandbox.run(tests, [Call()], self.limits, answer=answer)[0], answers

    def _run(self, program: Program, cases: Sequence[Case]) -> list[ExecutionResult]:
        if not cases:
            return []
        results = shared_sandbox(self.sandbox).run(program, [case.call for case in cases], self.limits)
        if len(results) != len(cases):
            raise VerifierError(f"the sandbox gave {len(results)} results for {len(cases)} inputs")
        return results

    def _breakdown(
        self, reference: CodeReference, *, share: float, clean: bool, feedback: str, verdict: Verdict
    ) -> RewardBreakdown:
        passed = share == 1.0
        weight = min(self.format_weight, 1.0 / (max(1, len(reference.cases)) + 1))
        terms = {
            "tests": RewardTerm(score=share if self.reward == "fraction" else float(passed), weight=1.0 - weight),
            "format": RewardTerm(score=float(clean), weight=weight),
        }
        return RewardBreakdown(terms=terms, feedback=feedback, passed=passed, verdict=verdict)


def with_preamble(preamble: str, source: str) -> str:
    """Return a program with the code that its task puts before it; `from __future__` lines stay first."""
    if not preamble:
        return source
    future = "".join(line + "\n" for line in _FUTURE.findall(source))
    return f"{future}{preamble.rstrip()}\n\n\n{_FUTURE.sub('', source)}"


def _is_right(reference: CodeReference, case: Case, result: ExecutionResult) -> bool:
    if result.status is not ExecutionStatus.OK:
        return False
    if reference.entry_point is None:
        return outputs_match(reference.comparison, case.call.stdin, case.expected, result.stdout)
    value = json_shaped(result.value) if reference.from_json else result.value
    return values_match(reference.comparison, case.call.args, case.expected, value)


def _errors_of_form(language: str) -> tuple[str, ...]:
    """Return what the error of a program begins with that is not even a program."""
    if language == "python":
        return _NOT_COMPILED
    known = languages.find(language)
    return (f"{known.file_name}:",) if known.compile else ()


def _verdict(status: ExecutionStatus) -> Verdict:
    return Verdict.WRONG_ANSWER if status is ExecutionStatus.OK else Verdict[status.name]


def _feedback(reference: CodeReference, results: Sequence[ExecutionResult], verdicts: Sequence[bool]) -> str:
    """Say what went wrong. Of hidden cases only the kind of failure: an error's text could quote their inputs."""
    for case, result, right in zip(reference.cases, results, verdicts, strict=False):
        if right:
            continue
        if not case.visible:
            kind = "gives a wrong answer" if result.status is ExecutionStatus.OK else _STATUS_WORDS[result.status]
            return f"The program {kind} on a hidden test."
        if reference.entry_point is None:
            asked = f"For the input {_quoted(case.call.stdin)} the program should print {_quoted(case.expected)}"
            got = f"it printed {_quoted(result.stdout)}"
        else:
            arguments = ", ".join(map(_quoted, case.call.args))
            asked = f"{reference.entry_point}({arguments}) should return {_quoted(case.expected)}"
            got = f"it returned {_quoted(result.value)}"
        if result.status is not ExecutionStatus.OK:
            got = f"it {_STATUS_WORDS[result.status]}" + (f": {_cut(result.error)}" if result.error else "")
        return f"{asked}, but {got}."
    return ""


def _quoted(value: object) -> str:
    try:
        return _cut(repr(value))
    except ValueError:  # Python refuses to write out integers of thousands of digits
        return "a very large number"


def _cut(text: str) -> str:
    return text if len(text) <= FEEDBACK_LENGTH else text[:FEEDBACK_LENGTH] + "..."
