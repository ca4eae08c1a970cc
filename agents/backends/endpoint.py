"""Requests to an OpenAI-compatible endpoint: side by side, with time limits and a bounded number of tries.

Nothing that an endpoint does can hold a run up for longer than a round of tries and pauses takes, or fill its memory: a
request ends after its time even if bytes drip in, where one request after another gets no answer the rest are not sent,
and of a reply only so many bytes are read. The key is in no message.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeVar

import openai

from envs.core import ConfigError, VerifierError

MOST_BYTES = 2**24
"""Of a reply that is read."""
_MOST_ERROR_BYTES = 2**16
"""Of a reply that tells an error."""
_MOST_TOKENS = 2**31
"""That one reply may count."""
_PAUSE_S = 0.5
"""Before the second try; it doubles with each further one."""
_LONGEST_PAUSE_S = 30.0
_LONGEST_LISTING_S = 60.0
"""That the list of models may take."""
_LEAST_TRIES = 5
"""That must have failed before an endpoint is given up."""
_LONG_RUN = 16
"""Requests without an answer, one after another, that are enough where fewer are under way at the same time."""
_REFUSALS = {401: "refuses the key", 403: "refuses the key", 404: "knows no such model or path"}
"""Statuses that no other request would change: the evaluation ends."""
_PASSING = (408, 409, 429)
"""Statuses below 500 that may pass."""
_HTTP: Any = sys.modules[openai.DefaultAsyncHttpxClient.__mro__[1].__module__.partition(".")[0]]
"""The package that the client sends with: its errors come through while a reply is read."""
Read = TypeVar("Read")


class EndpointError(VerifierError):
    """The endpoint gave no answer that can be used: the episode has no reward."""

    @property
    def verdict(self) -> str:
        """Always the endpoint's fault."""
        return "ENDPOINT_ERROR"


