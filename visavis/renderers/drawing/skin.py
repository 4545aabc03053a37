"""A head as a height field under soft light: what makes a drawn face look round.

The field is an inflated outline plus smooth bumps (nose, sockets, cheeks, chin); its normals meet a warm key light from
the upper left, a cool fill from the right and a rim light, and the light is turned into paint by a skin ramp whose
middle is redder than its ends, as light that went through skin is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visavis.renderers.drawing.brush import Point, blurred, ramp, rgb

F32 = NDArray[np.float32]


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

    def mesh(self) -> tuple[F32, F32]:
        width, height = self.size_px
        x = self.left + (np.arange(width, dtype=np.float32) + 0.5) / self.scale
        y = self.top + (np.arange(height, dtype=np.float32) + 0.5) / self.scale
        grid_x, grid_y = np.meshgrid(x, y)
        return grid_x, grid_y


def inflated(outline: Sequence[Point], centre: Point, depth: float, x: F32, y: F32) -> F32:
    """Height of a pillow with this outline; zero outside."""
    dx, dy = np.array([p[0] - centre[0] for p in outline]), np.array([p[1] - centre[1] for p in outline])
    angle = np.arctan2(dy, dx)
    order = np.argsort(angle)
    radius = np.interp(
        np.arctan2(y - centre[1], x - centre[0]), angle[order], np.hypot(dx, dy)[order], period=2 * np.pi
    )
    part = np.hypot(x - centre[0], y - centre[1]) / radius.astype(np.float32)
    return (depth * np.power(np.clip(1 - np.power(part, 2.4), 0, 1), 0.52)).astype(np.float32)


def bumps(parts: Sequence[Bump], x: F32, y: F32) -> F32:
    total = np.zeros_like(x)
    for bump in parts:
        below = np.where(y > bump.y, bump.down, bump.up)
        tall = np.exp(-0.5 * np.square((y - bump.y) / below)) * bump.height
        for side in (-1, 1) if bump.x else (1,):
            total += tall * np.exp(-0.5 * np.square((x - side * bump.x) / bump.reach))
    return total.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """Where light comes from (x right, y down, z to the viewer) and how much of it there is."""

    key: tuple[float, float, float] = (-0.50, -0.55, 0.67)
    fill: tuple[float, float, float] = (0.75, 0.05, 0.65)
    key_amount: float = 0.74
    fill_amount: float = 0.16
    ambient: float = 0.20
    rim_amount: float = 0.30
    rim_colour: str = "#dfeaff"


def lit(height: F32, scale: float, stops: Sequence[tuple[float, str]], light: Light, shadow: F32 | float) -> F32:
    """Colours (h, w, 3) of a height field (units) drawn at `scale` pixels a unit; `shadow` (0 to 1) dims the key."""
    slope_y, slope_x = np.gradient(height * scale)
    length = np.sqrt(1 + np.square(slope_x) + np.square(slope_y))
    normal = (-slope_x / length, -slope_y / length, 1 / length)
    key = sum(n * d for n, d in zip(normal, light.key, strict=True))
    fill = sum(n * d for n, d in zip(normal, light.fill, strict=True))
    wrapped = np.clip((key + 0.35) / 1.35, 0, 1)
    hollow = np.clip((blurred(height, 9 * scale) - height) / 9, 0, 1)  # sockets and folds see less of the room
    amount = light.ambient + light.key_amount * wrapped * shadow + light.fill_amount * np.clip(fill, 0, 1)
    colour = ramp(stops, (amount * (1 - 0.35 * hollow)).astype(np.float32))
    edge = np.power(np.clip(1 - normal[2], 0, 1), 2.2) * np.clip(normal[0] * 0.9 + 0.25, 0, 1)
    return colour + (light.rim_amount * edge)[..., None] * rgb(light.rim_colour)
