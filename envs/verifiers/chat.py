"""Models that answer for model graders: over an OpenAI-compatible server, or whatever offers the same method."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from envs.calls import BoundedCalls, GivenUp
from envs.core import ConfigError
from envs.verifiers.grading import TokenUsage
from envs.verifiers.strict_json import strict_json

URL_VARIABLE, KEY_VARIABLE = "OPENAI_BASE_URL", "OPENAI_API_KEY"
TIMEOUT_S = 120.0
RETRIES = 2
MOST_BYTES = 2**22
"""Of a reply that is read."""


class ChatError(Exception):
    """The model did not answer: the server refused, failed or was not there.

    Args:
        kind: One word, such as `timeout`, `connection`, `reply` or the HTTP status.
        message: What happened.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What a model answered."""

    text: str | None
    refusal: str | None = None
    """Why it would not answer, where the server says so."""
    usage: TokenUsage = field(default_factory=TokenUsage)


class ChatModel(Protocol):
    """Answers conversations. Safe to use from several threads."""

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        sampling: Mapping[str, Any],
        response_format: Mapping[str, Any] | None,
    ) -> ChatReply:
        """Answer a conversation.

        Args:
            model: Name of the model.
            messages: Each `{"role", "content"}`, the content a text.
            sampling: Parameters by the names of a grader's configuration: `seed`, `temperature`, `top_p`,
                `max_completions_tokens`, `reasoning_effort`.
            response_format: What the answer must be, as in a chat request; None: text.

        Raises:
            ChatError: There is no answer.
        """
        ...


class HttpChatModel:
    """Models of an OpenAI-compatible server.

    Args:
        base_url: Such as `http://localhost:8000/v1`; None: what the variable OPENAI_BASE_URL says.
        api_key: None: what OPENAI_API_KEY says; empty: none is sent.
        timeout_s: How long one answer may take.

    Raises:
        ConfigError: No server is named.
    """

    def __init__(
        self, base_url: str | None = None, api_key: str | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        url = base_url or os.environ.get(URL_VARIABLE, "")
        if not url.startswith(("http://", "https://")):
            raise ConfigError(
                f"a model grader needs a server: set {URL_VARIABLE} (such as http://localhost:8000/v1), {KEY_VARIABLE}"
            )
        self._url = url.rstrip("/") + "/chat/completions"
        self._key = os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key
        self._timeout_s = timeout_s

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        sampling: Mapping[str, Any],
        response_format: Mapping[str, Any] | None,
    ) -> ChatReply:
        """Answer a conversation.

        Raises:
            ChatError: There is no answer.
        """
        options = {_REQUEST_NAMES.get(name, name): value for name, value in sampling.items()}
        request: dict[str, Any] = {"model": model, "messages": list(messages), **options}
        if response_format is not None:
            request["response_format"] = response_format
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return _reply(post_json(self._url, request, headers, timeout_s=self._timeout_s, retries=RETRIES))


_REQUEST_NAMES = {"max_completions_tokens": "max_completion_tokens"}
"""A grader's configuration spells this one differently than a chat request does."""


def post_json(url: str, content: Any, headers: Mapping[str, str], *, timeout_s: float, retries: int) -> Any:
    """Post JSON and return the JSON that comes back; a server that fails or does not answer is asked again.

    Raises:
        ChatError: It refused, or failed every time; the kind is the HTTP status, `timeout`, `connection` or `reply`.
    """
    body = json.dumps(content, allow_nan=False).encode()
    headers = {"Content-Type": "application/json", **headers}
    for left in range(retries, -1, -1):
        try:
            request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
            calls = BoundedCalls(1, timeout_s)  # names that are looked up and headers that drip have no limit of theirs
            return _parsed(url, calls.result(calls.submit(_fetch, request, timeout_s)))
        except urllib.error.HTTPError as error:
            with error:
                text = error.read(2000).decode(errors="replace").strip()
            failure = ChatError(str(error.code), f"{url} answers {error.code}: {text or error.reason}")
            if error.code < 500 and error.code not in (408, 429):
                raise failure from None
        except (TimeoutError, GivenUp):
            failure = ChatError("timeout", f"{url} did not answer within {timeout_s:g} s")
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
            reason = getattr(error, "reason", error)
            kind = "timeout" if isinstance(reason, TimeoutError) else "connection"
            failure = ChatError(kind, f"{url} cannot be reached: {reason}")
        if left == 0:
            raise failure
        time.sleep(_PAUSE_S * 2 ** (retries - left))
    raise AssertionError("unreachable")


def _fetch(request: urllib.request.Request, timeout_s: float) -> bytes:
    until = time.monotonic() + timeout_s
    with urllib.request.urlopen(request, timeout=timeout_s) as response:
        return _read(response, until)


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """Read a reply, or one byte more than may be read; the socket's time limit starts anew with every byte.

    Raises:
        TimeoutError: It takes too long.
        http.client.IncompleteRead: It ends before the length that was announced; `read1` does not say so itself.
    """
    read, announced = bytearray(), response.length
    most = MOST_BYTES + 1 if announced is None else min(announced, MOST_BYTES + 1)
    while len(read) < most and (part := response.read1(min(2**16, most - len(read)))):
        read += part
        if time.monotonic() > until:
            raise TimeoutError
    if announced is not None and len(read) < most:
        raise http.client.IncompleteRead(bytes(read), announced - len(read))
    return bytes(read)


_PAUSE_S = 0.25


def _parsed(url: str, raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise ChatError("reply", f"{url} answers with more than {MOST_BYTES} bytes")
    try:
        return strict_json(raw.decode("utf-8"))
    except ValueError as error:
        raise ChatError("reply", f"{url} does not answer with JSON: {error}") from None


def _reply(answer: Any) -> ChatReply:
    try:
        message = answer["choices"][0]["message"]
        content, refusal = message.get("content"), message.get("refusal")
    except (TypeError, KeyError, IndexError, AttributeError):
        raise ChatError("reply", f"the server's answer is no chat completion: {str(answer)[:200]}") from None
    if not isinstance(content, str | None) or not isinstance(refusal, str | None):
        raise ChatError("reply", "the server's answer holds a message that is not text")
    usage = answer.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    tokens = TokenUsage(
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
    )
    return ChatReply(text=content, refusal=refusal, usage=tokens)
