"""Faces in a picture, by two small networks that the mediapipe package carries; OpenCV runs them, not its runtime.

The first network proposes boxes. It sees 128 x 128 pixels, so it is shown the whole picture and overlapping parts of
it, or it would miss people in the background. The second lays a net of 468 points over each proposal and says how sure
it is that there is a face at all. It looks twice, the second time at what it found the first time: a face stays the
same, while clouds and columns that happened to look like one do not.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.material import FaceBox

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

_PROPOSER, _MESH = "face_detection/face_detection_short_range.tflite", "face_landmark/face_landmark.tflite"
_PROPOSER_PX, _MESH_PX = 128, 192
# the proposer's grids: cells of that many pixels, each with that many proposals
_GRIDS = ((8, 2), (16, 6))
_PROPOSED_FROM = 0.4
_PERHAPS_FROM = 0.5
_SURE_FROM = 0.98
_PROPOSALS_MAX = 24
# how far two boxes of one face overlap at least
_SAME_FROM = 0.3
# parts of the picture are squares of this many shares of its shorter side, half overlapping
_PARTS = (1.0, 0.5)
_PART_PX_MIN = 256  # smaller ones show no more than larger ones do
_MESH_MARGIN = 1.5
# points of the mesh; left and right as the viewer sees them
_NOSE, _LEFT_CHEEK, _RIGHT_CHEEK, _FOREHEAD, _CHIN = 1, 234, 454, 10, 152
_LEFT_EYE, _RIGHT_EYE = 33, 263


@dataclass(frozen=True, slots=True)
class Face:
    """One face; `points` are the mesh, (468, 2) in pixels of the picture."""

    certainty: float
    points: Floats

    @property
    def left(self) -> float:
        return float(self.points[:, 0].min())

    @property
    def top(self) -> float:
        return float(self.points[:, 1].min())

    @property
    def width(self) -> float:
        return float(np.ptp(self.points[:, 0]))

    @property
    def height(self) -> float:
        return float(np.ptp(self.points[:, 1]))

    @property
    def centre(self) -> Floats:
        return np.array([self.left + self.width / 2, self.top + self.height / 2], np.float32)

    @property
    def eyes(self) -> Floats:
        """From the one to the other."""
        return self.points[_RIGHT_EYE] - self.points[_LEFT_EYE]

    @property
    def nose_at(self) -> float:
        """Where the tip of the nose is between the cheeks: 0.5 looks at us, beyond 0 and 1 is a profile."""
        return self._along(_LEFT_CHEEK, _RIGHT_CHEEK)

    @property
    def nose_height(self) -> float:
        """Where the tip of the nose is between forehead (0) and chin (1)."""
        return self._along(_FOREHEAD, _CHIN)

    def box(self, width_px: int, height_px: int) -> FaceBox:
        return self.left / width_px, self.top / height_px, self.width / width_px, self.height / height_px

    def overlap(self, other: "Face") -> float:
        """The common area as a share of the smaller one."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        smaller = min(self.width * self.height, other.width * other.height)
        return max(0.0, width) * max(0.0, height) / max(smaller, 1.0)

    def _along(self, start: int, end: int) -> float:
        axis = self.points[end] - self.points[start]
        return float((self.points[_NOSE] - self.points[start]) @ axis / max(float(axis @ axis), 1e-6))


def missing() -> str:
    """ "" when faces can be found here, otherwise what to install."""
    if _network_file(_PROPOSER) is None or _network_file(_MESH) is None:
        return "finding faces needs their models: pip install --no-deps mediapipe==0.10.21"
    return ""


def find_faces(picture: Picture) -> list[Face]:
    """The faces in an RGB picture, the widest first."""
    found: list[Face] = []
    for _, centre, eyes, side in _proposals(picture)[:_PROPOSALS_MAX]:
        glance = _mesh(picture, centre, eyes, side)
        if glance.certainty >= _PERHAPS_FROM:
            face = _mesh(picture, glance.centre, glance.eyes, max(glance.width, glance.height))
            found += [face] if face.certainty >= _SURE_FROM else []
    found.sort(key=lambda face: -face.certainty)
    separate: list[Face] = []
    for face in found:
        if all(face.overlap(other) < _SAME_FROM for other in separate):
            separate.append(face)
    return sorted(separate, key=lambda face: -face.width)


# --- the first network ------------------------------------------------------------------------------------------

Proposal = tuple[float, Floats, Floats, float]
"""How good it is, the centre of the face, the direction from eye to eye, and the longer side of the box; in pixels."""


