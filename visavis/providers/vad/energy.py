"""Voice activity from loudness and voicing alone: the fall-back where no network is installed.

A window counts as speech when it is well above the noise floor and something periodic, as vowels are, was heard just
now. The floor follows quieter sound at once and louder sound slowly, so a fan stops counting after a while and a
click never does.
"""

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
_RISE_DB_PER_WINDOW = 0.06
_ABOVE_FLOOR_DB = 9.0
_SOFTNESS_DB = 2.0
_PITCH_LAGS = slice(SPEECH_RATE_HZ // 400, SPEECH_RATE_HZ // 75)
_VOICED = 0.45
_VOICED_LASTS_WINDOWS = 8  # unvoiced consonants belong to the vowels around them
_TAPER = np.hanning(WINDOW_SAMPLES).astype(np.float32)
_TAPER_CORRELATION = np.fft.irfft(np.abs(np.fft.rfft(_TAPER, 2 * WINDOW_SAMPLES)) ** 2)[:WINDOW_SAMPLES]


class _Detector:
    """A `VoiceDetector` of 0.1 ms a window, so it needs no thread."""

    def __init__(self) -> None:
        self._windows = Windows(WINDOW_SAMPLES)
        self._floor_db: float | None = None
        self._voiced_for = 0

    async def push(self, audio: AudioChunk) -> list[float]:
        return [self._judge(window) for window in self._windows.push(audio)]

    def close(self) -> None:
        """Nothing is held."""

    def _judge(self, window: NDArray[np.float32]) -> float:
        level_db = _level_db(window)
        if self._floor_db is None:
            self._floor_db = min(level_db, _QUIETEST_DB + 15.0)
        self._floor_db = max(_QUIETEST_DB, min(level_db, self._floor_db + _RISE_DB_PER_WINDOW))
        loud = 1.0 / (1.0 + np.exp((self._floor_db + _ABOVE_FLOOR_DB - level_db) / _SOFTNESS_DB))
        if loud > 0.5 and _voicing(window) > _VOICED:
            self._voiced_for = _VOICED_LASTS_WINDOWS
        else:
            self._voiced_for = max(0, self._voiced_for - 1)
        return float(loud) if self._voiced_for else float(loud) * 0.25


class Energy:
    """`VoiceActivity` without a network."""

    traits: ClassVar[Traits] = Traits(
        label="Energy voice activity (fall-back)",
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Easily misled by music and by people talking in the background.",
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


def _level_db(window: NDArray[np.float32]) -> float:
    power = np.median(np.mean(window.reshape(_SLICES, -1) ** 2, axis=1))
    return float(10.0 * np.log10(power + 1e-9))


def _voicing(window: NDArray[np.float32]) -> float:
    """How periodic a window is at the pitches of human voices, 0 to 1."""
    spectrum = np.fft.rfft((window - window.mean()) * _TAPER, 2 * WINDOW_SAMPLES)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:WINDOW_SAMPLES] / _TAPER_CORRELATION
    return float(correlation[_PITCH_LAGS].max() / (correlation[0] + 1e-9))


PROVIDER = Energy
