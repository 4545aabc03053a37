"""What a viewer's network and a film may ask of the picture."""

from dataclasses import replace
from typing import Literal

import pytest

from visavis.core.clock import HandWoundClock
from visavis.core.frames import AudioChunk, EncodedVideo, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.engine.show import FILM_KEYFRAME_EVERY_MS, Show
from visavis.testing.rehearsal import SILENCE, CountedPackets, Rehearsal, StillFaces


@pytest.mark.parametrize(("quality", "followed"), [("auto", [200_000]), ("high", [])])
async def test_only_automatic_quality_follows_the_network(
    quality: Literal["auto", "high"], followed: list[int]
) -> None:
    rehearsal = Rehearsal()
    rehearsal.spec = replace(rehearsal.spec, video_quality=quality)
    async with rehearsal as r:
        await r.connect()
        r.line.set_bitrate(200_000)
    assert r.face.bitrates_bps == followed


class Camera:
    """A recorder that only counts."""

    def __init__(self) -> None:
        self.pictures: list[int] = []

    def expect(self, video: VideoFormat) -> None:
        pass

    def sound(self, packet: bytes, at_ms: int) -> None:
        pass

    def microphone(self, audio: AudioChunk) -> None:
        pass

    def picture(self, picture: EncodedVideo) -> None:
        self.pictures.append(picture.pts_ms)

    async def close(self) -> str:
        return ""


class OnDemand(StillFaces):
    """Draws a keyframe when it is asked for one, and otherwise none but the first."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_ms: list[int] = []
        self._wanted = True

    def want_keyframe(self) -> None:
        self.asked_ms.append(self.pts_ms)
        self._wanted = True

    async def next_frame(self) -> EncodedVideo:
        wanted, self._wanted = self._wanted, False
        return EncodedVideo(b"picture", self.pts_ms, keyframe=wanted)

    async def open(self, face: FaceSpec, video: VideoFormat) -> "OnDemand":
        await super().open(face, video)
        return self


@pytest.mark.parametrize("camera", [Camera(), None])
async def test_a_film_asks_for_keyframes_so_that_one_can_jump_about_in_it(camera: Camera | None) -> None:
    faces, clock = OnDemand(), HandWoundClock()
    show = Show(FaceSpec("still", "nobody"), faces, CountedPackets(), SILENCE, clock, camera)
    show.expect(VideoFormat("h264", 720, 480))
    await show.ready()
    for pts_ms in range(0, 35_000, 500):
        faces.pts_ms = pts_ms
        await show.next_video()
    await show.close()
    asked = [pts_ms for pts_ms in faces.asked_ms if pts_ms]
    gaps_ms = [later - earlier for earlier, later in zip([0, *asked], asked, strict=False)]
    if camera is None:
        assert asked == []
    else:
        assert len(camera.pictures) == 70
        assert len(asked) == 3
        assert all(FILM_KEYFRAME_EVERY_MS <= gap_ms <= FILM_KEYFRAME_EVERY_MS + 1_000 for gap_ms in gaps_ms)
