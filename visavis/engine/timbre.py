"""What kind of sound a voice-like sound is, by simple acoustics: speech, a hum through closed lips, or a noise."""

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ

Samples = NDArray[np.float32]

_FRAME = 640  # 40 ms: three periods of the deepest voice
_HOP = 256
_AUDIBLE_DB = 18.0  # below the loudest frame
_LAGS = slice(SPEECH_RATE_HZ // 420, SPEECH_RATE_HZ // 75)
_PERIODIC = 0.55
_HZ = np.fft.rfftfreq(2 * _FRAME, 1 / SPEECH_RATE_HZ)
_LOW, _HIGH, _VOICE = (_HZ > 80) & (_HZ < 700), (_HZ > 1_000) & (_HZ < 3_500), (_HZ > 80) & (_HZ < 4_000)
_BRIGHTEST_PERCENT = 80
_TAPER = np.hanning(_FRAME)
_TAPER_CORRELATION = np.fft.irfft(np.abs(np.fft.rfft(_TAPER, 2 * _FRAME)) ** 2)[:_FRAME]


def timbre(sound: Samples) -> tuple[float, float]:
    """The share of audible frames that are voiced, and the brightness of the brighter ones: above 1 kHz in dB of below.

    Lips that are closed leave next to nothing above 1 kHz; no vowel is as dark as that for long.
    """
    if sound.size < _FRAME:
        return 0.0, 0.0
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP] * _TAPER
    power = np.abs(np.fft.rfft(frames, 2 * _FRAME)) ** 2
    level_db = 10 * np.log10(power[:, _VOICE].sum(axis=1) + 1e-12)
    audible = level_db > level_db.max() - _AUDIBLE_DB
    heard = power[audible]
    correlation = np.fft.irfft(heard * _VOICE)[:, :_FRAME] / _TAPER_CORRELATION
    periodic = correlation[:, _LAGS].max(axis=1) / (correlation[:, 0] + 1e-12) > _PERIODIC
    bright_db = 10 * np.log10((heard[:, _HIGH].sum(axis=1) + 1e-9) / (heard[:, _LOW].sum(axis=1) + 1e-9))
    return float(periodic.mean()), float(np.percentile(bright_db, _BRIGHTEST_PERCENT))
