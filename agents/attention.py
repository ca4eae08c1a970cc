"""Attention over a packed group, member by member, instead of a mask over every pair of its tokens.

A member's tokens see the prompt's and their own earlier ones: with many members most pairs of a row are hidden, and a
mask costs as much for these as for the others. Legend: T tokens of a row, P of its prompt, S members, M tokens of the
longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from agents.core import PackedGroup

NAME = "sdpa_by_member"
_MODELS = ("LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
"""Models that hand what they are given beside the tokens down to their attention."""
_WORTH = 0.7
"""Share of all pairs from which the mask is as good."""


@dataclass(frozen=True, slots=True)
class Members:
    """Where the tokens of each member stand in a row."""

    prompt: int
    place_SM: torch.Tensor
    """Index in the row; padded on the right."""
    real: torch.Tensor
    """Indices into the flattened `place_SM` that are no padding, in the order of the row."""
    visible: torch.Tensor
    """What a member's token sees of the prompt and of its member, [1, 1, M, P + M]."""


def members_of(row: PackedGroup, device: torch.device) -> Members | None:
    """Return where the members stand, or None where a mask over the row costs no more."""
    lengths = torch.bincount(row.member_T + 1).tolist()
    prompt, owns = lengths[0], lengths[1:]
    if not owns:  # a share of nothing, which another process waits for
        return None
    longest, total = max(owns), len(row.member_T)
    if len(owns) * longest * (prompt + longest) + prompt**2 / 2 > _WORTH * total**2:
        return None
    starts = torch.tensor([prompt, *owns[:-1]]).cumsum(0)
    column = torch.arange(longest)
    inside = column[None] < torch.tensor(owns)[:, None]
    place = torch.where(inside, starts[:, None] + column[None], 0)
    visible = torch.cat([torch.ones(longest, prompt), torch.ones(longest, longest).tril()], dim=1).bool()
    real = inside.flatten().nonzero().squeeze(1)
    return Members(prompt, place.to(device), real.to(device), visible[None, None].to(device))


def use(model: Any) -> bool:
    """Let a model attend by member where it is told to; return whether it can."""
    if type(model).__name__ not in _MODELS:
        return False
    if model.config._attn_implementation == "sdpa":
        model.config._attn_implementation = NAME
    return bool(model.config._attn_implementation == NAME)


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    members: Members | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Return the attention's output [1, T, heads, head size]; without members, that of transformers' own."""
    if members is None:
        found, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return found, None
    prompt, scale = members.prompt, options["scaling"]
    share = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
    first = scaled_dot_product_attention(
        query[:, :, :prompt], key[:, :, :prompt], value[:, :, :prompt], is_causal=True, scale=scale
    )
    rest = scaled_dot_product_attention(
        query[0][:, members.place_SM].transpose(0, 1),
        _seen(key, members),
        _seen(value, members),
        attn_mask=members.visible,
        scale=scale,
    )
    rest = rest.transpose(1, 2).flatten(0, 1)[members.real]
    return torch.cat([first[0].transpose(0, 1), rest])[None], None


def _seen(states: torch.Tensor, members: Members) -> torch.Tensor:
    """Return the prompt's states and behind them each member's, [S, heads, P + M, head size]."""
    own = states[0][:, members.place_SM].transpose(0, 1)
    return torch.cat([states[:, :, : members.prompt].expand(len(own), -1, -1, -1), own], dim=2)


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
