"""The data files of fine-tuning jobs, and the request bodies that name them."""

import copy
import gzip
import json
import tracemalloc

import pytest

from envs.core import ConfigError, Message
from envs.rft.data import MAX_TRAIN_ROWS, stream_rows
from envs.rft.job import Hyperparameters, JobError, parse_job, read_job


def line(**changes):
    row = {"messages": [{"role": "user", "content": "What is 2 + 2?"}], "answer": "4"}
    return json.dumps({**row, **changes})


def rows_of(tmp_path, *lines, encoding="utf-8", most=10):
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"\n".join(text if isinstance(text, bytes) else text.encode(encoding) for text in lines))
    return list(stream_rows(path, most=most))


def test_a_row_is_its_messages_and_everything_else_is_the_item(tmp_path):
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "2 + 2?"}]},
    ]
    tool = {"type": "function", "function": {"name": "add", "parameters": {}}}
    [row] = rows_of(tmp_path, line(messages=messages, level=3, tools=[tool]))
    assert row.messages == (
        Message(role="system", content="Be brief."),
        Message(role="user", content="Hello"),
        Message(role="assistant", content="Hi."),
        Message(role="user", content="What is 2 + 2?"),
    )
    assert row.item == {"answer": "4", "level": 3}
    assert row.tools == (tool,)


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_change_nothing(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{line()}\r\n\r\n{line(answer='5')}\r\n".encode())
    assert [(row.line, row.item["answer"]) for row in stream_rows(path, most=2)] == [(1, "4"), (3, "5")]


USER = {"role": "user", "content": "x"}


def function(name, description="what it does"):
    return {"type": "function", "function": {"name": name, "description": description}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"line 2: not a JSON object"),
        ("[1]", r"line 2: expected a JSON object, got \[1\]"),
        (b'{"messages": "\xff"}', r"line 2: not a JSON object: 'utf-8' codec can't decode"),
        ('{"messages": [], "answer": 1, "answer": 2}', r"line 2: .*the key 'answer' is given twice"),
        (line(score=float("nan")), r"line 2: .*NaN is not a finite number"),
        (json.dumps({"message": [USER]}), r"field 'messages': is missing .*did you mean 'message'"),
        (line(messages=[]), r"field 'messages': must be a list of at least one message, got \[\]"),
        (line(messages="hello"), r"field 'messages': must be a list of at least one message"),
        (line(messages=["hello"]), r"field 'messages\[0\]': must be an object with role and content"),
        (line(messages=[{"role": "usr", "content": "x"}]), r"messages\[0\].role'.*did you mean 'user'"),
        (line(messages=[{"content": "x"}]), r"messages\[0\].role': is missing"),
        (line(messages=[{"role": "user"}]), r"messages\[0\].content': is missing"),
        (line(messages=[{"role": "user", "content": " "}]), r"messages\[0\].content': must not be empty"),
        (line(messages=[{"role": "user", "content": 5}]), r"messages\[0\].content': must be text or a list"),
        (line(messages=[{**USER, "contents": 1}]), r"messages\[0\].contents'.*did you mean 'content'"),
        (line(messages=[USER, {"role": "assistant", "content": "y"}]), r"last message must be of the role 'user'"),
        (line(messages=[{"role": "tool", "content": "y"}, USER]), r"replies of tools in it cannot be run here"),
        (line(messages=[{**USER, "content": [{"type": "image_url"}]}]), r"content\[0\].type': only parts of the type"),
        (line(messages=[{**USER, "content": "\ud800"}]), r"lone surrogate"),
        (line(answer="\ud800"), r"field 'answer': holds a lone surrogate"),
        (line(tools=[function("\ud800")]), r"line 2, field 'tools\[0\]': holds a lone surrogate"),
        (line(tools=[function("f"), function("f", "\udfff")]), r"line 2, field 'tools\[1\]': holds a lone surrogate"),
        (line(tools=[{"type": "function"}]), r"field 'tools\[0\]': must be an object such as"),
    ],
)
def test_a_malformed_row_is_named_by_its_line_and_field(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        rows_of(tmp_path, line(), text)


def test_an_empty_file_and_a_file_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no line"):
        rows_of(tmp_path, "\n \n")
    with pytest.raises(ConfigError, match="cannot read"):
        list(stream_rows(tmp_path / "nowhere.jsonl", most=1))


def damaged(packed):
    return packed[:100] + b"\xff" * 100 + packed[200:]


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], damaged], ids=["cut off", "damaged"])
def test_a_gzip_that_is_cut_off_or_damaged_is_refused_with_its_name(tmp_path, damage):
    path = tmp_path / "data.jsonl.gz"
    path.write_bytes(damage(gzip.compress("".join(line(answer=str(n)) + "\n" for n in range(2000)).encode())))
    with pytest.raises(ConfigError, match=r"data\.jsonl\.gz': the file is cut off or damaged behind line"):
        list(stream_rows(path, most=5000))


