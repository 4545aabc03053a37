import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from tests.media.waiting import eventually
from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.media import recognisers
from visavis.media.speech_pool import SpeechPool
from visavis.media.voice_workers import PooledVoice

VOICE = "tests.media.fake_speech:ToneVoice"
EARS = "tests.media.fake_speech:CountingEars"
SPEC = VoiceSpec("tone", "any", options={"pitch": 1.5}, secret="s")
SOUND = AudioChunk(b"\0" * 640, 16_000)


@pytest.fixture
async def pool() -> AsyncIterator[SpeechPool]:
    pool = SpeechPool(voice_workers=1, recognisers_max=2)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def say(voice: PooledVoice, text: str) -> SpeechAudio:
    async with asyncio.timeout(10):
        (speech,) = [piece async for piece in voice.speak(text)]
    return speech


async def feed_a_lot(transcription: recognisers.PooledTranscription) -> None:
    for _ in range(40):
        await transcription.feed(AudioChunk(bytes(64 << 10), 16_000))


async def test_a_voice_speaks_with_its_marks(pool: SpeechPool) -> None:
    voice = pool.voice(VOICE, SPEC)
    speech = await say(voice, "good day")
    assert speech.audio.rate_hz == 16_000
    assert speech.audio.pcm[:2] == b"\x08\0"
    assert [(mark.text, mark.end_char) for mark in speech.marks] == [("good day", 8)]


async def test_a_cancelled_sentence_is_thrown_away(pool: SpeechPool) -> None:
    voice = pool.voice(VOICE, SPEC)
    cancelled = asyncio.create_task(say(voice, "slow one"))
    queued = asyncio.create_task(say(voice, "slow two"))
    await asyncio.sleep(0)
    cancelled.cancel()
    queued.cancel()
    await asyncio.gather(cancelled, queued, return_exceptions=True)
    assert (await say(voice, "next")).marks[0].text == "next"


async def test_sessions_take_turns(pool: SpeechPool) -> None:
    greedy, modest = pool.voice(VOICE, SPEC), pool.voice(VOICE, SPEC)
    order: list[str] = []

    async def note(voice: PooledVoice, text: str) -> None:
        await say(voice, text)
        order.append(text)

    async with asyncio.TaskGroup() as tasks:
        for text in ("slow", "a", "b", "c"):
            tasks.create_task(note(greedy, text))
        tasks.create_task(note(modest, "mine"))
    assert order == ["slow", "a", "mine", "b", "c"] or order == ["slow", "mine", "a", "b", "c"]


async def test_a_dead_child_fails_one_sentence_and_the_queue_goes_on(pool: SpeechPool) -> None:
    voice = pool.voice(VOICE, SPEC)
    dying, queued = asyncio.create_task(say(voice, "die")), asyncio.create_task(say(voice, "next"))
    with pytest.raises(ProviderError) as raised:
        await dying
    assert raised.value.retryable
    assert (await queued).marks[0].text == "next"
    assert pool.healthy


async def test_a_sentence_whose_voice_was_killed_is_spoken_by_the_next_one(pool: SpeechPool) -> None:
    voice = pool.voice(VOICE, SPEC)
    await say(voice, "warm")
    (before,) = pool.pids
    speaking, queued = asyncio.create_task(say(voice, "slow but sure")), asyncio.create_task(say(voice, "next"))
    await asyncio.sleep(0)
    os.kill(before, signal.SIGKILL)
    assert (await speaking).marks[0].text == "slow but sure"
    assert (await queued).marks[0].text == "next"
    assert before not in pool.pids


async def test_errors_of_voices_arrive_without_private_words(pool: SpeechPool) -> None:
    voice = pool.voice(VOICE, SPEC)
    with pytest.raises(ProviderError, match="no such voice") as refused:
        await say(voice, "refuse")
    assert not refused.value.retryable
    with pytest.raises(ProviderError, match="ValueError") as failed:
        await say(voice, "fail")
    assert "private" not in str(failed.value)
    with pytest.raises(ProviderError, match="ModuleNotFoundError"):
        await say(pool.voice("no_such_module:Voice", SPEC), "hello")


