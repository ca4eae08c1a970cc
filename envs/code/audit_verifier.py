"""A second verifier of another kind, which audits a share of the passes and is never learned from.

`CodeVerifier` runs one input a process, drawn independently. Here the inputs are chosen by what the reference solution
does with them (`audit_inputs.py`), a function is called with all of them, twice over, in one process and once more, in
another order, in a second, and values are compared in another way (`audit_compare.py`). So a program that counts its
calls, keeps state, depends on the order or the process, or knows the answers of other inputs by heart is told from one
that computes. Arguments that a function changes are its own: each call gets fresh ones, and no statement forbids it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from envs.code.audit_compare import output_agrees, value_agrees
from envs.code.audit_inputs import audit_inputs
from envs.code.compare import json_shaped
from envs.code.extract import extract_program
from envs.code.tasks import Case, CodeReference
from envs.code.verifier import CodeVerifier, with_preamble
from envs.core import RewardBreakdown, RewardTerm, Task, VerifierError
from envs.datasets import content_hash
from envs.sandboxes import SandboxOption, shared_sandbox
from envs.text_env import judge
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program

INPUTS = 12
"""Inputs that an audit tries, each three times (a script: twice)."""

_IN_TURN = """

def {name}({name}_calls):
    import copy as {name}_copy, sys as {name}_sys
    {name}_sys.setrecursionlimit({name}_sys.getrecursionlimit() + 50)
    {name}_values = []
    for {name}_args in {name}_calls:
        {name}_values.append({name}_copy.deepcopy({entry_point}(*{name}_args)))
    return {name}_values
"""
"""Calls the function in sequence, looking it up each time; values are copied, lest a later call changes them.

