"""The eyes of a photo: they look around within their lids, and lids of the skin above come down over them."""

from dataclasses import dataclass

import cv2
import numpy as np

from visavis.renderers.arrays import U8, Floats
from visavis.renderers.likeness.measures import LOWER_LIDS, UPPER_LIDS, Face
from visavis.renderers.likeness.splines import fitted, step
from visavis.renderers.warp import Planes, Rect

_BESIDE, _OVER, _UNDER = 0.42, 0.85, 0.55  # of the patch around an eye, in widths of the eye
_GAZE_X, _GAZE_Y = 0.085, 0.05  # how far an iris goes, likewise
_WIDER, _TALLER = 1.16, 1.18
_PLATE = 0.62  # how much of a closed lid is plain skin, so that lashes are not smeared over it


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: its part of the picture, its lids from left to right, and the field that closes it."""

    rect: Rect
    skin: U8  # BGR of the rectangle
    upper: Floats  # (9, 2) in pixels of the rectangle, as are all points here
    lower: Floats
    shut: Floats  # where the upper lid's edge comes to rest
    width: float
    close: Floats  # (h, w, 2)
    iris: Floats  # (h, w): how much each pixel goes along with the iris
    ball: Floats  # (h, w): what lies between the lids
    lid_colour: Floats  # (h, w, 3), BGR
    lash_colour: tuple[int, int, int]

    @classmethod
    def of(cls, picture: U8, face: Face, side: int) -> "Eye":
        upper, lower = face.at(UPPER_LIDS[side]), face.at(LOWER_LIDS[side])
        width = float(np.hypot(*(upper[-1] - upper[0])))
        right = face.right
        down = np.array([-right[1], right[0]], np.float32)
        middle = (upper[0] + upper[-1]) / 2
        x, y = (0.5 + _BESIDE) * width, np.array([-_OVER, _UNDER]) * width
        corners = np.array([middle + a * right * x + b * down for a in (-1, 1) for b in y])
        whole = Rect(0, 0, picture.shape[1], picture.shape[0])
        (left, top), (right_x, bottom) = corners.min(axis=0), corners.max(axis=0)
        rect = Rect.around(left, top, right_x, bottom, whole)
        offset = np.array([rect.left, rect.top], np.float32)
        skin = picture[rect.top : rect.bottom, rect.left : rect.right].copy()
        # the net lies a little inside real eyes, and whites that a closed lid leaves out are seen at once
        swell = np.outer(right, right) * _WIDER + np.outer(down, down) * _TALLER
        upper, lower = ((lid - middle) @ swell + middle - offset for lid in (upper, lower))
        shut = 0.90 * lower + 0.10 * upper
        shut[0], shut[-1] = upper[0], upper[-1]
        px = _pixels(skin)
        iris_x, iris_y, radius = (float(v) for v in face.irises[side])
        away = np.hypot(px[..., 0] - (iris_x - rect.left), px[..., 1] - (iris_y - rect.top))
        over = np.mean(upper[2:7], axis=0) - down * 0.17 * width
        plain = _sampled(skin, over, max(1.5, 0.06 * width))
        return cls(
            rect=rect,
            skin=skin,
            upper=upper,
            lower=lower,
            shut=shut,
            width=width,
            close=_closing(px, upper, shut, down, width),
            iris=1 - step(away, 1.05 * radius, 2.1 * radius),
            ball=_area(skin, np.concatenate([upper, lower[::-1]]), max(0.7, 0.02 * width)),
            lid_colour=plain * _roundness(px, upper, lower)[..., None],
            lash_colour=tuple(int(part) for part in plain * 0.26),  # type: ignore[arg-type]
        )

    def seen(self, blink: float, gaze_x: float, gaze_y: float) -> U8:
        """The rectangle in BGR; `blink` from 0 to 1, gaze from -1 to 1."""
        picture = self.skin
        if gaze_x or gaze_y:
            move = np.array([gaze_x * _GAZE_X, gaze_y * _GAZE_Y], np.float32) * self.width
            looking = _remapped(picture, _pixels(picture) - self.iris[..., None] * move)
            picture = np.asarray(cv2.blendLinear(looking, picture, self.ball, 1 - self.ball), np.uint8)
        if blink > 0:
            picture = self._lid(picture, blink)
        return picture

    def _lid(self, picture: U8, blink: float) -> U8:
        px, field = _pixels(picture), self.close * blink
        back = -field
        for _ in range(4):
            at = px + back
            back = -cv2.remap(field, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        lid = _remapped(self.skin, px + back)
        edge = _curve(self.upper + (self.shut - self.upper) * blink)
        soft = max(0.6, 0.018 * self.width)
        fold = _curve(self.upper) - np.array([0, 0.03 * self.width])
        plate = _area(picture, np.concatenate([fold, edge[::-1]]), max(1.0, 0.045 * self.width)) * _PLATE
        lid = lid + (self.lid_colour - lid) * plate[..., None]
        cover = _area(picture, np.concatenate([_curve(self.upper) - [0, 0.05 * self.width], edge[::-1]]), soft)
        above = _area(picture, np.concatenate([edge, [[edge[-1, 0], -9], [edge[0, 0], -9]]]), soft)
        cover = np.maximum(cover, above)[..., None]
        result = picture + (lid - picture) * cover
        if blink > 0.5:  # what a large eye still shows below the lid
            under = np.concatenate([edge, _curve(self.lower)[::-1] + [0, 0.09 * self.width]])
            last = _area(picture, under, 2 * soft)[..., None] * (2 * blink - 1)
            result += (self.lid_colour * 0.97 - result) * last
        lash = np.zeros(picture.shape[:2], np.uint8)
        for line, tone in ((edge, 140), (edge[4:-4], 255)):  # lashes thin out towards the corners
            thick = max(1, round(0.028 * self.width))
            cv2.polylines(lash, [np.round(line * 16).astype(np.int32)], False, tone, thick, cv2.LINE_AA, 4)
        amount = cv2.GaussianBlur(lash, (0, 0), soft).astype(np.float32)[..., None] / 255 * min(0.85, 1.6 * blink)
        result += (np.array(self.lash_colour, np.float32) - result) * amount
        return result.round().clip(0, 255).astype(np.uint8)


class EyeAreas:
    """Both eyes in one session's picture, painted again when they have moved."""

    def __init__(self, eyes: tuple[Eye, Eye], picture: Planes) -> None:
        self._eyes, self._picture = eyes, picture
        self._shown: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def paint(self, blink: float, gaze_x: float, gaze_y: float) -> None:
        # steps that nobody sees, so that slow drifts do not repaint the eyes for every frame
        pose = (round(blink * 25) / 25, round(gaze_x * 12) / 12, round(gaze_y * 8) / 8)
        if pose == self._shown:
            return
        self._shown = pose
        for eye in self._eyes:
            i420 = Planes(np.asarray(cv2.cvtColor(eye.seen(*pose), cv2.COLOR_BGR2YUV_I420), np.uint8))
            for mine, theirs in zip((i420.y, i420.u, i420.v), self._picture.cut(eye.rect), strict=True):
                np.copyto(theirs, mine)


