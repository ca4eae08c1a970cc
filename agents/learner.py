"""The learner: optimizer steps from batches, for any `transformers` causal language model.

A model computes per-token log-probabilities and entropies; everything above them is a pure function (`losses.py`).
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from agents.batch import pack, split
from agents.core import Batch, PackedRow, Trajectory
from agents.correction import CORRECTIONS, effective_sample_share
from agents.distributed import ALONE, Ranks, sharded_like, whole_tensor
from agents.gradients import make_room
from agents.lora import WithoutAdapter
from agents.losses import LossInputs, LossSettings, Surrogate, token_losses
from agents.precision import Computing, computed_again
from agents.scorer import Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerSettings:
    """AdamW with linear warm-up and a bound on the gradient's norm."""

    learning_rate: float
    warmup_steps: int
    weight_decay: float
    betas: tuple[float, float]
    max_grad_norm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPolicy:
    """How the learner deals with batches that its own weights did not sample."""

    correction: str = "none"
    """Which of `correction.CORRECTIONS`. With `none` the sampler's probabilities are the old ones; else the old ones
    are the learner's own when the batch comes, and the correction weighs the difference between the two."""
    cap: float = 2.0
    """Largest weight of a token."""
    epochs: int = 1
    """Passes over each batch."""


class PolicyLearner:
    """Improves a causal language model with a loss over scored tokens.

    Args:
        model: The model; its parameters are updated in place.
        surrogate: The algorithm.
        loss: What it is told.
        temperature: Sampling temperature, at which log-probabilities are computed.
        settings: The optimizer's.
        off_policy: What is done about batches that other weights sampled.
        computing: How the model is run.
        ranks: The processes that learn together; the weights are sharded over them.
        reference: A model of the same shape that never changes, to compare with, or `WithoutAdapter`; None: nothing is
            compared.
        start: The model that the run began with, the same way, whose divergence is measured and nothing more. It may be
            the reference itself, and is then run once.
    """

    def __init__(
        self,
        model: Any,
        *,
        surrogate: Surrogate,
        loss: LossSettings = LossSettings(),
        temperature: float,
        settings: OptimizerSettings,
        off_policy: OffPolicy = OffPolicy(),
        computing: Computing = Computing(),
        ranks: Ranks = ALONE,
        reference: Any = None,
        start: Any = None,
    ) -> None:
        self.model = model
        self.surrogate = surrogate
        self.loss = loss
        self.temperature = temperature
        self.settings = settings
        self.off_policy = off_policy
        self.computing = computing
        self.reference = reference
        self.start = start
        self.steps = 0
        model.eval()  # before anything samples from it: the sampler puts back the mode that it finds
        self.ranks = ranks
        self._scorer = Scorer(model, temperature, computing, in_place=ranks.alone)
        ranks.shard(self._scorer)
        self._scorers: dict[int, Scorer] = {}
        for other in self.compared():
            if not isinstance(other, WithoutAdapter):
                self._scorers[id(other)] = Scorer(other, temperature, replace(computing, compiled=False))
                ranks.shard(self._scorers[id(other)])
        self._scaler = torch.amp.GradScaler(model.device.type, enabled=computing.half is torch.float16)
        self.optimizer = torch.optim.AdamW(
            (parameter for parameter in model.parameters() if parameter.requires_grad),
            lr=settings.learning_rate,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
            fused=True,  # one pass over the weights: a seventh of the time
        )

    @property
    def policy_version(self) -> int:
        """Number of optimizer steps taken."""
        return self.steps

    def compared(self) -> list[Any]:
        """Return the models that this one is compared with, each once."""
        return list({id(other): other for other in (self.reference, self.start) if other is not None}.values())

    def update(self, batch: Batch) -> dict[str, float]:
        """Take one optimizer step and return its metrics; a batch without a scored token changes nothing."""
        return {**self.accumulate(batch), **self.step()}

    def prepare(self, batches: Sequence[Batch]) -> list[Batch]:
        """Return a step's updates in order, with all that must be computed before the weights change.

        The old log-probabilities are computed only where a batch is seen after an update and the sampler's do not
        stand for them all; those of other models only where something is compared with them.
        """
        epochs = self.off_policy.epochs
        ready = [self._with_compared(self.ranks.deal(batch)) for batch in batches]
        if len(batches) * epochs > 1:
            ready = [self._with_old(batch) for batch in ready]
        return ready * epochs

    def accumulate(self, batch: Batch) -> dict[str, float]:
        """Compute the gradient of a batch, and return the metrics of its tokens; the weights stay as they are."""
        self.optimizer.zero_grad(set_to_none=True)
        if not batch.rows:
            return {"loss": 0.0, "entropy": math.nan}
        if self._scorer.in_place and (len(batch.rows) > 1 or computed_again(self.model)):
            make_room(self.model.parameters())  # not for a single row: all it keeps would lie beside them at once
        sums: defaultdict[str, float] = defaultdict(float)
        for row in batch.rows:
            loss, row_sums = self._row_loss(row)
            scaled: Any = self._scaler.scale(loss * self.ranks.size)  # the gradients' mean over processes is taken
            scaled.backward()
            for name, value in row_sums.items():
                sums[name] = max(sums[name], value) if name.endswith("_max") else sums[name] + value
        return _means(self.ranks.total(sums), batch.run_tokens)

    def step(self) -> dict[str, float]:
        """Apply the gradient that was computed, if there is one.

        Raises:
            FloatingPointError: It is not finite; the weights stay as they are.
        """
        if all(parameter.grad is None for parameter in self.model.parameters()):
            return {"grad_norm": 0.0, "learning_rate": 0.0}
        self._scaler.unscale_(self.optimizer)
        norm = whole_tensor(torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.max_grad_norm))
        if not torch.isfinite(norm):
            if self._scaler.get_scale() > 1.0:  # too large for float16, most likely: try the next batch scaled less
                self._scaler.update()
                self.optimizer.zero_grad(set_to_none=True)
                return {"grad_norm": math.inf, "learning_rate": 0.0}
            raise FloatingPointError(f"the gradient of step {self.steps + 1} is not finite; no step was taken")
        self.steps += 1
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = self._learning_rate()
        self._scaler.step(self.optimizer)
        self._scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        return {"grad_norm": float(norm), "learning_rate": self._learning_rate()}

    def finish(self, updates: Sequence[Batch], first: Mapping[str, float]) -> dict[str, float]:
        """Apply the gradient of the first of a step's updates, take the others, and return the metrics of the step.

        Args:
            updates: What `prepare` returned.
            first: What `accumulate` returned for the first of them.
        """
        metrics = [{**first, **self.step()}, *(self.update(batch) for batch in updates[1:])]
        return merged(metrics, [batch.run_tokens for batch in updates])

    def logprobs(self, row: PackedRow) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log-probabilities of a row's scored tokens [N] and the entropies [N], with gradients."""
        self.model.eval()  # the sampler drops nothing out, so neither may the learner: on-policy the ratio is 1
        scores: tuple[torch.Tensor, torch.Tensor] = self._scorer(row)
        return scores

    @torch.no_grad()
    def logprobs_under(self, other: Any, row: PackedRow) -> torch.Tensor:
        """Return the log-probabilities of a row's scored tokens [N] under one of the models `compared`."""
        if scorer := self._scorers.get(id(other)):
            return scorer(row)[0].cpu()  # type: ignore[no-any-return]  # a Scorer's
        with other.off():
            return self.logprobs(row)[0].cpu()

    @torch.no_grad()
    def reward_divergences(self, members: Sequence[Trajectory]) -> list[float]:
        """Return what the divergence from the reference takes off the reward of each member of one group.

        That is `kl_weight` times the summed log-ratio of sampler to reference: its score-function gradient is that of
        the divergence of the policy from the reference. Nothing where the divergence is part of the loss.
        """
        if self.reference is None or not (self.loss.kl_weight and self.loss.kl_in == "reward"):
            return [0.0] * len(members)
        places = {id(member): place for place, member in enumerate(members)}
        lost = [0.0] * len(members)
        for part in split([(member, 0.0) for member in members], row_tokens=1024):
            row = pack(part)
            reference_N = self.logprobs_under(self.reference, row)
            behaviour_N = row.behaviour_logprobs_N
            if behaviour_N.isnan().any():  # not reported: the learner's own stand for them, as in the loss
                behaviour_N = torch.where(behaviour_N.isnan(), self.logprobs(row)[0].cpu(), behaviour_N)
            sums_S = torch.zeros(len(part)).index_add(0, row.sequence_N, behaviour_N - reference_N)
            for (member, _), total in zip(part, sums_S.tolist(), strict=True):
                lost[places[id(member)]] = self.loss.kl_weight * total
        return lost

    @torch.no_grad()
    def _with_old(self, batch: Batch) -> Batch:
        rows = [
            replace(row, old_logprobs_N=self.logprobs(row)[0].cpu())
            if self.off_policy.correction != "none" or row.behaviour_logprobs_N.isnan().any() or not self.ranks.alone
            else row
            for row in batch.rows
        ]
        return replace(batch, rows=tuple(rows))

    @torch.no_grad()
    def _with_compared(self, batch: Batch) -> Batch:
        if not (others := self.compared()):
            return batch
        rows = []
        for row in batch.rows:
            found = {id(other): self.logprobs_under(other, row) for other in others}
            reference_N, start_N = found.get(id(self.reference)), found.get(id(self.start))
            rows.append(replace(row, reference_logprobs_N=reference_N, start_logprobs_N=start_N))
        return replace(batch, rows=tuple(rows))

    def _row_loss(self, row: PackedRow) -> tuple[torch.Tensor, dict[str, float]]:
        logprobs_N, entropies_N = self.logprobs(row)
        if not len(logprobs_N):  # a row to keep in step with other processes: its gradient is 0, but there is one
            return logprobs_N.sum(), {"loss_sum": 0.0}
        device = logprobs_N.device
        came_N = logprobs_N.detach() if row.old_logprobs_N is None else row.old_logprobs_N.to(device)
        unknown_N = row.behaviour_logprobs_N.to(device).isnan()
        behaviour_N = torch.where(unknown_N, came_N, row.behaviour_logprobs_N.to(device))
        corrects = self.off_policy.correction != "none"
        old_N = came_N if corrects else behaviour_N
        inputs = LossInputs(
            logprobs_N=logprobs_N,
            old_logprobs_N=old_N,
            behaviour_logprobs_N=behaviour_N,
            advantages_N=row.advantages_N.to(device),
            sequence_N=row.sequence_N.to(device),
            mask_N=torch.ones_like(unknown_N),
            reference_logprobs_N=None if row.reference_logprobs_N is None else row.reference_logprobs_N.to(device),
            start_logprobs_N=None if row.start_logprobs_N is None else row.start_logprobs_N.to(device),
            entropies_N=entropies_N if self.loss.entropy_weight else entropies_N.detach(),
        )
        losses_N, seen = token_losses(self.surrogate, inputs, self.loss)
        correction = CORRECTIONS[self.off_policy.correction]
        importance_N = correction(old_N - behaviour_N, inputs.sequence_N, inputs.mask_N, self.off_policy.cap)
        loss = (losses_N * importance_N * row.weights_N.to(device)).sum()
        sums = {name: float(values_N.sum()) for name, values_N in seen.items()}
        if corrects:
            sums |= {
                "importance": float(importance_N.sum()),
                "importance_square": float(importance_N.square().sum()),
                "importance_max": float(importance_N.max()),
            }
        return loss, {**sums, "loss_sum": loss.item(), "unknown_logprobs": float(unknown_N.sum())}

    def _trained_alone(self) -> list[str]:
        """Return the names of the weights that are trained, where others are not: those stay what they were."""
        parameters = dict(self.model.named_parameters())
        trained = [name for name, parameter in parameters.items() if parameter.requires_grad]
        return trained if len(trained) < len(parameters) else []

    def _learning_rate(self) -> float:
        ramp = min(1.0, self.steps / self.settings.warmup_steps) if self.settings.warmup_steps else 1.0
        return self.settings.learning_rate * ramp

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        weights = self.model.state_dict()
        if trained := self._trained_alone():
            weights = {name: weights[name] for name in trained}
        state = {"model": weights, "optimizer": self.optimizer.state_dict(), "steps": self.steps}
        if self._scaler.is_enabled():
            state["scaler"] = self._scaler.state_dict()
        return self.ranks.whole(state)  # type: ignore[no-any-return]  # a mapping stays one

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        weights = state["model"]
        if trained := self._trained_alone():
            if list(weights) != trained:
                raise ValueError("the checkpoint's trained weights are not those of this model")
            weights = {**self.model.state_dict(), **weights}
        own = self.model.state_dict()
        self.model.load_state_dict({name: sharded_like(value, own[name]) for name, value in weights.items()})
        parameters = [one for group in self.optimizer.param_groups for one in group["params"]]
        moments = {
            # interned, a name is pickled alike whether or not the run was interrupted
            place: {sys.intern(name): sharded_like(value, parameters[place]) for name, value in kept.items()}
            for place, kept in state["optimizer"]["state"].items()
        }
        self.optimizer.load_state_dict({**state["optimizer"], "state": moments})
        for group in self.optimizer.param_groups:  # a resumed run may have been given others
            group |= {"betas": self.settings.betas, "weight_decay": self.settings.weight_decay}
        self.steps = state["steps"]
        if self._scaler.is_enabled() and "scaler" in state:
            self._scaler.load_state_dict(state["scaler"])


