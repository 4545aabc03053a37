"""Photos through the processes that really draw them: what is told of a face arrives whole."""

import asyncio
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.renderers.conftest import hum
from visavis.core.clock import MonotonicClock
from visavis.core.frames import VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.pictures import PictureMaker
from visavis.media.render_pool import RenderPool
from visavis.renderers.likeness import networks

pytestmark = pytest.mark.skipif(bool(networks.missing()), reason=networks.missing())
RENDERERS = {"portrait": "visavis.renderers.portrait:Portrait"}


async def test_a_photo_talks(sitting: FaceSpec) -> None:
    clock = MonotonicClock()
    pool = RenderPool(1, RENDERERS, clock)
    await pool.start()
    try:
        stage = await pool.open(sitting, VideoFormat("h264", 360, 240))
        stage.speak(0.0, hum(20_000, hertz=700.0), ())
        stage.start(clock.now_ms())
        decoder = av.CodecContext.create("h264", "r")
        decoder.thread_count = 1
        shown: list[np.ndarray] = []
        async with asyncio.timeout(60):
            while len(shown) < 12:
                encoded = await stage.next_frame()
                shown += [frame.to_ndarray(format="gray") for frame in decoder.decode(av.Packet(encoded.data))]
        mouths = np.stack([picture[96:180, 144:216].astype(int) for picture in shown])
        assert np.abs(mouths - mouths[0]).mean(axis=(1, 2)).max() > 1.0
        await stage.close()
    finally:
        await pool.close()


async def test_a_photo_has_a_picture_of_its_own(sitting: FaceSpec, tmp_path: Path) -> None:
    await PictureMaker(RENDERERS).make(sitting, "image", tmp_path / "face.jpg")
    picture = cv2.imread(str(tmp_path / "face.jpg"))
    assert picture is not None
    assert picture.shape == (480, 720, 3)
