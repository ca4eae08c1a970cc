from dataclasses import replace
from pathlib import Path

import pytest
import torch

import agents.train
from agents.batch import pack
from agents.config import LoraConfig, TrainConfig
from agents.core import Completion, FinishReason, Group, Trajectory, TrajectoryStatus, Turn
from agents.dry_run import LOADING, SAMPLER_CACHE, marked, memory, memory_table
from agents.learner import OptimizerSettings, PolicyLearner
from agents.lora import load_adapted
from agents.losses import clip
from agents.memory import activation_memory, cache_memory, kept_for_backward, learner_memory
from agents.models import tiny_model
from agents.precision import Computing, set_precision
from envs.core import RewardBreakdown, RewardTerm

SMALL = [
    f"plugins=[{Path(__file__).parent / 'toys_plugin.py'}]",
    "model=tiny",
    "algo.group_size=6",
    "algo.max_new_tokens=2",
]


def learner_of(model, reference=None, half=None):
    settings = OptimizerSettings(
        learning_rate=1e-3, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    return PolicyLearner(
        model, surrogate=clip, temperature=1.0, settings=settings, reference=reference, computing=Computing(half=half)
    )


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def test_a_dry_run_shows_one_group_and_writes_nothing(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, "--dry-run", *SMALL, "env=kinds", "algo.kl_weight=0.1") == 0
    said = capsys.readouterr().out
    assert "max_new_tokens: 2" in said
    assert "completion 5" in said and "completion 6" not in said
    # the verifier's feedback names the kind that was asked for, and the task is called after it
    kind = said.partition("\ntask ")[2].partition("-")[0]
    assert said.count(f"{kind}!") == 6
    assert said.count("advantage ") == 6
    assert "optimizer state" in said and "models to compare with" in said
    assert list(tmp_path.iterdir()) == []


def test_what_the_environment_said_between_two_answers_is_not_scored(tiny):
    def completion(text):
        ids = tuple(tiny.tokenizer.encode(text, add_special_tokens=False))
        return Completion(
            token_ids=ids, logprobs=(-1.0,) * len(ids), finish_reason=FinishReason.LENGTH, policy_version=0
        )

    first = Turn(context_ids=(5, 6), completion=completion("ab"), text="ab")
    second = Turn(context_ids=completion("no").token_ids, completion=completion("c"), text="c")
    reward = RewardBreakdown(terms={"x": RewardTerm(score=1.0)}, passed=True, feedback="")
    member = Trajectory(task_id="t", turns=(first, second), status=TrajectoryStatus.TRUNCATED, reward=reward)
    row = pack([(member, 1.0)])
    assert marked(row, 0, tiny) == "['a']['b'] 'n'  'o' ['c']"


def test_the_memory_of_the_weights_and_of_the_sampler_is_what_one_counts(tiny):
    learner = learner_of(tiny.model, reference=tiny_model(1).model)
    needed = learner_memory(learner, row_tokens=100)
    count = sum(parameter.numel() for parameter in tiny.model.parameters())
    assert (needed["weights"], needed["gradients"], needed["models to compare with"]) == (4 * count,) * 3
    assert needed["optimizer state"] == 8 * count
    # keys and values, 2 layers, 2 heads of 16, 3 sequences of 5 tokens, 4 bytes
    assert cache_memory(tiny.model, rows=3, tokens=5) == 2 * 2 * 2 * 16 * 3 * 5 * 4


def test_an_engine_needs_weights_and_a_cache_of_its_own(tiny):
    learner = learner_of(tiny.model)
    group = Group(task_id="t", trajectories=())
    plain = memory(TrainConfig(env={"name": "kinds"}), tiny, learner, group)
    config = TrainConfig(env={"name": "kinds"}, backend={"name": "vllm", "cache_gib": 0.5})
    needed = memory(config, tiny, learner, group)
    # its head is not tied to its embeddings
    count = sum(parameter.numel() for parameter in tiny.model.parameters()) + tiny.model.lm_head.weight.numel()
    assert needed["the engine's weights"] == 4 * count
    assert needed["its keys and values"] == 2**29
    halves = memory(replace(config, backend={**config.backend, "dtype": "bfloat16"}), tiny, learner, group)
    assert halves["the engine's weights"] == 2 * count
    shared = {name: value for name, value in plain.items() if name != SAMPLER_CACHE}
    assert {name: needed[name] for name in shared} == shared
    # the engine keeps both while the learner works
    rows = [*memory_table(needed).columns[1].cells]
    assert rows[-1] == f"[bold]{sum(needed.values()) / 2**20:,.1f}[/]"


def test_the_activations_of_a_long_row_follow_from_two_short_ones(tiny):
    learner = learner_of(tiny.model)
    assert activation_memory(learner, 700) == pytest.approx(kept_for_backward(learner, 700), rel=0.02)


def test_weights_held_in_half_precision_are_loaded_in_whole(tiny):
    config, group = TrainConfig(env={"name": "kinds"}), Group(task_id="t", trajectories=())
    small = load_adapted("tiny", LoraConfig(rank=2), device="cpu")
    set_precision(small.model, torch.bfloat16)
    needed = memory(config, small, learner_of(small.model, half=torch.bfloat16), group)
    count = sum(parameter.numel() for parameter in small.model.parameters())
    assert needed[LOADING] == 4 * count > needed["weights"]
    assert [*memory_table({**needed, LOADING: 2**40}).columns[1].cells][-1] == f"[bold]{2**20:,.1f}[/]"
    assert LOADING not in memory(config, tiny, learner_of(tiny.model), group)
