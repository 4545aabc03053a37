"""One session's video encoder: planar pictures in, H.264 or VP8 packets out, tuned for talking heads in real time.

Where the network bears less, it encodes smaller pictures than it is given; the mark of a disclosed face is laid over
what is really sent.

Colour: pictures are I420 in BT.601, limited ("TV") range; H.264 says so in its stream, VP8 knows nothing else.
"""

from dataclasses import replace
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from visavis.core.frames import FRAMES_PER_SECOND, EncodedVideo, VideoCodec, VideoFormat
from visavis.media.disclosure import disclosure
from visavis.media.quality import Quality

_TICKS_PER_MS = 90
_TIME_BASE = Fraction(1, 1000 * _TICKS_PER_MS)
# Keyframes come on demand only.
_GOP_FRAMES = 3000
BT601, LIMITED_RANGE = 6, 1
BITRATE_MIN_BPS = 40_000
# The finest quantizers used. A face at rest would otherwise be polished until the bitrate is used up: from 48 to 55 dB,
# at 6 times the bits, half as much time again, and keyframes of 4 times the size.
_H264_FINEST, _VP8_FINEST = 20, 12


class VideoEncoder:
    """Not thread-safe; one per session. `encode` wants growing `pts_ms`."""

    def __init__(self, video: VideoFormat, disclosed: bool = False) -> None:
        self._video, self._disclosed = video, disclosed
        self._quality = Quality(video.bitrate_bps, video.width_px, video.height_px)
        self._begin()

    @property
    def codec(self) -> VideoCodec:
        return self._video.codec

    def _begin(self) -> None:
        """A new stream, in the present quality."""
        quality = self._quality
        # One frame, refilled for every picture: allocating half a megabyte 25 times a second is waste. It is never
        # shared between encoders, because pts and picture type are written on it.
        self._frame = av.VideoFrame(quality.width_px, quality.height_px, "yuv420p")
        self._frame.time_base = _TIME_BASE
        self._planes = [_pixels(plane, quality, index > 0) for index, plane in enumerate(self._frame.planes)]
        self._mark = disclosure(quality.width_px, quality.height_px) if self._disclosed else None
        self._context = self._open()
        self._encoded = 0

    def _open(self) -> VideoCodecContext:
        quality = self._quality
        context = _vp8(quality.bitrate_bps) if self.codec == "vp8" else _h264(quality.bitrate_bps)
        context.width, context.height = quality.width_px, quality.height_px
        context.pix_fmt = "yuv420p"
        context.framerate = Fraction(FRAMES_PER_SECOND, quality.every)
        context.time_base = _TIME_BASE
        context.gop_size = _GOP_FRAMES
        # x264's own choice spreads every frame over all cores, and sessions then compete.
        context.thread_count = 1
        context.open()
        return context

    def encode(self, i420: NDArray[np.uint8], pts_ms: int, force_keyframe: bool = False) -> EncodedVideo:
        """One picture of the format's size, shape (height * 3 // 2, width). The first is always a keyframe."""
        if force_keyframe and self._encoded and self.codec == "vp8":
            # libvpx answers a forced keyframe with 60 KB in one burst; a fresh encoder's first one has a third of it.
            self._begin()
        self._fill(i420)
        self._frame.pts = pts_ms * _TICKS_PER_MS
        # Reset every time: it stays on the frame, and every later picture would become a keyframe.
        self._frame.pict_type = PictureType.I if force_keyframe else PictureType.NONE
        packets = self._context.encode(self._frame)
        self._encoded += 1
        keyframe = any(packet.is_keyframe for packet in packets)
        return EncodedVideo(b"".join(bytes(packet) for packet in packets), pts_ms, keyframe)

    def set_quality(self, quality: Quality) -> None:
        """What the network allows now; the format's own is the best that is ever used.

        Another bitrate H.264 follows at once. VP8, and both where the size or the pace changes, start over with a
        keyframe: the stream says its size itself, and decoders follow.
        """
        bitrate_bps = min(max(quality.bitrate_bps, BITRATE_MIN_BPS), self._video.bitrate_bps)
        quality = replace(quality, bitrate_bps=bitrate_bps)
        before, self._quality = self._quality, quality
        if quality == before:
            return
        if self.codec == "h264" and replace(before, bitrate_bps=bitrate_bps) == quality:
            self._context.bit_rate = bitrate_bps
        else:
            self._begin()

    def _fill(self, i420: NDArray[np.uint8]) -> None:
        height, width = self._video.height_px, self._video.width_px
        luma, chroma = i420[:height], i420[height:].reshape(2, height // 2, width // 2)
        for target, source in zip(self._planes, (luma, chroma[0], chroma[1]), strict=True):
            if target.shape == source.shape:
                np.copyto(target, source)
            else:
                cv2.resize(source, target.shape[::-1], dst=target, interpolation=cv2.INTER_LINEAR)
        if self._mark is not None:
            self._mark.lay_over(*self._planes)


def _pixels(plane: VideoPlane, quality: Quality, chroma: bool) -> NDArray[np.uint8]:
    """The visible pixels of a frame's plane, writable in place; lines are padded in memory."""
    halves = 2 if chroma else 1
    width, height = quality.width_px // halves, quality.height_px // halves
    # PyAV's type stubs do not know that planes are buffers.
    lines = np.frombuffer(cast(bytearray, plane), np.uint8).reshape(-1, plane.line_size)
    return lines[:height, :width]


def _h264(bitrate_bps: int) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    context.profile = "Baseline"
    context.bit_rate = bitrate_bps
    context.qmin = _H264_FINEST
    context.colorspace, context.color_range = BT601, LIMITED_RANGE
    context.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "maxrate": str(bitrate_bps),
        "bufsize": str(bitrate_bps // 2),
        "x264-params": "scenecut=0",
    }
    return context


def _vp8(bitrate_bps: int) -> VideoCodecContext:
    context = av.CodecContext.create("libvpx", "w")
    context.bit_rate = bitrate_bps
    context.qmin, context.qmax = _VP8_FINEST, 56
    context.options = {
        "deadline": "realtime",
        "cpu-used": "-8",  # negative is the fixed speed; positive values adapt and cost more
        "noise-sensitivity": "0",  # the denoiser costs time and 4 dB on clean pictures
        "lag-in-frames": "0",
        "minrate": str(bitrate_bps),
        "maxrate": str(bitrate_bps),
        "bufsize": str(bitrate_bps),
        "overshoot-pct": "15",
        "undershoot-pct": "100",
        "partitions": "0",
        "static-thresh": "1",
    }
    return context
