"""Attention over a packed row, member by member, instead of a mask over every pair of its tokens.

A member's tokens see the prompt's and their own earlier ones: with many members most pairs of a row are hidden, and a
mask costs as much for these as for the others. Legend: T tokens of a row; of a group P tokens of the prompt, S members,
M tokens of the longest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from agents.core import PackedRow
from envs.core import ConfigError

NAME = "sdpa_by_member"
_VARYING_ROPES = {"dynamic", "longrope"}
"""Rotations that depend on how long a sequence is."""
_MODELS = ("LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM")
"""Models that hand what they are given beside the tokens down to their attention."""
_WORTH = 0.7
"""Share of all pairs from which the mask is as good."""
_IN_GROUPS = ("cpu",)
"""Devices on which heads of queries may share one of keys under a mask; elsewhere keys are repeated for them."""


@dataclass(frozen=True, slots=True)
class Members:
    """How a group is divided: its prompt, and behind it one member after the other."""

    prompt: int
    lengths: tuple[int, ...]
    """Tokens of each member."""
    visible: torch.Tensor
    """What a member's token sees of the prompt and of its member, padded on the right: [1, 1, M, P + M]."""

    @property
    def pairs(self) -> float:
        """Pairs of tokens that are looked at, with those of padding."""
        longest = max(self.lengths)
        return len(self.lengths) * longest * (self.prompt + longest) + self.prompt**2 / 2


def members_of(row: PackedRow, device: torch.device) -> list[Members] | None:
    """Return where the members of each group stand, or None where a mask over the row costs no more."""
    groups = []
    for group in range(int(row.group_T.max()) + 1):
        owners = row.member_T[row.group_T == group]
        _, lengths = torch.unique_consecutive(owners, return_counts=True)
        prompt, *owns = lengths.tolist() if owners[0] == -1 else [0, *lengths.tolist()]
        if not owns:  # a share of nothing, which another process waits for
            return None
        longest = max(owns)
        visible = torch.cat([torch.ones(longest, prompt), torch.ones(longest, longest).tril()], dim=1).bool()
        groups.append(Members(prompt, tuple(owns), visible[None, None].to(device)))
    return groups if sum(group.pairs for group in groups) <= _WORTH * len(row.member_T) ** 2 else None


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
        ConfigError: It has a sliding window, layers that are not full attention, a rotation that depends on how long a
            sequence is, or an attention that does not take masks of true and false.
    """
    config = model.config.get_text_config()
    name = type(model).__name__
    rotations = getattr(config, "rope_parameters", None) or {}
    each = [part for part in (rotations, *rotations.values()) if isinstance(part, Mapping)]
    if varying := sorted({str(part.get("rope_type")) for part in each} & _VARYING_ROPES):
        raise ConfigError(
            f"{name} turns positions by how long a sequence is (rope_type {', '.join(varying)}): the same tokens would "
            "have other probabilities in a longer row"
        )
    implementation = config._attn_implementation or "sdpa"
    if implementation not in ("sdpa", NAME):
        raise ConfigError(
            f"{name} attends by {implementation!r}, which would not see the masks of packed rows as they are meant: "
            "load it with attn_implementation='sdpa'"
        )
    kinds = set(getattr(config, "layer_types", None) or ())
    window = getattr(config, "sliding_window", None) if getattr(config, "use_sliding_window", True) else None
    if others := sorted(kinds - {"full_attention"}):
        raise ConfigError(f"{name} has layers of the kind {', '.join(others)}: only full attention works")
    if window and not kinds:
        raise ConfigError(
            f"{name} attends to the last {window} tokens only, which does not work here yet; if all "
            "sequences are shorter, set sliding_window to null in its config.json"
        )


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    members: list[Members] | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Return the attention's output [1, T, heads, head size]; without members, that of transformers' own."""
    if members is None:
        found, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return found, None
    if query.device.type not in _IN_GROUPS:
        share = query.shape[1] // key.shape[1]
        key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
    sizes = [size for group in members for size in (group.prompt, *group.lengths)]
    queries, keys, values = (iter(torch.split(states[0], sizes, dim=1)) for states in (query, key, value))
    parts: list[torch.Tensor] = []
    for group in members:
        asked, seen, taken = (tuple(islice(states, 1 + len(group.lengths))) for states in (queries, keys, values))
        parts += _attend_group(group, asked, seen, taken, options["scaling"])
    return torch.cat(parts, dim=1).transpose(0, 1)[None], None


def _attend_group(
    group: Members,
    queries: tuple[torch.Tensor, ...],
    keys: tuple[torch.Tensor, ...],
    values: tuple[torch.Tensor, ...],
    scale: float,
) -> list[torch.Tensor]:
    """Return what a prompt and each member find, [heads, its tokens, head size], from their states of that shape."""
    shared: dict[str, Any] = {"scale": scale, "enable_gqa": queries[0].device.type in _IN_GROUPS}
    first = scaled_dot_product_attention(queries[0][None], keys[0][None], values[0][None], is_causal=True, **shared)
    rest = scaled_dot_product_attention(
        _padded(queries[1:]), _seen(keys), _seen(values), attn_mask=group.visible, **shared
    )
    return [first[0], *(own[:, :length] for own, length in zip(rest.unbind(), group.lengths, strict=True))]


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
