"""The still picture of a person: backdrop, hair, neck, clothes and a head whose eyes are shut and that has no mouth.

Everything that does not change its shape by itself is painted here once; warp.py bends it, eyes.py and mouth.py
paint the rest on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia

from visavis.renderers.arrays import U8
from visavis.renderers.drawing.anatomy import SOFT, STRONG, Build
from visavis.renderers.drawing.backdrop import paint_backdrop
from visavis.renderers.drawing.brush import smooth
from visavis.renderers.drawing.hair import Cap, Tress, paint_cap, paint_tress
from visavis.renderers.drawing.hairstyles import HAIRSTYLES
from visavis.renderers.drawing.head import paint_brows, paint_ears, paint_face, paint_glasses
from visavis.renderers.drawing.torso import body_outline, paint_clothes, paint_neck
from visavis.renderers.palettes import Identity

_TOP, _TALL, _WIDE = 26.0, 440.0, 400.0  # what a picture shows at least, in design units


@dataclass(frozen=True, slots=True)
class View:
    """How the design plane lies in a frame: pixels a unit, and which unit is at the frame's top left corner."""

    width_px: int
    height_px: int
    scale: float
    left: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + self.height_px / self.scale

    def enlarged(self, factor: float) -> "View":
        """The same picture with more pixels (a multiple of 2 each way)."""
        width, height = round(self.width_px * factor / 2) * 2, round(self.height_px * factor / 2) * 2
        return View(width, height, self.scale * factor, self.left, self.top)


def view_of(width_px: int, height_px: int) -> View:
    """Head and shoulders, the head in the middle; tall frames show more of the body below it."""
    scale = min(height_px / _TALL, width_px / _WIDE)
    spare = height_px / scale - _TALL
    return View(width_px, height_px, scale, -width_px / scale / 2, _TOP - 0.3 * spare)


def build_of(identity: Identity) -> Build:
    return SOFT if identity.build == "soft" else STRONG


def paint_person(identity: Identity, view: View) -> U8:
    """The whole still picture as BGRA, (height, width, 4)."""
    build, style = build_of(identity), HAIRSTYLES[identity.hair_style]
    picture = paint_backdrop(identity.backdrop, view.width_px, view.height_px, len(identity.name))
    info = skia.ImageInfo.Make(view.width_px, view.height_px, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, picture)
    canvas = surface.getCanvas()
    canvas.scale(view.scale, view.scale)
    canvas.translate(-view.left, -view.top)
    _hair(canvas, identity, style.behind, None)
    paint_neck(canvas, identity, build, view.scale)
    paint_clothes(canvas, identity, build, view.bottom + 4, view.scale)
    if style.ears:
        paint_ears(canvas, identity)
    paint_face(canvas, identity, build, view.scale, smooth(style.shade, closed=True))
    paint_brows(canvas, identity, build, np.random.default_rng(5))
    _hair(canvas, identity, style.front, body_outline(build, view.bottom + 4))
    if identity.glasses:
        paint_glasses(canvas, identity.glasses)
    return picture


def _hair(canvas: skia.Canvas, identity: Identity, parts: Sequence[Tress | Cap], clothes: skia.Path | None) -> None:
    rng = np.random.default_rng([*identity.name.encode()])
    for part in parts:
        canvas.save()
        if isinstance(part, Cap):
            paint_cap(canvas, part, identity.hair, rng)
        else:
            if part.tucked and clothes:
                canvas.clipPath(clothes, skia.ClipOp.kDifference, True)
            paint_tress(canvas, part, identity.hair, rng)
        canvas.restore()
