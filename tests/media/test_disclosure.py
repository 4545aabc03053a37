"""The mark of a disclosed face: there in every picture that is sent, whoever draws it, and nowhere else."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.core.frames import FRAME_MS, EncodedVideo, VideoCodec, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.disclosure import disclosure
from visavis.media.quality import Quality
from visavis.media.recorder import Recorders
from visavis.media.video_encoder import VideoEncoder
from visavis.renderers.character import Character
from visavis.renderers.still import Still

SIZES = [(720, 480), (1152, 768), (768, 1152), (480, 320), (360, 240)]


def flat(width: int, height: int, luma: int) -> NDArray[np.uint8]:
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = luma
    return picture


def planes(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    u, v = picture[height:].reshape(2, height // 2, width // 2)
    return picture[:height], u, v


def shown(codec: VideoCodec, encoded: list[EncodedVideo]) -> list[NDArray[np.uint8]]:
    decoder = av.CodecContext.create(codec, "r")
    decoder.thread_count = 1
    frames = [frame for one in encoded for frame in decoder.decode(av.Packet(one.data))]
    return [np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8) for frame in frames]


def has_mark(luma: NDArray[np.uint8]) -> bool:
    """Whether the corner looks as the mark does on grey."""
    height, width = luma.shape
    grey = flat(width, height, 128)
    disclosure(width, height).lay_over(*planes(grey))
    there = np.argwhere(grey[:height] != 128)
    (top, left), (bottom, right) = there.min(axis=0), there.max(axis=0)
    part = np.s_[top:bottom, left:right]
    return float(np.corrcoef(grey[:height][part].ravel(), luma[part].ravel())[0, 1]) > 0.7


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("luma", [30, 128, 225])
def test_it_is_legible_and_small_at_every_size(width: int, height: int, luma: int) -> None:
    picture = flat(width, height, luma)
    disclosure(width, height).lay_over(*planes(picture))
    changed = np.argwhere(picture[:height] != luma)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert 16 <= bottom - top + 1 <= height * 0.1
    assert (right - left + 1) * (bottom - top + 1) < 0.02 * width * height
    assert left > 0
    assert bottom < height - 1
    marked = picture[top : bottom + 1, left : right + 1]
    assert marked.max() > 220
    assert marked.max() - np.percentile(marked, 20) > 110, "letters stand out from what is behind them"


@pytest.mark.parametrize("codec", ["h264", "vp8"])
@pytest.mark.parametrize("share", [1.0, 2 / 3, 0.5])
@pytest.mark.parametrize("renderer", [Character, Still])
def test_every_picture_that_is_sent_has_it(codec: VideoCodec, share: float, renderer: type) -> None:
    face = FaceSpec("any", "cara", 720, 480)
    for disclosed in (True, False):
        drawn, encoder = renderer(face, 1), VideoEncoder(VideoFormat(codec, 720, 480), disclosed)
        encoder.set_quality(Quality(800_000, round(720 * share), round(480 * share)))
        encoded = [encoder.encode(drawn.frame(index * 40.0), index * FRAME_MS, index == 3) for index in range(6)]
        pictures = shown(codec, encoded)
        assert len(pictures) == 6
        assert all(has_mark(picture[: picture.shape[0] * 2 // 3]) == disclosed for picture in pictures)


def test_it_does_not_grow_darker_on_a_picture_that_stays() -> None:
    """Some renderers show the same buffer again and again."""
    drawn, encoder = Still(FaceSpec("still", "cara"), 1), VideoEncoder(VideoFormat("h264", 720, 480), disclosed=True)
    pictures = shown("h264", [encoder.encode(drawn.frame(at * 40.0), at * FRAME_MS) for at in range(20)])
    assert abs(int(pictures[-1][440:470, 10:120].mean()) - int(pictures[0][440:470, 10:120].mean())) <= 2


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_film_has_it_in_every_picture_through_every_size(codec: VideoCodec, tmp_path: Path) -> None:
    video = VideoFormat(codec, 720, 480)
    drawn, encoder = Still(FaceSpec("still", "cara"), 1), VideoEncoder(video, disclosed=True)
    recorders = Recorders(tmp_path)
    recorder = recorders.open("session")
    recorder.expect(video)
    shares = [1.0] * 10 + [0.5] * 10 + [2 / 3] * 10 + [1.0] * 10
    for index, share in enumerate(shares):
        encoder.set_quality(Quality(600_000, round(720 * share), round(480 * share)))
        recorder.picture(encoder.encode(drawn.frame(index * 40.0), index * FRAME_MS))
    path = await recorder.close()
    recorders.close()
    with av.open(path) as film:
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    assert [frame.shape[1] for frame in frames] == [round(720 * share) for share in shares]
    assert all(has_mark(frame) for frame in frames)
