"""A sandbox in hardened Docker containers, each a warm box."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

import docker
from docker.types import LogConfig, Ulimit

from sandbox.box import Launch, Transport
from sandbox.bundle import ENVIRONMENT, INTERPRETER_OPTIONS
from sandbox.core import SandboxError
from sandbox.engine import (
    ENGINE_ERRORS,
    INTERPRETER_LABEL,
    REPOSITORY,
    Endpoint,
    check_engine,
    connect,
    find_endpoint,
    find_image,
    image_tag,
    is_here,
    knock,
)
from sandbox.fifos import OPEN_FIRST, Fifos
from sandbox.languages import Language
from sandbox.lease import LEASE_S, RELAY, piece
from sandbox.pool import BOX_MEMORY_BYTES, PooledSandbox, default_boxes

logger = logging.getLogger(__name__)

_FIRST_USER = 200_000
_MOST_PROCESSES = 4096
_SUPERVISORS_SHARE = 0.9
"""Of a container's memory: where its supervisor ends the largest execution, before the kernel picks one."""

_PIPES = "/pipes"
"""Where a container finds them; empty by the time that any program runs."""

_KILL_S = 10.0
"""How long the engine may take to end a container; after that it ends by itself, since nobody talks to it any more."""

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
        where = find_endpoint()
        with contextlib.closing(connect(where)) as client:
            self._engine = client.info()
            check_engine(self._engine, runtime)
            image = find_image(client)
            here = is_here(where, self._engine)
            self._processors = _own_processors(self._engine) if here else None
            settings = _host_settings(client, self._engine, memory_bytes, runtime, self._processors)
        self._image = f"{REPOSITORY}:{image_tag()}"
        start = _Start(where, self._image, image["Config"]["Labels"][INTERPRETER_LABEL], settings)
        self._cap_bytes = memory_bytes
        self._runtime = runtime or self._engine.get("DefaultRuntime", "default")
        count = boxes or default_boxes()
        first = _FIRST_USER + (os.getpid() * 64) % 10_000_000
        users = iter(range(first, first + 1_000_000))  # a user of its own for every container ever started
        self._pipes, self._pipes_seen = here, False

        def launch(start: _Start) -> Transport:
            user = next(users)
            if not self._pipes:
                return _Attached(start, user)
            fifos = Fifos()
            try:
                box: Transport = _Piped(start, user, fifos)
                self._pipes_seen = True
                return box
            except SandboxError as error:
                if self._pipes_seen:
                    raise
                reason = error
            box = _Attached(start, user)  # if this fails too, it is not for the pipes
            logger.info("boxes cannot open pipes of this machine (%s); the engine carries what they say", reason)
            self._pipes = False
            return box

        def tools(language: Language) -> tuple[Launch, Sequence[int]]:
            with contextlib.closing(connect(where)) as client:
                labels = find_image(client, language)["Config"]["Labels"]
            image = f"{REPOSITORY}:{image_tag(language)}"
            walls = settings if language.preload else _for_programs(settings)
            return partial(launch, _Start(where, image, labels[INTERPRETER_LABEL], walls)), [0] * (count + 1)

        super().__init__(
            partial(launch, start),
            users=[0] * (count + 1),
            in_flight_per_box=in_flight_per_box,
            memory_bytes=int(_SUPERVISORS_SHARE * memory_bytes),
            tools=tools,
        )

    def guarantees(self) -> Mapping[str, str]:
        """Return what is enforced, and how."""
        cap = f"{self._cap_bytes / 2**30:g} GiB"
        way = "pipes" if self._pipes else "the engine's streams"
        engine = f"engine {self._engine['ServerVersion']}, runtime {self._runtime}, over {way}"
        processors = f", on processors {self._processors} like this process" if self._processors else ""
        how = f"containers of {self._image} by {engine}{processors}"
        return {**super().guarantees(), "box": f"{how}; memory cap {cap} and seccomp profile of the whole box"}


@dataclass(frozen=True, slots=True)
class _Start:
    """What every container of a sandbox is started from."""

    where: Endpoint
    image: str
    interpreter: str
    settings: dict[str, Any]


