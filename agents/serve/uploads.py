"""Uploaded files: bytes in the state folder under an id of ours, never under a name that a client chose."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any, BinaryIO

from agents.serve.errors import ApiError, not_found
from agents.serve.store import FileRow, Store

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
_ID = re.compile(r"file-[0-9a-f]{24}")


class Uploads:
    """The files of a server.

    Args:
        folder: Where the bytes are.
        store: Where their names are.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in folder.glob(".*.partial"):  # of a server that was killed in the middle of an upload
            abandoned.unlink()

    def add(self, content: BinaryIO, filename: str, purpose: str) -> dict[str, Any]:
        """Keep a file; it is there as a whole or not at all.

        Raises:
            ApiError: No such purpose, or there is no room.
        """
        if purpose not in PURPOSES:
            raise ApiError(400, f"purpose must be one of {', '.join(PURPOSES)}, got {purpose!r}", param="purpose")
        file_id = f"file-{secrets.token_hex(12)}"
        scratch = self.folder / f".{file_id}.partial"
        try:
            with scratch.open("wb") as target:
                shutil.copyfileobj(content, target)
                target.flush()
                os.fsync(target.fileno())
                size = target.tell()
            if not size:
                raise ApiError(400, "the file is empty", param="file", code="empty_file")
            scratch.replace(self.folder / file_id)
        except OSError as error:
            raise ApiError(507, f"the file cannot be kept: {error.strerror or error}", code="no_room") from error
        finally:
            scratch.unlink(missing_ok=True)
        row = FileRow(id=file_id, filename=_plain(filename), purpose=purpose, bytes=size, created_at=int(time.time()))
        self.store.add(row)
        return shown_file(row)

    def path(self, file_id: str) -> Path:
        """Return where a file's bytes are.

        Raises:
            ApiError: There is no such file.
        """
        path = self.folder / file_id
        if not _ID.fullmatch(file_id) or not path.is_file():
            raise not_found("file", file_id)
        return path

    def keep_for(self, file_id: str, folder: Path) -> Path:
        """Give a job its own hold of a file, which lasts when the file is deleted; return where it is.

        Raises:
            ApiError: There is no such file.
            OSError: There is no room.
        """
        kept = folder / file_id
        if not kept.exists():
            try:
                os.link(self.path(file_id), kept)
            except OSError:  # another file system
                shutil.copyfile(self.path(file_id), kept)
        return kept

    def delete(self, file_id: str) -> dict[str, Any]:
        """Forget a file.

        Raises:
            ApiError: There is no such file.
        """
        self.store.delete_file(file_id)
        (self.folder / file_id).unlink(missing_ok=True)
        return {"id": file_id, "object": "file", "deleted": True}


def shown_file(row: FileRow) -> dict[str, Any]:
    """Return a file as clients see it."""
    return {
        "id": row.id,
        "object": "file",
        "bytes": row.bytes,
        "created_at": row.created_at,
        "filename": row.filename,
        "purpose": row.purpose,
        "status": "processed",
        "expires_at": None,
        "status_details": None,
    }


def _plain(filename: str) -> str:
    """Return a file's name without any folder, for show alone: nothing is ever written under it."""
    name = re.split(r"[/\\]", filename)[-1]
    return "".join(character for character in name if character.isprintable())[:255] or "upload"
