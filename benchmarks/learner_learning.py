"""Held-out pass rate of `env=code` against processor seconds, this library and TRL: for `learner.py --learning`.

Both begin with the same model and take the same tasks in the same order, groups, lengths and learning rate; both are
judged by the same verifier and evaluated by the same code on the same held-out tasks. Only sampling, judging and
learning count: not evaluation, and not what the sandbox's own processes spend, which is the same for both. What is
asked is how many processor seconds a pass rate takes, not how many steps, so this library takes twice as many. A pass
rate is reached where a mean curve over the seeds first has it, for both alike. Runs that the results hold already are
not made again (delete `learner_learning.json` to begin anew): the whole takes hours, and may be done a seed at a time.
This library's runs stay in `runs/learner_learning_seed*`, for `learning.py --runs`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from envs.statistics import paired_difference  # noqa: E402

Rates = dict[str, float]
"""Pass rate of each held-out task."""
Run = list[tuple[float, Rates]]
"""The evaluations of a run: processor seconds so far, and what was found there."""
Curve = list[tuple[float, float]]
"""Processor seconds so far, and the mean held-out pass rate there."""

GOAL = 0.5
"""Share of TRL's processor seconds after which the same pass rate is reached."""
OUR_STEPS = 2
"""Steps that this library takes for each of the other's."""
EVERY = 4
"""Steps between evaluations."""
SAMPLES = 4
"""Completions of each held-out task in an evaluation."""


def compare(options: Any, results: Path) -> int:
    """Train both with each seed, write `learner_learning.json`, and return 1 if the goal is missed, else 0."""
    path = results / "learner_learning.json"
    runs = stored(path, options.steps)
    for seed in range(len(runs["trl"]), options.seeds):
        for name, python, steps in (
            ("ours", sys.executable, OUR_STEPS * options.steps),
            ("trl", options.trl_python, options.steps),
        ):
            runs[name].append(train(name, python, seed, steps, options.threads))
            points = [f"{fmean(rates.values()):.3f} at {cpu_s:.0f} s" for cpu_s, rates in runs[name][-1]]
            print(f"seed {seed}, {name}: {', '.join(points)}", flush=True)
        report = {"steps": options.steps, "seeds": seed + 1, **summary(runs), "runs": runs}
        path.write_text(json.dumps(report) + "\n")
    found = summary(runs)
    share, ahead = found["share"], found["difference"]
    said = "not reached" if share is None else f"reached in {share:.2f} of its processor seconds (goal {GOAL})"
    print(f"TRL's held-out pass rate after {options.steps} steps, {found['level']:.3f}: {said}")
    print(f"ours after {GOAL} of them, less TRL's: {ahead['mean']:+.3f} ({ahead['low']:+.3f} to {ahead['high']:+.3f})")
    if not found["met"]:
        print("missed: the goal")
    return 0 if found["met"] else 1


def stored(path: Path, steps: int) -> dict[str, list[Run]]:
    """Return the runs of as many steps that the results hold."""
    runs: dict[str, list[Run]] = {"ours": [], "trl": []}
    if path.is_file() and (report := json.loads(path.read_text()))["steps"] == steps:
        for name in runs:
            runs[name] = [[(cpu_s, rates) for cpu_s, rates in run] for run in report["runs"][name]]
    return runs


def train(name: str, python: str, seed: int, steps: int, threads: int) -> Run:
    """Train one contender in a process of its own, and return its evaluations."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "TQDM_DISABLE": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory() as folder:
        command = [python, __file__, name, folder, str(seed), str(steps)]
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
        return [(cpu_s, rates) for cpu_s, rates in json.loads(Path(folder, "evaluations.json").read_text())]


def summary(runs: dict[str, list[Run]]) -> dict[str, Any]:
    """Return what the goal is about, over all seeds.

    Returns:
        `level`, TRL's mean pass rate at its end; `share` of the processor seconds in which it first had it after which
        ours has it, or None; `met`; and `difference`, ours at its last evaluation within `GOAL` of TRL's processor
        seconds less TRL's at the end, with its 95 % interval: tasks are resampled, with all seeds and both sides.
    """
    theirs, mine = (mean_curve(runs[name]) for name in ("trl", "ours"))
    end, level = theirs[-1]
    needed, took = reached(mine, level), reached(theirs, level)
    share = None if needed is None or not took else needed / took
    last = max((place for place, (cpu_s, _) in enumerate(mine) if cpu_s <= GOAL * end), default=0)
    sides = [mean_rates([run[place][1] for run in runs[name]]) for name, place in (("trl", -1), ("ours", last))]
    difference = dict(zip(("mean", "low", "high"), paired_difference(*sides), strict=True))
    return {"level": level, "share": share, "met": share is not None and share <= GOAL, "difference": difference}


def reached(curve: Curve, level: float) -> float | None:
    """Return the processor seconds at which a curve first reaches a level, between its points in a straight line."""
    for (start, low), (end, high) in pairwise(curve):
        if low >= level:
            return start
        if high >= level:
            return start + (end - start) * (level - low) / (high - low)
    return curve[-1][0] if curve[-1][1] >= level else None


def mean_curve(runs: list[Run]) -> Curve:
    """Return the mean over runs that were evaluated after the same steps."""
    return [
        (fmean(cpu_s for cpu_s, _ in points), fmean(fmean(rates.values()) for _, rates in points))
        for points in zip(*runs, strict=True)
    ]


def mean_rates(found: list[Rates]) -> Rates:
    """Return each task's mean over several evaluations, of the tasks that all of them have."""
    return {task: fmean(rates[task] for rates in found) for task in set.intersection(*map(set, found))}


