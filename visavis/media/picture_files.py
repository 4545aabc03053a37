"""What a picture file really is: its format and size from its first bytes, and its pixels.

Names and announced types say nothing. The size is read before anything is unpacked, because a few kilobytes can
unpack to gigabytes.
"""

import struct
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.errors import InvalidRequest

PictureFormat = Literal["JPEG", "PNG", "WebP"]

PIXELS_MAX = 50_000_000
SIDE_PX_MAX = 16_384
_BACKGROUND = 240  # what shines through a picture that is transparent
# JPEG segments that begin a frame and tell its size; the gaps between them mean something else
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Picture = NDArray[np.uint8]


def read_picture(content: bytes, side_px_max: int) -> Picture:
    """The picture, upright, as RGB, no larger than that. Raises `InvalidRequest` with the path `image`."""
    width_px, height_px = size_of(content)
    if width_px * height_px > PIXELS_MAX or max(width_px, height_px) > SIDE_PX_MAX:
        message = f"has {width_px} x {height_px} pixels; at most {PIXELS_MAX} in all and {SIDE_PX_MAX} a side"
        raise InvalidRequest.field("image", message, "too_many_pixels")
    data = np.frombuffer(content, np.uint8)
    # this way of decoding also turns it upright, as the file's own notes ask for
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None or not _whole(content):
        raise InvalidRequest.field("image", "is damaged or not complete", "damaged")
    flat = _flattened(data, shrunk(np.asarray(picture, np.uint8), side_px_max), side_px_max)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGR2RGB), np.uint8)


def shrunk(picture: Picture, side_px_max: int) -> Picture:
    scale = side_px_max / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def format_of(content: bytes) -> PictureFormat | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    return None


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height, from the head of the file alone. Raises `InvalidRequest`."""
    readers = {"JPEG": _jpeg_size, "PNG": _png_size, "WebP": _webp_size}
    kind = format_of(content)
    if kind is None:
        raise InvalidRequest.field("image", "is not a JPEG, PNG or WebP picture", "wrong_format")
    try:
        width_px, height_px = readers[kind](content)
    except (struct.error, IndexError):
        width_px = height_px = 0
    if width_px < 1 or height_px < 1:
        raise InvalidRequest.field("image", "is damaged or not complete", "damaged")
    return width_px, height_px


def _png_size(content: bytes) -> tuple[int, int]:
    return struct.unpack(">II", content[16:24])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        marker, length = struct.unpack(">xBH", content[at : at + 4])
        if content[at] != 0xFF or marker == 0xDA:  # the picture begins without a frame
            return 0, 0
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        low_first = content[24:27] + b"\0" + content[27:30] + b"\0"
        width, height = struct.unpack("<II", low_first)
        return width + 1, height + 1
    if kind == b"VP8L":
        bits = struct.unpack("<I", content[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _whole(content: bytes) -> bool:
    """Decoders fill what is missing of a JPEG with grey; its end mark comes after the last picture data it has."""
    return format_of(content) != "JPEG" or content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")


def _flattened(data: NDArray[np.uint8], upright: Picture, side_px_max: int) -> Picture:
    """The upright BGR picture on a light background, where the file is transparent."""
    raw = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if raw is None or raw.ndim != 3 or raw.shape[2] != 4:
        return upright
    if raw.dtype == np.uint16:
        raw = cv2.convertScaleAbs(raw, alpha=1 / 257)
    lying = np.asarray(raw, np.uint8)
    if lying[..., 3].min() == 255:
        return upright
    opacity = _opacity(shrunk(lying, side_px_max), upright).astype(np.float32)[..., None] / 255
    return (_BACKGROUND + (upright.astype(np.float32) - _BACKGROUND) * opacity).round().astype(np.uint8)


def _opacity(lying: Picture, upright: Picture) -> Picture:
    """Opacity is only to be had as it lies in the file, so it is turned and mirrored as its colours fit best."""
    ways = [np.rot90(side, turns) for side in (lying, lying[:, ::-1]) for turns in range(4)]
    fitting = [way for way in ways if way.shape[:2] == upright.shape[:2]]
    best = min(fitting, key=lambda way: cv2.norm(np.ascontiguousarray(way[..., :3]), upright, cv2.NORM_L1))
    return best[..., 3]
