"""Runs of speech as a face needs them: which mouth shape when, where lips must meet, and how loud it is.

A piece comes from a voice's marks, from the times of its words and its sound, or from its sound alone. Either way
mouths open further for what is said louder.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from visavis.core.frames import AudioChunk, Mark
from visavis.renderers.arrays import Floats
from visavis.renderers.sound import STEP_MS, loudness
from visavis.renderers.visemes import JAW, OPEN, PRESS, SHAPE_SIZE, TUCK, Target, targets_of_phone, targets_of_viseme
from visavis.renderers.word_sounds import Sound, sounds_of_words

CLOSE_MS = 70.0  # after a cut the mouth is shut within this, less than two frames
MET = 0.30  # how sure an ear must be that lips meet
_PLATEAU_MS = 24.0  # half of how long a bilabial stays shut at least: longer than half a frame, so one frame shows it
_MUMBLED = 0.2  # how far mouths open for quiet sounds, beside what a sound asks for
_AUDIBLE = 6.0  # what is quieter than one part in this many of the loudest does not open a mouth that goes by ear
_OPENING = np.isin(np.arange(SHAPE_SIZE), (OPEN, JAW))


@dataclass(frozen=True, slots=True)
class Piece:
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


def piece_of_marks(start_ms: float, audio: AudioChunk, marks: Sequence[Mark], usual: float) -> Piece | None:
    """From marks of sounds, phones before visemes; None without any. `usual` is how loud this voice is."""
    for kind, lookup in (("phone", targets_of_phone), ("viseme", targets_of_viseme)):
        chosen = [mark for mark in marks if mark.kind == kind]
        if chosen:
            return _piece_of_sounds(start_ms, audio, [p for m in chosen for p in _timed(m, lookup(m.text))], usual)
    return None


def piece_of_words(start_ms: float, audio: AudioChunk, words: Sequence[Mark], heard: Floats, usual: float) -> Piece:
    """From the times of words and the shapes that were heard, one for every `STEP_MS`."""
    return _piece_of_sounds(start_ms, audio, sounds_of_words(words, heard), usual)


def _timed(mark: Mark, targets: tuple[Target, ...]) -> list[Sound]:
    """A mark's targets one after the other in its time."""
    step_ms = max(mark.end_ms - mark.start_ms, 1.0) / len(targets)
    return [(mark.start_ms + i * step_ms, mark.start_ms + (i + 1) * step_ms, t) for i, t in enumerate(targets)]


def _piece_of_sounds(start_ms: float, audio: AudioChunk, sounds: list[Sound], usual: float) -> Piece:
    sounds = sorted((s for s in sounds if s[2].viseme != "sil"), key=lambda sound: sound[0])
    seals = [
        ((begin + end) / 2 + start_ms, max(_PLATEAU_MS, 0.35 * (end - begin)), PRESS if t.viseme == "PP" else TUCK)
        for begin, end, t in sounds
        if t.viseme in ("PP", "FF")
    ]
    loud = loudness(audio)
    starts_ms, ends_ms = np.array([s[0] for s in sounds], np.float64), np.array([s[1] for s in sounds], np.float64)
    shapes = np.array([s[2].shape for s in sounds], np.float32).reshape(-1, SHAPE_SIZE)
    return Piece(
        start_ms=start_ms,
        end_ms=start_ms + audio.duration_ms,
        starts_ms=start_ms + starts_ms,
        ends_ms=start_ms + ends_ms,
        shapes=_stressed(shapes, _mean(loud, starts_ms, ends_ms), usual),
        dominances=np.array([s[2].dominance for s in sounds], np.float32).reshape(-1, SHAPE_SIZE),
        seals=np.array(seals, np.float64).reshape(-1, 3),
        loud=loud,
    )


def piece_by_ear(start_ms: float, audio: AudioChunk, shapes: Floats, usual: float) -> Piece:
    """From the shapes that were heard, one for every `STEP_MS`."""
    loud = loudness(audio)
    count = min(len(shapes), len(loud))  # resampling may have made one more, or one less
    shapes = _by_ear(shapes[:count], loud[:count], usual)
    starts_ms = start_ms + np.arange(count, dtype=np.float64) * STEP_MS
    return Piece(
        start_ms=start_ms,
        end_ms=start_ms + audio.duration_ms,
        starts_ms=starts_ms,
        ends_ms=starts_ms + STEP_MS,
        shapes=shapes,
        dominances=np.ones_like(shapes),
        seals=_seals_of_steps(starts_ms, shapes),
        loud=loud,
    )


def revised(piece: Piece, shapes: Floats, usual: float) -> Piece:
    """The same piece after its last steps were understood better."""
    count = min(len(shapes), len(piece.shapes))
    if count:
        piece.shapes[-count:] = _by_ear(shapes[-count:], piece.loud[len(piece.shapes) - count :][:count], usual)
    return replace(piece, seals=_seals_of_steps(piece.starts_ms, piece.shapes))


def cut_off(piece: Piece, at_ms: float) -> Piece:
    """What is left of it when nothing after `at_ms` is heard; the lips fade out of what they were about to do."""
    sounds = int(np.searchsorted(piece.starts_ms, at_ms + CLOSE_MS))
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


def _by_ear(shapes: Floats, loud: Floats, usual: float) -> Floats:
    audible = np.clip(loud * _AUDIBLE, 0, 1)[:, None]
    return (_stressed(shapes, loud, usual) * audible).astype(np.float32)


def _stressed(shapes: Floats, loud: Floats, usual: float) -> Floats:
    """Mouths open wider for what is said louder, and mumble what is not; `loud` has one value for each shape."""
    gain = _MUMBLED + (1 - _MUMBLED) * np.square(np.minimum(1.0, loud / usual))
    return (shapes * np.where(_OPENING, gain[:, None], 1.0)).astype(np.float32)


def _mean(loud: Floats, starts_ms: Floats, ends_ms: Floats) -> Floats:
    """Of the loudness between these times, counted from the beginning."""
    if not len(loud):
        return np.ones(len(starts_ms), np.float32)
    first = np.clip((starts_ms / STEP_MS).astype(int), 0, len(loud) - 1)
    last = np.clip(np.round(ends_ms / STEP_MS).astype(int), first + 1, len(loud))
    total = np.concatenate([[0], np.cumsum(loud)])
    return (total[last] - total[first]) / (last - first)


def _seals_of_steps(starts_ms: Floats, shapes: Floats) -> Floats:
    """Where lips seem to meet, as `_Piece.seals`: the steps of a run in which that is likelier than not."""
    sealed = np.flatnonzero(shapes[:, PRESS] > MET)
    runs = np.split(sealed, np.flatnonzero(np.diff(sealed) > 1) + 1) if len(sealed) else []
    middle_ms = [(starts_ms[run[0]] + starts_ms[run[-1]] + STEP_MS) / 2 for run in runs]
    half_ms = [max(_PLATEAU_MS, 0.35 * STEP_MS * len(run)) for run in runs]
    return np.array([(at, half, PRESS) for at, half in zip(middle_ms, half_ms, strict=True)]).reshape(-1, 3)
