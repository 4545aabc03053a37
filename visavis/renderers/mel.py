"""Sound as a Wav2Lip-type network wants it: windows of a mel spectrogram on the session's clock.

80 bands from 55 to 7600 Hz of sound at 16 kHz, 80 columns a second, loudness from -4 (silence) to 4: the numbers that
such networks were trained with.
"""

from functools import cache

import numpy as np
import soxr

from visavis.core.frames import AudioChunk
from visavis.renderers.arrays import Floats

RATE_HZ = 16_000
BANDS, COLUMNS = 80, 16  # of one window
WINDOW_MS = 200.0  # a window begins at the moment it is for
SILENCE = -4.0
_HOP, _FFT = 200, 800
_LOWEST_HZ, _HIGHEST_HZ = 55.0, 7_600.0
_PREEMPHASIS, _REFERENCE_DB, _FLOOR_DB = 0.97, 20.0, -100.0
_KEEP_MS = 1_000.0


class SoundTrack:
    """What is heard when. Pieces come in order and do not overlap."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, Floats]] = []

    def __len__(self) -> int:
        return len(self._pieces)

    def speak(self, start_ms: float, audio: AudioChunk) -> None:
        samples = np.frombuffer(audio.pcm, np.int16, audio.samples).astype(np.float32) / 32_768
        if audio.rate_hz != RATE_HZ and samples.size:
            samples = soxr.resample(samples, audio.rate_hz, RATE_HZ)
        if samples.size:
            self._pieces.append((_sample(start_ms), samples))

    def cut(self, at_ms: float) -> None:
        end = _sample(at_ms)
        self._pieces = [(start, samples[: end - start]) for start, samples in self._pieces if start < end]

    def advance(self, at_ms: float) -> None:
        """Forget what is too old to matter."""
        oldest = _sample(at_ms - _KEEP_MS)
        self._pieces = [(start, samples) for start, samples in self._pieces if start + samples.size > oldest]

    @property
    def known_until_ms(self) -> float:
        """The end of the last piece."""
        if not self._pieces:
            return 0.0
        start, samples = self._pieces[-1]
        return (start + samples.size) * 1000 / RATE_HZ

    def nearness(self, at_ms: float, within_ms: float) -> float:
        """1 while something is said, falling to 0 where nothing is for `within_ms` before or after."""
        at, within = at_ms * RATE_HZ / 1000, within_ms * RATE_HZ / 1000
        gaps = (max(start - at, at - start - samples.size, 0.0) for start, samples in self._pieces)
        return max(0.0, 1.0 - min(gaps, default=within) / within)

    def window(self, at_ms: float) -> Floats:
        """(BANDS, COLUMNS) from `at_ms` on; what is not known is silent."""
        first = round(at_ms * RATE_HZ / 1000 / _HOP) * _HOP - _FFT // 2
        sound = self._samples(first - 1, (COLUMNS - 1) * _HOP + _FFT + 1)
        flat = sound[1:] - _PREEMPHASIS * sound[:-1]
        rows = np.lib.stride_tricks.sliding_window_view(flat, _FFT)[::_HOP]
        spectrum = np.abs(np.fft.rfft(rows * _hann(), axis=1))
        level_db = 20 * np.log10(np.maximum(1e-5, spectrum @ _bands().T)) - _REFERENCE_DB
        return np.clip(8 * (level_db - _FLOOR_DB) / -_FLOOR_DB - 4, SILENCE, 4).T.astype(np.float32)

    def _samples(self, first: int, count: int) -> Floats:
        found = np.zeros(count, np.float32)
        for start, samples in self._pieces:
            begin, end = max(first, start), min(first + count, start + samples.size)
            if begin < end:
                found[begin - first : end - first] = samples[begin - start : end - start]
        return found


def _sample(at_ms: float) -> int:
    return round(at_ms * RATE_HZ / 1000)


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)


@cache
def _bands() -> Floats:
    """(BANDS, frequencies): triangles of equal area, evenly spaced on the mel scale (Slaney's)."""
    edges_hz = _hz(np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS + 2))
    hz = np.fft.rfftfreq(_FFT, 1 / RATE_HZ)
    low, middle, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    triangles = np.maximum(0, np.minimum((hz - low) / (middle - low), (high - hz) / (high - middle)))
    return (triangles * 2 / (high - low)).astype(np.float32)


_LINEAR_HZ, _LINEAR_MEL = 200 / 3, 15.0  # linear below 1 kHz, logarithmic above
_LOG_STEP = np.log(6.4) / 27


def _mel(hz: float) -> float:
    return hz / _LINEAR_HZ if hz < 1000 else _LINEAR_MEL + float(np.log(hz / 1000)) / _LOG_STEP


def _hz(mel: Floats) -> Floats:
    return np.where(mel < _LINEAR_MEL, mel * _LINEAR_HZ, 1000 * np.exp(_LOG_STEP * (mel - _LINEAR_MEL)))
