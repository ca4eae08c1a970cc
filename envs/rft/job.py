"""A fine-tuning job: the standard request body, checked as a whole before anything is loaded.

Every mistake is reported at once, each with a JSON pointer. What the hyperparameters mean for the training loop here is
decided by the loop; the table is in `envs/rft/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.core import ConfigError
from envs.jsonl import parse_json, shown
from envs.options import unknown_name
from envs.verifiers.grader_types import (
    Check,
    Field,
    Place,
    Problem,
    boolean,
    check_fields,
    choice,
    list_of,
    number,
    text,
    whole,
)
from envs.verifiers.graders import GraderConfigError, check_grader
from envs.verifiers.response_format import JSON_TYPES, TEXT, ResponseFormat

MAX_JOB_BYTES = 4 * 2**20
MAX_SEED = 2**31 - 1
METADATA_PAIRS, METADATA_KEY, METADATA_VALUE = 16, 64, 512
REASONING_EFFORTS = ("default", "low", "medium", "high")

_OTHER_METHODS = ("supervised", "dpo")


class JobError(ConfigError):
    """A job's body is wrong; `problems` holds everything that is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer or '(the job)'}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What the services let one choose; None stands for `"auto"`."""

    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    n_epochs: int | None = None
    compute_multiplier: float | None = None
    eval_interval: int | None = None
    eval_samples: int | None = None
    reasoning_effort: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A checked job."""

    model: str
    training_file: str
    """Path, or id of an uploaded file."""
    validation_file: str
    grader: Mapping[str, Any]
    """Its configuration, as given."""
    response_format: Mapping[str, Any] | None = None
    hyperparameters: Hyperparameters = Hyperparameters()
    suffix: str | None = None
    seed: int | None = None
    metadata: Mapping[str, str] | None = None
    integrations: tuple[Mapping[str, Any], ...] = ()
    """Accepted, never contacted."""


def read_job(path: str | Path) -> Job:
    """Read and check the file of a job's request body.

    Raises:
        JobError: Something in the body is wrong.
        ConfigError: The file cannot be read or is not JSON.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MAX_JOB_BYTES:
            raise ConfigError(f"{path}: a job's body has at most {MAX_JOB_BYTES >> 20} MiB")
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the job {str(path)!r}: {error.strerror or error}") from error
    try:
        body = parse_json(raw)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not a JSON object: {error}") from error
    return parse_job(body)


def parse_job(body: Any) -> Job:
    """Check a job's request body.

    Raises:
        JobError: Something in it is wrong: all of it is told, each with a JSON pointer.
    """
    place = Place()
    if not isinstance(body, Mapping):
        raise JobError([Problem("", f"a job is a JSON object, got {shown(body)}")])
    known = body
    if "hyperparameters" in body:
        place.at("hyperparameters").fail("belongs to supervised jobs; put it into method.reinforcement")
        known = {key: value for key, value in body.items() if key != "hyperparameters"}
    normal = check_fields(known, _BODY, place, "key of a job")
    if place.problems:
        raise JobError(place.problems)
    method = normal["method"]["reinforcement"]
    hyper: dict[str, Any] = {
        key: None if value == "auto" else value for key, value in method.get("hyperparameters", {}).items()
    }
    return Job(
        model=normal["model"],
        training_file=normal["training_file"],
        validation_file=normal["validation_file"],
        grader=method["grader"],
        response_format=method.get("response_format"),
        hyperparameters=Hyperparameters(**hyper),
        suffix=normal.get("suffix"),
        seed=normal.get("seed"),
        metadata=normal.get("metadata"),
        integrations=tuple(normal.get("integrations", ())),
    )


def _auto(check: Check) -> Field:
    def either(value: Any, place: Place) -> Any:
        return value if value == "auto" and isinstance(value, str) else check(value, place)

    return Field(either, required=False)


def _object(fields: Mapping[str, Field], what: str) -> Check:
    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, Mapping):
            place.fail(f"must be an object, got {shown(value)}")
            return {}
        return check_fields(value, fields, place, what)

    return check


