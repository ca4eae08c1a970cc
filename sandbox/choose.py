"""Picks a sandbox by name, once, at start-up; says which one it took, and never settles for less in silence."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.core import Sandbox, SandboxError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which sandbox to start, and how.

    Raises:
        ValueError: There is no such sandbox, or it has no such option.
    """

    name: str = "auto"
    """`docker`, `bubblewrap`, or `auto`: Docker where an engine with our image answers, else bubblewrap."""
    boxes: int | None = None
    """Warm boxes; one per processor when not given."""
    runtime: str | None = None
    """The Docker engine's OCI runtime, such as `runsc` (gVisor); the engine's default when not given."""

    def __post_init__(self) -> None:
        if self.name not in SANDBOXES:
            raise ValueError(_unknown("sandbox", self.name, SANDBOXES))
        if self.boxes is not None and (type(self.boxes) is not int or self.boxes < 1):
            raise ValueError(f"sandbox.boxes must be a whole number, at least 1, got {self.boxes!r}")
        if self.runtime is not None and (not isinstance(self.runtime, str) or not self.runtime):
            raise ValueError(f"sandbox.runtime must be the name of one of the engine's runtimes, got {self.runtime!r}")
        if self.runtime is not None and self.name == "bubblewrap":
            raise ValueError(f"sandbox.runtime={self.runtime}: bubblewrap has no engine; take sandbox=docker")

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Choice:
        """Return the choice that a name, or a mapping of `name` and options, describes.

        Raises:
            ValueError: There is no such sandbox, or it has no such option.
        """
        options = {"name": given} if isinstance(given, str) else dict(given)
        known = [field.name for field in fields(cls)]
        for option in options:
            if option not in known:
                raise ValueError(_unknown("option of a sandbox", option, known))
        return cls(**options)

    def options(self) -> dict[str, Any]:
        """Return what is chosen beside the name."""
        return {key: value for key, value in asdict(self).items() if key != "name" and value is not None}

    def __str__(self) -> str:
        """Return it as on a command line, such as `docker sandbox.runtime=runsc`."""
        return " ".join([self.name, *(f"sandbox.{key}={value}" for key, value in self.options().items())])


def _docker(choice: Choice) -> Sandbox:
    from sandbox.docker import DockerSandbox  # the engine's client is an optional dependency

    return DockerSandbox(boxes=choice.boxes, runtime=choice.runtime)


def _bubblewrap(choice: Choice) -> Sandbox:
    return BubblewrapSandbox(boxes=choice.boxes)


def _auto(choice: Choice) -> Sandbox:
    if choice.runtime is not None:
        return _docker(choice)  # who names a runtime wants its walls, and no others
    try:
        return _docker(choice)
    except (ImportError, SandboxError) as reason:
        logger.info("no Docker sandbox (%s); taking bubblewrap", reason)
        return _bubblewrap(choice)


_FORBIDDING = {
    "user.max_user_namespaces": "0",
    "kernel.unprivileged_userns_clone": "0",
    "kernel.apparmor_restrict_unprivileged_userns": "1",
}

SANDBOXES: dict[str, Callable[[Choice], Sandbox]] = {
    "auto": _auto,
    "docker": _docker,
    "bubblewrap": _bubblewrap,
}


def make(name: str = "auto", *, boxes: int | None = None, runtime: str | None = None) -> Sandbox:
    """Start the sandbox called `name`.

    Args:
        name: `docker`, `bubblewrap`, or `auto`: Docker where an engine with our image answers, else bubblewrap.
        boxes: Number of warm boxes; one per processor when not given.
        runtime: The Docker engine's OCI runtime, such as `runsc`. With `auto`, Docker is then the only choice.

    Raises:
        ValueError: There is no sandbox of that name, or it has no such option.
        SandboxError: That sandbox cannot run here; the message says why and what to do.
    """
    return start(Choice(name=name, boxes=boxes, runtime=runtime))


def start(choice: Choice) -> Sandbox:
    """Start the chosen sandbox.

    Raises:
        SandboxError: It cannot run here; the message says why and what to do.
    """
    try:
        sandbox = SANDBOXES[choice.name](choice)
    except ImportError as error:
        raise SandboxError(f"sandbox {choice.name!r} needs a package that is not installed: {error.name}") from error
    except SandboxError as error:
        if "namespace" in str(error) and _forbidding():
            raise SandboxError(f"{error} (user namespaces are forbidden here: {', '.join(_forbidding())})") from error
        raise
    guarantees = sandbox.guarantees()
    logger.info("sandbox %s (%s); enforced: %s", sandbox.name, guarantees["box"], ", ".join(sorted(guarantees)))
    logger.debug("%s", "; ".join(f"{what}: {how}" for what, how in guarantees.items()))
    return sandbox


def _forbidding() -> list[str]:
    """Return the settings of this kernel that forbid the user namespaces which every sandbox is made of."""
    return [f"sysctl {name}={value}" for name, value in _FORBIDDING.items() if _sysctl(name) == value]


def _sysctl(name: str) -> str:
    try:
        return Path("/proc/sys", *name.split(".")).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _unknown(what: str, given: object, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(str(given), names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no {what} {given!r}{hint}; known: {', '.join(names)}"
