"""The parts of a training run, each made from its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.advantage import ADVANTAGES
from agents.algorithms import ALGORITHMS
from agents.backends import BACKENDS, backend_config
from agents.batch import BatchPlan, teaches
from agents.config import AlgoConfig, TrainConfig
from agents.core import Group, PolicyBackend, Sampling
from agents.distributed import ALONE, CopyPolicy, Ranks, copy_to_sample
from agents.feed import Feed, FeedSettings
from agents.learner import OffPolicy, OptimizerSettings, PolicyLearner
from agents.logprob import check_head
from agents.lora import WithoutAdapter, is_adapter, load_adapted
from agents.losses import LossSettings
from agents.models import LoadedModel, causal_lm, find_device, load_model
from agents.precision import Computing, HalfPolicy, autocast, checkpoint_blocks, half_type, set_precision
from agents.rollout import Rollout
from envs.core import ConfigError


def load_policy(config: TrainConfig, source: str) -> LoadedModel:
    """Load the model to train, with an adapter where one is configured.

    Args:
        config: What the run is asked to do.
        source: The model, or the checkpoint to go on from.

    Raises:
        ConfigError: It cannot be loaded, or cannot have such an adapter.
    """
    device = find_device(config.device)
    if config.algo.lora.rank:
        loaded = load_adapted(source, config.algo.lora, device=device, seed=config.seed)
    else:
        loaded = load_model(source, device=device)
    set_precision(loaded.model, half_type(config.algo.precision, loaded.model.device))
    if config.algo.gradient_checkpointing:
        checkpoint_blocks(loaded.model)
    return loaded


def make_policy(config: TrainConfig, model: LoadedModel, ranks: Ranks = ALONE) -> PolicyBackend:
    """Return what samples completions as configured; of several processes each has a copy of the weights."""
    half = half_type(config.algo.precision, model.model.device)
    copied = model if ranks.alone else copy_to_sample(model, half)
    backend = backend_config(config.backend)
    policy = BACKENDS[backend.name](backend, copied, config.algo.sampler_batch)
    if not ranks.alone:
        policy = CopyPolicy(policy, copied.model, model.model)
    if half is not None and backend.name == "transformers":
        return HalfPolicy(policy, model.model.device, half)
    return policy


def make_rollout(
    config: TrainConfig, make_env: Any, policy: PolicyBackend, model: LoadedModel, ranks: Ranks = ALONE
) -> Rollout:
    """Return what plays episodes of an environment as configured."""
    budget, limit_s = config.algo.error_budget, config.algo.judge_limit_s
    return Rollout(make_env, policy, model, error_budget=budget, judge_limit_s=limit_s, ranks=ranks)


def make_learner(config: TrainConfig, model: LoadedModel, ranks: Ranks = ALONE) -> PolicyLearner:
    """Return the learner of a model as configured, with the models to compare with where something is.

    Raises:
        ConfigError: The learner cannot compute the model's probabilities, or what it is to be compared with has
            another vocabulary.
    """
    algo = config.algo
    half = half_type(algo.precision, model.model.device)
    reference, start = _compared(config, model)
    with autocast(model.model.device, half):
        check_head(causal_lm(model.model))
    return PolicyLearner(
        model.model,
        surrogate=ALGORITHMS[algo.loss].surrogate,
        loss=LossSettings(
            clip_low=algo.clip_low,
            clip_high=algo.clip_high,
            dual_clip=algo.dual_clip,
            kl_weight=algo.kl_weight,
            kl_in=algo.kl_in,
            kl_estimator=algo.kl_estimator,
            entropy_weight=algo.entropy_weight,
        ),
        temperature=algo.temperature,
        settings=OptimizerSettings(
            learning_rate=algo.learning_rate,
            warmup_steps=algo.warmup_steps,
            weight_decay=algo.weight_decay,
            betas=(algo.beta1, algo.beta2),
            max_grad_norm=algo.max_grad_norm,
        ),
        computing=Computing(
            half=half,
            compiled=algo.compile,
        ),
        ranks=ranks,
        off_policy=OffPolicy(correction=algo.correction, cap=algo.correction_cap, epochs=algo.epochs),
        reference=reference,
        start=start,
    )


def batch_plan(algo: AlgoConfig, ranks: Ranks = ALONE) -> BatchPlan:
    """Return how groups become batches as configured."""
    return BatchPlan(
        advantages=ADVANTAGES[algo.advantage],
        aggregate=algo.aggregate,
        learn_from_truncated=algo.learn_from_truncated,
        keep_silent=algo.entropy_weight != 0 or (algo.kl_weight > 0 and algo.kl_in == "loss"),
        row_tokens=algo.row_tokens,
        processes=ranks.size,
        minibatches=algo.minibatches,
        max_new_tokens=algo.max_new_tokens,
        overlong_share=algo.overlong_share,
        overlong_penalty=algo.overlong_penalty,
    )


def make_feed(config: TrainConfig, rollout: Rollout, task_ids: Sequence[str]) -> Feed:
    """Return what samples the groups of each step as configured."""
    algo = config.algo

    def play(chosen: Sequence[str], sampling: Sampling, episode_seed: int) -> list[Group]:
        return rollout.groups(chosen, group_size=algo.group_size, sampling=sampling, episode_seed=episode_seed)

    settings = FeedSettings(
        seed=config.seed,
        groups=algo.groups_per_step,
        temperature=algo.temperature,
        max_new_tokens=algo.max_new_tokens,
        refill=algo.refill,
        rounds=algo.refill_rounds,
    )
    return Feed(task_ids, play, teaches, settings)


def _compared(config: TrainConfig, model: LoadedModel) -> tuple[Any, Any]:
    """Return the reference and the model that the run begins with; None for what nothing is compared with."""
    algo = config.algo
    if not (algo.kl_weight or algo.watch_kl):
        return None, None
    if algo.reference is None:
        start = _unchanging(config, model, None)
        return start, start if algo.watch_kl else None
    return _unchanging(config, model, algo.reference), _unchanging(config, model, None) if algo.watch_kl else None


def _unchanging(config: TrainConfig, model: LoadedModel, name: str | None) -> Any:
    """Return a model that is not trained, or with no name what the trained one begins with."""
    if config.algo.lora.rank and name is None and not is_adapter(config.model):
        return WithoutAdapter(model.model)
    loaded = load_model(name or config.model, device=str(model.model.device))
    if loaded.tokenizer.get_vocab() != model.tokenizer.get_vocab():
        raise ConfigError(
            f"{name or config.model!r} has another vocabulary than the model that is trained: there is no comparing "
            "what the two say of a token"
        )
    other = loaded.model
    other.eval().requires_grad_(False)
    set_precision(other, half_type(config.algo.precision, other.device))
    return other
