"""Which of an engine's tensors are those that it was given: with modules that stand for the engine's."""

from typing import ClassVar

import pytest
import torch

from agents.backends.probe import tensors_as_given
from agents.models import sampler_weights, tiny_model


class Attention(torch.nn.Module):
    """One tensor for queries, keys and values, as engines have it."""

    def __init__(self, weights, dtype):
        super().__init__()
        parts = [weights[f"attn.{name}.weight"] for name in ("q_proj", "k_proj", "v_proj")]
        self.qkv_proj = torch.nn.Linear(4, 12, bias=False, dtype=dtype)
        self.qkv_proj.weight.data.copy_(torch.cat(parts))


class Engine(torch.nn.Module):
    """An engine's model, its vocabulary rounded up from 10 to 16."""

    packed_modules_mapping: ClassVar = {"qkv_proj": ["q_proj", "k_proj", "v_proj"]}

    def __init__(self, weights, dtype):
        super().__init__()
        self.attn = Attention(weights, dtype)
        self.lm_head = torch.nn.Linear(4, 16, bias=False, dtype=dtype)
        self.lm_head.weight.data[:10] = weights["lm_head.weight"]
        self.scale = torch.nn.Parameter(weights["scale"].to(dtype, copy=True))
        self.packed = torch.nn.ParameterDict({"weight": torch.empty(0)})  # kept elsewhere, in another form
        self.other = torch.nn.Linear(4, 4)  # of which the model knows nothing


@pytest.fixture
def weights():
    draws = torch.Generator().manual_seed(0)
    shapes = {f"attn.{name}_proj.weight": (4, 4) for name in "qkv"}
    shapes |= {"lm_head.weight": (10, 4), "packed.weight": (4, 4), "scale": ()}
    return {name: 0.02 * torch.randn(shape, generator=draws) for name, shape in shapes.items()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("moved", "behind"),
    [
        ("attn.k_proj.weight", "attn.qkv_proj.weight"),
        ("attn.v_proj.weight", "attn.qkv_proj.weight"),
        ("lm_head.weight", "lm_head.weight"),
        ("scale", "scale"),
    ],
)
def test_a_tensor_with_one_number_of_an_older_version_is_no_longer_the_same(weights, dtype, moved, behind):
    everything = {"attn.qkv_proj.weight", "lm_head.weight", "scale"}
    engine = Engine(weights, dtype)
    assert tensors_as_given(engine, weights) == everything
    weights[moved].view(-1)[-1] *= 1.01
    assert tensors_as_given(engine, weights) == everything - {behind}
    assert tensors_as_given(Engine(weights, dtype), weights) == everything


def test_a_tensor_in_another_form_or_of_which_a_part_was_not_given_is_not_the_same(weights):
    engine = Engine(weights, torch.float32)
    engine.attn.qkv_proj.weight.data = engine.attn.qkv_proj.weight.data.T.contiguous()
    assert tensors_as_given(engine, weights) == {"lm_head.weight", "scale"}
    del weights["attn.k_proj.weight"], weights["scale"]
    assert tensors_as_given(Engine({**weights, "attn.k_proj.weight": torch.ones(4, 4), "scale": torch.ones(())},
                                   torch.float32), weights) == {"lm_head.weight"}  # fmt: skip


def test_a_models_own_tensors_are_those_that_are_handed_over():
    model = tiny_model()
    names = {name for name, _ in model.model.named_parameters()}
    assert tensors_as_given(model.model, sampler_weights(model)) == names
