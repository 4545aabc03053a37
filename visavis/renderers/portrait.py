"""A photo that talks: one warp bends the head, two more the lips, and between them a mouth is painted.

A photo that cannot be made to talk is shown as it is.
"""

import logging
from collections.abc import Sequence
from typing import ClassVar

import cv2
import numpy as np
import skia

from visavis.core.errors import InvalidRequest
from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import Floats
from visavis.renderers.attention import Attention
from visavis.renderers.base import I420, RendererTraits
from visavis.renderers.drawing.brush import smooth
from visavis.renderers.expressions import BROW, SIDE, SMILE, Mood, felt_mouth
from visavis.renderers.likeness import head, lips
from visavis.renderers.likeness.lids import EyeAreas
from visavis.renderers.likeness.oral import Oral
from visavis.renderers.likeness.sitter import Sitter, Unusable, sitter
from visavis.renderers.motion import Life, Loudness, Motion
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.still import Still
from visavis.renderers.visemes import JAW, OPEN, PRESS, ROUND, TUCK, WIDE, Shape
from visavis.renderers.warp import Patch, Planes, Warp

_log = logging.getLogger("visavis.renderers.portrait")

_SYLLABLE_MS, _PHRASE_MS = 55.0, 300.0
_BROW_REST = 0.12
_PATCH = 1.7, 1.5  # around the mouth, in its widths
_SEEN_FROM = 0.004  # smaller movements of the mouth are not drawn
_ROUNDS = 5


