"""What a person sees while a run goes on, and how long each phase took."""

from __future__ import annotations

import os
import resource
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from agents.core import Group
from agents.metrics import EvalResult, step_metrics
from agents.run import Run


class Progress:
    """A progress bar with one line a step above it.

    Args:
        steps: Steps of the whole run.
        run: The run; steps that are done already count.
    """

    def __init__(self, steps: int, run: Run) -> None:
        self.run = run
        self.console = Console()
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True), console=self.console,
        )  # fmt: skip
        self._steps = self._bars.add_task("start", total=steps, completed=run.last_step)
        self._total = steps
        self._phase = ""
        self._since = time.monotonic()
        self._cpu_since = _cpu_seconds()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._cpu: defaultdict[str, float] = defaultdict(float)

    def phase(self, name: str) -> None:
        """Say what is being done from now on."""
        self._end_phase()
        self._phase = name
        self._bars.update(self._steps, description=name)

    def timing(self, groups: Sequence[Group], seconds: float | None) -> dict[str, float]:
        """Return the times of the step that ends now, and begin anew.

        Args:
            groups: What the step was about.
            seconds: How long they were sampled, in whatever phase; None: it is not known.

        Returns:
            Seconds and CPU seconds of each phase since the last call, sampled tokens a second, peak memory in bytes,
            and that of the GPU where one is used.
        """
        self._end_phase()
        sampled = sum(member.sampled_tokens for group in groups for member in group.trajectories)
        times: dict[str, float] = {
            **{f"{name}_s": round(value, 3) for name, value in self._seconds.items()},
            **{f"{name}_cpu_s": round(value, 3) for name, value in self._cpu.items()},
            "sampled_tokens": sampled,
            **({"tokens_per_s": round(sampled / seconds, 1)} if seconds else {}),
            "peak_memory_bytes": peak_memory_bytes(),
        }
        if torch.cuda.is_available():
            times["peak_gpu_memory_bytes"] = torch.cuda.max_memory_allocated()
        self._seconds.clear()
        self._cpu.clear()
        return times

    def stepped(
        self, step: int, groups: Sequence[Group], learned: Mapping[str, Any], timing: Mapping[str, float]
    ) -> None:
        """Show a finished step."""
        numbers = step_metrics(groups)
        rate = f" ({timing['tokens_per_s']:.0f} tokens/s)" if "tokens_per_s" in timing else ""
        self._bars.update(self._steps, completed=step)
        self.console.print(
            f"step {step:3d}  reward {numbers['reward']:.3f}  pass {numbers['pass_rate']:.3f}  "
            f"length {numbers['completion_length']:5.1f}  gradient {learned['grad_norm']:.2f}  "
            f"entropy {learned['entropy']:.2f}  sample {timing.get('sample_s', 0.0):.0f} s{rate}  "
            f"learn {timing.get('learn_s', 0.0):.0f} s{audit_words(numbers)}",
            highlight=False,
        )

    def evaluated(self, step: int, result: EvalResult) -> None:
        """Show an evaluation."""
        numbers = result.summary()
        self.console.print(
            f"[bold]held out after step {step}: pass@1 {numbers['pass@1']:.3f}[/] "
            f"({numbers['low']:.3f} - {numbers['high']:.3f}, {numbers['tasks']} tasks x {result.samples})"
            f"{audit_words(numbers)}",
            highlight=False,
        )

    def _end_phase(self) -> None:
        now, cpu = time.monotonic(), _cpu_seconds()
        if self._phase:
            self._seconds[self._phase] += now - self._since
            self._cpu[self._phase] += cpu - self._cpu_since
        self._since, self._cpu_since = now, cpu

    def __enter__(self) -> Progress:
        if 0 < self._total <= self.run.last_step:
            self.console.print(f"all {self._total} steps are done already; algo.steps says how many there are to be")
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def audit_words(numbers: Mapping[str, Any]) -> str:
    """Return the end of a line: the reward-hacking gap, where something was audited."""
    if "hacking_gap" not in numbers:
        return ""
    return f"  hacking gap {numbers['hacking_gap']:.2f} of {numbers['audited']} audited"


def peak_memory_bytes() -> int:
    """Return the largest resident memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system
