"""The fine-tuning API without its worker: files, jobs that wait, graders, models, chats, and all that is refused."""

import io
import json
import resource
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest
import torch
from fastapi.testclient import TestClient
from rft_jobs import HAS_LETTER, body, rows
from sqlalchemy.exc import OperationalError

from agents.metrics import EvalResult
from agents.serve.__main__ import hold, main
from agents.serve.app import Server, make_app
from agents.serve.body import check_values
from agents.serve.chat import CHATS_AT_ONCE, Chat, parse_chat
from agents.serve.errors import ApiError
from agents.serve.jobs import Jobs
from agents.serve.metrics import step_data
from agents.serve.process import Training, end, is_running, name_of
from agents.serve.settings import Settings
from agents.serve.store import JobRow, Store
from agents.serve.worker import quoted
from envs.core import ConfigError
from envs.jsonl import parse_json
from envs.verifiers.grader_types import GRADER_TYPES, GraderType

TOKEN = "a token of the tests"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def one_thread():
    """A model this small is slower on several processors than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def settings_of(tmp_path, **options):
    return Settings.of({"state": str(tmp_path / "state"), "model": "tiny", "api_key": TOKEN, **options})


@pytest.fixture
def http(tmp_path):
    """A client of a server whose worker never starts, so that jobs stay as they are."""
    return TestClient(make_app(settings_of(tmp_path, max_upload_mb=1)), headers=HEADERS, raise_server_exceptions=False)


@pytest.fixture
def client(http):
    """The official client, speaking to the same server."""
    return openai.OpenAI(api_key=TOKEN, base_url="http://testserver/v1", http_client=http, max_retries=0)


def upload(client, count=4, name="data.jsonl", first=0):
    text = "".join(json.dumps(row) + "\n" for row in rows(first, count))
    return client.files.create(file=(name, text.encode()), purpose="fine-tune")


def create(client, **changes):
    train, validation = upload(client), upload(client, first=8)
    request = {**body(), "training_file": train.id, "validation_file": validation.id, **changes}
    return client.fine_tuning.jobs.create(**request)


def refused(reply, status, word):
    """Check that a request was refused in the form that clients read."""
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert word in error["message"], error
    return error


# ---- who may come in


@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN} ", "Bearer \udcff"])
def test_without_the_right_token_nothing_is_answered(http, header):
    http.headers.pop("authorization")
    sent = {} if header is None else {"Authorization": header.encode("utf-8", "surrogateescape")}
    for method, path in (("GET", "/v1/models"), ("POST", "/v1/files"), ("GET", "/v1/fine_tuning/jobs")):
        error = refused(http.request(method, path, headers=sent), 401, "token")
        assert error["code"] == "invalid_api_key"


def test_the_official_client_understands_a_wrong_token(client):
    with pytest.raises(openai.AuthenticationError, match="the token is missing or wrong"):
        client.with_options(api_key="wrong").models.list()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "0.0.0.0"}, "can be reached from other machines: say allow_remote=true"),
        ({"host": "example.org"}, "can be reached from other machines"),
        ({"prot": 1}, "did you mean 'port'"),
        ({"port": "x"}, "port must be of the type int"),
        ({"api_key": "short"}, "at least 8 characters"),
        ({"model": "no such"}, "no model 'no such'"),
        ({"sandbox": "dokcer"}, "did you mean 'docker'"),
        ({"database": "nosuch://x"}, "cannot be opened"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        make_app(settings_of(tmp_path, **options))


def test_addresses_of_this_machine_are_fine_and_others_with_a_word(tmp_path):
    assert settings_of(tmp_path, host="::1").host == "::1"
    assert settings_of(tmp_path, host="0.0.0.0", allow_remote=True).allow_remote


def test_a_token_comes_from_the_environment_or_is_new_each_time(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_API_KEY", "from the environment")
    assert Settings.of({"model": "tiny"}).api_key == "from the environment"
    monkeypatch.delenv("ASSAY_API_KEY")
    first, second = (Settings.of({"model": "tiny"}).api_key for _ in range(2))
    assert first != second
    assert len(first) >= 32


def test_a_state_folder_has_one_server(tmp_path, capsys):
    with hold(tmp_path):
        assert main([f"state={tmp_path}", "model=tiny", "api_key=tests-only"]) == 2
    assert "another server uses the state folder" in capsys.readouterr().err
    hold(tmp_path).close()


# ---- files


def test_a_file_is_uploaded_listed_read_and_deleted(client):
    file = upload(client, name="my data.jsonl")
    assert (file.object, file.filename, file.purpose, file.status) == (
        "file",
        "my data.jsonl",
        "fine-tune",
        "processed",
    )
    text = client.files.content(file.id).text
    assert (len(text.encode()), json.loads(text.splitlines()[0])) == (file.bytes, rows(0, 1)[0])
    assert client.files.retrieve(file.id) == file
    assert [one.id for one in client.files.list(purpose="fine-tune")] == [file.id]
    assert list(client.files.list(purpose="batch")) == []
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError, match="no file"):
        client.files.retrieve(file.id)
    with pytest.raises(openai.NotFoundError):
        client.files.content(file.id)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\passwd", "/etc/passwd", "a\x00/passwd"])
def test_a_files_name_is_never_a_path(client, tmp_path, name):
    file = upload(client, name=name)
    assert file.filename == "passwd"
    stored = [path.name for path in (tmp_path / "state" / "files").iterdir()]
    assert stored == [file.id]


@pytest.mark.parametrize("path", ["..%2Fserve.sqlite", "%2e%2e%2fserve.sqlite", "file-../serve.sqlite", "file-zz"])
def test_a_path_in_place_of_a_files_id_finds_nothing(http, path):
    assert http.get(f"/v1/files/{path}/content").status_code == 404
    assert http.delete(f"/v1/files/{path}").status_code == 404


@pytest.mark.parametrize(
    ("form", "files", "word"),
    [
        ({"purpose": "fine-tune"}, {}, "file is missing"),
        ({"purpose": "fine-tune", "file": "text"}, {}, "file is missing"),
        ({"purpose": "fun"}, {"file": ("a", b"x")}, "purpose must be one of"),
        ({}, {"file": ("a", b"x")}, "purpose must be one of"),
        ({"purpose": "fine-tune"}, {"file": ("a", b"")}, "the file is empty"),
        ({"purpose": "fine-tune"}, [("file", ("a", b"x")), ("file", ("b", b"y"))], "Too many files"),
    ],
)
def test_a_malformed_upload_is_refused_and_leaves_nothing(http, tmp_path, form, files, word):
    refused(http.post("/v1/files", data=form, files=files), 400, word)
    assert list((tmp_path / "state" / "files").iterdir()) == []


def test_garbage_in_place_of_a_form_is_refused(http):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert http.post("/v1/files", content=b"\x00\xff garbage", headers=headers).status_code == 400
    assert http.post("/v1/files", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400


def test_an_upload_that_is_too_large_is_refused_by_what_it_says_and_by_what_comes(http, tmp_path):
    content = {"file": ("a", b"x" * 3_000_000)}
    refused(http.post("/v1/files", data={"purpose": "fine-tune"}, files=content), 413, "larger than")

    def pieces():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(30):
            yield b"x" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    refused(http.post("/v1/files", content=pieces(), headers=headers), 413, "larger than")
    refused(http.post("/v1/chat/completions", content=b" " * 9_000_000), 413, "larger than")
    assert list((tmp_path / "state" / "files").iterdir()) == []


def test_a_full_disk_is_told_and_leaves_no_half_file(http, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (300_000, hard)
    )  # what a write past it gets is an OSError, as of a full disk
    try:
        reply = http.post("/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a", b"x" * 500_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused(reply, 507, "cannot be kept")["type"] == "server_error"
    assert list((tmp_path / "state" / "files").iterdir()) == []
    assert http.get("/v1/files").json()["data"] == []


def test_what_an_upload_that_was_cut_off_left_is_cleared_at_the_next_start(tmp_path):
    folder = tmp_path / "state" / "files"
    folder.mkdir(parents=True)
    (folder / ".file-0123.partial").write_text("half")
    make_app(settings_of(tmp_path))
    assert list(folder.iterdir()) == []


# ---- requests that are none


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(http, content):
    for path in ("/v1/fine_tuning/jobs", "/v1/chat/completions", "/v1/fine_tuning/alpha/graders/run"):
        assert refused(http.post(path, content=content), 400, "the body is not JSON")["code"] == "invalid_json"


@pytest.mark.parametrize("value", [[], "text", 5])
def test_json_that_is_no_object_is_refused(http, value):
    for path in ("/v1/fine_tuning/jobs", "/v1/chat/completions", "/v1/fine_tuning/alpha/graders/validate"):
        refused(http.post(path, json=value), 400, "JSON object")


POSTED = ("/v1/fine_tuning/jobs", "/v1/chat/completions", "/v1/fine_tuning/alpha/graders/run")


@pytest.mark.parametrize(
    ("content", "param", "word"),
    [
        (r'"\ud800"', None, "the body: holds a lone surrogate"),
        (r'{"metadata": {"team": "a\udfff"}}', "metadata.team", "holds a lone surrogate"),
        (r'{"messages": [{}, {"\ud800": 1}]}', r"messages.1.\ud800", "the key holds a lone surrogate"),
        ('{"temperature": 1' + "0" * 400 + "}", "temperature", "too large"),
        ('{"a": [-1' + "0" * 400 + "]}", "a.0", "too large"),
        ('{"a": ' + "[" * 257 + "]" * 257 + "}", "a" + ".0" * 98 + "...", "nested deeper"),
        ('{"a": 1' + "0" * 5000 + "}", None, "the body is not JSON"),
    ],
)
def test_what_could_not_be_kept_or_sent_back_is_refused_in_any_body(http, content, param, word):
    for path in POSTED:
        assert refused(http.post(path, content=content), 400, word)["param"] == param
    assert http.get("/v1/fine_tuning/jobs").json()["data"] == []


def test_pairs_of_surrogates_and_large_numbers_are_fine():
    check_values(parse_json(rb'{"\ud83d\ude00": ["\ud83d\ude00", 123456789012345678901234567890, true, null, 1e300]}'))
    check_values([[], {}, [[{"a": []}]]])


def test_an_error_can_be_sent_whatever_it_quotes():
    assert ApiError(400, "no \ud800", param="\ud800").body()["error"]["message"] == r"no \ud800"


@pytest.mark.parametrize(
    ("place", "value"),
    [("suffix", "\ud800"), ("training_file", "\ud800"), ("metadata", {"\ud800": "a"}), ("seed", 10**400)],
)
def test_a_job_that_could_not_be_listed_is_never_kept(http, client, place, value):
    create(client)
    ids = [file.id for file in client.files.list()]
    request = {**body(), "training_file": ids[0], "validation_file": ids[1], place: value}
    reply = http.post("/v1/fine_tuning/jobs", content=json.dumps(request))
    assert refused(reply, 400, "")["param"].startswith(place)
    assert len(http.get("/v1/fine_tuning/jobs").json()["data"]) == 1


@pytest.mark.parametrize("temperature", [10**400, float("nan"), float("inf"), True, -0.1])
def test_a_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(ApiError, match="temperature must be a number from 0 to 2"):
        parse_chat({**ASK, "temperature": temperature})


@pytest.mark.parametrize("schema", [{"$schema": 5}, {"anyOf": [{}], "$ref": "#/anyOf/foo"}, {"$ref": "#"}])
def test_a_job_whose_schema_cannot_be_read_is_refused_when_it_is_created(client, schema):
    settings = {**body()["method"]["reinforcement"]}
    settings["response_format"] = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    with pytest.raises(openai.BadRequestError) as told:
        create(client, method={"type": "reinforcement", "reinforcement": settings})
    assert told.value.param == "method.reinforcement.response_format.json_schema.schema"


def test_a_job_whose_check_breaks_the_server_fails_and_the_next_one_is_looked_at(tmp_path, monkeypatch, caplog):
    def build(config, context):
        raise KeyError("\ud800 is not there")

    monkeypatch.setitem(GRADER_TYPES, "broken", GraderType(fields={}, build=build))
    settings = settings_of(tmp_path)
    http = TestClient(make_app(settings), headers=HEADERS)
    client = openai.OpenAI(api_key=TOKEN, base_url="http://testserver/v1", http_client=http)
    method = {"type": "reinforcement", "reinforcement": {"grader": {"type": "broken", "name": "b"}}}
    made = [create(client, method=method).id for _ in range(2)]
    worker = Server(settings).worker
    for _ in made:
        worker.tick()
    for job_id in made:
        failed = client.fine_tuning.jobs.retrieve(job_id)
        assert (failed.status, failed.error.code) == ("failed", "server_error")
        assert r"KeyError: '\ud800 is not there'" in failed.error.message
    assert [job.id for job in client.fine_tuning.jobs.list()] == made[::-1]
    assert "Traceback" in caplog.text


def test_a_worker_that_stumbles_goes_on(tmp_path, monkeypatch, caplog):
    worker = Server(settings_of(tmp_path)).worker
    went_on = threading.Event()
    ticks = iter([KeyError("completion_tokens")])

    def tick():
        if (error := next(ticks, None)) is not None:
            raise error
        went_on.set()

    monkeypatch.setattr(worker, "tick", tick)
    worker.start()
    assert went_on.wait(30)
    worker.close()
    assert "KeyError: 'completion_tokens'" in caplog.text


def test_a_job_whose_end_cannot_be_noted_is_still_the_current_one(tmp_path, monkeypatch):
    worker = Server(settings_of(tmp_path)).worker
    worker._current = current = ("ftjob-1", None)

    def lost(row):
        raise OperationalError("update", {}, Exception("the database is gone"))

    monkeypatch.setattr(worker, "_succeed", lost)
    with pytest.raises(OperationalError):
        worker._settle(JobRow(id="ftjob-1"), 0)
    assert worker._current == current


def test_a_path_or_a_method_that_does_not_exist_is_told_as_an_error(http):
    refused(http.get("/v1/nothing"), 404, "Not Found")
    refused(http.put("/v1/models"), 405, "Method Not Allowed")
    assert http.get("/docs").status_code == 404


# ---- jobs that wait


def test_a_new_job_shows_its_request_and_waits_for_its_files_to_be_looked_at(client):
    job = create(client, metadata={"team": "a"})
    assert (job.object, job.status, job.model, job.seed) == ("fine_tuning.job", "validating_files", "tiny", 3)
    assert job.method.reinforcement.grader.name == "has the letter"
    assert job.method.reinforcement.hyperparameters.batch_size == 4
    assert (job.metadata, job.fine_tuned_model, job.finished_at, job.error) == ({"team": "a"}, None, None, None)
    assert client.fine_tuning.jobs.retrieve(job.id) == job
    messages = [event.message for event in client.fine_tuning.jobs.list_events(job.id)]
    assert messages[-1] == f"Created fine-tuning job: {job.id}"
    assert messages[0].startswith("Validating training file: file-")


@pytest.mark.parametrize(
    ("changes", "param", "word"),
    [
        ({"model": "no-such"}, "model", "no model 'no-such' here"),
        ({"model": "/etc"}, "model", "no model '/etc' here"),
        ({"model": "ft:tiny:assay::00000000"}, "model", "does not exist"),
        ({"training_file": "file-none"}, "training_file", "no uploaded file 'file-none'"),
        ({"validation_file": None}, "validation_file", "must be text, got null"),
        ({"suffix": "x" * 65}, "suffix", "longer than 64"),
        ({"method": {"type": "supervised"}}, "method.type", "another method"),
        ({"extra_body": {"sufix": "x"}}, "sufix", "did you mean 'suffix'"),
        (
            {"method": {"type": "reinforcement", "reinforcement": {"grader": {**HAS_LETTER, "operation": "is"}}}},
            "method.reinforcement.grader.operation",
            "known: ",
        ),
    ],
)
def test_a_wrong_job_is_refused_with_its_parameter(client, changes, param, word):
    with pytest.raises((openai.BadRequestError, openai.NotFoundError)) as told:
        create(client, **changes)
    assert told.value.param == param
    assert word in str(told.value)


def test_a_job_that_waits_is_paused_resumed_and_cancelled_once(client):
    job = create(client)
    jobs = client.fine_tuning.jobs
    assert jobs.pause(job.id).status == "paused"
    with pytest.raises(openai.BadRequestError, match="a job with the status 'paused' cannot be paused"):
        jobs.pause(job.id)
    assert jobs.resume(job.id).status == "validating_files"
    with pytest.raises(openai.BadRequestError, match="cannot be resumed"):
        jobs.resume(job.id)
    assert jobs.cancel(job.id).status == "cancelled"
    for act in (jobs.cancel, jobs.pause, jobs.resume):
        with pytest.raises(openai.BadRequestError, match="a job with the status 'cancelled'"):
            act(job.id)
    with pytest.raises(openai.NotFoundError, match="no fine-tuning job 'ftjob-none'"):
        jobs.cancel("ftjob-none")


def test_lists_come_in_pages_the_newest_first(client, http):
    made = [create(client).id for _ in range(5)]
    assert [job.id for job in client.fine_tuning.jobs.list(limit=2)] == made[::-1]  # the client turns the pages
    page = http.get("/v1/fine_tuning/jobs", params={"limit": 2, "after": made[3]}).json()
    assert ([job["id"] for job in page["data"]], page["has_more"]) == ([made[2], made[1]], True)
    last = http.get("/v1/fine_tuning/jobs", params={"limit": 2, "after": made[1]}).json()
    assert ([job["id"] for job in last["data"]], last["has_more"]) == ([made[0]], False)
    events = list(client.fine_tuning.jobs.list_events(made[0], limit=1))
    assert len(events) == len({event.id for event in events}) == 2
    assert list(client.fine_tuning.jobs.checkpoints.list(made[0])) == []
    for limit in ("0", "-1", "x", "1e9", "²", "1" * 5000):
        refused(http.get("/v1/fine_tuning/jobs", params={"limit": limit}), 400, "limit")
    refused(http.get("/v1/fine_tuning/jobs", params={"after": "ftjob-none"}), 400, "names nothing")


def test_a_wandb_integration_is_accepted_and_said_to_be_left_alone(client):
    job = create(client, integrations=[{"type": "wandb", "wandb": {"project": "p"}}])
    warnings = [event for event in client.fine_tuning.jobs.list_events(job.id) if event.level == "warn"]
    assert "not contacted" in warnings[0].message


def test_many_clients_at_once_lose_nothing(client):
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: create(client).id, range(16)))
    assert len(set(jobs)) == 16
    assert {job.id for job in client.fine_tuning.jobs.list()} == set(jobs)
    assert len(list(client.files.list())) == 32
    with ThreadPoolExecutor(8) as pool:  # of many who cancel one job, one does
        tried = list(pool.map(lambda _: _cancels(client, jobs[0]), range(8)))
    assert tried.count(True) == 1


def _cancels(client, job_id):
    try:
        client.fine_tuning.jobs.cancel(job_id)
    except openai.BadRequestError:
        return False
    return True


def test_a_restarted_server_knows_its_files_and_jobs(tmp_path):
    first = TestClient(make_app(settings_of(tmp_path)), headers=HEADERS)
    client = openai.OpenAI(api_key=TOKEN, base_url="http://testserver/v1", http_client=first)
    job = create(client)
    second = TestClient(make_app(settings_of(tmp_path)), headers=HEADERS)
    assert second.get(f"/v1/fine_tuning/jobs/{job.id}").json()["status"] == "validating_files"
    assert len(second.get("/v1/files").json()["data"]) == 2


# ---- graders


def test_graders_are_tried_and_checked_as_the_client_expects(client):
    tried = client.fine_tuning.alpha.graders.run(grader=HAS_LETTER, item={"letter": "a"}, model_sample="BANANA")
    assert (tried.reward, tried.metadata.name, tried.metadata.type) == (1.0, "has the letter", "string_check")
    assert client.fine_tuning.alpha.graders.validate(grader=HAS_LETTER).grader.operation == "ilike"
    with pytest.raises(openai.BadRequestError) as told:
        client.fine_tuning.alpha.graders.validate(grader={**HAS_LETTER, "refrence": "x"})
    assert told.value.param == "grader.refrence"
    assert "did you mean 'reference'" in str(told.value)


# ---- models and chats


def test_models_are_listed_and_found_by_name(client):
    assert [model.id for model in client.models.list()] == ["tiny", "smollm2-135m"]
    assert client.models.retrieve("tiny").owned_by == "assay"
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-none'"):
        client.models.retrieve("gpt-none")


ASK = {"model": "tiny", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 12, "seed": 5}


def test_a_chat_is_answered_with_choices_and_usage(client):
    answer = client.chat.completions.create(**ASK, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) == 3
    assert all(choice.finish_reason in ("stop", "length") for choice in answer.choices)
    # <|turn|>, five characters, <|end|>, <|turn|>
    assert answer.usage.prompt_tokens == 8
    assert 3 <= answer.usage.completion_tokens <= 36
    assert answer.usage.total_tokens == 8 + answer.usage.completion_tokens
    again = client.chat.completions.create(**ASK, n=3)
    assert [choice.message.content for choice in again.choices] == [choice.message.content for choice in answer.choices]


def test_a_streamed_answer_is_the_same_in_pieces(client):
    whole = client.chat.completions.create(**ASK, n=2)
    texts, reasons, usage = ["", ""], [None, None], None
    for chunk in client.chat.completions.create(**ASK, n=2, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
            reasons[choice.index] = choice.finish_reason or reasons[choice.index]
    assert texts == [choice.message.content for choice in whole.choices]
    assert reasons == [choice.finish_reason for choice in whole.choices]
    assert usage == whole.usage


def test_an_answer_ends_before_a_stop_sequence_streamed_or_not(client):
    text = client.chat.completions.create(**ASK).choices[0].message.content
    stop = text[4:6]
    expected = text[: text.index(stop)]
    cut = client.chat.completions.create(**ASK, stop=[stop, "never there"])
    assert (cut.choices[0].message.content, cut.choices[0].finish_reason) == (expected, "stop")
    assert cut.usage.completion_tokens < 12
    pieces = [
        chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**ASK, stop=stop, stream=True)
    ]
    assert "".join(pieces) == expected


def test_the_coldest_temperature_always_says_the_same(client):
    asked = {**ASK, "temperature": 0}
    answers = {
        client.chat.completions.create(**{**asked, "seed": seed}).choices[0].message.content for seed in range(4)
    }
    assert len(answers) == 1


def test_a_hosted_models_name_is_answered_by_the_default_model(client):
    assert client.chat.completions.create(**{**ASK, "model": "gpt-4o-mini"}).model == "tiny"


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"model": "no-such"}, 404, "does not exist"),
        ({"model": "/etc/passwd"}, 404, "does not exist"),
        ({"model": "../state"}, 404, "does not exist"),
        ({"model": 5}, 400, "name of a model"),
        ({"messages": []}, 400, "at least one message"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, 400, "no role 'wizard'"),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "must be text"),
        ({"messages": ["x"]}, 400, "role"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, 400, "role"),
        ({"messages": [{"role": "user", "content": "x" * 3000}]}, 400, "takes 2048 tokens"),
        ({"n": 0}, 400, "n must be"),
        ({"n": 17}, 400, "n must be"),
        ({"n": True}, 400, "n must be"),
        ({"max_tokens": 0}, 400, "max_tokens must be"),
        ({"max_completion_tokens": "x"}, 400, "max_completion_tokens must be"),
        ({"temperature": 3}, 400, "temperature must be"),
        ({"temperature": "hot"}, 400, "temperature must be"),
        ({"stop": ["a"] * 5}, 400, "stop must be"),
        ({"stop": [""]}, 400, "stop must be"),
        ({"seed": 2**70}, 400, "seed must be"),
        ({"top_p": 0.5}, 400, "top_p is not offered here"),
        ({"tools": [{"type": "function"}]}, 400, "tools is not offered here"),
        ({"temprature": 1}, 400, "did you mean 'temperature'"),
    ],
)
def test_a_chat_that_cannot_be_is_refused(http, changes, status, word):
    for streamed in (False, True):
        refused(http.post("/v1/chat/completions", json={**ASK, **changes, "stream": streamed}), status, word)


def test_parameters_that_change_no_word_are_ignored(client):
    extra = {
        "top_p": 1,
        "user": "me",
        "metadata": {"a": "b"},
        "response_format": {"type": "json_object"},
        "store": False,
    }
    plain, more = client.chat.completions.create(**ASK), client.chat.completions.create(**ASK, **extra)
    assert plain.choices[0].message.content == more.choices[0].message.content


def test_whoever_goes_away_in_the_middle_of_an_answer_frees_its_place(tmp_path):
    settings = settings_of(tmp_path)
    settings.folder.mkdir()
    chat = Chat(Jobs(settings, Store(settings.database_url)))
    ask = {**ASK, "max_tokens": 200}
    for _ in range(CHATS_AT_ONCE + 1):  # were a place not freed, the last would wait for ever
        events = chat.prepare(ask).events()
        for _ in range(3):
            next(events)
        events.close()
    assert chat.complete(ask)["choices"][0]["message"]["content"]


# ---- numbers


SCORES = {"train_reward_mean", "valid_reward_mean", "graders"}
ERRORS = (
    "sample_parse_error", "invalid_variable_error", "other_error", "python_grader_server_error",
    "python_grader_runtime_error", "model_grader_server_error",
)  # fmt: skip


def numbers(result=None, grader=HAS_LETTER):
    line = {
        "step": 10, "completions": 8, "prompt_tokens": 80, "completion_tokens": 40, "mean_reward": 0.42,
        "flag/sample_parse_error": 2.0, "fault/python_grader_runtime_error": 1, "grader/a": 0.25,
    }  # fmt: skip
    timing = {"sample_s": 2.0, "learn_s": 1.0, "judge/x": 0.5, "valid_judge/x": 0.25, "evaluation_time": 4.0}
    return step_data(line, result, timing, body(grader), total_steps=20)


def test_every_name_of_the_services_metrics_is_there():
    result = EvalResult(
        samples=1, passes={"a": 1}, scored={"a": 1}, levels={"a": "-"}, mean_length=5.0, truncated=0.0,
        totals={"completions": 4, "prompt_tokens": 40, "completion_tokens": 20, "mean_reward": 0.68},
    )  # fmt: skip
    data = numbers(result)
    assert (data["step"], data["total_steps"]) == (10, 20)
    assert (data["train_mean_reward"], data["full_valid_mean_reward"]) == (0.42, 0.68)
    assert data["full_valid_mean_parse_error"] == 0.0
    assert data["mean_unresponsive_rewards"] == 0.0
    assert (data["reasoning_tokens_mean"], data["valid_reasoning_tokens_mean"]) == (0.0, 0.0)
    assert data["completion_tokens_mean"] == 5.0
    assert data["model_graders_token_usage"] == {}
    assert data["scores"].keys() == SCORES
    assert (data["scores"]["train_reward_mean"], data["scores"]["valid_reward_mean"]) == (0.42, 0.68)
    [usage] = data["usage"]["graders"]
    [errors] = data["errors"]["graders"]
    for part in ("train", "valid"):
        for kind in ("mean", "count"):
            assert {f"{part}_prompt_tokens_{kind}", f"{part}_completion_tokens_{kind}"} <= usage.keys()
            assert f"{part}_reasoning_tokens_{kind}" in data["usage"]["samples"]
            assert {f"{part}_{name}_{kind}" for name in ERRORS} <= errors.keys()
    # 2 of 8 samples did not parse, 1 of 8 met a broken program
    assert (errors["train_sample_parse_error_count"], errors["train_sample_parse_error_mean"]) == (2, 0.25)
    assert errors["train_python_grader_runtime_error_mean"] == 0.125
    assert data["timing"]["step"] == {"sampling": 2.0, "training": 1.0, "eval": 4.0, "full_iteration": 7.0}
    [latency] = data["timing"]["graders"]
    assert (latency["train_execution_latency_mean"], latency["valid_execution_latency_mean"]) == (0.5, 0.25)
    json.dumps(data, allow_nan=False)


def test_the_tokens_of_model_graders_are_told_by_model_and_by_sample():
    timing = {
        "judge_tokens/prompt_tokens/lab/judge": 80.0,
        "judge_tokens/completion_tokens/lab/judge": 16.0,
        "judge_tokens/cached_tokens/lab/judge": 0.0,
        "valid_judge_tokens/prompt_tokens/lab/judge": 20.0,
    }
    line = {"step": 1, "completions": 8, "prompt_tokens": 80, "completion_tokens": 40}
    data = step_data(line, None, timing, body(HAS_LETTER), total_steps=1)
    assert data["model_graders_token_usage"] == {
        "lab/judge": {"prompt_tokens": 100, "completion_tokens": 16, "cached_tokens": 0}
    }
    [usage] = data["usage"]["graders"]
    assert (usage["train_prompt_tokens_mean"], usage["train_completion_tokens_count"]) == (10.0, 16)
    assert usage["valid_prompt_tokens_count"] is None  # no evaluation was handed over


def test_a_step_without_an_evaluation_has_nothing_to_say_of_validation():
    data = numbers()
    assert (data["full_valid_mean_reward"], data["scores"]["valid_reward_mean"]) == (None, None)
    assert data["errors"]["graders"][0]["valid_other_error_mean"] is None


def test_graders_within_a_grader_have_scores_of_their_own():
    multi = {
        "type": "multi",
        "name": "both",
        "graders": {"a": HAS_LETTER, "b": HAS_LETTER},
        "calculate_output": "a * b",
    }
    scores = {one["name"]: one["train_reward_mean"] for one in numbers(grader=multi)["scores"]["graders"]}
    assert scores == {"both": 0.42, "a": 0.25, "b": None}


# ---- the process of a job


def test_a_process_runs_only_once_its_name_is_written_down(tmp_path):
    training = Training(["touch", str(tmp_path / "ran")], tmp_path / "log")
    time.sleep(0.2)
    assert training.ended() is None
    assert not (tmp_path / "ran").exists()
    training.begin()
    assert training.wait(10) == 0
    assert (tmp_path / "ran").exists()


def test_a_process_whose_server_dies_before_it_may_run_never_runs(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from agents.serve.process import Training\n"
        "training = Training(['touch', sys.argv[1] + '/ran'], Path(sys.argv[1], 'log'))\n"
        "print(training.name, flush=True); os.kill(os.getpid(), 9)"
    )
    name = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True).stdout.strip()
    for _ in range(100):
        if not is_running(name):
            break
        time.sleep(0.05)
    assert not is_running(name)
    assert not (tmp_path / "ran").exists()


def test_a_process_is_known_by_more_than_its_number(tmp_path):
    training = Training(["sleep", "60"], tmp_path / "log")
    training.begin()
    pid, started, boot = training.name.split()
    assert is_running(training.name)
    assert not is_running(f"{pid} {int(started) - 1} {boot}")  # another process that has the number now
    assert not end(f"{pid} {int(started) - 1} {boot}", patience_s=1)
    assert not is_running(f"{pid}")
    assert end(training.name, patience_s=10)
    assert training.wait(5) is not None
    assert not is_running(training.name)
    assert name_of(2**22 + 1) == str(2**22 + 1)


def test_a_process_that_does_not_listen_is_ended_after_a_while(tmp_path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    training = Training([sys.executable, "-c", stubborn], tmp_path / "log")
    training.begin()
    while "deaf" not in (tmp_path / "log").read_text():
        time.sleep(0.02)
    assert end(training.name, patience_s=0.2)
    assert training.wait(5) == -9


def test_paths_with_any_characters_reach_the_training_command():
    from hydra.core.override_parser.overrides_parser import OverridesParser

    for text in ("/a b/c", "it's", "a=b,c", "[x]", "{y}", 'say "hi"', "a#b:c", "ümläut"):
        [parsed] = OverridesParser.create().parse_overrides([f"job={quoted(text)}"])
        assert parsed.value() == text
    assert quoted(5) == "5"


def test_an_upload_object_of_bytes_is_taken_too(client):
    file = client.files.create(file=io.BytesIO(b'{"a": 1}\n'), purpose="fine-tune")
    assert file.bytes == 9
