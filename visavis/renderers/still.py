"""A picture that does not move: somebody's photo, what is shown when nothing better can be drawn, and the test double
of every face.
"""

import logging
from collections.abc import Sequence
from typing import ClassVar

import cv2
import numpy as np

from visavis.core.errors import InvalidRequest
from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8
from visavis.renderers.base import I420, RendererTraits
from visavis.renderers.photo import framed

_log = logging.getLogger(__name__)

_LUMA_TOP, _LUMA_BOTTOM = 176, 96  # a calm vertical gradient, so that encoders and eyes have something to hold on to


class Still:
    """The photo that `FaceSpec.picture` names. Without one, or where it is gone, a gradient in a colour that depends
    on identity and seed, with a light square that is lit while speech is heard.

    The square makes 'the mouth moves' and 'the mouth is closed' visible to tests at no cost.
    """

    traits: ClassVar[RendererTraits] = RendererTraits("A still picture", ((720, 480), (1152, 768), (768, 1152)))

    def __init__(self, face: FaceSpec, seed: int) -> None:
        width, height = face.width_px, face.height_px
        if width % 2 or height % 2 or width < 16 or height < 16:
            raise InvalidRequest.field("avatar", f"a picture of {width}x{height} cannot be drawn; sizes are even")
        self._speech: list[tuple[float, float]] = []
        photo = _photo(face)
        if photo is not None:
            self._picture = photo
            self._lamp = self._dark = photo[:0]
            return
        self._picture = _gradient(width, height, face.identity, seed)
        side = min(width, height) // 8 // 2 * 2
        top, left = (height - side) // 2, (width - side) // 2
        self._lamp = self._picture[top : top + side, left : left + side]
        self._dark = self._lamp.copy()

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """These sounds will be heard from `start_ms` on."""
        self._speech.append((start_ms, start_ms + audio.duration_ms))

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard."""
        self._speech = [(start, min(end, at_ms)) for start, end in self._speech if start < at_ms]

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        """A still picture does not listen."""

    def cue(self, tag: str, at_ms: float) -> None:
        """A still picture feels nothing."""

    def frame(self, at_ms: float) -> I420:
        """The picture, shape (height * 3 // 2, width); always the same buffer."""
        self._speech = [piece for piece in self._speech if piece[1] > at_ms]
        speaking = any(start <= at_ms for start, _ in self._speech)
        self._lamp[:] = 235 if speaking else self._dark
        return self._picture


def _photo(face: FaceSpec) -> I420 | None:
    """A session whose photo is gone goes on with the gradient; the log says why."""
    if not face.picture:
        return None
    photo = cv2.imread(face.picture, cv2.IMREAD_COLOR)
    if photo is None:
        _log.error("the photo of a face is gone or cannot be read")
        return None
    picture: U8 = framed(np.asarray(photo, np.uint8), face.face_box, face.width_px, face.height_px)
    return np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _gradient(width: int, height: int, identity: str, seed: int) -> I420:
    picture = np.empty((height * 3 // 2, width), np.uint8)
    picture[:height] = np.linspace(_LUMA_TOP, _LUMA_BOTTOM, height, dtype=np.float32).astype(np.uint8)[:, None]
    tint = np.random.default_rng([seed & 0xFFFFFFFF, *identity.encode()]).integers(108, 148, 2)
    chroma = picture[height:].reshape(2, -1)
    chroma[0], chroma[1] = tint
    return picture
