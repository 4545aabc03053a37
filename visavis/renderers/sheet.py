"""Contact sheets for eyes to judge: `python -m visavis.renderers.sheet OUT_DIR [IDENTITY]`.

Writes three pictures: `visemes.png` (the fifteen mouths of one person, whole and close), `people.png` (everybody at
rest) and `film.png` (consecutive frames of a spoken sentence). IDENTITY is the person of the first and the last, "cara"
unless said. The sentence's times are typical of speech; its sound is a hum, loud on vowels.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from visavis.core.frames import FRAME_MS, AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.base import I420
from visavis.renderers.character import Character
from visavis.renderers.motion import REST
from visavis.renderers.palettes import IDENTITIES
from visavis.renderers.visemes import JAW, VISEMES, shape_of, targets_of_phone

SENTENCE = (
    "pau 120 hh 70 ax 60 l 70 ow 160 pau 140 ay 120 m 70 v 60 eh 80 r 60 iy 90 hh 60 ae 100 p 70 iy 90 "
    "t 50 ax 40 m 70 iy 90 t 60 y 60 uw 140 pau 160"
)
_RATE_HZ = 16_000
_FILM_FRAMES = 48


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


def visemes_sheet(identity: str) -> U8:
    """Fifteen faces, each beside its own mouth."""
    face = Character(FaceSpec("character", identity, 1152, 768), seed=1)
    tiles = []
    for name in VISEMES:
        whole = picture_of(face.draw(REST, shape_of(name)))
        portrait = _resized(whole[40:740, 296:856], 240, 300)
        mouth = _resized(whole[350:560, 471:681], 300, 300)
        tiles.append(_labelled(np.hstack([portrait, mouth]), name))
    return _wall(tiles, columns=3)


def people_sheet() -> U8:
    """Everybody at rest."""
    tiles = []
    for name in IDENTITIES:
        face = Character(FaceSpec("character", name), seed=1)
        tiles.append(_labelled(picture_of(face.draw(REST, shape_of("sil")))[:, 150:570], name))
    return _wall(tiles, columns=5)


def film_sheet(identity: str) -> U8:
    """Consecutive frames of a sentence, with what is heard in each."""
    audio, marks = sentence()
    face = Character(FaceSpec("character", identity), seed=1)
    face.speak(0.0, audio, marks)
    tiles = []
    for index in range(_FILM_FRAMES):
        at_ms = index * FRAME_MS
        heard = next((mark.text for mark in marks if mark.start_ms <= at_ms < mark.end_ms), "")
        tile = picture_of(face.frame(at_ms))[50:370, 240:480]
        tiles.append(_labelled(tile, f"{at_ms} {heard}"))
    return _wall(tiles, columns=8)


def _resized(picture: U8, width: int, height: int) -> U8:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _labelled(tile: U8, text: str) -> U8:
    tile = np.ascontiguousarray(tile)
    cv2.putText(tile, text, (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (70, 45, 30), 2, cv2.LINE_AA)
    return tile


def _wall(tiles: Sequence[U8], columns: int) -> U8:
    blank = np.full_like(tiles[0], 255)
    padded = [*tiles, *[blank] * (-len(tiles) % columns)]
    return np.vstack([np.hstack(padded[i : i + columns]) for i in range(0, len(padded), columns)])


def main(arguments: Sequence[str]) -> int:
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] not in IDENTITIES):
        sys.stdout.write(f"usage: python -m visavis.renderers.sheet OUT_DIR [{'|'.join(IDENTITIES)}]\n")
        return 2
    folder, identity = Path(arguments[0]), arguments[1] if len(arguments) == 2 else "cara"
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {"visemes": visemes_sheet(identity), "people": people_sheet(), "film": film_sheet(identity)}
    for name, sheet in sheets.items():
        target = folder / f"{name}.png"
        cv2.imwrite(str(target), sheet)
        sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
