"""Evaluation: `python -m agents.eval env=code model=RUN_OR_ID` prints pass@1, pass@k and intervals, by level."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import hydra
from omegaconf import MISSING, OmegaConf
from rich.console import Console
from rich.table import Table

import envs
from agents.backends import check_sampler, load_sampler
from agents.checkpoint import write_atomic
from agents.compose import env_options, fail, register_configs
from agents.config import DEFAULTS, NO_FILES
from agents.core import ChatBackend, PolicyBackend, SamplerError, Sampling
from agents.memory import EVALUATION_HELPS, out_of_memory
from agents.metrics import EvalResult, finite
from agents.models import LoadedModel
from agents.rollout import Rollout, text_env
from agents.schedule import Stream, stream_seed
from envs.core import SPLITS, ConfigError, RewardAlarm, VerifierError
from envs.options import unknown_name
from envs.sandboxes import sandbox_choice
from sandbox.core import SandboxError

_EPISODES_AT_ONCE = 128


@dataclass
class EvaluateConfig:
    """An evaluation."""

    defaults: list[Any] = field(default_factory=lambda: list(DEFAULTS))
    hydra: Any = field(default_factory=lambda: dict(NO_FILES))
    """Hydra's own settings."""
    env: Any = MISSING
    """Environment and its options; `env=NAME` chooses."""
    model: str = "smollm2-135m"
    """A named model, `hf:ID`, a folder with weights, or the folder of a run; for an endpoint, as it calls the model."""
    backend: Any = "transformers"
    """What samples: `backend=transformers`, `vllm` or `openai`, and its options, such as `backend.url=...`."""
    device: str = "auto"
    """Where it samples: `auto` (a GPU where torch finds one), `cpu`, `cuda`, ..."""
    sandbox: Any = "auto"
    """What runs untrusted programs, and its options, such as `sandbox.runtime=runsc`."""
    split: str = "heldout"
    """Split that is evaluated."""
    samples: int = 8
    """Completions of each task; pass@k is estimated for k up to this number."""
    temperature: float = 1.0
    """Of sampling."""
    max_new_tokens: int = 64
    """Longest completion of one turn."""
    sampler_batch: int = 64
    """Completions sampled side by side."""
    error_budget: float = 1.0
    """Share of the last completions that may be without a reward for a fault of ours; beyond it the command stops."""
    judge_limit_s: float = 1200.0
    """Seconds after which a judgement is given up, without a reward and as a fault of ours."""
    seed: int = 0
    """Of hidden inputs and sampling."""
    plugins: list[str] = field(default_factory=list)
    """Modules or files that register environments and verifiers."""
    out: str | None = None
    """File that the results are written to, as JSON."""


