"""The fine-tuning API's lists and their filters, files that expire, deleted models, and who may use a checkpoint."""

import json
import time

import openai
import pytest
import torch
from fastapi.testclient import TestClient
from rft_jobs import body, rows
from sqlalchemy import create_engine, inspect, text

from agents.checkpoint import keep_best, save_checkpoint
from agents.models import load_model
from agents.serve.app import Server, make_app
from agents.serve.jobs import checkpoint_name, model_name
from agents.serve.settings import Settings
from agents.serve.store import FileRow, Store

TOKEN = "a token of the tests"


@pytest.fixture(autouse=True)
def one_thread():
    """A model this small is slower on several processors than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def settings(tmp_path):
    return Settings.of({"state": str(tmp_path / "state"), "model": "tiny", "api_key": TOKEN})


@pytest.fixture
def http(settings):
    """A client of a server whose worker never starts."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return TestClient(make_app(settings), headers=headers, raise_server_exceptions=False)


@pytest.fixture
def client(http):
    """The official client, speaking to the same server."""
    return openai.OpenAI(api_key=TOKEN, base_url="http://testserver/v1", http_client=http, max_retries=0)


@pytest.fixture
def server(settings, http):
    """What lies behind the paths, with the same state."""
    return Server(settings)


def upload(client, purpose="fine-tune", **more):
    content = "".join(json.dumps(row) + "\n" for row in rows(0, 4)).encode()
    return client.files.create(file=("data.jsonl", content), purpose=purpose, **more)


def create(client, **changes):
    files = {"training_file": upload(client).id, "validation_file": upload(client).id}
    return client.fine_tuning.jobs.create(**{**body(), **files, **changes})


def refused(reply, status, param, word):
    """Check that a request was refused in the form that clients read."""
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert (error["param"], error["type"]) == (param, "invalid_request_error")
    assert word in error["message"], error


# ---- files


def test_files_are_listed_in_either_order_in_pages_and_by_purpose(client, http):
    purposes = ("fine-tune", "batch", "fine-tune", "evals", "fine-tune")
    made = [upload(client, purpose).id for purpose in purposes]
    tuning = [made[0], made[2], made[4]]

    def listed(**asked):
        return [file.id for file in client.files.list(**asked)]

    assert listed() == listed(order="desc") == made[::-1]
    assert listed(order="asc") == listed(order="asc", limit=2) == made  # the client turns the pages
    assert listed(order="asc", purpose="fine-tune", limit=1) == tuning
    assert listed(order="asc", after=made[1]) == made[2:]
    assert listed(order="desc", after=made[2], purpose="fine-tune") == [made[0]]
    page = http.get("/v1/files", params={"order": "asc", "limit": 2, "after": made[0]}).json()
    assert ([file["id"] for file in page["data"]], page["has_more"]) == (made[1:3], True)
    for wrong in ("ascending", "", "ASC"):
        refused(http.get("/v1/files", params={"order": wrong}), 400, "order", "'asc' or 'desc'")


def test_a_file_is_gone_when_its_time_is_over(client, server):
    forever = upload(client)
    short = upload(client, expires_after={"anchor": "created_at", "seconds": 3600})
    assert (forever.expires_at, short.expires_at) == (None, short.created_at + 3600)
    assert client.files.retrieve(short.id).expires_at == short.expires_at

    with server.store.session() as session:
        session.query(FileRow).filter_by(id=short.id).update({"expires_at": int(time.time())})
    assert [file.id for file in client.files.list()] == [forever.id]
    for ask in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError, match="no file"):
            ask(short.id)
    with pytest.raises(openai.BadRequestError, match="no uploaded file"):
        create(client, training_file=short.id)

    stored = server.settings.folder / "files"
    assert (stored / short.id).exists()
    server.worker.tick()  # which removes the bytes as well
    assert not (stored / short.id).exists()
    assert (stored / forever.id).exists()
    assert server.store.expired_files() == []