class Portrait:
    """One photo in one session. Pictures come in one buffer that every `frame` fills anew."""

    traits: ClassVar[RendererTraits] = RendererTraits("A photo that talks", ((720, 480), (1152, 768), (768, 1152)))

    def __init__(self, face: FaceSpec, seed: int) -> None:
        if face.width_px % 2 or face.height_px % 2 or min(face.width_px, face.height_px) < 96:
            raise InvalidRequest.field("avatar", "a picture's width and height are even and at least 96")
        cv2.setNumThreads(1)  # the processes that draw are as many as there are cores
        self._speech, self._motion = SpeechTrack(), Motion(seed)
        self._mood, self._attention = Mood(face.style, face.expressivity), Attention(seed)
        self._still, self._body = None, None
        try:
            self._body = _Body(sitter(face.picture, face.face_box, face.width_px, face.height_px))
        except Unusable as reason:
            _log.warning("a photo is shown as it is: %s", reason)
            self._still = Still(face, seed)

    @property
    def mouth_at(self) -> tuple[tuple[float, float], float]:
        """Its middle and its width at rest, in pixels; of a photo that only stands still, the picture's middle."""
        if self._body is None:
            height, width = self.frame(0.0).shape[0] * 2 // 3, self.frame(0.0).shape[1]
            return (width / 2, height / 2), height / 8
        x, y = self._body.mouth.origin
        return (float(x), float(y)), self._body.mouth.unit_px

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """These sounds will be heard from `start_ms` on."""
        self._speech.speak(start_ms, audio, marks)
        self._attention.speak(start_ms, start_ms + audio.duration_ms)

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard."""
        self._speech.cut(at_ms)
        self._attention.cut(at_ms)

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        """This was heard of the other person."""
        self._attention.listen(start_ms, audio)

    def cue(self, tag: str, at_ms: float) -> None:
        """Show a feeling for a moment."""
        self._mood.cue(tag, at_ms)

    def frame(self, at_ms: float) -> I420:
        """The picture, shape (height * 3 // 2, width); always the same buffer."""
        self._speech.advance(at_ms)
        loud = Loudness(self._speech.loudness(at_ms, _SYLLABLE_MS), self._speech.loudness(at_ms, _PHRASE_MS))
        life = self._motion.at(at_ms, loud, self._mood.at(at_ms), self._attention.at(at_ms))
        return self.draw(life, self._speech.shape(at_ms), at_ms)

    def draw(self, life: Life, mouth: Shape, at_ms: float = 0.0) -> I420:
        """The picture of one pose and one mouth shape (visemes.SHAPE_SIZE)."""
        if self._body is None:
            assert self._still is not None
            return self._still.frame(at_ms)
        return self._body.draw(life, mouth)


class _Body:
    """A prepared photo and the buffers that one session needs."""

    def __init__(self, model: Sitter) -> None:
        self.model, self.mouth = model, model.mouth
        self._frame = Planes(model.frame.copy())
        self.picture = picture = Planes(model.picture.copy())  # this session's eyes are painted into it
        self._eyes = EyeAreas(model.eyes, picture)
        self._head = Warp(picture, model.enlarged, model.head_grid, model.head, self._frame, rounds=1)
        self._mouth = _MouthArea(model, picture, self._frame)

    def draw(self, life: Life, mouth: Shape) -> I420:
        of_head = np.zeros(head.BASES, np.float32)
        of_head[head.YAW], of_head[head.PITCH], of_head[head.ROLL] = life.yaw, life.pitch, life.roll
        of_head[head.SHIFT], of_head[head.LEAN], of_head[head.BREATH] = 0.18 * life.yaw, life.lean, life.breath
        felt = life.felt
        of_head[head.BROW] = life.brow - _BROW_REST + felt[BROW]
        of_head[head.BROW_TILT] = life.brow_tilt + felt[SIDE]
        self._eyes.paint(life.blink, life.gaze_x, life.gaze_y)
        np.copyto(self._frame.buffer, self.model.frame)
        self._head.render(of_head)
        self._mouth.paint(of_head, felt_mouth(mouth, felt), life.smile + float(felt[SMILE]))
        return self._frame.buffer


class _MouthArea:
    """The part of the frame in which lips, chin and cheeks move by themselves."""

    def __init__(self, model: Sitter, picture: Planes, frame: Planes) -> None:
        self._model, self._frame = model, frame
        rect = model.mouth_grid.rect
        below = Planes(np.empty_like(frame.buffer))
        self._upper = Warp(picture, model.enlarged, model.mouth_grid, model.upper, frame, _ROUNDS)
        self._lower = Warp(picture, model.enlarged, model.mouth_grid, model.lower, below, _ROUNDS)
        self._layers = list(zip(frame.cut(rect), below.cut(rect), strict=True))
        self._mask = np.zeros((rect.height, rect.width), np.uint8)
        self._shares = [np.empty(layer.shape, np.float32) for layer, _ in self._layers[:2]]
        self._others = [np.empty_like(share) for share in self._shares]
        self._joined = [np.empty(layer.shape, np.uint8) for layer, _ in self._layers[:2]]
        self._oral = Oral(model.teeth, model.light, model.colourful)
        unit = model.mouth.unit_px
        self._size = round(_PATCH[0] * unit / 2) * 2, round(_PATCH[1] * unit / 2) * 2
        self._patch = Patch(*self._size)
        self._rest = model.mouth.picture(np.array([[0, 0], [1 / 3, 0], [0, 1 / 3]], np.float32))

    def paint(self, of_head: Floats, mouth: Shape, smile: float) -> None:
        weights = np.zeros(head.BASES + lips.BASES, np.float32)
        weights[: head.BASES] = of_head
        own = weights[head.BASES :]
        own[lips.OPEN], own[lips.DROP], own[lips.WIDE] = mouth[OPEN], mouth[JAW], mouth[WIDE]
        own[lips.ARCH] = mouth[ROUND] * min(1.0, 3 * float(mouth[OPEN]))
        own[lips.ROUND], own[lips.TUCK], own[lips.PRESS] = mouth[ROUND], mouth[TUCK], mouth[PRESS]
        own[lips.SMILE] = max(0.0, smile) * (1 - 0.6 * float(mouth[ROUND]))
        if np.abs(own).max() < _SEEN_FROM:
            return
        self._upper.render(weights)
        if max(own[lips.OPEN], own[lips.TUCK], own[lips.PRESS], own[lips.ROUND], own[lips.DROP]) < _SEEN_FROM:
            return  # both layers are one
        self._lower.render(weights)
        upper = self._model.seam + np.tensordot(weights, self._model.seam_upper, 1)
        lower = self._model.seam + np.tensordot(weights, self._model.seam_lower, 1)
        self._join(upper)
        if float(np.abs(lower - upper).max()) > 0.5:
            self._inside(of_head, mouth, upper, lower)

    def _join(self, edge: Floats) -> None:
        """Upper lip and all above it from the one layer, the rest from the other."""
        rect, right = self._model.mouth_grid.rect, self._model.mouth.right
        far = 4.0 * (rect.width + rect.height)
        down = np.array([-right[1], right[0]])
        line = np.concatenate([[edge[0] - far * right], edge, [edge[-1] + far * right]])
        area = np.concatenate([line, [line[-1] - far * down, line[0] - far * down]]) - (rect.left, rect.top)
        self._mask[:] = 0
        cv2.fillPoly(self._mask, [np.round(area * 4).astype(np.int32)], 255, cv2.LINE_AA, 2)
        cv2.GaussianBlur(self._mask, (5, 5), 1.0, dst=self._joined[0])
        full, half = self._shares
        np.copyto(full, self._joined[0])
        np.multiply(full, 1 / 255, out=full)
        cv2.resize(full, half.shape[::-1], dst=half, interpolation=cv2.INTER_AREA)
        for share, other in zip(self._shares, self._others, strict=True):
            np.subtract(1, share, out=other)
        for (above, below), plane in zip(self._layers, (0, 1, 1), strict=True):
            joined = self._joined[plane]
            cv2.blendLinear(above, below, self._shares[plane], self._others[plane], dst=joined)
            np.copyto(above, joined)

    def _inside(self, of_head: Floats, mouth: Shape, upper: Floats, lower: Floats) -> None:
        spots = self._rest + np.tensordot(of_head, self._model.mouth_head, 1)
        width, height = self._size
        frame_height, frame_width = self._frame.y.shape
        centre = (upper[5] + lower[5]) / 2
        left = min(max(0, round((float(centre[0]) - width / 2) / 2) * 2), frame_width - width)
        top = min(max(0, round((float(centre[1]) - height / 2) / 2) * 2), frame_height - height)
        self._patch.take(self._frame, left, top)
        canvas, (x, y) = self._patch.canvas, spots[0] - (left, top)
        (ax, ay), (bx, by) = (spots[1] - spots[0]) * 3, (spots[2] - spots[0]) * 3
        hole = np.concatenate([upper, lower[-2:0:-1]]) - (left, top) + 0.5
        matrix = np.array([[ax, bx], [ay, by]])
        local = np.linalg.solve(matrix, (np.stack([upper, lower]) - spots[0]).reshape(-1, 2).T).T.reshape(2, 11, 2)
        canvas.save()
        canvas.clipPath(smooth([(float(a), float(b)) for a, b in hole], closed=True), True)
        canvas.concat(skia.Matrix.MakeAll(ax, bx, x + 0.5, ay, by, y + 0.5, 0, 0, 1))
        half = float(local[0, -1, 0] - local[0, 0, 0]) / 2
        canvas.translate(float(local[:, :, 0].mean()), 0)
        self._oral.paint(canvas, mouth, float(local[0, 4:7, 1].mean()), float(local[1, 4:7, 1].mean()), half)
        canvas.restore()
        self._patch.put(self._frame, left, top)
