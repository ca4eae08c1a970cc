"""Where do the seconds and the memory of a step go? The floor under what `learner.py` measures of this library.

    python benchmarks/learner_profile.py

Profiles a step of each of its first two shapes: what sampling and learning spend in matrix products, in attention and
in everything else, beside how fast this machine multiplies large matrices. Then what memory holds at its peak, and what
the products of one token cost with weights of fewer bits, which is all that sampling from a quantised model could gain.
Writes `learner_profile.json` to `benchmarks/results/`.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# A benchmark beside this file is called like the package `sandbox`, and would be found in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import torch  # noqa: E402
from torch.profiler import ProfilerActivity, profile  # noqa: E402

from agents.backends.transformers import TransformersBackend  # noqa: E402
from agents.learner import PolicyLearner  # noqa: E402
from agents.models import load_model  # noqa: E402
from envs.cache import cache_folder  # noqa: E402

KINDS = {
    "matrix products": ("aten::mm", "aten::addmm", "aten::addmm_", "mkldnn::_linear_pointwise"),
    "attention": ("aten::_scaled_dot_product_flash_attention_for_cpu",),
}
"""Beginnings of the names of operations."""
MODEL_GIB = 134.5e6 * 4 / 2**30


def main() -> None:
    """Measure, print and write."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    load_model("smollm2-135m")  # fetched once
    folder = str(cache_folder() / "models" / "smollm2-135m-instruct")
    libraries = resident_gib("VmRSS")
    shapes = runpy.run_path(str(HERE / "learner.py"), run_name="loaded")["SHAPES"][:2]
    report: dict[str, Any] = {"large_matrices_gflop_per_s": round(large_product(), 1), "shapes": {}}
    for shape in shapes:
        make = runpy.run_path(str(HERE / "learner_contenders.py"), run_name="loaded")["ours"]
        step = make({**asdict(shape), "model": folder})
        step()
        step()  # the first one has no moments yet
        peak = resident_gib("VmHWM")
        report["shapes"][shape.name] = phases(step)
        if shape is shapes[0]:
            held = {"libraries": libraries, "weights": MODEL_GIB, "gradients": MODEL_GIB, "moments": 2 * MODEL_GIB}
            held["activations and the rest"] = peak - sum(held.values())
            report["memory_gib"] = {"shape": shape.name, "peak": round(peak, 2)} | {
                name: round(value, 2) for name, value in held.items()
            }
        del step
    report["products_of_a_token_ms"] = {
        f"{rows} rows": products(load_model("smollm2-135m").model, rows) for rows in (8, 32)
    }
    print(json.dumps(report, indent=2))
    (HERE / "results" / "learner_profile.json").write_text(json.dumps(report, indent=2) + "\n")


def phases(step: Callable[[], int]) -> dict[str, dict[str, float]]:
    """Return the seconds of sampling and of learning in one step, and the share of each kind of work."""
    found: dict[str, dict[str, float]] = {}
    watched = {"sampling": (TransformersBackend, "generate"), "learning": (PolicyLearner, "accumulate")}
    originals = {name: getattr(owner, method) for name, (owner, method) in watched.items()}
    for name, (owner, method) in watched.items():
        setattr(owner, method, _watched(name, originals[name], found))
    try:
        step()
    finally:
        for name, (owner, method) in watched.items():
            setattr(owner, method, originals[name])
    return found


def _watched(name: str, original: Callable[..., Any], found: dict[str, dict[str, float]]) -> Callable[..., Any]:
    def run(*given: Any) -> Any:
        began = time.perf_counter()
        with profile(activities=[ProfilerActivity.CPU]) as profiled:
            result = original(*given)
        seconds = time.perf_counter() - began
        spent = dict.fromkeys([*KINDS, "everything else"], 0.0)
        for operation in profiled.key_averages():
            kind = next((kind for kind, names in KINDS.items() if operation.key.startswith(names)), "everything else")
            spent[kind] += operation.self_cpu_time_total
        total = sum(spent.values())
        found[name] = {"seconds": round(seconds, 2), **{kind: round(part / total, 3) for kind, part in spent.items()}}
        return result

    return run


def products(model: Any, rows: int, rounds: int = 9) -> dict[str, float]:
    """Return the milliseconds that the linear layers take for one token of so many rows, by what weights are held in.

    Float32 is multiplied as the sampler does it; float16 by fbgemm and int8 by torch's own kernel, both with inputs in
    float32. They take turns, layer after layer, so that weights come from memory; the median counts.
    """
    weights = [module.weight.detach() for module in model.modules() if isinstance(module, torch.nn.Linear)]
    inputs = {size: torch.randn(rows, size) for size in {weight.shape[1] for weight in weights}}
    none = {size: torch.zeros(size) for size in {weight.shape[0] for weight in weights}}
    multiply, fbgemm = torch.ops.mkldnn._linear_pointwise.default, torch.ops._quantized
    packed = [torch.ops.mkldnn._reorder_linear_weight(weight, rows) for weight in weights]
    halves = [fbgemm.wrapped_fbgemm_pack_gemm_matrix_fp16(weight) for weight in weights]
    scales = [weight.abs().amax(1) / 127 for weight in weights]
    rounded = [(weight / scale[:, None]).round().char() for weight, scale in zip(weights, scales, strict=True)]
    each: dict[str, Callable[[int, torch.Tensor, int], Any]] = {
        "float32": lambda layer, given, out: multiply(given, packed[layer], None, "none", [], ""),
        "float16": lambda layer, given, out: fbgemm.wrapped_fbgemm_linear_fp16_weight(
            given, halves[layer], none[out], out
        ),
        "int8": lambda layer, given, out: torch._weight_int8pack_mm(given, rounded[layer], scales[layer]),
    }
    seen: dict[str, list[float]] = {name: [] for name in each}
    with torch.inference_mode():
        for _ in range(rounds + 1):
            for name, product in each.items():
                began = time.perf_counter()
                for layer, weight in enumerate(weights):
                    product(layer, inputs[weight.shape[1]], weight.shape[0])
                seen[name].append(time.perf_counter() - began)
    return {name: round(1e3 * statistics.median(spent[1:]), 1) for name, spent in seen.items()}


def large_product(size: int = 4096) -> float:
    """Return the most GFLOP a second that a product of two square matrices reaches."""
    left, right, out = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        torch.mm(left, right, out=out)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best / 1e9


def resident_gib(name: str) -> float:
    """Return what `/proc/self/status` says of this process's memory."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found.group(1)) / 2**20 if found else float("nan")


if __name__ == "__main__":
    main()
