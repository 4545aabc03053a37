"""What is being said, on the session's clock, and what it does to the mouth at any moment.

Every question is answered by a pure function of the time asked for and of the speech known so far: frames may be
skipped without any effect on later ones. Coarticulation is dominance blending: each sound pulls the mouth towards its
shape with a weight that is the sound's share of a bell around that moment, so that the mouth prepares a sound before
it is heard, never jumps, and undershoots in fast speech as real ones do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from visavis.core.frames import AudioChunk, Mark
from visavis.renderers.arrays import Floats
from visavis.renderers.sound import STEP_MS, loudness, shapes_from_sound
from visavis.renderers.visemes import (
    JAW,
    OPEN,
    PRESS,
    SHAPE_SIZE,
    TUCK,
    Shape,
    Target,
    shape_of,
    targets_of_phone,
    targets_of_viseme,
)

BELL_MS = 21.0  # scale of the logistic bell; a sound begins to show about four of these before it is heard
JAW_BELL_MS = 30.0  # a jaw is heavier than lips
LEAD_MS = 20.0  # lips run ahead of the sound they make
CLOSE_MS = 70.0  # after a cut the mouth is shut within this, less than two frames
_REACH_MS = 8 * JAW_BELL_MS  # sounds further away than this have no weight
_PLATEAU_MS = 24.0  # half of how long a bilabial stays shut at least: longer than half a frame, so one frame shows it
_RELEASE_MS = 45.0
_KEEP_MS = 1500.0  # speech older than this no longer matters to anything


@dataclass(frozen=True, slots=True)
class _Piece:
    """One run of speech: n sounds with their times, shapes and dominances, and its loudness every `STEP_MS`."""

    start_ms: float
    end_ms: float
    starts_ms: Floats
    ends_ms: Floats
    shapes: Floats
    dominances: Floats
    seals: Floats  # (m, 3): centre, half length, and which number of the shape is driven to its end (PRESS or TUCK)
    loud: Floats
    muted_from_ms: float = float("inf")


class SpeechTrack:
    """The speech of one session. Times are milliseconds on the session's media clock."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        self._now_ms = float("-inf")

    def __len__(self) -> int:
        return len(self._pieces)

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """This will be heard from `start_ms` on. Phone marks are preferred to viseme marks, both to guessing."""
        for kind, lookup in (("phone", targets_of_phone), ("viseme", targets_of_viseme)):
            chosen = [mark for mark in marks if mark.kind == kind]
            if chosen:
                sounds = [part for mark in chosen for part in _timed(mark, lookup(mark.text))]
                self._pieces.append(_piece_of_sounds(start_ms, audio, sounds))
                return
        self._pieces.append(_piece_of_audio(start_ms, audio))

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard. What was shown already stays: closing starts with the next picture."""
        at_ms = max(at_ms, self._now_ms)
        self._pieces = [_cut_piece(piece, at_ms) for piece in self._pieces if piece.start_ms < at_ms]

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

    def _near(self, at_ms: float, reach_ms: float) -> list[_Piece]:
        return [p for p in self._pieces if p.start_ms - reach_ms < at_ms < p.end_ms + reach_ms]


_REST = shape_of("sil")
_BELLS_MS = np.full(SHAPE_SIZE, BELL_MS)
_BELLS_MS[JAW] = JAW_BELL_MS
_TEETH_ON_LIP = shape_of("FF")[OPEN]


def _timed(mark: Mark, targets: tuple[Target, ...]) -> list[tuple[float, float, Target]]:
    """A mark's targets one after the other in its time."""
    step_ms = max(mark.end_ms - mark.start_ms, 1.0) / len(targets)
    return [(mark.start_ms + i * step_ms, mark.start_ms + (i + 1) * step_ms, t) for i, t in enumerate(targets)]


def _piece_of_sounds(start_ms: float, audio: AudioChunk, sounds: list[tuple[float, float, Target]]) -> _Piece:
    sounds = sorted((s for s in sounds if s[2].viseme != "sil"), key=lambda sound: sound[0])
    seals = [
        ((begin + end) / 2 + start_ms, max(_PLATEAU_MS, 0.35 * (end - begin)), PRESS if t.viseme == "PP" else TUCK)
        for begin, end, t in sounds
        if t.viseme in ("PP", "FF")
    ]
    return _Piece(
        start_ms=start_ms,
        end_ms=start_ms + audio.duration_ms,
        starts_ms=np.array([start_ms + s[0] for s in sounds], np.float64),
        ends_ms=np.array([start_ms + s[1] for s in sounds], np.float64),
        shapes=np.array([s[2].shape for s in sounds], np.float32).reshape(-1, SHAPE_SIZE),
        dominances=np.array([s[2].dominance for s in sounds], np.float32).reshape(-1, SHAPE_SIZE),
        seals=np.array(seals, np.float64).reshape(-1, 3),
        loud=loudness(audio),
    )


def _piece_of_audio(start_ms: float, audio: AudioChunk) -> _Piece:
    shapes, loud = shapes_from_sound(audio)
    starts_ms = start_ms + np.arange(len(loud), dtype=np.float64) * STEP_MS
    return _Piece(
        start_ms=start_ms,
        end_ms=start_ms + audio.duration_ms,
        starts_ms=starts_ms,
        ends_ms=starts_ms + STEP_MS,
        shapes=shapes,
        dominances=np.ones_like(shapes),
        seals=np.zeros((0, 3)),
        loud=loud,
    )


def _cut_piece(piece: _Piece, at_ms: float) -> _Piece:
    sounds = int(np.searchsorted(piece.starts_ms, at_ms + CLOSE_MS))  # the lips fade out of what they were about to do
    steps = max(0, int((at_ms - piece.start_ms) / STEP_MS))
    return replace(
        piece,
        end_ms=min(piece.end_ms, at_ms),
        starts_ms=piece.starts_ms[:sounds],
        ends_ms=piece.ends_ms[:sounds],
        shapes=piece.shapes[:sounds],
        dominances=piece.dominances[:sounds],
        seals=piece.seals[piece.seals[:, 0] < at_ms + CLOSE_MS],
        loud=piece.loud[:steps],
        muted_from_ms=min(piece.muted_from_ms, at_ms),
    )


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
