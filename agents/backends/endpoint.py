"""Requests to an OpenAI-compatible endpoint: side by side, with time limits and a bounded number of tries.

Nothing that an endpoint does can hold a run up for longer than its tries and pauses take, or fill its memory: a request
ends after its time even if bytes drip in, and of a reply only so many bytes are read.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

import openai

from envs.core import ConfigError, VerifierError

MOST_BYTES = 2**24
"""Of a reply that is read."""
_PAUSE_S = 0.5
"""Before the second try; it doubles with each further one."""
_LONGEST_PAUSE_S = 30.0
_REFUSALS = {401: "refuses the key", 403: "refuses the key", 404: "knows no such model or path"}
"""Statuses that no other request would change: the evaluation ends."""
_PASSING = (408, 409, 429)
"""Statuses below 500 that may pass."""


class EndpointError(VerifierError):
    """The endpoint gave no answer that can be used: the episode has no reward."""

    @property
    def verdict(self) -> str:
        """Always the endpoint's fault."""
        return "ENDPOINT_ERROR"


class Endpoint:
    """An OpenAI-compatible endpoint.

    Args:
        url: Such as `http://localhost:8000/v1`.
        key_env: Name of the environment variable that holds the key; None: none is needed.
        concurrency: Requests under way at the same time.
        timeout_s: How long a request may take.
        retries: Times that it is sent again after a failure that may pass.
    """

    def __init__(self, url: str, *, key_env: str | None, concurrency: int, timeout_s: float, retries: int) -> None:
        self.url = url.rstrip("/")
        for chatty in ("httpx", "httpx2"):  # the client's own transport tells of each request
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._concurrency, self._timeout_s, self._retries = concurrency, timeout_s, retries
        key = os.environ.get(key_env, "") if key_env else "none"
        self._options: dict[str, Any] = {"api_key": key, "base_url": self.url, "max_retries": 0, "timeout": timeout_s}

    def first_model(self) -> str:
        """Return the name of the first model that the endpoint lists.

        Raises:
            EndpointError: It lists none.
        """
        try:
            return asyncio.run(self._first_model())
        except TimeoutError as error:
            raise EndpointError(f"{self.url} lists no model within {self._timeout_s:g} s") from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise EndpointError(f"{self.url} lists no model: {error}") from error

    def ask(self, path: str, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EndpointError]:
        """Post each body and return the replies in the order of the bodies; a request without one has the reason.

        Raises:
            ConfigError: The endpoint refuses the key, or knows no such model.
        """
        return asyncio.run(self._ask(path, bodies))

    async def _first_model(self) -> str:
        async with openai.AsyncOpenAI(**self._options) as client, asyncio.timeout(self._timeout_s):
            return str((await client.models.list()).data[0].id)

    async def _ask(self, path: str, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EndpointError]:
        places = asyncio.Semaphore(self._concurrency)
        client = openai.AsyncOpenAI(**self._options)

        async def one(body: Mapping[str, Any]) -> dict[str, Any] | EndpointError:
            async with places:
                return await self._patiently(client, path, body)

        async with client:
            asking = [asyncio.ensure_future(one(body)) for body in bodies]
            try:
                return list(await asyncio.gather(*asking))
            finally:
                for task in asking:
                    task.cancel()

    async def _patiently(
        self, client: openai.AsyncOpenAI, path: str, body: Mapping[str, Any]
    ) -> dict[str, Any] | EndpointError:
        """Send a request until there is a reply, a failure that will not pass, or no try is left."""
        for attempt in range(self._retries + 1):
            wanted_s = 0.0
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._once(client, path, body)
            except (TimeoutError, openai.APITimeoutError):
                failure = EndpointError(f"{self.url} did not answer within {self._timeout_s:g} s")
            except openai.APIConnectionError as error:
                failure = EndpointError(f"{self.url} cannot be reached: {error.__cause__ or error}")
            except openai.APIStatusError as error:
                status, said = error.status_code, _said(error)
                if status in _REFUSALS:
                    raise ConfigError(f"{self.url} {_REFUSALS[status]}: {said}") from error
                failure = EndpointError(f"{self.url} answers {status}: {said}")
                if status < 500 and status not in _PASSING:
                    return failure
                wanted_s = _retry_after(error)
            except EndpointError as error:
                failure = error
            if attempt < self._retries:
                await asyncio.sleep(min(_LONGEST_PAUSE_S, max(wanted_s, _PAUSE_S * 2**attempt)))
        return failure

    async def _once(self, client: openai.AsyncOpenAI, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        posts: Any = client.chat.completions if path == "chat/completions" else client.completions
        read = bytearray()
        async with posts.with_streaming_response.create(**body) as response:
            async for piece in response.iter_bytes():
                read += piece
                if len(read) > MOST_BYTES:
                    raise EndpointError(f"{self.url} answers with more than {MOST_BYTES} bytes")
        try:
            reply = json.loads(bytes(read))
        except (ValueError, RecursionError) as error:
            raise EndpointError(f"{self.url} answers with something else than JSON: {bytes(read[:80])!r}") from error
        if not isinstance(reply, dict):
            raise EndpointError(f"{self.url} answers with something else than an object: {bytes(read[:80])!r}")
        return reply


def the_choice(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one choice of a reply.

    Raises:
        EndpointError: There is not exactly one, or it did not end by itself or at the limit.
    """
    choices = reply.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        raise EndpointError(f"the endpoint's reply has no single choice: {str(reply)[:200]}")
    reason = choices[0].get("finish_reason")
    if reason not in ("stop", "length"):
        raise EndpointError(f"the endpoint ended an answer for the reason {reason!r}, which is neither stop nor length")
    return choices[0]


def token_count(reply: Mapping[str, Any], name: str) -> int:
    """Return a count of the reply's usage; 0 where the endpoint does not tell."""
    usage = reply.get("usage")
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and count >= 0 else 0


def _said(error: openai.APIStatusError) -> str:
    return " ".join(str(error.message).split())[:300]


def _retry_after(error: openai.APIStatusError) -> float:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
