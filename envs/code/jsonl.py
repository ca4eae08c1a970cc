"""Users' own programming tasks from JSON Lines, in the forms that `envs/code/README.md` describes.

A form is recognised by its tests: `"tests": [{"args", "expected"}]` calls a function, `"tests": [{"stdin", "stdout"}]`
runs a script, `"test"` defines `check(candidate)`, and `"test_list"` holds assertions. A file is taken as a whole or
not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from envs.code.asserts import called_name, check_tests, list_tests, prompt_preamble
from envs.code.extract import fenced
from envs.code.prompt import code_block
from envs.code.tasks import Case, CodeReference
from envs.code.verifier import CodeVerifier
from envs.core import SPLITS, ConfigError, Message, Split, Task
from envs.datasets import content_hash, normalised_prompt, split_by_hash
from envs.jsonl import Record, read_records, shown
from sandbox.core import Call
from sandbox.languages import LANGUAGES

COMPARISONS = ("exact", "float", "unordered")
CHECK_WORKERS = 4

_COMMON = ("task_id", "split")
_FIELDS: dict[str, tuple[str, ...]] = {
    "tests": ("prompt", "entry_point", "tests", "comparison", "canonical_solution", "language"),
    "test": ("prompt", "entry_point", "test", "canonical_solution"),
    "test_list": (
        *("text", "prompt", "entry_point", "test_list", "test_setup_code", "test_imports", "code"),
        *("canonical_solution", "challenge_test_list", "source_file"),
    ),
}


def load_tasks(path: str | Path, verifier: CodeVerifier | None = None) -> list[Task]:
    """Read tasks from a file.

    A line that names no split is a training task, unless no line of the file names one: then tasks are divided
    50/15/35 by a hash of their prompt.

    Args:
        path: The file.
        verifier: Where given, every reference solution in the file must pass the tests of its task.

    Raises:
        ConfigError: A malformed line (with file, line and field), or a reference that fails its own tests.
    """
    records = read_records(path)
    tasks = [_task(record) for record in records]
    seen: dict[str, int] = {}
    for record, task in zip(records, tasks, strict=True):
        if task.task_id in seen:
            record.fail("task_id", f"{task.task_id!r} is given twice, first on line {seen[task.task_id]}")
        seen[task.task_id] = record.line
    if not any(record.fields.get("split") for record in records):
        tasks = _divided(tasks)
    if verifier is not None:
        _check_references(records, tasks, verifier)
    return tasks


def task_id_of(record: Record) -> str:
    """Return the `task_id` of a line; an integer, as some public sets have it, counts as its digits.

    Raises:
        ConfigError: It is missing, or neither text nor an integer.
    """
    value = record.fields.get("task_id")
    return str(value) if type(value) is int else record.text("task_id")


def reference_of(record: Record) -> CodeReference:
    """Return what an answer to the task of a line is judged against.

    Raises:
        ConfigError: The line is malformed.
    """
    return _FORMS[_form(record)](record)[1]


def _form(record: Record) -> str:
    forms = [form for form in _FIELDS if form in record.fields]
    if len(forms) != 1:
        found = " and ".join(map(repr, forms)) or "none of them"
        record.fail("tests", f"a task has exactly one of 'tests', 'test' and 'test_list'; this line has {found}")
    record.only((*_COMMON, *_FIELDS[forms[0]]))
    return forms[0]


def _task(record: Record) -> Task:
    task_id = task_id_of(record)
    form = _form(record)
    split: Split = record.choice("split", SPLITS) or "train"  # type: ignore[assignment]
    prompt, reference, gold = _FORMS[form](record)
    return Task(
        task_id=task_id,
        prompt=(Message(role="user", content=prompt),),
        reference=reference,
        gold=None if gold is None else fenced(gold, reference.language),
        split=split,
        tags={"style": "asserts" if reference.asserts else "function" if reference.entry_point else "script"},
    )


def _from_tests(record: Record) -> tuple[str, CodeReference, str | None]:
    prompt = record.text("prompt")
    tests = record.items("tests")
    entry_point = record.optional_text("entry_point")
    if entry_point is not None and not entry_point.isidentifier():
        record.fail("entry_point", f"must be the name of a function, got {entry_point!r}")
    known = [name for name, language in LANGUAGES.items() if not language.preload]
    language = record.choice("language", ("python", *known)) or "python"  # what others prepared is for them alone
    if language != "python" and entry_point is not None:
        record.fail("language", f"a {language} program is a script: give 'stdin' and 'stdout', and no 'entry_point'")
    read = _script_case if entry_point is None else _function_case
    cases = [read(record, index, test) for index, test in enumerate(tests)]
    cases.sort(key=lambda case: not case.visible)
    reference = CodeReference(
        entry_point=entry_point,
        cases=tuple(cases),
        comparison=record.choice("comparison", COMPARISONS) or "exact",  # type: ignore[arg-type]
        from_json=True,
        language=language,
    )
    examples = "".join(f"{_example(entry_point, case)}\n" for case in cases if case.visible)
    what = f"defines the function `{entry_point}`" if entry_point else "reads stdin and prints to stdout"
    words = "\n\n".join(part.strip("\n") for part in (prompt, examples) if part)
    return f"{words}\n\n{_request(what, language)}", reference, record.optional_text("canonical_solution")


def _function_case(record: Record, index: int, test: Any) -> Case:
    fields = _test_fields(record, index, test, ("args", "expected"))
    if not isinstance(fields["args"], list):
        record.fail(f"tests[{index}].args", f"must be a list of arguments, got {shown(fields['args'])}")
    return Case(call=Call(args=tuple(fields["args"])), expected=fields["expected"], visible=fields["visible"])


def _script_case(record: Record, index: int, test: Any) -> Case:
    fields = _test_fields(record, index, test, ("stdin", "stdout"))
    for name in ("stdin", "stdout"):
        if not isinstance(fields[name], str):
            record.fail(f"tests[{index}].{name}", f"must be text, got {shown(fields[name])}")
    return Case(call=Call(stdin=fields["stdin"]), expected=fields["stdout"], visible=fields["visible"])


def _test_fields(record: Record, index: int, test: Any, names: tuple[str, str]) -> dict[str, Any]:
    field = f"tests[{index}]"
    kind = "without 'entry_point' a test is" if names[0] == "stdin" else "with 'entry_point' a test is"
    if not isinstance(test, dict):
        record.fail(field, f"{kind} an object of {names[0]!r} and {names[1]!r}, got {shown(test)}")
    for name in names:
        if name not in test:
            record.fail(f"{field}.{name}", f"is missing; {kind} an object of {names[0]!r} and {names[1]!r}")
    replace(record, fields=test).only((*names, "visible"))
    visible = test.get("visible", False)
    if not isinstance(visible, bool):
        record.fail(f"{field}.visible", f"must be true or false, got {shown(visible)}")
    return {**test, "visible": visible}


def _from_check(record: Record) -> tuple[str, CodeReference, str | None]:
    prompt, entry_point = record.text("prompt"), record.text("entry_point")
    preamble = prompt_preamble(prompt, entry_point)
    try:
        asserts = check_tests(record.text("test"), entry_point, preamble)
    except ValueError as error:
        record.fail("test", str(error))
    solution = record.optional_text("canonical_solution")
    gold = None
    if solution is not None:
        whole = any(
            line.startswith((f"def {entry_point}", f"async def {entry_point}")) for line in solution.split("\n")
        )
        gold = solution if whole else prompt + solution
    is_code = prompt.lstrip().startswith(("def ", "from ", "import ", "class ", "@", "#", '"""'))
    words = f"Complete this Python function.\n\n{fenced(prompt)}" if is_code else prompt.strip("\n")
    reference = CodeReference(entry_point=entry_point, asserts=asserts, preamble=preamble)
    return f"{words}\n\n{_request(f'holds the whole function `{entry_point}`')}", reference, gold


