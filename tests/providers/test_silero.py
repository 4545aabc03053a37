"""What is particular to the shared network: many microphones, one thread, nobody hears another's voice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.providers import catalog
from visavis.providers.base import VoiceDetector

SOON_S = 10.0
if hint := catalog.missing("vad", "silero"):
    pytest.skip(hint, allow_module_level=True)


@pytest.fixture
async def silero() -> AsyncIterator[Any]:
    activity = catalog.load("vad", "silero")()
    yield activity
    await activity.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def listen(detector: VoiceDetector, pcm: bytes, size: int = 640) -> list[float]:
    probabilities: list[float] = []
    for at in range(0, len(pcm), size):
        probabilities += await detector.push(AudioChunk(pcm[at : at + size], SPEECH_RATE_HZ))
    return probabilities


async def test_microphones_side_by_side_hear_what_each_would_hear_alone(silero: Any, spoken: AudioChunk) -> None:
    sounds = [spoken.pcm[at:] for at in range(0, 12_000, 2_000)]
    alone = [await listen(silero.open(), sound) for sound in sounds]
    together = await asyncio.gather(*(listen(silero.open(), sound, size=4_000) for sound in sounds))
    assert together == [pytest.approx(one, abs=1e-3) for one in alone]


async def test_the_size_of_a_push_does_not_matter(silero: Any, spoken: AudioChunk) -> None:
    whole = await silero.open().push(spoken)
    assert await listen(silero.open(), spoken.pcm, size=302) == pytest.approx(whole, abs=1e-3)
    assert len(whole) == spoken.samples // 512


async def test_pushes_of_one_microphone_stay_in_order(silero: Any, spoken: AudioChunk) -> None:
    detector = silero.open()
    pieces = [spoken.pcm[at : at + 1024] for at in range(0, 40_960, 1024)]
    answers = await asyncio.gather(*(detector.push(AudioChunk(piece, SPEECH_RATE_HZ)) for piece in pieces))
    expected = await silero.open().push(AudioChunk(spoken.pcm[:40_960], SPEECH_RATE_HZ))
    assert [one for answer in answers for one in answer] == pytest.approx(expected, abs=1e-3)


async def test_a_cancelled_push_disturbs_nobody(silero: Any, spoken: AudioChunk) -> None:
    detector = silero.open()
    push = asyncio.create_task(detector.push(spoken))
    await asyncio.sleep(0)
    push.cancel()
    with pytest.raises(asyncio.CancelledError):
        await push
    detector.close()
    async with asyncio.timeout(SOON_S):
        assert max(await silero.open().push(spoken)) > 0.9


async def test_a_closed_detector_says_nothing(silero: Any, spoken: AudioChunk) -> None:
    detector = silero.open()
    detector.close()
    assert await detector.push(spoken) == []


async def test_closing_answers_those_who_wait(spoken: AudioChunk) -> None:
    activity = catalog.load("vad", "silero")()
    pushes = [asyncio.create_task(activity.open().push(spoken)) for _ in range(3)]
    await asyncio.sleep(0)
    await activity.close()
    async with asyncio.timeout(SOON_S):
        assert all(await asyncio.gather(*pushes))
        assert await activity.open().push(spoken) == []
    await asyncio.get_running_loop().shutdown_default_executor()
