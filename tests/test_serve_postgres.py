"""The fine-tuning API with its state in PostgreSQL: a real server of it, started for these tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from served import served

from agents.serve.process import is_running
from agents.serve.store import Store

USER = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""


def program(name):
    """Return the path of one of PostgreSQL's programs, which Debian keeps off the PATH."""
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), shutil.which(name)]
    return next((str(path) for path in found if path), None)


@pytest.fixture(scope="module")
def url():
    if program("initdb") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="assay-postgres-"))
    if USER:
        os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
    data = folder / "data"
    making = [program("initdb"), "-D", data, "-U", "assay", "-A", "trust", "--no-sync"]
    subprocess.run(making, user=USER, cwd=folder, check=True, capture_output=True)
    serving = [program("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(serving, user=USER, cwd=folder, stdout=log, stderr=log)
    try:
        asking = [program("pg_isready"), "-h", folder, "-U", "assay"]
        until = time.monotonic() + 60
        while subprocess.run(asking, capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"postgresql+psycopg://assay@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # at once, whoever is connected
        server.wait(60)
        shutil.rmtree(folder)


def test_a_killed_server_goes_on_with_its_job_from_what_postgresql_holds(url, tmp_path):
    with served(tmp_path, f"database={url}") as first:
        job = first.create(n_epochs=5)
        first.wait(lambda: len(first.steps(job)) >= 3)
        store = Store(url)
        training = store.job(job.id).process
        store.close()
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        assert is_running(training)
    assert not (tmp_path / "state" / "serve.sqlite").exists()
    with served(tmp_path, f"database={url}") as second:
        assert second.has_status(job, "succeeded").fine_tuned_model.startswith("ft:tiny:")
        assert second.steps(job) == list(range(1, 21))
        assert "Training goes on" in second.messages(job)
        assert [one.id for one in second.jobs.list()] == [job.id]
        kept = list(second.jobs.checkpoints.list(job.id))
        assert len(kept) == 3
