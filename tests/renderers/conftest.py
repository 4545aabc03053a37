"""Faces small enough that drawing them takes no time, and speech to put in their mouths."""

import numpy as np
import pytest

from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec

RATE_HZ = 16_000


def hum(duration_ms: float, amplitude: float = 0.3, hertz: float = 220.0) -> AudioChunk:
    """A tone of s16le samples."""
    at = np.arange(round(duration_ms * RATE_HZ / 1000)) / RATE_HZ
    samples = amplitude * 32767 * np.sin(2 * np.pi * hertz * at)
    return AudioChunk(samples.astype(np.int16).tobytes(), RATE_HZ)


def phones(text: str, each_ms: float = 100.0) -> list[Mark]:
    """Phone marks of equal length, one for each word of `text`."""
    return [Mark("phone", i * each_ms, (i + 1) * each_ms, phone) for i, phone in enumerate(text.split())]


@pytest.fixture
def face() -> FaceSpec:
    return FaceSpec("character", "cara", 180, 120)
