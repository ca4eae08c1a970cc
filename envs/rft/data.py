"""The data of a fine-tuning job: JSON Lines with `messages`, read one line at a time.

Every other key of a line becomes the `item` that graders see; `tools` describes functions that the model may call.
Left out: images and audio, and histories with calls of tools in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envs.core import ConfigError, Message, Role
from envs.jsonl import Record, shown, stream_records
from envs.options import unknown_name

MAX_TRAIN_ROWS = 50_000
MAX_VALIDATION_ROWS = 1_000

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_MESSAGE_KEYS = ("role", "content", "name", "type", "weight")
_TEXT_PARTS = ("text", "input_text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a data file."""

    line: int
    messages: tuple[Message, ...]
    item: Mapping[str, Any]
    """Everything that the line holds besides its messages and tools."""
    tools: tuple[Mapping[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """What the policy is shown, as one text."""
        return "\n".join(message.content for message in self.messages)


def stream_rows(path: str | Path, *, most: int) -> Iterator[Row]:
    """Read and check a data file row by row.

    Args:
        path: The file.
        most: Rows that it may hold.

    Raises:
        ConfigError: The file cannot be read, is empty or too long, or a line is malformed; it names line and field.
    """
    count = 0
    for record in stream_records(path):
        count += 1
        if count > most:
            raise ConfigError(f"{path}, line {record.line}: more than {most:,} rows, which is the limit for this file")
        yield _row(record)
    if not count:
        raise ConfigError(f"{path} holds no line")


def _row(record: Record) -> Row:
    if "messages" not in record.fields:
        near = unknown_name("field", "messages", record.fields)
        record.fail("messages", f"is missing ({near})")
    given = record.fields["messages"]
    if not isinstance(given, list) or not given:
        record.fail("messages", f"must be a list of at least one message, got {shown(given)}")
    messages = tuple(_message(record, f"messages[{index}]", value) for index, value in enumerate(given))
    if messages[-1].role != "user":
        last = given[-1]["role"]
        record.fail(f"messages[{len(given) - 1}].role", f"the last message must be of the role 'user', got {last!r}")
    item = {key: value for key, value in record.fields.items() if key not in ("messages", "tools")}
    _check_text(record, item)
    return Row(line=record.line, messages=messages, item=item, tools=_tools(record))


def _message(record: Record, place: str, value: Any) -> Message:
    if not isinstance(value, dict):
        record.fail(place, f"must be an object with role and content, got {shown(value)}")
    for key in value:
        if key not in _MESSAGE_KEYS:
            if key in ("tool_calls", "tool_call_id", "function_call"):
                record.fail(f"{place}.{key}", "a history with calls of tools in it cannot be run here")
            record.fail(f"{place}.{key}", unknown_name("key of a message", key, _MESSAGE_KEYS))
    role = value.get("role")
    if role in ("tool", "function"):
        record.fail(f"{place}.role", "a history with replies of tools in it cannot be run here")
    if not isinstance(role, str) or role not in _ROLES:
        record.fail(f"{place}.role", unknown_name("role", role, _ROLES) if "role" in value else "is missing")
    if "content" not in value:
        record.fail(f"{place}.content", "is missing")
    content = _content(record, f"{place}.content", value["content"])
    if not content.strip():
        record.fail(f"{place}.content", "must not be empty")
    return Message(role=_ROLES[role], content=content)


def _content(record: Record, place: str, value: Any) -> str:
    if isinstance(value, str):
        return _encodable(record, place, value)
    if not isinstance(value, list) or not value:
        record.fail(place, f"must be text or a list of text parts, got {shown(value)}")
    texts = []
    for index, part in enumerate(value):
        here = f"{place}[{index}]"
        if not isinstance(part, dict):
            record.fail(here, f'must be an object such as {{"type": "text", "text": ...}}, got {shown(part)}')
        if part.get("type") not in _TEXT_PARTS:
            record.fail(f"{here}.type", f"only parts of the type 'text' can be run here, got {shown(part.get('type'))}")
        if not isinstance(part.get("text"), str):
            record.fail(f"{here}.text", f"must be text, got {shown(part.get('text'))}")
        texts.append(_encodable(record, f"{here}.text", part["text"]))
    return "".join(texts)


def _encodable(record: Record, place: str, text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        record.fail(place, "holds a lone surrogate, which no encoding can carry")
    return text


def _check_text(record: Record, item: Mapping[str, Any]) -> None:
    for key, value in item.items():
        _check_member(record, key, [key, value])


def _check_member(record: Record, place: str, value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        record.fail(place, "holds a lone surrogate, which no encoding can carry")


def _tools(record: Record) -> tuple[Mapping[str, Any], ...]:
    given = record.fields.get("tools")
    if given is None:
        return ()
    if not isinstance(given, list):
        record.fail("tools", f"must be a list, got {shown(given)}")
    for index, tool in enumerate(given):
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str) or not function["name"]:
            expected = '{"type": "function", "function": {"name": ..., ...}}'
            record.fail(f"tools[{index}]", f"must be an object such as {expected}, got {shown(tool)}")
        _check_member(record, f"tools[{index}]", tool)
    return tuple(given)
