"""Picks a sandbox by name, once, at start-up; says which one it took, and never settles for less in silence."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.core import Sandbox, SandboxError

logger = logging.getLogger(__name__)


def _docker(boxes: int | None) -> Sandbox:
    from sandbox.docker import DockerSandbox  # the engine's client is an optional dependency

    return DockerSandbox(boxes=boxes)


def _bubblewrap(boxes: int | None) -> Sandbox:
    return BubblewrapSandbox(boxes=boxes)


def _auto(boxes: int | None) -> Sandbox:
    try:
        return _docker(boxes)
    except (ImportError, SandboxError) as reason:
        logger.info("no Docker sandbox (%s); taking bubblewrap", reason)
        return _bubblewrap(boxes)


SANDBOXES: dict[str, Callable[[int | None], Sandbox]] = {
    "auto": _auto,
    "docker": _docker,
    "bubblewrap": _bubblewrap,
}


def make(name: str = "auto", *, boxes: int | None = None) -> Sandbox:
    """Start the sandbox called `name`.

    Args:
        name: `docker`, `bubblewrap`, or `auto`: Docker where an engine with our image answers, else bubblewrap.
        boxes: Number of warm boxes; one per processor when not given.

    Raises:
        ValueError: There is no sandbox of that name.
        SandboxError: That sandbox cannot run here; the message says why and what to do.
    """
    if name not in SANDBOXES:
        near = difflib.get_close_matches(name, SANDBOXES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"no sandbox {name!r}{hint}; known: {', '.join(SANDBOXES)}")
    sandbox = _chosen(name, boxes)
    guarantees = sandbox.guarantees()
    logger.info("sandbox %s (%s); enforced: %s", sandbox.name, guarantees["box"], ", ".join(sorted(guarantees)))
    logger.debug("%s", "; ".join(f"{what}: {how}" for what, how in guarantees.items()))
    return sandbox


def _chosen(name: str, boxes: int | None) -> Sandbox:
    try:
        return SANDBOXES[name](boxes)
    except ImportError as error:
        raise SandboxError(f"sandbox {name!r} needs a package that is not installed: {error.name}") from error
