"""Ready-made speech: what the viewer hears of it, whichever way and in whichever order it arrives."""

import asyncio
import random
from collections.abc import Iterator

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.core.clock import MonotonicClock
from visavis.core.events import AgentAudio, AgentAudioEnd, Interrupt, PersonaSaid, Talk, TalkInterrupted, Warned
from visavis.core.frames import PLAYOUT_RATE_HZ
from visavis.core.spec import FaceSpec, PersonaSpec
from visavis.engine.passthrough import SEQUENCES_WAITING_MAX, WAITING_MAX_BYTES, AgentSpeech
from visavis.engine.show import Show
from visavis.media.opus import OpusEncoders
from visavis.testing.rehearsal import Rehearsal, StillFaces

PASSTHROUGH = PersonaSpec("Cara", "", audio_passthrough=True)
HERTZ = 440.0
LOUDNESS = 10_000


def piece(number: int | None, duration_ms: int = 500, rate_hz: int = 24_000, channels: int = 1) -> AgentAudio:
    return AgentAudio(b"\1\0" * channels * (rate_hz * duration_ms // 1000), rate_hz, channels, number)


# --- pitch and clicks ---------------------------------------------------------------------------------------------


@pytest.fixture
def encoders() -> Iterator[OpusEncoders]:
    encoders = OpusEncoders()
    yield encoders
    encoders.close()


def tone(seconds: float, rate_hz: int, channels: int) -> bytes:
    samples = LOUDNESS * np.sin(2 * np.pi * HERTZ * np.arange(int(seconds * rate_hz)) / rate_hz)
    return np.repeat(samples.astype("<i2"), channels).tobytes()


def torn(pcm: bytes, seed: int) -> list[bytes]:
    """In pieces of any number of bytes, odd ones as well."""
    dice, pieces, start = random.Random(seed), list[bytes](), 0
    while start < len(pcm):
        end = start + dice.choice((1, 3, 160, 641, 1_921, 4_803))
        pieces.append(pcm[start:end])
        start = end
    return pieces


async def heard(encoders: OpusEncoders, sequence: list[AgentAudio]) -> NDArray[np.float64]:
    """What a listener hears of the sequence, at 48 kHz."""
    show = Show(FaceSpec("still", "nobody"), StillFaces(), encoders.open(), encoders.silence, MonotonicClock())
    speech = AgentSpeech()
    for audio in sequence:
        speech.write(audio)
    speech.end()
    await speech.play(show, show.epoch, "owner", MonotonicClock())
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = PLAYOUT_RATE_HZ, "mono"
    packets = [show.pull().packet for _ in range(show.playout.ahead_ms // 20 + 2)]
    frames = [frame.to_ndarray()[0] for packet in packets for frame in decoder.decode(av.Packet(packet))]
    await show.close()
    return np.concatenate(frames).astype(np.float64)


def impurity_db(samples: NDArray[np.float64]) -> float:
    """How much of the sound is something else than the tone."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / PLAYOUT_RATE_HZ) - HERTZ) < 12
    return float(10 * np.log10(power[~near].sum() / power[near].sum()))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000])
async def test_a2_every_rate_keeps_its_pitch_and_pieces_join_without_a_click(
    encoders: OpusEncoders, rate_hz: int, channels: int
) -> None:
    pieces = torn(tone(1.2, rate_hz, channels), seed=rate_hz + channels)
    sound = await heard(encoders, [AgentAudio(pcm, rate_hz, channels, n) for n, pcm in enumerate(pieces)])
    assert len(sound) / PLAYOUT_RATE_HZ == pytest.approx(1.25, abs=0.06)
    assert impurity_db(sound[4_800:52_800]) < -30
    assert np.abs(sound).max() == pytest.approx(LOUDNESS, rel=0.15)
    assert np.abs(sound[-960:]).max() <= 20


async def test_a2_the_measure_tells_a_click_and_a_wrong_pitch(encoders: OpusEncoders) -> None:
    whole = tone(1.2, 24_000, 1)
    with_gaps = [whole[start : start + 4_780] for start in range(0, len(whole), 4_800)]
    clicks = await heard(encoders, [AgentAudio(pcm, 24_000, 1, n) for n, pcm in enumerate(with_gaps)])
    assert impurity_db(clicks[4_800:52_800]) > -30
    slow = await heard(encoders, [AgentAudio(whole, 16_000, 1, 0)])
    assert impurity_db(slow[4_800:52_800]) > 0


async def test_channels_are_mixed(encoders: OpusEncoders) -> None:
    """One loud and one silent channel are half as loud as two loud ones."""
    mono = np.frombuffer(tone(1.0, 48_000, 1), "<i2")
    stereo = np.stack((mono, np.zeros_like(mono)), axis=1).tobytes()
    sound = await heard(encoders, [AgentAudio(stereo, 48_000, 2, 0)])
    assert np.abs(sound).max() == pytest.approx(LOUDNESS / 2, rel=0.15)


async def test_the_rate_may_change_inside_a_sequence(encoders: OpusEncoders) -> None:
    first, second = AgentAudio(tone(0.5, 16_000, 1), 16_000, 1, 0), AgentAudio(tone(0.5, 44_100, 2), 44_100, 2, 1)
    sound = await heard(encoders, [first, second])
    assert len(sound) / PLAYOUT_RATE_HZ == pytest.approx(1.05, abs=0.06)
    assert impurity_db(sound[2_400:21_600]) < -30
    assert impurity_db(sound[26_400:43_200]) < -30


# --- time ---------------------------------------------------------------------------------------------------------


async def test_a1_ten_seconds_at_once_are_played_in_ten_seconds_and_then_it_is_silent() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(*(piece(n) for n in range(20)), AgentAudioEnd())
        await r.pass_time(10_200)
        assert r.speech_ms == 10_000
        assert r.is_silent
        lips_ms = [(start_ms, length_ms) for start_ms, length_ms in r.face.spoken]
        await r.pass_time(1_000)
    assert r.speech_ms == 10_000
    assert sum(length_ms for _, length_ms in lips_ms) == pytest.approx(10_000)
    assert [start_ms for start_ms, _ in lips_ms] == sorted(start_ms for start_ms, _ in lips_ms)
    assert not r.all(PersonaSaid)
    assert not r.all(Warned)


async def test_only_what_is_heard_soon_is_encoded() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(*(piece(n) for n in range(100)), AgentAudioEnd())
        await r.pass_time(500)
        assert 0 < sum(length_ms for _, length_ms in r.face.spoken) <= 3_000


async def test_a4_an_end_without_sound_is_no_error_and_says_nothing() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(AgentAudioEnd(), AgentAudioEnd(), AgentAudio(b"", 24_000, 1, 0), AgentAudioEnd())
        await r.pass_time(500)
        await r.do(piece(0), AgentAudioEnd())
        await r.pass_time(1_000)
    assert not r.all(Warned)
    assert r.speech_ms == 500


async def test_sound_without_an_end_is_played_and_a_long_gap_is_no_speech() -> None:
    """What waits behind it has its turn in the gap, and the sequence goes on afterwards."""
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0))
        await r.pass_time(600)
        assert r.speech_ms == 500
        await r.do(Talk("Something else."))
        await r.pass_time(2_500)
        assert r.persona_text() == "Something else."
        spoken_ms = r.speech_ms
        await r.do(piece(1), AgentAudioEnd())
        await r.pass_time(1_000)
    assert r.speech_ms == spoken_ms + 500
    assert not r.all(Warned)


async def test_a_slow_stream_has_clean_silences_and_loses_nothing() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        for number in range(5):
            await r.do(piece(number, duration_ms=200))
            await r.pass_time(400)
        await r.do(AgentAudioEnd())
        await r.pass_time(400)
    assert r.speech_ms == 5 * 200
    assert not r.all(Warned)


# --- numbers ------------------------------------------------------------------------------------------------------


async def test_a_piece_that_comes_twice_is_heard_once() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0), piece(1), piece(1), piece(2), AgentAudioEnd())
        await r.pass_time(2_500)
    assert r.speech_ms == 1_500
    assert [warned.text for warned in r.all(Warned)] == [
        "Agent audio was ignored: number 1 of its sequence has been there already."
    ]


async def test_a_gap_is_told_and_what_came_is_played() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0), piece(4), AgentAudioEnd())
        await r.pass_time(2_000)
    assert r.speech_ms == 1_000
    assert "3 pieces before number 4" in r.all(Warned)[0].text


async def test_numbers_that_begin_again_are_a_new_sequence() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0), piece(1), piece(0), piece(1), AgentAudioEnd())
        await r.pass_time(3_000)
    assert r.speech_ms == 2_000
    assert not r.all(Warned)


async def test_who_does_not_count_is_heard_too() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(None), piece(None), AgentAudioEnd())
        await r.pass_time(500)
        await r.do(Interrupt(), piece(None), piece(None))
        await r.pass_time(2_000)
    assert r.speech_ms == 500 + 1_000


# --- limits -------------------------------------------------------------------------------------------------------


async def test_what_waits_is_bounded_and_the_application_is_told_once() -> None:
    """One stream of many pieces, as fast as they can be sent; nothing of it has been heard yet."""
    minute = AgentAudio(bytes(2 * 48_000 * 60), 48_000, 1, None)
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(*[minute] * 20)
        waiting_bytes = sum(one.waiting_bytes for one in r.line._sayings._passthrough._sequences)
        assert WAITING_MAX_BYTES - len(minute.pcm) < waiting_bytes <= WAITING_MAX_BYTES
        assert len(r.all(Warned)) == 1
        assert "64 MiB" in r.all(Warned)[0].text


async def test_so_are_sequences() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        for _ in range(SEQUENCES_WAITING_MAX + 5):
            await r.do(piece(0, duration_ms=100), AgentAudioEnd())
        await r.pass_time(SEQUENCES_WAITING_MAX * 200)
    assert r.speech_ms <= (SEQUENCES_WAITING_MAX + 1) * 100
    assert r.all(Warned)


# --- interrupting -------------------------------------------------------------------------------------------------


async def playing(r: Rehearsal) -> None:
    await r.connect()
    await r.do(*(piece(n) for n in range(20)))
    await r.pass_time(1_000)
    assert not r.is_silent


async def new_sequence_is_heard(r: Rehearsal) -> None:
    """One second of it, in two pieces, the second of which comes later."""
    spoken_ms = r.speech_ms
    await r.pass_time(40)
    await r.do(piece(1), AgentAudioEnd())
    await r.pass_time(1_500)
    assert r.speech_ms - spoken_ms == 1_000
    assert r.is_silent


async def test_a3_interrupt_then_end_then_new() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        await r.do(Interrupt(), AgentAudioEnd(), piece(0))
        await new_sequence_is_heard(r)
        assert len(r.all(TalkInterrupted)) == 1
        assert not r.all(Warned)


async def test_a3_the_interrupt_comes_after_the_end() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        await r.do(AgentAudioEnd())
        await r.pass_time(60)
        await r.do(Interrupt(), piece(0))
        await new_sequence_is_heard(r)


async def test_a3_the_interrupt_comes_after_the_first_piece_of_the_next_sequence() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        await r.do(AgentAudioEnd(), piece(0))
        await r.pass_time(200)
        await r.do(Interrupt())
        await new_sequence_is_heard(r)
        assert not r.all(Warned)


async def test_a3_nothing_new_is_lost_where_the_old_sound_had_just_ended() -> None:
    """The new sequence is heard already when the interrupt arrives that was sent before it."""
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0))
        await r.pass_time(700)
        await r.do(AgentAudioEnd(), piece(0))
        await r.pass_time(160)
        assert not r.is_silent
        await r.do(Interrupt(), piece(1), AgentAudioEnd())
        await r.pass_time(2_000)
        assert r.speech_ms == 500 + 1_000


async def test_a3_the_rest_of_the_old_sequence_is_not_heard() -> None:
    """Pieces that were on their way when the interrupt overtook them."""
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        spoken_ms = r.speech_ms
        await r.do(Interrupt(), piece(20), piece(21))
        await r.pass_time(600)
        assert r.speech_ms == spoken_ms
        assert not r.all(Warned)
        await r.do(piece(22))
        assert "interrupted" in r.all(Warned)[0].text
        await r.do(AgentAudioEnd(), piece(0))
        await new_sequence_is_heard(r)


async def test_an_interrupt_long_after_the_end_stops_what_is_heard() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        await r.do(AgentAudioEnd())
        await r.pass_time(1_000)
        spoken_ms = r.speech_ms
        await r.do(Interrupt())
        await r.pass_time(500)
        assert r.speech_ms == spoken_ms


async def test_it_is_silent_with_the_packet_after_the_interrupt() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await playing(r)
        await r.do(Interrupt())
        await r.pass_time(20)
        assert r.is_silent
        assert len(r.face.cuts) == 1


async def test_a_sequence_in_a_gap_is_interrupted_as_well() -> None:
    async with Rehearsal(persona=PASSTHROUGH) as r:
        await r.connect()
        await r.do(piece(0))
        await r.pass_time(3_000)
        await r.do(Interrupt(), piece(1))
        await r.pass_time(1_000)
        assert r.speech_ms == 500


async def test_a_reader_that_waits_for_sound_is_cancelled_cleanly() -> None:
    show = Show(FaceSpec("still", "nobody"), StillFaces(), OpusEncoders().open(), b"", MonotonicClock())
    speech = AgentSpeech()
    playing = asyncio.create_task(speech.play(show, show.epoch, "owner", MonotonicClock()))
    await asyncio.sleep(0)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert speech.resting
    await show.close()
