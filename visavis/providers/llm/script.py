"""A mind that plays a script: for tests of interruption, tools, reasoning and failure."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from pydantic import BaseModel, Field

from visavis.core.errors import ProviderError
from visavis.core.spec import MindSpec
from visavis.providers.base import ChatMessage, MindDelta, ReasoningDelta, TextDelta, ToolCall, ToolSpec, Traits

Wait: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before going on: `Pause(event.wait)`, or `Pause(lambda: clock.sleep_until(500))`."""

    until: Wait


Step: TypeAlias = str | ReasoningDelta | ToolCall | Pause | ProviderError


class Script:
    """A `LanguageModel`. Each reply plays the next turn; after the last one it has nothing to say.

    A step is a text, a piece of reasoning, a tool call, a pause, or an error to raise. `heard` keeps what each reply
    was asked and `offered` which tools it had, for the test to look at.
    """

    traits: ClassVar[Traits] = Traits(
        label="Script", zero_retention=True, note="Says what the test says.", cost="Free."
    )

    class Settings(BaseModel):
        turns: list[str] = Field(default=[], description="What is said, turn after turn.")

    def __init__(self, spec: MindSpec, settings: Settings | None = None, turns: Sequence[Sequence[Step]] = ()) -> None:
        del spec
        texts = settings.turns if settings else []
        self._turns = [list(turn) for turn in turns] or [[text] for text in texts]
        self.heard: list[tuple[ChatMessage, ...]] = []
        self.offered: list[tuple[ToolSpec, ...]] = []
        self.live = 0

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        self.heard.append(tuple(messages))
        self.offered.append(tuple(tools))
        steps = self._turns.pop(0) if self._turns else []
        self.live += 1
        try:
            for step in steps:
                if isinstance(step, Pause):
                    await step.until()
                elif isinstance(step, ProviderError):
                    raise step
                else:
                    yield TextDelta(step) if isinstance(step, str) else step
        finally:
            self.live -= 1

    async def close(self) -> None:
        """Nothing is held."""


PROVIDER = Script
