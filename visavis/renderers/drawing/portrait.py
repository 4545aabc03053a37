"""The still picture of a person: backdrop, hair, neck, clothes and a head whose eyes are shut and that has no mouth.

Everything that does not change its shape by itself is painted here once; warp.py bends it, eyes.py and mouth.py
paint the rest on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from visavis.renderers.drawing import anatomy
from visavis.renderers.drawing.anatomy import Build
from visavis.renderers.drawing.brush import (
    fill,
    image_of,
    linear,
    mirrored,
    mix,
    path,
    smooth,
    soft_spot,
)
from visavis.renderers.drawing.hair import Lock, paint_lock
from visavis.renderers.drawing.skin import Box, Light, bumps, inflated, lit
from visavis.renderers.palettes import Identity

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class View:
    """How the design plane lies in a frame: pixels a unit, and which unit is at the frame's top left corner."""

    width_px: int
    height_px: int
    scale: float
    left: float
    top: float

    @property
    def right(self) -> float:
        return self.left + self.width_px / self.scale

    @property
    def bottom(self) -> float:
        return self.top + self.height_px / self.scale

    def enlarged(self, factor: float) -> "View":
        """The same picture with more pixels (a multiple of 2 each way)."""
        width, height = round(self.width_px * factor / 2) * 2, round(self.height_px * factor / 2) * 2
        return View(width, height, self.scale * factor, self.left, self.top)


def view_of(width_px: int, height_px: int) -> View:
    """Head and shoulders, the head in the middle; tall frames show more of the body below it."""
    scale = min(height_px / 480, width_px / 430)
    spare = height_px / scale - 480
    return View(width_px, height_px, scale, -width_px / scale / 2, -0.42 * spare)


def paint_person(identity: Identity, build: Build, view: View) -> U8:
    """The whole still picture as BGRA, (height, width, 4)."""
    surface = skia.Surface(view.width_px, view.height_px)
    canvas = surface.getCanvas()
    _backdrop(canvas, identity, view)
    canvas.scale(view.scale, view.scale)
    canvas.translate(-view.left, -view.top)
    rng = np.random.default_rng([*identity.name.encode()])
    _locks(canvas, identity, _BACK[identity.hair_style], rng)
    _neck(canvas, identity, build)
    _clothes(canvas, identity, build, view)
    _ears(canvas, identity, build)
    _head(canvas, identity, build, view)
    _brows(canvas, identity, build, rng)
    _locks(canvas, identity, _FRONT[identity.hair_style], rng)
    bgra = surface.makeImageSnapshot().toarray(colorType=skia.kBGRA_8888_ColorType)
    return np.ascontiguousarray(bgra)


def _backdrop(canvas: skia.Canvas, identity: Identity, view: View) -> None:
    light, dark, warm = identity.backdrop
    width, height = view.width_px, view.height_px
    canvas.drawPaint(linear((0, 0), (0, height), [(0, light, 1), (1, dark, 1)]))
    for x, y, size, colour, alpha in (
        (0.15, 0.3, 0.5, warm, 0.7),
        (0.9, 0.2, 0.45, warm, 0.6),
        (0.8, 0.9, 0.5, dark, 0.6),
    ):
        centre = (x * width, y * height)
        canvas.drawPaint(soft_spot(colour, alpha, centre, size * width))


def _neck(canvas: skia.Canvas, identity: Identity, build: Build) -> None:
    skin = [colour for _, colour in identity.skin]
    half = build.neck
    neck = path(
        ("M", -half, 270), ("L", -half, 345), ("C", -half - 4, 375, -half - 40, 385, -110, 400), ("L", -110, 520),
        ("L", 110, 520), ("L", 110, 400), ("C", half + 40, 385, half + 4, 375, half, 345), ("L", half, 270), ("Z",),
    )  # fmt: skip
    canvas.drawPath(
        neck, linear((-half - 10, 0), (half + 14, 0), [(0, skin[3], 1), (0.35, skin[4], 1), (1, skin[2], 1)])
    )
    canvas.save()
    canvas.clipPath(neck, True)
    shadow = path(("M", -70, 250), ("L", -66, 305), ("C", -30, 350, 34, 356, 70, 300), ("L", 70, 250), ("Z",))
    canvas.drawPath(shadow, fill(skin[1], 0.75, blur=9))
    canvas.restore()


def _clothes(canvas: skia.Canvas, identity: Identity, build: Build, view: View) -> None:
    bottom, wide, neck = view.bottom + 10, build.shoulder, build.neck
    body = path(
        ("M", -wide - 12, bottom), ("C", -wide - 6, 430, -wide + 6, 408, -wide + 60, 394), ("C", -70, 382, -neck - 20, 374, -neck - 6, 362),
        ("C", -neck + 6, 420, neck - 6, 420, neck + 6, 362), ("C", neck + 20, 374, 70, 382, wide - 60, 394),
        ("C", wide - 6, 408, wide + 6, 430, wide + 12, bottom), ("Z",),
    )  # fmt: skip
    cloth = identity.cloth
    canvas.drawPath(
        body,
        linear(
            (-wide, 360),
            (wide * 0.8, 520),
            [(0, mix(cloth, "#ffffff", 0.16), 1), (0.5, cloth, 1), (1, mix(cloth, "#06080f", 0.4), 1)],
        ),
    )


