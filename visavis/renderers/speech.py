"""What is being said, on the session's clock, and what it does to the mouth at any moment.

Every question is answered by a pure function of the time asked for and of the speech known so far: frames may be
skipped without any effect on later ones. Coarticulation is dominance blending: each sound pulls the mouth towards its
shape with a weight that is the sound's share of a bell around that moment, so that the mouth prepares a sound before
it is heard, never jumps, and undershoots in fast speech as real ones do.
"""

import math
from collections.abc import Sequence

import numpy as np

from visavis.core.frames import AudioChunk, Mark
from visavis.renderers.arrays import Floats
from visavis.renderers.lips_from_sound import LipsFromSound
from visavis.renderers.sound import STEP_MS, loudness
from visavis.renderers.speech_pieces import (
    CLOSE_MS,
    Piece,
    cut_off,
    piece_by_ear,
    piece_of_marks,
    piece_of_words,
    revised,
)
from visavis.renderers.visemes import JAW, OPEN, PRESS, SHAPE_SIZE, TUCK, Shape, shape_of

BELL_MS = 21.0  # scale of the logistic bell; a sound begins to show about four of these before it is heard
JAW_BELL_MS = 30.0  # a jaw is heavier than lips
LEAD_MS = 20.0  # lips run ahead of the sound they make, and a picture stands for 40 ms from its moment on
_REACH_MS = 8 * JAW_BELL_MS  # sounds further away than this have no weight
_RELEASE_MS = 45.0
_KEEP_MS = 1500.0  # speech older than this no longer matters to anything
_LOUD_AT_LEAST = 0.4  # somebody who whispers does not open wide for it
_FORGET_MS = 5000.0  # how long somebody is remembered as loud


class SpeechTrack:
    """The speech of one session. Times are milliseconds on the session's media clock."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._now_ms = float("-inf")
        self._ear = LipsFromSound()
        self._heard_until_ms = float("-inf")
        self._went_by_ear = False
        self._usual = _LOUD_AT_LEAST

    def __len__(self) -> int:
        return len(self._pieces)

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """This will be heard from `start_ms` on. Phones are preferred to visemes, both to words, all to the ear."""
        usual = self._usually(audio)
        piece = piece_of_marks(start_ms, audio, marks, usual)
        if piece is not None:
            self._heard_until_ms = float("-inf")  # the ear has not heard this one
            self._pieces.append(piece)
            return
        shapes = self._hear(start_ms, audio, usual)
        words = [mark for mark in marks if mark.kind == "word"]
        if words:
            piece = piece_of_words(start_ms, audio, words, shapes, usual)
        self._pieces.append(piece or piece_by_ear(start_ms, audio, shapes, usual))
        self._went_by_ear = piece is None

    def _usually(self, audio: AudioChunk) -> float:
        """How loud the louder parts of this voice are."""
        loud = loudness(audio)
        faded = self._usual * math.exp(-audio.duration_ms / _FORGET_MS)
        self._usual = max(_LOUD_AT_LEAST, faded, float(np.percentile(loud, 80)) if len(loud) else 0.0)
        return self._usual

    def _hear(self, start_ms: float, audio: AudioChunk, usual: float) -> Floats:
        """The shapes in a piece of sound; the end of the one before it is understood better now."""
        follows = abs(start_ms - self._heard_until_ms) <= STEP_MS
        if not follows:
            self._ear.forget()
        before, shapes = self._ear.hear(audio)
        if follows and self._went_by_ear and self._pieces:
            self._pieces[-1] = revised(self._pieces[-1], before, usual)
        self._heard_until_ms = start_ms + audio.duration_ms
        return shapes

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard. What was shown already stays: closing starts with the next picture."""
        at_ms = max(at_ms, self._now_ms)
        self._pieces = [cut_off(piece, at_ms) for piece in self._pieces if piece.start_ms < at_ms]
        self._heard_until_ms = float("-inf")

    def advance(self, now_ms: float) -> None:
        """Pictures before this moment will not be asked for again; speech long past is forgotten."""
        self._now_ms = now_ms
        while self._pieces and self._pieces[0].end_ms < now_ms - _KEEP_MS:
            self._pieces.pop(0)

    def shape(self, at_ms: float) -> Shape:
        """The mouth at this moment, (SHAPE_SIZE,); at rest all but closed-mouth numbers are zero."""
        lips_ms = at_ms + LEAD_MS
        pull = np.zeros(SHAPE_SIZE, np.float32)
        weight = np.zeros(SHAPE_SIZE, np.float32)
        heard = np.zeros(SHAPE_SIZE, np.float32)
        sealed = np.zeros(SHAPE_SIZE, np.float32)
        for piece in self._near(lips_ms, _REACH_MS):
            gain = 1.0 - _smooth((at_ms - piece.muted_from_ms) / CLOSE_MS)
            first, last = np.searchsorted(piece.starts_ms, (lips_ms - 4 * _REACH_MS, lips_ms + _REACH_MS))
            near = slice(int(first), int(last))
            share = gain * _bell_share(piece.starts_ms[near], piece.ends_ms[near], lips_ms)
            dominance = share * piece.dominances[near]
            pull += (dominance * piece.shapes[near]).sum(axis=0)
            weight += dominance.sum(axis=0)
            heard += share.sum(axis=0)
            np.maximum(sealed, gain * _sealed(piece.seals, lips_ms), out=sealed)
        rest = np.clip(1.0 - heard, 0.0, None)
        return _seal((pull + rest * _REST) / (weight + rest + 1e-6), sealed)

    def loudness(self, at_ms: float, lag_ms: float) -> float:
        """Loudness (0 to 1) of what was heard shortly before, most of all `lag_ms` ago.

        It never looks ahead: speech that arrives or is cut must not make a head jump.
        """
        total = 0.0
        for piece in self._near(at_ms, 8 * lag_ms):
            first = max(0, int((at_ms - 8 * lag_ms - piece.start_ms) / STEP_MS))
            loud = piece.loud[first : max(first, int((at_ms - piece.start_ms) / STEP_MS) + 1)]
            ago = (at_ms - piece.start_ms - (np.arange(first, first + len(loud)) + 0.5) * STEP_MS).clip(0) / lag_ms
            total += float(loud @ (ago * np.exp(-ago)))
        return min(1.0, total * STEP_MS / lag_ms)

    def _near(self, at_ms: float, reach_ms: float) -> list[Piece]:
        return [p for p in self._pieces if p.start_ms - reach_ms < at_ms < p.end_ms + reach_ms]


