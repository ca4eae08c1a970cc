"""Several graders and a formula over their scores: `multi`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from envs.jsonl import shown
from envs.verifiers.formulas import FUNCTIONS, Formula, FormulaError, Interval, UndefinedError, parse_formula
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    build_config,
    check_config,
    text,
)
from envs.verifiers.grading import Grade, Grader, GraderFault, Sample, TokenUsage

_ROUNDING = 1e-9


class Multi(BaseGrader):
    """The value of a formula over the scores of other graders.

    A grader whose sample lacks what it looks at counts as whatever is worst for the formula: a sample must not escape
    a penalty by leaving out the field that the penalty reads. Where more is better, as nearly everywhere, that is 0.
    """

    def __init__(self, config: Config, graders: Mapping[str, Grader]) -> None:
        self._graders = graders
        self._ranges: dict[str, Interval] = {key: (grader.low, grader.high) for key, grader in graders.items()}
        self._formula = parse_formula(config["calculate_output"], list(graders))
        low, high = output_range(self._formula, self._ranges)
        super().__init__(config, low=low, high=high)
        self.sub_ranges = dict(self._ranges)
        for key, grader in graders.items():
            inner: Mapping[str, Interval] = getattr(grader, "sub_ranges", {})
            self.sub_ranges |= {f"{key}.{name}": interval for name, interval in inner.items()}
        self.templates = tuple(one for grader in graders.values() for one in getattr(grader, "templates", ()))

    @property
    def graders(self) -> Mapping[str, Grader]:
        """Return the graders by key."""
        return self._graders

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Ask every grader, and calculate."""
        grades = {key: grader.grade(sample, item) for key, grader in self._graders.items()}
        flags = frozenset(flag for grade in grades.values() for flag in grade.flags)
        bounds = self._bounds(grades) if flags else None
        return Grade(
            score=bounds[0] if bounds else self._held(self._value(grades)),
            bounds=bounds,
            sub_scores=_with_inner({key: {"": grade.score, **grade.sub_scores} for key, grade in grades.items()}),
            flags=flags,
            token_usage=_added(grades),
            feedback=" ".join(dict.fromkeys(grade.feedback for grade in grades.values() if grade.feedback)),
            measures=_with_inner({key: grade.measures for key, grade in grades.items()}),
        )

    def _value(self, grades: Mapping[str, Grade]) -> float:
        scores = {key: grade.score for key, grade in grades.items()}
        try:
            return self._formula.value(scores)
        except UndefinedError as error:
            message = f"{self.name}: {self._formula.text!r} has no value for {scores}: {error}"
            raise GraderFault("formula_parse_error", message) from None

    def _bounds(self, grades: Mapping[str, Grade]) -> Interval:
        """Return between what the score could have been, had the sample not lacked what some graders read."""
        known = {
            key: grade.bounds or self._ranges[key] if grade.flags else (grade.score, grade.score)
            for key, grade in grades.items()
        }
        try:
            low, high = self._formula.range(known)
        except UndefinedError:  # for scores that it might have had: the sample's doing, and no fault
            return self.low, self.high
        return self._held(low), self._held(high)

    def _held(self, score: float) -> float:
        return min(max(score, self.low), self.high)


def output_range(formula: Formula, ranges: Mapping[str, Interval]) -> Interval:
    """Return bounds of a formula's value: 0 and 1, to which it is held, where none can be shown."""
    try:
        low, high = formula.range(ranges)
    except UndefinedError:
        return 0.0, 1.0
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (0.0, 1.0)


def _with_inner(values: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {f"{key}.{name}" if name else key: value for key, inner in values.items() for name, value in inner.items()}


def _added(grades: Mapping[str, Grade]) -> dict[str, TokenUsage]:
    usage: dict[str, TokenUsage] = {}
    for grade in grades.values():
        for model, more in grade.token_usage.items():
            usage[model] = usage.get(model, TokenUsage()) + more
    return usage


def _graders(value: Any, place: Place) -> Any:
    if isinstance(value, Mapping) and "type" in value and not isinstance(value["type"], Mapping):
        place.fail('is one grader: give an object of graders by key, such as {"match": {...}}')
        return {}
    if not isinstance(value, Mapping):
        place.fail(f"must be an object of graders by key, got {shown(value)}")
        return {}
    if not value:
        place.fail("must hold at least one grader")
    for key in value:
        if not key.isidentifier():
            place.at(key).fail("a formula cannot name this key: use letters, digits and _")
        elif key in FUNCTIONS:
            place.at(key).fail(f"is the name of a function of formulas: {', '.join(FUNCTIONS)}")
    return {key: check_config(grader, place.at(key, deeper=True)) for key, grader in value.items()}


def _check(config: Config, place: Place) -> None:
    graders, at = config["graders"], place.at("calculate_output")
    try:
        formula = parse_formula(config["calculate_output"], list(graders))
    except FormulaError as error:
        at.fail(str(error))
        return
    for key in graders:
        if key not in formula.keys:
            place.at("graders").at(key).warn("the formula does not use this grader: it is asked for nothing")
    ranges = {key: config_range(grader) for key, grader in graders.items()}
    found = formula.witness(ranges)
    if found is not None:
        scores = ", ".join(f"{key} = {value:g}" for key, value in found[0].items()) or "all scores"
        at.fail(f"{found[1]} where {scores}")
        return
    try:
        low, high = formula.range(ranges)
    except UndefinedError as error:
        unscored = "a sample for which it happens gets no reward, and all others are held to [0, 1]"
        at.warn(f"{error} cannot be excluded; {unscored}")
        return
    if not math.isfinite(low) or not math.isfinite(high):
        at.fail("its value has no finite bounds")
    elif low < -_ROUNDING or high > 1 + _ROUNDING:
        at.warn(f"its value lies in [{low:g}, {high:g}], not in [0, 1]")


def config_range(config: Config) -> Interval:
    """Return the bounds of a checked grader's score."""
    if config["type"] != "multi":
        low, high = config.get("range", (0.0, 1.0))
        return float(low), float(high)
    ranges = {key: config_range(grader) for key, grader in config["graders"].items()}
    return output_range(parse_formula(config["calculate_output"], list(ranges)), ranges)


def _build(config: Config, context: GraderContext) -> Multi:
    return Multi(config, {key: build_config(grader, context) for key, grader in config["graders"].items()})


MULTI = GraderType(
    fields={
        "graders": Field(_graders),
        "calculate_output": Field(text()),
        "pass_threshold": PASS_THRESHOLD,
    },
    check=_check,
    build=_build,
)
