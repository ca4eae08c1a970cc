"""Compares two texts: `string_check`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    check_sides,
    choice,
    template,
)
from envs.verifiers.grading import Grade, Sample
from envs.verifiers.templates import compile_template

OPERATIONS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda text, reference: text == reference,
    "ne": lambda text, reference: text != reference,
    "like": lambda text, reference: reference in text,
    "ilike": lambda text, reference: reference.casefold() in text.casefold(),
}
"""`like`: the input contains the reference; `ilike`: whatever the case of either."""

RIGHT = Grade(score=1.0)
WRONG = Grade(score=0.0, feedback="That is not the answer.")


class StringCheck(BaseGrader):
    """1 if the texts compare as they should, else 0. Nothing is trimmed or folded."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self._holds = OPERATIONS[config["operation"]]
        self.templates = (self._input, self._reference)

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Compare."""
        holds = self._holds(self._input.render(sample, item), self._reference.render(sample, item))
        return RIGHT if holds else WRONG


def _build(config: Config, context: GraderContext) -> StringCheck:
    return StringCheck(config)


STRING_CHECK = GraderType(
    fields={
        "input": Field(template),
        "reference": Field(template),
        "operation": Field(choice("operation", tuple(OPERATIONS))),
        "pass_threshold": PASS_THRESHOLD,
    },
    check=check_sides,
    build=_build,
)
