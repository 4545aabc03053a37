"""Eyes that look and blink, painted over skin that already shows closed lids."""

from dataclasses import dataclass

import numpy as np
import skia

from visavis.renderers.drawing.brush import fill, image_of, linear, mix, path, radial, rgb, soft_spot, stroke
from visavis.renderers.person import Person


@dataclass(frozen=True, slots=True)
class EyePose:
    """`blink` 0 open to 1 shut, gaze in units, `squint` 0 to 1 raises the lower lid, `wide` -1 to 1 the upper."""

    blink: float
    gaze_x: float
    gaze_y: float
    squint: float
    wide: float = 0.0


_INNER = (19.5, 4.2)
_OUTER = (-21.5, -0.8)
_IRIS = 10.9


class Eyes:
    """Paints one eye at the origin, its inner corner to the right; the caller mirrors the canvas for the other."""

    def __init__(self, person: Person) -> None:
        self._look = look = person.eyes
        lash = mix(person.brows.colour, "#0b0706", 0.78)
        crease, pale = person.skin[1][1], person.skin[3][1]
        self._white = radial((0, 1), 25, [(0, "#f8f4f1", 1), (0.55, "#ece4df", 1), (1, "#ab958f", 1)], 0.72)
        self._iris = _iris_image(look.iris)
        self._iris_box = skia.Rect.MakeLTRB(-_IRIS, -_IRIS, _IRIS, _IRIS)
        self._sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self._spark, self._glint = fill("#ffffff", 0.97), fill("#ffffff", 0.30)
        self._shade = linear((0, -14), (0, 3), [(0, "#1e0e0d", 0.74), (0.5, "#3d2421", 0.30), (1, "#5a3a34", 0)])
        self._lash = fill(lash, 0.95)
        self._crease = stroke(crease, 2.6, 0.16), stroke(crease, 1.2, 0.42)
        self._soft_crease = stroke(crease, 2.8, 0.10), stroke(crease, 1.4, 0.16)
        self._bag = stroke(crease, 5.0, 0.035), stroke(crease, 2.4, 0.06)
        self._water = stroke(mix("#eebfb2", pale, 0.4), 1.5, 0.80)
        self._lower = stroke(lash, 1.0, 0.30)
        self._corner = soft_spot("#d07f74", 0.85, (_INNER[0] - 2.2, _INNER[1] - 0.6), 4.2)

    def paint(self, canvas: skia.Canvas, pose: EyePose, flipped: bool) -> None:
        look = self._look
        canvas.save()
        canvas.rotate(look.tilt)
        canvas.scale(look.size, look.size)
        low = 8.4 * look.tall - 3.0 * pose.squint - 1.4 * pose.blink + 0.5 * max(0.0, pose.wide)
        high = -11.6 * look.tall + 1.2 * pose.squint + 0.30 * pose.gaze_y - (3.2 if pose.wide > 0 else 4.6) * pose.wide
        high = high * (1 - pose.blink) + (low - 0.6) * pose.blink
        if pose.blink < 0.97:
            self._ball(canvas, pose, high, low, flipped)
        self._lid_lines(canvas, pose.blink, high, low)
        canvas.restore()

    def _aperture(self, high: float, low: float) -> skia.Path:
        return path(
            ("M", *_OUTER),
            ("C", -15.0, high * 1.24 + 0.8, 5.5, high * 1.40, *_INNER),
            ("C", 10, low * 1.16, -12, low * 1.34, *_OUTER),
            ("Z",),
        )

    def _ball(self, canvas: skia.Canvas, pose: EyePose, high: float, low: float, flipped: bool) -> None:
        canvas.save()
        canvas.clipPath(self._aperture(high, low), True)
        canvas.drawRect(skia.Rect.MakeLTRB(-25, -20, 25, 14), self._white)
        canvas.drawCircle(_INNER[0] - 2.2, _INNER[1] - 0.6, 4.2, self._corner)
        canvas.save()
        canvas.translate((-pose.gaze_x if flipped else pose.gaze_x) - 0.2, pose.gaze_y - 1.6)
        canvas.drawImageRect(self._iris, self._iris_box, self._sampling)
        side = 1 if flipped else -1  # light falls from one side on both eyes
        canvas.drawOval(skia.Rect.MakeXYWH(3.8 * side - 2.5, -6.4, 5.0, 4.6), self._spark)
        canvas.drawOval(skia.Rect.MakeXYWH(-4.2 * side - 1.4, 3.0, 2.8, 2.4), self._glint)
        canvas.restore()
        canvas.translate(0, high + 12.6)
        canvas.drawRect(skia.Rect.MakeLTRB(-25, -18, 25, 6), self._shade)
        canvas.restore()

    def _lid_lines(self, canvas: skia.Canvas, blink: float, high: float, low: float) -> None:
        look, width = self._look, self._look.lash
        lower = path(("M", -19.5, 2.4), ("C", -11, low * 1.30, 9, low * 1.16, 17.5, 4.8))
        canvas.save()
        canvas.translate(0, 5.5)
        _draw(canvas, lower, self._bag)
        canvas.restore()
        if blink < 0.9:
            canvas.drawPath(lower, self._water)
            canvas.drawPath(
                path(("M", -20.0, 2.6), ("C", -16, low * 0.95, -10, low * 1.18, -4, low * 1.14)), self._lower
            )
        outer, inner = _OUTER, _INNER
        lash = path(
            ("M", outer[0] - look.wing, outer[1] - look.wing * (0.62 - 1.1 * blink)),
            ("C", -16.0, high * 1.24 + 0.6 - width, 4.5, high * 1.40 - width * 0.75, inner[0] + 0.4, inner[1] + 0.2),
            ("C", 5.5, high * 1.40 + 0.5, -15.0, high * 1.24 + 1.2, outer[0] - 0.4, outer[1] + 1.6),
            ("Z",),
        )
        canvas.drawPath(lash, self._lash)
        if look.fold <= 0:
            return
        lift, up = 3.0 * blink, 0.55 + 0.45 * look.fold
        crease = path(
            ("M", -22.5 - blink, -6.6 * up + 1.5 * lift),
            ("C", -13.5, -18.6 * up + lift, 6.5, -20.0 * up + lift, 17.0 + blink, -7.6 * up + 1.5 * lift),
        )
        _draw(canvas, crease, self._crease if blink < 0.5 else self._soft_crease)


