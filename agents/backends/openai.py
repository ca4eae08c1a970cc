"""Evaluation of a model behind an OpenAI-compatible endpoint: conversations in, text and counts of tokens out.

There are no token ids and no log-probabilities, so nothing can be learned from what it answers. A request that got no
answer is an error without a reward, never a wrong answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.backends.endpoint import Endpoint, EndpointError, quoted, the_choice, token_count
from agents.backends.probe import row_seed
from agents.config import OpenAIConfig
from agents.core import Completion, FinishReason, Sampling, Turn
from envs.core import Message, VerifierError


class OpenAIBackend:
    """Answers conversations with the model of an endpoint.

    Args:
        config: The endpoint.
        model: The model's name there.
    """

    def __init__(self, config: OpenAIConfig, model: str) -> None:
        assert config.url is not None  # check_backend asks for it
        self.model = model
        self._limit_name, self._omit = config.limit_name, frozenset(config.omit)
        self._endpoint = Endpoint(
            config.url,
            key_env=config.key_env,
            concurrency=config.concurrency,
            timeout_s=config.timeout_s,
            retries=config.retries,
        )

    def answer(self, conversations: Sequence[Sequence[Message]], sampling: Sampling) -> list[Turn | VerifierError]:
        """Answer each conversation, in their order; one that got no answer has the reason instead.

        Raises:
            ConfigError: The endpoint refuses the key, or knows no such model.
        """
        bodies = [self._body(conversation, sampling, row) for row, conversation in enumerate(conversations)]
        return [*self._endpoint.ask("chat/completions", bodies, _turn)]

    def _body(self, conversation: Sequence[Message], sampling: Sampling, row: int) -> dict[str, Any]:
        wanted = {"temperature": sampling.temperature, "seed": row_seed(sampling, row) % 2**31}
        return {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in conversation],
            **{name: value for name, value in wanted.items() if name not in self._omit},
            "extra_body": {self._limit_name: sampling.max_new_tokens},  # the client knows not every name of it
        }


def _turn(reply: Mapping[str, Any]) -> Turn:
    choice = the_choice(reply)
    text = _text(choice)
    if not isinstance(text, str):
        raise EndpointError(f"the endpoint's reply has no text: {quoted(choice.get('message'))}")
    completion = Completion(
        token_ids=(),
        logprobs=(),
        finish_reason=FinishReason(choice["finish_reason"]),
        policy_version=0,
        unseen_tokens=token_count(reply, "completion_tokens"),
    )
    # what no text file can hold is the model's, as far as anyone can tell: it is judged as it would be written down
    whole = text.encode(errors="replace").decode()
    return Turn(context_ids=(), completion=completion, text=whole, unseen_context=token_count(reply, "prompt_tokens"))


def _text(choice: Mapping[str, Any]) -> Any:
    """Return what a choice says, None if nothing; a model that refuses, or thinks until its limit, has answered too."""
    message = choice.get("message")
    if not isinstance(message, dict):
        return None
    if message.get("content", "") is not None:
        return message.get("content")
    return message.get("refusal") or ("" if choice["finish_reason"] == "length" else None)
