"""How loud a sound is: what moves head and brows, and how far mouths open."""

import numpy as np

from visavis.core.frames import AudioChunk
from visavis.renderers.arrays import Floats

STEP_MS = 20.0  # one value
_FULL_DB, _SILENT_DB = -22.0, -48.0  # loudness of stressed speech, and below what the mouth stays shut


def _slices(audio: AudioChunk) -> Floats:
    """Samples in rows of `STEP_MS`, scaled to -1..1; the last row is filled up with silence."""
    samples = np.frombuffer(audio.pcm, np.int16, count=audio.samples).astype(np.float32) / 32768
    step = max(1, round(audio.rate_hz * STEP_MS / 1000))
    rows = -(-len(samples) // step)
    padded = np.zeros(rows * step, np.float32)
    padded[: len(samples)] = samples
    return padded.reshape(rows, step)


def loudness(audio: AudioChunk) -> Floats:
    """Perceived loudness from 0 (silence) to 1 (stressed speech), one value for every `STEP_MS`."""
    power = np.square(_slices(audio)).mean(axis=1) if audio.samples else np.zeros(0, np.float32)
    level_db = 10 * np.log10(power + 1e-9)
    return np.clip((level_db - _SILENT_DB) / (_FULL_DB - _SILENT_DB), 0, 1).astype(np.float32)