class _Container:
    """A started container that can be ended and whose last words can be read."""

    def __init__(
        self, start: _Start, user: int, options: tuple[str, ...], mounts: list[dict[str, Any]], *, stdin: bool
    ) -> None:
        self._where = start.where
        self._client = connect(start.where)
        self._id = ""
        self._errors = b""
        self._socket: socket.socket | None = None
        self._ends: list[Any] = []
        try:
            self._id = self._client.create_container(
                start.image,
                command=list(options),
                entrypoint=[start.interpreter],
                user=f"{user}:{user}",
                environment=ENVIRONMENT,
                working_dir="/",
                hostname="box",
                stdin_open=stdin,
                labels={"assay.sandbox": "box"},
                host_config={**start.settings, "Mounts": mounts},
            )["Id"]
            streams = {"stdin": int(stdin), "stdout": int(stdin), "stderr": 1, "stream": 1}
            attached = self._client.attach_socket(self._id, params=streams)
            connection: socket.socket = getattr(attached, "_sock", attached)
            connection.settimeout(None)
            self._socket = connection
            self._ends = [attached, getattr(attached, "_response", None), connection]
            self._client.start(self._id)
        except ENGINE_ERRORS as error:
            self.kill()
            self._close()
            raise SandboxError(f"the engine cannot start a container of {start.image}: {error}") from error

    def is_alive(self) -> bool:
        try:
            knock(self._where)
            return bool(self._client.inspect_container(self._id)["State"]["Running"])
        except ENGINE_ERRORS:
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
            part = self._socket.recv(count) if self._socket is not None else b""
            if not part:
                break
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def send(self, content: bytes) -> None:
        assert self._socket is not None  # it was started
        self._socket.sendall(content)

    def kill(self) -> None:
        container, self._id = self._id, ""
        self._client.timeout = _KILL_S
        with contextlib.suppress(*ENGINE_ERRORS):
            if container:
                knock(self._where)
                self._client.remove_container(container, force=True)
        with contextlib.suppress(OSError):  # the engine does not always end the stream of a container that it killed
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            while self.receive() is not None:
                pass
        self._close()
        return self._errors.decode(errors="replace")

    def _close(self) -> None:
        for end in filter(None, self._ends):
            with contextlib.suppress(OSError, ValueError):  # ValueError: closing one may have closed the next
                end.close()
        self._client.close()


class _Attached:
    """A box that is spoken to through the engine: works wherever the engine is.

    One whose engine crashes would go on unseen, so it is told all the time that its host is there.
    """

    def __init__(self, start: _Start, user: int) -> None:
        *flags, bootstrap = INTERPRETER_OPTIONS
        options = (*flags, RELAY.format(lease_s=LEASE_S) + bootstrap)
        self._container = _Container(start, user, options, [], stdin=True)
        self._rest = b""
        self._sending = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._renew, name="sandbox-lease", daemon=True).start()

    def _renew(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ended.wait(LEASE_S / 4):
                self.write(b"")

    def write(self, content: bytes) -> None:
        with self._sending:
            for part in piece(content):
                self._container.send(part)

    def kill(self) -> None:
        self._ended.set()
        self._container.kill()

    def last_words(self) -> str:
        with self._sending:
            return self._container.last_words()

    def read(self, count: int) -> bytes:
        while len(self._rest) < count:
            piece = self._container.receive()
            if piece is None:
                return b""
            self._rest += piece
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


class _Piped:
    """A box that is spoken to through two pipes of this machine, past the engine, which would copy every byte twice.

    It outlives an engine that dies, and ends when it is hung up.
    """

    def __init__(self, start: _Start, user: int, fifos: Fifos) -> None:
        self._fifos = fifos
        mount = {"Type": "bind", "Source": str(fifos.folder), "Target": _PIPES, "ReadOnly": True}
        *flags, bootstrap = INTERPRETER_OPTIONS
        options = (*flags, OPEN_FIRST.format(folder=_PIPES) + bootstrap)
        try:
            self._container = _Container(start, user, options, [mount], stdin=False)
        except SandboxError:
            fifos.close()
            raise
        try:
            fifos.connect(self._container.is_alive)
        except SandboxError as error:
            self.kill()
            raise SandboxError(self.last_words().strip() or str(error)) from None
        self.write, self.read = fifos.write, fifos.read

    def kill(self) -> None:
        self._container.kill()
        self._fifos.hang_up()

    def last_words(self) -> str:
        self._fifos.close()
        return self._container.last_words()


def _own_processors(engine: Mapping[str, Any]) -> str | None:
    """Return the processors that this process is held to (by `taskset`, say), so that its boxes stay on them too."""
    allowed = os.sched_getaffinity(0)
    if len(allowed) == os.sysconf("SC_NPROCESSORS_ONLN") or not engine.get("CPUSet"):
        return None
    return ",".join(map(str, sorted(allowed)))


def _host_settings(
    client: docker.APIClient,
    engine: Mapping[str, Any],
    memory_bytes: int,
    runtime: str | None,
    processors: str | None,
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
        cpuset_cpus=processors,
    )
    settings["MaskedPaths"] = list(_HIDDEN)
    return settings


def _for_programs(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a container is shut in whose programs are started by exec.

    Nothing of its /proc is covered, since the kernel shows a program its own processes only where that is so; what lies
    there for root alone stays out of reach of its user, and programs see nothing of it.
    """
    profile = json.loads((resources.files("sandbox.image") / "seccomp.json").read_text(encoding="utf-8"))
    profile["syscalls"].append({"names": ["execveat"], "action": "SCMP_ACT_ALLOW"})
    security = [option for option in settings["SecurityOpt"] if not option.startswith("seccomp=")]
    hidden = [path for path in _HIDDEN if not path.startswith("/proc/")]
    security.append(f"seccomp={json.dumps(profile)}")
    return {**settings, "SecurityOpt": security, "MaskedPaths": hidden, "ReadonlyPaths": []}
