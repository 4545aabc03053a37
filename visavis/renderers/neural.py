"""A photo whose mouth a network draws: the portrait's head, eyes and brows, and lips from a Wav2Lip-type model.

The network's picture of the lower face is laid into the photo with soft edges before the head is bent, so it moves with
the head. While nothing is said the photo's own mouth is shown, closed.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from weakref import WeakSet

import cv2
import numpy as np

from visavis.core.frames import FRAME_MS, AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420, RendererTraits
from visavis.renderers.likeness.sitter import Sitter
from visavis.renderers.mel import WINDOW_MS, SoundTrack
from visavis.renderers.motion import Life
from visavis.renderers.mouth_network import SETTING, MouthNetwork, network
from visavis.renderers.portrait import Portrait
from visavis.renderers.visemes import Shape, shape_of
from visavis.renderers.warp import Planes, Rect

_SHUT = shape_of("sil")
_FADE_MS = 60.0  # between the photo's own mouth and the network's
_AHEAD = 4  # pictures that may come along when one is made
_COLUMNS_PER_MS = 0.08
# such networks were trained on boxes from above the brows to below the chin, and the outline begins at the hair
_BROW, _CHIN = 0.10, 0.05
_KEPT = (0.10, 0.90, 0.54, 0.97)  # of the box: what is taken of the network's picture, left, right, top and bottom
_SOFT = 0.10  # of the box: how wide its edges are


class Neural(Portrait):
    """`use_model` comes first. Sessions of one process are drawn by one network, several pictures at a time."""

    traits: ClassVar[RendererTraits] = RendererTraits(
        "A photo with the mouth of a network", Portrait.traits.sizes_px, needs_gpu=True
    )
    _network: ClassVar[MouthNetwork | None] = None

    def __init__(self, face: FaceSpec, seed: int) -> None:
        super().__init__(face, seed)
        assert self._network is not None, f"{SETTING} names the model"
        self._sound = SoundTrack()
        body = self._body
        self._lips = _Lips(self._network, body.model, body.picture, self._sound) if body is not None else None

    @classmethod
    def use_model(cls, file: Path) -> None:
        """The model of this process. Raises `Unavailable` for a file that is no such network."""
        cls._network = network(file)

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """These sounds will be heard from `start_ms` on."""
        super().speak(start_ms, audio, marks)
        self._sound.speak(start_ms, audio)
        if self._lips is not None:
            self._lips.forget_after(start_ms)

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard."""
        super().cut(at_ms)
        self._sound.cut(at_ms)
        if self._lips is not None:
            self._lips.forget_after(at_ms)

    def frame(self, at_ms: float) -> I420:
        """The picture, shape (height * 3 // 2, width); always the same buffer."""
        self._sound.advance(at_ms)
        if self._lips is not None:
            self._lips.paint(at_ms)
        return super().frame(at_ms)

    def draw(self, life: Life, mouth: Shape, at_ms: float = 0.0) -> I420:
        """The picture of one pose; the mouth is the network's."""
        return super().draw(life, _SHUT, at_ms)


