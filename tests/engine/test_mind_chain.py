"""Several minds in the place of one."""

from collections.abc import AsyncGenerator, Sequence

import pytest

from visavis.core.errors import ProviderError
from visavis.core.events import Warned
from visavis.engine.mind_chain import MindChain
from visavis.providers.base import ChatMessage, MindDelta, TextDelta, ToolSpec
from visavis.testing.rehearsal import Rehearsal

ASKED = [ChatMessage("user", "Who are you?")]


class Mind:
    """Says its words, and fails after so many of them when it is told to."""

    def __init__(self, *words: str, fails_after: int | None = None) -> None:
        self.words, self.fails_after = words, fails_after
        self.asked = self.closed = 0

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        self.asked += 1
        for at, word in enumerate(self.words):
            if at == self.fails_after:
                raise ProviderError("It broke.")
            yield TextDelta(word)

    async def close(self) -> None:
        self.closed += 1


async def said(mind: MindChain) -> list[str]:
    return [delta.text async for delta in mind.reply(ASKED) if isinstance(delta, TextDelta)]


async def test_the_next_mind_answers_and_goes_on_answering() -> None:
    first, second = Mind("no", fails_after=0), Mind("I am ", "Cara.")
    chain = MindChain([first, second])
    told: list[str] = []
    chain.tell = told.append
    assert [await said(chain), await said(chain)] == [["I am ", "Cara."]] * 2
    assert (first.asked, second.asked) == (1, 2)
    assert told == ["It broke. Another language model answers from now on."]
    await chain.close()
    assert (first.closed, second.closed) == (1, 1)


async def test_an_answer_that_has_begun_is_not_begun_again_by_another() -> None:
    second = Mind("never")
    with pytest.raises(ProviderError, match="It broke"):
        await said(MindChain([Mind("I ", "am", fails_after=1), second]))
    assert second.asked == 0


async def test_the_last_one_fails_for_all() -> None:
    with pytest.raises(ProviderError, match="It broke"):
        await said(MindChain([Mind("", fails_after=0), Mind("", fails_after=0)]))


async def test_a_session_is_told_and_the_answer_is_spoken() -> None:
    rehearsal = Rehearsal(MindChain([Mind("no", fails_after=0), Mind("I am Cara.")]))
    async with rehearsal as r:
        await r.connect()
        await r.say_typed("Who are you?")
        await r.pass_time(3_000)
        assert [warned.text for warned in r.all(Warned)] == ["It broke. Another language model answers from now on."]
        assert r.voice.spoken == ["I am Cara."]
