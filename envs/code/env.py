"""The code environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from envs.attacks import Attack
from envs.code.attacks import code_attacks
from envs.code.audit_verifier import AuditedVerifier, AuditVerifier, auditable
from envs.code.extract import fenced
from envs.code.jsonl import load_tasks
from envs.code.prompt import code_block
from envs.code.rewrites import harmful, harmless
from envs.code.tasks import (
    CodeReference,
    canonical_source,
    cases_text,
    library_tasks,
    problem_cases,
    problem_contents,
    select_levels,
)
from envs.code.verifier import REWARDS, CodeVerifier, Reward
from envs.core import ConfigError, Split, Task
from envs.datasets import normalised_prompt
from envs.options import unknown_name
from envs.sandboxes import SandboxOption, sandbox_choice, shared_sandbox
from envs.text_env import TextEnv
from sandbox.core import Limits, Program, SandboxError
from sandbox.pool import MOST_OF_ANYTHING

__all__ = ["CodeEnv"]

MAX_HIDDEN_CASES = 1000
MAX_FORMAT_WEIGHT = 0.1


class CodeEnv(TextEnv):
    """Write a Python program that passes hidden tests. The page of this environment is `envs/code/README.md`."""

    def __init__(
        self,
        *,
        difficulty: str | int | Sequence[int] = "easy",
        tasks: str | None = None,
        split: Split = "train",
        reward: Reward = "all",
        format_weight: float = 0.0,
        hidden_cases: int = 8,
        shots: bool = True,
        max_turns: int = 1,
        sandbox: SandboxOption = "auto",
        limits: Limits | Mapping[str, Any] | None = None,
        check_references: bool = True,
        audit: float = 0.1,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            difficulty: Levels of the built-in problems: `easy` (1), `medium` (2-3), `hard` (4-5), `all`, or levels.
            tasks: A JSONL file of tasks, instead of the built-in problems.
            split: Where an episode's task is drawn from: train, validation or heldout.
            reward: `all` or `fraction`.
            format_weight: Share of the reward for a clean answer, at most 0.1.
            hidden_cases: Inputs drawn afresh for each episode, besides a problem's edge cases.
            shots: Whether a solved example stands before each built-in problem, which small models need.
            max_turns: Answers in one episode; after a failed one the model is shown a failing visible case.
            sandbox: Name of a sandbox, its name with options in a mapping, or one that is open.
            limits: Limits of one execution, or those that differ from the defaults.
            check_references: Whether a file's own reference solutions must pass their tests (they run in the sandbox).
            audit: Share of the passes that a second verifier of another kind judges too, without a say in the reward.
            seed: Seed of the episodes.

        Raises:
            ConfigError: An option that cannot be, a malformed file, or splits that share content.
        """
        if reward not in REWARDS:
            raise ConfigError(unknown_name("reward", reward, REWARDS))
        if isinstance(sandbox, (str, Mapping)):
            sandbox_choice(sandbox)
        if not isinstance(format_weight, (int, float)) or not 0.0 <= format_weight <= MAX_FORMAT_WEIGHT:
            raise ConfigError(f"format_weight must be in [0, {MAX_FORMAT_WEIGHT}], got {format_weight!r}")
        if type(hidden_cases) is not int or not 0 <= hidden_cases <= MAX_HIDDEN_CASES:
            raise ConfigError(f"hidden_cases must be an integer in [0, {MAX_HIDDEN_CASES}], got {hidden_cases!r}")
        if isinstance(audit, bool) or not isinstance(audit, (int, float)) or not 0.0 <= audit <= 1.0:
            raise ConfigError(f"audit must be in [0, 1], got {audit!r}")
        self.hidden_cases = hidden_cases
        self.audit = float(audit)
        verifier = CodeVerifier(
            sandbox=sandbox, limits=_limits(limits), reward=reward, format_weight=float(format_weight)
        )
        self._sandbox = sandbox
        self._reward, self._format_weight = reward, float(format_weight)
        super().__init__(
            _load(difficulty, tasks, verifier if check_references else None, shots),
            _audited(verifier, self.audit) if self.audit else verifier,
            split=split,
            max_turns=max_turns,
            seed=seed,
        )

    def prepare(self) -> None:
        """Open the sandbox, and its boxes for the languages of the tasks.

        Raises:
            ConfigError: It cannot run on this machine, or not one of those languages.
        """
        where = f"sandbox={sandbox_choice(self._sandbox)}: " if isinstance(self._sandbox, (str, Mapping)) else ""
        try:
            box = shared_sandbox(self._sandbox)
            for language in sorted({task.reference.language for task in self.tasks()} - {"python"}):
                box.run(Program(source="", language=language), [])
        except (SandboxError, ValueError) as error:
            raise ConfigError(f"{where}{error}") from error

    @property
    def floor(self) -> float:
        """The format term; under `reward=fraction` a constant may be right on some inputs, so no bound."""
        return self._format_weight if self._reward == "all" else 1.0

    def begin(self, task: Task, rng: np.random.Generator) -> Task:
        """Draw the episode's hidden inputs, work out what is expected of them, and draw the seed of its audit.

        Raises:
            VerifierError: The problem's generator or reference solution is broken.
        """
        reference: CodeReference = task.reference
        if reference.problem is not None:
            reference = replace(reference, cases=problem_cases(reference.problem, self.hidden_cases, rng))
        if self.audit and auditable(reference):  # drawn last: the inputs are the same with an audit and without one
            reference = replace(reference, audit_seed=int(rng.integers(2**63)))
        return replace(task, reference=reference)

    def reply(self, task: Task, breakdown: Any) -> str:
        """Return the feedback and the request to repair the program."""
        return f"{breakdown.feedback} Fix the program and answer with {code_block(task.reference.language)}."

    def contents(self, task: Task) -> Mapping[str, str]:
        """Return the prompt, the reference solution and the tests of a task."""
        reference: CodeReference = task.reference
        contents = {"prompt": normalised_prompt(task)}
        if reference.problem is not None:
            contents.update(problem_contents(reference.problem.name))
        if reference.cases:
            contents["tests"] = cases_text(reference.cases)
        if reference.asserts is not None:
            contents["tests"] = canonical_source(reference.asserts.source)
        return contents

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return the hostile answers of `envs/code/attacks.py`."""
        return code_attacks(task)

    def wrong_answers(self, task: Task) -> Sequence[str]:
        """Return the problem's plausible but wrong programs."""
        problem = task.reference.problem
        return [fenced(source) for source in problem.wrong] if problem is not None else []

    def harmless_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the reference solution with other names, layout, comments and fences."""
        problem = task.reference.problem
        return harmless(problem.solution, task.reference.entry_point) if problem is not None else {}

    def harmful_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the reference solution spoilt in ways that no test can miss."""
        problem = task.reference.problem
        return harmful(problem.solution, task.reference.entry_point) if problem is not None else {}


