"""The default model as it is: sampling, log-probabilities and one step of learning on a real task."""

from __future__ import annotations

import os

import pytest

import envs
from agents.advantage import ADVANTAGES
from agents.backends.transformers import TransformersBackend
from agents.batch import BatchPlan, make_batches
from agents.core import FinishReason, Group, Sampling, Trajectory, TrajectoryStatus, Turn
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import clip
from agents.models import LoadedModel, load_model
from envs.cache import cache_folder
from envs.core import RewardBreakdown, RewardTerm

pytestmark = pytest.mark.model
PLAN = BatchPlan(advantages=ADVANTAGES["group_std"])


@pytest.fixture(scope="module")
def smollm2() -> LoadedModel:
    weights = cache_folder() / "models" / "smollm2-135m-instruct" / "model.safetensors"
    if not weights.is_file() and not os.environ.get("CI"):
        pytest.skip("the default model is not in the cache; `python -m agents.eval env=code` fetches it")
    return load_model("smollm2-135m")


def learner_of(model: LoadedModel, learning_rate: float) -> PolicyLearner:
    settings = OptimizerSettings(
        learning_rate=learning_rate, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    return PolicyLearner(model.model, surrogate=clip, temperature=1.0, settings=settings)


def sampled_group(model: LoadedModel, rewards: list[float]) -> Group:
    task = envs.make("code").unwrapped.tasks("train")[0]
    prompt = model.encode_prompt(task.prompt)
    policy = TransformersBackend(model.model, model.eos_ids)
    completions = policy.generate([prompt] * len(rewards), Sampling(max_new_tokens=24, seed=7))
    return Group(
        task_id=task.task_id,
        trajectories=tuple(
            Trajectory(
                task_id=task.task_id,
                turns=(Turn(context_ids=prompt, completion=completion, text=model.decode(completion.token_ids)),),
                status=TrajectoryStatus.OK,
                reward=RewardBreakdown(terms={"score": RewardTerm(score=reward)}),
            )
            for completion, reward in zip(completions, rewards, strict=True)
        ),
    )


def test_the_sampler_and_the_learner_agree_on_every_log_probability(smollm2):
    (batch,) = make_batches([sampled_group(smollm2, [1.0, 0.0, 0.0])], PLAN)
    row = batch.rows[0]
    logprobs, entropies = learner_of(smollm2, 1e-6).logprobs(row)
    assert (logprobs - row.behaviour_logprobs_N).abs().max() < 1e-3
    assert (entropies > 0).all()


def test_one_step_makes_the_rewarded_completion_likelier_and_its_siblings_less_likely(smollm2):
    (batch,) = make_batches([sampled_group(smollm2, [1.0, 0.0, 0.0])], PLAN)
    row = batch.rows[0]
    learner = learner_of(smollm2, 1e-5)
    before = learner.logprobs(row)[0].detach()
    learner.update(batch)
    change = learner.logprobs(row)[0].detach() - before
    assert change[row.advantages_N > 0].sum() > 0
    assert change[row.advantages_N < 0].sum() < 0


def test_a_completion_that_stops_ends_with_the_token_that_ends_a_turn(smollm2):
    prompt = smollm2.encode_prompt([envs.Message(role="user", content="Say hi.")])
    policy = TransformersBackend(smollm2.model, smollm2.eos_ids)
    completions = policy.generate([prompt] * 8, Sampling(max_new_tokens=40, seed=1))
    stopped = [completion for completion in completions if completion.finish_reason is FinishReason.STOP]
    assert stopped
    for completion in stopped:
        assert smollm2.tokenizer.decode([completion.token_ids[-1]]) == "<|im_end|>"
        assert "<|im_end|>" not in smollm2.decode(completion.token_ids)
