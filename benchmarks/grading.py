"""How many gradings a second does one core do? The graders that run on every sample of a run and start no process.

    python benchmarks/grading.py

Each grader is built from its configuration and grades right, wrong and malformed samples in turn, on one thread; the
best of several rounds counts, since other work on the machine only ever takes time away. Writes `grading.json` to
`benchmarks/results/`. The exit code is 1 if one of them does fewer than 10,000 a second.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from envs.core import Task  # noqa: E402
from envs.grader_attacks import read_sample  # noqa: E402
from envs.verifiers.grader_verifier import GraderVerifier  # noqa: E402
from envs.verifiers.graders import GRADER_TYPES, build_grader  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
WANTED_PER_S = 10_000
MUST = ("string_check", "numeric", "ranked_list")
"""What is promised; the others are measured for comparison."""
ROUNDS, ROUND_S = 5, 0.4

TEXT = "{{ sample.output_text }}"
GENES = ["TSC2", "TSC1", "NF1", "KRAS", "TP53", "BRCA1", "BRCA2", "PTEN", "RET", "MEN1"]
CONFIGS: dict[str, dict[str, Any]] = {
    "string_check": {"input": TEXT, "reference": "{{ item.answer }}", "operation": "eq"},
    "numeric": {"input": TEXT, "reference": "{{ item.n }}", "relative_tolerance": 0.01},
    "numeric with units": {"type": "numeric", "input": TEXT, "reference": "{{ item.n }}", "unit": "MPa"},
    "json_path": {"path": "$.answer", "reference": "{{ item.answer }}"},
    "set_f1": {"input": "{{ sample.output_json.genes }}", "reference": "{{ item.genes }}"},
    "ranked_list": {
        "input": "{{ sample.output_json.genes }}",
        "reference": "{{ item.gene }}",
        "vocabulary": "hgnc",
        "max_items": 10,
    },
    "fuzzy_match": {
        "type": "text_similarity",
        "input": TEXT,
        "reference": "{{ item.answer }}",
        "evaluation_metric": "fuzzy_match",
    },
    "multi of three": {
        "type": "multi",
        "graders": {
            "answer": {"type": "string_check", "name": "a", "input": TEXT, "reference": "x", "operation": "like"},
            "path": {"type": "json_path", "name": "p", "path": "answer", "reference": "{{ item.answer }}"},
            "set": {
                "type": "set_f1",
                "name": "s",
                "input": "{{ sample.output_json.genes }}",
                "reference": "{{ item.genes }}",
            },
        },
        "calculate_output": "0.5 * answer + 0.25 * path + 0.25 * set",
    },
}
ITEM = {"answer": "the left ventricle", "n": "1,234.5", "gene": "TSC2", "genes": GENES[:5]}
SAMPLES = [  # so many that no cache of what was read before is of any help
    read_sample(text)
    for n in range(1500)
    for text in (
        "the left ventricle",
        f"{1000 + n}.5",
        f"1.{n}e3",
        f"1,{100 + n % 900}.{n} kPa",
        f"one thousand and {n}",
        json.dumps({"answer": "the left ventricle", "genes": GENES}),
        json.dumps({"answer": f"the right ventricle {n}", "genes": GENES[::-1]}),
        json.dumps({"genes": ["KRAS", "tsc2", "unknown", "TSC2"]}),
        "{",
    )
]


def main() -> int:
    """Measure, show, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    rates = {}
    for name, config in CONFIGS.items():
        kind = config.get("type", name)
        if kind in GRADER_TYPES:
            rates[name] = measure({"type": kind, "name": name, **config})
    table = Table("grader", "gradings a second", "with the reward and its reasons", title="one core")
    for name, (bare, whole) in rates.items():
        table.add_row(name, f"{bare:,.0f}", f"{whole:,.0f}")
    Console().print(table)
    missed = [name for name in MUST if name in rates and rates[name][0] < WANTED_PER_S]
    content = {
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "wanted_per_s": WANTED_PER_S,
        "gradings_per_s": {
            name: {"grade": round(bare), "verifier": round(whole)} for name, (bare, whole) in rates.items()
        },
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "grading.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for name in missed:
        print(f"{name}: {rates[name][0]:,.0f} gradings a second, {WANTED_PER_S:,} are promised")
    return 1 if missed else 0


def measure(config: dict[str, Any]) -> tuple[float, float]:
    """Return gradings a second: of the grader alone, and of the verifier that makes rewards of its grades."""
    grader = build_grader(config)
    task = Task(task_id="1", prompt=(), reference=ITEM)
    schema = {"type": "json_object"} if "output_json" in json.dumps(config) else None
    verifier = GraderVerifier(grader, schema)

    def grade() -> None:
        for sample in SAMPLES:
            grader.grade(sample, ITEM)

    def judge() -> None:
        for sample in SAMPLES:
            verifier(task, sample.output_text)

    return _best_rate(grade), _best_rate(judge)


def _best_rate(call: Any) -> float:
    call()
    best = 0.0
    for _ in range(ROUNDS):
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < ROUND_S:
            call()
            count += len(SAMPLES)
        best = max(best, count / (time.perf_counter() - began))
    return best


if __name__ == "__main__":
    sys.exit(main())
