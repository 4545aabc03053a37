"""Which mouth belongs to which speech sound: phones to visemes, visemes to mouth shapes.

A mouth shape is a float32 vector of `SHAPE_SIZE` numbers, indexed by the constants below. Everything here is data and
pure functions; how shapes follow each other in time is speech.py's business.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from visavis.renderers.arrays import Floats

Shape: TypeAlias = Floats

OPEN, JAW, WIDE, ROUND, UPPER_TEETH, LOWER_TEETH, TONGUE, TONGUE_OUT, TUCK, PRESS = range(10)
"""Gap between the lips, drop of the chin, spread of the corners (-1 to 1), protrusion, teeth shown above and below, tip
of the tongue raised and put between the teeth, lower lip under the upper teeth, lips pressed together. All but one go
from 0 to 1."""

SHAPE_SIZE = 10

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
NEUTRAL = "neutral"  # a sound nobody knows: a small, unremarkable opening

_SHAPES: dict[str, tuple[float, ...]] = {
    #         open  jaw   wide  round upper lower tong  out  tuck press
    "sil": (0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.20, 0.0, 0.0, 0.0),
    "PP": (0.00, 0.08, -0.05, 0.05, 0.00, 0.00, 0.20, 0.0, 0.0, 1.0),
    "FF": (0.22, 0.12, 0.10, 0.00, 0.90, 0.00, 0.20, 0.0, 1.0, 0.0),
    "TH": (0.26, 0.24, 0.12, 0.00, 0.80, 0.20, 0.80, 1.0, 0.0, 0.0),
    "DD": (0.24, 0.22, 0.20, 0.00, 0.90, 0.40, 0.85, 0.0, 0.0, 0.0),
    "kk": (0.29, 0.32, 0.10, 0.00, 0.60, 0.25, 0.35, 0.0, 0.0, 0.0),
    "CH": (0.28, 0.20, -0.20, 0.60, 0.95, 0.70, 0.35, 0.0, 0.0, 0.0),
    "SS": (0.20, 0.10, 0.45, 0.00, 1.00, 0.85, 0.35, 0.0, 0.0, 0.0),
    "nn": (0.24, 0.20, 0.18, 0.00, 0.75, 0.20, 0.90, 0.0, 0.0, 0.0),
    "RR": (0.30, 0.24, -0.15, 0.50, 0.55, 0.15, 0.50, 0.0, 0.0, 0.0),
    "aa": (1.00, 1.00, 0.05, 0.00, 0.60, 0.30, 0.10, 0.0, 0.0, 0.0),
    "E": (0.64, 0.52, 0.38, 0.00, 0.85, 0.25, 0.30, 0.0, 0.0, 0.0),
    "ih": (0.45, 0.26, 0.50, 0.00, 0.90, 0.30, 0.40, 0.0, 0.0, 0.0),
    "oh": (0.74, 0.72, -0.25, 0.65, 0.25, 0.05, 0.10, 0.0, 0.0, 0.0),
    "ou": (0.35, 0.30, -0.50, 1.00, 0.05, 0.00, 0.10, 0.0, 0.0, 0.0),
    NEUTRAL: (0.25, 0.22, 0.05, 0.05, 0.50, 0.10, 0.25, 0.0, 0.0, 0.0),
}

_DOMINANCE: dict[str, dict[int, float]] = {
    # How strongly a sound insists on each part of its shape against its neighbours; 1 unless listed. Consonants made
    # with the tongue leave the lips to the vowels around them, sounds made with the lips do not.
    "PP": {OPEN: 3.0, PRESS: 3.0, WIDE: 0.3, ROUND: 0.3},
    "FF": {OPEN: 2.5, TUCK: 3.0, UPPER_TEETH: 2.0, WIDE: 0.4, ROUND: 0.3},
    "TH": {TONGUE_OUT: 2.5, WIDE: 0.5, ROUND: 0.3},
    "DD": {WIDE: 0.35, ROUND: 0.25, TONGUE: 2.0},
    "nn": {WIDE: 0.35, ROUND: 0.25, TONGUE: 2.0},
    "kk": {WIDE: 0.3, ROUND: 0.2, OPEN: 0.7, JAW: 0.7},
    "SS": {OPEN: 1.6, JAW: 1.8, UPPER_TEETH: 2.0, LOWER_TEETH: 2.0},
    "CH": {ROUND: 1.6, UPPER_TEETH: 2.0, LOWER_TEETH: 2.0},
    "RR": {ROUND: 1.2, OPEN: 0.8},
    "aa": {OPEN: 1.3, JAW: 1.3},
    "oh": {ROUND: 1.6},
    "ou": {ROUND: 2.0, WIDE: 1.6},
}

_PHONES: dict[str, tuple[tuple[str, float], ...]] = {
    # Each phone is one viseme, or two in a row for diphthongs; the number scales how far the mouth opens for it.
    "pau": (("sil", 1.0),),
    "sil": (("sil", 1.0),),
    "ssil": (("sil", 1.0),),
    **{phone: (("PP", 1.0),) for phone in ("p", "b", "m", "em")},
    **{phone: (("FF", 1.0),) for phone in ("f", "v")},
    **{phone: (("TH", 1.0),) for phone in ("th", "dh")},
    **{phone: (("DD", 1.0),) for phone in ("t", "d", "dx", "q")},
    **{phone: (("nn", 1.0),) for phone in ("n", "l", "nx", "en", "el")},
    **{phone: (("kk", 1.0),) for phone in ("k", "g", "ng", "eng")},
    **{phone: (("kk", 0.9),) for phone in ("hh", "hv")},
    **{phone: (("CH", 1.0),) for phone in ("ch", "jh", "sh", "zh")},
    **{phone: (("SS", 1.0),) for phone in ("s", "z")},
    **{phone: (("RR", 1.0),) for phone in ("r", "er", "axr")},
    **{phone: (("ou", 1.0),) for phone in ("uw", "ux", "w", "wh")},
    "uh": (("ou", 1.15),),
    "aa": (("aa", 1.0),),
    "ae": (("aa", 0.85),),
    "ah": (("aa", 0.65),),
    "ax": (("E", 0.6),),
    "ax-h": (("E", 0.5),),
    "ao": (("oh", 1.1),),
    "eh": (("E", 1.0),),
    "ih": (("ih", 1.0),),
    "ix": (("ih", 0.8),),
    "iy": (("ih", 0.9),),
    "y": (("ih", 0.8),),
    "aw": (("aa", 0.9), ("ou", 1.0)),
    "ay": (("aa", 0.9), ("ih", 1.0)),
    "ey": (("E", 1.0), ("ih", 0.9)),
    "ow": (("oh", 1.0), ("ou", 1.0)),
    "oy": (("oh", 1.0), ("ih", 1.0)),
}

ARPABET = frozenset(_PHONES)
_VISEME_OF_LOWER = {name.lower(): name for name in VISEMES}
_STRESS = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class Target:
    """A shape to aim at and how much each of its numbers matters against its neighbours' (both of `SHAPE_SIZE`)."""

    viseme: str
    shape: Shape
    dominance: Shape


