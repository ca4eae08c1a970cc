"""What a type of grader is: the fields of its configuration, and how a grader is made of them.

Configurations are checked as a whole before anything is built: every mistake is reported at once, each with a JSON
pointer. `graders.py` holds the table of the standard types.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from envs.core import ConfigError
from envs.jsonl import shown
from envs.options import unknown_name
from envs.sandboxes import SandboxOption
from envs.verifiers.chat import ChatModel
from envs.verifiers.grading import Grade, Grader, GraderFault, Sample, finite
from envs.verifiers.templates import MissingVariable, Template, TemplateError, compile_template

MAX_DEPTH = 16
"""Graders nested deeper than this are refused."""
CONTAINING = ("like", "ilike")
"""Operations for which it matters which side is which: the input contains the reference."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a configuration."""

    pointer: str
    """Where, as a JSON pointer; empty: the configuration itself."""
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '(the grader)'}: {self.message}"


class GraderConfigError(ConfigError):
    """A grader's configuration is wrong; `problems` holds everything that is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderContext:
    """What graders run with that is no part of their configuration."""

    sandbox: SandboxOption = "auto"
    """Where programs run: those of `python` graders, and samples that are programs."""
    chat: ChatModel | None = None
    """Who answers for the models of model graders; None: the server that the environment variables name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value's place in a configuration, and the lists that take what is wrong there."""

    pointer: str = ""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    depth: int = 0

    def at(self, key: str | int, *, deeper: bool = False) -> Place:
        """Return the place of a member."""
        step = str(key).replace("~", "~0").replace("/", "~1")
        return Place(f"{self.pointer}/{step}", self.problems, self.warnings, self.depth + deeper)

    def fail(self, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(self.pointer, message))

    def warn(self, message: str) -> None:
        """Note what is allowed and probably not meant."""
        self.warnings.append(Problem(self.pointer, message))


Check = Callable[[Any, Place], Any]
"""Checks a value: notes what is wrong with it, and returns it as builders get it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a configuration."""

    check: Check
    required: bool = True
    default: Any = None
    """What an optional field that is missing stands for; None: nothing, and it stays out of the normalised form."""


Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderType:
    """One type of grader."""

    fields: Mapping[str, Field]
    """Its fields without `type` and `name`, which all have."""
    build: Callable[[Config, GraderContext], Grader]
    """Makes a grader of a configuration that was checked, defaults filled in.

    Raises:
        ConfigError: It cannot run here, such as for want of a package.
    """
    check: Callable[[Config, Place], None] | None = None
    """Notes what is wrong with fields that are right by themselves; called where nothing else is wrong."""
    name_required: bool = True


GRADER_TYPES: dict[str, GraderType] = {}
"""Name -> type; filled by `graders.py` and by `register_grader_type`."""


class BaseGrader(ABC):
    """What the standard graders share: their names, and whose fault a missing variable is.

    Args:
        config: The checked configuration.
        low: The least that it gives.
        high: The most that it gives.
    """

    def __init__(self, config: Config, *, low: float = 0.0, high: float = 1.0) -> None:
        self.type: str = config["type"]
        self.name: str = config.get("name") or config["type"]
        self.low, self.high = low, high
        self.pass_threshold: float | None = config.get("pass_threshold")
        self.templates: tuple[Template, ...] = ()
        """Every template that it renders, those of graders within it too."""
        self.sub_ranges: dict[str, tuple[float, float]] = {}
        """Least and greatest of each of its `sub_scores`."""

    def grade(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Score one sample; what it lacks costs it everything.

        Raises:
            GraderFault: The grader failed, or the item lacks something; there is no score.
        """
        try:
            return self.judge(sample, item)
        except MissingVariable as missing:
            if missing.variable.namespace == "item":
                raise GraderFault(
                    "invalid_variable_error", f"{self.name}: the item has no {missing.variable.text}"
                ) from None
            flags = {"invalid_variable_error"} | ({"sample_parse_error"} if missing.unparsed else set())
            what = "is not JSON" if missing.unparsed else f"has no {missing.variable.text}"
            return Grade(score=self.low, flags=frozenset(flags), feedback=f"The answer {what}.")

    @abstractmethod
    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Score one sample.

        Raises:
            GraderFault: The grader failed; there is no score.
            MissingVariable: A template asks for what is not there.
        """


def check_config(value: Any, place: Place) -> dict[str, Any]:
    """Check a grader's configuration and return it normalised; what is wrong is noted in `place`."""
    if not isinstance(value, Mapping):
        place.fail(f"a grader is a JSON object, got {shown(value)}")
        return {}
    if place.depth > MAX_DEPTH:
        place.fail(f"graders are nested deeper than {MAX_DEPTH} levels")
        return {}
    name = value.get("type")
    if not isinstance(name, str) or name not in GRADER_TYPES:
        known = ", ".join(sorted(GRADER_TYPES))
        missing = (
            f"is missing; known: {known}" if "type" not in value else unknown_name("grader type", name, GRADER_TYPES)
        )
        place.at("type").fail(missing)
        return {}
    kind = GRADER_TYPES[name]
    before = len(place.problems)
    fields = {"type": Field(as_it_is), "name": Field(text(longest=512), kind.name_required), **kind.fields}
    normal = check_fields(value, fields, place, f"field of {name}")
    if kind.check is not None and len(place.problems) == before:
        kind.check(normal, place)
    return normal


def build_config(config: Config, context: GraderContext) -> Grader:
    """Build a grader from a configuration that was checked.

    Raises:
        ConfigError: It cannot run here.
    """
    return GRADER_TYPES[config["type"]].build(config, context)


def check_fields(value: Mapping[str, Any], fields: Mapping[str, Field], place: Place, what: str) -> dict[str, Any]:
    """Check the members of an object and return them normalised, defaults filled in."""
    normal: dict[str, Any] = {}
    for key, content in value.items():
        if key not in fields:
            place.at(key).fail(unknown_name(what, key, fields))
        elif content is not None or fields[key].required:
            normal[key] = fields[key].check(content, place.at(key))
    for key, member in fields.items():
        if key in normal or (key in value and value[key] is not None):
            continue
        if member.required:
            place.at(key).fail("is missing")
        elif member.default is not None:
            normal[key] = list(member.default) if isinstance(member.default, tuple) else member.default
    return {key: normal[key] for key in fields if key in normal}


def as_it_is(value: Any, place: Place) -> Any:
    """Accept anything."""
    return value


def text(*, longest: int | None = None, least: int = 1) -> Check:
    """Return the check of text of `least` to `longest` characters."""

    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, str):
            place.fail(f"must be text, got {shown(value)}")
        elif len(value) < least:
            place.fail("must not be empty")
        elif longest is not None and len(value) > longest:
            place.fail(f"is longer than {longest} characters ({len(value)})")
        return value

    return check


