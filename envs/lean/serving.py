"""Serves checks of proofs: a process that has prepared once, and forks one child for each.

`kernel_worker` and `second.worker` are what is served. What a proof does to the child's memory goes with the child,
which holds nothing but its end of one pipe. Its processor time is limited by the system; the clock on the wall and its
memory are watched from outside.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STACK_BYTES = 512 * 2**20
READY = b"ready\n"
HEAD = struct.Struct("<IQ")
"""In front of a request and of its answer: the length of what follows, and the request's number."""

Check = Callable[[dict[str, Any]], dict[str, str]]
"""Checks declarations in a child; the answer has `outcome` and, where it is no acceptance, `message`."""

_PAGE_BYTES = resource.getpagesize()
_POLL_S = 0.05
_OUT_OF_MEMORY = 1  # the exit status of Lean's own panic
_BROKEN = 70

# without Python's own hooks, which put right what other threads may have held, and cost a copied page for each line
_fork = ctypes.PyDLL(None).fork


@dataclass(frozen=True, slots=True)
class Service:
    """What a process answers."""

    check: Check
    answer: Callable[..., dict[str, Any]]
    """A question about the library, answered by the process itself."""


def run(start: Callable[..., Service]) -> None:
    """Prepare and serve; the arguments are the binary, what else `start` wants in JSON, the channel, and limits.

    Args:
        start: Prepares, given the binary and the rest.
    """
    _, library, source, descriptor, cpu_s, wall_s, memory_bytes = sys.argv
    if resource.getrlimit(resource.RLIMIT_STACK)[0] != STACK_BYTES:
        # the main thread's stack gets its room when a program starts, so this one starts once more
        resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        os.execv(sys.executable, sys.orig_argv)
    channel = socket.socket(fileno=int(descriptor))
    service = start(library, *json.loads(source))
    gc.freeze()  # a child's collector must not touch, and so copy, what was there before it
    channel.sendall(READY)
    _serve(service, channel, int(cpu_s), float(wall_s), int(memory_bytes))


def _serve(service: Service, channel: socket.socket, cpu_s: int, wall_s: float, memory_bytes: int) -> None:
    """Answer requests until the other end closes; requests and answers are JSON behind a head.

    A list is a question about the library, which this process answers itself, and remembers what it found; an object is
    for a child to check.
    """
    with channel.makefile("rb") as requests:
        while len(head := requests.read(HEAD.size)) == HEAD.size:
            length, number = HEAD.unpack(head)
            body = requests.read(length)
            if body.startswith(b"["):
                answer = service.answer(*json.loads(body))
            else:
                answer = _in_a_child(service.check, channel, body, cpu_s, wall_s, memory_bytes)
            reply = json.dumps(answer).encode()
            channel.sendall(HEAD.pack(len(reply), number) + reply)


def _in_a_child(
    check: Check, channel: socket.socket, body: bytes, cpu_s: int, wall_s: float, memory_bytes: int
) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = _fork()
    if child < 0:
        raise OSError("the system makes no more processes")
    if child == 0:
        sys.excepthook = lambda kind, *_: os._exit(_OUT_OF_MEMORY if issubclass(kind, MemoryError) else _BROKEN)
        os.close(reading)
        os.close(channel.fileno())
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        _limit(cpu_s, memory_bytes)
        os.write(writing, json.dumps(check(json.loads(body))).encode())
        os._exit(0)
    os.close(writing)
    answer, stopped = _watch(child, reading, channel, time.monotonic() + wall_s, memory_bytes)
    os.close(reading)
    _, status, usage = os.wait4(child, 0)
    used_s = usage.ru_utime + usage.ru_stime
    return {"cpu_s": used_s} | _verdict(answer, stopped, status, used_s >= cpu_s * 0.9)


def _limit(cpu_s: int, memory_bytes: int) -> None:
    """Limits of this process; memory is watched from outside, and this is only the last stop."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    mapped = _memory_of("self")[0] * _PAGE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (mapped + 2 * memory_bytes, mapped + 2 * memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch(
    child: int, reading: int, channel: socket.socket, deadline: float, memory_bytes: int
) -> tuple[bytes, str | None]:
    """What the child wrote before it closed its end, and why it was killed if it was."""
    answer, stopped, base = b"", None, _own_memory("self")
    while stopped is None:
        ready = select.select([reading, channel.fileno()], [], [], _POLL_S)[0]
        if reading in ready:
            chunk = os.read(reading, 65536)
            answer += chunk
            if not chunk:
                return answer, None
        elif channel.fileno() in ready:  # nothing is sent before an answer: whoever asked is gone
            stopped = "abandoned"
        elif time.monotonic() > deadline:
            stopped = "wall"
        elif _own_memory(str(child)) > base + memory_bytes:
            stopped = "memory"
    os.kill(child, signal.SIGKILL)
    return answer, stopped


def _own_memory(process: str) -> int:
    """The memory in use that is not a file's."""
    _, resident, of_files, *_ = _memory_of(process)
    return (resident - of_files) * _PAGE_BYTES


def _memory_of(process: str) -> list[int]:
    """Pages that are mapped, resident, resident of files, and others."""
    handle = os.open(f"/proc/{process}/statm", os.O_RDONLY)
    try:
        return [int(field) for field in os.read(handle, 256).split()]
    finally:
        os.close(handle)


def _verdict(answer: bytes, stopped: str | None, status: int, out_of_time: bool) -> dict[str, str]:
    """What the child answered, if it ended by itself, or how it ended."""
    if stopped == "memory" or os.waitstatus_to_exitcode(status) == _OUT_OF_MEMORY:
        return {"outcome": "memory", "message": "the kernel used too much memory"}
    if (out_of_time and status != 0) or os.waitstatus_to_exitcode(status) == -signal.SIGXCPU:
        return {"outcome": "timeout", "message": "the kernel's processor time is used up"}
    if stopped == "wall":
        return {"outcome": "stuck", "message": "the kernel got too little processor time before the clock ran out"}
    if status == 0:
        told = json.loads(answer)
        return {"outcome": str(told["outcome"]), "message": str(told.get("message", ""))}
    if os.waitstatus_to_exitcode(status) == _BROKEN:
        return {"outcome": "broken", "message": "the request could not be rebuilt"}
    return {"outcome": "crashed", "message": f"the kernel's process ended with status {status}"}
