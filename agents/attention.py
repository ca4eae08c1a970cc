"""Attention over a packed group, member by member, instead of a mask over every pair of its tokens.

A member's tokens see the prompt's and their own earlier ones: with many members most pairs of a row are hidden, and a
mask costs as much for these as for the others. Legend: T tokens of a row, P of its prompt, S members, M tokens of the
longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from agents.core import PackedGroup
from envs.core import ConfigError

NAME = "sdpa_by_member"
_MODELS = ("LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
"""Models that hand what they are given beside the tokens down to their attention."""
_WORTH = 0.7
"""Share of all pairs from which the mask is as good."""
_IN_GROUPS = ("cpu",)
"""Devices on which heads of queries may share one of keys under a mask; elsewhere keys are repeated for them."""


@dataclass(frozen=True, slots=True)
class Members:
    """How a row is divided: its prompt, and behind it one member after the other."""

    prompt: int
    lengths: tuple[int, ...]
    """Tokens of each member."""
    visible: torch.Tensor
    """What a member's token sees of the prompt and of its member, padded on the right: [1, 1, M, P + M]."""


def members_of(row: PackedGroup, device: torch.device) -> Members | None:
    """Return where the members stand, or None where a mask over the row costs no more."""
    lengths = torch.bincount(row.member_T + 1).tolist()
    prompt, owns = lengths[0], lengths[1:]
    if not owns:  # a share of nothing, which another process waits for
        return None
    longest, total = max(owns), len(row.member_T)
    if len(owns) * longest * (prompt + longest) + prompt**2 / 2 > _WORTH * total**2:
        return None
    visible = torch.cat([torch.ones(longest, prompt), torch.ones(longest, longest).tril()], dim=1).bool()
    return Members(prompt, tuple(owns), visible[None, None].to(device))


def use(model: Any) -> bool:
    """Let a model attend by member where it is told to; return whether it can."""
    if type(model).__name__ not in _MODELS:
        return False
    if model.config._attn_implementation == "sdpa":
        model.config._attn_implementation = NAME
    return bool(model.config._attn_implementation == NAME)


def check_attention(model: Any) -> None:
    """Refuse a model of which a token does not see all that stands before it, or sees it by other ways.

    Raises:
        ConfigError: It has a sliding window, or layers that are not full attention.
    """
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ())
    window = getattr(config, "sliding_window", None) if getattr(config, "use_sliding_window", True) else None
    if others := sorted(kinds - {"full_attention"}):
        raise ConfigError(
            f"{type(model).__name__} has layers of the kind {', '.join(others)}: only full attention works"
        )
    if window and not kinds:
        raise ConfigError(
            f"{type(model).__name__} attends to the last {window} tokens only, which does not work here yet; if all "
            "sequences are shorter, set sliding_window to null in its config.json"
        )


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
    scale, in_groups = options["scaling"], query.device.type in _IN_GROUPS
    if not in_groups:
        share = query.shape[1] // key.shape[1]
        key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
    queries, keys, values = (_apart(states, members) for states in (query, key, value))
    first = scaled_dot_product_attention(
        queries[0][None], keys[0][None], values[0][None], is_causal=True, scale=scale, enable_gqa=in_groups
    )
    rest = scaled_dot_product_attention(
        _padded(queries[1:]), _seen(keys), _seen(values), attn_mask=members.visible, scale=scale, enable_gqa=in_groups
    )
    owns = [own[:, :length] for own, length in zip(rest.unbind(), members.lengths, strict=True)]
    return torch.cat([first[0], *owns], dim=1).transpose(0, 1)[None], None


def _apart(states: torch.Tensor, members: Members) -> tuple[torch.Tensor, ...]:
    """Return the prompt's states and those of each member, [heads, its tokens, head size]."""
    return torch.split(states[0], [members.prompt, *members.lengths], dim=1)


def _padded(owns: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Return the members' states side by side, [S, heads, M, head size]."""
    longest = max(own.shape[1] for own in owns)
    return torch.stack([pad(own, (0, 0, 0, longest - own.shape[1])) for own in owns])


def _seen(parts: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Return the prompt's states and behind them each member's, [S, heads, P + M, head size]."""
    own = _padded(parts[1:])
    return torch.cat([parts[0].expand(len(own), -1, -1, -1), own], dim=2)


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
