"""Builds the core library: `core/*.lean`, in the order of their names, becomes one module `Init`, once per content.

What was built is taken only with the content that it had then; a file that was cut short or changed is built anew.

python -m envs.lean.build       builds it anew, and says where it is and how long it took
"""

from __future__ import annotations

import functools
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from envs.cache import cache_folder
from envs.core import ConfigError
from envs.lean import wheel

CORE = Path(__file__).parent / "core"

_BUILD_S = 300.0
FRONT_END = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
words = [b"lean", b"-o", *(word.encode() for word in sys.argv[2:])]
sys.exit(library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""


def source() -> str:
    """Return the whole library as one text."""
    return "".join(path.read_text(encoding="utf-8") for path in _files())


def core(binary: Path) -> Path:
    """Return the compiled library, `Init.olean`, building it if this content has not been built with this binary.

    Args:
        binary: `libleanshared.so`.

    Raises:
        ConfigError: It does not build, or the cache folder cannot be written.
    """
    text = source()
    key = hashlib.sha256(f"{wheel.SHA256[binary.name]}\n{text}".encode()).hexdigest()[:16]
    built = cache_folder() / "lean" / key / "Init.olean"
    if not _is_whole(built):
        _build(binary, text, built)
    return built


def _is_whole(built: Path) -> bool:
    """Whether a file is there with the content that it was built with: what is in it counts as proved."""
    try:
        facts = built.stat()
        return _sha256(built, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns) == _note(built)
    except OSError:
        return False


def _note(built: Path) -> str:
    return built.with_suffix(".sha256").read_text(encoding="ascii", errors="replace")


@functools.lru_cache(maxsize=4)
def _sha256(path: Path, *facts: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build(binary: Path, text: str, target: Path) -> None:
    """Compile the library in a folder of its own, and move it to its place when it is whole."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            Path(folder, "Init.lean").write_text(text, encoding="utf-8")
            compile_file(binary, Path(folder), "Init.lean", "Init.olean", library=folder)
            digest = _sha256(Path(folder, "Init.olean"))
            Path(folder, "Init.sha256").write_text(digest, encoding="ascii")
            for made in (target, target.with_suffix(".sha256")):
                Path(folder, made.name).replace(made)
    except OSError as error:
        raise ConfigError(f"the core library for Lean cannot be built in {target.parent}: {error}") from error


def compile_file(binary: Path, folder: Path, name: str, output: str, *, library: str) -> None:
    """Compile a trusted file in a process of its own.

    Args:
        binary: `libleanshared.so`.
        folder: Where the file is, and the module will be.
        name: The file.
        output: The module.
        library: Folder that imports are looked for in.

    Raises:
        ConfigError: It has an error; the message is Lean's, with the line.
    """
    command = [sys.executable, "-I", "-c", FRONT_END, str(binary), output, name]
    run = subprocess.run(
        command, cwd=folder, env={"LEAN_PATH": library}, capture_output=True, text=True, timeout=_BUILD_S
    )
    if run.returncode != 0:
        words = (run.stdout + run.stderr).strip()
        raise ConfigError(f"{name} does not compile: {_place(words) if name == 'Init.lean' else words[:2000]}")


def _place(words: str) -> str:
    """Return an error of the whole library with the file and the line that it stands in."""
    first = words.partition("\n")[0]
    parts = words.split(":", 3)
    if len(parts) < 4 or not parts[1].isdigit():
        return words[:2000]
    line = int(parts[1])
    for path in _files():
        length = path.read_text(encoding="utf-8").count("\n")
        if line <= length:
            return f"{path.name}:{line}:{parts[2]}:{parts[3][:2000]}"
        line -= length
    return first


def _files() -> list[Path]:
    return sorted(CORE.glob("*.lean"))


def main() -> None:
    """Build the library anew."""
    binary = wheel.find()
    core(binary).unlink(missing_ok=True)
    start = time.monotonic()
    print(f"{core(binary)} ({time.monotonic() - start:.1f} s)")


if __name__ == "__main__":
    main()
