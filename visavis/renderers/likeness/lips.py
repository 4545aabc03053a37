"""How lips, chin and cheeks move: two layers of displacement, one above the line between the lips and one below it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from visavis.renderers.arrays import Floats
from visavis.renderers.likeness.measures import (
    CHIN,
    LIPS,
    LOWER_INNER,
    LOWER_OUTER,
    NOSE_BASE,
    UPPER_INNER,
    UPPER_OUTER,
    Face,
    Upright,
)
from visavis.renderers.likeness.splines import fitted, step

Side = Literal["upper", "lower"]
OPEN, DROP, WIDE, ROUND, TUCK, PRESS, SMILE, ARCH = range(8)
"""Bases of the mouth; weights are 0 to 1, WIDE also goes to -1. OPEN parts the lips, DROP is the chin without them,
ARCH parts rounded lips a little further in their middle."""
BASES = 8

_REACH, _ABOVE, _BELOW = 1.25, 0.12, 0.60  # of the fields: sideways, above the nose's base and below the chin
_FADE = 0.28
_STIFFNESS = 2e-3


@dataclass(frozen=True, slots=True)
class Lips:
    """The mouth in its own plane: unit 1 is its width, all points (n, 2)."""

    plane: Upright
    upper_inner: Floats
    lower_inner: Floats
    upper_outer: Floats
    lower_outer: Floats
    ring: Floats  # skin around the lips, down to the neck
    nose_y: float
    chin_y: float

    @classmethod
    def of(cls, face: Face) -> "Lips":
        plane = face.mouth
        local = plane.local(face.points[:, :2])
        nose_y, chin_y = float(local[NOSE_BASE, 1]), float(local[CHIN, 1])
        lips = local[list(LIPS)]
        skin = [point for index, point in enumerate(local) if index not in LIPS and abs(point[0]) < _REACH]
        skin = [p for p in skin if nose_y - _ABOVE < p[1] and np.hypot(*(lips - p).T).min() > 0.13]
        neck = [(x, chin_y + y) for x in np.linspace(-0.8, 0.8, 5) for y in (0.14, 0.32, 0.55)]
        return cls(
            plane,
            *(local[list(part)] for part in (UPPER_INNER, LOWER_INNER, UPPER_OUTER, LOWER_OUTER)),
            ring=np.array(skin[::2] + neck, np.float32),
            nose_y=nose_y,
            chin_y=chin_y,
        )

    def rect(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the smallest box of whole pixels around everything that can move."""
        top, bottom = self.nose_y - _ABOVE, self.chin_y + _BELOW
        corners = self.plane.picture(np.array([(x, y) for x in (-_REACH, _REACH) for y in (top, bottom)]))
        low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
        return max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1]))

    def fade(self, at: Floats) -> Floats:
        """1 in the middle of the fields, 0 at their borders."""
        x, y = np.abs(at[..., 0]), at[..., 1]
        top, bottom = self.nose_y - _ABOVE, self.chin_y + _BELOW
        return step(_REACH - x, 0, _FADE) * step(y, top, top + 0.5 * _FADE) * step(bottom - y, 0, _FADE)


def layer_field(lips: Lips, at: Floats, inner: Floats, outer: Floats, ring: Floats, side: Side) -> Floats:
    """One layer's displacement (..., k) at places (..., 2), given those of its lip's edges and the skin around."""
    edges = (lips.upper_inner, lips.upper_outer) if side == "upper" else (lips.lower_inner, lips.lower_outer)
    values = np.concatenate([inner, outer, ring])
    return fitted(np.concatenate([*edges, lips.ring]), values, _STIFFNESS, at) * lips.fade(at)[..., None]


