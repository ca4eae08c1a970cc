"""What of this host a language needs: its executables, what they load, and the files that it names.

Both sandboxes show a box exactly this; one by mounting it, the other by copying it into an image.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator

from sandbox.core import SandboxError
from sandbox.languages import Language


def find_tools(language: Language) -> dict[str, str]:
    """Return the paths that a box shows, and what of this host stands there: files and whole folders.

    Raises:
        SandboxError: An executable that the language needs is missing; the message says what to do.
    """
    search = language.environment.get("PATH")
    missing = [name for name in language.needs if shutil.which(name, path=search) is None]
    if missing:
        advice = f": {language.install}" if language.install else ""
        raise SandboxError(f"{language.name} needs {', '.join(missing)}, not found on this host{advice}")
    shown: set[str] = set()
    for name in (*language.needs, *language.shows):
        executable = shutil.which(name, path=search)
        shown |= {executable} if executable else set(glob.glob(name))
    shown |= set(_libraries(file for path in sorted(shown) for file in _executables(path)))
    places = sorted({_without_links(path) for path in shown})
    outer = [path for path in places if not any(path.startswith(f"{other}/") for other in places)]
    return {path: os.path.realpath(path) for path in outer}


def _without_links(path: str) -> str:
    """Return the path with links resolved on the way, but not at its end: tools are found by that name."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _executables(path: str) -> Iterator[str]:
    """Yield the executable files at or below a path."""
    if os.path.isfile(path) and os.access(path, os.X_OK):
        yield path
    for place, _folders, names in os.walk(path):
        yield from (file for name in names if os.access(file := os.path.join(place, name), os.X_OK))


def _libraries(executables: Iterable[str]) -> set[str]:
    """Return the shared libraries that executables load, by the paths at which the loader finds them."""
    command = ["ldd", *sorted({os.path.realpath(path) for path in executables})]
    listing = subprocess.run(command, capture_output=True, text=True).stdout if len(command) > 1 else ""
    words = {word for line in listing.splitlines() if not line.endswith(":") for word in line.split()}
    return {word for word in words if word.startswith("/") and os.path.isfile(word)}
