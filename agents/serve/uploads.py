"""Uploaded files: bytes in the state folder under an id of ours, never under a name that a client chose."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from agents.serve.errors import ApiError, not_found
from agents.serve.store import FileRow, Store
from envs.jsonl import shown

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
LIFETIMES_S = (3_600, 2_592_000)
"""Least and greatest time after which a file may expire."""
_ANCHOR, _SECONDS = "expires_after[anchor]", "expires_after[seconds]"
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

    def add(self, content: BinaryIO, filename: str, purpose: str, kept_s: int | None = None) -> dict[str, Any]:
        """Keep a file; it is there as a whole or not at all.

        Args:
            content: Its bytes.
            filename: As its owner calls it.
            purpose: One of `PURPOSES`.
            kept_s: After how many seconds it is gone; None: never.

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
        now = int(time.time())
        row = FileRow(
            id=file_id, filename=_plain(filename), purpose=purpose, bytes=size, created_at=now,
            expires_at=None if kept_s is None else now + kept_s,
        )  # fmt: skip
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

    def clear_expired(self) -> None:
        """Remove the bytes of files whose time is over, which nobody has been shown since."""
        for file_id in self.store.expired_files():
            (self.folder / file_id).unlink(missing_ok=True)
            self.store.drop_file(file_id)


def lifetime(form: Mapping[str, Any]) -> int | None:
    """Return after how many seconds an upload is to be gone: `expires_after[anchor]` and `expires_after[seconds]`.

    Raises:
        ApiError: They are not what the services take.
    """
    given = {key: value for key, value in form.items() if key.startswith("expires_after")}
    if not given:
        return None
    if unknown := given.keys() - {_ANCHOR, _SECONDS}:
        raise ApiError(400, f"{min(unknown)!r} is none of {_ANCHOR} and {_SECONDS}", param="expires_after")
    if given.get(_ANCHOR) != "created_at":
        got = shown(given.get(_ANCHOR))
        raise ApiError(400, f"{_ANCHOR} must be 'created_at', got {got}", param="expires_after.anchor")
    text = str(given.get(_SECONDS))
    least, most = LIFETIMES_S
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        said = f"{_SECONDS} must be a whole number from {least} (1 hour) to {most} (30 days), got {shown(text)}"
        raise ApiError(400, said, param="expires_after.seconds")
    return int(text)


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
        "expires_at": row.expires_at,
        "status_details": None,
    }


def _plain(filename: str) -> str:
    """Return a file's name without any folder, for show alone: nothing is ever written under it."""
    name = re.split(r"[/\\]", filename)[-1]
    return "".join(character for character in name if character.isprintable())[:255] or "upload"
