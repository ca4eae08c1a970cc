"""A sandbox in hardened Docker containers, each a warm box; the only module that imports the engine's client."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import socket
import struct
import sys
from collections.abc import Mapping
from importlib import resources
from typing import Any

import docker
import docker.errors
import requests
from docker.types import LogConfig, Ulimit
from docker.utils import kwargs_from_env

from sandbox.box import Transport
from sandbox.bundle import ENVIRONMENT, INTERPRETER_OPTIONS
from sandbox.core import SandboxError
from sandbox.fifos import OPEN_FIRST, Fifos
from sandbox.pool import BOX_MEMORY_BYTES, PooledSandbox, default_boxes

logger = logging.getLogger(__name__)

REPOSITORY = "assay-sandbox"
INTERPRETER_LABEL = "assay.sandbox.interpreter"
BUILD_COMMAND = "python -m sandbox.build"

_DEFAULT_ENGINE = "unix:///var/run/docker.sock"
_FIRST_USER = 200_000
_MOST_PROCESSES = 4096
_SUPERVISORS_SHARE = 0.9
"""Of a container's memory: where its supervisor ends the largest execution, before the kernel picks one."""

_PIPES = "/pipes"
"""Where a container finds them; empty by the time that any program runs."""

_STREAM_HEADER = struct.Struct(">BxxxI")
_STDERR = 2
_LAST_WORDS_BYTES = 4096
_HIDDEN = (
    "/sys",
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
)
_ENGINE_ERRORS = (docker.errors.DockerException, requests.RequestException, OSError)


def image_tag() -> str:
    """Return the tag of the image that belongs to this version of the package: a hash of what it is built from."""
    folder = resources.files("sandbox.image")
    digest = hashlib.sha256((folder / "Dockerfile").read_bytes())
    return digest.hexdigest()[:12]


def connect() -> docker.APIClient:
    """Return a client of the engine that the environment names.

    Raises:
        SandboxError: No engine answers.
    """
    settings = kwargs_from_env()
    try:
        _knock(str(settings.get("base_url", _DEFAULT_ENGINE)))
        client = docker.APIClient(version="auto", timeout=60, **settings)
        client.ping()
    except _ENGINE_ERRORS as error:
        raise SandboxError(
            f"no Docker engine answers ({error}): start it (`dockerd &` as root, or your system's service), "
            "or take sandbox=bubblewrap, which needs none"
        ) from error
    return client


def _knock(address: str) -> None:
    """Raise `OSError` where nobody listens: the client, told so by its own attempt, would leave that socket open."""
    scheme, _, path = address.partition("://")
    if scheme.endswith("unix"):
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.settimeout(10.0)
            attempt.connect(path)


class DockerSandbox(PooledSandbox):
    """Runs programs in containers.

    Args:
        boxes: Number of containers; one per processor when not given.
        in_flight_per_box: Executions at the same time in one container.
        memory_bytes: Cap of one container: all its executions together.
        runtime: The engine's OCI runtime, such as `runsc`; its default when not given.

    Raises:
        SandboxError: No engine answers, the image is missing, or the engine cannot enforce a limit.
    """

    name = "docker"

    def __init__(
        self,
        *,
        boxes: int | None = None,
        in_flight_per_box: int = 4,
        memory_bytes: int = BOX_MEMORY_BYTES,
        runtime: str | None = None,
    ) -> None:
        with contextlib.closing(connect()) as client:
            self._engine = client.info()
            _check_engine(self._engine, runtime)
            image = find_image(client)
            settings = _host_settings(client, self._engine, memory_bytes, runtime)
        self._image = f"{REPOSITORY}:{image_tag()}"
        interpreter = image["Config"]["Labels"][INTERPRETER_LABEL]
        self._cap_bytes = memory_bytes
        self._runtime = runtime or self._engine.get("DefaultRuntime", "default")
        count = boxes or default_boxes()
        first = _FIRST_USER + (os.getpid() * 64) % 10_000_000
        users = iter(range(first, first + 1_000_000))  # a user of its own for every container ever started

        self._pipes = _reaches_our_files()

        def launch() -> Transport:
            started = (self._image, interpreter, next(users), settings)
            if not self._pipes:
                return _Attached(*started)
            try:
                return _Piped(*started)
            except SandboxError as error:
                reason = error
            box = _Attached(*started)  # if this fails too, it is not for the pipes
            logger.info("boxes cannot open pipes of this machine (%s); the engine carries what they say", reason)
            self._pipes = False
            return box

        super().__init__(
            launch,
            users=[0] * (count + 1),
            in_flight_per_box=in_flight_per_box,
            memory_bytes=int(_SUPERVISORS_SHARE * memory_bytes),
        )

    def guarantees(self) -> Mapping[str, str]:
        """Return what is enforced, and how."""
        cap = f"{self._cap_bytes / 2**30:g} GiB"
        way = "pipes" if self._pipes else "the engine's streams"
        engine = f"engine {self._engine['ServerVersion']}, runtime {self._runtime}, over {way}"
        how = f"containers of {self._image} by {engine}"
        return {**super().guarantees(), "box": f"{how}; memory cap {cap} and seccomp profile of the whole box"}


