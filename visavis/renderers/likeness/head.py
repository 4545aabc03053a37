"""How a photographed head moves on its neck: displacement bases from its net's depth and the outline of the person.

Everything is evaluated wherever it is asked for, so that what is painted on the face moves exactly with the face.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from visavis.renderers.arrays import Floats
from visavis.renderers.likeness.measures import BROWS, CHIN, OVAL, Face, Upright
from visavis.renderers.likeness.splines import fitted, resampled, step

YAW, PITCH, ROLL, SHIFT, LEAN, BREATH, BROW, BROW_TILT = range(8)
"""Bases. Weights are radians for the first three, widths of the face for SHIFT, and about -1 to 1 for the others."""
BASES = 8
STRONGEST = (0.15, 0.12, 0.08, 0.03, 1.0, 1.0, 1.0, 0.5)  # weights that a lively head reaches

_CELL_PX = 4
_BEHIND = 0.35  # hair and ears, as far behind the cheeks as shares of the face's width
_PIVOT = 0.45  # the axis of the neck, likewise
_REACH = 0.95, 1.70  # of the head around the middle of the face: all of it, none of it; in radii
_BACKDROP = 0.40  # how far beside a person the backdrop stretches, in widths of the face


@dataclass(frozen=True, slots=True)
class Head:
    """Maps in cells of `_CELL_PX` pixels of the picture: what is head, what is body, and how far away it is."""

    plane: Upright
    chin_y: float
    brows: tuple[Floats, Floats]
    rigid: Floats
    body: Floats
    depth: Floats  # pixels in front of the axis of the neck

    @classmethod
    def of(cls, face: Face, person: Floats) -> "Head":
        """`person` is 0 to 1, (h, w) like the picture."""
        size = -(-person.shape[1] // _CELL_PX) + 1, -(-person.shape[0] // _CELL_PX) + 1
        x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
        places = np.stack([x, y], axis=-1) * _CELL_PX
        plane = face.head
        local = plane.local(places)
        height = face.height / face.width
        away = np.hypot(local[..., 0] / 0.86, (local[..., 1] + 0.16 * height) / (0.86 * height))
        near = 1 - step(_beside(person, size, face.width), 0.04, 1.0)
        rows = np.arange(size[1], dtype=np.float32)[:, None] * _CELL_PX
        inside = step(rows, 0, 0.12 * face.width)  # nothing comes in from above the picture
        chin_y = float(plane.local(face.points[CHIN, :2])[1])
        brows = plane.local(face.at(BROWS[0])).mean(axis=0), plane.local(face.at(BROWS[1])).mean(axis=0)
        return cls(
            plane=plane,
            chin_y=chin_y,
            brows=brows,
            rigid=(1 - step(away, *_REACH)) * near * inside,
            body=step(local[..., 1], chin_y + 0.02, chin_y + 0.45) * near * (1 - step(np.abs(local[..., 0]), 0.9, 1.5)),
            depth=_depth(face, places, local),
        )

    def bases(self, at: Floats) -> Floats:
        """(BASES, ..., 2): by how many pixels each moves what is seen at these pixels (..., 2)."""
        shape = at.shape[:-1]
        flat = at.reshape(1, -1, 2)
        rigid, body, depth = (
            resampled(map_, flat[..., 0] / _CELL_PX, flat[..., 1] / _CELL_PX).reshape(shape)
            for map_ in (self.rigid, self.body, self.depth)
        )
        local, unit = self.plane.local(at), self.plane.unit_px
        x, below = local[..., 0], local[..., 1] - self.chin_y - 0.15
        result = np.zeros((BASES, *shape, 2), np.float32)
        result[YAW, ..., 0] = depth * rigid / unit
        result[PITCH, ..., 1] = (depth / unit - 0.25 * below) * rigid
        result[ROLL, ..., 0], result[ROLL, ..., 1] = -below * rigid, x * rigid
        result[SHIFT, ..., 0] = rigid
        result[LEAN, ..., 0], result[LEAN, ..., 1] = 0.014 * x * rigid, 0.014 * below * rigid
        result[BREATH, ..., 1] = -0.014 * body - 0.003 * rigid
        for side, (brow_x, brow_y) in zip((-1, 1), self.brows, strict=True):
            bell = np.exp(-np.square((x - brow_x) / 0.15) - np.square((local[..., 1] - brow_y + 0.02) / 0.085))
            result[BROW, ..., 1] -= 0.036 * bell
            result[BROW_TILT, ..., 1] -= 0.016 * side * bell
        return self.plane.vectors(result)


def _beside(person: Floats, size: tuple[int, int], face_px: float) -> Floats:
    """How far each cell is from the person, 1 at the distance at which the backdrop stands still."""
    small = cv2.resize(person, size, interpolation=cv2.INTER_AREA)
    outside = np.where(small < 0.5, 255, 0).astype(np.uint8)
    far = cv2.distanceTransform(outside, cv2.DIST_L2, 5) * (_CELL_PX / (_BACKDROP * face_px))
    return np.asarray(cv2.GaussianBlur(far, (0, 0), 1.5), np.float32)


def _depth(face: Face, places: Floats, local: Floats) -> Floats:
    unit = face.width
    hull = cv2.convexHull(face.at(OVAL).astype(np.float32) / _CELL_PX)
    mask = np.zeros(places.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(hull).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.07 * unit / _CELL_PX).astype(np.float32) / 255
    soft = step(soft, 0.25, 0.95)
    known = face.head.local(face.points[::3, :2])
    front = fitted(known, -face.points[::3, 2:] / unit, 5e-3, local)[..., 0]
    front = np.clip(front, -_BEHIND, 0.6)
    depth = (front * soft - _BEHIND * (1 - soft) + _PIVOT) * unit
    return np.asarray(cv2.GaussianBlur(depth.astype(np.float32), (0, 0), 0.02 * unit / _CELL_PX + 0.6), np.float32)
