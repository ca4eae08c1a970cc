"""Builds the image of the Docker sandbox: `python -m sandbox.build`.

Takes a hub image with Python where one can be pulled, else `scratch` with a copy of this host's own interpreter, its
standard library and the shared libraries they load; no package manager and no root is needed for that. The image of
another language (`--language c++`) is always such a copy, with this host's tools of that language.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path

import docker
import docker.errors

from sandbox import languages, packages, toolbox
from sandbox.core import SandboxError
from sandbox.engine import ENGINE_ERRORS, REPOSITORY, connect, image_tag
from sandbox.languages import Language

HUB_IMAGE = "python:3.11-slim"
_HUB_INTERPRETER = "/usr/local/bin/python3"
_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip"}

_LIST_LIBRARIES = """
import importlib, os, sys, sysconfig
folder = sysconfig.get_config_var("DESTSHARED")
for name in sorted(os.listdir(folder)):
    try:
        importlib.import_module(name.partition(".")[0])
    except Exception:
        pass
paths = {line.split()[-1] for line in open("/proc/self/maps") if "/" in line}
print("\\n".join(sorted(path for path in paths if ".so" in os.path.basename(path))))
"""


def main() -> None:
    """Build the image and say what it was made of."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.build", description=__doc__)
    parser.add_argument(
        "--base", default=HUB_IMAGE, help="hub image with Python at /usr/local/bin (default: %(default)s)"
    )
    parser.add_argument("--from-host", action="store_true", help="do not pull: copy this host's interpreter")
    parser.add_argument(
        "--language", action="append", default=[], help="build the image of another language instead; may be repeated"
    )
    options = parser.parse_args()
    packages.register()
    try:
        for language in [languages.find(name) for name in options.language]:
            print(f"built {build_language(language)}")
        if not options.language:
            print(f"built {build(None if options.from_host else options.base)}")
    except (SandboxError, ValueError) as error:
        sys.exit(f"error: {error}")


def build(base: str | None = HUB_IMAGE) -> str:
    """Build the image on `base`, or on this host's interpreter if that is None or cannot be pulled; return its name.

    Raises:
        SandboxError: No engine answers, or the build failed.
    """
    with contextlib.closing(connect()) as client:
        if base is not None and not _pull(client, base):
            print(f"{base} cannot be pulled; copying the interpreter of this host instead", file=sys.stderr)
            base = None
        interpreter = _HUB_INTERPRETER if base else os.path.realpath(sys.executable)
        root = _root_archive([] if base else _in_place(host_files(interpreter)))
        arguments = {"BASE": base or "scratch", "INTERPRETER": interpreter, "VERSION": image_tag()}
        return _built(client, root, arguments)


def build_language(language: Language) -> str:
    """Build the image of another language than Python from this host's tools; return its name.

    Raises:
        SandboxError: A tool is missing, no engine answers, or the build failed.
    """
    files = toolbox.tool_files(language)
    interpreter = os.path.realpath(sys.executable)
    with contextlib.closing(connect()) as client:
        root = _root_archive([*_in_place(host_files(interpreter)), *files])
        arguments = {"BASE": "scratch", "INTERPRETER": interpreter, "VERSION": image_tag(language)}
        return _built(client, root, arguments)


def _built(client: docker.APIClient, root: bytes, arguments: Mapping[str, str]) -> str:
    name = f"{REPOSITORY}:{arguments['VERSION']}"
    try:
        events = client.build(
            fileobj=_context(root),
            custom_context=True,
            tag=name,
            buildargs=dict(arguments),
            rm=True,
            forcerm=True,
            decode=True,
        )
        for event in events:
            if "error" in event:
                raise SandboxError(f"the image was not built: {event['error'].strip()}")
    except ENGINE_ERRORS as error:
        raise SandboxError(f"the image was not built: {error}") from error
    return name


def _pull(client: docker.APIClient, image: str) -> bool:
    try:
        client.inspect_image(image)
        return True
    except docker.errors.ImageNotFound:
        pass
    try:
        client.pull(image)
        return True
    except docker.errors.DockerException:
        return False


def host_files(interpreter: str) -> Iterator[Path]:
    """Yield what `interpreter` needs to run: itself, the standard library, and every shared library they load."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    yield Path(interpreter)
    command = [interpreter, "-I", "-S", "-c", _LIST_LIBRARIES]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for library in map(Path, listing.splitlines()):
        yield from (link for link in library.parent.glob("*.so*") if link.resolve() == library)  # by all its names
    yield from Path("/lib64").glob("ld-linux*")
    yield from Path("/lib").glob("ld-linux*")
    yield Path("/etc/ld.so.cache")
    for folder in sorted({sysconfig.get_path(kind, vars=base) for kind in ("stdlib", "platstdlib")}):
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(set(folders) - _LEFT_OUT)
            yield from (Path(place, file) for file in sorted(files) if not file.endswith((".a", ".o")))


def _in_place(files: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return files with the path of each in an image, which is that on this host."""
    return [(path, path) for path in files]


def _root_archive(files: Iterable[tuple[Path, Path]]) -> bytes:
    """Pack files at the paths given first, readable for everybody, with the empty folders that a box mounts on."""
    buffer = io.BytesIO()
    known: set[str] = set()

    def add_folder(folder: Path) -> None:
        name = str(folder).lstrip("/")
        if name and name not in known:
            add_folder(folder.parent)
            known.add(name)
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)

    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in ("/tmp", "/proc", "/sys", "/dev", "/etc"):
            add_folder(Path(folder))
        for place, path in files:
            name = str(place).lstrip("/")
            if name in known or not path.exists():
                continue
            add_folder(place.parent)
            known.add(name)
            if path.is_dir():  # a link, since folders are given by their files
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(path)
                archive.addfile(entry)
                continue
            content = path.read_bytes()  # a link is packed as what it leads to
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if os.access(path, os.X_OK) else 0o644
            entry.mtime = int(path.stat().st_mtime)  # else what Python has compiled of its sources would not count
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _context(root: bytes) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        dockerfile = (resources.files("sandbox.image") / "Dockerfile").read_bytes()
        for name, content in (("Dockerfile", dockerfile), ("root.tar", root)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    buffer.seek(0)
    return buffer


if __name__ == "__main__":
    main()
