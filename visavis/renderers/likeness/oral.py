"""What is seen between parted lips: cavity, tongue and two rows of teeth, in the light of the photo."""

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.brush import image_of
from visavis.renderers.likeness.splines import step
from visavis.renderers.visemes import LOWER_TEETH, OPEN, ROUND, TONGUE, TONGUE_OUT, UPPER_TEETH, Shape

_PX = 160  # of drawn parts, for each width of a mouth
_TEETH_BGR = np.array([198, 214, 226], np.float32)
_UPPER_WIDTHS, _LOWER_WIDTHS = (1.0, 0.84, 0.92, 0.80, 0.72), (0.66, 0.70, 0.76, 0.74, 0.70)
_UPPER_HALF, _LOWER_HALF = 0.41, 0.33  # of rows of teeth, in widths of the mouth


class Oral:
    """Painted in a plane whose unit is the width of the mouth; x 0 is its middle."""

    def __init__(self, teeth_bgr: Floats | None, light: Floats, colourful: float) -> None:
        """`teeth_bgr` if the photo shows them; `light` is how something white looks in it, BGR from 0 to 1."""
        teeth = _TEETH_BGR * light if teeth_bgr is None else teeth_bgr

        def lit(blue: float, green: float, red: float) -> Floats:
            colour = np.array([blue, green, red], np.float32)
            return (colour.mean() + (colour - colour.mean()) * colourful) * light

        self._upper = _row(_UPPER_WIDTHS, _UPPER_HALF, 0.17, teeth, upper=True)
        self._lower = _row(_LOWER_WIDTHS, _LOWER_HALF, 0.13, teeth * 0.86, upper=False)
        self._tongue = _tongue(lit(96, 92, 164))
        dark = lit(19, 15, 32)
        deep = skia.Color(*(int(value) for value in dark[::-1].clip(0, 255)))
        far = skia.Color(*(int(value) for value in (dark * 1.9)[::-1].clip(0, 255)))
        self._cavity = _faded((0, -0.1), (0, 0.45), [deep, far])
        self._sides = _faded(
            (-1, 0), (1, 0), [_seen(deep, a) for a in (0.9, 0.40, 0.06, 0, 0, 0.06, 0.40, 0.9)],
            [0.0, 0.14, 0.34, 0.42, 0.58, 0.66, 0.86, 1.0],
        )  # fmt: skip
        self._lip_shadow = _faded((0, 0), (0, 1), [_seen(deep, 0.55), _seen(deep, 0.12), _seen(deep, 0)], [0, 0.4, 1])
        self._floor = _faded((0, 1), (0, 0), [_seen(deep, 0.35), _seen(deep, 0)])
        self._plain = skia.Paint(AntiAlias=True)
        self._sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)

    def paint(self, canvas: skia.Canvas, shape: Shape, top: float, low: float, half: float) -> None:
        """`top` and `low` are the middles of the inner edges of the lips, `half` is the corners' distance from x 0."""
        gap = low - top
        canvas.drawRect(skia.Rect.MakeLTRB(-0.7, -0.4, 0.7, 0.8), self._cavity)
        open_, round_ = float(shape[OPEN]), float(shape[ROUND])
        rise = 0.42 * gap * (0.62 + 0.7 * float(shape[TONGUE])) * (1 - 0.6 * round_)
        self._put(canvas, self._tongue, low - 0.01 - rise, 1.0 - 0.25 * round_)
        lower = float(shape[LOWER_TEETH])
        if lower > 0.05:
            self._put(canvas, self._lower, low - 0.02 - 0.065 * lower, 1 - 0.3 * round_)
        edge = top + (0.035 * (1 - round_) + 0.105 * float(shape[UPPER_TEETH])) * (0.55 + 0.45 * min(1.0, 3 * open_))
        self._put(canvas, self._upper, edge - 0.17, 1 - 0.22 * round_)
        out = float(shape[TONGUE_OUT])
        if out > 0.1:
            self._put(canvas, self._tongue, low - 0.66 * gap * out, 0.8)
        self._shade(canvas, top, low, half)

    def _put(self, canvas: skia.Canvas, image: skia.Image, y: float, wide: float) -> None:
        half, tall = wide * image.width() / _PX / 2, image.height() / _PX
        canvas.drawImageRect(image, skia.Rect.MakeLTRB(-half, y, half, y + tall), self._sampling, self._plain)

    def _shade(self, canvas: skia.Canvas, top: float, low: float, half: float) -> None:
        box = skia.Rect.MakeLTRB(-1, -1, 1, 1)
        canvas.save()
        canvas.scale(max(half, 0.05), 1)
        canvas.drawRect(box, self._sides)
        canvas.restore()
        canvas.save()
        canvas.translate(0, top - 0.02)
        canvas.scale(1, 0.085)
        canvas.drawRect(skia.Rect.MakeLTRB(-1, -2, 1, 1), self._lip_shadow)
        canvas.restore()
        canvas.save()
        canvas.translate(0, low - 0.07)
        canvas.scale(1, 0.09)
        canvas.drawRect(skia.Rect.MakeLTRB(-1, 0, 1, 3), self._floor)
        canvas.restore()


