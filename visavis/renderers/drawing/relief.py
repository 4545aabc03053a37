"""Height fields under soft light: what makes drawn skin and cloth look round.

A field is an inflated outline plus smooth bumps; its normals meet a warm key light from the upper left, a cool fill
from the right and a rim light, and a ramp turns the light into paint. Skin ramps are redder in their middle than at
their ends, as light that went through skin is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.brush import Point, blurred, image_of, ramp, rgb, smooth_points

Stops = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Bump:
    """A smooth hill or dent, mirrored when `x` is not 0; lengths in design units, `up` and `down` are its reach."""

    x: float
    y: float
    reach: float
    up: float
    down: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the design plane and how many pixels its units have."""

    left: float
    top: float
    right: float
    bottom: float
    scale: float

    @property
    def size_px(self) -> tuple[int, int]:
        return round((self.right - self.left) * self.scale), round((self.bottom - self.top) * self.scale)

    def mesh(self) -> tuple[Floats, Floats]:
        """Design coordinates x and y of every pixel's centre, each (height, width)."""
        width, height = self.size_px
        x = self.left + (np.arange(width, dtype=np.float32) + 0.5) / self.scale
        y = self.top + (np.arange(height, dtype=np.float32) + 0.5) / self.scale
        grid_x, grid_y = np.meshgrid(x, y)
        return grid_x, grid_y

    def mask(self, shape: skia.Path) -> Floats:
        """Coverage of a path, (height, width), 0 to 1."""
        width, height = self.size_px
        alpha = np.zeros((height, width), np.uint8)
        info = skia.ImageInfo.Make(width, height, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType)
        surface = skia.Surface.MakeRasterDirect(info, alpha)
        canvas = surface.getCanvas()
        canvas.scale(self.scale, self.scale)
        canvas.translate(-self.left, -self.top)
        canvas.drawPath(shape, skia.Paint(AntiAlias=True))
        return alpha.astype(np.float32) / 255

    def draw(self, canvas: skia.Canvas, colour: Floats, alpha: Floats | None = None) -> None:
        """Put a picture of this box (height, width, 3) where it belongs."""
        cover = np.ones(colour.shape[:2], np.float32) if alpha is None else alpha
        target = skia.Rect.MakeLTRB(self.left, self.top, self.right, self.bottom)
        cubic = skia.SamplingOptions(skia.FilterMode.kLinear)
        canvas.drawImageRect(image_of(np.dstack([colour, cover])), target, cubic)


def inflated(outline: Sequence[Point], centre: Point, depth: float, x: Floats, y: Floats) -> Floats:
    """Height of a pillow with this outline; zero outside."""
    around = np.array(smooth_points(outline, 8)) - np.array(centre)
    angle = np.arctan2(around[:, 1], around[:, 0])
    order = np.argsort(angle)
    turn = np.linspace(-np.pi, np.pi, 720, endpoint=False)
    radius = np.interp(turn, angle[order], np.hypot(around[:, 0], around[:, 1])[order], period=2 * np.pi)
    kernel = np.exp(-0.5 * np.square(np.arange(-30, 31) / 10.0))
    radius = np.convolve(np.concatenate([radius[-30:], radius, radius[:30]]), kernel / kernel.sum(), "valid")
    here = np.interp(np.arctan2(y - centre[1], x - centre[0]), turn, radius, period=2 * np.pi)
    part = np.hypot(x - centre[0], y - centre[1]) / here.astype(np.float32)
    return (depth * np.power(np.clip(1 - np.power(part, 2.3), 0, 1), 0.55)).astype(np.float32)


def bumps(parts: Sequence[Bump], x: Floats, y: Floats) -> Floats:
    """The sum of all hills and dents at these places."""
    total = np.zeros_like(x)
    columns, rows = x[0], y[:, 0]
    for bump in parts:
        tall = np.exp(-0.5 * np.square((rows - bump.y) / np.where(rows > bump.y, bump.down, bump.up))) * bump.height
        wide = sum(
            np.exp(-0.5 * np.square((columns - side * bump.x) / bump.reach)) for side in ((-1, 1) if bump.x else (1,))
        )
        total += np.outer(tall, wide)
    return total.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """Where light comes from (x right, y down, z to the viewer) and how much of it there is."""

    key: tuple[float, float, float] = (-0.48, -0.56, 0.68)
    fill: tuple[float, float, float] = (0.75, 0.05, 0.65)
    key_amount: float = 0.72
    fill_amount: float = 0.15
    ambient: float = 0.22
    rim_amount: float = 0.28
    rim_colour: str = "#e6eeff"
    shine: float = 0.0


def lit(height: Floats, scale: float, stops: Stops, light: Light, shadow: Floats | float = 1.0) -> Floats:
    """Colours (h, w, 3) of a height field (units) drawn at `scale` pixels a unit; `shadow` (0 to 1) dims the key."""
    slope_x = cv2.Scharr(height, cv2.CV_32F, 1, 0, scale=scale / 32)
    slope_y = cv2.Scharr(height, cv2.CV_32F, 0, 1, scale=scale / 32)
    facing = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
    (kx, ky, kz), (fx, fy, fz) = light.key, light.fill
    key = facing * (kz - kx * slope_x - ky * slope_y)
    fill = facing * (fz - fx * slope_x - fy * slope_y)
    hollow = np.clip((blurred(height, 9 * scale) - height) / 9, 0, 1)  # sockets and folds see less of the room
    amount = light.ambient + light.key_amount * np.clip((key + 0.35) / 1.35, 0, 1) * shadow
    amount += light.fill_amount * np.clip(fill, 0, 1)
    colour = ramp(stops, amount * (1 - 0.26 * hollow))
    edge = np.power(np.clip(1 - facing, 0, 1), 2.2) * np.clip(0.25 - 0.9 * facing * slope_x, 0, 1)
    shine = light.shine * np.power(np.clip(key, 0, 1), 14) * shadow
    return colour + (light.rim_amount * edge)[..., None] * rgb(light.rim_colour) + np.asarray(shine)[..., None]
