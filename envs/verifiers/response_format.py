"""What a job says that a completion must be: JSON of a schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.core import ConfigError
from envs.jsonl import shown
from envs.options import unknown_name

TYPES = ("json_schema", "json_object")
_LONGEST_PROBLEM = 200


class ResponseFormat:
    """A response format as in a job or a chat request.

    Args:
        config: `{"type": "json_schema", "json_schema": {"name": ..., "strict": true, "schema": {...}}}`, or
            `{"type": "json_object"}`.

    Raises:
        ConfigError: It is neither, its schema is none, or the package that reads schemas is missing.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        if not isinstance(config, Mapping):
            raise ConfigError(f"response_format must be an object, got {shown(config)}")
        kind = config.get("type")
        if kind not in TYPES:
            raise ConfigError(unknown_name("type of response_format", kind, TYPES))
        schema: Any = {"type": "object"}
        if kind == "json_schema":
            named = config.get("json_schema")
            if not isinstance(named, Mapping) or not isinstance(named.get("schema"), Mapping):
                raise ConfigError("response_format of type json_schema needs json_schema.schema, an object")
            schema = named["schema"]
        self.schema: Mapping[str, Any] = schema
        self._validator = _validator(schema)

    def problem(self, value: Any) -> str:
        """Return what is wrong with a completion's JSON, in one sentence for the model; empty: nothing."""
        from jsonschema.exceptions import best_match

        try:
            error = best_match(self._validator.iter_errors(value))
        except (OverflowError, RecursionError):  # of `multipleOf` and a number of hundreds of digits, for one
            return "The answer's JSON cannot be compared with the schema."
        if error is None:
            return ""
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
        message = error.message if len(error.message) <= _LONGEST_PROBLEM else f"breaks its {error.validator!r} rule"
        problem = f"The answer's JSON is not of the schema{f' at {place}' if place else ''}: {message}."
        return problem.encode("utf-8", "backslashreplace").decode()


def _validator(schema: Mapping[str, Any]) -> Any:
    try:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import validator_for
        from referencing import Registry
        from referencing.exceptions import Unresolvable
        from referencing.jsonschema import DRAFT202012
    except ImportError:
        raise ConfigError("a response_format needs the package jsonschema: pip install 'assay[graders]'") from None
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise ConfigError(f"the schema of response_format is not a JSON schema: {error.message}") from None
    registry: Registry[Any] = Registry()  # nothing is fetched
    resolver = registry.resolver_with_root(DRAFT202012.create_resource(schema))
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except Unresolvable:
            raise ConfigError(
                f"the schema of response_format refers to {reference!r}, which it does not hold"
            ) from None
    return kind(schema, registry=registry)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            yield from _references(member)
