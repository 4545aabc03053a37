"""What becomes of a photo: taken with the face found, or refused with what to change."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import photos
from visavis.core.errors import InvalidRequest, Unprocessable, VisavisError
from visavis.media import face_finder
from visavis.media.photo import KEPT_SIDE_PX_MAX, examine
from visavis.media.picture_files import PIXELS_MAX, read_picture, size_of

needs_models = pytest.mark.skipif(bool(face_finder.missing()), reason=face_finder.missing())
LOSSLESS_WEBP = (cv2.IMWRITE_WEBP_QUALITY, 101)
GOOD = photos.encoded(photos.smaller(photos.person(), 2))


def refusal(content: bytes) -> tuple[int, str]:
    with pytest.raises(VisavisError) as raised:
        examine(content)
    return raised.value.status, raised.value.details[0].code


def png_head(width: int, height: int) -> bytes:
    """A PNG that claims a size and has nothing else to say."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + end


@needs_models
@pytest.mark.parametrize("identity", ["cara", "layla", "richard", "finn"])
def test_people_we_draw_have_a_face_that_is_found_where_it_is(identity: str) -> None:
    box = examine(photos.encoded(photos.person(identity))).face_box

    assert box is not None
    left, top, width, height = box
    assert left + width / 2 == pytest.approx(0.5, abs=0.03)
    assert 0.2 < top < 0.3
    assert 0.2 < width < 0.28
    assert 0.35 < height < 0.45


@needs_models
@pytest.mark.parametrize(("suffix", "options"), [(".jpg", ()), (".png", ()), (".webp", ()), (".webp", LOSSLESS_WEBP)])
def test_every_format_is_read_by_what_it_is(suffix: str, options: tuple[int, ...]) -> None:
    picture = photos.encoded(photos.smaller(photos.person(), 2), suffix, *options)

    assert size_of(picture) == (576, 384)
    photo = examine(picture)
    assert (photo.width_px, photo.height_px) == (576, 384)
    assert photo.jpeg.startswith(b"\xff\xd8\xff")


@needs_models
@pytest.mark.parametrize(
    ("code", "picture"),
    [
        ("no_face", photos.scenery()),
        ("no_face", np.zeros((64, 64, 3), np.uint8)),
        ("several_faces", photos.together(photos.person("cara"), photos.person("finn"))),
        ("several_faces", photos.together(*(photos.smaller(photos.person(name), 3) for name in ("liv", "finn")))),
        ("face_too_small", photos.smaller(photos.person(), 4)),
        ("face_cut_off", photos.person()[:, 490:]),
        ("face_turned", photos.tilted(photos.person(), 45)),
        ("face_blurred", photos.blurred(photos.person(), 9)),
    ],
)  # fmt: skip
def test_a_photo_without_one_clear_face_is_refused_with_the_reason(code: str, picture: np.ndarray) -> None:
    assert refusal(photos.encoded(picture)) == (422, code)


@needs_models
def test_somebody_small_in_the_background_is_no_trouble() -> None:
    picture = photos.person()
    picture[40:232, 20:308] = photos.smaller(photos.person("finn"), 4)

    assert examine(photos.encoded(picture)).face_box is not None


@needs_models
@pytest.mark.parametrize("degrees", [-15, 15])
def test_a_head_held_a_little_to_the_side_is_no_trouble(degrees: float) -> None:
    assert examine(photos.encoded(photos.tilted(photos.person(), degrees))).face_box is not None


