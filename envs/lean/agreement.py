"""Lean's kernel, and a second one (`second`) where it is wanted: what they say together.

Both must accept. Where the second gives up nothing is proved, or a proof that fools the first would only have to be
long; and where one accepts what the other rejects there is no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from envs.lean.kernel import Kernel, Outcome, Recheck
from envs.lean.library import CheckerError, show
from envs.lean.olean import Constant
from envs.lean.terms import Terms

_DECIDED = (Outcome.ACCEPTED, Outcome.REJECTED)


class KernelsDisagree(CheckerError):
    """One kernel accepts what the other rejects: one of them is wrong, so there is no verdict."""


@dataclass(frozen=True, slots=True)
class Kernels:
    """One kernel or two."""

    first: Kernel
    second: Kernel | None = None

    def check(self, terms: Terms, constants: Sequence[Constant], header: Path | None) -> tuple[Recheck, bool]:
        """Return what they say together, and whether the second gave up on what the first accepts.

        Args:
            terms: As in `Kernel.check`, with the other two.
            constants: The theorems and definitions, the theorem that counts last.
            header: A trusted module.

        Raises:
            KernelFailure: A kernel's process failed.
            KernelsDisagree: One accepts what the other rejects.
        """
        first = self.first.check(terms, constants, header)
        if self.second is None or first.outcome not in _DECIDED:
            return first, False
        second = self.second.check(terms, constants, header)
        cpu_s = first.cpu_s + second.cpu_s
        if second.outcome is first.outcome or (first.outcome is Outcome.REJECTED and second.outcome not in _DECIDED):
            return replace(first, cpu_s=cpu_s), False
        if second.outcome not in _DECIDED:
            return replace(second, message=f"the second kernel gave up: {second.message}", cpu_s=cpu_s), True
        raise KernelsDisagree(
            f"THE KERNELS DISAGREE on the proof of {show(constants[-1].name)}, so one of them is wrong: Lean's says "
            f"{_said(first)}, the second {_said(second)}. Nobody is paid for this proof; please report it."
        )

    def check_header(self, header: Path) -> None:
        """Have the second kernel, if there is one, check the definitions and theorems of a header.

        Raises:
            KernelFailure: Its process failed.
            KernelsDisagree: It rejects what Lean has compiled.
        """
        if self.second is not None:
            found = self.second.check(Terms(), [], header)
            if found.outcome is Outcome.REJECTED:
                raise KernelsDisagree(f"the second kernel rejects a header that Lean compiled: {found.message}")


def _said(recheck: Recheck) -> str:
    return f"{recheck.outcome} ({recheck.message})" if recheck.message else recheck.outcome
