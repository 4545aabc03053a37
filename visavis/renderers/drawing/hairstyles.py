"""Hair styles as data: what hangs behind the head and what lies on it, painted in this order."""

from dataclasses import dataclass

from visavis.renderers.drawing.brush import Point
from visavis.renderers.drawing.hair import Cap, Tress, mirror


@dataclass(frozen=True, slots=True)
class HairStyle:
    """`behind` is painted before the neck, `front` over the face; `shade` outlines what shadows the forehead."""

    behind: tuple[Tress | Cap, ...]
    front: tuple[Tress | Cap, ...]
    shade: tuple[Point, ...]
    ears: bool = True


_CURTAIN = (
    (-20, 112), (20, 112), (62, 140), (82, 220), (130, 220), (130, 40),
    (-130, 40), (-130, 220), (-82, 220), (-62, 140),
)  # fmt: skip
_FRINGE = (
    (-66, 150), (-50, 122), (0, 110), (46, 116), (68, 150), (120, 150),
    (120, 40), (-120, 40), (-120, 150),
)  # fmt: skip

LONG = HairStyle(
    behind=(
        Tress(
            ((-34, 62), (-122, 84), (-122, 300), (-112, 440)), ((34, 62), (122, 84), (122, 300), (112, 440)),
            locks=9, sheen=0.9, shade=0.20, rough=0.6, taper=0.2,
        ),
    ),
    front=(
        Tress(
            ((-14, 110), (40, 106), (94, 156), (54, 500)), ((-20, 52), (86, 36), (132, 140), (112, 506)),
            locks=7, sheen=0.27, wave=7.0, rough=0.7, from_right=True, rim=0.30, shade=0.04, taper=0.15, tip=0.05,
        ),
        Tress(
            ((-20, 52), (-84, 46), (-126, 140), (-110, 430)), ((-14, 110), (-44, 114), (-98, 170), (-60, 440)),
            locks=6, sheen=0.27, wave=6.0, rough=0.7, taper=0.15, tucked=True,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

WAVES = HairStyle(
    behind=(
        Tress(
            ((-34, 62), (-112, 80), (-122, 300), (-116, 430)), ((34, 62), (112, 80), (122, 300), (116, 430)),
            locks=9, sheen=0.9, shade=0.20, rough=0.8, wave=9, cycles=2.4, taper=0.2,
        ),
    ),
    front=(
        Tress(
            ((8, 108), (60, 110), (96, 176), (66, 398)), ((4, 50), (96, 34), (140, 170), (122, 408)),
            locks=6, sheen=0.24, wave=11, cycles=2.3, rough=0.55, from_right=True, rim=0.30, shade=0.03,
            taper=0.45, tip=0.05,
        ),
        Tress(
            ((4, 50), (-92, 30), (-142, 170), (-120, 412)), ((8, 108), (-50, 104), (-98, 170), (-62, 402)),
            locks=7, sheen=0.24, wave=-11, cycles=2.3, rough=0.55, taper=0.45, tip=0.05,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

BOB = HairStyle(
    behind=(
        Tress(
            ((-30, 60), (-122, 84), (-122, 250), (-82, 312)), ((30, 60), (122, 84), (122, 250), (82, 312)),
            locks=9, sheen=0.9, shade=0.18, tip=0.0, rough=0.2, taper=0.0,
        ),
    ),
    front=(
        Tress(
            ((-24, 110), (34, 108), (94, 170), (56, 304)), ((-30, 54), (84, 30), (142, 180), (76, 322)),
            locks=7, sheen=0.30, rough=0.12, strays=2, tip=0.04, taper=0.0, from_right=True, rim=0.30, shade=0.03,
        ),
        Tress(
            ((-30, 54), (-92, 48), (-140, 180), (-76, 322)), ((-24, 110), (-52, 116), (-96, 170), (-56, 304)),
            locks=6, sheen=0.30, rough=0.12, strays=2, tip=0.04, taper=0.0,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

TAIL = HairStyle(
    behind=(
        Tress(
            ((30, 226), (92, 270), (84, 340), (66, 430)), ((82, 196), (134, 270), (122, 360), (106, 440)),
            locks=5, sheen=0.40, wave=5, cycles=1.6, rim=0.3, from_right=True, taper=0.2,
        ),
        Tress(
            ((-20, 58), (-104, 62), (-96, 190), (-62, 236)), ((20, 58), (104, 62), (96, 190), (62, 236)),
            locks=7, shade=0.14, sheen=0.9, tip=0.0,
        ),
    ),
    front=(
        Tress(
            ((-79, 196), (-102, 140), (-90, 62), (-16, 54)), ((79, 196), (102, 140), (90, 62), (16, 54)),
            locks=13, sheen=0.36, tip=0.0, taper=0.0, rough=0.45, arch=88, fade=0.07, root=0.05, strays=10,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

CURLS = HairStyle(
    behind=(
        Cap(
            ((0, 32), (70, 42), (120, 92), (142, 170), (142, 246), (122, 312), (92, 346), (50, 340),
             (-50, 340), (-92, 346), (-122, 312), (-142, 246), (-142, 170), (-120, 92), (-70, 42)),
            coils=900, radius=5.0, soft=2.6, shade=0.08,
        ),
    ),
    front=(
        Cap(
            ((0, 36), (64, 42), (112, 92), (130, 170), (128, 246), (108, 312), (82, 304), (74, 246), (76, 190),
             (64, 138), (34, 113), (0, 109), (-34, 113), (-64, 138), (-76, 190), (-74, 246), (-82, 304), (-108, 312),
             (-128, 246), (-130, 170), (-112, 92), (-64, 42)),
            coils=2000, radius=4.6, soft=2.4,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

_SIDE = Tress(
    ((-52, 66), (-94, 84), (-94, 150), (-86, 214)), ((-34, 84), (-66, 108), (-74, 150), (-75, 206)),
    locks=4, sheen=0.35, tip=0.25, taper=0.0, rough=0.3, shade=0.10, strays=0,
)  # fmt: skip

SHORT = HairStyle(
    behind=(),
    front=(
        mirror(_SIDE, rim=0.25),
        _SIDE,
        Tress(
            ((40, 112), (50, 96), (54, 78), (30, 62)), ((72, 156), (92, 124), (90, 88), (56, 68)),
            locks=4, sheen=0.5, tip=0.10, arch=10, crest=6, fade=0.10, root=0.04, from_right=True, taper=0.2, strays=3,
        ),
        Tress(
            ((-70, 154), (-94, 122), (-94, 80), (-52, 58)), ((52, 114), (62, 92), (54, 62), (46, 58)),
            locks=8, sheen=0.46, tip=0.10, rough=0.8, arch=18, crest=12, fade=0.10, root=0.04, taper=0.3, strays=8,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

SWEPT = HairStyle(
    behind=(),
    front=(
        mirror(_SIDE, rim=0.25),
        _SIDE,
        Tress(
            ((-70, 154), (-98, 118), (-92, 66), (-22, 54)), ((72, 152), (100, 116), (92, 62), (38, 52)),
            locks=11, sheen=0.40, tip=0.08, rough=0.7, arch=48, crest=9, fade=0.09, root=0.04, taper=0.2, strays=8,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

CROP = HairStyle(
    behind=(),
    front=(
        Cap(
            ((0, 62), (40, 66), (70, 84), (86, 118), (88, 166), (83, 206), (77, 204), (74, 166), (66, 138), (52, 121),
             (0, 113), (-52, 121), (-66, 138), (-74, 166), (-77, 204), (-83, 206), (-88, 166), (-86, 118), (-70, 84),
             (-40, 66)),
            coils=900, radius=2.0, soft=1.3, shade=0.02,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

HAIRSTYLES: dict[str, HairStyle] = {
    "long": LONG,
    "waves": WAVES,
    "bob": BOB,
    "tail": TAIL,
    "curls": CURLS,
    "short": SHORT,
    "swept": SWEPT,
    "crop": CROP,
}
