"""Tries graders: `python -m envs.graders validate|run|attack FILE`.

    validate  a grader, or a job: every mistake, with a JSON pointer, and what is allowed but probably not meant
    run       a request `{"grader", "item", "model_sample"}`: the reply of a hosted service, field by field
    attack    a grader, or a job, with `data=FILE.jsonl`: what no-skill answers are paid

`validate` and `run` print JSON. Exit code 0: all is well; 1: the grader failed, or pays what it should not; 2: what was
asked for cannot be. `run_request` and `validate_request` do the same for a server.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from envs.core import ConfigError
from envs.jsonl import shown
from envs.options import unknown_name
from envs.verifiers.graders import (
    GraderConfigError,
    GraderContext,
    Problem,
    build_grader,
    check_grader,
    grader_warnings,
)
from envs.verifiers.grading import FLAGS, Grade, Grader, GraderFault, Sample, TokenUsage
from envs.verifiers.strict_json import strict_json

COMMANDS = ("validate", "run", "attack")
RUN_FIELDS = ("grader", "item", "model_sample")
_DETAILS = ("python_grader_runtime_error_details", "model_grader_server_error_details")
"""Fields of the reply's errors that hold text; with `python_grader_server_error_type`, and the flags, all there are."""


def validate_request(body: Any) -> dict[str, Any]:
    """Answer a request to check a grader: `{"grader"}` -> `{"grader"` in its normal form, `"warnings"}`.

    Raises:
        GraderConfigError: The grader, or the request, is wrong; pointers begin with `/grader`.
    """
    grader = _members(body, ("grader",), ("grader",))["grader"]
    with _under("/grader"):
        normal = check_grader(grader)
        warnings = grader_warnings(grader)
    return {
        "grader": normal,
        "warnings": [{"pointer": f"/grader{one.pointer}", "message": one.message} for one in warnings],
    }


def run_request(body: Any, context: GraderContext = GraderContext()) -> dict[str, Any]:
    """Answer a request to try a grader: `{"grader", "item", "model_sample"}` -> the service's reply.

    `reward` is null where the grader failed; `errors` then says how.

    Raises:
        GraderConfigError: The request, or its grader, is wrong.
        ConfigError: The grader cannot run here.
    """
    members = _members(body, RUN_FIELDS, ("grader", "model_sample"))
    item, text = members.get("item", {}), members["model_sample"]
    problems = []
    if not isinstance(item, Mapping):
        problems.append(Problem("/item", f"must be an object, got {shown(item)}"))
    if not isinstance(text, str):
        problems.append(Problem("/model_sample", f"must be text, got {shown(text)}"))
    if problems:
        raise GraderConfigError(problems)
    with _under("/grader"):
        grader = build_grader(members["grader"], context)
    began = time.perf_counter()
    grade, fault = graded(grader, read_sample(text), item)
    return run_reply(grader, grade, fault, execution_time_s=time.perf_counter() - began)


def read_sample(text: str) -> Sample:
    """Return a text as a sample; `output_json` is filled if and only if it is JSON."""
    try:
        return Sample(output_text=text, output_json=strict_json(text), has_json=True)
    except ValueError:
        return Sample(output_text=text)


def graded(grader: Grader, sample: Sample, item: Mapping[str, Any]) -> tuple[Grade | None, GraderFault | None]:
    """Return the grade, or the fault for which there is none."""
    try:
        return grader.grade(sample, item), None
    except GraderFault as fault:
        return None, fault


def run_reply(
    grader: Grader, grade: Grade | None, fault: GraderFault | None, *, execution_time_s: float
) -> dict[str, Any]:
    """Return what a grader did as the reply of a hosted service."""
    flags = ({fault.flag} if fault else set()) | (set(grade.flags) if grade else set())
    errors: dict[str, Any] = {flag: flag in flags for flag in FLAGS}
    errors |= {"python_grader_server_error_type": None, **dict.fromkeys(_DETAILS)}
    if fault is not None:
        if fault.flag == "python_grader_server_error":
            errors["python_grader_server_error_type"] = fault.error_type or "server_error"
        if f"{fault.flag}_details" in errors:
            errors[f"{fault.flag}_details"] = fault.details or str(fault)
    usage = {model: _usage(tokens) for model, tokens in grade.token_usage.items()} if grade else {}
    return {
        "reward": grade.score if grade else None,
        "sub_rewards": dict(grade.sub_scores) if grade else {},
        "model_grader_token_usage_per_model": usage,
        "metadata": {
            "name": grader.name,
            "type": grader.type,
            "execution_time": execution_time_s,
            "scores": dict(grade.measures) if grade else {},
            "token_usage": sum(one["total_tokens"] for one in usage.values()) if usage else None,
            "sampled_model_name": getattr(grader, "model", None),
            "errors": errors,
        },
    }


def _usage(tokens: TokenUsage) -> dict[str, int]:
    return {
        "prompt_tokens": tokens.prompt_tokens,
        "completion_tokens": tokens.completion_tokens,
        "total_tokens": tokens.prompt_tokens + tokens.completion_tokens,
        "cached_tokens": tokens.cached_tokens,
    }


@contextlib.contextmanager
def _under(pointer: str) -> Iterator[None]:
    """Put a pointer before those of the mistakes that are found within the block."""
    try:
        yield
    except GraderConfigError as error:
        problems = [Problem(pointer + one.pointer, one.message) for one in error.problems]
        raise GraderConfigError(problems) from None


def _members(body: Any, known: Sequence[str], required: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise GraderConfigError([Problem("", f"a request is a JSON object, got {shown(body)}")])
    problems = [Problem(f"/{key}", unknown_name("field", key, known)) for key in body if key not in known]
    problems += [Problem(f"/{key}", "is missing") for key in required if key not in body]
    if problems:
        raise GraderConfigError(problems)
    return body


def read_file(path: str) -> Any:
    """Read a file of JSON.

    Raises:
        ConfigError: It cannot be read, or is not JSON.
    """
    try:
        return strict_json(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {path!r}: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from None
