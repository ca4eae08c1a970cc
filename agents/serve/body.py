"""The JSON of a request: refused where it could not be kept, sent back or reckoned with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from agents.serve.errors import ApiError, encodable
from envs.jsonl import parse_json
from envs.verifiers.grading import finite

MAX_DEPTH = 256
"""Of what a body holds, in levels."""
_LONGEST_PLACE = 200


async def json_body(request: Request) -> Any:
    """Return a request's JSON.

    Raises:
        ApiError: It is none, or holds what `check_values` refuses.
    """
    return await run_in_threadpool(_read, await request.body())


Body = Annotated[Any, Depends(json_body)]


def check_values(body: Any) -> None:
    """Check that texts can be encoded, that integers fit into a float, and that nothing is nested too deep.

    Raises:
        ApiError: Something does not; it names the place.
    """
    within: list[Iterator[tuple[str | int, Any]]] = [iter([("", body)])]
    path: list[str | int] = []
    """Keys of the values that `within` goes through, but for the innermost."""
    while within:
        member = next(within[-1], None)
        if member is None:
            within.pop()
            del path[-1:]
            continue
        key, value = member
        if fault := _fault(key, value):
            raise _refused([*path, key], fault)
        if isinstance(value, (dict, list)):
            within.append(iter(value.items()) if isinstance(value, dict) else enumerate(value))
            path.append(key)
        if len(path) > MAX_DEPTH:
            raise _refused(path, f"nested deeper than {MAX_DEPTH} levels")


def _read(raw: bytes) -> Any:
    try:
        value = parse_json(raw)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"the body is not JSON: {error}", code="invalid_json") from error
    check_values(value)
    return value


def _fault(key: str | int, value: Any) -> str:
    """Return what is wrong with a member, whatever is in it; empty: nothing."""
    if isinstance(key, str) and encodable(key) != key:
        return "the key holds a lone surrogate, which no encoding can carry"
    if isinstance(value, str) and encodable(value) != value:
        return "holds a lone surrogate, which no encoding can carry"
    if isinstance(value, int) and finite(int(value)) is None:
        return "holds an integer that is too large for any number here"
    return ""


def _refused(path: list[str | int], fault: str) -> ApiError:
    place = ".".join(map(str, path[1:]))
    place = place if len(place) <= _LONGEST_PLACE else place[: _LONGEST_PLACE - 3] + "..."
    return ApiError(400, f"{place or 'the body'}: {fault}", param=place or None, code="invalid_value")