class _Container:
    """A started container that can be ended and whose last words can be read."""

    def __init__(
        self, image: str, interpreter: str, user: int, settings: dict[str, Any], options: tuple[str, ...], stdin: bool
    ) -> None:
        self._client = connect()
        self._errors = b""
        try:
            self._id: str = self._client.create_container(
                image,
                command=list(options),
                entrypoint=[interpreter],
                user=f"{user}:{user}",
                environment=ENVIRONMENT,
                working_dir="/",
                hostname="box",
                stdin_open=stdin,
                labels={"assay.sandbox": "box"},
                host_config=settings,
            )["Id"]
            streams = {"stdin": int(stdin), "stdout": int(stdin), "stderr": 1, "stream": 1}
            self._attached = self._client.attach_socket(self._id, params=streams)
            self._socket = getattr(self._attached, "_sock", self._attached)
            self._socket.settimeout(None)
            self._client.start(self._id)
        except _ENGINE_ERRORS as error:
            raise SandboxError(f"the engine cannot start a container of {image}: {error}") from error

    def is_alive(self) -> bool:
        try:
            return bool(self._client.inspect_container(self._id)["State"]["Running"])
        except _ENGINE_ERRORS:
            return False

    def receive(self) -> bytes | None:
        """Return the next piece of standard output, and keep what comes on standard error; None at the end."""
        header = self._receive_exactly(_STREAM_HEADER.size)
        if len(header) < _STREAM_HEADER.size:
            return None
        stream, size = _STREAM_HEADER.unpack(header)
        content = self._receive_exactly(size)
        if stream == _STDERR:
            self._errors = (self._errors + content)[-_LAST_WORDS_BYTES:]
            return b""
        return content

    def _receive_exactly(self, count: int) -> bytes:
        parts = []
        while count:
            part = self._socket.recv(count)
            if not part:
                break
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def kill(self) -> None:
        with contextlib.suppress(*_ENGINE_ERRORS):
            self._client.remove_container(self._id, force=True)
        with contextlib.suppress(OSError):  # the engine does not always end the stream of a container that it killed
            self._socket.shutdown(socket.SHUT_RDWR)

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            while self.receive() is not None:
                pass
        ends: list[Any] = [self._attached, getattr(self._attached, "_response", None), self._socket]
        for end in filter(None, ends):
            with contextlib.suppress(OSError, ValueError):  # ValueError: closing one may have closed the next
                end.close()
        self._client.close()
        return self._errors.decode(errors="replace")


class _Attached:
    """A box that is spoken to through the engine: works wherever the engine is."""

    def __init__(self, image: str, interpreter: str, user: int, settings: dict[str, Any]) -> None:
        self._container = _Container(image, interpreter, user, settings, INTERPRETER_OPTIONS, stdin=True)
        self._rest = b""
        self.write, self.kill = self._container.send, self._container.kill
        self.last_words = self._container.last_words

    def read(self, count: int) -> bytes:
        while len(self._rest) < count:
            piece = self._container.receive()
            if piece is None:
                return b""
            self._rest += piece
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


