"""Paintings kept on disk: painting a person takes half a second, fetching the picture a few hundredths.

A file's name says what it was painted from (the description, the size, the code and the library that painted), so a
picture that would look different today is never found. Nothing depends on the folder: without one, or with a broken
file in it, people are painted.
"""

import contextlib
import os
import secrets
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import skia

from visavis.renderers.arrays import U8
from visavis.renderers.drawing.portrait import View, paint_person
from visavis.renderers.person import Person

_FAST = (cv2.IMWRITE_PNG_COMPRESSION, 1)

_folder: Path | None = None  # one for the process, like the memory of painted people that it stands behind


def keep_in(folder: Path) -> None:
    """Where paintings of this process are kept from now on; it is made when something is put there."""
    global _folder
    _folder = folder


def painted(person: Person, view: View, paint: Callable[[Person, View], U8] = paint_person) -> U8:
    """`paint(person, view)`, BGRA and opaque, or what it painted before."""
    if _folder is None:
        return paint(person, view)
    name = f"{person.name}-{view.width_px}x{view.height_px}"
    path = _folder / f"{name}-{_digest(person, view)}.png"
    kept = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.exists() else None
    if kept is not None and kept.shape == (view.height_px, view.width_px, 3):
        return np.asarray(cv2.cvtColor(kept, cv2.COLOR_BGR2BGRA), np.uint8)
    picture = paint(person, view)
    with contextlib.suppress(OSError):  # a full or locked disk costs time, no more
        _put(path, picture, replaces=f"{name}-*.png")
    return picture


def _put(path: Path, picture: U8, replaces: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(replaces):
        old.unlink(missing_ok=True)
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), _FAST)
    part = path.with_name(f".{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(data.tobytes())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _digest(person: Person, view: View) -> str:
    return sha256(f"{_code()} {person!r} {view!r}".encode()).hexdigest()[:20]


@cache
def _code() -> str:
    """The drawing code and the libraries under it."""
    digest = sha256(f"{skia.__version__} {cv2.__version__} {np.__version__}".encode())
    for path in sorted((Path(__file__).parent / "drawing").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
