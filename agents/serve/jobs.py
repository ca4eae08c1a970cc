"""Fine-tuning jobs as clients see and steer them; what runs them is in `worker.py`.

    validating_files -> queued -> running -> succeeded | failed | cancelled
                          ^         |
                          +- paused <+        (pause: at the next checkpoint; resume: queued again)

`paused` is a status of its own: the services have the call, and their published types lack the status.
"""

from __future__ import annotations

import json
import random
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from agents.checkpoint import best_checkpoints, checkpoint_folder
from agents.job import is_hosted
from agents.models import NAMED_MODELS
from agents.serve.errors import ApiError
from agents.serve.settings import Settings
from agents.serve.store import (
    CANCELLED,
    PAUSED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    VALIDATING,
    EventRow,
    JobRow,
    Store,
)
from envs.rft.job import MAX_SEED, Job, JobError, parse_job

ORGANIZATION = "assay"
WAITING = (VALIDATING, QUEUED, RUNNING, PAUSED)
"""Statuses of a job that has not ended."""


class Jobs:
    """Creates and steers jobs.

    Args:
        settings: Of the server.
        store: Its database.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store

    def create(self, body: Any) -> dict[str, Any]:
        """Take a job and return it; its files are looked at later.

        Raises:
            ApiError: The request is wrong, or names a file or a model that is not there.
        """
        try:
            job = parse_job(body)
        except JobError as error:
            first = error.problems[0].pointer
            raise ApiError(400, str(error), param=_dotted(first), code="invalid_value") from error
        for param, file_id in (("training_file", job.training_file), ("validation_file", job.validation_file)):
            try:
                self.store.file(file_id)
            except ApiError:
                raise ApiError(
                    400, f"{param}: no uploaded file {file_id!r}", param=param, code="file_not_found"
                ) from None
        row = JobRow(
            id=f"ftjob-{secrets.token_hex(12)}",
            created_at=int(time.time()),
            body=json.dumps(body),
            status=VALIDATING,
            seed=random.SystemRandom().randrange(MAX_SEED) if job.seed is None else job.seed,
            model=self.base_model(job),
        )
        self.store.add(row)
        self.store.tell(row.id, f"Created fine-tuning job: {row.id}", key="created")
        self.store.tell(
            row.id, f"Validating training file: {job.training_file} and validation file: {job.validation_file}", key="v"
        )
        for integration in job.integrations:
            said = f"The integration {integration['type']!r} is accepted and not contacted: nothing leaves this machine"
            self.store.tell(row.id, said, level="warn")
        return self.shown(self.store.job(row.id))

    def base_model(self, job: Job) -> str:
        """Return the local model that a job trains.

        Raises:
            ApiError: There is no such model here.
        """
        if job.model.startswith("ft:") and not is_hosted(job.model):
            return str(self.tuned(job.model))
        name = self.known_base(job.model)
        if name is None:
            known = ", ".join(self.base_models())
            said = f"no model {job.model!r} here; known: {known}, hf:ID, fine-tuned models, and names of hosted ones"
            raise ApiError(400, said, param="model", code="model_not_found")
        return name

    def base_models(self) -> list[str]:
        """Return the names of the models that are here without any training."""
        return list(dict.fromkeys((self.settings.model, *NAMED_MODELS)))

    def known_base(self, name: str) -> str | None:
        """Return the local model that a name stands for; None: it stands for none. No path of a client is one."""
        if is_hosted(name):
            return self.settings.model
        return name if name in self.base_models() or name.startswith("hf:") else None

    def tuned(self, name: str) -> Path:
        """Return the folder of the weights of a fine-tuned model or of one of its checkpoints.

        Raises:
            ApiError: There is none of this name.
        """
        return self._made(name)[1]

    def delete_model(self, name: str) -> Path:
        """Delete a fine-tuned model, or the model of one of its job's checkpoints, and return where its weights were.

        Raises:
            ApiError: There is none of this name, it is a base model, or a job needs it.
            OSError: The weights cannot be removed.
        """
        if self.known_base(name) is not None:
            said = f"{name!r} is a base model: only what jobs have made can be deleted"
            raise ApiError(403, said, param="model", code="base_model")
        row, folder = self._made(name)
        weights = folder.resolve()
        users = [other.id for other in self.store.jobs(*WAITING) if Path(other.model).resolve() == weights]
        if row.status in WAITING:
            users.append(row.id)
        if users:
            said = f"the job {users[0]!r} has not ended and needs {name!r}: cancel it, or wait for its end"
            raise ApiError(400, said, param="model", code="model_in_use")
        if not self.store.delete_model(name):  # somebody else did a moment ago
            raise _no_model(name)
        if all(path.resolve() != weights for path in self._models_of(row).values()):  # the last step may be a best one
            shutil.rmtree(weights)
        return folder

    def _made(self, name: str) -> tuple[JobRow, Path]:
        for row in self.store.jobs():
            if name.startswith(model_name(row)) and (folder := self._models_of(row).get(name)) is not None:
                return row, folder
        raise _no_model(name)

    def _models_of(self, row: JobRow) -> dict[str, Path]:
        """Return the models that a job has made and that are still there, with the folders of their weights."""
        run = self.run_folder(row.id)
        made = {checkpoint_name(row, entry["step"]): checkpoint_folder(run, entry["step"]) for entry in self._kept(row)}
        if row.fine_tuned_model:
            made[row.fine_tuned_model] = run / "checkpoints" / "last"
        deleted = self.store.deleted_models()
        return {name: folder / "model" for name, folder in made.items() if name not in deleted}

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job that has not ended; one that runs ends at its next opportunity.

        Raises:
            ApiError: There is no such job, or it has ended.
        """
        now = int(time.time())
        moved = self.store.move(job_id, (VALIDATING, QUEUED, PAUSED), status=CANCELLED, finished_at=now)
        if moved:
            self.store.tell(job_id, "The job was cancelled", key="cancelled")
        elif not self.store.move(job_id, (RUNNING,), wanted="cancel"):
            raise self._refused(job_id, "cancelled")
        return self.shown(self.store.job(job_id))

    def pause(self, job_id: str) -> dict[str, Any]:
        """Pause a job: one that runs writes a checkpoint and ends its process.

        Raises:
            ApiError: There is no such job, or it has ended or is paused.
        """
        if self.store.job(job_id).wanted == "cancel":
            raise self._refused(job_id, "paused")
        if self.store.move(job_id, (VALIDATING, QUEUED), status=PAUSED):
            self.store.tell(job_id, "The job was paused before it began")
        elif not self.store.move(job_id, (RUNNING,), wanted="pause"):
            raise self._refused(job_id, "paused")
        return self.shown(self.store.job(job_id))

    def resume(self, job_id: str) -> dict[str, Any]:
        """Queue a paused job again; it goes on from its checkpoint.

        Raises:
            ApiError: There is no such job, or it is not paused.
        """
        row = self.store.job(job_id)
        pausing = row.status == RUNNING and row.wanted == "pause"
        # a job that is only about to pause is told nothing new: its process ends, and it is queued again
        if pausing and self.store.move(job_id, (RUNNING,), wanted=""):
            return self.shown(self.store.job(job_id))
        if not self.store.move(job_id, (PAUSED,), status=VALIDATING if not self._begun(job_id) else QUEUED):
            raise self._refused(job_id, "resumed")
        self.store.tell(job_id, "The job was resumed")
        return self.shown(self.store.job(job_id))

    def checkpoints(self, job_id: str) -> list[dict[str, Any]]:
        """Return the checkpoints that a job keeps, the latest first.

        Raises:
            ApiError: There is no such job.
        """
        row = self.store.job(job_id)
        kept = sorted(self._kept(row), key=lambda entry: -int(entry["step"]))
        return [
            {
                "id": f"ftckpt-{job_id.removeprefix('ftjob-')}-{entry['step']}",
                "object": "fine_tuning.job.checkpoint",
                "created_at": int(checkpoint_folder(self.run_folder(job_id), entry["step"]).stat().st_mtime),
                "fine_tuned_model_checkpoint": checkpoint_name(row, entry["step"]),
                "fine_tuning_job_id": job_id,
                "step_number": entry["step"],
                "metrics": {
                    "step": entry["step"],
                    "full_valid_mean_reward": entry["valid_reward_mean"],
                    "valid_reward_mean": entry["valid_reward_mean"],
                    "pass@1": entry["pass@1"],
                },
            }
            for entry in kept
        ]

    def shown(self, row: JobRow) -> dict[str, Any]:
        """Return a job as clients see it."""
        request = row.request
        return {
            "object": "fine_tuning.job",
            "id": row.id,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
            "status": row.status,
            "model": request["model"],
            "fine_tuned_model": row.fine_tuned_model,
            "organization_id": ORGANIZATION,
            "training_file": request["training_file"],
            "validation_file": request["validation_file"],
            "hyperparameters": {},
            "method": request["method"],
            "integrations": request.get("integrations") or [],
            "metadata": request.get("metadata"),
            "seed": row.seed,
            "suffix": request.get("suffix"),
            "result_files": [],
            "trained_tokens": row.trained_tokens,
            "estimated_finish": None,
            "error": json.loads(row.error) if row.error else None,
        }

    def folder(self, job_id: str) -> Path:
        """Return the folder of everything about a job."""
        return self.settings.folder / "jobs" / job_id

    def run_folder(self, job_id: str) -> Path:
        """Return the folder of a job's training run."""
        return self.folder(job_id) / "run"

    def _begun(self, job_id: str) -> bool:
        return (self.run_folder(job_id) / "config.yaml").is_file()

    def _kept(self, row: JobRow) -> list[dict[str, Any]]:
        deleted = self.store.deleted_models()
        kept = best_checkpoints(self.run_folder(row.id))
        return [entry for entry in kept if checkpoint_name(row, entry["step"]) not in deleted]

    def _refused(self, job_id: str, done: str) -> ApiError:
        row = self.store.job(job_id)
        state = row.status + (f", to {row.wanted}" if row.wanted else "")
        return ApiError(400, f"a job with the status {state!r} cannot be {done}", code="invalid_job_state")