async def test_a_voice_that_hangs_is_ended(pool: SpeechPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.media.voice_workers.SPEAK_WITHIN_S", 0.1)
    voice = pool.voice(VOICE, SPEC)
    with pytest.raises(ProviderError):
        await say(voice, "slow")
    monkeypatch.undo()
    assert (await say(voice, "next")).marks[0].text == "next"


async def test_a_closed_voice_leaves_the_queue(pool: SpeechPool) -> None:
    first, second = pool.voice(VOICE, SPEC), pool.voice(VOICE, SPEC)
    busy, queued = asyncio.create_task(say(first, "slow")), asyncio.create_task(say(second, "never"))
    await asyncio.sleep(0)
    await second.close()
    with pytest.raises(ProviderError, match="closed"):
        await queued
    await busy


async def test_ears_hear_utterances_side_by_side(pool: SpeechPool) -> None:
    ears = pool.ears(EARS)
    one, two = await ears.open(EarsSpec("counting")), await ears.open(EarsSpec("counting", "en"))
    await one.feed(SOUND)
    await two.feed(SOUND)
    await two.feed(SOUND)
    assert await asyncio.gather(one.finish(), two.finish()) == ["640 bytes", "1280 bytes"]


async def test_leases_are_bounded_and_come_back(pool: SpeechPool, monkeypatch: pytest.MonkeyPatch) -> None:
    ears = pool.ears(EARS)
    one, two = await ears.open(EarsSpec("counting")), await ears.open(EarsSpec("counting"))
    with monkeypatch.context() as patch:
        patch.setattr(recognisers, "LEASE_WITHIN_S", 0.05)
        with pytest.raises(ProviderError, match="free"):
            await ears.open(EarsSpec("counting"))
    waiting = asyncio.create_task(ears.open(EarsSpec("counting")))
    await asyncio.sleep(0)
    await one.cancel()
    three = await waiting
    assert await three.finish() == "0 bytes"
    assert await two.finish() == "0 bytes"
    with pytest.raises(ProviderError, match="cancelled"):
        await one.finish()


async def test_a_dead_recogniser_fails_its_utterance_and_is_replaced(pool: SpeechPool) -> None:
    ears = pool.ears(EARS)
    dying = await ears.open(EarsSpec("counting"))
    await dying.feed(AudioChunk(b"die!", 16_000))
    with pytest.raises(ProviderError):
        await dying.finish()
    again = await ears.open(EarsSpec("counting"))
    await again.feed(SOUND)
    assert await again.finish() == "640 bytes"


async def test_what_a_killed_recogniser_had_heard_is_told_to_another(pool: SpeechPool) -> None:
    ears = pool.ears(EARS)
    hearing = await ears.open(EarsSpec("counting"))
    await hearing.feed(SOUND)
    os.kill(pool.pids[-1], signal.SIGKILL)
    await eventually(lambda: len(pool.pids) == 2)  # the voice, and a recogniser in the dead one's place
    await hearing.feed(SOUND)
    await hearing.feed(SOUND)
    assert await hearing.finish() == f"{3 * len(SOUND.pcm)} bytes"


async def test_a_recogniser_that_is_killed_while_it_answers_is_asked_again(pool: SpeechPool) -> None:
    ears = pool.ears(EARS)
    hearing = await ears.open(EarsSpec("counting"))
    await hearing.feed(SOUND)
    finishing = asyncio.create_task(hearing.finish())
    os.kill(pool.pids[-1], signal.SIGSTOP)
    await asyncio.sleep(0)
    os.kill(pool.pids[-1], signal.SIGKILL)
    assert await finishing == f"{len(SOUND.pcm)} bytes"


async def test_a_recogniser_that_hangs_is_noticed_and_replaced(
    pool: SpeechPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognisers, "_BEHIND_BYTES_MAX", 1 << 20)
    monkeypatch.setattr(recognisers, "_CANCEL_WITHIN_S", 0.1)
    ears = pool.ears(EARS)
    stuck = await ears.open(EarsSpec("counting"))
    before = pool.pids
    await stuck.feed(AudioChunk(b"hang", 16_000))
    with pytest.raises(ProviderError, match="keep up"):
        await feed_a_lot(stuck)
    await eventually(lambda: len(pool.pids) == 2 and pool.pids != before)
    again = await ears.open(EarsSpec("counting"))
    assert await again.finish() == "0 bytes"


async def test_a_cancelled_finish_frees_the_recogniser(pool: SpeechPool) -> None:
    ears = pool.ears(EARS)
    one = await ears.open(EarsSpec("counting"))
    finishing = asyncio.create_task(one.finish())
    await asyncio.sleep(0)
    finishing.cancel()
    await asyncio.gather(finishing, return_exceptions=True)
    leased = [await ears.open(EarsSpec("counting")) for _ in range(2)]
    assert await leased[0].finish() == "0 bytes"


async def test_surplus_recognisers_end(pool: SpeechPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognisers, "_IDLE_S", 0.05)
    ears = pool.ears(EARS)
    leased = [await ears.open(EarsSpec("counting")) for _ in range(2)]
    assert len(pool.pids) == 3
    for transcription in leased:
        await transcription.finish()
    await eventually(lambda: len(pool.pids) == 2)
