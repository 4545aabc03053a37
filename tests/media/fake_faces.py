"""Tiny faces that tests have loaded in real child processes."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec

SHUT, OPEN = 40, 200


def moving_picture(width: int, height: int, at_ms: float) -> NDArray[np.uint8]:
    """Soft waves that drift, like a background behind a talking head; shape (height * 3 // 2, width)."""
    y, x = np.mgrid[0:height, 0:width]
    luma = 110 + 50 * np.sin((x + at_ms / 10) / 37) + 30 * np.cos((y - at_ms / 15) / 23)
    small_y, small_x = y[::2, ::2], x[::2, ::2]
    u, v = 128 + 40 * np.sin((small_x + at_ms / 20) / 51), 128 + 40 * np.cos((small_y + at_ms / 20) / 61)
    planes = [plane.clip(16, 235).astype(np.uint8).reshape(-1) for plane in (luma, u, v)]
    return np.concatenate(planes).reshape(height * 3 // 2, width)


class BarFace:
    """Dark, and bright while something is heard."""

    def __init__(self, face: FaceSpec, seed: int) -> None:
        if face.identity == "broken":
            raise ValueError("no such person")
        if face.identity == "deadly":
            os._exit(3)
        self._face = face
        self._speech: list[tuple[float, float]] = []

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        self._speech.append((start_ms, start_ms + audio.duration_ms))

    def cut(self, at_ms: float) -> None:
        self._speech = [(start, min(end, at_ms)) for start, end in self._speech if start < at_ms]

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        self._speech.append((start_ms, start_ms + audio.duration_ms))

    def cue(self, tag: str, at_ms: float) -> None:
        self._speech.append((at_ms, at_ms + 200.0))

    def frame(self, at_ms: float) -> NDArray[np.uint8]:
        if self._face.identity == "stuck" and at_ms >= 80:
            time.sleep(3_600)
        if self._face.identity == "crash" and at_ms >= 200:
            raise RuntimeError("a face that fails once")
        heard = any(start <= at_ms < end for start, end in self._speech)
        picture = np.full((self._face.height_px * 3 // 2, self._face.width_px), 128, np.uint8)
        picture[: self._face.height_px] = OPEN if heard else SHUT
        return picture


class NetFace(BarFace):
    """As bright as its model says."""

    _brightness = 0

    @classmethod
    def use_model(cls, file: Path) -> None:
        cls._brightness = int(file.read_text())

    def frame(self, at_ms: float) -> NDArray[np.uint8]:
        picture = super().frame(at_ms)
        picture[: self._face.height_px] = self._brightness
        return picture


class SwingFace:
    """Waves that swing with a period of 5.2 s, dark (a blink) for a fifth of each second."""

    def __init__(self, face: FaceSpec, seed: int) -> None:
        self._face = face

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None: ...

    def cut(self, at_ms: float) -> None: ...

    def listen(self, start_ms: float, audio: AudioChunk) -> None: ...

    def cue(self, tag: str, at_ms: float) -> None: ...

    def frame(self, at_ms: float) -> NDArray[np.uint8]:
        swing_ms = 300 * np.sin(2 * np.pi * at_ms / 5_200)
        picture = moving_picture(self._face.width_px, self._face.height_px, float(swing_ms))
        if at_ms % 1000 < 200:
            picture[: self._face.height_px] = 16
        return picture
