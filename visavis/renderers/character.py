"""A person drawn by code: a still picture bent by one warp, with eyes and a mouth painted for every frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import cv2
import numpy as np
import skia

from visavis.core.errors import InvalidRequest
from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420, RendererTraits
from visavis.renderers.drawing import anatomy, rig
from visavis.renderers.drawing.brush import mix
from visavis.renderers.drawing.eyes import EyePose, Eyes, EyeStyle
from visavis.renderers.drawing.mouth import Mouth, MouthStyle
from visavis.renderers.drawing.portrait import View, build_of, paint_person, view_of
from visavis.renderers.motion import Life, Loudness, Motion
from visavis.renderers.palettes import IDENTITIES, Identity
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.visemes import JAW, ROUND, WIDE, Shape
from visavis.renderers.warp import Grid, Patch, Planes, Rect, Warp

_SYLLABLE_MS, _PHRASE_MS = 55.0, 300.0
_MOUTH_REACH = (46.0, 26.0, 58.0)  # units the mouth's patch reaches sideways, up and down
_EYES_BOX = (-66.0, 176.0, 66.0, 222.0)
_SOURCE_HEIGHT_PX = 960.0


@dataclass(frozen=True, slots=True)
class _Model:
    """What all sessions that show one person at one size share; never written to."""

    view: View
    enlarged: float
    picture: I420  # enlarged
    eyes_rect: Rect  # in the enlarged picture
    eyes: U8  # the same part in BGRA
    frame: I420  # the picture as small as it is shown
    grid: Grid
    bases: Floats
    mouth_bases: Floats  # (3, head bases, 2) at the mouth, right of it and below it


@lru_cache(maxsize=32)
def _model(identity: Identity, width_px: int, height_px: int) -> _Model:
    view = view_of(width_px, height_px)
    large = view.enlarged(max(1.25, min(2.0, _SOURCE_HEIGHT_PX / height_px)))
    still = paint_person(identity, large)
    rect = _pixels(large, *_EYES_BOX)
    small = cv2.resize(still, (width_px, height_px), interpolation=cv2.INTER_AREA)
    grid = Grid(_pixels(view, -rig.REACH, view.top, rig.REACH, min(view.bottom, rig.LOWEST)))
    nodes = grid.nodes_px() / view.scale + np.array([view.left, view.top])
    spots = np.array([[0, anatomy.MOUTH_Y], [20, anatomy.MOUTH_Y], [0, anatomy.MOUTH_Y + 20]])
    build = build_of(identity)
    return _Model(
        view=view,
        enlarged=large.scale / view.scale,
        picture=_i420(still),
        eyes_rect=rect,
        eyes=still[rect.top : rect.bottom, rect.left : rect.right].copy(),
        frame=_i420(small),
        grid=grid,
        bases=rig.bases(build, nodes) * view.scale,
        mouth_bases=rig.bases(build, spots)[rig.HEAD].transpose(1, 0, 2),
    )


def _pixels(view: View, left: float, top: float, right: float, bottom: float) -> Rect:
    """The part of a picture that shows this part of the design plane."""
    k, x, y = view.scale, view.left, view.top
    whole = Rect(0, 0, view.width_px, view.height_px)
    return Rect.around((left - x) * k, (top - y) * k, (right - x) * k, (bottom - y) * k, whole)


def _i420(bgra: Any) -> I420:
    return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2YUV_I420), np.uint8)


class Character:
    """One person in one session. Pictures come in one buffer that every `frame` fills anew."""

    traits: ClassVar[RendererTraits] = RendererTraits("A person drawn by code", ((720, 480), (1152, 768), (768, 1152)))

    def __init__(self, face: FaceSpec, seed: int) -> None:
        identity = IDENTITIES.get(face.identity)
        if identity is None:
            known = ", ".join(sorted(IDENTITIES))
            raise InvalidRequest.field("avatar", f"no built-in person is called {face.identity!r}; there are {known}")
        if face.width_px % 2 or face.height_px % 2 or min(face.width_px, face.height_px) < 96:
            raise InvalidRequest.field("avatar", "a picture's width and height are even and at least 96")
        cv2.setNumThreads(1)  # the processes that draw are as many as there are cores
        self._model = model = _model(identity, face.width_px, face.height_px)
        self._speech, self._motion = SpeechTrack(), Motion(seed)
        self._frame = Planes(model.frame.copy())
        picture = Planes(model.picture.copy())  # this session's eyes are painted into it
        self._warp = Warp(picture, model.enlarged, model.grid, model.bases, self._frame)
        self._weights = np.zeros(rig.BASES, np.float32)
        self._eyes = _EyeArea(model, picture, Eyes(_eye_style(identity)))
        self._mouth = _MouthArea(model, Mouth(_mouth_style(identity)))

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """These sounds will be heard from `start_ms` on."""
        self._speech.speak(start_ms, audio, marks)

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard."""
        self._speech.cut(at_ms)

    def frame(self, at_ms: float) -> I420:
        """The picture, shape (height * 3 // 2, width); always the same buffer."""
        self._speech.advance(at_ms)
        loud = Loudness(self._speech.loudness(at_ms, _SYLLABLE_MS), self._speech.loudness(at_ms, _PHRASE_MS))
        return self.draw(self._motion.at(at_ms, loud), self._speech.shape(at_ms))

    def draw(self, life: Life, mouth: Shape) -> I420:
        """The picture of one pose and one mouth shape (visemes.SHAPE_SIZE)."""
        weights = self._weights
        weights[:] = 0
        weights[rig.YAW], weights[rig.PITCH], weights[rig.ROLL] = life.yaw, life.pitch, life.roll
        weights[rig.SHIFT_X] = 30 * life.yaw
        weights[rig.LEAN], weights[rig.HAIR], weights[rig.BREATH] = life.lean, life.hair_lag, life.breath
        weights[rig.BROW], weights[rig.BROW_TILT] = life.brow, life.brow_tilt
        weights[rig.JAW], weights[rig.PUCKER] = mouth[JAW], mouth[ROUND]
        weights[rig.SMILE] = life.smile + 0.5 * max(0.0, float(mouth[WIDE]))
        self._eyes.paint(life)
        np.copyto(self._frame.buffer, self._model.frame)
        self._warp.render(weights)
        self._mouth.paint(self._frame, weights, mouth, life.smile)
        return self._frame.buffer


