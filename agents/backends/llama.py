"""Decoding for models of Llama's shape (Llama, SmolLM2, Qwen2, Qwen3) in float32 on the processor.

The same arithmetic as the model's own modules, with less around it: weights are laid out once a call for oneDNN's
kernels, and siblings attend to one copy of their prompt's keys and values. Any other model is decoded by its own
modules (`agents.backends.modules`). Legend: B rows, T tokens of a prompt, L tokens that a row stores, K key heads, R
query heads that share one, D head size, H hidden size, V vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from agents.backends.modules import common_beginning
from agents.backends.siblings import Prompt, SharedPrompts, Siblings, hide

_SHAPES = ("LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
_ROPES = ("default", "linear", "llama3", "yarn")
"""Rotations that do not depend on how long a sequence is."""

_HEAD_NORMS = ("q_norm", "k_norm")
"""Of queries and keys, in models that have them."""

_ATTENTION = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default

_SHARED_TOKENS = 256
"""Prompt tokens, times siblings, from which one attention for all siblings costs less than copies of the prompt."""


def has_the_shape(model: Any) -> bool:
    """Return whether a model is of Llama's shape, and where its tokens stand is all that their rotation depends on."""
    return (
        type(model).__name__ in _SHAPES
        and model.model.rotary_emb.rope_type in _ROPES
        and all(getattr(layer.self_attn, "sliding_window", None) is None for layer in model.model.layers)
    )


def suits(model: Any) -> bool:
    """Return whether a model can be decoded here."""
    if model.device.type != "cpu" or model.dtype != torch.float32 or not has_the_shape(model):
        return False
    layers = model.model.layers
    linears = [module for layer in layers for name, module in layer.named_modules() if name.endswith("_proj")]
    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and not torch.is_autocast_enabled("cpu")
        and all(type(linear) is torch.nn.Linear for linear in linears)
        and model.config.hidden_act == "silu"
    )


class Packed:
    """A linear layer, or several of one input side by side, in the layout that oneDNN multiplies fastest."""

    def __init__(self, *linears: Any) -> None:
        weights, biases = zip(*[(linear.weight, linear.bias) for linear in linears], strict=True)
        self._fill(weights, biases)

    def _fill(self, weights: Sequence[torch.Tensor], biases: Sequence[torch.Tensor | None]) -> None:
        linear = torch.ops.mkldnn._linear_pointwise  # looked up here: not every build of torch has oneDNN
        self._linear, self._linear_into = linear.default, linear.binary
        weight = weights[0] if len(weights) == 1 else torch.cat(list(weights))
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), 8)
        known = [bias for bias in biases if bias is not None]
        self._bias = torch.cat(known) if known else None

    def __call__(self, states: torch.Tensor, then: str = "none") -> torch.Tensor:
        """Return `states @ weight.T + bias`, or what a function of oneDNN makes of it."""
        out: torch.Tensor = self._linear(states, self._weight, self._bias, then, [], "")
        return out

    def into(self, states: torch.Tensor, operation: str, other: torch.Tensor) -> torch.Tensor:
        """Return `states @ weight.T + bias`, with `other` added or multiplied."""
        out: torch.Tensor = self._linear_into(states, other, self._weight, self._bias, operation)
        return out


class PackedQKV(Packed):
    """Queries, keys and values side by side.

    The two halves of a query or key that a rotation turns against each other stand in pairs, so that it is one
    multiplication of complex numbers. Products of queries and keys do not depend on the order.
    """

    def __init__(self, attention: Any, size: int) -> None:
        turned = (attention.q_proj, attention.k_proj)
        weights = [in_pairs(linear.weight, size) for linear in turned]
        biases = [None if linear.bias is None else in_pairs(linear.bias, size) for linear in turned]
        self._fill([*weights, attention.v_proj.weight], [*biases, attention.v_proj.bias])


