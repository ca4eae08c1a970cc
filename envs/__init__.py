"""Verifiable-reward environments for language models: every task is a `gymnasium.Env` that speaks text.

`envs.make("code")` and `gymnasium.make("assay/Code-v0")` give the same environment.
"""

from envs.core import (
    SPLITS,
    ConfigError,
    Message,
    RewardBreakdown,
    RewardTerm,
    Split,
    Task,
    Verifier,
    VerifierError,
)
from envs.registry import UnknownEnvError, default_options, load_plugins, make, register, registered, training_options
from envs.spaces import ConversationSpace, TextSpace
from envs.text_env import TextEnv
from envs.verifiers import make_verifier, register_verifier, registered_verifiers

__all__ = [
    "SPLITS",
    "ConfigError",
    "ConversationSpace",
    "Message",
    "RewardBreakdown",
    "RewardTerm",
    "Split",
    "Task",
    "TextEnv",
    "TextSpace",
    "UnknownEnvError",
    "Verifier",
    "VerifierError",
    "default_options",
    "load_plugins",
    "make",
    "make_verifier",
    "register",
    "register_verifier",
    "registered",
    "registered_verifiers",
    "training_options",
]
