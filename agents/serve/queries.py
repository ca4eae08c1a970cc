"""What the query of a list asks for: how many, in which order, of which jobs."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from agents.serve.errors import ApiError
from agents.serve.store import JobRow
from envs.jsonl import shown

MAX_PAGE = 100
MAX_LIMIT = 10_000
"""Largest limit that is read; a page may be shorter."""
_LONGEST_LIMIT = 20
"""Digits of a page's limit that are read; Python refuses to read very many."""
_METADATA = "metadata"


def page_limit(default: int, most: int = MAX_PAGE) -> Callable[[Request], int]:
    """Return what reads `limit` from a request's query.

    Args:
        default: For a request without one.
        most: Entries of the longest page.
    """

    def read(request: Request) -> int:
        text = request.query_params.get("limit", str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_LIMIT and 1 <= int(text) <= MAX_LIMIT):
            raise ApiError(400, f"limit must be a whole number from 1 to {MAX_LIMIT}, got {shown(text)}", param="limit")
        return min(int(text), most)

    return read


def is_ascending(request: Request) -> bool:
    """Return whether a list is to begin with the oldest: `order=asc`.

    Raises:
        ApiError: There is no such order.
    """
    order = request.query_params.get("order", "desc")
    if order not in ("asc", "desc"):
        raise ApiError(400, f"order must be 'asc' or 'desc', got {shown(order)}", param="order", code="invalid_value")
    return order == "asc"


def metadata_filter(request: Request) -> Callable[[JobRow], bool] | None:
    """Return which jobs a list is to hold: those with all of `metadata[key]=value`, or with none: `metadata=null`.

    Raises:
        ApiError: The query has another form.
    """
    wanted: list[tuple[str, str]] = []
    without = False
    for name, value in request.query_params.multi_items():
        if not name.startswith(_METADATA):
            continue
        inner = name.removeprefix(_METADATA)
        if inner.startswith("[") and inner.endswith("]"):
            wanted.append((inner[1:-1], value))
        elif not inner and value == "null":
            without = True
        else:
            raise _refused(f"got {shown(f'{name}={value}')}")
    if without and wanted:
        raise _refused("got both")
    if without:
        return lambda row: row.request.get("metadata") is None
    return (
        (lambda row: all((row.request.get("metadata") or {}).get(key) == value for key, value in wanted))
        if wanted
        else None
    )


def _refused(got: str) -> ApiError:
    said = f"the filter by metadata is metadata[key]=value, or metadata=null for jobs without any; {got}"
    return ApiError(400, said, param=_METADATA, code="invalid_value")
