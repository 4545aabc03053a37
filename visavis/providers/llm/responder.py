"""The built-in mind: a small offline responder that needs no key, no download and no GPU, and says what it is.

It answers from the persona's system prompt, from what the application added, and from what the user said, calls the
tools that a sentence plainly asks for, and makes conversation otherwise. It is no language model and never pretends to
be one.
"""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from typing import ClassVar

from pydantic import BaseModel

from visavis.core.spec import MindSpec
from visavis.providers.base import WAIT_REQUEST, ChatMessage, MindDelta, TextDelta, ToolCall, ToolSpec, Traits
from visavis.providers.responding.answer import Answer, answer
from visavis.providers.responding.reports import report
from visavis.providers.responding.situations import plain_words
from visavis.providers.responding.tooling import Wanted, look_up, wanted

SENTENCE_CHARS_MAX = 500


class Responder:
    """A `LanguageModel`. The option `persona_name` names a persona whose prompt does not."""

    traits: ClassVar[Traits] = Traits(
        label="Offline responder (built-in)",
        languages=("en",),
        zero_retention=True,
        note="Not a language model: answers from the persona's prompt and the conversation, and says so.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set."""

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        del settings
        name = spec.options.get("persona_name")
        self._persona_name = name if isinstance(name, str) else ""

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        text = ""
        if messages and messages[-1].text == WAIT_REQUEST:
            text = "One moment, please."
        elif answered := _just_answered(messages):
            text = report(_question(messages), answered)
        else:
            found = answer(_spoken(messages), self._persona_name)
            if (call := _call(messages, tools, found)) is not None:
                yield ToolCall(f"call_{len(messages)}", call.name, json.dumps(call.arguments))
                return
            text = found.text
        for word in re.findall(r"\S+\s*", text):
            yield TextDelta(word)

    async def close(self) -> None:
        """Nothing is held."""


def _spoken(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """What was said, without calls and what tools answered."""
    return [message for message in messages if message.role != "tool" and (message.text or not message.tool_calls)]


def _question(messages: Sequence[ChatMessage]) -> str:
    return next((message.text for message in reversed(messages) if message.role == "user"), "")


def _just_answered(messages: Sequence[ChatMessage]) -> list[str]:
    """What tools answered since somebody last said something."""
    answers: list[str] = []
    for message in reversed(messages):
        if message.role == "tool":
            answers.insert(0, message.text)
        elif not message.tool_calls:
            break
    return answers


def _call(messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], found: Answer) -> Wanted | None:
    """What the user's last sentence plainly asks for; and where nothing is known, somebody who may look it up."""
    if not tools or not messages or messages[-1].role != "user":
        return None
    sentence = messages[-1].text[:SENTENCE_CHARS_MAX]
    if (call := wanted(sentence, plain_words(sentence), tools)) is not None:
        return call
    return look_up(sentence, tools) if found.is_lost else None


PROVIDER = Responder
