"""Verifiers by name, for environments that let the user choose who judges."""

from __future__ import annotations

import functools
from importlib.metadata import entry_points

from envs.core import ConfigError, Verifier
from envs.options import unknown_name
from envs.verifiers.exact_match import exact_match

_verifiers: dict[str, Verifier] = {"exact_match": exact_match}


def register_verifier(name: str, verifier: Verifier) -> None:
    """Register a verifier: any callable (task, completion) -> RewardBreakdown.

    Raises:
        ConfigError: The name belongs to another verifier, or the verifier cannot be called.
    """
    if not callable(verifier):
        raise ConfigError(f"the verifier {name!r} cannot be called: {verifier!r}")
    if _verifiers.get(name, verifier) is not verifier:
        raise ConfigError(f"the verifier {name!r} is registered already, as {_verifiers[name]!r}")
    _verifiers[name] = verifier


def registered_verifiers() -> tuple[str, ...]:
    """Return the names of all verifiers."""
    _register_installed()
    return tuple(sorted(_verifiers))


def make_verifier(name: str) -> Verifier:
    """Return the verifier of this name.

    Raises:
        ConfigError: No such verifier.
    """
    _register_installed()
    if name not in _verifiers:
        raise ConfigError(unknown_name("verifier", name, _verifiers))
    return _verifiers[name]


@functools.cache
def _register_installed() -> None:
    for plugin in entry_points(group="assay.verifiers"):
        register_verifier(plugin.name, plugin.load())
