"""Chat completions of the models that are here: base models, and what jobs have made of them.

Left out, and refused unless they ask for nothing: top_p, penalties, logit_bias, logprobs, tools. What changes no word
of an answer is ignored; so is response_format, which nothing enforces here (a model is trained towards its form).
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.backends.transformers import TransformersBackend
from agents.core import Sampling
from agents.judge import COLDEST
from agents.models import LoadedModel, find_device, load_model
from agents.serve.errors import ApiError
from agents.serve.jobs import Jobs
from envs.core import ConfigError, Message
from envs.options import unknown_name

MAX_CHOICES, MAX_STOPS = 16, 4
DEFAULT_TOKENS = 512
"""Of an answer, where the request does not say."""
MODELS_KEPT = 2
CHATS_AT_ONCE = 2

IGNORED = (
    "user", "metadata", "store", "service_tier", "parallel_tool_calls", "tool_choice", "response_format",
    "reasoning_effort", "safety_identifier", "prompt_cache_key", "verbosity", "stream_options", "modalities",
)  # fmt: skip
REFUSED: Mapping[str, tuple[Any, ...]] = {
    "top_p": (None, 1),
    "presence_penalty": (None, 0),
    "frequency_penalty": (None, 0),
    "logit_bias": (None, {}),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "tools": (None, []),
    "functions": (None, []),
    "function_call": (None, "none"),
    "audio": (None,),
    "prediction": (None,),
    "web_search_options": (None,),
}
"""Parameter -> the values of it that ask for nothing."""
USED = (
    "model", "messages", "n", "temperature", "max_tokens", "max_completion_tokens", "seed", "stop", "stream",
)  # fmt: skip
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A checked request."""

    model: str
    messages: tuple[Message, ...]
    n: int
    temperature: float
    max_tokens: int | None
    seed: int
    stops: tuple[str, ...]
    stream: bool
    with_usage: bool


@dataclass(slots=True)
class Answer:
    """One choice while it is written."""

    model: LoadedModel
    stops: tuple[str, ...]
    tokens: list[int] = field(default_factory=list)
    sent: str = ""
    finish_reason: str | None = None

    def add(self, token: int) -> str:
        """Take a token and return what can be shown of it: nothing that may still become a stop sequence."""
        if self.finish_reason:
            return ""
        self.tokens.append(token)
        text = self.model.decode(self.tokens)
        cuts = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        if cuts or token in self.model.eos_ids:
            self.finish_reason = "stop"
            return self._show(text[: min(cuts, default=len(text))])
        return self._show(text[: len(text) - self._unsure(text)])

    def end(self) -> str:
        """Return what is left to show when there are no more tokens."""
        if self.finish_reason:
            return ""
        self.finish_reason = "length"
        return self._show(self.model.decode(self.tokens))

    def _show(self, text: str) -> str:
        new = text[len(self.sent) :]
        self.sent += new
        return new

    def _unsure(self, text: str) -> int:
        """Return how many characters of the end may be half of a character or of a stop sequence."""
        held = len(text) - len(text.rstrip("\ufffd"))
        for stop in self.stops:
            held = max(held, *(size for size in range(len(stop)) if text.endswith(stop[:size])), 0)
        return held