def test_a_file_with_more_rows_than_allowed_is_refused_at_the_first_that_is_too_many(tmp_path):
    with pytest.raises(ConfigError, match=r"line 4: more than 3 rows"):
        rows_of(tmp_path, *[line()] * 5, most=3)


def test_broken_json_in_the_last_of_fifty_thousand_lines_is_found_without_holding_the_file(tmp_path):
    path = tmp_path / "data.jsonl"
    padded = line(padding="x" * 500)
    with path.open("w") as file:
        file.writelines(f"{padded}\n" for _ in range(MAX_TRAIN_ROWS - 1))
        file.write('{"messages": [\n')
    count = 0
    with pytest.raises(ConfigError, match=r"line 50000: not a JSON object"):
        for _ in stream_rows(path, most=MAX_TRAIN_ROWS):
            count += 1
            if count == MAX_TRAIN_ROWS - 2_000:
                tracemalloc.start()  # it slows reading down, and these 2,000 rows are a megabyte too
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == MAX_TRAIN_ROWS - 1
    assert path.stat().st_size > 25_000_000
    assert peak < 300_000  # a row or two, and the reader's buffers


GRADER = {
    "type": "string_check",
    "name": "match",
    "operation": "eq",
    "input": "{{ sample.output_text }}",
    "reference": "{{ item.answer }}",
}
JOB = {
    "model": "o4-mini-2025-04-16",
    "training_file": "train.jsonl",
    "validation_file": "validation.jsonl",
    "method": {"type": "reinforcement", "reinforcement": {"grader": GRADER}},
}


def job(**changes):
    return {**copy.deepcopy(JOB), **changes}


def with_reinforcement(**changes):
    return job(method={"type": "reinforcement", "reinforcement": {"grader": GRADER, **changes}})


def hyper(**changes):
    return with_reinforcement(hyperparameters=changes)


