"""Tries graders: `python -m envs.graders validate|run|attack FILE`.

    validate  a grader, or a job: every mistake, with a JSON pointer, and what is allowed but probably not meant
    run       a request `{"grader", "item", "model_sample"}`: the reply of a hosted service, field by field
    attack    a grader, or a job, with `data=FILE.jsonl` (of a job: its validation file): what no-skill answers are paid

`validate` and `run` print JSON. Exit code 0: all is well; 1: the grader failed, or pays what it should not; 2: what was
asked for cannot be. `run_request` and `validate_request` do the same for a server.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from envs.core import ConfigError, Message, Task, VerifierError
from envs.grader_attacks import Item, attack_grader, read_sample
from envs.grader_report import show_report
from envs.jsonl import read_records, shown
from envs.options import parse_overrides, unknown_name
from envs.sandboxes import sandbox_choice, sandbox_option
from envs.text_env import guarded
from envs.verifiers.graders import (
    GraderConfigError,
    GraderContext,
    Problem,
    build_grader,
    check_grader,
    grader_warnings,
)
from envs.verifiers.grading import FLAGS, Grade, Grader, GraderFault, Sample, TokenUsage
from envs.verifiers.response_format import parse_response_format
from envs.verifiers.strict_json import strict_json
from sandbox.core import SandboxError

COMMANDS = ("validate", "run", "attack")
RUN_FIELDS = ("grader", "item", "model_sample")
_DETAILS = ("python_grader_runtime_error_details", "model_grader_server_error_details")
"""Fields of the reply's errors that hold text; with `python_grader_server_error_type`, and the flags, all there are."""


def validate_request(body: Any) -> dict[str, Any]:
    """Answer a request to check a grader: `{"grader"}` -> `{"grader"` in its normal form, `"warnings"}`.

    Raises:
        GraderConfigError: The grader, or the request, is wrong; pointers begin with `/grader`.
    """
    grader = _members(body, ("grader",), ("grader",))["grader"]
    with _under("/grader"):
        normal = check_grader(grader)
        warnings = grader_warnings(grader)
    return {
        "grader": normal,
        "warnings": [{"pointer": f"/grader{one.pointer}", "message": one.message} for one in warnings],
    }


def run_request(body: Any, context: GraderContext = GraderContext()) -> dict[str, Any]:
    """Answer a request to try a grader: `{"grader", "item", "model_sample"}` -> the service's reply.

    `reward` is null where the grader failed; `errors` then says how.

    Raises:
        GraderConfigError: The request, or its grader, is wrong.
        ConfigError: The grader cannot run here.
    """
    members = _members(body, RUN_FIELDS, ("grader", "model_sample"))
    item, text = members.get("item", {}), members["model_sample"]
    problems = []
    if not isinstance(item, Mapping):
        problems.append(Problem("/item", f"must be an object, got {shown(item)}"))
    if not isinstance(text, str):
        problems.append(Problem("/model_sample", f"must be text, got {shown(text)}"))
    if problems:
        raise GraderConfigError(problems)
    with _under("/grader"):
        grader = build_grader(members["grader"], context)
    began = time.perf_counter()
    grade, fault = graded(grader, read_sample(text), item)
    return run_reply(grader, grade, fault, execution_time_s=time.perf_counter() - began)


def graded(grader: Grader, sample: Sample, item: Mapping[str, Any]) -> tuple[Grade | None, GraderFault | None]:
    """Return the grade, or the fault for which there is none; whatever else a grader raises is a fault too."""
    task = Task(task_id="model_sample", prompt=(), reference=item)
    try:
        return guarded("grader", lambda task, sample: grader.grade(sample, task.reference), task, sample), None
    except GraderFault as fault:
        return None, fault
    except VerifierError as error:
        return None, GraderFault("other_error", str(error))


