"""When voice is suspected, starts and stops, and what a sudden sound is."""

import numpy as np
import pytest

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.engine.voice_gate import Change, Loudness, VoiceGate

WINDOW_MS = 32.0


def changes(*probabilities: float) -> list[Change]:
    gate = VoiceGate(WINDOW_MS)
    return [change for one in probabilities if (change := gate.push(one)) is not None]


def test_voice_is_suspected_at_once_and_starts_when_it_lasts() -> None:
    assert changes(0.0, 0.4) == ["suspected"]
    assert changes(0.0, 0.9, 0.9, 0.9, 0.9) == ["suspected", "started"]


def test_one_weak_window_inside_a_word_does_not_begin_it_anew() -> None:
    assert changes(0.9, 0.9, 0.2, 0.9, 0.9, 0.9) == ["suspected", "started"]


def test_windows_that_are_like_voice_now_and_then_are_none() -> None:
    assert changes(*[0.9, 0.1, 0.1] * 20) == ["suspected"]


def test_a_suspicion_is_dismissed_when_nothing_follows() -> None:
    assert changes(0.4, *[0.0] * 6) == ["suspected"]
    assert changes(0.4, *[0.0] * 7, 0.4) == ["suspected", "dismissed", "suspected"]


def test_voice_stops_after_quiet_that_is_longer_than_a_gap_in_a_word() -> None:
    voice = [0.9] * 4
    assert changes(*voice, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1) == ["suspected", "started"]
    assert changes(*voice, *[0.1] * 4) == ["suspected", "started", "stopped"]
    assert changes(*voice, *[0.4] * 20) == ["suspected", "started"]  # doubt is not silence


def test_a_sudden_sound_is_suspected_until_the_vowel_comes() -> None:
    gate = VoiceGate(WINDOW_MS)
    assert gate.suspect() == "suspected"
    assert gate.suspect() is None
    assert [gate.push(one) for one in [0.0] * 5 + [0.9] * 4][-1] == "started"


def piece(level: float, rng: np.random.Generator) -> AudioChunk:
    samples = (rng.normal(size=SPEECH_RATE_HZ // 50) * level * 32_767).astype("<i2")
    return AudioChunk(samples.tobytes(), SPEECH_RATE_HZ)


@pytest.mark.parametrize(
    ("sounding_for", "sudden"),
    [pytest.param(1, False, id="a click"), pytest.param(2, False, id="a key"), pytest.param(10, True, id="a hiss")],
)
def test_what_is_sudden(sounding_for: int, sudden: bool) -> None:
    rng, loudness = np.random.default_rng(1), Loudness()
    levels = [0.002] * 60 + [0.03] * sounding_for + [0.002] * 30
    assert any([loudness.push(piece(level, rng)) for level in levels]) is sudden


def test_what_goes_on_is_not_sudden_again() -> None:
    """Such as her own voice, from a loudspeaker."""
    rng, loudness = np.random.default_rng(1), Loudness()
    sounding = [0.002] * 60 + ([0.03] * 12 + [0.004] * 6) * 10
    assert sum(loudness.push(piece(level, rng)) for level in sounding) == 1
    assert loudness.floor == pytest.approx(0.004**2, rel=0.5)


def test_a_microphone_that_has_just_begun_hears_nothing_sudden() -> None:
    rng, loudness = np.random.default_rng(1), Loudness()
    assert not any([loudness.push(piece(0.03, rng)) for _ in range(30)])
