"""Films of sessions: who is filmed, where the film is fetched, and what a crash leaves of it."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.resources.sessions.talking import PATIENCE_S, start, stop
from tests.rest import URL, Rest
from visavis.core.frames import FRAME_MS, EncodedVideo, VideoFormat
from visavis.db import models
from visavis.engine.conversation import Conversation
from visavis.media.video_encoder import VideoEncoder
from visavis.resources.organizations.service import film_sessions
from visavis.testing.rehearsal import Seat, StillFaces

PICTURES = 30
VIDEO = VideoFormat("h264", 160, 96, 300_000)


class MovingFaces(StillFaces):
    """A face whose pictures can be decoded."""

    def __init__(self) -> None:
        super().__init__()
        self._encoder = VideoEncoder(VIDEO)
        self._shown = 0

    async def next_frame(self) -> EncodedVideo:
        i420 = np.full((96 * 3 // 2, 160), 100 + self._shown, np.uint8)
        picture = self._encoder.encode(i420, self._shown * FRAME_MS)
        self._shown += 1
        return picture


class Viewer(Seat):
    video = VIDEO


@pytest.fixture
def real_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.rest.StillFaces", MovingFaces)


@pytest.fixture
def filming(tmp_path: Path, real_pictures: None) -> Iterator[Rest]:
    with Rest("", tmp_path, recordings=True) as rest:
        film(rest, True)
        yield rest


def film(rest: Rest, wanted: bool) -> None:
    async def change() -> None:
        async with rest.database.writing() as session:
            await film_sessions(session, rest.organization, wanted)

    rest.run(change())


def watch(rest: Rest, session_id: str) -> None:
    """Somebody looks and listens for a second."""
    rest.run(_watch(rest.app.state.desk.host.get(session_id)))


async def _watch(line: Conversation) -> None:
    viewer = Viewer()
    line.attach_signalling(Seat())
    line.peer_expected(viewer)
    line.peer_opened(viewer)
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(PICTURES):
            await line.next_video()
            line.next_audio()
            line.next_audio()


def recording(rest: Rest, session_id: str) -> Any:
    return rest.ask("GET", f"/v1/sessions/{session_id}/recording")


def test_a_film_is_fetched_without_a_key_by_the_address_that_was_signed(filming: Rest) -> None:
    session_id = start(filming)
    watch(filming, session_id)
    early = recording(filming, session_id)
    stop(filming, session_id)

    url = recording(filming, session_id).json()["recordingUrl"]
    fetched = filming.ask("GET", url.removeprefix(URL), key="")

    assert (early.status_code, "in progress" in early.json()["message"]) == (404, True)
    assert url.startswith(f"{URL}/v1/files/{session_id}?token=")
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "video/mp4")
    with av.open(io.BytesIO(fetched.content)) as container:
        assert sum(1 for _ in container.decode(video=0)) == PICTURES
    part = filming.ask("GET", url.removeprefix(URL), key="", headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, fetched.content[100:200])  # players jump about
    assert filming.ask("GET", url.removeprefix(URL).split("?")[0], key="").status_code == 401
    filming.ask("DELETE", f"/v1/sessions/{session_id}")
    assert filming.ask("GET", url.removeprefix(URL), key="").status_code == 404


@pytest.mark.parametrize(
    ("options", "persona"),
    [
        ({"sessionOptions": {"sessionReplay": {"enableSessionReplay": False}}}, {}),
        ({}, {"zeroDataRetention": True}),
        ({"sessionOptions": {"sessionReplay": {"enableSessionReplay": True}}}, {"zeroDataRetention": True}),
    ],
)
def test_who_does_not_want_to_be_filmed_is_not(filming: Rest, options: Any, persona: Any) -> None:
    session_id = start(filming, options, **persona)
    watch(filming, session_id)
    stop(filming, session_id)

    answer = recording(filming, session_id)

    assert answer.status_code == 404
    assert "not recorded" in answer.json()["message"]
    assert not list((filming.app.state.settings.data_dir).rglob("*.mp4"))


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 404),
        ({"sessionOptions": {}}, 404),
        ({"sessionOptions": {"sessionReplay": {}}}, 404),
        ({"sessionOptions": {"sessionReplay": {"enableSessionReplay": True}}}, 200),
    ],
)
def test_nobody_is_filmed_who_did_not_ask_for_it(filming: Rest, options: Any, status: int) -> None:
    film(filming, False)
    session_id = start(filming, options)
    watch(filming, session_id)
    stop(filming, session_id)

    assert recording(filming, session_id).status_code == status


def test_a_session_that_nobody_watched_has_no_film(filming: Rest) -> None:
    session_id = start(filming)
    stop(filming, session_id)

    assert "not recorded" in recording(filming, session_id).json()["message"]


def test_a_film_that_a_crash_cut_short_is_there_after_the_next_start(tmp_path: Path, real_pictures: None) -> None:
    with Rest("", tmp_path, recordings=True) as rest:
        film(rest, True)
        session_id, key = start(rest), rest.key
        watch(rest, session_id)
        stop(rest, session_id)
        blob = rest.run(forget(rest, session_id))
        (tmp_path / "files" / blob).rename(tmp_path / "recordings" / f"{session_id}.mp4")
        stranger = tmp_path / "recordings" / "of-nobody.mp4"
        stranger.write_bytes(b"")

    with Rest("", tmp_path) as rest:
        url = rest.ask("GET", f"/v1/sessions/{session_id}/recording", key=key).json()["recordingUrl"]

        assert rest.ask("GET", url.removeprefix(URL), key="").status_code == 200
        assert not stranger.exists()


async def forget(rest: Rest, session_id: str) -> str:
    """As if the server had not come to keeping the film; where it lies."""
    async with rest.database.writing() as session:
        row = await session.get(models.Session, session_id)
        assert row is not None
        recording, row.recording = row.recording, ""
    return recording
