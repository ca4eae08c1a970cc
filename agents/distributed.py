"""More than one GPU of a machine: the same run in several processes, started by `torchrun --nproc-per-node N`.

Each process plays its share of a step's groups and runs its share of the learner's rows; groups and sums are exchanged,
so tasks, seeds, weights of tokens and metrics are those of one process. The learner's weights, gradients and optimizer
state are sharded (FSDP2). The sampler has a copy of its own, whole, in half precision where there is one: models of up
to 8B parameters leave room for that on a large GPU, and nothing is exchanged while a completion grows.

Left out: several machines, pipelines, a sampler that is sharded itself.
"""

from __future__ import annotations

import copy
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from agents.compose import fail
from agents.core import Batch, Completion, PackedRow, Sampling
from agents.models import LoadedModel
from agents.precision import blocks, set_precision
from envs.core import ConfigError

LIMIT = timedelta(minutes=30)
"""Longest wait for the other processes; the slowest one's sampling must fit in."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The processes of a run, of which this is one; the default is a run of one process, which exchanges nothing."""

    rank: int = 0
    size: int = 1
    samples: Any = None
    """Group of processes through which episodes are exchanged, which may happen beside learning."""
    numbers: Any = None
    """Group of processes for everything else that is not a weight."""
    store: Any = None

    @property
    def first(self) -> bool:
        """Whether this process writes and speaks."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return self.size == 1

    def share(self, count: int) -> range:
        """Return which of so many things this process does: all processes together do each once, in order."""
        return range(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def gather(self, mine: list[Any]) -> list[Any]:
        """Return what the shares of all processes made, in order."""
        return [one for part in self._all(mine, self.samples) for one in part]

    def total(self, sums: Mapping[str, float]) -> dict[str, float]:
        """Return sums over all processes; of names that end with `_max`, the largest."""
        totals: defaultdict[str, float] = defaultdict(float)
        for part in self._all(dict(sums), self.numbers):
            for name, value in part.items():
                totals[name] = max(totals[name], value) if name.endswith("_max") else totals[name] + value
        return dict(totals)

    def deal(self, batch: Batch) -> Batch:
        """Return the rows of this process: as many as every other has, since each row exchanges weights.

        What is missing is filled up with rows of which nothing is scored.
        """
        if self.alone or not batch.rows:
            return batch
        heavy = sorted(batch.rows, key=lambda row: -len(row.token_ids_T))
        mine = heavy[self.rank :: self.size]
        missing = -(-len(heavy) // self.size) - len(mine)
        elsewhere = batch.run_tokens - sum(len(row.target_N) for row in mine)
        return replace(batch, rows=(*mine, *[_anchor(heavy[-1])] * missing), tokens_elsewhere=elsewhere)

    def shard(self, module: torch.nn.Module) -> None:
        """Shard the weights of a module, block by block; from now on all processes must run it together."""
        if self.alone:
            return
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        device = next(module.parameters()).device
        mesh = init_device_mesh(device.type, (self.size,))
        for block in blocks(module):
            fully_shard(block, mesh=mesh)
        fully_shard(module, mesh=mesh)

    def whole(self, state: Any) -> Any:
        """Return nested data with sharded tensors whole, in memory; in processes but the first, without them."""
        if isinstance(state, Mapping):
            return {key: self.whole(value) for key, value in state.items()}
        if isinstance(state, list):
            return [self.whole(value) for value in state]
        if not hasattr(state, "full_tensor"):
            return state
        tensor = state.full_tensor()
        return tensor.cpu() if self.first else None

    def wait(self) -> None:
        """Wait for all others to get here."""
        if not self.alone:
            self._all(None, self.numbers)

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Do something first in the first process alone: what it fetches, the others find."""
        if not self.first:
            self.wait()
        yield
        if self.first:
            self.wait()

    def first_to_fail(self) -> bool:
        """Tell whether no other process has failed before: of those that follow nothing need be said."""
        return self.store is None or self.store.add("failures", 1) == 1

    def fail(self, error: BaseException) -> NoReturn:
        """End this process with one line that says what was wrong, unless another has said why."""
        if self.alone:
            fail(error)
        if self.first_to_fail():
            reason = str(error).splitlines()[0] if isinstance(error, RuntimeError) else str(error)
            fail(RuntimeError(f"process {self.rank} of {self.size}: {reason}"))
        raise SystemExit(2)

    def leave(self) -> None:
        """End the exchange, when all are done."""
        if not self.alone:
            self.wait()
            dist.destroy_process_group()

    def _all(self, mine: Any, group: Any) -> list[Any]:
        if self.alone:
            return [mine]
        everyone: list[Any] = [None] * self.size
        dist.all_gather_object(everyone, mine, group=group)
        return everyone


