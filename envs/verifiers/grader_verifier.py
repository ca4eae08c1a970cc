"""A grader as the verifier of an environment: a completion becomes a sample, and a grade becomes a reward."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from typing import Any

from envs.core import ConfigError, RewardBreakdown, RewardTerm, Task, VerifierError
from envs.verifiers.grading import FLAGS, Grade, Grader, Sample, TokenUsage
from envs.verifiers.response_format import parse_response_format
from envs.verifiers.strict_json import strict_json
from envs.verifiers.tool_calls import tool_calls


class GraderVerifier:
    """Judges completions of tasks whose `reference` is the item of a data set. Safe to use from several threads.

    Args:
        grader: Who scores.
        response_format: What a completion must be, as in a job (`{"type": "json_schema", ...}`). Only with one of JSON
            is `sample.output_json` filled. A completion that is not so scores the least the grader gives.
        pass_threshold: From which score a task counts as solved; None: what the grader's configuration says, else the
            most that it gives.

    Raises:
        ConfigError: The response format is malformed, or the grader reads `sample.output_json` and there is none.
    """

    def __init__(
        self,
        grader: Grader,
        response_format: Mapping[str, Any] | None = None,
        pass_threshold: float | None = None,
    ) -> None:
        self.grader = grader
        self._format = parse_response_format(response_format)
        own = getattr(grader, "pass_threshold", None)
        self._threshold = pass_threshold if pass_threshold is not None else own if own is not None else grader.high
        if self._format is None and (reads := _reads_json(grader)):
            raise ConfigError(
                f"the grader {grader.name!r} reads {reads}, which is there only with a response_format: "
                'give {"type": "json_schema", "json_schema": {"name": ..., "schema": ...}}'
            )
        self._lock = threading.Lock()
        self._latencies: dict[str, list[float]] = {}
        self._usage: dict[str, TokenUsage] = {}

    def __call__(self, task: Task, completion: str) -> RewardBreakdown:
        """Judge one completion.

        Raises:
            VerifierError: The grader failed, or the task's reference is no item; there is no reward.
        """
        if not isinstance(task.reference, Mapping):
            kind = type(task.reference).__name__
            raise VerifierError(f"the reference of {task.task_id!r} must be an item (a mapping), got {kind}")
        sample, problem = self.sample(completion)
        if problem:
            flags = frozenset({"sample_parse_error"})
            return self.breakdown(Grade(score=self.grader.low, flags=flags, feedback=problem))
        began = time.perf_counter()
        try:
            grade = self.grader.grade(sample, task.reference)
        finally:
            self._note(time.perf_counter() - began)
        self._note_usage(grade.token_usage)
        return self.breakdown(grade)

    def sample(self, completion: str) -> tuple[Sample, str]:
        """Return a completion as graders see it, and what is wrong with its form; empty: nothing."""
        tools = tool_calls(completion)
        if self._format is None:
            return Sample(output_text=completion, output_tools=tools), ""
        try:
            value = strict_json(completion)
        except ValueError as error:
            return Sample(output_text=completion), f"The answer is not JSON: {error}."
        return Sample(output_text=completion, output_json=value, has_json=True), self._format.problem(value)

    def breakdown(self, grade: Grade) -> RewardBreakdown:
        """Return a grade as a reward whose total is the score."""
        terms = reward_terms(grade.score, self.grader.low, self.grader.high)
        ranges: Mapping[str, tuple[float, float]] = getattr(self.grader, "sub_ranges", {})
        for key, score in grade.sub_scores.items():
            terms[f"grader/{key}"] = RewardTerm(score=_share(score, *ranges.get(key, (0.0, 1.0))), weight=0.0)
        flags = {flag: flag in grade.flags for flag in FLAGS if flag in SAMPLE_FLAGS or flag in grade.flags}
        return RewardBreakdown(
            terms=terms,
            feedback=grade.feedback,
            passed=grade.score >= self._threshold and not grade.flags,
            measures={**grade.measures, **{f"flag/{flag}": float(is_set) for flag, is_set in flags.items()}},
        )

    def timings(self) -> dict[str, float]:
        """Return the mean time in seconds that each grader took since the last call of this method, by its name."""
        with self._lock:
            taken, self._latencies = self._latencies, {}
        return {name: math.fsum(times) / len(times) for name, times in taken.items()}

    def token_usage(self) -> dict[str, TokenUsage]:
        """Return the tokens that model graders took since the last call of this method, by the name of their model."""
        with self._lock:
            taken, self._usage = self._usage, {}
        return taken

    def _note_usage(self, usage: Mapping[str, TokenUsage]) -> None:
        with self._lock:
            for model, tokens in usage.items():
                self._usage[model] = self._usage.get(model, TokenUsage()) + tokens

    def _note(self, time_s: float) -> None:
        with self._lock:
            self._latencies.setdefault(self.grader.name, []).append(time_s)


SAMPLE_FLAGS = ("sample_parse_error", "invalid_variable_error")
"""What can be wrong with a sample, so that it is worth a curve even while it never happens."""


def reward_terms(score: float, low: float, high: float) -> dict[str, RewardTerm]:
    """Return the terms, each within [0, 1], whose weighted sum is `score`.

    Args:
        score: Any finite number.
        low: The least that the grader gives; where it or `high` is infinite, the score sets the scale itself.
        high: The most that it gives.
    """
    if not math.isfinite(high - low):
        low, high = min(score, 0.0), max(score, 1.0)
    terms = {"score": RewardTerm(score=_share(score, low, high), weight=high - low)}
    offset = score - terms["score"].score * terms["score"].weight
    if offset:
        terms["offset"] = RewardTerm(score=1.0, weight=offset)
    return terms


def _share(score: float, low: float, high: float) -> float:
    """Return where a score lies between the least and the most, within [0, 1]."""
    if not math.isfinite(high - low) or low == high:
        return min(max(score, 0.0), 1.0)
    return min(max((score - low) / (high - low), 0.0), 1.0)


def _reads_json(grader: Grader) -> str:
    """Return the first variable of a grader that lies in `sample.output_json`; empty: none."""
    variables = (variable for template in getattr(grader, "templates", ()) for variable in template.variables)
    texts = (one.text for one in variables if one.namespace == "sample" and one.path[0] == "output_json")
    return next(texts, "")
