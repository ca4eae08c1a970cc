"""A box that is spoken to through an engine ends by itself once its host has been silent for too long.

An engine that crashes leaves its containers running and their standard input open: nothing in them would ever notice.
So the box gets its input through a small process that waits for the host's next word only so long, and the host says
something often enough. What it says is cut into pieces: four bytes of length, then the piece; an empty one says only
that the host is there.
"""

from __future__ import annotations

LEASE_S = 60.0
"""How long the host may be silent; it speaks four times as often."""

RELAY = """
import os, select
source, sink = os.pipe()
if os.fork() == 0:
    os.close(source)
    os.close(1)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    def receive(count):
        while count:
            part = os.read(0, min(count, 65536)) if poll.poll({lease_s} * 1000) else b""
            if not part:
                os._exit(0)
            yield part
            count -= len(part)
    while True:
        for part in receive(int.from_bytes(b"".join(receive(4)), "big")):
            while part:
                part = part[os.write(sink, part):]
os.dup2(source, 0)
os.close(source)
os.close(sink)
"""
"""What the interpreter in the box does before anything else; when the small process ends, the box reads its end."""


def piece(content: bytes) -> tuple[bytes, bytes]:
    """Return what to send for `content`, in two parts."""
    return len(content).to_bytes(4, "big"), content
