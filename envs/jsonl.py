"""JSON Lines that users wrote, read strictly: every complaint names the file, the line and the field."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from envs.core import ConfigError
from envs.files import replacing
from envs.options import unknown_name

MAX_LINE_BYTES = 16 * 2**20
"""Of one line of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of a file: an object whose fields are asked for by name and type."""

    path: Path
    line: int
    fields: Mapping[str, Any]

    def fail(self, field: str, problem: str) -> NoReturn:
        """Complain about a field.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(f"{self.path}, line {self.line}, field {field!r}: {problem}")

    def text(self, field: str, *, may_be_empty: bool = False) -> str:
        """Return a required field that holds text.

        Raises:
            ConfigError: It is missing, not text, blank or cannot be encoded.
        """
        if field not in self.fields:
            self.fail(field, f"is missing; the line has {', '.join(map(repr, self.fields)) or 'no fields'}")
        value = self.fields[field]
        if not isinstance(value, str):
            self.fail(field, f"must be text, got {shown(value)}")
        if not may_be_empty and not value.strip():
            self.fail(field, "must not be empty")
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.fail(field, "holds a lone surrogate, which no encoding can carry")
        return value

    def optional_text(self, field: str) -> str | None:
        """Return a field that holds text, or None where it is missing or null.

        Raises:
            ConfigError: It is there, and not text.
        """
        return None if self.fields.get(field) is None else self.text(field)

    def items(self, field: str) -> list[Any]:
        """Return a required field that holds a non-empty list.

        Raises:
            ConfigError: It is missing, not a list, or empty.
        """
        value = self.fields.get(field)
        if not isinstance(value, list):
            self.fail(field, f"must be a list, got {shown(value)}" if field in self.fields else "is missing")
        if not value:
            self.fail(field, "must not be empty: what nothing tests cannot be graded")
        return value

    def choice(self, field: str, known: Sequence[str]) -> str | None:
        """Return a field that holds one of some names, or None where it is missing.

        Raises:
            ConfigError: It holds something else.
        """
        value = self.fields.get(field)
        if value is not None and value not in known:
            self.fail(field, unknown_name(field, value, known))
        return None if value is None else str(value)

    def only(self, known: Iterable[str]) -> None:
        """Check that there are no other fields than these.

        Raises:
            ConfigError: There is one.
        """
        names = list(known)
        for field in self.fields:
            if field not in names:
                self.fail(field, unknown_name("field", field, names))


def read_records(path: str | Path) -> list[Record]:
    """Read a whole file of JSON objects, one a line; blank lines are skipped.

    Raises:
        ConfigError: The file cannot be read or is empty, or a line is not a JSON object of finite numbers, unique keys.
    """
    records = list(stream_records(path))
    if not records:
        raise ConfigError(f"{path} holds no line")
    return records


def stream_records(path: str | Path) -> Iterator[Record]:
    """Read a file of JSON objects, plain or `.gz`, so that no more than one line of its text is held at a time.

    Raises:
        ConfigError: The file cannot be read, or a line is too long or not a JSON object of finite numbers, unique keys.
    """
    file = Path(path)
    number = 0
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
            while line := lines.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise ConfigError(f"{path}, line {number}: is longer than {MAX_LINE_BYTES >> 20} MiB")
                if line.strip():
                    yield _record(file, number, line)
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        said = f"the file is cut off or damaged behind line {number}: {error}"
        raise ConfigError(f"cannot read {str(path)!r}: {said}") from error


def parse_json(raw: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, with or without a byte order mark.

    Raises:
        ValueError: It is not JSON, repeats a key of an object, or holds a number that is not finite.
        RecursionError: It is nested too deep.
    """
    return json.loads(
        raw.decode("utf-8-sig"), parse_constant=finite_number, parse_float=finite_number, object_pairs_hook=_unique
    )


def write_lines(path: str | Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines so that the file is either there as a whole or not touched.

    Raises:
        OSError: The folder cannot be written, or the disk is full.
    """
    with replacing(Path(path)) as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=True, allow_nan=False).encode() + b"\n")


def shown(value: Any) -> str:
    """Return a value for an error message, shortened."""
    text = json.dumps(value, default=repr)
    return text if len(text) <= 60 else text[:57] + "..."


def _record(path: Path, number: int, line: bytes) -> Record:
    try:
        value = parse_json(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}, line {number}: not a JSON object: {error}") from error
    if not isinstance(value, dict):
        raise ConfigError(f"{path}, line {number}: expected a JSON object, got {shown(value)}")
    return Record(path=path, line=number, fields=value)


def finite_number(text: str) -> float:
    """Return the number that stands in a JSON text.

    Raises:
        ValueError: It is not finite.
    """
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a finite number")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique: dict[str, Any] = {}
    for key, value in pairs:
        if key in unique:
            raise ValueError(f"the key {key!r} is given twice")
        unique[key] = value
    return unique
