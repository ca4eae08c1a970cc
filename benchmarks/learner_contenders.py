"""The contenders of `learner.py`, each in a process of its own: a step for each line read, a report for each step.

    python benchmarks/learner_contenders.py CONTENDER '{"model": FOLDER, "members": 8, "groups": 1, ...}'

`ours` is this library; `trl` is TRL's GRPOTrainer with `transformers`' own sampling; `bare` is the floor of that way:
`generate`, one forward and backward pass over all logits, AdamW. A line on standard input asks for a step; what comes
back is JSON: seconds, processor seconds, tokens. Every completion is exactly as long as asked for, and every reward is
a checksum of the text, so that no group is without a signal and nobody skips work.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import zlib
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from agents.heap import give_back  # noqa: E402

Step = Callable[[], int]
"""Takes one step and returns how many tokens it sampled."""

LEARNING_RATE = 1e-5
SENTENCE = "the gene encodes a protein that binds iron in red cells while another one repairs breaks"


def checksum(text: str) -> float:
    """Return a reward in [0, 1) that depends on every character."""
    return (zlib.crc32(text.encode()) % 1000) / 1000


def prompt_text(tokenizer: Any, tokens: int, number: int) -> str:
    """Return a text of exactly so many tokens; it begins with its number."""
    words, sentence = [f"{number}:"], cycle(SENTENCE.split())
    while len(tokenizer(" ".join(words))["input_ids"]) < tokens:
        words.append(next(sentence))
    ids = tokenizer(" ".join(words))["input_ids"][:tokens]
    text: str = tokenizer.decode(ids)
    if len(tokenizer(text)["input_ids"]) != tokens:
        raise RuntimeError(f"no text of {tokens} tokens was found")
    return text


def prompts(tokenizer: Any, shape: dict[str, Any]) -> list[str]:
    """Return the prompt of each group."""
    return [prompt_text(tokenizer, shape["prompt_tokens"], number) for number in range(10, 10 + shape["groups"])]


def load(folder: str) -> tuple[Any, Any]:
    """Return the model in float32 and its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), AutoTokenizer.from_pretrained(folder)


def ours(shape: dict[str, Any]) -> Step:
    """This library's sampler, batches and learner, as `agents.train` puts them together."""
    from agents.backends.transformers import TransformersBackend
    from agents.batch import make_batches
    from agents.config import TrainConfig
    from agents.core import Group, Sampling, Trajectory, TrajectoryStatus, Turn
    from agents.parts import batch_plan, load_policy, make_learner
    from envs.core import RewardBreakdown, RewardTerm

    config = TrainConfig(env={"name": "code"}, device="cpu")
    config.algo.learning_rate, config.algo.warmup_steps = LEARNING_RATE, 0
    config.algo.gradient_checkpointing, config.algo.row_tokens = shape["blocks_twice"], shape["row_tokens"]
    model = load_policy(config, shape["model"])
    learner, plan = make_learner(config, model), batch_plan(config.algo)
    endless = (model.model.config.vocab_size,)
    sampler = TransformersBackend(model.model, endless, max_batch=config.algo.sampler_batch)
    encoded = [tuple(model.tokenizer(text)["input_ids"]) for text in prompts(model.tokenizer, shape)]

    def trajectory(prompt: tuple[int, ...], completion: Any) -> Trajectory:
        text = model.decode(completion.token_ids)
        reward = RewardBreakdown(terms={"checksum": RewardTerm(score=checksum(text))})
        turns = (Turn(context_ids=prompt, completion=completion, text=text),)
        return Trajectory(task_id=str(prompt[0]), turns=turns, status=TrajectoryStatus.OK, reward=reward)

    def step() -> int:
        rows = [prompt for prompt in encoded for _ in range(shape["members"])]
        sampling = Sampling(max_new_tokens=shape["new_tokens"], seed=learner.policy_version)
        members = [trajectory(*one) for one in zip(rows, sampler.generate(rows, sampling), strict=True)]
        size = shape["members"]
        groups = [
            Group(task_id=str(start), trajectories=tuple(members[start : start + size]))
            for start in range(0, len(members), size)
        ]
        (batch,) = make_batches(groups, plan)
        learner.update(batch)
        return sum(member.completion_length for member in members)

    return step


def generate(model: Any, ids: Any, new_tokens: int) -> Any:
    """Sample with `transformers`, from the whole distribution, exactly so many tokens."""
    import torch

    with torch.no_grad():
        return model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
            max_new_tokens=new_tokens, min_new_tokens=new_tokens, pad_token_id=0,
        )  # fmt: skip


