"""Sound as the line carries it to sound as ears are fed it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import PLAYOUT_RATE_HZ, SPEECH_RATE_HZ

Samples: TypeAlias = NDArray[np.int16]

_TAPS = 96  # flat to 6 kHz, -46 dB at 8 kHz, and one millisecond of delay
_FACTOR = PLAYOUT_RATE_HZ // SPEECH_RATE_HZ


class Decimator:
    """Playout rate to speech rate, one third, with nothing held back: a streaming resampler keeps 20 ms to itself."""

    def __init__(self) -> None:
        self._past = np.zeros(_TAPS - _FACTOR, np.int16)

    def take(self, sound: Samples) -> Samples:
        """A third as many samples; the length has to be a multiple of three, as that of every Opus frame is."""
        samples = np.concatenate((self._past, sound))
        self._past = samples[-(_TAPS - _FACTOR) :]
        return np.rint(np.convolve(samples, _LOW_PASS, "valid")[::_FACTOR]).clip(-32768, 32767).astype(np.int16)


def _low_pass() -> NDArray[np.float32]:
    places = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(places * 0.9 / _FACTOR) * np.hamming(_TAPS)
    return (taps / taps.sum()).astype(np.float32)


_LOW_PASS = _low_pass()
