"""Hair as a few shaped locks: each a ribbon between two curves, painted with strands, sheen and a soft end."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from visavis.renderers.drawing.brush import Point, fill, image_of, ramp

F32 = NDArray[np.float32]
Curve = tuple[Point, Point, Point, Point]

_ACROSS, _ALONG = 96, 224  # pixels of one lock's texture
_COLUMNS, _ROWS = 6, 26  # cells of the mesh it is hung on


@dataclass(frozen=True, slots=True)
class Lock:
    """A ribbon of hair from root to tip between two cubic curves; `sheen` is where along it light catches."""

    left: Curve
    right: Curve
    sheen: float = 0.3
    shade: float = 0.0
    tip: float = 0.12
    shadow: float = 0.35


def _strands(rng: np.random.Generator) -> F32:
    """Streaks along the lock, (_ALONG, _ACROSS), about -1 to 1."""
    total = np.zeros((_ALONG, _ACROSS), np.float32)
    for cells, weight in ((8, 0.5), (20, 0.6), (48, 0.5)):
        knots = rng.normal(0, 1, (5, cells + 1))
        across = np.linspace(0, cells, _ACROSS)
        rows = np.stack([np.interp(across, np.arange(cells + 1), row) for row in knots])
        along = np.linspace(0, 4, _ALONG)
        low = np.minimum(along.astype(int), 3)
        part = (along - low)[:, None]
        total += weight * (rows[low] * (1 - part) + rows[low + 1] * part)
    return total / 1.6


def lock_texture(stops: Sequence[tuple[float, str]], lock: Lock, rng: np.random.Generator) -> F32:
    """Straight-alpha paint of a lock, (_ALONG, _ACROSS, 4)."""
    streak = _strands(rng)
    u = np.linspace(0, 1, _ACROSS, dtype=np.float32)[None, :]
    t = np.linspace(0, 1, _ALONG, dtype=np.float32)[:, None]
    round_ = np.sqrt(np.clip(1 - np.square((u - 0.42) / 0.62), 0, 1))
    sheen = np.exp(-np.square((t - lock.sheen - 0.05 * streak) / 0.16)) * np.power(round_, 2)
    light = 0.22 + 0.34 * round_ + 0.085 * streak + 0.34 * sheen - 0.16 * np.exp(-t / 0.06) - lock.shade
    colour = ramp(stops, light.astype(np.float32))
    edge = np.clip(np.minimum(u, 1 - u) / 0.035, 0, 1)
    end = np.clip((1 - t + 0.05 * streak) / max(lock.tip, 0.01), 0, 1) if lock.tip else np.ones_like(t)
    return np.dstack([colour, np.broadcast_to(edge * end, streak.shape)])


def _bezier(curve: Curve, t: F32) -> F32:
    p = np.array(curve, np.float32)
    s = 1 - t
    return (
        (s**3)[:, None] * p[0]
        + (3 * s * s * t)[:, None] * p[1]
        + (3 * s * t * t)[:, None] * p[2]
        + (t**3)[:, None] * p[3]
    )


def _mesh(lock: Lock) -> skia.Vertices:
    t = np.linspace(0, 1, _ROWS + 1, dtype=np.float32)
    left, right = _bezier(lock.left, t), _bezier(lock.right, t)
    part = np.linspace(0, 1, _COLUMNS + 1, dtype=np.float32)[None, :, None]
    places = (left[:, None] * (1 - part) + right[:, None] * part).reshape(-1, 2)
    textures = [(c * _ACROSS / _COLUMNS, r * _ALONG / _ROWS) for r in range(_ROWS + 1) for c in range(_COLUMNS + 1)]
    corners: list[int] = []
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            a = row * (_COLUMNS + 1) + column
            b = a + _COLUMNS + 1
            corners += [a, a + 1, b, a + 1, b + 1, b]
    return skia.Vertices(
        skia.Vertices.kTriangles_VertexMode,
        [skia.Point(float(x), float(y)) for x, y in places],
        [skia.Point(*place) for place in textures],
        None,
        corners,
    )


def outline(lock: Lock) -> skia.Path:
    (a, b, c, d), (e, f, g, h) = lock.left, lock.right
    result = skia.Path()
    result.moveTo(*a)
    result.cubicTo(*b, *c, *d)
    result.lineTo(*h)
    result.cubicTo(*g, *f, *e)
    result.close()
    return result


def paint_lock(canvas: skia.Canvas, lock: Lock, stops: Sequence[tuple[float, str]], rng: np.random.Generator) -> None:
    if lock.shadow:
        canvas.save()
        canvas.translate(2.0, 3.0)
        canvas.drawPath(outline(lock), fill(stops[0][1], lock.shadow, blur=3.0))
        canvas.restore()
    texture = image_of(lock_texture(stops, lock, rng))
    shader = texture.makeShader(
        skia.TileMode.kClamp, skia.TileMode.kClamp, skia.SamplingOptions(skia.FilterMode.kLinear)
    )
    canvas.drawVertices(_mesh(lock), skia.Paint(AntiAlias=True, Shader=shader))
