"""The environments that ship with the library, and their entry into Gymnasium's registry."""

from __future__ import annotations

from gymnasium.envs.registration import register, registry

BUILTIN_ENVS: dict[str, tuple[str, str]] = {
    "code": ("assay/Code-v0", "envs.code.env:CodeEnv"),
    "code-leaky": ("assay/CodeLeaky-v0", "envs.code.leaky:LeakyCodeEnv"),
    "genes": ("assay/Genes-v0", "envs.genes.env:GenesEnv"),
    "lean": ("assay/Lean-v0", "envs.lean.env:LeanEnv"),
    "rft": ("assay/Rft-v0", "envs.rft.env:RftEnv"),
    "text": ("assay/Text-v0", "envs.text.env:TextTasksEnv"),
}
"""Short name -> (Gymnasium id, entry point)."""


def register_with_gymnasium() -> None:
    """Enter the built-in environments into Gymnasium's registry."""
    for env_id, entry_point in BUILTIN_ENVS.values():
        if env_id not in registry:
            register(id=env_id, entry_point=entry_point)
