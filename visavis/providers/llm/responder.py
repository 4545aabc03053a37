"""The built-in mind: a small offline responder that needs no key, no download and no GPU, and says what it is.

It answers from the persona's system prompt, from what the application added, and from what the user said, and makes
conversation otherwise. It is no language model and never pretends to be one.
"""

import re
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar

from pydantic import BaseModel

from visavis.core.spec import MindSpec
from visavis.providers.base import ChatMessage, MindDelta, TextDelta, ToolSpec, Traits
from visavis.providers.responding.answer import answer


class Responder:
    """A `LanguageModel`. The option `persona_name` names a persona whose prompt does not."""

    traits: ClassVar[Traits] = Traits(
        label="Offline responder (built-in)",
        languages=("en",),
        zero_retention=True,
        note="Not a language model: answers from the persona's prompt and the conversation, and says so.",
    )

    class Settings(BaseModel):
        """Nothing to set."""

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        del settings
        name = spec.options.get("persona_name")
        self._persona_name = name if isinstance(name, str) else ""

    async def reply(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()) -> AsyncIterator[MindDelta]:
        del tools
        for word in re.findall(r"\S+\s*", answer(messages, self._persona_name)):
            yield TextDelta(word)

    async def close(self) -> None:
        """Nothing is held."""


PROVIDER = Responder
