"""A run's numbers under the names of the fine-tuning API: events of the type `metrics`, one a step.

A step that is evaluated is told with its evaluation. `scores`, `usage`, `errors` and `timing` are grouped as the
services group them, whole names beside them; everything that a run knows besides is under `assay`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from agents.metrics import EvalResult, evaluation_files, finite, read_evaluation, read_whole_lines

ERRORS = (
    "sample_parse_error",
    "invalid_variable_error",
    "other_error",
    "python_grader_server_error",
    "python_grader_runtime_error",
    "model_grader_server_error",
)
"""Of a grader, as the services count them: shares and numbers of samples."""

_WIDTH = 2
"""Decimals of the message's numbers."""

Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent:
    """What is told of one step."""

    step: int
    message: str
    data: dict[str, Any]


def state_of(run: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes whenever there may be something new to tell of a run."""
    paths = [run / "metrics.jsonl", run / "timing.jsonl", *evaluation_files(run).values()]
    stats = [(path, path.stat()) for path in paths if path.is_file()]
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def step_events(run: Path, request: Numbers) -> Iterator[StepEvent]:
    """Return what there is to tell of a run's steps, in their order.

    Args:
        run: The run's folder; there may be nothing in it yet.
        request: The job's body.
    """
    if not (run / "metrics.jsonl").is_file():
        return
    config: Any = OmegaConf.load(run / "config.yaml")
    timing = _timing_by_step(read_whole_lines(run / "timing.jsonl"))
    for line in read_whole_lines(run / "metrics.jsonl"):
        step = int(line["step"])
        result = _evaluation(run, step)
        if result is None and _is_evaluated(config, step):
            return  # its evaluation is still to come
        data = step_data(line, result, timing.get(step, {}), request, total_steps=int(config.algo.steps))
        yield StepEvent(step=step, message=_message(data), data=data)


def step_data(
    line: Numbers, result: EvalResult | None, timing: Numbers, request: Numbers, *, total_steps: int
) -> dict[str, Any]:
    """Return the numbers of one step.

    Args:
        line: Its line in `metrics.jsonl`.
        result: Its evaluation, if there was one.
        timing: What is known of its times.
        request: The job's body.
        total_steps: Steps of the whole run.
    """
    train: Numbers = line
    valid: Numbers = result.totals if result is not None else {}
    grader = request["method"]["reinforcement"]["grader"]
    names = [{"name": grader.get("name") or grader["type"], "type": grader["type"]}]
    parse_errors = _share(valid, "sample_parse_error")
    return {
        "step": line["step"],
        "total_steps": total_steps,
        "train_mean_reward": train.get("mean_reward"),
        "full_valid_mean_reward": valid.get("mean_reward"),
        "full_valid_mean_parse_error": parse_errors,
        "mean_unresponsive_rewards": _share(train, "unresponsive_reward_error"),
        "reasoning_tokens_mean": 0.0,
        "completion_tokens_mean": _mean(train, "completion_tokens"),
        "valid_reasoning_tokens_mean": 0.0 if valid else None,
        "valid_completion_tokens_mean": _mean(valid, "completion_tokens"),
        "model_graders_token_usage": _judge_tokens(timing),
        "scores": {
            "train_reward_mean": train.get("mean_reward"),
            "valid_reward_mean": valid.get("mean_reward"),
            "graders": _scores(grader, train, valid),
        },
        "usage": {
            "graders": [{**name, **_grader_usage(timing, train, valid)} for name in names],
            "samples": {**_reasoning("train", train), **_reasoning("valid", valid)},
        },
        "errors": {"graders": [{**name, **_errors("train", train), **_errors("valid", valid)} for name in names]},
        "timing": {"step": _step_times(timing), "graders": [{**name, **_latencies(timing)} for name in names]},
        "assay": {
            "train": {key: value for key, value in line.items() if key != "step"},
            "valid": None if result is None else finite({**result.summary(), **result.totals}),
            "timing": dict(timing),
        },
    }


def _message(data: Numbers) -> str:
    words = f"Step {data['step']}/{data['total_steps']} , train mean reward={_shown(data['train_mean_reward'])}"
    if data["full_valid_mean_reward"] is None:
        return words
    parse = _shown(data["full_valid_mean_parse_error"])
    return (
        f"{words}, full validation mean reward={_shown(data['full_valid_mean_reward'])}, "
        f"full validation mean parse error={parse}"
    )


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.{_WIDTH}f}"


def _scores(grader: Numbers, train: Numbers, valid: Numbers) -> list[dict[str, Any]]:
    """Return the mean score of the grader, and of each grader within it, as shares of what they can give."""
    found = [
        {
            "name": grader.get("name") or grader["type"],
            "type": grader["type"],
            "train_reward_mean": train.get("mean_reward"),
            "valid_reward_mean": valid.get("mean_reward"),
        }
    ]
    for key, inner in (grader.get("graders") or {}).items() if isinstance(grader.get("graders"), Mapping) else ():
        means = {
            f"{part}_reward_mean": numbers.get(f"grader/{key}")
            for part, numbers in (("train", train), ("valid", valid))
        }
        found.append({"name": key, "type": inner.get("type"), **means})
    return found


def _errors(part: str, numbers: Numbers) -> dict[str, Any]:
    return {
        f"{part}_{name}_{kind}": value
        for name in ERRORS
        for kind, value in (("mean", _share(numbers, name)), ("count", _count(numbers, name)))
    }


def _count(numbers: Numbers, name: str) -> int | None:
    """Return how many samples had an error: the sample's own doing, or a fault of the grader."""
    if not numbers:
        return None
    return int(numbers.get(f"flag/{name}") or 0) + int(numbers.get(f"fault/{name}") or 0)


def _share(numbers: Numbers, name: str) -> float | None:
    count = _count(numbers, name)
    return None if count is None or not numbers.get("completions") else count / numbers["completions"]


def _mean(numbers: Numbers, name: str) -> float | None:
    return numbers[name] / numbers["completions"] if numbers.get("completions") else None


def _judge_tokens(timing: Numbers) -> dict[str, dict[str, int]]:
    """Return the tokens that model graders took in a step and its evaluation, by the name of their model."""
    found: dict[str, dict[str, int]] = {}
    for key, count in timing.items():
        if key.startswith(("judge_tokens/", "valid_judge_tokens/")):
            _, kind, model = key.split("/", 2)
            known = found.setdefault(model, {})
            known[kind] = known.get(kind, 0) + int(count)
    return found


def _grader_usage(timing: Numbers, train: Numbers, valid: Numbers) -> dict[str, Any]:
    """Return the tokens that judging took, in all and for each sample: 0 where no grader asks a model."""
    found: dict[str, Any] = {}
    for part, prefix, numbers in (("train", "judge_tokens", train), ("valid", "valid_judge_tokens", valid)):
        for kind in ("prompt_tokens", "completion_tokens"):
            count = sum(int(value) for key, value in timing.items() if key.startswith(f"{prefix}/{kind}/"))
            samples = numbers.get("completions")
            found[f"{part}_{kind}_mean"] = count / samples if samples else None
            found[f"{part}_{kind}_count"] = count if samples else None
    return found


def _reasoning(part: str, numbers: Numbers) -> dict[str, Any]:
    """Return the tokens of hidden reasoning: local models have none, what they think is in the completion."""
    known = bool(numbers)
    return {
        f"{part}_reasoning_tokens_mean": 0.0 if known else None,
        f"{part}_reasoning_tokens_count": 0 if known else None,
        f"{part}_completion_tokens_mean": _mean(numbers, "completion_tokens"),
        f"{part}_completion_tokens_count": numbers.get("completion_tokens"),
        f"{part}_prompt_tokens_mean": _mean(numbers, "prompt_tokens"),
        f"{part}_prompt_tokens_count": numbers.get("prompt_tokens"),
    }


def _step_times(timing: Numbers) -> dict[str, Any]:
    sampling, training, evaluation = (timing.get(key) for key in ("sample_s", "learn_s", "evaluation_time"))
    parts = [value for value in (sampling, training, evaluation) if value is not None]
    return {
        "sampling": sampling,
        "training": training,
        "eval": evaluation,
        "full_iteration": sum(parts) if parts else None,
    }


def _latencies(timing: Numbers) -> dict[str, Any]:
    found = {}
    for part, prefix in (("train", "judge/"), ("valid", "valid_judge/")):
        times = [value for key, value in timing.items() if key.startswith(prefix)]
        found[f"{part}_execution_latency_mean"] = times[0] if times else None
    return found


def _timing_by_step(lines: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return what is known of each step's times; a later line of the same step adds to the first."""
    times: dict[int, dict[str, Any]] = {}
    for line in lines:
        known = times.setdefault(int(line["step"]), {})
        known |= {key: value for key, value in line.items() if key != "step" and key not in known}
    return times


def _evaluation(run: Path, step: int) -> EvalResult | None:
    path = run / f"eval_{step:06d}.json"
    return read_evaluation(path) if path.is_file() else None


def _is_evaluated(config: Any, step: int) -> bool:
    """Tell whether a step of a run is followed by an evaluation."""
    from agents.train import samples_at

    return samples_at(config, step) > 0
