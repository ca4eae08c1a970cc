"""Builds the core library: `core/*.lean`, in the order of their names, becomes one module `Init`, once per content."""

from __future__ import annotations

import hashlib
from pathlib import Path

CORE = Path(__file__).parent / "core"


def source() -> str:
    """Return the whole library as one text."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(CORE.glob("*.lean")))


def source_hash() -> str:
    """Return the SHA-256 of the library's text."""
    return hashlib.sha256(source().encode()).hexdigest()