def evaluate(rollout: Rollout, task_ids: Sequence[str], *, samples: int, sampling: Sampling, seed: int) -> EvalResult:
    """Play `samples` episodes of each task and count what is solved.

    Args:
        rollout: Plays the episodes.
        task_ids: The tasks.
        samples: Episodes of each.
        sampling: How completions are drawn; its seed is replaced.
        seed: Decides hidden inputs and draws, so that two policies meet the same ones.

    Raises:
        VerifierError: Judging is broken altogether.
    """
    groups = []
    at_once = max(1, _EPISODES_AT_ONCE // samples)
    for index in range(0, len(task_ids), at_once):
        part = stream_seed(seed, Stream.EVALUATION, index)
        groups += rollout.groups(
            task_ids[index : index + at_once],
            group_size=samples,
            sampling=Sampling(temperature=sampling.temperature, max_new_tokens=sampling.max_new_tokens, seed=part),
            episode_seed=part,
        )
    return EvalResult.of(groups, samples)


def results_table(result: EvalResult, title: str) -> Table:
    """Return pass rates by level, and over all tasks, as a table."""
    last = f"pass@{result.samples}"
    table = Table(title=title)
    for column in ("level", "tasks", "pass@1", "95 % interval", *([last] if result.samples > 1 else [])):
        table.add_column(column, justify="right")
    for level in (*sorted(set(result.levels.values())), None):
        numbers = result.summary(level)
        cells = [
            level or "all",
            str(numbers["tasks"]),
            f"{numbers['pass@1']:.3f}",
            f"{numbers['low']:.3f} - {numbers['high']:.3f}",
        ]
        table.add_row(*cells, *([f"{numbers[last]:.3f}"] if result.samples > 1 else []))
    if result.audit:
        table.caption = f"hacking gap {result.audit['hacking_gap']:.3f} of {result.audit['audited']} audited"
    return table


def measures_table(result: EvalResult) -> Table | None:
    """Return what the environment measures besides passing, with intervals of shares; None if it measures nothing."""
    by_tag = {name: value for name, value in result.summary().items() if name.startswith("pass@1 by ")}
    if not result.measures and not by_tag:
        return None
    table = Table(title="measures that pay nothing")
    for column in ("measure", "mean", "95 % interval"):
        table.add_column(column, justify="right")
    for name in result.measures:
        low, high = result.share_interval(name) if name in result.shares else (0.0, 1.0)
        interval = f"{low:.3f} - {high:.3f}" if name in result.shares else ""
        table.add_row(name, f"{result.measure(name):.3f}", interval)
    for name, value in by_tag.items():
        table.add_row(name, f"{value:.3f}", "")
    return table


def check(config: EvaluateConfig) -> None:
    """Refuse what cannot be, before anything heavy is loaded.

    Raises:
        ConfigError: A field has a value that does not exist or makes no sense.
    """
    if config.split not in SPLITS:
        raise ConfigError(unknown_name("split", config.split, SPLITS))
    sandbox_choice(config.sandbox)
    for name in ("samples", "temperature", "max_new_tokens", "sampler_batch", "judge_limit_s"):
        if not getattr(config, name) > 0:
            raise ConfigError(f"{name} must be positive, got {getattr(config, name)!r}")
    if config.judge_limit_s > threading.TIMEOUT_MAX:
        raise ConfigError(f"judge_limit_s is a number of seconds that can be waited for, got {config.judge_limit_s!r}")
    if not config.seed >= 0:
        raise ConfigError(f"seed must be at least 0, got {config.seed!r}")
    if not 0 <= config.error_budget <= 1:
        raise ConfigError(f"error_budget is a share, from 0 to 1, got {config.error_budget!r}")
    if config.out:
        check_out(config.out)
    check_sampler(config.backend, config.model, config.device, training=False)


def check_out(out: str) -> None:
    """Refuse a file that cannot be written, before what is to be in it is found out; its folder need not exist.

    Raises:
        ConfigError: It is a folder, or none can be made for it.
    """
    path = Path(out)
    if not path.name or path.is_dir():
        raise ConfigError(f"out={out} is a folder: name a file in it")
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise ConfigError(f"out={out} cannot be written: {str(above)!r} is no folder that takes files")


def write_out(out: str, report: Mapping[str, Any]) -> None:
    """Write results as JSON, into a folder that is made where there is none.

    Raises:
        OSError: The folder cannot be made or written.
    """
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    write_atomic(Path(out), json.dumps(report, indent=2) + "\n")


def play(
    config: EvaluateConfig,
    make_env: Callable[[], gymnasium.Env[Any, Any]],
    policy: PolicyBackend | ChatBackend,
    model: LoadedModel | None,
    task_ids: Sequence[str],
) -> EvalResult:
    """Evaluate as configured, in environments that `make_env` makes.

    Args:
        config: How completions are drawn and judged.
        make_env: Makes one environment; all are closed in the end.
        policy: Samples completions, or answers with text.
        model: Encodes and decodes; None for a chat.
        task_ids: The tasks.

    Raises:
        VerifierError: More completions than the budget allows have no reward.
    """
    budget, limit_s = config.error_budget, config.judge_limit_s
    sampling = Sampling(temperature=config.temperature, max_new_tokens=config.max_new_tokens)
    with closing(Rollout(make_env, policy, model, error_budget=budget, judge_limit_s=limit_s)) as rollout:
        return evaluate(rollout, task_ids, samples=config.samples, sampling=sampling, seed=config.seed)


def plain_console() -> Console:
    """Return what prints text as it is: names of models and folders may look like markup."""
    return Console(markup=False, emoji=False)


def tell_unscored(results: Iterable[EvalResult]) -> None:
    """Say how many completions have no reward, if there are any."""
    if count := sum(result.unscored for result in results):
        print(f"{count} completions could not be judged and are left out", file=sys.stderr)


def run(config: EvaluateConfig) -> EvalResult:
    """Evaluate a model as configured, print the table and write the results.

    Raises:
        ConfigError: The configuration cannot be.
    """
    check(config)
    name, options = env_options(config.env, config.sandbox)
    env = text_env(envs.make(name, **options))
    env.prepare()
    task_ids = [task.task_id for task in env.tasks(config.split)]
    if not task_ids:
        raise ConfigError(f"the split {config.split!r} of {name!r} holds no task")
    policy, model = load_sampler(config.backend, config.model, device=config.device, max_batch=config.sampler_batch)
    result = play(config, lambda: envs.make(name, **options), policy, model, task_ids)
    console = plain_console()
    console.print(results_table(result, f"{config.model} on {name}, {config.split}"))
    if measures := measures_table(result):
        console.print(measures)
    tell_unscored([result])
    if config.out:
        settings = OmegaConf.to_container(OmegaConf.structured(config)) if not OmegaConf.is_config(config) else None
        numbers = finite({**result.summary(), **asdict(result)})
        report = {"config": settings or OmegaConf.to_container(config), "rates": result.rates, **numbers}
        write_out(config.out, report)
    return result


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End the process with one line, and an exit code that is not 0, where something stops an evaluation."""
    try:
        yield
    except (ConfigError, VerifierError, RewardAlarm, SandboxError, SamplerError, OSError) as error:
        fail(error)
    except (RuntimeError, MemoryError) as error:
        if reason := out_of_memory(error, EVALUATION_HELPS):
            fail(MemoryError(reason))
        raise
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        raise SystemExit(130) from None


@hydra.main(version_base="1.3", config_path=None, config_name="eval")
def _main(config: Any) -> None:
    with told_in_one_line():
        run(config)


def main() -> None:
    """Entry point of `python -m agents.eval`."""
    try:
        register_configs(sys.argv[1:], "eval", EvaluateConfig)
    except ConfigError as error:
        fail(error)
    _main()


if __name__ == "__main__":
    main()