def merged(updates: Sequence[Mapping[str, float]], tokens: Sequence[int]) -> dict[str, float]:
    """Return the metrics of a step from those of its updates.

    Args:
        updates: The metrics of each.
        tokens: How many each was computed on; one of none is left out, unless all are.

    Returns:
        Means over all tokens, and for what an update has one of (`loss`, `grad_norm`, `learning_rate`) over the
        updates; for `_max` the largest.
    """
    taken = [(update, count) for update, count in zip(updates, tokens, strict=True) if count] or [(updates[0], 1)]
    means = {}
    for name in taken[0][0]:
        shares = [1 if name in ("loss", "grad_norm", "learning_rate") else count for _, count in taken]
        values = [update[name] for update, _ in taken]
        mean = math.fsum(value * share for value, share in zip(values, shares, strict=True)) / sum(shares)
        means[name] = max(values) if name.endswith("_max") else mean
    return means


def _means(sums: Mapping[str, float], tokens: int) -> dict[str, float]:
    """Return the metrics of a batch from sums over the tokens that were run."""
    squares = sums.get("importance_square")
    means = {
        name: value if name.endswith("_max") else value / tokens
        for name, value in sums.items()
        if name not in ("loss_sum", "importance_square")
    }
    if squares is not None:
        means["effective_sample_share"] = effective_sample_share(sums["importance"], squares, tokens)
    return {"loss": sums["loss_sum"], **means}
