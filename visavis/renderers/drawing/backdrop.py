"""The room behind a person, out of focus: windows, an office, shelves, plants or a studio wall.

Each room is a few flat shapes on a small picture, blurred as by a lens with a shallow depth of field and enlarged, so
soft that bending it a little does not show.
"""

from collections.abc import Callable

import cv2
import numpy as np
import skia

from visavis.renderers.arrays import U8
from visavis.renderers.drawing.brush import blurred, fill, linear, mix
from visavis.renderers.person import Scene

_TALL_PX = 200.0  # painted this tall and enlarged: there is nothing in it that more pixels would show
_LENS_PX = 4.2

Colours = tuple[str, str, str]
Paint = Callable[[skia.Canvas, float, float, Colours, np.random.Generator], None]


def _rect(canvas: skia.Canvas, x: float, y: float, w: float, h: float, colour: str, alpha: float = 1.0) -> None:
    canvas.drawRect(skia.Rect.MakeXYWH(x, y, w, h), fill(colour, alpha))


def _leaf(canvas: skia.Canvas, x: float, y: float, long: float, angle: float, colour: str) -> None:
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(angle)
    canvas.drawOval(skia.Rect.MakeXYWH(-long * 0.17, -long, long * 0.34, long), fill(colour, 0.9))
    canvas.restore()


def _plant(canvas: skia.Canvas, x: float, y: float, size: float, colour: str, rng: np.random.Generator) -> None:
    for angle in np.linspace(-78, 78, 11):
        tone = mix(colour, "#f2f7d8" if angle < 0 else "#0c1a14", float(rng.uniform(0.05, 0.45)))
        _leaf(canvas, x, y, size * float(rng.uniform(0.65, 1.0)), float(angle), tone)


def _window(canvas: skia.Canvas, w: float, h: float, colours: Colours, rng: np.random.Generator) -> None:
    """Daylight through a tall window on the left, a curtain, a plant, a lamp far back on the right."""
    wall, shade, lamp = colours
    for i, x in enumerate((-w * 0.48, -w * 0.27)):
        _rect(canvas, x, -5, w * 0.19, h * 0.74, mix("#fffdf6", lamp, 0.25))
        _rect(canvas, x, h * 0.46, w * 0.19, h * 0.28, mix("#a9c3a0", wall, 0.35 + 0.2 * i), 0.8)
    _rect(canvas, -w * 0.062, -5, w * 0.05, h * 0.95, mix(wall, "#ffffff", 0.45))
    _rect(canvas, w * 0.20, h * 0.14, w * 0.13, h * 0.25, mix(shade, "#39424d", 0.35))
    _rect(canvas, w * 0.215, h * 0.165, w * 0.10, h * 0.20, mix(lamp, wall, 0.4))
    _rect(canvas, w * 0.14, h * 0.72, w * 0.40, h * 0.40, mix(shade, "#33241c", 0.45))
    _plant(canvas, w * 0.405, h * 0.74, h * 0.34, "#5f8262", rng)


def _office(canvas: skia.Canvas, w: float, h: float, colours: Colours, rng: np.random.Generator) -> None:
    """Glass walls of a tall building, lights of other desks."""
    wall, shade, lamp = colours
    for i, x in enumerate(np.linspace(-0.5, 0.5, 7)):
        tone = mix(wall, "#ffffff" if i % 2 else shade, 0.32)
        _rect(canvas, x * w, -5, w * 0.15, h * 0.8, tone)
        _rect(canvas, x * w, -5, w * 0.012, h, mix(shade, "#141c28", 0.5))
    _rect(canvas, -w, h * 0.52, 2 * w, 2.5, mix(shade, "#141c28", 0.35))
    _rect(canvas, -w, h * 0.78, 2 * w, h, mix(shade, "#0e1520", 0.55))
    for _ in range(16):
        x, y = float(rng.uniform(-0.5, 0.5)) * w, float(rng.uniform(0.06, 0.75)) * h
        canvas.drawCircle(x, y, float(rng.uniform(2.5, 7.0)), fill(lamp, float(rng.uniform(0.25, 0.75))))


