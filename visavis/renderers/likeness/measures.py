"""The measured face: which points of the net are lips, lids and brows, and a plane that is upright for that face."""

from dataclasses import dataclass

import numpy as np

from visavis.renderers.arrays import Floats

# from the viewer's left to right; the first and last of inner and outer lips are the corners
UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
UPPER_LIDS = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (362, 398, 384, 385, 386, 387, 388, 466, 263))
LOWER_LIDS = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (336, 296, 334, 293, 300, 285, 295, 282, 283, 276))
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
NOSE_BASE, CHIN, FOREHEAD, LEFT_CHEEK, RIGHT_CHEEK = 2, 152, 10, 234, 454
LIPS = frozenset((*UPPER_INNER, *LOWER_INNER, *UPPER_OUTER, *LOWER_OUTER))


@dataclass(frozen=True, slots=True)
class Upright:
    """A plane with its own origin, directions and unit (pixels); x goes right and y down for the face."""

    origin: Floats
    right: Floats
    unit_px: float

    @property
    def axes(self) -> Floats:
        """(2, 2): rows are where x and y point in the picture."""
        return np.array([self.right, [-self.right[1], self.right[0]]], np.float32)

    def local(self, points: Floats) -> Floats:
        return ((points - self.origin) @ self.axes.T / self.unit_px).astype(np.float32)

    def picture(self, points: Floats) -> Floats:
        return (points @ self.axes * self.unit_px + self.origin).astype(np.float32)

    def vectors(self, local: Floats) -> Floats:
        """Displacements (..., 2) of this plane in pixels."""
        return (local @ self.axes * self.unit_px).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Face:
    """The net of one face, (468, 3) in pixels of its picture, and its irises (2, 3): x, y, radius."""

    points: Floats
    irises: Floats

    def at(self, indices: tuple[int, ...]) -> Floats:
        return self.points[list(indices), :2]

    @property
    def right(self) -> Floats:
        across = self.points[UPPER_LIDS[1][-1], :2] - self.points[UPPER_LIDS[0][0], :2]
        return (across / np.hypot(*across)).astype(np.float32)

    @property
    def width(self) -> float:
        return float(np.hypot(*(self.points[RIGHT_CHEEK, :2] - self.points[LEFT_CHEEK, :2])))

    @property
    def height(self) -> float:
        return float(np.hypot(*(self.points[CHIN, :2] - self.points[FOREHEAD, :2])))

    @property
    def eyes_apart(self) -> float:
        """From the middle of one eye to the middle of the other."""
        left, right = (self.at((lid[0], lid[-1])).mean(axis=0) for lid in UPPER_LIDS)
        return float(np.hypot(*(right - left)))

    @property
    def mouth(self) -> Upright:
        """Its origin is between the corners of the lips, its unit their distance."""
        left, right = self.points[UPPER_OUTER[0], :2], self.points[UPPER_OUTER[-1], :2]
        return Upright((left + right) / 2, self.right, float(np.hypot(*(right - left))))

    @property
    def head(self) -> Upright:
        """Its origin is the middle of the face's outline, its unit the width of the face."""
        return Upright(self.at(OVAL).mean(axis=0), self.right, self.width)
