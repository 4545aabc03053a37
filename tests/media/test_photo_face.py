"""A photo all the way: looked at, kept, shown by a render child, and seen in the video that a browser would get."""

import asyncio
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests import photos
from visavis.core.clock import MonotonicClock
from visavis.core.frames import VideoCodec, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.local_media import RENDERERS
from visavis.media import face_finder
from visavis.media.face_finder import find_faces
from visavis.media.photo import examine
from visavis.media.pictures import PictureMaker
from visavis.media.render_pool import RenderPool
from visavis.renderers.photo import framed


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> FaceSpec:
    """A photo of somebody, as the control plane keeps it."""
    photo = examine(photos.encoded(photos.person("finn")))
    path = tmp_path_factory.mktemp("kept") / "photo.jpg"
    path.write_bytes(photo.jpeg)
    return FaceSpec("still", "somebody", 720, 480, str(path), photo.face_box)


@pytest.mark.parametrize(("codec", "size"), [("h264", (720, 480)), ("vp8", (768, 1152))])
async def test_a_session_sends_the_photo_as_video(kept: FaceSpec, codec: VideoCodec, size: tuple[int, int]) -> None:
    width, height = size
    face = FaceSpec("still", "somebody", width, height, kept.picture, kept.face_box)
    clock = MonotonicClock()
    pool = RenderPool(1, RENDERERS, clock)
    await pool.start()
    try:
        stage = await pool.open(face, VideoFormat(codec, width, height, 2_000_000))
        stage.start(clock.now_ms())
        decoder = av.CodecContext.create("h264" if codec == "h264" else "libvpx", "r")
        decoder.thread_count = 1
        async with asyncio.timeout(20):
            for _ in range(8):  # the first pictures are coarse
                encoded = await stage.next_frame()
                shown = [picture.to_ndarray(format="bgr24") for picture in decoder.decode(av.Packet(encoded.data))]
        await stage.close()
    finally:
        await pool.close()

    wanted = framed(photos_of(kept), kept.face_box, width, height)
    assert np.abs(shown[-1].astype(int) - wanted).mean() < 6
    if not face_finder.missing():
        [seen] = find_faces(np.asarray(cv2.cvtColor(shown[-1], cv2.COLOR_BGR2RGB), np.uint8))
        assert seen.centre[0] / width == pytest.approx(0.5, abs=0.05)
        assert 0.3 < seen.centre[1] / height < 0.6


def photos_of(face: FaceSpec) -> np.ndarray:
    return np.asarray(cv2.imread(face.picture), np.uint8)


async def test_previews_show_the_photo_too(kept: FaceSpec, tmp_path: Path) -> None:
    maker = PictureMaker(RENDERERS)
    await maker.make(kept, "image", tmp_path / "image.jpg")
    await maker.make(kept, "idle_video", tmp_path / "idle.mp4")

    wanted = framed(photos_of(kept), kept.face_box, 720, 480)
    image = cv2.imread(str(tmp_path / "image.jpg"))
    assert image is not None
    assert np.abs(image.astype(int) - wanted).mean() < 6
    with av.open(str(tmp_path / "idle.mp4")) as film:
        first = next(film.decode(video=0)).to_ndarray(format="bgr24")
        assert 4 <= float(film.duration or 0) / av.time_base <= 6
    assert np.abs(first.astype(int) - wanted).mean() < 8