def bases(lips: Lips, at: Floats) -> tuple[Floats, Floats]:
    """(BASES, ..., 2) of the upper and of the lower layer: how each moves what is seen at `at`, in the mouth's unit."""
    fields: list[Floats] = []
    moves = [_moves(lips, base) for base in range(BASES)]
    sides: tuple[Side, Side] = ("upper", "lower")
    for index, side in enumerate(sides):
        inner, outer = (np.concatenate([move[index][part] for move in moves], axis=1) for part in (0, 1))
        ring = np.concatenate([move[2] for move in moves], axis=1)
        field = layer_field(lips, at, inner, outer, ring, side)
        fields.append(np.moveaxis(field.reshape(*at.shape[:-1], BASES, 2), -2, 0))
    # beyond the corners there is only one skin
    apart = 1 - step(np.abs(at[..., 0]), 0.50, 0.66)[..., None]
    both = (fields[0] + fields[1]) / 2
    return both + (fields[0] - both) * apart, both + (fields[1] - both) * apart


Edges = tuple[Floats, Floats]  # of a lip: its inner and its outer edge


def _moves(lips: Lips, base: int) -> tuple[Edges, Edges, Floats]:
    """Displacements of the upper lip, the lower lip and the skin around them."""
    across = np.linspace(-1, 1, 11)
    zero, full = np.zeros(11), np.power(1 - np.square(across), 0.85)
    bell, ends = np.cos(across * np.pi / 2), np.power(np.abs(across), 2.2)
    skin = np.zeros_like(lips.ring)

    def lip(x: Floats, inner_y: Floats, outer_y: Floats) -> Edges:
        return np.column_stack([x, inner_y]), np.column_stack([x, outer_y])

    if base == OPEN:
        corner = 0.17 * np.square(across)
        upper = lip(-0.105 * across, -0.06 * bell + corner, -0.05 * bell + corner)
        return upper, lip(-0.105 * across, 0.33 * full + corner, 0.31 * full + corner), _cheeks(lips, -0.05, 0.09)
    if base == DROP:
        return lip(zero, zero, zero), lip(zero, zero, zero), np.column_stack([skin[:, 0], 0.30 * _jaw(lips)])
    if base == WIDE:
        upper = lip(0.09 * across, -0.02 * ends, -0.02 * ends)
        return upper, upper, _cheeks(lips, 0.07, -0.015)
    if base == ROUND:
        x = -0.17 * across
        corner = 0.06 * np.square(across)
        inner = corner - 0.01 * bell  # rounded lips can meet
        return lip(x, inner, inner - 0.05 * bell), lip(x, inner, inner + 0.055 * bell), _cheeks(lips, -0.11, 0.035)
    if base == ARCH:
        return lip(zero, -0.05 * bell, -0.045 * bell), lip(zero, 0.04 * bell, 0.035 * bell), skin
    if base == TUCK:
        return lip(zero, -0.02 * bell, -0.015 * bell), lip(zero, -0.055 * bell, -0.03 * bell), skin
    if base == PRESS:
        return lip(zero, zero, 0.022 * bell), lip(zero, zero, -0.035 * bell), skin
    upper = lip(0.055 * across, -0.075 * ends, -0.075 * ends)
    return upper, upper, _cheeks(lips, 0.05, -0.04)


def _jaw(lips: Lips) -> Floats:
    """How much each piece of skin hangs on the jaw: all of the chin, less of the cheeks, none of the neck."""
    x, y = np.abs(lips.ring[:, 0]), lips.ring[:, 1]
    falls = step(y, -0.05, float(lips.lower_outer[:, 1].max()) + 0.12)
    return falls * (1 - step(x, 0.40, 1.15)) * (1 - step(y, lips.chin_y + 0.05, lips.chin_y + 0.5))


def _cheeks(lips: Lips, outwards: float, down: float) -> Floats:
    """Skin beside the corners of the mouth."""
    x, y = lips.ring[:, 0], lips.ring[:, 1]
    near = np.exp(-(np.square(np.abs(x) - 0.55) + np.square(y)) / 0.14)
    return np.column_stack([np.sign(x) * outwards * near, down * near])
