"""Several minds in the place of one: where one fails before it said anything, the next answers the same."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from visavis.engine.chain import Chain
from visavis.providers.base import ChatMessage, LanguageModel, MindDelta, ToolSpec


class MindChain(Chain[LanguageModel]):
    """A `LanguageModel`. Nobody shall wait for a dead server at every turn."""

    def __init__(self, minds: Sequence[LanguageModel]) -> None:
        super().__init__(minds, "Another language model answers from now on.")

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        async with aclosing(self.pieces(lambda mind: mind.reply(messages, tools), lambda _: True)) as deltas:
            async for delta in deltas:
                yield delta
