"""Photos and recordings are opened in a process of their own, and what goes wrong there stays there."""

import asyncio
from pathlib import Path

import pytest

from tests import photos
from tests.recordings import recording
from visavis.core.errors import InvalidRequest, Unavailable, Unprocessable
from visavis.media import face_finder, inspections
from visavis.media.inspections import Inspector
from visavis.media.photo import examine


async def test_a_photo_comes_back_as_it_would_from_here() -> None:
    content = photos.encoded(photos.smaller(photos.person(), 2))

    assert await Inspector().look_at_photo(content) == examine(content)


@pytest.mark.skipif(bool(face_finder.missing()), reason=face_finder.missing())
async def test_refusals_come_back_with_their_reasons() -> None:
    inspector = Inspector()
    with pytest.raises(Unprocessable, match="no face") as nobody:
        await inspector.look_at_photo(photos.encoded(photos.scenery()))
    with pytest.raises(InvalidRequest) as nothing:
        await inspector.look_at_photo(b"GIF89a")

    assert nobody.value.details[0].code == "no_face"
    assert (nothing.value.details[0].path, nothing.value.details[0].code) == ("image", "wrong_format")


async def test_a_recording_is_listened_to_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "voice"
    path.write_bytes(recording(6.0, "flac"))

    heard = await Inspector().listen_to(path)

    assert heard.duration_ms == pytest.approx(6000, abs=1)
    assert heard.content_type == "audio/flac"
    with pytest.raises(Unavailable, match="FileNotFoundError"):
        await Inspector().listen_to(tmp_path / "absent")


async def test_what_takes_too_long_is_given_up_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections, "_LOOK_WITHIN_S", 0.01)
    with pytest.raises(Unavailable, match="in time"):
        await Inspector().look_at_photo(b"")


async def test_whoever_stops_waiting_leaves_no_process(tmp_path: Path) -> None:
    looking = asyncio.create_task(Inspector().look_at_photo(photos.encoded(photos.person())))
    await asyncio.sleep(0)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
