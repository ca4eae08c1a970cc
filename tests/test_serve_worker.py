"""The worker of the fine-tuning API with jobs that get nowhere: they fail in the end, and the next one has its turn."""

import json
import sys

import pytest
from rft_jobs import body, rows

from agents.serve.app import Server
from agents.serve.settings import Settings
from agents.serve.store import ENDED, EventRow
from agents.serve.worker import MAX_ATTEMPTS
from envs.core import ConfigError

START = """
import os, pathlib, signal, sys, time
run = pathlib.Path(sys.argv[1])
run.mkdir(exist_ok=True)
(run / 'config.yaml').write_text('algo: {steps: 99}\\neval: {every: 1, samples_during: 1}\\n')
lines = (run / 'metrics.jsonl').open('a')
"""
RUNS_ON = "time.sleep(60)"
ENDS_WELL = ""
NO_NUMBERS = "lines.write('{}\\n'), lines.flush(), time.sleep(60)"
"""Writes a line without a step, of which nothing can be told."""
STOPPED = "os.kill(os.getpid(), signal.SIGTERM)"
STOPPED_LATER = f"lines.write('{{\"step\": 1}}\\n'), lines.flush(), {STOPPED}"
"""Does one more step each time, whose evaluation is still to come."""


class Programs:
    """A server without HTTP, whose jobs run one program after the other instead of a training run."""

    def __init__(self, folder, monkeypatch):
        settings = {"state": str(folder / "state"), "model": "tiny", "api_key": "tests-only", "poll_s": 0.01}
        self.server = Server(Settings.of({**settings, "stop_after_s": 5}))
        self.worker, self.store, self.jobs = self.server.worker, self.server.store, self.server.jobs
        self.programs = {}
        monkeypatch.setattr(self.worker, "_command", self._command)

    def _command(self, row, folder):
        return [sys.executable, "-c", START + self.programs[row.id], str(folder / "run")]

    def create(self, program):
        names = []
        for name, first, count in (("train.jsonl", 0, 16), ("validation.jsonl", 16, 8)):
            path = self.server.settings.folder / name
            path.write_text("".join(json.dumps(row) + "\n" for row in rows(first, count)))
            with path.open("rb") as file:
                names.append(self.server.uploads.add(file, name, "fine-tune")["id"])
        job = self.jobs.create({**body(), "training_file": names[0], "validation_file": names[1]})
        self.programs[job["id"]] = program
        return job["id"]

    def row(self, job_id):
        return self.store.job(job_id)

    def messages(self, job_id):
        return [
            event.message for event in self.store.page(EventRow, EventRow.job_id == job_id, after=None, limit=100)[0]
        ]

    def work(self, job_id, *statuses):
        """Let the worker work until a job has a status; return how often it stumbled on the way."""
        stumbles = 0
        for _ in range(3_000):
            if self.row(job_id).status in statuses:
                return stumbles
            assert self.row(job_id).status not in ENDED, self.row(job_id).error
            try:
                self.worker.tick()
            except (ConfigError, KeyError, OSError):
                stumbles += 1
            self.worker._closing.wait(0.01)
        raise AssertionError(self.row(job_id).status)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    programs = Programs(tmp_path, monkeypatch)
    yield programs
    if programs.worker._current is not None:
        programs.worker._end(programs.worker._current[1])


def test_a_job_whose_numbers_cannot_be_told_fails_after_five_attempts_and_the_next_one_runs(programs):
    broken, good = programs.create(NO_NUMBERS), programs.create(ENDS_WELL)
    assert programs.work(broken, "failed") == MAX_ATTEMPTS - 1  # the last attempt is the end of it
    error = json.loads(programs.row(broken).error)
    assert error["code"] == "server_error"
    reason = "ConfigError: 'run/metrics.jsonl' is damaged: line 1 is no JSON object with a step"
    assert error["message"] == f"the server failed to go on with this job 5 times in a row: {reason}"
    assert programs.messages(broken)[0] == f"The job failed: {error['message']}"
    programs.work(good, "succeeded")


def test_what_failed_once_and_then_went_well_is_forgotten(programs, monkeypatch):
    job = programs.create(RUNS_ON)
    programs.work(job, "running")
    tell, calls = programs.worker._tell_steps, iter([True, True, True, True, False] * 3)

    def sometimes(job_id):
        if next(calls):
            raise KeyError("step")
        tell(job_id)

    monkeypatch.setattr(programs.worker, "_tell_steps", sometimes)
    for fails in [True, True, True, True, False] * 3:
        if fails:
            with pytest.raises(KeyError):
                programs.worker.tick()
        else:
            programs.worker.tick()
    assert programs.row(job).status == "running"


def test_a_job_that_is_stopped_within_the_same_step_again_and_again_fails_and_the_next_one_runs(programs):
    killed, good = programs.create(STOPPED), programs.create(ENDS_WELL)
    programs.work(killed, "failed")
    error = json.loads(programs.row(killed).error)
    assert error["code"] == "training_interrupted"
    assert error["message"] == (
        "The training process was stopped by something else for the 5th time within the same step, 1"
    )
    assert sum("goes on from its last checkpoint" in said for said in programs.messages(killed)) == MAX_ATTEMPTS - 1
    programs.work(good, "succeeded")


def test_a_job_that_is_stopped_often_and_gets_on_all_the_same_goes_on(programs):
    job = programs.create(STOPPED_LATER)
    steps = programs.jobs.run_folder(job) / "metrics.jsonl"
    for _ in range(3_000):
        programs.worker.tick()
        if steps.is_file() and len(steps.read_text().splitlines()) > 2 * MAX_ATTEMPTS:
            break
        programs.worker._closing.wait(0.01)
    assert programs.row(job).status in ("queued", "running")
    assert programs.row(job).stops == 1


def test_a_job_that_goes_down_with_the_server_again_and_again_fails_and_one_that_outlives_it_does_not(programs):
    down, outliving = programs.create(RUNS_ON), programs.create(RUNS_ON)
    for _ in range(MAX_ATTEMPTS):
        programs.store.move(down, ("validating_files", "queued"), status="running", process="1 0 another-boot")
        programs.worker.recover()
    assert programs.row(down).status == "failed"
    assert "The server was restarted for the 5th time within the same step, 1" in programs.row(down).error
    for _ in range(MAX_ATTEMPTS):
        programs.work(outliving, "running")
        _, training = programs.worker._current
        programs.worker._current = None  # a server that knows the process by its name alone
        programs.worker.recover()
        assert training.ended() is not None
    assert programs.row(outliving).status == "queued"


def test_a_server_starts_though_the_steps_of_a_job_cannot_be_told(programs, caplog):
    job = programs.create(NO_NUMBERS)
    while programs.work(job, "running") or not (programs.jobs.run_folder(job) / "metrics.jsonl").is_file():
        programs.worker._closing.wait(0.01)
    _, training = programs.worker._current
    programs.worker._current = None
    programs.worker.recover()
    assert training.ended() is not None
    assert programs.row(job).status == "queued"
    assert "cannot be told" in caplog.text
