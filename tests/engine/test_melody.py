"""Whether a voice has come down to its lowest, on sounds whose pitch is known."""

import numpy as np
import pytest

from tests.engine.voices import TICK_SAMPLES, glides
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.engine.melody import Melody


def heard(*pitches_hz: float, noise: float = 0.0) -> Melody:
    melody = Melody()
    for chunk in glides(*pitches_hz, noise=noise):
        melody.push(chunk)
    return melody


@pytest.mark.parametrize("low_hz", [90.0, 180.0, 250.0])
def test_a_voice_that_has_fallen_is_at_its_lowest(low_hz: float) -> None:
    assert heard(1.3 * low_hz, 1.3 * low_hz, low_hz).above_low() == pytest.approx(0.3, abs=0.6)


@pytest.mark.parametrize("low_hz", [90.0, 180.0, 250.0])
def test_a_voice_that_hangs_in_the_air_is_not(low_hz: float) -> None:
    """A fifth above where it has been."""
    melody = heard(low_hz, low_hz, 1.5 * low_hz, 1.5 * low_hz)
    assert melody.above_low() == pytest.approx(7.0, abs=0.5)


def test_a_voice_that_asks_tells_nothing() -> None:
    assert heard(120, 120, 200).above_low() is None


def test_noise_over_it_changes_little_and_alone_tells_nothing() -> None:
    clear, noisy = heard(150, 120).above_low(), heard(150, 120, noise=300).above_low()
    assert clear is not None
    assert noisy == pytest.approx(clear, abs=0.5)
    melody = Melody()
    rng = np.random.default_rng(2)
    for _ in range(100):
        melody.push(AudioChunk((1_000 * rng.normal(size=TICK_SAMPLES)).astype("<i2").tobytes(), SPEECH_RATE_HZ))
    assert melody.above_low() is None


def test_too_little_voice_tells_nothing() -> None:
    melody = heard(120, 118)
    assert melody.above_low() is not None
    assert Melody().above_low() is None
