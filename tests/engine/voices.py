"""Voices of which the pitch is known."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk

TICK_SAMPLES = SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000
GLIDE_SAMPLES = SPEECH_RATE_HZ // 2


def glides(*pitches_hz: float, noise: float = 0.0) -> Iterator[AudioChunk]:
    """A voice that takes half a second from each pitch to the next, and noise over it."""
    parts = [np.linspace(*pair, GLIDE_SAMPLES) for pair in pairwise(pitches_hz)]
    if not parts:
        return
    phase = 2 * np.pi * np.cumsum(np.concatenate(parts)) / SPEECH_RATE_HZ
    voice = sum(np.sin(number * phase) / number for number in range(1, 9))
    sound = 3_000 * voice + noise * np.random.default_rng(1).normal(size=phase.size)
    for start in range(0, sound.size, TICK_SAMPLES):
        yield AudioChunk(sound[start : start + TICK_SAMPLES].astype("<i2").tobytes(), SPEECH_RATE_HZ)
