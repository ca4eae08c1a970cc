"""Memory that was freed goes back to the system."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from agents.heap import give_back

MB = 2**20


def resident() -> int:
    """Return the bytes that this process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return 1024 * int(found.group(1))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_what_was_freed_between_things_in_use_goes_back():
    small = 100_000  # below the size from which the C library maps memory for each thing by itself
    things = [bytes([number % 256]) * small for number in range(1000)]
    in_use = things[99::100]  # among them the last: nothing can be cut off at the end
    things.clear()
    held = resident()
    give_back()
    assert held - resident() > 80 * MB
    assert [thing[0] for thing in in_use] == [number % 256 for number in range(99, 1000, 100)]


def test_another_c_library_is_left_alone(monkeypatch):
    asked = []
    monkeypatch.setattr("ctypes.CDLL", asked.append)  # what it returns has no `malloc_trim`
    give_back()
    assert asked == ["libc.so.6"]
