"""Photos for tests: people whom the project draws itself, in every way a photo can be good or bad."""

import struct
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.spec import FaceSpec
from visavis.renderers.character import Character

Picture = NDArray[np.uint8]
ORIENTATION_TAG = 0x0112


@cache
def _person(identity: str) -> Picture:
    frame = Character(FaceSpec("character", identity, 1152, 768), seed=1).frame(0.0)
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420), np.uint8)


def person(identity: str = "cara") -> Picture:
    """Somebody who looks at the camera, BGR, 1152 x 768; the face is about 270 pixels wide."""
    return _person(identity).copy()


def smaller(picture: Picture, times: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA), np.uint8)


def blurred(picture: Picture, sigma_px: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8)


def tilted(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=(200, 200, 200)), np.uint8)


def together(*pictures: Picture) -> Picture:
    return np.hstack(pictures)


def scenery() -> Picture:
    """Hills without anybody on them."""
    y, x = np.mgrid[0:480, 0:720]
    waves = 128 + 60 * np.sin(x / 70) + 40 * np.cos((x + 2 * y) / 110)
    return np.dstack([waves, waves[::-1], 255 - waves]).clip(0, 255).astype(np.uint8)


def encoded(picture: Picture, suffix: str = ".jpg", *options: int) -> bytes:
    return cv2.imencode(suffix, picture, options)[1].tobytes()


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG as a camera writes it that was held another way."""
    entry = struct.pack(">HHIHH", ORIENTATION_TAG, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
