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
from torch.nn import functional

from agents.backends.modules import common_beginning
from agents.backends.siblings import Prompt, SharedPrompts, Siblings, hide

_SHAPES = ("LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
_ROPES = ("default", "linear", "llama3", "yarn")
"""Rotations that do not depend on how long a sequence is."""

_SHARED_TOKENS = 256
"""Prompt tokens, times siblings, from which one attention for all siblings costs less than copies of the prompt."""


def suits(model: Any) -> bool:
    """Return whether a model can be decoded here."""
    config = model.config
    if type(model).__name__ not in _SHAPES or model.device.type != "cpu" or model.dtype != torch.float32:
        return False
    layers = model.model.layers
    linears = [module for layer in layers for name, module in layer.named_modules() if name.endswith("_proj")]
    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and not torch.is_autocast_enabled("cpu")
        and all(type(linear) is torch.nn.Linear for linear in linears)
        and config.hidden_act == "silu"
        and model.model.rotary_emb.rope_type in _ROPES
        and all(getattr(layer.self_attn, "sliding_window", None) is None for layer in layers)
    )


class Packed:
    """A linear layer, or several of one input side by side, in the layout that oneDNN multiplies fastest."""

    def __init__(self, *linears: Any) -> None:
        weight = linears[0].weight if len(linears) == 1 else torch.cat([linear.weight for linear in linears])
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), 8)
        biases = [linear.bias for linear in linears if linear.bias is not None]
        self._bias = torch.cat(biases) if biases else None

    def __call__(self, states: torch.Tensor, then: str = "none") -> torch.Tensor:
        """Return `states @ weight.T + bias`, or what a function of oneDNN makes of it."""
        out: torch.Tensor = torch.ops.mkldnn._linear_pointwise(states, self._weight, self._bias, then, [], "")
        return out

    def into(self, states: torch.Tensor, operation: str, other: torch.Tensor) -> torch.Tensor:
        """Return `states @ weight.T + bias`, with `other` added or multiplied."""
        linear = torch.ops.mkldnn._linear_pointwise.binary
        out: torch.Tensor = linear(states, other, self._weight, self._bias, operation)
        return out


class Layer:
    """One decoder layer; what attention looks at is the caller's."""

    def __init__(self, module: Any, heads: tuple[int, int, int]) -> None:
        attention, mlp = module.self_attn, module.mlp
        self.heads = heads
        self.norms = module.input_layernorm, module.post_attention_layernorm
        self.head_norms = getattr(attention, "q_norm", None), getattr(attention, "k_norm", None)
        self.qkv = Packed(attention.q_proj, attention.k_proj, attention.v_proj)
        self.out = Packed(attention.o_proj)
        self.gate, self.up, self.down = Packed(mlp.gate_proj), Packed(mlp.up_proj), Packed(mlp.down_proj)

    def project(
        self, states_BH: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return queries [B, K, R, D], and keys and values [B, 2, K, D], turned by their positions."""
        kv_heads, share, size = self.heads
        rotated = kv_heads * (share + 1)
        projected = self.qkv(_norm(self.norms[0], states_BH)).view(len(states_BH), rotated + kv_heads, size)
        turned = projected[:, :rotated]
        if self.head_norms[0] is not None:
            queries, keys = turned[:, :-kv_heads], turned[:, -kv_heads:]
            turned = torch.cat([_norm(self.head_norms[0], queries), _norm(self.head_norms[1], keys)], dim=1)
        cos, sin = rotation
        turned = torch.addcmul(turned * cos, turned.roll(size // 2, -1), sin)
        queries = turned[:, :-kv_heads].view(-1, kv_heads, share, size)
        return queries, torch.stack([turned[:, -kv_heads:], projected[:, rotated:]], dim=1)

    def finish(self, states_BH: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """Return the layer's output from what attention found, [B, K, R, D]."""
        states_BH = self.out.into(attended.reshape(len(states_BH), -1), "add", states_BH)
        normed = _norm(self.norms[1], states_BH)
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
        self.head = Packed(model.get_output_embeddings())
        self.scale = attention.scaling
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
        hidden = None if min(ends) == max(ends) else hide(torch.arange(width) > ends_B[:, None])[:, None, None]
        rotation = self._rotation(torch.tensor([row.position for row in self.rows]))
        if self.siblings is None:
            self.siblings = self.shared.of([row.prompt for row in self.rows])
        states_BH = self.model.embed_tokens(tokens_B)
        for index, layer in enumerate(self.layers):
            queries, fresh = layer.project(states_BH, rotation)
            buffer = self.buffer[index]
            buffer[:, rows_B, :, ends_B] = fresh
            keys, values = buffer[:, : len(ends), :, :width]
            attended, weight = self._attend(queries, keys, values, hidden)
            for siblings in self.siblings:
                siblings.mix(index, queries, attended, weight, self._attend)
            states_BH = layer.finish(states_BH, attended)
        for row in self.rows:
            row.position, row.stored = row.position + 1, row.stored + 1
        return self.head(_norm(self.model.norm, states_BH))

    def _read(self, ids: tuple[int, ...]) -> Prompt:
        """Run a prompt; what all prompts begin with is run once."""
        if self.beginning and not self.beginning_stored:
            self.beginning_stored, _ = self._run(ids[: self.beginning], [])
        stored, states_H = self._run(ids[self.beginning :], self.beginning_stored)
        return Prompt(len(ids), stored, self.head(_norm(self.model.norm, states_H[None]))[0])

    def _run(self, ids: tuple[int, ...], before: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Run tokens behind stored ones; return the keys and values of all, and the last token's state [H]."""
        start = before[0].shape[2] if before else 0
        rotation = self._rotation(torch.arange(start, start + len(ids)))
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
        attended, weight = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            queries, keys, values, 0.0, False, attn_mask=hidden, scale=self.scale
        )
        return attended, weight

    def _rotation(self, positions_T: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return cosines and sines [T, 1, D]; the sign that half of each head takes is in the sines."""
        cos, sin = self.model.rotary_emb(self.model.embed_tokens.weight, positions_T[None])
        half = sin.shape[-1] // 2
        signed = torch.cat([-sin[0, :, :half], sin[0, :, half:]], dim=1)
        return cos[0][:, None], signed[:, None]

    def _grow(self, width: int) -> None:
        """Make room for this many tokens a row."""
        if width > self.buffer.shape[4]:
            grown = self.buffer.new_zeros(*self.buffer.shape[:4], width + _STRIDE, self.buffer.shape[5])
            grown[..., : self.buffer.shape[4], :] = self.buffer
            self.buffer = grown


_STRIDE = 64
"""Tokens by which buffers grow."""


def _norm(module: Any, states: torch.Tensor) -> torch.Tensor:
    return functional.rms_norm(states, module.weight.shape, module.weight, module.variance_epsilon)
