"""What moves what: displacement bases of a head and its body, from the same anatomy that painted them."""

import numpy as np

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing import anatomy
from visavis.renderers.person import Person

YAW, PITCH, ROLL, SHIFT_X, LEAN, HAIR, BREATH, JAW, BROW, BROW_TILT, INNER, FURROW, CHEEK, SMILE, PUCKER = range(15)
"""Bases. Weights are radians for the first three, design units for SHIFT_X, and 0 to 1 or -1 to 1 for the others."""
BASES = 15
HEAD = slice(YAW, BREATH)  # those that carry the mouth along

REACH, LOWEST = 162.0, 470.0  # nothing further from the middle or further down ever moves

_PIVOT_Y = 345.0  # a head turns and nods on its neck


def _step(x: Floats) -> Floats:
    x = np.clip(x, 0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)


def _bell(x: Floats, y: Floats, at_x: float, at_y: float, reach_x: float, reach_y: float) -> Floats:
    return np.exp(-0.5 * (np.square((x - at_x) / reach_x) + np.square((y - at_y) / reach_y))).astype(np.float32)


def bases(person: Person, nodes: Floats) -> Floats:
    """(BASES, ..., 2): how many units each base moves what is seen at `nodes` (..., 2)."""
    x, y = nodes[..., 0], nodes[..., 1]
    result = np.zeros((BASES, *nodes.shape), np.float32)
    away = np.hypot(x / 118, (y - 200) / 150)
    head = _step((1.42 - away) / 0.55) * _step((385 - y) / 75)  # 1 on head and hair, 0 on shoulders and backdrop
    inside = np.clip(1 - np.square(x / 92) - np.square((y - 200) / 132), 0, 1)
    depth = anatomy.DEPTH * np.sqrt(inside) + 16 * _bell(x, y, 0, 236, 16, 20)
    result[YAW, ..., 0] = depth * head
    result[PITCH, ..., 1] = (depth + 0.30 * (_PIVOT_Y - y)) * head
    result[ROLL, ..., 0] = -(y - _PIVOT_Y) * head
    result[ROLL, ..., 1] = x * head
    result[SHIFT_X, ..., 0] = head
    result[LEAN, ..., 0] = 0.014 * x * head
    result[LEAN, ..., 1] = 0.014 * (y - _PIVOT_Y) * head
    hair = _step((np.abs(x) - 52) / 30) * _step((y - 190) / 130) * _step((440 - y) / 60) * _step((150 - np.abs(x)) / 40)
    result[HAIR, ..., 0] = 70 * hair
    chest = _step((y - 330) / 70) * _step((LOWEST - y) / 60)
    result[BREATH, ..., 1] = -2.2 * chest - 0.5 * head
    _face(result, person, x, y)
    return result * _step((REACH - np.abs(x)) / 30)[..., None]


def _face(result: Floats, person: Person, x: Floats, y: Floats) -> None:
    chin, brow_y, eye_x, mouth_y = person.head.chin_y, person.brows.y, person.eyes.x, person.lips.y
    centre = _step((y - (mouth_y - 8)) / 24)  # the upper lip stays where it is
    cheek = _step((y - 208) / 100)  # the jaw hangs on a joint before the ears
    outer = _step((np.abs(x) - 18) / 32)
    drop = (centre * (1 - outer) + cheek * outer) * _step((chin + 56 - y) / 44) * _step((104 - np.abs(x)) / 44)
    result[JAW, ..., 1] = 13.5 * drop
    result[JAW, ..., 0] = -0.05 * x * drop
    worn = person.glasses is not None  # frames do not bend when brows and cheeks move
    above = 0.75 * _step((person.eyes.y - 19 - y) / 9) if worn else np.float32(1)
    under = _step((y - person.eyes.y - 24) / 10) if worn else np.float32(1)
    for side in (-1, 1):
        over_eye = _bell(x, y, side * eye_x, brow_y, 24, 13) * above
        inner = _bell(x, y, side * (eye_x - 17), brow_y, 12, 11) * above
        outside = _bell(x, y, side * (eye_x + 18), brow_y + 2, 13, 12) * above
        result[BROW, ..., 1] += -6.5 * over_eye
        result[BROW_TILT, ..., 1] += -5.0 * side * over_eye
        result[INNER, ..., 1] += -7.5 * inner + 3.0 * outside
        result[INNER, ..., 0] += -1.4 * side * inner
        result[FURROW, ..., 1] += 6.5 * inner - 2.0 * outside
        result[FURROW, ..., 0] += -3.6 * side * inner
        result[CHEEK, ..., 1] += -4.5 * _bell(x, y, side * 42, 236, 20, 14) * under
        cheek = _bell(x, y, side * 38, mouth_y - 13, 20, 20)
        result[SMILE, ..., 1] += -4.5 * cheek
        result[SMILE, ..., 0] += 2.4 * side * cheek
        result[PUCKER, ..., 0] += -3.0 * side * _bell(x, y, side * 30, mouth_y + 3, 16, 20)
