"""Hair as a few shaped tresses and caps.

A tress is a ribbon between two curves, split into overlapping locks with strands and sheen; a cap is a
mass of coils, for hair that has no locks to speak of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.brush import Point, fill, image_of, ink, mix, ramp, ramp_colour, rgb, smooth, stroke

Curve = tuple[Point, Point, Point, Point]
Stops = Sequence[tuple[float, str]]

_ACROSS, _ALONG = 64, 160  # pixels of one lock's texture
_COLUMNS, _ROWS = 4, 28  # cells of the mesh it is hung on


@dataclass(frozen=True, slots=True)
class Tress:
    """A ribbon of hair from root to tip between two cubic curves, in design units.

    `sheen` is where along it light catches (0 root to 1 tip), `shade` makes it darker, `tip` is how long its end
    frays, `wave` how far and `cycles` how often it swings, `rough` how unlike each other its locks are. Locks are
    painted from `left` to `right`, or the other way round when `from_right`; `rim` is light from behind on the edge
    painted first. `arch` lifts the middle of the line of roots, `crest` that of the tips; `fade` is how softly the
    roots begin. A `tucked` tress falls behind the clothes.
    """

    left: Curve
    right: Curve
    locks: int = 5
    sheen: float = 0.3
    shade: float = 0.0
    tip: float = 0.12
    wave: float = 0.0
    cycles: float = 1.7
    rough: float = 0.5
    root: float = 0.14
    rim: float = 0.0
    taper: float = 0.40
    arch: float = 0.0
    crest: float = 0.0
    fade: float = 0.0
    from_right: bool = False
    tucked: bool = False
    strays: int = 5


@dataclass(frozen=True, slots=True)
class Cap:
    """Hair as a mass of coils inside a closed outline; `radius` of a coil and `soft` border in design units."""

    outline: tuple[Point, ...]
    coils: int
    radius: float
    soft: float
    shade: float = 0.0


def mirror(tress: Tress, **changes: float | bool) -> Tress:
    """The same on the other side of the head."""

    def flip(curve: Curve) -> Curve:
        a, b, c, d = ((-x, y) for x, y in curve)
        return a, b, c, d

    values = {name: getattr(tress, name) for name in Tress.__dataclass_fields__}
    values.update(left=flip(tress.right), right=flip(tress.left), from_right=not tress.from_right, **changes)
    return Tress(**values)


def _along(curve: Curve, t: Floats) -> Floats:
    """Points of a cubic curve, (..., 2)."""
    p = np.array(curve, np.float64)
    s = 1 - t
    weights = np.stack([s**3, 3 * s * s * t, 3 * s * t * t, t**3], axis=-1)
    return weights @ p


def _strands(rng: np.random.Generator) -> Floats:
    """Streaks along a lock, (_ALONG, _ACROSS), about -1 to 1."""
    total = np.zeros((_ALONG, _ACROSS), np.float32)
    for cells, weight in ((4, 0.6), (12, 0.6), (30, 0.5)):
        knots = rng.normal(0, 1, (5, cells + 1))
        across = np.linspace(0, cells, _ACROSS)
        rows = np.stack([np.interp(across, np.arange(cells + 1), row) for row in knots])
        along = np.linspace(0, 4, _ALONG)
        low = np.minimum(along.astype(int), 3)
        part = (along - low)[:, None]
        total += (weight * (rows[low] * (1 - part) + rows[low + 1] * part)).astype(np.float32)
    return total / 1.6


def _paint_of(
    stops: Stops, tress: Tress, span: tuple[float, float], phase: float, rng: np.random.Generator, rim: str
) -> skia.Image:
    """Straight-alpha paint of the lock that fills `span` (0 left to 1 right) of its tress."""
    streak = _strands(rng)
    u = np.linspace(0, 1, _ACROSS, dtype=np.float32)[None, :]
    t = np.linspace(0, 1, _ALONG, dtype=np.float32)[:, None]
    whole = span[0] + u * (span[1] - span[0])
    round_ = np.sqrt(np.clip(1 - np.square((u - 0.42) / 0.66), 0, 1))
    place = tress.sheen + float(rng.normal(0, 0.02))
    sheen = np.exp(-np.square((t - place - 0.045 * streak) / 0.12)) * (0.35 + 0.65 * round_)
    light = 0.30 + 0.17 * round_ + 0.085 * streak + 0.34 * sheen - tress.root * np.exp(-t / 0.07)
    light += 0.22 * (np.sqrt(np.clip(1 - np.square((whole - 0.5) / 0.62), 0, 1)) - 0.75)
    if tress.wave:
        swell = np.clip((t - 0.3) / 0.25, 0, 1) * np.cos(2 * np.pi * tress.cycles * t + phase + 0.25 * streak)
        light += 0.012 * tress.wave * swell
    behind = np.exp(-(1 - whole if tress.from_right else whole) / 0.045) * np.clip(t / 0.1, 0, 1)
    light += 0.45 * tress.rim * behind - tress.shade + 0.045 * float(rng.normal(0, tress.rough))
    colour = ramp(stops, light.astype(np.float32))
    glow = tress.rim * behind * np.clip(0.8 + 0.35 * streak, 0.3, 1.4) * np.clip(1.15 - t, 0, 1)
    colour = colour + 0.75 * glow[..., None] * rgb(rim)
    edge = np.clip(np.minimum(u, 1 - u) / 0.10 + 0.2 * streak, 0, 1)
    end = np.clip((1 - t) / max(tress.tip, 0.001) + 0.2 * streak * (tress.tip > 0), 0, 1)
    if tress.fade:
        end = end * np.clip(t / tress.fade + 0.35 * streak, 0, 1)
    return image_of(np.dstack([colour, (edge * end).astype(np.float32)]))


def _places(tress: Tress, near: float, far: float, phase: float, rng: np.random.Generator) -> Floats:
    """Mesh of a lock that fills the ribbon from `near` to `far` (0 left to 1 right): (_ROWS + 1, _COLUMNS + 1, 2)."""
    t = np.linspace(0, 1, _ROWS + 1)[:, None]
    reach = 1 + 0.10 * tress.rough * float(rng.uniform(-1, 0.5))
    centre = (near + far) / 2 + 0.12 * tress.rough * float(rng.normal()) / max(tress.locks, 1) * t
    narrow = 1 - tress.taper * np.power(t, 4)
    part = centre + np.linspace(near - far, far - near, _COLUMNS + 1)[None, :] / 2 * narrow
    return _on(tress, t * reach, part, phase)


def _on(tress: Tress, t: Floats, part: Floats, phase: float) -> Floats:
    """Points of the design plane (..., 2) for places along (`t`, 0 root to 1 tip) and across (`part`) a tress."""
    t, part = np.broadcast_arrays(t, part)
    left, right = _along(tress.left, t), _along(tress.right, t)
    points = left + (right - left) * part[..., None]
    bow = np.power(np.clip(4 * part * (1 - part), 0, 1), 0.75)
    points[..., 1] -= bow * (tress.arch * np.square(np.clip(1 - t, 0, 1)) + tress.crest * np.square(t))
    points[..., 0] += tress.wave * np.clip((t - 0.25) / 0.35, 0, 1) * np.sin(2 * np.pi * tress.cycles * t + phase)
    return points


_CORNERS = [
    corner
    for row in range(_ROWS)
    for column in range(_COLUMNS)
    for a in (row * (_COLUMNS + 1) + column,)
    for b in (a + _COLUMNS + 1,)
    for corner in (a, a + 1, b, a + 1, b + 1, b)
]
_TEXTURE = [
    skia.Point(c * _ACROSS / _COLUMNS, r * _ALONG / _ROWS) for r in range(_ROWS + 1) for c in range(_COLUMNS + 1)
]


def _hang(canvas: skia.Canvas, mesh: Floats, paint: skia.Image) -> None:
    points = [skia.Point(x, y) for x, y in mesh.reshape(-1, 2).tolist()]
    vertices = skia.Vertices(skia.Vertices.kTriangles_VertexMode, points, _TEXTURE, None, _CORNERS)
    linear = skia.SamplingOptions(skia.FilterMode.kLinear)
    shader = paint.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, linear)
    canvas.drawVertices(vertices, skia.Paint(AntiAlias=True, Shader=shader))


def paint_tress(canvas: skia.Canvas, tress: Tress, stops: Stops, rng: np.random.Generator, rim: str) -> None:
    """All locks of a tress, each throwing a soft shadow on the hair under it."""
    shade = fill(stops[0][1], 0.42, blur=2.0)
    shade.setBlendMode(skia.BlendMode.kSrcATop)
    canvas.saveLayer()
    canvas.drawPath(_ribbon(tress), fill(mix(stops[0][1], stops[1][1], 0.8), 1.0, blur=1.6))  # no gaps between locks
    for i in reversed(range(tress.locks)) if tress.from_right else range(tress.locks):
        near, far = max((i - 0.45) / tress.locks, 0.0), min((i + 1.45) / tress.locks, 1.0)
        phase = float(rng.normal(0, 0.45 * tress.rough))
        mesh = _places(tress, near, far, phase, rng)
        shadow = skia.Path()
        shadow.addPoly([skia.Point(x, y) for x, y in [*mesh[:, 0].tolist(), *mesh[::-1, -1].tolist()]], True)
        canvas.save()
        canvas.translate(-1.0 if tress.from_right else 1.2, 1.6)
        canvas.drawPath(shadow, shade)
        canvas.restore()
        _hang(canvas, mesh, _paint_of(stops, tress, (near, far), phase, rng, rim))
    _strays(canvas, tress, stops, rng)
    canvas.restore()


def _ribbon(tress: Tress) -> skia.Path:
    """The whole tress but its borders."""
    t, part = np.linspace(0.06 + tress.fade, 0.72, 24), np.linspace(0.1, 0.9, 12)
    first, last = np.full(12, t[0]), np.full(12, t[-1])
    inner, outer = np.full(24, part[0]), np.full(24, part[-1])
    along = np.concatenate([first, t, last, t[::-1]])
    across = np.concatenate([part, outer, part[::-1], inner])
    shape = skia.Path()
    shape.addPoly([skia.Point(x, y) for x, y in _on(tress, along, across, 0.0).tolist()], True)
    return shape


def _strays(canvas: skia.Canvas, tress: Tress, stops: Stops, rng: np.random.Generator) -> None:
    """Single hairs that keep outlines from looking cut."""
    for _ in range(tress.strays):
        at = float(rng.choice((rng.uniform(-0.015, 0.1), rng.uniform(0.9, 1.015), rng.uniform(0, 1))))
        mesh = _places(tress, at, at + 0.004, float(rng.normal(0, 0.4)), rng)
        line = skia.Path()
        first = int(rng.integers(1, 6))
        line.addPoly([skia.Point(x, y) for x, y in mesh[first : int(rng.integers(18, 26)), 0].tolist()], False)
        colour = stops[int(rng.integers(2, len(stops)))][1]
        paint = skia.Paint(AntiAlias=True, Color=ink(colour, 0.30), Style=skia.Paint.kStroke_Style)
        paint.setStrokeWidth(float(rng.uniform(0.4, 0.7)))
        canvas.drawPath(line, paint)


def paint_cap(canvas: skia.Canvas, cap: Cap, stops: Stops, rng: np.random.Generator) -> None:
    """A soft dark body, clumps that catch light, and coils that are lighter the more they face it."""
    shape = smooth(cap.outline, closed=True)
    canvas.drawPath(shape, fill(mix(stops[0][1], stops[1][1], 0.6), blur=cap.soft))
    xs, ys = [x for x, _ in cap.outline], [y for _, y in cap.outline]
    middle, reach, half = (min(ys) + max(ys)) / 2, (max(ys) - min(ys)) / 2, max(xs)

    def places(count: int) -> list[Point]:
        found: list[Point] = []
        while len(found) < count:
            x, y = float(rng.uniform(min(xs), max(xs))), float(rng.uniform(min(ys), max(ys)))
            if shape.contains(x, y):
                found.append((x, y))
        return found

    def light(x: float, y: float) -> float:
        return 0.46 - 0.32 * (y - middle) / reach - 0.22 * x / half - cap.shade

    for x, y in places(cap.coils // 9):
        tone = ramp_colour(stops, float(np.clip(0.16 + 0.42 * light(x, y) + rng.normal(0, 0.05), 0, 1)))
        canvas.drawCircle(x, y, cap.radius * float(rng.uniform(1.2, 2.4)), fill(tone, 0.55, blur=cap.radius * 0.55))
    tones = [skia.Path() for _ in range(9)]
    for x, y in places(cap.coils):
        radius = cap.radius * float(rng.uniform(0.45, 1.0))
        oval = skia.Rect.MakeXYWH(x - radius, y - radius * 0.8, 2 * radius, 1.6 * radius)
        tone = int(np.clip((light(x, y) + float(rng.normal(0, 0.16))) * 9, 0, 8))
        tones[tone].addArc(oval, float(rng.uniform(0, 360)), float(rng.uniform(110, 260)))
    for tone, coils in enumerate(tones):
        canvas.drawPath(coils, stroke(ramp_colour(stops, 0.14 + 0.085 * tone), 0.24 * cap.radius, 0.55))
