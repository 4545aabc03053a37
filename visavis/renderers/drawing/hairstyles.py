"""Hair styles as data: what hangs behind the head and what lies on it, painted in this order.

Drawn for a head that is 80 units wide at the temples and whose crown is at 82; portrait.py fits them to others.
"""

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
_LOW_FRINGE = (
    (-74, 170), (-50, 160), (0, 156), (46, 160), (74, 172), (120, 170),
    (120, 40), (-120, 40), (-120, 170),
)  # fmt: skip

LONG = HairStyle(
    behind=(
        Tress(
            ((-34, 62), (-108, 84), (-106, 300), (-100, 450)), ((34, 62), (108, 84), (106, 300), (98, 440)),
            locks=9, sheen=0.9, shade=0.20, rough=0.6, taper=0.2,
        ),
    ),
    front=(
        Tress(
            ((-24, 106), (44, 100), (94, 170), (60, 424)), ((-26, 54), (74, 36), (116, 160), (108, 436)),
            locks=7, sheen=0.25, wave=5.0, rough=0.6, from_right=True, rim=0.34, shade=0.04, taper=0.15, tip=0.05,
        ),
        Tress(
            ((-18, 53), (-84, 50), (-106, 150), (-104, 440)), ((-14, 107), (-56, 116), (-96, 180), (-66, 450)),
            locks=6, sheen=0.25, wave=4.0, rough=0.6, taper=0.15, tucked=True, rim=0.12,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

WAVES = HairStyle(
    behind=(
        Tress(
            ((-34, 58), (-112, 78), (-122, 290), (-112, 400)), ((34, 58), (112, 78), (122, 290), (112, 400)),
            locks=9, sheen=0.9, shade=0.20, rough=0.8, wave=9, cycles=2.3, taper=0.2,
        ),
    ),
    front=(
        Tress(
            ((26, 112), (62, 120), (90, 182), (64, 366)), ((18, 49), (90, 38), (124, 170), (116, 384)),
            locks=6, sheen=0.24, wave=13, cycles=2.3, rough=0.6, from_right=True, rim=0.34, shade=0.03,
            taper=0.45, tip=0.06, strays=9,
        ),
        Tress(
            ((26, 48), (-76, 22), (-126, 150), (-120, 392)), ((30, 114), (-36, 118), (-104, 168), (-62, 372)),
            locks=8, sheen=0.24, wave=-13, cycles=2.3, rough=0.6, taper=0.45, tip=0.06, rim=0.12, strays=9,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

LOB = HairStyle(
    behind=(
        Tress(
            ((-30, 60), (-108, 84), (-104, 250), (-92, 350)), ((30, 60), (108, 84), (104, 250), (92, 350)),
            locks=9, sheen=0.9, shade=0.18, rough=0.5, taper=0.1,
        ),
    ),
    front=(
        Tress(
            ((-16, 108), (40, 108), (90, 168), (68, 338)), ((-20, 55), (74, 36), (110, 160), (98, 346)),
            locks=7, sheen=0.27, rough=0.5, wave=3, cycles=1.2, tip=0.06, taper=0.25, from_right=True, rim=0.36,
            shade=0.02, strays=8,
        ),
        Tress(
            ((-18, 56), (-76, 40), (-110, 150), (-100, 342)), ((-14, 108), (-52, 114), (-88, 166), (-68, 334)),
            locks=6, sheen=0.27, rough=0.4, wave=-3, cycles=1.2, tip=0.06, taper=0.2, strays=8, rim=0.12,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

BOB = HairStyle(
    behind=(
        Tress(
            ((-30, 60), (-110, 84), (-108, 240), (-84, 318)), ((30, 60), (110, 84), (108, 240), (84, 318)),
            locks=9, sheen=0.9, shade=0.18, tip=0.03, rough=0.2, taper=0.0,
        ),
    ),
    front=(
        Tress(
            ((-30, 104), (38, 98), (94, 170), (62, 304)), ((-32, 56), (76, 34), (124, 178), (84, 322)),
            locks=7, sheen=0.30, rough=0.18, strays=4, tip=0.05, taper=0.0, from_right=True, rim=0.34, shade=0.03,
        ),
        Tress(
            ((-24, 55), (-88, 50), (-126, 180), (-84, 322)), ((-20, 105), (-58, 116), (-96, 176), (-62, 304)),
            locks=6, sheen=0.30, rough=0.18, strays=4, tip=0.05, taper=0.0, rim=0.12,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

FRINGE = HairStyle(
    behind=BOB.behind,
    front=(
        Tress(
            ((44, 96), (74, 104), (92, 180), (64, 308)), ((20, 56), (84, 48), (122, 178), (86, 322)),
            locks=5, sheen=0.34, rough=0.15, strays=3, tip=0.05, taper=0.0, from_right=True, rim=0.34, shade=0.05,
        ),
        Tress(
            ((-20, 56), (-84, 48), (-122, 178), (-86, 322)), ((-44, 96), (-74, 104), (-92, 180), (-64, 308)),
            locks=5, sheen=0.34, rough=0.15, strays=3, tip=0.05, taper=0.0, shade=0.02, rim=0.12,
        ),
        Tress(
            ((-26, 58), (-64, 62), (-82, 110), (-73, 172)), ((34, 57), (70, 62), (84, 112), (74, 176)),
            locks=15, sheen=0.42, rough=0.30, tip=0.10, taper=0.05, arch=12, crest=14, strays=10, root=0.05,
        ),
    ),
    shade=_LOW_FRINGE,
    ears=False,
)  # fmt: skip

TAIL = HairStyle(
    behind=(
        Tress(
            ((30, 226), (92, 270), (84, 340), (66, 430)), ((82, 196), (128, 270), (118, 360), (104, 440)),
            locks=5, sheen=0.40, wave=5, cycles=1.6, rim=0.3, from_right=True, taper=0.2,
        ),
        Tress(
            ((-20, 58), (-98, 66), (-92, 190), (-62, 236)), ((20, 58), (98, 66), (92, 190), (62, 236)),
            locks=7, shade=0.14, sheen=0.9, tip=0.0,
        ),
    ),
    front=(
        Tress(
            ((-77, 200), (-92, 140), (-88, 70), (-8, 56)), ((78, 202), (94, 142), (90, 68), (24, 55)),
            locks=13, sheen=0.40, tip=0.0, taper=0.0, rough=0.45, arch=84, fade=0.09, root=0.05, strays=12, rim=0.2,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

BUN = HairStyle(
    behind=(
        Cap(
            ((0, 27), (24, 30), (38, 43), (38, 62), (26, 78), (-26, 78), (-38, 62), (-38, 43), (-24, 30)),
            coils=260, radius=7.0, soft=1.6, shade=0.02,
        ),
        *TAIL.behind[1:],
    ),
    front=TAIL.front,
    shade=_FRINGE,
)  # fmt: skip

CURLS = HairStyle(
    behind=(
        Cap(
            ((0, 26), (58, 34), (104, 70), (130, 124), (138, 184), (132, 246), (112, 300), (84, 332), (48, 330),
             (-48, 330), (-86, 334), (-114, 302), (-134, 248), (-140, 184), (-132, 122), (-104, 68), (-58, 33)),
            coils=1100, radius=5.4, soft=3.0, shade=0.12,
        ),
    ),
    front=(
        Cap(
            ((0, 30), (56, 37), (100, 74), (124, 128), (131, 186), (124, 244), (106, 292), (84, 300), (76, 250),
             (77, 196), (68, 146), (40, 118), (4, 112), (-36, 117), (-66, 144), (-76, 194), (-75, 250), (-84, 302),
             (-108, 294), (-127, 246), (-133, 186), (-126, 126), (-100, 72), (-56, 36)),
            coils=2600, radius=4.8, soft=2.6,
        ),
    ),
    shade=_CURTAIN,
    ears=False,
)  # fmt: skip

_SIDE = Tress(
    ((-50, 68), (-88, 86), (-90, 150), (-84, 212)), ((-34, 84), (-66, 108), (-74, 150), (-75, 204)),
    locks=4, sheen=0.35, tip=0.25, taper=0.0, rough=0.3, shade=0.10, strays=0,
)  # fmt: skip

SHORT = HairStyle(
    behind=(),
    front=(
        mirror(_SIDE, rim=0.30),
        _SIDE,
        Tress(
            ((40, 112), (50, 96), (54, 78), (30, 62)), ((72, 156), (90, 124), (88, 88), (56, 68)),
            locks=4, sheen=0.5, tip=0.10, arch=10, crest=6, fade=0.10, root=0.04, from_right=True, taper=0.2, strays=3,
        ),
        Tress(
            ((-70, 154), (-92, 122), (-92, 80), (-52, 58)), ((52, 114), (62, 92), (54, 62), (46, 58)),
            locks=8, sheen=0.46, tip=0.10, rough=0.8, arch=18, crest=14, fade=0.10, root=0.04, taper=0.3, strays=8,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

SWEPT = HairStyle(
    behind=(),
    front=(
        mirror(_SIDE, rim=0.30),
        _SIDE,
        Tress(
            ((-71, 156), (-98, 122), (-96, 66), (-30, 50)), ((72, 152), (94, 118), (86, 70), (40, 58)),
            locks=12, sheen=0.42, tip=0.08, rough=0.8, arch=42, crest=16, fade=0.09, root=0.05, taper=0.2, strays=12,
            wave=3.5, cycles=0.7, rim=0.15,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

RECEDED = HairStyle(
    behind=(),
    front=(
        mirror(_SIDE, rim=0.30),
        _SIDE,
        Tress(
            ((-66, 134), (-88, 112), (-84, 76), (-34, 62)), ((64, 128), (86, 108), (82, 72), (40, 62)),
            locks=11, sheen=0.46, tip=0.10, rough=0.7, arch=46, crest=10, fade=0.20, root=0.02, taper=0.2, strays=14,
        ),
    ),
    shade=((-70, 120), (-40, 90), (0, 92), (40, 90), (70, 120), (120, 120), (120, 40), (-120, 40), (-120, 120)),
)  # fmt: skip

CROP = HairStyle(
    behind=(),
    front=(
        Cap(
            ((0, 66), (40, 70), (68, 88), (83, 120), (86, 166), (81, 204), (76, 202), (74, 166), (67, 140), (54, 123),
             (0, 115), (-54, 123), (-67, 140), (-74, 166), (-76, 202), (-81, 204), (-86, 166), (-83, 120), (-68, 88),
             (-40, 70)),
            coils=1500, radius=1.8, soft=1.6, shade=0.02,
        ),
    ),
    shade=_FRINGE,
)  # fmt: skip

HAIRSTYLES: dict[str, HairStyle] = {
    "long": LONG,
    "waves": WAVES,
    "lob": LOB,
    "bob": BOB,
    "fringe": FRINGE,
    "tail": TAIL,
    "bun": BUN,
    "curls": CURLS,
    "short": SHORT,
    "swept": SWEPT,
    "receded": RECEDED,
    "crop": CROP,
}
