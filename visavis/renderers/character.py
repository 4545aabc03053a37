"""A person drawn by code: a still picture bent by one warp, with eyes and a mouth painted for every frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import skia

from visavis.core.errors import InvalidRequest
from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers import shelf
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.attention import Attention
from visavis.renderers.base import I420, RendererTraits
from visavis.renderers.drawing import rig
from visavis.renderers.drawing.eyes import EyePose, Eyes
from visavis.renderers.drawing.glasses import paint_glasses
from visavis.renderers.drawing.mouth import Mouth
from visavis.renderers.drawing.portrait import View, canvas_on, view_of
from visavis.renderers.expressions import (
    BROW,
    CHEEK,
    FURROW,
    INNER,
    LID,
    SIDE,
    SMILE,
    SQUINT,
    Mood,
    felt_mouth,
)
from visavis.renderers.motion import Life, Loudness, Motion
from visavis.renderers.people import NAMES, person
from visavis.renderers.person import Person
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.visemes import JAW, ROUND, WIDE, Shape
from visavis.renderers.warp import Grid, Patch, Planes, Rect, Warp

_SYLLABLE_MS, _PHRASE_MS = 55.0, 300.0
_MOUTH_REACH = (46.0, 26.0, 58.0)  # units the mouth's patch reaches sideways, up and down
_EYES_REACH = (29.0, 25.0, 22.0)  # units an eye's patch reaches sideways, up and down
_SOURCE_HEIGHT_PX = 720.0  # sharper than the frame, and small enough for a processor to keep at hand


@dataclass(frozen=True, slots=True)
class _Model:
    """What all sessions that show one person at one size share; never written to."""

    person: Person
    view: View
    large: View
    picture: I420  # enlarged
    eyes_rect: Rect  # in the enlarged picture
    eyes: U8  # the same part in BGRA, without glasses
    glasses: skia.Image | None  # the same part of what lies before the eyes
    frame: I420  # the picture as small as it is shown
    grid: Grid
    bases: Floats
    mouth_bases: Floats  # (3, head bases, 2) at the mouth, right of it and below it


@lru_cache(maxsize=32)
def _model(who: Person, width_px: int, height_px: int) -> _Model:
    view = view_of(width_px, height_px)
    large = view.enlarged(max(1.25, min(2.0, _SOURCE_HEIGHT_PX / height_px)))
    still = shelf.painted(who, large)
    side, up, down = _EYES_REACH
    eye = who.eyes
    rect = _pixels(large, -eye.x - side, eye.y - up, eye.x + side, eye.y + down)
    eyes = still[rect.top : rect.bottom, rect.left : rect.right].copy()
    glasses = _before_the_eyes(who, still, large, rect)
    small = cv2.resize(still, (width_px, height_px), interpolation=cv2.INTER_AREA)
    grid = Grid(_pixels(view, -rig.REACH, view.top, rig.REACH, min(view.bottom, rig.LOWEST)))
    nodes = grid.nodes_px() / view.scale + np.array([view.left, view.top])
    spots = np.array([[0, who.lips.y], [20, who.lips.y], [0, who.lips.y + 20]])
    return _Model(
        person=who,
        view=view,
        large=large,
        picture=_i420(still),
        eyes_rect=rect,
        eyes=eyes,
        glasses=glasses,
        frame=_i420(small),
        grid=grid,
        bases=rig.bases(who, nodes) * view.scale,
        mouth_bases=rig.bases(who, spots)[rig.HEAD].transpose(1, 0, 2),
    )


def _before_the_eyes(who: Person, still: U8, view: View, rect: Rect) -> skia.Image | None:
    """Paint glasses on the still picture, and once more on a transparent one that is laid over moving eyes."""
    if who.glasses is None:
        return None
    paint_glasses(canvas_on(still, view).getCanvas(), who, who.glasses)
    clear = np.zeros_like(still)
    surface = canvas_on(clear, view)
    paint_glasses(surface.getCanvas(), who, who.glasses)
    return surface.makeImageSnapshot(skia.IRect.MakeLTRB(rect.left, rect.top, rect.right, rect.bottom))


def _pixels(view: View, left: float, top: float, right: float, bottom: float) -> Rect:
    """The part of a picture that shows this part of the design plane."""
    k, x, y = view.scale, view.left, view.top
    whole = Rect(0, 0, view.width_px, view.height_px)
    return Rect.around((left - x) * k, (top - y) * k, (right - x) * k, (bottom - y) * k, whole)


def _i420(bgra: Any) -> I420:
    return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2YUV_I420), np.uint8)


class Character:
    """One person in one session. Pictures come in one buffer that every `frame` fills anew."""

    traits: ClassVar[RendererTraits] = RendererTraits(
        "A person drawn by code", ((720, 480), (1152, 768), (768, 1152)), identities=NAMES
    )

    def __init__(self, face: FaceSpec, seed: int) -> None:
        if face.identity not in NAMES:
            known = ", ".join(NAMES)
            raise InvalidRequest.field("avatar", f"no built-in person is called {face.identity!r}; there are {known}")
        if face.width_px % 2 or face.height_px % 2 or min(face.width_px, face.height_px) < 96:
            raise InvalidRequest.field("avatar", "a picture's width and height are even and at least 96")
        cv2.setNumThreads(1)  # the processes that draw are as many as there are cores
        self._model = model = _model(person(face.identity), face.width_px, face.height_px)
        self._speech, self._motion = SpeechTrack(), Motion(seed)
        self._mood, self._attention = Mood(face.style, face.expressivity), Attention(seed)
        self._frame = Planes(model.frame.copy())
        picture = Planes(model.picture.copy())  # this session's eyes are painted into it
        self._warp = Warp(picture, model.large.scale / model.view.scale, model.grid, model.bases, self._frame)
        self._weights = np.zeros(rig.BASES, np.float32)
        self._eyes = _EyeArea(model, picture)
        self._mouth = _MouthArea(model)

    @classmethod
    def keep_in(cls, folder: Path) -> None:
        """Where this process keeps what it has painted."""
        shelf.keep_in(folder)

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
        return self.draw(life, self._speech.shape(at_ms))

    def draw(self, life: Life, mouth: Shape) -> I420:
        """The picture of one pose and one mouth shape (visemes.SHAPE_SIZE)."""
        weights, felt, pose = self._weights, life.felt, self._model.person.pose
        smile = smile_of(self._model.person.lips.rest + life.smile, float(felt[SMILE]))
        mouth = felt_mouth(mouth, felt)
        weights[:] = 0
        weights[rig.YAW] = life.yaw + math.radians(pose.yaw)
        weights[rig.PITCH] = life.pitch
        weights[rig.ROLL] = life.roll + math.radians(pose.roll)
        weights[rig.SHIFT_X] = 30 * weights[rig.YAW]
        weights[rig.LEAN], weights[rig.HAIR], weights[rig.BREATH] = life.lean, life.hair_lag, life.breath
        weights[rig.BROW], weights[rig.BROW_TILT] = life.brow + felt[BROW], life.brow_tilt + felt[SIDE]
        weights[rig.INNER], weights[rig.FURROW], weights[rig.CHEEK] = felt[INNER], felt[FURROW], felt[CHEEK]
        weights[rig.JAW], weights[rig.PUCKER] = mouth[JAW], mouth[ROUND]
        weights[rig.SMILE] = smile + 0.5 * max(0.0, float(mouth[WIDE]))
        self._eyes.paint(life, smile)
        np.copyto(self._frame.buffer, self._model.frame)
        self._warp.render(weights)
        self._mouth.paint(self._frame, weights, mouth, smile)
        return self._frame.buffer


def smile_of(rest: float, felt: float) -> float:
    """Corners of the mouth, -1 (down) to 1; a face at ease smiles a little, and feelings have the last word."""
    return min(1.05, max(-0.9, rest + felt))


class _EyeArea:
    """The part of the still picture around the eyes, painted again whenever they have moved."""

    def __init__(self, model: _Model, picture: Planes) -> None:
        self._model, self._picture, self._eyes = model, picture, Eyes(model.person)
        rect, view = model.eyes_rect, model.large
        self._patch = Patch(rect.width, rect.height)
        self._canvas = self._patch.canvas
        self._canvas.translate(-rect.left, -rect.top)
        self._canvas.scale(view.scale, view.scale)
        self._canvas.translate(-view.left, -view.top)
        self._shown: EyePose | None = None

    def paint(self, life: Life, smile: float) -> None:
        # Coarse enough that slow drifts do not repaint the eyes for every frame, finer than anybody sees.
        felt = life.felt
        pose = EyePose(
            blink=round(max(life.blink, 0.0), 2),
            gaze_x=round(life.gaze_x * 25) / 5,
            gaze_y=round(life.gaze_y * 20) / 5,
            squint=round(4 + 6 * max(0.0, smile) + 20 * float(felt[SQUINT])) / 20,
            wide=round(20 * float(felt[LID])) / 20,
        )
        if pose == self._shown:
            return
        self._shown = pose
        np.copyto(self._patch.bgra, self._model.eyes)
        eye = self._model.person.eyes
        for side in (-1, 1):
            self._canvas.save()
            self._canvas.translate(side * eye.x, eye.y)
            self._canvas.scale(-side, 1)
            self._eyes.paint(self._canvas, pose, flipped=side > 0)
            self._canvas.restore()
        if self._model.glasses is not None:
            self._canvas.save()
            self._canvas.resetMatrix()
            self._canvas.drawImage(self._model.glasses, 0, 0)
            self._canvas.restore()
        self._patch.put(self._picture, self._model.eyes_rect.left, self._model.eyes_rect.top)


class _MouthArea:
    """The part of the frame around the mouth, wherever the head has carried it."""

    def __init__(self, model: _Model) -> None:
        side, up, down = (reach * model.view.scale for reach in _MOUTH_REACH)
        self._model, self._mouth, self._up = model, Mouth(model.person), up
        self._patch = Patch(int(side) * 2, int(up + down) // 2 * 2)
        self._canvas = self._patch.canvas

    def paint(self, frame: Planes, weights: Floats, shape: Shape, smile: float) -> None:
        view = self._model.view
        moved = np.tensordot(weights[rig.HEAD], self._model.mouth_bases, axes=(0, 1))
        (here_x, here_y), (right_x, right_y), (below_x, below_y) = moved.tolist()
        x = (here_x - view.left) * view.scale
        y = (here_y + self._model.person.lips.y - view.top) * view.scale
        left = int(x - self._patch.bgra.shape[1] / 2) // 2 * 2
        top = int(y - self._up) // 2 * 2
        self._patch.take(frame, left, top)
        k, canvas = view.scale, self._canvas
        canvas.save()
        canvas.concat(  # the head's turn, straightened to what it does to a small thing
            skia.Matrix.MakeAll(
                k * (1 + (right_x - here_x) / 20),
                k * (below_x - here_x) / 20,
                x - left,
                k * (right_y - here_y) / 20,
                k * (1 + (below_y - here_y) / 20),
                y - top,
                0,
                0,
                1,
            )  # fmt: skip
        )
        self._mouth.paint(canvas, shape, smile)
        canvas.restore()
        self._patch.put(frame, left, top)
