"""A photo prepared for talking: measured, its mouth closed, and everything that can move written down as bases.

Preparation takes a fraction of a second and is kept for all sessions that show the same photo at the same size.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420
from visavis.renderers.likeness import networks
from visavis.renderers.likeness.head import STRONGEST, Head
from visavis.renderers.likeness.lids import Eye
from visavis.renderers.likeness.lips import Lips, bases
from visavis.renderers.likeness.measures import LOWER_LIDS, OVAL, UPPER_INNER, UPPER_LIDS, Face, Upright
from visavis.renderers.likeness.neutral import closed
from visavis.renderers.photo import crop_around, framed
from visavis.renderers.warp import GRID_PX, Grid, Rect

Box = tuple[float, float, float, float]

_ENLARGED = (1.25, 1.5)  # the picture against the frame: what keeps moving skin sharp, what more is lost on
_TALLEST_PX = 1152
_MOUTH_STEP_PX = 4
_STILL_PX = 0.2  # what moves by less stays where it is


class Unusable(Exception):
    """Why this photo cannot be made to talk, in words for people."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """What all sessions share; never written to. Points and bases are in frame pixels, the picture is larger."""

    enlarged: float
    picture: I420
    frame: I420
    head_grid: Grid
    head: Floats
    mouth_grid: Grid
    upper: Floats  # bases of the head, then those of the mouth
    lower: Floats
    seam: Floats  # (11, 2): the line between the lips
    seam_upper: Floats  # (bases, 11, 2)
    seam_lower: Floats
    mouth: Upright
    mouth_head: Floats  # (bases of the head, 3, 2): at the mouth's middle, a third of it to the right, and down
    outline: tuple[float, float, float, float]  # of the face: left, top, right and bottom in the larger picture
    eyes: tuple[Eye, Eye]
    teeth: Floats | None  # their colour (BGR) where it was seen
    light: Floats  # what white things look like, BGR from 0 to 1
    colourful: float  # 0 for a photo in grey


def sitter(path: str, box: Box | None, width_px: int, height_px: int) -> Sitter:
    """Raises `Unusable`."""
    file = Path(path)
    if not path or not file.is_file():
        raise Unusable("the photo is gone")
    stat = file.stat()
    return _sitter(path, (stat.st_mtime_ns, stat.st_size), box, width_px, height_px)


@lru_cache(maxsize=16)
def _sitter(path: str, version: tuple[int, int], box: Box | None, width_px: int, height_px: int) -> Sitter:
    del version  # a photo that was replaced is another one
    if missing := networks.missing():
        raise Unusable(missing)
    photo = cv2.imread(path, cv2.IMREAD_COLOR)
    if photo is None:
        raise Unusable("the photo cannot be read")
    if box is None:
        raise Unusable("nobody has looked for the face in the photo")
    picture, face, enlarged = _measured(np.asarray(photo, np.uint8), box, width_px, height_px)
    neutral = closed(picture, face)
    person = networks.person_in(picture)
    whole = Rect(0, 0, width_px, height_px)
    head = Head.of(neutral.face, person)
    lips = Lips.of(neutral.face)
    left, top, right, bottom = (v / enlarged for v in lips.rect(picture.shape[1], picture.shape[0]))
    head_grid = Grid(_moving(head, whole, enlarged))
    mouth_grid = Grid(Rect.around(left, top, right, bottom, whole), _MOUTH_STEP_PX)
    nodes = (mouth_grid.nodes_px() + 0.5) * enlarged - 0.5
    plane = neutral.face.mouth
    seam = neutral.face.at(UPPER_INNER)
    (upper, lower), (seam_upper, seam_lower) = (bases(lips, plane.local(at)) for at in (nodes, seam))
    head_nodes, head_seam = head.bases(nodes), head.bases(seam)
    spots = plane.picture(np.array([[0, 0], [1 / 3, 0], [0, 1 / 3]], np.float32))

    def joined(of_head: Floats, of_mouth: Floats) -> Floats:
        return np.concatenate([of_head, plane.vectors(of_mouth)]).astype(np.float32) / enlarged

    small = cv2.resize(neutral.picture, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return Sitter(
        enlarged=enlarged,
        picture=_i420(neutral.picture),
        frame=_i420(np.asarray(small, np.uint8)),
        head_grid=head_grid,
        head=head.bases((head_grid.nodes_px() + 0.5) * enlarged - 0.5) / enlarged,
        mouth_grid=mouth_grid,
        upper=joined(head_nodes, upper),
        lower=joined(head_nodes, lower),
        seam=(seam + 0.5) / enlarged - 0.5,
        seam_upper=joined(head_seam, seam_upper),
        seam_lower=joined(head_seam, seam_lower),
        mouth=Upright((plane.origin + 0.5) / enlarged - 0.5, plane.right, plane.unit_px / enlarged),
        mouth_head=head.bases(spots) / enlarged,
        outline=_bounds(neutral.face.at(OVAL)),
        eyes=(Eye.of(neutral.picture, face, 0), Eye.of(neutral.picture, face, 1)),
        teeth=neutral.teeth,
        light=_light(picture, face),
        colourful=_colourful(picture, face),
    )


def _moving(head: Head, whole: Rect, enlarged: float) -> Rect:
    """The part of the frame in which the head moves anything."""
    nodes = Grid(whole).nodes_px()
    moved = np.abs(head.bases((nodes + 0.5) * enlarged - 0.5)).max(axis=3) / enlarged
    moved = (moved * np.array(STRONGEST)[:, None, None]).max(axis=0) > _STILL_PX
    places = nodes[moved]
    (left, top), (right, bottom) = places.min(axis=0) - GRID_PX, places.max(axis=0) + GRID_PX
    return Rect.around(left, top, right, bottom, whole)


def _measured(photo: U8, box: Box, width_px: int, height_px: int) -> tuple[U8, Face, float]:
    """The photo around the face, larger than the frame; the face measured in it; and how much larger."""
    crop = crop_around(photo.shape[1], photo.shape[0], box, width_px, height_px)
    enlarged = min(max(crop.width / width_px, _ENLARGED[0]), _ENLARGED[1], max(_ENLARGED[0], _TALLEST_PX / height_px))
    width, height = round(width_px * enlarged / 2) * 2, round(height_px * enlarged / 2) * 2
    picture = framed(photo, box, width, height)
    crop = crop_around(photo.shape[1], photo.shape[0], box, width, height)
    k = width / crop.width
    left, top = (box[0] * photo.shape[1] - crop.left) * k, (box[1] * photo.shape[0] - crop.top) * k
    points = networks.mesh_at(picture, left, top, box[2] * photo.shape[1] * k, box[3] * photo.shape[0] * k)
    if points is None:
        raise Unusable("there is no face where one was found before")
    irises = []
    for lid in UPPER_LIDS:
        corners = points[list(lid), :2]
        outer, inner = (0, -1) if lid is UPPER_LIDS[0] else (-1, 0)
        centre, radius = networks.iris_at(picture, corners[outer], corners[inner])
        irises.append([*centre, radius])
    return picture, Face(points, np.array(irises, np.float32)), enlarged


def _bounds(points: Floats) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def _light(picture: U8, face: Face) -> Floats:
    """What white things look like, told by the whites of the eyes, because skin has a colour of its own."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    for upper, lower in zip(UPPER_LIDS, LOWER_LIDS, strict=True):
        outline = np.concatenate([face.at(upper), face.at(lower)[::-1]])
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
    for x, y, radius in face.irises:
        cv2.circle(mask, (round(float(x)), round(float(y))), round(1.1 * float(radius)), 0, -1)
    whites = picture[mask > 0].astype(np.float32)
    if len(whites) < 6:
        return np.full(3, 0.8, np.float32)
    brightness = whites.mean(axis=1)
    colour = whites[brightness >= np.percentile(brightness, 75)].mean(axis=0) / 225
    # a photo is at least as pale as this, or lids were taken for whites
    return np.clip(colour, 0.45 * colour.max(), 1.0).astype(np.float32)


def _colourful(picture: U8, face: Face) -> float:
    left, top, right, bottom = (round(float(v)) for v in (*face.at(OVAL).min(axis=0), *face.at(OVAL).max(axis=0)))
    skin = picture[max(0, top) : bottom, max(0, left) : right].reshape(-1, 3).astype(np.float32)
    return float(np.clip(np.ptp(skin.mean(axis=0)) / (0.12 * skin.max() + 1), 0, 1))


def _i420(bgr: U8) -> I420:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)
