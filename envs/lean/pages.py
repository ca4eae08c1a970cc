"""Puts the code of a large library on huge pages, for a process that is copied again and again.

A copy either begins with tables for all pages of the library that its original has touched, and pays for copying them,
or with none, and pays for a fault on each. Of huge pages there are a five hundredth as many, and all are there at once.
Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import ctypes
import mmap
import os

_HUGE_BYTES = 2**21
_MADV_HUGEPAGE = 14
_MREMAP_MAYMOVE, _MREMAP_FIXED = 1, 2
_FAILED = 2**64 - 1

_libc = ctypes.PyDLL(None, use_errno=True)
_libc.mmap.restype = _libc.mremap.restype = ctypes.c_size_t


def move_code(library: str) -> bool:
    """Replace the pages of a loaded library's code by huge ones of the same content, which takes as much memory anew.

    Returns:
        Whether that was done: not every kernel has huge pages, or lets a process write what it will execute.
    """
    with open("/proc/self/maps", encoding="utf-8") as file:
        lines = [line.split() for line in file]
    library = os.path.realpath(library)
    for span, rights, *_, path in (line for line in lines if len(line) == 6):
        start, end = (int(part, 16) for part in span.split("-"))
        first, last = -(-start // _HUGE_BYTES) * _HUGE_BYTES, end // _HUGE_BYTES * _HUGE_BYTES
        if path == library and rights == "r-xp" and first < last:
            return _move(first, last - first)
    return False


def _move(start: int, length: int) -> bool:
    """Copy some pages and put the copy in their place."""
    anonymous = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    writable, executable = mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ | mmap.PROT_EXEC
    size = length + _HUGE_BYTES  # room for a copy that begins where a huge page can
    room: int = _libc.mmap(None, ctypes.c_size_t(size), writable, anonymous, -1, ctypes.c_long(0))
    if room == _FAILED:
        return False
    copy = -(-room // _HUGE_BYTES) * _HUGE_BYTES
    size_, copy_, length_ = ctypes.c_size_t(size), ctypes.c_void_p(copy), ctypes.c_size_t(length)
    if _libc.madvise(copy_, length_, _MADV_HUGEPAGE) == 0:
        ctypes.memmove(copy, start, length)
        if _libc.mprotect(copy_, length_, executable) == 0:
            flags, there = _MREMAP_MAYMOVE | _MREMAP_FIXED, ctypes.c_void_p(start)
            if _libc.mremap(copy_, length_, length_, flags, there) == start:
                return True
    _libc.munmap(ctypes.c_void_p(room), size_)
    return False
