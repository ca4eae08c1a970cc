"""The environments that ship with the library, and the hook by which Gymnasium itself finds them.

Imports nothing of this package, so that Gymnasium can call the hook while it is still being imported.
"""

from __future__ import annotations

BUILTIN_ENVS: dict[str, tuple[str, str]] = {
    "code": ("assay/Code-v0", "envs.code.env:CodeEnv"),
}
"""Short name -> (Gymnasium id, entry point)."""


def register_with_gymnasium() -> None:
    """Enter the built-in environments into Gymnasium's registry; the entry point of its group `gymnasium.envs`."""
    from gymnasium.envs.registration import register, registry

    for env_id, entry_point in BUILTIN_ENVS.values():
        if env_id not in registry:
            register(id=env_id, entry_point=entry_point)
