"""Lean 4.35 inside this process: the C interface of `libleanshared.so` through `ctypes`, in small functions.

A Lean value is an address (`int`). An odd number is a *boxed* scalar (`2n + 1`: a small natural, an enumeration's
constructor, `()`), an even one points to an object: 8 bytes of header (`rc:i32`, `size:u16`, `other:u8`, `tag:u8`),
then the fields. `tag` is the constructor's index for constructors (`other` is the number of fields), 246 for arrays,
249 for strings.

Ownership: a function of Lean *consumes* the references it is given unless it says otherwise, and what it returns is
ours. `pin` takes an object out of the count (`rc = 0` means: lives for ever), which is what a process that forks one
child for each piece of work wants: build once, use in every child, free nothing.

Only the standard library is imported here, and nothing of this project: the file also runs alone in a sandbox's box.
Left out: closures, tasks, threads, and everything that reads values Lean did not build in this process.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterable, Sequence

Address = int
"""A Lean value: a boxed scalar (odd) or the address of an object (even)."""

ARRAY_TAG, STRING_TAG = 246, 249
_MAX_SMALL_NAT = 2**63 - 1
_LEVEL_PRIVATE = 2  # Lean.OLeanLevel.private: everything in the module, as for files without a `module` header
_EMPTY_MAP = 3  # box(1): the leaf of Lean's ordered maps


class LeanError(Exception):
    """Lean itself reported an error (an `IO.Error`); the text is Lean's."""


def box(value: int) -> Address:
    """A scalar as Lean passes it where an object is expected."""
    return 2 * value + 1


def unbox(value: Address) -> int:
    """The scalar in a boxed value."""
    return value >> 1


def is_scalar(value: Address) -> bool:
    """Whether the value is a boxed scalar and not the address of an object."""
    return value & 1 == 1


def tag(value: Address) -> int:
    """The constructor's index of a value, boxed or not; 246 for an array, 249 for a string."""
    return value >> 1 if value & 1 else ctypes.c_uint8.from_address(value + 7).value


def field(value: Address, index: int) -> Address:
    """Object field `index` of a constructor (borrowed: the object keeps it)."""
    return ctypes.c_size_t.from_address(value + 8 + 8 * index).value


def scalar_bytes(value: Address, offset: int, size: int) -> bytes:
    """`size` bytes of a constructor's scalar fields, which lie behind its object fields."""
    fields = ctypes.c_uint8.from_address(value + 6).value
    return ctypes.string_at(value + 8 + 8 * fields + offset, size)


def text(value: Address) -> str:
    """The text of a Lean string."""
    return ctypes.string_at(value + 32, ctypes.c_size_t.from_address(value + 8).value - 1).decode("utf-8", "replace")


def items(value: Address) -> list[Address]:
    """The elements of a Lean array (borrowed)."""
    size = ctypes.c_size_t.from_address(value + 8).value
    return list((ctypes.c_size_t * size).from_address(value + 24))


def pin(value: Address) -> Address:
    """Take an object out of reference counting: nothing frees it any more. Returns it."""
    if value & 1 == 0:
        ctypes.c_int32.from_address(value).value = 0
    return value


