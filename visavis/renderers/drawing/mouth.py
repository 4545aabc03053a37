"""A mouth: lips, teeth, tongue and the shadows around them, from one mouth shape."""

from dataclasses import dataclass

import skia

from visavis.renderers.drawing.brush import fill, linear, mix, path, soft_spot, stroke
from visavis.renderers.visemes import (
    LOWER_TEETH,
    OPEN,
    PRESS,
    ROUND,
    TONGUE,
    TONGUE_OUT,
    TUCK,
    UPPER_TEETH,
    WIDE,
    Shape,
)


@dataclass(frozen=True, slots=True)
class MouthStyle:
    """Colours and build of a mouth; lengths in design units."""

    lip: str
    shadow: str
    half_width: float = 27.0
    upper: float = 7.0
    lower: float = 9.6
    gloss: float = 0.35


@dataclass(frozen=True, slots=True)
class _Form:
    """Where the parts of a mouth are: inner edges (top, low), corners, thickness of the lips."""

    half: float
    corner: float
    top: float
    low: float
    upper: float
    lower: float
    square: float


class Mouth:
    """Paints the mouth at the origin, the line between closed lips at y = 0."""

    def __init__(self, style: MouthStyle) -> None:
        self._style = style
        lip, dark = style.lip, mix(style.lip, "#4a1018", 0.45)
        self._upper = linear((0, -13), (0, 3), [(0, mix(lip, "#ffffff", 0.10), 1), (0.55, lip, 1), (1, dark, 1)])
        self._lower = linear(
            (0, -1), (0, 12), [(0, mix(lip, "#5a1520", 0.22), 1), (0.4, mix(lip, "#ffd8d0", 0.22), 1), (1, lip, 1)]
        )
        self._gloss = fill("#ffffff", style.gloss, blur=1.0)
        self._line = stroke(mix(lip, "#2a060c", 0.72), 1.6, 0.9)
        self._cavity = linear((0, -10), (0, 26), [(0, "#1c0508", 1), (0.5, "#3c0d13", 1), (1, "#591820", 1)])
        self._teeth = linear((0, -2), (0, 11), [(0, "#d9cfc8", 1), (0.35, "#fbf8f3", 1), (1, "#efe8e0", 1)])
        self._low_teeth = linear((0, -5), (0, 4), [(0, "#e6ddd5", 1), (1, "#b9aaa2", 1)])
        self._gap = stroke("#a8988f", 0.5, 0.45)
        self._tongue = linear((0, -6), (0, 14), [(0, "#d98183", 1), (0.5, "#c15f63", 1), (1, "#8f3a41", 1)])
        self._inner_shadow = linear((0, -2), (0, 8), [(0, "#1a0407", 0.75), (1, "#1a0407", 0)])
        self._below = soft_spot(style.shadow, 0.36, (0, 0), 22, 0.36)
        self._dimple = fill(style.shadow, 0.55, blur=1.2)

    def paint(self, canvas: skia.Canvas, shape: Shape, smile: float) -> None:
        s = [float(part) for part in shape]
        form = self._form(s, smile)
        canvas.save()
        canvas.translate(0, form.low + form.lower + 5.5)
        canvas.drawRect(skia.Rect.MakeLTRB(-24, -9, 24, 9), self._below)
        canvas.restore()
        if form.low - form.top > 0.9:
            self._inside(canvas, s, form)
        self._lips(canvas, s, form)

    def _form(self, s: list[float], smile: float) -> _Form:
        style = self._style
        gap = 29.0 * s[OPEN]
        smile *= 1 - 0.7 * s[ROUND]
        half = style.half_width * (1 + 0.17 * s[WIDE] - 0.40 * s[ROUND]) + 3.4 * smile - 2.0 * s[OPEN]
        thick = 1 + 0.22 * s[ROUND] - 0.12 * max(0.0, s[WIDE]) - 0.42 * s[PRESS]
        top = -0.20 * gap - 1.6 * s[UPPER_TEETH] * min(1.0, 4 * s[OPEN])
        low = 0.80 * gap
        if s[TUCK] > 0:
            low -= s[TUCK] * 0.5 * gap
        return _Form(
            half=half,
            corner=-5.4 * smile + 0.20 * gap + 0.8 * s[ROUND],
            top=top,
            low=max(low, top + 0.2),
            upper=style.upper * thick * (1 - 0.16 * s[UPPER_TEETH]),
            lower=style.lower * thick * (1 - 0.35 * s[TUCK]),
            square=0.62 + 0.16 * s[ROUND] + 0.10 * s[OPEN],
        )

    def _hole(self, f: _Form) -> skia.Path:
        half, bow = f.half, f.square
        return path(
            ("M", -half, f.corner),
            ("C", -half * bow, f.top - 0.6, -half * 0.25, f.top, 0, f.top + 0.5),
            ("C", half * 0.25, f.top, half * bow, f.top - 0.6, half, f.corner),
            ("C", half * (bow + 0.2), f.low * 0.86 + 0.14 * f.corner, half * 0.45, f.low, 0, f.low),
            ("C", -half * 0.45, f.low, -half * (bow + 0.2), f.low * 0.86 + 0.14 * f.corner, -half, f.corner),
            ("Z",),
        )

    def _inside(self, canvas: skia.Canvas, s: list[float], f: _Form) -> None:
        gap = f.low - f.top
        canvas.save()
        canvas.clipPath(self._hole(f), True)
        canvas.drawRect(skia.Rect.MakeLTRB(-40, -20, 40, 40), self._cavity)
        self._paint_tongue(canvas, f, f.low - 1.5 - 0.42 * gap * (0.35 + s[TONGUE]))
        if s[LOWER_TEETH] > 0.05:
            rise = 1.5 + 3.2 * s[LOWER_TEETH]
            canvas.save()
            canvas.translate(0, f.low - rise + 3.0)
            width = f.half * 0.62
            row = path(("M", -width, 5), ("C", -width * 0.7, -3.4, width * 0.7, -3.4, width, 5), ("Z",))
            canvas.drawPath(row, self._low_teeth)
            canvas.restore()
        if s[UPPER_TEETH] > 0.05:
            self._upper_row(canvas, s, f)
        if s[TONGUE_OUT] > 0.1:
            self._paint_tongue(canvas, f, f.low - 1.2 - 3.2 * s[TONGUE_OUT], 0.5)
        canvas.translate(0, f.top)
        canvas.drawRect(skia.Rect.MakeLTRB(-40, -12, 40, 8), self._inner_shadow)
        canvas.restore()

    def _paint_tongue(self, canvas: skia.Canvas, f: _Form, top: float, width: float = 0.66) -> None:
        canvas.save()
        canvas.translate(0, top)
        canvas.drawOval(skia.Rect.MakeLTRB(-f.half * width, -1.5, f.half * width, 24), self._tongue)
        canvas.restore()

    def _upper_row(self, canvas: skia.Canvas, s: list[float], f: _Form) -> None:
        edge = 2.0 + 6.4 * s[UPPER_TEETH]
        half = f.half * 0.86
        canvas.save()
        canvas.translate(0, f.top)
        row = path(
            ("M", -half, -8),
            ("L", -half, edge - 4.2),
            ("C", -half * 0.6, edge + 0.5, half * 0.6, edge + 0.5, half, edge - 4.2),
            ("L", half, -8),
            ("Z",),
        )
        canvas.drawPath(row, self._teeth)
        for place in (-0.62, -0.35, 0.0, 0.35, 0.62):
            canvas.drawLine(half * place, 0, half * place, edge - 0.6 - 3.2 * place * place, self._gap)
        canvas.restore()

    def _lips(self, canvas: skia.Canvas, s: list[float], f: _Form) -> None:
        half, bow, out = f.half, f.square, f.half + 1.8
        closed = 1 - min(1.0, (f.low - f.top) / 2.2)
        peak, dip = f.top - f.upper, f.top - f.upper * 0.76
        upper = path(
            ("M", -out, f.corner),
            ("C", -half * 0.70, f.top - f.upper * 0.45, -half * 0.34, peak - 0.5, -5.0, peak),
            ("C", -3.0, peak, -1.4, dip, 0, dip),
            ("C", 1.4, dip, 3.0, peak, 5.0, peak),
            ("C", half * 0.34, peak - 0.5, half * 0.70, f.top - f.upper * 0.45, out, f.corner),
            ("C", half * bow, f.top - 0.6, half * 0.25, f.top, 0, f.top + 0.5 + 0.5 * closed),
            ("C", -half * 0.25, f.top, -half * bow, f.top - 0.6, -out, f.corner),
            ("Z",),
        )
        side = f.low * 0.86 + 0.14 * f.corner
        base = f.low + f.lower
        lower = path(
            ("M", -out + 0.8, f.corner + 0.3),
            ("C", -half * (bow + 0.2), side, -half * 0.45, f.low, 0, f.low),
            ("C", half * 0.45, f.low, half * (bow + 0.2), side, out - 0.8, f.corner + 0.3),
            ("C", half * (bow + 0.16), side + f.lower * 0.92, half * 0.42, base, 0, base),
            ("C", -half * 0.42, base, -half * (bow + 0.16), side + f.lower * 0.92, -out + 0.8, f.corner + 0.3),
            ("Z",),
        )
        canvas.save()
        canvas.translate(0, f.low)
        lower.offset(0, -f.low)
        canvas.drawPath(lower, self._lower)
        canvas.drawOval(skia.Rect.MakeLTRB(-half * 0.34, f.lower * 0.30, half * 0.22, f.lower * 0.52), self._gloss)
        canvas.restore()
        canvas.save()
        canvas.translate(0, f.top)
        upper.offset(0, -f.top)
        canvas.drawPath(upper, self._upper)
        canvas.restore()
        if closed > 0:
            line = path(
                ("M", -out - 0.6, f.corner - 0.3),
                ("C", -half * bow, f.top + 0.4, -half * 0.25, f.top + 0.8, 0, f.top + 1.2),
                ("C", half * 0.25, f.top + 0.8, half * bow, f.top + 0.4, out + 0.6, f.corner - 0.3),
            )
            canvas.drawPath(line, self._line)
        for side_x in (-out, out):
            canvas.drawCircle(side_x, f.corner, 1.4, self._dimple)