def run_reply(
    grader: Grader, grade: Grade | None, fault: GraderFault | None, *, execution_time_s: float
) -> dict[str, Any]:
    """Return what a grader did as the reply of a hosted service."""
    flags = ({fault.flag} if fault else set()) | (set(grade.flags) if grade else set())
    errors: dict[str, Any] = {flag: flag in flags for flag in FLAGS}
    errors |= {"python_grader_server_error_type": None, **dict.fromkeys(_DETAILS)}
    if fault is not None:
        if fault.flag == "python_grader_server_error":
            errors["python_grader_server_error_type"] = fault.error_type or "server_error"
        if f"{fault.flag}_details" in errors:
            errors[f"{fault.flag}_details"] = fault.details or str(fault)
    usage = {model: _usage(tokens) for model, tokens in grade.token_usage.items()} if grade else {}
    return {
        "reward": grade.score if grade else None,
        "sub_rewards": dict(grade.sub_scores) if grade else {},
        "model_grader_token_usage_per_model": usage,
        "metadata": {
            "name": grader.name,
            "type": grader.type,
            "execution_time": execution_time_s,
            "scores": dict(grade.measures) if grade else {},
            "token_usage": sum(one["total_tokens"] for one in usage.values()) if usage else None,
            "sampled_model_name": getattr(grader, "model", None),
            "errors": errors,
        },
    }


def _usage(tokens: TokenUsage) -> dict[str, int]:
    return {
        "prompt_tokens": tokens.prompt_tokens,
        "completion_tokens": tokens.completion_tokens,
        "total_tokens": tokens.prompt_tokens + tokens.completion_tokens,
        "cached_tokens": tokens.cached_tokens,
    }


@contextlib.contextmanager
def _under(pointer: str) -> Iterator[None]:
    """Put a pointer before those of the mistakes that are found within the block."""
    try:
        yield
    except GraderConfigError as error:
        problems = [Problem(pointer + one.pointer, one.message) for one in error.problems]
        raise GraderConfigError(problems) from None


