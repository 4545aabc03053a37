"""A mind that gives the replies of a script, one after the other, and is not confused by answers that were begun early.

An answer may be begun before the user has really finished, and thrown away. So what is asked decides: a question that
follows from the one before gets the next reply, and one that takes its place gets the same reply again.
"""

import json
from collections.abc import AsyncGenerator, Sequence
from uuid import uuid4

from visavis.providers.base import ChatMessage, MindDelta, TextDelta, ToolCall, ToolSpec
from visavis.testing.script import Call


class Replies:
    """A `LanguageModel`. After its last reply it has nothing to say."""

    def __init__(self, replies: Sequence[str | Call]) -> None:
        self._replies = replies
        self._next = -1
        self._asked: list[ChatMessage] | None = None

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        del tools
        asked = _without_request(messages)
        if self._asked is None or (len(asked) > len(self._asked) and asked[: len(self._asked)] == self._asked):
            self._next += 1
        self._asked = asked
        if self._next < len(self._replies):
            yield _delta(self._replies[self._next])

    async def close(self) -> None:
        """Nothing is held."""


def _without_request(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """What the engine asks by itself stands at the end, and is not there the next time."""
    kept = list(messages)
    while kept and kept[-1].role == "system":
        kept.pop()
    return kept


def _delta(reply: str | Call) -> MindDelta:
    if isinstance(reply, str):
        return TextDelta(reply)
    return ToolCall(str(uuid4()), reply.calls, json.dumps(reply.arguments))
