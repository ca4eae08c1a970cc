"""How an episode gets its next answer: from a policy that samples tokens, or from a chat that answers with text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from agents.core import ChatBackend, Completion, PolicyBackend, Sampling, StreamingBackend, Turn
from agents.models import LoadedModel
from envs.core import Message, VerifierError


@dataclass(slots=True)
class Dialogue:
    """What was said in one episode so far."""

    conversation: tuple[Message, ...] = ()
    context_ids: tuple[int, ...] = ()
    """What a policy of tokens has not seen yet."""
    turns: list[Turn] = field(default_factory=list)

    @property
    def seen_ids(self) -> tuple[int, ...]:
        """The whole sequence so far, as the policy is to continue it."""
        earlier = [token for turn in self.turns for token in (*turn.context_ids, *turn.completion.token_ids)]
        return (*earlier, *self.context_ids)

    def hear(self, conversation: tuple[Message, ...]) -> Sequence[Message]:
        """Take the conversation as it stands now, and return what is new in it since the last answer."""
        news = conversation[len(self.conversation) + 1 :] if self.turns else conversation
        self.conversation = conversation
        return news


class Speaker(Protocol):
    """Answers in episodes. `hear` may be called from several threads, for one dialogue each."""

    def hear(self, dialogue: Dialogue, conversation: tuple[Message, ...]) -> None:
        """Take what the environment said."""
        ...

    def turns(self, dialogues: Sequence[Dialogue], sampling: Sampling) -> Iterable[tuple[int, Turn | VerifierError]]:
        """Answer in each, and tell which as soon as it is known; where no answer could be had, say why."""
        ...


class TokenSpeaker:
    """Speaks in tokens: contexts are encoded once, completions never again.

    Args:
        policy: Samples completions.
        model: Encodes and decodes.
    """

    def __init__(self, policy: PolicyBackend, model: LoadedModel) -> None:
        self.policy = policy
        self.model = model

    def hear(self, dialogue: Dialogue, conversation: tuple[Message, ...]) -> None:
        """Encode what is new."""
        news = dialogue.hear(conversation)
        if dialogue.turns:
            dialogue.context_ids = self.model.encode_reply(dialogue.turns[-1].completion.token_ids, news)
        else:
            dialogue.context_ids = self.model.encode_prompt(news)

    def turns(self, dialogues: Sequence[Dialogue], sampling: Sampling) -> Iterator[tuple[int, Turn | VerifierError]]:
        """Sample a completion for each, and yield it as it ends where the policy can tell."""
        prompts_ids = [dialogue.seen_ids for dialogue in dialogues]
        finished: Iterable[tuple[int, Completion | VerifierError]]
        if isinstance(self.policy, StreamingBackend):
            finished = self.policy.completions(prompts_ids, sampling)
        else:
            finished = enumerate(self.policy.generate(prompts_ids, sampling))
        for row, completion in finished:
            if isinstance(completion, VerifierError):
                yield row, completion
                continue
            text = self.model.decode(completion.token_ids)
            yield row, Turn(context_ids=dialogues[row].context_ids, completion=completion, text=text)


class ChatSpeaker:
    """Speaks in text.

    Args:
        chat: Answers conversations.
    """

    def __init__(self, chat: ChatBackend) -> None:
        self.chat = chat

    def hear(self, dialogue: Dialogue, conversation: tuple[Message, ...]) -> None:
        """Keep the conversation."""
        dialogue.hear(conversation)

    def turns(self, dialogues: Sequence[Dialogue], sampling: Sampling) -> Iterable[tuple[int, Turn | VerifierError]]:
        """Ask for an answer to each conversation."""
        return enumerate(self.chat.answer([dialogue.conversation for dialogue in dialogues], sampling))


def make_speaker(policy: PolicyBackend | ChatBackend, model: LoadedModel | None) -> Speaker:
    """Return what speaks for a policy, with the model that it samples from; for a chat there is none."""
    chosen: Any = policy
    return ChatSpeaker(chosen) if model is None else TokenSpeaker(chosen, model)
