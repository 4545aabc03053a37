"""Contact sheets for eyes to judge: `python -m visavis.renderers.sheet OUT_DIR [IDENTITY]`.

Writes one picture for each of `SHEETS`. IDENTITY is the person of those that show one, "cara" unless said. The spoken
sentence's times are typical of speech; its sound is a hum, loud on vowels.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from visavis.core.frames import FRAME_MS, AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420
from visavis.renderers.character import Character
from visavis.renderers.expressions import CUES, LIMITS, NOD, STYLES, TILT, expression_of, gain_of
from visavis.renderers.motion import REST, Life
from visavis.renderers.people import NAMES
from visavis.renderers.visemes import JAW, VISEMES, shape_of, targets_of_phone

SENTENCE = (
    "pau 120 hh 70 ax 60 l 70 ow 160 pau 140 ay 120 m 70 v 60 eh 80 r 60 iy 90 hh 60 ae 100 p 70 iy 90 "
    "t 50 ax 40 m 70 iy 90 t 60 y 60 uw 140 pau 160"
)
LEADS = ("cara", "liv", "mia", "gabriel", "richard", "sophie")
_RATE_HZ = 16_000
_FILM_FRAMES = 48
_LISTENING_STEP_MS = 120.0
_SHUT = shape_of("sil")


def sentence() -> tuple[AudioChunk, list[Mark]]:
    """A short sentence as phone marks, and a hum that is as loud as the mouth is open."""
    words = SENTENCE.split()
    marks: list[Mark] = []
    sound: list[Floats] = []
    at_ms = 0.0
    for phone, length in zip(words[::2], words[1::2], strict=True):
        marks.append(Mark("phone", at_ms, at_ms + float(length), phone))
        at_ms += float(length)
        samples = np.arange(int(float(length) * _RATE_HZ / 1000))
        loud = 0.25 * float(targets_of_phone(phone)[0].shape[JAW])
        sound.append(loud * np.sin(2 * np.pi * 140 * samples / _RATE_HZ))
    return AudioChunk((np.concatenate(sound) * 32767).astype(np.int16).tobytes(), _RATE_HZ), marks


def picture_of(frame: I420) -> U8:
    """An I420 frame as BGR."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420), np.uint8)


def feeling(name: str, gain: float = 1.0) -> Life:
    """Somebody at rest who feels this."""
    felt = (expression_of(name) * gain).clip(*LIMITS)
    return replace(REST, felt=felt, pitch=float(felt[NOD]), roll=float(felt[TILT]))


def visemes_sheet(identity: str) -> U8:
    """Fifteen faces, each beside its own mouth."""
    face = Character(FaceSpec("character", identity, 1152, 768), seed=1)
    tiles = []
    for name in VISEMES:
        whole = picture_of(face.draw(REST, shape_of(name)))
        portrait = _resized(whole[40:740, 296:856], 240, 300)
        mouth = _resized(whole[340:550, 471:681], 300, 300)
        tiles.append(_labelled(np.hstack([portrait, mouth]), name))
    return _wall(tiles, columns=3)


def mouths_sheet(_: str) -> U8:
    """Every lead's fifteen mouths as large as they are seen at 720x480, twice enlarged."""
    tiles = []
    for who in LEADS:
        face = Character(FaceSpec("character", who), seed=1)
        for name in VISEMES:
            tile = picture_of(face.draw(REST, shape_of(name)))[210:340, 295:425]
            tiles.append(_labelled(np.asarray(cv2.resize(tile, None, fx=2, fy=2), np.uint8), name))
    return _wall(tiles, columns=len(VISEMES))


def people_sheet(_: str) -> U8:
    """Everybody at rest."""
    tiles = []
    for name in NAMES:
        face = Character(FaceSpec("character", name), seed=1)
        tiles.append(_labelled(picture_of(face.draw(REST, _SHUT)), name))
    return _wall(tiles, columns=4)


