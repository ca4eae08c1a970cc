"""Answers that deserve the full reward, where a job's grader makes them evident or its owner says how to write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from envs.core import ConfigError
from envs.rft.job import Job
from envs.verifiers.grading import Sample
from envs.verifiers.templates import MissingVariable, Template, TemplateError, Variable, compile_template

GoldMaker = Callable[[Mapping[str, Any]], str | None]
"""Makes the gold answer of an item; None: none is known."""

_FULL_FOR_THE_REFERENCE = ("fuzzy_match", "rouge_1", "rouge_l")
"""Metrics that give a text that equals the reference the whole score, however short it is."""


def gold_maker(job: Job, template: str | None) -> GoldMaker:
    """Return what makes gold answers for a job.

    Args:
        job: The job.
        template: How its owner writes them, such as `{{ item.answer }}`; None: what the grader makes evident.

    Raises:
        ConfigError: The template is malformed or reads the sample.
    """
    if template is not None:
        return _rendered(_of_item(template))
    grader = job.grader
    kind = grader.get("type")
    exact = kind == "string_check" and grader.get("operation") in ("eq", "like", "ilike")
    similar = kind == "text_similarity" and grader.get("evaluation_metric") in _FULL_FOR_THE_REFERENCE
    if not (exact or similar):
        return lambda item: None
    reference = compile_template(grader["reference"])
    asked = compile_template(grader["input"])
    if any(variable.namespace == "sample" for variable in reference.variables):
        return lambda item: None
    wrap = _wrapper(asked, job.response_format)
    write = _rendered(reference)
    return lambda item: None if wrap is None or (text := write(item)) is None else wrap(text)


def _wrapper(asked: Template, response_format: Mapping[str, Any] | None) -> Callable[[str], str] | None:
    """Return what makes, of the text that a template must give, the answer that gives it; None: that is not evident."""
    if len(asked.parts) != 1 or not isinstance(asked.parts[0], Variable):
        return None
    path = asked.parts[0].path
    if asked.parts[0].namespace != "sample":
        return None
    if path == ("output_text",) and response_format is None:
        return lambda text: text
    if len(path) != 2 or path[0] != "output_json" or response_format is None:
        return None
    key = path[1]
    schema = response_format.get("json_schema", {}).get("schema", {})
    properties = schema.get("properties", {})
    if set(properties) != {key} or properties[key].get("type") != "string":
        return None
    return lambda text: json.dumps({key: text}, ensure_ascii=False)


def _rendered(template: Template) -> GoldMaker:
    def render(item: Mapping[str, Any]) -> str | None:
        try:
            return template.render(Sample(output_text=""), item)
        except MissingVariable:
            return None

    return render


def _of_item(text: str) -> Template:
    try:
        template = compile_template(text)
    except TemplateError as error:
        raise ConfigError(f"gold={text!r}: {error}") from error
    if any(variable.namespace != "item" for variable in template.variables):
        raise ConfigError(f"gold={text!r} reads the sample; a gold answer is made of the item alone")
    return template
