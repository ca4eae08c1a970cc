"""A fingerprint of the compiled modules in some folders, by which one process knows that it sees what another saw.

Gigabytes are not hashed for it: a file counts by its name, its size and its times of change, of which the last cannot
be set by a program. Imports only the standard library, since the kernel's process has it too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator

_PARTS = (".olean", ".ir")
"""A module may be in several files, such as `Init.olean`, `Init.olean.private`, `Init.ir` and `Init.ir.sig`."""


def fingerprint(paths: Iterable[str]) -> str:
    """Return the fingerprint of some files, and of the modules below some folders.

    Raises:
        OSError: One of them cannot be read.
    """
    total = hashlib.sha256()
    for path in paths:
        for file in [path] if os.path.isfile(path) else _modules(path):
            facts = os.stat(file)
            total.update(f"{file}\0{facts.st_size}:{facts.st_mtime_ns}:{facts.st_ctime_ns}\0".encode(errors="replace"))
    return total.hexdigest()


def _modules(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(place, name) for name in sorted(names) if any(part in name for part in _PARTS))
