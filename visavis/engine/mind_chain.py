"""Several minds in the place of one: where one fails before it said anything, the next answers the same."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from visavis.core.errors import ProviderError
from visavis.providers.base import ChatMessage, LanguageModel, MindDelta, ToolSpec


def _tell_nobody(text: str) -> None: ...


class MindChain:
    """A `LanguageModel`. Whoever failed is not asked again in this session: nobody shall wait for a dead server at
    every turn. `tell` is told in plain words when another mind takes over.
    """

    def __init__(self, minds: Sequence[LanguageModel]) -> None:
        self._minds = tuple(minds)
        self._at = 0
        self.tell: Callable[[str], None] = _tell_nobody

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        """Raises `ProviderError` where the last one fails, or one whose answer has begun."""
        while True:
            begun, at = False, self._at
            try:
                async with aclosing(self._minds[at].reply(messages, tools)) as deltas:
                    async for delta in deltas:
                        begun = True
                        yield delta
                return
            except ProviderError as error:
                if begun or at + 1 == len(self._minds):
                    raise
                if self._at == at:  # an answer that was begun on a guess may have found out already
                    self._at += 1
                    self.tell(f"{error.message} Another language model answers from now on.")

    async def close(self) -> None:
        for mind in self._minds:
            await mind.close()
