"""The template language of graders: `{{ item.x }}` and `{{ sample.output_json.y[0].z }}`, and nothing else.

A template is compiled once and rendered often. What is put in is never read as a template again, so a sample that
writes `{{ item.answer }}` has only written these characters. Text goes in as it is; any other value as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from envs.options import unknown_name
from envs.verifiers.grading import Sample

NAMESPACES = ("item", "sample")
SAMPLE_FIELDS = ("output_text", "output_json", "output_tools", "choices")

_PATH = re.compile(
    r"""\s*([A-Za-z_]\w*)((?:\s*\.\s*[^\W\d][\w-]*|\[\s*\d{1,9}\s*\]|\["[^"\]]*"\]|\['[^'\]]*'\])*)\s*"""
)
_STEP = re.compile(r"""\.\s*([^\W\d][\w-]*)|\[\s*(\d{1,9})\s*\]|\["([^"\]]*)"\]|\['([^'\]]*)'\]""")

Step = str | int
"""A key of an object, or a place in a list."""


class TemplateError(ValueError):
    """A template is not of the language."""


class MissingVariable(LookupError):
    """A variable has no value: of the item, which is our fault, or of the sample, which is the model's."""

    def __init__(self, variable: Variable, *, unparsed: bool = False) -> None:
        super().__init__(f"there is no {variable.text}")
        self.variable = variable
        self.unparsed = unparsed
        """Whether the sample does not hold JSON at all."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands between the braces."""

    text: str
    namespace: str
    path: tuple[Step, ...]

    def value(self, sample: Sample, item: Mapping[str, Any]) -> Any:
        """Return what it stands for.

        Raises:
            MissingVariable: Nothing.
        """
        steps = self.path
        value: Any = item
        if self.namespace == "sample":
            value, steps = self._of_sample(sample), steps[1:]
        for step in steps:
            value = pick(value, step, self)
        return value

    def _of_sample(self, sample: Sample) -> Any:
        first = self.path[0]
        if first == "output_text":
            return sample.output_text
        if first == "output_json":
            if not sample.has_json:
                raise MissingVariable(self, unparsed=True)
            return sample.output_json
        return as_data(sample)[str(first)]


def pick(value: Any, step: Step, variable: Variable) -> Any:
    """Return the member of an object or list.

    Raises:
        MissingVariable: There is none.
    """
    if isinstance(step, str):
        if isinstance(value, Mapping) and step in value:
            return value[step]
    elif isinstance(value, (list, tuple)) and step < len(value):
        return value[step]
    raise MissingVariable(variable)


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template."""

    text: str
    parts: tuple[str | Variable, ...] = field(repr=False)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Return the variables in their order."""
        return tuple(part for part in self.parts if isinstance(part, Variable))

    @property
    def reads_sample(self) -> bool:
        """Return whether anything in it is of the sample."""
        return any(variable.namespace == "sample" for variable in self.variables)

    def render(self, sample: Sample, item: Mapping[str, Any]) -> str:
        """Return the text with every variable replaced.

        Raises:
            MissingVariable: A variable has no value.
        """
        return "".join(
            [part if isinstance(part, str) else as_text(part.value(sample, item)) for part in self.parts],
        )

    def fixed_length(self, item: Mapping[str, Any]) -> int:
        """Return the length of a rendered text without what it takes from the sample.

        Raises:
            MissingVariable: A variable of the item has no value.
        """
        fixed = [part for part in self.parts if isinstance(part, str) or part.namespace != "sample"]
        return len(Template(self.text, tuple(fixed)).render(Sample(output_text=""), item))

    def value(self, sample: Sample, item: Mapping[str, Any]) -> Any:
        """Return the value itself where the template is one variable and nothing else, and the rendered text if not.

        Raises:
            MissingVariable: A variable has no value.
        """
        if len(self.parts) == 1 and isinstance(self.parts[0], Variable):
            return self.parts[0].value(sample, item)
        return self.render(sample, item)


def compile_template(text: str) -> Template:
    """Compile a template.

    Raises:
        TemplateError: A pair of braces is never closed, or what it holds is no variable.
    """
    parts: list[str | Variable] = []
    place = 0
    while (opened := text.find("{{", place)) >= 0:
        closed = text.find("}}", opened + 2)
        if closed < 0:
            raise TemplateError("'{{' is never closed with '}}'")
        if opened > place:
            parts.append(text[place:opened])
        parts.append(parse_variable(text[opened + 2 : closed]))
        place = closed + 2
    if place < len(text):
        parts.append(text[place:])
    return Template(text=text, parts=tuple(parts))


def parse_variable(text: str) -> Variable:
    """Return the variable that stands between braces.

    Raises:
        TemplateError: It is none.
    """
    found = _PATH.fullmatch(text)
    if found is None:
        raise TemplateError(f"{{{{{_cut(text)}}}}} is not a variable such as {{{{ item.answer }}}}")
    namespace, steps = found[1], parse_path(found[2])
    name = text.strip()
    if namespace not in NAMESPACES:
        raise TemplateError(unknown_name("namespace", namespace, NAMESPACES))
    if not steps:
        raise TemplateError(f"{{{{ {name} }}}} names no field: write {{{{ {namespace}.<field> }}}}")
    if namespace == "sample" and steps[0] == "output_audio":
        raise TemplateError("sample.output_audio: only models of text are run here")
    if namespace == "sample" and steps[0] not in SAMPLE_FIELDS:
        raise TemplateError(unknown_name("field of the sample", steps[0], SAMPLE_FIELDS))
    return Variable(text=name, namespace=namespace, path=steps)


def parse_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path such as `.a.b[0]["c d"]`.

    Raises:
        TemplateError: It is not a path.
    """
    steps: list[Step] = []
    place = 0
    for step in _STEP.finditer(text):
        if text[place : step.start()].strip():
            break
        place = step.end()
        key, index = step[1] or step[3] or step[4], step[2]
        steps.append(int(index) if index is not None else key or "")
    if text[place:].strip():
        raise TemplateError(f"{_cut(text)!r} is not a path such as .answer.steps[0]")
    return tuple(steps)


def as_text(value: Any) -> str:
    """Return a value as it stands in a rendered template."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_data(sample: Sample) -> dict[str, Any]:
    """Return a sample as plain JSON data, as graders in other processes get it."""
    tools = [dict(call) for call in sample.output_tools]
    message: dict[str, Any] = {"role": "assistant", "content": sample.output_text}
    if tools:
        message["tool_calls"] = tools
    finish = "length" if sample.truncated else "tool_calls" if tools else "stop"
    return {
        "output_text": sample.output_text,
        "output_json": sample.output_json if sample.has_json else None,
        "output_tools": tools,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
