"""A local model as the judge of model graders, spoken to as a server of chat completions is."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from agents.backends import BACKENDS, backend_config
from agents.core import PolicyBackend, Sampling
from agents.models import LoadedModel, check_model, find_device, load_model
from envs.core import Message
from envs.verifiers.chat import ChatError, ChatReply
from envs.verifiers.grading import TokenUsage

MAX_NEW_TOKENS = 256
"""Of an answer, unless the grader's configuration says otherwise."""
COLDEST = 1e-3
"""A temperature of 0 asks for the likeliest token: at this one nothing else is ever drawn."""


class LocalChat:
    """A local model that answers conversations; whatever model a grader names, this one answers.

    Args:
        model: Its name, as `model=` takes it; it is loaded with the first question.
        backend: What samples.
        device: Where.

    Raises:
        ConfigError: There is no such model.
    """

    def __init__(self, model: str, *, backend: str = "transformers", device: str = "auto") -> None:
        check_model(model)
        self.model = model
        self._backend, self._device = backend, device
        self._loaded: tuple[LoadedModel, PolicyBackend] | None = None
        self._lock = threading.Lock()

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        sampling: Mapping[str, Any],
        response_format: Mapping[str, Any] | None,
    ) -> ChatReply:
        """Answer a conversation. The response format is not enforced: a small model is simply asked.

        Raises:
            ChatError: The conversation is empty or too long for the model.
        """
        with self._lock:
            loaded, policy = self._ready()
            prompt = loaded.encode_prompt([_message(message) for message in messages])
            longest = getattr(loaded.model.config, "max_position_embeddings", 2048)
            room = longest - len(prompt)
            if not messages or room < 1:
                raise ChatError(
                    "length", f"the judge {self.model!r} takes {longest} tokens, the question has {len(prompt)}"
                )
            wanted = int(sampling.get("max_completions_tokens") or MAX_NEW_TOKENS)
            drawn = Sampling(
                temperature=max(COLDEST, float(sampling.get("temperature", 0.0))),
                max_new_tokens=min(wanted, room),
                seed=int(sampling.get("seed") or 0),
            )
            [completion] = policy.generate([prompt], drawn)
        usage = TokenUsage(prompt_tokens=len(prompt), completion_tokens=len(completion.token_ids))
        return ChatReply(text=loaded.decode(completion.token_ids), usage=usage)

    def _ready(self) -> tuple[LoadedModel, PolicyBackend]:
        if self._loaded is None:
            model = load_model(self.model, device=find_device(self._device))
            self._loaded = model, BACKENDS[self._backend](backend_config(self._backend), model, 1)
        return self._loaded


@functools.cache
def local_chat(model: str) -> LocalChat:
    """Return the one judge of this name that a process has.

    Raises:
        ConfigError: There is no such model.
    """
    return LocalChat(model)


def _message(message: Mapping[str, Any]) -> Message:
    role = {"developer": "system"}.get(message["role"], message["role"])
    return Message(role=role, content=str(message["content"]))
