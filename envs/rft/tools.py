"""Functions that a row lets the model call, described in words: local models of text know no other way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from envs.core import Message

_OPENING = """You may call functions. To call one, write, for each call,
<tool_call>{"name": "...", "arguments": {...}}</tool_call>
The functions:"""


def with_tools(messages: tuple[Message, ...], tools: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Return the conversation with its functions described in the system message, which is made if there is none."""
    if not tools:
        return messages
    described = "\n".join([_OPENING, *(json.dumps(tool["function"], ensure_ascii=False) for tool in tools)])
    if messages[0].role == "system":
        first = Message(role="system", content=f"{messages[0].content}\n\n{described}")
        return (first, *messages[1:])
    return (Message(role="system", content=described), *messages)
