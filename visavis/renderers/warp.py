"""The picture engine: one large still picture, bent by displacement bases into I420 frames.

The picture is drawn once, larger than shown, and kept as three planes. A frame is a weighted sum of bases on a coarse
grid, blown up to a map, and one remap per plane; only the rectangle where something can move is touched, and nothing
is allocated. Bases fade to nothing towards a soft backdrop, so person and backdrop need no separate layers.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import skia

from visavis.renderers import native
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420

GRID_PX = 8  # between nodes, unless a grid says otherwise
_NONE: Any = None  # the second map, which the stubs believe to be needed


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels; all four numbers are even, so that a rectangle also exists at half size."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @classmethod
    def around(cls, left: float, top: float, right: float, bottom: float, within: "Rect") -> "Rect":
        """The smallest even rectangle around these borders that stays inside `within`."""
        low = max(within.left, int(left) // 2 * 2), max(within.top, int(top) // 2 * 2)
        high = min(within.right, -int(-right // 2) * 2), min(within.bottom, -int(-bottom // 2) * 2)
        return cls(*low, *high)


class Planes:
    """The three planes of an I420 buffer as views: y (h, w), u and v (h / 2, w / 2)."""

    def __init__(self, buffer: I420) -> None:
        height, width = buffer.shape[0] * 2 // 3, buffer.shape[1]
        flat, size = buffer.reshape(-1), buffer.shape[1] * height
        self.buffer = buffer
        self.y: U8 = buffer[:height]
        self.u: U8 = flat[size : size * 5 // 4].reshape(height // 2, width // 2)
        self.v: U8 = flat[size * 5 // 4 :].reshape(height // 2, width // 2)

    def cut(self, rect: Rect) -> tuple[U8, U8, U8]:
        """Views of one rectangle."""
        half = slice(rect.top // 2, rect.bottom // 2), slice(rect.left // 2, rect.right // 2)
        return self.y[rect.top : rect.bottom, rect.left : rect.right], self.u[half], self.v[half]


class Patch:
    """A small picture taken out of planes, drawn on, and put back; one buffer for all its life."""

    def __init__(self, width: int, height: int) -> None:
        self.bgra: U8 = np.zeros((height, width, 4), np.uint8)
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self.bgra)
        self.canvas: skia.Canvas = self._surface.getCanvas()
        self._i420 = Planes(np.zeros((height * 3 // 2, width), np.uint8))

    def take(self, planes: Planes, left: int, top: int) -> None:
        """Copy the rectangle whose corner is at these even pixels into `bgra`."""
        for mine, theirs in zip(self._all(), planes.cut(self._rect(left, top)), strict=True):
            np.copyto(mine, theirs)
        cv2.cvtColor(self._i420.buffer, cv2.COLOR_YUV2BGRA_I420, dst=self.bgra)

    def put(self, planes: Planes, left: int, top: int) -> None:
        """Copy `bgra` back; the rectangle must lie inside the planes."""
        cv2.cvtColor(self.bgra, cv2.COLOR_BGRA2YUV_I420, dst=self._i420.buffer)
        for mine, theirs in zip(self._all(), planes.cut(self._rect(left, top)), strict=True):
            np.copyto(theirs, mine)

    def _all(self) -> tuple[U8, U8, U8]:
        return self._i420.y, self._i420.u, self._i420.v

    def _rect(self, left: int, top: int) -> Rect:
        return Rect(left, top, left + self.bgra.shape[1], top + self.bgra.shape[0])


@dataclass(frozen=True, slots=True)
class Grid:
    """Where bases are known: nodes every `step_px` (even) pixels over `rect` and half a step around it."""

    rect: Rect
    step_px: int = GRID_PX

    @property
    def shape(self) -> tuple[int, int]:
        return -(-self.rect.height // self.step_px) + 2, -(-self.rect.width // self.step_px) + 2

    def nodes_px(self) -> Floats:
        """(rows, columns, 2): x and y of every node in frame pixels."""
        rows, columns = self.shape
        x = self.rect.left + (np.arange(columns) - 0.5) * self.step_px - 0.5
        y = self.rect.top + (np.arange(rows) - 0.5) * self.step_px - 0.5
        return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


class Warp:
    """Bends a picture `scale` times as large as the frame into one I420 buffer. Not for two threads at once."""

    def __init__(
        self, picture: Planes, scale: float, grid: Grid, bases: Floats, frame: Planes, rounds: int = 0
    ) -> None:
        """`bases` is (n, rows, columns, 2): by how many frame pixels each moves what is seen at a node.

        `frame` already shows the picture at rest; outside the grid's rectangle it stays as it is. A pixel shows what
        its bases would carry away from there; with `rounds`, what really arrives there, which differs where neighbours
        move differently by more than a little.
        """
        self._picture, self._target = picture, frame.cut(grid.rect)
        self._shape, self._step = grid.shape, grid.step_px
        self._bases = (-bases * scale).reshape(len(bases), -1).astype(np.float32)
        self._rest = ((grid.nodes_px() + 0.5) * scale - 0.5).reshape(-1).astype(np.float32)
        self._nodes = np.empty_like(self._rest)
        rows, columns = grid.shape
        self._map = np.empty((rows * grid.step_px, columns * grid.step_px, 2), np.float32)
        self._half_map = np.empty((rows * grid.step_px // 2, columns * grid.step_px // 2, 2), np.float32)
        self._kernel = native.kernel()
        self._rounds, self._per_node = rounds, 1 / (scale * grid.step_px)
        self._index = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).astype(np.float32)
        self._back, self._at = np.empty_like(self._index), np.empty_like(self._index)

    def render(self, weights: Floats) -> None:
        """Show the picture bent by `weights` (n,) times the bases."""
        np.dot(weights, self._bases, out=self._nodes)
        if self._rounds:
            self._settle()
        np.add(self._nodes, self._rest, out=self._nodes)
        nodes = self._nodes.reshape(*self._shape, 2)
        # the same places on planes of half the size, whose pixels' centres lie a quarter off
        self._bend((self._picture.y,), nodes, self._step, 1.0, 0.0, self._target[:1], self._map)
        chroma = self._picture.u, self._picture.v
        self._bend(chroma, nodes, self._step // 2, 0.5, -0.25, self._target[1:], self._half_map)

    def _bend(
        self,
        planes: tuple[U8, ...],
        nodes: Floats,
        step_px: int,
        scale: float,
        shift: float,
        targets: tuple[U8, ...],
        grown: Floats,
    ) -> None:
        if self._kernel and all(
            self._kernel(plane, nodes, step_px, scale, shift, out) for plane, out in zip(planes, targets, strict=True)
        ):
            return
        full = _grow(nodes * scale + shift, grown, step_px, targets[0])
        for plane, out in zip(planes, targets, strict=True):
            cv2.remap(plane, full, _NONE, cv2.INTER_LINEAR, out, cv2.BORDER_REPLICATE)

    def _settle(self) -> None:
        """Turn where things go into where they come from."""
        field, back, at = self._nodes.reshape(*self._shape, 2), self._back, self._at
        np.copyto(back, field)
        for _ in range(self._rounds):
            np.multiply(back, self._per_node, out=at)
            np.add(at, self._index, out=at)
            cv2.remap(field, at, _NONE, cv2.INTER_LINEAR, back, cv2.BORDER_REPLICATE)
        np.copyto(field, back)


def _grow(nodes: Floats, grown: Floats, step: int, out: U8) -> Floats:
    """Nodes as a map with one entry per pixel of `out`."""
    cv2.resize(nodes, (grown.shape[1], grown.shape[0]), dst=grown, interpolation=cv2.INTER_LINEAR)
    return grown[step : step + out.shape[0], step : step + out.shape[1]]
