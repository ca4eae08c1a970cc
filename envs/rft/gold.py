"""Answers that deserve the full reward, where a job's grader makes them evident or its owner says how to write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envs.core import ConfigError
from envs.grader_samples import Form, comparisons
from envs.rft.job import Job
from envs.verifiers.graders import check_grader
from envs.verifiers.grading import Sample
from envs.verifiers.templates import MissingVariable, Template, TemplateError, compile_template

GoldMaker = Callable[[Mapping[str, Any]], str | None]
"""Makes the gold answer of an item; None: none is known."""

COMPARING = ("string_check", "text_similarity", "numeric", "json_path", "set_f1", "ranked_list")
"""Graders that compare and do nothing else, so that what they compare with is the right answer."""


def job_form(job: Job) -> Form:
    """Return the form of a job's answers, as far as its grader's comparisons and its schema show it."""
    schema = (job.response_format or {}).get("json_schema", {}).get("schema")
    return Form(list(comparisons(check_grader(job.grader))), schema)


def gold_maker(job: Job, template: str | None) -> GoldMaker:
    """Return what makes gold answers for a job.

    Args:
        job: The job.
        template: How its owner writes them, such as `{{ item.answer }}`; None: what the grader compares with.

    Raises:
        ConfigError: The template is malformed or reads the sample.
    """
    if template is not None:
        return _rendered(_of_item(template))
    if not _only_compares(job.grader):
        return no_gold
    return job_form(job).right


def no_gold(item: Mapping[str, Any]) -> str | None:
    """Know of no gold answer."""
    return None


def _only_compares(grader: Mapping[str, Any]) -> bool:
    if grader["type"] == "multi":
        return all(_only_compares(inner) for inner in grader["graders"].values())
    return grader["type"] in COMPARING


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
