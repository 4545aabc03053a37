"""A photo cut to the size of a video, so that the face in it sits where a face belongs: eyes in the upper half, room
above the hair, the shoulders in view.

A photo that ends too close to the face is continued by its own colours out of focus, rather than cut into the face.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from visavis.renderers.arrays import U8

# how much of the picture's shorter side the face is high, from the hairline to the chin
_FACE_SHARE = 0.40
# a small photo shows the face smaller rather than coarser, one that ends close to the face shows it larger
_FACE_SHARE_MIN = 0.28
_FACE_SHARE_MAX_WIDE, _FACE_SHARE_MAX_TALL = 0.54, 0.66  # a wide picture also needs its height for the hair
_ENLARGED_MAX = 2.0
_FACE_AT_X, _FACE_AT_Y = 0.5, 0.45
# where nobody looked for a face, it is likely in the middle and near the top
_LIKELY_FACE = (0.35, 0.15, 0.3, 0.3)
_FOG_PX = 40
_SEAM_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a photo, in its pixels; it may reach beyond the photo's edges."""

    left: int
    top: int
    width: int
    height: int


def framed(photo: U8, face_box: tuple[float, float, float, float] | None, width: int, height: int) -> U8:
    """The photo around the face at that size; both are BGR. `face_box` as in `FaceSpec`."""
    crop = crop_around(photo.shape[1], photo.shape[0], face_box or _LIKELY_FACE, width, height)
    inside = Crop(
        left=max(crop.left, 0),
        top=max(crop.top, 0),
        width=min(crop.left + crop.width, photo.shape[1]) - max(crop.left, 0),
        height=min(crop.top + crop.height, photo.shape[0]) - max(crop.top, 0),
    )
    part = photo[inside.top : inside.top + inside.height, inside.left : inside.left + inside.width]
    if inside == crop:
        return _resized(part, width, height)
    left, right = (round((x - crop.left) * width / crop.width) for x in (inside.left, inside.left + inside.width))
    top, bottom = (round((y - crop.top) * height / crop.height) for y in (inside.top, inside.top + inside.height))
    return _on_fog(_resized(part, right - left, bottom - top), left, top, width, height)


def crop_around(
    photo_width: int, photo_height: int, face_box: tuple[float, float, float, float], width: int, height: int
) -> Crop:
    """The part of the photo to show in a picture of `width` x `height`."""
    face_left, face_top, face_width, face_height = face_box
    face_px = max(1.0, face_height * photo_height)
    # photo pixels for each pixel of the picture
    wanted = face_px / (_FACE_SHARE * min(width, height))
    fits = min(photo_width / width, photo_height / height)
    share_max = _FACE_SHARE_MAX_WIDE if width >= height else _FACE_SHARE_MAX_TALL
    nearest = face_px / (share_max * min(width, height))
    farthest = face_px / (_FACE_SHARE_MIN * min(width, height))
    scale = min(farthest, max(wanted, 1 / _ENLARGED_MAX))
    scale = max(nearest, min(scale, fits))
    crop_width, crop_height = round(scale * width), round(scale * height)
    left = (face_left + face_width / 2) * photo_width - _FACE_AT_X * crop_width
    top = (face_top + face_height / 2) * photo_height - _FACE_AT_Y * crop_height
    last_left, last_top = photo_width - crop_width, photo_height - crop_height
    return Crop(
        left=_clamped(left, last_left),
        # a body that ends in fog seems to float, so what is missing is missing above it
        top=_clamped(top, last_top) if last_top >= 0 else last_top,
        width=crop_width,
        height=crop_height,
    )


def _clamped(start: float, last: int) -> int:
    """Inside the photo; where the photo is smaller, with all of it inside."""
    return round(min(max(start, min(0, last)), max(0, last)))


def _resized(picture: U8, width: int, height: int) -> U8:
    method = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (max(1, width), max(1, height)), interpolation=method), np.uint8)


def _on_fog(part: U8, left: int, top: int, width: int, height: int) -> U8:
    """The part where it belongs, continued by the colours of its edges, far out of focus."""
    bottom, right = top + part.shape[0], left + part.shape[1]
    continued = cv2.copyMakeBorder(part, top, height - bottom, left, width - right, cv2.BORDER_REPLICATE)
    small = (max(1, width // _FOG_PX), max(1, height // _FOG_PX))
    colours = cv2.blur(cv2.resize(continued, small, interpolation=cv2.INTER_AREA), (3, 3))
    fog = np.asarray(cv2.resize(colours, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    seam_px = max(2, round(_SEAM_SHARE * min(width, height)))
    opacity = _edge(height, top, bottom, seam_px)[:, None, None] * _edge(width, left, right, seam_px)[None, :, None]
    whole = fog.copy()
    whole[top:bottom, left:right] = part
    return (fog + (whole - fog) * opacity).round().clip(0, 255).astype(np.uint8)


def _edge(length: int, start: int, end: int, seam_px: int) -> np.ndarray:
    """1 between `start` and `end`, falling to 0 towards those of the two that are not the picture's own edge."""
    at = np.arange(length, dtype=np.float32) + 0.5
    rising = np.clip((at - start) / seam_px, 0, 1) if start > 0 else np.ones_like(at)
    falling = np.clip((end - at) / seam_px, 0, 1) if end < length else np.ones_like(at)
    return rising * falling