class Chat:
    """Answers chats.

    Args:
        jobs: Know the models that were made.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._models: OrderedDict[str, tuple[LoadedModel, TransformersBackend]] = OrderedDict()
        self._loading = threading.Lock()
        self._places = threading.Semaphore(CHATS_AT_ONCE)

    def complete(self, body: Any) -> dict[str, Any]:
        """Return the whole answer.

        Raises:
            ApiError: The request is wrong.
        """
        writing = self.prepare(body)
        for _ in writing.deltas():
            pass
        return writing.whole()

    def prepare(self, body: Any) -> Writing:
        """Check a request, load its model and return what writes the answer.

        Raises:
            ApiError: The request is wrong.
        """
        request = parse_chat(body)
        name, source = self._source(request.model)
        model, policy = self._load(source)
        prompt = model.encode_prompt(request.messages)
        longest = int(getattr(model.model.config, "max_position_embeddings", 2048))
        room = longest - len(prompt)
        if room < 1:
            said = f"the model takes {longest} tokens, the messages have {len(prompt)}"
            raise ApiError(400, said, param="messages", code="context_length_exceeded")
        sampling = Sampling(
            temperature=max(COLDEST, request.temperature),
            max_new_tokens=min(room, request.max_tokens or DEFAULT_TOKENS),
            seed=request.seed,
        )
        return Writing(request, name, model, policy, prompt, sampling, self._places)

    def forget(self, folder: Path) -> None:
        """Let go of a model whose files are gone; an answer that is being written is written to its end."""
        with self._loading:
            self._models.pop(str(folder), None)

    def _source(self, name: str) -> tuple[str, str]:
        base = self.jobs.known_base(name)
        if base is not None and base in self.jobs.base_models():
            return base, base
        return name, str(self.jobs.tuned(name))

    def _load(self, source: str) -> tuple[LoadedModel, TransformersBackend]:
        with self._loading:
            if source not in self._models:
                try:
                    model = load_model(source, device=find_device("auto"))
                except ConfigError as error:
                    raise ApiError(500, str(error), code="model_not_loaded") from error
                self._models[source] = model, TransformersBackend(model.model, model.eos_ids)
            self._models.move_to_end(source)
            while len(self._models) > MODELS_KEPT:
                self._models.popitem(last=False)
            return self._models[source]


class Writing:
    """One answer being written; see `Chat.prepare`."""

    def __init__(
        self,
        request: ChatRequest,
        name: str,
        model: LoadedModel,
        policy: TransformersBackend,
        prompt: tuple[int, ...],
        sampling: Sampling,
        places: threading.Semaphore,
    ) -> None:
        self.request = request
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": name}
        self._policy, self._prompt, self._sampling, self._places = policy, prompt, sampling, places
        self._answers = [Answer(model, request.stops) for _ in range(request.n)]

    def deltas(self) -> Iterator[tuple[int, str]]:
        """Write, and yield each new piece of text with the choice that it belongs to."""
        with self._places:
            for drawn in self._policy.stream([self._prompt] * self.request.n, self._sampling):
                for row, token in drawn:
                    if new := self._answers[row].add(token):
                        yield row, new
                if all(answer.finish_reason for answer in self._answers):
                    break
        for row, answer in enumerate(self._answers):
            if new := answer.end():
                yield row, new

    def events(self) -> Iterator[bytes]:
        """Write, and yield the server-sent events of a streamed answer."""
        for row in range(self.request.n):
            yield self._event([_delta(row, {"role": "assistant", "content": ""})])
        for row, new in self.deltas():
            yield self._event([_delta(row, {"content": new})])
        for row, answer in enumerate(self._answers):
            yield self._event([_delta(row, {}, answer.finish_reason)])
        if self.request.with_usage:
            yield self._event([], usage=self._usage())
        yield b"data: [DONE]\n\n"

    def whole(self) -> dict[str, Any]:
        """Return the answer as it is written."""
        choices = [
            {
                "index": row,
                "message": {"role": "assistant", "content": answer.sent, "refusal": None},
                "finish_reason": answer.finish_reason,
                "logprobs": None,
            }
            for row, answer in enumerate(self._answers)
        ]
        return {**self._head, "object": "chat.completion", "choices": choices, "usage": self._usage()}

    def _usage(self) -> dict[str, Any]:
        completion = sum(len(answer.tokens) for answer in self._answers)
        total = len(self._prompt) + completion
        return {"prompt_tokens": len(self._prompt), "completion_tokens": completion, "total_tokens": total}

    def _event(self, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> bytes:
        chunk: dict[str, Any] = {**self._head, "object": "chat.completion.chunk", "choices": choices}
        if self.request.with_usage:
            chunk["usage"] = usage
        return f"data: {json.dumps(chunk)}\n\n".encode()


def parse_chat(body: Any) -> ChatRequest:
    """Check a request for a chat completion.

    Raises:
        ApiError: A parameter is unknown, refused or malformed.
    """
    if not isinstance(body, Mapping):
        raise ApiError(400, "a request is a JSON object")
    for name, value in body.items():
        if name in REFUSED:
            if value not in REFUSED[name]:
                raise ApiError(400, f"{name} is not offered here", param=name, code="unsupported_parameter")
        elif name not in USED and name not in IGNORED:
            said = unknown_name("parameter", name, (*USED, *IGNORED, *REFUSED))
            raise ApiError(400, said, param=name, code="unknown_parameter")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ApiError(400, "model must be the name of a model", param="model")
    stops = body.get("stop") or []
    stops = [stops] if isinstance(stops, str) else stops
    if not isinstance(stops, list) or len(stops) > MAX_STOPS or not all(isinstance(s, str) and s for s in stops):
        raise ApiError(400, f"stop must be a text or a list of at most {MAX_STOPS} texts", param="stop")
    options = body.get("stream_options") or {}
    limit = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
    most = _whole(body, limit, 1, 10**6)
    seed = _whole(body, "seed", -(2**63), 2**63 - 1)
    return ChatRequest(
        model=model,
        messages=_messages(body.get("messages")),
        n=_whole(body, "n", 1, MAX_CHOICES) or 1,
        temperature=_temperature(body.get("temperature")),
        max_tokens=most,
        seed=secrets.randbits(31) if seed is None else abs(seed) % 2**31,
        stops=tuple(stops),
        stream=body.get("stream") is True,
        with_usage=isinstance(options, Mapping) and options.get("include_usage") is True,
    )


def _messages(given: Any) -> tuple[Message, ...]:
    if not isinstance(given, list) or not given:
        raise ApiError(400, "messages must be a list of at least one message", param="messages")
    found = []
    for index, message in enumerate(given):
        place = f"messages[{index}]"
        role = message.get("role") if isinstance(message, Mapping) else None
        if not isinstance(role, str) or role not in _ROLES:
            raise ApiError(400, f"{place}.role: {unknown_name('role', role, _ROLES)}", param=place)
        content = message.get("content")
        if isinstance(content, list) and all(isinstance(part, Mapping) for part in content):
            texts = [part.get("text") if part.get("type") == "text" else None for part in content]
            content = "".join(texts) if all(isinstance(text, str) for text in texts) else None  # type: ignore[arg-type]
        if not isinstance(content, str):
            raise ApiError(400, f"{place}.content must be text or a list of text parts", param=place)
        found.append(Message(role=_ROLES[role], content=content.encode(errors="replace").decode()))  # type: ignore[arg-type]
    return tuple(found)


def _whole(body: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most):
        raise ApiError(400, f"{name} must be a whole number from {least} to {most}", param=name, code="invalid_value")
    return value


def _temperature(value: Any) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 2:
        raise ApiError(400, "temperature must be a number from 0 to 2", param="temperature", code="invalid_value")
    return float(value)


def _delta(row: int, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": row, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
