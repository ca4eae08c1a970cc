import math
import shutil
from dataclasses import replace

import pytest
import torch

from agents.backends.transformers import TransformersBackend
from agents.config import LoraConfig
from agents.core import Batch, Sampling
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import reinforce
from agents.memory import activation_memory, blank_row, kept_for_backward
from agents.models import tiny_model
from agents.precision import Computing, HalfPolicy, blocks, checkpoint_blocks, half_type, set_precision

CPU = torch.device("cpu")


def learner_of(model, **computing):
    settings = OptimizerSettings(
        learning_rate=1e-3, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    return PolicyLearner(
        model, surrogate=reinforce, temperature=1.0, settings=settings, computing=Computing(**computing)
    )


def row_of(tokens):
    row = blank_row(tokens)
    ids_T = torch.arange(tokens) % 90 + 3
    return replace(
        row, token_ids_T=ids_T, target_N=ids_T[1:], advantages_N=torch.ones(tokens - 1), weights_N=row.weights_N + 0.01
    )


def gradient(model, row=None, **computing):
    """The gradient of a batch of one row, as one vector."""
    learner = learner_of(model, **computing)
    learner.accumulate(Batch(rows=(row or row_of(40),), scored_tokens=39, sequences=1))
    assert {parameter.grad.dtype for parameter in model.parameters()} == {torch.float32}
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def test_without_a_gpu_auto_is_float32_and_names_are_taken_at_their_word():
    assert half_type("auto", CPU) is None
    assert half_type("fp32", CPU) is None
    assert half_type("bf16", CPU) is torch.bfloat16
    assert half_type("fp16", CPU) is torch.float16


def test_gradients_through_bfloat16_blocks_are_float32_and_point_where_the_exact_ones_do():
    exact, half = tiny_model().model, tiny_model().model
    set_precision(half, torch.bfloat16)
    g, h = gradient(exact), gradient(half, half=torch.bfloat16)
    assert {parameter.dtype for parameter in half.parameters()} == {torch.float32}
    assert not torch.equal(g, h)  # or nothing was computed in half
    assert torch.cosine_similarity(g, h, dim=0) > 0.999
    assert h.norm() == pytest.approx(float(g.norm()), rel=0.01)


def test_the_head_is_exact_where_the_blocks_are_not():
    model = tiny_model().model
    set_precision(model, torch.bfloat16)
    hidden = torch.randn(5, 64)
    expected = hidden @ model.lm_head.weight.T
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(model.lm_head(hidden), expected)
        assert model.model.layers[0].mlp.up_proj(hidden).dtype is torch.bfloat16


def test_sampler_and_learner_agree_in_half_precision_and_after_an_update():
    tiny = tiny_model()
    set_precision(tiny.model, torch.bfloat16)
    learner = learner_of(tiny.model, half=torch.bfloat16)
    policy = HalfPolicy(TransformersBackend(tiny.model, (), max_batch=4), CPU, torch.bfloat16)
    for _ in range(2):
        completion = policy.generate([(5, 6, 7)], Sampling(max_new_tokens=8))[0]
        row = row_of(11)
        ids = torch.tensor((5, 6, 7, *completion.token_ids))
        logprobs_N, _ = learner.logprobs(replace(row, token_ids_T=ids, target_N=ids[1:]))
        torch.testing.assert_close(logprobs_N[2:], torch.tensor(completion.logprobs), atol=0.02, rtol=0.0)
        with torch.no_grad():  # weights that were converted for the first call must not be used for the second
            for parameter in tiny.model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.1)


def test_blocks_that_are_computed_twice_give_the_same_gradients_and_keep_less():
    plain, again = tiny_model().model, tiny_model().model
    checkpoint_blocks(again)
    assert torch.equal(gradient(plain), gradient(again))
    assert kept_for_backward(learner_of(again), 100) < 0.3 * kept_for_backward(learner_of(plain), 100)
    # 2 blocks: what goes into both, and one of them whole
    estimate, whole = activation_memory(learner_of(again), 100), activation_memory(learner_of(plain), 100)
    assert 0.5 * whole < estimate < 0.75 * whole


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # of what torch itself imports to compile
@torch.no_grad()
def test_compiled_blocks_give_the_same_log_probabilities_at_any_length():
    plain, compiled = learner_of(tiny_model().model), learner_of(tiny_model().model, compiled=True)
    for tokens in (40, 23):
        torch.testing.assert_close(compiled.logprobs(row_of(tokens)), plain.logprobs(row_of(tokens)))


def test_float16_scales_the_loss_and_not_the_gradient_that_is_applied():
    exact, half = tiny_model().model, tiny_model().model
    set_precision(half, torch.float16)
    batch = Batch(rows=(row_of(40),), scored_tokens=39, sequences=1)
    of_exact, of_half = learner_of(exact), learner_of(half, half=torch.float16)
    first, second = of_exact.update(batch), of_half.update(batch)
    assert second["grad_norm"] == pytest.approx(first["grad_norm"], rel=0.01)
    assert of_half.state_dict()["scaler"]["scale"] == 2.0**16
    assert "scaler" not in of_exact.state_dict()


def test_a_gradient_too_large_for_float16_is_not_applied_and_the_next_is_scaled_less():
    model = tiny_model().model
    set_precision(model, torch.float16)
    learner = learner_of(model, half=torch.float16)
    row = row_of(40)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    numbers = learner.update(Batch(rows=(replace(row, weights_N=row.weights_N * 1e6),), scored_tokens=39, sequences=1))
    assert math.isinf(numbers["grad_norm"])
    assert learner.policy_version == 0
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    state = learner.state_dict()
    assert state["scaler"]["scale"] == 2.0**15
    fresh = learner_of(model, half=torch.float16)
    fresh.load_state_dict(state)
    assert fresh.state_dict()["scaler"] == state["scaler"]


def test_weights_below_an_adapter_are_held_in_half_and_the_adapter_is_not():
    pytest.importorskip("peft", reason="the extra `lora` is not installed")
    from agents.lora import load_adapted

    model = load_adapted("tiny", LoraConfig(rank=4), device="cpu").model
    set_precision(model, torch.bfloat16)
    layer = blocks(model)[0].mlp.up_proj
    assert layer.base_layer.weight.dtype is torch.bfloat16
    assert layer.lora_A["default"].weight.dtype is torch.float32
    assert model.lm_head.weight.dtype is torch.float32
    learner = learner_of(model, half=torch.bfloat16)
    learner.update(Batch(rows=(row_of(40),), scored_tokens=39, sequences=1))
    assert layer.lora_B["default"].weight.abs().sum() > 0
