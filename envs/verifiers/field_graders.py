"""Graders of JSON: `json_path` compares one field of a value, `set_f1` a list with a list, whatever the order."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    boolean,
    choice,
    number,
    reference_template,
    template,
    text,
    whole,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.strict_json import strict_json
from envs.verifiers.string_check import OPERATIONS, RIGHT, WRONG
from envs.verifiers.templates import (
    MissingVariable,
    TemplateError,
    Variable,
    as_text,
    compile_template,
    parse_path,
    pick,
)

NOT_JSON = Grade(score=0.0, flags=frozenset({"sample_parse_error"}), feedback="The answer is not JSON.")
NO_FIELD = Grade(score=0.0, flags=frozenset({"invalid_variable_error"}), feedback="The answer's JSON lacks a field.")
NO_LIST = Grade(score=0.0, feedback="The answer must be a list of texts or numbers.")


class JsonPath(BaseGrader):
    """1 if one field of a JSON value compares with the reference as it should, else 0.

    `same` compares as JSON does: by type and value, numbers by value, objects whatever the order of their keys. The
    other operations are those of `string_check`, on the field as text.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self.templates = (self._input, self._reference)
        self._field = Variable(text=config["path"], namespace="sample", path=_steps(config["path"]))
        self._holds = OPERATIONS.get(config["operation"])

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Compare."""
        reference = self._reference.value(sample, item)
        value = self._input.value(sample, item)
        if isinstance(value, str):
            try:
                value = strict_json(value)
            except ValueError:
                return NOT_JSON
        try:
            for step in self._field.path:
                value = pick(value, step, self._field)
        except MissingVariable:
            return NO_FIELD
        holds = self._holds(as_text(value), as_text(reference)) if self._holds else same_json(value, reference)
        return RIGHT if holds else WRONG


class SetF1(BaseGrader):
    """The F1 score of a list against the reference's, order aside.

    Every entry of the answer counts, repeated ones too: what is listed twice is right at most once. Entries are
    compared in Unicode's compatible form, without outer spaces and, unless told otherwise, whatever their case.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self.templates = (self._input, self._reference)
        self._separator: str = config["separator"]
        self._sensitive: bool = config["case_sensitive"]
        self._most: int | None = config.get("max_items")
        self._beta = float(config["beta"])

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Compare."""
        wanted = self._entries(self._reference.value(sample, item))
        if wanted is None:
            raise GraderFault("other_error", f"{self.name}: the reference is not a list of texts or numbers")
        given = self._entries(self._input.value(sample, item))
        if given is None:
            return NO_LIST
        if self._most is not None and len(given) > self._most:
            return Grade(score=0.0, feedback=f"The answer must list at most {self._most}.")
        hits = len(set(given) & set(wanted))
        precision = hits / len(given) if given else float(not wanted)
        recall = hits / len(set(wanted)) if wanted else float(not given)
        weight = self._beta**2
        mean = (1 + weight) * precision * recall / (weight * precision + recall) if hits else precision * recall
        feedback = "" if mean == 1.0 else f"{hits} of the {len(given)} listed are right."
        measures = {"precision": precision, "recall": recall, "listed": float(len(given))}
        return Grade(score=min(mean, 1.0), feedback=feedback, measures=measures)

    def _entries(self, value: Any) -> list[str] | None:
        if isinstance(value, str):
            parts = [part for part in value.split(self._separator) if part.strip()]
            return [self._plain(part) for part in parts]
        if not isinstance(value, list) or any(isinstance(one, (list, dict)) or one is None for one in value):
            return None
        return [self._plain(as_text(one)) for one in value]

    def _plain(self, entry: str) -> str:
        plain = " ".join(unicodedata.normalize("NFKC", entry).split())
        return plain if self._sensitive else plain.casefold()


def same_json(left: Any, right: Any) -> bool:
    """Return whether two JSON values are the same; true is not 1, and 1.0 is."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return isinstance(left, str) and isinstance(right, str) and left == right


def _steps(path: str) -> tuple[Any, ...]:
    path = path.strip().removeprefix("$")
    return parse_path(path if path.startswith((".", "[")) or not path else f".{path}")


def _path(value: Any, place: Place) -> Any:
    text()(value, place)
    if isinstance(value, str) and value:
        try:
            _steps(value)
        except TemplateError as error:
            place.fail(str(error))
    return value


def _build_path(config: Config, context: GraderContext) -> JsonPath:
    return JsonPath(config)


def _build_set(config: Config, context: GraderContext) -> SetF1:
    return SetF1(config)


JSON_PATH = GraderType(
    fields={
        "input": Field(template, required=False, default="{{ sample.output_text }}"),
        "path": Field(_path),
        "reference": Field(reference_template),
        "operation": Field(choice("operation", ("same", *OPERATIONS)), required=False, default="same"),
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build_path,
)
SET_F1 = GraderType(
    fields={
        "input": Field(template),
        "reference": Field(reference_template),
        "separator": Field(text(longest=8), required=False, default="\n"),
        "case_sensitive": Field(boolean, required=False, default=False),
        "max_items": Field(whole(least=1), required=False),
        "beta": Field(number(above=0, most=10), required=False, default=1.0),
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build_set,
)
