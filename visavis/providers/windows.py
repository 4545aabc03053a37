"""Cutting a stream of sound into windows of one length."""

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk


class Windows:
    """Keeps what does not fill a window until the next push."""

    def __init__(self, window_samples: int) -> None:
        self._window_samples = window_samples
        self._rest = np.zeros(0, np.float32)

    def push(self, audio: AudioChunk) -> NDArray[np.float32]:
        """The windows that `audio` completes, [n, window_samples] in -1 to 1. Raises ValueError for another rate."""
        if audio.rate_hz != SPEECH_RATE_HZ:
            raise ValueError(f"voice activity hears {SPEECH_RATE_HZ} Hz, not {audio.rate_hz}")
        samples = np.frombuffer(audio.pcm, "<i2").astype(np.float32) * np.float32(1 / 32_768)
        samples = np.concatenate((self._rest, samples))
        count = len(samples) // self._window_samples
        cut = count * self._window_samples
        self._rest = samples[cut:]
        return samples[:cut].reshape(count, self._window_samples)
