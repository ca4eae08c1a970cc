"""Compares one number with another, with tolerance and units: `numeric`.

What counts as a number: an optional sign, digits with `,` between groups of three, an optional fraction after `.`, an
optional exponent (`1e-3` or `x 10^-3`), then an optional `%` (which divides by 100) or unit. ASCII digits only; both a
hyphen and the minus sign U+2212 negate. One number and nothing else: an answer that lists several, hedges, or hides its
number in prose is wrong. Numbers are compared as exact fractions, so 0.1 + 0.2 is 0.3, and so are factors of units: 1
mile is 1.609344 km. Left out: levels such as dB, dBm and Np are compared with the very same unit only, never converted.
"""

from __future__ import annotations

import functools
import math
import re
import threading
import tokenize
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from envs.core import ConfigError
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    boolean,
    number,
    reference_template,
    template,
    text,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.string_check import RIGHT
from envs.verifiers.templates import compile_template

MAX_CHARACTERS = 200
_MOST_EXPONENT = 400

_NUMBER = re.compile(
    r"\s*([+\-\u2212]?)\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?)(?:\.([0-9]*))?"
    r"(?:[eE]([+\-\u2212]?[0-9]{1,4})|\s*[x*\u00d7]\s*10\s*(?:\^|\*\*)\s*([+\-\u2212]?[0-9]{1,4}))?\s*(.*?)\s*"
)
_FACTOR = r"[A-Za-z\u00b5\u03bc\u00b0\u03a9%]+(?:\s*(?:\^|\*\*)\s*-?[1-9](?![0-9]))?"
_UNIT = re.compile(rf"{_FACTOR}(?:\s*[*/\u00b7]\s*{_FACTOR}|\s+{_FACTOR})*")
_MAX_UNIT = 40
_TOWER = re.compile(r"(?:\^|\*\*)\s*[+-]?(?:\(|[0-9]{3}|[0-9.]+\s*(?:\^|\*\*))")
"""Powers that could take forever to compute, such as `m**9**9**9`."""

WRONG = Grade(score=0.0, feedback="That is not the number.")
NO_NUMBER = Grade(score=0.0, feedback="The answer must be exactly one number.")
NO_UNIT = Grade(score=0.0, feedback="The answer needs its unit.")
OTHER_UNIT = Grade(score=0.0, feedback="The answer's unit does not convert to the one that is asked for.")


class NotANumber(ValueError):
    """A text is not exactly one number."""


class Numeric(BaseGrader):
    """1 if the number is within the tolerance of the reference, else 0.

    Right is `|x - reference| <= max(absolute_tolerance, relative_tolerance * |reference|)`, in the unit of the
    configuration or, without one, in that of the reference.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._input = compile_template(config["input"])
        self._reference = compile_template(config["reference"])
        self.templates = (self._input, self._reference)
        self._absolute = _exact(config.get("absolute_tolerance", 0))
        self._relative = _exact(config.get("relative_tolerance", 0))
        self._currency: str = config.get("currency", "")
        self._unit: str | None = config.get("unit")
        self._unit_required: bool = config.get("unit_required", False)

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Compare."""
        value = self._reference.value(sample, item)
        try:
            unit = self._unit or _own_unit(value, self._currency)
            reference = self._number(value, unit, required=False)
        except ValueError as error:
            raise GraderFault("other_error", f"{self.name}: the reference is not a number: {error}") from None
        try:
            given = self._number(self._input.value(sample, item), unit, required=self._unit_required)
        except NotANumber:
            return NO_NUMBER
        except UnitError as error:
            return NO_UNIT if error.missing else OTHER_UNIT
        within = abs(given - reference) <= max(self._absolute, self._relative * abs(reference))
        return RIGHT if within else WRONG

    def _number(self, value: Any, wanted: str | None, *, required: bool) -> Fraction:
        amount, unit = read_number(value, self._currency)
        if wanted is None and unit == "%":
            return amount / 100
        if wanted is None:
            if unit:
                raise NotANumber(f"{unit!r} follows the number, and no unit is expected")
            return amount
        if not unit:
            if required:
                raise UnitError("the unit is missing", missing=True)
            return amount
        return in_unit(amount, unit, wanted)


def _own_unit(reference: Any, currency: str) -> str | None:
    """Return the unit that the reference itself is in; None: it is a mere number."""
    unit = read_number(reference, currency)[1]
    return unit if unit not in ("", "%") else None


class UnitError(ValueError):
    """A unit is missing, unknown, or of another quantity."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def read_number(value: Any, currency: str = "") -> tuple[Fraction, str]:
    """Return the only number of a text, or a JSON number, and the unit after it.

    Args:
        value: Text or a JSON number.
        currency: A symbol that may stand before or after the number.

    Raises:
        NotANumber: It is none, or more than one.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not abs(value) < math.inf:
            raise NotANumber(f"{value!r} is not a finite number")
        return _exact(value), ""
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        raise NotANumber(f"{str(value)[:40]!r} is not a number")
    return _read(value, currency)


