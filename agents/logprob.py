"""Log-probabilities of chosen tokens without ever holding the logits of a whole sequence.

For N scored tokens and a vocabulary of V the logits are made in chunks, in the forward and again in the backward pass.
Legend: N scored tokens, H hidden size, V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch

from envs.core import ConfigError

CHUNK = 128
"""Tokens whose logits exist at the same time."""


def token_logprobs(
    hidden_NH: torch.Tensor, head_VH: torch.Tensor, target_N: torch.Tensor, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each target's log-probability under `softmax(hidden @ head.T / temperature)`, and the entropies.

    Returns:
        Log-probabilities [N], and entropies in nats [N]; both with gradients to `hidden_NH` and `head_VH`.
    """
    apply: Any = _ChunkedLogProb.apply
    logprobs_N, entropies_N = apply(hidden_NH, head_VH, target_N, temperature)
    return logprobs_N, entropies_N


@torch.no_grad()
def check_head(model: Any) -> None:
    """Refuse a model that does more to its logits than `token_logprobs`, such as a scale, a bound or a bias.

    Raises:
        ConfigError: It would be trained on other probabilities than it samples from.
    """
    ids = torch.arange(2, device=model.device)[None]
    logits = model(input_ids=ids, use_cache=False).logits
    hidden = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
    ours = hidden @ model.get_output_embeddings().weight.T
    if (ours - logits).abs().max() > 0.01 * logits.abs().max():
        raise ConfigError(
            f"the logits of {type(model).__name__} are not its hidden states times its head alone (a scale, a bound or "
            "a bias), which is what the learner computes: this model cannot be trained yet"
        )


class _ChunkedLogProb(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden_NH: torch.Tensor, head_VH: torch.Tensor, target_N: torch.Tensor, temperature: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        logprobs, entropies, tops, masses = [], [], [], []
        scratch = hidden_NH.new_empty(min(CHUNK, len(hidden_NH)), len(head_VH), dtype=torch.float32)
        for start in range(0, max(1, len(hidden_NH)), CHUNK):
            hidden, target = hidden_NH[start : start + CHUNK], target_N[start : start + CHUNK]
            logits = _logits(hidden, head_VH, temperature)
            top = logits.amax(dim=1)
            logits.sub_(top[:, None])
            parts = torch.exp(logits, out=scratch[: len(hidden)])
            mass = parts.sum(dim=1)
            entropies.append(mass.log() - torch.einsum("nv,nv->n", parts, logits) / mass)
            logprobs.append(logits.gather(1, target[:, None]).squeeze(1) - mass.log())
            tops.append(top)
            masses.append(mass)
        entropies_N = torch.cat(entropies)
        ctx.save_for_backward(hidden_NH, head_VH, target_N, torch.cat(tops), torch.cat(masses), entropies_N)
        ctx.temperature = temperature
        ctx.set_materialize_grads(False)
        return torch.cat(logprobs), entropies_N

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor | None, None, None]:
        hidden_NH, head_VH, target_N, top_N, mass_N, entropy_N = ctx.saved_tensors
        grad_hidden = torch.empty_like(hidden_NH)
        grad_head = None if len(hidden_NH) else torch.zeros_like(head_VH)  # of no token, but not none
        for start in range(0, len(hidden_NH), CHUNK):
            part = slice(start, start + CHUNK)
            hidden, target = hidden_NH[part], target_N[part]
            logprobs = _logits(hidden, head_VH, ctx.temperature).sub_(top_N[part, None]).sub_(mass_N[part, None].log())
            slope = _slope(logprobs, target, entropy_N[part], *(None if grad is None else grad[part] for grad in grads))
            slope = slope.div_(ctx.temperature).to(hidden.dtype)
            torch.mm(slope, head_VH, out=grad_hidden[part])
            if ctx.needs_input_grad[1]:
                grad_head = slope.T @ hidden if grad_head is None else grad_head.addmm_(slope.T, hidden)
        return grad_hidden, grad_head, None, None


def _logits(hidden_NH: torch.Tensor, head_VH: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return `hidden @ head.T / temperature` [N, V] in float32."""
    if hidden_NH.device.type == "cpu" and hidden_NH.dtype == torch.float32 and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        # oneDNN's kernel takes two thirds of the time of the one behind `@`, for so few rows and so wide a head
        logits: torch.Tensor = torch.ops.mkldnn._linear_pointwise(hidden_NH, head_VH, None, "none", [], "")
    else:
        logits = (hidden_NH @ head_VH.T).float()
    return logits.div_(temperature)


def _slope(
    logprobs_NV: torch.Tensor,
    target_N: torch.Tensor,
    entropy_N: torch.Tensor,
    of_chosen_N: torch.Tensor | None,
    of_entropy_N: torch.Tensor | None,
) -> torch.Tensor:
    """Return the gradient to the scaled logits [N, V]; `logprobs_NV` is overwritten.

    The chosen log-probability's is `onehot(target) - p`, the entropy's `-p (log p + entropy)`.
    """
    bend_NV = None
    if of_entropy_N is not None:
        bend_NV = (logprobs_NV + entropy_N[:, None]).mul_(-of_entropy_N[:, None])
    slope_NV = logprobs_NV.exp_()
    if bend_NV is not None:
        bend_NV.mul_(slope_NV)
    if of_chosen_N is None:
        slope_NV.zero_()
    else:
        slope_NV.mul_(-of_chosen_N[:, None])
        slope_NV.scatter_add_(1, target_N[:, None], of_chosen_N[:, None])
    return slope_NV if bend_NV is None else slope_NV.add_(bend_NV)
