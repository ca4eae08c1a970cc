"""From a job's file to tasks and a judge, read once for all environments of a process that ask for the same."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from envs.core import SPLITS, ConfigError, Split, Task, VerifierError
from envs.grader_samples import Form
from envs.jsonl import parse_json
from envs.options import unknown_name
from envs.rft.data import MAX_TRAIN_ROWS, MAX_VALIDATION_ROWS, Row, stream_rows
from envs.rft.gold import GoldMaker, gold_maker, job_form, no_gold
from envs.rft.job import Job, read_job
from envs.rft.splits import Fields, check_kinds, prove_files_disjoint, reference_keys
from envs.rft.tools import with_tools
from envs.sandboxes import SandboxOption
from envs.text_env import judge as judge_answer
from envs.verifiers.chat import ChatModel, HttpChatModel
from envs.verifiers.grader_verifier import GraderVerifier
from envs.verifiers.graders import GraderContext, build_grader

SAMPLE = Path(__file__).with_name("sample") / "job.json"
"""A small job that is there without any file: minutes in so many hours."""

Files = Mapping[str, str] | str | None


@dataclass(frozen=True, kw_only=True)
class JobData:
    """A job with everything that its environments share."""

    job: Job
    fields: Fields
    verifier: GraderVerifier
    tasks: tuple[Task, ...]
    by_id: dict[str, Task]
    by_split: dict[Split, tuple[Task, ...]]
    """The validation file stands under both `validation` and `heldout`: it is the one that is not trained on."""

    @functools.cached_property
    def form(self) -> Form:
        """The form of the answers, as far as the grader shows it."""
        return job_form(self.job)

    @functools.cached_property
    def common_references(self) -> list[list[Any]]:
        """What the grader compares with, of all rows, the commonest first; a value for each comparison."""
        wanted = ([place.wanted(task.reference) for place in self.form.places] for task in self.tasks)
        counts = Counter(json.dumps(values) for values in wanted if values and None not in values)
        return [json.loads(text) for text, _ in counts.most_common()]


class _Stamp(NamedTuple):
    path: str
    modified_ns: int
    size: int


def load_job(
    path: str | Path,
    *,
    files: Files = None,
    disjoint: Sequence[str] = (),
    answers: str | Sequence[str] | None = None,
    aliases: str | None = None,
    source: str | None = None,
    gold: str | None = None,
    pass_threshold: float | None = None,
    sandbox: SandboxOption = "auto",
    judge: str | ChatModel | None = None,
) -> JobData:
    """Read a job, its files and its grader; the arguments are those of `RftEnv`.

    Raises:
        ConfigError: Something in them is wrong.
    """
    job = read_job(path)
    places = job_files(job, Path(path), files)
    fields = job_fields(job, answers, aliases, source)
    asked = (check_kinds(disjoint), gold, pass_threshold)
    stamps = tuple(_stamp(place) for place in (Path(path), *places))
    context = (json.dumps(sandbox, sort_keys=True, default=id), judge)
    key = (stamps, fields, asked, context)
    if key not in _loaded:
        if len(_loaded) >= _KEPT:
            _loaded.pop(next(iter(_loaded)))
        chat = HttpChatModel(judge) if isinstance(judge, str) else judge
        verifier = GraderVerifier(
            build_grader(job.grader, GraderContext(sandbox=sandbox, chat=chat)), job.response_format, pass_threshold
        )
        _loaded[key] = _read(job, places, fields, verifier, asked[0], gold)
    return _loaded[key]


_KEPT = 4
_TRIED = 3
"""Rows whose evident gold answer is graded before any is believed."""
_loaded: dict[Any, JobData] = {}


def job_fields(
    job: Job, answers: str | Sequence[str] | None = None, aliases: str | None = None, source: str | None = None
) -> Fields:
    """Return which keys of an item say what a row shares with others; without `answers`, what the grader names."""
    named = (answers,) if isinstance(answers, str) else reference_keys(job.grader) if answers is None else answers
    return Fields(answers=tuple(named), aliases=aliases, source=source)


def job_files(job: Job, path: Path, files: Files = None) -> tuple[Path, Path]:
    """Return where a job's training and validation files are.

    Args:
        job: The job.
        path: The job's own file: names of files are seen from its folder.
        files: Where uploaded files are.

    Raises:
        ConfigError: A file is not there.
    """
    known = _file_map(files)
    found = []
    for key, name in (("training_file", job.training_file), ("validation_file", job.validation_file)):
        place = Path(known.get(name, path.parent / name))
        if not place.is_file():
            hint = f"no uploaded file of that id is known ({unknown_name('file', name, known)})" if known else ""
            hint = hint or "give files={ID: PATH} for ids of uploaded files, or a path seen from the job's folder"
            raise ConfigError(f"/{key}: there is no file {name!r} (looked for {str(place)!r}); {hint}")
        found.append(place)
    return found[0], found[1]


def _file_map(files: Files) -> Mapping[str, str]:
    if files is None:
        return {}
    if isinstance(files, str):
        try:
            files = parse_json(Path(files).read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigError(f"files={files!r} cannot be read: {error}") from error
    if not isinstance(files, Mapping) or not all(isinstance(value, str) for value in files.values()):
        raise ConfigError('files must map ids of uploaded files to paths: {"file-abc": "train.jsonl"}')
    return files


def _stamp(path: Path) -> _Stamp:
    try:
        status = path.stat()
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    return _Stamp(str(path.resolve()), status.st_mtime_ns, status.st_size)


def _read(
    job: Job,
    places: tuple[Path, Path],
    fields: Fields,
    verifier: GraderVerifier,
    kinds: Sequence[str],
    gold: str | None,
) -> JobData:
    train = list(stream_rows(places[0], most=MAX_TRAIN_ROWS))
    validation = list(stream_rows(places[1], most=MAX_VALIDATION_ROWS))
    prove_files_disjoint(train, validation, fields, kinds)
    needed = _item_keys(verifier)
    for place, rows in zip(places, (train, validation), strict=True):
        for row in rows:
            for key in needed:
                if key not in row.item:
                    said = unknown_name("key of the item", key, row.item)
                    raise ConfigError(f"{place}, line {row.line}: the grader reads item.{key}: {said}")
    makes_gold = gold_maker(job, gold)
    if gold is None and not all(_is_gold(verifier, row, makes_gold) for row in train[:_TRIED]):
        makes_gold = no_gold
    parts: tuple[tuple[str, Split, list[Row]], ...] = (
        ("train", "train", train),
        ("validation", "heldout", validation),
    )
    tasks = tuple(_task(row, f"{name}-{row.line}", split, makes_gold) for name, split, rows in parts for row in rows)
    by_split: dict[Split, tuple[Task, ...]] = {name: tuple(t for t in tasks if t.split == name) for name in SPLITS}
    return JobData(
        job=job,
        fields=fields,
        verifier=verifier,
        tasks=tasks,
        by_id={task.task_id: task for task in tasks},
        by_split={**by_split, "validation": by_split["heldout"]},
    )


def _task(row: Row, task_id: str, split: Split, makes_gold: GoldMaker) -> Task:
    prompt = with_tools(row.messages, row.tools)
    return Task(task_id=task_id, prompt=prompt, reference=row.item, gold=makes_gold(row.item), split=split)


def _is_gold(verifier: GraderVerifier, row: Row, makes_gold: GoldMaker) -> bool:
    """Tell whether what the grader compares with does earn the full reward."""
    task = _task(row, "tried", "train", makes_gold)
    if task.gold is None:
        return False
    try:
        breakdown = judge_answer(verifier, task, task.gold)
    except VerifierError:
        return False
    return breakdown.passed and breakdown.total == 1.0


def _item_keys(verifier: GraderVerifier) -> tuple[str, ...]:
    """Return the keys of the item that the grader's templates name; programs may read others."""
    templates = getattr(verifier.grader, "templates", ())
    variables = (variable for template in templates for variable in template.variables)
    return tuple(dict.fromkeys(str(variable.path[0]) for variable in variables if variable.namespace == "item"))
