"""A mind that says back what it is told: for trying voices and faces, and for tests."""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from visavis.core.spec import MindSpec
from visavis.providers.base import ChatMessage, MindDelta, TextDelta, ToolSpec, Traits


class Echo:
    """A `LanguageModel` that streams the last user message word by word, and a greeting where there is none."""

    traits: ClassVar[Traits] = Traits(label="Echo", zero_retention=True, note="Says back what you say.", cost="Free.")

    class Settings(BaseModel):
        greeting: str = Field(
            default="Say something, and I will say it back.", description="What is said before anybody spoke."
        )

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        del spec
        self._greeting = (settings or self.Settings()).greeting

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        del tools
        said = next((message.text for message in reversed(messages) if message.role == "user"), self._greeting)
        for word in re.findall(r"\S+\s*", said):
            yield TextDelta(word)

    async def close(self) -> None:
        """Nothing is held."""


PROVIDER = Echo
