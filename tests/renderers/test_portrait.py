"""Photos that talk: a drawn person as the photo, and the one real photo that a package of the tests carries."""

import logging
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.core.spec import FaceSpec
from visavis.renderers.likeness import networks
from visavis.renderers.likeness.measures import LOWER_INNER, UPPER_INNER, Face
from visavis.renderers.likeness.neutral import closed
from visavis.renderers.likeness.splines import fitted
from visavis.renderers.motion import REST
from visavis.renderers.portrait import Portrait
from visavis.renderers.portrait_sheet import VARIANTS, life_sheet, visemes_sheet
from visavis.renderers.still import Still
from visavis.renderers.visemes import shape_of

ASTRONAUT = (0.348, 0.134, 0.185, 0.213)

needs_networks = pytest.mark.skipif(bool(networks.missing()), reason=networks.missing() or "they are here")


@pytest.fixture(scope="session")
def astronaut() -> Path:
    package = find_spec("skimage")
    files = [Path(folder, "data", "astronaut.png") for folder in (package and package.submodule_search_locations) or ()]
    found = next((file for file in files if file.is_file()), None)
    if found is None:
        pytest.skip("scikit-image, which carries the photo, is not installed")
    return found


def mouth_of(portrait: Portrait, picture: np.ndarray) -> np.ndarray:
    """Luma around the mouth."""
    (x, y), unit = portrait.mouth_at
    return picture[round(y - 0.3 * unit) : round(y + 0.6 * unit), round(x - 0.5 * unit) : round(x + 0.5 * unit)].astype(
        int
    )


def eyes_of(portrait: Portrait, picture: np.ndarray) -> np.ndarray:
    (x, y), unit = portrait.mouth_at
    return picture[round(y - 1.7 * unit) : round(y - unit), round(x - unit) : round(x + unit)].astype(int)


@needs_networks
def test_vowels_open_the_mouth_and_bilabials_do_not(sitting: FaceSpec) -> None:
    portrait = Portrait(sitting, 1)
    shown = {name: mouth_of(portrait, portrait.draw(REST, shape_of(name)).copy()) for name in ("sil", "PP", "aa", "ou")}
    dark = {name: int((picture < 60).sum()) for name, picture in shown.items()}
    assert dark["PP"] <= dark["sil"] + 5
    assert dark["aa"] > dark["ou"] > dark["sil"] + 30


@needs_networks
def test_a_blink_hides_the_iris_and_changes_nothing_else(sitting: FaceSpec) -> None:
    portrait = Portrait(sitting, 1)
    awake = portrait.draw(REST, shape_of("sil")).copy()
    shut = portrait.draw(replace(REST, blink=1.0), shape_of("sil")).copy()
    assert (eyes_of(portrait, awake) < 45).sum() > 3 * (eyes_of(portrait, shut) < 45).sum()
    assert (mouth_of(portrait, awake) == mouth_of(portrait, shut)).all()
    assert (portrait.draw(REST, shape_of("sil")) == awake).all()


@needs_networks
@pytest.mark.parametrize("pose", [{"yaw": 0.12}, {"pitch": 0.08}, {"roll": 0.05}, {"gaze_x": 0.9}, {"brow": 1.0}])
def test_a_head_moves_and_the_picture_s_border_does_not(sitting: FaceSpec, pose: dict[str, float]) -> None:
    portrait = Portrait(sitting, 1)
    still = portrait.draw(REST, shape_of("sil")).astype(int)
    moved = portrait.draw(replace(REST, **pose), shape_of("sil")).astype(int)
    assert np.abs(eyes_of(portrait, moved) - eyes_of(portrait, still)).mean() > 0.4
    for border in (np.s_[:480, :4], np.s_[:480, -4:], np.s_[:3]):
        assert np.abs(moved[border] - still[border]).max() <= 2


@needs_networks
def test_a_laughing_mouth_is_closed(astronaut: Path) -> None:
    photo = np.asarray(cv2.imread(str(astronaut)), np.uint8)
    box = [round(part * 512) for part in ASTRONAUT]
    points = networks.mesh_at(photo, *box)
    assert points is not None
    face = Face(points, np.zeros((2, 3), np.float32))
    hole = np.concatenate([face.at(UPPER_INNER), face.at(LOWER_INNER)[::-1]])
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(hole).astype(np.int32)], 255)
    neutral = closed(photo, face)
    assert (neutral.face.at(UPPER_INNER) == neutral.face.at(LOWER_INNER)).all()
    assert neutral.teeth is not None
    assert neutral.teeth.min() > 150
    before, after = (float((np.ptp(p[mask > 0], axis=1) < 40).mean()) for p in (photo, neutral.picture))
    assert before > 0.2  # teeth are pale, lips and skin are not
    assert after < 0.3 * before
    assert (neutral.picture[:100] == photo[:100]).all()


@needs_networks
@pytest.mark.parametrize("name", VARIANTS)
def test_the_photo_talks_in_any_light_and_pose(astronaut: Path, tmp_path: Path, name: str) -> None:
    changed, box = VARIANTS[name](np.asarray(cv2.imread(str(astronaut)), np.uint8), ASTRONAUT)
    file = tmp_path / "photo.png"
    cv2.imwrite(str(file), changed)
    portrait = Portrait(FaceSpec("portrait", "photo", 360, 240, str(file), box), 1)
    shut = mouth_of(portrait, portrait.draw(REST, shape_of("sil")).copy())
    assert np.abs(mouth_of(portrait, portrait.draw(REST, shape_of("aa"))) - shut).mean() > 4


@needs_networks
def test_the_iris_is_found(astronaut: Path) -> None:
    photo = np.asarray(cv2.imread(str(astronaut)), np.uint8)
    for outer, inner, expected in (((193, 101), (212, 102), (203, 101)), ((257, 104), (239, 104), (246, 103))):
        centre, radius = networks.iris_at(photo, np.array(outer, np.float32), np.array(inner, np.float32))
        assert np.hypot(*(centre - expected)) < 3
        assert 2 < radius < 6


def test_a_photo_that_cannot_talk_is_shown_and_the_reason_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "grey.png"
    cv2.imwrite(str(file), np.full((300, 300, 3), 120, np.uint8))
    face = FaceSpec("portrait", "nobody", 180, 120, str(file), (0.3, 0.2, 0.4, 0.5))
    with caplog.at_level(logging.WARNING):
        portrait = Portrait(face, 1)
    assert "shown as it is" in caplog.text
    assert (portrait.frame(0.0) == Still(face, 1).frame(0.0)).all()


@needs_networks
def test_sheets_are_drawn(sitting: FaceSpec) -> None:
    assert sitting.face_box is not None
    for sheet in (visemes_sheet, life_sheet):
        picture = sheet(Path(sitting.picture), sitting.face_box)
        assert picture.std() > 20


def test_splines_go_through_their_points() -> None:
    rng = np.random.default_rng(1)
    at, values = rng.normal(0, 1, (30, 2)), rng.normal(0, 1, (30, 3))
    assert np.abs(fitted(at, values, 0.0, at) - values).max() < 1e-4
    plane = at @ rng.normal(0, 1, (2, 3)) + 2
    wanted = rng.normal(0, 3, (4, 5, 2))
    assert fitted(at, plane, 0.1, wanted).shape == (4, 5, 3)
