"""Whether a voice has come down to its lowest, on sounds whose pitch is known."""

import numpy as np
import pytest

from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk
from visavis.engine.melody import Melody

TICK_SAMPLES = SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000


def heard(*pitches_hz: tuple[float, float], noise: float = 0.0) -> Melody:
    """A voice that glides from the first to the second pitch of each pair, in half a second each."""
    pitch_hz = np.concatenate([np.linspace(*pair, SPEECH_RATE_HZ // 2) for pair in pitches_hz])
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SPEECH_RATE_HZ
    voice = sum(np.sin(number * phase) / number for number in range(1, 9))
    sound = 3_000 * voice + noise * np.random.default_rng(1).normal(size=phase.size)
    melody = Melody()
    for start in range(0, sound.size, TICK_SAMPLES):
        melody.push(AudioChunk(sound[start : start + TICK_SAMPLES].astype("<i2").tobytes(), SPEECH_RATE_HZ))
    return melody


@pytest.mark.parametrize("low_hz", [90.0, 180.0, 250.0])
def test_a_voice_that_has_fallen_is_at_its_lowest(low_hz: float) -> None:
    assert heard((1.3 * low_hz, 1.3 * low_hz), (1.3 * low_hz, low_hz)).above_low() == pytest.approx(0.3, abs=0.6)


@pytest.mark.parametrize("low_hz", [90.0, 180.0, 250.0])
def test_a_voice_that_hangs_in_the_air_is_not(low_hz: float) -> None:
    """A fifth above where it has been."""
    melody = heard((low_hz, low_hz), (low_hz, 1.5 * low_hz), (1.5 * low_hz, 1.5 * low_hz))
    assert melody.above_low() == pytest.approx(7.0, abs=0.5)


def test_a_voice_that_asks_tells_nothing() -> None:
    assert heard((120, 120), (120, 200)).above_low() is None


def test_noise_over_it_changes_little_and_alone_tells_nothing() -> None:
    clear, noisy = heard((150, 120)).above_low(), heard((150, 120), noise=300).above_low()
    assert clear is not None
    assert noisy == pytest.approx(clear, abs=0.5)
    melody = Melody()
    rng = np.random.default_rng(2)
    for _ in range(100):
        melody.push(AudioChunk((1_000 * rng.normal(size=TICK_SAMPLES)).astype("<i2").tobytes(), SPEECH_RATE_HZ))
    assert melody.above_low() is None


def test_too_little_voice_tells_nothing() -> None:
    melody = heard((120, 118))
    assert melody.above_low() is not None
    assert Melody().above_low() is None
