"""Contact sheets of photos that talk: `python -m visavis.renderers.portrait_sheet OUT_DIR PHOTO LEFT,TOP,WIDTH,HEIGHT`.

The last argument is the face's box in shares of the photo. Writes `visemes.png` (every mouth, whole and close),
`life.png` (lids, gaze, brows and head) and `variants.png` (the photo tilted, mirrored, darker, in other light, smaller,
blurred and in grey: at rest, speaking and with its eyes shut).
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from visavis.core.spec import FaceSpec
from visavis.renderers.arrays import U8
from visavis.renderers.motion import REST, Life
from visavis.renderers.portrait import Portrait
from visavis.renderers.sheet import picture_of
from visavis.renderers.visemes import VISEMES, shape_of

Box = tuple[float, float, float, float]

_POSES: dict[str, Life] = {
    "at rest": REST,
    "blinking": replace(REST, blink=0.5),
    "eyes shut": replace(REST, blink=1.0),
    "gaze left": replace(REST, gaze_x=-0.9, gaze_y=0.4),
    "gaze right": replace(REST, gaze_x=0.9, gaze_y=-0.4),
    "brows up": replace(REST, brow=1.0),
    "yaw left": replace(REST, yaw=-0.14),
    "yaw right": replace(REST, yaw=0.14),
    "nod": replace(REST, pitch=0.09),
    "tilt, lean": replace(REST, roll=0.07, lean=1.0),
}


def visemes_sheet(photo: Path, box: Box) -> U8:
    portrait = _portrait(photo, box)
    tiles = []
    for name in VISEMES:
        picture = picture_of(portrait.draw(REST, shape_of(name)))
        tiles.append(_labelled(np.hstack([_face(portrait, picture), _mouth(portrait, picture)]), name))
    return _wall(tiles, columns=3)


def life_sheet(photo: Path, box: Box) -> U8:
    portrait = _portrait(photo, box)
    return _wall(
        [
            _labelled(_face(portrait, picture_of(portrait.draw(life, shape_of("sil")))), name)
            for name, life in _POSES.items()
        ],
        columns=5,
    )


def variants_sheet(photo: Path, box: Box) -> U8:
    picture = np.asarray(cv2.imread(str(photo)), np.uint8)
    tiles: list[U8] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, change in VARIANTS.items():
            changed, changed_box = change(picture, box)
            file = Path(folder, f"{name}.png")
            cv2.imwrite(str(file), changed)
            portrait = _portrait(file, changed_box)
            for life, viseme in ((REST, "sil"), (REST, "aa"), (_POSES["yaw right"], "ou"), (_POSES["eyes shut"], "SS")):
                tile = _face(portrait, picture_of(portrait.draw(life, shape_of(viseme))))
                tiles.append(_labelled(tile, f"{name} {viseme}"))
    return _wall(tiles, columns=8)


# --- what is done to a photo ------------------------------------------------------------------------------------

Change = Callable[[U8, Box], tuple[U8, Box]]


def _tilted(degrees: float) -> Change:
    def change(photo: U8, box: Box) -> tuple[U8, Box]:
        height, width = photo.shape[:2]
        middle = (box[0] + box[2] / 2) * width, (box[1] + box[3] / 2) * height
        turn = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        return np.asarray(cv2.warpAffine(photo, turn, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8), box

    return change


def _mirrored(photo: U8, box: Box) -> tuple[U8, Box]:
    return photo[:, ::-1].copy(), (1 - box[0] - box[2], *box[1:])


def _lit(gain: tuple[float, float, float], across: float) -> Change:
    """Blue, green and red; and how much darker the right side is."""

    def change(photo: U8, box: Box) -> tuple[U8, Box]:
        x = (np.arange(photo.shape[1]) / photo.shape[1] - box[0]) / box[2]
        light = 1 - across * np.clip(x, 0, 1)
        return (photo * light[None, :, None] * np.array(gain)).clip(0, 255).astype(np.uint8), box

    return change


def _smaller(face_px: float) -> Change:
    def change(photo: U8, box: Box) -> tuple[U8, Box]:
        k = face_px / (box[2] * photo.shape[1])
        return np.asarray(cv2.resize(photo, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8), box

    return change


def _blurred(photo: U8, box: Box) -> tuple[U8, Box]:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), 0.015 * box[2] * photo.shape[1]), np.uint8), box


def _grey(photo: U8, box: Box) -> tuple[U8, Box]:
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), np.uint8)
    return np.dstack([grey, grey, grey]), box


def _unchanged(photo: U8, box: Box) -> tuple[U8, Box]:
    return photo, box


VARIANTS: dict[str, Change] = {
    "as it is": _unchanged,
    "20 left": _tilted(20),
    "20 right": _tilted(-20),
    "mirrored": _mirrored,
    "dark": _lit((0.42, 0.42, 0.42), 0.0),
    "warm side": _lit((0.6, 0.85, 1.0), 0.6),
    "80 px": _smaller(80),
    "blurred": _blurred,
    "grey": _grey,
}


# --- tiles ------------------------------------------------------------------------------------------------------


def _portrait(photo: Path, box: Box) -> Portrait:
    return Portrait(FaceSpec("portrait", photo.stem, 1152, 768, str(photo), box), seed=1)


def _face(portrait: Portrait, picture: U8) -> U8:
    (x, y), unit = portrait.mouth_at
    return _cut(picture, x - 2.0 * unit, y - 2.9 * unit, 4.0 * unit, 240, 300)


def _mouth(portrait: Portrait, picture: U8) -> U8:
    (x, y), unit = portrait.mouth_at
    return _cut(picture, x - 0.85 * unit, y - 0.7 * unit, 1.7 * unit, 300, 300)


def _cut(picture: U8, left: float, top: float, width: float, out_width: int, out_height: int) -> U8:
    k = width / out_width
    place = np.array([[k, 0, left], [0, k, top]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, place, (out_width, out_height), flags=flags), np.uint8)


def _labelled(tile: U8, text: str) -> U8:
    tile = np.ascontiguousarray(tile)
    for colour, thick in (((255, 255, 255), 3), ((40, 20, 10), 1)):
        cv2.putText(tile, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, thick, cv2.LINE_AA)
    return tile


def _wall(tiles: Sequence[U8], columns: int) -> U8:
    padded = [*tiles, *[np.full_like(tiles[0], 255)] * (-len(tiles) % columns)]
    return np.vstack([np.hstack(padded[i : i + columns]) for i in range(0, len(padded), columns)])


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 3:
        sys.stdout.write("usage: python -m visavis.renderers.portrait_sheet OUT_DIR PHOTO LEFT,TOP,WIDTH,HEIGHT\n")
        return 2
    folder, photo = Path(arguments[0]), Path(arguments[1])
    left, top, width, height = (float(part) for part in arguments[2].split(","))
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in (("visemes", visemes_sheet), ("life", life_sheet), ("variants", variants_sheet)):
        target = folder / f"{name}.png"
        cv2.imwrite(str(target), draw(photo, (left, top, width, height)))
        sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