@needs_models
def test_a_photo_is_kept_small_upright_and_without_what_the_camera_wrote_into_it() -> None:
    large = cv2.resize(photos.person(), (3600, 2400), interpolation=cv2.INTER_LINEAR)
    lying = photos.with_orientation(photos.encoded(np.rot90(large, 1)), 6)
    assert size_of(lying) == (2400, 3600)

    photo = examine(lying)

    assert (photo.width_px, photo.height_px) == (KEPT_SIDE_PX_MAX, 1600)
    assert size_of(photo.jpeg) == (KEPT_SIDE_PX_MAX, 1600)
    assert b"Exif" not in photo.jpeg
    assert photo.face_box is not None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_put_upright_also_where_it_is_transparent(orientation: int) -> None:
    upright = np.zeros((20, 30, 4), np.uint8)
    upright[:10, :10] = (0, 0, 255, 255)  # a red corner, a blue half, the rest transparent
    upright[10:, 15:] = (255, 0, 0, 255)
    lying = {
        1: upright,
        2: upright[:, ::-1],
        3: np.rot90(upright, 2),
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    tiff = photos.with_orientation(b"\xff\xd8", orientation)[12:]
    chunk = b"eXIf" + tiff
    png = photos.encoded(np.ascontiguousarray(lying), ".png")
    png = png[:33] + struct.pack(">I", len(tiff)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]

    picture = read_picture(png, 100)

    assert picture.shape == (20, 30, 3)
    assert picture[5, 5].tolist() == [255, 0, 0]
    assert picture[15, 25].tolist() == [0, 0, 255]
    assert picture[5, 25].tolist() == [240, 240, 240]


def test_a_large_transparent_picture_is_made_small_before_it_is_laid_on_a_background() -> None:
    large = np.zeros((1200, 1600, 4), np.uint8)
    large[:, :800] = (0, 0, 255, 255)

    picture = read_picture(photos.encoded(large, ".png"), 160)

    assert picture.shape == (120, 160, 3)
    assert picture[60, [40, 120]].tolist() == [[255, 0, 0], [240, 240, 240]]


def test_pictures_with_sixteen_bits_and_in_grey_are_read() -> None:
    deep = np.full((10, 10, 4), 65535, np.uint16)
    deep[:5, :, 3] = 0
    assert read_picture(photos.encoded(deep, ".png"), 100)[[2, 8], 5].tolist() == [[240] * 3, [255] * 3]
    assert read_picture(photos.encoded(np.full((10, 10), 77, np.uint8), ".png"), 100)[5, 5].tolist() == [77] * 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wrong_format"),
        (b"GIF89a" + bytes(100), "wrong_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong_format"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "wrong_format"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8X", "damaged"),
        (b"RIFF\0\0\0\0WEBPNONE" + bytes(30), "damaged"),
        (png_head(30, 20), "damaged"),
        (png_head(0, 20), "damaged"),
        (png_head(10_000, PIXELS_MAX // 10_000 + 1), "too_many_pixels"),
        (png_head(2_000_000_000, 2_000_000_000), "too_many_pixels"),
        (png_head(20_000, 1), "too_many_pixels"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_before_it_is_unpacked(content: bytes, code: str) -> None:
    assert refusal(content) == (400, code)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_half_a_file_is_refused(suffix: str, share: float) -> None:
    whole = photos.encoded(photos.smaller(photos.person(), 2), suffix)
    assert refusal(whole[: int(len(whole) * share)]) == (400, "damaged")


@settings(max_examples=60, deadline=None)
@given(
    head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", GOOD[:400]]),
    tail=st.binary(max_size=200),
)
def test_no_bytes_are_more_than_refused(head: bytes, tail: bytes) -> None:
    with pytest.raises((InvalidRequest, Unprocessable)):
        examine(head + tail)


@settings(max_examples=12, deadline=None)
@given(at=st.integers(0, len(GOOD) - 1), bits=st.integers(1, 255))
def test_a_changed_byte_is_never_more_than_a_refusal(at: int, bits: int) -> None:
    changed = GOOD[:at] + bytes([GOOD[at] ^ bits]) + GOOD[at + 1 :]
    try:
        photo = examine(changed)
    except (InvalidRequest, Unprocessable):
        return
    assert photo.width_px * photo.height_px <= PIXELS_MAX


def test_without_the_models_a_photo_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_finder, "_network_file", lambda name: None)

    assert "pip install" in face_finder.missing()
    assert examine(photos.encoded(photos.scenery())).face_box is None
