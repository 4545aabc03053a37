"""Eyes that look and blink, painted over skin that already shows closed lids."""

from dataclasses import dataclass

import skia

from visavis.renderers.drawing.brush import fill, linear, mix, path, radial, soft_spot, stroke


@dataclass(frozen=True, slots=True)
class EyeStyle:
    """Colours and build of a pair of eyes; lengths in design units."""

    iris: str
    lash: str
    lid: str
    crease: str
    lash_width: float = 2.6
    wing: float = 3.5
    tall: float = 1.0


@dataclass(frozen=True, slots=True)
class EyePose:
    """`blink` 0 open to 1 shut, gaze in design units, `squint` 0 to 1 raises the lower lid."""

    blink: float
    gaze_x: float
    gaze_y: float
    squint: float


_INNER = (19.0, 3.4)
_OUTER = (-20.5, 0.2)
_IRIS = 11.0


class Eyes:
    """Paints one eye at the origin, its inner corner to the right; the caller mirrors the canvas for the other."""

    def __init__(self, style: EyeStyle) -> None:
        self._style = style
        iris = style.iris
        self._white = radial((0, 0), 24, [(0, "#fbf8f5", 1), (0.6, "#f1ebe7", 1), (1, "#c9bab6", 1)], 0.75)
        self._iris = radial(
            (0, 2.5),
            _IRIS + 1,
            [(0, mix(iris, "#ffe9c0", 0.42), 1), (0.55, iris, 1), (1, mix(iris, "#120a08", 0.62), 1)],
        )
        self._limbus = stroke(mix(iris, "#0d0706", 0.75), 1.5, 0.85)
        self._pupil = fill("#0c0706")
        self._spark, self._glint = fill("#ffffff", 0.96), fill("#ffffff", 0.45)
        self._shade = linear((0, -13), (0, 3), [(0, "#3a1f1c", 0.55), (0.55, "#5a3a34", 0.18), (1, "#5a3a34", 0)])
        self._lash = fill(style.lash, 0.96)
        self._crease = stroke(style.crease, 1.5, 0.55)
        self._water = stroke("#e7b0a2", 1.4, 0.75)
        self._lower = stroke(style.lash, 0.9, 0.35)
        self._corner = soft_spot("#c9746a", 0.7, (_INNER[0] - 2, _INNER[1] - 0.4), 3.6)

    def paint(self, canvas: skia.Canvas, pose: EyePose, flipped: bool) -> None:
        tall = self._style.tall
        low = 8.6 * tall - 2.4 * pose.squint - 1.6 * pose.blink
        high = (-12.6 * tall + 1.8 * pose.squint - 0.35 * pose.gaze_y) * (1 - pose.blink) + (low - 0.8) * pose.blink
        if pose.blink < 0.97:
            self._ball(canvas, pose, high, low, flipped)
        self._lid_lines(canvas, pose.blink, high, low)

    def _aperture(self, high: float, low: float) -> skia.Path:
        return path(
            ("M", *_OUTER),
            ("C", -14.5, high * 1.22 + 1.2, 6, high * 1.36, *_INNER),
            ("C", 10, low * 1.12, -11, low * 1.30, *_OUTER),
            ("Z",),
        )

    def _ball(self, canvas: skia.Canvas, pose: EyePose, high: float, low: float, flipped: bool) -> None:
        canvas.save()
        canvas.clipPath(self._aperture(high, low), True)
        canvas.drawRect(skia.Rect.MakeLTRB(-24, -16, 24, 14), self._white)
        canvas.drawCircle(_INNER[0] - 2, _INNER[1] - 0.4, 3.6, self._corner)
        canvas.save()
        canvas.translate((-pose.gaze_x if flipped else pose.gaze_x) - 0.3, pose.gaze_y - 1.4)
        canvas.drawCircle(0, 0, _IRIS, self._iris)
        canvas.drawCircle(0, 0, _IRIS - 0.5, self._limbus)
        canvas.drawCircle(0, 0, 5.0, self._pupil)
        side = 1 if flipped else -1  # light falls from one side on both eyes
        canvas.drawCircle(3.6 * side, -4.2, 2.7, self._spark)
        canvas.drawCircle(-3.8 * side, 4.4, 1.5, self._glint)
        canvas.restore()
        canvas.translate(0, high + 12.6)
        canvas.drawRect(skia.Rect.MakeLTRB(-24, -16, 24, 6), self._shade)
        canvas.restore()

    def _lid_lines(self, canvas: skia.Canvas, blink: float, high: float, low: float) -> None:
        style = self._style
        if blink < 0.9:
            canvas.drawPath(path(("M", -18.5, 2.6), ("C", -10, low * 1.28, 9, low * 1.12, 17.5, 4.2)), self._water)
        width = style.lash_width
        lash = path(
            ("M", _OUTER[0] - style.wing, _OUTER[1] - style.wing * (0.8 - 1.1 * blink)),
            ("C", -14.5, high * 1.22 + 1.2 - width, 6, high * 1.36 - width * 0.7, _INNER[0] + 0.6, _INNER[1] + 0.4),
            ("C", 6, high * 1.36 + 0.4, -14.5, high * 1.22 + 1.6, _OUTER[0] + 0.8, _OUTER[1] + 1.0),
            ("Z",),
        )
        canvas.drawPath(lash, self._lash)
        lift = 3.2 * blink
        canvas.drawPath(
            path(("M", -20.5, -6.6 + lift), ("C", -13, -19.5 + lift, 7, -20.5 + lift, 16.5, -7.5 + lift)), self._crease
        )
