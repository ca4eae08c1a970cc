"""What of this host a language needs: its executables, what they load, and the files that it names.

Both sandboxes show a box exactly this; one by mounting it, the other by copying it into an image.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from sandbox.core import SandboxError
from sandbox.languages import Language

LINKS = ("/bin",)
"""Folders that are links on most hosts, and are named in scripts: a box has the same links."""


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
    shown |= set(_libraries(file for path in shown for file in _files(path) if os.access(file, os.X_OK)))
    places = sorted({_without_links(path) for path in shown})
    outer = [path for path in places if not any(path.startswith(f"{other}/") for other in places)]
    return {path: os.path.realpath(path) for path in outer}


def tool_files(language: Language) -> list[Path]:
    """Return every file of a language's tools, and the links among the folders that scripts name.

    Raises:
        SandboxError: An executable that the language needs is missing.
    """
    links = [Path(link) for link in LINKS if os.path.islink(link)]
    files = [path for place in find_tools(language) for path in _files(place)]
    return [*map(Path, files), *links]


def _without_links(path: str) -> str:
    """Return the path with links resolved on the way, but not at its end: tools are found by that name."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _files(path: str) -> Iterator[str]:
    """Yield the files at or below a path."""
    if os.path.isfile(path):
        yield path
    for place, _folders, names in os.walk(path):
        yield from (os.path.join(place, name) for name in names)


def _libraries(executables: Iterable[str]) -> set[str]:
    """Return the shared libraries that executables load, by the paths at which the loader finds them."""
    command = ["ldd", *sorted({os.path.realpath(path) for path in executables})]
    listing = subprocess.run(command, capture_output=True, text=True).stdout if len(command) > 1 else ""
    words = {word for line in listing.splitlines() if not line.endswith(":") for word in line.split()}
    return {word for word in words if word.startswith("/") and os.path.isfile(word)}
