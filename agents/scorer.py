"""A model as what the learner runs: from a row to the log-probabilities of its scored tokens.

One module with one `forward`, so that whatever is wrapped around it (sharding, compilation) sees all weights be used.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel

from agents import attention, layers
from agents.batch import visibility
from agents.core import PackedRow
from agents.logprob import token_logprobs
from agents.models import causal_lm
from agents.precision import Computing, autocast


class Scorer(torch.nn.Module):
    """Scores rows.

    Args:
        model: A `transformers` causal language model, or one in the wrapper of `peft`.
        temperature: Divides the logits.
        computing: How the blocks are run.
        in_place: Whether a backward pass may add gradients to those of the weights itself (see `agents.gradients`).

    Raises:
        ConfigError: Its attention is not one that packed rows can be run by.
    """

    def __init__(self, model: Any, temperature: float, computing: Computing, *, in_place: bool = False) -> None:
        super().__init__()
        self.model = causal_lm(model)
        if isinstance(self.model, PreTrainedModel):
            attention.check_attention(self.model)
        self.temperature = temperature
        self.computing = computing
        self.in_place = in_place
        blocks = self.model.base_model
        if computing.half is None and not computing.compiled:
            layers.use(self.model, in_place=in_place)
        self._by_member = not computing.compiled and attention.use(self.model)
        self._run: Any = [torch.compile(blocks, dynamic=True) if computing.compiled else blocks]  # not a child twice

    def forward(self, row: PackedRow) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log-probabilities of a row's scored tokens [N] and the entropies [N], with gradients."""
        device = self.model.device
        members = attention.members_of(row, device) if self._by_member else None
        with autocast(device, self.computing.half):
            hidden_TH = self._run[0](
                input_ids=row.token_ids_T[None].to(device),
                position_ids=row.position_ids_T[None].to(device),
                attention_mask=visibility(row)[None, None].to(device),
                use_cache=False,
                **({"members": members} if members else {}),
            ).last_hidden_state[0]
        head_VH = self.model.get_output_embeddings().weight
        hidden_NH = hidden_TH[row.predictor_N.to(device)].to(head_VH.dtype)
        target_N = row.target_N.to(device)
        return token_logprobs(hidden_NH, head_VH, target_N, self.temperature, in_place=self.in_place)
