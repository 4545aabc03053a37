import asyncio
from collections.abc import Iterator

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.core.frames import PLAYOUT_RATE_HZ, AudioChunk
from visavis.media.opus import OpusEncoders

PACKET_SAMPLES = 960
LOOKAHEAD = 312


@pytest.fixture
def encoders() -> Iterator[OpusEncoders]:
    encoders = OpusEncoders()
    yield encoders
    encoders.close()


def sine(seconds: float, rate_hz: int, hertz: float = 440.0) -> NDArray[np.int16]:
    return (10_000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.int16)


def chunk(samples: NDArray[np.int16], rate_hz: int) -> AudioChunk:
    return AudioChunk(samples.tobytes(), rate_hz)


def decode(packets: list[bytes]) -> NDArray[np.float64]:
    """What a listener hears, one packet a row."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = PLAYOUT_RATE_HZ, "mono"
    heard = [frame.to_ndarray()[0].astype(float) for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return np.stack(heard)


def peak(samples: NDArray[np.float64]) -> float:
    return float(np.abs(samples).max())


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 44_100, 48_000])
async def test_odd_pieces_join_without_a_click(encoders: OpusEncoders, rate_hz: int) -> None:
    speech, session = sine(1.0, rate_hz), encoders.open()
    cuts = [0, 1, 350, 1_000, 1_001, 5_003, 9_000, len(speech)]
    packets: list[bytes] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        packets += await session.encode(chunk(speech[start:end], rate_hz), last=end == len(speech))
    assert len(packets) == 52, "one second, the encoder's look-ahead, and silence"
    middle = decode(packets).reshape(-1)[2_000:46_000]
    # The best-fitting sine explains all of it, so neither a jump nor a gap nor a wrong rate is inside.
    angle = 2 * np.pi * 440 * np.arange(len(middle)) / PLAYOUT_RATE_HZ
    basis = np.stack((np.sin(angle), np.cos(angle)), axis=1)
    fit = np.asarray(basis @ np.linalg.lstsq(basis, middle, rcond=None)[0], np.float64)
    assert 9_000 < peak(fit) < 11_000
    assert np.std(middle - fit) < 400
    assert peak(np.diff(middle)) < 800


async def test_a_remainder_waits_and_the_last_is_padded(encoders: OpusEncoders) -> None:
    session = encoders.open()
    speech = sine(0.05, 48_000)
    assert len(await session.encode(chunk(speech, 48_000), last=False)) == 2
    assert len(await session.encode(chunk(speech[:0], 48_000), last=True)) == 2
    assert await session.encode(chunk(speech[:0], 48_000), last=True) == []


async def test_reset_forgets_the_remainder(encoders: OpusEncoders) -> None:
    session = encoders.open()
    await session.encode(chunk(sine(0.019, 48_000), 48_000), last=False)
    session.reset()
    packets = await session.encode(chunk(np.zeros(PACKET_SAMPLES, np.int16), 48_000), last=True)
    assert peak(decode(packets)) <= 20


async def test_the_rate_may_change_between_pieces(encoders: OpusEncoders) -> None:
    session = encoders.open()
    packets = await session.encode(chunk(sine(0.2, 16_000), 16_000), last=False)
    packets += await session.encode(chunk(sine(0.2, 24_000), 24_000), last=True)
    assert len(packets) == 22


async def test_silence_is_digital_silence_right_after_speech(encoders: OpusEncoders) -> None:
    assert peak(decode([encoders.silence] * 5)) <= 20
    session = encoders.open()
    packets = await session.encode(chunk(sine(0.5, 16_000), 16_000), last=True)
    # Cut in the middle of a loud tone, as an interruption does: the fade is over within that packet.
    heard = decode(packets[:13] + [encoders.silence] * 4)
    assert peak(heard[12]) > 9_000
    assert peak(heard[14:]) <= 20


async def test_speech_after_silence_sounds_as_if_it_were_the_first(encoders: OpusEncoders) -> None:
    session = encoders.open()
    speech = chunk(sine(0.5, 16_000), 16_000)
    first, second = await session.encode(speech, last=True), await session.encode(speech, last=True)
    alone = decode([encoders.silence, *second])[1:]
    for gap in (0, 1, 5):
        heard = decode(first + [encoders.silence] * gap + second)[len(first) + gap :]
        assert peak(heard - alone) < 100


async def test_sessions_do_not_mix(encoders: OpusEncoders) -> None:
    tones = [sine(0.4, 24_000, hertz) for hertz in (300.0, 500.0, 700.0)]
    sessions = [encoders.open() for _ in tones]
    packets = await asyncio.gather(
        *(session.encode(chunk(tone, 24_000), last=True) for session, tone in zip(sessions, tones, strict=True))
    )
    for hertz, own in zip((300.0, 500.0, 700.0), packets, strict=True):
        spectrum = np.abs(np.fft.rfft(decode(own).reshape(-1)[:19_200]))
        assert abs(spectrum.argmax() * PLAYOUT_RATE_HZ / 19_200 - hertz) < 5