def _ears(canvas: skia.Canvas, identity: Identity, build: Build) -> None:
    skin = [colour for _, colour in identity.skin]
    ear = path(("M", 74, 190), ("C", 82, 176, 95, 182, 93, 204), ("C", 91, 224, 84, 238, 76, 234), ("Z",))
    for side in (ear, mirrored(ear)):
        canvas.drawPath(side, fill(mix(skin[2], skin[3], 0.6)))


def _head(canvas: skia.Canvas, identity: Identity, build: Build, view: View) -> None:
    box = Box(-96, 76, 96, 330, view.scale)
    x, y = box.mesh()
    outline = build.outline()
    height = inflated(outline, anatomy.FACE_CENTRE, anatomy.DEPTH, x, y) + bumps(build.relief, x, y)
    hair_shadow = 1 - 0.45 * np.exp(-np.square(np.maximum(0, y - 112) / 22))
    colour = lit(height, view.scale, identity.skin, Light(), hair_shadow.astype(np.float32))
    blush = bumps((anatomy.Bump(48, 240, 17, 12, 13, 1.0),), x, y)[..., None]
    colour = colour * (1 - 0.20 * blush * np.array([0.1, 0.75, 0.7], np.float32))
    canvas.save()
    canvas.clipPath(smooth(outline, closed=True), True)
    picture = image_of(np.dstack([colour, np.ones_like(x)]))
    canvas.drawImageRect(
        picture,
        skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom),
        skia.SamplingOptions(skia.FilterMode.kLinear),
    )
    canvas.restore()
    nostril = soft_spot(identity.skin[0][1], 0.75, (8, 248), 5.5, 0.55)
    for side in (1, -1):
        canvas.save()
        canvas.scale(side, 1)
        canvas.drawRect(skia.Rect.MakeLTRB(0, 240, 20, 256), nostril)
        canvas.restore()


def _brows(canvas: skia.Canvas, identity: Identity, build: Build, rng: np.random.Generator) -> None:
    thick = build.brow_thick
    brow = path(
        ("M", 15, 173), ("C", 26, 166 - thick * 0.6, 42, 163 - thick * 0.5, 60, 171),
        ("C", 46, 167 + thick * 0.3, 30, 169 + thick * 0.6, 16, 173 + thick), ("Z",),
    )  # fmt: skip
    for side in (brow, mirrored(brow)):
        canvas.drawPath(side, fill(identity.brow, 0.9, blur=0.7))


def _locks(canvas: skia.Canvas, identity: Identity, locks: Sequence[Lock], rng: np.random.Generator) -> None:
    for lock in locks:
        paint_lock(canvas, lock, identity.hair, rng)


_BACK: dict[str, tuple[Lock, ...]] = {
    "long": (
        Lock(
            ((-60, 70), (-120, 130), (-110, 300), (-96, 410)), ((60, 70), (120, 130), (110, 300), (96, 410)), 0.9, 0.2
        ),
    ),
    "bob": (
        Lock(
            ((-60, 70), (-118, 130), (-104, 240), (-84, 318)), ((60, 70), (118, 130), (104, 240), (84, 318)), 0.9, 0.2
        ),
    ),
    "short": (),
}
_FRONT: dict[str, tuple[Lock, ...]] = {
    "long": (
        Lock(((12, 66), (-70, 40), (-110, 150), (-92, 400)), ((14, 74), (-30, 110), (-84, 120), (-58, 390)), 0.25),
        Lock(((12, 74), (50, 100), (86, 130), (58, 390)), ((10, 66), (80, 40), (112, 150), (92, 400)), 0.25),
    ),
    "bob": (
        Lock(((12, 66), (-70, 40), (-112, 150), (-84, 318)), ((14, 74), (-30, 110), (-84, 120), (-56, 308)), 0.25),
        Lock(((12, 74), (50, 100), (86, 130), (56, 308)), ((10, 66), (80, 40), (114, 150), (84, 318)), 0.25),
    ),
    "short": (
        Lock(
            ((-82, 180), (-100, 90), (-40, 52), (30, 60)), ((-74, 150), (-60, 110), (-20, 104), (30, 106)), 0.5, tip=0.0
        ),
        Lock(((20, 58), (70, 56), (98, 100), (82, 180)), ((10, 108), (40, 110), (66, 116), (74, 150)), 0.4, tip=0.0),
    ),
}
