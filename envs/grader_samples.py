"""Answers made from a grader's configuration: the right one as far as it shows, and hostile ones in the same form.

A grader that compares `sample.output_json.gene` with `item.gene` shows what an answer must look like. Attacks are
written in that form, so that they reach the comparison instead of failing on the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from envs.verifiers.field_graders import _steps
from envs.verifiers.grader_types import sides
from envs.verifiers.grading import Sample
from envs.verifiers.templates import MissingVariable, Step, Template, Variable, as_text

LISTS = ("set_f1", "ranked_list")
"""Types whose answer is a list."""

NOTHING = Sample(output_text="")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One place of a configuration where something of the sample is compared with something of the item."""

    pointer: str
    kind: str
    operation: str
    path: tuple[Step, ...]
    """Where in the sample's JSON; empty: its text."""
    reference: Template

    def wanted(self, item: Mapping[str, Any]) -> Any:
        """Return what the item says is right; None: nothing."""
        try:
            value = self.reference.value(NOTHING, item)
        except MissingVariable:
            return None
        return [value] if self.kind in LISTS and not isinstance(value, list) else value


def comparisons(config: Mapping[str, Any], pointer: str = "") -> Iterator[Comparison]:
    """Yield every comparison of a checked configuration."""
    for key, inner in config.get("graders", {}).items() if config["type"] == "multi" else ():
        yield from comparisons(inner, f"{pointer}/graders/{key}")
    if not isinstance(config.get("input"), str) or not isinstance(config.get("reference"), str):
        return
    answer, reference = sides(config)
    variables = [one for one in answer.variables if one.namespace == "sample"]
    if variables and config.get("operation") != "ne":
        path = _json_path(variables[0]) + (_steps(config["path"]) if config["type"] == "json_path" else ())
        yield Comparison(pointer, config["type"], config.get("operation", ""), path, reference)


def _json_path(variable: Variable) -> tuple[Step, ...]:
    return variable.path[1:] if variable.path[0] == "output_json" else ()


class Form:
    """The form of a grader's answers.

    Args:
        places: The comparisons.
        schema: JSON schema of an answer, where a job has one.
    """

    def __init__(self, places: Sequence[Comparison], schema: Mapping[str, Any] | None = None) -> None:
        self.places = tuple(places)
        self._schema = schema

    @property
    def is_json(self) -> bool:
        """Whether an answer is JSON."""
        return self._schema is not None or any(place.path for place in self.places)

    def right(self, item: Mapping[str, Any]) -> str | None:
        """Return the answer that every comparison wants; None: they show none."""
        values = [place.wanted(item) for place in self.places]
        if not values or any(value is None for value in values):
            return None
        return self.written(values)

    def filled(self, text: str, item: Mapping[str, Any]) -> str:
        """Return an answer of this form that says `text` wherever something is compared."""
        return self.written([[text] if isinstance(place.wanted(item), list) else text for place in self.places])

    def joined(self, parts: Sequence[Any], separator: str) -> str:
        """Return an answer of this form that says all of `parts` wherever something is compared."""
        words = [as_text(part) for part in parts]
        lists = [place.kind in LISTS for place in self.places]
        return self.written([words if is_list else separator.join(words) for is_list in lists])

    def written(self, values: Sequence[Any]) -> str:
        """Return the answer that has these values, one for each comparison."""
        if not self.is_json:
            return as_text(values[0]) if values else ""
        answer: Any = {}
        for place, value in zip(self.places, values, strict=True):
            answer = _put(answer, place.path, value) if place.path else answer
        return json.dumps(_completed(answer, self._schema or {}), ensure_ascii=False)


def _put(node: Any, path: tuple[Step, ...], value: Any) -> Any:
    """Return a JSON value with another one at a path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        members = dict(node) if isinstance(node, dict) else {}
        return {**members, step: _put(members.get(step), rest, value)}
    entries = list(node) if isinstance(node, list) else []
    entries += [None] * (min(step, 100) + 1 - len(entries))
    entries[min(step, 100)] = _put(entries[min(step, 100)], rest, value)
    return entries


_EMPTY: dict[str, Any] = {"string": "", "number": 0, "integer": 0, "boolean": False, "array": [], "null": None}


def _completed(value: Any, schema: Any) -> Any:
    """Return an object with the members that its schema requires and that it lacks."""
    if not isinstance(schema, Mapping) or not isinstance(value, dict):
        return value
    members = schema.get("properties", {})
    complete = {key: _completed(content, members.get(key, {})) for key, content in value.items()}
    for key in schema.get("required", ()):
        if key not in complete:
            complete[key] = _least(members.get(key, {}))
    return complete


def _least(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return ""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    return _completed({}, schema) if kind == "object" else _EMPTY.get(kind, "")