def bare(shape: dict[str, Any]) -> Step:
    """The floor of the usual way: nothing but the calls of torch and transformers that it cannot do without."""
    import torch

    model, tokenizer = load(shape["model"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    encoded = torch.tensor([tokenizer(text)["input_ids"] for text in prompts(tokenizer, shape)])
    rows = encoded.repeat_interleave(shape["members"], 0)

    def step() -> int:
        ids = generate(model, rows, shape["new_tokens"])
        scored = ids[:, rows.shape[1] :]
        rewards = torch.tensor([checksum(text) for text in tokenizer.batch_decode(scored)]).view(shape["groups"], -1)
        advantages = ((rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, keepdim=True)).view(-1, 1)
        logits = model(input_ids=ids, logits_to_keep=scored.shape[1] + 1).logits[:, :-1]
        logprobs = logits.log_softmax(2).gather(2, scored[..., None]).squeeze(2)
        (-(advantages * logprobs).mean()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return scored.numel()

    return step


def trl(shape: dict[str, Any]) -> None:
    """TRL's trainer, which owns the loop: each of its steps waits for a line."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    model, tokenizer = load(shape["model"])
    texts = prompts(tokenizer, shape)
    batch, new_tokens = shape["groups"] * shape["members"], shape["new_tokens"]
    sampled: list[int] = []

    def reward(completions: list[str], completion_ids: list[list[int]], **_: Any) -> list[float]:
        sampled.append(sum(map(len, completion_ids)))
        return [checksum(text) for text in completions]

    class Paced(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            wait()
            self.began = clocks()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            report(self.began, sampled.pop())

    config = GRPOConfig(
        output_dir=shape["scratch"], use_cpu=True, bf16=False, gradient_checkpointing=False, beta=0.0, temperature=1.0,
        per_device_train_batch_size=batch, gradient_accumulation_steps=1, num_generations=shape["members"],
        max_completion_length=new_tokens, generation_kwargs={"min_new_tokens": new_tokens}, top_k=0,
        learning_rate=LEARNING_RATE, max_steps=1000, logging_steps=1000, report_to="none", save_strategy="no",
        disable_tqdm=True, shuffle_dataset=False, seed=0,
    )  # fmt: skip
    trainer = GRPOTrainer(
        model=model, args=config, reward_funcs=reward, processing_class=tokenizer,
        train_dataset=Dataset.from_list([{"prompt": text} for text in texts * 1000]), callbacks=[Paced()],
    )  # fmt: skip
    trainer.train()


def sampling(shape: dict[str, Any]) -> Step:
    """Sampling alone, with the same model in the same process: `ours` or `transformers`, by turns."""
    import torch

    from agents.backends.transformers import TransformersBackend
    from agents.core import Sampling
    from agents.models import load_model

    model = load_model(shape["model"])
    (prompt,) = (tuple(model.tokenizer(text)["input_ids"]) for text in prompts(model.tokenizer, {**shape, "groups": 1}))
    rows = [prompt] * (shape["groups"] * shape["members"])
    sampler = TransformersBackend(model.model, (model.model.config.vocab_size,))
    seeds = iter(range(10**6))

    def ours_step() -> int:
        done = sampler.generate(rows, Sampling(max_new_tokens=shape["new_tokens"], seed=next(seeds)))
        return sum(len(completion.token_ids) for completion in done)

    def theirs_step() -> int:
        return int(generate(model.model, torch.tensor(rows), shape["new_tokens"])[:, len(prompt) :].numel())

    turns = iter([ours_step, theirs_step] * 10**5)
    return lambda: next(turns)()


def clocks() -> tuple[float, float]:
    """Return the wall clock and what this process has spent of the processors."""
    return time.perf_counter(), time.process_time()


def wait() -> None:
    """Give back what is not in use, since the others have steps to take; wait until one is asked for, or end."""
    give_back()
    if not sys.stdin.readline():
        os._exit(0)


def report(began: tuple[float, float], tokens: int) -> None:
    """Say what a step took, and the most memory that this process has held so far."""
    seconds, cpu_s = (now - then for now, then in zip(clocks(), began, strict=True))
    held = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    peak = int(held.group(1)) / 2**20 if held else float("nan")
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "tokens": tokens, "peak_gib": peak}), file=OUT, flush=True)


OUT = sys.stdout
"""Where reports go; whatever libraries print goes elsewhere."""


def main() -> None:
    """Serve steps until the input ends."""
    global OUT
    OUT, sys.stdout = sys.stdout, sys.stderr
    contender, shape = sys.argv[1], json.loads(sys.argv[2])
    if contender == "trl":
        trl(shape)
        return
    makers: dict[str, Callable[[dict[str, Any]], Step]] = {"ours": ours, "bare": bare, "sampling": sampling}
    step = makers[contender](shape)
    while True:
        wait()
        began = clocks()
        report(began, step())


if __name__ == "__main__":
    main()
