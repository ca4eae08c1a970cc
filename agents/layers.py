"""Norms and gated layers of Llama's shape that keep less for the backward pass than those of transformers.

What one pass over a tensor makes again is not kept: that takes less memory, and no more time. The outputs are the same
to the last bit. Gradients of wide weights, the table of embeddings among them, may be added up in place (see
`agents.gradients`). In float32 on the processor only: elsewhere nothing is changed. Legend: T tokens of a row, H
width of the states, I width inside the gated layer.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch.nn.functional import silu

from agents.gradients import total_of

_NORMS = ("LlamaRMSNorm", "Qwen2RMSNorm", "Qwen3RMSNorm")
_GATED = ("LlamaMLP", "Qwen2MLP", "Qwen3MLP")
_PROJECTIONS = ("gate_proj", "up_proj", "down_proj")


def use(model: Any, *, in_place: bool = False) -> None:
    """Have a model's norms and gated layers keep less, those of them that are known; weights and results stay.

    Args:
        model: A `transformers` model.
        in_place: Whether gradients may be added to those of the weights.
    """
    if model.device.type != "cpu":
        return
    for module in model.modules():
        if any(parameter.dtype != torch.float32 for parameter in module.parameters(recurse=False)):
            continue
        kind: Any = type(module)
        if kind.__name__ in _NORMS:
            module.forward = functools.partial(_norm, module)
        elif kind.__name__ in _GATED and _is_plain(module):
            module.forward = functools.partial(_gated, module, in_place)
        elif in_place and kind is torch.nn.Embedding and module.max_norm is None:
            module.forward = functools.partial(_embedded, module)


def _is_plain(module: Any) -> bool:
    linears = [getattr(module, name) for name in _PROJECTIONS]  # an adapter would stand in a linear layer's place
    return module.config.hidden_act == "silu" and all(
        type(linear) is torch.nn.Linear and linear.bias is None and linear.weight.dtype == torch.float32
        for linear in linears
    )


def _norm(module: Any, states: torch.Tensor) -> torch.Tensor:
    normed: torch.Tensor = _apply(_Norm, states, module.weight, module.variance_epsilon)
    return normed


def _gated(module: Any, in_place: bool, states: torch.Tensor) -> torch.Tensor:
    weights = [getattr(module, name).weight for name in _PROJECTIONS]
    out: torch.Tensor = _apply(_Gated, states.flatten(0, -2), *weights, in_place)
    return out.view(states.shape)


def _embedded(module: Any, ids: torch.Tensor) -> torch.Tensor:
    states: torch.Tensor = _apply(_Embedded, ids, module.weight, module.padding_idx)
    return states


def _apply(function: Any, *inputs: Any) -> Any:
    return function.apply(*inputs)


class _Norm(torch.autograd.Function):
    """`weight * states / sqrt(mean(states^2) + epsilon)`, over the last dimension."""

    @staticmethod
    def forward(ctx: Any, states: torch.Tensor, weight_H: torch.Tensor, epsilon: float) -> torch.Tensor:
        scale = states.pow(2).mean(-1, keepdim=True).add_(epsilon).rsqrt_()
        ctx.save_for_backward(states, weight_H, scale)
        return (states * scale).mul_(weight_H)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        states, weight_H, scale = ctx.saved_tensors
        slope_TH, normed_TH = grads[0].reshape(-1, len(weight_H)), (states * scale).view(-1, len(weight_H))
        product_TH = slope_TH * normed_TH
        grad_weight = product_TH.sum(0) if ctx.needs_input_grad[1] else None
        along_T = (product_TH @ weight_H).div_(-len(weight_H))
        grad_TH = torch.mul(slope_TH, weight_H, out=product_TH).addcmul_(normed_TH, along_T[:, None])
        return grad_TH.view(states.shape).mul_(scale), grad_weight, None


class _Gated(torch.autograd.Function):
    """`(silu(states @ gate.T) * (states @ up.T)) @ down.T`."""

    @staticmethod
    def forward(
        ctx: Any,
        states_TH: torch.Tensor,
        gate_IH: torch.Tensor,
        up_IH: torch.Tensor,
        down_HI: torch.Tensor,
        in_place: bool,
    ) -> torch.Tensor:
        ctx.totals = (gate_IH, up_IH, down_HI) if in_place else None
        gate_TI, up_TI = states_TH @ gate_IH.T, states_TH @ up_IH.T
        ctx.save_for_backward(states_TH, gate_IH, up_IH, down_HI, gate_TI, up_TI)
        return silu(gate_TI).mul_(up_TI) @ down_HI.T

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (slope_TH,) = grads
        states_TH, gate_IH, up_IH, down_HI, gate_TI, up_TI = ctx.saved_tensors
        opened_TI = silu(gate_TI)
        wants_states, wants_gate, wants_up, wants_down, _ = ctx.needs_input_grad
        of_gate, of_up, of_down = ctx.totals or (None, None, None)
        grad_down = _product(slope_TH, opened_TI * up_TI, of_down) if wants_down else None
        inner_TI = slope_TH @ down_HI
        of_up_TI = opened_TI.mul_(inner_TI)
        grad_up = _product(of_up_TI, states_TH, of_up) if wants_up else None
        grad_states = of_up_TI @ up_IH if wants_states else None
        of_gate_TI = torch.ops.aten.silu_backward(inner_TI.mul_(up_TI), gate_TI)
        grad_gate = _product(of_gate_TI, states_TH, of_gate) if wants_gate else None
        if grad_states is not None:
            grad_states.addmm_(of_gate_TI, gate_IH)
        return grad_states, grad_gate, grad_up, grad_down, None


def _product(left: torch.Tensor, right: torch.Tensor, weight: torch.Tensor | None) -> torch.Tensor | None:
    """Return `left.T @ right`, the gradient to a weight, or None after adding it to that of the weight given."""
    if weight is None:
        return left.T @ right
    total_of(weight).addmm_(left.T, right)
    return None


class _Embedded(torch.autograd.Function):
    """Rows of a table; the gradient is added to the table's own."""

    @staticmethod
    def forward(ctx: Any, ids: torch.Tensor, table_VH: torch.Tensor, padding: int | None) -> torch.Tensor:
        ctx.save_for_backward(ids)
        ctx.table, ctx.padding = table_VH, padding
        return table_VH[ids]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[None, None, None]:
        (ids,) = ctx.saved_tensors
        slope_TH, ids_T = grads[0].flatten(0, -2), ids.flatten()
        if ctx.padding is not None:  # the row of padding never learns
            slope_TH, ids_T = slope_TH[ids_T != ctx.padding], ids_T[ids_T != ctx.padding]
        if ctx.needs_input_grad[1]:
            total_of(ctx.table).index_add_(0, ids_T, slope_TH)
        return None, None, None
