"""Graders that ask another model: `score_model` and `label_model`.

What the sample says is put into the conversation as the configuration says, so it can address the judge: a sample that
orders it to give full marks is the best-known attack on such graders. Nothing here can rule that out. What is sure:
the score comes from a JSON object with the expected field and nothing else, and is held to the grader's range.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from envs.jsonl import shown
from envs.options import unknown_name
from envs.verifiers.chat import ChatError, ChatModel, ChatReply, HttpChatModel
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    RANGE,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    as_it_is,
    check_fields,
    choice,
    list_of,
    number,
    template,
    text,
    whole,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.strict_json import strict_json
from envs.verifiers.templates import Template, compile_template

MOST_CHARACTERS = 400_000
"""Of a conversation that a judge is asked to read; a sample that makes it longer scores the least."""

ROLES = ("user", "assistant", "system", "developer")
TEXT_PARTS = ("input_text", "output_text")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

_STEPS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"description": {"type": "string"}, "conclusion": {"type": "string"}},
        "required": ["description", "conclusion"],
        "additionalProperties": False,
    },
}


class ModelGrader(BaseGrader):
    """What both share: the conversation, and whose fault it is when there is no verdict."""

    def __init__(self, config: Config, chat: ChatModel, *, low: float = 0.0, high: float = 1.0) -> None:
        super().__init__(config, low=low, high=high)
        self.model: str = config["model"]
        self._chat = chat
        self._sampling: Mapping[str, Any] = config.get("sampling_params", {})
        self._messages = [
            (_SENT_ROLES.get(message["role"], message["role"]), compile_template(message["content"]))
            for message in config["input"]
        ]
        self.templates: tuple[Template, ...] = tuple(content for _role, content in self._messages)

    @property
    @abstractmethod
    def response_format(self) -> Mapping[str, Any]:
        """What the judge must answer with."""

    @abstractmethod
    def score(self, result: Any) -> float:
        """Return the score of the judge's `result`.

        Raises:
            ValueError: It is none.
        """

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Ask the model."""
        messages = [{"role": role, "content": content.render(sample, item)} for role, content in self._messages]
        length = sum(len(message["content"]) for message in messages)
        fixed = sum(content.fixed_length(item) for _role, content in self._messages)
        if fixed > MOST_CHARACTERS:
            message = f"{self.name}: the question is longer than {MOST_CHARACTERS} characters without any answer"
            raise GraderFault("other_error", message)
        if length > MOST_CHARACTERS:
            return self._too_long()
        try:
            reply = self._chat.chat(self.model, messages, self._sampling, self.response_format)
        except ChatError as error:
            if _is_length(error) and length > 2 * fixed:  # a sample must not escape its score by its length
                return self._too_long()
            message = f"{self.name}: {error}"
            raise GraderFault(
                "model_grader_server_error", message, details=str(error), error_type=error.kind
            ) from error
        return Grade(score=self._result(reply), token_usage={self.model: reply.usage})

    def _too_long(self) -> Grade:
        flags = frozenset({"truncated_observation_error"})
        return Grade(score=self.low, flags=flags, feedback="The answer is too long to be judged.")

    def _result(self, reply: ChatReply) -> float:
        if reply.refusal:
            raise GraderFault("model_grader_refusal_error", f"{self.name}: the judge refuses: {reply.refusal[:200]}")
        try:
            answer = strict_json((reply.text or "").strip())
            if not isinstance(answer, dict) or not {"result"} <= set(answer) <= {"result", "steps"}:
                raise ValueError("not an object of 'result' and 'steps'")
            return self.score(answer["result"])
        except ValueError as error:
            words = shown((reply.text or "")[:200])
            raise GraderFault("model_grader_parse_error", f"{self.name}: the judge's answer {words}: {error}") from None


def _is_length(error: ChatError) -> bool:
    """Tell whether a judge says that it was asked more than it can read."""
    return error.kind == "length" or "context_length_exceeded" in str(error) or "context length" in str(error)


class ScoreModel(ModelGrader):
    """A number that another model gives, held to the range."""

    def __init__(self, config: Config, chat: ChatModel) -> None:
        low, high = config["range"]
        super().__init__(config, chat, low=float(low), high=float(high))

    @property
    def response_format(self) -> Mapping[str, Any]:
        """What the judge must answer with."""
        return _format("score", {"type": "number"})

    def score(self, result: Any) -> float:
        """Return the number, held to the range.

        Raises:
            ValueError: It is none.
        """
        if isinstance(result, bool) or not isinstance(result, (int, float)):
            raise ValueError(f"the result must be a number, got {shown(result)}")
        return float(min(max(result, self.low), self.high))