def _exact(value: float) -> Fraction:
    """Return a number as it is written in decimal: 0.3 is 3/10, not the binary fraction next to it."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


@functools.lru_cache(maxsize=4096)
def _read(value: str, currency: str) -> tuple[Fraction, str]:
    text = value
    if currency and text.count(currency) == 1:
        before, _, after = text.partition(currency)
        if not before.strip("+-\u2212 \t\n") or not after.strip():
            text = before + after
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise NotANumber(f"{value[:40]!r} is not one number")
    sign, digits, fraction, short, long, unit = found.groups()
    exponent = int((short or long or "0").replace("\u2212", "-"))
    if abs(exponent) > _MOST_EXPONENT:
        raise NotANumber(f"{value[:40]!r} has an exponent beyond {_MOST_EXPONENT}")
    amount = Fraction(int(digits.replace(",", "") + (fraction or "")), 10 ** len(fraction or ""))
    amount = amount * 10**exponent if exponent >= 0 else amount / 10**-exponent
    if unit and (len(unit) > _MAX_UNIT or not _UNIT.fullmatch(unit)):
        raise NotANumber(f"{unit[:40]!r} after the number is not a unit")
    return (-amount if sign in ("-", "\u2212") else amount), unit


_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)
"""What pint raises beside its own errors where a unit makes it stumble: no answer may void its own bad score."""
_lock = threading.RLock()
"""Held by whoever uses pint's registry."""


def in_unit(amount: Fraction, unit: str, wanted: str) -> Fraction:
    """Convert an amount.

    Raises:
        UnitError: The unit is unknown, or does not convert to the other one.
    """
    scale, offset = _conversion(unit, wanted)
    return amount * scale + offset


@functools.lru_cache(maxsize=1024)
def _conversion(unit: str, wanted: str) -> tuple[Fraction, Fraction]:
    """Return factor and offset; every unit that is not logarithmic converts by such a pair."""
    with _lock:
        registry = units()
        import pint

        given, asked = parse_unit(unit), parse_unit(wanted)
        if given._units == asked._units:
            return Fraction(1), Fraction(0)
        if _is_logarithmic(given) or _is_logarithmic(asked):
            raise UnitError(f"{unit!r} does not convert to {wanted!r}: logarithmic units are not converted")
        try:
            at_zero, at_one = (Fraction(registry.Quantity(Fraction(x), given).to(asked).magnitude) for x in (0, 1))
        except (pint.PintError, *_STUMBLES):
            raise UnitError(f"{unit!r} does not convert to {wanted!r}") from None
    return at_one - at_zero, at_zero


def _is_logarithmic(unit: Any) -> bool:
    """Return whether a level such as dB, dBm or Np is in a unit; within products, pint names it `delta_decibel`."""
    return any(name.removeprefix("delta_") in _logarithmic_units() for name, _ in unit._units.items())


@functools.cache
def _logarithmic_units() -> frozenset[str]:
    """Return the full names of pint's logarithmic units; they take no prefixes."""
    return frozenset(unit.name for unit in units()._units.values() if unit.is_logarithmic)


@functools.cache
def units() -> Any:
    """Return the registry of units, whose factors are exact fractions.

    Raises:
        ConfigError: The package is not installed.
    """
    try:
        import pint
    except ImportError:
        raise ConfigError("units need the package pint: pip install 'assay[graders]'") from None
    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True, non_int_type=Fraction)


def parse_unit(name: str) -> Any:
    """Return the unit of this name.

    Raises:
        UnitError: There is none.
    """
    if _TOWER.search(name):
        raise UnitError(f"no unit {name!r}: an exponent is a number of one or two digits")
    with _lock:
        registry = units()
        import pint

        try:
            return registry.parse_units(name.replace("\u00b7", "*").replace("%", "percent"))
        except (pint.PintError, *_STUMBLES) as error:
            raise UnitError(f"no unit {name!r}: {str(error) or type(error).__name__}") from None


def _unit(value: Any, place: Place) -> Any:
    text(longest=40)(value, place)
    if isinstance(value, str) and value:
        try:
            parse_unit(value)
        except (UnitError, ConfigError) as error:
            place.fail(str(error))
    return value


def _build(config: Config, context: GraderContext) -> Numeric:
    return Numeric(config)


NUMERIC = GraderType(
    fields={
        "input": Field(template),
        "reference": Field(reference_template),
        "absolute_tolerance": Field(number(least=0), required=False),
        "relative_tolerance": Field(number(least=0), required=False),
        "unit": Field(_unit, required=False),
        "unit_required": Field(boolean, required=False),
        "currency": Field(text(longest=3), required=False),
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build,
)
