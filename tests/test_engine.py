"""Which engine is taken: the one that the `docker` command would take."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.core import Call, Program, Sandbox, SandboxError

pytest.importorskip("docker")

from sandbox.engine import Endpoint, check_engine, connect, find_endpoint, is_here

DOUBLE = Program(source="def f(x): return 2 * x", entry_point="f")
USUAL = "unix:///var/run/docker.sock"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of the `docker` command in which nothing is configured."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "config"
    folder.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


def add_context(config: Path, name: str, **endpoint: Any) -> Path:
    """Describe a context as `docker context create` does; return the folder of its keys."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    folder = config / "contexts" / "meta" / identity
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"SkipTLSVerify": False, **endpoint}}})
    )
    return config / "contexts" / "tls" / identity / "docker"


def choose(config: Path, name: str) -> None:
    """What `docker context use` does."""
    (config / "config.json").write_text(json.dumps({"auths": {}, "currentContext": name}))


def test_where_nothing_is_configured_the_usual_socket_is_taken(config: Path) -> None:
    assert find_endpoint().address == USUAL
    (config / "config.json").write_text('{"auths": {}}')
    assert find_endpoint().address == USUAL
    choose(config, "default")
    assert find_endpoint().address == USUAL


def test_the_current_context_is_followed_and_the_environment_comes_before_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_context(config, "far", Host="tcp://far.example:2375")
    add_context(config, "rootless", Host="unix:///run/user/1000/docker.sock")
    choose(config, "far")
    assert find_endpoint().address == "tcp://far.example:2375"
    assert "'far', the current context of" in find_endpoint().chosen_by
    monkeypatch.setenv("DOCKER_CONTEXT", "rootless")
    assert find_endpoint().address == "unix:///run/user/1000/docker.sock"
    monkeypatch.setenv("DOCKER_CONTEXT", "default")
    assert find_endpoint().address == USUAL
    monkeypatch.setenv("DOCKER_HOST", "tcp://other.example:2375")  # the command line lets it win over any context
    assert find_endpoint() == Endpoint(address="tcp://other.example:2375", chosen_by="DOCKER_HOST")


def test_the_keys_of_a_context_are_used(config: Path) -> None:
    keys = add_context(config, "secure", Host="tcp://far.example:2376")
    keys.mkdir(parents=True)
    for name in ("ca", "cert", "key"):
        (keys / f"{name}.pem").write_text("")
    choose(config, "secure")
    tls = find_endpoint().tls
    assert tls is not None
    assert (tls.cert, tls.ca_cert, tls.verify) == (
        (str(keys / "cert.pem"), str(keys / "key.pem")),
        str(keys / "ca.pem"),
        True,
    )


def test_a_context_that_is_not_there_is_an_error_that_names_those_that_are(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_context(config, "near", Host=USUAL)
    choose(config, "nearr")
    with pytest.raises(
        SandboxError, match=r"no Docker context 'nearr' \(the current context of .*known: default, near$"
    ):
        find_endpoint()
    monkeypatch.setenv("DOCKER_CONTEXT", "faar")
    with pytest.raises(SandboxError, match=r"no Docker context 'faar' \(DOCKER_CONTEXT\)"):
        sandbox.make("docker")


def test_a_configuration_that_cannot_be_read_is_named(config: Path) -> None:
    (config / "config.json").write_text("{")
    with pytest.raises(SandboxError, match=r"config\.json is not JSON"):
        find_endpoint()
    keys = add_context(config, "empty")
    choose(config, "empty")
    with pytest.raises(SandboxError, match=r"meta\.json names no address"):
        find_endpoint()
    assert not keys.exists()


def test_an_engine_that_does_not_answer_is_named_with_who_chose_it(config: Path) -> None:
    add_context(config, "gone", Host=f"unix://{config}/nothing.sock")
    choose(config, "gone")
    with pytest.raises(
        SandboxError, match=r"answers at unix://.*nothing\.sock \(the context 'gone', the current.*dockerd"
    ):
        connect()


def test_an_engine_is_here_only_by_a_socket_of_this_machine_and_with_its_very_kernel() -> None:
    here = {"KernelVersion": os.uname().release}
    local, remote = Endpoint(address=USUAL, chosen_by=""), Endpoint(address="tcp://127.0.0.1:1", chosen_by="")
    assert is_here(local, here)
    assert not is_here(local, {"KernelVersion": "6.6.12-linuxkit"})  # a socket that leads into a virtual machine
    assert not is_here(local, {})
    assert not is_here(remote, here)
    assert not is_here(Endpoint(address="ssh://far.example", chosen_by=""), here)


def test_an_engine_that_cannot_hold_a_limit_or_has_no_such_runtime_is_refused() -> None:
    able = {
        "MemoryLimit": True, "SwapLimit": True, "PidsLimit": True, "SecurityOptions": ["name=seccomp,profile=default"],
        "Runtimes": {"runc": {}, "kata": {}},
    }  # fmt: skip
    check_engine(able, None)
    check_engine(able, "kata")
    with pytest.raises(SandboxError, match=r"no runtime 'runsc'; it knows kata, runc; "):
        check_engine(able, "runsc")
    with pytest.raises(SandboxError, match="cannot enforce SwapLimit"):
        check_engine({**able, "SwapLimit": False}, None)
    with pytest.raises(SandboxError, match="no seccomp"):
        check_engine({**able, "SecurityOptions": []}, None)


@pytest.fixture
def forwarded(config: Path) -> Iterator[str]:
    """The address of a TCP port behind which the engine of this machine listens, as it does on another host."""
    there = find_endpoint().socket_path
    assert there is not None
    open_sockets: list[socket.socket] = []

    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(2**16):
                target.sendall(content)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(there)
            open_sockets.extend((near, far))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for each in open_sockets:
        each.close()


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_the_engine_of_a_context_is_used_at_once_by_the_way_that_reaches_it(
    any_sandbox: Sandbox, config: Path, forwarded: str
) -> None:
    assert any_sandbox.name == "docker"
    for name, address, way in (("near", USUAL, "over pipes"), ("far", forwarded, "over the engine's streams")):
        add_context(config, name, Host=address)
        choose(config, name)
        started = time.monotonic()
        with sandbox.make("docker", boxes=1) as box:
            assert way in box.guarantees()["box"]
            assert box.run(DOUBLE, [Call(args=(21,))])[0].value == 42
        assert time.monotonic() - started < 15.0  # nobody waited for pipes that the engine cannot see (20 s)
