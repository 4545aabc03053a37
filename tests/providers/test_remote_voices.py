"""What voices on somebody else's server have besides what every provider has: words, sounds, keys, nonsense."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from tests.providers.fake_speech_server import FakeSpeechServer, Plan
from tests.providers.vendors import VENDORS, Vendor
from visavis.core.errors import ProviderError
from visavis.core.frames import Mark, SpeechAudio
from visavis.providers import catalog

SOON_S = 10.0
SENTENCE = "Well — *really*? It costs $29, see [this](https://example.com/x)! 🙂"
SHORT = {"first_audio_timeout_s": 0.2, "stall_timeout_s": 0.2}


@pytest.fixture(params=sorted(VENDORS))
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


@pytest.fixture
async def server(vendor: Vendor) -> AsyncIterator[FakeSpeechServer]:
    async with vendor.server() as running:
        yield running


@pytest.fixture
async def voice(vendor: Vendor, server: FakeSpeechServer) -> AsyncIterator[Any]:
    speaker = vendor.speaker(server)
    yield speaker
    await speaker.close()


async def said(voice: Any, text: str) -> list[SpeechAudio]:
    async with asyncio.timeout(SOON_S):
        return [piece async for piece in voice.speak(text)]


def marks_of(pieces: Sequence[SpeechAudio], *kinds: str) -> list[Mark]:
    return [mark for piece in pieces for mark in piece.marks if mark.kind in kinds]


def length_ms(pieces: Sequence[SpeechAudio]) -> float:
    return sum(piece.audio.duration_ms for piece in pieces)


async def test_times_are_in_order_and_within_the_sound(vendor: Vendor, voice: Any) -> None:
    traits = catalog.traits("tts", vendor.name)
    pieces = await said(voice, SENTENCE)
    words = marks_of(pieces, "word")
    assert bool(words) == traits.gives_word_times
    for marks in (words, marks_of(pieces, "phone", "viseme")):
        times = [time for mark in marks for time in (mark.start_ms, mark.end_ms)]
        assert times == sorted(times)
        assert all(0 <= time <= length_ms(pieces) + 1e-6 for time in times)


async def test_words_stand_where_they_were_written(vendor: Vendor, voice: Any) -> None:
    if not catalog.traits("tts", vendor.name).gives_word_times:
        pytest.skip("this voice gives no word times")
    words = marks_of(await said(voice, SENTENCE), "word")
    read = [SENTENCE[word.start_char : word.end_char] for word in words]
    assert read[0].startswith("Well —")
    assert "$29," in read
    covered = {at for word in words for at in range(word.start_char, word.end_char)}
    assert [char for at, char in enumerate(SENTENCE) if at not in covered and not char.isspace()] == []


async def test_sounds_leave_no_gap(vendor: Vendor, voice: Any) -> None:
    traits = catalog.traits("tts", vendor.name)
    pieces = await said(voice, "one two three")
    sounds = marks_of(pieces, "phone", "viseme")
    assert {mark.kind for mark in sounds} == (
        {"phone"} if traits.gives_phone_times else {"viseme"} if traits.gives_viseme_times else set()
    )
    at_ms = 0.0
    for piece in pieces:
        for mark in (mark for mark in piece.marks if mark.kind in ("phone", "viseme")):
            assert mark.start_ms == pytest.approx(at_ms)
            at_ms = mark.end_ms
    assert not sounds or at_ms == pytest.approx(length_ms(pieces))


async def test_what_is_not_said_is_not_sent(server: FakeSpeechServer, voice: Any) -> None:
    await said(voice, "**Hello** `there` 🙂")
    assert "Hello there" in " ".join(str(server.requests).split())
    assert "*" not in str(server.requests)
    server.requests.clear()
    assert await said(voice, "🙂 — ...") == []
    assert server.requests == []


async def test_a_wrong_key_is_called_that(vendor: Vendor, server: FakeSpeechServer) -> None:
    voice = vendor.speaker(server, key="another")
    for asking in (said(voice, "one"), voice.check()):
        with pytest.raises(ProviderError, match="refused the key") as raised:
            await asking
        assert not raised.value.retryable
        assert "another" not in raised.value.message
    await voice.close()


async def test_a_check_is_cheap_and_content_with_the_right_key(server: FakeSpeechServer, voice: Any) -> None:
    await voice.check()
    assert server.requests == []


async def test_the_key_of_a_session_comes_before_the_operators(vendor: Vendor, server: FakeSpeechServer) -> None:
    voice = vendor.speaker(server, key="another", secret="a-key-of-the-test")
    assert length_ms(await said(voice, "one")) > 0
    await voice.close()


async def test_nonsense_is_an_error_and_not_noise(vendor: Vendor, server: FakeSpeechServer, voice: Any) -> None:
    server.answer_with(Plan(pieces=0, ending="garbage"), Plan())
    with pytest.raises(ProviderError, match="not speech|broke off"):
        await said(voice, "one two")
    assert length_ms(await said(voice, "one")) > 0


async def test_nobody_there_is_an_error(vendor: Vendor, server: FakeSpeechServer) -> None:
    voice = vendor.speaker(server)
    voice_of_nobody = type("Nobody", (), {"url": "http://127.0.0.1:1"})()
    nobody = vendor.speaker(voice_of_nobody)
    await nobody.warm()  # says nothing: the first sentence will
    with pytest.raises(ProviderError, match="cannot be reached"):
        await said(nobody, "one")
    await nobody.close()
    await voice.close()


async def test_a_connection_is_kept_between_sentences(vendor: Vendor, server: FakeSpeechServer, voice: Any) -> None:
    if not catalog.traits("tts", vendor.name).streams_input or vendor.model:
        pytest.skip("every sentence is a request of its own")
    await voice.warm()
    assert server.connections == 1
    for text in ("one", "two", "three"):
        await said(voice, text)
    assert server.connections == 1