def _eye_style(identity: Identity) -> EyeStyle:
    soft = identity.build == "soft"
    return EyeStyle(
        iris=identity.iris,
        lash=mix(identity.brow, "#0b0706", 0.7),
        crease=identity.skin[1][1],
        lash_width=2.6 if soft else 1.5,
        wing=2.4 if soft else 0.3,
        tall=1.0 if soft else 0.90,
    )


def _mouth_style(identity: Identity) -> MouthStyle:
    soft = identity.build == "soft"
    return MouthStyle(
        lip=identity.lip,
        shadow=identity.skin[1][1],
        half_width=26.0 if soft else 28.5,
        upper=7.4 if soft else 5.6,
        lower=10.2 if soft else 8.2,
        gloss=0.35 if soft else 0.14,
    )


class _EyeArea:
    """The part of the still picture around the eyes, painted again whenever they have moved."""

    def __init__(self, model: _Model, picture: Planes, eyes: Eyes) -> None:
        self._model, self._picture, self._eyes = model, picture, eyes
        rect, scale = model.eyes_rect, model.view.scale * model.enlarged
        self._patch = Patch(rect.width, rect.height)
        self._canvas = self._patch.canvas
        self._canvas.translate(-rect.left, -rect.top)
        self._canvas.scale(scale, scale)
        self._canvas.translate(-model.view.left, -model.view.top)
        self._shown: EyePose | None = None

    def paint(self, life: Life) -> None:
        # Coarse enough that slow drifts do not repaint the eyes for every frame, finer than anybody sees.
        pose = EyePose(
            blink=round(life.blink, 2),
            gaze_x=round(life.gaze_x * 25) / 5,
            gaze_y=round(life.gaze_y * 20) / 5,
            squint=round(5 + 6 * life.smile) / 20,
        )
        if pose == self._shown:
            return
        self._shown = pose
        np.copyto(self._patch.bgra, self._model.eyes)
        for side in (-1, 1):
            self._canvas.save()
            self._canvas.translate(side * anatomy.EYE_X, anatomy.EYE_Y)
            self._canvas.scale(-side, 1)
            self._eyes.paint(self._canvas, pose, flipped=side > 0)
            self._canvas.restore()
        self._patch.put(self._picture, self._model.eyes_rect.left, self._model.eyes_rect.top)


class _MouthArea:
    """The part of the frame around the mouth, wherever the head has carried it."""

    def __init__(self, model: _Model, mouth: Mouth) -> None:
        side, up, down = (reach * model.view.scale for reach in _MOUTH_REACH)
        self._model, self._mouth, self._up = model, mouth, up
        self._patch = Patch(int(side) * 2, int(up + down) // 2 * 2)
        self._canvas = self._patch.canvas

    def paint(self, frame: Planes, weights: Floats, shape: Shape, smile: float) -> None:
        view = self._model.view
        moved = np.tensordot(weights[rig.HEAD], self._model.mouth_bases, axes=(0, 1))
        (here_x, here_y), (right_x, right_y), (below_x, below_y) = moved.tolist()
        x = (here_x - view.left) * view.scale
        y = (here_y + anatomy.MOUTH_Y - view.top) * view.scale
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
