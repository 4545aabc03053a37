"""The melody of a voice, piece by piece as it is heard: whether it has come down to its lowest, as it does at an end.

People who only stop to think stay in the middle of their voice. One that goes up asks, and tells neither. Pitch is
found by autocorrelation, which costs a tenth of a millisecond for 20 ms of voice.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk

HEARD = 400  # pieces of which the range of a voice is known
VOICED_MIN = 20  # pieces of voice without which there is no range
_WINDOW = 640  # 40 ms: three periods of the deepest voice
_SIZE = 2 * _WINDOW
_LAGS = slice(SPEECH_RATE_HZ // 400, SPEECH_RATE_HZ // 65)
_PERIODIC = 0.45
_NEARLY = 0.9  # a shorter period that fits nearly as well as the best one is the right one
_QUIETER_DB = 30.0  # than the loudest of late: no voice
_FORGET_DB = 0.05  # of the loudest, with every piece
_END = 5  # the pieces of voice that are its end
_BEFORE_END = 20  # and those that it rises from
_RISE_SEMITONES = 2.5
_LOW_PERCENT = 5

Samples = NDArray[np.float32]


class Melody:
    """Feed it all that is heard; it is asked in pauses."""

    def __init__(self) -> None:
        self._window = np.zeros(_WINDOW, np.float32)
        self._pitches: deque[tuple[float, float]] = deque(maxlen=HEARD)  # semitones and loudness in dB
        self._loudest_db = 0.0  # of late

    def push(self, audio: AudioChunk) -> None:
        samples = np.frombuffer(audio.pcm, "<i2").astype(np.float32)
        self._window = np.concatenate((self._window, samples))[-_WINDOW:]
        loudness_db = _loudness_db(self._window)
        self._loudest_db = max(loudness_db, self._loudest_db - _FORGET_DB)
        if loudness_db > self._loudest_db - _QUIETER_DB and (pitch := _semitones(self._window)) is not None:
            self._pitches.append((pitch, loudness_db))

    def above_low(self) -> float | None:
        """How far above its lowest the voice was when it stopped, in semitones; None where that tells nothing."""
        if not self._pitches:
            return None
        loudest_db = max(loudness_db for _, loudness_db in self._pitches)
        voiced = [pitch for pitch, loudness_db in self._pitches if loudness_db > loudest_db - _QUIETER_DB]
        if len(voiced) < VOICED_MIN:
            return None
        end = float(np.median(voiced[-_END:]))
        if end - float(np.median(voiced[-_BEFORE_END:-_END])) > _RISE_SEMITONES:
            return None
        return end - float(np.percentile(voiced, _LOW_PERCENT))


def _semitones(window: Samples) -> float | None:
    """None where nothing repeats itself."""
    sound = window - window.mean()
    power = np.abs(np.fft.rfft(sound * _TAPER, _SIZE)) ** 2
    correlation = np.fft.irfft(power)[:_WINDOW]
    if correlation[0] <= 0:
        return None
    likeness = (correlation / (correlation[0] * _TAPER_CORRELATION))[_LAGS]
    best = float(likeness.max())
    if best < _PERIODIC:
        return None
    first = int(np.argmax(likeness > _NEARLY * best))
    falls = np.flatnonzero(np.diff(likeness[first:]) <= 0)
    lag = _LAGS.start + first + (int(falls[0]) if falls.size else 0)
    return float(12 * np.log2(SPEECH_RATE_HZ / lag / 100))


def _loudness_db(window: Samples) -> float:
    return float(10 * np.log10(np.mean(window**2) + 1e-9))


def _taper_correlation() -> Samples:
    """What the taper alone takes from longer periods."""
    correlation = np.fft.irfft(np.abs(np.fft.rfft(_TAPER, _SIZE)) ** 2)[:_WINDOW]
    return np.maximum(correlation / correlation[0], 1e-3).astype(np.float32)


_TAPER = np.hanning(_WINDOW).astype(np.float32)
_TAPER_CORRELATION = _taper_correlation()