class _Piped:
    """A box that is spoken to through two pipes of this machine, past the engine, which would copy every byte twice."""

    def __init__(self, image: str, interpreter: str, user: int, settings: dict[str, Any]) -> None:
        self._fifos = Fifos()
        mount = {"Type": "bind", "Source": str(self._fifos.folder), "Target": _PIPES, "ReadOnly": True}
        *flags, bootstrap = INTERPRETER_OPTIONS
        options = (*flags, OPEN_FIRST.format(folder=_PIPES) + bootstrap)
        try:
            settings = {**settings, "Mounts": [mount]}
            self._container = _Container(image, interpreter, user, settings, options, stdin=False)
        except SandboxError:
            self._fifos.close()
            raise
        try:
            self._fifos.connect(self._container.is_alive)
        except SandboxError as error:
            self.kill()
            raise SandboxError(self.last_words().strip() or str(error)) from None
        self.write, self.read = self._fifos.write, self._fifos.read

    def kill(self) -> None:
        self._container.kill()
        self._fifos.hang_up()

    def last_words(self) -> str:
        self._fifos.close()
        return self._container.last_words()


def find_image(client: docker.APIClient) -> dict[str, Any]:
    """Return the engine's description of our image.

    Raises:
        SandboxError: It has not been built, or only for another version of this package.
    """
    tag = image_tag()
    try:
        found: dict[str, Any] = client.inspect_image(f"{REPOSITORY}:{tag}")
        return found
    except docker.errors.ImageNotFound:
        others = [name for image in client.images(REPOSITORY) for name in image["RepoTags"] or ()]
        state = f"the engine only has {', '.join(others)}, of another version" if others else "it has not been built"
        raise SandboxError(f"no image {REPOSITORY}:{tag}: {state}; run `{BUILD_COMMAND}`") from None


def _reaches_our_files() -> bool:
    """Return whether the engine is on this machine, so that a folder of ours can be shown to a container."""
    address = os.environ.get("DOCKER_HOST", "")
    return sys.platform == "linux" and (not address or address.startswith("unix://"))


def _check_engine(engine: Mapping[str, Any], runtime: str | None) -> None:
    missing = [what for what in ("MemoryLimit", "SwapLimit", "PidsLimit") if not engine.get(what)]
    if missing:
        raise SandboxError(f"this engine cannot enforce {', '.join(missing)}: enable those control groups on the host")
    if not any("seccomp" in option for option in engine.get("SecurityOptions") or ()):
        raise SandboxError("this engine has no seccomp: use one that was built with it, or sandbox=bubblewrap")
    if runtime is not None and runtime not in engine.get("Runtimes", {}):
        raise SandboxError(f"the engine has no runtime {runtime!r}; it knows {', '.join(engine['Runtimes'])}")


def _host_settings(
    client: docker.APIClient, engine: Mapping[str, Any], memory_bytes: int, runtime: str | None
) -> dict[str, Any]:
    """Return how a container is shut in; programs are shut in further by the fork-server inside it."""
    profile = (resources.files("sandbox.image") / "seccomp.json").read_text(encoding="utf-8")
    security = ["no-new-privileges", f"seccomp={profile}"]
    if any("apparmor" in option for option in engine.get("SecurityOptions") or ()):
        security.append("apparmor=unconfined")  # the default one forbids a program's private directory
    settings: dict[str, Any] = client.create_host_config(
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=security,
        mem_limit=memory_bytes,
        memswap_limit=memory_bytes,
        pids_limit=_MOST_PROCESSES,
        ulimits=[Ulimit(name="core", soft=0, hard=0), Ulimit(name="nofile", soft=1024, hard=1024)],
        ipc_mode="none",
        init=True,
        auto_remove=True,
        log_config=LogConfig(type="none"),
        runtime=runtime,
    )
    settings["MaskedPaths"] = list(_HIDDEN)
    return settings