def framings_sheet(_: str) -> U8:
    """The leads as a landscape, as a square and as a portrait."""
    rows = []
    for who in LEADS:
        row = []
        for width, height in ((1152, 768), (768, 768), (768, 1152)):
            face = Character(FaceSpec("character", who, width, height), seed=1)
            row.append(_resized(picture_of(face.draw(REST, _SHUT)), width * 400 // height, 400))
        rows.append(_labelled(np.hstack(row), who))
    return _wall(rows, columns=2)


def expressions_sheet(identity: str) -> U8:
    """One person's cues at the usual strength, and everybody's faces for three of them."""
    face = Character(FaceSpec("character", identity), seed=1)
    tiles = [_labelled(_head(face.draw(feeling(name), _SHUT)), name) for name in CUES]
    tiles.insert(0, _labelled(_head(face.draw(REST, _SHUT)), "at rest"))
    for who in LEADS:
        other = Character(FaceSpec("character", who), seed=1)
        for name in ("happy", "sad", "surprised", "angry"):
            tiles.append(_labelled(_head(other.draw(feeling(name), _SHUT)), f"{who} {name}"))
    return _wall(tiles, columns=6)


def styles_sheet(identity: str) -> U8:
    """The styles at three strengths."""
    face = Character(FaceSpec("character", identity), seed=1)
    tiles = []
    for expressivity in (0.25, 0.5, 1.0):
        for name in STYLES:
            picture = face.draw(feeling(name, gain_of(expressivity)), _SHUT)
            tiles.append(_labelled(_head(picture), f"{name} {expressivity}"))
    return _wall(tiles, columns=len(STYLES))


def film_sheet(identity: str) -> U8:
    """Consecutive frames of a sentence, with what is heard in each."""
    audio, marks = sentence()
    face = Character(FaceSpec("character", identity), seed=1)
    face.speak(0.0, audio, marks)
    tiles = []
    for index in range(_FILM_FRAMES):
        at_ms = index * FRAME_MS
        heard = next((mark.text for mark in marks if mark.start_ms <= at_ms < mark.end_ms), "")
        tile = _head(face.frame(at_ms))
        tiles.append(_labelled(tile, f"{at_ms} {heard}"))
    return _wall(tiles, columns=8)


def listening_sheet(identity: str) -> U8:
    """Somebody else speaks for two seconds and pauses: every third frame of the face that listens."""
    audio, _ = sentence()
    quiet = AudioChunk(bytes(2 * 3 * _RATE_HZ), _RATE_HZ)
    face = Character(FaceSpec("character", identity), seed=1)
    for start_ms, piece in ((800.0, audio), (800.0 + audio.duration_ms, quiet)):
        face.listen(start_ms, piece)
    tiles = []
    for index in range(_FILM_FRAMES):
        at_ms = index * _LISTENING_STEP_MS
        said = "voice" if 800 <= at_ms < 800 + audio.duration_ms else ""
        tiles.append(_labelled(_head(face.frame(at_ms)), f"{at_ms:.0f} {said}"))
    return _wall(tiles, columns=8)


SHEETS: dict[str, Callable[[str], U8]] = {
    "visemes": visemes_sheet,
    "mouths": mouths_sheet,
    "people": people_sheet,
    "framings": framings_sheet,
    "expressions": expressions_sheet,
    "styles": styles_sheet,
    "film": film_sheet,
    "listening": listening_sheet,
}


def _head(frame: I420) -> U8:
    return picture_of(frame)[40:360, 240:480]


def _resized(picture: U8, width: int, height: int) -> U8:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _labelled(tile: U8, text: str) -> U8:
    tile = np.ascontiguousarray(tile)
    for shift, colour in ((1, (30, 20, 10)), (0, (255, 255, 255))):
        cv2.putText(tile, text, (8 + shift, 22 + shift), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, 2, cv2.LINE_AA)
    return tile


def _wall(tiles: Sequence[U8], columns: int) -> U8:
    blank = np.full_like(tiles[0], 255)
    padded = [*tiles, *[blank] * (-len(tiles) % columns)]
    return np.vstack([np.hstack(padded[i : i + columns]) for i in range(0, len(padded), columns)])


def main(arguments: Sequence[str]) -> int:
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] not in NAMES):
        sys.stdout.write(f"usage: python -m visavis.renderers.sheet OUT_DIR [{'|'.join(NAMES)}]\n")
        return 2
    folder, identity = Path(arguments[0]), arguments[1] if len(arguments) == 2 else "cara"
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in SHEETS.items():
        target = folder / f"{name}.png"
        cv2.imwrite(str(target), draw(identity))
        sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
