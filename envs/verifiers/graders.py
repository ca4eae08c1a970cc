"""Graders by their JSON configuration: one language for every environment.

`build_grader({"type": "string_check", "name": "match", "operation": "eq", "input": "{{ sample.output_text }}",
"reference": "{{ item.answer }}"}).grade(Sample(output_text="42"), {"answer": "42"}).score` is 1.0. What every type does
is written in this folder's README.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.core import ConfigError
from envs.verifiers.code_grader import CODE
from envs.verifiers.endpoint import ENDPOINT
from envs.verifiers.field_graders import JSON_PATH, SET_F1
from envs.verifiers.grader_types import (
    GRADER_TYPES,
    GraderConfigError,
    GraderContext,
    GraderType,
    Place,
    Problem,
    build_config,
    check_config,
)
from envs.verifiers.grading import Grader
from envs.verifiers.model_graders import LABEL_MODEL, SCORE_MODEL
from envs.verifiers.multi import MULTI
from envs.verifiers.numeric import NUMERIC
from envs.verifiers.python_grader import PYTHON
from envs.verifiers.ranked_list import RANKED_LIST
from envs.verifiers.string_check import STRING_CHECK
from envs.verifiers.text_similarity import TEXT_SIMILARITY

__all__ = [
    "GRADER_TYPES",
    "GraderConfigError",
    "GraderContext",
    "GraderType",
    "Problem",
    "build_grader",
    "check_grader",
    "grader_warnings",
    "register_grader_type",
]

GRADER_TYPES.update(
    {
        "string_check": STRING_CHECK,
        "text_similarity": TEXT_SIMILARITY,
        "score_model": SCORE_MODEL,
        "label_model": LABEL_MODEL,
        "python": PYTHON,
        "multi": MULTI,
        "endpoint": ENDPOINT,
        "numeric": NUMERIC,
        "json_path": JSON_PATH,
        "set_f1": SET_F1,
        "ranked_list": RANKED_LIST,
        "code": CODE,
    }
)


def register_grader_type(name: str, kind: GraderType) -> None:
    """Add a type of grader.

    Raises:
        ConfigError: The name belongs to another type.
    """
    if GRADER_TYPES.get(name, kind) is not kind:
        raise ConfigError(f"the grader type {name!r} is registered already")
    GRADER_TYPES[name] = kind


def build_grader(config: Mapping[str, Any], context: GraderContext = GraderContext()) -> Grader:
    """Check a configuration and build its grader.

    Raises:
        GraderConfigError: The configuration is wrong; everything that is wrong is in `problems`.
        ConfigError: It is right, and cannot run here: a package or a server is missing.
    """
    return build_config(check_grader(config), context)


def check_grader(config: Mapping[str, Any]) -> dict[str, Any]:
    """Check a configuration without building anything; return it in its normal form, defaults filled in.

    Raises:
        GraderConfigError: It is wrong.
    """
    place = Place()
    normal = check_config(config, place)
    if place.problems:
        raise GraderConfigError(place.problems)
    return normal


def grader_warnings(config: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what a configuration is allowed to say and probably does not mean.

    Raises:
        GraderConfigError: It is wrong.
    """
    place = Place()
    check_config(config, place)
    if place.problems:
        raise GraderConfigError(place.problems)
    return tuple(place.warnings)
