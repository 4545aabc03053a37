"""A photo's mouth closed and relaxed: what speech starts from and comes back to.

Upper and lower lip are two layers that slide towards the line where they will meet. What was between them is first
painted over with lip, so that no tooth is dragged along.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from visavis.renderers.arrays import U8, Floats
from visavis.renderers.likeness.lips import Lips, Side, layer_field
from visavis.renderers.likeness.measures import LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER, Face
from visavis.renderers.likeness.splines import resampled, step

_PARTED_FROM = 0.02  # gaps between lips, as shares of the mouth's width
_SEAM_AT = 0.70  # where lips meet: further down than the middle, because upper teeth stay and the jaw comes up
_RELAXED, _LAUGHING = 0.86, 1.10  # widths of mouths, as shares of the distance between the eyes
_STEP_PX = 4


@dataclass(frozen=True, slots=True)
class Neutral:
    """The photo with its mouth closed; `teeth` is the colour (BGR) of what was seen between the lips, if anything."""

    picture: U8
    face: Face
    teeth: Floats | None


def closed(picture: U8, face: Face) -> Neutral:
    """`picture` is BGR and not changed."""
    mouth = face.mouth
    upper, lower = mouth.local(face.at(UPPER_INNER)), mouth.local(face.at(LOWER_INNER))
    gap = float((lower - upper)[:, 1].max())
    laughing = float(step(np.array(mouth.unit_px / face.eyes_apart), _RELAXED, _LAUGHING))
    seam = upper * (1 - _SEAM_AT) + lower * _SEAM_AT
    if gap < _PARTED_FROM and laughing < 0.05:
        return Neutral(picture, _with_seam(face, mouth.picture(seam)), None)
    lips = Lips.of(face)
    across = np.linspace(-1, 1, 11)
    lifted = float(seam[5, 1] - seam[[0, -1], 1].mean())  # how far a smile has pulled up the corners
    relax = laughing * np.column_stack([-0.085 * across, max(0.04, 0.55 * lifted) * np.square(across)])
    up, down = seam - upper + relax, seam - lower + relax
    parts: tuple[tuple[Floats, Floats, Side], ...] = (
        (up, up * 0.55 + relax * 0.45, "upper"),
        (down, down * 0.25 + relax * 0.75, "lower"),
    )
    source, hole = _without_hole(picture, face)
    rect = lips.rect(picture.shape[1], picture.shape[0])
    x, y = np.meshgrid(np.arange(rect[0], rect[2], _STEP_PX), np.arange(rect[1], rect[3], _STEP_PX))
    nodes = mouth.local(np.stack([x, y], axis=-1).astype(np.float32))
    layers: list[Floats] = []
    moved = face.points.copy()
    for inner, outer, side in parts:
        field = layer_field(lips, nodes, inner, outer, _cheeks(lips.ring, relax), side)
        layers.append(_bent(source, mouth.vectors(field), rect))
    for inner, outer, inside, outside in (
        (up, parts[0][1], UPPER_INNER, UPPER_OUTER),
        (down, parts[1][1], LOWER_INNER, LOWER_OUTER),
    ):
        moved[list(inside), :2] += mouth.vectors(inner)
        moved[list(outside), :2] += mouth.vectors(outer)
    line = mouth.picture(seam + relax)
    above = _above(line, mouth.right, rect)
    part = layers[0] * above + layers[1] * (1 - above)
    result = picture.copy()
    result[rect[1] : rect[3], rect[0] : rect[2]] = part.round().astype(np.uint8)
    _draw_seam(result, line, mouth.unit_px)
    teeth = _teeth_colour(picture, hole) if gap > 2.5 * _PARTED_FROM else None
    return Neutral(result, _with_seam(replace(face, points=moved), line), teeth)


def _with_seam(face: Face, seam: Floats) -> Face:
    """The face whose inner lips both lie on the seam."""
    points = face.points.copy()
    for indices in (UPPER_INNER, LOWER_INNER):
        points[list(indices), :2] = seam
    return replace(face, points=points)


def _cheeks(ring: Floats, relax: Floats) -> Floats:
    """Skin near the corners follows them a little."""
    near = np.exp(-(np.square(np.abs(ring[:, 0]) - 0.6) + np.square(ring[:, 1])) / 0.16)
    return np.column_stack([np.sign(ring[:, 0]) * relax[-1, 0], np.full(len(ring), relax[-1, 1])]) * near[:, None] * 0.5


def _without_hole(picture: U8, face: Face) -> tuple[U8, U8]:
    hole = np.zeros(picture.shape[:2], np.uint8)
    outline = np.concatenate([face.at(UPPER_INNER), face.at(LOWER_INNER)[::-1]])
    cv2.fillPoly(hole, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    hole = np.where(hole > 40, 255, 0).astype(np.uint8)
    unit = face.mouth.unit_px
    grown = max(3, round(unit * 0.05)) | 1
    wide = cv2.dilate(hole, np.ones((grown, grown), np.uint8))
    mouth = face.mouth
    for indices in (UPPER_OUTER, UPPER_OUTER[::-1]):  # a laughing mouth's corners are dark beyond the net's
        corner, near = (mouth.local(face.points[indices[i], :2]) for i in (0, 2))
        tip = corner + (corner - near) * np.array([0.5, 0.25])
        ends = np.round(mouth.picture(np.stack([corner * 0.9, tip]))).astype(int)
        cv2.line(wide, ends[0].tolist(), ends[1].tolist(), 255, max(2, round(0.09 * unit)))
    return np.asarray(cv2.inpaint(picture, wide, 4, cv2.INPAINT_TELEA), np.uint8), hole


def _bent(source: U8, field: Floats, rect: tuple[int, int, int, int]) -> Floats:
    """The rectangle of the source with everything moved by the field, known at every `_STEP_PX` pixels."""
    rows, columns = field.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    back = -field
    for _ in range(6):  # the field says where things go; the picture needs to know where they came from
        back = -resampled(field, x + back[..., 0] / _STEP_PX, y + back[..., 1] / _STEP_PX)
    left, top, right, bottom = rect
    px, py = np.meshgrid(np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32))
    full = resampled(back, (px - left) / _STEP_PX, (py - top) / _STEP_PX)
    return np.asarray(
        cv2.remap(source, px + full[..., 0], py + full[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    ).clip(0, 255)


def _above(line: Floats, right: Floats, rect: tuple[int, int, int, int]) -> Floats:
    """1 above the line (n, 2) and its straight continuation, 0 below it, (h, w, 1)."""
    down = np.array([-right[1], right[0]])
    ends = np.concatenate([[line[0] - 4000 * right], line, [line[-1] + 4000 * right]])
    area = np.concatenate([ends, [ends[-1] - 4000 * down], [ends[0] - 4000 * down]]) - np.array(rect[:2])
    mask = np.zeros((rect[3] - rect[1], rect[2] - rect[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(area * 4).astype(np.int32)], 255, cv2.LINE_AA, 2)
    return (cv2.GaussianBlur(mask, (0, 0), 0.7).astype(np.float32) / 255)[..., None]


def _draw_seam(picture: U8, line: Floats, unit_px: float) -> None:
    """The soft shadow between closed lips."""
    shade = np.zeros(picture.shape[:2], np.uint8)
    width = max(1, round(unit_px * 0.022))
    cv2.polylines(shade, [np.round(line[1:-1] * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
    amount = cv2.GaussianBlur(shade, (0, 0), max(0.6, unit_px * 0.010)).astype(np.float32)[..., None] / 255
    dark = np.array([0.42, 0.36, 0.52], np.float32)  # of blue, green and red stays
    picture[:] = (picture * (1 - amount * (1 - dark) * 0.85)).round().astype(np.uint8)


def _teeth_colour(picture: U8, hole: U8) -> Floats | None:
    """The brighter part of what is seen between the lips, when it is as pale as teeth are."""
    pixels = picture[hole > 0].astype(np.float32)
    if len(pixels) < 30:
        return None
    light = pixels.mean(axis=1)
    colour = pixels[light >= np.percentile(light, 65)].mean(axis=0)
    return colour if colour.min() > 0.55 * colour.max() else None
