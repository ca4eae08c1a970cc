"""Runs jobs, one at a time, each as a process of its own: `python -m agents.train env=rft job=...`.

All that a job is lies in the database and in its folder, so a server that is killed at any moment leaves no half state:
the next one ends the process that was left over, which writes its checkpoint, and goes on from there.
"""

from __future__ import annotations

import functools
import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from agents.checkpoint import write_atomic
from agents.metrics import read_lines
from agents.serve.errors import ApiError, encodable
from agents.serve.jobs import Jobs, model_name
from agents.serve.metrics import state_of, step_events
from agents.serve.process import Training, end
from agents.serve.store import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING, SUCCEEDED, VALIDATING, JobRow
from agents.serve.uploads import Uploads
from envs.core import ConfigError
from envs.rft.load import load_job
from sandbox.core import SandboxError

INTERRUPTED = (130, -signal.SIGTERM)
"""How a training run ends that was told to stop: after its checkpoint, or before it had anything to keep."""
MAX_ATTEMPTS = 5
"""How often the same thing may fail with a job before the job does."""
_LONGER = 4
"""How much longer the pause is after each attempt that failed."""
_SAID = 4_000
"""Characters of what a failed run said last that are looked through for its error."""

log = logging.getLogger("agents.serve")


class Worker(threading.Thread):
    """Looks at the jobs again and again, and does what is to be done.

    Args:
        jobs: The jobs.
        uploads: The files.
    """

    def __init__(self, jobs: Jobs, uploads: Uploads) -> None:
        super().__init__(name="assay-worker", daemon=True)
        self.jobs, self.store, self.settings, self.uploads = jobs, jobs.store, jobs.settings, uploads
        self._closing = threading.Event()
        self._current: tuple[str, Training] | None = None
        self._told_to_stop: float | None = None
        """When the current process was told."""
        self._seen: object = None
        """Which job's run was read last, and in which state."""
        self._failed: tuple[str, int] = ("", 0)
        """With which job something failed last, and how often in a row."""

    def run(self) -> None:
        """Work until `close` is called."""
        while not self._closing.is_set():
            try:
                self.tick()
            except (SQLAlchemyError, OSError) as error:  # a full disk or a lost database: try again, forget nothing
                log.error("the worker cannot go on for now: %s", error)
            except Exception:  # of one job's numbers, say: the others must not wait for the next server
                log.exception("the worker stumbled, and tries again")
            self._closing.wait(self.settings.poll_s * _LONGER ** self._failed[1])

    def close(self) -> None:
        """Stop working; a job that runs writes a checkpoint and is queued, to go on with the next server."""
        self._closing.set()
        if self.is_alive():
            self.join()
        if self._current is not None:
            job_id, training = self._current
            self._end(training)
            self._tell_steps(job_id)
            row = self.store.job(job_id)
            if training.ended() == 0:
                self._succeed(row)
            else:
                self._set_aside(row, "The server was stopped")

    def recover(self) -> None:
        """Take up the jobs that an earlier server left running, whose processes may still be there."""
        for row in self.store.jobs(RUNNING):
            outlived = end(row.process, patience_s=self.settings.stop_after_s) if row.process else False
            try:
                self._tell_steps(row.id)
            except SQLAlchemyError:
                raise
            except Exception:  # the server must start all the same; the job is given up when it fails again
                log.exception("the steps of the job %s cannot be told", row.id)
            why = "The server was restarted" + (" while the job was training" if outlived else "")
            self._set_aside(row, why, counts=not outlived)  # did the job take the server down with it?

    def tick(self) -> None:
        """Do what is to be done now."""
        if self._current is not None:
            job_id, training = self._current
            self._attempt(job_id, lambda: self._watch(job_id, training))
        for row in self.store.jobs(VALIDATING)[:1]:
            self._validate(row)
        if self._current is None:
            for row in self.store.jobs(QUEUED)[:1]:
                self._attempt(row.id, functools.partial(self._start, row))
        self.uploads.clear_expired()

    def _attempt(self, job_id: str, act: Callable[[], None]) -> None:
        """Do something with a job; what fails time and again fails the job, so that the next one has its turn."""
        try:
            act()
        except SQLAlchemyError:
            raise  # nothing could be noted either
        except Exception as error:
            failed = self._failed[1] + 1 if self._failed[0] == job_id else 1
            if failed < MAX_ATTEMPTS:
                self._failed = (job_id, failed)
                raise
            log.exception("the job %s is given up", job_id)
            self._give_up(job_id, f"{type(error).__name__}: {error}")
        self._failed = ("", 0)

    def _give_up(self, job_id: str, error: str) -> None:
        if self._current is not None:
            self._end(self._current[1])
        message = f"the server failed to go on with this job {MAX_ATTEMPTS} times in a row: {error}"
        self._fail(self.store.job(job_id), message, code="server_error", statuses=(QUEUED, RUNNING))
        self._current = None

    def _end(self, training: Training) -> None:
        """Let a process write its checkpoint and end, or end it."""
        training.stop()
        if training.wait(self.settings.stop_after_s) is None:
            training.stop(at_once=True)
            training.wait(self.settings.stop_after_s)

    def _validate(self, row: JobRow) -> None:
        try:
            self._check(row)
        except (ConfigError, SandboxError, ApiError) as error:
            self._fail(row, str(error), code="invalid_training_file", statuses=(VALIDATING,))
        except (SQLAlchemyError, OSError):
            raise  # not the job's doing: it is tried again
        except Exception as error:
            log.exception("the job %s cannot be checked", row.id)
            message = f"the server failed to check this job: {type(error).__name__}: {error}"
            self._fail(row, message, code="server_error", statuses=(VALIDATING,))
        else:
            if self.store.move(row.id, (VALIDATING,), status=QUEUED):
                self.store.tell(row.id, "Files validated, moving job to queued state", key="validated")

    def _check(self, row: JobRow) -> None:
        folder = self.jobs.folder(row.id)
        folder.mkdir(parents=True, exist_ok=True)
        request = row.request
        ids = {request["training_file"], request["validation_file"]}
        write_atomic(folder / "job.json", json.dumps(request, indent=1) + "\n")
        kept = {name: str(self.uploads.keep_for(name, folder)) for name in ids}
        write_atomic(folder / "files.json", json.dumps(kept) + "\n")
        load_job(folder / "job.json", files=str(folder / "files.json"), disjoint=("prompt", "near_duplicate"))

    def _start(self, row: JobRow) -> None:
        folder = self.jobs.folder(row.id)
        try:
            training = Training(self._command(row, folder), folder / "train.log")
        except OSError as error:
            self._fail(row, f"the training process cannot be started: {error}", code="server_error", statuses=(QUEUED,))
            return
        if not self.store.move(row.id, (QUEUED,), status=RUNNING, process=training.name, wanted=""):
            training.stop(at_once=True)  # it was cancelled or paused a moment ago
            training.wait(self.settings.stop_after_s)
            return
        self._current, self._told_to_stop = (row.id, training), None
        begun = (folder / "run").exists()
        training.begin()  # before anything else can fail: the process would wait for ever
        self.store.tell(row.id, "Training goes on" if begun else "Fine-tuning job started")

    def _command(self, row: JobRow, folder: Path) -> list[str]:
        run = folder / "run"
        command = [sys.executable, "-m", "agents.train"]
        if (run / "config.yaml").is_file():
            return [*command, f"resume={quoted(str(run))}"]
        options = {
            "job": str(folder / "job.json"),
            "env.files": str(folder / "files.json"),
            "run_dir": str(run),
            "model": row.model,
            "seed": row.seed,
            **({"env.judge": self.settings.judge} if self.settings.judge else {}),
        }
        given = [f"{key}={quoted(value)}" for key, value in options.items()]
        return [*command, "env=rft", f"sandbox={self.settings.sandbox}", *given, *self.settings.train]

    def _watch(self, job_id: str, training: Training) -> None:
        code = training.ended()  # before the numbers are read: what it wrote last is then among them
        self._tell_steps(job_id)
        row = self.store.job(job_id)
        if code is not None:
            self._settle(row, code)
        elif row.wanted:
            if self._told_to_stop is None:
                self._told_to_stop = time.monotonic()
                training.stop()
            elif time.monotonic() - self._told_to_stop > self.settings.stop_after_s:
                training.stop(at_once=True)

    def _settle(self, row: JobRow, code: int) -> None:
        """Note how a job's process ended; it is the current one until that is done."""
        if code == 0:
            self._succeed(row)
        elif row.wanted or code in INTERRUPTED:
            self._set_aside(row, "The training process was stopped by something else", counts=not row.wanted)
        else:
            said = _last_words(self.jobs.folder(row.id) / "train.log")
            reason = said or f"the training process ended with {code}" + (" (a signal)" if code < 0 else "")
            self._fail(row, reason, code="training_failed", statuses=(RUNNING,))
        self._current = None

    def _set_aside(self, row: JobRow, why: str, *, counts: bool = False) -> None:
        """Note that a job's process ended before its end, as it was told to or not.

        Args:
            row: The job.
            why: For people.
            counts: Whether the job may be the cause; one that gets nowhere so fails in the end.
        """
        now = int(time.time())
        if row.wanted == "cancel":
            self.store.move(row.id, (RUNNING,), status=CANCELLED, finished_at=now, process=None, wanted="")
            self.store.tell(row.id, "The job was cancelled", key="cancelled")
        elif row.wanted == "pause":
            self.store.move(row.id, (RUNNING,), status=PAUSED, process=None, wanted="")
            self.store.tell(row.id, "The job is paused at its last checkpoint")
        elif counts and (stops := self._stops(row)) >= MAX_ATTEMPTS:
            message = f"{why} for the {stops}th time within the same step, {self._steps_done(row.id) + 1}"
            self._fail(row, message, code="training_interrupted", statuses=(RUNNING,))
        else:
            stopped = {"stops": self._stops(row), "stopped_at": self._steps_done(row.id)} if counts else {}
            self.store.move(row.id, (RUNNING,), status=QUEUED, process=None, wanted="", **stopped)
            self.store.tell(row.id, f"{why}; the job goes on from its last checkpoint")

    def _steps_done(self, job_id: str) -> int:
        path = self.jobs.run_folder(job_id) / "metrics.jsonl"
        return path.read_bytes().count(b"\n") if path.is_file() else 0

    def _stops(self, row: JobRow) -> int:
        """Return how often a job's process was stopped within the step that it is in, with this time."""
        return (row.stops or 0) + 1 if row.stopped_at == self._steps_done(row.id) else 1

    def _succeed(self, row: JobRow) -> None:
        run = self.jobs.run_folder(row.id)
        tokens = sum(int(line.get("completion_tokens") or 0) for line in read_lines(run / "metrics.jsonl"))
        name = model_name(row)
        changes = {"status": SUCCEEDED, "finished_at": int(time.time()), "process": None, "wanted": ""}
        self.store.move(row.id, (RUNNING,), **changes, fine_tuned_model=name, trained_tokens=tokens)
        self.store.tell(row.id, f"New fine-tuned model created: {name}", key="model")
        self.store.tell(row.id, "The job has successfully completed", key="succeeded")

    def _fail(self, row: JobRow, message: str, *, code: str, statuses: tuple[str, ...]) -> None:
        message = encodable(message.replace(f"{self.jobs.folder(row.id)}/", ""))
        files = {name: row.request[name] for name in ("training_file", "validation_file")}
        param = next((name for name, file_id in files.items() if file_id in message), None)
        error = json.dumps({"code": code, "message": message, "param": param})
        changes = {"status": FAILED, "finished_at": int(time.time()), "process": None, "wanted": "", "error": error}
        if self.store.move(row.id, statuses, **changes):
            self.store.tell(row.id, f"The job failed: {message}", level="error", key="failed")

    def _tell_steps(self, job_id: str) -> None:
        run = self.jobs.run_folder(job_id)
        seen = (job_id, state_of(run))
        if seen == self._seen:
            return
        for happened in step_events(run, self.store.job(job_id).request):
            self.store.tell(job_id, happened.message, key=f"step {happened.step}", kind="metrics", data=happened.data)
        for entry in self.jobs.checkpoints(job_id):
            said = f"Checkpoint created at step {entry['step_number']}"
            self.store.tell(job_id, said, key=f"checkpoint {entry['step_number']}")
        self._seen = seen


def quoted(value: Any) -> str:
    """Return a value as an override of the training command takes it, whatever characters it holds."""
    text = str(value)
    if isinstance(value, int):
        return text
    return "'" + text.replace("'", "\\'") + "'"


def _last_words(path: Path) -> str:
    """Return the error that a run ended with; empty if it said none."""
    try:
        said = path.read_text(encoding="utf-8", errors="replace")[-_SAID:]
    except OSError:
        return ""
    return said.rpartition("error: ")[2].strip() if "error: " in said else said[-500:].strip()