class LabelModel(ModelGrader):
    """1 if another model gives one of the passing labels, else 0."""

    def __init__(self, config: Config, chat: ChatModel) -> None:
        super().__init__(config, chat)
        self._labels: list[str] = config["labels"]
        self._passing = frozenset(config["passing_labels"])

    @property
    def response_format(self) -> Mapping[str, Any]:
        """What the judge must answer with."""
        return _format("label", {"type": "string", "enum": list(self._labels)})

    def score(self, result: Any) -> float:
        """Return whether the label is a passing one.

        Raises:
            ValueError: It is not a label.
        """
        if not isinstance(result, str) or result not in self._labels:
            raise ValueError(unknown_name("label", result, self._labels))
        return float(result in self._passing)


_SENT_ROLES = {"developer": "system"}
"""Servers of open models know no developers."""


def _format(name: str, result: Mapping[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"steps": _STEPS, "result": result},
        "required": ["steps", "result"],
        "additionalProperties": False,
    }
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def _message(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping):
        place.fail(f"a message is an object of 'role' and 'content', got {shown(value)}")
        return {}
    return check_fields(value, _MESSAGE, place, "field of a message")


def _content(value: Any, place: Place) -> Any:
    """Check the content of a message, and return its text: templates of several parts are put after one another."""
    if isinstance(value, str):
        return template(value, place)
    if isinstance(value, (list, tuple)):
        return "".join(str(_content(part, place.at(index))) for index, part in enumerate(value))
    if isinstance(value, Mapping) and value.get("type") in TEXT_PARTS:
        return check_fields(value, {"type": Field(as_it_is), "text": Field(template)}, place, "field").get("text", "")
    if isinstance(value, Mapping) and str(value.get("type")).startswith("input_"):
        place.fail(f"{value['type']}: only text is judged here; known: {', '.join(TEXT_PARTS)}")
        return ""
    place.fail(f"must be text, or parts of type {' or '.join(TEXT_PARTS)}, got {shown(value)}")
    return ""


_MESSAGE = {
    "role": Field(choice("role", ROLES)),
    "content": Field(_content),
    "type": Field(choice("type of message", ("message",)), required=False),
}
_SAMPLING = {
    "seed": Field(whole(least=-(2**63)), required=False),
    "temperature": Field(number(least=0, most=2), required=False),
    "top_p": Field(number(above=0, most=1), required=False),
    "max_completions_tokens": Field(whole(least=1), required=False),
    "reasoning_effort": Field(choice("reasoning effort", EFFORTS), required=False),
}


def _sampling(value: Any, place: Place) -> Any:
    if not isinstance(value, Mapping):
        place.fail(f"must be an object, got {shown(value)}")
        return {}
    return check_fields(value, _SAMPLING, place, "sampling parameter")


def _check_labels(config: Config, place: Place) -> None:
    labels = config["labels"]
    if len(set(labels)) != len(labels):
        place.at("labels").fail("a label is given twice")
    for index, label in enumerate(config["passing_labels"]):
        if label not in labels:
            place.at("passing_labels").at(index).fail(unknown_name("label", label, labels))
    if set(config["passing_labels"]) == set(labels):
        place.at("passing_labels").warn("every label passes: the score is always 1")


def _chat(context: GraderContext) -> ChatModel:
    return context.chat if context.chat is not None else HttpChatModel()


def _build_score(config: Config, context: GraderContext) -> ScoreModel:
    return ScoreModel(config, _chat(context))


def _build_label(config: Config, context: GraderContext) -> LabelModel:
    return LabelModel(config, _chat(context))


_COMMON = {
    "model": Field(text()),
    "input": Field(list_of(_message)),
    "sampling_params": Field(_sampling, required=False),
}

SCORE_MODEL = GraderType(fields={**_COMMON, "range": RANGE, "pass_threshold": PASS_THRESHOLD}, build=_build_score)
LABEL_MODEL = GraderType(
    fields={
        **_COMMON,
        "labels": Field(list_of(text(), least=2)),
        "passing_labels": Field(list_of(text())),
        "pass_threshold": PASS_THRESHOLD,
    },
    check=_check_labels,
    build=_build_label,
)
