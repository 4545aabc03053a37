"""Sound as the Whisper family of networks sees it: 80 mel bands, one column every 10 ms, logarithmic."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ

BANDS = 80
COLUMN_SAMPLES = 160
_WINDOW_SAMPLES = 400
_RANGE_DECADES = 8.0  # quieter than this below the loudest point counts as silence
# The mel scale of Slaney's toolbox: straight up to 1 kHz, logarithmic above.
_STRAIGHT_HZ = 1000.0
_HZ_PER_MEL = 200.0 / 3
_LOG_STEP = np.log(6.4) / 27

Samples = NDArray[np.float32]


def log_mel(sound: Samples) -> Samples:
    """[BANDS, len(sound) / COLUMN_SAMPLES], about -1 to 1. The sound is brought to mean 0 and variance 1 first."""
    sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    padded = np.pad(sound, _WINDOW_SAMPLES // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[:-1:COLUMN_SAMPLES]
    spectrum = np.fft.rfft(windows * _taper())
    power = spectrum.real**2 + spectrum.imag**2
    decades = np.log10(np.maximum(power @ _filters(), 1e-10)).T
    return ((np.maximum(decades, decades.max() - _RANGE_DECADES) + 4) / 4).astype(np.float32)


@cache
def _taper() -> Samples:
    return np.hanning(_WINDOW_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _filters() -> Samples:
    """Triangles of equal area, [frequencies, BANDS]."""
    corners = _hz(np.linspace(0, _mel(SPEECH_RATE_HZ / 2), BANDS + 2))
    frequencies = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / SPEECH_RATE_HZ)[:, None]
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    rising, falling = (frequencies - left) / (peak - left), (right - frequencies) / (right - peak)
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)).astype(np.float32)


def _mel(hz: float) -> float:
    return _STRAIGHT_HZ / _HZ_PER_MEL + float(np.log(hz / _STRAIGHT_HZ)) / _LOG_STEP


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    first_log = _STRAIGHT_HZ / _HZ_PER_MEL
    return np.where(mel < first_log, mel * _HZ_PER_MEL, _STRAIGHT_HZ * np.exp(_LOG_STEP * (mel - first_log)))
