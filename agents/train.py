"""Training: `python -m agents.train env=code` samples, judges, learns and evaluates; read from top to bottom."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import gymnasium
import hydra

import envs
from agents.batch import make_batches
from agents.checks import check
from agents.compose import env_options, fail, register_configs, with_algorithm, with_training_options
from agents.config import TrainConfig
from agents.core import SamplerError, Sampling
from agents.distributed import ALONE, Ranks, join
from agents.dry_run import dry_run
from agents.eval import evaluate
from agents.interrupt import Interrupts
from agents.job import with_job
from agents.memory import TRAINING_HELPS, out_of_memory
from agents.metrics import EvalResult, step_numbers
from agents.models import check_model, find_device
from agents.parts import batch_plan, load_policy, make_feed, make_learner, make_policy, make_rollout
from agents.progress import Progress
from agents.report import finish
from agents.rollout import Rollout, text_env
from agents.run import Run, command_line, open_run
from agents.schedule import Stream, stream_seed
from envs.core import ConfigError, RewardAlarm, VerifierError
from sandbox.core import SandboxError


def train(config: TrainConfig, run: Run, ranks: Ranks = ALONE) -> dict[str, Any]:
    """Train a policy and return the summary that `summary.json` holds.

    Args:
        config: What to do; of a resumed run, its own configuration.
        run: The folder of the run, and the checkpoint to go on from if there is one.
        ranks: The processes of the run; all of them do this at the same time.

    Raises:
        ConfigError: Something asked for does not exist; raised before any weights are loaded.
        KeyboardInterrupt: The user stopped it; the last finished step has a checkpoint, unless a second Ctrl-C cut a
            step in two: then the checkpoint before it stays the last.
    """
    algo = config.algo
    with ranks.in_turn():
        make_env, train_ids, eval_ids = prepare(run.based(config))
        run.begin(config)
        based = run.based(config)
        model = load_policy(based, run.model_source(based.model))
    policy = make_policy(based, model, ranks)
    learner = make_learner(based, model, ranks)
    rollout = make_rollout(config, make_env, policy, model, ranks)
    feed = make_feed(config, rollout, train_ids)
    run.restore(learner, feed)
    policy.load_weights({}, learner.policy_version)

    with Progress(algo.steps, run) as progress, run.metrics(config), Interrupts(ranks.alone) as interrupts:

        def evaluate_at(step: int) -> None:
            if samples_at(config, step) and not run.has_evaluation(step):
                progress.phase("evaluate")
                progress.evaluated(step, _evaluation(config, run, rollout, eval_ids, step))
            run.keep_best(step, model, learner, feed, config.keep_best)

        try:
            evaluate_at(run.last_step)
            for step in range(run.first_step, algo.steps + 1):
                progress.phase("sample")
                sampled = feed.take(step)
                progress.phase("learn")
                version = learner.policy_version
                batches = make_batches(sampled.learned, batch_plan(algo, ranks), learner.reward_divergences)
                updates = learner.prepare(batches)
                if algo.steps_ahead and step < algo.steps:
                    feed.begin(step + 1)  # not before: what the learner prepares may switch an adapter off
                learned = learner.accumulate(updates[0])
                feed.settle()
                with interrupts.held():
                    learned = learner.finish(updates, learned)
                    policy.load_weights({}, learner.policy_version)
                    feed.commit()
                    timing = progress.timing(sampled.groups, sampled.seconds)
                    timing |= rollout.judge_costs() | rollout.sampler_readings()
                    numbers = {**step_numbers(sampled, version), **learned}
                    run.write_step(step, numbers, timing)
                    run.write_transcripts(step, sampled.groups, config.transcripts)
                progress.stepped(step, sampled.groups, numbers, timing)
                if step % config.checkpoint_every == 0 or step == algo.steps:
                    progress.phase("save")
                    run.save(step, model, learner, feed)
                evaluate_at(step)
            timing = progress.timing([], None)
            if "evaluate_s" in timing:
                run.write_timing(algo.steps, timing)
        except KeyboardInterrupt:
            if run.last_step and not interrupts.torn:
                run.save(run.last_step, model, learner, feed)
            raise
        finally:
            feed.close()
            rollout.close()
    return finish(run, config) if ranks.first else {}


def prepare(config: TrainConfig) -> tuple[Callable[[], gymnasium.Env[Any, Any]], list[str], list[str]]:
    """Check that there is something to learn from, and return what makes it.

    Returns:
        The function that makes an environment, the tasks to train on, and those to evaluate on.

    Raises:
        ConfigError: The environment, its sandbox, a split's tasks or the model is not there.
    """
    name, options = env_options(config.env, config.sandbox)
    env = text_env(envs.make(name, **options))
    env.prepare()
    train_ids, eval_ids = ([task.task_id for task in env.tasks(split)] for split in ("train", config.eval.split))
    for split, ids in (("train", train_ids), (config.eval.split, eval_ids)):
        if not ids:
            raise ConfigError(f"the split {split!r} of {name!r} holds no task")
    check_model(config.model)
    if config.algo.reference is not None:
        check_model(config.algo.reference)
    find_device(config.device)
    return lambda: envs.make(name, **options), train_ids, eval_ids


def _evaluation(config: TrainConfig, run: Run, rollout: Rollout, task_ids: list[str], step: int) -> EvalResult:
    """Evaluate after a step, and write down what came of it and what judging took."""
    began, samples = time.monotonic(), samples_at(config, step)
    result = evaluate(rollout, task_ids, samples=samples, sampling=sampling_at(config), seed=config.seed)
    run.write_evaluation(step, result)
    if judging := rollout.judge_costs():
        costs = {f"valid_{name}": value for name, value in judging.items()}
        run.write_timing(step, {"evaluation_time": time.monotonic() - began, **costs})
    return result


def samples_at(config: TrainConfig, step: int) -> int:
    """Return how many completions of each task the evaluation after a step takes; 0: there is none."""
    if step in (0, config.algo.steps):
        return config.eval.samples
    return config.eval.samples_during if config.eval.every and step % config.eval.every == 0 else 0


def sampling_at(config: TrainConfig, step: int = 0) -> Sampling:
    """Return how completions are drawn at a step; evaluations bring their own seed."""
    seed = stream_seed(config.seed, Stream.SAMPLING, step)
    return Sampling(temperature=config.algo.temperature, max_new_tokens=config.algo.max_new_tokens, seed=seed)


@hydra.main(version_base="1.3", config_path=None, config_name="train")
def _main(config: Any) -> None:
    run = None
    try:
        ranks = join()
    except ConfigError as error:
        fail(error)
    try:
        if not config.resume:
            given = command_line()
            config = with_job(with_algorithm(with_training_options(config, given), given), given)
        resolved, run = open_run(config, ranks)
        check(resolved, ranks)
        ranks.wait()  # all have looked at the folder before one writes to it
        if resolved.dry_run:
            based = run.based(resolved)
            make_env, train_ids, _ = prepare(based)
            dry_run(based, run.model_source(based.model), make_env, train_ids)
        else:
            with run.taken():
                train(resolved, run, ranks)
        ranks.leave()
    except (ConfigError, VerifierError, RewardAlarm, SandboxError, SamplerError, FloatingPointError, OSError) as error:
        ranks.fail(error)
    except (RuntimeError, MemoryError) as error:
        if reason := out_of_memory(error, TRAINING_HELPS):
            ranks.fail(MemoryError(reason))
        if ranks.alone:
            raise
        ranks.fail(error)
    except KeyboardInterrupt:
        if ranks.first_to_fail():
            begun = run is not None and (run.folder / "config.yaml").is_file()
            print(f"stopped; go on with resume={run.folder}" if run and begun else "stopped", file=sys.stderr)
        raise SystemExit(130) from None


def main() -> None:
    """Entry point of `python -m agents.train`."""
    sys.argv = ["dry_run=true" if argument == "--dry-run" else argument for argument in sys.argv]  # no flag of Hydra's
    try:
        register_configs(sys.argv[1:], "train", TrainConfig)
    except ConfigError as error:
        fail(error)
    _main()


if __name__ == "__main__":
    main()