class Patience:
    """How many requests in a row may use up their tries before the rest are not sent.

    Until one was ever answered, as many as are under way at the same time; later twice as many, but no more than that
    where it is a long run.

    Args:
        concurrency: Requests under way at the same time.
        tries: Of each.
    """

    def __init__(self, concurrency: int, tries: int) -> None:
        self._limit = max(concurrency, -(-_LEAST_TRIES // tries))
        self._later = max(self._limit, min(2 * self._limit, _LONG_RUN))
        self._lost = 0
        self.end: EndpointError | None = None
        """Why the rest are not sent; None: they are."""

    def begin(self) -> None:
        """Try again; if the endpoint was given up, the next request without an answer gives it up again."""
        self.end, self._lost = None, min(self._lost, self._limit - 1)

    def answered(self) -> None:
        """Count an answer."""
        self._lost, self._limit = 0, self._later

    def lost(self, failure: EndpointError) -> None:
        """Count a request whose last try failed."""
        self._lost += 1
        if self._lost >= self._limit:
            self.end = failure


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
        self._patience = Patience(concurrency, retries + 1)
        self._key = os.environ.get(key_env, "").strip() if key_env else ""
        self._options: dict[str, Any] = {
            "api_key": self._key or "none",
            "base_url": self.url,
            "max_retries": 0,
            "timeout": timeout_s,
        }

    def first_model(self) -> str:
        """Return the name of the first model that the endpoint lists.

        Raises:
            ConfigError: No request can be sent.
            EndpointError: It lists none.
        """
        limit_s = min(self._timeout_s, _LONGEST_LISTING_S)
        try:
            return asyncio.run(self._first_model(limit_s))
        except (TimeoutError, openai.APITimeoutError, _HTTP.TimeoutException) as error:
            raise self._failure(f"{self.url} lists no model within {limit_s:g} s") from error
        except openai.APIConnectionError as error:
            raise self._failure(f"{self.url} cannot be reached: {error.__cause__ or error}") from error
        except (openai.OpenAIError, _HTTP.HTTPError, EndpointError, OSError, LookupError, TypeError) as error:
            raise self._failure(f"{self.url} lists no model: {error}") from error

    def ask(
        self, path: str, bodies: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Read]
    ) -> list[Read | EndpointError]:
        """Post each body and return what is read in the replies, in the order of the bodies.

        Args:
            path: `chat/completions` or `completions`.
            bodies: The requests.
            read: Takes what is wanted from a reply. Where it raises an EndpointError, that takes its place in the
                result, as it does for a request without a reply.

        Raises:
            ConfigError: The endpoint refuses the key, or knows no such model, or no request can be sent.
        """
        self._patience.begin()
        return asyncio.run(self._ask(path, bodies, read))

    def _client(self) -> openai.AsyncOpenAI:
        try:
            transport = openai.DefaultAsyncHttpxClient(event_hooks={"response": [_shorten_errors]})
            return openai.AsyncOpenAI(**self._options, http_client=transport)
        except (_HTTP.InvalidURL, ValueError, ImportError) as error:
            raise ConfigError(
                self._told(f"nothing can be sent to {self.url}: {error}; see backend.url, and HTTP_PROXY and the like")
            ) from error

    async def _first_model(self, limit_s: float) -> str:
        async with (
            self._client() as client,
            asyncio.timeout(limit_s),
            client.models.with_streaming_response.list() as response,
        ):
            return str((await self._reply(response))["data"][0]["id"])

    async def _ask(
        self, path: str, bodies: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Read]
    ) -> list[Read | EndpointError]:
        places = asyncio.Semaphore(self._concurrency)
        client = self._client()

        async def one(body: Mapping[str, Any]) -> Read | EndpointError:
            async with places:
                reply = await self._patiently(client, path, body)
            try:
                return reply if isinstance(reply, EndpointError) else read(reply)
            except EndpointError as error:
                return self._failure(str(error))

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
            if self._patience.end is not None:
                return self._patience.end
            wanted_s = 0.0
            try:
                async with asyncio.timeout(self._timeout_s):
                    reply = await self._once(client, path, body)
                self._patience.answered()
                return reply
            except (TimeoutError, openai.APITimeoutError, _HTTP.TimeoutException):
                failure = self._failure(f"{self.url} did not answer within {self._timeout_s:g} s")
            except openai.APIConnectionError as error:
                failure = self._failure(f"{self.url} cannot be reached: {error.__cause__ or error}")
            except openai.APIStatusError as error:
                status = error.status_code
                if status in _REFUSALS:
                    raise ConfigError(self._told(f"{self.url} {_REFUSALS[status]}: {error.message}")) from error
                failure = self._failure(f"{self.url} answers {status}: {error.message}")
                if status < 500 and status not in _PASSING:
                    return failure
                wanted_s = _retry_after(error)
            except (openai.OpenAIError, _HTTP.HTTPError, OSError) as error:
                failure = self._failure(f"{self.url} broke its reply off: {error or type(error).__name__}")
            except EndpointError as error:
                failure = error
            if attempt < self._retries:
                await asyncio.sleep(min(_LONGEST_PAUSE_S, max(wanted_s, _PAUSE_S * 2**attempt)))
        self._patience.lost(failure)
        return failure

    async def _once(self, client: openai.AsyncOpenAI, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        posts: Any = client.chat.completions if path == "chat/completions" else client.completions
        async with posts.with_streaming_response.create(**body) as response:
            return await self._reply(response)

    async def _reply(self, response: Any) -> dict[str, Any]:
        """Return the JSON object that a reply holds, and of a long one read no more than may be."""
        content = bytearray()
        async for piece in response.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise self._failure(f"{self.url} answers with more than {MOST_BYTES} bytes")
        begun = self._told(content[:2000].decode(errors="replace"))[:80]
        try:
            reply = json.loads(bytes(content))
        except (ValueError, RecursionError) as error:
            raise self._failure(f"{self.url} answers with something else than JSON: {begun!r}") from error
        if not isinstance(reply, dict):
            raise self._failure(f"{self.url} answers with something else than an object: {begun!r}")
        return reply

    def _failure(self, text: str) -> EndpointError:
        return EndpointError(self._told(text))

    def _told(self, text: str) -> str:
        """Return what a message may say: one line of bounded length without the key."""
        for key in {self._key, repr(self._key)[1:-1]} - {""}:
            text = text.replace(key, "***")
        printable = "".join(letter if letter.isprintable() else " " for letter in text[:4000])
        return " ".join(printable.split())[:500]


class _Beginning(_HTTP.AsyncByteStream):  # type: ignore[misc]
    """The first bytes of a reply; the rest is never fetched, and where it breaks off its status still counts."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MOST_ERROR_BYTES
        async with contextlib.aclosing(aiter(self._whole)) as pieces:
            with contextlib.suppress(_HTTP.TransportError):
                async for piece in pieces:
                    yield piece[:left]
                    left -= len(piece)
                    if left <= 0:
                        return

    async def aclose(self) -> None:
        await self._whole.aclose()


async def _shorten_errors(response: Any) -> None:
    """Cut a reply that is no answer short, as it is sent: the client reads it whole, and unpacks it."""
    if not response.is_success:
        response.stream = _Beginning(response.stream)
        response.headers.pop("content-encoding", None)
        response.encoding = "utf-8"


def the_choice(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one choice of a reply.

    Raises:
        EndpointError: There is not exactly one, or it did not end by itself or at the limit.
    """
    choices = reply.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        raise EndpointError(f"the endpoint's reply has no single choice: {quoted(reply)}")
    reason = choices[0].get("finish_reason")
    if reason not in ("stop", "length"):
        raise EndpointError(
            f"the endpoint ended an answer for the reason {quoted(reason)}, which is neither stop nor length"
        )
    return choices[0]


def quoted(part: Any) -> str:
    """Return part of a reply as a message shows it."""
    try:
        return repr(part)[:2000]
    except RecursionError:
        return "something nested too deeply"


def token_count(reply: Mapping[str, Any], name: str) -> int | None:
    """Return a count of the reply's usage; None where the endpoint does not tell, or tells what cannot be."""
    usage = reply.get("usage")
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and 0 <= count < _MOST_TOKENS else None


def _retry_after(error: openai.APIStatusError) -> float:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
