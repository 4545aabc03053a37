"""The shipped fakes: real providers whose behaviour the test decides."""

import asyncio

import pytest

from visavis.core.clock import HandWoundClock
from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec, MindSpec, VoiceSpec
from visavis.providers import catalog
from visavis.providers.base import ChatMessage, LanguageModel, ReasoningDelta, TextDelta, ToolCall

Script = catalog.load("llm", "script")
Echo = catalog.load("llm", "echo")
Tone = catalog.load("tts", "tone")
Scripted = catalog.load("stt", "scripted")
Pause = __import__(Script.__module__, fromlist=["Pause"]).Pause
MIND = MindSpec("script")


async def text(mind: LanguageModel, *messages: ChatMessage) -> str:
    return "".join([delta.text async for delta in mind.reply(messages) if isinstance(delta, TextDelta)])


async def test_echo_says_back_the_last_words() -> None:
    mind = Echo(MIND)
    assert await text(mind, ChatMessage("user", "one"), ChatMessage("assistant", "x"), ChatMessage("user", "two  go")) \
        == "two  go"  # fmt: skip
    assert "say it back" in await text(mind, ChatMessage("system", "You are a parrot."))


async def test_a_script_plays_turn_after_turn() -> None:
    call = ToolCall("1", "wave", "{}")
    mind = Script(MIND, turns=[[ReasoningDelta("Hm."), "Hello ", "you."], [call, "Done."]])
    first = [delta async for delta in mind.reply([ChatMessage("user", "hi")])]
    assert first == [ReasoningDelta("Hm."), TextDelta("Hello "), TextDelta("you.")]
    assert [delta async for delta in mind.reply([])] == [call, TextDelta("Done.")]
    assert [delta async for delta in mind.reply([])] == []
    assert mind.heard[0] == (ChatMessage("user", "hi"),)


async def test_a_script_waits_and_fails_when_it_is_told_to() -> None:
    clock = HandWoundClock()
    failing = Script(MIND, turns=[["One.", Pause(lambda: clock.sleep_until(500)), "Two.", ProviderError("gone")]])
    said: list[str] = []

    async def listen() -> None:
        async for delta in failing.reply([]):
            said.append(delta.text)

    listener = asyncio.create_task(listen())
    await clock.advance(499)
    assert said == ["One."]
    await clock.advance(1)
    with pytest.raises(ProviderError, match="gone"):
        await listener
    assert said == ["One.", "Two."]


async def test_a_script_knows_that_nobody_listens_any_more() -> None:
    never = asyncio.Event()
    mind = Script(MIND, turns=[["One.", Pause(never.wait)]])
    begun = asyncio.Event()

    async def listen() -> None:
        async for _ in mind.reply([]):
            begun.set()

    listener = asyncio.create_task(listen())
    await begun.wait()
    assert mind.live == 1
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    assert mind.live == 0


async def test_a_tone_sounds_for_each_word() -> None:
    voice = Tone(VoiceSpec("tone", ""), Tone.Settings(beep_ms=100, gap_ms=20))
    pieces = [piece async for piece in voice.speak("one  two-three")]
    marks = [mark for piece in pieces for mark in piece.marks]
    assert [(mark.start_ms, mark.end_ms, mark.text) for mark in marks] == [(0, 100, "one"), (120, 220, "two-three")]
    assert [(mark.start_char, mark.end_char) for mark in marks] == [(0, 3), (5, 14)]
    assert [piece.audio.duration_ms for piece in pieces] == [120, 120]


async def test_scripted_ears_hear_line_after_line() -> None:
    ears = Scripted(lines=["hello", "goodbye"])
    first, second = await ears.open(EarsSpec("scripted")), await ears.open(EarsSpec("scripted"))
    await first.feed(AudioChunk(bytes(640), SPEECH_RATE_HZ))
    assert ears.heard_ms == 20
    assert ears.live == 2
    assert await first.finish() == "hello"
    await second.cancel()
    await second.cancel()
    assert ears.live == 0
    assert await (await ears.open(EarsSpec("scripted"))).finish() == ""