def _spent() -> float:
    times = os.times()
    return times.user + times.system


def ours(folder: Path, seed: int, steps: int) -> None:
    """Train with this library's command."""
    from agents.run import Run as Folder

    kept = Path("runs") / f"learner_learning_seed{seed}"
    shutil.rmtree(kept, ignore_errors=True)  # of a comparison that was cut short, or is to be made anew
    command = [sys.executable, "-m", "agents.train", "env=code", f"seed={seed}", f"run_dir={kept}"]
    command += [f"algo.steps={steps}", f"eval.every={EVERY}"]
    command += [f"eval.samples={SAMPLES}", f"eval.samples_during={SAMPLES}"]
    subprocess.run(command, check=True)
    spent = spent_by_step([json.loads(line) for line in (kept / "timing.jsonl").read_text().splitlines()])
    found = [(spent[step], result.rates) for step, result in sorted(Folder(kept).evaluations().items())]
    (folder / "evaluations.json").write_text(json.dumps(found))


def spent_by_step(timing: list[dict[str, Any]]) -> dict[int, float]:
    """Return the processor seconds of sampling and learning up to each step, from the lines of `timing.jsonl`.

    A step is a line that tells of sampling; the checkpoint behind it counts with the next one.
    """
    spent = {0: 0.0}
    for line in timing:
        if "sample_cpu_s" in line:
            spent[line["step"]] = max(spent.values()) + line["sample_cpu_s"] + line["learn_cpu_s"]
    return spent


def trl(folder: Path, seed: int, steps: int) -> None:
    """Train with TRL's trainer."""
    from concurrent.futures import ThreadPoolExecutor

    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    from agents.backends.transformers import TransformersBackend
    from agents.config import TrainConfig
    from agents.eval import evaluate
    from agents.models import load_model
    from agents.rollout import JUDGES, Rollout, text_env
    from agents.schedule import tasks_from
    from agents.train import prepare, sampling_at
    from envs.core import Message

    config = TrainConfig(env={"name": "code"}, seed=seed)
    algo = config.algo
    make_env, train_ids, eval_ids = prepare(config)
    model = load_model(config.model)
    env = text_env(make_env())
    rollout = Rollout(make_env, TransformersBackend(model.model, model.eos_ids), model)
    order = tasks_from(train_ids, seed, 0, steps * algo.groups_per_step)

    def text(messages: tuple[Message, ...]) -> str:
        return str(model.tokenizer.decode(model.encode_prompt(messages)))

    places = [make_env() for _ in range(algo.groups_per_step * algo.group_size)]

    def play(place: Any, name: str, completion: str) -> float:
        place.reset(seed=seed, options={"task_id": name})
        return float(place.step(completion)[1])

    def reward(completions: list[str], task_id: list[str], **_: Any) -> list[float]:
        with ThreadPoolExecutor(JUDGES) as judges:
            return list(judges.map(play, places, task_id, completions))

    evaluations: Run = []

    class Watched(TrainerCallback):  # type: ignore[misc]
        spent = 0.0

        def measure(self) -> None:
            found = evaluate(rollout, eval_ids, samples=SAMPLES, sampling=sampling_at(config), seed=seed)
            evaluations.append((self.spent, found.rates))

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.measure()
            self.began = _spent()

        def on_step_end(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
            self.spent += _spent() - self.began
            if state.global_step % EVERY == 0 or state.global_step == steps:
                self.measure()
            self.began = _spent()

    settings = GRPOConfig(
        output_dir=str(folder / "trl"), use_cpu=True, bf16=False, gradient_checkpointing=False, beta=0.0, top_k=0,
        per_device_train_batch_size=algo.group_size, gradient_accumulation_steps=algo.groups_per_step,
        num_generations=algo.group_size, max_completion_length=algo.max_new_tokens, temperature=algo.temperature,
        learning_rate=algo.learning_rate, warmup_steps=algo.warmup_steps, lr_scheduler_type="constant_with_warmup",
        adam_beta1=algo.beta1, adam_beta2=algo.beta2, weight_decay=algo.weight_decay, epsilon=algo.clip_low,
        epsilon_high=algo.clip_high, max_steps=steps, logging_steps=steps, report_to="none", save_strategy="no",
        disable_tqdm=True, shuffle_dataset=False, seed=seed,
    )  # fmt: skip
    rows = [{"prompt": text(env.task(name).prompt), "task_id": name} for name in order]
    GRPOTrainer(
        model=model.model, args=settings, reward_funcs=reward, processing_class=model.tokenizer,
        train_dataset=Dataset.from_list(rows), callbacks=[Watched()],
    ).train()  # fmt: skip
    rollout.close()
    (folder / "evaluations.json").write_text(json.dumps(evaluations))


if __name__ == "__main__":
    began = time.monotonic()
    {"ours": ours, "trl": trl}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    print(f"{sys.argv[1]}: {(time.monotonic() - began) / 60:.1f} minutes", file=sys.stderr)