def _pixels(picture: U8) -> Floats:
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    return np.stack([x, y], axis=-1)


def _remapped(picture: U8, at: Floats) -> U8:
    moved = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _area(picture: U8, outline: Floats, soft_px: float) -> Floats:
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), soft_px).astype(np.float32) / 255


def _closing(px: Floats, upper: Floats, shut: Floats, down: Floats, width: float) -> Floats:
    """The lid's edge goes down, the skin over it follows, everything further away stays."""
    right, bottom = px[-1, -1]
    frame = [(x, y) for x in np.linspace(0, right, 7) for y in (0, bottom)]
    frame += [(x, y) for y in np.linspace(0, bottom, 5)[1:-1] for x in (0, right)]
    fold = upper - down * 0.32 * width
    at = np.concatenate([upper, np.array(frame), fold])
    move = np.concatenate([shut - upper, np.zeros((len(frame), 2)), 0.28 * (shut - upper)])
    field = fitted(at / width, move / width, 1e-3, px / width) * width
    border = np.minimum(np.minimum(px[..., 0], right - px[..., 0]), np.minimum(px[..., 1], bottom - px[..., 1]))
    return field * step(border, 0, 0.15 * width)[..., None]


def _roundness(px: Floats, upper: Floats, lower: Floats) -> Floats:
    """The light on a closed lid: it lies on a ball."""
    middle, half = (upper[0] + upper[-1]) / 2, np.hypot(*(upper[-1] - upper[0])) / 2
    x, y = (px[..., 0] - middle[0]) / half, (px[..., 1] - lower[4, 1]) / half
    return (1.03 - 0.16 * np.square(x) - 0.10 * np.clip(y + 0.35, 0, 1)).astype(np.float32)


def _sampled(picture: U8, at: Floats, radius: float) -> Floats:
    x0, y0 = (max(0, int(part - radius)) for part in at)
    part = picture[y0 : y0 + round(2 * radius) + 1, x0 : x0 + round(2 * radius) + 1]
    return np.median(part.reshape(-1, 3), axis=0).astype(np.float32)


def _curve(points: Floats) -> Floats:
    """A smooth line through the points, four steps between neighbours."""
    ends = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    t = (np.arange(4) / 4)[None, :, None]
    a, b, c, d = (ends[i : len(ends) - 3 + i, None] for i in range(4))
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([line.reshape(-1, 2), points[-1:]]).astype(np.float32)
