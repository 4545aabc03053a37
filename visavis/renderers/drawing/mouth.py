"""A mouth: lips, teeth, tongue and the shadows around them, from one mouth shape."""

from dataclasses import dataclass

import skia

from visavis.renderers.drawing.brush import linear, mix, path, soft_spot, stroke
from visavis.renderers.person import Person
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
class _Form:
    """Where the parts of a mouth are: inner edges, corners, thickness of the lips, how full its curves are."""

    half: float
    corner: float
    top: float
    low: float
    upper: float
    lower: float
    square: float
    bulge: float


class Mouth:
    """Paints the mouth at the origin, the line between closed lips at y = 0."""

    def __init__(self, person: Person) -> None:
        self._style = style = person.lips
        skin_shadow = person.skin[1][1]
        lip, dark = style.colour, mix(style.colour, "#4a1018", 0.45)
        self._upper = linear((0, -13), (0, 3), [(0, mix(lip, "#ffe2d8", 0.16), 1), (0.5, lip, 1), (1, dark, 1)])
        self._lower = linear(
            (0, -1), (0, 12), [(0, mix(lip, "#5a1520", 0.20), 1), (0.45, mix(lip, "#ffded6", 0.26), 1), (1, lip, 1)]
        )
        self._border = stroke(lip, 1.6, 0.30)  # lips have no hard border
        self._gloss = soft_spot("#ffffff", style.gloss * 1.5, (0, 0), 1.0)
        self._line = linear(
            (-30, 0),
            (30, 0),
            [(at, mix(lip, "#3a0a10", 0.66), a) for at, a in ((0, 0.35), (0.25, 0.8), (0.75, 0.8), (1, 0.35))],
        )
        self._seam = stroke(dark, 1.3, 0.9)  # under the lips' soft inner edges
        self._cavity = linear((0, -10), (0, 26), [(0, "#1c0508", 1), (0.5, "#3c0d13", 1), (1, "#561820", 1)])
        self._teeth = linear((0, -2), (0, 10), [(0, "#efe6df", 1), (0.4, "#fffdf9", 1), (1, "#f6f0e9", 1)])
        self._low_teeth = linear((0, -5), (0, 4), [(0, "#f3ebe3", 1), (1, "#c9bab0", 1)])
        self._gap = stroke("#b9a79c", 0.45, 0.40)
        self._sides = linear(
            (-1, 0),
            (1, 0),
            [(at, "#2a070c", a) for at, a in ((0, 0.85), (0.2, 0.28), (0.4, 0), (0.6, 0), (0.8, 0.28), (1, 0.85))],
        )
        self._tongue = linear((0, -2), (0, 12), [(0, "#ad5b61", 1), (0.5, "#96454c", 1), (1, "#702c35", 1)])
        self._groove = stroke("#8f3a41", 1.4, 0.35, blur=1.0)
        self._inner_shadow = linear((0, -1), (0, 4), [(0, "#1a0407", 0.50), (1, "#1a0407", 0)])
        self._below = soft_spot(skin_shadow, 0.36, (0, 0), 22, 0.36)
        self._dimple = soft_spot(skin_shadow, 0.42, (0, 0), 4.5)

    def paint(self, canvas: skia.Canvas, shape: Shape, smile: float) -> None:
        s = [float(part) for part in shape]
        form = self._form(s, smile)
        canvas.save()
        canvas.translate(0, form.low + form.lower + 5.5)
        canvas.drawRect(skia.Rect.MakeLTRB(-24, -9, 24, 9), self._below)
        canvas.restore()
        hole = self._hole(form)
        canvas.drawPath(hole, self._seam)
        if form.low - form.top > 0.9:
            self._inside(canvas, s, form, hole)
        self._lips(canvas, s, form)

    def _form(self, s: list[float], smile: float) -> _Form:
        style = self._style
        gap = 26.0 * s[OPEN]
        smile *= 1 - 0.7 * s[ROUND]
        half = style.half * (1 + 0.17 * s[WIDE] - 0.33 * s[ROUND]) + (3.4 if smile > 0 else 0.8) * smile - 2.0 * s[OPEN]
        thick = 1 + 0.22 * s[ROUND] - 0.12 * max(0.0, s[WIDE]) - 0.42 * s[PRESS]
        top = 0.8 * smile * (1 - s[OPEN]) - 0.20 * gap - 1.6 * s[UPPER_TEETH] * min(1.0, 4 * s[OPEN])
        low = 0.80 * gap + 0.8 * smile * (1 - s[OPEN])
        if s[TUCK] > 0:
            low -= s[TUCK] * 0.3 * gap
        return _Form(
            half=half,
            corner=-(9.6 if smile > 0 else 5.6) * smile + 0.29 * gap + 0.8 * s[ROUND],
            top=top,
            low=max(low, top + 0.2),
            upper=style.upper * thick * (1 - 0.14 * s[UPPER_TEETH] - 0.12 * smile),
            lower=style.lower * thick * (1 - 0.35 * s[TUCK]),
            square=0.62 + 0.14 * s[ROUND] + 0.04 * s[OPEN],
            bulge=0.20 * s[OPEN],
        )

    def _hole(self, f: _Form) -> skia.Path:
        half, bow = f.half, f.square
        return path(
            ("M", -half, f.corner),
            ("C", -half * bow, f.top - 0.6, -half * 0.25, f.top, 0, f.top + 0.5),
            ("C", half * 0.25, f.top, half * bow, f.top - 0.6, half, f.corner),
            ("C", half * (bow + 0.2 + f.bulge), f.low * 0.86 + 0.14 * f.corner, half * 0.45, f.low, 0, f.low),
            ("C", -half * 0.45, f.low, -half * (bow + 0.2 + f.bulge), f.low * 0.86 + 0.14 * f.corner, -half, f.corner),
            ("Z",),
        )

    def _inside(self, canvas: skia.Canvas, s: list[float], f: _Form, hole: skia.Path) -> None:
        gap = f.low - f.top
        canvas.save()
        canvas.clipPath(hole, True)
        canvas.drawRect(skia.Rect.MakeLTRB(-40, -20, 40, 40), self._cavity)
        self._paint_tongue(canvas, f, f.low - 1.5 - 0.42 * gap * (0.62 + 0.7 * s[TONGUE]) * (1 - 0.5 * s[ROUND]))
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
            self._paint_tongue(canvas, f, f.low - 0.62 * gap * s[TONGUE_OUT], 0.52)
        canvas.translate(0, f.top)
        canvas.drawRect(skia.Rect.MakeLTRB(-40, -12, 40, 8), self._inner_shadow)
        canvas.restore()

    def _paint_tongue(self, canvas: skia.Canvas, f: _Form, top: float, width: float = 0.74) -> None:
        canvas.save()
        canvas.translate(0, top)
        half = f.half * width
        body = path(
            ("M", -half, 14),
            ("C", -half, 3, -half * 0.60, -0.6, 0, 0.4),
            ("C", half * 0.60, -0.6, half, 3, half, 14),
            ("Z",),
        )
        canvas.drawPath(body, self._tongue)
        canvas.drawLine(0, 2.5, 0, 12, self._groove)
        canvas.restore()

    def _upper_row(self, canvas: skia.Canvas, s: list[float], f: _Form) -> None:
        edge = 2.2 + 6.2 * s[UPPER_TEETH]
        half = f.half * 0.97
        canvas.save()
        canvas.translate(0, f.top)
        row = path(
            ("M", -half, -8),
            ("L", -half, edge - 5.0),
            ("C", -half * 0.66, edge + 0.4, half * 0.66, edge + 0.4, half, edge - 5.0),
            ("L", half, -8),
            ("Z",),
        )
        canvas.drawPath(row, self._teeth)
        for place in (-0.74, -0.53, -0.27, 0.0, 0.27, 0.53, 0.74):
            canvas.drawLine(half * place, 0, half * place, edge - 0.9 - 4.0 * place * place, self._gap)
        canvas.scale(half, 1)
        canvas.drawRect(skia.Rect.MakeLTRB(-1.1, -8, 1.1, edge + 1), self._sides)
        canvas.restore()

    def _lips(self, canvas: skia.Canvas, s: list[float], f: _Form) -> None:
        half, bow, out = f.half, f.square, f.half + 1.2
        swell = 0.36 + 0.34 * s[ROUND]  # pushed forward, the upper lip is round and not peaked
        closed = 1 - min(1.0, (f.low - f.top) / 2.2)
        peak, dip = f.top - f.upper, f.top - f.upper * (0.76 + 0.14 * s[ROUND])
        upper = path(
            ("M", -out, f.corner),
            (
                "C",
                -half * 0.74,
                f.top * 0.5 + f.corner * 0.5 - f.upper * swell,
                -half * 0.38,
                peak - 0.3,
                -half * 0.2,
                peak,
            ),
            ("C", -half * 0.12, peak, -half * 0.06, dip, 0, dip),
            ("C", half * 0.06, dip, half * 0.12, peak, half * 0.2, peak),
            ("C", half * 0.38, peak - 0.3, half * 0.74, f.top * 0.5 + f.corner * 0.5 - f.upper * swell, out, f.corner),
            ("C", half * bow, f.top - 0.6, half * 0.25, f.top, 0, f.top + 0.5 + 0.5 * closed),
            ("C", -half * 0.25, f.top, -half * bow, f.top - 0.6, -out, f.corner),
            ("Z",),
        )
        side = f.low * 0.86 + 0.14 * f.corner
        base = f.low + f.lower
        wide = bow + 0.2 + f.bulge - 0.14 * closed
        lower = path(
            ("M", -out + 0.6, f.corner + 0.2),
            ("C", -half * (bow + 0.2 + f.bulge), side, -half * 0.45, f.low, 0, f.low),
            ("C", half * 0.45, f.low, half * (bow + 0.2 + f.bulge), side, out - 0.6, f.corner + 0.2),
            ("C", half * wide, side + f.lower * (0.92 - 0.30 * closed), half * 0.46, base, 0, base),
            (
                "C",
                -half * 0.46,
                base,
                -half * wide,
                side + f.lower * (0.92 - 0.30 * closed),
                -out + 0.6,
                f.corner + 0.2,
            ),
            ("Z",),
        )
        canvas.save()
        canvas.translate(0, f.low)
        lower.offset(0, -f.low)
        canvas.drawPath(lower, self._border)
        canvas.drawPath(lower, self._lower)
        canvas.translate(-half * 0.06, f.lower * 0.41)
        canvas.scale(half * 0.42, f.lower * 0.24)
        canvas.drawRect(skia.Rect.MakeLTRB(-1, -1, 1, 1), self._gloss)
        canvas.restore()
        canvas.save()
        canvas.translate(0, f.top)
        upper.offset(0, -f.top)
        canvas.drawPath(upper, self._border)
        canvas.drawPath(upper, self._upper)
        canvas.restore()
        if closed > 0:
            line = path(
                ("M", -out, f.corner),
                ("C", -half * bow, f.top + 0.1, -half * 0.25, f.top + 0.5, 0, f.top + 0.9),
                ("C", half * 0.25, f.top + 0.5, half * bow, f.top + 0.1, out, f.corner),
                ("C", half * bow, f.top + 1.1, half * 0.25, f.top + 1.6, 0, f.top + 2.0),
                ("C", -half * 0.25, f.top + 1.6, -half * bow, f.top + 1.1, -out, f.corner),
                ("Z",),
            )
            canvas.drawPath(line, self._line)
        self._dimples(canvas, out + 0.5, f.corner)

    def _dimples(self, canvas: skia.Canvas, aside: float, height: float) -> None:
        for side_x in (-aside, aside):
            canvas.save()
            canvas.translate(side_x, height)
            canvas.drawRect(skia.Rect.MakeLTRB(-4.5, -4.5, 4.5, 4.5), self._dimple)
            canvas.restore()
