"""The Lean environment: statements to prove, judged by the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from envs.attacks import Attack
from envs.core import ConfigError, RewardBreakdown, Split, Task
from envs.lean import canaries
from envs.lean.attacks import lean_attacks
from envs.lean.generators import Kind, generated_problems
from envs.lean.language import LIMITS
from envs.lean.proofs import ProofChecker
from envs.lean.rewrites import harmful_rewrites, harmless_rewrites
from envs.lean.tasks import LEVELS, THEMES, LeanProblem, library_problems, load_problems, task_of
from envs.lean.verifier import LeanVerifier
from envs.options import unknown_name
from envs.sandboxes import SandboxOption, sandbox_choice
from envs.text_env import TextEnv
from sandbox.core import Limits

DIFFICULTIES: Mapping[str, tuple[int, ...]] = {"easy": (1,), "medium": (2, 3), "hard": (4, 5), "all": LEVELS}
