"""Whether a photo can become a face. What is judged is measured; what cannot be measured is not judged."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.errors import Detail, Unprocessable
from visavis.core.material import Photo
from visavis.media import face_finder
from visavis.media.face_finder import Face
from visavis.media.picture_files import read_picture

Picture = NDArray[np.uint8]

# what is kept is never larger than a video can show, with room to cut
KEPT_SIDE_PX_MAX = 2_400
_JPEG_QUALITY = 95

FACE_WIDTH_PX_MIN = 80
# people in the background are no trouble as long as they are clearly smaller
_RIVAL_SHARE = 0.5
_INSIDE_SHARE_MIN = 0.92
_NOSE_AT_MIN, _NOSE_AT_MAX = 0.2, 0.8
_NOSE_HEIGHT_MIN, _NOSE_HEIGHT_MAX = 0.35, 0.75
_TILT_DEGREES_MAX = 30.0
# fine detail of a face as a share of its coarse shapes, at a fixed size; sharp photos measured 0.24 to 0.37, the same
# photos out of focus by a fortieth of the face's width 0.10 to 0.13
_DETAIL_MIN = 0.14
_DETAIL_FACE_PX = 160


def examine(content: bytes) -> Photo:
    """The photo as it will be kept. Raises `InvalidRequest` for the file, `Unprocessable` for what is in it."""
    picture = read_picture(content, KEPT_SIDE_PX_MAX)
    height_px, width_px = picture.shape[:2]
    if face_finder.missing():
        return Photo(_jpeg(picture), width_px, height_px, face_box=None)
    face = _usable(face_finder.find_faces(picture), picture)
    return Photo(_jpeg(picture), width_px, height_px, face.box(width_px, height_px))


def _usable(faces: list[Face], picture: Picture) -> Face:
    """The one face. Raises `Unprocessable` with what to change."""
    if not faces:
        raise _refused("no_face", "no face was found; send a photo of one person who looks at the camera")
    face, *others = faces
    if others and others[0].width >= _RIVAL_SHARE * face.width:
        raise _refused("several_faces", "there are several faces; send a photo of one person alone")
    if face.width < FACE_WIDTH_PX_MIN:
        message = f"the face is {face.width:.0f} pixels wide; it needs {FACE_WIDTH_PX_MIN} or more"
        raise _refused("face_too_small", message)
    if _inside(face, picture) < _INSIDE_SHARE_MIN:
        raise _refused("face_cut_off", "the face is cut off by the edge; send a photo that shows all of it")
    if not _faces_camera(face):
        raise _refused("face_turned", "the face is turned away; send a photo in which it looks at the camera, upright")
    if _detail(face, picture) < _DETAIL_MIN:
        raise _refused("face_blurred", "the face is blurred; send a sharper photo")
    return face


def _inside(face: Face, picture: Picture) -> float:
    """How much of the face's box lies in the picture."""
    height_px, width_px = picture.shape[:2]
    width = min(face.left + face.width, width_px) - max(face.left, 0)
    height = min(face.top + face.height, height_px) - max(face.top, 0)
    return max(0.0, width) * max(0.0, height) / (face.width * face.height)


def _faces_camera(face: Face) -> bool:
    tilt_degrees = abs(math.degrees(math.atan2(float(face.eyes[1]), float(face.eyes[0]))))
    return (
        _NOSE_AT_MIN <= face.nose_at <= _NOSE_AT_MAX
        and _NOSE_HEIGHT_MIN <= face.nose_height <= _NOSE_HEIGHT_MAX
        and tilt_degrees <= _TILT_DEGREES_MAX
    )


def _detail(face: Face, picture: Picture) -> float:
    left, top = max(0, int(face.left)), max(0, int(face.top))
    part = picture[top : int(face.top + face.height), left : int(face.left + face.width)]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32)
    scale = _DETAIL_FACE_PX / grey.shape[1]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=method)
    sharp, softer, coarse = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (1, 2, 8))
    return float((sharp - softer).std() / max(float((softer - coarse).std()), 1e-6))


def _jpeg(picture: Picture) -> bytes:
    options = (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    return jpeg.tobytes()


def _refused(code: str, message: str) -> Unprocessable:
    return Unprocessable(f"This photo cannot become a face: {message}", [Detail("image", message, code)])
