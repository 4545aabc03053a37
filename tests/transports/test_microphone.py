"""Opus packets from a microphone, on good and bad networks."""

import numpy as np
import pytest
from aiortc.rtp import RtpPacket

from visavis.core.clock import HandWoundClock
from visavis.core.frames import SPEECH_RATE_HZ
from visavis.transports.microphone import HELD_MAX, LOST_MAX, PACKETS_PER_S_MAX, Microphone

from .conftest import TONE, TestLine


class Speaker:
    """Numbers and stamps packets of a tone as a client does."""

    def __init__(self, line: TestLine, first: int = 1000, source: int = 7) -> None:
        self.microphone = Microphone(line, HandWoundClock())
        self.line, self.first, self.source = line, first, source

    def send(self, *indexes: int) -> None:
        for index in indexes:
            packet = RtpPacket(
                payload_type=111,
                sequence_number=(self.first + index) % 65536,
                timestamp=index * 960,
                ssrc=self.source,
                payload=TONE[index % len(TONE)],
            )
            assert self.microphone.add(packet) == (False, None)

    def heard_ms(self) -> float:
        return sum(audio.duration_ms for audio in self.line.heard)


@pytest.fixture
def speaker(line: TestLine) -> Speaker:
    return Speaker(line)


def sound(line: TestLine) -> np.ndarray:
    return np.concatenate([np.frombuffer(audio.pcm, np.int16) for audio in line.heard])


async def test_every_packet_is_heard_when_it_comes(speaker: Speaker, line: TestLine) -> None:
    speaker.send(0)
    assert line.heard[0].rate_hz == SPEECH_RATE_HZ
    speaker.send(*range(1, 40))
    assert speaker.heard_ms() == pytest.approx(800, abs=10)


async def test_the_tone_keeps_its_pitch(speaker: Speaker, line: TestLine) -> None:
    speaker.send(*range(40))
    samples = sound(line)[1600:].astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    assert np.argmax(spectrum) * SPEECH_RATE_HZ / samples.size == pytest.approx(440, abs=5)


async def test_packets_out_of_order_are_put_right(speaker: Speaker, line: TestLine) -> None:
    other = TestLine()
    Speaker(other).send(*range(20))
    speaker.send(0, 2, 1, 3, 6, 5, 4, *range(7, 20))
    assert np.array_equal(sound(line), sound(other))


async def test_a_lost_packet_is_silence_and_costs_no_more_than_the_wait(speaker: Speaker) -> None:
    lost = 5
    speaker.send(*(index for index in range(30) if index != lost))
    assert speaker.heard_ms() == pytest.approx(600, abs=10)


async def test_a_packet_that_comes_too_late_is_ignored(speaker: Speaker) -> None:
    speaker.send(0, *range(2, 3 + HELD_MAX))
    before = speaker.heard_ms()
    speaker.send(1)
    assert speaker.heard_ms() == before


async def test_a_copy_is_heard_once(speaker: Speaker) -> None:
    speaker.send(0, 1, 1, 1, 2)
    assert speaker.heard_ms() == pytest.approx(60, abs=10)


async def test_w8_another_device_or_a_jump_is_heard_at_once(speaker: Speaker) -> None:
    speaker.send(0, 1, 2)
    speaker.send(5000, 5001)
    assert speaker.heard_ms() == pytest.approx(100, abs=15)
    speaker.source = 8
    speaker.send(0, 1)
    assert speaker.heard_ms() == pytest.approx(140, abs=20)


async def test_a_long_loss_is_not_filled_with_silence(speaker: Speaker) -> None:
    speaker.send(0, LOST_MAX + 2, LOST_MAX + 3)
    assert speaker.heard_ms() == pytest.approx(60, abs=10)


async def test_numbers_wrap_around(line: TestLine) -> None:
    speaker = Speaker(line, first=65530)
    speaker.send(*range(20))
    assert speaker.heard_ms() == pytest.approx(400, abs=10)


@pytest.mark.parametrize("payload", [b"", b"\xff", bytes(2000)], ids=["empty", "broken", "zeros"])
async def test_a_packet_that_is_not_opus_is_silence(payload: bytes, speaker: Speaker) -> None:
    speaker.send(0)
    speaker.microphone.add(RtpPacket(sequence_number=1001, ssrc=7, payload=payload))
    speaker.send(2, 3)
    assert speaker.heard_ms() >= 60


async def test_a_flood_is_not_decoded(speaker: Speaker) -> None:
    speaker.send(*range(PACKETS_PER_S_MAX + 100))
    assert speaker.heard_ms() <= PACKETS_PER_S_MAX * 20
