"""The environment of a fine-tuning job: its rows are the tasks, its grader is the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from envs.attacks import Attack
from envs.core import ConfigError, Split, Task
from envs.rft.attacks import job_attacks
from envs.rft.load import SAMPLE, JobData, load_job
from envs.sandboxes import SandboxOption
from envs.text_env import TextEnv, judge
from envs.verifiers.chat import ChatModel
from envs.verifiers.grading import GraderFault

__all__ = ["RftEnv"]

DISJOINT = ("prompt", "near_duplicate")
"""What the files of a job must not share unless it is said otherwise."""
_TRIED = 4
"""Rows that `prepare` grades an answer of, to find a grader that cannot work."""


class RftEnv(TextEnv):
    """Answer the prompts of a fine-tuning job. The page of this environment is `envs/rft/README.md`."""

    def __init__(
        self,
        *,
        job: str | None = None,
        files: Mapping[str, str] | str | None = None,
        split: Split = "train",
        disjoint: Sequence[str] = DISJOINT,
        answer: str | Sequence[str] | None = None,
        aliases: str | None = None,
        source: str | None = None,
        gold: str | None = None,
        floor: float = 0.0,
        pass_threshold: float | None = None,
        sandbox: SandboxOption = "auto",
        judge: str | ChatModel | None = None,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            job: File of a job's request body; None: a small sample.
            files: Where uploaded files are: id -> path, or a JSON file that says so. Any other name in the job is a
                path, seen from the job's folder.
            split: Where an episode's task is drawn from: train, or validation or heldout (both the validation file).
            disjoint: What the two files must not share: prompt, near_duplicate, answer, source.
            answer: Keys of the item that hold the answer; None: those that the grader's `reference` names.
            aliases: Key of the item with the answer's other names.
            source: Key of the item that names the document it comes from.
            gold: Template of an answer that deserves the full reward, such as `{{ item.answer }}`; None: what the
                grader's configuration makes evident, if anything.
            floor: What an answer without any skill may earn: for graders that give partial credit.
            pass_threshold: From which score a task counts as solved; None: what the grader says.
            sandbox: Where programs of graders run.
            judge: Who answers for model graders: the URL of an OpenAI-compatible server, or a `ChatModel`; None: the
                server that `OPENAI_BASE_URL` names.
            seed: Seed of the episodes.

        Raises:
            ConfigError: The job or a file is malformed, the files are not disjoint, or the grader cannot run here.
        """
        if isinstance(floor, bool) or not isinstance(floor, (int, float)) or not 0 <= floor <= 1:
            raise ConfigError(f"floor is a reward between 0 and 1, got {floor!r}")
        self._data: JobData = load_job(
            SAMPLE if job is None else job,
            files=files,
            disjoint=disjoint,
            answers=answer,
            aliases=aliases,
            source=source,
            gold=gold,
            pass_threshold=pass_threshold,
            sandbox=sandbox,
            judge=judge,
        )
        self.job = self._data.job
        self._floor = float(floor)
        super().__init__(self._data.tasks, self._data.verifier, split=split, seed=seed)

    @property
    def floor(self) -> float:
        """What was declared that an answer without any skill may earn."""
        return self._floor

    def prepare(self) -> None:
        """Grade an answer to a few rows, so that a grader that cannot work is told before anything heavy is loaded.

        Raises:
            ConfigError: It fails on all of them.
        """
        faults: list[GraderFault] = []
        tasks = self.tasks("train")[:_TRIED]
        for task in tasks:
            try:
                judge(self.verifier, task, task.gold or "{}")
            except GraderFault as fault:
                faults.append(fault)
        if len(faults) == len(tasks):
            details = f"\n{faults[0].details}" if faults[0].details else ""
            raise ConfigError(f"the grader fails on each row that was tried: {faults[0].flag}: {faults[0]}{details}")

    def contents(self, task: Task) -> Mapping[str, str]:
        """Return nothing: that the files share nothing is proved once, when they are read."""
        return {}

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return empty, echoing and constant answers, other rows' answers, and padding and forgeries for the grader."""
        return [*super().attacks(task), *job_attacks(self._data, task)]

    def _keep(self, tasks: Sequence[Task]) -> None:
        """Share the index of tasks between all environments of a job, which may hold 50,000 of them."""
        self._by_id = self._data.by_id
        self._by_split = self._data.by_split
