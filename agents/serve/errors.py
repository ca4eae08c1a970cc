"""Errors as clients of the fine-tuning API expect them: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP status.
        message: What was wrong, for people.
        param: Which parameter, if one.
        code: In one word.
    """

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(encodable(message))
        self.status, self.message, self.code = status, encodable(message), code
        self.param = None if param is None else encodable(param)

    def body(self) -> dict[str, Any]:
        """Return the error's JSON."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def encodable(text: str) -> str:
    """Return a text whose lone surrogates, which no reply can carry, are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def not_found(what: str, name: str) -> ApiError:
    """Return the error that there is no such thing."""
    return ApiError(404, f"no {what} {name!r}", code="not_found", param=what.replace(" ", "_"))