def test_a_whole_body_is_read_and_auto_is_none():
    body = job(
        suffix="minutes",
        seed=7,
        metadata={"team": "a"},
        integrations=[{"type": "wandb", "wandb": {"project": "p", "name": None, "tags": ["x"]}}],
        method={
            "type": "reinforcement",
            "reinforcement": {
                "grader": GRADER,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "a", "strict": True, "schema": {"type": "object"}},
                },
                "hyperparameters": {
                    "batch_size": 256,
                    "learning_rate_multiplier": 0.5,
                    "n_epochs": "auto",
                    "compute_multiplier": 10,
                    "eval_interval": 5,
                    "eval_samples": 3,
                    "reasoning_effort": "high",
                },
            },
        },
    )
    read = parse_job(body)
    assert (read.model, read.suffix, read.seed, read.metadata) == ("o4-mini-2025-04-16", "minutes", 7, {"team": "a"})
    assert read.grader == GRADER
    assert read.response_format["type"] == "json_schema"
    assert read.hyperparameters == Hyperparameters(
        batch_size=256,
        learning_rate_multiplier=0.5,
        n_epochs=None,
        compute_multiplier=10,
        eval_interval=5,
        eval_samples=3,
        reasoning_effort="high",
    )
    assert parse_job(JOB).hyperparameters == Hyperparameters()


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ([], "", "a job is a JSON object"),
        ({key: value for key, value in JOB.items() if key != "validation_file"}, "/validation_file", "is missing"),
        ({key: value for key, value in JOB.items() if key != "method"}, "/method", "is missing"),
        (job(trainingfile="x"), "/trainingfile", "did you mean 'training_file'"),
        (job(suffix="x" * 65), "/suffix", "longer than 64"),
        (job(seed=-1), "/seed", "at least 0"),
        (job(seed=True), "/seed", "whole number"),
        (job(hyperparameters={"n_epochs": 1}), "/hyperparameters", "method.reinforcement"),
        (job(metadata={str(n): "x" for n in range(17)}), "/metadata", "17 pairs"),
        (job(metadata={"k" * 65: "x"}), "/metadata/" + "k" * 65, "65 characters"),
        (job(metadata={"k": "x" * 513}), "/metadata/k", "longer than 512"),
        (job(metadata={"k": 1}), "/metadata/k", "must be text"),
        (job(integrations=[{"type": "mlflow"}]), "/integrations/0/type", "wandb"),
        (job(integrations=[{"type": "wandb", "wandb": {}}]), "/integrations/0/wandb/project", "is missing"),
        (job(method={"type": "supervised"}), "/method/type", "'supervised' is another method"),
        (job(method={"type": "dpo", "dpo": {}}), "/method/type", "'dpo' is another method"),
        (job(method={"type": "reinforcment", "reinforcement": {}}), "/method/type", "did you mean 'reinforcement'"),
        (job(method={"type": "reinforcement"}), "/method/reinforcement", "is missing"),
        (hyper(batch_size=0), "/method/reinforcement/hyperparameters/batch_size", "at least 1 and at most 256"),
        (hyper(batch_size=257), "/method/reinforcement/hyperparameters/batch_size", "at most 256"),
        (hyper(batch_size="Auto"), "/method/reinforcement/hyperparameters/batch_size", "whole number"),
        (hyper(n_epochs=51), "/method/reinforcement/hyperparameters/n_epochs", "at most 50"),
        (
            hyper(learning_rate_multiplier=0),
            "/method/reinforcement/hyperparameters/learning_rate_multiplier",
            "above 0",
        ),
        (hyper(compute_multiplier=0.00001), "/method/reinforcement/hyperparameters/compute_multiplier", "above 1e-05"),
        (hyper(compute_multiplier=11), "/method/reinforcement/hyperparameters/compute_multiplier", "at most 10"),
        (hyper(eval_interval=0), "/method/reinforcement/hyperparameters/eval_interval", "at least 1"),
        (hyper(eval_samples=1.5), "/method/reinforcement/hyperparameters/eval_samples", "whole number"),
        (hyper(reasoning_effort="hgh"), "/method/reinforcement/hyperparameters/reasoning_effort", "mean 'high'"),
        (hyper(epochs=3), "/method/reinforcement/hyperparameters/epochs", "did you mean 'n_epochs'"),
        (
            with_reinforcement(grader={**GRADER, "operation": "neq"}),
            "/method/reinforcement/grader/operation",
            "ne",
        ),
        (
            with_reinforcement(response_format={"type": "json"}),
            "/method/reinforcement/response_format/type",
            "json_",
        ),
        (
            with_reinforcement(response_format={"type": "json_schema", "json_schema": {"name": "x"}}),
            "/method/reinforcement/response_format/json_schema/schema",
            "is missing",
        ),
    ],
)
def test_a_wrong_body_is_told_with_a_pointer_and_the_nearest_name(body, pointer, message):
    with pytest.raises(JobError) as told:
        parse_job(body)
    problems = {problem.pointer: problem.message for problem in told.value.problems}
    assert pointer in problems
    assert message in problems[pointer]


def test_everything_that_is_wrong_is_told_at_once():
    body = hyper(batch_size=0, n_epochs=0)
    del body["model"]
    with pytest.raises(JobError) as told:
        parse_job(body)
    assert len(told.value.problems) == 3


def test_a_jobs_file_must_be_json_without_repeated_keys(tmp_path):
    file = tmp_path / "job.json"
    file.write_text('{"model": "a", "model": "b"}')
    with pytest.raises(ConfigError, match="'model' is given twice"):
        read_job(file)
    file.write_text("{" * 100_000)
    with pytest.raises(ConfigError, match="not a JSON object"):
        read_job(file)
    with pytest.raises(ConfigError, match="cannot read the job"):
        read_job(tmp_path / "nowhere.json")
