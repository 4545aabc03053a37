"""A photo in a video: the face where a face belongs, whatever the photo's shape."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.core.spec import FaceSpec
from visavis.renderers.photo import crop_around, framed
from visavis.renderers.still import Still

SIZES = [(720, 480), (1152, 768), (768, 1152)]
Box = tuple[float, float, float, float]
SHARE = st.floats(0.02, 0.9)


def photo_with_face(width: int, height: int, box: Box) -> np.ndarray:
    """Grey, with a green rectangle for a face."""
    photo = np.full((height, width, 3), 128, np.uint8)
    left, top, face_width, face_height = box
    x, y = round(left * width), round(top * height)
    photo[y : y + round(face_height * height), x : x + round(face_width * width)] = (0, 255, 0)
    return photo


def face_in(picture: np.ndarray) -> tuple[float, float, float]:
    """Centre and height of the green part, as shares of the picture."""
    rows, columns = np.nonzero((picture[..., 1] > 200) & (picture[..., 0] < 60))
    height, width = picture.shape[:2]
    return float(columns.mean()) / width, float(rows.mean()) / height, float(np.ptp(rows) + 1) / height


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    ("photo", "box"),
    [
        ((3000, 2000), (0.42, 0.3, 0.12, 0.22)),
        ((2000, 3000), (0.4, 0.2, 0.2, 0.17)),
        ((640, 480), (0.35, 0.2, 0.28, 0.45)),
        ((1000, 1000), (0.2, 0.2, 0.3, 0.35)),
    ],
    ids=["landscape", "portrait", "small", "off-centre"],
)
def test_the_face_is_whole_large_and_in_the_upper_middle(
    photo: tuple[int, int], box: Box, width: int, height: int
) -> None:
    picture = framed(photo_with_face(*photo, box), box, width, height)

    assert picture.shape == (height, width, 3)
    x, y, tall = face_in(picture)
    assert 0.3 < x < 0.7
    assert 0.3 < y < 0.66
    assert 0.25 < tall * height / min(width, height) < 0.7


def test_a_photo_that_is_too_narrow_is_continued_out_of_focus_on_both_sides() -> None:
    box = (0.2, 0.3, 0.6, 0.4)
    photo = photo_with_face(400, 800, box)
    photo[:, :20] = photo[:, -20:] = (255, 0, 0)

    picture = framed(photo, box, 1152, 768)

    assert (picture[:, 0, 0] > 150).all()
    assert (picture[:, -1, 0] > 150).all()
    assert face_in(picture)[0] == pytest.approx(0.5, abs=0.02)


def test_what_is_missing_is_missing_above_the_head_and_never_below_the_shoulders() -> None:
    box = (0.4, 0.3, 0.2, 0.5)
    photo = photo_with_face(1200, 500, box)
    photo[-5:] = (0, 0, 255)

    picture = framed(photo, box, 768, 1152)

    assert (picture[-2, :, 2] > 200).all()
    assert (picture[2, :, 2] < 150).all()


@settings(max_examples=60, deadline=None)
@given(
    photo=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    box=st.one_of(st.none(), st.tuples(SHARE, SHARE, SHARE, SHARE)),
    size=st.sampled_from([(72, 48), (48, 72), (16, 16)]),
)
def test_any_photo_can_be_framed(photo: tuple[int, int], box: Box | None, size: tuple[int, int]) -> None:
    picture = framed(np.zeros((photo[1], photo[0], 3), np.uint8), box, *size)

    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8


@given(
    photo=st.tuples(st.integers(50, 5000), st.integers(50, 5000)),
    box=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.1, 0.5), st.floats(0.1, 0.5)),
    size=st.sampled_from(SIZES),
)
def test_a_crop_has_the_shape_of_the_video_and_shows_the_photo_wherever_it_can(
    photo: tuple[int, int], box: Box, size: tuple[int, int]
) -> None:
    crop = crop_around(*photo, box, *size)

    # rounded to whole pixels
    assert abs(crop.width * size[1] - crop.height * size[0]) <= max(size)
    assert crop.left >= 0 or crop.left + crop.width >= photo[0]
    assert crop.top >= 0 or crop.top + crop.height == photo[1]


def test_a_still_face_shows_its_photo_and_does_not_move(tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    box = (0.4, 0.3, 0.2, 0.3)
    cv2.imwrite(str(file), photo_with_face(900, 600, box))

    face = Still(FaceSpec("still", "somebody", 720, 480, str(file), box), seed=1)
    picture = cv2.cvtColor(face.frame(0.0), cv2.COLOR_YUV2BGR_I420)

    assert face.frame(0.0).shape == (720, 720)
    x, y, _ = face_in(picture)
    assert x == pytest.approx(0.5, abs=0.02)
    assert y == pytest.approx(0.45, abs=0.03)
    assert (face.frame(1000.0) == face.frame(0.0)).all()


def test_a_photo_that_is_gone_leaves_a_face_that_can_be_shown(tmp_path: Path) -> None:
    gone = FaceSpec("still", "somebody", 72, 48, str(tmp_path / "gone.jpg"), (0.4, 0.3, 0.2, 0.3))
    assert (Still(gone, 1).frame(0.0) == Still(FaceSpec("still", "somebody", 72, 48), 1).frame(0.0)).all()
