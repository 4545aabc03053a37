"""What a face can see in a sound: how loud it is, and roughly which mouth makes it.

Used for every piece of speech (loudness moves head and brows) and, where a voice gave no marks, for the mouth itself.
"""

import numpy as np

from visavis.core.frames import AudioChunk
from visavis.renderers.arrays import Floats
from visavis.renderers.visemes import SHAPE_SIZE, Shape, shape_of

STEP_MS = 20.0  # one loudness value, one spectral slice
_FULL_DB, _SILENT_DB = -22.0, -48.0  # loudness of stressed speech, and below what the mouth stays shut
_BANDS_HZ = ((80, 400), (400, 1100), (1100, 2800), (3500, 7800))  # murmur, open vowels, front vowels, hissing
_BAND_VISEMES = ("ou", "aa", "E", "SS")


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


def shapes_from_sound(audio: AudioChunk) -> tuple[Floats, Floats]:
    """Mouth shapes guessed from loudness and the balance of four bands: (steps, SHAPE_SIZE) and loudness (steps,).

    Not lip reading, but it opens on vowels, rounds on dull ones, shows teeth on hisses and closes on silence.
    """
    loud = loudness(audio)
    if not len(loud):
        return np.zeros((0, SHAPE_SIZE), np.float32), loud
    rows = _slices(audio)
    spectrum = np.abs(np.fft.rfft(rows * np.hanning(rows.shape[1]).astype(np.float32), axis=1))
    hz = np.fft.rfftfreq(rows.shape[1], 1 / audio.rate_hz)
    bands = np.stack([spectrum[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in _BANDS_HZ], axis=1)
    bands *= np.array([0.55, 1.0, 1.15, 1.3], np.float32)  # speech falls off with frequency
    share = np.square(bands) / (np.square(bands).sum(axis=1, keepdims=True) + 1e-9)
    basis: Shape = np.stack([shape_of(viseme) for viseme in _BAND_VISEMES])
    amount = np.power(np.minimum(1.0, loud * 1.15), 1.4)[:, None]  # murmurs through the nose are quiet
    return (share @ basis * amount).astype(np.float32), loud
