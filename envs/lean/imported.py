"""The constants of a user's own toolchain, asked of the kernel's process when they are used.

Lean's own library has a hundred thousand constants in hundreds of modules, and Mathlib several times as many. So they
are not read here: the process that checks proofs has imported them, and tells of each whether it is there and which
axioms it rests on (`closure`). Only what proofs use is looked at, once.
"""

from __future__ import annotations

from envs.core import ConfigError
from envs.lean.kernel import Kernel, KernelFailure
from envs.lean.library import JudgeFailure, check_primitives, show
from envs.lean.terms import Name
from envs.lean.toolchain import Toolchain


class ImportedLibrary:
    """What is imported of a toolchain.

    Args:
        toolchain: Whose modules.
        kernel: A kernel that has loaded them.

    Raises:
        ConfigError: They cannot be imported, or lack something that the kernel looks up by name.
    """

    def __init__(self, toolchain: Toolchain, kernel: Kernel) -> None:
        self.modules = toolchain.imports
        self._kernel = kernel
        self._rests_on: dict[Name, frozenset[Name]] = {}
        self._known: set[Name] = set()
        try:
            check_primitives(self, ", ".join(self.modules))
        except KernelFailure as failure:
            raise ConfigError(
                f"{', '.join(self.modules)} of the toolchain {toolchain.root} cannot be loaded: {failure}"
            ) from failure

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a constant; a no is not remembered, for proofs choose names freely."""
        if name in self._known:
            return True
        if not isinstance(name, tuple) or not name or not self._kernel.has(name):
            return False
        self._known.add(name)
        return True

    def rests_on(self, name: Name) -> frozenset[Name]:
        """Return the axioms and unsafe constants in the closure of a constant, itself included."""
        found = self._rests_on.get(name)
        if found is None:
            found = self._kernel.rests_on(name)
            if found is None:
                raise JudgeFailure(f"the library has no constant {show(name)}")
            self._rests_on[name] = found
        return found