_REST = shape_of("sil")
_BELLS_MS = np.full(SHAPE_SIZE, BELL_MS)
_BELLS_MS[JAW] = JAW_BELL_MS
_TEETH_ON_LIP = shape_of("FF")[OPEN]


def _smooth(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def _bell_share(starts_ms: Floats, ends_ms: Floats, at_ms: float) -> Floats:
    """How much of a bell around `at_ms` falls into each of n sounds, (n, SHAPE_SIZE); unbroken speech adds up to 1."""
    later = np.clip((ends_ms[:, None] - at_ms) / _BELLS_MS, -40, 40)
    sooner = np.clip((starts_ms[:, None] - at_ms) / _BELLS_MS, -40, 40)
    return (1 / (1 + np.exp(-later)) - 1 / (1 + np.exp(-sooner))).astype(np.float32)


def _sealed(seals: Floats, at_ms: float) -> Shape:
    """How completely the lips (PRESS) or lip and teeth (TUCK) meet: 1 around the centre of such a sound."""
    sealed = np.zeros(SHAPE_SIZE, np.float32)
    for centre_ms, half_ms, index in seals[np.abs(seals[:, 0] - at_ms) < 400]:
        amount = 1.0 - _smooth((abs(at_ms - centre_ms) - half_ms) / _RELEASE_MS)
        sealed[int(index)] = max(float(sealed[int(index)]), amount)
    return sealed


def _seal(shape: Shape, sealed: Shape) -> Shape:
    """Blending alone leaves a slit in fast speech; lips that must meet, meet."""
    press, tuck = float(sealed[PRESS]), float(sealed[TUCK])
    shape[OPEN] *= 1.0 - press
    shape[JAW] *= 1.0 - 0.6 * max(press, tuck)
    shape[PRESS] = max(float(shape[PRESS]), press)
    shape[TUCK] = max(float(shape[TUCK]), tuck)
    shape[OPEN] += tuck * (min(float(shape[OPEN]), float(_TEETH_ON_LIP)) - shape[OPEN])
    return shape
