"""The fine-tuning API as a process of its own, with the official client, for tests of whole jobs."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import openai
from rft_jobs import body, rows, write_rows

TOKEN = "a token of the tests"
OPTIONS = ["model=tiny", "poll_s=0.05", "train=[algo.max_new_tokens=32,checkpoint_every=2]", "sandbox=bubblewrap"]
ENDED = ("succeeded", "failed", "cancelled")


class Served:
    """A server of its own process, and the official client that speaks to it."""

    def __init__(self, folder, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.folder = folder
        self.log = folder / "server.log"
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agents.serve", f"port={port}", f"state={folder / 'state'}", *OPTIONS, *options],
                env={**os.environ, "ASSAY_API_KEY": TOKEN, "OMP_NUM_THREADS": "1"},
                stdout=said,
                stderr=said,
            )
        self.client = openai.OpenAI(api_key=TOKEN, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
        self.jobs = self.client.fine_tuning.jobs
        self.wait(self.answers)

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return bool(self.client.models.list().data)
        except openai.APIConnectionError:
            return False

    def wait(self, what, seconds=100):
        """Wait until something is so; return what it gave."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := what():
                return found
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s; the server said:\n{self.log.read_text()}")

    def has_status(self, job, *statuses):
        def found():
            now = self.jobs.retrieve(job.id)
            assert now.status in statuses or now.status not in ENDED, (now, self.log_of(job))
            return now if now.status in statuses else None

        return self.wait(found)

    def steps(self, job):
        """Return the steps that were told, in the order in which they were."""
        events = [event for event in self.jobs.list_events(job.id, limit=100) if event.type == "metrics"]
        return [event.data["step"] for event in reversed(events)]

    def messages(self, job):
        return [event.message for event in self.jobs.list_events(job.id, limit=100) if event.type == "message"]

    def log_of(self, job):
        log = self.folder / "state" / "jobs" / job.id / "train.log"
        return log.read_text() if log.exists() else ""

    def create(self, **hyperparameters):
        """Upload two files and create a job on them."""
        files = []
        for name, first, count in (("train.jsonl", 0, 16), ("validation.jsonl", 16, 8)):
            with write_rows(self.folder / name, rows(first, count)).open("rb") as file:
                files.append(self.client.files.create(file=file, purpose="fine-tune").id)
        settings = {"compute_multiplier": 0.5, "learning_rate_multiplier": 50, "eval_interval": 5, **hyperparameters}
        return self.jobs.create(**{**body(**settings), "training_file": files[0], "validation_file": files[1]})

    def stop(self):
        self.process.terminate()
        assert self.process.wait(30) == 0, self.log.read_text()


@contextmanager
def served(folder, *options):
    """Serve for as long as the block lasts."""
    server = Served(folder, *options)
    try:
        yield server
    finally:
        server.client.close()
        if server.process.poll() is None:
            server.stop()