It uses no name that the answer could have taken. It shares the process with the answer, so what it returns is data like
any other: a program that forges it has only chosen what is compared.
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerifier:
    """Judges answers to tasks whose reference is an auditable `CodeReference`. Safe to call from several threads."""

    sandbox: SandboxOption = "auto"
    """As of the verifier that is audited."""
    limits: Limits = field(default_factory=Limits)
    """Limits of one call."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one answer; nothing of the feedback is meant for the policy.

        Raises:
            VerifierError: The task cannot be audited, or its generator, reference solution or judge is broken.
            SandboxError: The sandbox broke.
        """
        reference: CodeReference = task.reference
        if reference.audit_seed is None:
            raise VerifierError(f"task {task.task_id!r} has no audit seed, so nothing can be audited")
        source = extract_program(completion, reference.entry_point).source
        if source is None:
            return _breakdown("There is no program.")
        source = with_preamble(reference.preamble, source)
        cases = _cases(reference, reference.audit_seed)
        rng = np.random.default_rng([reference.audit_seed, 1])
        orders = [rng.permutation(len(cases)).tolist() for _ in range(2)]
        audit = self._audit_script if reference.entry_point is None else self._audit_function
        return _breakdown(audit(reference, source, cases, orders))

    def _audit_function(
        self, reference: CodeReference, source: str, cases: Sequence[Case], orders: Sequence[Sequence[int]]
    ) -> str:
        first, second = orders
        sequences = [[*first, *first], second]
        program = _in_turn(source, reference.entry_point or "")
        calls = [Call(args=([cases[index].call.args for index in sequence],)) for sequence in sequences]
        results = self._run(program, calls, _times(self.limits, len(sequences[0])))
        right: list[tuple[int, bool]] = []
        for sequence, result in zip(sequences, results, strict=True):
            values = result.value
            if result.status is not ExecutionStatus.OK:
                return f"Called {len(sequence)} times in one process, it ended with {result.status}: {result.error}"
            if type(values) is not list or len(values) != len(sequence):
                return "It forged the list of its values."
            right += [
                (index, _value_is_right(reference, cases[index], value))
                for index, value in zip(sequence, values, strict=True)
            ]
        return _found(right)

    def _audit_script(
        self, reference: CodeReference, source: str, cases: Sequence[Case], orders: Sequence[Sequence[int]]
    ) -> str:
        sequence = [index for order in orders for index in order]
        results = self._run(Program(source=source), [cases[index].call for index in sequence], self.limits)
        right = [
            (index, _output_is_right(reference, cases[index], result))
            for index, result in zip(sequence, results, strict=True)
        ]
        return _found(right)

    def _run(self, program: Program, calls: Sequence[Call], limits: Limits) -> list[ExecutionResult]:
        results = shared_sandbox(self.sandbox).run(program, calls, limits)
        if len(results) != len(calls):
            raise VerifierError(f"the sandbox gave {len(results)} results for {len(calls)} inputs")
        return results


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedVerifier:
    """Judges as `verifier` does, and adds what the audit says of a share of the passes as a term of weight 0."""

    verifier: CodeVerifier
    audit: AuditVerifier
    share: float
    """Share of the passes that are audited; which ones is decided by the episode's seed and the answer."""

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one answer. A failure of the audit is logged: the answer then counts as not audited.

        Raises:
            VerifierError: The verifier failed.
            SandboxError: The sandbox broke while the verifier used it.
        """
        breakdown = self.verifier(task, completion)
        if not (breakdown.passed and self._chosen(task.reference.audit_seed, completion)):
            return breakdown
        try:
            found = judge(self.audit, task, completion)
        except VerifierError as error:
            logger.warning("an answer to %s was not audited: %s", task.task_id, error)
            return breakdown
        term = RewardTerm(score=float(found.passed), weight=0.0)
        return replace(breakdown, terms={**breakdown.terms, "audit": term})

    def _chosen(self, seed: int | None, completion: str) -> bool:
        return seed is not None and int(content_hash(f"{seed} {completion}")[:16], 16) < self.share * 2**64


def auditable(reference: CodeReference) -> bool:
    """Return whether an audit has something to try that training does not: new inputs, or calls in one process."""
    return reference.problem is not None or (bool(reference.cases) and reference.entry_point is not None)


def _cases(reference: CodeReference, seed: int) -> Sequence[Case]:
    if reference.problem is not None:
        return audit_inputs(reference.problem, seed, INPUTS)
    order = np.random.default_rng(seed).permutation(len(reference.cases))[:INPUTS]
    return [reference.cases[index] for index in order]


def _in_turn(source: str, entry_point: str) -> Program:
    """Return a program whose function takes the arguments of many calls, and returns the list of their values."""
    name = "calls_in_turn"
    while name in source + entry_point:
        name += "_"
    return Program(source=source + _IN_TURN.format(name=name, entry_point=entry_point), entry_point=name)


def _times(limits: Limits, calls: int) -> Limits:
    """Return the limits of so many calls in one process; memory is not used up by calls."""
    return replace(
        limits,
        cpu_time_s=limits.cpu_time_s * calls,
        wall_time_s=limits.wall_time_s * calls,
        output_bytes=limits.output_bytes * calls,
    )


def _value_is_right(reference: CodeReference, case: Case, value: object) -> bool:
    shaped = json_shaped(value) if reference.from_json else value
    return value_agrees(reference.comparison, case.call.args, case.expected, shaped)


def _output_is_right(reference: CodeReference, case: Case, result: ExecutionResult) -> bool:
    ended_well = result.status is ExecutionStatus.OK
    return ended_well and output_agrees(reference.comparison, case.call.stdin, case.expected, result.stdout)


def _found(right: Sequence[tuple[int, bool]]) -> str:
    """Say what went wrong, if anything did, with inputs that were each tried several times."""
    wrong = {index for index, is_right in right if not is_right}
    unsteady = wrong & {index for index, is_right in right if is_right}
    if unsteady:
        return f"{len(unsteady)} equal inputs got a right and a wrong answer."
    return f"{len(wrong)} chosen inputs got a wrong answer." if wrong else ""


def _breakdown(problem: str) -> RewardBreakdown:
    return RewardBreakdown(terms={"audit": RewardTerm(score=float(not problem))}, feedback=problem, passed=not problem)
