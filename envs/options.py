"""Options by name: the nearest-name message, the check against a constructor, and `key=value` on a command line.

The syntax is the part of Hydra's that needs no Hydra: `env=code env.difficulty=easy env.limits.cpu_time_s=1`.
"""

from __future__ import annotations

import difflib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from envs.core import ConfigError

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "none": None}


def unknown_name(what: str, given: object, known: Iterable[str]) -> str:
    """Return the sentence that says that `given` is not one of `known`, with the nearest of them.

    Args:
        what: The kind of thing, such as `environment`.
        given: The name that was asked for.
        known: Every name that would have been right.
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(given), names, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ";"
    return f"no {what} {given!r}{hint} known: {', '.join(names) or 'none'}"


def check_options(create: Callable[..., Any], options: Mapping[str, Any], owner: str) -> None:
    """Check that a constructor takes every one of these options.

    Args:
        create: The constructor.
        options: What it is to be called with.
        owner: Who the options belong to, for the message.

    Raises:
        ConfigError: An option does not exist, or one that has no default is missing.
    """
    parameters = inspect.signature(create).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        known = {p.name for p in named}
        for option in options:
            if option not in known:
                raise ConfigError(unknown_name(f"option of {owner}", option, known))
    missing = [p.name for p in named if p.default is p.empty and p.name not in options]
    if missing:
        raise ConfigError(f"{owner} needs the option {missing[0]!r}: give env.{missing[0]}=... or {missing[0]}=...")


def parse_overrides(arguments: Sequence[str]) -> dict[str, Any]:
    """Parse `key=value` arguments, where a dot in a key opens a nested dictionary.

    `env=code env.difficulty=easy` becomes `{"env": "code", "env.": {"difficulty": "easy"}}`: the options of the thing
    called `env` stand under `env.`, since `env` itself holds its name.

    Raises:
        ConfigError: An argument has no `=`, or is given twice.
    """
    parsed: dict[str, Any] = {}
    for argument in arguments:
        key, separator, text = argument.partition("=")
        if not separator or not key:
            raise ConfigError(f"expected key=value, got {argument!r}")
        *path, last = key.split(".")
        node = parsed
        for part in path:
            node = node.setdefault(f"{part}.", {})
        if last in node:
            raise ConfigError(f"{key!r} is given twice")
        node[last] = parse_value(text)
    return parsed


def nested_options(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with the nested dictionaries of `parse_overrides` under their plain names (`limits.` -> `limits`).

    Raises:
        ConfigError: A name is given both a value and nested options.
    """
    plain: dict[str, Any] = {}
    for key, value in parsed.items():
        name = key.removesuffix(".")
        if name in plain:
            raise ConfigError(f"{name!r} is given both a value and options of its own")
        plain[name] = nested_options(value) if key.endswith(".") else value
    return plain


def parse_value(text: str) -> Any:
    """Parse one value: a number, true/false/null, JSON (`[1,2]`, `{"a": 1}`, `"quoted"`), `[a,b]`, or plain text."""
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    try:
        return json.loads(text, parse_constant=str)
    except ValueError:
        pass
    if text.startswith("[") and text.endswith("]"):
        return [parse_value(item.strip()) for item in text[1:-1].split(",") if item.strip()]
    try:
        return float(text) if text.lower().replace(".", "").replace("e-", "").isdigit() else text
    except ValueError:
        return text