def _shelves(canvas: skia.Canvas, w: float, h: float, colours: Colours, rng: np.random.Generator) -> None:
    """Book shelves and a warm lamp."""
    wall, shade, lamp = colours
    wood = mix(shade, "#4a2f1c", 0.55)
    spines = ("#7d3b32", "#33506b", "#c9a25a", "#4d6650", "#e6dccb", "#5a4560", "#a06a42")
    for left, right in ((-0.50, -0.16), (0.18, 0.50)):
        _rect(canvas, left * w, -4, (right - left) * w, h * 1.1, mix(wood, "#1a100a", 0.45))
        for row in np.arange(-0.06, 1.0, 0.235):
            x = left * w + 2
            while x < right * w - 4:
                wide, tall = float(rng.uniform(2.5, 6.5)), float(rng.uniform(0.13, 0.195)) * h
                if rng.random() < 0.84:
                    tone = mix(spines[int(rng.integers(len(spines)))], wood, 0.35)
                    _rect(canvas, x, (row + 0.215) * h - tall, wide, tall, tone)
                x += wide + 0.4
            _rect(canvas, left * w, (row + 0.215) * h, (right - left) * w, 3.4, mix(wood, lamp, 0.25))
    canvas.drawCircle(w * 0.31, h * 0.36, 15, fill(lamp, 0.95))
    canvas.drawCircle(w * 0.31, h * 0.36, 42, fill(lamp, 0.35, blur=14))


def _plants(canvas: skia.Canvas, w: float, h: float, colours: Colours, rng: np.random.Generator) -> None:
    """A bright conservatory."""
    wall, shade, lamp = colours
    _rect(canvas, -w * 0.34, -5, w * 0.30, h * 0.62, mix("#ffffff", lamp, 0.4), 0.85)
    _rect(canvas, w * 0.06, -5, w * 0.22, h * 0.55, mix("#ffffff", lamp, 0.5), 0.55)
    for x, y, size, tone in (
        (-0.46, 0.86, 0.62, "#3f6b4c"), (-0.30, 1.02, 0.42, "#5d8a58"), (0.30, 0.98, 0.46, "#55825a"),
        (0.45, 0.84, 0.66, "#37614a"), (0.20, 0.22, 0.26, "#7ba06d"), (-0.18, 0.10, 0.24, "#86a878"),
    ):  # fmt: skip
        _plant(canvas, x * w, y * h, size * h, mix(tone, shade, 0.18), rng)


def _studio(canvas: skia.Canvas, w: float, h: float, colours: Colours, rng: np.random.Generator) -> None:
    """A painted wall with one pool of light."""
    wall, shade, lamp = colours
    canvas.drawCircle(-w * 0.08, h * 0.36, h * 0.52, fill(mix(wall, lamp, 0.7), 0.8, blur=h * 0.16))
    _rect(canvas, -w, h * 0.88, 2 * w, h, mix(shade, "#101010", 0.3), 0.6)


_ROOMS: dict[str, Paint] = {
    "window": _window, "office": _office, "shelves": _shelves, "plants": _plants, "studio": _studio,
}  # fmt: skip


def paint_backdrop(scene: Scene, width_px: int, height_px: int, seed: int) -> U8:
    """BGRA, (height, width, 4). The middle of a room stays in the middle, whatever the shape of the picture."""
    wall, shade, _ = scene.colours
    height = max(2, round(_TALL_PX))
    width = max(2, round(_TALL_PX * width_px / height_px))
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.drawPaint(
        linear((0, 0), (width, height), [(0, mix(wall, "#ffffff", 0.30), 1), (0.45, wall, 1), (1, shade, 1)])
    )
    canvas.translate(width / 2, 0)
    rng = np.random.default_rng(seed)
    _ROOMS[scene.room](canvas, max(width, 240.0), height, scene.colours, rng)
    small = surface.toarray(colorType=skia.kBGRA_8888_ColorType)[..., :3].astype(np.float32)
    large = cv2.resize(blurred(small, _LENS_PX), (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    x = np.linspace(-1, 1, width_px, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height_px, dtype=np.float32)[:, None, None]
    large *= 1 - 0.16 * np.clip(0.55 * x * x + 0.55 * np.square(y - 0.1), 0, 1)  # darker towards the corners
    tile = rng.normal(0, 0.9, (256, 256, 1)).astype(np.float32)  # grain hides banding
    grain = np.tile(tile, (-(-height_px // 256), -(-width_px // 256), 1))[:height_px, :width_px]
    picture = np.full((height_px, width_px, 4), 255, np.uint8)
    picture[..., :3] = np.clip(large + grain, 0, 255)
    return picture
