"""A Lean of the user's own: `env.toolchain=PATH`, instead of the library in the wheel and our core.

    Toolchain.find("~/.elan/toolchains/leanprover--lean4---v4.35.0")      a toolchain's folder
    Toolchain.find("/usr/local/bin/lean")                                 its command, also by name: `lean`
    Toolchain.find("~/mathematics", imports=["Mathlib"])                  a project of lake, built

It must be exactly the version that the judge was written for, since compiled modules and objects of another one are
laid out differently: what says otherwise, or does not say, is refused. Its content cannot be pinned: a toolchain, and
all packages of a project, are trusted as the user's own. What they hold is never read by our own code beyond the first
bytes: Lean itself imports them, once for the front end in the sandbox and once for the kernel (`closure`).

Nothing is downloaded or built here; of a project, what `lake build` has left is used. Left out: packages outside
`.lake/packages`, lake's shared cache of artifacts, precompiled modules and plugins.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from envs.core import ConfigError
from envs.lean.listing import fingerprint
from envs.lean.wheel import LEAN_VERSION

COMMIT = "eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
BINARY = "libleanshared.so"

_MODULE_NAME = re.compile(r"[^\W\d][\w'!?]*(\.[^\W\d][\w'!?]*)*")
_ASK_S = 60.0
_HEADER = b"olean\2\1" + LEAN_VERSION.encode().ljust(33, b"\0") + COMMIT.encode()
_VERSION_OF = """
import sys
sys.path.append(sys.argv[2])
from runtime import Runtime, text
runtime = Runtime(sys.argv[1])
runtime.start()
print(text(runtime.symbol("l_Lean_versionString")), text(runtime.symbol("l_Lean_githash")))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Where Lean's library and the modules that problems build on are; made by `find`."""

    root: Path
    """The folder that has `lib/lean`."""
    folders: tuple[Path, ...]
    """Where modules are looked for, in this order."""
    imports: tuple[str, ...]
    """What every problem imports."""
    fingerprint: str
    """Of all modules in the folders, and of the library: another content has another one."""

    @property
    def binary(self) -> Path:
        """Lean's library."""
        return self.root / "lib" / "lean" / BINARY

    @property
    def libraries(self) -> list[Path]:
        """Shared libraries beside the folder `lib/lean`, which the ones in it may load."""
        return sorted(path for path in (self.root / "lib").glob("*.so*") if path.is_file())

    @property
    def key(self) -> str:
        """A short name of it and what is imported, for things that belong to it alone."""
        return hashlib.sha256("\0".join((self.fingerprint, *self.imports)).encode()).hexdigest()[:16]

    @classmethod
    def find(cls, path: str | Path, imports: str | Sequence[str] = ("Init",)) -> Toolchain:
        """Return the toolchain that a path means, when it is of the right version and has what is to be imported.

        Args:
            path: The folder of a toolchain, its `lean`, or the folder of a project of lake.
            imports: Names of modules, such as `Init` or `Mathlib`.

        Raises:
            ConfigError: There is none, it is of another version, or a module is missing or damaged.
        """
        modules = (imports,) if isinstance(imports, str) else tuple(imports)
        for module in modules:
            if not isinstance(module, str) or not _MODULE_NAME.fullmatch(module):
                raise ConfigError(f"imports must be names of modules such as Init or Mathlib.Tactic, got {module!r}")
        if not modules or len(set(modules)) != len(modules):
            raise ConfigError(f"imports must be at least one module, and each once, got {list(modules)!r}")
        root, packages = _places(Path(path).expanduser())
        binary = root / "lib" / "lean" / BINARY
        if not binary.is_file():
            raise ConfigError(f"the toolchain {root} has no {binary.relative_to(root)}: it is not whole")
        _check_version(binary)
        folders = (root / "lib" / "lean", *packages)
        for module in dict.fromkeys(("Init", *modules)):
            _check_module(module, folders)
        try:
            mark = fingerprint(map(str, (*folders, binary)))
        except OSError as error:
            raise ConfigError(f"the toolchain {root} cannot be read: {error}") from error
        return cls(root=root, folders=folders, imports=modules, fingerprint=mark)


def find_toolchain(path: str | None, imports: str | Sequence[str] = ("Init",)) -> Toolchain | None:
    """Return the toolchain that an option means; None means the wheel's library with our core.

    Raises:
        ConfigError: As `Toolchain.find`; or modules are to be imported, and no toolchain is given that has them.
    """
    if path is not None:
        if not isinstance(path, str) or not path:
            raise ConfigError(f"toolchain must be a path, got {path!r}")
        return Toolchain.find(path, imports)
    if imports not in ("Init", ("Init",), ["Init"]):
        raise ConfigError(f"imports={imports!r} needs a toolchain=PATH whose modules they are; the core is Init alone")
    return None