def shown_event(row: EventRow) -> dict[str, Any]:
    """Return an event as clients see it."""
    return {
        "object": "fine_tuning.job.event",
        "id": row.id,
        "created_at": row.created_at,
        "level": row.level,
        "message": row.message,
        "type": row.type,
        "data": json.loads(row.data),
    }


def model_name(row: JobRow) -> str:
    """Return the name of the model that a job makes: `ft:<base>:<organisation>:<suffix>:<id>`."""
    request = row.request
    asked = str(request["model"])
    tuned = asked.startswith("ft:") and not is_hosted(asked)  # a job that goes on from another one's model
    base = asked.split(":")[1] if tuned else row.model.removeprefix("hf:").rpartition("/")[2]
    return f"ft:{base}:{ORGANIZATION}:{request.get('suffix') or ''}:{row.id.removeprefix('ftjob-')[:8]}"


def checkpoint_name(row: JobRow, step: int) -> str:
    """Return the name of the model at one of a job's checkpoints."""
    return f"{model_name(row)}:ckpt-step-{step}"


def fine_tuned(jobs: Jobs) -> dict[str, int]:
    """Return the names of all fine-tuned models and checkpoints, with the time that each was made."""
    names: dict[str, int] = {}
    deleted = jobs.store.deleted_models()
    for row in jobs.store.jobs():
        if row.status == SUCCEEDED and row.fine_tuned_model and row.fine_tuned_model not in deleted:
            names[row.fine_tuned_model] = row.finished_at or row.created_at
        names |= {entry["fine_tuned_model_checkpoint"]: entry["created_at"] for entry in jobs.checkpoints(row.id)}
    return names


def _no_model(name: str) -> ApiError:
    return ApiError(404, f"the model {name!r} does not exist", param="model", code="model_not_found")


def _dotted(pointer: str) -> str | None:
    return pointer.lstrip("/").replace("/", ".") or None
