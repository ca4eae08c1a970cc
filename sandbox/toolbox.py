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
    sources = tuple(os.path.realpath(source) for source in language.places.values())
    loading = [file for path in shown for file in _files(path) if os.access(file, os.X_OK)]
    loading += [file for source in sources for file in _files(source) if ".so" in os.path.basename(file)]
    shown |= {library for library in _libraries(loading) if not _is_below(os.path.realpath(library), sources)}
    paths = sorted({_without_links(path) for path in shown})
    outer = [path for path in paths if not _is_below(os.path.dirname(path), paths)]
    return {path: os.path.realpath(path) for path in outer} | dict(zip(language.places, sources, strict=True))


def tool_files(language: Language) -> list[tuple[Path, Path]]:
    """Return every file of a language's tools, each as its path in a box and the file of this host that stands there.

    The links among the folders that scripts name are among them.

    Raises:
        SandboxError: An executable that the language needs is missing.
    """
    links = [(Path(link), Path(link)) for link in LINKS if os.path.islink(link)]
    files = [
        (Path(f"{path}{file.removeprefix(start)}"), Path(file))
        for path, real in find_tools(language).items()
        for start in (real if path in language.places else path,)
        for file in _files(start)
    ]
    return [*files, *links]


def _is_below(path: str, folders: Iterable[str]) -> bool:
    """Tell whether a path is one of these, or lies below one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


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
