"""Voice activity from loudness and voicing alone: the fall-back where no network is installed.

A window counts as speech when it is well above the noise floor and something periodic, as vowels are, was heard just
now. The floor follows quieter sound at once and louder sound slowly, so a fan stops counting after a while and a
click never does.
"""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.providers.base import Traits
from visavis.providers.windows import Windows

WINDOW_SAMPLES = 512
_SLICES = 8  # a click fills one of them; the median does not see it
_QUIETEST_DB = -65.0
_FIRST_FLOOR_DB_MAX = -50.0  # somebody may already be speaking when the microphone opens
_RISE_DB_PER_WINDOW = 0.12
_ABOVE_FLOOR_DB = 9.0
_SOFTNESS_DB = 2.0
_VOICED = 0.55
_VOICED_WINDOWS_MIN = 2  # noise is periodic by chance, but not twice in a row
_VOICED_LASTS_WINDOWS = 10  # unvoiced consonants belong to the vowels around them
_PITCH_LAGS = slice(SPEECH_RATE_HZ // 400, SPEECH_RATE_HZ // 75)
_SPECTRUM_HZ = np.fft.rfftfreq(2 * WINDOW_SAMPLES, 1 / SPEECH_RATE_HZ)
_BAND = (_SPECTRUM_HZ > 160.0) & (_SPECTRUM_HZ < 3_800.0)  # above mains hum and handling noise
_TAPER = np.hanning(WINDOW_SAMPLES).astype(np.float32)
_TAPER_CORRELATION = np.fft.irfft(np.abs(np.fft.rfft(_TAPER, 2 * WINDOW_SAMPLES)) ** 2)[:WINDOW_SAMPLES]


class _Detector:
    """A `VoiceDetector` of 0.1 ms a window, so it needs no thread."""

    def __init__(self) -> None:
        self._windows = Windows(WINDOW_SAMPLES)
        self._floor_db: float | None = None
        self._voiced_run = 0
        self._voiced_for = 0

    async def push(self, audio: AudioChunk) -> list[float]:
        return [self._judge(window) for window in self._windows.push(audio)]

    def close(self) -> None:
        """Nothing is held."""

    def _judge(self, window: NDArray[np.float32]) -> float:
        level_db, voicing = _measured(window)
        if self._floor_db is None:
            self._floor_db = min(level_db, _FIRST_FLOOR_DB_MAX)
        self._floor_db = max(_QUIETEST_DB, min(level_db, self._floor_db + _RISE_DB_PER_WINDOW))
        loud = 1.0 / (1.0 + math.exp((self._floor_db + _ABOVE_FLOOR_DB - level_db) / _SOFTNESS_DB))
        self._voiced_run = self._voiced_run + 1 if loud > 0.5 and voicing > _VOICED else 0
        self._voiced_for -= self._voiced_for > 0
        if self._voiced_run >= _VOICED_WINDOWS_MIN:
            self._voiced_for = _VOICED_LASTS_WINDOWS
        return loud if self._voiced_for else loud * 0.25


class Energy:
    """`VoiceActivity` without a network."""

    traits: ClassVar[Traits] = Traits(
        label="Energy voice activity (fall-back)",
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Easily misled by music and by people talking in the background.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set."""

    window_ms = WINDOW_SAMPLES * 1000 / SPEECH_RATE_HZ

    def __init__(self, settings: Settings | None = None) -> None:
        del settings

    def open(self) -> _Detector:
        return _Detector()

    async def close(self) -> None:
        """Nothing is held."""


def _measured(window: NDArray[np.float32]) -> tuple[float, float]:
    """Loudness in the band of speech (dBFS), and how periodic it is at the pitches of human voices (0 to 1)."""
    spectrum = np.fft.rfft(window * _TAPER, 2 * WINDOW_SAMPLES) * _BAND
    sound = np.fft.irfft(spectrum)[:WINDOW_SAMPLES]
    power = float(np.median(np.mean(sound.reshape(_SLICES, -1) ** 2, axis=1)))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:WINDOW_SAMPLES] / _TAPER_CORRELATION
    voicing = float(correlation[_PITCH_LAGS].max() / (correlation[0] + 1e-12))
    return 10.0 * math.log10(power + 1e-9), voicing


PROVIDER = Energy
