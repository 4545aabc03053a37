"""Paintings on disk: found again, never wrong, never needed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from visavis.renderers import shelf
from visavis.renderers.arrays import U8
from visavis.renderers.drawing.portrait import View, view_of
from visavis.renderers.people import person
from visavis.renderers.person import Person

VIEW = view_of(96, 64)
painted: list[str] = []


def paint(who: Person, view: View) -> U8:
    painted.append(who.name)
    picture = np.random.default_rng(len(painted)).integers(0, 255, (view.height_px, view.width_px, 4), np.uint8)
    picture[..., 3] = 255
    return picture


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    painted.clear()
    monkeypatch.setattr(shelf, "_folder", None)
    shelf.keep_in(tmp_path / "deep" / "paintings")
    return tmp_path / "deep" / "paintings"


def test_what_was_painted_once_is_not_painted_again(folder: Path) -> None:
    first, again = (shelf.painted(person("cara"), VIEW, paint) for _ in range(2))
    assert (first == again).all()
    assert painted == ["cara"]
    assert [path.suffix for path in folder.iterdir()] == [".png"]


def test_another_description_or_size_is_another_painting(folder: Path) -> None:
    cara = person("cara")
    shelf.painted(cara, VIEW, paint)
    shelf.painted(cara, view_of(64, 96), paint)
    shelf.painted(replace(cara, freckles=1.0), VIEW, paint)
    assert len(painted) == 3
    assert len(list(folder.iterdir())) == 2, "the older likeness in the same size is thrown away"


def test_other_code_paints_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.painted(person("cara"), VIEW, paint)
    monkeypatch.setattr(shelf, "_code", lambda: "newer")
    shelf.painted(person("cara"), VIEW, paint)
    assert len(painted) == 2


def test_a_broken_file_is_replaced(folder: Path) -> None:
    shelf.painted(person("cara"), VIEW, paint)
    (kept,) = folder.iterdir()
    kept.write_bytes(b"not a picture")
    second = shelf.painted(person("cara"), VIEW, paint)
    assert (shelf.painted(person("cara"), VIEW, paint) == second).all()
    assert len(painted) == 2


def test_a_disk_that_refuses_costs_nothing_but_time(folder: Path) -> None:
    folder.parent.parent.mkdir(exist_ok=True)
    folder.parent.write_text("a file where a folder should be")
    assert shelf.painted(person("cara"), VIEW, paint).shape == (64, 96, 4)


def test_without_a_folder_everybody_is_painted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_folder", None)
    for _ in range(2):
        shelf.painted(person("cara"), VIEW, paint)
    assert len(painted) == 2
    assert not folder.exists()
