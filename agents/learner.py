"""The learner: one optimizer step from one batch, for any `transformers` causal language model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from agents.batch import visibility
from agents.core import Batch, PackedGroup
from agents.logprob import token_logprobs
from agents.losses import ClipRange, Loss, LossInputs


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerSettings:
    """AdamW with linear warm-up and a bound on the gradient's norm."""

    learning_rate: float
    warmup_steps: int
    weight_decay: float
    betas: tuple[float, float]
    max_grad_norm: float


class PolicyLearner:
    """Improves a causal language model with a loss over scored tokens.

    Args:
        model: The model; its parameters are updated in place.
        loss: The algorithm.
        clip: Trust region of the loss.
        temperature: Sampling temperature, at which log-probabilities are computed.
        settings: The optimizer's.
    """

    def __init__(
        self, model: Any, *, loss: Loss, clip: ClipRange, temperature: float, settings: OptimizerSettings
    ) -> None:
        self.model = model
        self.loss = loss
        self.clip = clip
        self.temperature = temperature
        self.settings = settings
        self.steps = 0
        self.optimizer = torch.optim.AdamW(
            (parameter for parameter in model.parameters() if parameter.requires_grad),
            lr=settings.learning_rate,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
        )

    @property
    def policy_version(self) -> int:
        """Number of optimizer steps taken."""
        return self.steps

    def update(self, batch: Batch) -> dict[str, float]:
        """Take one optimizer step and return its metrics; a batch without a scored token changes nothing."""
        return {**self.accumulate(batch), **self.step()}

    def accumulate(self, batch: Batch) -> dict[str, float]:
        """Compute the gradient of a batch, and return the metrics of its tokens; the weights stay as they are."""
        if batch.scored_tokens == 0:
            return {"loss": 0.0, "entropy": float("nan")}
        self.model.eval()  # the sampler drops nothing out, so neither may the learner: on-policy the ratio is 1
        self.optimizer.zero_grad(set_to_none=True)
        sums: defaultdict[str, float] = defaultdict(float)
        for row in batch.rows:
            loss, row_sums = self._row_loss(row)
            (loss / batch.scored_tokens).backward()  # type: ignore[no-untyped-call]
            for name, value in row_sums.items():
                sums[name] += value
        return {name: value / batch.scored_tokens for name, value in sums.items()}

    def step(self) -> dict[str, float]:
        """Apply the gradient that was computed, if there is one.

        Raises:
            FloatingPointError: It is not finite; the weights stay as they are.
        """
        if all(parameter.grad is None for parameter in self.model.parameters()):
            return {"grad_norm": 0.0, "learning_rate": 0.0}
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.max_grad_norm)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"the gradient of step {self.steps + 1} is not finite; no step was taken")
        self.steps += 1
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = self._learning_rate()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return {"grad_norm": float(norm), "learning_rate": self._learning_rate()}

    def logprobs(self, row: PackedGroup) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log-probabilities of a row's scored tokens [N], with gradients, and the entropies [N]."""
        device = self.model.device
        hidden_TH = self.model.base_model(
            input_ids=row.token_ids_T[None].to(device),
            position_ids=row.position_ids_T[None].to(device),
            attention_mask=visibility(row)[None, None].to(device),
            use_cache=False,
        ).last_hidden_state[0]
        head_VH = self.model.get_output_embeddings().weight
        return token_logprobs(hidden_TH[row.predictor_N.to(device)], head_VH, row.target_N.to(device), self.temperature)

    def _row_loss(self, row: PackedGroup) -> tuple[torch.Tensor, dict[str, float]]:
        logprobs_N, entropies_N = self.logprobs(row)
        inputs = LossInputs(
            logprobs_N=logprobs_N,
            behaviour_logprobs_N=row.behaviour_logprobs_N.to(logprobs_N.device),
            advantages_N=row.advantages_N.to(logprobs_N.device),
        )
        loss, sums = self.loss(inputs, self.clip)
        return loss, {**sums, "loss": loss.item(), "entropy": entropies_N.sum().item()}

    def _learning_rate(self) -> float:
        ramp = min(1.0, self.steps / self.settings.warmup_steps) if self.settings.warmup_steps else 1.0
        return self.settings.learning_rate * ramp

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "steps": self.steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps = state["steps"]
