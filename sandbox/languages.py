"""The languages that programs may be written in besides Python: one table, which users may add to.

    languages.register(Language(name="perl", file_name="program.pl", run=("perl", SOURCE), needs=("perl",),
                                shows=("/usr/lib/*/perl*", "/usr/share/perl*"), echo="print while <>"))

A program of such a language is a script: it reads standard input and writes standard output. It is started by exec in
a box of its own kind (see `sandbox.launcher`), which shows the tools of its language and nothing else of this host.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.core import Limits
from sandbox.launcher import INTERPRETER, ORDER_SIZE

SOURCE, OUTPUT = "{source}", "{output}"
"""Stand, in a command, for the file with the program's source and for the one that the compiler makes."""

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}

COMPILE_LIMITS = Limits(
    cpu_time_s=20.0, wall_time_s=60.0, memory_bytes=2**30, output_bytes=32 * 2**20, scratch_bytes=64 * 2**20
)
"""`output_bytes` bounds the compiled program too, at three quarters of it."""

_OUTPUT_NAME = "program"
_FOLDERS = re.compile(r"(?<![\w.])/(?:[\w.+-]+/)+")
_ERROR = re.compile(r"\berror\b|undefined reference", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a source becomes a running program. At least one of `run`, `compile` and `preload` is given."""

    name: str
    file_name: str
    """What its source is called, in messages too."""
    echo: str
    """A program that prints its standard input: tried before the first use, so that a tool that fails is found out."""
    preload: Mapping[str, str] = field(default_factory=dict)
    """Sources of modules, by name, that programs find loaded; the last one has a function `prepare`. A language that
    has them is Python: its programs are copies of an interpreter in which `prepare` has done, once, what all need."""
    run: tuple[str, ...] = ()
    """Command that runs `SOURCE`, or of a compiled language `OUTPUT`; empty: what was compiled is executed itself."""
    compile: tuple[str, ...] = ()
    """Command that makes `OUTPUT` of `SOURCE`; without `run` that must be a statically linked executable."""
    needs: tuple[str, ...] = ()
    """Executables that must be there, by name or path; a box shows them and the libraries that they load."""
    shows: tuple[str, ...] = ()
    """Other executables, and paths with wildcards, that a box shows where they exist."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Paths that a box shows besides, and the file or folder of this host that stands at each."""
    install: str = ""
    """What to do where something is missing, such as `apt-get install g++`."""
    image_command: str = ""
    """What builds its image, where `python -m sandbox.build` does not know it."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    compile_limits: Limits = COMPILE_LIMITS
    address_bytes: int = 2 * 2**30
    """Address space beyond the memory limit, for what a run-time reserves and does not use."""
    out_of_memory: tuple[str, ...] = ()
    """What a program that fails says on standard error when it was refused memory."""
    hides: str = "python"
    """What its programs do not see of their box: `python`, or `nothing` where they are Python themselves."""

    def __post_init__(self) -> None:
        if not self.name or "/" in self.file_name or self.file_name in ("", _OUTPUT_NAME):
            raise ValueError(f"a language needs a name, and a file name other than {_OUTPUT_NAME!r} for its source")
        if self.preload and (self.run or self.compile):
            raise ValueError(f"language {self.name} is either preloaded or has commands")
        if self.compile and not (SOURCE in self.compile and OUTPUT in self.compile):
            raise ValueError(f"the compiler of {self.name} must be told {SOURCE} and {OUTPUT}")
        if not self.preload and (OUTPUT if self.compile else SOURCE) not in (self.run or self.compile):
            raise ValueError(f"language {self.name} has no command that runs a program")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a box for other languages is asked to start: the content of a file, and how it becomes a process."""

    language: Language
    content: bytes
    command: tuple[str, ...]
    file: str | None
    """Name under which the command finds the content; None: the content itself is executed."""
    result: str | None = None
    """File that the program makes, which is the value of the execution."""
    hides: str = "python"
    """What the program must not see of its box: `everything`, `python` or `nothing`."""

    @property
    def entry_point(self) -> str | None:
        """Whatever stands for the value, if the execution gives one."""
        return self.result

    @property
    def stub(self) -> None:
        """Nobody answers it."""
        return None

    def packed(self) -> bytes:
        """Return the content, and after it what the launcher in the box is told of it."""
        places = {SOURCE: self.language.file_name, OUTPUT: _OUTPUT_NAME}
        terms = {
            "arguments": [places.get(part, part) for part in self.command],
            "environment": dict(self.language.environment),
            "file": self.file,
            "result": self.result,
            "hides": self.hides,
            "address_bytes": self.language.address_bytes,
        }
        order = json.dumps(terms).encode()
        return self.content + order + ORDER_SIZE.pack(len(order))


def compilation(language: Language, source: str) -> Order:
    """Return the order whose value is the compiled program."""
    content = source.encode("utf-8", "surrogatepass")
    command, file = language.compile, language.file_name
    return Order(language=language, content=content, command=command, file=file, result=_OUTPUT_NAME)


def execution(language: Language, program: bytes) -> Order:
    """Return the order that runs a program: its source, or what was compiled from it."""
    if not language.run:
        name = (_OUTPUT_NAME,)
        return Order(language=language, content=program, command=name, file=None, hides="everything")
    file = _OUTPUT_NAME if language.compile else language.file_name
    return Order(language=language, content=program, command=language.run, file=file, hides=language.hides)


def error_line(stderr: str) -> str:
    """Return the first error that a compiler reports, without the folders of the machine that it ran on."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    line = next((line for line in lines if _ERROR.search(line)), lines[0] if lines else "")
    return _FOLDERS.sub("", line)


LANGUAGES: dict[str, Language] = {}
"""Name -> language, without Python."""


def register(language: Language) -> None:
    """Add a language, or replace one; sandboxes that have used it already keep the one that they know.

    Raises:
        ValueError: It would replace Python.
    """
    if language.name == "python":
        raise ValueError("python is not run by exec; choose another name")
    LANGUAGES[language.name] = language


def find(name: str) -> Language:
    """Return the language called `name`.

    Raises:
        ValueError: There is none.
    """
    if name not in LANGUAGES:
        known = ["python", *LANGUAGES]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"no language {name!r}{hint}; known: {', '.join(known)}")
    return LANGUAGES[name]


def started_anew(source: str) -> Order:
    """Return the order that runs a Python script by the box's own interpreter, as just another program.

    It stands for them all where the limits of a new box are tried.
    """
    file, command = "program.py", (INTERPRETER, "-ISB", SOURCE)
    language = Language(name="python started anew", file_name=file, echo="", run=command)
    return Order(language=language, content=source.encode(), command=command, file=file, hides="nothing")


_TEXT_TOOLS = ("sh", "awk", "bc", "cmp", "dc", "diff", "find", "getopt", "grep", "rev", "sed", "tar", "xargs")
_COREUTILS = (
    "[ b2sum base32 base64 basename basenc cat chmod cksum comm cp csplit cut date dd dirname echo env expand expr "
    "factor false fmt fold head join link ln ls md5sum mkdir mktemp mv nl nproc numfmt od paste pr printenv printf ptx "
    "pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shuf sleep sort split stat sum "
    "tac tail tee test touch tr true truncate tsort uname unexpand uniq unlink wc yes"
)

register(
    Language(
        name="bash",
        file_name="program.sh",
        run=("bash", "--norc", "--noprofile", SOURCE),
        needs=("bash",),
        shows=(*_COREUTILS.split(), *_TEXT_TOOLS),
        install="install the package bash",
        echo="cat",
        out_of_memory=("cannot allocate", "Cannot allocate memory", "memory exhausted"),
    )
)
register(
    Language(
        name="c++",
        file_name="main.cpp",
        compile=(
            *("g++", "-std=gnu++20", "-O2", "-pipe", "-static", "-s", "-w", "-fmax-errors=5", "-o", OUTPUT, SOURCE),
            *("-pthread", "-Wl,--whole-archive", "-lpthread", "-Wl,--no-whole-archive"),  # else old ones link half
        ),
        needs=("g++", "as", "ld"),
        shows=(
            *("/usr/lib/gcc", "/usr/libexec/gcc", "/usr/include", "/usr/lib*/crt*.o", "/usr/lib/*/crt*.o"),
            *(f"/usr/lib{folder}/lib{name}.a" for folder in ("64", "/*") for name in ("c", "m", "m-*", "mvec")),
            *(f"/usr/lib{folder}/lib{name}.a" for folder in ("64", "/*") for name in ("pthread", "dl", "rt")),
        ),
        install="apt-get install g++ (or your system's package of it, with the static C and C++ libraries)",
        echo="#include <iostream>\nint main() { std::cout << std::cin.rdbuf(); }\n",
        out_of_memory=("std::bad_alloc", "std::bad_array_new_length", "out of memory allocating", "memory exhausted"),
    )
)