def _seen(colour: int, alpha: float) -> int:
    return skia.ColorSetA(colour, round(alpha * 255))


def _faded(
    start: tuple[float, float], end: tuple[float, float], colours: list[int], places: list[float] | None = None
) -> skia.Paint:
    shader = skia.GradientShader.MakeLinear([skia.Point(*start), skia.Point(*end)], colours, places)
    return skia.Paint(AntiAlias=True, Shader=shader)


def _row(widths: tuple[float, ...], half: float, tall: float, colour: Floats, upper: bool) -> skia.Image:
    """A row of teeth, its biting edges at the bottom for the upper and at the top for the lower one."""
    high, wide = round(tall * _PX), round(2 * half * _PX)
    x, y = np.meshgrid(
        np.abs((np.arange(wide) + 0.5) / wide * 2 - 1).astype(np.float32),
        ((np.arange(high) + 0.5) / high).astype(np.float32),
    )
    y = y if upper else 1 - y  # 0 at the gums, 1 at the edge
    borders = np.concatenate([[0], np.cumsum(widths)]) / sum(widths)
    tooth = np.clip(np.searchsorted(borders, x.reshape(-1), side="right").reshape(x.shape) - 1, 0, len(widths) - 1)
    left, right = borders[tooth], borders[tooth + 1]
    inside = np.clip((x - left) / (right - left) * 2 - 1, -1, 1)  # -1 to 1 across each tooth
    reach = np.array([1.0, 0.94, 0.98, 0.90, 0.84] if upper else [0.95, 0.96, 1.0, 0.96, 0.92])[tooth]
    reach = reach - 0.20 * np.square(x) - 0.09 * np.power(np.abs(inside), 4)
    alpha = step((reach - y) * high, -0.6, 1.6) * step((1 - x) * wide / 2, 0, 3)
    groove = 1 - 0.15 * np.power(np.abs(inside), 9) * step(y, 0.05, 0.5)
    bulge = 1.0 - 0.07 * np.square(inside) - 0.10 * np.square(y - 0.62)
    depth = 1 - 0.42 * np.power(x, 2.2)
    warmth = np.stack([1 - 0.10 * (1 - y), 1 - 0.05 * (1 - y), np.ones_like(y)], axis=-1)
    paint = colour[::-1] / 255 * (groove * bulge * depth)[..., None] * warmth[..., ::-1]
    return image_of(np.dstack([paint.clip(0, 1), alpha]).astype(np.float32))


def _tongue(colour: Floats) -> skia.Image:
    wide, high = round(0.62 * _PX), round(0.42 * _PX)
    x, y = np.meshgrid(
        ((np.arange(wide) + 0.5) / wide * 2 - 1).astype(np.float32), ((np.arange(high) + 0.5) / high).astype(np.float32)
    )
    top = 0.04 + 0.30 * np.power(np.abs(x), 2.6)
    alpha = step(y - top, -0.03, 0.05) * step(1 - np.abs(x), 0, 0.06)
    groove = 1 - 0.16 * np.exp(-np.square(x / 0.09)) * step(y, 0.1, 0.5)
    round_ = 1.06 - 0.34 * np.square(x) - 0.30 * y + 0.14 * np.exp(-np.square((y - top - 0.14) / 0.08))
    paint = colour[::-1] / 255 * (groove * round_)[..., None]
    return image_of(np.dstack([paint.clip(0, 1), alpha]).astype(np.float32))
