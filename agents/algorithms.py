"""Algorithms by name: a surrogate, and the options that make it what its paper calls it.

`algo.loss=NAME` takes the options below where nothing else gives them; each of them can be set alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.losses import Surrogate, cispo, clip, gspo, reinforce


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm."""

    surrogate: Surrogate
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of `algo.` that belong to it; all others keep their defaults."""


ALGORITHMS: dict[str, Algorithm] = {
    # arXiv 2402.03300; over the tokens of the whole step, since its own mean over each sequence favours short answers
    # (`algo.aggregate=sequence algo.clip_high=0.2 algo.kl_weight=0.04 algo.kl_estimator=k3_plain` is the paper's)
    "grpo": Algorithm(clip),
    # arXiv 2503.20783: no division by the deviation, none by the length
    "dr_grpo": Algorithm(clip, {"advantage": "group", "aggregate": "constant", "clip_high": 0.2}),
    # arXiv 2503.14476: clip-higher, token mean, dynamic sampling with refill, overlong shaping
    "dapo": Algorithm(clip, {"refill": True, "overlong_share": 0.2}),
    # arXiv 2507.18071, with the bounds of its experiments
    "gspo": Algorithm(gspo, {"aggregate": "sequence", "clip_low": 3e-4, "clip_high": 4e-4}),
    # arXiv 2506.13585: only the upper bound binds
    "cispo": Algorithm(cispo, {"clip_low": 1.0, "clip_high": 4.0}),
    # arXiv 2402.14740; the sum over a sequence, divided by a constant
    "rloo": Algorithm(clip, {"advantage": "leave_one_out", "aggregate": "constant", "clip_high": 0.2}),
    # arXiv 2501.03262; the divergence belongs in the reward (`algo.kl_weight=...`)
    "reinforce++": Algorithm(clip, {"advantage": "batch", "clip_high": 0.2, "kl_in": "reward"}),
    # the plain policy gradient
    "reinforce": Algorithm(reinforce),
}