def template(value: Any, place: Place) -> Any:
    """Check a text with variables in it."""
    if not isinstance(value, str):
        place.fail(f"must be text, got {shown(value)}")
        return value
    try:
        compile_template(value)
    except TemplateError as error:
        place.fail(str(error))
    return value


def reference_template(value: Any, place: Place) -> Any:
    """Check the template of a reference that has to be of some form, which no sample may break."""
    before = len(place.problems)
    template(value, place)
    if len(place.problems) == before:
        for variable in compile_template(value).variables:
            if variable.namespace == "sample":
                place.fail(f"a reference cannot read the sample, and {{{{ {variable.text} }}}} does: use item.<field>")
    return value


def sides(config: Config) -> tuple[Template, Template]:
    """Return the template of the answer and that of what it is compared with, whichever of them is `input`.

    Raises:
        TemplateError: One is not of the language.
    """
    given, reference = compile_template(config["input"]), compile_template(config["reference"])
    return (reference, given) if reference.reads_sample and not given.reads_sample else (given, reference)


def check_sides(config: Config, place: Place) -> None:
    """Check that an answer is compared with something that it has not written itself."""
    answer, wanted = sides(config)
    if wanted.reads_sample:
        place.at("reference").fail(
            "input and reference both read the sample, which need only agree with itself: compare it with item.<field>"
        )
    elif answer.text != config["input"] and config.get("operation") in CONTAINING:
        place.at("reference").fail(
            f"{config['operation']} with a reference that reads the sample pays for an answer of nothing, which every "
            "text contains: swap input and reference"
        )


def choice(what: str, known: Sequence[str]) -> Check:
    """Return the check of one of some names."""

    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, str) or value not in known:
            place.fail(unknown_name(what, value, known))
        return value

    return check


def number(*, least: float = -math.inf, most: float = math.inf, above: float = -math.inf) -> Check:
    """Return the check of a finite number in [least, most] and greater than `above`."""

    def check(value: Any, place: Place) -> Any:
        if finite(value) is None:
            place.fail(f"must be a finite number, got {shown(value)}")
        elif not (least <= value <= most and value > above):
            bounds = [f"above {above}"] if above > -math.inf else [f"at least {least}"] if least > -math.inf else []
            bounds += [f"at most {most}"] if most < math.inf else []
            place.fail(f"must be {' and '.join(bounds)}, got {shown(value)}")
        return value

    return check


def whole(*, least: int = 0, most: int | None = None) -> Check:
    """Return the check of a whole number."""

    def check(value: Any, place: Place) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            place.fail(f"must be a whole number, got {shown(value)}")
        elif value < least or (most is not None and value > most):
            place.fail(
                f"must be at least {least}" + (f" and at most {most}" if most is not None else "") + f", got {value}"
            )
        return value

    return check


def boolean(value: Any, place: Place) -> Any:
    """Check true or false."""
    if not isinstance(value, bool):
        place.fail(f"must be true or false, got {shown(value)}")
    return value


def list_of(member: Check, *, least: int = 1) -> Check:
    """Return the check of a list."""

    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, (list, tuple)):
            place.fail(f"must be a list, got {shown(value)}")
            return value
        if len(value) < least:
            place.fail(f"must hold at least {least}, got {len(value)}")
        return [member(content, place.at(index)) for index, content in enumerate(value)]

    return check


def score_range(value: Any, place: Place) -> Any:
    """Check `[lowest, highest]`."""
    pair = isinstance(value, (list, tuple)) and len(value) == 2
    low, high = map(finite, value) if pair else (None, None)
    if low is None or high is None:
        place.fail(f"must be two numbers, the lowest and the highest score, both finite, got {shown(value)}")
    elif not low < high:
        place.fail(f"the lowest score must be less than the highest, got {shown(value)}")
    return list(value) if pair else value


PASS_THRESHOLD = Field(number(), required=False)
"""From which score a sample counts as passed: for pass rates, never for the reward."""
RANGE = Field(score_range, required=False, default=(0.0, 1.0))
"""Least and greatest score."""
