"""Scores that a web service gives: `endpoint`, as Azure calls it.

It is sent `{"sample", "item", "trace_id"}` and answers `{"score": number}`. What it does not answer is a fault of ours.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any

from envs.jsonl import shown
from envs.verifiers.chat import ChatError, post_json
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    RANGE,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    number,
    whole,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.templates import as_data

MOST_SENT_BYTES = 2**20
"""Of a request; a sample that makes it longer scores the least."""


class Endpoint(BaseGrader):
    """The score that a service answers with."""

    def __init__(self, config: Config) -> None:
        low, high = config["range"]
        super().__init__(config, low=float(low), high=float(high))
        self._url: str = config["url"]
        self._headers: Mapping[str, str] = config.get("headers", {})
        self._timeout_s: float = config["timeout_s"]
        self._retries: int = config["retries"]
        self._pause_s = 1 / config["rate_limit"] if "rate_limit" in config else 0.0
        self._lock = threading.Lock()
        self._next = 0.0

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Ask the service."""
        request = {"sample": as_data(sample), "item": dict(item), "trace_id": uuid.uuid4().hex}
        length = len(json.dumps(request))
        if length - len(json.dumps(request["sample"])) > MOST_SENT_BYTES:
            raise GraderFault("other_error", f"{self.name}: the item is larger than {MOST_SENT_BYTES} bytes")
        if length > MOST_SENT_BYTES:
            flags = frozenset({"truncated_observation_error"})
            return Grade(score=self.low, flags=flags, feedback="The answer is too long to be judged.")
        self._wait()
        try:
            answer = post_json(self._url, request, self._headers, timeout_s=self._timeout_s, retries=self._retries)
        except ChatError as error:
            flag = "unresponsive_reward_error" if error.kind in ("timeout", "connection") else "other_error"
            raise GraderFault(flag, f"{self.name}: {error}", error_type=error.kind) from error
        score = answer.get("score") if isinstance(answer, Mapping) else None
        if isinstance(score, bool) or not isinstance(score, (int, float)):
            raise GraderFault("other_error", f'{self.name}: expected {{"score": number}}, got {shown(answer)}')
        if not self.low <= score <= self.high:
            bounds = f"[{self.low:g}, {self.high:g}]"
            raise GraderFault("other_error", f"{self.name}: the score {score!r} is not in its range {bounds}")
        return Grade(score=float(score))

    def _wait(self) -> None:
        """Keep to the rate limit."""
        if not self._pause_s:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause_s
        time.sleep(turn - now)


def _url(value: Any, place: Place) -> Any:
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        place.fail(f"must begin with http:// or https://, got {shown(value)}")
    return value


def _headers(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping) or not all(isinstance(content, str) for content in value.values()):
        place.fail(f"must be an object of texts, got {shown(value)}")
        return {}
    for name, content in value.items():
        if any(character in f"{name}{content}" for character in "\r\n\0"):
            place.at(name).fail("holds a line break")
    return dict(value)


def _build(config: Config, context: GraderContext) -> Endpoint:
    return Endpoint(config)


ENDPOINT = GraderType(
    fields={
        "url": Field(_url),
        "headers": Field(_headers, required=False),
        "rate_limit": Field(number(above=0), required=False),
        "timeout_s": Field(number(above=0), required=False, default=120.0),
        "retries": Field(whole(most=10), required=False, default=3),
        "range": RANGE,
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build,
    name_required=False,
)
