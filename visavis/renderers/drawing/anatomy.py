"""How a head is built: outline, landmarks and relief, in design units (a 720x480 frame is about 440 units tall)."""

from dataclasses import dataclass

from visavis.renderers.drawing.brush import Point
from visavis.renderers.drawing.relief import Bump

EYE_X, EYE_Y = 37.5, 201.0
NOSE_Y = 241.0
MOUTH_Y = 271.0
FACE_CENTRE: Point = (0.0, 206.0)
DEPTH = 66.0  # how far the middle of the face stands before its outline


@dataclass(frozen=True, slots=True)
class Build:
    """One kind of head and body. `profile` is (y, half width) from crown to chin; lengths in design units."""

    profile: tuple[tuple[float, float], ...]
    relief: tuple[Bump, ...]
    chin_y: float
    neck: float
    shoulder: float
    shoulder_y: float
    brow_thick: float
    brow_arch: float
    brow_y: float

    def outline(self) -> list[Point]:
        """Clockwise from the crown."""
        right = [(half, y) for y, half in self.profile]
        left = [(-half, y) for y, half in reversed(self.profile) if half > 0]
        return right + left


_FACE = (
    Bump(36, 199, 21, 13, 14, -7),  # sockets
    Bump(37.5, 201, 14, 9.5, 9.5, 7.5),  # eyeballs under their lids
    Bump(35, 173, 20, 7, 7, 2),
    Bump(0, 204, 6.5, 26, 32, 8.5),  # bridge, tip and wings of the nose
    Bump(0, 236.5, 8.2, 13, 7.6, 12),
    Bump(10, 242, 4.0, 5.5, 4.5, 4.8),
    Bump(46, 236, 20, 16, 20, 7),  # cheeks
    Bump(27, 262, 5, 14, 14, -1.6),  # the fold from nose to mouth
    Bump(0, 270, 28, 14, 15, 6),
    Bump(0, 256, 3.2, 6, 6, -1.2),
    Bump(0, 289, 17, 4.5, 5, -3),
    Bump(0, 300, 15, 8, 8, 4.5),  # chin
    Bump(70, 166, 13, 25, 25, -4),
)

SOFT = Build(
    profile=(
        (84, 0), (87, 25), (98, 49), (118, 67), (145, 77), (178, 81), (206, 80), (232, 75.5), (256, 66.5),
        (277, 53), (293, 36), (304, 20), (309.5, 9), (311, 0),
    ),
    relief=_FACE,
    chin_y=311,
    neck=30,
    shoulder=150,
    shoulder_y=378,
    brow_thick=6.6,
    brow_arch=0.6,
    brow_y=168,
)  # fmt: skip

STRONG = Build(
    profile=(
        (80, 0), (83, 27), (94, 53), (114, 71), (145, 80), (178, 82.5), (208, 81.5), (236, 79), (260, 74.5),
        (281, 65), (299, 48), (311, 31), (317.5, 15), (319, 0),
    ),
    relief=(
        *_FACE,
        Bump(34, 176, 22, 6, 6, 3.0),  # a heavier brow, nose, chin and jaw
        Bump(0, 212, 7.0, 24, 24, 4.0),
        Bump(0, 239, 11, 10, 6, 4),
        Bump(0, 306, 20, 9, 8, 3),
        Bump(64, 274, 13, 16, 15, 3.5),
    ),
    chin_y=319,
    neck=45,
    shoulder=184,
    shoulder_y=380,
    brow_thick=9.0,
    brow_arch=0.15,
    brow_y=174,
)  # fmt: skip
