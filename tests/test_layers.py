"""Layers that keep less for the backward pass compute what those of transformers do, gradients included."""

import copy

import pytest
import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from agents import layers

SIZES = {
    "vocab_size": 90, "hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 6,
    "num_key_value_heads": 2, "head_dim": 8, "bos_token_id": None, "eos_token_id": 1, "pad_token_id": 1,
}  # fmt: skip
KINDS = {
    "llama": (LlamaForCausalLM, LlamaConfig),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config),
}
IDS = torch.arange(40).remainder(17).view(2, 20)


def pair(kind, in_place=False, **sizes):
    """Make a model, and a copy whose layers keep less."""
    torch.manual_seed(1)
    model_class, config_class = KINDS[kind]
    plain = model_class(config_class(**{**SIZES, **sizes})).eval()
    for name, parameter in plain.named_parameters():
        if "norm" in name:  # as after some training: a weight of 1 would hide whether it is there
            torch.nn.init.uniform_(parameter, 0.5, 2.0)
    lean = copy.deepcopy(plain)
    layers.use(lean, in_place=in_place)
    return plain, lean


def changed(model):
    return {name for name, module in model.named_modules() if "forward" in vars(module)}


def gradients(model):
    model.zero_grad()
    (model(input_ids=IDS).logits.log_softmax(2)[..., 3].square().mean()).backward()
    return {name: parameter.grad for name, parameter in model.named_parameters()}


def kept(model):
    """Return the bytes of what a backward pass would need, weights not counted."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    seen = {}

    def note(tensor):
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = 0 if storage.data_ptr() in weights else storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        logits = model(input_ids=IDS).logits
    assert logits.requires_grad
    return sum(seen.values())


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_are_the_same_and_gradients_as_close_as_rounding(kind):
    plain, lean = pair(kind)
    assert changed(lean) > {"model.norm", "model.layers.0.mlp", "model.layers.1.input_layernorm"}
    assert torch.equal(plain(input_ids=IDS).logits, lean(input_ids=IDS).logits)
    expected = gradients(plain)
    for name, slope in gradients(lean).items():
        assert torch.allclose(slope, expected[name], rtol=1e-4, atol=1e-6 * float(expected[name].abs().max())), name


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_finite_differences(kind):
    _, lean = pair(kind)
    lean = lean.double()
    block = lean.model.layers[0]
    torch.manual_seed(2)
    states = torch.randn(1, 3, 48, dtype=torch.double, requires_grad=True)
    gate, up, down = (getattr(block.mlp, name).weight for name in ("gate_proj", "up_proj", "down_proj"))
    flat = states.detach()[0].requires_grad_()
    assert torch.autograd.gradcheck(layers._Gated.apply, (flat, gate, up, down, False))
    assert torch.autograd.gradcheck(layers._Norm.apply, (states, block.input_layernorm.weight, 1e-5))


@pytest.mark.parametrize("tied", [False, True])
def test_gradients_that_are_added_in_place_are_those_that_autograd_adds(tied):
    # id 1 is that of padding, whose embedding no gradient reaches
    plain, lean = pair("llama", in_place=True, tie_word_embeddings=tied)
    assert changed(lean) > {"model.embed_tokens", "model.layers.0.mlp"}
    for model in (plain, lean):
        for ids in (IDS, IDS.flip(1) % 5):
            model(input_ids=ids).logits.log_softmax(2)[..., 3].square().mean().backward()
    expected = dict(plain.named_parameters())
    for name, parameter in lean.named_parameters():
        scale = float(expected[name].grad.abs().max())
        assert torch.allclose(parameter.grad, expected[name].grad, rtol=1e-4, atol=1e-6 * scale), name


def test_gradients_are_added_to_the_weights_also_where_saved_tensors_are_others():
    plain, lean = pair("llama", in_place=True, tie_word_embeddings=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor.detach().clone(), lambda tensor: tensor):
        found = gradients(lean)
    for name, slope in gradients(plain).items():
        assert torch.allclose(found[name], slope, rtol=1e-4, atol=1e-6 * float(slope.abs().max())), name


def test_frozen_weights_get_no_gradient_in_place_either():
    _, lean = pair("llama", in_place=True)
    for name, parameter in lean.named_parameters():
        parameter.requires_grad_("up_proj" in name)
    assert {name for name, slope in gradients(lean).items() if slope is not None} == {
        f"model.layers.{layer}.mlp.up_proj.weight" for layer in (0, 1)
    }


def test_less_is_kept():
    plain, lean = pair("llama", intermediate_size=128)
    assert kept(lean) < 0.75 * kept(plain)


def test_frozen_weights_get_no_gradient_and_states_still_do():
    plain, lean = pair("llama")
    for model in (plain, lean):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("embed" in name or "up_proj" in name)
    expected = gradients(plain)
    for name, slope in gradients(lean).items():
        assert (slope is None) == (expected[name] is None), name
        assert slope is None or torch.allclose(slope, expected[name], rtol=1e-4, atol=1e-7), name


def test_a_copy_computes_with_its_own_weights():
    _, lean = pair("llama")
    before = lean(input_ids=IDS).logits
    other = copy.deepcopy(lean)
    torch.nn.init.zeros_(other.model.norm.weight)
    assert torch.equal(lean(input_ids=IDS).logits, before)
    assert not other(input_ids=IDS).logits.any()


def test_layers_that_are_not_plain_are_left_alone():
    biased = LlamaForCausalLM(LlamaConfig(**SIZES, mlp_bias=True))
    layers.use(biased)
    assert changed(biased) == {name for name, _ in biased.named_modules() if "norm" in name}
    half = LlamaForCausalLM(LlamaConfig(**SIZES)).bfloat16()
    layers.use(half)
    assert not changed(half)
    other = LlamaForCausalLM(LlamaConfig(**SIZES, hidden_act="gelu"))
    layers.use(other)
    assert "model.layers.0.mlp" not in changed(other)
    adapted = LlamaForCausalLM(LlamaConfig(**SIZES))
    adapted.model.layers[0].mlp.up_proj = torch.nn.Sequential(adapted.model.layers[0].mlp.up_proj)
    layers.use(adapted)
    assert "model.layers.0.mlp" not in changed(adapted)
    assert "model.layers.1.mlp" in changed(adapted)