def shape_of(viseme: str) -> Shape:
    """The full, isolated shape of a viseme."""
    return np.array(_SHAPES[viseme], np.float32)


def _target(viseme: str, gain: float) -> Target:
    shape = shape_of(viseme)
    shape[[OPEN, JAW]] *= gain
    dominance = np.ones(SHAPE_SIZE, np.float32)
    for index, weight in _DOMINANCE.get(viseme, {}).items():
        dominance[index] = weight
    return Target(viseme, shape, dominance)


_TARGETS = {phone: tuple(_target(*part) for part in parts) for phone, parts in _PHONES.items()}
_NEUTRAL = (_target(NEUTRAL, 1.0),)
_VISEME_TARGETS = {viseme: (_target(viseme, 1.0),) for viseme in VISEMES}


def targets_of_phone(phone: str) -> tuple[Target, ...]:
    """What the mouth does for an ARPAbet phone, in order; stress digits and case do not matter."""
    return _TARGETS.get(_STRESS.sub("", phone.lower()), _NEUTRAL)


def targets_of_viseme(name: str) -> tuple[Target, ...]:
    """The same for a viseme's name; an unknown one gets the small neutral opening."""
    return _VISEME_TARGETS.get(_VISEME_OF_LOWER.get(name.lower(), ""), _NEUTRAL)