class Norm:
    """RMSNorm in four small operations: in a cache that weights run through, each costs more than what it computes.

    Args:
        module: The model's own.
        paired: Whether the halves of what it norms stand in pairs.
    """

    def __init__(self, module: Any, paired: bool = False) -> None:
        size = len(module.weight)
        weight = module.weight.detach() * size**0.5
        self._weight = in_pairs(weight, size) if paired else weight
        self._least = torch.tensor((module.variance_epsilon * size) ** 0.5)

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Return states [..., H] over the root of their mean square, times the weight."""
        lengths = torch.linalg.vector_norm(states, dim=-1, keepdim=True).hypot_(self._least)
        return torch.div(states, lengths).mul_(self._weight)


def in_pairs(parts: torch.Tensor, size: int) -> torch.Tensor:
    """Return parts [heads * D, ...] such that the first of each head's second half follows the first of its first."""
    return parts.view(-1, 2, size // 2, *parts.shape[1:]).transpose(1, 2).reshape(parts.shape)


class Layer:
    """One decoder layer; what attention looks at is the caller's."""

    def __init__(self, module: Any, heads: tuple[int, int, int]) -> None:
        attention, mlp = module.self_attn, module.mlp
        self.heads = heads
        self.norms = Norm(module.input_layernorm), Norm(module.post_attention_layernorm)
        self.head_norms = [
            Norm(getattr(attention, name), paired=True) for name in _HEAD_NORMS if hasattr(attention, name)
        ]
        self.qkv = PackedQKV(attention, heads[2])
        self.out = Packed(attention.o_proj)
        self.gate, self.up, self.down = Packed(mlp.gate_proj), Packed(mlp.up_proj), Packed(mlp.down_proj)

    def project(self, states_BH: torch.Tensor, rotation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return queries [B, K, R, D], and keys and values [B, 2, K, D], turned by their positions."""
        kv_heads, share, size = self.heads
        asked = kv_heads * share
        projected = self.qkv(self.norms[0](states_BH)).view(len(states_BH), asked + 2 * kv_heads, size)
        queries, keys = projected[:, :asked], projected[:, asked : asked + kv_heads]
        for norm, part in zip(self.head_norms, (queries, keys), strict=False):
            part.copy_(norm(part))
        torch.view_as_complex(projected.view(*projected.shape[:2], -1, 2))[:, : asked + kv_heads].mul_(rotation)
        return queries.view(-1, kv_heads, share, size), projected[:, asked:].view(-1, 2, kv_heads, size)

    def finish(self, states_BH: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """Return the layer's output from what attention found, [B, K, R, D]."""
        states_BH = self.out.into(attended.reshape(len(states_BH), -1), "add", states_BH)
        normed = self.norms[1](states_BH)
        gated = self.up.into(normed, "mul", self.gate(normed, "swish"))
        return self.down.into(gated, "add", states_BH)


@dataclass(slots=True)
class Row:
    """One sequence of the batch."""

    prompt: Prompt | None
    """The prompt, if it is attended to where it is; otherwise the row stores a copy."""
    position: int
    """Of the next token in the sequence."""
    stored: int
    """Tokens in the row's own buffer."""


class LlamaDecoder:
    """Decodes a batch whose rows come and go.

    Args:
        model: The model, whose weights are copied: they must not change while this object is used.
        prompts: Every prompt that will be admitted, as often as it will be.
        rows: Most rows at once.
        max_new_tokens: Most tokens that a row will decode.
    """

    def __init__(self, model: Any, prompts: Sequence[tuple[int, ...]], rows: int, max_new_tokens: int) -> None:
        config, attention = model.config, model.model.layers[0].self_attn
        kv_heads, size = config.num_key_value_heads, attention.head_dim
        self.model = model.model
        self.layers = [
            Layer(module, (kv_heads, config.num_attention_heads // kv_heads, size)) for module in model.model.layers
        ]
        self.norm, self.head = Norm(model.model.norm), Packed(model.get_output_embeddings())
        self.scale = attention.scaling
        self.rotations = self._rotations(max(map(len, prompts)) + max_new_tokens)
        self.counts = Counter(prompts)
        self.waiting = Counter(prompts)
        self.prompts: dict[tuple[int, ...], Prompt] = {}
        self.beginning = common_beginning(list(self.counts))
        self.beginning_stored: list[torch.Tensor] = []
        self.rows: list[Row] = []
        self.shared = SharedPrompts()
        self.siblings: list[Siblings] | None = None
        self.max_new_tokens = max_new_tokens
        self.buffer = torch.zeros(len(self.layers), 2, rows, kv_heads, 0, size)

    def keep(self, kept: Sequence[int]) -> None:
        """Drop all rows but these, which stand in this order from now on."""
        moved = [(new, old) for new, old in enumerate(kept) if new != old]
        if moved:
            new, old = (torch.tensor(side) for side in zip(*moved, strict=True))
            filled = max(self.rows[row].stored for row in kept)
            part = self.buffer[..., :filled, :]
            part[:, :, new] = part[:, :, old]
        self.rows = [self.rows[row] for row in kept]
        self.siblings = None

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Add a row for each prompt behind the others, and return the logits [rows added, V] of their first tokens."""
        logits = []
        self.siblings = None
        for ids in prompts:
            if ids not in self.prompts:
                self.prompts[ids] = self._read(ids)
            prompt = self.prompts[ids]
            logits.append(prompt.logits_V)
            shared = self.counts[ids] > 1 and prompt.length * self.counts[ids] >= _SHARED_TOKENS
            self.rows.append(Row(prompt if shared else None, prompt.length, 0 if shared else prompt.length))
            if not shared:
                self._grow(prompt.length + min(self.max_new_tokens, _STRIDE))
                for layer, stored in zip(self.buffer, prompt.stored, strict=True):
                    layer[:, len(self.rows) - 1, :, : prompt.length] = stored
            self.waiting[ids] -= 1
            if not self.waiting[ids]:
                del self.prompts[ids]
        return torch.stack(logits)

    def step(self, tokens_B: torch.Tensor) -> torch.Tensor:
        """Append a token to every row and return the logits [B, V] behind it."""
        ends = [row.stored for row in self.rows]
        width = max(ends) + 1
        self._grow(width)
        rows_B, ends_B = torch.arange(len(ends)), torch.tensor(ends)
        level = min(ends) == max(ends)
        hidden = None if level else hide(torch.arange(width) > ends_B[:, None])[:, None, None]
        rotation = self.rotations[[row.position for row in self.rows]]
        if self.siblings is None:
            self.siblings = self.shared.of([row.prompt for row in self.rows])
        states_BH = self.model.embed_tokens(tokens_B)
        kept = self.buffer[:, :, : len(ends), :, :width]
        ends_of_all, keys, values = (
            part.unbind() for part in (kept[:, :, :, :, -1].transpose(1, 2), kept[:, 0], kept[:, 1])
        )
        for index, layer in enumerate(self.layers):
            queries, fresh = layer.project(states_BH, rotation)
            if level:
                ends_of_all[index].copy_(fresh)
            else:
                self.buffer[index][:, rows_B, :, ends_B] = fresh
            attended, weight = self._attend(queries, keys[index], values[index], hidden)
            for siblings in self.siblings:
                siblings.mix(index, queries, attended, weight, self._attend)
            states_BH = layer.finish(states_BH, attended)
        for row in self.rows:
            row.position, row.stored = row.position + 1, row.stored + 1
        return self.head(self.norm(states_BH))

    def _read(self, ids: tuple[int, ...]) -> Prompt:
        """Run a prompt; what all prompts begin with is run once."""
        if self.beginning and not self.beginning_stored:
            self.beginning_stored, _ = self._run(ids[: self.beginning], [])
        stored, states_H = self._run(ids[self.beginning :], self.beginning_stored)
        return Prompt(len(ids), stored, self.head(self.norm(states_H[None]))[0])

    def _run(self, ids: tuple[int, ...], before: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Run tokens behind stored ones; return the keys and values of all, and the last token's state [H]."""
        start = before[0].shape[2] if before else 0
        rotation = self.rotations[start : start + len(ids)]
        hidden = hide(torch.ones(len(ids), start + len(ids), dtype=torch.bool).triu(start + 1))
        states_TH = self.model.embed_tokens(torch.tensor(ids))
        stored = []
        for index, layer in enumerate(self.layers):
            queries, fresh = layer.project(states_TH, rotation)
            kept = fresh.permute(1, 2, 0, 3)
            stored.append(torch.cat([before[index], kept], dim=2) if before else kept.contiguous())
            heads = queries.permute(1, 2, 0, 3)  # [K, R, T, D]: query heads of one key head stand in the batch's place
            keys, values = (side[:, None].expand(-1, heads.shape[1], -1, -1) for side in stored[-1])
            found, _ = self._attend(heads, keys, values, hidden)
            states_TH = layer.finish(states_TH, found.permute(2, 0, 1, 3))
        return stored, states_TH[-1]

    def _attend(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, hidden: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the mean of the values under the softmax, and the logarithm of the softmax's denominator."""
        attended, weight = _ATTENTION(queries, keys, values, 0.0, False, attn_mask=hidden, scale=self.scale)
        return attended, weight

    def _rotations(self, length: int) -> torch.Tensor:
        """Return what pairs are multiplied by at each position, complex [length, 1, D / 2]."""
        cos, sin = self.model.rotary_emb(self.model.embed_tokens.weight, torch.arange(length)[None])
        half = sin.shape[-1] // 2
        return torch.complex(cos[0, :, None, :half], sin[0, :, None, :half])

    def _grow(self, width: int) -> None:
        """Make room for this many tokens a row."""
        if width > self.buffer.shape[4]:
            grown = self.buffer.new_zeros(*self.buffer.shape[:4], width + _STRIDE, self.buffer.shape[5])
            grown[..., : self.buffer.shape[4], :] = self.buffer
            self.buffer = grown


_STRIDE = 64
"""Tokens by which buffers grow."""
