from collections.abc import Sequence
from functools import cache

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.fake_faces import moving_picture
from visavis.core.frames import FRAME_MS, EncodedVideo, VideoCodec, VideoFormat
from visavis.media.quality import Quality
from visavis.media.video_encoder import VideoEncoder

# 360 / 2 is not a multiple of what codecs align lines to, so a mistake in line sizes shows.
WIDTH, HEIGHT = 360, 240
CODECS: tuple[VideoCodec, ...] = ("h264", "vp8")


@cache
def picture(index: int) -> NDArray[np.uint8]:
    return moving_picture(WIDTH, HEIGHT, index * FRAME_MS)


def decode(codec: VideoCodec, frames: Sequence[EncodedVideo]) -> list[NDArray[np.uint8]]:
    decoder = av.CodecContext.create(codec, "r")
    decoder.thread_count = 1
    shown = [frame for encoded in frames for frame in decoder.decode(av.Packet(encoded.data))]
    return [np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8) for frame in shown]


def psnr_db(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2)))


def kilobits_per_second(frames: Sequence[EncodedVideo]) -> float:
    return sum(len(frame.data) for frame in frames) * 8 / (len(frames) * FRAME_MS)


@pytest.mark.parametrize("codec", CODECS)
def test_pictures_survive_the_codec(codec: VideoCodec) -> None:
    encoder = VideoEncoder(VideoFormat(codec, WIDTH, HEIGHT, 600_000))
    frames = [encoder.encode(picture(index), index * FRAME_MS) for index in range(50)]
    decoded = decode(codec, frames)
    assert len(decoded) == 50
    assert min(psnr_db(picture(index), shown) for index, shown in enumerate(decoded)) > 35
    assert [frame.pts_ms for frame in frames] == [index * FRAME_MS for index in range(50)]
    assert [frame.keyframe for frame in frames] == [True] + [False] * 49


@pytest.mark.parametrize("codec", CODECS)
def test_a_keyframe_on_demand_is_one_keyframe(codec: VideoCodec) -> None:
    encoder = VideoEncoder(VideoFormat(codec, WIDTH, HEIGHT, 600_000))
    frames = [encoder.encode(picture(index), index * FRAME_MS, index == 7) for index in range(15)]
    assert [index for index, frame in enumerate(frames) if frame.keyframe] == [0, 7]
    assert len(decode(codec, frames)) == 15
    assert len(decode(codec, frames[7:])) == 8, "a decoder can begin at the keyframe"


@pytest.mark.parametrize("codec", CODECS)
def test_the_bitrate_follows_the_network(codec: VideoCodec) -> None:
    noise = np.random.default_rng(1).integers(-8, 9, (20, HEIGHT * 3 // 2, WIDTH))
    encoder = VideoEncoder(VideoFormat(codec, WIDTH, HEIGHT, 900_000))
    frames: list[EncodedVideo] = []
    for index in range(160):
        if index == 80:
            encoder.set_quality(Quality(300_000, WIDTH, HEIGHT))
        hard = (picture(index) + noise[index % 20]).clip(16, 235).astype(np.uint8)
        frames.append(encoder.encode(hard, index * FRAME_MS))
    assert 600 < kilobits_per_second(frames[20:80]) < 1_200
    assert 200 < kilobits_per_second(frames[110:]) < 420
    assert sum(frame.keyframe for frame in frames) == (1 if codec == "h264" else 2)
    assert len(decode(codec, frames)) == 160


@pytest.mark.parametrize("codec", CODECS)
def test_another_size_is_a_keyframe_in_the_same_stream(codec: VideoCodec) -> None:
    encoder = VideoEncoder(VideoFormat(codec, WIDTH, HEIGHT, 600_000))
    sizes = [(360, 240)] * 10 + [(240, 160)] * 10 + [(180, 120)] * 10 + [(360, 240)] * 10
    frames: list[EncodedVideo] = []
    for index, size in enumerate(sizes):
        encoder.set_quality(Quality(500_000, *size))
        frames.append(encoder.encode(picture(index), index * FRAME_MS))
    decoded = decode(codec, frames)
    assert [frame.shape for frame in decoded] == [(height * 3 // 2, width) for width, height in sizes]
    assert [index for index, frame in enumerate(frames) if frame.keyframe] == [0, 10, 20, 30]
    for index in (5, 15, 25, 35):
        height, width = decoded[index].shape[0] * 2 // 3, decoded[index].shape[1]
        wanted = cv2.resize(picture(index)[:HEIGHT], (width, height), interpolation=cv2.INTER_AREA)
        assert psnr_db(decoded[index][:height], np.asarray(wanted, np.uint8)) > 32


def test_h264_is_what_browsers_negotiate() -> None:
    encoder = VideoEncoder(VideoFormat("h264", WIDTH, HEIGHT))
    data = encoder.encode(picture(0), 0).data
    decoder = av.CodecContext.create("h264", "r")
    (frame,) = decoder.decode(av.Packet(data)) or decoder.decode(None)
    assert decoder.profile == "Constrained Baseline"
    assert data.startswith(b"\0\0\0\1"), "an Annex B access unit, parameter sets inside"
    assert (frame.colorspace, frame.color_range) == (6, 1), "BT.601, limited range"
