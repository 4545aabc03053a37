"""What small networks see in a photo: a net of points on the face, the irises, and which pixels are the person.

The networks are files inside the mediapipe package, which is never imported; OpenCV runs them.
"""

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from visavis.renderers.arrays import U8, Floats

_MESH, _IRIS = "face_landmark/face_landmark.tflite", "iris_landmark/iris_landmark.tflite"
_PERSON = "selfie_segmentation/selfie_segmentation.tflite"
_MESH_PX, _IRIS_PX, _PERSON_PX = 192, 64, 256
_MESH_MARGIN, _IRIS_MARGIN = 1.5, 2.3
_FACE_FROM = 0.5
_LEFT_EYE, _RIGHT_EYE = 33, 263  # the points of the mesh at the outer corners, as the viewer sees them
_ONE_AT_A_TIME = threading.Lock()  # a network keeps its input until it is run


def missing() -> str:
    """ "" when faces can be measured here, otherwise what to install."""
    if all(_file(name) for name in (_MESH, _IRIS, _PERSON)):
        return ""
    return "making a photo talk needs models: pip install --no-deps mediapipe==0.10.21"


def mesh_at(picture: U8, left: float, top: float, width: float, height: float) -> Floats | None:
    """The net of the face in this box of a BGR picture, (468, 3) in pixels, nearer is less; None without a face."""
    centre, side = np.array([left + width / 2, top + height / 2], np.float32), max(width, height)
    angle, certainty, points = 0.0, 0.0, np.zeros((468, 3), np.float32)
    for _ in range(3):  # the first looks find out how the head is tilted and where it really is
        crop, turn, corner = _upright(picture, centre, angle, side * _MESH_MARGIN, _MESH_PX)
        flat, sure = _run(_MESH, crop, ("conv2d_21", "conv2d_31"))
        certainty, flat = 1 / (1 + float(np.exp(-sure.reshape(-1)[0]))), flat.reshape(-1, 3)
        points = np.column_stack([flat[:, :2] @ turn.T + corner, flat[:, 2] * side * _MESH_MARGIN / _MESH_PX])
        centre = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
        eyes = points[_RIGHT_EYE, :2] - points[_LEFT_EYE, :2]
        angle, side = float(np.arctan2(eyes[1], eyes[0])), float(np.ptp(points[:, :2], axis=0).max())
    return points.astype(np.float32) if certainty > _FACE_FROM else None


def iris_at(picture: U8, outer: Floats, inner: Floats) -> tuple[Floats, float]:
    """Centre and radius of the iris between two corners of an eye, in pixels."""
    along = inner - outer
    mirrored = bool(along[0] > 0)  # the network knows the eye whose inner corner is on its left
    angle = float(np.arctan2(along[1], along[0])) if mirrored else float(np.arctan2(-along[1], -along[0]))
    side = float(np.hypot(*along)) * _IRIS_MARGIN
    crop, turn, corner = _upright(picture, (outer + inner) / 2, angle, side, _IRIS_PX)
    crop = np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop
    points = _run(_IRIS, crop, ("output_iris",))[0].reshape(5, 3)[:, :2]
    if mirrored:
        points = np.column_stack([_IRIS_PX - 1 - points[:, 0], points[:, 1]])
    points = points @ turn.T + corner
    return points[0], float(np.hypot(*(points[1:] - points[0]).T).mean())


def person_in(picture: U8) -> Floats:
    """How much each pixel of a BGR picture belongs to the person in front, 0 to 1."""
    small = cv2.resize(picture, (_PERSON_PX, _PERSON_PX), interpolation=cv2.INTER_AREA)
    mask = _run(_PERSON, np.asarray(small, np.uint8), ("activation_10",))[0].reshape(_PERSON_PX, _PERSON_PX)
    grown = cv2.resize(mask, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32)


def _upright(picture: U8, centre: Floats, angle: float, side: float, size_px: int) -> tuple[U8, Floats, Floats]:
    """A square of the picture at the network's size, and how its pixels lie in the picture: turn @ pixel + corner."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32) * (side / size_px)
    corner = centre - turn @ np.full(2, size_px / 2, np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(picture, np.column_stack([turn, corner]), (size_px, size_px), flags=flags)
    return np.asarray(crop, np.uint8), turn, corner


def _run(name: str, crop: U8, outputs: tuple[str, ...]) -> tuple[Floats, ...]:
    with _ONE_AT_A_TIME:
        network = _network(name)
        network.setInput(cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True))
        return tuple(np.array(output) for output in network.forward(list(outputs)))


@cache
def _network(name: str) -> Any:
    # the newer engine hides some outputs of these files
    return cv2.dnn.readNetFromTFLite(str(_file(name)), cv2.dnn.ENGINE_CLASSIC)


@cache
def _file(name: str) -> Path | None:
    package = find_spec("mediapipe")
    folders = package.submodule_search_locations if package else None
    files = [Path(folder, "modules", name) for folder in folders or ()]
    return next((file for file in files if file.is_file()), None)
