"""A model in every reading of the same cases: `python -m agents.readings env=genes env.cases=PATH model=RUN_OR_ID`.

Takes the options of `agents.eval`. The model answers the same tasks with the full case, with the present features only,
with the absent ones only, and with the absent ones of another patient. The leak index is what it finds by the absent
features alone less what it finds by another's: of lists that were made before the diagnosis it would be 0. The
counterfactual test turns an absent feature that speaks for another gene into a present one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import hydra
import numpy as np
from rich.table import Table

import envs
from agents.backends import load_sampler
from agents.compose import env_options, fail, register_configs
from agents.core import ChatBackend, PolicyBackend, Sampling
from agents.eval import EvaluateConfig, check, plain_console, play, tell_unscored, told_in_one_line, write_out
from agents.metrics import EvalResult, finite
from agents.models import LoadedModel
from agents.rollout import text_env
from agents.speakers import Dialogue, make_speaker
from envs.core import ConfigError, Task, VerifierError
from envs.genes.env import GenesEnv
from envs.genes.leak import Overtaking, counterfactual
from envs.genes.readings import READINGS
from envs.statistics import paired_difference
from envs.text_env import TextEnv


def run(config: EvaluateConfig) -> dict[str, EvalResult]:
    """Evaluate a model in every reading, print the table and the leak index, and write the results.

    Raises:
        ConfigError: The configuration cannot be, or the environment has no readings or no case with absent features.
    """
    check(config)
    name, options = env_options(config.env, config.sandbox)
    if "reading" not in options:
        raise ConfigError(f"the environment {name!r} has no readings; env=genes has")
    variants = {reading: {**options, "reading": reading} for reading in READINGS}
    tasks = {
        reading: [task.task_id for task in text_env(envs.make(name, **variant)).tasks(config.split)]
        for reading, variant in variants.items()
    }
    common = [task_id for task_id in tasks["full"] if all(task_id in set(ids) for ids in tasks.values())]
    if not common:
        raise ConfigError(f"no case in the split {config.split!r} of {name!r} has present and absent features")
    policy, model = load_sampler(config.backend, config.model, device=config.device, max_batch=config.sampler_batch)
    results: dict[str, EvalResult] = {
        reading: play(config, partial(envs.make, name, **variant), policy, model, common)
        for reading, variant in variants.items()
    }
    env = text_env(envs.make(name, **variants["full"]))
    sampling = Sampling(temperature=config.temperature, max_new_tokens=config.max_new_tokens, seed=config.seed)
    moved = counterfactual_test(env, common, policy, model, sampling)
    leak = leak_index(results)
    console = plain_console()
    console.print(readings_table(results, f"{config.model} on {name}, {config.split}: {len(common)} cases"))
    said = f"{leak[0]:+.3f} ({leak[1]:+.3f} to {leak[2]:+.3f})" if leak else "unknown: no case was judged in both"
    console.print(f"leak index: {said}", highlight=False)
    console.print(f"counterfactual: {moved.overtook} of {moved.asked} genes overtake the right one", highlight=False)
    tell_unscored(results.values())
    if config.out:
        report: dict[str, Any] = {reading: finite(asdict(result)) for reading, result in results.items()}
        write_out(config.out, {"leak_index": leak, "counterfactual": asdict(moved), **report})
    return results


def counterfactual_test(
    env: TextEnv,
    task_ids: Sequence[str],
    policy: PolicyBackend | ChatBackend,
    model: LoadedModel | None,
    sampling: Sampling,
) -> Overtaking:
    """Return what becomes of a model's answers when an absent feature that speaks for another gene turns present.

    Raises:
        VerifierError: An endpoint did not answer.
    """
    assert isinstance(env, GenesEnv)  # the only environment with readings
    speaker = make_speaker(policy, model)
    begun = [env.begin(env.task(task_id), np.random.default_rng(sampling.seed)) for task_id in task_ids]

    def ask(tasks: Sequence[Task]) -> list[str]:
        dialogues = [Dialogue() for _ in tasks]
        for dialogue, task in zip(dialogues, tasks, strict=True):
            speaker.hear(dialogue, tuple(task.prompt))
        answers = [""] * len(tasks)
        for row, turn in speaker.turns(dialogues, sampling):
            if isinstance(turn, VerifierError):
                raise turn
            answers[row] = turn.text
        return answers

    return counterfactual(env, begun, ask)


def leak_index(results: Mapping[str, EvalResult]) -> tuple[float, float, float] | None:
    """Return pass@1 by absent features alone less that by another patient's: the mean and its 95 % interval.

    Returns:
        Mean, low and high; None where no case was judged in both readings.
    """
    shuffled, absent = results["shuffled"].rates, results["absent"].rates
    return paired_difference(shuffled, absent) if shuffled.keys() & absent.keys() else None


def readings_table(results: Mapping[str, EvalResult], title: str) -> Table:
    """Return pass@1 with its interval and the measures that are shares, a row a reading."""
    table = Table(title=title)
    shares = [name for name in results["full"].shares if name != "top@1"]
    for column in ("reading", "pass@1", "95 % interval", *shares):
        table.add_column(column, justify="right")
    for reading, result in results.items():
        numbers = result.summary()
        cells = [f"{result.measure(name):.3f}" if name in result.measures else "-" for name in shares]
        table.add_row(reading, f"{numbers['pass@1']:.3f}", f"{numbers['low']:.3f} - {numbers['high']:.3f}", *cells)
    return table


@hydra.main(version_base="1.3", config_path=None, config_name="readings")
def _main(config: Any) -> None:
    with told_in_one_line():
        run(config)


def main() -> None:
    """Entry point of `python -m agents.readings`."""
    try:
        register_configs(sys.argv[1:], "readings", EvaluateConfig)
    except ConfigError as error:
        fail(error)
    _main()


if __name__ == "__main__":
    main()
