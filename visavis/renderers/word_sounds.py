"""When the sounds of a word are heard, if only the word's own time is known.

Its spelling says which sounds there are and in which order, the ear says what each moment sounds like; the cheapest way
through both says when each sound is made.
"""

from collections.abc import Sequence

import numpy as np

from visavis.core.frames import Mark
from visavis.renderers.arrays import Floats
from visavis.renderers.lips_from_sound import STEP_MS
from visavis.renderers.spelling import phones_of
from visavis.renderers.visemes import (
    OPEN,
    PRESS,
    ROUND,
    SHAPE_SIZE,
    TUCK,
    UPPER_TEETH,
    WIDE,
    Target,
    targets_of_phone,
)

Sound = tuple[float, float, Target]
"""Start and end in milliseconds, and what the mouth does."""

_HEARD = "heard"  # a sound that is known by ear alone
# how much each part of a shape says about which sound it is; the ear is surest of these
_TELLS = np.zeros(SHAPE_SIZE, np.float32)
_TELLS[[OPEN, PRESS, ROUND, WIDE, UPPER_TEETH, TUCK]] = 2.0, 3.0, 1.0, 1.0, 0.5, 1.0


def sounds_of_words(words: Sequence[Mark], heard: Floats) -> list[Sound]:
    """`heard` is a shape for every `STEP_MS` of the sound the words belong to. Words nobody can spell go by ear."""
    sounds: list[Sound] = []
    for word in words:
        first = max(0, round(word.start_ms / STEP_MS))
        last = min(len(heard), max(first + 1, round(word.end_ms / STEP_MS)))
        targets = [target for phone in phones_of(word.text) for target in targets_of_phone(phone)]
        if not targets:
            sounds += [_by_ear(at, heard[at]) for at in range(first, last)]
        elif last - first < len(targets):
            sounds += _evenly(word, targets)
        else:
            borders = aligned(targets, heard[first:last]) + first
            sounds += [(float(borders[i]) * STEP_MS, float(borders[i + 1]) * STEP_MS, t) for i, t in enumerate(targets)]
    return sounds


def aligned(targets: Sequence[Target], heard: Floats) -> Floats:
    """The borders (n + 1) of n targets in at least n steps, in steps: each has one or more, none is left over."""
    count, steps = len(targets), len(heard)
    aims = np.stack([target.shape for target in targets])
    costs = (np.square(aims[:, None] - heard[None]) * _TELLS).sum(axis=2)
    paid = np.full(count, np.inf)
    paid[0] = costs[0, 0]
    moved = np.zeros((steps, count), bool)
    for step in range(1, steps):
        before = np.concatenate([[np.inf], paid[:-1]])
        moved[step] = before < paid
        paid = np.minimum(paid, before) + costs[:, step]
    borders = np.zeros(count + 1)
    borders[count] = steps
    target = count - 1
    for step in range(steps - 1, 0, -1):
        if moved[step, target]:
            borders[target] = step
            target -= 1
    return borders


def _evenly(word: Mark, targets: Sequence[Target]) -> list[Sound]:
    step_ms = max(word.end_ms - word.start_ms, 1.0) / len(targets)
    return [(word.start_ms + i * step_ms, word.start_ms + (i + 1) * step_ms, t) for i, t in enumerate(targets)]


def _by_ear(step: int, shape: Floats) -> Sound:
    return step * STEP_MS, (step + 1) * STEP_MS, Target(_HEARD, shape, np.ones(SHAPE_SIZE, np.float32))
