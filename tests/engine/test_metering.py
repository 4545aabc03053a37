"""What providers did, as a meter around each sees it; on a clock wound by hand."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from visavis.core.clock import HandWoundClock
from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec
from visavis.engine.metering import Meter, ProviderCall
from visavis.providers.base import ChatMessage, MindDelta, TextDelta, TokensUsed, ToolSpec
from visavis.testing.rehearsal import Hears, Lines, PacedVoice

SECOND = AudioChunk(bytes(2 * 16_000), 16_000)


class Slow:
    """A mind whose first word takes 300 ms, and which tells what it used."""

    def __init__(self, clock: HandWoundClock, *, breaks: bool = False) -> None:
        self._clock, self._breaks = clock, breaks

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        await self._clock.advance(300)
        yield TextDelta("Well,")
        await self._clock.advance(400)
        if self._breaks:
            raise ProviderError("It broke.")
        yield TextDelta(" yes.")
        yield TokensUsed(20, 2)

    async def close(self) -> None: ...


@pytest.fixture
def told() -> list[ProviderCall]:
    return []


@pytest.fixture
def clock() -> HandWoundClock:
    return HandWoundClock()


@pytest.fixture
def meter(told: list[ProviderCall], clock: HandWoundClock) -> Meter:
    meter = Meter(clock)
    meter.tell = told.append
    return meter


async def test_a_mind_is_measured_to_its_first_word_and_tells_tokens_to_nobody_else(
    meter: Meter, told: list[ProviderCall], clock: HandWoundClock
) -> None:
    mind = meter.mind(Slow(clock), "openai_compatible", "small")
    assert [delta async for delta in mind.reply([])] == [TextDelta("Well,"), TextDelta(" yes.")]
    assert told == [ProviderCall("llm", "openai_compatible", "small", latency_ms=300, tokens_read=20, tokens_written=2)]


async def test_a_call_that_fails_or_is_thrown_away_is_told_too(
    meter: Meter, told: list[ProviderCall], clock: HandWoundClock
) -> None:
    mind = meter.mind(Slow(clock, breaks=True), "any")
    with pytest.raises(ProviderError):
        [delta async for delta in mind.reply([])]
    async with aclosing(mind.reply([])) as deltas:
        await anext(deltas)
    assert [(call.failed, call.latency_ms, call.tokens_read) for call in told] == [
        (True, 300, None),
        (False, 300, None),
    ]


async def test_a_mind_that_is_left_has_stopped_before_its_call_is_told(meter: Meter) -> None:
    order: list[str] = []
    meter.tell = lambda call: order.append(call.kind)

    class Endless(Lines):
        async def reply(
            self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
        ) -> AsyncGenerator[MindDelta, None]:
            try:
                while True:
                    yield TextDelta("More. ")
            finally:
                order.append("stopped")

    async with aclosing(meter.mind(Endless(), "any").reply([])) as deltas:
        await anext(deltas)
    assert order == ["stopped", "llm"]


async def test_a_voice_is_paid_by_what_it_was_given(meter: Meter, told: list[ProviderCall]) -> None:
    voice = meter.voice(PacedVoice(), "paced", "v2")
    parts: list[SpeechAudio] = [part async for part in voice.speak("Good morning.")]
    assert parts
    (call,) = told
    assert (call.kind, call.provider, call.model, call.characters, call.failed) == ("tts", "paced", "v2", 13, False)
    assert call.latency_ms is not None


async def test_a_recogniser_is_paid_by_what_it_heard_once_for_each_utterance(
    meter: Meter, told: list[ProviderCall]
) -> None:
    ears = meter.ears(Hears("Hello."), "deepgram")
    finished = await ears.open(EarsSpec("deepgram"))
    await finished.feed(SECOND)
    assert await finished.finish() == "Hello."
    await finished.cancel()
    dropped = await ears.open(EarsSpec("deepgram"))
    await dropped.feed(SECOND)
    await dropped.feed(SECOND)
    await dropped.cancel()
    assert [(call.audio_ms, call.latency_ms is not None) for call in told] == [(1_000, True), (2_000, False)]


async def test_minds_voices_and_ears_are_closed_through_the_meter(meter: Meter) -> None:
    closed: list[str] = []

    class Closing(Lines):
        async def close(self) -> None:
            closed.append("mind")

    await meter.mind(Closing(), "any").close()
    assert closed == ["mind"]
