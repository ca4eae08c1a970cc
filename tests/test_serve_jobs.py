"""Jobs from end to end: a real server, the official client, real training processes of a tiny model."""

import os
import signal
import socket

import pytest
from rft_jobs import body, write_rows
from served import TOKEN, served

from agents.serve.process import is_running
from agents.serve.store import Store


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as server:
        yield server


def test_a_job_is_paused_and_resumed_and_its_model_answers(server):
    job = server.create(n_epochs=5)  # 20 steps of 4 rows
    server.wait(lambda: server.steps(job))
    server.jobs.pause(job.id)
    server.has_status(job, "paused")
    done = server.steps(job)
    assert done == list(range(1, len(done) + 1))
    assert 1 <= len(done) < 20
    assert "The job is paused at its last checkpoint" in server.messages(job)

    assert server.jobs.resume(job.id).status == "queued"
    finished = server.has_status(job, "succeeded")
    assert finished.fine_tuned_model == f"ft:tiny:assay:trial:{job.id[6:14]}"
    assert finished.finished_at >= finished.created_at
    assert finished.trained_tokens > 0
    assert server.steps(job) == list(range(1, 21))  # each step once, none left out
    [first, *_] = server.jobs.list_events(job.id, limit=1)
    assert first.message == "The job has successfully completed"

    told = [event for event in server.jobs.list_events(job.id, limit=100) if event.type == "metrics"]
    evaluated = {event.data["step"]: event.data["full_valid_mean_reward"] for event in told}
    assert [step for step in sorted(evaluated) if evaluated[step] is not None] == list(range(5, 21, 5))
    assert told[0].message.startswith("Step 20/20 , train mean reward=")
    assert ", full validation mean reward=" in told[0].message

    kept = list(server.jobs.checkpoints.list(job.id))
    best = sorted(
        (step for step in evaluated if evaluated[step] is not None), key=lambda step: (-evaluated[step], step)
    )
    assert [one.step_number for one in kept] == sorted(best[:3], reverse=True)

    names = [model.id for model in server.client.models.list()]
    for name in (finished.fine_tuned_model, kept[0].fine_tuned_model_checkpoint):
        assert name in names
        answer = server.client.chat.completions.create(
            model=name, messages=[{"role": "user", "content": "Say something"}], max_tokens=8, n=2
        )
        assert (answer.model, len(answer.choices)) == (name, 2)


def test_a_running_job_is_cancelled_and_the_next_one_runs(server):
    first, second = server.create(n_epochs=50, batch_size=1), server.create(n_epochs=1)
    server.wait(lambda: server.steps(first))
    assert server.jobs.retrieve(second.id).status in ("validating_files", "queued")  # one at a time
    server.jobs.cancel(first.id)
    server.has_status(first, "cancelled")
    assert server.has_status(second, "succeeded").error is None


def test_a_client_that_goes_away_in_the_middle_of_a_stream_or_an_upload_disturbs_nobody(server):
    ask = {"model": "tiny", "messages": [{"role": "user", "content": "Go on"}], "max_tokens": 1500}
    for _ in range(4):
        stream = server.client.chat.completions.create(**ask, stream=True)
        next(iter(stream))
        stream.close()
    host, port = server.client.base_url.host, server.client.base_url.port
    files = server.folder / "state" / "files"
    before = sorted(files.iterdir())
    with socket.create_connection((host, port)) as raw:
        raw.sendall(
            f"POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 100000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; "
            'name="file"; filename="a"\r\n\r\nhalf'.encode()
        )
    assert server.client.chat.completions.create(**{**ask, "max_tokens": 4}).choices
    assert sorted(files.iterdir()) == before


def test_files_that_cannot_be_trained_on_fail_the_job_with_line_and_field(server):
    good = [{"messages": [{"role": "user", "content": "x"}], "letter": "a"}]
    with write_rows(server.folder / "bad.jsonl", [*good, {"messages": [], "letter": "a"}]).open("rb") as file:
        bad = server.client.files.create(file=file, purpose="fine-tune").id
    job = server.jobs.create(**{**body(), "training_file": bad, "validation_file": bad})
    failed = server.has_status(job, "failed")
    assert failed.error.code == "invalid_training_file"
    assert "line 2, field 'messages': must be a list of at least one message" in failed.error.message


def test_a_grader_that_fails_half_the_samples_fails_the_job_with_its_traceback(server):
    source = (
        "def grade(sample, item):\n    if item['letter'] in 'ace':\n        raise KeyError('no rubric')\n    return 0.5"
    )
    request = body({"type": "python", "name": "rubric", "source": source}, compute_multiplier=0.5, n_epochs=4)
    job = server.create()
    server.jobs.cancel(job.id)
    files = {"training_file": job.training_file, "validation_file": job.validation_file}
    failed = server.has_status(server.jobs.create(**{**request, **files}), "failed")
    assert failed.error.code == "training_failed"
    assert "python_grader_runtime_error" in failed.error.message
    assert "KeyError" in failed.error.message


def process_of(folder, job):
    store = Store(f"sqlite:///{folder / 'state' / 'serve.sqlite'}")
    try:
        return store.job(job.id).process
    finally:
        store.close()


@pytest.mark.parametrize("orphan", ["outlives the server", "dies with it"])
def test_a_killed_server_leaves_a_job_that_goes_on_from_its_checkpoint(tmp_path, orphan):
    with served(tmp_path) as first:
        job = first.create(n_epochs=5)
        first.wait(lambda: len(first.steps(job)) >= 3)
        training = process_of(tmp_path, job)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        assert is_running(training)
        if orphan == "dies with it":
            os.kill(int(training.split()[0]), signal.SIGKILL)
    with served(tmp_path) as second:
        assert not is_running(training)
        second.has_status(job, "succeeded")
        assert second.steps(job) == list(range(1, 21))
        assert any("the job goes on from its last checkpoint" in message for message in second.messages(job))
        assert "Training goes on" in second.messages(job)


def test_a_server_that_is_stopped_lets_the_job_write_its_checkpoint_and_queues_it(tmp_path):
    with served(tmp_path) as first:
        job = first.create(n_epochs=50)
        first.wait(lambda: len(first.steps(job)) >= 3)
        training = process_of(tmp_path, job)
        first.stop()
    assert not is_running(training)
    store = Store(f"sqlite:///{tmp_path / 'state' / 'serve.sqlite'}")
    assert store.job(job.id).status == "queued"
    store.close()
    assert (tmp_path / "state" / "jobs" / job.id / "run" / "checkpoints" / "last" / "state.pt").is_file()
