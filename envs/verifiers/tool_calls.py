"""Calls of functions that a model of text wrote down: `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`."""

from __future__ import annotations

import json
from typing import Any

from envs.verifiers.strict_json import strict_json

OPENING, CLOSING = "<tool_call>", "</tool_call>"


def tool_calls(completion: str) -> tuple[dict[str, Any], ...]:
    """Return the calls in a completion as `sample.output_tools` holds them; what is no call is left out."""
    calls: list[dict[str, Any]] = []
    place = 0
    while (opened := completion.find(OPENING, place)) >= 0:
        closed = completion.find(CLOSING, opened)
        if closed < 0:
            break
        place = closed + len(CLOSING)
        try:
            call = strict_json(completion[opened + len(OPENING) : closed])
        except ValueError:
            continue
        if isinstance(call, dict) and isinstance(call.get("name"), str) and isinstance(call.get("arguments"), dict):
            function = {"name": call["name"], "arguments": json.dumps(call["arguments"], ensure_ascii=False)}
            calls.append({"id": f"call_{len(calls)}", "type": "function", "function": function})
    return tuple(calls)
