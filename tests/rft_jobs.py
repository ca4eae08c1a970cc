"""Small jobs for the tests of fine-tuning: a folder with data that a model of random weights can be graded on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_LIST = """apple bear cedar dune eagle fjord grove heron island jungle koala lemon meadow nectar ocean petal quartz
river storm tulip umbra violet willow xenon yarrow zebra"""
WORDS = _LIST.split()

HAS_LETTER = {
    "type": "string_check",
    "name": "has the letter",
    "operation": "ilike",
    "input": "{{ sample.output_text }}",
    "reference": "{{ item.letter }}",
}
"""Pays an answer that holds a certain letter: some of what random weights write does."""


def python_grader(source: str) -> dict[str, Any]:
    """Return a grader that runs a program."""
    return {"type": "python", "name": "program", "source": source}


def rows(first: int, count: int) -> list[dict[str, Any]]:
    """Return rows that are all different."""
    return [
        {
            "messages": [
                {"role": "user", "content": f"Say something of the {WORDS[n % 26]} and {WORDS[(7 * n + 3) % 26]}"}
            ],
            "letter": "aeiost"[n % 6],
        }
        for n in range(first, first + count)
    ]


def write_rows(path: Path, data: list[dict[str, Any]]) -> Path:
    """Write a data file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in data))
    return path


def body(grader: dict[str, Any] = HAS_LETTER, **hyperparameters: Any) -> dict[str, Any]:
    """Return a request body whose files are `train.jsonl` and `validation.jsonl`."""
    return {
        "model": "tiny",
        "training_file": "train.jsonl",
        "validation_file": "validation.jsonl",
        "suffix": "trial",
        "seed": 3,
        "method": {
            "type": "reinforcement",
            "reinforcement": {
                "grader": grader,
                "hyperparameters": {"batch_size": 4, "eval_samples": 1, **hyperparameters},
            },
        },
    }


def write_job(folder: Path, request: dict[str, Any]) -> Path:
    """Write a job and its data, and return the job's file."""
    write_rows(folder / "train.jsonl", rows(0, 16))
    write_rows(folder / "validation.jsonl", rows(16, 8))
    path = folder / "job.json"
    path.write_text(json.dumps(request))
    return path
