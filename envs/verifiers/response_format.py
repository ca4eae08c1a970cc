"""What a job says that a completion must be: JSON of a schema, or any text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from envs.core import ConfigError
from envs.jsonl import shown
from envs.options import unknown_name

JSON_TYPES = ("json_schema", "json_object")
TEXT = "text"
MAX_DEPTH = 64
"""Of a schema, in levels of JSON, and of references that lead from one to the next."""
_LONGEST_PROBLEM = 200
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def parse_response_format(config: Any) -> ResponseFormat | None:
    """Return the form that a response format asks for; None where any text will do: `{"type": "text"}`, or None.

    Raises:
        ConfigError: It is malformed.
    """
    is_text = isinstance(config, Mapping) and config.get("type") == TEXT
    return None if config is None or is_text else ResponseFormat(config)


class ResponseFormat:
    """A response format of JSON, as in a job or a chat request; `parse_response_format` takes every type.

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
        if kind not in JSON_TYPES:
            raise ConfigError(unknown_name("type of response_format", kind, (*JSON_TYPES, TEXT)))
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
        from jsonschema.validators import extend, validator_for
        from referencing import Registry
        from referencing.exceptions import Unresolvable
        from referencing.jsonschema import DRAFT202012
    except ImportError:
        raise ConfigError("a response_format needs the package jsonschema: pip install 'assay[graders]'") from None
    nodes = _nodes(schema)
    try:
        kind = validator_for(schema)
        kind.check_schema(schema)
        registry: Registry[Any] = Registry()  # nothing is fetched
        resolver = registry.resolver_with_root(DRAFT202012.create_resource(schema))
        _check_references(nodes, lambda reference: resolver.lookup(reference).contents)
        own = extend(kind, {"uniqueItems": _unique_items})
        # a schema that names its kind is checked by that kind as it is, wherever a reference leads back to it
        return own({key: value for key, value in schema.items() if key != "$schema"}, registry=registry)
    except ConfigError:
        raise
    except SchemaError as error:
        raise ConfigError(f"the schema of response_format is not a JSON schema: {error.message}") from None
    except Unresolvable as error:
        raise ConfigError(f"the schema of response_format refers to {error.ref!r}, which it does not hold") from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise ConfigError(f"the schema of response_format cannot be read as a JSON schema: {said}") from error


def _unique_items(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
    """Check `uniqueItems` in a time that grows with the list alone, not with its square as in the package."""
    from jsonschema.exceptions import ValidationError

    if wanted and validator.is_type(value, "array") and len({canonical(item) for item in value}) < len(value):
        yield ValidationError("two of its items are the same")


def canonical(value: Any) -> Hashable:
    """Return what is the same of two JSON values where they are: true is not 1, 1.0 is, and keys have no order.

    Numbers become texts, of which nobody can find many with one hash.
    """
    if isinstance(value, (list, tuple)):
        return "list", tuple(map(canonical, value))
    if isinstance(value, Mapping):
        return "object", frozenset((key, canonical(member)) for key, member in value.items())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        kept: Hashable = value  # a text, true, false or null
        return kept
    if isinstance(value, float) and not value.is_integer():
        return "number", value.hex()
    return "number", hex(int(value))


def _nodes(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return every object that a schema holds, itself the first.

    Raises:
        ConfigError: It is nested too deep.
    """
    found: list[Mapping[str, Any]] = []
    level: list[Any] = [schema]
    depth = 0
    while level:
        if depth == MAX_DEPTH:
            raise ConfigError(f"the schema of response_format is nested deeper than {MAX_DEPTH} levels")
        found += [node for node in level if isinstance(node, Mapping)]
        inner = (list(node.values()) if isinstance(node, Mapping) else node for node in level)
        level = [value for values in inner for value in values if isinstance(value, (Mapping, list))]
        depth += 1
    return found


def _check_references(nodes: Sequence[Mapping[str, Any]], lookup: Callable[[str], Any]) -> None:
    """Check that every reference leads somewhere, and that none leads back to itself for the same value.

    Raises:
        ConfigError: One does, or too many lead from one to the next.
        Unresolvable: One leads nowhere.
    """
    applied = {}
    for node in nodes:
        targets = [lookup(node[key]) for key in _REFERENCES if isinstance(node.get(key), str)]
        applied[id(node)] = [id(other) for other in (*targets, *_parts(node)) if isinstance(other, Mapping)]
    lengths: dict[int, int] = {}
    try:
        for node_id in TopologicalSorter(applied).static_order():
            lengths[node_id] = 1 + max((lengths[other] for other in applied.get(node_id, ())), default=0)
    except CycleError:
        raise ConfigError(
            "the schema of response_format refers to itself without end: no value can be checked"
        ) from None
    if max(lengths.values()) > MAX_DEPTH:
        raise ConfigError(f"more than {MAX_DEPTH} references of response_format's schema lead from one to the next")


def _parts(node: Mapping[str, Any]) -> Iterator[Any]:
    """Return the schemas that are applied to the same value as the one that holds them."""
    for key in ("not", "if", "then", "else"):
        yield node.get(key)
    for key in ("allOf", "anyOf", "oneOf"):
        yield from node[key] if isinstance(node.get(key), list) else ()
    for key in ("dependentSchemas", "dependencies"):
        yield from node[key].values() if isinstance(node.get(key), Mapping) else ()
