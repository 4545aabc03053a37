"""What feelings do to a face, as data, and how they come and go.

An expression is a float32 vector of `SIZE` numbers, added to a face at rest. A face plays one style all the time and
cues for a moment each; `Mood` says what is shown when, as a pure function of the time and of the cues known.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from visavis.renderers import visemes
from visavis.renderers.arrays import Floats

Expression: TypeAlias = Floats

BROW, INNER, FURROW, SIDE, LID, SQUINT, CHEEK, SMILE, OPEN, TEETH, NOD, TILT, GAZE_Y, LIVELY, LAUGH = range(15)
"""Brows up, their inner ends up, drawn together, one higher than the other; upper lid wide (1) or heavy (-1), lower
lid raised, cheeks raised; corners of the mouth up or down, lips parted, teeth shown; head down (radians), to the
side (radians), eyes down; how much more than usual everything moves, and the shaking of laughter."""

SIZE = 15

_TABLE: dict[str, dict[int, float]] = {
    "happy": {BROW: 0.22, CHEEK: 0.7, SQUINT: 0.40, SMILE: 0.50, OPEN: 0.12, TEETH: 0.9, NOD: -0.015, LIVELY: 0.30},
    "warm": {INNER: 0.22, CHEEK: 0.45, SQUINT: 0.32, SMILE: 0.30, TILT: 0.05, NOD: 0.012},
    "playful": {
        BROW: 0.20, SIDE: 0.75, CHEEK: 0.35, SQUINT: 0.25, SMILE: 0.40, TILT: -0.085, NOD: 0.01, LIVELY: 0.45,
    },
    "supportive": {INNER: 0.50, BROW: 0.10, SMILE: 0.14, SQUINT: 0.12, TILT: 0.07, NOD: 0.030, LIVELY: -0.1},
    "sad": {INNER: 1.0, LID: -0.45, SMILE: -1.00, GAZE_Y: 0.30, NOD: 0.060, TILT: 0.03, LIVELY: -0.5},
    "angry": {FURROW: 1.0, BROW: -0.35, LID: 0.10, SQUINT: 0.55, SMILE: -1.00, NOD: 0.045, LIVELY: 0.2},
    "distressed": {INNER: 0.95, FURROW: 0.5, LID: 0.45, SMILE: -0.95, OPEN: 0.12, TEETH: 0.5, NOD: -0.01, LIVELY: 0.4},
    "laughter": {
        BROW: 0.30, CHEEK: 1.0, SQUINT: 0.85, LID: -0.30, SMILE: 0.55, OPEN: 0.50, TEETH: 1.0, NOD: -0.040,
        LIVELY: 0.5, LAUGH: 1.0,
    },
    "curious": {BROW: 0.50, SIDE: 0.45, LID: 0.30, SMILE: 0.05, TILT: 0.095, NOD: 0.020},
    "concerned": {INNER: 0.80, FURROW: 0.45, SMILE: -0.70, TILT: 0.045, NOD: 0.020, LIVELY: -0.2},
    "surprised": {BROW: 1.0, LID: 1.0, SMILE: -0.45, OPEN: 0.42, NOD: -0.045, LIVELY: -0.2},
}  # fmt: skip

STYLES = ("happy", "warm", "playful", "supportive", "sad", "angry", "distressed")
CUES = tuple(_TABLE)
LIMITS = (-1.35, 1.20)  # of any part of an expression, however strongly it is felt

_RISE_MS, _HOLD_MS, _FALL_MS = 280.0, 1900.0, 900.0
_CUES_MAX = 8


def expression_of(name: str) -> Expression:
    """The full expression of a style or a cue."""
    result = np.zeros(SIZE, np.float32)
    for index, amount in _TABLE[name].items():
        result[index] = amount
    return result


def gain_of(expressivity: float) -> float:
    """How strongly feelings are shown: 1 at the usual 0.5, almost nothing at 0."""
    return 0.10 + 1.8 * min(1.0, max(0.0, expressivity))


@dataclass(frozen=True, slots=True)
class _Cue:
    start_ms: float
    shape: Expression

    def share(self, at_ms: float) -> float:
        since_ms = at_ms - self.start_ms
        return _ease(since_ms / _RISE_MS) * (1 - _ease((since_ms - _RISE_MS - _HOLD_MS) / _FALL_MS))


class Mood:
    """One face's style and its cues; an unknown style or cue is no feeling at all."""

    def __init__(self, style: str, expressivity: float) -> None:
        self._gain = gain_of(expressivity)
        self._style = self._strength(style)
        self._cues: list[_Cue] = []

    def cue(self, tag: str, at_ms: float) -> None:
        """Show this feeling for about three seconds from `at_ms` on."""
        if tag in _TABLE:
            self._cues = [*self._cues, _Cue(at_ms, self._strength(tag))][-_CUES_MAX:]

    def at(self, at_ms: float) -> Expression:
        """What is felt now; cues cover the style, later cues those before."""
        felt = self._style
        for cue in self._cues:
            if (share := cue.share(at_ms)) > 0:
                felt = felt * (1 - share) + cue.shape * share
        return felt

    def _strength(self, name: str) -> Expression:
        if name not in _TABLE:
            return np.zeros(SIZE, np.float32)
        return np.clip(expression_of(name) * self._gain, *LIMITS).astype(np.float32)


def laughing(amount: float, at_ms: float) -> float:
    """The shaking of somebody who laughs, -1 to 1."""
    return amount * math.sin(2 * math.pi * 4.6 * at_ms / 1000)


def _ease(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def felt_mouth(mouth: visemes.Shape, felt: Expression) -> visemes.Shape:
    """A mouth that speaks while it laughs or gapes; lips that must meet for a sound still meet."""
    if not felt[OPEN] and not felt[TEETH]:
        return mouth
    free = 1.0 - max(float(mouth[visemes.PRESS]), float(mouth[visemes.TUCK]))
    mouth = mouth.copy()
    mouth[visemes.OPEN] += free * max(0.0, float(felt[OPEN]) - 0.6 * float(mouth[visemes.OPEN]))
    mouth[visemes.JAW] += free * max(0.0, 0.8 * float(felt[OPEN]) - 0.6 * float(mouth[visemes.JAW]))
    mouth[visemes.UPPER_TEETH] = max(float(mouth[visemes.UPPER_TEETH]), free * float(felt[TEETH]))
    return mouth