def _places(path: Path) -> tuple[Path, list[Path]]:
    """The toolchain's folder that a path means, and the folders of modules of its project."""
    if path.is_dir():
        path = path.resolve()
        if (path / "lib" / "lean").is_dir():
            return path, []
        if (path / "lean-toolchain").is_file():
            found = [path / ".lake" / "build" / "lib" / "lean", *path.glob(".lake/packages/*/.lake/build/lib/lean")]
            return _toolchain_of(path), sorted(folder for folder in found if folder.is_dir())
        raise ConfigError(f"{path} is neither a toolchain (no lib/lean in it) nor a project (no lean-toolchain in it)")
    command = shutil.which(str(path))
    if command is None:
        raise ConfigError(
            f"toolchain={path} is no folder and no command: give the folder of a toolchain or of a project of lake, or "
            f"the path of `lean`"
        )
    return _prefix(Path(command)), []


def _toolchain_of(project: Path) -> Path:
    """The toolchain that a project asks for: among those of elan, or the one on the PATH."""
    wanted = (project / "lean-toolchain").read_text(encoding="utf-8").strip()
    name = wanted.replace("/", "--").replace(":", "---")
    home = Path(os.environ.get("ELAN_HOME") or "~/.elan").expanduser()
    for candidate in (wanted, name):
        folder = home / "toolchains" / candidate
        if candidate and (folder / "lib" / "lean").is_dir():
            return folder.resolve()
    command = shutil.which("lean")
    if command is not None and _is_at_home(Path(command).resolve()):
        return Path(command).resolve().parent.parent
    raise ConfigError(
        f"{project} asks for the toolchain {wanted!r}, which is not in {home / 'toolchains'}, and there is no `lean` "
        f"on the PATH that has its library beside it; install it (`elan toolchain install {wanted}`)"
    )


def _is_at_home(command: Path) -> bool:
    """Whether a `lean` is that of a toolchain's folder, and not elan's, which would choose one or download it."""
    return (command.parent.parent / "lib" / "lean").is_dir()


def _prefix(command: Path) -> Path:
    """The toolchain's folder that a `lean` belongs to."""
    if _is_at_home(command.resolve()):
        return command.resolve().parent.parent
    try:
        run = subprocess.run([str(command), "--print-prefix"], capture_output=True, text=True, timeout=_ASK_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"{command} cannot be asked for its toolchain: {error}") from error
    root = Path(run.stdout.strip() or "/nowhere")
    if run.returncode != 0 or not (root / "lib" / "lean").is_dir():
        words = (run.stdout + run.stderr).strip()[:300]
        raise ConfigError(f"{command} --print-prefix does not name the folder of a toolchain, but says {words!r}")
    return root.resolve()


def _check_version(binary: Path) -> None:
    """Ask the library itself, in a process of its own, what it is.

    Raises:
        ConfigError: It is another version than the judge was written for, or does not say.
    """
    command = [sys.executable, "-I", "-S", "-c", _VERSION_OF, str(binary), str(Path(__file__).resolve().parent)]
    try:
        run = subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, timeout=_ASK_S)
    except subprocess.TimeoutExpired as error:
        raise ConfigError(f"Lean's library {binary} does not start: {error}") from error
    if run.returncode != 0:
        words = (run.stderr.strip().splitlines() or [f"its process ended with status {run.returncode}"])[-1]
        raise ConfigError(f"{binary} does not start as Lean's library: {words[:300]}")
    if run.stdout.split() != [LEAN_VERSION, COMMIT]:
        raise ConfigError(
            f"{binary} is Lean {' '.join(run.stdout.split()) or 'of no version'}, and only Lean {LEAN_VERSION} (commit "
            f"{COMMIT[:7]}) can be judged: another version lays out its objects and modules differently"
        )


def _check_module(module: str, folders: Sequence[Path]) -> None:
    """Whether a module is there, and was written by this version; what else is in it, Lean will see."""
    path = Path(*module.split("."))
    for folder in folders:
        file = folder / path.with_name(path.name + ".olean")
        if file.is_file():
            with file.open("rb") as opened:
                head = opened.read(len(_HEADER))
            if head != _HEADER:
                version = f"{LEAN_VERSION} (commit {COMMIT[:7]})"
                raise ConfigError(f"{file} was not written by Lean {version}, or is damaged; build it again")
            return
    raise ConfigError(f"no module {module} in {', '.join(map(str, folders))}: build it (`lake build`), or mend imports")
