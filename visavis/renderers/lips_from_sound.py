"""Mouth shapes from sound alone, for speech nobody gave times for: a small network over a window of mel bands.

It was trained on the packaged voices, whose sounds and times are known (`python -m scripts.train_lips` makes its
weights again), and knows no language, only what a sound's spectrum says about lips. What is heard later than
`AHEAD_MS` has no influence, so shapes can be had that soon after the sound.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from visavis.core.frames import AudioChunk
from visavis.renderers.arrays import Floats
from visavis.renderers.visemes import OPEN, PRESS, SHAPE_SIZE, WIDE

RATE_HZ = 16_000
STEP_MS = 20.0  # one shape
AHEAD_MS = 40.0
_HOP = 160  # samples between two spectra, 10 ms
_WINDOW = 400
_FFT = 512
_BANDS = 24
_LOW_HZ, _HIGH_HZ = 80.0, 7600.0
_BEFORE, _AFTER = 6, 4  # spectra that are looked at before and after the middle of a step
_PAST = 4800  # samples of the past that a later piece needs
_RANGE_DB = 50.0  # what is this much below the level is silence
_FALL_DB = 0.06  # how fast the level sinks, for each spectrum
_LEVEL_MIN_DB = -38.0  # quieter sounds are noise, not somebody who speaks softly
_STEP = round(RATE_HZ * STEP_MS / 1000)
REVISED = round(AHEAD_MS / STEP_MS)  # the last steps of a piece, which wait for the next one to be certain
FEATURES = (_BEFORE + 1 + _AFTER) * _BANDS
WEIGHTS = Path(__file__).with_name("lips_from_sound.npz")


class LipsFromSound:
    """The ear of one track. Pieces of one run of speech follow each other; `forget` begins another."""

    def __init__(self) -> None:
        self._past = np.zeros(_PAST, np.float32)
        self._level_db = _LEVEL_MIN_DB

    def forget(self) -> None:
        self._past = np.zeros(_PAST, np.float32)
        self._level_db = _LEVEL_MIN_DB

    def hear(self, audio: AudioChunk) -> tuple[Floats, Floats]:
        """Shapes of the last `REVISED` steps before this piece, heard better now, and of its own steps.

        Both are (steps, SHAPE_SIZE); a step begun is a step.
        """
        samples = heard_at_16_khz(audio)
        steps = -(-len(samples) // _STEP)
        features = self.features(samples, steps)
        shapes = network()(features)
        return shapes[:REVISED], shapes[REVISED:]

    def features(self, samples: Floats, steps: int) -> Floats:
        """(REVISED + steps, FEATURES): what the network sees of the steps, and of the last ones before them."""
        padded = np.concatenate([self._past, samples, np.zeros(_AFTER * _HOP + _WINDOW + _STEP, np.float32)])
        self._past = np.concatenate([self._past, samples])[-_PAST:]
        steps += REVISED
        first = _PAST - REVISED * _STEP + _STEP // 2 - _BEFORE * _HOP - _WINDOW // 2
        count = _BEFORE + 1 + _AFTER + (steps - 1) * _STEP // _HOP
        spectra_db = _mel_db(padded, first, count)
        levels_db = self._levels(spectra_db.max(axis=1), len(samples) // _HOP)
        seen = np.clip((spectra_db - levels_db[:, None]) / _RANGE_DB + 1, 0, 1.2)
        windows = np.lib.stride_tricks.sliding_window_view(seen, _BEFORE + 1 + _AFTER, axis=0)[:: _STEP // _HOP]
        return np.ascontiguousarray(windows.transpose(0, 2, 1)).reshape(steps, FEATURES).astype(np.float32)

    def _levels(self, loudest_db: Floats, hops: int) -> Floats:
        """How loud this voice is, spectrum by spectrum: up at once, down slowly.

        Kept is the level where the next piece begins to look, which is `hops` spectra after this one's beginning.
        """
        levels_db = np.empty(len(loudest_db) + 1, np.float32)
        levels_db[0] = self._level_db
        for index, value_db in enumerate(loudest_db):
            levels_db[index + 1] = max(_LEVEL_MIN_DB, levels_db[index] - _FALL_DB, value_db)
        self._level_db = float(levels_db[hops])
        return levels_db[1:]


class Network:
    """Two layers; `weights` as `scripts.train_lips` writes them."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._first, self._shift = weights["first"].astype(np.float32), weights["shift"].astype(np.float32)
        self._second, self._rest = weights["second"].astype(np.float32), weights["rest"].astype(np.float32)

    def __call__(self, features: Floats) -> Floats:
        """(n, FEATURES) to (n, SHAPE_SIZE)."""
        hidden = np.tanh(features @ self._first + self._shift)
        shapes = hidden @ self._second + self._rest
        lowest = np.zeros(SHAPE_SIZE, np.float32)
        lowest[WIDE] = -1.0
        shapes = np.clip(shapes, lowest, 1.0)
        shapes[:, OPEN] *= 1 - 0.5 * shapes[:, PRESS]
        return shapes


@cache
def network() -> Network:
    with np.load(WEIGHTS) as file:
        return Network(dict(file))


def heard_at_16_khz(audio: AudioChunk) -> Floats:
    """-1 to 1. Lips need no better resampling than this."""
    samples = np.frombuffer(audio.pcm, np.int16, count=audio.samples).astype(np.float32) / 32768
    if audio.rate_hz == RATE_HZ or not len(samples):
        return samples
    factor = audio.rate_hz // RATE_HZ if audio.rate_hz % RATE_HZ == 0 else 0
    if factor:
        whole = samples[: len(samples) // factor * factor]
        return whole.reshape(-1, factor).mean(axis=1)
    count = max(1, round(len(samples) * RATE_HZ / audio.rate_hz))
    way = cv2.INTER_AREA if audio.rate_hz > RATE_HZ else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(samples[None], (count, 1), interpolation=way), np.float32)[0]


def _mel_db(samples: Floats, first: int, count: int) -> Floats:
    """(count, _BANDS): the power of each band in decibels, of windows that begin at `first` and every `_HOP`."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[first::_HOP][:count]
    spectra = np.fft.rfft(windows * _HANN, _FFT, axis=1)
    power = np.square(np.abs(spectra)).astype(np.float32) @ _FILTERS
    return 10 * np.log10(power + 1e-10)


def _filters() -> Floats:
    """(_FFT / 2 + 1, _BANDS): triangles evenly spaced in mel, scaled so that full scale speech is around 0 dB."""
    edges_mel = np.linspace(_mel(_LOW_HZ), _mel(_HIGH_HZ), _BANDS + 2)
    edges_hz = 700 * (10 ** (edges_mel / 2595) - 1)
    bins_hz = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    rising = (bins_hz[:, None] - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - bins_hz[:, None]) / (edges_hz[2:] - edges_hz[1:-1])
    return (np.clip(np.minimum(rising, falling), 0, None) / (_WINDOW * 20)).astype(np.float32)


def _mel(hz: float) -> float:
    return 2595 * float(np.log10(1 + hz / 700))


_HANN = np.hanning(_WINDOW).astype(np.float32)
_FILTERS = _filters()