ALONE = Ranks()


def join() -> Ranks:
    """Meet the other processes that `torchrun` started; without it this one is alone.

    Raises:
        ConfigError: There are said to be others, but not where.
    """
    size, rank = (int(os.environ.get(name, default)) for name, default in (("WORLD_SIZE", "1"), ("RANK", "0")))
    if size == 1:
        return ALONE
    if missing := [name for name in ("LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]:
        raise ConfigError(f"WORLD_SIZE={size}, but there is no {', '.join(missing)}: torchrun sets them all")
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    store, _, _ = next(rendezvous("env://", rank, size, timeout=LIMIT))
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=LIMIT)
    if rank:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    samples, numbers = (dist.new_group(backend="gloo", timeout=LIMIT) for _ in range(2))
    return Ranks(rank, size, samples, numbers, PrefixStore("assay", store))


class CopyPolicy:
    """Samples from a whole copy of sharded weights, which is brought up to date where weights are loaded.

    Args:
        policy: Samples from the copy, and streams.
        copied: The copy.
        model: The model, which is sharded by then.
    """

    def __init__(self, policy: Any, copied: Any, model: Any) -> None:
        self.policy, self.copied, self.model = policy, copied, model

    def generate(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> list[Completion]:
        """Sample one completion per prompt and return them in the order of the prompts."""
        finished = dict(self.completions(prompts_ids, sampling))
        return [finished[row] for row in range(len(prompts_ids))]

    def completions(self, prompts_ids: Sequence[Sequence[int]], sampling: Sampling) -> Iterator[tuple[int, Completion]]:
        """Yield each completion with its row as soon as it ends."""
        yield from self.policy.completions(prompts_ids, sampling)

    @torch.no_grad()
    def load_weights(self, weights: Mapping[str, torch.Tensor], policy_version: int) -> None:
        """Sample from the weights of the model as they are now; one after the other is whole for a moment."""
        targets = dict(self.copied.named_parameters())
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                targets[name].copy_(whole_tensor(parameter))
        self.policy.load_weights(weights, policy_version)


def copy_to_sample(model: LoadedModel, half: torch.dtype | None) -> LoadedModel:
    """Return a copy of a model that is never trained."""
    copied = copy.deepcopy(model.model).requires_grad_(False)
    set_precision(copied, half)
    return replace(model, model=copied)


def whole_tensor(tensor: torch.Tensor) -> torch.Tensor:
    """Return a tensor that may be sharded; all processes must ask together."""
    full: Any = getattr(tensor, "full_tensor", None)
    return tensor if full is None else full()


def sharded_like(value: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return this process's part of a whole tensor that all processes have, as `target` is sharded."""
    placed: Any = target
    if not hasattr(placed, "full_tensor") or value.shape != target.shape:
        return value
    from torch.distributed.tensor import distribute_tensor

    here = value.to(target.device)
    return distribute_tensor(here, placed.device_mesh, placed.placements, src_data_rank=None)


def _anchor(row: PackedRow) -> PackedRow:
    """Return a row of one token of which nothing is scored."""
    nothing = {
        name: getattr(row, name)[:0]
        for name in ("predictor_N", "target_N", "behaviour_logprobs_N", "advantages_N", "sequence_N", "weights_N")
    }
    first = {name: getattr(row, name)[:1] for name in ("token_ids_T", "position_ids_T", "member_T", "group_T")}
    return replace(row, **nothing, **first)
