"""Arranges the zygote's memory so that programs, which are copies of it, have few pages to copy.

A process that was cloned shares every page with the zygote until one of them writes to it; each first write costs a
fault and a copy, and these are most of what a short program costs. Both allocators hand out what was freed last, which
is scattered over the heap, a page here and a page there. Once their holes are filled they hand out what lies side by
side. Imports only the standard library, since it runs inside the box.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
from collections.abc import Callable
from typing import Any

_POOL_BYTES = 16 * 2**10
_POOL_HEADER_BYTES = 48
_SMALL_BYTES = 512
"""Python's own allocator serves requests of up to this size, from one pool a multiple of 16 bytes."""

_BYTES_OVERHEAD = bytes.__basicsize__
_MOST_BLOCKS = 100_000
"""To be tried for one size: an interpreter with another allocator never gives what is waited for."""

_CHUNKS = (*range(65_536, 1_024, -1_024), *range(1_024, 16, -16))
_MOST_CHUNKS = 10_000

_READ_ONLY = {"r--p": mmap.PROT_READ, "r-xp": mmap.PROT_READ | mmap.PROT_EXEC}
_LARGE_BYTES, _HUGE_BYTES = 2**18, 2**25
"""The code of a library of this size is worth it; a larger one has more of it than any program runs through."""

_KEPT: list[Any] = []


def settle() -> None:
    """Leave no garbage and no holes; what is here stays for good."""
    gc.collect()
    gc.disable()
    _fill_pools()
    _fill_heap()
    gc.freeze()


def share_page_tables() -> None:
    """Have the page tables of the libraries' code copied by a clone, as those of memory are.

    Otherwise a new process begins without them and takes a fault for every 64 KiB of code that it runs through. The
    kernel copies them where the mapping has a page of its own, so each gets one: a byte is written over by itself.
    """
    libc = ctypes.PyDLL(None)
    with open("/proc/self/maps", encoding="ascii") as file:
        for line in file:
            span, rights, _offset, _device, _inode, *path = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if not path or not path[0].startswith("/") or rights not in _READ_ONLY:
                continue
            if not _LARGE_BYTES <= end - start < _HUGE_BYTES:
                continue
            address, length, before = ctypes.c_void_p(start), ctypes.c_size_t(end - start), _READ_ONLY[rights]
            if libc.mprotect(address, length, before | mmap.PROT_WRITE) != 0:
                continue  # a hardened kernel: it goes on with faults
            byte = ctypes.c_ubyte.from_address(end - 1)
            byte.value = byte.value
            if libc.mprotect(address, length, before) != 0:
                raise OSError(f"{path[0]} would stay writable in memory")


def _fill_pools() -> None:
    """Use up the free blocks of every size, so that the next ones begin a pool: header and blocks are on one page."""
    for size in range(16, _SMALL_BYTES + 1, 16):
        for number in range(_MOST_BLOCKS):
            block = _block(size, number)
            _KEPT.append(block)
            if id(block) % _POOL_BYTES == _POOL_HEADER_BYTES:
                break


def _block(size: int, number: int) -> Any:
    if size == 16:
        return object()
    if size == 32:
        return 2**29 + number
    return bytes(size - _BYTES_OVERHEAD)


def _fill_heap() -> None:
    """Use up what the C library's allocator has to give below its top, the largest pieces first."""
    allocate: Callable[[int], int | None] = ctypes.PyDLL(None).malloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]  # type: ignore[attr-defined]
    top = 0
    for size in _CHUNKS:
        for _ in range(_MOST_CHUNKS):
            address = allocate(size) or 0
            if address > top:  # nothing below was large enough
                top = address
                break