def _load(difficulty: Any, path: str | None, verifier: CodeVerifier | None, shots: bool) -> Sequence[Task]:
    if path is not None:
        try:
            return load_tasks(path, verifier)
        except SandboxError as error:
            raise ConfigError(f"cannot check the reference solutions of {path}: {error}") from error
    levels = {str(level) for level in select_levels(difficulty)}
    chosen = [task for task in library_tasks(shots) if task.tags["level"] in levels]
    if not chosen:
        raise ConfigError(f"no built-in problem has difficulty {difficulty!r}")
    return chosen


def _audited(verifier: CodeVerifier, share: float) -> AuditedVerifier:
    audit = AuditVerifier(sandbox=verifier.sandbox, limits=verifier.limits)
    return AuditedVerifier(verifier=verifier, audit=audit, share=share)


def _limits(limits: Limits | Mapping[str, Any] | None) -> Limits:
    if limits is None or isinstance(limits, Limits):
        return limits or Limits()
    known = [item.name for item in fields(Limits)]
    for name, value in limits.items():
        if name not in known:
            raise ConfigError(unknown_name("limit", name, known))
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            raise ConfigError(f"limit {name} must be a positive number, got {value!r}")
        if not value < MOST_OF_ANYTHING:
            raise ConfigError(f"limit {name} must be a number below 2**53, got {value!r}")
    return Limits(**limits)
