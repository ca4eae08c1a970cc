"""Programs as samples: `code` runs them against tests in the sandbox, by the verifier of the code environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from envs.code.jsonl import COMPARISONS, reference_of
from envs.code.tasks import CodeReference
from envs.code.verifier import REWARDS, CodeVerifier
from envs.core import ConfigError, Task
from envs.jsonl import Record, shown
from envs.sandboxes import SandboxOption
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    choice,
    template,
    text,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.templates import compile_template
from sandbox.core import SandboxError
from sandbox.languages import LANGUAGES

TESTS = ("tests", "test", "test_list")
"""The forms that tests take, as in a file of tasks; a grader has one of them, or the item has it."""
_OWN = ("entry_point", "comparison", "language", "test_setup_code", "test_imports")


class CodeGrader(BaseGrader):
    """Whether a program passes its tests, or the share of them that it passes."""

    def __init__(self, config: Config, sandbox: SandboxOption) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self.templates = (self._input,)
        self._verifier = CodeVerifier(sandbox=sandbox, reward=config["reward"])
        self._fields = {key: config[key] for key in (*TESTS, *_OWN) if key in config}
        self._reference = _reference(self._fields, "the grader") if any(key in config for key in TESTS) else None

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Run the program."""
        completion = self._input.render(sample, item)
        reference = self._reference
        if reference is None:
            fields = {**{key: item[key] for key in (*TESTS, *_OWN) if key in item}, **self._fields}
            try:
                reference = _reference(fields, "the item")
            except ConfigError as error:
                raise GraderFault("invalid_variable_error", f"{self.name}: {error}") from None
        task = Task(task_id=self.name, prompt=(), reference=reference)
        try:
            breakdown = self._verifier(task, completion)
        except SandboxError as error:
            raise GraderFault("other_error", f"{self.name}: {error}", error_type="sandbox") from error
        return Grade(score=min(max(breakdown.total, 0.0), 1.0), feedback=breakdown.feedback)


def _reference(fields: Mapping[str, Any], owner: str) -> CodeReference:
    """Return what a program is judged against.

    Raises:
        ConfigError: There are no tests, or they are malformed.
    """
    if not any(key in fields for key in TESTS):
        raise ConfigError(f"{owner} has no tests: give one of {', '.join(TESTS)}")
    return reference_of(Record(path=Path(owner), line=1, fields={"prompt": "-", **fields}))


def _check(config: Config, place: Place) -> None:
    if any(key in config for key in TESTS):
        try:
            _reference({key: config[key] for key in (*TESTS, *_OWN) if key in config}, "the grader")
        except ConfigError as error:
            place.fail(str(error))


def _tests(value: Any, place: Place) -> Any:
    if not isinstance(value, (list, str)):
        place.fail(f"must be a list of tests, got {shown(value)}")
    return value


def _build(config: Config, context: GraderContext) -> CodeGrader:
    return CodeGrader(config, context.sandbox)


CODE = GraderType(
    fields={
        "input": Field(template, required=False, default="{{ sample.output_text }}"),
        "tests": Field(_tests, required=False),
        "test": Field(text(), required=False),
        "test_list": Field(_tests, required=False),
        "test_setup_code": Field(text(least=0), required=False),
        "test_imports": Field(_tests, required=False),
        "entry_point": Field(text(), required=False),
        "language": Field(choice("language", ("python", *LANGUAGES)), required=False),
        "comparison": Field(choice("comparison", COMPARISONS), required=False),
        "reward": Field(choice("reward", REWARDS), required=False, default="all"),
        "pass_threshold": PASS_THRESHOLD,
    },
    check=_check,
    build=_build,
)
