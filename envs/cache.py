"""What is costly to make and cheap to keep: plain data in the cache folder, made again when it is stale or damaged.

An entry's name holds a fingerprint of the files that it was made from, and its first line the SHA-256 of the rest: an
entry that was cut short or changed is made anew. A folder that cannot be written only costs time.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from envs.files import replacing

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return where fetched and derived things are kept: `$ASSAY_CACHE`, else the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay"
    return Path(os.environ.get("ASSAY_CACHE", default)).expanduser()


def cached(name: str, sources: Sequence[Path], version: int, make: Callable[[], Any]) -> Any:
    """Return plain data, as JSON holds it, from the cache; if it is not there, `make` it and keep it.

    Args:
        name: Of the entry, fit for a file name.
        sources: Files that it is made from; another content is another entry.
        version: Of `make`: raised when it makes something else of the same files.
        make: Makes the data.

    Raises:
        OSError: A source cannot be read.
    """
    with _collector_paused():
        return _cached(name, sources, version, make)


def _cached(name: str, sources: Sequence[Path], version: int, make: Callable[[], Any]) -> Any:
    path = cache_folder() / "derived" / f"{name}-{version}-{_fingerprint(sources)}.json"
    kept = _read(path)
    if kept is not None:
        return kept[0]
    data = make()
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        _write(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    except OSError as error:
        _log.info("the cache %s cannot be written, so %s is made again next time: %s", path.parent, name, error)
    return json.loads(body)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of new objects, none of them garbage, would be looked through again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _fingerprint(sources: Sequence[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for source in sources:
        with source.open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


def _read(path: Path) -> tuple[Any] | None:
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    return (json.loads(body),)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)