def _members(body: Any, known: Sequence[str], required: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise GraderConfigError([Problem("", f"a request is a JSON object, got {shown(body)}")])
    problems = [Problem(f"/{key}", unknown_name("field", key, known)) for key in body if key not in known]
    problems += [Problem(f"/{key}", "is missing") for key in required if key not in body]
    if problems:
        raise GraderConfigError(problems)
    return body


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    console = Console(stderr=True)
    try:
        if len(arguments) < 2 or arguments[0] not in COMMANDS:
            given = arguments[0] if arguments else ""
            usage = f"usage: python -m envs.graders {'|'.join(COMMANDS)} FILE [option=value ...]"
            raise ConfigError(
                usage if given in ("", *COMMANDS) else f"{unknown_name('command', given, COMMANDS)}; {usage}"
            )
        command, path, *rest = arguments
        options = parse_overrides(rest)
        for option in options:
            if option.removesuffix(".") not in OPTIONS[command]:
                raise ConfigError(unknown_name(f"option of {command}", option.removesuffix("."), OPTIONS[command]))
        body = read_file(path)
        if command == "attack" and not options.keys() & {"data", "item"}:
            options |= _own_data(body, Path(path).parent)
        return _RUN[command](body, options)
    except GraderConfigError as error:
        problems = [{"pointer": one.pointer, "message": one.message} for one in error.problems]
        print(json.dumps({"valid": False, "problems": problems}, indent=2, ensure_ascii=False))
        return 2
    except (ConfigError, SandboxError) as error:
        console.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 2


OPTIONS: dict[str, tuple[str, ...]] = {
    "validate": (),
    "run": ("sandbox",),
    "attack": ("data", "item", "gold", "items", "floor", "sandbox"),
}


def _validate(body: Any, options: Mapping[str, Any]) -> int:
    grader, response_format, pointer = grader_of(body)
    with _under(pointer):
        normal = check_grader(grader)
        warnings = grader_warnings(grader)
    parse_response_format(response_format)
    found = [{"pointer": pointer + one.pointer, "message": one.message} for one in warnings]
    print(json.dumps({"valid": True, "grader": normal, "warnings": found}, indent=2, ensure_ascii=False))
    return 0


def _run(body: Any, options: Mapping[str, Any]) -> int:
    reply = run_request(body, _context(options))
    print(json.dumps(reply, indent=2, ensure_ascii=False))
    return 1 if reply["reward"] is None else 0


def _attack(body: Any, options: Mapping[str, Any]) -> int:
    config, response_format, pointer = grader_of(body)
    with _under(pointer):
        config = check_grader(config)
        grader = build_grader(config, _context(options))
    known = _items(body, options)
    spread = known[:: -(-len(known) // _count(options))]  # from all over the file
    floor = options.get("floor", 0.1)
    if isinstance(floor, bool) or not isinstance(floor, (int, float)) or not 0 <= floor <= 1:
        raise ConfigError(f"floor must be a number in [0, 1], got {floor!r}")
    console = Console()
    with console.status("attacking"):
        report = attack_grader(grader, config, spread, known=known, response_format=response_format, floor=float(floor))
    show_report(report, grader.name, console)
    return 0 if report.withstood else 1


_RUN: dict[str, Callable[[Any, Mapping[str, Any]], int]] = {"validate": _validate, "run": _run, "attack": _attack}


def grader_of(body: Any) -> tuple[Any, Any, str]:
    """Return the grader of a file, its response format if there is one, and the pointer to the grader.

    Args:
        body: A grader, a request that holds one, or the body of a job.

    Raises:
        ConfigError: It is none of these.
    """
    if isinstance(body, Mapping) and isinstance(body.get("method"), Mapping):
        settings = body["method"].get("reinforcement")
        if not isinstance(settings, Mapping) or "grader" not in settings:
            raise GraderConfigError([Problem("/method/reinforcement/grader", "is missing")])
        return settings["grader"], settings.get("response_format"), "/method/reinforcement/grader"
    if isinstance(body, Mapping) and "grader" in body and "type" not in body:
        return body["grader"], body.get("response_format"), "/grader"
    return body, None, ""


def _own_data(body: Any, folder: Path) -> dict[str, str]:
    """Return the option that names a job's validation file, where that is a file beside it."""
    name = body.get("validation_file") if isinstance(body, Mapping) else None
    file = folder / name if isinstance(name, str) else folder
    return {"data": str(file)} if file.is_file() else {}


def _items(body: Any, options: Mapping[str, Any]) -> list[Item]:
    """Return what the attacked grader may be asked for: lines of `data=`, `item=`, or the item of a request."""
    if "data" in options:
        lines = [record.fields for record in read_records(str(options["data"]))[:MOST_KNOWN]]
    elif "item" in options:
        lines = [read_file(str(options["item"]))]
    else:
        lines = [body.get("item", {}) if isinstance(body, Mapping) else {}]
    return [_item(line, options.get("gold")) for line in lines]


def _count(options: Mapping[str, Any]) -> int:
    count = options.get("items", 30)
    if type(count) is not int or count < 1:
        raise ConfigError(f"items must be a whole number of at least 1, got {count!r}")
    return count


def _item(line: Any, gold: Any) -> Item:
    if not isinstance(line, Mapping):
        raise ConfigError(f"an item is a JSON object, got {shown(line)}")
    if gold is not None and not isinstance(line.get(gold), str):
        raise ConfigError(f"gold={gold}: an item has no text of that name; it has {', '.join(map(repr, line))}")
    messages = line.get("messages")
    texts = [one.get("content") for one in messages if isinstance(one, Mapping)] if isinstance(messages, list) else []
    prompt = tuple(Message(role="user", content=text) for text in texts if isinstance(text, str))
    fields = {key: value for key, value in line.items() if key not in NOT_OF_THE_ITEM}
    return Item(fields=fields, prompt=prompt, gold=None if gold is None else line[gold])


MOST_KNOWN = 1000
"""Lines whose references attacks draw on."""

NOT_OF_THE_ITEM = ("messages", "tools")
"""Keys of a line of data that graders do not see as `item`."""


def _context(options: Mapping[str, Any]) -> GraderContext:
    return GraderContext(sandbox=sandbox_option(sandbox_choice(str(options.get("sandbox", "auto")))))


def read_file(path: str) -> Any:
    """Read a file of JSON.

    Raises:
        ConfigError: It cannot be read, or is not JSON.
    """
    try:
        return strict_json(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {path!r}: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