class Runtime:
    """The library, loaded into this process; `start` must run before anything but the builders of plain values.

    Args:
        library: Path of `libleanshared.so`. Its symbols become global in the process, since Lean's interpreter finds
            compiled functions by name.
    """

    def __init__(self, library: str) -> None:
        self.library = ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        self._alloc = self.function("lean_alloc_object", [ctypes.c_size_t])
        self._string = self.function("lean_mk_string_from_bytes", [ctypes.c_char_p, ctypes.c_size_t])
        self._big_nat = self.function("lean_cstr_to_nat", [ctypes.c_char_p])
        self._name_string = self.function("lean_name_mk_string", 2)
        self._name_number = self.function("lean_name_mk_numeral", 2)
        self._start_tasks = self.function("lean_init_task_manager_using", [ctypes.c_uint])

    def function(
        self, name: str, arguments: Sequence[type[ctypes._SimpleCData[int]] | type[ctypes.c_char_p]] | int = 0
    ) -> Callable[..., int]:
        """An exported function that returns a value; `arguments` are ctypes types, or how many values it takes.

        Of a result that is a byte in C, such as a truth value, only the lowest eight bits mean anything.
        """
        function = getattr(self.library, name)
        function.argtypes = [ctypes.c_size_t] * arguments if isinstance(arguments, int) else list(arguments)
        function.restype = ctypes.c_size_t
        return function  # type: ignore[no-any-return]

    def symbol(self, name: str) -> Address:
        """The value of a global constant such as `l_Lean_Options_empty` (known after `start`)."""
        return ctypes.c_size_t.in_dll(self.library, name).value

    # --- building values -------------------------------------------------------------------------------------------

    def constructor(self, index: int, fields: Sequence[Address] = (), scalars: bytes = b"") -> Address:
        """A constructor's object; `scalars` are its packed scalar fields. Without either: the boxed index."""
        if not fields and not scalars:
            return box(index)
        size = (8 + 8 * len(fields) + len(scalars) + 7) & ~7
        address = self._alloc(size)
        header = 1 | size << 32 | len(fields) << 48 | index << 56
        content = struct.pack(f"={1 + len(fields)}Q", header, *fields) + scalars
        ctypes.memmove(address, content.ljust(size, b"\0"), size)
        return address

    def string(self, value: str) -> Address:
        """A Lean string."""
        data = value.encode()
        return self._string(data, len(data))

    def nat(self, value: int) -> Address:
        """A natural number, boxed when it is below 2^63."""
        if value < 0:
            raise ValueError(f"a natural number is not negative: {value}")
        return 2 * value + 1 if value <= _MAX_SMALL_NAT else self._big_nat(str(value).encode())

    def array(self, elements: Sequence[Address]) -> Address:
        """A Lean array."""
        address = self._alloc(24 + 8 * len(elements))
        content = struct.pack(f"={3 + len(elements)}Q", 1 | ARRAY_TAG << 56, len(elements), len(elements), *elements)
        ctypes.memmove(address, content, len(content))
        return address

    def list(self, elements: Sequence[Address]) -> Address:
        """A Lean list."""
        result = box(0)
        for element in reversed(elements):
            result = self.constructor(1, [element, result])
        return result

    def name(self, components: Iterable[str | int]) -> Address:
        """A `Lean.Name` of its components, which are strings or numbers, outermost first."""
        result = box(0)
        for component in components:
            if isinstance(component, int):
                result = self._name_number(result, self.nat(component))
            else:
                result = self._name_string(result, self.string(component))
        return result

    # --- running Lean ----------------------------------------------------------------------------------------------

    def value(self, result: Address) -> Address:
        """The value of an `IO` result (borrowed from it).

        Raises:
            LeanError: It is an error.
        """
        if tag(result) != 0:
            raise LeanError(text(self.function("lean_io_error_to_string", 1)(field(result, 0))))
        return field(result, 0)

    def start(self) -> None:
        """Initialise the runtime and all of Lean's compiled modules (60 ms); once a process, never beside `lean_main`.

        No task manager is started, so the process has one thread and may fork: tasks run at once, where they are made.
        """
        self.function("lean_initialize")()
        self.value(self.function("initialize_Lean", [ctypes.c_uint8])(1))
        self.function("lean_enable_initializer_execution")()
        self.function("lean_io_mark_end_initialization")()

    def start_tasks(self, threads: int) -> None:
        """Start the task manager; after the fork, in the child, as threads do not survive one."""
        self._start_tasks(threads)

    def set_search_path(self, folders: Sequence[str]) -> None:
        """Where modules are looked for: exactly these folders, whatever the process's variables say."""
        paths = self.list([self.string(folder) for folder in folders])
        self.function("lean_st_ref_swap", 2)(self.symbol("l_Lean_searchPathRef"), paths)

    def import_modules(self, modules: Sequence[str], extensions: bool) -> Address:
        """A `Lean.Environment` with these modules imported.

        Args:
            modules: Their names, such as `Init` or `Init.Core`, found on the search path.
            extensions: Load the environment extensions too (parsers, simp sets, ...): to elaborate, not to check.

        Raises:
            LeanError: A module is missing or its file is damaged.
        """
        imports = [self.constructor(0, [self.name(module.split("."))], bytes([0, 1, 0])) for module in modules]
        import_modules = self.function(
            "l_Lean_importModules",
            [
                ctypes.c_size_t,
                ctypes.c_size_t,
                ctypes.c_uint32,
                ctypes.c_size_t,
                *[ctypes.c_uint8] * 3,
                ctypes.c_size_t,
            ],
        )
        options = self.symbol("l_Lean_Options_empty")
        return self.value(
            import_modules(
                self.array(imports), options, 0, self.array([]), 1, int(extensions), _LEVEL_PRIVATE, _EMPTY_MAP
            )
        )

    def kernel_environment(self, environment: Address) -> Address:
        """The `Lean.Kernel.Environment` inside a `Lean.Environment` (which is consumed)."""
        return self.function("lean_elab_environment_to_kernel_env", 1)(environment)
