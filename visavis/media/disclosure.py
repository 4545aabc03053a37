"""The mark that says that the person in the picture is none: "AI avatar", small and legible in a corner.

It is laid over pictures as they are encoded, whoever drew them, and drawn for the size that is sent, so that it is as
legible in a small picture as in a large one.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

TEXT = "AI avatar"
_FONT, _WEIGHT = "sans", 500
_LETTERS = 0.031  # of the shorter side; never below what can be read
_LETTERS_PX_MIN = 11
_PLATE_OPACITY, _TEXT_OPACITY = 0.55, 0.95
_BLACK, _WHITE = 16, 235  # of luma, limited range
_GREY = 128  # of chroma
_FINE = 4  # times as large as shown, while it is drawn

Plane = NDArray[np.uint8]
Share = NDArray[np.float32]


class Disclosure:
    """The mark for pictures of one size; nothing in it ever changes."""

    def __init__(self, width_px: int, height_px: int) -> None:
        wanted_px = max(_LETTERS_PX_MIN, round(_LETTERS * min(width_px, height_px)))
        text, plate = _drawn(min(wanted_px, width_px // 8))
        plate_opacity = plate * _PLATE_OPACITY
        opacity = plate_opacity + (1 - plate_opacity) * text * _TEXT_OPACITY
        luma = (plate_opacity * (1 - text * _TEXT_OPACITY) * _BLACK) + text * _TEXT_OPACITY * _WHITE
        rows, columns = opacity.shape
        margin_px = round(0.03 * min(width_px, height_px)) // 2 * 2
        top, left = (height_px - margin_px - rows) // 2 * 2, margin_px
        self._luma = slice(top, top + rows), slice(left, left + columns)
        self._chroma = slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2)
        self._keeps, self._adds = 1 - opacity, luma
        half = cv2.resize(opacity, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
        self._keeps_chroma, self._adds_chroma = 1 - half, half * _GREY

    def lay_over(self, y: Plane, u: Plane, v: Plane) -> None:
        """Draw it into the planes of one picture."""
        y[self._luma] = y[self._luma] * self._keeps + self._adds + 0.5
        for plane in (u, v):
            plane[self._chroma] = plane[self._chroma] * self._keeps_chroma + self._adds_chroma + 0.5


@lru_cache(maxsize=8)
def disclosure(width_px: int, height_px: int) -> Disclosure:
    return Disclosure(width_px, height_px)


def _drawn(letters_px: int) -> tuple[Share, Share]:
    """The text and the plate behind it, as shares of opacity; both sides are even."""
    font, size = cv2.FontFace(_FONT), letters_px * _FINE
    left, top, width, height = cv2.getTextSize((0, 0), TEXT, (0, 0), font, size, _WEIGHT)
    columns = round((width / _FINE + 1.3 * letters_px) / 2) * 2
    rows = round(1.9 * letters_px / 2) * 2
    canvas = np.zeros((rows * _FINE, columns * _FINE, 3), np.uint8)
    at = (columns * _FINE - width) // 2 - left, (rows * _FINE - height) // 2 - top
    cv2.putText(canvas, TEXT, at, (255, 255, 255), font, size, _WEIGHT)
    plate = np.zeros(canvas.shape[:2], np.uint8)
    radius = rows * _FINE // 2
    cv2.line(plate, (radius, radius), (columns * _FINE - radius, radius), 255, 2 * radius, cv2.LINE_AA)
    return _share(canvas[..., 0], columns, rows), _share(plate, columns, rows)


def _share(fine: Plane, columns: int, rows: int) -> Share:
    small = cv2.resize(fine, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)