@pytest.mark.parametrize(
    ("form", "param", "word"),
    [
        ({"anchor": "last_active_at", "seconds": "3600"}, "expires_after.anchor", "must be 'created_at'"),
        ({"seconds": "3600"}, "expires_after.anchor", "got null"),
        ({"anchor": "created_at"}, "expires_after.seconds", "got"),
        ({"anchor": "created_at", "seconds": "3599"}, "expires_after.seconds", "from 3600"),
        ({"anchor": "created_at", "seconds": "2592001"}, "expires_after.seconds", "to 2592000"),
        ({"anchor": "created_at", "seconds": "1e4"}, "expires_after.seconds", "whole number"),
        ({"anchor": "created_at", "seconds": "9" * 5000}, "expires_after.seconds", "whole number"),
        ({"anchor": "created_at", "seconds": "3600", "minutes": "1"}, "expires_after", "minutes"),
    ],
)
def test_a_lifetime_that_the_services_do_not_take_is_refused_and_keeps_nothing(http, server, form, param, word):
    fields = {"purpose": "batch", **{f"expires_after[{key}]": value for key, value in form.items()}}
    refused(http.post("/v1/files", data=fields, files={"file": ("a", b"x")}), 400, param, word)
    assert list((server.settings.folder / "files").iterdir()) == []


# ---- jobs


def test_jobs_are_filtered_by_all_of_the_metadata(client, http):
    given = [{"team": "a", "run": "1"}, None, {"team": "b", "run": "1"}, {"team": "a", "run": "2"}, {"team": ""}]
    made = [create(client, **({"metadata": pairs} if pairs else {})).id for pairs in given]

    def listed(**asked):
        return [made.index(job.id) for job in client.fine_tuning.jobs.list(**asked)]

    assert listed() == listed(metadata={}) == [4, 3, 2, 1, 0]
    assert listed(metadata={"team": "a"}) == listed(metadata={"team": "a"}, limit=1) == [3, 0]
    assert listed(metadata={"team": "a", "run": "1"}) == [0]
    assert listed(metadata={"team": ""}) == [4]
    assert listed(metadata={"team": "c"}) == listed(metadata={"a]&[b": "x"}) == []
    assert listed(extra_query={"metadata": "null"}) == [1]
    page = http.get("/v1/fine_tuning/jobs", params={"metadata[run]": "1", "limit": 1}).json()
    assert ([job["id"] for job in page["data"]], page["has_more"]) == ([made[2]], True)
    for wrong in ({"metadata": "a"}, {"metadata[": "a"}, {"metadata.team": "a"}):
        refused(http.get("/v1/fine_tuning/jobs", params=wrong), 400, "metadata", "metadata[key]=value")
    both = {"metadata": "null", "metadata[team]": "a"}
    refused(http.get("/v1/fine_tuning/jobs", params=both), 400, "metadata", "got both")


# ---- models


ASK = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 2}


@pytest.fixture
def trained(client, server):
    """A job that has succeeded after three steps, of which the first and the last are kept for their evaluation."""
    job = create(client)
    run = server.jobs.run_folder(job.id)
    model = load_model("tiny", device=torch.device("cpu"))
    for step, reward in ((1, 0.5), (2, 0.25), (3, 0.75)):
        save_checkpoint(run, step, model, {"step": step})
        keep_best(run, {"step": step, "valid_reward_mean": reward, "pass@1": reward}, count=2)
    (run / "metrics.jsonl").touch()
    server.store.move(job.id, ("validating_files",), status="running")
    server.worker._succeed(server.store.job(job.id))
    return server.store.job(job.id)


def names(client):
    return {model.id for model in client.models.list()}