def _any_object(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping):
        place.fail(f"must be an object, got {shown(value)}")
    return value


def _metadata(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping):
        place.fail(f"must be an object of texts, got {shown(value)}")
        return value
    if len(value) > METADATA_PAIRS:
        place.fail(f"holds {len(value)} pairs; at most {METADATA_PAIRS} are allowed")
    for key, content in value.items():
        if len(key) > METADATA_KEY:
            place.at(key).fail(f"the key has {len(key)} characters; at most {METADATA_KEY} are allowed")
        text(longest=METADATA_VALUE, least=0)(content, place.at(key))
    return value


def _grader(value: Any, place: Place) -> Any:
    try:
        check_grader(value)
    except GraderConfigError as error:
        for problem in error.problems:
            place.problems.append(Problem(f"{place.pointer}{problem.pointer}", problem.message))
    return value


def _response_format(value: Any, place: Place) -> Any:
    kinds = (*JSON_TYPES, TEXT)
    if not isinstance(value, Mapping):
        place.fail(f'must be an object such as {{"type": "json_schema", ...}}, got {shown(value)}')
        return value
    kind = value.get("type")
    if kind not in kinds:
        place.at("type").fail(unknown_name("response format", kind, kinds) if "type" in value else "is missing")
        return value
    fields = {"type": Field(choice("response format", kinds))}
    if kind == "json_schema":
        fields["json_schema"] = Field(_object(_SCHEMA, "key of a schema"))
    before = len(place.problems)
    check_fields(value, fields, place, "key of a response format")
    if kind == "json_schema" and len(place.problems) == before:
        try:
            ResponseFormat(value)
        except ConfigError as error:
            place.at("json_schema").at("schema").fail(str(error))
    return value


def _method(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping):
        place.fail(f"must be an object with type and reinforcement, got {shown(value)}")
        return {}
    if value.get("type") in _OTHER_METHODS:
        place.at("type").fail(f"{value['type']!r} is another method: only 'reinforcement' is run here")
        return {}
    return check_fields(value, _METHOD, place, "key of a method")


_SCHEMA = {
    "name": Field(text(longest=64)),
    "description": Field(text(least=0), required=False),
    "schema": Field(_any_object),
    "strict": Field(boolean, required=False),
}


_WANDB = {
    "project": Field(text()),
    "name": Field(text(), required=False),
    "entity": Field(text(), required=False),
    "tags": Field(list_of(text(), least=0), required=False),
}
_INTEGRATION = {
    "type": Field(choice("integration", ("wandb",))),
    "wandb": Field(_object(_WANDB, "key of wandb")),
}
_HYPERPARAMETERS = {
    "batch_size": _auto(whole(least=1, most=256)),
    "learning_rate_multiplier": _auto(number(above=0)),
    "n_epochs": _auto(whole(least=1, most=50)),
    "compute_multiplier": _auto(number(above=0.00001, most=10)),
    "eval_interval": _auto(whole(least=1)),
    "eval_samples": _auto(whole(least=1)),
    "reasoning_effort": Field(choice("reasoning effort", REASONING_EFFORTS), required=False),
}
_REINFORCEMENT = {
    "grader": Field(_grader),
    "hyperparameters": Field(_object(_HYPERPARAMETERS, "hyperparameter"), required=False),
    "response_format": Field(_response_format, required=False),
}
_METHOD = {
    "type": Field(choice("method", ("reinforcement",))),
    "reinforcement": Field(_object(_REINFORCEMENT, "key of reinforcement")),
}
_BODY = {
    "model": Field(text()),
    "training_file": Field(text()),
    "validation_file": Field(text()),
    "method": Field(_method),
    "suffix": Field(text(longest=64), required=False),
    "seed": Field(whole(least=0, most=MAX_SEED), required=False),
    "metadata": Field(_metadata, required=False),
    "integrations": Field(list_of(_object(_INTEGRATION, "key of an integration"), least=0), required=False),
}
