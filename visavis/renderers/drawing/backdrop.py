"""The room behind a person: light, colour and a hint of depth, so soft that bending it a little does not show."""

import cv2
import numpy as np
import skia

from visavis.renderers.arrays import U8
from visavis.renderers.drawing.brush import blurred, fill, linear, mix

_SMALL_PX = 240  # painted this wide and enlarged: there is nothing in it that more pixels would show


def paint_backdrop(colours: tuple[str, str, str], width_px: int, height_px: int, seed: int) -> U8:
    """BGRA, (height, width, 4). `colours` are wall, shade and lamp light."""
    wall, shade, lamp = colours
    width, height = _SMALL_PX, max(2, round(_SMALL_PX * height_px / width_px))
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.drawPaint(
        linear((0, 0), (width, height), [(0, mix(wall, "#ffffff", 0.35), 1), (0.45, wall, 1), (1, shade, 1)])
    )
    tall = max(width, height) * 0.62
    for x, wide, colour, alpha in (
        (0.06, 0.13, "#ffffff", 0.75),
        (0.24, 0.10, "#ffffff", 0.45),
        (0.80, 0.10, shade, 0.75),
        (0.96, 0.12, mix(shade, "#101820", 0.25), 0.7),
    ):
        canvas.drawRect(
            skia.Rect.MakeXYWH((x - wide / 2) * width, -10, wide * width, tall * (1 if x < 0.5 else 2)),
            fill(colour, alpha, blur=5),
        )
    canvas.drawRect(
        skia.Rect.MakeXYWH(-10, height * 0.80, width + 20, height), fill(mix(shade, "#0c1420", 0.22), 0.55, blur=12)
    )
    for x, y, size, alpha in (
        (0.70, 0.20, 9, 0.55),
        (0.78, 0.34, 6, 0.4),
        (0.88, 0.16, 12, 0.45),
        (0.10, 0.62, 8, 0.35),
        (0.93, 0.52, 8, 0.35),
    ):
        canvas.drawCircle(x * width, y * height, size, fill(lamp, alpha, blur=2.0))
    small = surface.toarray(colorType=skia.kBGRA_8888_ColorType)[..., :3].astype(np.float32)
    large = cv2.resize(blurred(small, 5.0), (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    tile = np.random.default_rng(seed).normal(0, 0.9, (256, 256, 1)).astype(np.float32)  # grain hides banding
    grain = np.tile(tile, (-(-height_px // 256), -(-width_px // 256), 1))[:height_px, :width_px]
    picture = np.full((height_px, width_px, 4), 255, np.uint8)
    picture[..., :3] = np.clip(large + grain, 0, 255)
    return picture
