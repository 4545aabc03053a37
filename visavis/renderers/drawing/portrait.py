"""The still picture of a person: backdrop, hair, neck, clothes and a head whose eyes are shut and that has no mouth.

Everything that does not change its shape by itself is painted here once; warp.py bends it, eyes.py and mouth.py
paint the rest on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia

from visavis.renderers.arrays import U8
from visavis.renderers.drawing.anatomy import shoulder_y
from visavis.renderers.drawing.backdrop import paint_backdrop
from visavis.renderers.drawing.beard import paint_beard, paint_brows
from visavis.renderers.drawing.brush import smooth
from visavis.renderers.drawing.clothes import paint_clothes
from visavis.renderers.drawing.hair import Cap, Tress, paint_cap, paint_tress
from visavis.renderers.drawing.hairstyles import HAIRSTYLES
from visavis.renderers.drawing.head import paint_earrings, paint_ears, paint_face
from visavis.renderers.drawing.torso import body_outline, paint_neck
from visavis.renderers.person import Person

_TOP, _TALL, _WIDE = 18.0, 440.0, 350.0  # what a picture shows at least, in design units
_STYLED_WIDTH, _STYLED_CROWN_Y = 80.0, 82.0


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


def canvas_on(picture: U8, view: View) -> skia.Surface:
    """A surface that draws into a BGRA picture in design units; the picture must outlive it."""
    info = skia.ImageInfo.Make(view.width_px, view.height_px, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, picture)
    surface.getCanvas().scale(view.scale, view.scale)
    surface.getCanvas().translate(-view.left, -view.top)
    return surface


def paint_person(person: Person, view: View) -> U8:
    """The whole still picture as BGRA, (height, width, 4), but for glasses, which lie over moving eyes."""
    style = HAIRSTYLES[person.hair_style]
    picture = paint_backdrop(person.scene, view.width_px, view.height_px, len(person.name))
    surface = canvas_on(picture, view)
    canvas = surface.getCanvas()
    _hair(canvas, person, style.behind, None)
    canvas.save()
    canvas.rotate(person.body.slope, 0, shoulder_y(person))
    paint_neck(canvas, person, view.scale)
    paint_clothes(canvas, person, view.bottom + 12)
    canvas.restore()
    if style.ears:
        paint_ears(canvas, person)
        if person.body.earrings:
            paint_earrings(canvas, person)
    shade = smooth(style.shade, closed=True)
    shade.transform(_fit(person))
    paint_face(canvas, person, view.scale, shade)
    if person.beard:
        paint_beard(canvas, person, person.beard)
    paint_brows(canvas, person, np.random.default_rng(5))
    _hair(canvas, person, style.front, body_outline(person, view.bottom + 12))
    if person.body.earrings and not style.ears:
        paint_earrings(canvas, person)
    return picture


def _fit(person: Person) -> skia.Matrix:
    """From the head that hair styles are drawn for to this one."""
    wide = (0.6 * person.head.temple + 0.4 * person.head.cheek) / _STYLED_WIDTH
    return skia.Matrix.MakeAll(wide, 0, 0, 0, 1, person.head.crown_y - _STYLED_CROWN_Y, 0, 0, 1)


def _hair(canvas: skia.Canvas, person: Person, parts: Sequence[Tress | Cap], clothes: skia.Path | None) -> None:
    rng = np.random.default_rng([*person.name.encode()])
    for part in parts:
        canvas.save()
        if clothes and isinstance(part, Tress) and part.tucked:
            canvas.clipPath(clothes, skia.ClipOp.kDifference, True)
        canvas.concat(_fit(person))
        if isinstance(part, Cap):
            paint_cap(canvas, part, person.hair, rng)
        else:
            paint_tress(canvas, part, person.hair, rng, person.scene.rim)
        canvas.restore()
