"""What people bring along, once somebody looked at it: a photo to make a face of, a recording to make a voice of."""

from dataclasses import dataclass, field
from typing import TypeAlias

FaceBox: TypeAlias = tuple[float, float, float, float]
"""Where a face is in a picture: left, top, width and height as shares of the picture."""


@dataclass(frozen=True, slots=True)
class Photo:
    """Upright, without whatever else the file said, such as where it was taken. No `face_box`: nobody could look."""

    jpeg: bytes = field(repr=False)
    width_px: int
    height_px: int
    face_box: FaceBox | None


@dataclass(frozen=True, slots=True)
class Recording:
    """Somebody's voice; `content_type` is what the file really is."""

    duration_ms: float
    content_type: str
