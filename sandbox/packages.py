"""Python programs that may import some of this host's packages: a language of its own, `python-packages`.

The boxes of ordinary Python programs show the standard library alone. Those of this language show, read-only and beside
it, the packages that are named here, as far as this interpreter has them, with all that they require. Such a program is
a script, started afresh by exec: slower than a copy of a warm interpreter, and held to the same limits.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from sandbox import languages
from sandbox.languages import ENVIRONMENT, SOURCE, Language
from sandbox.launcher import INTERPRETER

NAME = "python-packages"

FOLDER = "/opt/packages"
"""Where a box shows them, each folder of this host under a number: wherever those lie here, even below `/tmp`."""

PACKAGES = (
    *("numpy", "scipy", "sympy", "pandas", "rapidfuzz", "scikit-learn", "rouge-score", "deepdiff", "jsonschema"),
    *("pydantic", "pyyaml", "nltk", "sqlparse", "rdkit", "scikit-bio", "ast-grep-py", "sacrebleu", "pint"),
)
"""Distributions that a program may import: those that the graders of hosted services may, and those of ours."""

_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
_REQUIRED = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")


def register(packages: Sequence[str] = PACKAGES) -> tuple[str, ...]:
    """Make the language known, and return the folders that its programs import from (see `sys.path`).

    Args:
        packages: Names of distributions; those that are not installed are left out.
    """
    paths = sorted(set(_paths(packages)))
    sources = sorted({path.parent for path in paths})
    folders = {source: f"{FOLDER}/{number}" for number, source in enumerate(sources)}
    languages.register(
        Language(
            name=NAME,
            file_name="program.py",
            run=(INTERPRETER, "-ISB", "-X", "utf8", SOURCE),
            places={f"{folders[path.parent]}/{path.name}": str(path) for path in paths},
            environment={**ENVIRONMENT, **_ONE_THREAD},
            echo="import sys\nsys.stdout.write(sys.stdin.read())\n",
            hides="nothing",
            out_of_memory=("MemoryError", "Unable to allocate"),
        )
    )
    return tuple(folders.values())


@functools.cache
def importable(packages: Sequence[str] = PACKAGES) -> frozenset[str]:
    """Return the names of the modules that a program may import beside the standard library."""
    return frozenset(path.name.partition(".")[0] for path in _paths(packages) if path.suffix != ".dist-info")


def _paths(packages: Sequence[str]) -> Iterator[Path]:
    """Yield what the packages, and those that they require, consist of: files and whole folders."""
    left, seen = list(packages), set[str]()
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # not installed, or asked for on other systems only
        yield from _top_level(found)
        required = [line for line in found.requires or () if "extra" not in line.partition(";")[2]]
        left += [match[1] for line in required if (match := _REQUIRED.match(line))]


def _top_level(found: Distribution) -> Iterator[Path]:
    for name in {file.parts[0] for file in found.files or () if len(file.parts) > 1 or file.suffix in (".py", ".so")}:
        path = Path(str(found.locate_file(name)))
        if name not in ("..", "__pycache__", "bin") and path.exists():
            yield path
