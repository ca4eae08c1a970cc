"""`python -m agents.train --dry-run ...`: what a run would do, on one group, without an update or a file.

It resolves the configuration, loads the model, samples and judges one group, and prints what came of it, which tokens
are scored and what they weigh, and the memory that a run needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from omegaconf import OmegaConf
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agents.backends import backend_config, llama
from agents.batch import BatchPlan, make_batches, teaches
from agents.config import TrainConfig
from agents.core import Group, PackedRow, Trajectory
from agents.learner import PolicyLearner
from agents.memory import cache_memory, learner_memory
from agents.models import LoadedModel, sampler_weights
from agents.parts import batch_plan, load_policy, make_feed, make_learner, make_policy, make_rollout

SAMPLER_CACHE = "keys and values of the sampler, and weights as it lays them out"
LOADING = "weights while they are loaded, in float32"


def dry_run(config: TrainConfig, source: str, make_env: Any, task_ids: Sequence[str]) -> Group:
    """Sample the first group of a run, and print what would be learned from it.

    Args:
        config: What the run is asked to do.
        source: The model to load.
        make_env: Makes an environment.
        task_ids: The tasks to train on.

    Returns:
        The group.
    """
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]configuration[/]\n{escape(OmegaConf.to_yaml(config))}")
    model = load_policy(config, source)
    learner = make_learner(config, model)
    rollout = make_rollout(config, make_env, make_policy(config, model), model)
    plan = batch_plan(config.algo)
    one = OmegaConf.merge(config, {"algo": {"groups_per_step": 1, "refill": False}})
    feed = make_feed(one, rollout, task_ids)  # type: ignore[arg-type]  # merged, it has TrainConfig's fields
    try:
        group = feed.take(1).groups[0]
    finally:
        feed.close()
        rollout.close()
    show_group(console, group, model, learner, plan)
    console.print(memory_table(memory(config, model, learner, group)))
    return group


def show_group(console: Console, group: Group, model: LoadedModel, learner: PolicyLearner, plan: BatchPlan) -> None:
    """Print a group: its prompt, what was answered and earned, and which tokens are scored."""
    console.print(f"[bold]task {escape(group.task_id)}, the prompt as the model sees it[/]")
    if turns := group.trajectories[0].turns:
        console.print(escape(model.tokenizer.decode(turns[0].context_ids)))
    for place, member in enumerate(group.trajectories):
        console.print(f"\n[bold]completion {place}[/], {member.completion_length} tokens, {outcome(member)}")
        for turn in member.turns:
            console.print(escape(turn.text))
    if not teaches(group):
        console.print("\nall members earned the same, so this group alone would teach nothing")
    # members without an advantage are laid out too: what they would be scored on is the same
    batch = make_batches([group], replace(plan, keep_silent=True, minibatches=1), learner.reward_divergences)[0]
    console.print("\n[bold]what is learned from[/]: scored tokens in brackets, the prompt left out")
    for row in batch.rows:
        for owner in range(int(row.member_T.max()) + 1):
            console.print(f"advantage {advantage(row, owner):+.3f}: {escape(marked(row, owner, model))}")


def outcome(member: Trajectory) -> str:
    """Return how an episode ended, what it earned, and why."""
    if member.reward is None:
        return escape(f"no reward: {member.error}")
    terms = ", ".join(f"{name} {term.score:g}" for name, term in member.reward.terms.items())
    return escape(f"{member.status}, reward {member.reward.total:g} ({terms}): {member.reward.feedback}")


def advantage(row: PackedRow, member: int) -> float:
    """Return the advantage of a member of a row."""
    return float(row.advantages_N[row.sequence_N == member][0])


def marked(row: PackedRow, member: int, model: LoadedModel) -> str:
    """Return the tokens of a member of a row, those that are scored in brackets."""
    own = (row.member_T == member).nonzero().flatten().tolist()
    predictors = row.predictor_N[row.sequence_N == member].tolist()
    # a token is predicted by the one before it; a member's first by the last of the prompt
    scored = {predictor + 1 if predictor in own else own[0] for predictor in predictors}
    texts = [(place in scored, model.tokenizer.decode([int(row.token_ids_T[place])])) for place in own]
    return "".join(f"[{text!r}]" if is_scored else f" {text!r} " for is_scored, text in texts)


def memory(config: TrainConfig, model: LoadedModel, learner: PolicyLearner, group: Group) -> dict[str, int]:
    """Return the bytes that a run needs, by what takes them, with a prompt as long as this group's."""
    algo = config.algo
    prompt = max((len(member.turns[0].context_ids) for member in group.trajectories if member.turns), default=1)
    step = algo.groups_per_step * (prompt + algo.group_size * algo.max_new_tokens)
    longest = max(prompt + algo.max_new_tokens, min(algo.row_tokens, step))
    needed = learner_memory(learner, longest)
    numbers = sum(parameter.numel() for parameter in model.model.parameters())
    if 4 * numbers > needed["weights"]:
        needed[LOADING] = 4 * numbers
    backend = backend_config(config.backend)
    if backend.name == "vllm":
        element = {"float32": 4, "auto": 4 if model.model.device.type == "cpu" else 2}.get(backend.dtype, 2)
        weights = sum(weight.numel() for weight in sampler_weights(model).values())
        return {
            **needed,
            "the engine's weights": element * weights,
            "its keys and values": int(backend.cache_gib * 2**30),
        }
    rows = min(algo.sampler_batch, algo.groups_per_step * algo.group_size)
    element = 4 if learner.computing.half is None else 2
    packed = 4 * numbers if llama.suits(model.model) else 0
    cache = cache_memory(model.model, rows, prompt + algo.max_new_tokens, element)
    return {**needed, SAMPLER_CACHE: packed + cache}


def memory_table(needed: Mapping[str, int]) -> Table:
    """Return the memory that a run needs as a table; sampling and learning take turns."""
    table = Table(title="memory, without what Python and torch take themselves")
    table.add_column("for")
    table.add_column("MiB", justify="right")
    for name, count in needed.items():
        if count:
            table.add_row(name, f"{count / 2**20:,.1f}")
    cache = needed.get(SAMPLER_CACHE, 0)  # an engine's own are always there
    always = sum(needed[name] for name in ("weights", "optimizer state", "models to compare with"))
    loading = needed.get(LOADING, 0)
    learning = sum(needed.values()) - cache - loading
    table.add_row("[bold]at most at once[/]", f"[bold]{max(learning, always + cache, loading) / 2**20:,.1f}[/]")
    return table
