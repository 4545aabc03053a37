import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from visavis.core.errors import NotSupported, Unavailable
from visavis.core.spec import FaceSpec
from visavis.media.pictures import PictureMaker

FACE = FaceSpec("swing", "anybody", 128, 96)
RENDERERS = {"swing": "tests.media.fake_faces:SwingFace", "bar": "tests.media.fake_faces:BarFace"}


async def test_a_still_is_a_usual_picture_in_its_size(tmp_path: Path) -> None:
    await PictureMaker(RENDERERS).make(FACE, "image", tmp_path / "face.jpg")
    image = cv2.imread(str(tmp_path / "face.jpg"))
    assert image is not None
    assert image.shape == (96, 128, 3)
    assert image.mean() > 60, "the face blinks (all dark) in this picture"
    assert os.listdir(tmp_path) == ["face.jpg"]


async def test_an_idle_video_can_be_looped(tmp_path: Path) -> None:
    path = tmp_path / "idle.mp4"
    await PictureMaker(RENDERERS).make(FACE, "idle_video", path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        lumas = [frame.to_ndarray(format="gray").astype(float) for frame in container.decode(stream)]
        assert (stream.width, stream.height, stream.pix_fmt, stream.codec.name) == (128, 96, "yuv420p", "h264")
        assert 4 <= len(lumas) / 25 <= 6
        assert stream.average_rate == 25
    steps = [float(np.abs(after - before).mean()) for before, after in zip(lumas, lumas[1:], strict=False)]
    seam = float(np.abs(lumas[0] - lumas[-1]).mean())
    assert seam <= max(steps) + 1
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat"), "it cannot start before it is loaded"


async def test_what_fails_says_so_and_leaves_no_file(tmp_path: Path) -> None:
    maker = PictureMaker(RENDERERS)
    with pytest.raises(Unavailable, match="no such person"):
        await maker.make(FaceSpec("bar", "broken", 128, 96), "image", tmp_path / "face.jpg")
    with pytest.raises(NotSupported):
        await maker.make(FaceSpec("unknown", "anybody", 128, 96), "image", tmp_path / "face.jpg")
    assert os.listdir(tmp_path) == []