def _draw(canvas: skia.Canvas, line: skia.Path, paints: tuple[skia.Paint, ...]) -> None:
    """A line with soft borders: several strokes cost far less than one blurred one."""
    for paint in paints:
        canvas.drawPath(line, paint)


def _iris_image(colour: str) -> skia.Image:
    """An iris with fibres, a dark ring, a light crescent opposite the light, and its pupil; 96 pixels square."""
    size = 96
    at = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(at, at)
    far, angle = np.hypot(x, y), np.arctan2(y, x)
    rng = np.random.default_rng(11)
    fibres = sum(np.sin(angle * n + rng.uniform(0, 6.28)) * a for n, a in ((11, 0.5), (23, 0.6), (41, 0.5), (67, 0.4)))
    base = rgb(colour)
    glow = np.clip(0.55 + 0.75 * y, 0, 1.3) * np.exp(-np.square((far - 0.62) / 0.22))
    light = 0.62 + 0.10 * fibres * np.exp(-np.square((far - 0.6) / 0.25)) + 0.95 * glow
    warm = np.exp(-np.square((far - 0.45) / 0.10)) * 0.28
    paint = base * light[..., None] + warm[..., None] * rgb("#c98a3a") + 0.10 * glow[..., None]
    ring = np.clip((far - 0.80) / 0.17, 0, 1)[..., None]
    paint = paint * (1 - 0.80 * ring)
    pupil = np.clip((far - 0.42) * 18 + 0.5, 0, 1)[..., None]
    paint = paint * pupil + rgb("#0b0605") * (1 - pupil)
    alpha = np.clip((1.0 - far) * 14, 0, 1)
    return image_of(np.dstack([paint, alpha]).astype(np.float32))
