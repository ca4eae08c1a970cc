"""The Docker engine: finds the one that the `docker` command would take, and says what it is and what it cannot do."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env

from sandbox.core import SandboxError
from sandbox.languages import Language

REPOSITORY = "assay-sandbox"
INTERPRETER_LABEL = "assay.sandbox.interpreter"
BUILD_COMMAND = "python -m sandbox.build"
ENGINE_ERRORS = (docker.errors.DockerException, requests.RequestException, OSError)
"""What the client raises when the engine refuses, or is not there."""

_USUAL_SOCKET = "unix:///var/run/docker.sock"
_DEFAULT_CONTEXT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where an engine listens."""

    address: str
    chosen_by: str
    """Who says so, in words."""
    tls: TLSConfig | None = None

    @property
    def socket_path(self) -> str | None:
        """The path of a socket of this machine; None: it is reached over a network."""
        scheme, _, path = self.address.partition("://")
        return path if scheme.endswith("unix") else None


def find_endpoint() -> Endpoint:
    """Return where the `docker` command would look for its engine: `DOCKER_HOST`, the current context, the usual place.

    Raises:
        SandboxError: The context does not exist, or what describes it cannot be read.
    """
    try:
        settings = kwargs_from_env()
        if os.environ.get("DOCKER_HOST"):
            return Endpoint(address=settings["base_url"], chosen_by="DOCKER_HOST", tls=settings.get("tls"))
        folder = Path(os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker"))
        name, chooser = os.environ.get("DOCKER_CONTEXT"), "DOCKER_CONTEXT"
        if not name:
            name, chooser = _current_context(folder / "config.json"), f"the current context of {folder}"
        if name == _DEFAULT_CONTEXT:
            return Endpoint(address=_USUAL_SOCKET, chosen_by="the usual place", tls=settings.get("tls"))
        return _context_endpoint(folder / "contexts", name, chooser)
    except docker.errors.TLSParameterError as error:
        raise SandboxError(f"the keys of the Docker engine cannot be used: {error}") from error


def _current_context(config: Path) -> str:
    try:
        text = config.read_text(encoding="utf-8")
    except OSError:
        return _DEFAULT_CONTEXT
    return str(_parsed(text, config).get("currentContext") or _DEFAULT_CONTEXT)


def _context_endpoint(folder: Path, name: str, chooser: str) -> Endpoint:
    identity = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    description = folder / "meta" / identity / "meta.json"
    try:
        text = description.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(sorted({_DEFAULT_CONTEXT, *_context_names(folder)}))
        raise SandboxError(f"no Docker context {name!r} ({chooser}): {error.strerror}; known: {known}") from None
    try:
        endpoint = _parsed(text, description)["Endpoints"]["docker"]
        address, unverified = str(endpoint["Host"]), bool(endpoint.get("SkipTLSVerify"))
    except (KeyError, TypeError, AttributeError):
        raise SandboxError(f"{description} names no address of a Docker engine") from None
    keys = folder / "tls" / identity / "docker"
    ca, certificate, key = (str(keys / f"{part}.pem") for part in ("ca", "cert", "key"))
    has_ca, has_pair = os.path.isfile(ca), os.path.isfile(certificate) and os.path.isfile(key)
    tls = None
    if address.startswith("tcp://") and (has_ca or has_pair or unverified):
        pair = (certificate, key) if has_pair else None
        tls = TLSConfig(client_cert=pair, ca_cert=ca if has_ca else None, verify=not unverified)
    return Endpoint(address=address, chosen_by=f"the context {name!r}, {chooser}", tls=tls)


def _context_names(folder: Path) -> Iterator[str]:
    for description in folder.glob("meta/*/meta.json"):
        try:
            yield str(_parsed(description.read_text(encoding="utf-8"), description)["Name"])
        except (OSError, KeyError, SandboxError):
            continue


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise SandboxError(f"{path} is not JSON ({error}): mend it, or set DOCKER_HOST") from error
    return parsed if isinstance(parsed, dict) else {}


def connect(where: Endpoint | None = None) -> docker.APIClient:
    """Return a client of an engine, by default of the one that the `docker` command would take.

    Raises:
        SandboxError: No engine answers.
    """
    where = where or find_endpoint()
    try:
        knock(where)
        client = docker.APIClient(base_url=where.address, tls=where.tls or False, version="auto", timeout=60)
        client.ping()
    except ENGINE_ERRORS as error:
        raise SandboxError(
            f"no Docker engine answers at {where.address} ({where.chosen_by}): {error}; start it (`dockerd &` as root, "
            "or your system's service), or take sandbox=bubblewrap, which needs none"
        ) from error
    return client


def knock(where: Endpoint) -> None:
    """Ask whether anybody listens; the client, told by an attempt of its own that nobody does, leaves its socket open.

    Raises:
        OSError: Nobody does.
    """
    if where.socket_path is not None:
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.settimeout(10.0)
            attempt.connect(where.socket_path)


def is_here(where: Endpoint, engine: Mapping[str, Any]) -> bool:
    """Return whether the engine is on this machine: its socket is, and the very kernel that it describes.

    A socket alone says little: it may lead into a virtual machine or, forwarded, to another host.
    """
    kernel = engine.get("KernelVersion")
    return sys.platform == "linux" and where.socket_path is not None and kernel == os.uname().release


def image_tag(language: Language | None = None) -> str:
    """Return the tag of the image that belongs to this version of the package: a hash of what it is built from.

    Args:
        language: Whose tools it holds besides; none: it is the image that Python programs run in.
    """
    folder = resources.files("sandbox.image")
    content = (folder / "Dockerfile").read_bytes()
    if language is None:
        return hashlib.sha256(content).hexdigest()[:12]
    terms = [language.name, language.needs, language.shows, *([sorted(language.places)] if language.places else [])]
    content += json.dumps(terms).encode()
    return f"{hashlib.sha256(content).hexdigest()[:12]}-{_tag_word(language)}"


def _tag_word(language: Language) -> str:
    return re.sub(r"[^\w.-]", "-", language.name.replace("+", "p").replace("#", "sharp"), flags=re.ASCII)


def find_image(client: docker.APIClient, language: Language | None = None) -> dict[str, Any]:
    """Return the engine's description of our image, or of the one for another language than Python.

    Raises:
        SandboxError: It has not been built, or only for another version of this package.
    """
    tag = image_tag(language)
    try:
        found: dict[str, Any] = client.inspect_image(f"{REPOSITORY}:{tag}")
        return found
    except docker.errors.ImageNotFound:
        built = [name for image in client.images(REPOSITORY) for name in image["RepoTags"] or ()]
        word = f"-{_tag_word(language)}" if language else ""
        others = [name for name in built if name.rpartition(":")[2][12:] == word]
        state = f"the engine only has {', '.join(others)}, of another version" if others else "it has not been built"
        command = BUILD_COMMAND
        if language is not None:
            command = language.image_command or f"{BUILD_COMMAND} --language {shlex.quote(language.name)}"
        raise SandboxError(f"no image {REPOSITORY}:{tag}: {state}; run `{command}`") from None


def check_engine(engine: Mapping[str, Any], runtime: str | None) -> None:
    """Check that the engine can hold a container to what is promised.

    Args:
        engine: What the engine says of itself.
        runtime: The OCI runtime that is asked for; None: whichever is its default.

    Raises:
        SandboxError: It cannot, or has no such runtime.
    """
    missing = [what for what in ("MemoryLimit", "SwapLimit", "PidsLimit") if not engine.get(what)]
    if missing:
        raise SandboxError(f"this engine cannot enforce {', '.join(missing)}: enable those control groups on the host")
    if not any("seccomp" in option for option in engine.get("SecurityOptions") or ()):
        raise SandboxError("this engine has no seccomp: use one that was built with it, or sandbox=bubblewrap")
    known = engine.get("Runtimes") or {}
    if runtime is not None and runtime not in known:
        raise SandboxError(
            f"the engine has no runtime {runtime!r}; it knows {', '.join(sorted(known))}; "
            "others are registered in its daemon.json, under `runtimes`"
        )