def _from_list(record: Record) -> tuple[str, CodeReference, str | None]:
    words = record.text("text" if "text" in record.fields else "prompt")
    tests = record.items("test_list")
    imports = record.fields.get("test_imports") or []
    for field, texts in (("test_list", tests), ("test_imports", imports)):
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            record.fail(field, f"must be a list of texts, got {shown(texts)}")
    setup = "\n".join([*imports, record.fields.get("test_setup_code") or ""]).strip()
    try:
        entry_point = record.optional_text("entry_point") or called_name(tests, setup)
        asserts = list_tests(tests, entry_point, setup)
    except ValueError as error:
        record.fail("test_list", str(error))
    reference = CodeReference(entry_point=entry_point, asserts=asserts, preamble=setup)
    prompt = f"{words.strip()}\n\n{asserts.shown}\n\n{_request(f'defines the function `{entry_point}`')}"
    return prompt, reference, record.optional_text("code") or record.optional_text("canonical_solution")


_FORMS: dict[str, Callable[[Record], tuple[str, CodeReference, str | None]]] = {
    "tests": _from_tests,
    "test": _from_check,
    "test_list": _from_list,
}


def _request(what: str, language: str = "python") -> str:
    return f"Answer with {code_block(language)} that {what}."


def _example(entry_point: str | None, case: Case) -> str:
    if entry_point is None:
        return f"Input:\n{case.call.stdin}\nOutput:\n{case.expected}"
    return f"{entry_point}({', '.join(map(repr, case.call.args))}) == {case.expected!r}"


def _divided(tasks: Sequence[Task]) -> list[Task]:
    hashes = [content_hash(normalised_prompt(task)) for task in tasks]
    splits = split_by_hash(dict.fromkeys(hashes, "all"))
    return [replace(task, split=splits[name]) for task, name in zip(tasks, hashes, strict=True)]


def _check_references(records: Sequence[Record], tasks: Sequence[Task], verifier: CodeVerifier) -> None:
    solved = [(record, task) for record, task in zip(records, tasks, strict=True) if task.gold is not None]
    if not solved:
        return
    with ThreadPoolExecutor(CHECK_WORKERS) as pool:
        breakdowns = list(pool.map(lambda pair: verifier(pair[1], pair[1].gold or ""), solved))
    for (record, task), breakdown in zip(solved, breakdowns, strict=True):
        if not breakdown.passed:
            why = verifier.why_failed(task, _unfenced(task.gold or "")) or breakdown.feedback
            where = f"{record.path}, line {record.line}"
            raise ConfigError(
                f"{where}: the reference solution of {task.task_id!r} fails its own tests: {why} "
                "(mend the task, or set check_references=false)"
            )


def _unfenced(gold: str) -> str:
    return "\n".join(gold.split("\n")[1:-1])
