"""Short words for skia: colours, fills, strokes, gradients, smooth outlines, and numpy pictures as images."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
import skia

from visavis.renderers.arrays import Floats

Point: TypeAlias = tuple[float, float]
Stop: TypeAlias = tuple[float, str, float]
"""Where on a gradient (0 to 1), which colour ('#rrggbb'), how opaque (0 to 1)."""


def rgb(colour: str) -> Floats:
    """'#rrggbb' as three floats from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def ink(colour: str, alpha: float = 1.0) -> int:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return skia.Color(red, green, blue, round(255 * min(1.0, max(0.0, alpha))))


def mix(a: str, b: str, share: float) -> str:
    """A colour on the way from `a` (0) to `b` (1)."""
    return _hexed(rgb(a) * (1 - share) + rgb(b) * share)


def _hexed(parts: Floats) -> str:
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in np.clip(parts, 0, 1))


def fill(colour: str, alpha: float = 1.0, blur: float = 0.0) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=ink(colour, alpha))
    if blur:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return paint


def stroke(colour: str, width: float, alpha: float = 1.0, blur: float = 0.0) -> skia.Paint:
    paint = fill(colour, alpha, blur)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def linear(start: Point, end: Point, stops: Sequence[Stop]) -> skia.Paint:
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(*start), skia.Point(*end)], [ink(c, a) for _, c, a in stops], [at for at, _, _ in stops]
    )
    return skia.Paint(AntiAlias=True, Shader=shader)


def radial(centre: Point, radius: float, stops: Sequence[Stop], squash: float = 1.0) -> skia.Paint:
    """A round gradient; `squash` below 1 makes it flatter than wide."""
    matrix = skia.Matrix()
    matrix.setScale(1.0, squash, centre[0], centre[1])
    shader = skia.GradientShader.MakeRadial(
        skia.Point(*centre),
        radius,
        [ink(c, a) for _, c, a in stops],
        [at for at, _, _ in stops],
        skia.TileMode.kClamp,
        0,
        matrix,
    )
    return skia.Paint(AntiAlias=True, Shader=shader)


def soft_spot(colour: str, alpha: float, centre: Point, radius: float, squash: float = 1.0) -> skia.Paint:
    """A spot that fades out towards its rim like a bell."""
    stops = [(at, colour, alpha * float(np.exp(-4.5 * at * at))) for at in (0.0, 0.2, 0.4, 0.6, 0.8)]
    return radial(centre, radius, [*stops, (1.0, colour, 0.0)], squash)


def path(*steps: tuple[str | float, ...]) -> skia.Path:
    """A path from ("M", x, y), ("L", x, y), ("Q", ...4), ("C", ...6), ("Z",)."""
    result = skia.Path()
    for verb, *numbers in steps:
        match verb:
            case "M":
                result.moveTo(*numbers)
            case "L":
                result.lineTo(*numbers)
            case "Q":
                result.quadTo(*numbers)
            case "C":
                result.cubicTo(*numbers)
            case _:
                result.close()
    return result


def smooth(points: Sequence[Point], closed: bool = False) -> skia.Path:
    """A Catmull-Rom curve through all points."""
    result = skia.Path()
    count = len(points)
    result.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        before = points[i - 1] if closed or i else points[i]
        here, there = points[i], points[(i + 1) % count]
        after = points[(i + 2) % count] if closed or i + 2 < count else there
        result.cubicTo(
            here[0] + (there[0] - before[0]) / 6,
            here[1] + (there[1] - before[1]) / 6,
            there[0] - (after[0] - here[0]) / 6,
            there[1] - (after[1] - here[1]) / 6,
            there[0],
            there[1],
        )
    if closed:
        result.close()
    return result


def smooth_points(points: Sequence[Point], each: int) -> list[Point]:
    """Points on the closed Catmull-Rom curve through `points`, `each` between neighbours."""
    knots = np.array(points, np.float64)
    before, after, later = np.roll(knots, 1, 0), np.roll(knots, -1, 0), np.roll(knots, -2, 0)
    t = (np.arange(each) / each)[None, :, None]
    a, b, c, d = (part[:, None] for part in (before, knots, after, later))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return [(float(x), float(y)) for x, y in curve.reshape(-1, 2)]


def mirrored(source: skia.Path) -> skia.Path:
    result = skia.Path(source)
    result.transform(skia.Matrix().setScale(-1, 1))
    return result


def image_of(rgba: Floats) -> skia.Image:
    """A straight-alpha float picture (h, w, 4), 0 to 1, as an image."""
    eight = (np.clip(rgba, 0, 1) * 255 + 0.5).astype(np.uint8)
    return skia.Image.fromarray(np.ascontiguousarray(eight), skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)


def ramp(stops: Sequence[tuple[float, str]], light: Floats) -> Floats:
    """Colours (..., 3) for amounts of light: what a painter mixes from shadow to highlight."""
    at = [stop for stop, _ in stops]
    table_at = np.linspace(at[0], at[-1], 256, dtype=np.float32)
    colours = np.stack([rgb(colour) for _, colour in stops])
    table = np.stack([np.interp(table_at, at, colours[:, c]) for c in range(3)], axis=1).astype(np.float32)
    index = np.clip((light - at[0]) * (255 / (at[-1] - at[0])), 0, 255).astype(np.uint8)
    return table[index]


def ramp_colour(stops: Sequence[tuple[float, str]], light: float) -> str:
    """The one colour that a ramp gives for this much light."""
    return _hexed(ramp(stops, np.array([light]))[0])


def blurred(field: Floats, sigma_px: float) -> Floats:
    """A wide blur at a price that does not grow with its width."""
    shrink = max(1, int(sigma_px / 3))
    height, width = field.shape[:2]
    work = field.astype(np.float32)
    if shrink > 1:
        small = max(1, width // shrink), max(1, height // shrink)
        work = cv2.resize(work, small, interpolation=cv2.INTER_AREA)
    work = cv2.GaussianBlur(work, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REPLICATE)
    if shrink > 1:
        work = cv2.resize(work, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(work, np.float32)