def test_a_fine_tuned_model_is_deleted_with_its_weights_and_its_checkpoints_are_left(client, server, trained):
    name, first, last = model_name(trained), checkpoint_name(trained, 1), checkpoint_name(trained, 3)
    weights = [server.jobs.run_folder(trained.id) / "checkpoints" / f"step_00000{step}" / "model" for step in (1, 3)]
    assert {name, first, last} <= names(client)
    client.chat.completions.create(model=name, **ASK)

    deleted = client.models.delete(name)
    assert (deleted.id, deleted.object, deleted.deleted) == (name, "model", True)
    assert names(client) & {name, first, last} == {first, last}
    for ask in (client.models.retrieve, client.models.delete):
        with pytest.raises(openai.NotFoundError):
            ask(name)
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(model=name, **ASK)
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        create(client, model=name)
    assert client.fine_tuning.jobs.retrieve(trained.id).fine_tuned_model == name  # what it made, as on the services
    assert weights[1].exists()  # of the same step as its best checkpoint
    client.chat.completions.create(model=last, **ASK)

    assert client.models.delete(last).deleted
    assert [path.exists() for path in weights] == [True, False]
    assert [one.step_number for one in client.fine_tuning.jobs.checkpoints.list(trained.id)] == [1]
    assert client.models.delete(first).deleted
    assert names(client) == {"tiny", "smollm2-135m"}


def test_a_model_that_was_deleted_stays_so_when_the_server_starts_again(client, settings, trained):
    client.models.delete(model_name(trained))
    again = Server(settings)
    with pytest.raises(Exception, match="does not exist"):
        again.jobs.tuned(model_name(trained))
    assert again.jobs.tuned(checkpoint_name(trained, 3)).is_dir()


@pytest.mark.parametrize("name", ["tiny", "smollm2-135m", "gpt-4o-mini", "hf:HuggingFaceTB/SmolLM2-135M"])
def test_a_base_model_cannot_be_deleted(client, name):
    with pytest.raises(openai.PermissionDeniedError, match="is a base model") as told:
        client.models.delete(name)
    assert told.value.param == "model"


@pytest.mark.parametrize("name", ["ft:tiny:assay::00000000", "../state", "/etc/passwd", "no-such"])
def test_a_model_that_is_not_there_cannot_be_deleted(client, name):
    with pytest.raises(openai.NotFoundError):
        client.models.delete(name)


def test_a_model_that_a_job_still_needs_cannot_be_deleted(client, server, trained):
    name, last = model_name(trained), checkpoint_name(trained, 3)
    job = create(client, model=name)
    for used in (name, last):  # the same weights
        with pytest.raises(openai.BadRequestError, match=f"{job.id}' has not ended") as told:
            client.models.delete(used)
        assert told.value.code == "model_in_use"
    assert client.models.delete(checkpoint_name(trained, 1)).deleted
    client.fine_tuning.jobs.cancel(job.id)
    assert client.models.delete(name).deleted
    server.store.move(trained.id, ("succeeded",), status="running")  # as if it had gone on
    with pytest.raises(openai.BadRequestError, match=f"{trained.id}' has not ended"):
        client.models.delete(last)


# ---- who may use a checkpoint


def test_a_checkpoint_has_no_permissions_and_takes_none(client, trained):
    permissions = client.fine_tuning.checkpoints.permissions
    name = checkpoint_name(trained, 3)
    assert list(permissions.list(name)) == []
    with pytest.raises(openai.BadRequestError, match="one owner and no projects") as told:
        permissions.create(name, project_ids=["proj_1"])
    assert told.value.code == "one_owner"
    with pytest.raises(openai.NotFoundError, match="no checkpoint permission 'cp_1'"):
        permissions.delete("cp_1", fine_tuned_model_checkpoint=name)
    for ask in (permissions.list, lambda name: permissions.create(name, project_ids=["proj_1"])):
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            ask("ft:tiny:assay::00000000:ckpt-step-1")


# ---- the state of an older server


def test_a_database_of_an_older_server_gets_the_columns_that_it_lacks(settings):
    settings.folder.mkdir()
    Store(settings.database_url).close()
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE deleted_models"))
        for table, column in (("files", "expires_at"), ("jobs", "stops"), ("jobs", "stopped_at")):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        row = "INSERT INTO files (id, filename, purpose, bytes, created_at) VALUES ('file-1', 'a', 'batch', 1, 2)"
        connection.execute(text(row))
    store = Store(settings.database_url)
    assert store.file("file-1").expires_at is None
    assert store.deleted_models() == set()
    assert {"stops", "stopped_at"} <= {column["name"] for column in inspect(engine).get_columns("jobs")}
    store.close()
    engine.dispose()
