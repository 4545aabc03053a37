"""The sound that a Wav2Lip-type network is shown."""

import numpy as np
import pytest

from tests.renderers.conftest import hum
from visavis.core.frames import AudioChunk
from visavis.renderers.mel import BANDS, COLUMNS, SILENCE, SoundTrack


def track(*pieces: tuple[float, AudioChunk]) -> SoundTrack:
    made = SoundTrack()
    for start_ms, audio in pieces:
        made.speak(start_ms, audio)
    return made


def test_silence_is_the_lowest_value_there_is() -> None:
    window = track().window(400.0)
    assert window.shape == (BANDS, COLUMNS)
    assert window.dtype == np.float32
    assert (window == SILENCE).all()


@pytest.mark.parametrize(("hertz", "band"), [(220, 4), (1_000, 25), (2_000, 44), (4_000, 63)])
def test_a_tone_stands_in_its_band(hertz: float, band: int) -> None:
    """By Slaney's scale, evenly cut from 55 to 7600 Hz."""
    window = track((0.0, hum(1_000, hertz=hertz))).window(400.0)
    assert abs(int(window.mean(axis=1).argmax()) - band) <= 1


def test_columns_are_twelve_and_a_half_milliseconds() -> None:
    heard = track((0.0, hum(300, hertz=300)), (300.0, hum(700, hertz=900)))
    assert np.allclose(heard.window(100.0)[:, 4:], heard.window(150.0)[:, :-4], atol=1e-4)


def test_a_window_begins_at_its_moment() -> None:
    heard = track((1_000.0, hum(500)))
    assert (heard.window(700.0) == SILENCE).all()
    assert heard.window(900.0)[:, -1].max() > heard.window(900.0)[:, 0].max()
    assert heard.window(1_100.0).max(axis=0).min() > 0


def test_louder_is_higher() -> None:
    quiet, loud = (track((0.0, hum(500, amplitude=amplitude))).window(100.0).max() for amplitude in (0.02, 0.4))
    assert SILENCE < quiet < loud <= 4


def test_the_rate_of_a_voice_does_not_matter() -> None:
    at_s = np.arange(24_000) / 48_000
    fast = AudioChunk((9_000 * np.sin(2 * np.pi * 500 * at_s)).astype(np.int16).tobytes(), 48_000)
    slow = AudioChunk((9_000 * np.sin(2 * np.pi * 500 * at_s[::3])).astype(np.int16).tobytes(), 16_000)
    loud = track((0.0, slow)).window(100.0) > -2
    difference = track((0.0, fast)).window(100.0) - track((0.0, slow)).window(100.0)
    assert np.abs(difference[loud]).max() < 0.1


def test_a_cut_silences_what_comes_after() -> None:
    heard = track((0.0, hum(1_000)), (1_000.0, hum(1_000)))
    heard.cut(500.0)
    assert (heard.window(560.0) == SILENCE).all()
    assert heard.window(200.0).max() > 0
    assert heard.known_until_ms == 500.0


def test_nearness_fades_on_both_sides() -> None:
    heard = track((1_000.0, hum(500)))
    found = [heard.nearness(at_ms, 60.0) for at_ms in (900.0, 970.0, 1_000.0, 1_500.0, 1_530.0, 1_560.0)]
    assert found == pytest.approx([0.0, 0.5, 1.0, 1.0, 0.5, 0.0])


def test_old_sound_is_forgotten() -> None:
    heard = SoundTrack()
    for second in range(60):
        heard.speak(second * 1000.0, hum(900))
        heard.advance(second * 1000.0)
    assert len(heard) <= 3