def _proposals(picture: Picture) -> list[Proposal]:
    """From the whole picture and from its parts, the best first, without the same one twice."""
    height, width = picture.shape[:2]
    found = [proposal for square in _squares(width, height) for proposal in _proposed_in(picture, *square)]
    found.sort(key=lambda proposal: -proposal[0])
    separate: list[Proposal] = []
    for proposal in found:
        _, centre, _, side = proposal
        if all(np.abs(centre - other[1]).max() > 0.25 * max(side, other[3]) for other in separate):
            separate.append(proposal)
    return separate


def _squares(width: int, height: int) -> list[tuple[int, int, int]]:
    """Left, top and side; the first one is around the whole picture."""
    longer, shorter = max(width, height), min(width, height)
    squares = [((width - longer) // 2, (height - longer) // 2, longer)]
    for share in _PARTS:
        side = max(_PART_PX_MIN, round(share * shorter))
        squares += [(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]
    return list(dict.fromkeys(squares))


def _starts(length: int, side: int) -> list[int]:
    last = max(0, length - side)
    steps = -(-last // max(1, side // 2))
    return [round(last * step / max(1, steps)) for step in range(steps + 1)]


def _proposed_in(picture: Picture, left: int, top: int, side: int) -> list[Proposal]:
    height, width = picture.shape[:2]
    x, y = max(left, 0), max(top, 0)
    part = picture[y : min(top + side, height), x : min(left + side, width)]
    square = np.zeros((side, side, 3), np.uint8)
    square[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    small = cv2.resize(square, (_PROPOSER_PX, _PROPOSER_PX), interpolation=cv2.INTER_AREA)
    network = _network(_PROPOSER)
    network.setInput(_planes(small.astype(np.float32) / 127.5 - 1))
    boxes, scores = network.forward(["regressors", "classificators"])
    boxes, scores = boxes.reshape(-1, 16), _likely(scores.reshape(-1))
    found: list[Proposal] = []
    for index in np.flatnonzero(scores >= _PROPOSED_FROM):
        values = boxes[index].reshape(8, 2) / _PROPOSER_PX  # centre, size, right eye, left eye, nose, mouth, ears
        corner = np.array([left, top], np.float32)
        centre, right_eye, left_eye = ((values[row] + _anchors()[index]) * side + corner for row in (0, 2, 3))
        found.append((float(scores[index]), centre, left_eye - right_eye, float(values[1].max() * side)))
    return found


@cache
def _anchors() -> Floats:
    """The middle of the cell that each proposal belongs to, as shares of the square."""
    cells = [
        ((x + 0.5) * cell_px / _PROPOSER_PX, (y + 0.5) * cell_px / _PROPOSER_PX)
        for cell_px, proposals in _GRIDS
        for y in range(_PROPOSER_PX // cell_px)
        for x in range(_PROPOSER_PX // cell_px)
        for _ in range(proposals)
    ]
    return np.array(cells, np.float32)


# --- the second network -----------------------------------------------------------------------------------------


def _mesh(picture: Picture, centre: Floats, eyes: Floats, side: float) -> Face:
    """The face at a proposal, turned upright for the network."""
    angle = float(np.arctan2(eyes[1], eyes[0]))
    scale = side * _MESH_MARGIN / _MESH_PX
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32) * scale
    corner = centre - turn @ np.full(2, _MESH_PX / 2, np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(picture, np.column_stack([turn, corner]), (_MESH_PX, _MESH_PX), flags=flags)
    network = _network(_MESH)
    network.setInput(_planes(np.asarray(crop, np.float32) / np.float32(255)))
    points, certainty = network.forward(["conv2d_21", "conv2d_31"])
    flat = points.reshape(-1, 3)[:, :2]
    return Face(float(_likely(certainty.reshape(-1))[0]), (flat @ turn.T + corner).astype(np.float32))


def _likely(values: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(values, -80, 80)))).astype(np.float32)


def _planes(picture: Floats) -> Floats:
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None])


@cache
def _network(name: str) -> Any:
    # the newer engine hides one of two outputs of these files
    return cv2.dnn.readNetFromTFLite(str(_network_file(name)), cv2.dnn.ENGINE_CLASSIC)


@cache
def _network_file(name: str) -> Path | None:
    """Inside the installed package, without importing it."""
    package = find_spec("mediapipe")
    folders = package.submodule_search_locations if package else None
    files = [Path(folder, "modules", name) for folder in folders or ()]
    return next((file for file in files if file.is_file()), None)
