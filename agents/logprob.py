"""Log-probabilities of chosen tokens without ever holding the logits of a whole sequence.

For N scored tokens and a vocabulary of V the logits are made in blocks of tokens and words, in the forward and again in
the backward pass. Legend: N scored tokens, H hidden size, V vocabulary, W words of a block.
"""

from __future__ import annotations

from typing import Any

import torch

from agents.gradients import total_of
from envs.core import ConfigError

BLOCK_TOKENS, BLOCK_WORDS = 512, 8192
"""Tokens, and words of the vocabulary, whose logits exist at the same time: few enough to stay in a cache."""


def token_logprobs(
    hidden_NH: torch.Tensor,
    head_VH: torch.Tensor,
    target_N: torch.Tensor,
    temperature: float,
    *,
    in_place: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each target's log-probability under `softmax(hidden @ head.T / temperature)`, and the entropies.

    Args:
        hidden_NH: Hidden states.
        head_VH: The head's weights.
        target_N: Indices into the vocabulary.
        temperature: Divides the logits.
        in_place: Whether the gradient to the head is added to `head_VH.grad` (see `agents.gradients`).

    Returns:
        Log-probabilities [N], and entropies in nats [N]; both with gradients to `hidden_NH` and `head_VH`.
    """
    apply: Any = _BlockedLogProb.apply
    logprobs_N, entropies_N = apply(hidden_NH, head_VH, target_N, temperature, in_place)
    return logprobs_N, entropies_N


@torch.no_grad()
def check_head(model: Any) -> None:
    """Refuse a model that does more to its logits than `token_logprobs`, such as a scale, a bound or a bias.

    Raises:
        ConfigError: It would be trained on other probabilities than it samples from.
    """
    ids = torch.arange(2, device=model.device)[None]
    head = model.get_output_embeddings()
    logits = model(input_ids=ids, use_cache=False).logits
    hidden = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
    ours = hidden @ head.weight.T
    biased = getattr(head, "bias", None) is not None and bool(head.bias.any())
    if biased or (ours - logits).abs().max() > 0.01 * logits.abs().max():
        raise ConfigError(
            f"the logits of {type(model).__name__} are not its hidden states times its head alone (a scale, a bound or "
            "a bias), which is what the learner computes: this model cannot be trained yet"
        )


class _BlockedLogProb(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        hidden_NH: torch.Tensor,
        head_VH: torch.Tensor,
        target_N: torch.Tensor,
        temperature: float,
        in_place: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        parts = zip(torch.split(hidden_NH, BLOCK_TOKENS), torch.split(target_N, BLOCK_TOKENS), strict=True)
        scans = [_scan(hidden, head_VH, target, temperature) for hidden, target in parts]
        top_N, mass_N, slack_N, chosen_N = (torch.cat(found) for found in zip(*scans, strict=True))
        entropy_N = mass_N.log() - slack_N / mass_N
        ctx.save_for_backward(hidden_NH, head_VH, target_N, top_N, mass_N, entropy_N)
        ctx.temperature, ctx.total = temperature, head_VH if in_place else None
        ctx.set_materialize_grads(False)
        return chosen_N - mass_N.log(), entropy_N

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor | None, None, None, None]:
        hidden_NH, head_VH, target_N, top_N, mass_N, entropy_N = ctx.saved_tensors
        grad_hidden, grad_head = torch.zeros_like(hidden_NH), None
        if ctx.needs_input_grad[1]:
            grad_head = torch.zeros_like(head_VH) if ctx.total is None else total_of(ctx.total)
        for start in range(0, len(hidden_NH), BLOCK_TOKENS):
            part = slice(start, start + BLOCK_TOKENS)
            hidden, entropy, of_output = hidden_NH[part], entropy_N[part], [g if g is None else g[part] for g in grads]
            for first in range(0, len(head_VH), BLOCK_WORDS):
                words = slice(first, first + BLOCK_WORDS)
                logprobs = _logits(hidden, head_VH[words], ctx.temperature)
                logprobs.sub_(top_N[part, None]).sub_(mass_N[part, None].log())
                slope = _slope(logprobs, target_N[part] - first, entropy, *of_output)
                slope = _divided(slope, ctx.temperature).to(hidden.dtype)
                grad_hidden[part].addmm_(slope, head_VH[words])
                if grad_head is not None:
                    grad_head[words].addmm_(slope.T, hidden)
        return grad_hidden, grad_head if ctx.total is None else None, None, None, None


def _scan(
    hidden_NH: torch.Tensor, head_VH: torch.Tensor, target_N: torch.Tensor, temperature: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Read all logits once, block by block.

    Returns:
        Of each token [N]: the largest logit; the sum of `exp(logit - largest)`; the sum of that times
        `logit - largest`; and the target's `logit - largest`.
    """
    top_N = hidden_NH.new_full((len(hidden_NH),), torch.finfo(torch.float32).min, dtype=torch.float32)
    mass_N, slack_N, chosen_N = (torch.zeros_like(top_N) for _ in range(3))
    scratch = top_N.new_empty(len(top_N) * min(BLOCK_WORDS, len(head_VH)))
    for first in range(0, len(head_VH), BLOCK_WORDS):
        logits_NW = _logits(hidden_NH, head_VH[first : first + BLOCK_WORDS], temperature)
        raised_N = torch.maximum(top_N, logits_NW.amax(dim=1))
        drop_N, top_N = top_N - raised_N, raised_N
        logits_NW.sub_(raised_N[:, None])
        masses_NW = torch.exp(logits_NW, out=scratch[: logits_NW.numel()].view_as(logits_NW))
        slack_N = (slack_N + mass_N * drop_N) * drop_N.exp() + torch.einsum("nw,nw->n", masses_NW, logits_NW)
        mass_N = mass_N * drop_N.exp() + masses_NW.sum(dim=1)
        place_N, is_here_N = _places(target_N - first, logits_NW.shape[1])
        chosen_N = torch.where(is_here_N, logits_NW.gather(1, place_N[:, None]).squeeze(1), chosen_N + drop_N)
    return top_N, mass_N, slack_N, chosen_N


def _places(target_N: torch.Tensor, words: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return where targets stand in a block, the nearest edge for those outside, and whether they are in it."""
    place_N = target_N.clamp(0, words - 1)
    return place_N, place_N == target_N


def _logits(hidden_NH: torch.Tensor, head_WH: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return `hidden @ head.T / temperature` [N, W] in float32."""
    if hidden_NH.device.type == "cpu" and hidden_NH.dtype == torch.float32 and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        # oneDNN's kernel is faster than the one behind `@` for so few rows and so many words
        logits: torch.Tensor = torch.ops.mkldnn._linear_pointwise(hidden_NH, head_WH, None, "none", [], "")
    else:
        logits = (hidden_NH @ head_WH.T).float()
    return _divided(logits, temperature)


def _divided(values: torch.Tensor, temperature: float) -> torch.Tensor:
    """Divide in place, unless there is nothing to do: a pass over a block is worth saving."""
    return values if temperature == 1.0 else values.div_(temperature)


def _slope(
    logprobs_NW: torch.Tensor,
    target_N: torch.Tensor,
    entropy_N: torch.Tensor,
    of_chosen_N: torch.Tensor | None,
    of_entropy_N: torch.Tensor | None,
) -> torch.Tensor:
    """Return the gradient to the scaled logits [N, W] of a block; `logprobs_NW` is overwritten.

    Targets count from the block's first word. The chosen log-probability's is `onehot(target) - p`, the entropy's
    `-p (log p + entropy)`.
    """
    bend_NW = None
    if of_entropy_N is not None:
        bend_NW = (logprobs_NW + entropy_N[:, None]).mul_(-of_entropy_N[:, None])
    slope_NW = logprobs_NW.exp_()
    if bend_NW is not None:
        bend_NW.mul_(slope_NW)
    if of_chosen_N is None:
        slope_NW.zero_()
    else:
        slope_NW.mul_(-of_chosen_N[:, None])
        place_N, is_here_N = _places(target_N, slope_NW.shape[1])
        slope_NW.scatter_add_(1, place_N[:, None], (of_chosen_N * is_here_N)[:, None])
    return slope_NW if bend_NW is None else slope_NW.add_(bend_NW)