class _Lips:
    """The network's mouth in one session's picture."""

    _living: ClassVar["WeakSet[_Lips]"] = WeakSet()
    _joining: ClassVar[threading.Lock] = threading.Lock()  # faces are set up beside those that are drawn

    def __init__(self, net: MouthNetwork, model: Sitter, picture: Planes, sound: SoundTrack) -> None:
        self._net, self._sound = net, sound
        self._face, self._area = _input(model, net.signature.side_px)
        self._shown = picture.cut(self._area)
        self._photo = [plane.copy() for plane in self._shown]
        self._share = _soft(self._area)
        self._new = Planes(np.zeros((self._area.height * 3 // 2, self._area.width), np.uint8))
        self._made: dict[int, U8] = {}
        self._at_ms = 0.0
        self._painted = False
        with self._joining:
            self._living.add(self)

    def forget_after(self, at_ms: float) -> None:
        """What was made of sound that is another now."""
        first = _column(at_ms - WINDOW_MS)
        self._made = {column: picture for column, picture in self._made.items() if column < first}

    def paint(self, at_ms: float) -> None:
        """Lay this moment's mouth into the picture, or take it out again."""
        self._at_ms = at_ms
        opacity = self._sound.nearness(at_ms, _FADE_MS)
        if opacity > 0:
            self._blend(self._picture(at_ms), opacity)
        elif self._painted:
            for plane, photo in zip(self._shown, self._photo, strict=True):
                np.copyto(plane, photo)
        self._painted = opacity > 0

    def _picture(self, at_ms: float) -> U8:
        column = _column(at_ms)
        if column not in self._made:
            self._make(at_ms)
        self._made = {made: picture for made, picture in self._made.items() if made >= column}
        return self._made[column]

    def _make(self, at_ms: float) -> None:
        """This one, and as many that are due soon, of any session, as come along for little."""
        asked: list[tuple[_Lips, float]] = [(self, at_ms)]
        room = self._net.batch
        with self._joining:
            living = list(self._living)
        for ahead in range(1, _AHEAD + 1):
            for lips in living:
                soon_ms = lips._at_ms + ahead * FRAME_MS
                if len(asked) < room and lips._net is self._net and lips._will_need(soon_ms):
                    asked.append((lips, soon_ms))
        mels = np.stack([lips._sound.window(when_ms) for lips, when_ms in asked])
        faces = np.stack([lips._face for lips, _ in asked])
        lower = self._net.signature.side_px // 2
        for (lips, when_ms), picture in zip(asked, self._net.run(mels, faces), strict=True):
            lips._made[_column(when_ms)] = picture[lower:]

    def _will_need(self, at_ms: float) -> bool:
        known = at_ms + WINDOW_MS <= self._sound.known_until_ms
        return known and _column(at_ms) not in self._made and self._sound.nearness(at_ms, _FADE_MS) > 0

    def _blend(self, picture: U8, opacity: float) -> None:
        size = self._area.width, self._area.height
        large = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
        cv2.cvtColor(large, cv2.COLOR_BGR2YUV_I420, dst=self._new.buffer)
        new = self._new.y, self._new.u, self._new.v
        for plane, photo, drawn, soft in zip(self._shown, self._photo, new, self._share, strict=True):
            share = soft * np.float32(opacity)
            np.copyto(plane, cv2.blendLinear(drawn, photo, share, 1 - share))


def _column(at_ms: float) -> int:
    """The first column of a moment's window; moments that share it share the mouth."""
    return round(at_ms * _COLUMNS_PER_MS)


def _input(model: Sitter, side_px: int) -> tuple[Floats, Rect]:
    """What the network is shown of a face, (6, S, S): without its lower half, and whole; and where that half is."""
    left, top, right, bottom = model.outline
    height = bottom - top
    whole = Rect(0, 0, model.picture.shape[1], model.picture.shape[0] * 2 // 3)
    box = Rect.around(left, top + _BROW * height, right, bottom + _CHIN * height, whole)
    picture = cv2.cvtColor(model.picture, cv2.COLOR_YUV2BGR_I420)[box.top : box.bottom, box.left : box.right]
    small = cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    masked = small.copy()
    masked[side_px // 2 :] = 0
    face = np.concatenate([masked, small], axis=2).transpose(2, 0, 1)
    middle = box.top + box.height // 4 * 2
    return np.ascontiguousarray(face), Rect(box.left, middle, box.right, box.bottom)


def _soft(area: Rect) -> tuple[Floats, Floats, Floats]:
    """How much of the network's picture is shown where, for the three planes of the lower half."""
    left, right, top, bottom = _KEPT
    x = (np.arange(area.width) + 0.5) / area.width
    y = 0.5 + (np.arange(area.height) + 0.5) / area.height / 2
    across = np.clip(np.minimum(x - left, right - x) / _SOFT, 0, 1)
    down = np.clip(np.minimum(y - top, bottom - y) / _SOFT, 0, 1)
    share = (down * down * (3 - 2 * down))[:, None] * (across * across * (3 - 2 * across))[None, :]
    full = share.astype(np.float32)
    half = np.asarray(cv2.resize(full, (area.width // 2, area.height // 2), interpolation=cv2.INTER_AREA), np.float32)
    return full, half, half
