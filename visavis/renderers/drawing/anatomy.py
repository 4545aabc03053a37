"""How a head is built: outline, landmarks and relief, in design units (a 720x480 frame is 480 units tall)."""

from dataclasses import dataclass

from visavis.renderers.drawing.brush import Point
from visavis.renderers.drawing.skin import Bump

EYE_X, EYE_Y = 37.0, 200.0
BROW_Y = 170.0
NOSE_Y = 241.0
MOUTH_Y = 273.0
FACE_CENTRE: Point = (0.0, 206.0)
DEPTH = 66.0  # how far the middle of the face stands before its outline


@dataclass(frozen=True, slots=True)
class Build:
    """One kind of head. `profile` is (y, half width) from crown to chin; lengths in design units."""

    profile: tuple[tuple[float, float], ...]
    relief: tuple[Bump, ...]
    chin_y: float
    neck: float
    shoulder: float
    brow_thick: float

    def outline(self) -> list[Point]:
        """Clockwise from the crown."""
        right = [(half, y) for y, half in self.profile]
        left = [(-half, y) for y, half in reversed(self.profile) if half > 0]
        return right + left


_FACE = (
    Bump(35, 198, 21, 13, 13, -8),
    Bump(36, 200, 15, 9.5, 9.5, 8),
    Bump(34, 174, 20, 7, 7, 2.5),
    Bump(0, 204, 7.5, 26, 30, 8),
    Bump(0, 238, 10, 17, 7, 13),
    Bump(11.5, 243, 5, 6, 4.5, 6),
    Bump(45, 236, 21, 17, 20, 6),
    Bump(0, 272, 29, 15, 16, 6),
    Bump(0, 256, 3.2, 6, 6, -1.3),
    Bump(0, 292, 17, 4.5, 4.5, -3.5),
    Bump(0, 304, 16, 8, 9, 6),
    Bump(70, 166, 13, 25, 25, -4),
)

SOFT = Build(
    profile=(
        (84, 0), (87, 24), (98, 48), (118, 66), (145, 76), (178, 80), (208, 79), (234, 73.5), (258, 63),
        (280, 48), (297, 32), (309, 17), (315, 7), (316, 0),
    ),
    relief=_FACE,
    chin_y=316,
    neck=31,
    shoulder=158,
    brow_thick=5.0,
)  # fmt: skip

STRONG = Build(
    profile=(
        (82, 0), (85, 26), (96, 51), (116, 69), (145, 78), (178, 81), (208, 80), (236, 77), (262, 70),
        (285, 57), (303, 40), (315, 24), (321, 11), (322, 0),
    ),
    relief=(*_FACE, Bump(33, 176, 22, 6, 6, 2.5), Bump(0, 310, 20, 9, 9, 3)),
    chin_y=322,
    neck=41,
    shoulder=184,
    brow_thick=8.0,
)  # fmt: skip
