"""How long the gene environment takes to be ready, and how many answers it judges: `python benchmarks/genes.py`.

Times are of the processor, in this process. The files of the ontology are parsed anew here, whatever the cache holds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# a file of this folder is called sandbox.py, as the package is
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

import envs  # noqa: E402
from envs.genes import hpo  # noqa: E402
from envs.genes.env import GenesEnv  # noqa: E402

ANSWERS = 10_000


def main() -> None:
    """Measure and print."""
    table = Table("what", "seconds of processor time", title="the gene environment")
    paths = [hpo.hpo_folder() / name for name in ("hp.obo", "phenotype.hpoa", "genes_to_phenotype.txt")]
    seconds, data = timed(lambda: hpo.parse(*paths))
    rows = sum(len(disease[4]) for disease in data["diseases"].values())
    table.add_row(f"parse the ontology's files ({rows:,} annotations)", f"{seconds:.2f}")
    hpo.load_hpo()
    hpo.load_hpo.cache_clear()
    table.add_row("load it from the cache", f"{timed(hpo.load_hpo)[0]:.2f}")
    seconds, env = timed(lambda: envs.make("genes").unwrapped)
    assert isinstance(env, GenesEnv)
    table.add_row("make the environment", f"{seconds:.2f}")
    table.add_row("make another", f"{timed(lambda: envs.make('genes'))[0]:.3f}")
    tasks = env.tasks("train")[:500]
    seconds, _ = timed(lambda: [env.begin(task, np.random.default_rng(0)) for task in tasks])
    table.add_row("make up a patient and candidates", f"{seconds / len(tasks):.4f}")
    Console().print(table)
    answer = json.dumps({"genes": ["TSC1", "NF1", "FBN1", "NOSUCHGENE", "TSC2"]})
    seconds, _ = timed(lambda: [env.verifier(tasks[0], answer) for _ in range(ANSWERS)])
    Console().print(f"{ANSWERS / seconds:,.0f} answers of five genes judged a second")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of processor time that a call takes, and what it returns."""
    began = time.process_time()
    result = call()
    return time.process_time() - began, result


if __name__ == "__main__":
    main()
