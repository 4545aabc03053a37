"""The fifteen mouths of a code-drawn person on one sheet: `python -m scripts.contact_sheet OUT.png [PERSON …]`."""

import sys
from pathlib import Path

import cv2
import numpy as np

from visavis.core.spec import FaceSpec
from visavis.renderers.character import Character
from visavis.renderers.motion import Life
from visavis.renderers.palettes import IDENTITIES
from visavis.renderers.visemes import VISEMES, shape_of

COLUMNS = 5
AT_REST = Life(*(0.0 for _ in Life.__dataclass_fields__))
LABEL_AT, LABEL_COLOUR = (24, 56), (255, 255, 255)


def main() -> None:
    out, *people = sys.argv[1:]
    sheets = [sheet(person) for person in people or [next(iter(IDENTITIES))]]
    Path(out).write_bytes(cv2.imencode(".png", np.concatenate(sheets))[1].tobytes())


def sheet(person: str) -> np.ndarray:
    character = Character(FaceSpec(renderer="character", identity=person), seed=1)
    pictures = [picture(character, viseme) for viseme in VISEMES]
    rows = [np.concatenate(pictures[at : at + COLUMNS], axis=1) for at in range(0, len(pictures), COLUMNS)]
    return np.concatenate(rows)


def picture(character: Character, viseme: str) -> np.ndarray:
    drawn = character.draw(AT_REST, shape_of(viseme))
    colours = cv2.cvtColor(drawn, cv2.COLOR_YUV2BGR_I420)
    return cv2.putText(colours, viseme, LABEL_AT, cv2.FONT_HERSHEY_SIMPLEX, 1.4, LABEL_COLOUR, 3, cv2.LINE_AA)


if __name__ == "__main__":
    main()
