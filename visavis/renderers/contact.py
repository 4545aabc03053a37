"""One picture that shows what a face can do, whoever draws it: mouth shapes, feelings, styles, and how it listens.

It asks a renderer for nothing but what a conversation asks for, so it works for every renderer.
"""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8
from visavis.renderers.base import Renderer
from visavis.renderers.expressions import CUES, STYLES
from visavis.renderers.visemes import VISEMES

COLUMNS = 8
SIZE_PX = (720, 480)
_SEED = 1
_TILE = slice(20, 420), slice(200, 520)  # of a frame: from above the hair to the collar
_TILE_PX = (216, 270)
_RATE_HZ = 16_000
_INK, _PAPER, _CAPTION_PX = (60, 52, 44), 250, 24
_SOUND_MS = 480.0

Build = Callable[[FaceSpec, int], Renderer]


def contact_sheet(build: Build, face: FaceSpec) -> U8:
    """BGR. `face` says whom; its size and style are the sheet's own business."""
    face = replace(face, width_px=SIZE_PX[0], height_px=SIZE_PX[1], style="")
    groups = [_mouths(build, face), _feelings(build, face), _styles(build, face), _listening(build, face)]
    return np.vstack(
        [_row(group[start : start + COLUMNS]) for group in groups for start in range(0, len(group), COLUMNS)]
    )


def _mouths(build: Build, face: FaceSpec) -> list[U8]:
    tiles = []
    for viseme in VISEMES:
        renderer = build(face, _SEED)
        marks = [Mark("viseme", 0, _SOUND_MS, viseme)]
        renderer.speak(600.0, _hum(_SOUND_MS, 0.0 if viseme == "sil" else 0.3), marks)
        tiles.append(_tile(renderer, 600.0 + _SOUND_MS / 2, viseme))
    return tiles


def _feelings(build: Build, face: FaceSpec) -> list[U8]:
    tiles = [_tile(build(face, _SEED), 1_000.0, "at rest")]
    for cue in CUES:
        renderer = build(face, _SEED)
        renderer.cue(cue, 0.0)
        tiles.append(_tile(renderer, 1_000.0, cue))
    return tiles


def _styles(build: Build, face: FaceSpec) -> list[U8]:
    return [_tile(build(replace(face, style=style), _SEED), 1_000.0, f"style {style}") for style in STYLES]


def _listening(build: Build, face: FaceSpec) -> list[U8]:
    """While somebody speaks for two seconds, and in the pause after."""
    renderer = build(face, _SEED)
    renderer.listen(0.0, _hum(2_000.0, 0.3))
    renderer.listen(2_000.0, _hum(1_500.0, 0.0))
    return [_tile(renderer, at_ms, f"listens {at_ms / 1000:.1f} s") for at_ms in (600.0, 1_200.0, 1_800.0, *_PAUSE_MS)]


_PAUSE_MS = (2_200.0, 2_400.0, 2_600.0, 2_900.0, 3_300.0)


def _hum(duration_ms: float, amplitude: float) -> AudioChunk:
    """Something like a voice: a low tone and its harmonics."""
    at_s = np.arange(round(duration_ms * _RATE_HZ / 1000)) / _RATE_HZ
    wave = sum(np.sin(2 * np.pi * 140 * harmonic * at_s) / harmonic for harmonic in range(1, 12))
    return AudioChunk((amplitude * 12_000 * np.asarray(wave)).astype(np.int16).tobytes(), _RATE_HZ)


def _tile(renderer: Renderer, at_ms: float, caption: str) -> U8:
    picture = cv2.cvtColor(renderer.frame(at_ms), cv2.COLOR_YUV2BGR_I420)
    shown = cv2.resize(picture[_TILE], _TILE_PX, interpolation=cv2.INTER_AREA)
    paper = np.full((_CAPTION_PX, _TILE_PX[0], 3), _PAPER, np.uint8)
    cv2.putText(paper, caption, (8, 17), _INK, cv2.FontFace("sans"), 13, 400)
    return np.asarray(np.vstack([shown, paper]), np.uint8)


def _row(tiles: list[U8]) -> U8:
    blank = np.full_like(tiles[0], _PAPER)
    return np.hstack([*tiles, *[blank] * (COLUMNS - len(tiles))])
